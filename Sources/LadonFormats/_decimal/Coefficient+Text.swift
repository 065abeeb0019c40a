// Coefficients and decimal digits.

import CGMP
import Glibc
import LadonLibrary

extension Coefficient {
    /// Calls `body` with the ASCII digits, no zeros before them, and a 0 behind.
    @inline(__always)
    func withDigits<R>(_ body: (UnsafeMutablePointer<UInt8>, Int) -> R) -> R {
        if big == nil {
            return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 48) { buffer -> R in
                let p = buffer.baseAddress.unsafelyUnwrapped
                let n: Int = Coefficient.writeDigits(low, p)
                p[n] = 0
                return body(p, n)
            }
        }
        return withManyDigits(body)
    }

    /// Writes the digits of two words; how many.
    static func writeDigits(_ n: UInt128, _ p: UnsafeMutablePointer<UInt8>) -> Int {
        if n >> 64 == 0 { return IntegerText.writeDecimal(UInt(truncatingIfNeeded: n), into: p) }
        // Three parts at most: 19 digits each.
        let power: UInt128 = 10_000_000_000_000_000_000
        let high: UInt128 = quotient(n, power)
        let count: Int = writeDigits(high, p)
        var rest = UInt64(truncatingIfNeeded: n &- high &* power)
        var i: Int = count + 18
        while i >= count {
            let q: UInt64 = rest / 10
            p[i] = 48 + UInt8(truncatingIfNeeded: rest &- q &* 10)
            rest = q
            i -= 1
        }
        return count + 19
    }

    @inline(never)
    private func withManyDigits<R>(_ body: (UnsafeMutablePointer<UInt8>, Int) -> R) -> R {
        // A digit more than needed, the 0, and what GMP wants.
        let text = UnsafeMutablePointer<UInt8>.allocate(capacity: digits + 4)
        defer { text.deallocate() }
        let chars = UnsafeMutableRawPointer(text).assumingMemoryBound(to: CChar.self)
        withInteger { z in _ = __gmpz_get_str(chars, 10, &z) }
        return body(text, strlen(chars))
    }

    /// The number of ASCII digits, which are followed by a 0 (or by anything, when they are few).
    init(digits p: UnsafePointer<UInt8>, _ count: Int) {
        var i: Int = 0
        while i < count && p[i] == 48 { i += 1 }
        if count - i <= 38 {
            var high: UInt128 = 0
            while i < count {
                let end: Int = min(i + 18, count)
                var part: UInt64 = 0, scale: UInt64 = 1
                while i < end {
                    part = part &* 10 &+ UInt64(p[i] &- 48)
                    scale = scale &* 10
                    i += 1
                }
                high = high &* UInt128(scale) &+ UInt128(part)
            }
            self.init(high)
            return
        }
        let n = BigInteger.make()
        __gmpz_set_str(n.z, UnsafeRawPointer(p + i).assumingMemoryBound(to: CChar.self), 10)
        n.header = count - i
        self.init(n)
    }
}
