// The elements of text and byte storage: a string's code points stand 1, 2 or 4 bytes wide.

import Glibc

/// One element of a string's storage: `UInt8`, `UInt16` or `UInt32`, each holding a whole code point.
public protocol CodeUnit: FixedWidthInteger & UnsignedInteger {}
extension UInt8: CodeUnit {}
extension UInt16: CodeUnit {}
extension UInt32: CodeUnit {}

extension CodeUnit {
    /// The code point.
    @inlinable @inline(__always) public var codePoint: UInt32 { UInt32(truncatingIfNeeded: self) }
}

/// Questions about and copies of runs of code units.
public enum CodeUnits {
    /// The first index in `from..<to` of a unit above 0x7F, or `to`.
    @inlinable public static func asciiEnd(_ bytes: UnsafePointer<UInt8>, _ from: Int, _ to: Int) -> Int {
        let raw = UnsafeRawPointer(bytes)
        var at = from
        while at &+ 32 <= to {
            let low = raw.loadUnaligned(fromByteOffset: at, as: UInt64.self) | raw.loadUnaligned(fromByteOffset: at &+ 8, as: UInt64.self)
            let high = raw.loadUnaligned(fromByteOffset: at &+ 16, as: UInt64.self) | raw.loadUnaligned(fromByteOffset: at &+ 24, as: UInt64.self)
            if (low | high) & 0x8080_8080_8080_8080 != 0 { break }
            at &+= 32
        }
        while at &+ 8 <= to {
            let word = raw.loadUnaligned(fromByteOffset: at, as: UInt64.self) & 0x8080_8080_8080_8080
            if word != 0 { return at &+ (word.littleEndian.trailingZeroBitCount >> 3) }
            at &+= 8
        }
        while at < to && bytes[at] < 0x80 { at &+= 1 }
        return at
    }

    /// All units or-ed together: below 0x80, 0x100 or 0x10000 exactly when the largest of them is.
    @inlinable public static func union<U: CodeUnit>(_ units: UnsafePointer<U>, _ count: Int) -> UInt32 {
        let unitsInWord = 8 / MemoryLayout<U>.size
        if count < unitsInWord {
            var all: U = 0
            for i in 0..<count { all |= units[i] }
            return all.codePoint
        }
        // By words; the last one may overlap the one before.
        let raw = UnsafeRawPointer(units)
        var all: UInt64 = 0
        var at = 0
        while at &+ unitsInWord <= count {
            all |= raw.loadUnaligned(fromByteOffset: at &* MemoryLayout<U>.size, as: UInt64.self)
            at &+= unitsInWord
        }
        all |= raw.loadUnaligned(fromByteOffset: (count &- unitsInWord) &* MemoryLayout<U>.size, as: UInt64.self)
        all |= all >> 32
        if U.bitWidth <= 16 { all |= all >> 16 }
        if U.bitWidth == 8 { all |= all >> 8 }
        return U(truncatingIfNeeded: all).codePoint
    }

    /// The bytes that a code point needs in the narrowest storage for a text with this union: 1, 2 or 4.
    @inlinable @inline(__always) public static func width(ofUnion union: UInt32) -> Int {
        union < 0x100 ? 1 : union < 0x10000 ? 2 : 4
    }

    /// Copies between widths; every unit must fit the destination.
    @inlinable public static func copy<S: CodeUnit, D: CodeUnit>(_ source: UnsafePointer<S>, _ count: Int, to out: UnsafeMutablePointer<D>) {
        if S.bitWidth == D.bitWidth {
            memcpy(UnsafeMutableRawPointer(out), UnsafeRawPointer(source), count &* MemoryLayout<S>.size)
        } else {
            for i in 0..<count { out[i] = D(truncatingIfNeeded: source[i]) }
        }
    }

    /// Sets `count` units.
    @inlinable public static func fill<D: CodeUnit>(_ out: UnsafeMutablePointer<D>, _ count: Int, _ codePoint: UInt32) {
        let unit = D(truncatingIfNeeded: codePoint)
        for i in 0..<count { out[i] = unit }
    }

    /// Compares as Python does, code point by code point: negative, 0 or positive.
    @inlinable public static func compare<A: CodeUnit, B: CodeUnit>(
        _ a: UnsafePointer<A>, _ aCount: Int, _ b: UnsafePointer<B>, _ bCount: Int
    ) -> Int {
        let common = aCount < bCount ? aCount : bCount
        if A.bitWidth == 8 && B.bitWidth == 8 {
            let order = memcmp(UnsafeRawPointer(a), UnsafeRawPointer(b), common)
            return order != 0 ? Int(order) : aCount &- bCount
        }
        for i in 0..<common {
            let x = a[i].codePoint, y = b[i].codePoint
            if x != y { return x < y ? -1 : 1 }
        }
        return aCount &- bCount
    }

    /// Whether two runs of the same length hold the same code points.
    @inlinable public static func equal<A: CodeUnit, B: CodeUnit>(_ a: UnsafePointer<A>, _ b: UnsafePointer<B>, _ count: Int) -> Bool {
        if A.bitWidth == B.bitWidth {
            return memcmp(UnsafeRawPointer(a), UnsafeRawPointer(b), count &* MemoryLayout<A>.size) == 0
        }
        for i in 0..<count where a[i].codePoint != b[i].codePoint { return false }
        return true
    }
}
