// A mapping as a sequence: items and slices. Indexes are asked for their numbers before the memory is pinned: an `__index__` may resize it.

import Glibc
import LadonLibrary

func mapping_getItem(_ t: Thread, _ v: Value, _ key: Value) -> Value {
    if !isOpenMapping(t, v) { return .raised }
    if key.isCell && key.isExactly(.slice) {
        guard let unpacked = sliceUnpack(t, key) else { return .raised }
        return withMapping(t, v) { base, size in
            let range = sliceAdjust(unpacked, size)
            if range.count <= 0 { return makeBytes(t, base, 0) }
            if range.step == 1 { return makeBytes(t, base + range.start, range.count) }
            let result = newBytesChecked(t, range.count)
            if result.isRaised { return result }
            var at = range.start
            for i in 0 ..< range.count {
                result.bytesData[i] = base[at]
                at &+= range.step
            }
            return result
        }
    }
    guard let given = itemNumber(t, key) else { return .raised }
    return withMapping(t, v) { base, size in
        guard let i = itemIndex(t, given, size) else { return .raised }
        return Value(smallInt: Int(base[i]))
    }
}

/// nil: raised.
private func itemNumber(_ t: Thread, _ key: Value) -> Int? {
    if !key.isSmallInt && !(key.isBool || key.isCell && typeOf(key).has(.index)) {
        _ = raise(t, .typeError, "mmap indices must be integers")
        return nil
    }
    return asIndex(t, key)
}

/// The same within so many bytes. nil: raised.
private func itemIndex(_ t: Thread, _ given: Int, _ size: Int) -> Int? {
    let i = given < 0 ? given &+ size : given
    if i >= 0 && i < size { return i }
    _ = raise(t, .indexError, "mmap index out of range")
    return nil
}

func mapping_setItem(_ t: Thread, _ v: Value, _ key: Value, _ value: Value) -> Value {
    if !isOpenMapping(t, v) || !isWritableMapping(t, v) { return .raised }
    let isSlice = key.isCell && key.isExactly(.slice)
    if value.isMissing {
        if isSlice { return raise(t, .typeError, "mmap object doesn't support slice deletion") }
        let isIndex = key.isSmallInt || key.isBool || key.isCell && typeOf(key).has(.index)
        if isIndex {
            guard let given = itemNumber(t, key), itemIndex(t, given, mapping(v).pointee.size) != nil else { return .raised }
        }
        return raise(t, .typeError, isIndex ? "mmap doesn't support item deletion" : "mmap indices must be integers")
    }
    if isSlice {
        guard let unpacked = sliceUnpack(t, key) else { return .raised }
        var source = LadonBuffer()
        if getBuffer(t, value, &source) < 0 { return .raised }
        let result = withMapping(t, v) { base, size in
            let range = sliceAdjust(unpacked, size)
            if source.length != range.count { return raise(t, .indexError, "mmap slice assignment is wrong size") }
            if range.count == 0 { return .none }
            if range.step == 1 {
                memmove(base + range.start, source.bytes, range.count)
                return .none
            }
            var at = range.start
            for i in 0 ..< range.count {
                base[at] = source.bytes[i]
                at &+= range.step
            }
            return .none
        }
        releaseBuffer(t, &source)
        return result
    }
    guard let given = itemNumber(t, key), itemIndex(t, given, mapping(v).pointee.size) != nil else { return .raised }
    if !value.isSmallInt && !(value.isBool || value.isCell && typeOf(value).has(.index)) { return raise(t, .typeError, "mmap item value must be an int") }
    guard let byte = asIndex(t, value, .typeError) else { return .raised }
    if byte < 0 || byte > 255 { return raise(t, .valueError, "mmap item value must be in range(0, 256)") }
    return withMapping(t, v) { base, size in
        guard let i = itemIndex(t, given, size) else { return .raised }
        base[i] = UInt8(byte)
        return .none
    }
}
