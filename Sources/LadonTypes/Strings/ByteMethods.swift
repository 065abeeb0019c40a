// The methods that bytes and bytearray share. `self` may be either; results are of self's type.

import Glibc
import LadonRuntime

extension TextSource {
    /// `self` of a method of bytes or bytearray.
    @inline(__always) init(byteLike v: Value) {
        if v.isBytes { self.init(bytes: v) } else { self.init(bytearray: v) }
    }

    var bytes: UnsafePointer<UInt8> { text.units(UInt8.self) }

    /// A fresh object of the form with `count` bytes, and where to write them. (The bytes are those of `storage`'s cell.)
    func fresh(_ t: Thread, _ count: Int) -> (value: Value, bytes: UnsafeMutablePointer<UInt8>) {
        if form == .bytes {
            if count == 0 { return (emptyBytes, emptyBytes.bytesData) }
            let v = newBytes(t, count: count)
            return (v, v.bytesData)
        }
        let storage = newByteStorage(t, count)
        let v = makeByteArray(t, storage, 0)
        v.asByteArray.pointee.storage = UInt(bitPattern: storage)
        v.asByteArray.pointee.count = count
        return (v, byteArrayContents(v).base)
    }
}

let byteMethodMembers: [NativeMember] = [
    .method("find", "!(self, sub, start=None, end=None, /)", { t, a in byteSearch(t, a, fromEnd: false) { Value(smallInt: $0) } },
            "B.find(sub[, start[, end]]) -> int\n\nReturn the lowest index in B where subsection sub is found,\nsuch that sub is contained within B[start,end].  Optional\narguments start and end are interpreted as in slice notation.\n\nReturn -1 on failure."),
    .method("rfind", "!(self, sub, start=None, end=None, /)", { t, a in byteSearch(t, a, fromEnd: true) { Value(smallInt: $0) } },
            "B.rfind(sub[, start[, end]]) -> int\n\nReturn the highest index in B where subsection sub is found,\nsuch that sub is contained within B[start,end].  Optional\narguments start and end are interpreted as in slice notation.\n\nReturn -1 on failure."),
    .method("index", "!(self, sub, start=None, end=None, /)", { t, a in
        byteSearch(t, a, fromEnd: false) { $0 < 0 ? raise(t, .valueError, "subsection not found") : Value(smallInt: $0) }
    }, "B.index(sub[, start[, end]]) -> int\n\nReturn the lowest index in B where subsection sub is found,\nsuch that sub is contained within B[start,end].  Optional\narguments start and end are interpreted as in slice notation.\n\nRaises ValueError when the subsection is not found."),
    .method("rindex", "!(self, sub, start=None, end=None, /)", { t, a in
        byteSearch(t, a, fromEnd: true) { $0 < 0 ? raise(t, .valueError, "subsection not found") : Value(smallInt: $0) }
    }, "B.rindex(sub[, start[, end]]) -> int\n\nReturn the highest index in B where subsection sub is found,\nsuch that sub is contained within B[start,end].  Optional\narguments start and end are interpreted as in slice notation.\n\nRaise ValueError when the subsection is not found."),
    .method("count", "!(self, sub, start=None, end=None, /)", { t, a in
        let s = TextSource(byteLike: a[0])
        var from = 0, to = 0
        if !textRange(t, a[2], a[3], s.text.count, &from, &to) { return .raised }
        return withNeedle(t, a[1]) { Value(smallInt: textCount(s.text, from, to, $0)) }
    }, "B.count(sub[, start[, end]]) -> int\n\nReturn the number of non-overlapping occurrences of subsection sub in\nbytes B[start:end].  Optional arguments start and end are interpreted\nas in slice notation."),
    .method("startswith", "!(self, prefix, start=None, end=None, /)", { t, a in byteTail(t, a, "startswith", atEnd: false) },
            "B.startswith(prefix[, start[, end]]) -> bool\n\nReturn True if B starts with the specified prefix, False otherwise.\nWith optional start, test B beginning at that position.\nWith optional end, stop comparing B at that position.\nprefix can also be a tuple of bytes to try."),
    .method("endswith", "!(self, suffix, start=None, end=None, /)", { t, a in byteTail(t, a, "endswith", atEnd: true) },
            "B.endswith(suffix[, start[, end]]) -> bool\n\nReturn True if B ends with the specified suffix, False otherwise.\nWith optional start, test B beginning at that position.\nWith optional end, stop comparing B at that position.\nsuffix can also be a tuple of bytes to try."),
    .method("removeprefix", "(self, prefix, /)", { t, a in
        withBytes(t, a[1]) { part in
            let s = TextSource(byteLike: a[0])
            let n = part.count
            if n > 0 && n <= s.text.count && textMatches(s.text, 0, part) { return s.make(t, n, s.text.count) }
            return s.make(t, 0, s.text.count)
        }
    }, "Return a bytes object with the given prefix string removed if present.\n\nIf the bytes starts with the prefix string, return bytes[len(prefix):].\nOtherwise, return a copy of the original bytes."),
    .method("removesuffix", "(self, suffix, /)", { t, a in
        withBytes(t, a[1]) { part in
            let s = TextSource(byteLike: a[0])
            let n = part.count, count = s.text.count
            if n > 0 && n <= count && textMatches(s.text, count &- n, part) { return s.make(t, 0, count &- n) }
            return s.make(t, 0, count)
        }
    }, "Return a bytes object with the given suffix string removed if present.\n\nIf the bytes ends with the suffix string and that suffix is not empty,\nreturn bytes[:-len(prefix)].  Otherwise, return a copy of the original\nbytes."),
    .method("split", "(self, /, sep=None, maxsplit=-1)", { t, a in byteSplit(t, a, fromEnd: false) },
            "Return a list of the sections in the bytes, using sep as the delimiter.\n\n  sep\n    The delimiter according which to split the bytes.\n    None (the default value) means split on ASCII whitespace characters\n    (space, tab, return, newline, formfeed, vertical tab).\n  maxsplit\n    Maximum number of splits to do.\n    -1 (the default value) means no limit."),
    .method("rsplit", "(self, /, sep=None, maxsplit=-1)", { t, a in byteSplit(t, a, fromEnd: true) },
            "Return a list of the sections in the bytes, using sep as the delimiter.\n\n  sep\n    The delimiter according which to split the bytes.\n    None (the default value) means split on ASCII whitespace characters\n    (space, tab, return, newline, formfeed, vertical tab).\n  maxsplit\n    Maximum number of splits to do.\n    -1 (the default value) means no limit.\n\nSplitting is done starting at the end of the bytes and working to the front."),
    .method("splitlines", "(self, /, keepends=False)", { t, a in
        if a[1].isBool { return splitLines(t, TextSource(byteLike: a[0]), a[1].isTrue) }
        guard let keep = asCInt(t, a[1]) else { return .raised }
        return splitLines(t, TextSource(byteLike: a[0]), keep != 0)
    }, "Return a list of the lines in the bytes, breaking at line boundaries.\n\nLine breaks are not included in the resulting list unless keepends is given and\ntrue."),
    .method("partition", "(self, sep, /)", { t, a in bytePartition(t, a, fromEnd: false) },
            "Partition the bytes into three parts using the given separator.\n\nThis will search for the separator sep in the bytes. If the separator is found,\nreturns a 3-tuple containing the part before the separator, the separator\nitself, and the part after it.\n\nIf the separator is not found, returns a 3-tuple containing the original bytes\nobject and two empty bytes objects."),
    .method("rpartition", "(self, sep, /)", { t, a in bytePartition(t, a, fromEnd: true) },
            "Partition the bytes into three parts using the given separator.\n\nThis will search for the separator sep in the bytes, starting at the end. If\nthe separator is found, returns a 3-tuple containing the part before the\nseparator, the separator itself, and the part after it.\n\nIf the separator is not found, returns a 3-tuple containing two empty bytes\nobjects and the original bytes object."),
    .method("strip", "(self, bytes=None, /)", { t, a in byteStrip(t, a, .both) },
            "Strip leading and trailing bytes contained in the argument.\n\nIf the argument is omitted or None, strip leading and trailing ASCII whitespace."),
    .method("lstrip", "(self, bytes=None, /)", { t, a in byteStrip(t, a, .left) },
            "Strip leading bytes contained in the argument.\n\nIf the argument is omitted or None, strip leading  ASCII whitespace."),
    .method("rstrip", "(self, bytes=None, /)", { t, a in byteStrip(t, a, .right) },
            "Strip trailing bytes contained in the argument.\n\nIf the argument is omitted or None, strip trailing ASCII whitespace."),
    .method("join", "(self, iterable_of_bytes, /)", { t, a in byteJoin(t, a[0], a[1]) },
            "Concatenate any number of bytes objects.\n\nThe bytes whose method is called is inserted in between each pair.\n\nThe result is returned as a new bytes object.\n\nExample: b'.'.join([b'ab', b'pq', b'rs']) -> b'ab.pq.rs'."),
    .method("replace", "(self, old, new, count=-1, /)", { t, a in
        guard let limit = sizeArgument(t, a[3]) else { return .raised }
        return withBytes(t, a[1]) { old in
            withBytes(t, a[2]) { new in byteReplace(t, TextSource(byteLike: a[0]), old, new, limit < 0 ? .max : limit) }
        }
    }, "Return a copy with all occurrences of substring old replaced by new.\n\n  count\n    Maximum number of occurrences to replace.\n    -1 (the default value) means replace all occurrences.\n\nIf the optional argument count is given, only the first count occurrences are\nreplaced."),
    .method("center", "(self, width, fillchar=b' ', /)", { t, a in bytePad(t, a, "center") },
            "Return a centered string of length width.\n\nPadding is done using the specified fill character."),
    .method("ljust", "(self, width, fillchar=b' ', /)", { t, a in bytePad(t, a, "ljust") },
            "Return a left-justified string of length width.\n\nPadding is done using the specified fill character."),
    .method("rjust", "(self, width, fillchar=b' ', /)", { t, a in bytePad(t, a, "rjust") },
            "Return a right-justified string of length width.\n\nPadding is done using the specified fill character."),
    .method("zfill", "(self, width, /)", { t, a in
        guard let width = sizeArgument(t, a[1]) else { return .raised }
        let s = TextSource(byteLike: a[0])
        let count = s.text.count
        if width <= count { return s.make(t, 0, count) }
        if !checkTextSize(t, width, 1) { return .raised }
        let signed = count > 0 && (s.bytes[0] == 43 || s.bytes[0] == 45)
        let result = s.fresh(t, width)
        memset(result.bytes, 48, width &- count)
        memcpy(result.bytes + (width &- count), s.bytes, count)
        if signed {
            result.bytes[0] = s.bytes[0]
            result.bytes[width &- count] = 48
        }
        return result.value
    }, "Pad a numeric string with zeros on the left, to fill a field of the given width.\n\nThe original string is never truncated."),
    .method("expandtabs", "(self, /, tabsize=8)", { t, a in
        guard let size = asCInt(t, a[1]) else { return .raised }
        return byteExpandTabs(t, TextSource(byteLike: a[0]), size)
    }, "Return a copy where all tab characters are expanded using spaces.\n\nIf tabsize is not given, a tab size of 8 characters is assumed."),
    .method("translate", "(self, table, /, delete=b'')", { t, a in byteTranslate(t, TextSource(byteLike: a[0]), a[1], a[2]) },
            "Return a copy with each character mapped by the given translation table.\n\n  table\n    Translation table, which must be a bytes object of length 256.\n\nAll characters occurring in the optional argument delete are removed.\nThe remaining characters are mapped through the given translation table."),
    .staticMethod("maketrans", "(frm, to, /)", { t, a in
        withBytes(t, a[0]) { from in
            withBytes(t, a[1]) { to in
                if from.count != to.count { return raise(t, .valueError, "maketrans arguments must have same length") }
                let result = newBytes(t, count: 256)
                let out = result.bytesData
                for i in 0..<256 { out[i] = UInt8(i) }
                for i in 0..<from.count { out[Int(from[i])] = UInt8(truncatingIfNeeded: to[i]) }
                return result
            }
        }
    }, "Return a translation table useable for the bytes or bytearray translate method.\n\nThe returned table will be one where each byte in frm is mapped to the byte at\nthe same position in to.\n\nThe bytes objects frm and to must be of the same length."),
    .method("decode", "(self, /, encoding='utf-8', errors='strict')", { t, a in
        if !nameArgument(t, a[1], "decode() argument 'encoding'") || !nameArgument(t, a[2], "decode() argument 'errors'") { return .raised }
        return decodeBytes(t, a[0], encoding: a[1], errors: a[2])
    }, "Decode the bytes using the codec registered for encoding.\n\n  encoding\n    The encoding with which to decode the bytes.\n  errors\n    The error handling scheme to use for the handling of decoding errors.\n    The default is 'strict' meaning that decoding errors raise a\n    UnicodeDecodeError. Other possible values are 'ignore' and 'replace'\n    as well as any other name registered with codecs.register_error that\n    can handle UnicodeDecodeErrors."),
    .method("hex", "(self, /, sep=<unrepresentable>, bytes_per_sep=1)", { t, a in
        let s = TextSource(byteLike: a[0])
        return hexString(t, s.text, a[1], a[2], asBytes: false)
    }, "Create a string of hexadecimal numbers from a bytes object.\n\n  sep\n    An optional single character or byte to separate hex bytes.\n  bytes_per_sep\n    How many bytes between separators.  Positive values count from the\n    right, negative values count from the left."),
    .method("upper", "(self, /)", { t, a in byteCase(t, a[0], .upper) }, "B.upper() -> copy of B\n\nReturn a copy of B with all ASCII characters converted to uppercase."),
    .method("lower", "(self, /)", { t, a in byteCase(t, a[0], .lower) }, "B.lower() -> copy of B\n\nReturn a copy of B with all ASCII characters converted to lowercase."),
    .method("title", "(self, /)", { t, a in byteCase(t, a[0], .title) },
            "B.title() -> copy of B\n\nReturn a titlecased version of B, i.e. ASCII words start with uppercase\ncharacters, all remaining cased characters have lowercase."),
    .method("capitalize", "(self, /)", { t, a in byteCase(t, a[0], .capitalize) },
            "B.capitalize() -> copy of B\n\nReturn a copy of B with only its first character capitalized (ASCII)\nand the rest lower-cased."),
    .method("swapcase", "(self, /)", { t, a in byteCase(t, a[0], .swapcase) },
            "B.swapcase() -> copy of B\n\nReturn a copy of B with uppercase ASCII characters converted\nto lowercase ASCII and vice versa."),
]

let byteTestMembers: [NativeMember] = [
    .method("isalnum", "(self, /)", { t, a in byteTest(a[0]) { $0 &- 48 < 10 || ($0 | 32) &- 97 < 26 } },
            "B.isalnum() -> bool\n\nReturn True if all characters in B are alphanumeric\nand there is at least one character in B, False otherwise."),
    .method("isalpha", "(self, /)", { t, a in byteTest(a[0]) { ($0 | 32) &- 97 < 26 } },
            "B.isalpha() -> bool\n\nReturn True if all characters in B are alphabetic\nand there is at least one character in B, False otherwise."),
    .method("isdigit", "(self, /)", { t, a in byteTest(a[0]) { $0 &- 48 < 10 } },
            "B.isdigit() -> bool\n\nReturn True if all characters in B are digits\nand there is at least one character in B, False otherwise."),
    .method("isspace", "(self, /)", { t, a in byteTest(a[0]) { $0 == 32 || $0 &- 9 < 5 } },
            "B.isspace() -> bool\n\nReturn True if all characters in B are whitespace\nand there is at least one character in B, False otherwise."),
    .method("isascii", "(self, /)", { t, a in
        let s = TextSource(byteLike: a[0])
        return Value(CodeUnits.asciiEnd(s.bytes, 0, s.text.count) == s.text.count)
    }, "B.isascii() -> bool\n\nReturn True if B is empty or all characters in B are ASCII,\nFalse otherwise."),
    .method("islower", "(self, /)", { t, a in byteCased(a[0], upper: false) },
            "B.islower() -> bool\n\nReturn True if all cased characters in B are lowercase and there is\nat least one cased character in B, False otherwise."),
    .method("isupper", "(self, /)", { t, a in byteCased(a[0], upper: true) },
            "B.isupper() -> bool\n\nReturn True if all cased characters in B are uppercase and there is\nat least one cased character in B, False otherwise."),
    .method("istitle", "(self, /)", { t, a in
        let s = TextSource(byteLike: a[0])
        var found = false, previousCased = false
        for i in 0..<s.text.count {
            let byte = s.bytes[i]
            if byte &- 65 < 26 {
                if previousCased { return .false }
                previousCased = true
                found = true
            } else if byte &- 97 < 26 {
                if !previousCased { return .false }
                found = true
            } else {
                previousCased = false
            }
        }
        return Value(found)
    }, "B.istitle() -> bool\n\nReturn True if B is a titlecased string and there is at least one\ncharacter in B, i.e. uppercase characters may only follow uncased\ncharacters and lowercase characters only cased ones. Return False\notherwise."),
]

private func byteTest(_ v: Value, _ test: (UInt8) -> Bool) -> Value {
    let s = TextSource(byteLike: v)
    if s.text.count == 0 { return .false }
    for i in 0..<s.text.count where !test(s.bytes[i]) { return .false }
    return .true
}

private func byteCased(_ v: Value, upper: Bool) -> Value {
    let s = TextSource(byteLike: v)
    var found = false
    for i in 0..<s.text.count {
        let byte = s.bytes[i]
        if byte &- (upper ? 97 : 65) < 26 { return .false }
        if byte &- (upper ? 65 : 97) < 26 { found = true }
    }
    return Value(found)
}

/// A needle: an int (one byte) or a bytes-like object.
private func withNeedle(_ t: Thread, _ v: Value, _ body: (Text) -> Value) -> Value {
    if isInt(v) || (typeOf(v).has(.index) && !supportsBuffer(v)) {
        guard var byte = byteArgument(t, v) else { return .raised }
        return withUnsafePointer(to: &byte) { body(Text(base: UnsafeRawPointer($0), count: 1, kind: 1)) }
    }
    if !supportsBuffer(v) { return raise(t, .typeError, "argument should be integer or bytes-like object, not '\(typeName(v))'") }
    return withBytes(t, v, body)
}

private func byteSearch(_ t: Thread, _ a: Values, fromEnd: Bool, _ result: (Int) -> Value) -> Value {
    let s = TextSource(byteLike: a[0])
    var from = 0, to = 0
    if !textRange(t, a[2], a[3], s.text.count, &from, &to) { return .raised }
    return withNeedle(t, a[1]) { needle in
        if from > to { return result(-1) }
        return result(fromEnd ? textRFind(s.text, from, to, needle) : textFind(s.text, from, to, needle))
    }
}

private func byteTail(_ t: Thread, _ a: Values, _ method: String, atEnd: Bool) -> Value {
    let s = TextSource(byteLike: a[0])
    var from = 0, to = 0
    if !textRange(t, a[2], a[3], s.text.count, &from, &to) { return .raised }
    func test(_ v: Value) -> Value {
        withBytes(t, v) { part in
            let n = part.count
            if to &- from < n { return .false }
            return Value(textMatches(s.text, atEnd ? to &- n : from, part))
        }
    }
    if typeOf(a[1]).pointee.flags.contains(.tupleSubclass) {
        for i in 0..<a[1].tupleCount {
            let found = test(a[1].tupleItems[i])
            if found.isRaised || found.isTrue { return found }
        }
        return .false
    }
    if !supportsBuffer(a[1]) {
        return raise(t, .typeError, "\(method) first arg must be bytes or a tuple of bytes, not \(typeName(a[1]))")
    }
    return test(a[1])
}

private func byteSplit(_ t: Thread, _ a: Values, fromEnd: Bool) -> Value {
    guard let limit = sizeArgument(t, a[2]) else { return .raised }
    let s = TextSource(byteLike: a[0])
    if a[1].isNone { return fromEnd ? rsplitWords(t, s, limit) : splitWords(t, s, limit) }
    return withBytes(t, a[1]) { separator in
        if separator.count == 0 { return raise(t, .valueError, "empty separator") }
        return fromEnd ? rsplitAt(t, s, separator, limit) : splitAt(t, s, separator, limit)
    }
}

private func bytePartition(_ t: Thread, _ a: Values, fromEnd: Bool) -> Value {
    let s = TextSource(byteLike: a[0])
    return withBytes(t, a[1]) { separator in
        // The middle part is the argument for bytes, a fresh bytearray for bytearray.
        let middle = s.form == .bytes ? a[1] : makeByteArray(t, separator.base, separator.count)
        return partition(t, s, separator, middle, fromEnd: fromEnd)
    }
}

private func byteStrip(_ t: Thread, _ a: Values, _ ends: StripEnds) -> Value {
    let s = TextSource(byteLike: a[0])
    if a[1].isNone {
        let range = strippedRange(s, nil, ends)
        return s.make(t, range.0, range.1)
    }
    return withBytes(t, a[1]) { set in
        let range = strippedRange(s, set, ends)
        return s.make(t, range.0, range.1)
    }
}

private func byteCase(_ t: Thread, _ v: Value, _ mapping: CaseMapping) -> Value {
    let s = TextSource(byteLike: v)
    let result = s.fresh(t, s.text.count)
    mapping.mapASCII(s.bytes, s.text.count, into: result.bytes)
    v.keepAlive
    return result.value
}

private func byteJoin(_ t: Thread, _ separator: Value, _ iterable: Value) -> Value {
    let s = TextSource(byteLike: separator)
    let items: Value
    if iterable.isExactly(.tuple) {
        items = iterable
    } else {
        if !typeOf(iterable).has(.iter) && !typeOf(iterable).has(.getItem) {
            return raise(t, .typeError, "can only join an iterable")
        }
        items = sequenceItems(t, iterable)
        if items.isRaised { return .raised }
    }
    let count = items.tupleCount
    if count == 0 { return s.empty(t) }
    if count == 1 && s.form == .bytes && items.tupleItems[0].isExactly(.bytes) { return items.tupleItems[0] }
    var out = ByteBuffer(capacity: 64)
    defer { out.free() }
    for i in 0..<count {
        let item = items.tupleItems[i]
        if i > 0 { out.append(s.bytes, s.text.count) }
        if !supportsBuffer(item) {
            return raise(t, .typeError, "sequence item \(i): expected a bytes-like object, \(typeName(item)) found")
        }
        let done = withBytes(t, item) { part in
            out.append(part.units(UInt8.self), part.count)
            return .none
        }
        if done.isRaised { return .raised }
    }
    separator.keepAlive
    if out.failed { return raiseMemoryError(t) }
    return s.form == .bytes ? makeBytes(t, out.base, out.count) : makeByteArray(t, out.base, out.count)
}

private func byteReplace(_ t: Thread, _ s: TextSource, _ old: Text, _ new: Text, _ limit: Int) -> Value {
    let text = s.text
    let n = limit == 0 ? 0 : textCount(text, 0, text.count, old, limit: limit)
    if n == 0 { return s.make(t, 0, text.count) }
    let (added, overflow) = n.multipliedReportingOverflow(by: new.count &- old.count)
    if overflow || !checkTextSize(t, text.count &+ added, 1) { return overflow ? raiseMemoryError(t) : .raised }
    let result = s.fresh(t, text.count &+ added)
    var out = UnsafeMutableRawPointer(result.bytes)
    func put(_ part: Text) {
        memcpy(out, part.base, part.count)
        out += part.count
    }
    var at = 0
    for i in 0..<n {
        if old.count == 0 {
            if i > 0 { put(text.slice(at, at &+ 1)); at &+= 1 }
            put(new)
        } else {
            let found = textFind(text, at, text.count, old)
            put(text.slice(at, found))
            put(new)
            at = found &+ old.count
        }
    }
    put(text.slice(at, text.count))
    s.owner.keepAlive
    return result.value
}

private func bytePad(_ t: Thread, _ a: Values, _ method: String) -> Value {
    guard let width = sizeArgument(t, a[1]) else { return .raised }
    var fill: UInt8 = 32
    if !a[2].isMissing {
        let argument = a[2]
        if argument.isBytes && argument.bytesCount == 1 {
            fill = argument.bytesData[0]
        } else if isByteArray(argument) && byteArrayContents(argument).count == 1 {
            fill = byteArrayContents(argument).base[0]
        } else {
            return raise(t, .typeError, "\(method)() argument 2 must be a byte string of length 1, not \(typeName(argument))")
        }
    }
    let s = TextSource(byteLike: a[0])
    let count = s.text.count
    if width <= count { return s.make(t, 0, count) }
    if !checkTextSize(t, width, 1) { return .raised }
    let margin = width &- count
    let left = method == "ljust" ? 0 : method == "rjust" ? margin : margin / 2 &+ (margin & width & 1)
    let result = s.fresh(t, width)
    memset(result.bytes, Int32(fill), width)
    memcpy(result.bytes + left, s.bytes, count)
    return result.value
}

private func byteExpandTabs(_ t: Thread, _ s: TextSource, _ size: Int) -> Value {
    var out = ByteBuffer(capacity: s.text.count &+ 16)
    defer { out.free() }
    var column = 0
    for i in 0..<s.text.count {
        let byte = s.bytes[i]
        if byte == 9 {
            if size > 0 {
                let step = size &- column % size
                column &+= step
                if !checkTextSize(t, out.count &+ step, 1) { clearException(t); return raise(t, .overflowError, "result too long") }
                out.append(32, times: step)
            }
        } else {
            out.append(byte)
            column = byte == 10 || byte == 13 ? 0 : column &+ 1
        }
    }
    if out.failed { return raiseMemoryError(t) }
    return s.form == .bytes ? makeBytes(t, out.base, out.count) : makeByteArray(t, out.base, out.count)
}

private func byteTranslate(_ t: Thread, _ s: TextSource, _ table: Value, _ delete: Value) -> Value {
    func translate(_ table: Text?, _ delete: Text) -> Value {
        if let table, table.count != 256 { return raise(t, .valueError, "translation table must be 256 characters long") }
        var deleted: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        let result = s.fresh(t, s.text.count)
        var written = 0
        withUnsafeMutableBytes(of: &deleted) { raw in
            let words = raw.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: UInt64.self)
            for i in 0..<delete.count { words[Int(delete[i] >> 6)] |= 1 << UInt64(delete[i] & 63) }
            for i in 0..<s.text.count {
                let byte = s.bytes[i]
                if words[Int(byte >> 6)] >> UInt64(byte & 63) & 1 != 0 { continue }
                result.bytes[written] = table.map { UInt8(truncatingIfNeeded: $0[Int(byte)]) } ?? byte
                written &+= 1
            }
        }
        s.owner.keepAlive
        if written == s.text.count { return result.value }
        if s.form == .bytearray {
            result.value.asByteArray.pointee.count = written
            return result.value
        }
        return shrinkBytes(t, result.value, to: written)
    }
    // The table is looked at before what is to be deleted.
    if !table.isNone {
        let fits = withBytes(t, table) { $0.count == 256 ? .none : raise(t, .valueError, "translation table must be 256 characters long") }
        if fits.isRaised { return fits }
    }
    func withTable(_ delete: Text) -> Value {
        table.isNone ? translate(nil, delete) : withBytes(t, table) { translate($0, delete) }
    }
    if delete.isMissing { return withTable(Text(base: UnsafeRawPointer(emptyBytes.bytesData), count: 0, kind: 1)) }
    return withBytes(t, delete, withTable)
}

// MARK: hexadecimal

/// The digits of bytes, with a separator (`.missing`: none) after every `perSeparator` bytes, counted from the right, from
/// the left if negative. As str, or as bytes for binascii.hexlify.
public func hexString(_ t: Thread, _ text: Text, _ separator: Value, _ perSeparator: Value, asBytes: Bool) -> Value {
    var group = 0
    var mark: UInt8 = 0
    if !separator.isMissing {
        let n = index(t, perSeparator)
        if n.isRaised { return .raised }
        guard let word = intAsWord(plainInt(n)), let size = Int32(exactly: word) else {
            return raise(t, .overflowError, "Python int too large to convert to C int")
        }
        group = Int(size)
        let count = length(t, separator)
        if count < 0 { return .raised }
        if count != 1 { return raise(t, .valueError, "sep must be length 1.") }
        let code: UInt32
        if separator.isStr {
            code = stringCharAt(separator, 0)
        } else if separator.isBytes {
            code = UInt32(separator.bytesData[0])
        } else {
            return raise(t, .typeError, "sep must be str or bytes.")
        }
        if code > 127 && !asBytes { return raise(t, .valueError, "sep must be ASCII.") }
        mark = UInt8(truncatingIfNeeded: code)
    }
    let count = text.count
    if count == 0 { return asBytes ? emptyBytes : emptyString }
    let every = group.magnitude
    let marks = every == 0 ? 0 : (count &- 1) / Int(every)
    let total = count &* 2 &+ marks
    if !checkTextSize(t, total, 1) { return .raised }
    let result = asBytes ? newBytes(t, count: total) : newString(t, kind: 1, count: total, ascii: true)
    let out = asBytes ? result.bytesData : result.strBytes
    let bytes = text.units(UInt8.self)
    var at = 0
    if marks == 0 {
        for i in 0..<count {
            out[i &* 2] = hexDigit(bytes[i] >> 4)
            out[i &* 2 &+ 1] = hexDigit(bytes[i] & 15)
        }
        return result
    }
    for i in 0..<count {
        let byte = bytes[i]
        out[at] = hexDigit(byte >> 4)
        out[at &+ 1] = hexDigit(byte & 15)
        at &+= 2
        if marks > 0 && i &+ 1 < count {
            let position = group > 0 ? count &- 1 &- i : i &+ 1
            if position % Int(every) == 0 {
                out[at] = mark
                at &+= 1
            }
        }
    }
    return result
}

@inline(__always) func hexDigit(_ n: UInt8) -> UInt8 { n < 10 ? 48 &+ n : 87 &+ n }

/// The value of a hexadecimal digit, or 255.
@inline(__always) func hexValue(_ c: UInt32) -> UInt8 {
    if c &- 48 < 10 { return UInt8(truncatingIfNeeded: c &- 48) }
    let lower = c | 32
    return lower &- 97 < 6 && c < 128 ? UInt8(truncatingIfNeeded: lower &- 87) : 255
}

/// bytes.fromhex and bytearray.fromhex.
func byteFromHex(_ t: Thread, _ type: Value, _ argument: Value, builtin: TypeID) -> Value {
    if !requireStr(t, argument, "fromhex() argument") { return .raised }
    let text = argument.text
    if !argument.strIsASCII {
        var i = 0
        while text[i] < 128 { i += 1 }
        return raise(t, .valueError, "non-hexadecimal number found in fromhex() arg at position \(i)")
    }
    var out = ByteBuffer(capacity: text.count / 2 &+ 8)
    defer { out.free() }
    var at = 0
    // Pairs of digits, as long as there is nothing else.
    let source = text.units(UInt8.self)
    if out.reserve(text.count / 2) {
        let to = out.base
        var written = 0
        while at &+ 2 <= text.count {
            let high = hexValue(UInt32(source[at])), low = hexValue(UInt32(source[at &+ 1]))
            if high > 15 || low > 15 { break }
            to[written] = high << 4 | low
            written &+= 1
            at &+= 2
        }
        out.count = written
    }
    while true {
        while at < text.count && (text[at] == 32 || text[at] &- 9 < 5) { at &+= 1 }
        if at >= text.count { break }
        let high = hexValue(text[at])
        if high == 255 { return raise(t, .valueError, "non-hexadecimal number found in fromhex() arg at position \(at)") }
        at &+= 1
        let low = at < text.count ? hexValue(text[at]) : 255
        if low == 255 { return raise(t, .valueError, "non-hexadecimal number found in fromhex() arg at position \(at)") }
        at &+= 1
        out.append(high << 4 | low)
    }
    argument.keepAlive
    if out.failed { return raiseMemoryError(t) }
    let result = builtin == .bytes ? makeBytes(t, out.base, out.count) : makeByteArray(t, out.base, out.count)
    return type.asType.pointee.id == builtin.rawValue ? result : call(t, type, result)
}
