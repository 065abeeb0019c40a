// BytesIO: a buffered stream in memory. Contents are read and changed under the cell's lock; room is made before. Of the storage only
// the first `count` bytes mean anything: the rest may be what the memory held before.

import Glibc

struct BytesIOCell {
    var header: CellHeader
    var dict: Value
    /// A bytesStorage cell, or 0 once closed.
    var storage: Value
    // raw
    var count: Int
    var position: Int
    /// Views of the contents that `getbuffer` gave out.
    var exports: Int
}

struct BytesIOViewCell {
    var header: CellHeader
    var owner: Value
}

extension Value {
    @inline(__always) fileprivate var asBytesIO: UnsafeMutablePointer<BytesIOCell> { cell(as: BytesIOCell.self) }
}

func bytesIODefinition() -> TypeDefinition {
    TypeDefinition(nil, "_io.BytesIO", flags: [.baseType, .weakReferenceable, .hasFinalizer], doc: "Buffered I/O implementation using an in-memory bytes buffer.",
                   signature: "(initial_bytes=b'')", size: MemoryLayout<BytesIOCell>.stride, layout: ioLayout(2, MemoryLayout<BytesIOCell>.stride),
                   slots: [.call(.new, bytesIO_new), .unary(.iter, { t, v in isOpen(t, v) ? v : .raised }), .unary(.next, bytesIO_next)], members: [
        .method("__init__", "(self, initial_bytes=b'')", { t, a in
            let c = a[0].asBytesIO
            if isExported(t, a[0]) { return raiseExports(t) }
            let storage = makeUnfilledBuffer(t, capacity: 0)
            if storage.isRaised { return .raised }
            lockCell(t, a[0])
            c.pointee.count = 0
            c.pointee.position = 0
            storeSlot(&c.pointee.storage, storage)
            unlockCell(t, a[0])
            if a[1].isMissing || a[1].isNone { return .none }
            if write(t, a[0], a[1]) < 0 { return .raised }
            c.pointee.position = 0
            return .none
        }),
        .method("read", "(self, size=-1, /)", { t, a in bytesIO_read(t, a) }),
        .method("read1", "(self, size=-1, /)", { t, a in bytesIO_read(t, a) }),
        .method("readline", "(self, size=-1, /)", { t, a in
            guard let n = sizeOrNone(t, a[1]) else { return .raised }
            return isOpen(t, a[0]) ? line(t, a[0], n) : .raised
        }),
        .method("readlines", "(self, size=None, /)", { t, a in
            if !isOpen(t, a[0]) { return .raised }
            var limit = 0
            if !a[1].isNone {
                if !isInt(a[1]) { return raise(t, .typeError, "integer argument expected, got '\(typeName(a[1]))'") }
                guard let n = asInt(t, a[1]) else { return .raised }
                limit = n
            }
            let result = makeList(t)
            var total = 0
            while true {
                let l = line(t, a[0], -1)
                if l.isRaised { return l }
                if l.bytesCount == 0 { return result }
                if listAppend(t, result, l) < 0 { return .raised }
                total += l.bytesCount
                if limit > 0 && total >= limit { return result }
            }
        }),
        .method("readinto", "(self, buffer, /)", { t, a in
            var buffer = LadonBuffer()
            if getBuffer(t, a[1], &buffer, writable: true, argument: "readinto() argument") < 0 { return .raised }
            defer { releaseBuffer(t, &buffer) }
            if !isOpen(t, a[0]) { return .raised }
            let c = a[0].asBytesIO
            lockCell(t, a[0])
            let n = c.pointee.storage.bits == 0 ? 0 : max(0, min(buffer.length, c.pointee.count - c.pointee.position))
            if n > 0 { memmove(buffer.bytes, storageBytes(c.pointee.storage) + c.pointee.position, n) }
            c.pointee.position += n
            unlockCell(t, a[0])
            return Value(smallInt: n)
        }),
        .method("write", "(self, b, /)", { t, a in
            let n = write(t, a[0], a[1])
            return n < 0 ? .raised : makeInt(t, n)
        }),
        .method("writelines", "(self, lines, /)", { t, a in
            if !isOpen(t, a[0]) { return .raised }
            let iterator = iterate(t, a[1])
            if iterator.isRaised { return iterator }
            while true {
                let l = next(t, iterator)
                if l.isRaised { return l }
                if l.isExhausted { return .none }
                if write(t, a[0], l) < 0 { return .raised }
            }
        }),
        .method("seek", "(self, pos, whence=0, /)", bytesIO_seek),
        .method("tell", "(self, /)", { t, a in isOpen(t, a[0]) ? makeInt(t, a[0].asBytesIO.pointee.position) : .raised }),
        .method("truncate", "(self, size=None, /)", bytesIO_truncate),
        .method("getvalue", "(self, /)", { t, a in
            if !isOpen(t, a[0]) { return .raised }
            return copy(t, a[0], 0, Int.max, moves: false)
        }),
        .method("getbuffer", "(self, /)", { t, a in
            if !isOpen(t, a[0]) { return .raised }
            let v = allocateInstance(t, ioTypes.pointee.bytesView)
            if v.isRaised { return v }
            v.cell(as: BytesIOViewCell.self).pointee.owner = a[0]
            return makeMemoryView(t, v)
        }),
        .method("close", "(self, /)", { t, a in
            let c = a[0].asBytesIO
            if c.pointee.storage.bits != 0 && isExported(t, a[0]) { return raiseExports(t) }
            storeSlot(&c.pointee.storage, .raised)
            return .none
        }),
        .method("flush", "(self, /)", { t, a in isOpen(t, a[0]) ? .none : .raised }),
        .method("isatty", "(self, /)", { t, a in isOpen(t, a[0]) ? .false : .raised }),
        .method("readable", "(self, /)", { t, a in isOpen(t, a[0]) ? .true : .raised }),
        .method("writable", "(self, /)", { t, a in isOpen(t, a[0]) ? .true : .raised }),
        .method("seekable", "(self, /)", { t, a in isOpen(t, a[0]) ? .true : .raised }),
        .method("__getstate__", "(self, /)", { t, a in
            if !isOpen(t, a[0]) { return .raised }
            let value = copy(t, a[0], 0, Int.max, moves: false)
            let dict = instanceDictionaryCopyOrNone(t, a[0])
            return value.isRaised || dict.isRaised ? .raised : makeTuple(t, value, makeInt(t, a[0].asBytesIO.pointee.position), dict)
        }),
        .method("__setstate__", "(self, state, /)", bytesIO_setstate),
        .method("__sizeof__", "(self, /)", { t, a in makeInt(t, MemoryLayout<BytesIOCell>.size + a[0].asBytesIO.pointee.count) }),
        .attribute("closed", get: { _, a in Value(a[0].asBytesIO.pointee.storage.bits == 0) }),
    ])
}

/// Whether views of the contents are still in use. Those that nobody can reach any more do not count; it takes a collection to know.
private func isExported(_ t: Thread, _ v: Value) -> Bool {
    if v.asBytesIO.pointee.exports == 0 { return false }
    _ = gcCollect(t)
    runPendingFinalizers(t)
    return v.asBytesIO.pointee.exports > 0
}

private func raiseExports(_ t: Thread) -> Value { raise(t, .bufferError, "Existing exports of data: object cannot be re-sized") }

/// A copy of the instance's attributes, or None when there are none.
func instanceDictionaryCopyOrNone(_ t: Thread, _ v: Value) -> Value {
    let d = loadSlot(fieldAddress(v, 8))
    return d.bits == 0 ? .none : dictCopy(t, d)
}

private func bytesIO_new(_ t: Thread, _ type: Value, _ args: Values?, _ count: Int, _ names: Value) -> Value {
    let v = allocateInstance(t, type.asType)
    if v.isRaised { return v }
    let storage = makeUnfilledBuffer(t, capacity: 0)
    if storage.isRaised { return .raised }
    storeSlot(&v.asBytesIO.pointee.storage, storage)
    return v
}

private func isOpen(_ t: Thread, _ v: Value) -> Bool {
    if v.asBytesIO.pointee.storage.bits != 0 { return true }
    raiseClosed(t)
    return false
}

/// A copy of at most `n` bytes from `from` (the position if negative); with `moves` the position goes behind them.
private func copy(_ t: Thread, _ v: Value, _ from: Int, _ n: Int, moves: Bool) -> Value {
    let c = v.asBytesIO
    while true {
        let start = moves ? c.pointee.position : from
        let size = max(0, min(n, c.pointee.count - start))
        if size == 0 { return emptyBytes }
        let result = newBytesChecked(t, size)
        if result.isRaised { return result }
        lockCell(t, v)
        let ok = c.pointee.storage.bits != 0 && (!moves || c.pointee.position == start) && start + size <= c.pointee.count
        if ok {
            memcpy(result.bytesData, storageBytes(c.pointee.storage) + start, size)
            if moves { c.pointee.position = start + size }
        }
        unlockCell(t, v)
        if ok { return result }
        if !isOpen(t, v) { return .raised }
    }
}

private func bytesIO_read(_ t: Thread, _ a: Values) -> Value {
    guard let n = sizeOrNone(t, a[1]) else { return .raised }
    return isOpen(t, a[0]) ? copy(t, a[0], 0, n < 0 ? Int.max : n, moves: true) : .raised
}

private func line(_ t: Thread, _ v: Value, _ limit: Int) -> Value {
    let c = v.asBytesIO
    lockCell(t, v)
    let start = c.pointee.position
    var n = c.pointee.storage.bits == 0 ? 0 : max(0, c.pointee.count - start)
    if n > 0 {
        let p = storageBytes(c.pointee.storage) + start
        if let end = memchr(p, 10, n) { n = end - UnsafeMutableRawPointer(p) + 1 }
    }
    unlockCell(t, v)
    if limit >= 0 { n = min(n, limit) }
    return copy(t, v, 0, n, moves: true)
}

private func bytesIO_next(_ t: Thread, _ v: Value) -> Value {
    if !isOpen(t, v) { return .raised }
    let l = line(t, v, -1)
    return !l.isRaised && l.bytesCount == 0 ? .exhausted : l
}

/// Writes a bytes-like object at the position. How many bytes; -1: raised.
private func write(_ t: Thread, _ v: Value, _ data: Value) -> Int {
    if !isOpen(t, v) { return -1 }
    if isExported(t, v) {
        _ = raiseExports(t)
        return -1
    }
    if data.isExactly(.bytes) {
        let n = put(t, v, data.bytesData, data.bytesCount)
        data.keepAlive
        return n
    }
    var buffer = LadonBuffer()
    if getBuffer(t, data, &buffer) < 0 { return -1 }
    let n = put(t, v, buffer.bytes, buffer.length)
    releaseBuffer(t, &buffer)
    return n
}

/// Puts `n` bytes at the position. `n`, or -1: raised.
private func put(_ t: Thread, _ v: Value, _ bytes: UnsafePointer<UInt8>, _ n: Int) -> Int {
    let c = v.asBytesIO
    if n == 0 { return 0 }
    while true {
        if !reserve(t, v, c.pointee.position + n) { return -1 }
        lockCell(t, v)
        let start = c.pointee.position
        let fits = c.pointee.storage.bits != 0 && c.pointee.storage.cell(as: TextBufferCell.self).pointee.capacity >= start + n
        if fits {
            let p = storageBytes(c.pointee.storage)
            if start > c.pointee.count { memset(p + c.pointee.count, 0, start - c.pointee.count) }
            memmove(p + start, bytes, n)
            c.pointee.position = start + n
            if c.pointee.count < start + n { c.pointee.count = start + n }
        }
        unlockCell(t, v)
        if fits { return n }
        if !isOpen(t, v) { return -1 }
    }
}

/// Makes room for `n` bytes in all. False: raised.
private func reserve(_ t: Thread, _ v: Value, _ n: Int) -> Bool {
    let c = v.asBytesIO
    if !checkTextSize(t, n, 1) { return false }
    while true {
        let storage = c.pointee.storage
        if storage.bits == 0 { return isOpen(t, v) }
        let capacity = storage.cell(as: TextBufferCell.self).pointee.capacity
        if capacity >= n { return true }
        // A large one mostly grows where it lies, so in smaller steps.
        let room = max(n, capacity + (capacity < 1 << 16 ? capacity : capacity / 2), 64)
        if extendUnfilledBuffer(t, storage, capacity: room) {
            lockCell(t, v)
            let buffer = storage.cell(as: TextBufferCell.self)
            if c.pointee.storage == storage && buffer.pointee.capacity < room { buffer.pointee.capacity = room }
            unlockCell(t, v)
            continue
        }
        let larger = makeUnfilledBuffer(t, capacity: room)
        if larger.isRaised { return false }
        lockCell(t, v)
        let isExported = c.pointee.exports > 0
        let replaces = c.pointee.storage == storage && !isExported
        if replaces {
            memcpy(storageBytes(larger), storageBytes(storage), c.pointee.count)
            storeSlot(&c.pointee.storage, larger)
        }
        unlockCell(t, v)
        if isExported {
            _ = raiseExports(t)
            return false
        }
        // Who reads does so under the lock, and views hold off growing: nobody has the old one any more.
        releaseCell(t, replaces ? storage : larger)
    }
}

private func bytesIO_seek(_ t: Thread, _ a: Values) -> Value {
    guard let offset = asIndex(t, a[1], .overflowError), let whence = asInt32(t, a[2]) else { return .raised }
    if !isOpen(t, a[0]) { return .raised }
    let c = a[0].asBytesIO
    if offset < 0 && whence == 0 { return raise(t, .valueError, "negative seek value \(offset)") }
    var base = 0
    switch whence {
    case 0: break
    case 1: base = c.pointee.position
    case 2: base = c.pointee.count
    default: return raise(t, .valueError, "invalid whence (\(whence), should be 0, 1 or 2)")
    }
    let (sum, overflow) = base.addingReportingOverflow(offset)
    if overflow { return raise(t, .overflowError, "new position too large") }
    c.pointee.position = max(sum, 0)
    return makeInt(t, max(sum, 0))
}

private func bytesIO_truncate(_ t: Thread, _ a: Values) -> Value {
    if !isOpen(t, a[0]) { return .raised }
    let c = a[0].asBytesIO
    if isExported(t, a[0]) { return raiseExports(t) }
    guard let size = sizeOrNone(t, a[1], c.pointee.position) else { return .raised }
    if size < 0 { return raise(t, .valueError, "negative size value \(size)") }
    lockCell(t, a[0])
    if size < c.pointee.count { c.pointee.count = size }
    unlockCell(t, a[0])
    return makeInt(t, size)
}

private func bytesIO_setstate(_ t: Thread, _ a: Values) -> Value {
    let state = a[1]
    if !isTuple(state) || state.tupleCount < 3 {
        return raise(t, .typeError, "\(typeName(a[0])).__setstate__ argument should be 3-tuple, got \(typeName(state))")
    }
    let c = a[0].asBytesIO
    if isExported(t, a[0]) { return raiseExports(t) }
    c.pointee.count = 0
    c.pointee.position = 0
    if write(t, a[0], state.tupleItems[0]) < 0 { return .raised }
    guard let position = asIndex(t, state.tupleItems[1], .overflowError) else { return .raised }
    if position < 0 { return raise(t, .valueError, "position value cannot be negative") }
    c.pointee.position = position
    let dict = state.tupleItems[2]
    if dict.isNone { return .none }
    if !isDict(dict) { return raise(t, .typeError, "third item of state should be a dict, got a \(typeName(dict))") }
    let own = instanceDictionary(t, a[0])
    return own.isRaised || dictMerge(t, own, dict, override: true) < 0 ? .raised : .none
}

// MARK: the object behind getbuffer()

func bytesIOViewDefinition() -> TypeDefinition {
    TypeDefinition(nil, "_io._BytesIOBuffer", flags: [.disallowInstantiation], size: 16, layout: Layout(prefix: 1),
                   slots: [.ternary(.getBuffer, view_getBuffer), .ternary(.releaseBuffer, view_releaseBuffer)])
}

private func view_getBuffer(_ t: Thread, _ v: Value, _ buffer: Value, _ flags: Value) -> Value {
    let out = UnsafeMutablePointer<LadonBuffer>(bitPattern: buffer.bits).unsafelyUnwrapped
    let owner = v.cell(as: BytesIOViewCell.self).pointee.owner
    let c = owner.asBytesIO
    lockCell(t, owner)
    let storage = c.pointee.storage
    let count = c.pointee.count
    if storage.bits != 0 { c.pointee.exports += 1 }
    unlockCell(t, owner)
    if storage.bits == 0 { return raiseClosed(t) }
    fillBuffer(&out.pointee, v, storageBytes(storage), count, isReadOnly: false)
    return .none
}

private func view_releaseBuffer(_ t: Thread, _ v: Value, _ buffer: Value, _ unused: Value) -> Value {
    let owner = v.cell(as: BytesIOViewCell.self).pointee.owner
    lockCell(t, owner)
    owner.asBytesIO.pointee.exports -= 1
    unlockCell(t, owner)
    return .none
}
