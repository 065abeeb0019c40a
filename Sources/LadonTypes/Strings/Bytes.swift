// bytes: the table of the type, construction, indexing, comparison. The methods shared with bytearray stand in
// ByteMethods.swift.

import Glibc
import LadonRuntime

/// The type `bytes`.
public func bytesDefinition() -> TypeDefinition {
    TypeDefinition(
        .bytes, "bytes", flags: [.baseType, .matchSelf, .bytesSubclass],
        doc: """
            bytes(iterable_of_ints) -> bytes
            bytes(string, encoding[, errors]) -> bytes
            bytes(bytes_or_buffer) -> immutable copy of bytes_or_buffer
            bytes(int) -> bytes object of size given by the parameter initialized with null bytes
            bytes() -> empty bytes object

            Construct an immutable array of bytes from:
              - an iterable yielding integers in range(256)
              - a text string encoded using the specified encoding
              - any object implementing the buffer API.
              - an integer
            """,
        size: MemoryLayout<BytesCell>.size, layout: Layout(prefix: 1),
        slots: [
            .call(.new, bytes_new),
            .unary(.repr, bytes_repr), .unary(.str, bytes_str), .unary(.hash, bytes_hash), .unary(.iter, bytes_iter),
            .unary(.length, bytes_length),
            .binary(.getItem, bytes_getItem), .binary(.contains, bytes_contains),
            .binary(.concat, bytes_concat), .binary(.repeat, bytes_repeat), .binary(.modulo, bytes_modulo),
            .ternary(.compare, bytes_compare), .ternary(.getBuffer, bytes_getBuffer),
        ],
        members: byteMethodMembers + byteTestMembers + [
            .classMethod("fromhex", "($type, string, /)", { t, a in
                byteFromHex(t, a[0], a[1], builtin: .bytes)
            }, "Create a bytes object from a string of hexadecimal numbers.\n\nSpaces between two numbers are accepted.\nExample: bytes.fromhex('B9 01EF') -> b'\\\\xb9\\\\x01\\\\xef'."),
            .method("__bytes__", "(self, /)", { t, a in
                a[0].isExactly(.bytes) ? a[0] : makeBytes(t, a[0].bytesData, a[0].bytesCount)
            }, "Convert this value to exact type bytes."),
            .method("__getnewargs__", "(self, /)", { t, a in
                makeTuple(t, a[0].isExactly(.bytes) ? a[0] : makeBytes(t, a[0].bytesData, a[0].bytesCount))
            }),
            .method("__sizeof__", "(self, /)", { t, a in Value(smallInt: 33 + a[0].bytesCount) }),
        ])
}

/// The iterators over bytes and bytearray.
public func bytesIteratorDefinition() -> TypeDefinition {
    TypeDefinition(
        .bytesIterator, "bytes_iterator", size: MemoryLayout<SequenceIteratorCell>.size, layout: Layout(prefix: 1),
        slots: [.unary(.iter, iterator_self), .unary(.next, bytesIterator_next)], members: sequenceIteratorMembers)
}

public func bytearrayIteratorDefinition() -> TypeDefinition {
    TypeDefinition(
        .bytearrayIterator, "bytearray_iterator", size: MemoryLayout<SequenceIteratorCell>.size, layout: Layout(prefix: 1),
        slots: [.unary(.iter, iterator_self), .unary(.next, bytearrayIterator_next)], members: sequenceIteratorMembers)
}

// MARK: construction

func bytes_new(_ t: Thread, _ type: Value, _ arguments: Values?, _ count: Int, _ names: Value) -> Value {
    var given: (Value, Value, Value) = (.missing, .missing, .missing)
    if !collectTextArguments(t, "bytes", "source", arguments, count, names, &given) { return .raised }
    let result = bytesFromArguments(t, given, "bytes")
    if result.isRaised || type.asType.pointee.id == TypeID.bytes.rawValue { return result }
    let instance = allocateInstance(t, type.asType, variableItems: 0)
    if instance.isRaised { return .raised }
    initializeBytesInstance(t, instance, result.bytesData, result.bytesCount)
    return instance
}

/// The bytes that `bytes(source, encoding, errors)` stands for, as a bytes object; also what fills a bytearray.
func bytesFromArguments(_ t: Thread, _ given: (Value, Value, Value), _ typeLabel: String) -> Value {
    let (source, encoding, errors) = given
    if !encoding.isMissing && !nameArgument(t, encoding, "\(typeLabel)() argument 'encoding'") { return .raised }
    if !errors.isMissing && !nameArgument(t, errors, "\(typeLabel)() argument 'errors'") { return .raised }
    if source.isMissing {
        if !encoding.isMissing { return raise(t, .typeError, "encoding without a string argument") }
        if !errors.isMissing { return raise(t, .typeError, "errors without a string argument") }
        return emptyBytes
    }
    if source.isStr {
        if !encoding.isMissing { return encodeString(t, source, encoding: encoding, errors: errors) }
        // A subclass may have its own idea of its bytes.
        let mayConvert = typeLabel == "bytes" && errors.isMissing && !source.isExactly(.str)
        let method: Value = mayConvert ? lookupSpecial(t, source, name(.__bytes__)) : .missing
        if method.isRaised { return .raised }
        if method.isMissing { return raise(t, .typeError, "string argument without an encoding") }
    }
    if !encoding.isMissing { return raise(t, .typeError, "encoding without a string argument") }
    if !errors.isMissing { return raise(t, .typeError, "errors without a string argument") }
    if source.isExactly(.bytes) { return source }
    if typeLabel == "bytes" && !source.isSmallInt {
        let method = lookupSpecial(t, source, name(.__bytes__))
        if method.isRaised { return .raised }
        if !method.isMissing {
            let result = call(t, method)
            if result.isRaised { return .raised }
            if !result.isBytes { return raise(t, .typeError, "__bytes__ returned non-bytes (type \(typeName(result)))") }
            return result
        }
    }
    if typeOf(source).has(.index) {
        let n = index(t, source)
        if n.isRaised {
            if !exceptionMatches(t, .typeError) { return .raised }
            clearException(t)
        } else {
            if !n.isSmallInt && !n.isBool { return raise(t, .overflowError, "cannot fit 'int' into an index-sized integer") }
            let count = clampedInt(n)
            if count < 0 { return raise(t, .valueError, "negative count") }
            if !checkTextSize(t, count, 1) { return .raised }
            return count == 0 ? emptyBytes : newBytes(t, count: count)
        }
    }
    if supportsBuffer(source) {
        var buffer = LadonBuffer()
        if getBuffer(t, source, &buffer, flags: LADON_BUFFER_FULL_RO) < 0 { return .raised }
        let result = bytesOfBuffer(t, buffer)
        releaseBuffer(t, &buffer)
        return result
    }
    return bytesFromIterable(t, source, typeLabel, heedsHint: typeLabel == "bytes")
}

/// `heedsHint`: a length hint that raises or can't be met is an error (it is of no other use here).
func bytesFromIterable(_ t: Thread, _ source: Value, _ typeLabel: String, heedsHint: Bool) -> Value {
    let type = typeOf(source)
    if !type.has(.iter) && !type.has(.getItem) {
        return raise(t, .typeError, "cannot convert '\(typeName(source))' object to \(typeLabel)")
    }
    let iterator = iterate(t, source)
    if iterator.isRaised {
        if exceptionMatches(t, .typeError) {
            clearException(t)
            return raise(t, .typeError, "cannot convert '\(typeName(source))' object to \(typeLabel)")
        }
        return .raised
    }
    if heedsHint && !source.isExactly(.list) && !source.isExactly(.tuple) {
        let hint = lengthHint(t, source, 64)
        if hint < 0 { return .raised }
        if hint > Int.max - 33 && typeLabel == "bytes" { return raise(t, .overflowError, "byte string is too large") }
        if hint > 1 << 48 { return raiseMemoryError(t) }
    }
    var buffer = ByteBuffer(capacity: 64)
    defer { buffer.free() }
    while true {
        let item = next(t, iterator)
        if item.isRaised { return .raised }
        if item.isExhausted { break }
        let n = item.isSmallInt ? item : index(t, item)
        if n.isRaised { return .raised }
        let value = clampedInt(n)
        if value < 0 || value > 255 {
            return raise(t, .valueError, typeLabel == "bytes" ? "bytes must be in range(0, 256)" : "byte must be in range(0, 256)")
        }
        buffer.append(UInt8(truncatingIfNeeded: value))
    }
    if buffer.failed { return raiseMemoryError(t) }
    return makeBytes(t, buffer.base, buffer.count)
}

// MARK: slots

func bytes_hash(_ t: Thread, _ v: Value) -> Value { makeInt(t, bytesHash(v)) }
func bytes_length(_ t: Thread, _ v: Value) -> Value { Value(smallInt: v.bytesCount) }
func bytes_iter(_ t: Thread, _ v: Value) -> Value { makeSequenceIterator(t, .bytesIterator, v, 0) }

func bytes_repr(_ t: Thread, _ v: Value) -> Value {
    var buffer = TextBuffer(capacity: v.bytesCount &+ 16)
    defer { buffer.free() }
    TextRepr.append(bytes: v.bytesData, v.bytesCount, to: &buffer)
    v.keepAlive
    return finish(t, buffer)
}

/// What print() and format() show: with the option -b there is a warning, because text was probably meant.
func bytes_str(_ t: Thread, _ v: Value) -> Value {
    if isBytesWarningAsked(t) && warn(t, .bytesWarning, "str() on a bytes instance") < 0 { return .raised }
    return bytes_repr(t, v)
}

/// The option -b: bytes that are shown as text or compared with it cause a warning.
@inline(__always) func isBytesWarningAsked(_ t: Thread) -> Bool { interpreter(t).pointee.flags.bytesWarning > 0 }

/// The answer for something that bytes don't compare with, of which -b warns where the answer will be "different".
func compareOther(_ t: Thread, _ a: Value, _ b: Value, _ op: Value, _ kind: StaticString, ints: Bool) -> Value {
    let op = CompareOp(rawValue: op.smallInt).unsafelyUnwrapped
    if isBytesWarningAsked(t) && (op == .eq || op == .ne) {
        let other = isString(a) || isString(b) ? "string" : ints && (isInt(a) || isInt(b)) ? "int" : ""
        if !other.isEmpty && warn(t, .bytesWarning, "Comparison between \(kind) and \(other)") < 0 { return .raised }
    }
    return .notImplemented
}

func bytes_compare(_ t: Thread, _ a: Value, _ b: Value, _ op: Value) -> Value {
    if !a.isBytes || !b.isBytes { return compareOther(t, a, b, op, "bytes", ints: true) }
    let x = Text(base: UnsafeRawPointer(a.bytesData), count: a.bytesCount, kind: 1)
    let y = Text(base: UnsafeRawPointer(b.bytesData), count: b.bytesCount, kind: 1)
    let result = compareBytes(x, y, CompareOp(rawValue: op.smallInt).unsafelyUnwrapped)
    a.keepAlive; b.keepAlive
    return result
}

func compareBytes(_ x: Text, _ y: Text, _ op: CompareOp) -> Value {
    if op == .eq || op == .ne {
        let same = x.count == y.count && memcmp(x.base, y.base, x.count) == 0
        return Value(same == (op == .eq))
    }
    let order = CodeUnits.compare(x.units(UInt8.self), x.count, y.units(UInt8.self), y.count)
    switch op {
    case .lt: return Value(order < 0)
    case .le: return Value(order <= 0)
    case .gt: return Value(order > 0)
    default: return Value(order >= 0)
    }
}

func bytes_concat(_ t: Thread, _ a: Value, _ b: Value) -> Value {
    if a.isBytes && b.isBytes { return bytesConcat(t, a, b) }
    if !supportsBuffer(a) || !supportsBuffer(b) {
        return raise(t, .typeError, "can't concat \(typeName(b)) to \(typeName(a))")
    }
    return withBytes(t, a) { x in
        withBytes(t, b) { y in
            let result = newBytes(t, count: x.count &+ y.count)
            memcpy(result.bytesData, x.base, x.count)
            memcpy(result.bytesData + x.count, y.base, y.count)
            return result
        }
    }
}

func bytes_repeat(_ t: Thread, _ v: Value, _ n: Value) -> Value {
    guard let times = repeatCount(t, n) else { return .raised }
    let count = v.bytesCount
    if times <= 0 || count == 0 { return emptyBytes }
    if times == 1 && v.isExactly(.bytes) { return v }
    let (total, overflow) = count.multipliedReportingOverflow(by: times)
    if !checkTextSize(t, overflow ? .max : total, 1) { return .raised }
    let result = newBytes(t, count: total)
    repeatBytes(v.bytesData, count, times, to: result.bytesData)
    v.keepAlive
    return result
}

func bytes_contains(_ t: Thread, _ v: Value, _ part: Value) -> Value {
    byteContains(t, TextSource(bytes: v), part)
}

/// `part in s`: an int or a bytes-like object.
func byteContains(_ t: Thread, _ s: TextSource, _ part: Value) -> Value {
    if isInt(part) || typeOf(part).has(.index) {
        guard let byte = byteArgument(t, part) else { return .raised }
        return Value(Search.index(of: UInt32(byte), in: s.text.units(UInt8.self), 0, s.text.count) >= 0)
    }
    return withBytes(t, part) { Value(textFind(s.text, 0, s.text.count, $0) >= 0) }
}

func bytes_getItem(_ t: Thread, _ v: Value, _ key: Value) -> Value {
    if key.isSmallInt || (!key.isExactly(.slice) && typeOf(key).has(.index)) {
        guard let i = sequenceIndex(t, key) else { return .raised }
        let count = v.bytesCount
        let at = i < 0 ? i &+ count : i
        if at < 0 || at >= count { return raise(t, .indexError, "index out of range") }
        return Value(smallInt: Int(v.bytesData[at]))
    }
    if key.isExactly(.slice) {
        guard let range = sliceIndices(t, key, v.bytesCount) else { return .raised }
        let start = range.start, step = range.step, count = range.count
        if count <= 0 { return emptyBytes }
        if step == 1 { return TextSource(bytes: v).make(t, start, start &+ count) }
        let result = newBytes(t, count: count)
        copyStrided(v.bytesData + start, step, count, to: result.bytesData)
        v.keepAlive
        return result
    }
    return raise(t, .typeError, "byte indices must be integers or slices, not \(typeName(key))")
}

func copyStrided(_ source: UnsafePointer<UInt8>, _ step: Int, _ count: Int, to out: UnsafeMutablePointer<UInt8>) {
    var at = 0
    for i in 0..<count {
        out[i] = source[at]
        at &+= step
    }
}

func bytesIterator_next(_ t: Thread, _ v: Value) -> Value {
    let it = v.cell(as: SequenceIteratorCell.self)
    let s = it.pointee.sequence
    if s.bits == 0 { return .exhausted }
    let i = it.pointee.index
    if i < s.bytesCount {
        it.pointee.index = i &+ 1
        return Value(smallInt: Int(s.bytesData[i]))
    }
    it.pointee.sequence = .raised
    return .exhausted
}

func bytearrayIterator_next(_ t: Thread, _ v: Value) -> Value {
    let it = v.cell(as: SequenceIteratorCell.self)
    let s = it.pointee.sequence
    if s.bits == 0 { return .exhausted }
    let i = it.pointee.index
    let contents = byteArrayContents(s)
    if i < contents.count {
        it.pointee.index = i &+ 1
        return Value(smallInt: Int(contents.base[i]))
    }
    it.pointee.sequence = .raised
    return .exhausted
}
