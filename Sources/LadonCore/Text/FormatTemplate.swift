// The templates of `str.format`: literal text and replacement fields.

import CLadonUnicode

/// A malformed template; all are ValueErrors.
@frozen public enum TemplateProblem {
    case singleOpen, singleClose
    case unexpectedOpenInName
    case endInConversion, colonExpected
    case unmatchedInSpec, closeExpected
    case emptyAttribute, missingBracket, junkAfterBracket
    case tooManyDigits
    case manualToAutomatic, automaticToManual
    case unknownConversion(UInt32)
    case tooDeep

    public func appendMessage(to out: inout TextBuffer) {
        switch self {
        case .singleOpen: out.append("Single '{' encountered in format string")
        case .singleClose: out.append("Single '}' encountered in format string")
        case .unexpectedOpenInName: out.append("unexpected '{' in field name")
        case .endInConversion: out.append("end of string while looking for conversion specifier")
        case .colonExpected: out.append("expected ':' after conversion specifier")
        case .unmatchedInSpec: out.append("unmatched '{' in format spec")
        case .closeExpected: out.append("expected '}' before end of string")
        case .emptyAttribute: out.append("Empty attribute in format string")
        case .missingBracket: out.append("Missing ']' in format string")
        case .junkAfterBracket: out.append("Only '.' or '[' may follow ']' in format field specifier")
        case .tooManyDigits: out.append("Too many decimal digits in format string")
        case .manualToAutomatic:
            out.append("cannot switch from manual field specification to automatic field numbering")
        case .automaticToManual:
            out.append("cannot switch from automatic field numbering to manual field specification")
        case .unknownConversion(let code):
            out.append("Unknown conversion specifier ")
            FormatProblem.appendCode(code, to: &out)
        case .tooDeep: out.append("Max string recursion exceeded")
        }
    }
}

/// A piece of a template: literal text, then perhaps a replacement field. Ranges index the template.
@frozen public struct TemplatePiece {
    public var literal: Range<Int> = 0..<0
    public var hasField = false
    public var name: Range<Int> = 0..<0
    /// The conversion's letter, or 0.
    public var conversion: UInt32 = 0
    public var spec: Range<Int> = 0..<0
    /// Whether the specification has fields of its own.
    public var specHasFields = false

    @inlinable public init() {}
}

/// Walks through a template piece by piece.
@frozen public struct FormatTemplate<U: CodeUnit> {
    @usableFromInline let text: UnsafePointer<U>
    @usableFromInline var at: Int
    @usableFromInline let end: Int

    @frozen public enum Step {
        case piece(TemplatePiece)
        case end
        case problem(TemplateProblem)
    }

    @inlinable public init(_ text: UnsafePointer<U>, _ from: Int, _ to: Int) {
        self.text = text
        at = from
        end = to
    }

    @inlinable public mutating func next() -> Step {
        if at >= end { return .end }
        var piece = TemplatePiece()
        let start = at
        while at < end && text[at] != 123 && text[at] != 125 { at &+= 1 }
        piece.literal = start..<at
        if at == end { return .piece(piece) }
        let brace = text[at]
        at &+= 1
        if at < end && text[at] == brace {
            // A doubled brace stands for one, which ends this literal.
            piece.literal = start..<at
            at &+= 1
            return .piece(piece)
        }
        if brace == 125 { return .problem(.singleClose) }
        if at == end { return .problem(.singleOpen) }
        piece.hasField = true
        if let problem = field(&piece) { return .problem(problem) }
        return .piece(piece)
    }

    @inlinable mutating func field(_ piece: inout TemplatePiece) -> TemplateProblem? {
        let start = at
        var stop: U = 0
        scan: while at < end {
            stop = text[at]
            at &+= 1
            switch stop {
            case 123: return .unexpectedOpenInName
            case 91:
                // Braces, colons and exclamation marks in an index are part of it.
                while at < end && text[at] != 93 { at &+= 1 }
            case 125, 58, 33: break scan
            default: break
            }
        }
        if stop != 125 && stop != 58 && stop != 33 { return .closeExpected }
        piece.name = start..<at &- 1
        if stop == 125 { return nil }
        if stop == 33 {
            if at >= end { return .endInConversion }
            piece.conversion = text[at].codePoint
            at &+= 1
            if at < end {
                let next = text[at]
                at &+= 1
                if next == 125 { return nil }
                if next != 58 { return .colonExpected }
            }
        }
        let specStart = at
        var depth = 1
        while at < end {
            if text[at] == 123 {
                piece.specHasFields = true
                depth &+= 1
            } else if text[at] == 125 {
                depth &-= 1
                if depth == 0 {
                    piece.spec = specStart..<at
                    at &+= 1
                    return nil
                }
            }
            at &+= 1
        }
        return .unmatchedInSpec
    }
}

/// Whether a template numbers its fields itself: decided by its first field, the same for nested ones.
@frozen public struct FieldNumbering {
    @usableFromInline var manual = false
    @usableFromInline var next = -1

    @inlinable public init() {}

    /// The index that the next automatic field has; nil if the template numbers by hand.
    @inlinable public mutating func automatic() -> Int? {
        if manual { return nil }
        next &+= 1
        return next
    }

    /// Notes a field with a number; false if fields were numbered automatically.
    @inlinable public mutating func byHand() -> Bool {
        if next >= 0 { return false }
        manual = true
        return true
    }
}

/// Walks through a field's name: `0.attr[index]`.
@frozen public struct FieldName<U: CodeUnit> {
    @usableFromInline let text: UnsafePointer<U>
    @usableFromInline var at: Int
    @usableFromInline let end: Int

    /// What a field starts from.
    @frozen public enum First {
        case index(Int)
        case key(Range<Int>)
        case problem(TemplateProblem)
    }

    @frozen public enum Step {
        case attribute(Range<Int>)
        case index(Int)
        case key(Range<Int>)
        case end
        case problem(TemplateProblem)
    }

    @inlinable public init(_ text: UnsafePointer<U>, _ name: Range<Int>) {
        self.text = text
        at = name.lowerBound
        end = name.upperBound
    }

    /// The argument: its position, given or counted, or its keyword. Must come first.
    @inlinable public mutating func first(_ numbering: inout FieldNumbering) -> First {
        let start = at
        while at < end && text[at] != 46 && text[at] != 91 { at &+= 1 }
        if start == at {
            guard let index = numbering.automatic() else { return .problem(.manualToAutomatic) }
            return .index(index)
        }
        switch Self.integer(text, start, at) {
        case .none: return .key(start..<at)
        case .tooLarge: return .problem(.tooManyDigits)
        case .value(let index): return numbering.byHand() ? .index(index) : .problem(.automaticToManual)
        }
    }

    /// The argument for `_string.formatter_field_name_split`, which does not count: an empty name is a key.
    @inlinable public mutating func first() -> First {
        let start = at
        while at < end && text[at] != 46 && text[at] != 91 { at &+= 1 }
        switch Self.integer(text, start, at) {
        case .none: return .key(start..<at)
        case .tooLarge: return .problem(.tooManyDigits)
        case .value(let index): return .index(index)
        }
    }

    /// The next attribute or item.
    @inlinable public mutating func next() -> Step {
        if at >= end { return .end }
        let mark = text[at]
        at &+= 1
        let start = at
        if mark == 46 {
            while at < end && text[at] != 46 && text[at] != 91 { at &+= 1 }
            return start == at ? .problem(.emptyAttribute) : .attribute(start..<at)
        }
        if mark != 91 { return .problem(.junkAfterBracket) }
        while at < end && text[at] != 93 { at &+= 1 }
        if at == end { return .problem(.missingBracket) }
        let item = start..<at
        at &+= 1
        if item.isEmpty { return .problem(.emptyAttribute) }
        switch Self.integer(text, item.lowerBound, item.upperBound) {
        case .none: return .key(item)
        case .tooLarge: return .problem(.tooManyDigits)
        case .value(let index): return .index(index)
        }
    }

    /// A name that is all decimal digits as a number.
    @inlinable static func integer(_ text: UnsafePointer<U>, _ from: Int, _ to: Int) -> FormatSpec.Number {
        var at = 0
        let number = FormatSpec.integer(text + from, to &- from, &at)
        if case .value = number, at < to &- from { return .none }
        return number
    }
}
