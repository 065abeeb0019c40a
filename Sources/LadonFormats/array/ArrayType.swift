// array.array: the table of the type, construction and what the runtime asks of sequences.

import Glibc
import LadonLibrary

func arrayDefinition() -> TypeDefinition {
    TypeDefinition(
        nil, "array.array", flags: [.baseType, .sequence, .weakReferenceable, .immutable],
        doc: """
            array(typecode [, initializer]) -> array

            Return a new array whose items are machine numbers, all of the kind
            that the type code names:

                b  signed char      B  unsigned char     u  character
                h  signed short     H  unsigned short
                i  signed int       I  unsigned int
                l  signed long      L  unsigned long
                q  signed long long Q  unsigned long long
                f  float            d  double

            The initializer is a list, a string or bytes-like object, an array,
            or an iterable over elements of the appropriate type.
            """,
        size: MemoryLayout<ArrayCell>.size, layout: Layout(prefix: 1, base: 5),
        slots: [
            .call(.new, array_new), .unary(.repr, array_repr), .unary(.hash, unhashable), .unary(.iter, array_iter),
            .unary(.length, { t, v in Value(smallInt: arrayContents(v).count) }),
            .binary(.getItem, array_getItem), .ternary(.setItem, array_setItem), .binary(.contains, array_contains),
            .binary(.concat, array_concat), .binary(.repeat, array_repeat),
            .binary(.inplaceConcat, array_inplaceConcat), .binary(.inplaceRepeat, array_inplaceRepeat),
            .ternary(.compare, array_compare), .ternary(.getBuffer, array_getBuffer), .ternary(.releaseBuffer, array_releaseBuffer),
        ],
        members: arrayMembers())
}

@inline(__always) func isArray(_ v: Value) -> Bool { v.isCell && isSubtype(typeOf(v), arrayTypes.array.unsafelyUnwrapped) }

// MARK: making

func array_new(_ t: Thread, _ type: Value, _ a: Values?, _ n: Int, _ names: Value) -> Value {
    if names.bits != 0 && names.tupleCount != 0 && (type.asType == arrayTypes.array || type.asType.slot(.initialize) == builtinType(.object).slot(.initialize)) {
        return raise(t, .typeError, "array.array() takes no keyword arguments")
    }
    if n < 1 { return raise(t, .typeError, "array() takes at least 1 argument (0 given)") }
    if n > 2 { return raise(t, .typeError, "array() takes at most 2 arguments (\(n) given)") }
    let letter = a.unsafelyUnwrapped[0]
    if !letter.isCell || !letter.isStr || letter.strCount != 1 {
        return raise(t, .typeError, "array() argument 1 must be a unicode character, not \(typeName(letter))")
    }
    if isAuditing && !audit(t, "array.__new__", letter, n > 1 ? a.unsafelyUnwrapped[1] : .none) { return .raised }
    return makeArray(t, type.asType, stringCharAt(letter, 0), n > 1 ? a.unsafelyUnwrapped[1] : .missing)
}

/// type(letter, initial) without the check of the arguments' number.
func makeArray(_ t: Thread, _ type: TypePointer, _ letter: UInt32, _ initial: Value) -> Value {
    let isText = initial.isCell && initial.isStr
    let given = !initial.isMissing && isArray(initial)
    if letter != 117 {
        if isText { return raise(t, .typeError, "cannot use a str to initialize an array with typecode '\(scalarText(letter))'") }
        if given && arrayCodeIndex(of: initial) == arrayUnicode {
            return raise(t, .typeError, "cannot use a unicode array to initialize an array with typecode '\(scalarText(letter))'")
        }
    }
    let isBytes = initial.isCell && (initial.isBytes || isByteArray(initial))
    var iterator = Value.missing
    if !(initial.isMissing || isText || isBytes || given || isInstanceOf(initial, .list) || isTuple(initial)) {
        iterator = iterate(t, initial)
        if iterator.isRaised { return iterator }
    }
    let code = arrayCodeIndex(letter)
    if code < 0 { return raise(t, .valueError, "bad typecode (must be b, B, u, h, H, i, I, l, L, q, Q, f or d)") }
    if given {
        let contents = arrayContents(initial)
        let v = newArray(t, type, code, count: contents.count)
        if v.isRaised { return v }
        let to = arrayContents(v).base
        if arrayCodeIndex(of: initial) == code {
            if contents.count > 0 { memcpy(to, contents.base, contents.count &* arrayCodes[code].size) }
        } else {
            let from = arrayCode(initial), size = arrayCodes[code].size
            for i in 0..<contents.count {
                let x = unpackArrayItem(t, contents.base + i &* from.size, from.letter)
                var item: UInt64 = 0
                if x.isRaised || !packArrayItem(t, &item, arrayCodes[code].letter, x) { return .raised }
                memcpy(to + i &* size, &item, size)
            }
        }
        initial.keepAlive
        return v
    }
    if isText {
        let v = newArray(t, type, code, count: initial.strCount)
        if !v.isRaised { initial.text.copy(to: arrayContents(v).base, kind: 4) }
        initial.keepAlive
        return v
    }
    let v = newArray(t, type, code)
    if v.isRaised || initial.isMissing { return v }
    if isBytes { return arrayFromBytes(t, v, initial) ? v : .raised }
    if iterator.isMissing { return arrayExtendItems(t, v, initial) ? v : .raised }
    return arrayExtendIterator(t, v, iterator) ? v : .raised
}

private func scalarText(_ cp: UInt32) -> String { UnicodeScalar(cp).map { String(Character($0)) } ?? "?" }

/// Appends the items of a list or tuple, read by index: a list may change meanwhile. False: raised.
func arrayExtendItems(_ t: Thread, _ v: Value, _ source: Value) -> Bool {
    if isTuple(source) {
        for i in 0..<source.tupleCount where !arrayAppendItem(t, v, source.tupleItems[i]) { return false }
        return true
    }
    var i = 0
    while true {
        let x = listGet(t, source, i)
        if x.isMissing { return true }
        if !arrayAppendItem(t, v, x) { return false }
        i += 1
    }
}

func arrayExtendIterator(_ t: Thread, _ v: Value, _ iterator: Value) -> Bool {
    while true {
        let x = next(t, iterator)
        if x.isExhausted { return true }
        if x.isRaised || !arrayAppendItem(t, v, x) || !safepoint(t) { return false }
    }
}

/// Appends machine values from a bytes-like object. False: raised.
func arrayFromBytes(_ t: Thread, _ v: Value, _ source: Value) -> Bool {
    var buffer = LadonBuffer()
    if getBuffer(t, source, &buffer, flags: LADON_BUFFER_ND) < 0 { return false }
    defer { releaseBuffer(t, &buffer) }
    if buffer.itemSize != 1 {
        _ = raise(t, .typeError, "a bytes-like object is required")
        return false
    }
    let size = arrayItemSize(v)
    if buffer.length % size != 0 {
        _ = raise(t, .valueError, "bytes length not a multiple of item size")
        return false
    }
    if buffer.length == 0 { return true }
    return arrayAppend(t, v, buffer.text.base, buffer.length / size)
}

// MARK: reading

func array_repr(_ t: Thread, _ v: Value) -> Value {
    let code = arrayCode(v)
    var b = StringBuilder(t)
    b.append(typeOf(v).pointee.name)
    b.append("('")
    b.append(UInt32(code.letter))
    b.append("'")
    if arrayContents(v).count > 0 {
        let contents = code.letter == UInt8(ascii: "u") ? arrayToUnicode(t, v) : arrayToList(t, v)
        if contents.isRaised { return .raised }
        let text = repr(t, contents)
        if text.isRaised { return .raised }
        b.append(", ")
        b.append(text)
    }
    b.append(")")
    return b.finish()
}

func arrayToList(_ t: Thread, _ v: Value) -> Value {
    let contents = arrayContents(v), code = arrayCode(v)
    let list = makeList(t, capacity: contents.count)
    if list.isRaised { return list }
    for i in 0..<contents.count {
        let x = unpackArrayItem(t, contents.base + i &* code.size, code.letter)
        if x.isRaised || listAppend(t, list, x) < 0 { return .raised }
    }
    Value(contents.base).keepAlive
    v.keepAlive
    return list
}

func arrayToUnicode(_ t: Thread, _ v: Value) -> Value {
    let contents = arrayContents(v)
    let p = contents.base.assumingMemoryBound(to: UInt32.self)
    for i in 0..<contents.count where p[i] > 0x10FFFF {
        return raise(t, .valueError, "character U+\(String(p[i], radix: 16)) is not in range [U+0000; U+10ffff]")
    }
    let s = makeString(t, codePoints: p, count: contents.count)
    Value(contents.base).keepAlive
    return s
}

/// Item `i`, or `.missing` beyond the end.
@inline(__always) func arrayItem(_ t: Thread, _ v: Value, _ i: Int) -> Value {
    let contents = arrayContents(v)
    if UInt(bitPattern: i) >= UInt(bitPattern: contents.count) { return .missing }
    let x = unpackArrayItem(t, contents.base + i &* arrayItemSize(v), arrayLetter(v))
    ladon_keep_alive(Value(contents.base))
    return x
}

func array_getItem(_ t: Thread, _ v: Value, _ key: Value) -> Value {
    if key.isExactly(.slice) {
        guard let range = sliceIndices(t, key, arrayContents(v).count) else { return .raised }
        let result = newArray(t, arrayTypes.array.unsafelyUnwrapped, arrayCodeIndex(of: v), count: max(range.count, 0))
        if result.isRaised || range.count <= 0 { return result }
        let from = arrayContents(v), to = arrayContents(result).base, size = arrayItemSize(v)
        // Clipped again: another thread may have shortened it.
        if range.step == 1 && range.start &+ range.count <= from.count {
            memcpy(to, from.base + range.start &* size, range.count &* size)
        } else {
            var at = range.start
            for i in 0..<range.count {
                if at < from.count { memcpy(to + i &* size, from.base + at &* size, size) }
                at &+= range.step
            }
        }
        Value(from.base).keepAlive
        result.keepAlive
        return result
    }
    if !key.isSmallInt && !typeOf(key).has(.index) { return raise(t, .typeError, "array indices must be integers") }
    guard let index = machineIndex(t, key) else { return .raised }
    let i = index < 0 ? index &+ arrayContents(v).count : index
    let x = arrayItem(t, v, i)
    return x.isMissing ? raise(t, .indexError, "array index out of range") : x
}

func array_contains(_ t: Thread, _ v: Value, _ x: Value) -> Value {
    let i = arrayFind(t, v, x, 0, .max)
    return i == -2 ? .raised : Value(i >= 0)
}

/// The first index of an item equal to x in start ..< stop; -1: none, -2: raised.
func arrayFind(_ t: Thread, _ v: Value, _ x: Value, _ start: Int, _ stop: Int) -> Int {
    var i = start
    while i < stop {
        let item = arrayItem(t, v, i)
        if item.isMissing { return -1 }
        if item.isRaised { return -2 }
        let same = compareTruth(t, item, x, .eq)
        if same < 0 { return -2 }
        if same > 0 { return i }
        i += 1
    }
    return -1
}

func array_compare(_ t: Thread, _ a: Value, _ b: Value, _ o: Value) -> Value {
    if !isArray(a) || !isArray(b) { return .notImplemented }
    let op = compareOp(o)
    let x = arrayContents(a), y = arrayContents(b)
    if x.count != y.count && (op == .eq || op == .ne) { return Value(op == .ne) }
    let code = arrayCode(a)
    if arrayCodeIndex(of: a) == arrayCodeIndex(of: b) && code.isInteger {
        // Plain numbers: no Python code, no allocation.
        let n = min(x.count, y.count)
        var i = 0
        while i < n && memcmp(x.base + i &* code.size, y.base + i &* code.size, code.size) == 0 { i += 1 }
        if i == n { return compareCounts(x.count, y.count, op) }
        if op == .eq || op == .ne { return Value(op == .ne) }
        let u = unpackArrayItem(t, x.base + i &* code.size, code.letter), w = unpackArrayItem(t, y.base + i &* code.size, code.letter)
        return compareCounts(intCompare(u, w), 0, op)
    }
    var i = 0
    while true {
        let u = arrayItem(t, a, i), w = arrayItem(t, b, i)
        if u.isRaised || w.isRaised { return .raised }
        if u.isMissing || w.isMissing { return compareCounts(arrayContents(a).count, arrayContents(b).count, op) }
        let same = compareTruth(t, u, w, .eq)
        if same < 0 { return .raised }
        if same == 0 {
            if op == .eq || op == .ne { return Value(op == .ne) }
            return compare(t, u, w, op)
        }
        i += 1
    }
}

// MARK: joining

func array_concat(_ t: Thread, _ a: Value, _ b: Value) -> Value {
    if !isArray(b) { return raise(t, .typeError, "can only append array (not \"\(typeName(b))\") to array") }
    if arrayCodeIndex(of: a) != arrayCodeIndex(of: b) { return raise(t, .typeError, "bad argument type for built-in operation") }
    let x = arrayContents(a), y = arrayContents(b), size = arrayItemSize(a)
    let result = newArray(t, arrayTypes.array.unsafelyUnwrapped, arrayCodeIndex(of: a), count: x.count &+ y.count)
    if result.isRaised { return result }
    let to = arrayContents(result).base
    if x.count > 0 { memcpy(to, x.base, x.count &* size) }
    if y.count > 0 { memcpy(to + x.count &* size, y.base, y.count &* size) }
    Value(x.base).keepAlive
    Value(y.base).keepAlive
    result.keepAlive
    return result
}

func array_repeat(_ t: Thread, _ v: Value, _ n: Value) -> Value {
    guard let times = repetitionCount(t, n) else { return .raised }
    return repeated(t, v, times)
}

private func repeated(_ t: Thread, _ v: Value, _ times: Int) -> Value {
    let x = arrayContents(v), size = arrayItemSize(v)
    let (total, overflow) = x.count.multipliedReportingOverflow(by: max(times, 0))
    if overflow { return raiseMemoryError(t) }
    let result = newArray(t, arrayTypes.array.unsafelyUnwrapped, arrayCodeIndex(of: v), count: total)
    if result.isRaised || total == 0 { return result }
    repeatBytes(x.base, x.count &* size, times, to: arrayContents(result).base)
    Value(x.base).keepAlive
    result.keepAlive
    return result
}

func array_inplaceConcat(_ t: Thread, _ v: Value, _ other: Value) -> Value {
    if !isArray(other) { return raise(t, .typeError, "can only extend array with array (not \"\(typeName(other))\")") }
    return arrayExtendArray(t, v, other) ? v : .raised
}

func arrayExtendArray(_ t: Thread, _ v: Value, _ other: Value) -> Bool {
    if arrayCodeIndex(of: v) != arrayCodeIndex(of: other) {
        _ = raise(t, .typeError, "can only extend with array of same kind")
        return false
    }
    if arrayContents(other).count == 0 { return true }
    // Through a copy when it is the array itself: its memory is what changes.
    let source = other == v ? repeated(t, v, 1) : other
    if source.isRaised { return false }
    let contents = arrayContents(source)
    let done = arrayAppend(t, v, contents.base, contents.count)
    Value(contents.base).keepAlive
    source.keepAlive
    return done
}

func array_inplaceRepeat(_ t: Thread, _ v: Value, _ n: Value) -> Value {
    guard let times = repetitionCount(t, n) else { return .raised }
    if times == 1 || arrayContents(v).count == 0 { return v }
    if !arrayIsResizable(t, v) { return .raised }
    let fresh = repeated(t, v, times)
    if fresh.isRaised { return fresh }
    let contents = arrayContents(fresh)
    let done = arrayReplace(t, v, 0, .max, contents.base, contents.count)
    fresh.keepAlive
    return done ? v : .raised
}

// MARK: assigning

func array_setItem(_ t: Thread, _ v: Value, _ key: Value, _ value: Value) -> Value {
    if key.isExactly(.slice) { return assignSlice(t, v, key, value) }
    if !key.isSmallInt && !typeOf(key).has(.index) { return raise(t, .typeError, "array indices must be integers") }
    guard let index = machineIndex(t, key) else { return .raised }
    let count = arrayContents(v).count
    let i = index < 0 ? index &+ count : index
    if i < 0 || i >= count { return raise(t, .indexError, "array assignment index out of range") }
    if value.isMissing { return arrayReplace(t, v, i, i + 1, nil, 0) ? .none : .raised }
    return arrayStore(t, v, i, value) ? .none : .raised
}

/// Converts first: `__index__` may change the array.
func arrayStore(_ t: Thread, _ v: Value, _ i: Int, _ value: Value) -> Bool {
    var item: UInt64 = 0
    let size = arrayItemSize(v)
    if !packArrayItem(t, &item, arrayLetter(v), value) { return false }
    lockCell(t, v)
    let contents = arrayContents(v)
    let inside = i < contents.count
    if inside {
        let p = contents.base + i &* size
        switch size {
        case 1: p.storeBytes(of: UInt8(truncatingIfNeeded: item), as: UInt8.self)
        case 2: p.storeBytes(of: UInt16(truncatingIfNeeded: item), as: UInt16.self)
        case 4: p.storeBytes(of: UInt32(truncatingIfNeeded: item), as: UInt32.self)
        default: p.storeBytes(of: item, as: UInt64.self)
        }
    }
    unlockCell(t, v)
    if !inside { _ = raise(t, .indexError, "array assignment index out of range") }
    return inside
}

private func assignSlice(_ t: Thread, _ v: Value, _ key: Value, _ value: Value) -> Value {
    guard let range = sliceIndices(t, key, arrayContents(v).count) else { return .raised }
    var source = value
    var needed = 0
    if !value.isMissing {
        if !isArray(value) { return raise(t, .typeError, "can only assign array (not \"\(typeName(value))\") to array slice") }
        if arrayCodeIndex(of: value) != arrayCodeIndex(of: v) { return raise(t, .typeError, "bad argument type for built-in operation") }
        if value == v { source = repeated(t, v, 1) }
        if source.isRaised { return .raised }
        needed = arrayContents(source).count
    }
    let count = max(range.count, 0)
    if (needed == 0 || count != needed) && !arrayIsResizable(t, v) { return .raised }
    if range.step == 1 {
        let contents: (base: UnsafeMutableRawPointer, count: Int)? = value.isMissing ? nil : arrayContents(source)
        let done = arrayReplace(t, v, range.start, range.start &+ count, contents?.base, contents?.count ?? 0)
        if let contents { Value(contents.base).keepAlive }
        source.keepAlive
        return done ? .none : .raised
    }
    if needed == 0 { return deleteSlice(t, v, range.start, range.step, count) }
    if needed != count { return raise(t, .valueError, "attempt to assign array of size \(needed) to extended slice of size \(count)") }
    let size = arrayItemSize(v)
    lockCell(t, v)
    let from = arrayContents(source), to = arrayContents(v)
    var at = range.start
    for i in 0..<min(count, from.count) {
        if at < to.count { memcpy(to.base + at &* size, from.base + i &* size, size) }
        at &+= range.step
    }
    unlockCell(t, v)
    source.keepAlive
    return .none
}

/// Every `step`th item goes.
private func deleteSlice(_ t: Thread, _ v: Value, _ start: Int, _ step: Int, _ count: Int) -> Value {
    if count == 0 { return .none }
    let low = step > 0 ? start : start &+ step &* (count &- 1), stride = Int(step.magnitude)
    let x = arrayContents(v), size = arrayItemSize(v)
    let rest = newArray(t, arrayTypes.array.unsafelyUnwrapped, arrayCodeIndex(of: v), count: x.count)
    if rest.isRaised { return rest }
    let to = arrayContents(rest).base
    var kept = 0
    for i in 0..<x.count {
        if i >= low && (i &- low) % stride == 0 && (i &- low) / stride < count { continue }
        memcpy(to + kept &* size, x.base + i &* size, size)
        kept += 1
    }
    Value(x.base).keepAlive
    let done = arrayReplace(t, v, 0, .max, to, kept)
    rest.keepAlive
    return done ? .none : .raised
}
