// re.Match, and the scanner behind finditer.

import Glibc
import LadonRuntime
import LadonTypes

@frozen public struct MatchCell {
    public var header: CellHeader
    public var string: Value
    /// The tuple `regs`, once made; else 0.
    public var regs: Value
    public var pattern: Value
    // raw
    public var pos: Int
    public var endpos: Int
    /// The number of the group closed last, or -1.
    public var lastIndex: Int
    /// Groups, the whole match included; two positions each follow (-1: not matched).
    public var groups: Int
}

extension Value {
    @inline(__always) var asMatch: UnsafeMutablePointer<MatchCell> { cell(as: MatchCell.self) }
    @inline(__always) var matchMarks: UnsafeMutablePointer<Int> { (cell + MemoryLayout<MatchCell>.size).assumingMemoryBound(to: Int.self) }
}

func matchDefinition() -> TypeDefinition {
    TypeDefinition(
        nil, "re.Match", flags: [.immutable, .disallowInstantiation],
        doc: "The result of re.match() and re.search().\nMatch objects always have a boolean value of True.",
        size: MemoryLayout<MatchCell>.size, itemSize: 16, layout: Layout(prefix: 3),
        slots: [
            .unary(.repr, match_repr),
            .binary(.getItem, { t, v, key in
                let group = groupNumber(t, v, key)
                return group < 0 ? .raised : groupText(t, v, group, .none)
            }),
        ],
        members: [
            .method("group", "(self, /, *groups)", { t, a in
                let keys = a[1]
                if keys.tupleCount == 0 { return groupText(t, a[0], 0, .none) }
                if keys.tupleCount == 1 {
                    let group = groupNumber(t, a[0], keys.tupleItems[0])
                    return group < 0 ? .raised : groupText(t, a[0], group, .none)
                }
                let result = makeTuple(t, keys.tupleCount)
                if result.isRaised { return .raised }
                for i in 0..<keys.tupleCount { result.tupleItems[i] = .none }
                for i in 0..<keys.tupleCount {
                    let group = groupNumber(t, a[0], keys.tupleItems[i])
                    if group < 0 { return .raised }
                    let text = groupText(t, a[0], group, .none)
                    if text.isRaised { return .raised }
                    result.tupleItems[i] = text
                }
                return result
            }, "group([group1, ...]) -> str or tuple.\nReturn subgroup(s) of the match by indices or names.\nFor 0 returns the entire match."),
            .method("groups", "(self, /, default=None)", { t, a in
                let count = a[0].asMatch.pointee.groups - 1
                if count == 0 { return makeTuple(t, 0) }
                let result = makeTuple(t, count)
                if result.isRaised { return .raised }
                for i in 0..<count { result.tupleItems[i] = .none }
                for i in 0..<count {
                    let text = groupText(t, a[0], i + 1, a[1])
                    if text.isRaised { return .raised }
                    result.tupleItems[i] = text
                }
                return result
            }, "Return a tuple containing all the subgroups of the match, from 1.\n\n  default\n    Is used for groups that did not participate in the match."),
            .method("groupdict", "(self, /, default=None)", { t, a in
                let result = makeDict(t)
                if result.isRaised { return .raised }
                let index = a[0].asMatch.pointee.pattern.asPattern.pointee.groupIndex
                var position = 0
                var key = Value.raised, value = Value.raised
                while dictNext(index, &position, &key, &value) {
                    let group = groupNumber(t, a[0], value)
                    if group < 0 { return .raised }
                    let text = groupText(t, a[0], group, a[1])
                    if text.isRaised || dictSet(t, result, key, text) < 0 { return .raised }
                }
                return result
            }, "Return a dictionary containing all the named subgroups of the match, keyed by the subgroup name.\n\n  default\n    Is used for groups that did not participate in the match."),
            .method("start", "(self, group=0, /)", { t, a in
                let group = groupNumber(t, a[0], a[1])
                return group < 0 ? .raised : Value(smallInt: a[0].matchMarks[group * 2])
            }, "Return index of the start of the substring matched by group."),
            .method("end", "(self, group=0, /)", { t, a in
                let group = groupNumber(t, a[0], a[1])
                return group < 0 ? .raised : Value(smallInt: a[0].matchMarks[group * 2 + 1])
            }, "Return index of the end of the substring matched by group."),
            .method("span", "(self, group=0, /)", { t, a in
                let group = groupNumber(t, a[0], a[1])
                return group < 0 ? .raised : span(t, a[0], group)
            }, "For match object m, return the 2-tuple (m.start(group), m.end(group))."),
            .method("expand", "(self, /, template)", { t, a in
                callModule(t, "_expand", a[0].asMatch.pointee.pattern, a[0], a[1])
            }, "Return the string obtained by doing backslash substitution on the string template, as done by the sub() method."),
            .method("__copy__", "(self, /)", { t, a in a[0] }),
            .method("__deepcopy__", "(self, memo, /)", { t, a in a[0] }),
            .classMethod("__class_getitem__", "(cls, object, /)", { t, a in makeGenericAlias(t, a[0], a[1]) }, "See PEP 585"),
            .member("string", get: { t, a in a[0].asMatch.pointee.string }, "The string passed to match() or search()."),
            .member("re", get: { t, a in a[0].asMatch.pointee.pattern }, "The regular expression object."),
            .member("pos", get: { t, a in Value(smallInt: a[0].asMatch.pointee.pos) },
                       "The index into the string at which the RE engine started looking for a match."),
            .member("endpos", get: { t, a in Value(smallInt: a[0].asMatch.pointee.endpos) },
                       "The index into the string beyond which the RE engine will not go."),
            .attribute("lastindex", get: { t, a in
                let last = a[0].asMatch.pointee.lastIndex
                return last >= 0 ? Value(smallInt: last) : .none
            }, "The integer index of the last matched capturing group."),
            .attribute("lastgroup", get: { t, a in
                let last = a[0].asMatch.pointee.lastIndex
                let names = a[0].asMatch.pointee.pattern.asPattern.pointee.indexGroup
                return last >= 0 && last < names.tupleCount ? names.tupleItems[last] : .none
            }, "The name of the last matched capturing group."),
            .attribute("regs", get: { t, a in
                let m = a[0].asMatch
                if m.pointee.regs.bits != 0 { return m.pointee.regs }
                let result = makeTuple(t, m.pointee.groups)
                if result.isRaised { return .raised }
                for i in 0..<m.pointee.groups { result.tupleItems[i] = .none }
                for i in 0..<m.pointee.groups {
                    let pair = span(t, a[0], i)
                    if pair.isRaised { return .raised }
                    result.tupleItems[i] = pair
                }
                withUnsafeMutablePointer(to: &m.pointee.regs) { storeSlot($0, result) }
                return result
            }),
        ])
}

private func span(_ t: Thread, _ v: Value, _ group: Int) -> Value {
    makeTuple(t, Value(smallInt: v.matchMarks[group * 2]), Value(smallInt: v.matchMarks[group * 2 + 1]))
}

/// The match that a matcher has found; `inout` spares a copy of the matcher.
func makeMatch<U: TextUnit>(_ t: Thread, _ pattern: Value, _ string: Value, _ matcher: inout Matcher<U>, _ pos: Int) -> Value {
    let groups = pattern.asPattern.pointee.groups
    let match = allocateInstance(t, pattern.asPattern.pointee.matchType.asType, variableItems: groups + 1)
    if match.isRaised { return .raised }
    let m = match.asMatch
    m.pointee.string = string
    m.pointee.pattern = pattern
    m.pointee.pos = pos
    m.pointee.endpos = matcher.end
    m.pointee.lastIndex = matcher.lastIndex
    m.pointee.groups = groups + 1
    let marks = match.matchMarks
    marks[0] = matcher.matchStart
    marks[1] = matcher.matchEnd
    for g in 0..<groups {
        let from = matcher.marks[g * 2], to = matcher.marks[g * 2 + 1]
        let isSet = from >= 0 && to >= from
        marks[g * 2 + 2] = isSet ? from : -1
        marks[g * 2 + 3] = isSet ? to : -1
    }
    return match
}

/// A group by number or name. -1: raised.
private func groupNumber(_ t: Thread, _ v: Value, _ key: Value) -> Int {
    let m = v.asMatch
    var group = -1
    if key.isSmallInt {
        group = key.smallInt
    } else if isInt(key) {
        group = intAsWord(plainInt(key)) ?? -1
    } else if typeOf(key).has(.index) {
        let n = index(t, key)
        if n.isRaised { return -1 }
        group = intAsWord(plainInt(n)) ?? -1
    } else {
        let found = dictGet(t, m.pointee.pattern.asPattern.pointee.groupIndex, key)
        if found.isRaised {
            // An unhashable key is no group either.
            clearException(t)
        } else if isInt(found) {
            group = intAsWord(plainInt(found)) ?? -1
        }
    }
    if group < 0 || group >= m.pointee.groups {
        _ = raise(t, .indexError, "no such group")
        return -1
    }
    return group
}

private func groupText(_ t: Thread, _ v: Value, _ group: Int, _ standard: Value) -> Value {
    let from = v.matchMarks[group * 2], to = v.matchMarks[group * 2 + 1]
    if from < 0 { return standard }
    let string = v.asMatch.pointee.string
    if string.isStr {
        let count = string.strCount
        return substring(t, string, min(from, count), min(to, count))
    }
    var buffer = LadonBuffer()
    if getBuffer(t, string, &buffer) < 0 { return .raised }
    let low = min(from, buffer.length), high = min(to, buffer.length)
    let result = Subject(value: string, text: buffer.text).slice(t, low, high)
    releaseBuffer(t, &buffer)
    return result
}

func match_repr(_ t: Thread, _ v: Value) -> Value {
    let group = groupText(t, v, 0, .none)
    if group.isRaised { return .raised }
    let text = repr(t, group)
    if text.isRaised { return .raised }
    var builder = StringBuilder(t)
    builder.append("<")
    builder.append("re.Match")
    builder.append(" object; span=(\(v.matchMarks[0]), \(v.matchMarks[1])), match=")
    builder.append(text, 0, min(text.strCount, 50))
    builder.append(62)
    return builder.finish()
}

// MARK: scanner

@frozen public struct ScannerCell {
    public var header: CellHeader
    public var pattern: Value
    public var string: Value
    /// Keeps the memory of a mutable object lent out until there are no more matches; else 0.
    public var view: Value
    // raw
    public var pos: Int
    public var endpos: Int
    /// Where the next match may start; -1: there are no more.
    public var next: Int
    public var mustAdvance: Int
}

extension Value {
    @inline(__always) var asScanner: UnsafeMutablePointer<ScannerCell> { cell(as: ScannerCell.self) }
}

func scannerDefinition() -> TypeDefinition {
    TypeDefinition(
        nil, "_sre.SRE_Scanner", flags: [.immutable, .disallowInstantiation], size: MemoryLayout<ScannerCell>.size, layout: Layout(prefix: 3),
        members: [
            .method("match", "(self, /)", { t, a in scan(t, a[0], .match) }),
            .method("search", "(self, /)", { t, a in scan(t, a[0], .search) }),
            .member("pattern", get: { t, a in a[0].asScanner.pointee.pattern }),
        ])
}

func makeScanner(_ t: Thread, _ pattern: Value, _ string: Value, _ pos: Value, _ endpos: Value) -> Value {
    var buffer = LadonBuffer()
    var text = Text(base: UnsafeRawPointer(t), count: 0, kind: 1)
    guard let from = pos.isMissing ? 0 : asInt(t, pos), let to = endpos.isMissing ? Int.max : asInt(t, endpos) else { return .raised }
    if !openSubject(t, pattern, string, &buffer, &text) { return .raised }
    releaseBuffer(t, &buffer)
    let scanner = allocateInstance(t, pattern.asPattern.pointee.scannerType.asType, variableItems: 0)
    if scanner.isRaised { return .raised }
    let s = scanner.asScanner
    s.pointee.pattern = pattern
    s.pointee.string = string
    s.pointee.pos = min(max(from, 0), text.count)
    s.pointee.endpos = min(max(to, 0), text.count)
    s.pointee.next = s.pointee.pos
    if !string.isStr && !string.isExactly(.bytes) {
        let view = makeMemoryView(t, string)
        if view.isRaised { return .raised }
        s.pointee.view = view
    }
    return scanner
}

private struct ScannerStep: MatchTask {
    let scanner: Value
    let mode: MatchMode
    mutating func run<U: TextUnit>(_ t: Thread, _ matcher: inout Matcher<U>, _ subject: Subject, _ from: Int) -> Value {
        let s = scanner.asScanner
        switch matcher.find(mode, from, mustAdvance: s.pointee.mustAdvance != 0) {
        case .raised: return .raised
        case .failed:
            s.pointee.next = -1
            if s.pointee.view.bits != 0 && callMethod(t, s.pointee.view, internStatic(t, "release")).isRaised { return .raised }
            s.pointee.view = .raised
            return .none
        case .matched:
            s.pointee.mustAdvance = matcher.matchEnd == matcher.matchStart ? 1 : 0
            s.pointee.next = matcher.matchEnd
            return makeMatch(t, s.pointee.pattern, subject.value, &matcher, s.pointee.pos)
        }
    }
}

private func scan(_ t: Thread, _ v: Value, _ mode: MatchMode) -> Value {
    let s = v.asScanner
    if s.pointee.next < 0 { return .none }
    var task = ScannerStep(scanner: v, mode: mode)
    return perform(t, s.pointee.pattern, s.pointee.string, Value(smallInt: s.pointee.next), Value(smallInt: s.pointee.endpos), &task)
}
