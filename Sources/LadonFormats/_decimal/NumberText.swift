// The texts of a number: scientific and engineering notation.

import Glibc
import LadonLibrary

/// ASCII text that grows; freed by its owner. Texts of most numbers fit where it begins.
struct ASCIIText {
    private(set) var base: UnsafeMutablePointer<UInt8>
    private(set) var count: Int = 0
    private var capacity: Int
    private var isOwned = false

    /// Begins in memory of the caller's.
    init(_ room: UnsafeMutablePointer<UInt8>, _ capacity: Int) {
        base = room
        self.capacity = capacity
    }
    func free() { if isOwned { base.deallocate() } }

    private mutating func reserve(_ more: Int) {
        if count + more <= capacity { return }
        let larger: Int = max(count + more, capacity * 2)
        let p = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
        p.update(from: base, count: count)
        free()
        base = p
        capacity = larger
        isOwned = true
    }
    mutating func append(_ c: UInt8) {
        reserve(1)
        base[count] = c
        count += 1
    }
    mutating func append(_ p: UnsafePointer<UInt8>, _ n: Int) {
        if n <= 0 { return }
        reserve(n)
        (base + count).update(from: p, count: n)
        count += n
    }
    mutating func append(zeros n: Int) {
        if n <= 0 { return }
        reserve(n)
        (base + count).update(repeating: 48, count: n)
        count += n
    }
    mutating func append(_ text: StaticString) { append(text.utf8Start, text.utf8CodeUnitCount) }
    mutating func append(exponent n: Int, _ letter: UInt8) {
        append(letter)
        append(n < 0 ? 45 : 43)
        reserve(20)
        count += IntegerText.writeDecimal(n.magnitude, into: base + count)
    }
}

extension Number {
    /// How many digits stand before the point, apart from an exponent.
    enum Notation {
        case scientific, engineering
        /// Always with an exponent, one digit before the point.
        case exponential
        /// Never with an exponent.
        case fixed
    }

    func write(_ notation: Notation, capitals: Bool, sign: Bool = true, to out: inout ASCIIText) {
        if isNegative && sign { out.append(45) }
        switch kind {
        case .infinity: out.append("Infinity")
        case .quietNaN, .signalingNaN:
            out.append(kind == .quietNaN ? "NaN" : "sNaN")
            if !coefficient.isZero { coefficient.withDigits { out.append($0, $1) } }
        case .finite:
            coefficient.withDigits { p, n in write(p, n, notation, capitals, to: &out) }
        }
    }

    private func write(_ p: UnsafePointer<UInt8>, _ n: Int, _ notation: Notation, _ capitals: Bool, to out: inout ASCIIText) {
        // Digits before the point.
        let left: Int = exponent + n
        var point: Int
        switch notation {
        case .scientific, .engineering:
            if exponent <= 0 && left > -6 {
                point = left
            } else if notation == .scientific {
                point = 1
            } else if coefficient.isZero {
                point = (left + 1).modulus(3) - 1
            } else {
                point = (left - 1).modulus(3) + 1
            }
        case .exponential: point = 1
        case .fixed: point = left
        }
        if point <= 0 {
            out.append("0.")
            out.append(zeros: -point)
            out.append(p, n)
        } else if point >= n {
            out.append(p, n)
            out.append(zeros: point - n)
        } else {
            out.append(p, point)
            out.append(46)
            out.append(p + point, n - point)
        }
        if left != point || notation == .exponential { out.append(exponent: left - point, capitals ? 69 : 101) }
    }

    /// The common case: few digits, and no exponent to show.
    @inline(__always) func shortText(_ t: Thread) -> Value? {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 64) { buffer -> Value? in
            // Room for "-0." and five zeros before the digits.
            let digits = buffer.baseAddress.unsafelyUnwrapped + 8
            let n: Int = Coefficient.writeDigits(coefficient.low, digits)
            var start = digits
            let point: Int = n + exponent
            if exponent == 0 {
            } else if point > 0 {
                start -= 1
                for i in 0 ..< point { start[i] = start[i + 1] }
                start[point] = 46
            } else if point > -6 {
                start -= 2 - point
                for i in 0 ..< 2 - point { start[i] = 48 }
                start[1] = 46
            } else {
                return nil
            }
            if isNegative {
                start -= 1
                start[0] = 45
            }
            return makeString(t, ascii: start, count: digits - start + n)
        }
    }

    /// A str.
    func text(_ t: Thread, _ notation: Notation, capitals: Bool) -> Value {
        if kind == .finite && coefficient.isSmall && exponent <= 0 && exponent > -40 && notation != .exponential,
            let s = shortText(t) { return s }
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 96) { buffer -> Value in
            var out = ASCIIText(buffer.baseAddress.unsafelyUnwrapped, 96)
            if coefficient.isSmall {
                write(notation, capitals: capitals, to: &out)
            } else {
                blocking(t) { write(notation, capitals: capitals, to: &out) }
            }
            let s: Value = makeString(t, ascii: out.base, count: out.count)
            out.free()
            return s
        }
    }
}

extension Int {
    /// The remainder that isn't negative.
    func modulus(_ d: Int) -> Int {
        let r: Int = self % d
        return r < 0 ? r + d : r
    }
}
