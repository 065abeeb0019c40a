// The state of a running hash, and how data goes in and digests come out, the same for all functions.

import Glibc

enum HashAlgorithm: UInt8 {
    case md5, sha1, sha224, sha256, sha384, sha512
    case sha3_224, sha3_256, sha3_384, sha3_512, shake128, shake256
    case blake2b, blake2s

    var label: StaticString {
        switch self {
        case .md5: return "md5"
        case .sha1: return "sha1"
        case .sha224: return "sha224"
        case .sha256: return "sha256"
        case .sha384: return "sha384"
        case .sha512: return "sha512"
        case .sha3_224: return "sha3_224"
        case .sha3_256: return "sha3_256"
        case .sha3_384: return "sha3_384"
        case .sha3_512: return "sha3_512"
        case .shake128: return "shake_128"
        case .shake256: return "shake_256"
        case .blake2b: return "blake2b"
        case .blake2s: return "blake2s"
        }
    }
    /// Bytes; 0 for the functions whose output has any length. BLAKE2's is the longest that it gives.
    var digestSize: Int {
        switch self {
        case .md5: return 16
        case .sha1: return 20
        case .sha224, .sha3_224: return 28
        case .sha256, .sha3_256, .blake2s: return 32
        case .sha384, .sha3_384: return 48
        case .sha512, .sha3_512, .blake2b: return 64
        case .shake128, .shake256: return 0
        }
    }
    var blockSize: Int {
        switch self {
        case .md5, .sha1, .sha224, .sha256, .blake2s: return 64
        case .sha384, .sha512, .blake2b: return 128
        case .sha3_224: return 144
        case .sha3_256, .shake256: return 136
        case .sha3_384: return 104
        case .sha3_512: return 72
        case .shake128: return 168
        }
    }
    var isSponge: Bool { rawValue >= HashAlgorithm.sha3_224.rawValue && rawValue <= HashAlgorithm.shake256.rawValue }
    var isBlake: Bool { rawValue >= HashAlgorithm.blake2b.rawValue }
    /// What a sponge's message ends with, before the padding.
    var suffix: UInt8 { self == .shake128 || self == .shake256 ? 0x1f : 0x06 }
}

/// A running hash. No Swift object in it: it is copied as bytes.
struct HashState {
    var algorithm: HashAlgorithm
    /// BLAKE2: the digest's length, and whether this is the last node of its level of a tree.
    var digestSize: UInt8
    var isLastNode: Bool
    /// Bytes waiting in `buffer`; for a sponge the position in its state.
    var used: Int
    /// Bytes that went in; for BLAKE2 those of compressed blocks.
    var total: UInt64
    var words: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64,
                UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64)
    var buffer: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64)
}

extension UnsafeMutablePointer where Pointee == HashState {
    @inline(__always) var words: UnsafeMutablePointer<UInt64> {
        (UnsafeMutableRawPointer(self) + MemoryLayout<HashState>.offset(of: \HashState.words).unsafelyUnwrapped).assumingMemoryBound(to: UInt64.self)
    }
    @inline(__always) var buffer: UnsafeMutablePointer<UInt8> {
        (UnsafeMutableRawPointer(self) + MemoryLayout<HashState>.offset(of: \HashState.buffer).unsafelyUnwrapped).assumingMemoryBound(to: UInt8.self)
    }
}

/// Sets up zeroed memory for an algorithm. BLAKE2's parameters are mixed in by who makes it.
func hashStart(_ s: UnsafeMutablePointer<HashState>, _ algorithm: HashAlgorithm) {
    memset(s, 0, MemoryLayout<HashState>.size)
    s.pointee.algorithm = algorithm
    s.pointee.digestSize = UInt8(algorithm.digestSize)
    let w = s.words
    switch algorithm {
    case .md5, .sha1:
        w[0] = 0x6745_2301
        w[1] = 0xefcd_ab89
        w[2] = 0x98ba_dcfe
        w[3] = 0x1032_5476
        if algorithm == .sha1 { w[4] = 0xc3d2_e1f0 }
    case .sha224: for i in 0..<8 { w[i] = UInt64(sha224Start[i]) }
    case .sha256, .blake2s: for i in 0..<8 { w[i] = UInt64(sha256Start[i]) }
    case .sha384: for i in 0..<8 { w[i] = sha384Start[i] }
    case .sha512, .blake2b: for i in 0..<8 { w[i] = sha512Start[i] }
    default: break
    }
}

/// Makes sure that the tables exist: detached code must not be the first to touch them.
func hashTouchTables() {
    _ = (md5Constants, sha256Constants, sha512Constants, sha256Start, sha512Start)
    _ = (keccakConstants, keccakLanes, keccakTurns, blake2Order)
}

private func blocks(_ s: UnsafeMutablePointer<HashState>, _ p: UnsafePointer<UInt8>, _ count: Int) {
    switch s.pointee.algorithm {
    case .md5: md5Blocks(s.words, p, count)
    case .sha1: sha1Blocks(s.words, p, count)
    case .sha224, .sha256: sha256Blocks(s.words, p, count)
    case .sha384, .sha512: sha512Blocks(s.words, p, count)
    case .blake2b:
        for i in 0..<count {
            s.pointee.total &+= 128
            blake2bBlock(s.words, p + i * 128, total: s.pointee.total, totalHigh: 0, last: false, lastNode: false)
        }
    case .blake2s:
        for i in 0..<count {
            s.pointee.total &+= 64
            blake2sBlock(s.words, p + i * 64, total: s.pointee.total, last: false, lastNode: false)
        }
    default: break
    }
}

/// Takes data in. Runs detached.
func hashUpdate(_ s: UnsafeMutablePointer<HashState>, _ data: UnsafePointer<UInt8>, _ length: Int) {
    if length == 0 { return }
    let size = s.pointee.algorithm.blockSize
    var p = data, n = length
    if s.pointee.algorithm.isSponge {
        let state = UnsafeMutableRawPointer(s.words).assumingMemoryBound(to: UInt8.self)
        var position = s.pointee.used
        while n > 0 {
            if position == 0 && n >= size {
                let w = s.words
                var i = 0
                while i < size / 8 {
                    w[i] ^= UnsafeRawPointer(p).loadUnaligned(fromByteOffset: i * 8, as: UInt64.self).littleEndian
                    i += 1
                }
                keccakPermute(w)
                p += size
                n -= size
                continue
            }
            state[position] ^= p.pointee
            p += 1
            n -= 1
            position += 1
            if position == size {
                keccakPermute(s.words)
                position = 0
            }
        }
        s.pointee.used = position
        return
    }
    // BLAKE2 treats its last block in another way, so a full buffer waits until more comes.
    let isBlake = s.pointee.algorithm.isBlake
    if !isBlake { s.pointee.total &+= UInt64(length) }
    if s.pointee.used > 0 {
        let room = size - s.pointee.used
        if n < room || (isBlake && n == room) {
            memcpy(s.buffer + s.pointee.used, p, n)
            s.pointee.used += n
            return
        }
        memcpy(s.buffer + s.pointee.used, p, room)
        blocks(s, s.buffer, 1)
        s.pointee.used = 0
        p += room
        n -= room
    }
    let whole = isBlake ? (n - 1) / size : n / size
    if whole > 0 {
        blocks(s, p, whole)
        p += whole * size
        n -= whole * size
    }
    if n > 0 { memcpy(s.buffer, p, n) }
    s.pointee.used = n
}

/// Ends the message in `s` (a copy) and writes `count` bytes.
func hashFinish(_ s: UnsafeMutablePointer<HashState>, _ out: UnsafeMutablePointer<UInt8>, _ count: Int) {
    let algorithm = s.pointee.algorithm
    let size = algorithm.blockSize
    if algorithm.isSponge {
        let state = UnsafeMutableRawPointer(s.words).assumingMemoryBound(to: UInt8.self)
        state[s.pointee.used] ^= algorithm.suffix
        state[size - 1] ^= 0x80
        keccakPermute(s.words)
        var done = 0
        while done < count {
            let n = min(size, count - done)
            memcpy(out + done, state, n)
            done += n
            if done < count { keccakPermute(s.words) }
        }
        return
    }
    let used = s.pointee.used
    let buffer = s.buffer
    memset(buffer + used, 0, size - used)
    if algorithm.isBlake {
        let total = s.pointee.total &+ UInt64(used)
        if algorithm == .blake2b {
            blake2bBlock(s.words, buffer, total: total, totalHigh: 0, last: true, lastNode: s.pointee.isLastNode)
        } else {
            blake2sBlock(s.words, buffer, total: total, last: true, lastNode: s.pointee.isLastNode)
        }
    } else {
        let lengthBytes = size / 8
        buffer[used] = 0x80
        if used + 1 + lengthBytes > size {
            blocks(s, buffer, 1)
            memset(buffer, 0, size)
        }
        let bits = s.pointee.total &<< 3
        let slot = UnsafeMutableRawPointer(buffer + size - 8)
        slot.storeBytes(of: algorithm == .md5 ? bits.littleEndian : bits.bigEndian, as: UInt64.self)
        // Messages of 2^61 bytes and more don't occur: the upper half of SHA-512's length stays 0 but for its lowest bits.
        if lengthBytes == 16 { (slot - 8).storeBytes(of: (s.pointee.total >> 61).bigEndian, as: UInt64.self) }
        blocks(s, buffer, 1)
    }
    // The words one after another, in the function's byte order.
    let isWide = algorithm == .sha384 || algorithm == .sha512 || algorithm == .blake2b
    let isLittle = algorithm == .md5 || algorithm.isBlake
    for i in 0..<count {
        let width = isWide ? 8 : 4
        let within = i % width
        let shift = (isLittle ? within : width - 1 - within) * 8
        out[i] = UInt8(truncatingIfNeeded: s.words[i / width] >> UInt64(shift))
    }
}
