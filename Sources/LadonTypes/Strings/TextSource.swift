// The text that a method works on: a str, a bytes or a bytearray. All three share the searching and splitting methods;
// they differ in what counts as white space and in how a part of them is made.

import Glibc
import LadonCore
import LadonRuntime

struct TextSource {
    enum Form { case str, bytes, bytearray }

    let owner: Value
    let text: Text
    let form: Form

    /// `self` of a method of str.
    @inline(__always) init(str v: Value) {
        owner = v
        text = v.text
        form = .str
    }

    @inline(__always) init(bytes v: Value) {
        owner = v
        text = Text(base: UnsafeRawPointer(v.bytesData), count: v.bytesCount, kind: 1)
        form = .bytes
    }

    @inline(__always) init(bytearray v: Value) {
        owner = v
        let contents = byteArrayContents(v)
        text = Text(base: UnsafeRawPointer(contents.base), count: contents.count, kind: 1)
        form = .bytearray
    }

    var rules: TextRules { form == .str ? .text : .bytes }

    /// The part `from..<to` as a new object of the form.
    @inline(__always) func make(_ t: Thread, _ from: Int, _ to: Int) -> Value {
        switch form {
        case .str: return substring(t, owner, from, to)
        case .bytes:
            if to &- from == text.count && owner.isExactly(.bytes) { return owner }
            return to <= from ? emptyBytes : makeBytes(t, text.base + from, to &- from)
        case .bytearray: return makeByteArray(t, text.base + from, max(to &- from, 0))
        }
    }

    /// All of it: the object itself if it is immutable and of the exact type.
    func whole(_ t: Thread) -> Value { form == .str ? exactString(t, owner) : make(t, 0, text.count) }

    func empty(_ t: Thread) -> Value {
        switch form {
        case .str: return emptyString
        case .bytes: return emptyBytes
        case .bytearray: return makeByteArray(t, text.base, 0)
        }
    }
}

// MARK: searching, by kinds

/// The first index of `needle` in `text[from..<to]`, or -1.
func textFind(_ text: Text, _ from: Int, _ to: Int, _ needle: Text) -> Int {
    if to &- from < needle.count { return -1 }
    let n = needle.count
    switch (text.kind, needle.kind) {
    case (1, 1): return Search.find(text.units(UInt8.self), from, to, needle.units(UInt8.self), n)
    case (2, 1): return Search.find(text.units(UInt16.self), from, to, needle.units(UInt8.self), n)
    case (2, 2): return Search.find(text.units(UInt16.self), from, to, needle.units(UInt16.self), n)
    case (4, 1): return Search.find(text.units(UInt32.self), from, to, needle.units(UInt8.self), n)
    case (4, 2): return Search.find(text.units(UInt32.self), from, to, needle.units(UInt16.self), n)
    case (4, 4): return Search.find(text.units(UInt32.self), from, to, needle.units(UInt32.self), n)
    default: return -1
    }
}

/// The last index of `needle` in `text[from..<to]`, or -1.
func textRFind(_ text: Text, _ from: Int, _ to: Int, _ needle: Text) -> Int {
    if to &- from < needle.count { return -1 }
    let n = needle.count
    switch (text.kind, needle.kind) {
    case (1, 1): return Search.rfind(text.units(UInt8.self), from, to, needle.units(UInt8.self), n)
    case (2, 1): return Search.rfind(text.units(UInt16.self), from, to, needle.units(UInt8.self), n)
    case (2, 2): return Search.rfind(text.units(UInt16.self), from, to, needle.units(UInt16.self), n)
    case (4, 1): return Search.rfind(text.units(UInt32.self), from, to, needle.units(UInt8.self), n)
    case (4, 2): return Search.rfind(text.units(UInt32.self), from, to, needle.units(UInt16.self), n)
    case (4, 4): return Search.rfind(text.units(UInt32.self), from, to, needle.units(UInt32.self), n)
    default: return -1
    }
}

/// How often `needle` stands in `text[from..<to]` without overlap, at most `limit`.
func textCount(_ text: Text, _ from: Int, _ to: Int, _ needle: Text, limit: Int = .max) -> Int {
    if to &- from < needle.count || from > to { return 0 }
    let n = needle.count
    switch (text.kind, needle.kind) {
    case (1, 1): return Search.count(text.units(UInt8.self), from, to, needle.units(UInt8.self), n, limit: limit)
    case (2, 1): return Search.count(text.units(UInt16.self), from, to, needle.units(UInt8.self), n, limit: limit)
    case (2, 2): return Search.count(text.units(UInt16.self), from, to, needle.units(UInt16.self), n, limit: limit)
    case (4, 1): return Search.count(text.units(UInt32.self), from, to, needle.units(UInt8.self), n, limit: limit)
    case (4, 2): return Search.count(text.units(UInt32.self), from, to, needle.units(UInt16.self), n, limit: limit)
    case (4, 4): return Search.count(text.units(UInt32.self), from, to, needle.units(UInt32.self), n, limit: limit)
    default: return n == 0 ? min(to &- from &+ 1, limit) : 0
    }
}

/// Whether `part` stands at `at` in `text` (there must be room).
func textMatches(_ text: Text, _ at: Int, _ part: Text) -> Bool {
    if text.kind == part.kind {
        return memcmp(text.base + at &* text.kind, part.base, part.count &* part.kind) == 0
    }
    for i in 0..<part.count where text[at &+ i] != part[i] { return false }
    return true
}

// MARK: splitting

/// Appends part `from..<to` of the source to a list. False: raised.
@inline(__always) private func appendPart(_ t: Thread, _ list: Value, _ s: TextSource, _ from: Int, _ to: Int) -> Bool {
    let part = s.make(t, from, to)
    if part.isRaised { return false }
    return listAppend(t, list, part) >= 0
}

/// split(None, limit) by words.
func splitWords(_ t: Thread, _ s: TextSource, _ limit: Int) -> Value {
    switch s.text.kind {
    case 1: return splitWords(t, s, s.text.units(UInt8.self), limit)
    case 2: return splitWords(t, s, s.text.units(UInt16.self), limit)
    default: return splitWords(t, s, s.text.units(UInt32.self), limit)
    }
}

private func splitWords<U: TextUnit>(_ t: Thread, _ s: TextSource, _ units: UnsafePointer<U>, _ limit: Int) -> Value {
    let list = makeList(t)
    if list.isRaised { return .raised }
    let count = s.text.count, rules = s.rules
    var left = limit
    var at = Scanning.skipSpace(units, 0, count, rules)
    while at < count {
        if left == 0 {
            if !appendPart(t, list, s, at, count) { return .raised }
            break
        }
        left &-= 1
        let end = Scanning.wordEnd(units, at, count, rules)
        if !appendPart(t, list, s, at, end) { return .raised }
        at = Scanning.skipSpace(units, end, count, rules)
    }
    s.owner.keepAlive
    return list
}

/// rsplit(None, limit) by words.
func rsplitWords(_ t: Thread, _ s: TextSource, _ limit: Int) -> Value {
    switch s.text.kind {
    case 1: return rsplitWords(t, s, s.text.units(UInt8.self), limit)
    case 2: return rsplitWords(t, s, s.text.units(UInt16.self), limit)
    default: return rsplitWords(t, s, s.text.units(UInt32.self), limit)
    }
}

private func rsplitWords<U: TextUnit>(_ t: Thread, _ s: TextSource, _ units: UnsafePointer<U>, _ limit: Int) -> Value {
    let list = makeList(t)
    if list.isRaised { return .raised }
    let rules = s.rules
    var left = limit
    var end = Scanning.skipSpaceBackwards(units, 0, s.text.count, rules)
    while end > 0 {
        if left == 0 {
            if !appendPart(t, list, s, 0, end) { return .raised }
            break
        }
        left &-= 1
        let start = Scanning.wordStart(units, 0, end, rules)
        if !appendPart(t, list, s, start, end) { return .raised }
        end = Scanning.skipSpaceBackwards(units, 0, start, rules)
    }
    s.owner.keepAlive
    return reversedInPlace(list)
}

/// Reverses a list that nobody else has seen.
private func reversedInPlace(_ list: Value) -> Value {
    let items = listItems(list)
    var low = 0, high = listCount(list) &- 1
    while low < high {
        let a = items[low], b = items[high]
        storeSlot(items + low, b)
        storeSlot(items + high, a)
        low &+= 1
        high &-= 1
    }
    return list
}

/// split(separator, limit); the separator is not empty.
func splitAt(_ t: Thread, _ s: TextSource, _ separator: Text, _ limit: Int) -> Value {
    let list = makeList(t)
    if list.isRaised { return .raised }
    let count = s.text.count
    var left = limit
    var at = 0
    while left != 0 {
        let found = textFind(s.text, at, count, separator)
        if found < 0 { break }
        if !appendPart(t, list, s, at, found) { return .raised }
        at = found &+ separator.count
        left &-= 1
    }
    // Nothing found: the whole, which for an exact immutable source is the source.
    if at == 0 && count > 0 {
        if listAppend(t, list, s.whole(t)) < 0 { return .raised }
    } else if !appendPart(t, list, s, at, count) { return .raised }
    s.owner.keepAlive
    return list
}

/// rsplit(separator, limit); the separator is not empty.
func rsplitAt(_ t: Thread, _ s: TextSource, _ separator: Text, _ limit: Int) -> Value {
    let list = makeList(t)
    if list.isRaised { return .raised }
    var left = limit
    var end = s.text.count
    while left != 0 {
        let found = textRFind(s.text, 0, end, separator)
        if found < 0 { break }
        if !appendPart(t, list, s, found &+ separator.count, end) { return .raised }
        end = found
        left &-= 1
    }
    if end == s.text.count && end > 0 {
        if listAppend(t, list, s.whole(t)) < 0 { return .raised }
    } else if !appendPart(t, list, s, 0, end) { return .raised }
    s.owner.keepAlive
    return reversedInPlace(list)
}

/// splitlines(keepends)
func splitLines(_ t: Thread, _ s: TextSource, _ keepEnds: Bool) -> Value {
    switch s.text.kind {
    case 1: return splitLines(t, s, s.text.units(UInt8.self), keepEnds)
    case 2: return splitLines(t, s, s.text.units(UInt16.self), keepEnds)
    default: return splitLines(t, s, s.text.units(UInt32.self), keepEnds)
    }
}

private func splitLines<U: TextUnit>(_ t: Thread, _ s: TextSource, _ units: UnsafePointer<U>, _ keepEnds: Bool) -> Value {
    let list = makeList(t)
    if list.isRaised { return .raised }
    var at = 0
    while at < s.text.count {
        let line = Scanning.line(units, at, s.text.count, s.rules)
        if !appendPart(t, list, s, at, keepEnds ? line.next : line.end) { return .raised }
        at = line.next
    }
    s.owner.keepAlive
    return list
}

/// partition and rpartition; `separatorValue` becomes the middle part.
func partition(_ t: Thread, _ s: TextSource, _ separator: Text, _ separatorValue: Value, fromEnd: Bool) -> Value {
    if separator.count == 0 { return raise(t, .valueError, "empty separator") }
    let count = s.text.count
    let found = fromEnd ? textRFind(s.text, 0, count, separator) : textFind(s.text, 0, count, separator)
    if found < 0 {
        let whole = s.whole(t)
        if whole.isRaised { return .raised }
        return fromEnd ? makeTuple(t, s.empty(t), s.empty(t), whole) : makeTuple(t, whole, s.empty(t), s.empty(t))
    }
    let head = s.make(t, 0, found)
    let tail = s.make(t, found &+ separator.count, count)
    if head.isRaised || tail.isRaised { return .raised }
    s.owner.keepAlive
    return makeTuple(t, head, separatorValue, tail)
}

// MARK: stripping

struct StripEnds: OptionSet {
    let rawValue: Int
    static let left = StripEnds(rawValue: 1)
    static let right = StripEnds(rawValue: 2)
    static let both: StripEnds = [.left, .right]
}

/// The range that is left when white space (`set` nil) or the members of a set are stripped.
func strippedRange(_ s: TextSource, _ set: Text?, _ ends: StripEnds) -> (Int, Int) {
    var from = 0, to = s.text.count
    if let set {
        var bloom: UInt64 = 0
        for i in 0..<set.count { bloom |= 1 << UInt64(set[i] & 63) }
        func member(_ cp: UInt32) -> Bool {
            if bloom >> UInt64(cp & 63) & 1 == 0 { return false }
            for i in 0..<set.count where set[i] == cp { return true }
            return false
        }
        if ends.contains(.left) { while from < to && member(s.text[from]) { from &+= 1 } }
        if ends.contains(.right) { while to > from && member(s.text[to &- 1]) { to &-= 1 } }
        return (from, to)
    }
    let rules = s.rules
    switch s.text.kind {
    case 1:
        if ends.contains(.left) { from = Scanning.skipSpace(s.text.units(UInt8.self), from, to, rules) }
        if ends.contains(.right) { to = Scanning.skipSpaceBackwards(s.text.units(UInt8.self), from, to, rules) }
    case 2:
        if ends.contains(.left) { from = Scanning.skipSpace(s.text.units(UInt16.self), from, to, rules) }
        if ends.contains(.right) { to = Scanning.skipSpaceBackwards(s.text.units(UInt16.self), from, to, rules) }
    default:
        if ends.contains(.left) { from = Scanning.skipSpace(s.text.units(UInt32.self), from, to, rules) }
        if ends.contains(.right) { to = Scanning.skipSpaceBackwards(s.text.units(UInt32.self), from, to, rules) }
    }
    return (from, to)
}

/// An element of text storage (LadonCompiler has a CodeUnit too).
public typealias TextUnit = LadonCore.CodeUnit
