// The cell of a mapping, and how its memory is kept in place while somebody works on it.
//
// Whoever reads or writes the memory pins it: with the cell's lock, a count goes up. `close` by another thread takes the
// mapping out of the object at once, and the last one who has it pinned gives it back to the system. Exported buffers are
// counted apart: while there are any, `close` and `resize` raise BufferError. `resize` waits until the memory is not pinned, and who would
// pin it waits for `resize`: so no Python code runs while a thread has it pinned.

import CLadonConcurrency
import Glibc
import LadonLibrary

struct MappingCell {
    var header: CellHeader
    // raw
    /// Address of the first byte; 0: closed.
    var data: UInt
    var size: Int
    var position: Int
    var offset: Int
    /// -1: anonymous.
    var fd: Int32
    var access: Int32
    var exports: Int
    var pins: Int
    /// A mapping that was closed while it was pinned.
    var oldData: UInt
    var oldSize: Int
    /// Threads that resize it, or wait until nobody has it pinned; who wants to pin it waits for them. Both wait for `changes`.
    var resizers: UInt32
    var changes: UInt32
}

enum MappingAccess {
    static let usual: Int32 = 0, read: Int32 = 1, write: Int32 = 2, copy: Int32 = 3
}

@inline(__always) func mapping(_ v: Value) -> UnsafeMutablePointer<MappingCell> { v.cell(as: MappingCell.self) }

@discardableResult func raiseClosedMapping(_ t: Thread) -> Value { raise(t, .valueError, "mmap closed or invalid") }

/// True: open. False: raised.
func isOpenMapping(_ t: Thread, _ v: Value) -> Bool {
    if mapping(v).pointee.data != 0 { return true }
    raiseClosedMapping(t)
    return false
}

func isWritableMapping(_ t: Thread, _ v: Value) -> Bool {
    if mapping(v).pointee.access != MappingAccess.read { return true }
    _ = raise(t, .typeError, "mmap can't modify a readonly memory map.")
    return false
}

/// Runs `body` with the memory of an open mapping, which stays in place meanwhile; 0 when it is closed (raised). `body` may
/// allocate and raise, but calls no Python code.
@inline(__always)
func withMapping(_ t: Thread, _ v: Value, _ body: (UnsafeMutablePointer<UInt8>, _ size: Int) -> Value) -> Value {
    let c = mapping(v)
    lockCell(t, v)
    if c.pointee.resizers != 0 && !awaitResize(t, v) { return .raised }
    let data = c.pointee.data, size = c.pointee.size
    if data != 0 { c.pointee.pins += 1 }
    unlockCell(t, v)
    guard let base = UnsafeMutablePointer<UInt8>(bitPattern: data) else { return raiseClosedMapping(t) }
    let result = body(base, size)
    unpinMapping(t, v)
    return result
}

/// Waits, the cell's lock held before and after, for a change. False: raised, and the lock is not held.
private func awaitChange(_ t: Thread, _ v: Value) -> Bool {
    let c = mapping(v), seen = c.pointee.changes
    unlockCell(t, v)
    if park(t, &c.pointee.changes, seen) == .interrupted && !safepoint(t) { return false }
    lockCell(t, v)
    return true
}

@inline(never) private func awaitResize(_ t: Thread, _ v: Value) -> Bool {
    while mapping(v).pointee.resizers != 0 { if !awaitChange(t, v) { return false } }
    return true
}

@inline(never) private func unpinMapping(_ t: Thread, _ v: Value) {
    let c = mapping(v)
    var old: UInt = 0, size = 0
    lockCell(t, v)
    c.pointee.pins -= 1
    let isAwaited = c.pointee.pins == 0 && c.pointee.resizers != 0
    if isAwaited { c.pointee.changes &+= 1 }
    if c.pointee.pins == 0 && c.pointee.oldData != 0 {
        old = c.pointee.oldData
        size = c.pointee.oldSize
        c.pointee.oldData = 0
    }
    unlockCell(t, v)
    if isAwaited { unpark(&c.pointee.changes, .max) }
    if let base = UnsafeMutableRawPointer(bitPattern: old) { munmap(base, size) }
    v.keepAlive
}

/// Takes the mapping out of the object and closes its descriptor. False: buffers are lent out.
func closeMapping(_ t: Thread, _ v: Value, isForced: Bool) -> Bool {
    let c = mapping(v)
    lockCell(t, v)
    if c.pointee.exports > 0 && !isForced {
        unlockCell(t, v)
        return false
    }
    let fd = c.pointee.fd
    let data = c.pointee.data, size = c.pointee.size
    c.pointee.fd = -1
    c.pointee.data = 0
    let isPinned = c.pointee.pins > 0
    if isPinned {
        c.pointee.oldData = data
        c.pointee.oldSize = size
    }
    unlockCell(t, v)
    if fd >= 0 { close(fd) }
    if !isPinned, let base = UnsafeMutableRawPointer(bitPattern: data) { munmap(base, size) }
    return true
}

// MARK: changing the size

func mapping_resize(_ t: Thread, _ a: Values) -> Value {
    let v = a[0], c = mapping(v)
    if !isOpenMapping(t, v) { return .raised }
    guard let size = asInt(t, a[1]) else { return .raised }
    if !hasNoExports(t, v) { return raise(t, .bufferError, "mmap can't resize with extant buffers exported.") }
    if c.pointee.access != MappingAccess.write && c.pointee.access != MappingAccess.usual {
        return raise(t, .typeError, "mmap can't resize a readonly or copy-on-write memory map.")
    }
    if size < 0 || Int.max - size < c.pointee.offset { return raise(t, .valueError, "new size out of range") }
    let fd = c.pointee.fd
    let length = c.pointee.offset + size
    if fd >= 0 && systemCall(t, .raised, .raised, { Int(ftruncate(fd, off_t(length))) }) < 0 { return .raised }
    lockCell(t, v)
    c.pointee.resizers += 1
    var isInterrupted = false
    while c.pointee.pins > 0 && !isInterrupted {
        if !awaitChange(t, v) {
            isInterrupted = true
            lockCell(t, v)
        }
    }
    var code: Int32 = 0
    let isOpen = c.pointee.data != 0
    if isOpen && !isInterrupted {
        let old = UnsafeMutableRawPointer(bitPattern: c.pointee.data)
        let new = ladon_remap_anywhere(old, c.pointee.size, size)
        if new == MAP_FAILED {
            code = ladon_errno()
        } else {
            c.pointee.data = UInt(bitPattern: new)
            c.pointee.size = size
        }
    }
    c.pointee.resizers -= 1
    c.pointee.changes &+= 1
    unlockCell(t, v)
    unpark(&c.pointee.changes, .max)
    v.keepAlive
    if isInterrupted { return .raised }
    if !isOpen { return raiseClosedMapping(t) }
    return code == 0 ? .none : raiseOSError(t, code)
}

/// Whether no buffer is lent out. Views that nobody can reach any more do not count; without reference counts it takes a
/// collection to know.
func hasNoExports(_ t: Thread, _ v: Value) -> Bool {
    if mapping(v).pointee.exports == 0 { return true }
    _ = gcCollect(t)
    runPendingFinalizers(t)
    return mapping(v).pointee.exports == 0
}
