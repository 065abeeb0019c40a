// re.Pattern: the type, and what its methods do with a matcher.

import Glibc
import LadonRuntime
import LadonTypes

@frozen public struct PatternCell {
    public var header: CellHeader
    /// str, bytes, or None.
    public var pattern: Value
    /// dict: group name to number.
    public var groupIndex: Value
    /// tuple: the name of each group, or None.
    public var indexGroup: Value
    /// bytesStorage with the code words.
    public var codeOwner: Value
    /// The types of matches and scanners.
    public var matchType: Value
    public var scannerType: Value
    // raw
    public var flags: Int
    public var groups: Int
    public var codeSize: Int
    /// 1: bytes, 0: str, -1: either.
    public var isBytes: Int
}

extension Value {
    @inline(__always) var asPattern: UnsafeMutablePointer<PatternCell> { cell(as: PatternCell.self) }
}

extension UnsafeMutablePointer where Pointee == PatternCell {
    var code: UnsafePointer<UInt32> {
        UnsafePointer((pointee.codeOwner.cell + MemoryLayout<TextBufferCell>.size).assumingMemoryBound(to: UInt32.self))
    }
}

func patternDefinition() -> TypeDefinition {
    TypeDefinition(
        nil, "re.Pattern", flags: [.immutable, .disallowInstantiation, .weakReferenceable], doc: "Compiled regular expression object.",
        size: MemoryLayout<PatternCell>.size, layout: Layout(prefix: 6),
        slots: [.unary(.repr, pattern_repr), .unary(.hash, pattern_hash), .ternary(.compare, pattern_compare)],
        members: [
            .method("match", "(self, /, string, pos=0, endpos=sys.maxsize)", { t, a in matchOnce(t, a, MatchMode.match) },
                    "Matches zero or more characters at the beginning of the string."),
            .method("fullmatch", "(self, /, string, pos=0, endpos=sys.maxsize)", { t, a in matchOnce(t, a, MatchMode.full) },
                    "Matches against all of the string."),
            .method("search", "(self, /, string, pos=0, endpos=sys.maxsize)", { t, a in matchOnce(t, a, MatchMode.search) },
                    "Scan through string looking for a match, and return a corresponding match object instance.\n\nReturn None if no position in the string matches."),
            .method("findall", "(self, /, string, pos=0, endpos=sys.maxsize)", { t, a in
                var task = FindAll(pattern: a[0])
                return perform(t, a[0], a[1], a[2], a[3], &task)
            }, "Return a list of all non-overlapping matches of pattern in string."),
            .method("finditer", "(self, /, string, pos=0, endpos=sys.maxsize)", { t, a in
                let scanner = makeScanner(t, a[0], a[1], a[2], a[3])
                if scanner.isRaised { return .raised }
                let search = getAttribute(t, scanner, internStatic(t, "search"))
                if search.isRaised { return .raised }
                let iter = dictGetName(t, interpreter(t).pointee.builtins, internStatic(t, "iter"))
                return iter.isMissing ? raise(t, .runtimeError, "no builtin iter") : call(t, iter, search, .none)
            }, "Return an iterator over all non-overlapping matches for the RE pattern in string.\n\nFor each match, the iterator returns a match object."),
            .method("scanner", "(self, /, string, pos=0, endpos=sys.maxsize)", { t, a in makeScanner(t, a[0], a[1], a[2], a[3]) }),
            .method("split", "(self, /, string, maxsplit=0)", { t, a in
                guard let limit = asInt(t, a[2]) else { return .raised }
                var task = Split(pattern: a[0], limit: limit)
                return perform(t, a[0], a[1], .missing, .missing, &task)
            }, "Split string by the occurrences of pattern."),
            .method("sub", "(self, /, repl, string, count=0)", { t, a in substitute(t, a, withCount: false) },
                    "Return the string obtained by replacing the leftmost non-overlapping occurrences of pattern in string by the replacement repl."),
            .method("subn", "(self, /, repl, string, count=0)", { t, a in substitute(t, a, withCount: true) },
                    "Return the tuple (new_string, number_of_subs_made) found by replacing the leftmost non-overlapping occurrences of pattern with the replacement repl."),
            .method("__copy__", "(self, /)", { t, a in a[0] }),
            .method("__deepcopy__", "(self, memo, /)", { t, a in a[0] }),
            .classMethod("__class_getitem__", "(cls, object, /)", { t, a in makeGenericAlias(t, a[0], a[1]) }, "See PEP 585"),
            .member("pattern", get: { t, a in a[0].asPattern.pointee.pattern }, "The pattern string from which the RE object was compiled."),
            .member("flags", get: { t, a in Value(smallInt: a[0].asPattern.pointee.flags) }, "The regex matching flags."),
            .member("groups", get: { t, a in Value(smallInt: a[0].asPattern.pointee.groups) }, "The number of capturing groups in the pattern."),
            .attribute("groupindex", get: { t, a in
                let dict = a[0].asPattern.pointee.groupIndex
                return call(t, builtinType(.mappingProxy).value, dict)
            }, "A dictionary mapping group names to group numbers."),
        ])
}

// MARK: subjects

enum MatchMode { case match, full, search }

/// Work that needs a matcher; the unit of the text is known only inside.
protocol MatchTask {
    /// `from`: where to start; the matcher's `end` is the other bound. `subject`: the text.
    mutating func run<U: TextUnit>(_ t: Thread, _ matcher: inout Matcher<U>, _ subject: Subject, _ from: Int) -> Value
    var mode: MatchMode { get }
}

extension MatchTask {
    var mode: MatchMode { .search }
}

/// The text that is matched against.
struct Subject {
    let value: Value
    let text: Text

    /// A part of it: of the text's own type, bytes for any bytes-like object.
    @inline(__always) func slice(_ t: Thread, _ from: Int, _ to: Int) -> Value {
        if value.isStr { return substring(t, value, from, to) }
        if value.isExactly(.bytes) && from == 0 && to == text.count { return value }
        return to <= from ? emptyBytes : makeBytes(t, text.base + from, to &- from)
    }
}

/// Borrows a subject's memory. False: raised.
func openSubject(_ t: Thread, _ pattern: Value, _ v: Value, _ buffer: inout LadonBuffer, _ text: inout Text) -> Bool {
    let wanted = pattern.asPattern.pointee.isBytes
    if v.isCell && v.isStr {
        if wanted == 1 {
            _ = raise(t, .typeError, "cannot use a bytes pattern on a string-like object")
            return false
        }
        text = v.text
        return true
    }
    if !supportsBuffer(v) {
        _ = raise(t, .typeError, "expected string or bytes-like object, got '\(typeName(v))'")
        return false
    }
    if getBuffer(t, v, &buffer) < 0 { return false }
    if wanted == 0 {
        releaseBuffer(t, &buffer)
        _ = raise(t, .typeError, "cannot use a string pattern on a bytes-like object")
        return false
    }
    text = buffer.text
    return true
}

/// pos or endpos; nil: raised.
private func position(_ t: Thread, _ v: Value, _ standard: Int) -> Int? {
    if v.isMissing { return standard }
    if v.isSmallInt { return v.smallInt }
    return asInt(t, v)
}

/// Runs a task over a text from `pos` to `endpos`.
func perform<T: MatchTask>(_ t: Thread, _ pattern: Value, _ subject: Value, _ pos: Value, _ endpos: Value, _ task: inout T) -> Value {
    guard var from = position(t, pos, 0), var to = position(t, endpos, Int.max) else { return .raised }
    var buffer = LadonBuffer()
    var text = Text(base: UnsafeRawPointer(t), count: 0, kind: 1)
    if !openSubject(t, pattern, subject, &buffer, &text) { return .raised }
    defer { releaseBuffer(t, &buffer) }
    from = min(max(from, 0), text.count)
    to = min(max(to, 0), text.count)
    let p = pattern.asPattern
    let code = p.code
    let words = p.pointee.groups * 2
    let whole = Subject(value: subject, text: text)
    let matchAll = task.mode == .full
    let sets = SetBitmaps(code, p.pointee.codeSize)
    let result: Value = withUnsafeTemporaryAllocation(of: Int.self, capacity: 120) { scratch in
        withUnsafeTemporaryAllocation(of: Int.self, capacity: words + 1) { marks in
            let s = scratch.baseAddress.unsafelyUnwrapped, m = marks.baseAddress.unsafelyUnwrapped
            switch text.kind {
            case 1:
                var matcher = Matcher(t, code, text.units(UInt8.self), end: to, marks: m, markCount: words, matchAll: matchAll, scratch: s, sets: sets)
                defer { matcher.free() }
                return task.run(t, &matcher, whole, from)
            case 2:
                var matcher = Matcher(t, code, text.units(UInt16.self), end: to, marks: m, markCount: words, matchAll: matchAll, scratch: s, sets: sets)
                defer { matcher.free() }
                return task.run(t, &matcher, whole, from)
            default:
                var matcher = Matcher(t, code, text.units(UInt32.self), end: to, marks: m, markCount: words, matchAll: matchAll, scratch: s, sets: sets)
                defer { matcher.free() }
                return task.run(t, &matcher, whole, from)
            }
        }
    }
    subject.keepAlive
    pattern.keepAlive
    return result
}

extension Matcher {
    /// One match in the given mode.
    @inline(__always) mutating func find(_ mode: MatchMode, _ from: Int, mustAdvance: Bool) -> MatchResult {
        if from > end { return .failed }
        return mode == .search ? search(from, mustAdvance: mustAdvance) : match(from, mustAdvance: mustAdvance)
    }
}

// MARK: match, search

private struct MatchOnce: MatchTask {
    let pattern: Value
    let mode: MatchMode
    mutating func run<U: TextUnit>(_ t: Thread, _ matcher: inout Matcher<U>, _ subject: Subject, _ from: Int) -> Value {
        switch matcher.find(mode, from, mustAdvance: false) {
        case .matched: return makeMatch(t, pattern, subject.value, &matcher, from)
        case .failed: return .none
        case .raised: return .raised
        }
    }
}

private func matchOnce(_ t: Thread, _ a: Values, _ mode: MatchMode) -> Value {
    var task = MatchOnce(pattern: a[0], mode: mode)
    return perform(t, a[0], a[1], a[2], a[3], &task)
}

// MARK: findall, split

private struct FindAll: MatchTask {
    let pattern: Value
    mutating func run<U: TextUnit>(_ t: Thread, _ matcher: inout Matcher<U>, _ subject: Subject, _ from: Int) -> Value {
        let list = makeList(t)
        if list.isRaised { return .raised }
        let groups = pattern.asPattern.pointee.groups
        var at = from
        var mustAdvance = false
        while at <= matcher.end {
            matcher.reset()
            switch matcher.search(at, mustAdvance: mustAdvance) {
            case .raised: return .raised
            case .failed: return list
            case .matched: break
            }
            let item: Value
            switch groups {
            case 0: item = subject.slice(t, matcher.matchStart, matcher.matchEnd)
            case 1: item = groupOrEmpty(t, &matcher, subject, 0)
            default:
                item = makeTuple(t, groups)
                if item.isRaised { return .raised }
                for g in 0..<groups { item.tupleItems[g] = groupOrEmpty(t, &matcher, subject, g) }
            }
            if item.isRaised || listAppend(t, list, item) < 0 { return .raised }
            mustAdvance = matcher.matchEnd == matcher.matchStart
            at = matcher.matchEnd
        }
        return list
    }
}

private func groupOrEmpty<U: TextUnit>(_ t: Thread, _ matcher: inout Matcher<U>, _ subject: Subject, _ group: Int) -> Value {
    let from = matcher.marks[group * 2], to = matcher.marks[group * 2 + 1]
    return from < 0 || to < from ? subject.slice(t, 0, 0) : subject.slice(t, from, to)
}

private struct Split: MatchTask {
    let pattern: Value
    let limit: Int
    mutating func run<U: TextUnit>(_ t: Thread, _ matcher: inout Matcher<U>, _ subject: Subject, _ from: Int) -> Value {
        let list = makeList(t)
        if list.isRaised { return .raised }
        let groups = pattern.asPattern.pointee.groups
        var at = from, last = from, done = 0
        var mustAdvance = false
        loop: while limit <= 0 ? limit == 0 : done < limit {
            matcher.reset()
            switch matcher.search(at, mustAdvance: mustAdvance) {
            case .raised: return .raised
            case .failed: break loop
            case .matched: break
            }
            if listAppend(t, list, subject.slice(t, last, matcher.matchStart)) < 0 { return .raised }
            for g in 0..<groups {
                let from = matcher.marks[g * 2], to = matcher.marks[g * 2 + 1]
                if listAppend(t, list, from < 0 || to < from ? .none : subject.slice(t, from, to)) < 0 { return .raised }
            }
            done += 1
            mustAdvance = matcher.matchEnd == matcher.matchStart
            at = matcher.matchEnd
            last = at
        }
        return listAppend(t, list, subject.slice(t, last, matcher.end)) < 0 ? .raised : list
    }
}

// MARK: sub

private struct Substitute: MatchTask {
    let pattern: Value
    /// A callable, or the text to put in.
    let filter: Value
    let isCallable: Bool
    let limit: Int
    var count = 0
    mutating func run<U: TextUnit>(_ t: Thread, _ matcher: inout Matcher<U>, _ subject: Subject, _ from: Int) -> Value {
        let list = makeList(t)
        if list.isRaised { return .raised }
        var at = from, copied = from
        var mustAdvance = false
        loop: while limit <= 0 ? limit == 0 : count < limit {
            matcher.reset()
            switch matcher.search(at, mustAdvance: mustAdvance) {
            case .raised: return .raised
            case .failed: break loop
            case .matched: break
            }
            if copied < matcher.matchStart {
                if listAppend(t, list, subject.slice(t, copied, matcher.matchStart)) < 0 { return .raised }
            }
            var item = filter
            if isCallable {
                let match = makeMatch(t, pattern, subject.value, &matcher, from)
                if match.isRaised { return .raised }
                item = call(t, filter, match)
                if item.isRaised { return .raised }
            }
            if !item.isNone && listAppend(t, list, item) < 0 { return .raised }
            copied = matcher.matchEnd
            count += 1
            mustAdvance = matcher.matchEnd == matcher.matchStart
            at = matcher.matchEnd
        }
        if copied < matcher.end && listAppend(t, list, subject.slice(t, copied, matcher.end)) < 0 { return .raised }
        if listCount(list) == 0 { return subject.slice(t, 0, 0) }
        if subject.value.isStr { return stringJoin(t, emptyString, list) }
        return callMethod(t, emptyBytes, .join, list)
    }
}

private func substitute(_ t: Thread, _ a: Values, withCount: Bool) -> Value {
    let pattern = a[0], template = a[1]
    guard let limit = asInt(t, a[3]) else { return .raised }
    var filter = template
    var callable = isCallable(template)
    if !callable {
        // A template without backslashes stands for itself.
        var isLiteral = false
        if template.isCell && template.isStr {
            let text = template.text
            isLiteral = true
            for i in 0..<text.count where text[i] == 92 {
                isLiteral = false
                break
            }
        } else if supportsBuffer(template) {
            var buffer = LadonBuffer()
            if getBuffer(t, template, &buffer) < 0 { return .raised }
            isLiteral = memchr(buffer.text.base, 92, buffer.length) == nil
            releaseBuffer(t, &buffer)
        }
        if !isLiteral {
            filter = callModule(t, "_subx", pattern, template)
            if filter.isRaised { return .raised }
            callable = isCallable(filter)
        }
    }
    var task = Substitute(pattern: pattern, filter: filter, isCallable: callable, limit: limit)
    let result = perform(t, pattern, a[2], .missing, .missing, &task)
    if result.isRaised || !withCount { return result }
    return makeTuple(t, result, Value(smallInt: task.count))
}

/// Calls a function of the Python module `re`.
func callModule(_ t: Thread, _ function: StaticString, _ a: Value, _ b: Value) -> Value {
    let module = importModule(t, "re")
    if module.isRaised { return .raised }
    let f = getAttribute(t, module, internStatic(t, function))
    return f.isRaised ? .raised : call(t, f, a, b)
}

func callModule(_ t: Thread, _ function: StaticString, _ a: Value, _ b: Value, _ c: Value) -> Value {
    let module = importModule(t, "re")
    if module.isRaised { return .raised }
    let f = getAttribute(t, module, internStatic(t, function))
    return f.isRaised ? .raised : call(t, f, a, b, c)
}

// MARK: slots

func pattern_repr(_ t: Thread, _ v: Value) -> Value {
    let p = v.asPattern
    var flags = p.pointee.flags
    // The rule for str need not be said.
    if p.pointee.isBytes == 0 && flags & (SREFlag.locale | SREFlag.unicode | SREFlag.ascii) == SREFlag.unicode { flags &= ~SREFlag.unicode }
    let text = repr(t, p.pointee.pattern)
    if text.isRaised { return .raised }
    var builder = StringBuilder(t)
    builder.append("re.compile(")
    builder.append(text, 0, min(text.strCount, 200))
    let names: [(Int, StaticString)] = [
        (SREFlag.template, "re.TEMPLATE"), (SREFlag.ignoreCase, "re.IGNORECASE"), (SREFlag.locale, "re.LOCALE"),
        (SREFlag.multiline, "re.MULTILINE"), (SREFlag.dotAll, "re.DOTALL"), (SREFlag.unicode, "re.UNICODE"),
        (SREFlag.verbose, "re.VERBOSE"), (SREFlag.debug, "re.DEBUG"), (SREFlag.ascii, "re.ASCII"),
    ]
    var first = true
    for (flag, name) in names where flags & flag != 0 {
        builder.append(first ? ", " : "|")
        builder.append(name)
        flags &= ~flag
        first = false
    }
    if flags != 0 {
        builder.append(first ? ", " : "|")
        builder.append("0x" + String(flags, radix: 16))
    }
    builder.append(41)
    return builder.finish()
}

func pattern_hash(_ t: Thread, _ v: Value) -> Value {
    let p = v.asPattern
    let base = hash(t, p.pointee.pattern)
    if base == -1 { return .raised }
    let h = base ^ hashBytes(p.code, p.pointee.codeSize * 4) ^ p.pointee.flags ^ p.pointee.isBytes ^ p.pointee.groups
    return makeInt(t, h == -1 ? -2 : h)
}

func pattern_compare(_ t: Thread, _ a: Value, _ b: Value, _ op: Value) -> Value {
    let op = CompareOp(rawValue: op.smallInt).unsafelyUnwrapped
    if op != .eq && op != .ne || typeOf(a) != typeOf(b) { return .notImplemented }
    if a == b { return Value(op == .eq) }
    let x = a.asPattern, y = b.asPattern
    var same = x.pointee.flags == y.pointee.flags && x.pointee.isBytes == y.pointee.isBytes && x.pointee.codeSize == y.pointee.codeSize
        && memcmp(x.code, y.code, x.pointee.codeSize * 4) == 0
    if same {
        let equalPatterns = equal(t, x.pointee.pattern, y.pointee.pattern)
        if equalPatterns < 0 { return .raised }
        same = equalPatterns == 1
    }
    return Value(same == (op == .eq))
}
