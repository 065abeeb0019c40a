// Hashes of str and bytes: SipHash-1-3 under the process's key, as CPython 3.11 does, so that with the same
// PYTHONHASHSEED both give the same numbers.

import Glibc

extension SipHash {
    /// Sets the key from PYTHONHASHSEED: 0 means no key, another number seeds CPython's generator, nil means random.
    public static func initializeKey(seed: UInt32?) {
        guard let seed else {
            var key: (UInt64, UInt64) = (0, 0)
            _ = getentropy(&key, 16)
            ladon_runtime.hashKey0 = key.0
            ladon_runtime.hashKey1 = key.1
            return
        }
        if seed == 0 {
            ladon_runtime.hashKey0 = 0
            ladon_runtime.hashKey1 = 0
            return
        }
        // The linear congruential generator that CPython fills its secret with.
        var x = seed
        func word() -> UInt64 {
            var w: UInt64 = 0
            for i in 0..<8 {
                x = x &* 214013 &+ 2531011
                w |= UInt64(x >> 16 & 0xFF) << UInt64(i * 8)
            }
            return w
        }
        ladon_runtime.hashKey0 = word()
        ladon_runtime.hashKey1 = word()
    }
}

/// The hash of `count` bytes as str, bytes and memoryview have it: never -1.
public func hashBytes(_ bytes: UnsafeRawPointer, _ count: Int) -> Int {
    if count == 0 { return 0 }
    let h = Int(truncatingIfNeeded: SipHash.hash13(bytes, count, ladon_runtime.hashKey0, ladon_runtime.hashKey1))
    return h == -1 ? -2 : h
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
