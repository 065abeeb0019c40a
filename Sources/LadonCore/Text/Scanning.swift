// White space, words and line boundaries.

import CLadonUnicode

/// What counts as white space and as the end of a line: a text's rule is Unicode's, a byte string's ASCII's.
@frozen public enum TextRules {
    case text, bytes
}

public enum Scanning {
    /// Whether `str.isspace` holds for a code point.
    @inlinable @inline(__always) public static func isSpace(_ cp: UInt32) -> Bool {
        if cp < 128 { return cp == 32 || cp &- 9 < 5 || cp &- 28 < 4 }
        return ladon_uc_flags(cp) & LADON_UC_SPACE != 0
    }

    @inlinable @inline(__always) static func isSpace(_ cp: UInt32, _ rules: TextRules) -> Bool {
        rules == .text ? isSpace(cp) : cp == 32 || cp &- 9 < 5
    }

    /// The first index in `from..<to` that is not white space, or `to`.
    @inlinable public static func skipSpace<U: CodeUnit>(_ text: UnsafePointer<U>, _ from: Int, _ to: Int, _ rules: TextRules = .text) -> Int {
        var at = from
        while at < to && isSpace(text[at].codePoint, rules) { at &+= 1 }
        return at
    }

    /// The end of `from..<to` without the white space at its end.
    @inlinable public static func skipSpaceBackwards<U: CodeUnit>(_ text: UnsafePointer<U>, _ from: Int, _ to: Int, _ rules: TextRules = .text) -> Int {
        var at = to
        while at > from && isSpace(text[at &- 1].codePoint, rules) { at &-= 1 }
        return at
    }

    /// The first index in `from..<to` that is white space, or `to`: the end of a word.
    @inlinable public static func wordEnd<U: CodeUnit>(_ text: UnsafePointer<U>, _ from: Int, _ to: Int, _ rules: TextRules = .text) -> Int {
        var at = from
        while at < to && !isSpace(text[at].codePoint, rules) { at &+= 1 }
        return at
    }

    /// The start of the word that ends at `to`.
    @inlinable public static func wordStart<U: CodeUnit>(_ text: UnsafePointer<U>, _ from: Int, _ to: Int, _ rules: TextRules = .text) -> Int {
        var at = to
        while at > from && !isSpace(text[at &- 1].codePoint, rules) { at &-= 1 }
        return at
    }

    /// Whether `str.splitlines` ends a line at a code point.
    @inlinable @inline(__always) public static func isLineBreak(_ cp: UInt32) -> Bool {
        if cp < 128 { return cp &- 10 < 4 || cp &- 28 < 3 }
        return cp == 0x85 || cp == 0x2028 || cp == 0x2029
    }

    /// The line that starts at `from`: where its text ends, and where the next line starts (behind the line
    /// break, of which "\r\n" is one).
    @inlinable public static func line<U: CodeUnit>(_ text: UnsafePointer<U>, _ from: Int, _ to: Int, _ rules: TextRules = .text) -> (end: Int, next: Int) {
        var at = from
        while at < to {
            let cp = text[at].codePoint
            if rules == .text ? isLineBreak(cp) : cp == 10 || cp == 13 {
                let next = cp == 13 && at &+ 1 < to && text[at &+ 1].codePoint == 10 ? at &+ 2 : at &+ 1
                return (at, next)
            }
            at &+= 1
        }
        return (to, to)
    }
}
