// Substring search. A skip search (Boyer-Moore-Horspool with Sunday's look-ahead through a small bloom filter)
// is fast on ordinary text; once it has compared more than it should, the two-way algorithm takes over, so that
// the time is linear for every input.

import Glibc

public enum Search {
    /// The first index of a code point in `from..<to`, or -1.
    @inlinable public static func index<H: CodeUnit>(of cp: UInt32, in text: UnsafePointer<H>, _ from: Int, _ to: Int) -> Int {
        if cp > UInt32(truncatingIfNeeded: H.max) || from >= to { return -1 }
        if H.bitWidth == 8 {
            guard let found = memchr(UnsafeRawPointer(text + from), Int32(truncatingIfNeeded: cp), to &- from) else { return -1 }
            return UnsafeRawPointer(found) - UnsafeRawPointer(text)
        }
        let unit = H(truncatingIfNeeded: cp)
        var at = from
        if H.bitWidth == 16 {
            let raw = UnsafeRawPointer(text)
            let wanted = SIMD16<UInt16>(repeating: UInt16(truncatingIfNeeded: cp))
            while at &+ 16 <= to {
                let block = raw.loadUnaligned(fromByteOffset: at &* 2, as: SIMD16<UInt16>.self)
                if any(block .== wanted) { break }
                at &+= 16
            }
            // What is left, or holds it, by words of four: the lowest half that equals is the lowest that turns out zero here.
            let four = UInt64(cp) &* 0x0001_0001_0001_0001
            while at &+ 4 <= to {
                let other = raw.loadUnaligned(fromByteOffset: at &* 2, as: UInt64.self).littleEndian ^ four
                let zeros = (other &- 0x0001_0001_0001_0001) & ~other & 0x8000_8000_8000_8000
                if zeros != 0 { return at &+ zeros.trailingZeroBitCount >> 4 }
                at &+= 4
            }
        } else {
            let raw = UnsafeRawPointer(text)
            let wanted = SIMD8<UInt32>(repeating: cp)
            while at &+ 8 <= to {
                let block = raw.loadUnaligned(fromByteOffset: at &* 4, as: SIMD8<UInt32>.self)
                if any(block .== wanted) { break }
                at &+= 8
            }
        }
        while at < to {
            if text[at] == unit { return at }
            at &+= 1
        }
        return -1
    }

    /// The last index of a code point in `from..<to`, or -1.
    @inlinable public static func lastIndex<H: CodeUnit>(of cp: UInt32, in text: UnsafePointer<H>, _ from: Int, _ to: Int) -> Int {
        if cp > UInt32(truncatingIfNeeded: H.max) || from >= to { return -1 }
        let unit = H(truncatingIfNeeded: cp)
        var at = to
        if H.bitWidth == 8 {
            // Eight bytes without a zero byte after the exclusive or hold no match.
            let raw = UnsafeRawPointer(text)
            let pattern = UInt64(truncatingIfNeeded: cp) &* 0x0101_0101_0101_0101
            while at &- 8 >= from {
                let word = raw.loadUnaligned(fromByteOffset: at &- 8, as: UInt64.self) ^ pattern
                if (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080 != 0 { break }
                at &-= 8
            }
        }
        while at > from {
            at &-= 1
            if text[at] == unit { return at }
        }
        return -1
    }

    /// How often a code point stands in `from..<to`.
    @inlinable public static func count<H: CodeUnit>(of cp: UInt32, in text: UnsafePointer<H>, _ from: Int, _ to: Int) -> Int {
        if cp > UInt32(truncatingIfNeeded: H.max) { return 0 }
        let unit = H(truncatingIfNeeded: cp)
        var total = 0
        var at = from
        while at < to {
            total &+= text[at] == unit ? 1 : 0
            at &+= 1
        }
        return total
    }

    /// The first index in `from..<to` where the needle stands, or -1. An empty needle stands at `from`.
    @inlinable public static func find<H: CodeUnit, N: CodeUnit>(
        _ text: UnsafePointer<H>, _ from: Int, _ to: Int, _ needle: UnsafePointer<N>, _ length: Int
    ) -> Int {
        if to &- from < length { return -1 }
        if length == 0 { return from }
        if length == 1 { return index(of: needle[0].codePoint, in: text, from, to) }
        return Needle<H, N>(needle, length).find(in: text, from, to)
    }

    /// The last index in `from..<to` where the needle stands, or -1. An empty needle stands at `to`.
    @inlinable public static func rfind<H: CodeUnit, N: CodeUnit>(
        _ text: UnsafePointer<H>, _ from: Int, _ to: Int, _ needle: UnsafePointer<N>, _ length: Int
    ) -> Int {
        if to &- from < length { return -1 }
        if length == 0 { return to }
        if length == 1 { return lastIndex(of: needle[0].codePoint, in: text, from, to) }
        return Needle<H, N>(needle, length).findLast(in: text, from, to)
    }

    /// How often the needle stands in `from..<to` without overlap, counting up to `limit`. An empty needle
    /// stands between all code points and at both ends.
    @inlinable public static func count<H: CodeUnit, N: CodeUnit>(
        _ text: UnsafePointer<H>, _ from: Int, _ to: Int, _ needle: UnsafePointer<N>, _ length: Int, limit: Int = .max
    ) -> Int {
        if to < from || to &- from < length { return 0 }
        if length == 0 { return min(to &- from &+ 1, limit) }
        if length == 1 { return min(count(of: needle[0].codePoint, in: text, from, to), limit) }
        let prepared = Needle<H, N>(needle, length)
        var total = 0
        var at = from
        while total < limit {
            let found = prepared.find(in: text, at, to)
            if found < 0 { break }
            total &+= 1
            at = found &+ length
        }
        return total
    }
}

/// A needle of two code points or more, prepared for searching again and again (count, replace, split).
@frozen public struct Needle<H: CodeUnit, N: CodeUnit> {
    @usableFromInline let units: UnsafePointer<N>
    @usableFromInline let length: Int
    /// Bit `u & 63` is set for each unit of the needle.
    @usableFromInline let bloom: UInt64
    /// How far the needle may move when its last unit matches but the rest does not.
    @usableFromInline let lastSkip: Int
    /// The same for the first unit, going backwards.
    @usableFromInline let firstSkip: Int

    /// `length` must be 2 or more, and the needle must stay where it is.
    @inlinable public init(_ needle: UnsafePointer<N>, _ length: Int) {
        units = needle
        self.length = length
        var bloom: UInt64 = 0
        var lastSkip = length, firstSkip = length
        let last = needle[length &- 1], first = needle[0]
        for i in 0..<length {
            bloom |= 1 << UInt64(needle[i].codePoint & 63)
            if needle[i] == last && i < length &- 1 { lastSkip = length &- 1 &- i }
            if needle[i] == first && i > 0 && firstSkip == length { firstSkip = i }
        }
        self.bloom = bloom
        self.lastSkip = lastSkip
        self.firstSkip = firstSkip
    }

    @inlinable @inline(__always) func mayContain(_ unit: H) -> Bool { bloom >> UInt64(unit.codePoint & 63) & 1 != 0 }

    /// The first index in `from..<to`, or -1.
    @inlinable public func find(in text: UnsafePointer<H>, _ from: Int, _ to: Int) -> Int {
        let end = to &- length // the last place where the needle fits
        let last = length &- 1
        let lastUnit = units[last].codePoint
        var at = from
        var budget = 2048
        while at <= end {
            if text[at &+ last].codePoint == lastUnit {
                var i = 0
                while i < last && text[at &+ i].codePoint == units[i].codePoint { i &+= 1 }
                if i == last { return at }
                budget &-= i
                if budget < 0 { return TwoWay(self, backwards: false).find(in: text, at, to) }
                if at < end && !mayContain(text[at &+ length]) {
                    at &+= length &+ 1
                } else {
                    at &+= lastSkip
                }
            } else if at < end && !mayContain(text[at &+ length]) {
                at &+= length &+ 1
            } else {
                at &+= 1
            }
            budget &+= 2
        }
        return -1
    }

    /// The last index in `from..<to`, or -1.
    @inlinable public func findLast(in text: UnsafePointer<H>, _ from: Int, _ to: Int) -> Int {
        let firstUnit = units[0].codePoint
        var at = to &- length
        var budget = 2048
        while at >= from {
            if text[at].codePoint == firstUnit {
                var i = length &- 1
                while i > 0 && text[at &+ i].codePoint == units[i].codePoint { i &-= 1 }
                if i == 0 { return at }
                budget &-= length &- 1 &- i
                if budget < 0 { return TwoWay(self, backwards: true).find(in: text, from, at &+ length) }
                if at > from && !mayContain(text[at &- 1]) {
                    at &-= length &+ 1
                } else {
                    at &-= firstSkip
                }
            } else if at > from && !mayContain(text[at &- 1]) {
                at &-= length &+ 1
            } else {
                at &-= 1
            }
            budget &+= 2
        }
        return -1
    }
}

/// Crochemore and Perrin's two-way search, in either direction: backwards, needle and text are read from their
/// ends, so that the first match found is the last.
@frozen @usableFromInline struct TwoWay<H: CodeUnit, N: CodeUnit> {
    @usableFromInline let units: UnsafePointer<N>
    @usableFromInline let length: Int
    @usableFromInline let backwards: Bool
    @usableFromInline var cut: Int
    @usableFromInline var period: Int
    @usableFromInline var periodic: Bool

    @inlinable init(_ needle: Needle<H, N>, backwards: Bool) {
        units = needle.units
        length = needle.length
        self.backwards = backwards
        cut = 0
        period = 1
        periodic = false
        let (cut1, period1) = maximalSuffix(inverted: false)
        let (cut2, period2) = maximalSuffix(inverted: true)
        (cut, period) = cut1 > cut2 ? (cut1, period1) : (cut2, period2)
        periodic = cut &+ period <= length
        var i = 0
        while periodic && i < cut {
            periodic = unit(i) == unit(i &+ period)
            i &+= 1
        }
        if !periodic { period = max(cut, length &- cut) &+ 1 }
    }

    @inlinable @inline(__always) func unit(_ i: Int) -> UInt32 { units[backwards ? length &- 1 &- i : i].codePoint }

    /// The start and the period of the largest suffix in the order of code points, or in the inverted one.
    @inlinable func maximalSuffix(inverted: Bool) -> (Int, Int) {
        var best = 0, candidate = 1, offset = 0, period = 1
        while candidate &+ offset < length {
            let a = unit(candidate &+ offset), b = unit(best &+ offset)
            if a == b {
                if offset &+ 1 == period {
                    candidate &+= period
                    offset = 0
                } else {
                    offset &+= 1
                }
            } else if inverted ? b < a : a < b {
                candidate &+= offset &+ 1
                offset = 0
                period = candidate &- best
            } else {
                best = candidate
                candidate &+= 1
                offset = 0
                period = 1
            }
        }
        return (best, period)
    }

    @inlinable func find(in text: UnsafePointer<H>, _ from: Int, _ to: Int) -> Int {
        let count = to &- from
        var at = 0, known = 0
        while at <= count &- length {
            var i = max(cut, known)
            while i < length && unit(i) == text[backwards ? to &- 1 &- at &- i : from &+ at &+ i].codePoint { i &+= 1 }
            if i < length {
                at &+= i &- cut &+ 1
                known = 0
                continue
            }
            i = cut
            while i > known && unit(i &- 1) == text[backwards ? to &- at &- i : from &+ at &+ i &- 1].codePoint { i &-= 1 }
            if i <= known { return backwards ? to &- at &- length : from &+ at }
            at &+= period
            known = periodic ? length &- period : 0
        }
        return -1
    }
}
