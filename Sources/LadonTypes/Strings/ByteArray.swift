// bytearray: the table of the type, construction, item and slice assignment, and the methods that change it.

import Glibc
import LadonRuntime

/// The type `bytearray`.
public func bytearrayDefinition() -> TypeDefinition {
    TypeDefinition(
        .bytearray, "bytearray", flags: [.baseType, .matchSelf],
        doc: """
            bytearray(iterable_of_ints) -> bytearray
            bytearray(string, encoding[, errors]) -> bytearray
            bytearray(bytes_or_buffer) -> mutable copy of bytes_or_buffer
            bytearray(int) -> bytes array of size given by the parameter initialized with null bytes
            bytearray() -> empty bytes array

            Construct a mutable bytearray object from:
              - an iterable yielding integers in range(256)
              - a text string encoded using the specified encoding
              - a bytes or a buffer object
              - any object implementing the buffer API.
              - an integer
            """,
        size: MemoryLayout<ByteArrayCell>.size, layout: Layout(prefix: 1),
        slots: [
            .call(.new, bytearray_new), .call(.initialize, bytearray_init),
            .unary(.repr, bytearray_repr), .unary(.str, bytearray_str),
            .unary(.iter, { t, v in makeSequenceIterator(t, .bytearrayIterator, v, 0) }),
            .unary(.length, { t, v in Value(smallInt: byteArrayContents(v).count) }),
            .binary(.getItem, bytearray_getItem), .ternary(.setItem, bytearray_setItem),
            .binary(.contains, { t, v, part in byteContains(t, TextSource(bytearray: v), part) }),
            .binary(.concat, bytearray_concat), .binary(.repeat, bytearray_repeat), .binary(.modulo, bytes_modulo),
            .binary(.inplaceConcat, bytearray_inplaceConcat), .binary(.inplaceRepeat, bytearray_inplaceRepeat),
            .ternary(.compare, bytearray_compare),
            .ternary(.getBuffer, bytearray_getBuffer), .ternary(.releaseBuffer, bytearray_releaseBuffer),
        ],
        members: byteMethodMembers + byteTestMembers + [
            .classMethod("fromhex", "($type, string, /)", { t, a in
                byteFromHex(t, a[0], a[1], builtin: .bytearray)
            }, "Create a bytearray object from a string of hexadecimal numbers.\n\nSpaces between two numbers are accepted.\nExample: bytearray.fromhex('B9 01EF') -> bytearray(b'\\\\xb9\\\\x01\\\\xef')"),
            .method("append", "(self, item, /)", { t, a in
                guard var byte = byteArgument(t, a[1]) else { return .raised }
                return byteArrayAppend(t, a[0], &byte, 1) < 0 ? .raised : .none
            }, "Append a single item to the end of the bytearray.\n\n  item\n    The item to be appended."),
            .method("clear", "(self, /)", { t, a in byteArrayReplace(t, a[0], 0, .max, nil, 0) < 0 ? .raised : .none },
                    "Remove all items from the bytearray."),
            .method("copy", "(self, /)", { t, a in
                let s = TextSource(bytearray: a[0])
                return s.make(t, 0, s.text.count)
            }, "Return a copy of B."),
            .method("extend", "(self, iterable_of_ints, /)", { t, a in bytearray_extend(t, a[0], a[1]) },
                    "Append all the items from the iterator or sequence to the bytearray.\n\n  iterable_of_ints\n    The iterable of items to append."),
            .method("insert", "(self, index, item, /)", { t, a in
                guard var i = sizeArgument(t, a[1]) else { return .raised }
                guard var byte = byteArgument(t, a[2]) else { return .raised }
                let count = byteArrayContents(a[0]).count
                if i < 0 { i = max(i &+ count, 0) }
                i = min(i, count)
                return byteArrayReplace(t, a[0], i, i, &byte, 1) < 0 ? .raised : .none
            }, "Insert a single item into the bytearray before the given index.\n\n  index\n    The index where the value is to be inserted.\n  item\n    The item to be inserted."),
            .method("pop", "(self, index=-1, /)", { t, a in
                guard var i = sizeArgument(t, a[1]) else { return .raised }
                let contents = byteArrayContents(a[0])
                if contents.count == 0 { return raise(t, .indexError, "pop from empty bytearray") }
                if i < 0 { i &+= contents.count }
                if i < 0 || i >= contents.count { return raise(t, .indexError, "pop index out of range") }
                let byte = contents.base[i]
                return byteArrayReplace(t, a[0], i, i + 1, nil, 0) < 0 ? .raised : Value(smallInt: Int(byte))
            }, "Remove and return a single item from B.\n\n  index\n    The index from where to remove the item.\n    -1 (the default value) means remove the last item.\n\nIf no index argument is given, will pop the last item."),
            .method("remove", "(self, value, /)", { t, a in
                guard let byte = byteArgument(t, a[1]) else { return .raised }
                let contents = byteArrayContents(a[0])
                let i = Search.index(of: UInt32(byte), in: UnsafePointer(contents.base), 0, contents.count)
                if i < 0 { return raise(t, .valueError, "value not found in bytearray") }
                return byteArrayReplace(t, a[0], i, i + 1, nil, 0) < 0 ? .raised : .none
            }, "Remove the first occurrence of a value in the bytearray.\n\n  value\n    The value to remove."),
            .method("reverse", "(self, /)", { t, a in
                lockCell(t, a[0])
                let contents = byteArrayContents(a[0])
                var low = 0, high = contents.count - 1
                while low < high {
                    swap(&contents.base[low], &contents.base[high])
                    low += 1
                    high -= 1
                }
                unlockCell(t, a[0])
                return .none
            }, "Reverse the order of the values in B in place."),
            .method("__alloc__", "(self, /)", { t, a in
                let storage = a[0].asByteArray.pointee.storage
                if storage == 0 { return .zero }
                return Value(smallInt: UnsafeMutablePointer<TextBufferCell>(bitPattern: storage).unsafelyUnwrapped.pointee.capacity)
            }, "B.__alloc__() -> int\n\nReturn the number of bytes actually allocated."),
            .method("__reduce__", "(self, /)", { t, a in bytearrayReduce(t, a[0], 2) }, "Return state information for pickling."),
            .method("__reduce_ex__", "(self, proto=0, /)", { t, a in
                guard let proto = asInt32(t, a[1]) else { return .raised }
                return bytearrayReduce(t, a[0], Int(proto))
            }, "Return state information for pickling.\n\n  proto: int"),
            .method("__sizeof__", "(self, /)", { t, a in
                let storage = a[0].asByteArray.pointee.storage
                let capacity = storage == 0 ? 0 : UnsafeMutablePointer<TextBufferCell>(bitPattern: storage).unsafelyUnwrapped.pointee.capacity
                return Value(smallInt: 56 + capacity)
            }, "Returns the size of the bytearray object in memory, in bytes."),
        ])
}

// MARK: construction

func bytearray_new(_ t: Thread, _ type: Value, _ arguments: Values?, _ count: Int, _ names: Value) -> Value {
    // The fields of a fresh cell are 0: empty.
    allocateInstance(t, type.asType, variableItems: 0)
}

func bytearray_init(_ t: Thread, _ v: Value, _ arguments: Values?, _ count: Int, _ names: Value) -> Value {
    var given: (Value, Value, Value) = (.missing, .missing, .missing)
    if !collectTextArguments(t, "bytearray", "source", arguments, count, names, &given) { return .raised }
    let source = given.0
    if given.1.isMissing && given.2.isMissing && source.isCell && !source.isStr && !supportsBuffer(source) && !typeOf(source).has(.index)
        && !source.isExactly(.list) && !source.isExactly(.tuple) && typeOf(source).has(.iter) {
        return fillFromIterator(t, v, source)
    }
    let contents = bytesFromArguments(t, given, "bytearray")
    if contents.isRaised { return .raised }
    let n = contents.bytesCount
    if n == 0 && byteArrayContents(v).count == 0 { return .none }
    let result = byteArrayReplace(t, v, 0, .max, contents.bytesData, n)
    contents.keepAlive
    return result < 0 ? .raised : .none
}

/// Item by item: what the iterator runs may look at the array as it grows.
private func fillFromIterator(_ t: Thread, _ v: Value, _ source: Value) -> Value {
    if byteArrayContents(v).count > 0 && byteArrayReplace(t, v, 0, .max, nil, 0) < 0 { return .raised }
    let iterator = iterate(t, source)
    if iterator.isRaised { return .raised }
    while true {
        let item = next(t, iterator)
        if item.isExhausted { return .none }
        if item.isRaised { return .raised }
        guard var byte = byteArgument(t, item) else { return .raised }
        if byteArrayAppend(t, v, &byte, 1) < 0 || !safepoint(t) { return .raised }
    }
}

private func bytearrayReduce(_ t: Thread, _ v: Value, _ proto: Int) -> Value {
    let s = TextSource(bytearray: v)
    let state = getState(t, v)
    if state.isRaised { return .raised }
    let arguments: Value
    if proto < 3 {
        let text = makeString(t, latin1: s.bytes, count: s.text.count)
        arguments = s.text.count == 0 ? makeTuple(t, 0) : makeTuple(t, text, makeString(t, "latin-1"))
    } else {
        arguments = s.text.count == 0 ? makeTuple(t, 0) : makeTuple(t, makeBytes(t, s.bytes, s.text.count))
    }
    if arguments.isRaised { return .raised }
    return makeTuple(t, typeOf(v).value, arguments, state)
}

// MARK: slots

func bytearray_str(_ t: Thread, _ v: Value) -> Value {
    if isBytesWarningAsked(t) && warn(t, .bytesWarning, "str() on a bytearray instance") < 0 { return .raised }
    return bytearray_repr(t, v)
}

func bytearray_repr(_ t: Thread, _ v: Value) -> Value {
    let s = TextSource(bytearray: v)
    var buffer = TextBuffer(capacity: s.text.count &+ 24)
    defer { buffer.free() }
    for scalar in typeName(v).unicodeScalars { buffer.append(scalar.value) }
    buffer.append("(")
    appendRepr(s.bytes, s.text.count, &buffer)
    buffer.append(")")
    v.keepAlive
    return finish(t, buffer)
}

/// Like the repr of bytes, but an apostrophe is escaped whatever the quotes are.
private func appendRepr(_ bytes: UnsafePointer<UInt8>, _ count: Int, _ out: inout TextBuffer) {
    var apostrophe = false, quotation = false
    for i in 0..<count {
        if bytes[i] == 39 { apostrophe = true }
        if bytes[i] == 34 { quotation = true }
    }
    let quote: UInt32 = apostrophe && !quotation ? 34 : 39
    out.append(98)
    out.append(quote)
    for i in 0..<count {
        let byte = UInt32(bytes[i])
        switch byte {
        case 39, 92:
            out.append(92)
            out.append(byte)
        case 9: out.append("\\t")
        case 10: out.append("\\n")
        case 13: out.append("\\r")
        case 32..<127: out.append(byte)
        default:
            out.append("\\x")
            out.append(hex: byte, width: 2)
        }
    }
    out.append(quote)
}

func bytearray_compare(_ t: Thread, _ a: Value, _ b: Value, _ op: Value) -> Value {
    if !supportsBuffer(a) || !supportsBuffer(b) { return compareOther(t, a, b, op, "bytearray", ints: false) }
    let op = CompareOp(rawValue: op.smallInt).unsafelyUnwrapped
    let result = withBytes(t, a) { x in withBytes(t, b) { y in compareBytes(x, y, op) } }
    if result.isRaised && exceptionMatches(t, .bufferError) {
        clearException(t)
        return .notImplemented
    }
    return result
}

func bytearray_concat(_ t: Thread, _ a: Value, _ b: Value) -> Value {
    if !supportsBuffer(a) || !supportsBuffer(b) {
        return raise(t, .typeError, "can't concat \(typeName(b)) to \(typeName(a))")
    }
    return withBytes(t, a) { x in
        withBytes(t, b) { y in
            let result = TextSource(bytearray: a).fresh(t, x.count &+ y.count)
            memcpy(result.bytes, x.base, x.count)
            memcpy(result.bytes + x.count, y.base, y.count)
            return result.value
        }
    }
}

func bytearray_repeat(_ t: Thread, _ v: Value, _ n: Value) -> Value {
    guard let times = repeatCount(t, n) else { return .raised }
    let s = TextSource(bytearray: v)
    let count = max(times, 0)
    let (total, overflow) = s.text.count.multipliedReportingOverflow(by: count)
    if !checkTextSize(t, overflow ? .max : total, 1) { return .raised }
    let result = s.fresh(t, total)
    repeatBytes(s.bytes, s.text.count, count, to: result.bytes)
    return result.value
}

func bytearray_inplaceConcat(_ t: Thread, _ v: Value, _ other: Value) -> Value {
    if !supportsBuffer(other) { return raise(t, .typeError, "can't concat \(typeName(other)) to \(typeName(v))") }
    // Its own buffer is lent out meanwhile (a documented quirk: `a.extend(a)` works).
    if other == v && byteArrayContents(v).count > 0 {
        return raise(t, .bufferError, "Existing exports of data: object cannot be re-sized")
    }
    return appendBuffer(t, v, other) < 0 ? .raised : v
}

/// Appends the bytes of a bytes-like object, which may be (a view of) the bytearray itself.
private func appendBuffer(_ t: Thread, _ v: Value, _ other: Value) -> Truth {
    if other.isBytes {
        let result = byteArrayAppend(t, v, other.bytesData, other.bytesCount)
        other.keepAlive
        return result
    }
    var buffer = LadonBuffer()
    if getBuffer(t, other, &buffer) < 0 { return -1 }
    // A copy, so that lending the buffer does not keep the object itself from growing.
    let copy = makeBytes(t, buffer.text.base, buffer.length)
    releaseBuffer(t, &buffer)
    let result = byteArrayAppend(t, v, copy.bytesData, copy.bytesCount)
    copy.keepAlive
    return result
}

func bytearray_inplaceRepeat(_ t: Thread, _ v: Value, _ n: Value) -> Value {
    let repeated = bytearray_repeat(t, v, n)
    if repeated.isRaised { return .raised }
    let contents = byteArrayContents(repeated)
    let result = byteArrayReplace(t, v, 0, .max, contents.base, contents.count)
    repeated.keepAlive
    return result < 0 ? .raised : v
}

private func bytearray_extend(_ t: Thread, _ v: Value, _ iterable: Value) -> Value {
    if supportsBuffer(iterable) { return appendBuffer(t, v, iterable) < 0 ? .raised : .none }
    if !typeOf(iterable).has(.iter) && !typeOf(iterable).has(.getItem) {
        return raise(t, .typeError, "can't extend bytearray with \(typeName(iterable))")
    }
    let bytes = bytesFromIterable(t, iterable, "bytearray", heedsHint: true)
    if bytes.isRaised { return .raised }
    let result = byteArrayAppend(t, v, bytes.bytesData, bytes.bytesCount)
    bytes.keepAlive
    return result < 0 ? .raised : .none
}

func bytearray_getItem(_ t: Thread, _ v: Value, _ key: Value) -> Value {
    if key.isSmallInt || (!key.isExactly(.slice) && typeOf(key).has(.index)) {
        guard let i = sequenceIndex(t, key) else { return .raised }
        let contents = byteArrayContents(v)
        let at = i < 0 ? i &+ contents.count : i
        if at < 0 || at >= contents.count { return raise(t, .indexError, "bytearray index out of range") }
        return Value(smallInt: Int(contents.base[at]))
    }
    if key.isExactly(.slice) {
        guard let range = sliceIndices(t, key, byteArrayContents(v).count) else { return .raised }
        let s = TextSource(bytearray: v)
        // Clipped again: another thread may have shortened it.
        if range.count <= 0 || range.start >= s.text.count { return s.empty(t) }
        if range.step == 1 { return s.make(t, range.start, min(range.start &+ range.count, s.text.count)) }
        let result = s.fresh(t, range.count)
        var at = range.start
        for i in 0..<range.count {
            if at >= 0 && at < s.text.count { result.bytes[i] = s.bytes[at] }
            at &+= range.step
        }
        return result.value
    }
    return raise(t, .typeError, "bytearray indices must be integers or slices, not \(typeName(key))")
}

func bytearray_setItem(_ t: Thread, _ v: Value, _ key: Value, _ value: Value) -> Value {
    if key.isSmallInt || (!key.isExactly(.slice) && typeOf(key).has(.index)) {
        guard let i = sequenceIndex(t, key) else { return .raised }
        if value.isMissing {
            let count = byteArrayContents(v).count
            let at = i < 0 ? i &+ count : i
            if at < 0 || at >= count { return raise(t, .indexError, "bytearray index out of range") }
            return byteArrayReplace(t, v, at, at + 1, nil, 0) < 0 ? .raised : .none
        }
        // The value first: its __index__ may change the array.
        let before = byteArrayContents(v).count
        if (i < 0 ? i &+ before : i) < 0 || (i < 0 ? i &+ before : i) >= before { return raise(t, .indexError, "bytearray index out of range") }
        guard let byte = byteArgument(t, value) else { return .raised }
        lockCell(t, v)
        let contents = byteArrayContents(v)
        let at = i < 0 ? i &+ contents.count : i
        let inside = at >= 0 && at < contents.count
        if inside { contents.base[at] = byte }
        unlockCell(t, v)
        return inside ? .none : raise(t, .indexError, "bytearray index out of range")
    }
    if !key.isExactly(.slice) {
        return raise(t, .typeError, "bytearray indices must be integers or slices, not \(typeName(key))")
    }
    return bytearraySetSlice(t, v, key, value)
}

private func bytearraySetSlice(_ t: Thread, _ v: Value, _ slice: Value, _ value: Value) -> Value {
    // The new bytes, copied: the value may be the array itself or a view of it.
    let bytes: Value
    if value.isMissing {
        bytes = emptyBytes
    } else if value.isBytes {
        bytes = value
    } else if isByteArray(value) {
        let contents = byteArrayContents(value)
        bytes = makeBytes(t, contents.base, contents.count)
    } else {
        if isInt(value) || value.isStr {
            return raise(t, .typeError, "can assign only bytes, buffers, or iterables of ints in range(0, 256)")
        }
        let copy = makeByteArray(t, emptyBytes.bytesData, 0)
        var argument = value
        if bytearray_init(t, copy, &argument, 1, .raised).isRaised { return .raised }
        let contents = byteArrayContents(copy)
        bytes = makeBytes(t, contents.base, contents.count)
    }
    guard let range = sliceIndices(t, slice, byteArrayContents(v).count) else { return .raised }
    let n = bytes.bytesCount
    if range.step == 1 {
        let result = byteArrayReplace(t, v, range.start, max(range.stop, range.start), bytes.bytesData, n)
        bytes.keepAlive
        return result < 0 ? .raised : .none
    }
    if n == 0 {
        if range.count == 0 { return .none }
        // Everything but the slice.
        let s = TextSource(bytearray: v)
        var out = ByteBuffer(capacity: s.text.count)
        defer { out.free() }
        let low = range.step > 0 ? range.start : range.start &+ range.step &* (range.count &- 1)
        let step = Int(range.step.magnitude)
        for i in 0..<s.text.count {
            if i >= low && (i &- low) % step == 0 && (i &- low) / step < range.count { continue }
            out.append(s.bytes[i])
        }
        if out.failed { return raiseMemoryError(t) }
        return byteArrayReplace(t, v, 0, .max, out.base, out.count) < 0 ? .raised : .none
    }
    if n != range.count {
        return raise(t, .valueError, "attempt to assign bytes of size \(n) to extended slice of size \(range.count)")
    }
    lockCell(t, v)
    let contents = byteArrayContents(v)
    var at = range.start
    for i in 0..<n {
        if at >= 0 && at < contents.count { contents.base[at] = bytes.bytesData[i] }
        at &+= range.step
    }
    unlockCell(t, v)
    bytes.keepAlive
    return .none
}
