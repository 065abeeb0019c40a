// Hash values equal to CPython's, so that the order of sets and what programs print of hashes agree.

/// The key of str and bytes hashes, 128 bits drawn once per process (all zero under PYTHONHASHSEED=0).
@frozen public struct HashKey {
    public var k0: UInt64
    public var k1: UInt64

    @inlinable public init(_ k0: UInt64, _ k1: UInt64) {
        self.k0 = k0
        self.k1 = k1
    }

    /// The key that CPython derives from PYTHONHASHSEED (a linear congruential generator's bytes).
    public init(seed: UInt32) {
        if seed == 0 {
            self.init(0, 0)
            return
        }
        var state = seed
        func next() -> UInt64 {
            var word: UInt64 = 0
            for i in 0..<8 {
                state = state &* 214013 &+ 2531011
                word |= UInt64(state >> 16 & 0xFF) << UInt64(8 * i)
            }
            return word
        }
        let first = next()
        self.init(first, next())
    }
}

/// Hash functions. None returns -1, which in Python means an error.
public enum Hashing {
    /// 2^61 - 1: hashes of numbers are remainders by it, so that equal numbers of all types hash equal.
    @inlinable public static var modulus: UInt64 { 1 << 61 &- 1 }

    @inlinable @inline(__always) static func noError(_ hash: Int) -> Int { hash == -1 ? -2 : hash }

    // MARK: bytes

    /// SipHash-1-3 (Aumasson and Bernstein) of bytes; of a str, the bytes of its storage. Empty: 0.
    public static func bytes(_ data: UnsafeRawPointer, _ count: Int, _ key: HashKey) -> Int {
        if count == 0 { return 0 }
        var v0 = key.k0 ^ 0x736F_6D65_7073_6575
        var v1 = key.k1 ^ 0x646F_7261_6E64_6F6D
        var v2 = key.k0 ^ 0x6C79_6765_6E65_7261
        var v3 = key.k1 ^ 0x7465_6462_7974_6573

        @inline(__always) func rotate(_ word: UInt64, _ by: UInt64) -> UInt64 { word << by | word >> (64 &- by) }
        @inline(__always) func round() {
            v0 &+= v1
            v1 = rotate(v1, 13) ^ v0
            v0 = rotate(v0, 32)
            v2 &+= v3
            v3 = rotate(v3, 16) ^ v2
            v0 &+= v3
            v3 = rotate(v3, 21) ^ v0
            v2 &+= v1
            v1 = rotate(v1, 17) ^ v2
            v2 = rotate(v2, 32)
        }
        var at = 0
        while at &+ 8 <= count {
            let word = UInt64(littleEndian: data.loadUnaligned(fromByteOffset: at, as: UInt64.self))
            v3 ^= word
            round()
            v0 ^= word
            at &+= 8
        }
        var last = UInt64(truncatingIfNeeded: count) << 56
        var shift: UInt64 = 0
        while at < count {
            last |= UInt64(data.load(fromByteOffset: at, as: UInt8.self)) << shift
            shift &+= 8
            at &+= 1
        }
        v3 ^= last
        round()
        v0 ^= last
        v2 ^= 0xFF
        round()
        round()
        round()
        return noError(Int(truncatingIfNeeded: (v0 ^ v1) ^ (v2 ^ v3)))
    }

    // MARK: numbers

    @inlinable @inline(__always) static func reduce(_ value: UInt64) -> UInt64 {
        let folded = (value & modulus) &+ value >> 61
        return folded >= modulus ? folded &- modulus : folded
    }

    /// The hash of an integer of one word.
    @inlinable @inline(__always) public static func int(_ value: Int) -> Int {
        let hash = Int(truncatingIfNeeded: reduce(UInt64(value.magnitude)))
        return noError(value < 0 ? 0 &- hash : hash)
    }

    /// The hash of an integer given as 64-bit limbs, the least significant first.
    public static func int(limbs: UnsafePointer<UInt64>, _ count: Int, negative: Bool) -> Int {
        var remainder: UInt64 = 0
        var i = count
        while i > 0 {
            i &-= 1
            // remainder * 2^64 + limb, where 2^64 is 8 modulo 2^61 - 1; remainder << 3 may lose no bit: rotate.
            let rotated = (remainder << 3 & modulus) | remainder >> 58
            remainder = reduce(rotated &+ reduce(limbs[i]))
        }
        let hash = Int(truncatingIfNeeded: remainder)
        return noError(negative ? 0 &- hash : hash)
    }

    /// The hash of a float; a NaN's is `identity`, the hash of its address.
    @inlinable public static func float(_ value: Double, identity: Int) -> Int {
        if !value.isFinite {
            if value.isNaN { return identity }
            return value > 0 ? 314159 : -314159
        }
        if let small = Int(exactly: value) { return int(small) }
        // significand * 2^exponent with an integer significand; powers of two rotate 61 bits.
        let magnitude = value.magnitude
        var exponent = magnitude.exponentBitPattern == 0 ? -1074 : Int(magnitude.exponentBitPattern) &- 1075
        let significand = magnitude.significandBitPattern | (magnitude.exponentBitPattern == 0 ? 0 : 1 << 52)
        exponent %= 61
        if exponent < 0 { exponent &+= 61 }
        let shift = UInt64(truncatingIfNeeded: exponent)
        let rotated = (significand << shift & modulus) | significand >> (61 &- shift)
        let hash = Int(truncatingIfNeeded: reduce(rotated))
        return noError(value < 0 ? 0 &- hash : hash)
    }

    /// The hash of a complex number from the hashes of its parts.
    @inlinable public static func complex(real: Int, imaginary: Int) -> Int {
        noError(real &+ 1_000_003 &* imaginary)
    }

    /// The hash of an object without `__hash__` of its own, from its address.
    @inlinable @inline(__always) public static func identity(_ address: UInt) -> Int {
        noError(Int(bitPattern: address >> 4 | address << 60))
    }
}

/// The hash of a tuple, item by item (xxHash's lanes).
@frozen public struct TupleHasher {
    @usableFromInline var state: UInt64 = 2_870_177_450_012_600_261
    @usableFromInline var count: UInt64 = 0

    @inlinable public init() {}

    /// Takes the next item's hash.
    @inlinable @inline(__always) public mutating func combine(_ hash: Int) {
        state &+= UInt64(bitPattern: Int64(hash)) &* 14_029_467_366_897_019_727
        state = state << 31 | state >> 33
        state = state &* 11_400_714_785_074_694_791
        count &+= 1
    }

    @inlinable @inline(__always) public func finish() -> Int {
        let hash = state &+ (count ^ 2_870_177_450_012_600_261 ^ 3_527_539)
        return hash == .max ? 1_546_275_796 : Int(truncatingIfNeeded: hash)
    }
}

/// The hash of a frozenset, which does not depend on the order of its items.
@frozen public struct SetHasher {
    @usableFromInline var state: UInt64 = 0
    @usableFromInline var count: UInt64 = 0

    @inlinable public init() {}

    /// Takes an item's hash.
    @inlinable @inline(__always) public mutating func combine(_ hash: Int) {
        let word = UInt64(bitPattern: Int64(hash))
        state ^= (word ^ 89_869_747 ^ word << 16) &* 3_644_798_167
        count &+= 1
    }

    @inlinable @inline(__always) public func finish() -> Int {
        var hash = state ^ (count &+ 1) &* 1_927_868_237
        hash ^= hash >> 11 ^ hash >> 25
        hash = hash &* 69069 &+ 907_133_923
        return hash == .max ? 590_923_713 : Int(truncatingIfNeeded: hash)
    }
}
