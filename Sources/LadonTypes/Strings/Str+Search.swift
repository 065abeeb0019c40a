// str: finding, testing for prefixes, splitting, stripping.

import Glibc
import LadonRuntime

let strSearchMembers: [NativeMember] = [
    .method("find", "!(self, sub, start=None, end=None, /)", { t, a in
        strSearch(t, a) { $0 < 0 ? Value(smallInt: -1) : Value(smallInt: $0) }
    }, "S.find(sub[, start[, end]]) -> int\n\nReturn the lowest index in S where substring sub is found,\nsuch that sub is contained within S[start:end].  Optional\narguments start and end are interpreted as in slice notation.\n\nReturn -1 on failure."),
    .method("rfind", "!(self, sub, start=None, end=None, /)", { t, a in
        strSearch(t, a, fromEnd: true) { Value(smallInt: $0) }
    }, "S.rfind(sub[, start[, end]]) -> int\n\nReturn the highest index in S where substring sub is found,\nsuch that sub is contained within S[start:end].  Optional\narguments start and end are interpreted as in slice notation.\n\nReturn -1 on failure."),
    .method("index", "!(self, sub, start=None, end=None, /)", { t, a in
        strSearch(t, a) { $0 < 0 ? raise(t, .valueError, "substring not found") : Value(smallInt: $0) }
    }, "S.index(sub[, start[, end]]) -> int\n\nReturn the lowest index in S where substring sub is found,\nsuch that sub is contained within S[start:end].  Optional\narguments start and end are interpreted as in slice notation.\n\nRaises ValueError when the substring is not found."),
    .method("rindex", "!(self, sub, start=None, end=None, /)", { t, a in
        strSearch(t, a, fromEnd: true) { $0 < 0 ? raise(t, .valueError, "substring not found") : Value(smallInt: $0) }
    }, "S.rindex(sub[, start[, end]]) -> int\n\nReturn the highest index in S where substring sub is found,\nsuch that sub is contained within S[start:end].  Optional\narguments start and end are interpreted as in slice notation.\n\nRaises ValueError when the substring is not found."),
    .method("count", "!(self, sub, start=None, end=None, /)", { t, a in
        if !a[1].isStr { return raise(t, .typeError, "must be str, not \(typeName(a[1]))") }
        var from = 0, to = 0
        if !textRange(t, a[2], a[3], a[0].strCount, &from, &to) { return .raised }
        let n = textCount(a[0].text, from, to, a[1].text)
        return Value(smallInt: n)
    }, "S.count(sub[, start[, end]]) -> int\n\nReturn the number of non-overlapping occurrences of substring sub in\nstring S[start:end].  Optional arguments start and end are\ninterpreted as in slice notation."),
    .method("startswith", "!(self, prefix, start=None, end=None, /)", { t, a in strTail(t, a, "startswith", atEnd: false) },
            "S.startswith(prefix[, start[, end]]) -> bool\n\nReturn True if S starts with the specified prefix, False otherwise.\nWith optional start, test S beginning at that position.\nWith optional end, stop comparing S at that position.\nprefix can also be a tuple of strings to try."),
    .method("endswith", "!(self, suffix, start=None, end=None, /)", { t, a in strTail(t, a, "endswith", atEnd: true) },
            "S.endswith(suffix[, start[, end]]) -> bool\n\nReturn True if S ends with the specified suffix, False otherwise.\nWith optional start, test S beginning at that position.\nWith optional end, stop comparing S at that position.\nsuffix can also be a tuple of strings to try."),
    .method("removeprefix", "(self, prefix, /)", { t, a in
        if !requireStr(t, a[1], "removeprefix() argument") { return .raised }
        let n = a[1].strCount
        if n > 0 && n <= a[0].strCount && textMatches(a[0].text, 0, a[1].text) { return substring(t, a[0], n, a[0].strCount) }
        return exactString(t, a[0])
    }, "Return a str with the given prefix string removed if present.\n\nIf the string starts with the prefix string, return string[len(prefix):].\nOtherwise, return a copy of the original string."),
    .method("removesuffix", "(self, suffix, /)", { t, a in
        if !requireStr(t, a[1], "removesuffix() argument") { return .raised }
        let n = a[1].strCount, count = a[0].strCount
        if n > 0 && n <= count && textMatches(a[0].text, count &- n, a[1].text) { return substring(t, a[0], 0, count &- n) }
        return exactString(t, a[0])
    }, "Return a str with the given suffix string removed if present.\n\nIf the string ends with the suffix string and that suffix is not empty,\nreturn string[:-len(suffix)]. Otherwise, return a copy of the original\nstring."),
]

@inline(__always)
private func strSearch(_ t: Thread, _ a: Values, fromEnd: Bool = false, _ result: (Int) -> Value) -> Value {
    if !a[1].isStr { return raise(t, .typeError, "must be str, not \(typeName(a[1]))") }
    var from = 0, to = 0
    if !textRange(t, a[2], a[3], a[0].strCount, &from, &to) { return .raised }
    let found: Int
    if from > to {
        found = -1
    } else {
        found = fromEnd ? textRFind(a[0].text, from, to, a[1].text) : textFind(a[0].text, from, to, a[1].text)
    }
    return result(found)
}

private func strTail(_ t: Thread, _ a: Values, _ method: String, atEnd: Bool) -> Value {
    var from = 0, to = 0
    if !textRange(t, a[2], a[3], a[0].strCount, &from, &to) { return .raised }
    let text = a[0].text
    func test(_ part: Value) -> Bool {
        let n = part.strCount
        if to &- from < n { return false }
        return textMatches(text, atEnd ? to &- n : from, part.text)
    }
    if a[1].isStr { return Value(test(a[1])) }
    if a[1].isCell && typeOf(a[1]).pointee.flags.contains(.tupleSubclass) {
        for i in 0..<a[1].tupleCount {
            let item = a[1].tupleItems[i]
            if !item.isStr { return raise(t, .typeError, "tuple for \(method) must only contain str, not \(typeName(item))") }
            if test(item) { return .true }
        }
        return .false
    }
    return raise(t, .typeError, "\(method) first arg must be str or a tuple of str, not \(typeName(a[1]))")
}

let strSplitMembers: [NativeMember] = [
    .method("split", "(self, /, sep=None, maxsplit=-1)", { t, a in strSplit(t, a, fromEnd: false) },
            "Return a list of the substrings in the string, using sep as the separator string.\n\n  sep\n    The separator used to split the string.\n\n    When set to None (the default value), will split on any whitespace\n    character (including \\\\n \\\\r \\\\t \\\\f and spaces) and will discard\n    empty strings from the result.\n  maxsplit\n    Maximum number of splits (starting from the left).\n    -1 (the default value) means no limit.\n\nNote, str.split() is mainly useful for data that has been intentionally\ndelimited.  With natural text that includes punctuation, consider using\nthe regular expression module."),
    .method("rsplit", "(self, /, sep=None, maxsplit=-1)", { t, a in strSplit(t, a, fromEnd: true) },
            "Return a list of the substrings in the string, using sep as the separator string.\n\n  sep\n    The separator used to split the string.\n\n    When set to None (the default value), will split on any whitespace\n    character (including \\\\n \\\\r \\\\t \\\\f and spaces) and will discard\n    empty strings from the result.\n  maxsplit\n    Maximum number of splits (starting from the left).\n    -1 (the default value) means no limit.\n\nSplitting starts at the end of the string and works to the front."),
    .method("splitlines", "(self, /, keepends=False)", { t, a in
        if a[1].isBool { return splitLines(t, TextSource(str: a[0]), a[1].isTrue) }
        guard let keep = asCInt(t, a[1]) else { return .raised }
        return splitLines(t, TextSource(str: a[0]), keep != 0)
    }, "Return a list of the lines in the string, breaking at line boundaries.\n\nLine breaks are not included in the resulting list unless keepends is given and\ntrue."),
    .method("partition", "(self, sep, /)", { t, a in
        if !a[1].isStr { return raise(t, .typeError, "must be str, not \(typeName(a[1]))") }
        return partition(t, TextSource(str: a[0]), a[1].text, a[1], fromEnd: false)
    }, "Partition the string into three parts using the given separator.\n\nThis will search for the separator in the string.  If the separator is found,\nreturns a 3-tuple containing the part before the separator, the separator\nitself, and the part after it.\n\nIf the separator is not found, returns a 3-tuple containing the original string\nand two empty strings."),
    .method("rpartition", "(self, sep, /)", { t, a in
        if !a[1].isStr { return raise(t, .typeError, "must be str, not \(typeName(a[1]))") }
        return partition(t, TextSource(str: a[0]), a[1].text, a[1], fromEnd: true)
    }, "Partition the string into three parts using the given separator.\n\nThis will search for the separator in the string, starting at the end. If\nthe separator is found, returns a 3-tuple containing the part before the\nseparator, the separator itself, and the part after it.\n\nIf the separator is not found, returns a 3-tuple containing two empty strings\nand the original string."),
    .method("strip", "(self, chars=None, /)", { t, a in strStrip(t, a, "strip", .both) },
            "Return a copy of the string with leading and trailing whitespace removed.\n\nIf chars is given and not None, remove characters in chars instead."),
    .method("lstrip", "(self, chars=None, /)", { t, a in strStrip(t, a, "lstrip", .left) },
            "Return a copy of the string with leading whitespace removed.\n\nIf chars is given and not None, remove characters in chars instead."),
    .method("rstrip", "(self, chars=None, /)", { t, a in strStrip(t, a, "rstrip", .right) },
            "Return a copy of the string with trailing whitespace removed.\n\nIf chars is given and not None, remove characters in chars instead."),
]

private func strSplit(_ t: Thread, _ a: Values, fromEnd: Bool) -> Value {
    guard let limit = sizeArgument(t, a[2]) else { return .raised }
    let s = TextSource(str: a[0])
    if a[1].isNone { return fromEnd ? rsplitWords(t, s, limit) : splitWords(t, s, limit) }
    if !a[1].isStr { return raise(t, .typeError, "must be str or None, not \(typeName(a[1]))") }
    if a[1].strCount == 0 { return raise(t, .valueError, "empty separator") }
    let result = fromEnd ? rsplitAt(t, s, a[1].text, limit) : splitAt(t, s, a[1].text, limit)
    a[1].keepAlive
    return result
}

private func strStrip(_ t: Thread, _ a: Values, _ method: String, _ ends: StripEnds) -> Value {
    let s = TextSource(str: a[0])
    let range: (Int, Int)
    if a[1].isNone {
        range = strippedRange(s, nil, ends)
    } else {
        if !a[1].isStr { return raise(t, .typeError, "\(method) arg must be None or str") }
        range = strippedRange(s, a[1].text, ends)
    }
    return substring(t, a[0], range.0, range.1)
}
