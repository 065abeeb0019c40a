// str: the questions about its characters.

import CLadonUnicode
import LadonRuntime

let strTestMembers: [NativeMember] = [
    .method("isascii", "(self, /)", { t, a in Value(a[0].strIsASCII) },
            "Return True if all characters in the string are ASCII, False otherwise.\n\nASCII characters have code points in the range U+0000-U+007F.\nEmpty string is ASCII too."),
    .method("isalpha", "(self, /)", { t, a in all(a[0], LADON_UC_ALPHA) },
            "Return True if the string is an alphabetic string, False otherwise.\n\nA string is alphabetic if all characters in the string are alphabetic and there\nis at least one character in the string."),
    .method("isalnum", "(self, /)", { t, a in all(a[0], LADON_UC_ALPHA | LADON_UC_DECIMAL | LADON_UC_DIGIT | LADON_UC_NUMERIC) },
            "Return True if the string is an alpha-numeric string, False otherwise.\n\nA string is alpha-numeric if all characters in the string are alpha-numeric and\nthere is at least one character in the string."),
    .method("isdecimal", "(self, /)", { t, a in all(a[0], LADON_UC_DECIMAL) },
            "Return True if the string is a decimal string, False otherwise.\n\nA string is a decimal string if all characters in the string are decimal and\nthere is at least one character in the string."),
    .method("isdigit", "(self, /)", { t, a in all(a[0], LADON_UC_DIGIT) },
            "Return True if the string is a digit string, False otherwise.\n\nA string is a digit string if all characters in the string are digits and there\nis at least one character in the string."),
    .method("isnumeric", "(self, /)", { t, a in all(a[0], LADON_UC_NUMERIC) },
            "Return True if the string is a numeric string, False otherwise.\n\nA string is numeric if all characters in the string are numeric and there is at\nleast one character in the string."),
    .method("isspace", "(self, /)", { t, a in all(a[0], LADON_UC_SPACE) },
            "Return True if the string is a whitespace string, False otherwise.\n\nA string is whitespace if all characters in the string are whitespace and there\nis at least one character in the string."),
    .method("isprintable", "(self, /)", { t, a in Value(a[0].strCount == 0 || all(a[0], LADON_UC_PRINTABLE).isTrue) },
            "Return True if the string is printable, False otherwise.\n\nA string is printable if all of its characters are considered printable in\nrepr() or if it is empty."),
    .method("isidentifier", "(self, /)", { t, a in Value(isIdentifier(a[0])) },
            "Return True if the string is a valid Python identifier, False otherwise.\n\nCall keyword.iskeyword(s) to test whether string s is a reserved identifier,\nsuch as \"def\" or \"class\"."),
    .method("islower", "(self, /)", { t, a in cased(a[0], LADON_UC_LOWER, not: LADON_UC_UPPER | LADON_UC_TITLE) },
            "Return True if the string is a lowercase string, False otherwise.\n\nA string is lowercase if all cased characters in the string are lowercase and\nthere is at least one cased character in the string."),
    .method("isupper", "(self, /)", { t, a in cased(a[0], LADON_UC_UPPER, not: LADON_UC_LOWER | LADON_UC_TITLE) },
            "Return True if the string is an uppercase string, False otherwise.\n\nA string is uppercase if all cased characters in the string are uppercase and\nthere is at least one cased character in the string."),
    .method("istitle", "(self, /)", { t, a in isTitle(a[0]) },
            "Return True if the string is a title-cased string, False otherwise.\n\nIn a title-cased string, upper- and title-case characters may only\nfollow uncased characters and lowercase characters only cased ones."),
]

@inline(__always) private func flags(_ cp: UInt32) -> UInt32 { ladon_uc_flags(cp) }

/// Whether each character has one of the flags, and there is one at all.
private func all(_ v: Value, _ wanted: UInt32) -> Value {
    let text = v.text
    if text.count == 0 { return .false }
    for i in 0..<text.count where flags(text[i]) & wanted == 0 { return .false }
    v.keepAlive
    return .true
}

private func cased(_ v: Value, _ wanted: UInt32, not excluded: UInt32) -> Value {
    let text = v.text
    var found = false
    for i in 0..<text.count {
        let f = flags(text[i])
        if f & excluded != 0 { return .false }
        if f & wanted != 0 { found = true }
    }
    v.keepAlive
    return Value(found)
}

private func isTitle(_ v: Value) -> Value {
    let text = v.text
    var found = false, previousCased = false
    for i in 0..<text.count {
        let f = flags(text[i])
        if f & (LADON_UC_UPPER | LADON_UC_TITLE) != 0 {
            if previousCased { return .false }
            previousCased = true
            found = true
        } else if f & LADON_UC_LOWER != 0 {
            if !previousCased { return .false }
            found = true
        } else {
            previousCased = false
        }
    }
    v.keepAlive
    return Value(found)
}

/// Whether a str is an identifier (which may be a keyword).
public func isIdentifier(_ v: Value) -> Bool {
    let text = v.text
    if text.count == 0 || flags(text[0]) & LADON_UC_XID_START == 0 { return false }
    for i in 0..<text.count where flags(text[i]) & LADON_UC_XID_CONTINUE == 0 { return false }
    v.keepAlive
    return true
}
