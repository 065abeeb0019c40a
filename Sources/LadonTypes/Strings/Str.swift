// str: the table of the type, construction, indexing, comparison.

import Glibc
import LadonRuntime

/// The type `str`.
public func strDefinition() -> TypeDefinition {
    TypeDefinition(
        .str, "str", flags: [.baseType, .matchSelf, .strSubclass],
        doc: """
            str(object='') -> str
            str(bytes_or_buffer[, encoding[, errors]]) -> str

            Create a new string object from the given object. If encoding or
            errors is specified, then the object must expose a data buffer
            that will be decoded using the given encoding and error handler.
            Otherwise, returns the result of object.__str__() (if defined)
            or repr(object).
            encoding defaults to sys.getdefaultencoding().
            errors defaults to 'strict'.
            """,
        size: MemoryLayout<StrCell>.size, layout: Layout(prefix: 1),
        slots: [
            .call(.new, str_new),
            .unary(.repr, str_repr), .unary(.str, str_str), .unary(.hash, str_hash), .unary(.iter, str_iter),
            .unary(.length, str_length),
            .binary(.getItem, str_getItem), .binary(.contains, str_contains),
            .binary(.concat, str_concat), .binary(.repeat, str_repeat), .binary(.modulo, str_modulo),
            .ternary(.compare, str_compare),
        ],
        members: strSearchMembers + strSplitMembers + strCaseMembers + strBuildMembers + strTestMembers + strFormatMembers + [
            .method("encode", "(self, /, encoding='utf-8', errors='strict')", str_encode,
                    "Encode the string using the codec registered for encoding.\n\nencoding\n  The encoding in which to encode the string.\nerrors\n  The error handling scheme to use for encoding errors.\n  The default is 'strict' meaning that encoding errors raise a\n  UnicodeEncodeError.  Other possible values are 'ignore', 'replace' and\n  'xmlcharrefreplace' as well as any other name registered with\n  codecs.register_error that can handle UnicodeEncodeErrors."),
            .method("__getnewargs__", "(self, /)", str_getnewargs),
            .method("__sizeof__", "(self, /)", str_sizeof, "Return the size of the string in memory, in bytes."),
        ])
}

/// The iterator over a str.
public func strIteratorDefinition() -> TypeDefinition {
    TypeDefinition(
        .strIterator, "str_iterator", size: MemoryLayout<SequenceIteratorCell>.size, layout: Layout(prefix: 1),
        slots: [.unary(.iter, iterator_self), .unary(.next, strIterator_next)],
        members: sequenceIteratorMembers)
}

// MARK: construction

func str_new(_ t: Thread, _ type: Value, _ arguments: Values?, _ count: Int, _ names: Value) -> Value {
    if count == 1 && names.bits == 0 && type.asType.pointee.id == TypeID.str.rawValue {
        let v = arguments.unsafelyUnwrapped[0]
        return v.isExactly(.str) ? v : str(t, v)
    }
    var given: (Value, Value, Value) = (.missing, .missing, .missing)
    if !collectTextArguments(t, "str", "object", arguments, count, names, &given) { return .raised }
    let source: Value
    if given.0.isMissing {
        source = emptyString
    } else if given.1.isMissing && given.2.isMissing {
        source = str(t, given.0)
    } else {
        if !given.1.isMissing && !nameArgument(t, given.1, "str() argument 'encoding'") { return .raised }
        if !given.2.isMissing && !nameArgument(t, given.2, "str() argument 'errors'") { return .raised }
        if given.0.isStr { return raise(t, .typeError, "decoding str is not supported") }
        if !supportsBuffer(given.0) {
            return raise(t, .typeError, "decoding to str: need a bytes-like object, \(typeName(given.0)) found")
        }
        source = decodeBytes(t, given.0, encoding: given.1, errors: given.2)
    }
    if source.isRaised || type.asType.pointee.id == TypeID.str.rawValue { return source }
    let instance = allocateInstance(t, type.asType, variableItems: 0)
    if instance.isRaised { return .raised }
    initializeStringInstance(t, instance, source)
    return instance
}

/// The up to three arguments (first, encoding, errors) of the constructors of str, bytes and bytearray.
func collectTextArguments(_ t: Thread, _ function: String, _ first: StaticString, _ arguments: Values?, _ count: Int, _ names: Value,
                          _ out: inout (Value, Value, Value)) -> Bool {
    let named = names.bits == 0 ? 0 : names.tupleCount
    if count + named > 3 {
        _ = raise(t, .typeError, "\(function)() takes at most 3 arguments (\(count + named) given)")
        return false
    }
    if count > 0 { out.0 = arguments.unsafelyUnwrapped[0] }
    if count > 1 { out.1 = arguments.unsafelyUnwrapped[1] }
    if count > 2 { out.2 = arguments.unsafelyUnwrapped[2] }
    for i in 0..<named {
        let key = names.tupleItems[i], value = arguments.unsafelyUnwrapped[count + i]
        let position = stringEqual(key, first) ? 0 : stringEqual(key, "encoding") ? 1 : stringEqual(key, "errors") ? 2 : 3
        if position == 3 {
            _ = raise(t, .typeError, "'\(swiftString(key))' is an invalid keyword argument for \(function)()")
            return false
        }
        if position < count {
            _ = raise(t, .typeError, "argument for \(function)() given by name ('\(swiftString(key))') and position (\(position + 1))")
            return false
        }
        switch position {
        case 0: out.0 = value
        case 1: out.1 = value
        default: out.2 = value
        }
    }
    return true
}

func str_getnewargs(_ t: Thread, _ a: Values) -> Value {
    // Always a new str: what is pickled by it never meets a memo of the original.
    let v = a[0]
    if !v.isExactly(.str) || v.strCount < 2 { return makeTuple(t, exactString(t, v)) }
    let copy = newString(t, kind: v.strKind, count: v.strCount, ascii: v.strIsASCII)
    memcpy(copy.strData, v.strData, v.strCount &* v.strKind)
    v.keepAlive
    return makeTuple(t, copy)
}

func str_sizeof(_ t: Thread, _ a: Values) -> Value {
    // CPython's numbers: 48 bytes of head for ASCII, 72 for the rest (56 + 16 in 3.11), and a terminator.
    let v = a[0]
    let head = v.strIsASCII ? 48 : 72
    return Value(smallInt: head + (v.strCount + 1) * v.strKind)
}

// MARK: slots

func str_str(_ t: Thread, _ v: Value) -> Value { exactString(t, v) }
func str_hash(_ t: Thread, _ v: Value) -> Value { makeInt(t, stringHash(v)) }
func str_length(_ t: Thread, _ v: Value) -> Value { Value(smallInt: v.strCount) }

func str_repr(_ t: Thread, _ v: Value) -> Value { stringRepr(t, v, asciiOnly: false) }

/// repr of a str, or `ascii` of it.
public func stringRepr(_ t: Thread, _ v: Value, asciiOnly: Bool) -> Value {
    let count = v.strCount
    // The usual case: nothing to escape.
    if v.strIsASCII {
        let bytes = v.strBytes
        var quote: UInt8 = 39
        var plain = true
        for i in 0..<count {
            let byte = bytes[i]
            if byte < 32 || byte == 92 || byte == 127 { plain = false; break }
            if byte == 39 || byte == 34 {
                if byte == 39 && quote == 39 { quote = 34 } else if byte == 34 { plain = false; break }
            }
        }
        if plain {
            let result = newString(t, kind: 1, count: count &+ 2, ascii: true)
            let out = result.strBytes
            out[0] = quote
            memcpy(out + 1, v.strBytes, count)
            out[count &+ 1] = quote
            v.keepAlive
            return result
        }
    }
    var buffer = TextBuffer(capacity: count &+ 16)
    defer { buffer.free() }
    switch v.strKind {
    case 1: TextRepr.append(string: UnsafePointer(v.strBytes), count, asciiOnly: asciiOnly, to: &buffer)
    case 2: TextRepr.append(string: UnsafePointer(v.strHalves), count, asciiOnly: asciiOnly, to: &buffer)
    default: TextRepr.append(string: UnsafePointer(v.strWords), count, asciiOnly: asciiOnly, to: &buffer)
    }
    v.keepAlive
    return finish(t, buffer)
}

/// The str in a buffer of code points; MemoryError if the buffer failed. The buffer is not freed.
func finish(_ t: Thread, _ buffer: TextBuffer) -> Value {
    if buffer.failed { return raiseMemoryError(t) }
    return makeString(t, codePoints: buffer.base, count: buffer.count)
}

func str_compare(_ t: Thread, _ a: Value, _ b: Value, _ op: Value) -> Value {
    if !b.isStr || !a.isStr { return .notImplemented }
    let op = CompareOp(rawValue: op.smallInt).unsafelyUnwrapped
    switch op {
    case .eq: return Value(stringEqual(a, b))
    case .ne: return Value(!stringEqual(a, b))
    default:
        let order = stringCompare(a, b)
        switch op {
        case .lt: return Value(order < 0)
        case .le: return Value(order <= 0)
        case .gt: return Value(order > 0)
        default: return Value(order >= 0)
        }
    }
}

func str_concat(_ t: Thread, _ a: Value, _ b: Value) -> Value {
    if !b.isStr { return raise(t, .typeError, "can only concatenate str (not \"\(typeName(b))\") to str") }
    if !checkTextSize(t, a.strCount &+ b.strCount, max(a.strKind, b.strKind)) { return .raised }
    return stringConcat(t, a, b)
}

func str_repeat(_ t: Thread, _ v: Value, _ n: Value) -> Value {
    guard let times = repeatCount(t, n) else { return .raised }
    if times > 1 && v.strCount > 0 {
        let (length, overflow) = v.strCount.multipliedReportingOverflow(by: times)
        if !checkTextSize(t, overflow ? .max : length, v.strKind) { return .raised }
    }
    return stringRepeat(t, v, times)
}

func str_contains(_ t: Thread, _ v: Value, _ part: Value) -> Value {
    if !part.isStr { return raise(t, .typeError, "'in <string>' requires string as left operand, not \(typeName(part))") }
    if v == part { return .true }
    let found = textFind(v.text, 0, v.strCount, part.text)
    v.keepAlive; part.keepAlive
    return Value(found >= 0)
}

func str_getItem(_ t: Thread, _ v: Value, _ key: Value) -> Value {
    if key.isSmallInt { return str_item(t, v, key.smallInt) }
    if key.isExactly(.slice) { return str_slice(t, v, key) }
    if typeOf(key).has(.index) {
        guard let i = sequenceIndex(t, key) else { return .raised }
        return str_item(t, v, i)
    }
    return raise(t, .typeError, "string indices must be integers, not '\(typeName(key))'")
}

@inline(__always) private func str_item(_ t: Thread, _ v: Value, _ i: Int) -> Value {
    let count = v.strCount
    let at = i < 0 ? i &+ count : i
    if UInt(bitPattern: at) >= UInt(bitPattern: count) { return raise(t, .indexError, "string index out of range") }
    return makeString(t, codePoint: stringCharAt(v, at))
}

private func str_slice(_ t: Thread, _ v: Value, _ slice: Value) -> Value {
    guard let range = sliceIndices(t, slice, v.strCount) else { return .raised }
    let start = range.start, step = range.step, count = range.count
    if count <= 0 { return emptyString }
    if step == 1 { return substring(t, v, start, start &+ count) }
    let text = v.text
    if text.kind == 1 {
        if count == 1 { return ladon_runtime.latin1[Int(text[start])] }
        let result = newString(t, kind: 1, count: count, ascii: false)
        let out = result.strBytes, bytes = v.strBytes
        var at = start
        for i in 0..<count {
            out[i] = bytes[at]
            at &+= step
        }
        v.keepAlive
        if v.strIsASCII || CodeUnits.asciiEnd(out, 0, count) == count { result.header.pointee.small |= StrFlags.ascii }
        return result
    }
    var union: UInt32 = 0
    var at = start
    for _ in 0..<count {
        union |= text[at]
        at &+= step
    }
    if count == 1 { return makeString(t, codePoint: text[start]) }
    let result = newString(t, union: union, count: count)
    at = start
    for i in 0..<count {
        let cp = text[at]
        switch result.strKind {
        case 1: result.strBytes[i] = UInt8(truncatingIfNeeded: cp)
        case 2: result.strHalves[i] = UInt16(truncatingIfNeeded: cp)
        default: result.strWords[i] = cp
        }
        at &+= step
    }
    v.keepAlive
    return result
}

// MARK: iteration

func iterator_self(_ t: Thread, _ v: Value) -> Value { v }

func str_iter(_ t: Thread, _ v: Value) -> Value { makeSequenceIterator(t, .strIterator, v, 0) }

func strIterator_next(_ t: Thread, _ v: Value) -> Value {
    let it = v.cell(as: SequenceIteratorCell.self)
    let s = it.pointee.sequence
    if s.bits == 0 { return .exhausted }
    let i = it.pointee.index
    if i < s.strCount {
        it.pointee.index = i &+ 1
        return makeString(t, codePoint: stringCharAt(s, i))
    }
    it.pointee.sequence = .raised
    return .exhausted
}

/// `__length_hint__`, `__reduce__` and `__setstate__` of the iterators over str, bytes and bytearray.
let sequenceIteratorMembers: [NativeMember] = [
    .method("__length_hint__", "(self, /)", { t, a in
        let it = a[0].cell(as: SequenceIteratorCell.self)
        let s = it.pointee.sequence
        if s.bits == 0 { return .zero }
        let count = length(t, s)
        return count < 0 ? .raised : Value(smallInt: max(0, count - it.pointee.index))
    }, "Private method returning an estimate of len(list(it))."),
    .method("__reduce__", "(self, /)", { t, a in
        let it = a[0].cell(as: SequenceIteratorCell.self)
        let iter = builtinFunction(t, "iter")
        if iter.isRaised { return .raised }
        let s = it.pointee.sequence
        if s.bits == 0 {
            return makeTuple(t, iter, makeTuple(t, a[0].isExactly(.strIterator) ? emptyString : makeTuple(t, 0)))
        }
        return makeTuple(t, iter, makeTuple(t, s), Value(smallInt: it.pointee.index))
    }, "Return state information for pickling."),
    .method("__setstate__", "(self, state, /)", { t, a in
        guard let i = sizeArgument(t, a[1]) else { return .raised }
        let it = a[0].cell(as: SequenceIteratorCell.self)
        if it.pointee.sequence.bits != 0 { it.pointee.index = max(0, i) }
        return .none
    }, "Set state information for unpickling."),
]

/// A function of the builtins module, for `__reduce__`.
func builtinFunction(_ t: Thread, _ name: StaticString) -> Value {
    let builtins = interpreter(t).pointee.builtins
    let f = dictGetName(t, builtins, internStatic(t, name))
    if f.isMissing { return raise(t, .attributeError, "module 'builtins' has no attribute '\(name)'") }
    return f
}
