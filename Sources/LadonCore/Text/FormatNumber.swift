// `__format__` of int, float, complex and str, from a parsed specification to text.

import CLadonUnicode

public enum FormatNumber {
    /// Appends `format(str, spec)`.
    @inlinable public static func append<U: CodeUnit>(string text: UnsafePointer<U>, _ count: Int, spec: FormatSpec, to out: inout TextBuffer) -> FormatProblem? {
        if spec.type != 115 { return .unknownCode(spec.type) }
        if spec.sign != 0 { return spec.sign == 32 ? .spaceInString : .signInString }
        if spec.noNegativeZero { return .zeroInString }
        if spec.alternate { return .alternateInString }
        if spec.align == .afterSign { return .alignInString }
        FormatLayout.append(text: text, count, spec: spec, to: &out)
        return out.failed ? .noMemory : nil
    }

    /// What an integer's specification asks for, before any digit is made.
    public enum IntegerForm {
        /// Digits in base 2, 8, 10 or 16 with this prefix, through `append(digits:…)`.
        case digits(base: Int, uppercase: Bool, prefix: StaticString)
        /// The code point with that number, through `append(character:…)`.
        case character
        /// Convert to float and go through `append(float:…)`.
        case float
        case problem(FormatProblem)
    }

    /// Reads an integer's specification.
    public static func integerForm(_ spec: FormatSpec) -> IntegerForm {
        switch spec.type {
        case 98, 99, 100, 110, 111, 120, 88: break
        case 101, 69, 102, 70, 103, 71, 37: return .float
        default: return .problem(.unknownCode(spec.type))
        }
        if spec.precision >= 0 { return .problem(.precisionInInteger) }
        if spec.noNegativeZero { return .problem(.zeroInInteger) }
        switch spec.type {
        case 99:
            if spec.sign != 0 { return .problem(.signWithC) }
            if spec.alternate { return .problem(.alternateWithC) }
            return .character
        case 98: return .digits(base: 2, uppercase: false, prefix: spec.alternate ? "0b" : "")
        case 111: return .digits(base: 8, uppercase: false, prefix: spec.alternate ? "0o" : "")
        case 120: return .digits(base: 16, uppercase: false, prefix: spec.alternate ? "0x" : "")
        case 88: return .digits(base: 16, uppercase: true, prefix: spec.alternate ? "0X" : "")
        default: return .digits(base: 10, uppercase: false, prefix: "")
        }
    }

    /// Appends an integer from its unsigned digits in the base that `integerForm` named.
    public static func append(
        digits: UnsafePointer<UInt8>, _ count: Int, negative: Bool, prefix: StaticString, spec: FormatSpec,
        locale: DigitGrouping = DigitGrouping(), to out: inout TextBuffer
    ) -> FormatProblem? {
        FormatLayout.append(
            number: digits, count, negative: negative, prefix: prefix, spec: spec, locale: locale, decimalDigits: false, to: &out)
        return out.failed ? .noMemory : nil
    }

    /// Appends an integer of one word whose form is digits.
    public static func append(
        word: UInt, negative: Bool, base: Int, uppercase: Bool, prefix: StaticString, spec: FormatSpec,
        locale: DigitGrouping = DigitGrouping(), to out: inout TextBuffer
    ) -> FormatProblem? {
        var storage: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0, 0, 0, 0)
        return withUnsafeMutableBytes(of: &storage) { raw in
            let digits = raw.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: UInt8.self)
            let count: Int
            if base == 10 {
                count = IntegerText.writeDecimal(word, into: digits)
            } else {
                count = IntegerText.write(word, bits: base.trailingZeroBitCount, uppercase: uppercase, into: digits)
            }
            return append(digits: digits, count, negative: negative, prefix: prefix, spec: spec, locale: locale, to: &out)
        }
    }

    /// Appends `format(int, "c")`; `code` is the integer, or anything out of range if it is longer than a word.
    public static func append(character code: Int, spec: FormatSpec, to out: inout TextBuffer) -> FormatProblem? {
        if code < 0 || code > 0x10FFFF { return .characterRange }
        // A character is laid out as a number without digits: padding with zeros counts it as the rest.
        var cp = UInt32(truncatingIfNeeded: code)
        var spec = spec
        spec.precision = -1
        if spec.align == .afterSign { spec.align = .right }
        FormatLayout.append(text: &cp, 1, spec: spec, to: &out)
        return out.failed ? .noMemory : nil
    }

    /// Appends `format(float, spec)`.
    public static func append(float value: Double, spec: FormatSpec, locale: DigitGrouping = DigitGrouping(), to out: inout TextBuffer) -> FormatProblem? {
        var text = ByteBuffer(capacity: 64)
        defer { text.free() }
        if let problem = floatText(value, spec, complexPart: false, to: &text) { return problem }
        let start = text.count > 0 && text.base[0] == 45 ? 1 : 0
        FormatLayout.append(number: text.base + start, text.count - start, negative: start == 1, spec: spec, locale: locale, to: &out)
        return out.failed ? .noMemory : nil
    }

    /// The text of a float, "-" first if negative, "%" last for that type.
    private static func floatText(_ value: Double, _ spec: FormatSpec, complexPart: Bool, to text: inout ByteBuffer) -> FormatProblem? {
        var code: UInt8
        var precision = spec.precision
        var pointZero = false
        switch spec.type {
        case 0:
            // Without a type: repr's digits, or "g" when a precision is given; both show ".0" in a float.
            code = precision < 0 ? 114 : 103
            pointZero = !complexPart
        case 101, 102, 103, 69, 70, 71: code = UInt8(truncatingIfNeeded: spec.type)
        case 110: code = 103
        case 37 where !complexPart: code = 37
        default: return .unknownCode(spec.type)
        }
        if precision > FloatText.maximumPrecision { return .precisionTooBig }
        if precision < 0 { precision = code == 114 ? 0 : 6 }
        var done = FloatText.append(value, code: code, precision: precision, alternate: spec.alternate, pointZero: pointZero, to: &text)
        if done && spec.noNegativeZero && isNegativeZero(text) {
            text.removeAll()
            done = FloatText.append(0, code: code, precision: precision, alternate: spec.alternate, pointZero: pointZero, to: &text)
        }
        if code == 37 { text.append(37) }
        return done && !text.failed ? nil : .noMemory
    }

    /// Whether a text is "-0", "-0.00", "-0e+00" and so on.
    private static func isNegativeZero(_ text: ByteBuffer) -> Bool {
        guard text.count > 1 && text.base[0] == 45 else { return false }
        for i in 1..<text.count {
            let byte = text.base[i]
            if byte | 32 == 101 { return true }
            if byte != 48 && byte != 46 { return false }
        }
        return true
    }

    /// Appends `format(complex, spec)`.
    public static func append(complex real: Double, _ imaginary: Double, spec: FormatSpec, locale: DigitGrouping = DigitGrouping(), to out: inout TextBuffer) -> FormatProblem? {
        switch spec.type {
        case 0, 101, 102, 103, 69, 70, 71, 110: break
        default: return .unknownCode(spec.type)
        }
        if spec.fill == 48 { return .zeroPaddingInComplex }
        if spec.align == .afterSign { return .alignInComplex }
        var text = ByteBuffer(capacity: 64)
        defer { text.free() }
        var whole = TextBuffer(capacity: 64)
        defer { whole.free() }
        // The parts are laid out without a width; then the whole is padded. Without a type it looks like repr:
        // a real part of zero is left out, else both stand in parentheses.
        let plain = spec.type == 0
        let skipReal = plain && real == 0 && real.sign == .plus
        var part = spec
        part.width = -1
        part.fill = 32
        part.align = .left
        if plain && !skipReal { whole.append(40) }
        if !skipReal {
            if let problem = floatText(real, spec, complexPart: true, to: &text) { return problem }
            appendPart(text, part, locale, to: &whole)
            text.removeAll()
            part.sign = 43 // the imaginary part always shows its sign then
        }
        if let problem = floatText(imaginary, spec, complexPart: true, to: &text) { return problem }
        appendPart(text, part, locale, to: &whole)
        whole.append(106)
        if plain && !skipReal { whole.append(41) }
        var outer = spec
        outer.precision = -1
        FormatLayout.append(text: whole.base, whole.count, spec: outer, to: &out)
        return out.failed || whole.failed ? .noMemory : nil
    }

    private static func appendPart(_ text: ByteBuffer, _ spec: FormatSpec, _ locale: DigitGrouping, to out: inout TextBuffer) {
        let start = text.count > 0 && text.base[0] == 45 ? 1 : 0
        FormatLayout.append(number: text.base + start, text.count - start, negative: start == 1, spec: spec, locale: locale, to: &out)
    }
}
