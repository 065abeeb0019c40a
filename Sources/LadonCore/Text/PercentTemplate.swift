// The templates of the % operator: "%(key)-05.2f".

/// Why a % template cannot be followed; ValueErrors all.
@frozen public enum PercentProblem {
    case incompleteKey, incomplete
    case widthTooBig, precisionTooBig
    /// The conversion's letter is not known; index of the letter in the template.
    case unknownConversion(UInt32, Int)

    /// Appends CPython's message; it differs a little for bytes. (bytes shows any letter, str ASCII only.)
    public func appendMessage(_ rules: TextRules = .text, to out: inout TextBuffer) {
        switch self {
        case .incompleteKey: out.append("incomplete format key")
        case .incomplete: out.append("incomplete format")
        case .widthTooBig: out.append("width too big")
        case .precisionTooBig: out.append(rules == .text ? "precision too big" : "prec too big")
        case .unknownConversion(let code, let index):
            out.append("unsupported format character '")
            out.append(rules == .bytes || code >= 32 && code < 127 ? code : 63)
            out.append("' (0x")
            out.append(hex: code, width: 1)
            out.append(") at index ")
            out.append(decimal: index)
        }
    }
}

/// One conversion of a % template.
@frozen public struct PercentSpec {
    /// The key of "%(key)s" as a range of the template; empty without one (see `hasKey`).
    public var key: Range<Int> = 0..<0
    public var hasKey = false
    public var leftAlign = false, plus = false, space = false, alternate = false, zero = false
    /// -1: not given. `*` sets the flag: the caller takes an int from the arguments, and calls `setWidth`.
    public var width = -1
    public var widthIsArgument = false
    public var precision = -1
    public var precisionIsArgument = false
    /// The letter; "%" is answered as a literal instead, unless anything stood between.
    public var conversion: UInt32 = 0
    /// The letter's index in the template, for the message about an unknown one.
    public var index = 0

    @inlinable public init() {}

    /// Width from an argument: a negative one aligns left.
    @inlinable public mutating func setWidth(_ value: Int) {
        width = value
        if value < 0 {
            leftAlign = true
            width = 0 &- value
        }
    }

    /// Precision from an argument: a negative one counts as 0.
    @inlinable public mutating func setPrecision(_ value: Int) { precision = max(value, 0) }
}

/// Walks through a % template.
@frozen public struct PercentTemplate<U: CodeUnit> {
    @usableFromInline let text: UnsafePointer<U>
    @usableFromInline var at = 0
    @usableFromInline let end: Int

    @frozen public enum Step {
        /// Text to copy (a doubled percent sign is one such).
        case literal(Range<Int>)
        case conversion(PercentSpec)
        case end
        case problem(PercentProblem)
    }

    @inlinable public init(_ text: UnsafePointer<U>, _ count: Int) {
        self.text = text
        end = count
    }

    /// The next literal or conversion. Keys, widths and precisions from arguments are to be fetched in that order,
    /// and an unknown letter is reported by the caller after them (`isKnown`): that is the order of CPython's errors.
    @inlinable public mutating func next() -> Step {
        if at >= end { return .end }
        let start = at
        if text[at] != 37 {
            let found = Search.index(of: 37, in: text, at, end)
            at = found < 0 ? end : found
            return .literal(start..<at)
        }
        at &+= 1
        if at < end && text[at] == 37 {
            at &+= 1
            return .literal(start..<start &+ 1)
        }
        var spec = PercentSpec()
        if at < end && text[at] == 40 {
            var depth = 1
            at &+= 1
            let key = at
            while depth > 0 && at < end {
                if text[at] == 41 { depth &-= 1 } else if text[at] == 40 { depth &+= 1 }
                at &+= 1
            }
            if depth > 0 { return .problem(.incompleteKey) }
            spec.hasKey = true
            spec.key = key..<at &- 1
        }
        flags: while at < end {
            switch text[at] {
            case 45: spec.leftAlign = true
            case 43: spec.plus = true
            case 32: spec.space = true
            case 35: spec.alternate = true
            case 48: spec.zero = true
            default: break flags
            }
            at &+= 1
        }
        if at < end && text[at] == 42 {
            spec.widthIsArgument = true
            at &+= 1
        } else if at < end && text[at] &- 48 < 10 {
            guard let width = number(limit: Int.max) else { return .problem(.widthTooBig) }
            spec.width = width
        }
        if at < end && text[at] == 46 {
            at &+= 1
            spec.precision = 0
            if at < end && text[at] == 42 {
                spec.precisionIsArgument = true
                at &+= 1
            } else if at < end && text[at] &- 48 < 10 {
                guard let precision = number(limit: Int(Int32.max)) else { return .problem(.precisionTooBig) }
                spec.precision = precision
            }
        }
        // C's length modifiers are allowed and mean nothing.
        if at < end && (text[at] == 104 || text[at] == 108 || text[at] == 76) { at &+= 1 }
        if at == end { return .problem(.incomplete) }
        spec.conversion = text[at].codePoint
        spec.index = at
        at &+= 1
        return .conversion(spec)
    }

    @inlinable mutating func number(limit: Int) -> Int? {
        var value = 0
        while at < end && text[at] &- 48 < 10 {
            let digit = Int(truncatingIfNeeded: text[at] &- 48)
            if value > (limit &- digit) / 10 { return nil }
            value = value &* 10 &+ digit
            at &+= 1
        }
        return value
    }
}

extension PercentSpec {
    /// Whether the letter is one that `str % …` knows (`bytes` knows b, too).
    @inlinable public func isKnown(_ rules: TextRules = .text) -> Bool {
        switch conversion {
        case 97, 99, 100, 101, 69, 102, 70, 103, 71, 105, 111, 114, 115, 117, 120, 88: return true
        case 98: return rules == .bytes
        default: return false
        }
    }

    /// Appends a text (s, r, a, c), cut to the precision unless it is a character, and padded with spaces.
    @inlinable public func append<T: CodeUnit, O: CodeUnit>(text: UnsafePointer<T>, _ count: Int, to out: inout UnitBuffer<O>) {
        let shown = precision >= 0 && precision < count && conversion != 99 ? precision : count
        let padding = max(width &- shown, 0)
        if !out.reserve(shown &+ padding) { return }
        if !leftAlign { out.append(32, times: padding) }
        out.append(text, shown)
        if leftAlign { out.append(32, times: padding) }
    }

    /// Appends an integer (d, i, u, o, x, X) from its unsigned digits in the base of the letter.
    @inlinable public func append<O: CodeUnit>(digits: UnsafePointer<UInt8>, _ count: Int, negative: Bool, to out: inout UnitBuffer<O>) {
        let prefix: StaticString
        switch alternate ? conversion : 0 {
        case 111: prefix = "0o"
        case 120: prefix = "0x"
        case 88: prefix = "0X"
        default: prefix = ""
        }
        let zeros = max(precision &- count, 0)
        pad(sign(negative), prefix, zeros: zeros, digits, count, to: &out)
    }

    /// Appends a float (e, E, f, F, g, G).
    public func append<O: CodeUnit>(float value: Double, to out: inout UnitBuffer<O>) {
        var text = ByteBuffer(capacity: 64)
        defer { text.free() }
        let precision = self.precision < 0 ? 6 : self.precision
        let code = UInt8(truncatingIfNeeded: conversion)
        if !FloatText.append(value, code: code, precision: precision, alternate: alternate, to: &text) || text.failed {
            out.fail()
            return
        }
        let start = text.count > 0 && text.base[0] == 45 ? 1 : 0
        pad(sign(start == 1), "", zeros: 0, text.base + start, text.count - start, to: &out)
    }

    @inlinable func sign(_ negative: Bool) -> UInt32 { negative ? 45 : plus ? 43 : space ? 32 : 0 }

    @inlinable func pad<O: CodeUnit>(
        _ sign: UInt32, _ prefix: StaticString, zeros: Int, _ body: UnsafePointer<UInt8>, _ count: Int, to out: inout UnitBuffer<O>
    ) {
        let length = (sign != 0 ? 1 : 0) &+ prefix.utf8CodeUnitCount &+ zeros &+ count
        let padding = max(width &- length, 0)
        if !out.reserve(length &+ padding) { return }
        let withZeros = zero && !leftAlign
        if !leftAlign && !withZeros { out.append(32, times: padding) }
        if sign != 0 { out.append(O(truncatingIfNeeded: sign)) }
        out.append(prefix)
        if withZeros { out.append(48, times: padding) }
        out.append(48, times: zeros)
        out.append(body, count)
        if leftAlign { out.append(32, times: padding) }
    }
}
