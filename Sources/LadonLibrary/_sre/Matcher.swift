// The matcher: backtracking over the words of a compiled pattern, without recursion.
//
// Two stacks hold what is needed to go back. A *choice* says where to go on when the present path fails: a place in
// the pattern and in the text, and how high the trail was. The *trail* says how to undo what the path changed since: group
// marks, the current repeat, counts. Failing pops a choice and unwinds the trail to its height. (Warren's abstract machine
// for Prolog works this way; "atomic" is its cut: choices are dropped, the trail stays.)
//
// The body of an assertion, of an atomic group or of one turn of a possessive repeat runs above a *barrier*, a choice that also
// is the address where SUCCESS returns to.

import Glibc
import LadonRuntime
import LadonTypes

/// What a choice does when the path after it fails.
private enum Choice {
    /// Next alternative; word 1 is the position of its skip word.
    static let branch = 0
    /// One repetition less of a single item. a: count, b: minimum.
    static let repeatOne = 1
    /// One repetition more of a single item. a: count, b: position of the operation.
    static let minRepeatOne = 2
    /// Leave a greedy repeat and match what follows. a: its context.
    static let leave = 3
    /// Match the body of a lazy repeat once more. a: its context, b: its count.
    static let enter = 4
    // Barriers; c is the barrier below.
    static let assert = 5
    static let assertNot = 6
    static let atomic = 7
    /// a: count, b: where the turn before started.
    static let possessive = 8
}

/// Words of a choice: kind, pc, text position, height of the trail, height of the contexts, a, b, c.
private let choiceSize = 8
/// Words of a repeat context: the one around it, position of REPEAT, count, text position of the last turn.
private let contextSize = 4

// The methods of the matcher are `mutating` even where they change nothing: others get a copy of it, at each call.

/// How a match ended.
enum MatchResult {
    case matched, failed
    /// A Python exception is set (Ctrl-C, no memory).
    case raised
}

struct Matcher<U: TextUnit> {
    let t: Thread
    let code: UnsafePointer<UInt32>
    let text: UnsafePointer<U>
    /// Where the text ends for this match (endpos).
    let end: Int
    let marks: UnsafeMutablePointer<Int>
    let markCount: Int
    /// Only a match up to `end` counts (fullmatch).
    var matchAll: Bool
    private let sets: SetBitmaps
    /// The group closed last, or -1.
    var lastIndex = -1
    /// Where the match found starts and ends.
    var matchStart = 0
    var matchEnd = 0

    private var choices: WordStack
    private var trail: WordStack
    private var contexts: WordStack
    private var repetition = -1
    private var barrier = -1
    private var noMemory = false

    /// `scratch`: 120 words to begin with (what a native frame gives away cheaply).
    init(_ t: Thread, _ code: UnsafePointer<UInt32>, _ text: UnsafePointer<U>, end: Int, marks: UnsafeMutablePointer<Int>, markCount: Int,
         matchAll: Bool, scratch: UnsafeMutablePointer<Int>, sets: SetBitmaps) {
        self.sets = sets
        self.t = t
        self.code = code
        self.text = text
        self.end = end
        self.marks = marks
        self.markCount = markCount
        self.matchAll = matchAll
        choices = WordStack(scratch, 64)
        trail = WordStack(scratch + 64, 36)
        contexts = WordStack(scratch + 100, 20)
        for i in 0..<markCount { marks[i] = -1 }
    }

    func free() {
        choices.free()
        trail.free()
        contexts.free()
    }

    // MARK: the stacks

    @inline(__always) private mutating func pushChoice(_ kind: Int, _ pc: Int, _ at: Int, _ a: Int, _ b: Int, _ c: Int) {
        if !choices.reserve(choiceSize) { noMemory = true; return }
        let p = choices.base + choices.count
        p[0] = kind
        p[1] = pc
        p[2] = at
        p[3] = trail.count
        p[4] = contexts.count
        p[5] = a
        p[6] = b
        p[7] = c
        choices.count &+= choiceSize
    }

    @inline(__always) private mutating func pushTrail(_ what: Int, _ a: Int, _ b: Int) {
        if !trail.reserve(3) { noMemory = true; return }
        let p = trail.base + trail.count
        p[0] = what
        p[1] = a
        p[2] = b
        trail.count &+= 3
    }

    private mutating func undo(_ height: Int) {
        while trail.count > height {
            trail.count &-= 3
            let p = trail.base + trail.count
            if p[0] >= 0 {
                marks[p[0]] = p[1]
                lastIndex = p[2]
            } else if p[0] == -1 {
                repetition = p[1]
            } else if p[0] == -2 {
                contexts.base[p[1]] = p[2]
            } else {
                contexts.base[p[1] &+ 2] &-= 1
                contexts.base[p[1] &+ 3] = p[2]
            }
        }
    }

    @inline(__always) private mutating func setMark(_ i: Int, _ at: Int) {
        pushTrail(i, marks[i], lastIndex)
        marks[i] = at
        if i & 1 != 0 { lastIndex = i / 2 &+ 1 }
    }

    @inline(__always) private mutating func setRepetition(_ context: Int) {
        pushTrail(-1, repetition, 0)
        repetition = context
    }

    /// Changes a word of a context.
    @inline(__always) private mutating func setContext(_ position: Int, _ value: Int) {
        pushTrail(-2, position, contexts.base[position])
        contexts.base[position] = value
    }

    /// Begins the next turn of a repeat, with the count one higher, at `at`.
    @inline(__always) private mutating func setTurn(_ context: Int, _ at: Int) {
        pushTrail(-3, context, contexts.base[context &+ 3])
        contexts.base[context &+ 2] &+= 1
        contexts.base[context &+ 3] = at
    }

    // MARK: searching

    /// Forgets the groups of the match before.
    mutating func reset() {
        for i in 0..<markCount { marks[i] = -1 }
        lastIndex = -1
        choices.count = 0
        trail.count = 0
        contexts.count = 0
        repetition = -1
        barrier = -1
    }

    /// The first match at or after `from`. `mustAdvance`: not an empty one at `from` itself.
    mutating func search(_ from: Int, mustAdvance: Bool) -> MatchResult {
        if from > end { return .failed }
        var limit = end
        var prefix = 0, prefixLength = 0, charset = 0
        var isLiteral = false
        if code[0] == SREOp.info {
            let flags = code[2]
            let minimum = Int(code[3])
            if minimum > 1 {
                if end - from < minimum { return .failed }
                limit = end - (minimum - 1)
            } else if minimum == 1 && from == end {
                return .failed
            }
            if flags & SREInfo.prefix != 0 {
                prefixLength = Int(code[5])
                prefix = 7
                isLiteral = flags & SREInfo.literal != 0
            } else if flags & SREInfo.charset != 0 {
                charset = 5
            }
        }
        if prefixLength > 0 { return searchPrefix(from, prefix, prefixLength, isLiteral, mustAdvance) }
        var at = from
        if charset > 0 {
            let set = code + charset
            while true {
                if let map = sets.find(charset, code, isSet: true) {
                    while at < limit && !(text[at].codePoint < 256 ? isIn(map, 0, text[at].codePoint) : sreCharset(set, text[at].codePoint)) { at &+= 1 }
                } else {
                    while at < limit && !sreCharset(set, text[at].codePoint) { at &+= 1 }
                }
                if at >= end || at > limit { return .failed }
                if at == limit && limit < end { return .failed }
                let result = match(at, mustAdvance: mustAdvance && at == from)
                if result != .failed { return result }
                at &+= 1
            }
        }
        if isAnchored { return match(from, mustAdvance: mustAdvance) }
        let first = firstItem()
        while at <= limit {
            if first >= 0 {
                // Only where the pattern's first character stands.
                if code[first] == SREOp.literal {
                    let found = Search.index(of: code[first &+ 1], in: text, at, end)
                    at = found < 0 ? end : found
                } else if !dependsOnLocale(code[first]), let map = sets.find(first, code) {
                    while at < end && !isIn(map, first, text[at].codePoint) { at &+= 1 }
                } else {
                    while at < end && !itemMatches(first, text[at].codePoint) { at &+= 1 }
                }
                if at >= end { return .failed }
            }
            let result = match(at, mustAdvance: mustAdvance && at == from)
            if result != .failed { return result }
            at &+= 1
        }
        return .failed
    }

    /// Whether a match can only begin where the text does.
    private var isAnchored: Bool {
        let pc = code[0] == SREOp.info ? 1 &+ Int(code[1]) : 0
        return code[pc] == SREOp.at && (code[pc &+ 1] == SREAt.beginning || code[pc &+ 1] == SREAt.beginningString)
    }

    @inline(__always) private mutating func dependsOnLocale(_ operation: UInt32) -> Bool {
        operation >= SREOp.groupRefLocIgnore && operation <= SREOp.notLiteralLocIgnore
    }

    /// The single-character operation that every match begins with, or -1.
    private mutating func firstItem() -> Int {
        var pc = 0
        while true {
            switch code[pc] {
            case SREOp.info: pc &+= 1 &+ Int(code[pc &+ 1])
            case SREOp.mark: pc &+= 2
            case SREOp.repeatOne, SREOp.minRepeatOne, SREOp.possessiveRepeatOne:
                return code[pc &+ 2] > 0 ? pc &+ 4 : -1
            case SREOp.literal, SREOp.notLiteral, SREOp.any, SREOp.in, SREOp.inIgnore, SREOp.inUniIgnore, SREOp.inLocIgnore,
                 SREOp.literalIgnore, SREOp.notLiteralIgnore, SREOp.literalUniIgnore, SREOp.notLiteralUniIgnore,
                 SREOp.literalLocIgnore, SREOp.notLiteralLocIgnore:
                return pc
            default: return -1
            }
        }
    }

    private mutating func searchPrefix(_ from: Int, _ prefix: Int, _ length: Int, _ isLiteral: Bool, _ mustAdvance: Bool) -> MatchResult {
        let needle = code + prefix
        // A wider character than the text can hold is nowhere in it.
        for i in 0..<length where needle[i] > UInt32(truncatingIfNeeded: U.max) { return .failed }
        var at = from
        while true {
            let found = Search.find(text, at, end, needle, length)
            if found < 0 { return .failed }
            if isLiteral && !matchAll {
                matchStart = found
                matchEnd = found &+ length
                return .matched
            }
            let result = match(found, mustAdvance: mustAdvance && found == from)
            if result != .failed { return result }
            at = found &+ 1
        }
    }

    // MARK: single items

    /// Whether a character matches the item at `pc`, one that is worth a bitmap: a set, or in either case.
    @inline(__always) private mutating func isIn(_ pc: Int, _ cp: UInt32) -> Bool {
        if let map = sets.find(pc, code) { return isIn(map, pc, cp) }
        return sreItem(code + pc, cp)
    }

    @inline(__always) private mutating func isIn(_ map: UnsafePointer<UInt64>, _ pc: Int, _ cp: UInt32) -> Bool {
        cp < 256 ? map[Int(cp >> 6)] >> UInt64(cp & 63) & 1 != 0 : sreItem(code + pc, cp)
    }

    /// How many of the item at `pc` stand at `at`, up to `limit`.
    private mutating func countItems(_ pc: Int, _ at: Int, _ limit: Int) -> Int {
        let stop = limit < end &- at ? at &+ limit : end
        var p = at
        let argument = code[pc &+ 1]
        switch code[pc] {
        case SREOp.inIgnore, SREOp.inUniIgnore, SREOp.literalIgnore, SREOp.literalUniIgnore:
            while p < stop && isIn(pc, text[p].codePoint) { p &+= 1 }
        case SREOp.in:
            let set = code + (pc &+ 2)
            if let map = sets.find(pc, code) {
                while p < stop && isIn(map, pc, text[p].codePoint) { p &+= 1 }
            } else if set[0] == SREOp.category && set[2] == SREOp.failure {
                let category = set[1]
                while p < stop && sreCategory(category, text[p].codePoint) { p &+= 1 }
            } else if set[0] == SREOp.charset && set[9] == SREOp.failure {
                while p < stop {
                    let cp = text[p].codePoint
                    if cp > 255 || set[1 &+ Int(cp >> 5)] >> (cp & 31) & 1 == 0 { break }
                    p &+= 1
                }
            } else {
                while p < stop && sreCharset(set, text[p].codePoint) { p &+= 1 }
            }
        case SREOp.any: while p < stop && text[p] != 10 { p &+= 1 }
        case SREOp.anyAll: p = stop
        case SREOp.literal: while p < stop && text[p].codePoint == argument { p &+= 1 }
        case SREOp.notLiteral: while p < stop && text[p].codePoint != argument { p &+= 1 }
        default: while p < stop && itemMatches(pc, text[p].codePoint) { p &+= 1 }
        }
        return p &- at
    }

    /// Whether one character matches the item at `pc`.
    @inline(__always) private mutating func itemMatches(_ pc: Int, _ cp: UInt32) -> Bool {
        switch code[pc] {
        case SREOp.literal: return cp == code[pc &+ 1]
        case SREOp.notLiteral: return cp != code[pc &+ 1]
        case SREOp.any: return cp != 10
        case SREOp.in, SREOp.inIgnore, SREOp.inUniIgnore: return isIn(pc, cp)
        default: return sreItem(code + pc, cp)
        }
    }

    private mutating func atPosition(_ what: UInt32, _ at: Int) -> Bool {
        switch what {
        case SREAt.beginning, SREAt.beginningString: return at == 0
        case SREAt.beginningLine: return at == 0 || text[at &- 1] == 10
        case SREAt.end: return at == end || (at &+ 1 == end && text[at] == 10)
        case SREAt.endLine: return at == end || text[at] == 10
        case SREAt.endString: return at == end
        default: break
        }
        // In an empty text there is no boundary, and no place that is none.
        if end == 0 { return false }
        let before = at > 0 ? text[at &- 1].codePoint : 0, after = at < end ? text[at].codePoint : 0
        let this: Bool, that: Bool
        switch what {
        case SREAt.boundary, SREAt.nonBoundary:
            that = at > 0 && sreIsASCIIWord(before)
            this = at < end && sreIsASCIIWord(after)
        case SREAt.uniBoundary, SREAt.uniNonBoundary:
            that = at > 0 && sreIsUnicodeWord(before)
            this = at < end && sreIsUnicodeWord(after)
        default:
            that = at > 0 && sreIsLocaleWord(before)
            this = at < end && sreIsLocaleWord(after)
        }
        let isBoundary = what == SREAt.boundary || what == SREAt.uniBoundary || what == SREAt.locBoundary
        return (this != that) == isBoundary
    }

    /// The text position after group `group` was matched again at `at` (characters compared through `fold`), or -1.
    @inline(__always) private mutating func matchGroup(_ group: Int, _ at: Int, _ same: (UInt32, UInt32) -> Bool) -> Int {
        let from = marks[group &* 2], to = marks[group &* 2 &+ 1]
        if from < 0 || to < from { return -1 }
        if end &- at < to &- from { return -1 }
        for i in 0..<(to &- from) where !same(text[from &+ i].codePoint, text[at &+ i].codePoint) { return -1 }
        return at &+ (to &- from)
    }

    // MARK: matching

    /// Matches at `start`. On failure all groups are as before.
    mutating func match(_ start: Int, mustAdvance: Bool) -> MatchResult {
        var pc = 0
        var at = start
        var steps = 0
        choices.count = 0
        trail.count = 0
        contexts.count = 0
        repetition = -1
        barrier = -1
        while true {
            steps &+= 1
            if steps & 0xFFF == 0 {
                if noMemory {
                    _ = raiseMemoryError(t)
                    return .raised
                }
                if ladon_load32_relaxed(pendingAddress) != 0 && !safepoint(t) { return .raised }
            }
            var matched: Bool
            switch code[pc] {
            case SREOp.literal:
                matched = at < end && text[at].codePoint == code[pc &+ 1]
                at &+= 1
                pc &+= 2
            case SREOp.any:
                matched = at < end && text[at] != 10
                at &+= 1
                pc &+= 1
            case SREOp.anyAll:
                matched = at < end
                at &+= 1
                pc &+= 1
            case SREOp.in:
                matched = at < end && isIn(pc, text[at].codePoint)
                at &+= 1
                pc &+= 1 &+ Int(code[pc &+ 1])
            case SREOp.inIgnore, SREOp.inUniIgnore, SREOp.inLocIgnore:
                matched = at < end && itemMatches(pc, text[at].codePoint)
                at &+= 1
                pc &+= 1 &+ Int(code[pc &+ 1])
            case SREOp.notLiteral, SREOp.category, SREOp.literalIgnore, SREOp.notLiteralIgnore, SREOp.literalUniIgnore,
                 SREOp.notLiteralUniIgnore, SREOp.literalLocIgnore, SREOp.notLiteralLocIgnore:
                matched = at < end && itemMatches(pc, text[at].codePoint)
                at &+= 1
                pc &+= 2
            case SREOp.mark:
                setMark(Int(code[pc &+ 1]), at)
                pc &+= 2
                matched = true
            case SREOp.at:
                matched = atPosition(code[pc &+ 1], at)
                pc &+= 2
            case SREOp.jump, SREOp.info:
                pc &+= 1 &+ Int(code[pc &+ 1])
                matched = true
            case SREOp.branch:
                matched = branch(&pc, at, pc &+ 1)
            case SREOp.repeatOne:
                matched = repeatOne(&pc, &at)
            case SREOp.minRepeatOne:
                matched = minRepeatOne(&pc, &at)
            case SREOp.possessiveRepeatOne:
                let minimum = Int(code[pc &+ 2])
                let count = end &- at < minimum ? -1 : countItems(pc &+ 4, at, limit(code[pc &+ 3]))
                matched = count >= minimum
                at &+= count
                pc &+= 1 &+ Int(code[pc &+ 1])
            case SREOp.repeat:
                let context = contexts.count
                if !contexts.reserve(contextSize) { noMemory = true; steps = 0xFFF; continue }
                let p = contexts.base + context
                p[0] = repetition
                p[1] = pc
                p[2] = -1
                p[3] = -1
                contexts.count &+= contextSize
                setRepetition(context)
                pc &+= 1 &+ Int(code[pc &+ 1])
                matched = true
            case SREOp.maxUntil:
                maxUntil(&pc, at)
                matched = true
            case SREOp.minUntil:
                minUntil(&pc, at)
                matched = true
            case SREOp.success:
                if barrier < 0 {
                    if (matchAll && at != end) || (mustAdvance && at == start) {
                        matched = false
                    } else {
                        matchStart = start
                        matchEnd = at
                        if noMemory { _ = raiseMemoryError(t); return .raised }
                        return .matched
                    }
                } else {
                    matched = leaveBarrier(&pc, &at)
                }
            case SREOp.assert, SREOp.assertNot:
                let isNot = code[pc] == SREOp.assertNot
                let back = Int(code[pc &+ 2])
                let next = pc &+ 1 &+ Int(code[pc &+ 1])
                if at < back {
                    // There is not enough text before: the body cannot match.
                    matched = isNot
                    pc = next
                } else {
                    pushChoice(isNot ? Choice.assertNot : Choice.assert, next, at, 0, 0, barrier)
                    barrier = choices.count &- choiceSize
                    at &-= back
                    pc &+= 3
                    matched = true
                }
            case SREOp.atomicGroup:
                pushChoice(Choice.atomic, pc &+ 1 &+ Int(code[pc &+ 1]), at, 0, 0, barrier)
                barrier = choices.count &- choiceSize
                pc &+= 2
                matched = true
            case SREOp.possessiveRepeat:
                possessive(&pc, at, pc, 0, -1)
                matched = true
            case SREOp.groupRef:
                at = matchGroup(Int(code[pc &+ 1]), at) { $0 == $1 }
                matched = at >= 0
                pc &+= 2
            case SREOp.groupRefIgnore:
                at = matchGroup(Int(code[pc &+ 1]), at) { sreLowerASCII($0) == sreLowerASCII($1) }
                matched = at >= 0
                pc &+= 2
            case SREOp.groupRefUniIgnore:
                at = matchGroup(Int(code[pc &+ 1]), at) { sreLowerUnicode($0) == sreLowerUnicode($1) }
                matched = at >= 0
                pc &+= 2
            case SREOp.groupRefLocIgnore:
                at = matchGroup(Int(code[pc &+ 1]), at) { sreLowerLocale($0) == sreLowerLocale($1) }
                matched = at >= 0
                pc &+= 2
            case SREOp.groupRefExists:
                let group = Int(code[pc &+ 1])
                let from = marks[group &* 2], to = marks[group &* 2 &+ 1]
                if from >= 0 && to >= from {
                    pc &+= 3
                } else {
                    pc &+= 2 &+ Int(code[pc &+ 2]) &- 1
                }
                matched = true
            default:
                matched = false
            }
            if !matched && !backtrack(&pc, &at) {
                if noMemory { _ = raiseMemoryError(t); return .raised }
                return .failed
            }
        }
    }

    private var pendingAddress: UnsafeMutableRawPointer {
        UnsafeMutableRawPointer(t) + MemoryLayout<ThreadState>.offset(of: \ThreadState.pending).unsafelyUnwrapped
    }

    @inline(__always) private func limit(_ word: UInt32) -> Int { word == sreMaxRepeat ? Int.max : Int(word) }

    /// Takes the path of the newest choice. False: there is none.
    private mutating func backtrack(_ pc: inout Int, _ at: inout Int) -> Bool {
        while choices.count > 0 {
            let p = choices.base + (choices.count &- choiceSize)
            undo(p[3])
            contexts.count = p[4]
            let a = p[5], b = p[6]
            pc = p[1]
            at = p[2]
            switch p[0] {
            case Choice.branch:
                choices.count &-= choiceSize
                if branch(&pc, at, pc) { return true }
            case Choice.repeatOne:
                // a repetitions were tried and the rest failed.
                let start = at
                var count = a &- 1
                if code[pc] == SREOp.literal {
                    let wanted = code[pc &+ 1]
                    while count >= b && (start &+ count >= end || text[start &+ count].codePoint != wanted) { count &-= 1 }
                }
                if count < b {
                    choices.count &-= choiceSize
                    continue
                }
                if count == b { choices.count &-= choiceSize } else { p[5] = count }
                at = start &+ count
                return true
            case Choice.minRepeatOne:
                let op = b
                if code[pc] == SREOp.literal {
                    // As many more as it takes to come to the character that follows.
                    let (next, count) = lengthen(op, at, a, code[pc &+ 1])
                    if next >= 0 {
                        at = next
                        p[2] = at
                        p[5] = count
                        return true
                    }
                } else if a < limit(code[op &+ 3]) && at < end && itemMatches(op &+ 4, text[at].codePoint) {
                    at &+= 1
                    p[2] = at
                    p[5] = a &+ 1
                    return true
                }
                choices.count &-= choiceSize
            case Choice.leave:
                choices.count &-= choiceSize
                setRepetition(contexts.base[a])
                return true
            case Choice.enter:
                choices.count &-= choiceSize
                let context = a
                let op = contexts.base[context &+ 1]
                if b >= limit(code[op &+ 3]) || contexts.base[context &+ 3] == at { continue }
                setTurn(context, at)
                if repetition != context { setRepetition(context) }
                pc = op &+ 4
                return true
            case Choice.assert, Choice.atomic:
                barrier = p[7]
                choices.count &-= choiceSize
            case Choice.assertNot:
                // The body did not match: the assertion holds.
                barrier = p[7]
                choices.count &-= choiceSize
                return true
            default:
                // A turn of a possessive repeat failed: it ends before it, if there were enough.
                barrier = p[7]
                choices.count &-= choiceSize
                if a >= Int(code[pc &+ 2]) {
                    pc &+= 2 &+ Int(code[pc &+ 1])
                    return true
                }
            }
        }
        undo(0)
        return false
    }

    /// More of the item of the lazy repeat at `op`, of which there are `count` up to `at`, until `wanted` follows: where that
    /// is, and how many there are then; -1: nowhere.
    @inline(__always) private mutating func lengthen(_ op: Int, _ at: Int, _ count: Int, _ wanted: UInt32) -> (Int, Int) {
        let item = op &+ 4
        let most = limit(code[op &+ 3])
        if code[item] == SREOp.any || code[item] == SREOp.anyAll {
            if at >= end { return (-1, 0) }
            let found = Search.index(of: wanted, in: text, at &+ 1, end)
            if found < 0 || found &- at > most &- count { return (-1, 0) }
            if code[item] == SREOp.any && Search.index(of: 10, in: text, at, found) >= 0 { return (-1, 0) }
            return (found, count &+ (found &- at))
        }
        var at = at, count = count
        while count < most && at < end && itemMatches(item, text[at].codePoint) {
            at &+= 1
            count &+= 1
            if at < end && text[at].codePoint == wanted { return (at, count) }
        }
        return (-1, 0)
    }

    /// Goes into the first alternative from `skip` (the position of its skip word) on that can begin at `at`.
    private mutating func branch(_ pc: inout Int, _ at: Int, _ skip: Int) -> Bool {
        var skip = skip
        while code[skip] != 0 {
            let next = skip &+ Int(code[skip])
            let body = skip &+ 1
            let possible: Bool
            switch code[body] {
            case SREOp.literal: possible = at < end && text[at].codePoint == code[body &+ 1]
            case SREOp.in: possible = at < end && isIn(body, text[at].codePoint)
            default: possible = true
            }
            if possible {
                if code[next] != 0 { pushChoice(Choice.branch, next, at, 0, 0, 0) }
                pc = body
                return true
            }
            skip = next
        }
        return false
    }

    private mutating func repeatOne(_ pc: inout Int, _ at: inout Int) -> Bool {
        let minimum = Int(code[pc &+ 2])
        if end &- at < minimum { return false }
        var count = countItems(pc &+ 4, at, limit(code[pc &+ 3]))
        if count < minimum { return false }
        pc &+= 1 &+ Int(code[pc &+ 1])
        let start = at
        if code[pc] == SREOp.literal {
            let wanted = code[pc &+ 1]
            while count >= minimum && (start &+ count >= end || text[start &+ count].codePoint != wanted) { count &-= 1 }
            if count < minimum { return false }
        }
        if count > minimum { pushChoice(Choice.repeatOne, pc, start, count, minimum, 0) }
        at = start &+ count
        return true
    }

    private mutating func minRepeatOne(_ pc: inout Int, _ at: inout Int) -> Bool {
        let op = pc
        let minimum = Int(code[pc &+ 2])
        if end &- at < minimum { return false }
        if minimum > 0 {
            if countItems(pc &+ 4, at, minimum) < minimum { return false }
            at &+= minimum
        }
        pc &+= 1 &+ Int(code[pc &+ 1])
        if minimum < limit(code[op &+ 3]) { pushChoice(Choice.minRepeatOne, pc, at, minimum, op, 0) }
        return true
    }

    /// False: what begins at `pc` cannot match at `at`, as its first character shows.
    @inline(__always) private mutating func canBegin(_ pc: Int, _ at: Int) -> Bool {
        switch code[pc] {
        case SREOp.literal: return at < end && text[at].codePoint == code[pc &+ 1]
        case SREOp.in: return at < end && isIn(pc, text[at].codePoint)
        default: return true
        }
    }

    /// The same of the body of a repeat, which may be a choice of several.
    @inline(__always) private mutating func bodyCanBegin(_ pc: Int, _ at: Int) -> Bool {
        if code[pc] != SREOp.branch { return canBegin(pc, at) }
        var skip = pc &+ 1
        while code[skip] != 0 {
            if canBegin(skip &+ 1, at) { return true }
            skip &+= Int(code[skip])
        }
        return false
    }

    /// The end of the body of a greedy repeat (or its entry, with the count at -1). Ways that fail at once are not tried.
    private mutating func maxUntil(_ pc: inout Int, _ at: Int) {
        let context = repetition
        let p = contexts.base + context
        let op = p[1]
        let count = p[2] &+ 1
        if count < Int(code[op &+ 2]) {
            setContext(context &+ 2, count)
            pc = op &+ 4
            return
        }
        // A turn that matched nothing is not repeated.
        if count < limit(code[op &+ 3]) && at != p[3] && bodyCanBegin(op &+ 4, at) {
            if canBegin(pc &+ 1, at) { pushChoice(Choice.leave, pc &+ 1, at, context, 0, 0) }
            setTurn(context, at)
            pc = op &+ 4
            return
        }
        setRepetition(p[0])
        pc &+= 1
    }

    /// The same of a lazy repeat.
    private mutating func minUntil(_ pc: inout Int, _ at: Int) {
        let context = repetition
        let p = contexts.base + context
        let op = p[1]
        let count = p[2] &+ 1
        if count < Int(code[op &+ 2]) {
            setContext(context &+ 2, count)
            pc = op &+ 4
            return
        }
        let outer = p[0]
        pushChoice(Choice.enter, pc, at, context, count, 0)
        setRepetition(outer)
        pc &+= 1
    }

    /// The next turn of a possessive repeat, or what follows it.
    private mutating func possessive(_ pc: inout Int, _ at: Int, _ op: Int, _ count: Int, _ last: Int) {
        let minimum = Int(code[op &+ 2])
        if count < minimum {
            pushChoice(Choice.possessive, op, at, count, last, barrier)
        } else if count < limit(code[op &+ 3]) && at != last {
            pushChoice(Choice.possessive, op, at, count, at, barrier)
        } else {
            pc = op &+ 2 &+ Int(code[op &+ 1])
            return
        }
        barrier = choices.count &- choiceSize
        pc = op &+ 4
    }

    /// SUCCESS in the body of the innermost barrier.
    private mutating func leaveBarrier(_ pc: inout Int, _ at: inout Int) -> Bool {
        let p = choices.base + barrier
        let kind = p[0], next = p[1], start = p[2], a = p[5], b = p[6], outer = p[7]
        if kind == Choice.assertNot { undo(p[3]) }
        choices.count = barrier
        barrier = outer
        switch kind {
        case Choice.assert:
            pc = next
            at = start
            return true
        case Choice.assertNot: return false
        case Choice.atomic:
            pc = next
            return true
        default:
            possessive(&pc, at, next, a &+ 1, b)
            return true
        }
    }
}
