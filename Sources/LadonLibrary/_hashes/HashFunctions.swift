// MD5 (RFC 1321), SHA-1 and SHA-2 (FIPS 180-4) over whole blocks.
//
// Words of a state are kept in 8-byte slots, whatever their width; nothing here touches a Value or the Swift
// runtime, since it runs detached.

@inline(__always) private func load32(_ p: UnsafePointer<UInt8>, _ i: Int) -> UInt32 {
    UnsafeRawPointer(p).loadUnaligned(fromByteOffset: i * 4, as: UInt32.self)
}
@inline(__always) private func turn(_ x: UInt32, left n: UInt32) -> UInt32 { x << n | x >> (32 &- n) }
@inline(__always) private func turn(_ x: UInt32, right n: UInt32) -> UInt32 { x >> n | x << (32 &- n) }
@inline(__always) private func turn(_ x: UInt64, right n: UInt64) -> UInt64 { x >> n | x << (64 &- n) }

func md5Blocks(_ words: UnsafeMutablePointer<UInt64>, _ data: UnsafePointer<UInt8>, _ count: Int) {
    let k = md5Constants
    var p = data
    var h0 = UInt32(truncatingIfNeeded: words[0]), h1 = UInt32(truncatingIfNeeded: words[1])
    var h2 = UInt32(truncatingIfNeeded: words[2]), h3 = UInt32(truncatingIfNeeded: words[3])
    for _ in 0..<count {
        var a = h0, b = h1, c = h2, d = h3
        @inline(__always) func step(_ f: UInt32, _ i: Int, _ word: Int, _ shift: UInt32) {
            let sum = a &+ f &+ k[i] &+ load32(p, word)
            a = d
            d = c
            c = b
            b = b &+ turn(sum, left: shift)
        }
        var i = 0
        while i < 16 {
            step(d ^ (b & (c ^ d)), i, i, 7)
            step(d ^ (b & (c ^ d)), i + 1, i + 1, 12)
            step(d ^ (b & (c ^ d)), i + 2, i + 2, 17)
            step(d ^ (b & (c ^ d)), i + 3, i + 3, 22)
            i += 4
        }
        while i < 32 {
            step(c ^ (d & (b ^ c)), i, (5 * i + 1) & 15, 5)
            step(c ^ (d & (b ^ c)), i + 1, (5 * i + 6) & 15, 9)
            step(c ^ (d & (b ^ c)), i + 2, (5 * i + 11) & 15, 14)
            step(c ^ (d & (b ^ c)), i + 3, (5 * i + 16) & 15, 20)
            i += 4
        }
        while i < 48 {
            step(b ^ c ^ d, i, (3 * i + 5) & 15, 4)
            step(b ^ c ^ d, i + 1, (3 * i + 8) & 15, 11)
            step(b ^ c ^ d, i + 2, (3 * i + 11) & 15, 16)
            step(b ^ c ^ d, i + 3, (3 * i + 14) & 15, 23)
            i += 4
        }
        while i < 64 {
            step(c ^ (b | ~d), i, (7 * i) & 15, 6)
            step(c ^ (b | ~d), i + 1, (7 * i + 7) & 15, 10)
            step(c ^ (b | ~d), i + 2, (7 * i + 14) & 15, 15)
            step(c ^ (b | ~d), i + 3, (7 * i + 21) & 15, 21)
            i += 4
        }
        h0 = h0 &+ a
        h1 = h1 &+ b
        h2 = h2 &+ c
        h3 = h3 &+ d
        p += 64
    }
    words[0] = UInt64(h0)
    words[1] = UInt64(h1)
    words[2] = UInt64(h2)
    words[3] = UInt64(h3)
}

func sha1Blocks(_ words: UnsafeMutablePointer<UInt64>, _ data: UnsafePointer<UInt8>, _ count: Int) {
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 80) { schedule in
        let w = schedule.baseAddress.unsafelyUnwrapped
        var p = data
        var h0 = UInt32(truncatingIfNeeded: words[0]), h1 = UInt32(truncatingIfNeeded: words[1]), h2 = UInt32(truncatingIfNeeded: words[2])
        var h3 = UInt32(truncatingIfNeeded: words[3]), h4 = UInt32(truncatingIfNeeded: words[4])
        for _ in 0..<count {
            var i = 0
            while i < 16 { w[i] = load32(p, i).bigEndian; i += 1 }
            while i < 80 { w[i] = turn(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], left: 1); i += 1 }
            var a = h0, b = h1, c = h2, d = h3, e = h4
            @inline(__always) func step(_ f: UInt32, _ k: UInt32, _ i: Int) {
                let next = turn(a, left: 5) &+ f &+ e &+ k &+ w[i]
                e = d
                d = c
                c = turn(b, left: 30)
                b = a
                a = next
            }
            i = 0
            while i < 20 { step(d ^ (b & (c ^ d)), 0x5a82_7999, i); i += 1 }
            while i < 40 { step(b ^ c ^ d, 0x6ed9_eba1, i); i += 1 }
            while i < 60 { step((b & c) | (d & (b | c)), 0x8f1b_bcdc, i); i += 1 }
            while i < 80 { step(b ^ c ^ d, 0xca62_c1d6, i); i += 1 }
            h0 = h0 &+ a
            h1 = h1 &+ b
            h2 = h2 &+ c
            h3 = h3 &+ d
            h4 = h4 &+ e
            p += 64
        }
        words[0] = UInt64(h0)
        words[1] = UInt64(h1)
        words[2] = UInt64(h2)
        words[3] = UInt64(h3)
        words[4] = UInt64(h4)
    }
}

func sha256Blocks(_ words: UnsafeMutablePointer<UInt64>, _ data: UnsafePointer<UInt8>, _ count: Int) {
    let k = sha256Constants
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 64) { schedule in
        let w = schedule.baseAddress.unsafelyUnwrapped
        var p = data
        for _ in 0..<count {
            var i = 0
            while i < 16 { w[i] = load32(p, i).bigEndian; i += 1 }
            while i < 64 {
                let x = w[i - 15], y = w[i - 2]
                let s0 = turn(x, right: 7) ^ turn(x, right: 18) ^ x >> 3
                let s1 = turn(y, right: 17) ^ turn(y, right: 19) ^ y >> 10
                w[i] = w[i - 16] &+ s0 &+ w[i - 7] &+ s1
                i += 1
            }
            var a = UInt32(truncatingIfNeeded: words[0]), b = UInt32(truncatingIfNeeded: words[1])
            var c = UInt32(truncatingIfNeeded: words[2]), d = UInt32(truncatingIfNeeded: words[3])
            var e = UInt32(truncatingIfNeeded: words[4]), f = UInt32(truncatingIfNeeded: words[5])
            var g = UInt32(truncatingIfNeeded: words[6]), h = UInt32(truncatingIfNeeded: words[7])
            @inline(__always) func step(_ i: Int) {
                let s1 = turn(e, right: 6) ^ turn(e, right: 11) ^ turn(e, right: 25)
                let first = h &+ s1 &+ (g ^ (e & (f ^ g))) &+ k[i] &+ w[i]
                let s0 = turn(a, right: 2) ^ turn(a, right: 13) ^ turn(a, right: 22)
                let second = s0 &+ ((a & b) | (c & (a | b)))
                h = g
                g = f
                f = e
                e = d &+ first
                d = c
                c = b
                b = a
                a = first &+ second
            }
            i = 0
            while i < 64 {
                step(i)
                step(i + 1)
                step(i + 2)
                step(i + 3)
                step(i + 4)
                step(i + 5)
                step(i + 6)
                step(i + 7)
                i += 8
            }
            words[0] = UInt64(UInt32(truncatingIfNeeded: words[0]) &+ a)
            words[1] = UInt64(UInt32(truncatingIfNeeded: words[1]) &+ b)
            words[2] = UInt64(UInt32(truncatingIfNeeded: words[2]) &+ c)
            words[3] = UInt64(UInt32(truncatingIfNeeded: words[3]) &+ d)
            words[4] = UInt64(UInt32(truncatingIfNeeded: words[4]) &+ e)
            words[5] = UInt64(UInt32(truncatingIfNeeded: words[5]) &+ f)
            words[6] = UInt64(UInt32(truncatingIfNeeded: words[6]) &+ g)
            words[7] = UInt64(UInt32(truncatingIfNeeded: words[7]) &+ h)
            p += 64
        }
    }
}

func sha512Blocks(_ words: UnsafeMutablePointer<UInt64>, _ data: UnsafePointer<UInt8>, _ count: Int) {
    let k = sha512Constants
    withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 80) { schedule in
        let w = schedule.baseAddress.unsafelyUnwrapped
        var p = UnsafeRawPointer(data)
        for _ in 0..<count {
            var i = 0
            while i < 16 { w[i] = p.loadUnaligned(fromByteOffset: i * 8, as: UInt64.self).bigEndian; i += 1 }
            while i < 80 {
                let x = w[i - 15], y = w[i - 2]
                let s0 = turn(x, right: 1) ^ turn(x, right: 8) ^ x >> 7
                let s1 = turn(y, right: 19) ^ turn(y, right: 61) ^ y >> 6
                w[i] = w[i - 16] &+ s0 &+ w[i - 7] &+ s1
                i += 1
            }
            var a = words[0], b = words[1], c = words[2], d = words[3], e = words[4], f = words[5], g = words[6], h = words[7]
            @inline(__always) func step(_ i: Int) {
                let s1 = turn(e, right: 14) ^ turn(e, right: 18) ^ turn(e, right: 41)
                let first = h &+ s1 &+ (g ^ (e & (f ^ g))) &+ k[i] &+ w[i]
                let s0 = turn(a, right: 28) ^ turn(a, right: 34) ^ turn(a, right: 39)
                let second = s0 &+ ((a & b) | (c & (a | b)))
                h = g
                g = f
                f = e
                e = d &+ first
                d = c
                c = b
                b = a
                a = first &+ second
            }
            i = 0
            while i < 80 {
                step(i)
                step(i + 1)
                step(i + 2)
                step(i + 3)
                step(i + 4)
                step(i + 5)
                step(i + 6)
                step(i + 7)
                i += 8
            }
            words[0] &+= a
            words[1] &+= b
            words[2] &+= c
            words[3] &+= d
            words[4] &+= e
            words[5] &+= f
            words[6] &+= g
            words[7] &+= h
            p += 128
        }
    }
}
