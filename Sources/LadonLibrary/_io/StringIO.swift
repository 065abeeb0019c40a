// StringIO: text in memory, in the narrowest kind of characters that holds all that was written. A wider one makes a new
// storage; each storage knows its own kind and how many characters were ever put into it (`fill`; behind them the memory may hold
// anything), so that whoever reads without the lock goes by the storage that he loaded.

import Glibc
import LadonCore

struct StringIOCell {
    var header: CellHeader
    var dict: Value
    /// A bytesStorage cell of characters (`reserved` is the kind: 1, 2 or 4 bytes each), or 0: closed.
    var storage: Value
    /// What "\n" is written as, or 0 for itself.
    var written: Value
    var newline: Value
    // raw
    var count: Int
    var position: Int
    var isInitialized: Bool
    var readUniversal: Bool
    var readTranslate: Bool
    var newlines: NewlineState
}

extension Value {
    @inline(__always) fileprivate var asStringIO: UnsafeMutablePointer<StringIOCell> { cell(as: StringIOCell.self) }
}

/// `.raised`: no memory.
private func newStorage(_ t: Thread, kind: Int, capacity: Int) -> Value {
    let storage = makeUnfilledBuffer(t, capacity: capacity * kind)
    if storage.isRaised { return .raised }
    storage.cell(as: TextBufferCell.self).pointee.reserved = kind
    return storage
}
@inline(__always) private func characters(_ storage: Value) -> UnsafeMutableRawPointer { storage.cell + MemoryLayout<TextBufferCell>.size }
@inline(__always) private func kind(_ storage: Value) -> Int { storage.cell(as: TextBufferCell.self).pointee.reserved }
/// Characters that were put into it.
@inline(__always) private func filled(_ storage: Value) -> Int { storage.cell(as: TextBufferCell.self).pointee.fill }
@inline(__always) private func setFilled(_ storage: Value, _ n: Int) {
    if filled(storage) < n { storage.cell(as: TextBufferCell.self).pointee.fill = n }
}
/// In characters.
@inline(__always) private func capacity(_ storage: Value) -> Int {
    storage.cell(as: TextBufferCell.self).pointee.capacity >> (kind(storage) >> 1)
}

func stringIODefinition() -> TypeDefinition {
    TypeDefinition(nil, "_io.StringIO", flags: [.baseType, .weakReferenceable, .hasFinalizer], doc: "Text I/O implementation using an in-memory buffer.",
                   signature: "(initial_value='', newline='\\n')", size: MemoryLayout<StringIOCell>.stride, layout: ioLayout(4, MemoryLayout<StringIOCell>.stride),
                   slots: [.call(.new, ioBase_new), .unary(.next, stringIO_next)], members: [
        .method("__init__", "(self, initial_value='', newline='\\n')", stringIO_init),
        .method("getvalue", "(self, /)", { t, a in
            isOpen(t, a[0]) ? text(t, a[0], 0, a[0].asStringIO.pointee.count) : .raised
        }, "Retrieve the entire contents of the object."),
        .method("tell", "(self, /)", { t, a in isOpen(t, a[0]) ? makeInt(t, a[0].asStringIO.pointee.position) : .raised }, "Tell the current file position."),
        .method("read", "(self, size=-1, /)", { t, a in
            guard let n = sizeOrNone(t, a[1]) else { return .raised }
            if !isOpen(t, a[0]) { return .raised }
            let c = a[0].asStringIO
            let left = max(0, c.pointee.count - c.pointee.position)
            return take(t, a[0], n < 0 ? left : min(n, left))
        }),
        .method("readline", "(self, size=-1, /)", { t, a in
            guard let n = sizeOrNone(t, a[1]) else { return .raised }
            return isOpen(t, a[0]) ? line(t, a[0], n) : .raised
        }),
        .method("truncate", "(self, pos=None, /)", { t, a in
            if !isOpen(t, a[0]) { return .raised }
            let c = a[0].asStringIO
            guard let size = sizeOrNone(t, a[1], c.pointee.position) else { return .raised }
            if size < 0 { return raise(t, .valueError, "Negative size value \(size)") }
            lockCell(t, a[0])
            if size < c.pointee.count { c.pointee.count = size }
            unlockCell(t, a[0])
            return makeInt(t, size)
        }),
        .method("seek", "(self, pos, whence=0, /)", { t, a in
            guard let offset = asIndex(t, a[1], .overflowError), let whence = asInt32(t, a[2]) else { return .raised }
            if !isOpen(t, a[0]) { return .raised }
            if whence != 0 && whence != 1 && whence != 2 { return raise(t, .valueError, "Invalid whence (\(whence), should be 0, 1 or 2)") }
            if offset < 0 && whence == 0 { return raise(t, .valueError, "Negative seek position \(offset)") }
            if whence != 0 && offset != 0 { return raise(t, .osError, "Can't do nonzero cur-relative seeks") }
            let c = a[0].asStringIO
            if whence == 0 { c.pointee.position = offset } else if whence == 2 { c.pointee.position = c.pointee.count }
            return makeInt(t, c.pointee.position)
        }),
        .method("write", "(self, s, /)", { t, a in
            if !isInitialized(t, a[0]) { return .raised }
            if !a[1].isStr { return raise(t, .typeError, "string argument expected, got '\(typeName(a[1]))'") }
            if !isOpen(t, a[0]) { return .raised }
            let n = a[1].strCount
            return n > 0 && !write(t, a[0], a[1]) ? .raised : makeInt(t, n)
        }),
        .method("close", "(self, /)", { t, a in
            storeSlot(&a[0].asStringIO.pointee.storage, .raised)
            return .none
        }),
        .method("readable", "(self, /)", { t, a in isOpen(t, a[0]) ? .true : .raised }),
        .method("writable", "(self, /)", { t, a in isOpen(t, a[0]) ? .true : .raised }),
        .method("seekable", "(self, /)", { t, a in isOpen(t, a[0]) ? .true : .raised }),
        .method("__getstate__", "(self, /)", { t, a in
            if !isOpen(t, a[0]) { return .raised }
            let c = a[0].asStringIO
            let value = text(t, a[0], 0, c.pointee.count)
            let dict = instanceDictionaryCopyOrNone(t, a[0])
            if value.isRaised || dict.isRaised { return .raised }
            return makeTuple(t, value, c.pointee.newline, makeInt(t, c.pointee.position), dict)
        }),
        .method("__setstate__", "(self, state, /)", stringIO_setstate),
        .attribute("closed", get: { t, a in
            isInitialized(t, a[0]) ? Value(a[0].asStringIO.pointee.storage.bits == 0) : .raised
        }),
        .attribute("newlines", get: { t, a in
            let c = a[0].asStringIO
            if !isOpen(t, a[0]) { return .raised }
            return c.pointee.readUniversal ? seenNewlines(t, c.pointee.newlines.seen) : .none
        }),
        .attribute("line_buffering", get: { t, a in isOpen(t, a[0]) ? .false : .raised }),
    ])
}

private func isInitialized(_ t: Thread, _ v: Value) -> Bool {
    if v.asStringIO.pointee.isInitialized { return true }
    _ = raise(t, .valueError, "I/O operation on uninitialized object")
    return false
}

private func isOpen(_ t: Thread, _ v: Value) -> Bool {
    if !isInitialized(t, v) { return false }
    if v.asStringIO.pointee.storage.bits != 0 { return true }
    raiseClosed(t, "I/O operation on closed file")
    return false
}

private func stringIO_init(_ t: Thread, _ a: Values) -> Value {
    let newline: Value = a[2].isMissing ? makeString(t, codePoint: 10) : a[2]
    if !newline.isNone && !newline.isStr { return raise(t, .typeError, "newline must be str or None, not \(typeName(newline))") }
    if !checkNewline(t, newline, quotes: true) { return .raised }
    if !a[1].isNone && !a[1].isStr { return raise(t, .typeError, "initial_value must be str or None, not \(typeName(a[1]))") }
    let c = a[0].asStringIO
    storeSlot(&c.pointee.newline, newline)
    let count = newline.isNone ? 0 : newline.strCount
    c.pointee.readUniversal = count == 0
    c.pointee.readTranslate = newline.isNone
    c.pointee.newlines = NewlineState(pendingCR: false, seen: 0)
    storeSlot(&c.pointee.written, count > 0 && stringCharAt(newline, 0) == 13 ? newline : .raised)
    let storage = newStorage(t, kind: 1, capacity: 0)
    if storage.isRaised { return .raised }
    storeSlot(&c.pointee.storage, storage)
    c.pointee.count = 0
    c.pointee.position = 0
    c.pointee.isInitialized = true
    if !a[1].isNone && a[1].strCount > 0 {
        if !write(t, a[0], a[1]) { return .raised }
        c.pointee.position = 0
    }
    return .none
}

/// Contents from `from` to `to` as a str.
private func text(_ t: Thread, _ v: Value, _ from: Int, _ to: Int) -> Value {
    let storage = loadSlot(&v.asStringIO.pointee.storage)
    if storage.bits == 0 || to <= from { return emptyString }
    let width = kind(storage)
    let base = characters(storage) + from * width
    let count = max(0, min(to, filled(storage)) - from)
    let r = width == 1 ? makeString(t, latin1: base.assumingMemoryBound(to: UInt8.self), count: count)
        : makeString(t, Text(base: base, count: count, kind: width))
    storage.keepAlive
    return r
}

private func take(_ t: Thread, _ v: Value, _ n: Int) -> Value {
    let c = v.asStringIO
    let from = c.pointee.position
    c.pointee.position = from + n
    return text(t, v, from, from + n)
}

private func line(_ t: Thread, _ v: Value, _ limit: Int) -> Value {
    let c = v.asStringIO
    let from = c.pointee.position
    let storage = loadSlot(&c.pointee.storage)
    if storage.bits == 0 { return emptyString }
    var end = min(c.pointee.count, filled(storage))
    if from >= end { return emptyString }
    if limit >= 0 && from + limit < end { end = from + limit }
    let base = UnsafeRawPointer(characters(storage))
    let stop: Int
    switch kind(storage) {
    case 1: stop = lineEnd(c, base.assumingMemoryBound(to: UInt8.self), from, end)
    case 2: stop = lineEnd(c, base.assumingMemoryBound(to: UInt16.self), from, end)
    default: stop = lineEnd(c, base.assumingMemoryBound(to: UInt32.self), from, end)
    }
    storage.keepAlive
    return take(t, v, stop - from)
}

/// Where the line that begins at `from` ends: behind its line end, or at `end`.
@inline(__always)
private func lineEnd<U: LadonCore.CodeUnit>(_ c: UnsafeMutablePointer<StringIOCell>, _ p: UnsafePointer<U>, _ from: Int, _ end: Int) -> Int {
    if c.pointee.readTranslate || (!c.pointee.readUniversal && c.pointee.newline.strCount == 1) {
        let i = Search.index(of: c.pointee.readTranslate ? 10 : stringCharAt(c.pointee.newline, 0), in: p, from, end)
        return i >= 0 ? i + 1 : end
    }
    var i = from
    if c.pointee.readUniversal {
        while i < end {
            let unit = p[i]
            i += 1
            if unit == 10 { return i }
            if unit == 13 { return i < end && p[i] == 10 ? i + 1 : i }
        }
    } else {
        while i + 1 < end {
            if p[i] == 13 && p[i + 1] == 10 { return i + 2 }
            i += 1
        }
    }
    return end
}

private func stringIO_next(_ t: Thread, _ v: Value) -> Value {
    if !isOpen(t, v) { return .raised }
    let l: Value
    if typeOf(v) == ioTypes.pointee.string {
        l = line(t, v, -1)
    } else {
        l = callMethod(t, v, .readline)
        if !l.isRaised && !l.isStr { return raise(t, .osError, "readline() should have returned a str object, not '\(typeName(l))'") }
    }
    return !l.isRaised && l.strCount == 0 ? .exhausted : l
}

private func write(_ t: Thread, _ v: Value, _ given: Value) -> Bool {
    let c = v.asStringIO
    var s = given
    if c.pointee.readUniversal {
        s = translateNewlines(t, given, &c.pointee.newlines, translate: c.pointee.readTranslate, final: true)
        if s.isRaised { return false }
    }
    if c.pointee.written.bits != 0 && indexOf(s, 10, 0, s.strCount) >= 0 {
        var b = StringBuilder(t, capacity: s.strCount + 8)
        for i in 0..<s.strCount {
            let unit = stringCharAt(s, i)
            if unit == 10 { b.append(c.pointee.written) } else { b.append(unit) }
        }
        s = b.finish()
    }
    return put(t, v, s)
}

/// Puts characters at the position. False: raised.
private func put(_ t: Thread, _ v: Value, _ s: Value) -> Bool {
    let c = v.asStringIO
    let n = s.strCount
    let width = s.strKind
    while true {
        let start = c.pointee.position
        let needed = start + n
        if !checkTextSize(t, needed, 4) { return false }
        let storage = loadSlot(&c.pointee.storage)
        if storage.bits == 0 { return isOpen(t, v) }
        if capacity(storage) < needed || kind(storage) < width {
            let room = capacity(storage) < needed ? max(needed, capacity(storage) * 2, 64) : capacity(storage)
            let unit = kind(storage)
            if unit >= width && extendUnfilledBuffer(t, storage, capacity: room * unit) {
                lockCell(t, v)
                let buffer = storage.cell(as: TextBufferCell.self)
                if buffer.pointee.capacity < room * unit { buffer.pointee.capacity = room * unit }
                unlockCell(t, v)
                continue
            }
            let larger = newStorage(t, kind: max(width, kind(storage)), capacity: room)
            if larger.isRaised { return false }
            lockCell(t, v)
            if c.pointee.storage == storage {
                Text(base: characters(storage), count: c.pointee.count, kind: kind(storage)).copy(to: characters(larger), kind: kind(larger))
                setFilled(larger, c.pointee.count)
                storeSlot(&c.pointee.storage, larger)
            }
            unlockCell(t, v)
            storage.keepAlive
            continue
        }
        lockCell(t, v)
        let same = c.pointee.storage == storage && c.pointee.position == start
        if same {
            let unit = kind(storage)
            let p = characters(storage)
            if c.pointee.count < start { memset(p + c.pointee.count * unit, 0, (start - c.pointee.count) * unit) }
            s.text.copy(to: p + start * unit, kind: unit)
            c.pointee.position = needed
            setFilled(storage, needed)
            if c.pointee.count < needed { c.pointee.count = needed }
        }
        unlockCell(t, v)
        s.keepAlive
        if same { return true }
    }
}

private func stringIO_setstate(_ t: Thread, _ a: Values) -> Value {
    let state = a[1]
    if a[0].asStringIO.pointee.isInitialized && !isOpen(t, a[0]) { return .raised }
    if !isTuple(state) || state.tupleCount < 4 {
        return raise(t, .typeError, "\(typeName(a[0])).__setstate__ argument should be 4-tuple, got \(typeName(state))")
    }
    let done = withUnsafeTemporaryAllocation(of: Value.self, capacity: 3) { buffer -> Value in
        let p = buffer.baseAddress.unsafelyUnwrapped
        p[0] = a[0]
        p[1] = emptyString
        p[2] = state.tupleItems[1]
        return stringIO_init(t, p)
    }
    if done.isRaised { return done }
    let value = state.tupleItems[0]
    if !value.isNone && !value.isStr { return raise(t, .typeError, "initial_value must be str or None, not \(typeName(value))") }
    let c = a[0].asStringIO
    // The contents are as they were: no translation.
    if value.isStr {
        let storage = newStorage(t, kind: value.strKind, capacity: max(value.strCount, 1))
        if storage.isRaised { return .raised }
        memcpy(characters(storage), value.strData, value.strCount * value.strKind)
        setFilled(storage, value.strCount)
        value.keepAlive
        storeSlot(&c.pointee.storage, storage)
        c.pointee.count = value.strCount
    }
    guard let position = asIndex(t, state.tupleItems[2], .overflowError) else { return .raised }
    if position < 0 { return raise(t, .valueError, "position value cannot be negative") }
    c.pointee.position = position
    let dict = state.tupleItems[3]
    if dict.isNone { return .none }
    if !isDict(dict) { return raise(t, .typeError, "fourth item of state should be a dict, got a \(typeName(dict))") }
    let own = instanceDictionary(t, a[0])
    return own.isRaised || dictMerge(t, own, dict, override: true) < 0 ? .raised : .none
}
