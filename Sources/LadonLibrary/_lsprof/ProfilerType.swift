// `_lsprof.Profiler`, and what stands in a thread for it: a `ThreadProfile`, which the interpreter tells of calls and returns
// (LadonRuntime/Tracing/NativeProfiler.swift).
//
// Each thread that calls `enable` has a profile of its own, so threads need no lock for what they count and their calls
// do not mix; `getstats` stops the world, copies all of them and adds up. The profiles form a list that only grows, by
// whole cells under the Profiler's cell lock. Its flags and timer are single words: a change by another thread counts from
// the next call on.

import Glibc
import LadonTypes

struct ProfilerCell {
    var header: CellHeader
    /// The external timer, or 0.
    var timer: Value
    /// The first ThreadProfile, or 0.
    var profiles: Value
    // raw
    var flags: UInt
    /// Seconds for each unit of a timer that answers integers; 0 for one that answers seconds.
    var unit: Double
}

enum ProfilerFlags {
    static let pairs: UInt = 1, builtins: UInt = 2
}

struct ThreadProfileCell {
    var header: CellHeader
    /// First, where sys.getprofile looks.
    var profiler: Value
    /// A list: what `getstats` shows for each entry of the tables, which it keeps alive; 0 while there is none.
    var shown: Value
    var next: Value
    // raw
    var tables: UnsafeMutablePointer<CallTables>
    /// Whose calls these are. A thread may come by the state of one that ended.
    var thread: Thread
    var ident: UInt
    /// The external timer runs.
    var isTiming: UInt
}

extension Value {
    @inline(__always) var asProfiler: UnsafeMutablePointer<ProfilerCell> { cell(as: ProfilerCell.self) }
    @inline(__always) var asThreadProfile: UnsafeMutablePointer<ThreadProfileCell> { cell(as: ThreadProfileCell.self) }
}

nonisolated(unsafe) private var threadProfileType: TypePointer! = nil
nonisolated(unsafe) private var entryType: TypePointer! = nil
nonisolated(unsafe) private var subentryType: TypePointer! = nil

// MARK: events

private func profileEvent(_ t: Thread, _ v: Value, _ number: UInt32, _ what: Value, _ receiver: Value) {
    let profile = v.asThreadProfile
    switch TraceEvent(rawValue: number) {
    case .call: enter(t, profile, what.bits, what, .raised)
    case .return: leave(t, profile, what.bits)
    case .nativeCall:
        if profile.pointee.profiler.asProfiler.pointee.flags & ProfilerFlags.builtins != 0 { enter(t, profile, recordKey(what), what, receiver) }
    case .nativeReturn, .nativeException:
        if profile.pointee.profiler.asProfiler.pointee.flags & ProfilerFlags.builtins != 0 { leave(t, profile, recordKey(what)) }
    default: break
    }
}

@inline(__always) private func recordKey(_ callee: Value) -> UInt {
    UInt(bitPattern: callee.isExactly(.nativeFunction) ? callee.asNativeFunction.pointee.record : callee.asMethodDescriptor.pointee.record)
}

@inline(__always)
private func enter(_ t: Thread, _ profile: UnsafeMutablePointer<ThreadProfileCell>, _ key: UInt, _ what: Value, _ receiver: Value) {
    let tables = profile.pointee.tables
    var entry = tables.pointee.position(key)
    if entry < 0 {
        entry = newEntry(t, profile, key, what, receiver)
        if entry < 0 { return }
    }
    let profiler = profile.pointee.profiler.asProfiler
    tables.pointee.enter(entry, withPairs: profiler.pointee.flags & ProfilerFlags.pairs != 0)
    if profiler.pointee.timer.bits == 0 {
        tables.pointee.active.items[tables.pointee.active.count - 1].started = Int(ladon_monotonic())
        return
    }
    let generation = tables.pointee.generation
    let time = externalTime(t, profile)
    // Emptied by another thread meanwhile: the call is forgotten.
    if tables.pointee.generation == generation { tables.pointee.active.items[tables.pointee.active.count - 1].started = time }
}

@inline(__always)
private func leave(_ t: Thread, _ profile: UnsafeMutablePointer<ThreadProfileCell>, _ key: UInt) {
    let tables = profile.pointee.tables
    // Returns from what was called before profiling began.
    if tables.pointee.active.count == 0 { return }
    let time = profile.pointee.profiler.asProfiler.pointee.timer.bits == 0 ? Int(ladon_monotonic()) : externalTime(t, profile)
    let depth = tables.pointee.active.count
    if depth == 0 { return }
    let last = Int(tables.pointee.active.items[depth - 1].entry)
    if tables.pointee.entries.items[last].key == key { return tables.pointee.leave(last, time) }
    let entry = tables.pointee.position(key)
    if entry >= 0 { tables.pointee.leave(entry, time) } else { tables.pointee.active.removeLast() }
}

/// A function's first call. -1: no memory for it.
@inline(never)
private func newEntry(_ t: Thread, _ profile: UnsafeMutablePointer<ThreadProfileCell>, _ key: UInt, _ what: Value, _ receiver: Value) -> Int {
    let object = what.isExactly(.code) ? what : nativeDescription(t, what, receiver)
    while !object.isRaised {
        let list = profile.pointee.shown.bits == 0 ? makeList(t) : profile.pointee.shown
        let generation = profile.pointee.tables.pointee.generation
        if list.isRaised || listAppend(t, list, object) < 0 { break }
        // Another thread emptied the tables while this one allocated: its list is of no use.
        if profile.pointee.tables.pointee.generation != generation { continue }
        storeSlot(&profile.pointee.shown, list)
        return profile.pointee.tables.pointee.addEntry(key)
    }
    clearException(t)
    return -1
}

/// The str that stands for a built-in function: its name with the module's, or what its type shows for a method.
private func nativeDescription(_ t: Thread, _ callee: Value, _ receiver: Value) -> Value {
    let isFunction = callee.isExactly(.nativeFunction)
    let record = isFunction ? callee.asNativeFunction.pointee.record : callee.asMethodDescriptor.pointee.record
    let functionName = record.pointee.member.name
    let object = isFunction ? callee.asNativeFunction.pointee.receiver : receiver
    if object.bits == 0 || object.isExactly(.module) {
        let module = isFunction ? callee.asNativeFunction.pointee.module : .raised
        if module.bits != 0 && isInstanceOf(module, .str) { return makeString(t, "<built-in method \(swiftString(module)).\(functionName)>") }
    } else {
        let attribute = lookupType(t, typeOf(object), intern(t, makeString(t, functionName)))
        if attribute.isCell {
            let text = repr(t, attribute)
            if !text.isRaised { return text }
            clearException(t)
        }
    }
    return makeString(t, "<built-in method \(functionName)>")
}

/// What the external timer says, 0 when it raised. Neither it nor what hears of its exception is profiled.
@inline(never)
private func externalTime(_ t: Thread, _ profile: UnsafeMutablePointer<ThreadProfileCell>) -> Int {
    let profiler = profile.pointee.profiler
    let timer = loadSlot(&profiler.asProfiler.pointee.timer)
    if timer.bits == 0 { return Int(ladon_monotonic()) }
    t.pointee.tracing += 1
    chooseHandlers(t)
    profile.pointee.isTiming = 1
    let v = call(t, timer)
    var time: Int? = nil
    if !v.isRaised {
        if profiler.asProfiler.pointee.unit > 0 {
            if isInt(v) { time = asInt(t, v) } else { raise(t, .typeError, "expect int, got \(typeName(v))") }
        } else { time = nanoseconds(t, v, .floor) }
    }
    if time == nil { reportUnraisable(t, timer) }
    profile.pointee.isTiming = 0
    t.pointee.tracing -= 1
    chooseHandlers(t)
    return time ?? 0
}

// MARK: methods

/// The calling thread's profile, made when there is none. 0: raised.
private func ownProfile(_ t: Thread, _ v: Value) -> Value {
    var p = loadSlot(&v.asProfiler.pointee.profiles)
    while p.bits != 0 {
        if p.asThreadProfile.pointee.thread == t {
            if p.asThreadProfile.pointee.ident != t.pointee.ident {
                p.asThreadProfile.pointee.ident = t.pointee.ident
                p.asThreadProfile.pointee.tables.pointee.dropActive()
            }
            return p
        }
        p = p.asThreadProfile.pointee.next
    }
    let fresh = allocateInstance(t, threadProfileType)
    if fresh.isRaised { return .raised }
    let profile = fresh.asThreadProfile
    profile.pointee.tables = .allocate(capacity: 1)
    profile.pointee.tables.initialize(to: CallTables())
    profile.pointee.profiler = v
    profile.pointee.thread = t
    profile.pointee.ident = t.pointee.ident
    lockCell(t, v)
    profile.pointee.next = v.asProfiler.pointee.profiles
    storeSlot(&v.asProfiler.pointee.profiles, fresh)
    unlockCell(t, v)
    return fresh
}

/// Sets or clears a flag by an optional argument. False: raised.
private func setFlag(_ t: Thread, _ v: Value, _ flag: UInt, _ argument: Value) -> Bool {
    if argument.isMissing { return true }
    guard let n = asInt32(t, argument) else { return false }
    let p = v.asProfiler
    p.pointee.flags = n != 0 ? p.pointee.flags | flag : p.pointee.flags & ~flag
    return true
}

private func profiler_init(_ t: Thread, _ a: Values) -> Value {
    guard let unit = a[2].isMissing ? 0 : asDouble(t, a[2]) else { return .raised }
    let wantsPairs = a[3].isMissing ? 1 : asInt32(t, a[3]), wantsBuiltins = a[4].isMissing ? 1 : asInt32(t, a[4])
    guard let wantsPairs, let wantsBuiltins else { return .raised }
    let p = a[0].asProfiler
    p.pointee.flags = (wantsPairs != 0 ? ProfilerFlags.pairs : 0) | (wantsBuiltins != 0 ? ProfilerFlags.builtins : 0)
    p.pointee.unit = unit
    storeSlot(&p.pointee.timer, a[1].isNone ? .raised : a[1])
    return .none
}

private func profiler_enable(_ t: Thread, _ a: Values) -> Value {
    if !setFlag(t, a[0], ProfilerFlags.pairs, a[1]) || !setFlag(t, a[0], ProfilerFlags.builtins, a[2]) { return .raised }
    let profile = ownProfile(t, a[0])
    if profile.isRaised { return .raised }
    setProfileFunction(t, profile)
    return .none
}

private func profiler_disable(_ t: Thread, _ a: Values) -> Value {
    let v = ownProfile(t, a[0])
    if v.isRaised { return .raised }
    let profile = v.asThreadProfile
    if profile.pointee.isTiming != 0 { return raise(t, .runtimeError, "cannot disable profiler in external timer") }
    setProfileFunction(t, .none)
    // What still runs, this call among it, ends here for the profile.
    let tables = profile.pointee.tables
    while tables.pointee.active.count > 0 {
        let time = a[0].asProfiler.pointee.timer.bits == 0 ? Int(ladon_monotonic()) : externalTime(t, profile)
        if tables.pointee.active.count == 0 { break }
        tables.pointee.leave(Int(tables.pointee.active.items[tables.pointee.active.count - 1].entry), time)
    }
    v.keepAlive
    return .none
}

private func profiler_clear(_ t: Thread, _ a: Values) -> Value {
    let first = loadSlot(&a[0].asProfiler.pointee.profiles)
    var p = first
    while p.bits != 0 {
        if p.asThreadProfile.pointee.thread == t && p.asThreadProfile.pointee.isTiming != 0 {
            return raise(t, .runtimeError, "cannot clear profiler in external timer")
        }
        p = p.asThreadProfile.pointee.next
    }
    stopTheWorld(t)
    p = first
    while p.bits != 0 {
        p.asThreadProfile.pointee.tables.pointee.removeAll()
        p.asThreadProfile.pointee.shown = .raised
        p = p.asThreadProfile.pointee.next
    }
    startTheWorld(t)
    first.keepAlive
    return .none
}

// MARK: getstats

/// The tables of every thread, added up. Entries name what they show by list and position.
private struct Summary {
    var entries: [(entry: CallEntry, list: Int, position: Int)] = []
    var pairs: [CallPair] = []
    private var entryPositions: [UInt: Int] = [:]
    private var pairPositions: [UInt: Int] = [:]

    mutating func add(_ tables: UnsafeMutablePointer<CallTables>, list: Int) {
        var here: [Int] = []
        for i in 0 ..< tables.pointee.entries.count {
            let e = tables.pointee.entries.items[i]
            if let known = entryPositions[e.key] {
                here.append(known)
                entries[known].entry.counts.add(e.counts)
                if e.hasCalls { entries[known].entry.hasCalls = true }
            } else {
                entryPositions[e.key] = entries.count
                here.append(entries.count)
                entries.append((e, list, i))
            }
        }
        for i in 0 ..< tables.pointee.pairs.count {
            let p = tables.pointee.pairs.items[i]
            var sum = CallPair(caller: Int32(here[Int(p.caller)]), callee: Int32(here[Int(p.callee)]))
            sum.counts = p.counts
            let key = UInt(UInt32(sum.caller)) << 32 | UInt(UInt32(sum.callee))
            if let known = pairPositions[key] {
                pairs[known].counts.add(p.counts)
            } else {
                pairPositions[key] = pairs.count
                pairs.append(sum)
            }
        }
    }
}

private func profiler_getstats(_ t: Thread, _ a: Values) -> Value {
    let first = loadSlot(&a[0].asProfiler.pointee.profiles)
    var number = 0, p = first
    while p.bits != 0 { number += 1; p = p.asThreadProfile.pointee.next }
    let lists = makeTuple(t, number)
    if lists.isRaised { return .raised }
    for i in 0 ..< number { lists.tupleItems[i] = .none }
    var summary = Summary()
    stopTheWorld(t)
    p = first
    for i in 0 ..< number {
        let profile = p.asThreadProfile
        if profile.pointee.shown.bits != 0 {
            lists.tupleItems[i] = profile.pointee.shown
            summary.add(profile.pointee.tables, list: i)
        }
        p = profile.pointee.next
    }
    startTheWorld(t)
    first.keepAlive
    let profiler = a[0].asProfiler
    let factor = profiler.pointee.timer.bits == 0 || profiler.pointee.unit == 0 ? 1e-9 : profiler.pointee.unit
    return statistics(t, summary, lists, factor)
}

private func statistics(_ t: Thread, _ summary: Summary, _ lists: Value, _ factor: Double) -> Value {
    func shown(_ i: Int) -> Value { listGet(t, lists.tupleItems[summary.entries[i].list], summary.entries[i].position) }
    let result = makeList(t)
    if result.isRaised { return .raised }
    // Where each entry's pairs begin in the order of callers.
    let order = summary.pairs.indices.sorted { (summary.pairs[$0].caller, $0) < (summary.pairs[$1].caller, $1) }
    var next = 0
    for (i, item) in summary.entries.enumerated() {
        let e = item.entry
        var calls = Value.none
        if e.hasCalls {
            calls = makeList(t)
            if calls.isRaised { return .raised }
        }
        while next < order.count && Int(summary.pairs[order[next]].caller) == i {
            let p = summary.pairs[order[next]]
            next += 1
            if p.counts.count == 0 || e.counts.count == 0 { continue }
            let sub = makeStructSequence(t, subentryType)
            if sub.isRaised || !fill(t, sub, shown(Int(p.callee)), p.counts, factor)
                || listAppend(t, calls, sub) < 0 { return .raised }
        }
        if e.counts.count == 0 { continue }
        let entry = makeStructSequence(t, entryType)
        if entry.isRaised || !fill(t, entry, shown(i), e.counts, factor) { return .raised }
        structSequenceItems(entry)[5] = calls
        if listAppend(t, result, entry) < 0 { return .raised }
    }
    lists.keepAlive
    return result
}

private func fill(_ t: Thread, _ v: Value, _ shown: Value, _ counts: CallCounts, _ factor: Double) -> Bool {
    let totalTime = makeFloat(t, Double(counts.total) * factor), inlineTime = makeFloat(t, Double(counts.inline) * factor)
    if totalTime.isRaised || inlineTime.isRaised { return false }
    let items = structSequenceItems(v)
    items[0] = shown
    items[1] = Value(smallInt: counts.count)
    items[2] = Value(smallInt: counts.recursive)
    items[3] = totalTime
    items[4] = inlineTime
    return true
}

// MARK: tables

private func threadProfileDefinition() -> TypeDefinition {
    TypeDefinition(nil, "_lsprof.ThreadProfile", flags: [.hasFinalizer], doc: "The profile of one thread.", size: MemoryLayout<ThreadProfileCell>.size,
                   layout: Layout(prefix: 3, flags: .finalizable), slots: [
        .unary(.finalize, { _, v in
            v.asThreadProfile.pointee.tables.pointee.free()
            v.asThreadProfile.pointee.tables.deallocate()
            return .none
        }),
    ])
}

private func profilerDefinition() -> TypeDefinition {
    TypeDefinition(nil, "_lsprof.Profiler", flags: [.baseType], doc: "Profiler(timer=None, timeunit=None, subcalls=True, builtins=True)\n\n    Builds a profiler object using the specified timer function.\n    The default timer is a fast built-in one based on real time.\n    For custom timer functions returning integers, timeunit can\n    be a float specifying a scale (i.e. how long each integer unit\n    is, in seconds).\n",
                   size: MemoryLayout<ProfilerCell>.size, layout: Layout(prefix: 2, base: 5, flags: [.container]), slots: [
        .call(.new) { t, type, _, _, _ in allocateInstance(t, type.asType) },
    ], members: [
        .method("__init__", "(self, /, timer=None, timeunit=<unrepresentable>, subcalls=<unrepresentable>, builtins=<unrepresentable>)", profiler_init),
        .method("enable", "(self, /, subcalls=<unrepresentable>, builtins=<unrepresentable>)", profiler_enable, "enable(subcalls=True, builtins=True)\n\nStart collecting profiling information.\nIf 'subcalls' is True, also records for each function\nstatistics separated according to its current caller.\nIf 'builtins' is True, records the time spent in\nbuilt-in functions separately from their caller.\n"),
        .method("disable", "(self, /)", profiler_disable, "disable()\n\nStop collecting profiling information.\n"),
        .method("clear", "(self, /)", profiler_clear, "clear()\n\nClear all profiling information collected so far.\n"),
        .method("getstats", "(self, /)", profiler_getstats),
    ])
}

public func lsprofModule() -> ModuleDefinition {
    ModuleDefinition("_lsprof", doc: "Fast profiler", types: [profilerDefinition], initialize: { t, a in
        if threadProfileType == nil {
            entryType = makeStructSequenceType(t, "_lsprof.profiler_entry", "", fields: [
                ("code", "code object or built-in function name"), ("callcount", "how many times this was called"),
                ("reccallcount", "how many times called recursively"), ("totaltime", "total time in this entry"),
                ("inlinetime", "inline time in this entry (not in subcalls)"), ("calls", "details of the calls"),
            ], visible: 6)
            subentryType = makeStructSequenceType(t, "_lsprof.profiler_subentry", "", fields: [
                ("code", "called code object or built-in function name"), ("callcount", "how many times this is called"),
                ("reccallcount", "how many times this is called recursively"), ("totaltime", "total time spent in this call"),
                ("inlinetime", "inline time (not in further subcalls)"),
            ], visible: 5)
            threadProfileType = installType(t, threadProfileDefinition())
            installNativeProfiler(threadProfileType, profileEvent)
        }
        let d = a[0].cell(as: ModuleCell.self).pointee.dict
        return dictSet(t, d, internStatic(t, "profiler_entry"), entryType.value) < 0
            || dictSet(t, d, internStatic(t, "profiler_subentry"), subentryType.value) < 0 ? .raised : .none
    })
}
