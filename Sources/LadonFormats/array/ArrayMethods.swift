// The methods of array.array, its iterator and its pickles.

import Glibc
import LadonLibrary

func arrayMembers() -> [NativeMember] {
    [
        .constant("__hash__", noneConstant),
        .attribute("typecode", get: { t, a in makeString(t, codePoint: UInt32(arrayLetter(a[0]))) }, "the typecode character used to create the array"),
        .attribute("itemsize", get: { t, a in Value(smallInt: arrayItemSize(a[0])) }, "the size, in bytes, of one array item"),
        .method("append", "(self, v, /)", { t, a in arrayAppendItem(t, a[0], a[1]) ? .none : .raised }, "Append new value v to the end of the array."),
        .method("buffer_info", "(self, /)", array_bufferInfo, "The address of the items' memory, and the number of items."),
        .method("byteswap", "(self, /)", array_byteswap, "Byteswap all items of the array."),
        .method("__copy__", "(self, /)", array_copy, "Return a copy of the array."),
        .method("__deepcopy__", "(self, unused, /)", array_copy, "Return a copy of the array."),
        .method("count", "(self, v, /)", array_count, "Return number of occurrences of v in the array."),
        .method("extend", "(self, bb, /)", array_extend, "Append items to the end of the array."),
        .method("fromfile", "(self, f, n, /)", array_fromFile, "Read n items from the file object f and append them to the end of the array."),
        .method("fromlist", "(self, list, /)", array_fromList, "Append items to array from list."),
        .method("frombytes", "(self, buffer, /)", { t, a in arrayFromBytes(t, a[0], a[1]) ? .none : .raised },
                "Append items from a bytes-like object, which holds machine values."),
        .method("fromunicode", "(self, ustr, /)", array_fromUnicode, "Append the characters of a string; the array must be of type 'u'."),
        .method("index", "(self, v, start=0, stop=sys.maxsize, /)", array_index,
                "Return index of first occurrence of v in the array.\n\nRaise ValueError if the value is not present."),
        .method("insert", "(self, i, v, /)", array_insert, "Insert a new item v into the array before position i."),
        .method("pop", "(self, i=-1, /)", array_pop, "Return the i-th element and delete it from the array.\n\ni defaults to -1."),
        .method("remove", "(self, v, /)", array_remove, "Remove the first occurrence of v in the array."),
        .method("reverse", "(self, /)", array_reverse, "Reverse the order of the items in the array."),
        .method("tobytes", "(self, /)", array_toBytes, "The items as machine values, in a bytes object."),
        .method("tofile", "(self, f, /)", array_toFile, "Write all items (as machine values) to the file object f."),
        .method("tolist", "(self, /)", { t, a in arrayToList(t, a[0]) }, "Convert array to an ordinary list with the same items."),
        .method("tounicode", "(self, /)", { t, a in
            arrayCodeIndex(of: a[0]) == arrayUnicode ? arrayToUnicode(t, a[0])
                : raise(t, .valueError, "tounicode() may only be called on unicode type arrays")
        }, "The items as a string; the array must be of type 'u'."),
        .method("__reduce_ex__", "(self, value, /)", array_reduceEx, "Return state information for pickling."),
        .method("__sizeof__", "(self, /)", { t, a in
            Value(smallInt: Int(builtinArraySize) + arrayCapacity(a[0]) * arrayItemSize(a[0]))
        }, "Size of the array in memory, in bytes."),
    ]
}

/// What CPython counts for an array without its items.
private let builtinArraySize = 64

private func array_bufferInfo(_ t: Thread, _ a: Values) -> Value {
    let contents = arrayContents(a[0])
    let address = makeInt(t, UInt(bitPattern: contents.base))
    return address.isRaised ? address : makeTuple(t, address, Value(smallInt: contents.count))
}

private func array_byteswap(_ t: Thread, _ a: Values) -> Value {
    lockCell(t, a[0])
    let contents = arrayContents(a[0])
    reverseArrayItems(contents.base, contents.count, arrayItemSize(a[0]))
    unlockCell(t, a[0])
    return .none
}

private func array_copy(_ t: Thread, _ a: Values) -> Value {
    let contents = arrayContents(a[0])
    let copy = newArray(t, arrayTypes.array.unsafelyUnwrapped, arrayCodeIndex(of: a[0]), count: contents.count)
    if copy.isRaised || contents.count == 0 { return copy }
    memcpy(arrayContents(copy).base, contents.base, contents.count &* arrayItemSize(a[0]))
    Value(contents.base).keepAlive
    copy.keepAlive
    return copy
}

private func array_count(_ t: Thread, _ a: Values) -> Value {
    var found = 0
    var i = 0
    while true {
        let item = arrayItem(t, a[0], i)
        if item.isMissing { return Value(smallInt: found) }
        if item.isRaised { return item }
        let same = compareTruth(t, item, a[1], .eq)
        if same < 0 { return .raised }
        found += same
        i += 1
    }
}

private func array_extend(_ t: Thread, _ a: Values) -> Value {
    if isArray(a[1]) { return arrayExtendArray(t, a[0], a[1]) ? .none : .raised }
    let iterator = iterate(t, a[1])
    return iterator.isRaised || !arrayExtendIterator(t, a[0], iterator) ? .raised : .none
}

private func array_fromList(_ t: Thread, _ a: Values) -> Value {
    if !isInstanceOf(a[1], .list) { return raise(t, .typeError, "arg must be list") }
    let n = listCount(a[1])
    if n == 0 { return .none }
    if !arrayIsResizable(t, a[0]) { return .raised }
    // All or nothing: converted aside, then appended at once.
    let fresh = newArray(t, arrayTypes.array.unsafelyUnwrapped, arrayCodeIndex(of: a[0]), count: n)
    if fresh.isRaised { return fresh }
    for i in 0..<n {
        let x = listGet(t, a[1], i)
        if x.isMissing { return raise(t, .runtimeError, "list changed size during iteration") }
        if !arrayStore(t, fresh, i, x) { return .raised }
    }
    if listCount(a[1]) != n { return raise(t, .runtimeError, "list changed size during iteration") }
    let done = arrayAppend(t, a[0], arrayContents(fresh).base, n)
    fresh.keepAlive
    return done ? .none : .raised
}

private func array_fromFile(_ t: Thread, _ a: Values) -> Value {
    guard let n = asInt(t, a[2]) else { return .raised }
    if n < 0 { return raise(t, .valueError, "negative count") }
    let size = arrayItemSize(a[0])
    let (wanted, overflow) = n.multipliedReportingOverflow(by: size)
    if overflow { return raiseMemoryError(t) }
    let bytes = callMethod(t, a[1], .read, makeInt(t, wanted))
    if bytes.isRaised { return bytes }
    if !bytes.isCell || !bytes.isBytes { return raise(t, .typeError, "read() didn't return bytes") }
    let short = bytes.bytesCount != wanted
    if !arrayFromBytes(t, a[0], bytes) { return .raised }
    return short ? raise(t, .eofError, "read() didn't return enough bytes") : .none
}

private func array_toFile(_ t: Thread, _ a: Values) -> Value {
    let block = 64 * 1024
    let size = arrayItemSize(a[0])
    var at = 0
    while true {
        let contents = arrayContents(a[0])
        let bytes = contents.count &* size
        if at >= bytes { return .none }
        let part = makeBytes(t, contents.base + at, min(block, bytes &- at))
        Value(contents.base).keepAlive
        if callMethod(t, a[1], .write, part).isRaised { return .raised }
        at += block
    }
}

private func array_fromUnicode(_ t: Thread, _ a: Values) -> Value {
    if !a[1].isCell || !a[1].isStr { return raise(t, .typeError, "fromunicode() argument must be str, not \(typeName(a[1]))") }
    if arrayCodeIndex(of: a[0]) != arrayUnicode { return raise(t, .valueError, "fromunicode() may only be called on unicode type arrays") }
    let fresh = makeArray(t, arrayTypes.array.unsafelyUnwrapped, 117, a[1])
    return fresh.isRaised || !arrayExtendArray(t, a[0], fresh) ? .raised : .none
}

private func array_index(_ t: Thread, _ a: Values) -> Value {
    guard var start = a[2].isMissing ? 0 : searchBound(t, a[2], 0) else { return .raised }
    guard var stop = searchBound(t, a[3], .max) else { return .raised }
    let n = arrayContents(a[0]).count
    if start < 0 { start = max(0, start &+ n) }
    if stop < 0 { stop = max(0, stop &+ n) }
    let i = arrayFind(t, a[0], a[1], start, stop)
    if i == -2 { return .raised }
    return i < 0 ? raise(t, .valueError, "array.index(x): x not in array") : Value(smallInt: i)
}

private func array_insert(_ t: Thread, _ a: Values) -> Value {
    guard let index = machineIndex(t, a[1]) else { return .raised }
    var item: UInt64 = 0
    if !packArrayItem(t, &item, arrayLetter(a[0]), a[2]) { return .raised }
    let n = arrayContents(a[0]).count
    let i = index < 0 ? max(0, index &+ n) : min(index, n)
    return arrayReplace(t, a[0], i, i, &item, 1) ? .none : .raised
}

private func array_pop(_ t: Thread, _ a: Values) -> Value {
    guard let index = machineIndex(t, a[1]) else { return .raised }
    let v = a[0]
    let code = arrayCode(v)
    while true {
        let n = arrayContents(v).count
        if n == 0 { return raise(t, .indexError, "pop from empty array") }
        let i = index < 0 ? index &+ n : index
        if i < 0 || i >= n { return raise(t, .indexError, "pop index out of range") }
        if v.asArray.pointee.exports != 0 && !arrayIsResizable(t, v) { return .raised }
        // The item is read and removed in one step, so that two threads never get the same one.
        var item: UInt64 = 0
        lockCell(t, v)
        let contents = arrayContents(v)
        let same = contents.count == n && v.asArray.pointee.exports == 0
        if same {
            memcpy(&item, contents.base + i &* code.size, code.size)
            if i < n - 1 { memmove(contents.base + i &* code.size, contents.base + (i + 1) &* code.size, (n - 1 - i) &* code.size) }
            v.asArray.pointee.count = n - 1
        }
        unlockCell(t, v)
        if !same { continue }
        let x = unpackArrayItem(t, &item, code.letter)
        // Give memory back when most of it is unused.
        if arrayCapacity(v) >= 64 && n - 1 < arrayCapacity(v) / 4 && !arrayReplace(t, v, n - 1, n - 1, nil, 0) { return .raised }
        return x
    }
}

private func array_remove(_ t: Thread, _ a: Values) -> Value {
    let i = arrayFind(t, a[0], a[1], 0, .max)
    if i == -2 { return .raised }
    if i < 0 { return raise(t, .valueError, "array.remove(x): x not in array") }
    return arrayReplace(t, a[0], i, i + 1, nil, 0) ? .none : .raised
}

private func array_reverse(_ t: Thread, _ a: Values) -> Value {
    let size = arrayItemSize(a[0])
    var item: UInt64 = 0
    lockCell(t, a[0])
    let contents = arrayContents(a[0])
    var low = contents.base, high = contents.base + max(0, contents.count - 1) &* size
    while low < high {
        memcpy(&item, low, size)
        memcpy(low, high, size)
        memcpy(high, &item, size)
        low += size
        high -= size
    }
    unlockCell(t, a[0])
    return .none
}

private func array_toBytes(_ t: Thread, _ a: Values) -> Value {
    let contents = arrayContents(a[0])
    let (bytes, overflow) = contents.count.multipliedReportingOverflow(by: arrayItemSize(a[0]))
    if !checkTextSize(t, overflow ? .max : bytes, 1) { return .raised }
    let b = makeBytes(t, contents.base, bytes)
    Value(contents.base).keepAlive
    return b
}

// MARK: pickling

private func array_reduceEx(_ t: Thread, _ a: Values) -> Value {
    let v = a[0]
    var dict = getAttributeOrMissing(t, v, name(.__dict__))
    if dict.isRaised { return dict }
    if dict.isMissing { dict = .none }
    if !isInt(a[1]) { return raise(t, .typeError, "__reduce_ex__ argument should be an integer") }
    guard let version = asInt(t, a[1]) else { return .raised }
    let letter = makeString(t, codePoint: UInt32(arrayLetter(v)))
    let type = typeOf(v).value
    if version < 3 {
        let list = arrayToList(t, v)
        if list.isRaised { return list }
        return makeTuple(t, type, makeTuple(t, letter, list), dict)
    }
    let module = importModule(t, "array")
    if module.isRaised { return module }
    let function = getAttribute(t, module, internStatic(t, "_array_reconstructor"))
    if function.isRaised { return function }
    var argument = v
    let bytes = array_toBytes(t, &argument)
    if bytes.isRaised { return bytes }
    return makeTuple(t, function, makeTuple(t, type, letter, Value(smallInt: arrayCodes[arrayCodeIndex(of: v)].machineFormat), bytes), dict)
}

/// (arraytype, typecode, mformat_code, items): an array from the machine values of any machine.
func array_reconstructor(_ t: Thread, _ a: Values) -> Value {
    if !a[2].isCell || !a[2].isStr || a[2].strCount != 1 {
        return raise(t, .typeError, "_array_reconstructor() argument 2 must be a unicode character, not \(typeName(a[2]))")
    }
    guard let format = asInt32(t, a[3]) else { return .raised }
    if !isType(a[1]) { return raise(t, .typeError, "first argument must be a type object, not \(typeName(a[1]))") }
    let type = a[1].asType
    if !isSubtype(type, arrayTypes.array.unsafelyUnwrapped) {
        return raise(t, .typeError, "\(swiftString(type.pointee.name)) is not a subtype of array.array")
    }
    let letter = stringCharAt(a[2], 0)
    var code = arrayCodeIndex(letter)
    if code < 0 { return raise(t, .valueError, "second argument must be a valid type code") }
    if format < 0 || format > 21 { return raise(t, .valueError, "third argument must be a valid machine format code.") }
    let items = a[4]
    if !items.isCell || !items.isBytes { return raise(t, .typeError, "fourth argument should be bytes, not \(typeName(items))") }
    if Int(format) == arrayCodes[code].machineFormat { return makeArray(t, type, letter, items) }
    // Sizes and byte order of the format: pairs of little and big endian from 2 on.
    let isBig = format >= 2 && format % 2 == 1
    let sizes: [Int] = [1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 8, 8, 8, 8, 4, 4, 8, 8, 4, 4, 8, 8]
    let size = sizes[Int(format)]
    // (Of characters, two: a quirk that CPython's table has.)
    if items.bytesCount % size != 0 { return raise(t, .valueError, "string length not a multiple of item size") }
    let count = items.bytesCount / size
    if format >= 18 {
        let encoding = makeString(t, format < 20 ? (isBig ? "utf-16-be" : "utf-16-le") : (isBig ? "utf-32-be" : "utf-32-le"))
        let text = decodeBytes(t, items, encoding: encoding, errors: .missing)
        return text.isRaised ? text : makeArray(t, type, letter, text)
    }
    let isFloat = format >= 14
    let isSigned = format == 1 || (format >= 4 && (format / 2) % 2 == 0)
    if !isFloat {
        // An integer type of this machine with the size that the pickle's had.
        for i in 0..<arrayCodeCount where arrayCodes[i].isInteger && arrayCodes[i].size == size && arrayCodes[i].isSigned == isSigned { code = i }
    }
    let list = makeList(t, capacity: count)
    if list.isRaised { return list }
    for i in 0..<count {
        var bits: UInt64 = 0
        for k in 0..<size { bits = bits << 8 | UInt64(items.bytesData[i &* size &+ (isBig ? k : size - 1 - k)]) }
        let x: Value
        if isFloat {
            x = makeFloat(t, size == 4 ? Double(Float(bitPattern: UInt32(bits))) : Double(bitPattern: bits))
        } else if isSigned {
            let shift = UInt64(64 - size * 8)
            x = makeInt(t, Int(Int64(bitPattern: bits << shift) >> Int64(shift)))
        } else {
            x = makeInt(t, UInt(bits))
        }
        if listAppend(t, list, x) < 0 { return .raised }
    }
    items.keepAlive
    return makeArray(t, type, UInt32(arrayCodes[code].letter), list)
}

// MARK: iterator

struct ArrayIteratorCell {
    var header: CellHeader
    /// 0 when exhausted.
    var array: Value
    // raw
    var index: Int
}

func arrayIteratorDefinition() -> TypeDefinition {
    TypeDefinition(nil, "array.arrayiterator", flags: [.disallowInstantiation], size: MemoryLayout<ArrayIteratorCell>.size, layout: Layout(prefix: 1),
                   slots: [.unary(.iter, iterSelf), .unary(.next, arrayIterator_next)],
                   members: [
                       .method("__reduce__", "(self, /)", arrayIterator_reduce, "Return state information for pickling."),
                       .method("__setstate__", "(self, state, /)", arrayIterator_setState, "Set state information for unpickling."),
                   ])
}

func array_iter(_ t: Thread, _ v: Value) -> Value {
    let it = allocateInstance(t, arrayTypes.iterator.unsafelyUnwrapped)
    if !it.isRaised { it.cell(as: ArrayIteratorCell.self).pointee.array = v }
    return it
}

private func arrayIterator_next(_ t: Thread, _ v: Value) -> Value {
    let it = v.cell(as: ArrayIteratorCell.self)
    let array = it.pointee.array
    if array.bits == 0 { return .exhausted }
    let i = it.pointee.index
    let x = arrayItem(t, array, i)
    if x.isMissing {
        it.pointee.array = .raised
        return .exhausted
    }
    it.pointee.index = i &+ 1
    return x
}

private func arrayIterator_reduce(_ t: Thread, _ a: Values) -> Value {
    let it = a[0].cell(as: ArrayIteratorCell.self)
    let array = it.pointee.array
    return array.bits == 0 ? reduceWith(t, .iter, ladon_runtime.emptyTuple) : reduceWith(t, .iter, array, state: it.pointee.index)
}

private func arrayIterator_setState(_ t: Thread, _ a: Values) -> Value {
    if !isInt(a[1]) { return raise(t, .typeError, "an integer is required") }
    guard let i = asInt(t, a[1]) else { return .raised }
    let it = a[0].cell(as: ArrayIteratorCell.self)
    let array = it.pointee.array
    it.pointee.index = array.bits == 0 ? 0 : min(max(i, 0), arrayContents(array).count)
    return .none
}
