// Hashes of str and bytes: SipHash-1-3 under the process's key, as CPython 3.11 does, so that with the same
// PYTHONHASHSEED both give the same numbers.

import Glibc

/// Sets the key of str and bytes hashes from PYTHONHASHSEED; nil means a random one. Once, before any hash is computed.
public func initializeHashKey(seed: UInt32?) {
    if let seed {
        let key = HashKey(seed: seed)
        ladon_runtime.hashKey0 = key.k0
        ladon_runtime.hashKey1 = key.k1
        return
    }
    var key: (UInt64, UInt64) = (0, 0)
    _ = getentropy(&key, 16)
    ladon_runtime.hashKey0 = key.0
    ladon_runtime.hashKey1 = key.1
}

/// The hash of `count` bytes as str, bytes and memoryview have it: never -1.
public func hashBytes(_ bytes: UnsafeRawPointer, _ count: Int) -> Int {
    Hashing.bytes(bytes, count, HashKey(ladon_runtime.hashKey0, ladon_runtime.hashKey1))
}

/// The hash of a str (or of an instance of a subclass, as a str). Kept in the cell.
@inlinable @inline(__always) public func stringHash(_ v: Value) -> Int {
    let known = Int(bitPattern: ladon_load_relaxed(v.cell + MemoryLayout<StrCell>.offset(of: \StrCell.hash).unsafelyUnwrapped))
    return known != 0 ? known : computeStringHash(v)
}

@usableFromInline @inline(never) func computeStringHash(_ v: Value) -> Int {
    let h = hashBytes(UnsafeRawPointer(v.strData), v.strCount &* v.strKind)
    ladon_store_relaxed(v.cell + MemoryLayout<StrCell>.offset(of: \StrCell.hash).unsafelyUnwrapped, UInt(bitPattern: h))
    v.keepAlive
    return h
}

/// The hash of a bytes object. Kept in the cell.
public func bytesHash(_ v: Value) -> Int {
    let slot = v.cell + MemoryLayout<BytesCell>.offset(of: \BytesCell.hash).unsafelyUnwrapped
    let known = Int(bitPattern: ladon_load_relaxed(slot))
    if known != 0 { return known }
    let h = hashBytes(UnsafeRawPointer(v.bytesData), v.bytesCount)
    ladon_store_relaxed(slot, UInt(bitPattern: h))
    v.keepAlive
    return h
}
