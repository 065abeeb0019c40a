// The lock of a context, a connection or a memory BIO. Its holder may take it again, since callbacks into Python run
// while it is held and may use the object; it is never held while waiting for the network.

import LadonLibrary

struct SSLLock {
    var mutex: UInt32
    var depth: UInt32
    /// The holder, 0 when free. Read without the mutex only to be compared with the reader itself.
    var holder: UInt64
}

/// A view of the lock at that address.
struct SSLLockPointer {
    let pointer: UnsafeMutablePointer<SSLLock>

    init(_ address: UnsafeMutableRawPointer) { pointer = address.assumingMemoryBound(to: SSLLock.self) }

    private var mutex: NativeMutex { NativeMutex(UnsafeMutableRawPointer(pointer)) }
    private var holder: UnsafeMutablePointer<UInt64> {
        (UnsafeMutableRawPointer(pointer) + MemoryLayout<SSLLock>.offset(of: \SSLLock.holder).unsafelyUnwrapped).assumingMemoryBound(to: UInt64.self)
    }

    func acquire(_ t: Thread) {
        let own = UInt64(UInt(bitPattern: t))
        if ladon_load_relaxed64(holder) == own {
            pointer.pointee.depth += 1
            return
        }
        mutex.acquireUninterrupted(t)
        ladon_store_relaxed64(holder, own)
        pointer.pointee.depth = 1
    }

    func release(_ t: Thread) {
        pointer.pointee.depth -= 1
        if pointer.pointee.depth > 0 { return }
        ladon_store_relaxed64(holder, 0)
        mutex.release(t)
    }
}

/// The address of a field of a cell.
@inline(__always) func fieldAddress<Cell>(_ v: Value, _ path: PartialKeyPath<Cell>) -> UnsafeMutableRawPointer {
    v.cell + MemoryLayout<Cell>.offset(of: path).unsafelyUnwrapped
}
@inline(__always) func valueField<Cell>(_ v: Value, _ path: PartialKeyPath<Cell>) -> UnsafeMutablePointer<Value> {
    fieldAddress(v, path).assumingMemoryBound(to: Value.self)
}
