// Floats as decimal text: the shortest digits that read back as the same number, or exactly rounded digits of
// any precision.

import CLadonUnicode

public enum FloatText {
    /// The shortest digits of a finite number other than 0 (at most 17, without zeros at the end); the value is
    /// 0.ddd… times ten to the `point`.
    public static func shortestDigits(_ value: Double, into digits: UnsafeMutablePointer<UInt8>) -> (count: Int, point: Int) {
        // Swift's description has the shortest digits (Errol's and Ryu's successor in its runtime); only its
        // layout is not Python's.
        var text = value.magnitude.description
        return text.withUTF8 { bytes in
            var count = 0, point = 0, exponent = 0
            var fraction = false
            var i = 0
            while i < bytes.count {
                let byte = bytes[i]
                i &+= 1
                if byte == 46 {
                    fraction = true
                } else if byte == 101 {
                    let negative = bytes[i] == 45
                    if bytes[i] == 45 || bytes[i] == 43 { i &+= 1 }
                    while i < bytes.count {
                        exponent = exponent &* 10 &+ Int(bytes[i] &- 48)
                        i &+= 1
                    }
                    if negative { exponent = -exponent }
                } else if byte == 48 && count == 0 {
                    if fraction { point &-= 1 } // a zero before the first digit
                } else {
                    if count < 20 { digits[count] = byte }
                    count &+= 1
                    if !fraction { point &+= 1 }
                }
            }
            count = min(count, 20)
            while count > 1 && digits[count &- 1] == 48 { count &-= 1 }
            return (count, point &+ exponent)
        }
    }

    /// Writes `repr(value)`, at most 24 bytes; returns its length.
    public static func repr(_ value: Double, into out: UnsafeMutablePointer<UInt8>) -> Int {
        var digits: (UInt64, UInt64, UInt64) = (0, 0, 0)
        return withUnsafeMutableBytes(of: &digits) { raw in
            let digits = raw.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: UInt8.self)
            var sink = ASCIISink(out)
            if special(value, uppercase: false, to: &sink) { return sink.count }
            if value.sign == .minus { sink.put(45) }
            if value == 0 {
                sink.put("0.0")
                return sink.count
            }
            let (count, point) = shortestDigits(value, into: digits)
            let scientific = point > 16 || point < -3
            layout(digits, count, point, scientific: scientific, upTo: 0, exponentLetter: 101, dot: !scientific, keepDot: false, to: &sink)
            return sink.count
        }
    }

    /// "inf", "-inf" or "nan"; false for a finite number.
    static func special(_ value: Double, uppercase: Bool, to sink: inout ASCIISink) -> Bool {
        if value.isFinite { return false }
        if value.isNaN {
            sink.put(uppercase ? "NAN" : "nan")
        } else {
            if value < 0 { sink.put(45) }
            sink.put(uppercase ? "INF" : "inf")
        }
        return true
    }

    /// Lays out digits. `upTo`: at least that many digits counted from the first are shown, zeros filling up.
    /// `dot`: at least one digit stands behind the point. `keepDot`: the point stays even if nothing follows.
    static func layout(
        _ digits: UnsafePointer<UInt8>, _ count: Int, _ point: Int, scientific: Bool, upTo: Int,
        exponentLetter: UInt8, dot: Bool, keepDot: Bool, to sink: inout ASCIISink
    ) {
        let position = scientific ? 1 : point
        var end = max(count, upTo, position)
        if dot && end == position { end &+= 1 }
        var i = position <= 0 ? position &- 1 : 0
        while i < end {
            if i == position { sink.put(46) }
            sink.put(i >= 0 && i < count ? digits[i] : 48)
            i &+= 1
        }
        if end == position && keepDot { sink.put(46) }
        if scientific {
            var exponent = point &- 1
            sink.put(exponentLetter)
            sink.put(exponent < 0 ? 45 : 43)
            exponent = abs(exponent)
            if exponent >= 100 {
                sink.put(UInt8(truncatingIfNeeded: 48 &+ exponent / 100))
                exponent %= 100
            }
            sink.put(UInt8(truncatingIfNeeded: 48 &+ exponent / 10))
            sink.put(UInt8(truncatingIfNeeded: 48 &+ exponent % 10))
        }
    }

    /// The precision that C's printf can take; beyond it CPython raises "precision too big".
    public static var maximumPrecision: Int { Int(Int32.max) }

    /// Appends a float in one of Python's codes: e E f F g G r (shortest, `precision` ignored), % (as f, of a
    /// hundredfold, without the sign). `pointZero`: ".0" follows a whole number, and "g" switches to the
    /// exponent one digit earlier (`format(x, '.5')`). A minus sign comes first, NaN has none.
    /// False if there is no memory.
    public static func append(
        _ number: Double, code: UInt8, precision: Int, alternate: Bool = false, pointZero: Bool = false, to out: inout ByteBuffer
    ) -> Bool {
        var value = number
        var code = code
        if code == 37 {
            value *= 100
            code = 102
        }
        let uppercase = code < 97
        if !out.reserve(64) { return false }
        if !value.isFinite {
            var sink = ASCIISink(out.base + out.count)
            _ = special(value, uppercase: uppercase, to: &sink)
            out.count &+= sink.count
            return true
        }
        if code == 114 {
            var sink = ASCIISink(out.base + out.count)
            if value == 0 || !alternate && pointZero {
                let length = repr(value, into: out.base + out.count)
                sink = ASCIISink(out.base + out.count, count: length)
                // repr(0.0) is "0.0"; without pointZero it is "0".
                if value == 0 && !pointZero { sink.count &-= alternate ? 1 : 2 }
                out.count &+= sink.count
                return true
            }
            if value.sign == .minus { sink.put(45) }
            withShortest(value) { digits, count, point in
                let scientific = point > 16 || point < -3
                layout(digits, count, point, scientific: scientific, upTo: 0, exponentLetter: 101,
                       dot: pointZero && !scientific, keepDot: alternate, to: &sink)
            }
            out.count &+= sink.count
            return true
        }
        if pointZero && code | 32 == 103 {
            return appendGeneralPointZero(value, code: code, precision: max(precision, 1), alternate: alternate, to: &out)
        }
        if code | 32 == 102 && appendFixed(value, precision: precision, alternate: alternate, to: &out) { return true }
        return appendPrintf(value, code: code, precision: precision, alternate: alternate, to: &out)
    }

    /// Codes f and F when the digits, without the point, fit a word: m·10ᵖ·2⁻ᵏ is exact in 128 bits, so one shift and
    /// the remainder round it correctly (half to even). False: too large for that, nothing was written.
    private static func appendFixed(_ value: Double, precision: Int, alternate: Bool, to out: inout ByteBuffer) -> Bool {
        guard precision <= 17, value.magnitude < 0x1p53, value.magnitude * powersOfTen(precision) < 1e18 else { return false }
        let bits = value.bitPattern
        let biased = Int(bits >> 52 & 0x7FF)
        let fraction = bits & (1 << 52 - 1)
        let significand = biased == 0 ? fraction : fraction | 1 << 52
        let shift = 1075 &- max(biased, 1)
        var scale: UInt64 = 1
        for _ in 0 ..< precision { scale &*= 10 }
        var digits: UInt64 = 0
        // Below 2¹¹⁰ all of it: a larger shift leaves less than a half.
        if shift < 112 {
            let product = UInt128(significand) &* UInt128(scale)
            digits = UInt64(truncatingIfNeeded: product >> UInt128(shift))
            if shift > 0 {
                let rest = product & (UInt128(1) << UInt128(shift) &- 1)
                let half = UInt128(1) << UInt128(shift &- 1)
                if rest > half || rest == half && digits & 1 == 1 { digits &+= 1 }
            }
        }
        var sink = ASCIISink(out.base + out.count)
        if value.sign == .minus { sink.put(45) }
        let whole = digits / scale
        sink.count &+= IntegerText.writeDecimal(UInt(whole), into: out.base + out.count + sink.count)
        if precision > 0 || alternate { sink.put(46) }
        var rest = digits &- whole &* scale
        var at = precision
        let behind = out.base + out.count + sink.count
        while at > 0 {
            at &-= 1
            behind[at] = UInt8(truncatingIfNeeded: 48 &+ rest % 10)
            rest /= 10
        }
        out.count &+= sink.count &+ precision
        return true
    }

    private static func powersOfTen(_ n: Int) -> Double {
        var power = 1.0
        for _ in 0 ..< n { power *= 10 }
        return power
    }

    private static func withShortest(_ value: Double, _ body: (UnsafePointer<UInt8>, Int, Int) -> Void) {
        var storage: (UInt64, UInt64, UInt64) = (0, 0, 0)
        withUnsafeMutableBytes(of: &storage) { raw in
            let digits = raw.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: UInt8.self)
            let (count, point) = shortestDigits(value, into: digits)
            body(UnsafePointer(digits), count, point)
        }
    }

    private static func appendPrintf(_ value: Double, code: UInt8, precision: Int, alternate: Bool, to out: inout ByteBuffer) -> Bool {
        let precision = Int32(truncatingIfNeeded: min(precision, maximumPrecision))
        var room = 64
        while true {
            if !out.reserve(room) { return false }
            let length = UnsafeMutableRawPointer(out.base + out.count).withMemoryRebound(to: CChar.self, capacity: room) {
                Int(ladon_format_double($0, room, CChar(bitPattern: code), alternate, precision, value))
            }
            if length < 0 { return false }
            if length < room {
                out.count &+= length
                return true
            }
            room = length &+ 1
        }
    }

    /// Code g with `pointZero`, from the digits of code e.
    private static func appendGeneralPointZero(_ value: Double, code: UInt8, precision: Int, alternate: Bool, to out: inout ByteBuffer) -> Bool {
        var text = ByteBuffer(capacity: 64)
        defer { text.free() }
        // No double has more than 767 significant digits; zeros follow.
        guard appendPrintf(value.magnitude, code: 101, precision: min(precision &- 1, 800), alternate: false, to: &text) else { return false }
        var count = 0, at = 0
        while at < text.count && text.base[at] != 101 {
            if text.base[at] != 46 {
                text.base[count] = text.base[at]
                count &+= 1
            }
            at &+= 1
        }
        let negative = text.base[at &+ 1] == 45
        var exponent = 0
        at &+= 2
        while at < text.count {
            exponent = exponent &* 10 &+ Int(text.base[at] &- 48)
            at &+= 1
        }
        while count > 1 && text.base[count &- 1] == 48 { count &-= 1 }
        let point = value == 0 ? 1 : (negative ? -exponent : exponent) &+ 1
        let scientific = point <= -4 || point > precision &- 1
        if !out.reserve(max(count, alternate ? precision : 0) &+ abs(point) &+ 16) { return false }
        var sink = ASCIISink(out.base + out.count)
        if value.sign == .minus { sink.put(45) }
        layout(text.base, count, point, scientific: scientific, upTo: alternate ? precision : 0,
               exponentLetter: code &- 2, dot: !scientific, keepDot: alternate, to: &sink)
        out.count &+= sink.count
        return true
    }
}

/// Writes ASCII to memory that the caller knows to be large enough.
@usableFromInline struct ASCIISink {
    private let base: UnsafeMutablePointer<UInt8>
    var count: Int

    init(_ base: UnsafeMutablePointer<UInt8>, count: Int = 0) {
        self.base = base
        self.count = count
    }

    @inline(__always) mutating func put(_ byte: UInt8) {
        base[count] = byte
        count &+= 1
    }

    mutating func put(_ text: StaticString) {
        for i in 0..<text.utf8CodeUnitCount { put(text.utf8Start[i]) }
    }
}
