// Keccak-f[1600] (FIPS 202) and the compression functions of BLAKE2 (RFC 7693).

@inline(__always) private func turn(_ x: UInt64, left n: UInt64) -> UInt64 { x << n | x >> ((64 &- n) & 63) }
@inline(__always) private func turn(_ x: UInt64, right n: UInt64) -> UInt64 { x >> n | x << (64 &- n) }
@inline(__always) private func turn(_ x: UInt32, right n: UInt32) -> UInt32 { x >> n | x << (32 &- n) }

func keccakPermute(_ a: UnsafeMutablePointer<UInt64>) {
    let constants = keccakConstants, lanes = keccakLanes, turns = keccakTurns
    for round in 0..<24 {
        let c0 = a[0] ^ a[5] ^ a[10] ^ a[15] ^ a[20]
        let c1 = a[1] ^ a[6] ^ a[11] ^ a[16] ^ a[21]
        let c2 = a[2] ^ a[7] ^ a[12] ^ a[17] ^ a[22]
        let c3 = a[3] ^ a[8] ^ a[13] ^ a[18] ^ a[23]
        let c4 = a[4] ^ a[9] ^ a[14] ^ a[19] ^ a[24]
        let d0 = c4 ^ turn(c1, left: 1), d1 = c0 ^ turn(c2, left: 1), d2 = c1 ^ turn(c3, left: 1)
        let d3 = c2 ^ turn(c4, left: 1), d4 = c3 ^ turn(c0, left: 1)
        var i = 0
        while i < 25 {
            a[i] ^= d0
            a[i + 1] ^= d1
            a[i + 2] ^= d2
            a[i + 3] ^= d3
            a[i + 4] ^= d4
            i += 5
        }
        var moving = a[1]
        i = 0
        while i < 24 {
            let lane = Int(lanes[i])
            let kept = a[lane]
            a[lane] = turn(moving, left: UInt64(turns[i]))
            moving = kept
            i += 1
        }
        i = 0
        while i < 25 {
            let b0 = a[i], b1 = a[i + 1], b2 = a[i + 2], b3 = a[i + 3], b4 = a[i + 4]
            a[i] = b0 ^ (~b1 & b2)
            a[i + 1] = b1 ^ (~b2 & b3)
            a[i + 2] = b2 ^ (~b3 & b4)
            a[i + 3] = b3 ^ (~b4 & b0)
            a[i + 4] = b4 ^ (~b0 & b1)
            i += 5
        }
        a[0] ^= constants[round]
    }
}

/// `total`: bytes absorbed with this block. `last`, `lastNode`: the final flags.
func blake2bBlock(_ h: UnsafeMutablePointer<UInt64>, _ block: UnsafePointer<UInt8>, total: UInt64, totalHigh: UInt64, last: Bool, lastNode: Bool) {
    let start = sha512Start, order = blake2Order
    withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 32) { space in
        let v = space.baseAddress.unsafelyUnwrapped
        let m = v + 16
        var i = 0
        while i < 8 {
            v[i] = h[i]
            v[i + 8] = start[i]
            i += 1
        }
        i = 0
        while i < 16 { m[i] = UnsafeRawPointer(block).loadUnaligned(fromByteOffset: i * 8, as: UInt64.self); i += 1 }
        v[12] ^= total
        v[13] ^= totalHigh
        if last { v[14] = ~v[14] }
        if lastNode { v[15] = ~v[15] }
        @inline(__always) func mix(_ a: Int, _ b: Int, _ c: Int, _ d: Int, _ x: UInt64, _ y: UInt64) {
            v[a] = v[a] &+ v[b] &+ x
            v[d] = turn(v[d] ^ v[a], right: 32)
            v[c] = v[c] &+ v[d]
            v[b] = turn(v[b] ^ v[c], right: 24)
            v[a] = v[a] &+ v[b] &+ y
            v[d] = turn(v[d] ^ v[a], right: 16)
            v[c] = v[c] &+ v[d]
            v[b] = turn(v[b] ^ v[c], right: 63)
        }
        for round in 0..<12 {
            let s = order + (round % 10) * 16
            mix(0, 4, 8, 12, m[Int(s[0])], m[Int(s[1])])
            mix(1, 5, 9, 13, m[Int(s[2])], m[Int(s[3])])
            mix(2, 6, 10, 14, m[Int(s[4])], m[Int(s[5])])
            mix(3, 7, 11, 15, m[Int(s[6])], m[Int(s[7])])
            mix(0, 5, 10, 15, m[Int(s[8])], m[Int(s[9])])
            mix(1, 6, 11, 12, m[Int(s[10])], m[Int(s[11])])
            mix(2, 7, 8, 13, m[Int(s[12])], m[Int(s[13])])
            mix(3, 4, 9, 14, m[Int(s[14])], m[Int(s[15])])
        }
        i = 0
        while i < 8 {
            h[i] ^= v[i] ^ v[i + 8]
            i += 1
        }
    }
}

func blake2sBlock(_ h: UnsafeMutablePointer<UInt64>, _ block: UnsafePointer<UInt8>, total: UInt64, last: Bool, lastNode: Bool) {
    let start = sha256Start, order = blake2Order
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 32) { space in
        let v = space.baseAddress.unsafelyUnwrapped
        let m = v + 16
        var i = 0
        while i < 8 {
            v[i] = UInt32(truncatingIfNeeded: h[i])
            v[i + 8] = start[i]
            i += 1
        }
        i = 0
        while i < 16 { m[i] = UnsafeRawPointer(block).loadUnaligned(fromByteOffset: i * 4, as: UInt32.self); i += 1 }
        v[12] ^= UInt32(truncatingIfNeeded: total)
        v[13] ^= UInt32(truncatingIfNeeded: total >> 32)
        if last { v[14] = ~v[14] }
        if lastNode { v[15] = ~v[15] }
        @inline(__always) func mix(_ a: Int, _ b: Int, _ c: Int, _ d: Int, _ x: UInt32, _ y: UInt32) {
            v[a] = v[a] &+ v[b] &+ x
            v[d] = turn(v[d] ^ v[a], right: 16)
            v[c] = v[c] &+ v[d]
            v[b] = turn(v[b] ^ v[c], right: 12)
            v[a] = v[a] &+ v[b] &+ y
            v[d] = turn(v[d] ^ v[a], right: 8)
            v[c] = v[c] &+ v[d]
            v[b] = turn(v[b] ^ v[c], right: 7)
        }
        for round in 0..<10 {
            let s = order + round * 16
            mix(0, 4, 8, 12, m[Int(s[0])], m[Int(s[1])])
            mix(1, 5, 9, 13, m[Int(s[2])], m[Int(s[3])])
            mix(2, 6, 10, 14, m[Int(s[4])], m[Int(s[5])])
            mix(3, 7, 11, 15, m[Int(s[6])], m[Int(s[7])])
            mix(0, 5, 10, 15, m[Int(s[8])], m[Int(s[9])])
            mix(1, 6, 11, 12, m[Int(s[10])], m[Int(s[11])])
            mix(2, 7, 8, 13, m[Int(s[12])], m[Int(s[13])])
            mix(3, 4, 9, 14, m[Int(s[14])], m[Int(s[15])])
        }
        i = 0
        while i < 8 {
            h[i] = UInt64(UInt32(truncatingIfNeeded: h[i]) ^ v[i] ^ v[i + 8])
            i += 1
        }
    }
}
