// The format specifications of PEP 3101: [[fill]align][sign][z][#][0][width][grouping][.precision][type].

import CLadonUnicode

/// A parsed format specification.
@frozen public struct FormatSpec {
    /// Where the padding goes.
    @frozen public enum Align: UInt8 {
        case left = 60, right = 62, afterSign = 61, center = 94
    }

    /// How groups of digits are set apart.
    @frozen public enum Grouping: UInt8 {
        case none
        /// "," between thousands
        case comma
        /// "_" between thousands
        case underscore
        /// "_" between groups of four (b, o, x, X)
        case underscoreFour
    }

    public var fill: UInt32 = 32
    public var align: Align
    /// "+", "-", " ", or 0: not given.
    public var sign: UInt8 = 0
    /// "z": a negative zero after rounding shows as zero.
    public var noNegativeZero = false
    /// "#"
    public var alternate = false
    /// -1: not given.
    public var width = -1
    public var grouping = Grouping.none
    /// -1: not given.
    public var precision = -1
    /// The code point of the type, or the default given to `parse` (0 if none).
    public var type: UInt32

    @inlinable public init(align: Align, type: UInt32) {
        self.align = align
        self.type = type
    }

    /// Parses a whole specification. `defaultType` and `defaultAlign` are the formatted type's: ("s", left) for
    /// str, ("d", right) for int, (0, right) for float and complex.
    @inlinable public static func parse<U: CodeUnit>(
        _ text: UnsafePointer<U>, _ count: Int, defaultType: UInt32, defaultAlign: Align, into spec: inout FormatSpec
    ) -> FormatProblem? {
        spec = FormatSpec(align: defaultAlign, type: defaultType)
        var at = 0
        var fillGiven = false, alignGiven = false
        if count >= 2, let align = alignment(text[1].codePoint) {
            spec.align = align
            spec.fill = text[0].codePoint
            fillGiven = true
            alignGiven = true
            at = 2
        } else if count >= 1, let align = alignment(text[0].codePoint) {
            spec.align = align
            alignGiven = true
            at = 1
        }
        if at < count && (text[at] == 43 || text[at] == 45 || text[at] == 32) {
            spec.sign = UInt8(truncatingIfNeeded: text[at])
            at &+= 1
        }
        if at < count && text[at] == 122 {
            spec.noNegativeZero = true
            at &+= 1
        }
        if at < count && text[at] == 35 {
            spec.alternate = true
            at &+= 1
        }
        if !fillGiven && at < count && text[at] == 48 {
            spec.fill = 48
            if !alignGiven && defaultAlign == .right { spec.align = .afterSign }
            at &+= 1
        }
        switch integer(text, count, &at) {
        case .none: break
        case .tooLarge: return .tooManyDigits
        case .value(let width): spec.width = width
        }
        if at < count && text[at] == 44 {
            spec.grouping = .comma
            at &+= 1
        }
        if at < count && text[at] == 95 {
            if spec.grouping != .none { return .commaAndUnderscore }
            spec.grouping = .underscore
            at &+= 1
        }
        if at < count && text[at] == 44 && spec.grouping == .underscore { return .commaAndUnderscore }
        if at < count && text[at] == 46 {
            at &+= 1
            switch integer(text, count, &at) {
            case .none: return .missingPrecision
            case .tooLarge: return .tooManyDigits
            case .value(let precision): spec.precision = precision
            }
        }
        if count &- at > 1 { return .invalidSpecifier }
        if at < count { spec.type = text[at].codePoint }
        if spec.grouping != .none {
            switch spec.type {
            case 100, 101, 102, 103, 69, 71, 37, 70, 0: break
            case 98, 111, 120, 88:
                if spec.grouping == .comma { return .groupingWithType(44, spec.type) }
                spec.grouping = .underscoreFour
            default: return .groupingWithType(spec.grouping == .comma ? 44 : 95, spec.type)
            }
        }
        return nil
    }

    @inlinable static func alignment(_ cp: UInt32) -> Align? {
        cp < 128 ? Align(rawValue: UInt8(truncatingIfNeeded: cp)) : nil
    }

    @usableFromInline enum Number {
        case none, tooLarge, value(Int)
    }

    /// Reads decimal digits (of any script).
    @inlinable static func integer<U: CodeUnit>(_ text: UnsafePointer<U>, _ count: Int, _ at: inout Int) -> Number {
        var value = 0
        let start = at
        while at < count {
            let digit = Int(ladon_uc_decimal(text[at].codePoint))
            if digit < 0 { break }
            if value > (Int.max &- digit) / 10 { return .tooLarge }
            value = value &* 10 &+ digit
            at &+= 1
        }
        return at == start ? .none : .value(value)
    }

    /// Whether the specification asks for nothing beyond `str(value)`: an empty one.
    @inlinable public var isPlain: Bool {
        width < 0 && precision < 0 && sign == 0 && !alternate && !noNegativeZero && grouping == .none
    }
}

/// Why a value cannot be formatted as asked. All are ValueErrors, except `characterRange`.
@frozen public enum FormatProblem {
    case tooManyDigits
    case commaAndUnderscore
    case missingPrecision
    case invalidSpecifier
    case groupingWithType(UInt8, UInt32)
    case unknownCode(UInt32)
    case signInString, spaceInString, zeroInString, alternateInString, alignInString
    case precisionInInteger, zeroInInteger, signWithC, alternateWithC
    /// OverflowError.
    case characterRange
    case zeroPaddingInComplex, alignInComplex
    case precisionTooBig
    /// MemoryError; has no text.
    case noMemory

    /// Appends CPython's message. `spec` is the text of the specification, `typeName` the name of the value's
    /// type; only some messages quote them.
    public func appendMessage<U: CodeUnit>(spec: UnsafePointer<U>, _ count: Int, typeName: UnsafePointer<UInt8>, _ nameCount: Int, to out: inout TextBuffer) {
        switch self {
        case .tooManyDigits: out.append("Too many decimal digits in format string")
        case .commaAndUnderscore: out.append("Cannot specify both ',' and '_'.")
        case .missingPrecision: out.append("Format specifier missing precision")
        case .invalidSpecifier:
            out.append("Invalid format specifier '")
            out.append(spec, count)
            out.append("' for object of type '")
            out.append(typeName, nameCount)
            out.append(39)
        case .groupingWithType(let separator, let type):
            out.append("Cannot specify '")
            out.append(UInt32(separator))
            out.append("' with '")
            Self.appendCode(type, to: &out)
            out.append("'.")
        case .unknownCode(let code):
            out.append("Unknown format code '")
            Self.appendCode(code, to: &out)
            out.append("' for object of type '")
            out.append(typeName, nameCount)
            out.append(39)
        case .signInString: out.append("Sign not allowed in string format specifier")
        case .spaceInString: out.append("Space not allowed in string format specifier")
        case .zeroInString: out.append("Negative zero coercion (z) not allowed in string format specifier")
        case .alternateInString: out.append("Alternate form (#) not allowed in string format specifier")
        case .alignInString: out.append("'=' alignment not allowed in string format specifier")
        case .precisionInInteger: out.append("Precision not allowed in integer format specifier")
        case .zeroInInteger: out.append("Negative zero coercion (z) not allowed in integer format specifier")
        case .signWithC: out.append("Sign not allowed with integer format specifier 'c'")
        case .alternateWithC: out.append("Alternate form (#) not allowed with integer format specifier 'c'")
        case .characterRange: out.append("%c arg not in range(0x110000)")
        case .zeroPaddingInComplex: out.append("Zero padding is not allowed in complex format specifier")
        case .alignInComplex: out.append("'=' alignment flag is not allowed in complex format specifier")
        case .precisionTooBig: out.append("precision too big")
        case .noMemory: break
        }
    }

    static func appendCode(_ code: UInt32, to out: inout TextBuffer) {
        if code > 32 && code < 128 {
            out.append(code)
        } else {
            out.append("\\x")
            out.append(hex: code, width: 1)
        }
    }
}
