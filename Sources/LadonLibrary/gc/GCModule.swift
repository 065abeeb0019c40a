// The module `gc`, over a tracing collector: generations, counts and thresholds are kept as CPython shows them,
// though every collection is a full one.

import LadonTypes

public func gcModule() -> ModuleDefinition {
    ModuleDefinition("gc", doc: "This module provides access to the garbage collector for reference cycles.", members: gcMembers())
}

private func gcMembers() -> [NativeMember] {
    [
        .method("collect", "(generation=2)", gc_collect, "Run the garbage collector.\n\nWith no arguments, run a full collection.  The optional argument\nmay be an integer specifying which generation to collect.  A ValueError\nis raised if the generation number is invalid.\n\nThe number of unreachable objects is returned."),
        .method("enable", "()", { t, a in gcEnable(); return .none }, "Enable automatic garbage collection."),
        .method("disable", "()", { t, a in gcDisable(); return .none }, "Disable automatic garbage collection."),
        .method("isenabled", "()", { t, a in Value(gcIsEnabled) }, "Returns true if automatic garbage collection is enabled."),
        .method("freeze", "()", { t, a in gcFreeze(t); return .none }, "Freeze all current tracked objects and ignore them for future collections.\n\nThis can be used before a POSIX fork() call to make the gc copy-on-write friendly.\nNote: collection before a POSIX fork() call may free pages for future allocation\nwhich can cause copy-on-write."),
        .method("unfreeze", "()", { t, a in gcUnfreeze(t); return .none }, "Unfreeze all objects in the permanent generation.\n\nPut all objects in the permanent generation back into oldest generation."),
        .method("get_freeze_count", "()", { t, a in makeInt(t, gcFreezeCount) }, "Return the number of objects in the permanent generation."),
        .method("get_count", "()", { t, a in
            let n = gcCounts(t)
            return makeTuple(t, makeInt(t, n.0), makeInt(t, n.1), makeInt(t, n.2))
        }, "Return a three-tuple of the current collection counts."),
        .method("get_threshold", "()", { t, a in
            let n = gcGetThresholds()
            return makeTuple(t, makeInt(t, n.0), makeInt(t, n.1), makeInt(t, n.2))
        }, "Return the current collection thresholds."),
        .method("set_threshold", "(*args)", gc_setThreshold, "set_threshold(threshold0, [threshold1, threshold2]) -> None\n\nSets the collection thresholds.  Setting threshold0 to zero disables\ncollection.\n"),
        .method("get_debug", "()", { t, a in makeInt(t, ladon_load32_relaxed(debugFlags)) }, "Get the garbage collection debugging flags."),
        .method("set_debug", "(flags, /)", { t, a in
            guard let flags = asInt32(t, a[0]) else { return .raised }
            ladon_store32_release(debugFlags, UInt32(bitPattern: flags))
            return .none
        }, "Set the garbage collection debugging flags.\n\n  flags\n    An integer that can have the following bits turned on:\n      DEBUG_STATS - Print statistics during collection.\n      DEBUG_COLLECTABLE - Print collectable objects found.\n      DEBUG_UNCOLLECTABLE - Print unreachable but uncollectable objects\n        found.\n      DEBUG_SAVEALL - Save objects to gc.garbage rather than freeing them.\n      DEBUG_LEAK - Debug leaking programs (everything but STATS).\n\nDebugging information is written to sys.stderr."),
        .method("get_stats", "()", gc_getStats, "Return a list of dictionaries containing per-generation statistics."),
        .method("get_objects", "(generation=None)", gc_getObjects, "Return a list of objects tracked by the collector (excluding the list returned).\n\n  generation\n    Generation to extract the objects from.\n\nIf generation is not None, return only the objects tracked by the collector\nthat are in that generation."),
        .method("get_referrers", "(*objs)", { t, a in
            let found = referrers(t, of: a[0].tupleItems, count: a[0].tupleCount)
            a[0].keepAlive
            return visibleList(t, found, except: a[0])
        }, "get_referrers(*objs) -> list\nReturn the list of objects that directly refer to any of objs."),
        .method("get_referents", "(*objs)", gc_getReferents, "get_referents(*objs) -> list\nReturn the list of objects that are directly referred to by objs."),
        .method("is_tracked", "(obj, /)", { t, a in Value(isTracked(t, a[0])) }, "Returns true if the object is tracked by the garbage collector.\n\nSimple atomic objects will return false."),
        .method("is_finalized", "(obj, /)", { t, a in
            Value(a[0].isCell && ladon_load8_relaxed(a[0].cell + 6) & HeaderFlags.finalized != 0)
        }, "Returns true if the object has been already finalized by the GC."),
        .constant("callbacks") { t, a in sharedList(t, &interpreter(t).pointee.gcCallbacks) },
        .constant("garbage") { t, a in sharedList(t, &interpreter(t).pointee.gcGarbage) },
        .constant("DEBUG_STATS") { t, a in Value(smallInt: 1) },
        .constant("DEBUG_COLLECTABLE") { t, a in Value(smallInt: 2) },
        .constant("DEBUG_UNCOLLECTABLE") { t, a in Value(smallInt: 4) },
        .constant("DEBUG_SAVEALL") { t, a in Value(smallInt: Int(saveAll)) },
        .constant("DEBUG_LEAK") { t, a in Value(smallInt: 38) },
    ]
}

nonisolated(unsafe) private let debugFlags: UnsafeMutablePointer<UInt32> = {
    let p = UnsafeMutablePointer<UInt32>.allocate(capacity: 2)
    p.initialize(repeating: 0, count: 2)
    return p
}()
private let debugStats: UInt32 = 1, debugCollectable: UInt32 = 2, saveAll: UInt32 = 32
/// 1 while gc.collect runs somewhere.
private var collecting: UnsafeMutablePointer<UInt32> { debugFlags + 1 }

private func sharedList(_ t: Thread, _ slot: UnsafeMutablePointer<Value>) -> Value {
    if slot.pointee.bits == 0 { storeSlot(slot, makeList(t)) }
    return slot.pointee
}

// MARK: collecting

/// Calls of gc.collect by generation and what they found, for gc.get_stats; written by whoever collects. `inner` counts the
/// collections that they needed.
nonisolated(unsafe) private var explicit = (calls: (0, 0, 0), collected: (0, 0, 0), inner: 0)

private func gc_collect(_ t: Thread, _ a: Values) -> Value {
    guard let generation = asInt32(t, a[0]) else { return .raised }
    if generation < 0 || generation > 2 { return raise(t, .valueError, "invalid generation") }
    // From a callback or a finaliser of a collection: nothing to do.
    if !ladon_cas32(collecting, 0, 1) { return .zero }
    tell(t, "start", generation, 0)
    let before = gcStatistics().collections
    t.pointee.scanFrom = isCalledByInstruction(t, gc_collect) ? t.pointee.loopStackPointer : 0
    let flags = ladon_load32_relaxed(debugFlags)
    if flags & debugStats != 0 { reportStart(t, generation) }
    let start = flags & debugStats != 0 ? ladon_monotonic() : 0
    let isSaved = flags & (saveAll | debugCollectable) == 0 || showCyclicGarbage(t, flags)
    let n = isSaved ? gcCollect(t) : 0
    t.pointee.scanFrom = 0
    if flags & debugStats != 0 {
        writeError(t, makeString(t, "gc: done, \(n) unreachable, 0 uncollectable, \(fixed(Double(ladon_monotonic() - start) / 1e9))s elapsed\n"))
    }
    if !isSaved {
        ladon_store32_release(collecting, 0)
        return .raised
    }
    explicit.inner += gcStatistics().collections - before
    switch generation {
    case 0: explicit.calls.0 += 1; explicit.collected.0 += n
    case 1: explicit.calls.1 += 1; explicit.collected.1 += n
    default: explicit.calls.2 += 1; explicit.collected.2 += n
    }
    tell(t, "stop", generation, n)
    ladon_store32_release(collecting, 0)
    return makeInt(t, n)
}

/// DEBUG_STATS, before a collection. The automatic collections, which run no Python code, say nothing.
private func reportStart(_ t: Thread, _ generation: Int32) {
    let counts = gcCounts(t), all = visibleList(t, containerCells(t))
    if all.isRaised { clearException(t) }
    let old = max(0, (all.isRaised ? 0 : listCount(all)) - counts.0)
    writeError(t, makeString(t, "gc: collecting generation \(generation)...\ngc: objects in each generation: \(counts.0) 0 \(old)\n"
        + "gc: objects in permanent generation: \(gcFreezeCount)\n"))
}

/// Seconds with four digits after the point.
private func fixed(_ seconds: Double) -> String {
    let n = Int((max(0, seconds) * 10_000).rounded()), digits = String(n % 10_000)
    return "\(n / 10_000)." + String(repeating: "0", count: 4 - digits.count) + digits
}

/// What a reference count would not have freed: DEBUG_COLLECTABLE names it, DEBUG_SAVEALL puts it into gc.garbage. False: raised.
private func showCyclicGarbage(_ t: Thread, _ flags: UInt32) -> Bool {
    let found = visibleList(t, cyclicGarbage(t))
    if found.isRaised { return false }
    if flags & debugCollectable != 0 {
        for i in 0 ..< listCount(found) {
            let v = listGet(t, found, i)
            if v.isMissing { break }
            writeError(t, makeString(t, "gc: collectable <\(typeName(v)) 0x\(String(v.bits, radix: 16))>\n"))
        }
        // Not to be found again by the collection through this list.
        if flags & saveAll == 0 { return !callMethod(t, found, internStatic(t, "clear")).isRaised }
    }
    let garbage = sharedList(t, &interpreter(t).pointee.gcGarbage)
    return !garbage.isRaised && listExtend(t, garbage, found) >= 0
}

private func tell(_ t: Thread, _ phase: String, _ generation: Int32, _ collected: Int) {
    let callbacks = interpreter(t).pointee.gcCallbacks
    if callbacks.bits == 0 || !isList(callbacks) || listCount(callbacks) == 0 { return }
    let info = makeDict(t)
    if info.isRaised || dictSet(t, info, intern(t, "generation"), Value(smallInt: Int(generation))) < 0
        || dictSet(t, info, intern(t, "collected"), makeInt(t, collected)) < 0
        || dictSet(t, info, intern(t, "uncollectable"), .zero) < 0 {
        reportUnraisable(t, .none)
        return
    }
    let word = makeString(t, phase)
    var i = 0
    while i < listCount(callbacks) {
        let callback = listGet(t, callbacks, i)
        if callback.isMissing { break }
        if call(t, callback, word, info).isRaised { reportUnraisable(t, callback) }
        i += 1
    }
}

private func gc_setThreshold(_ t: Thread, _ a: Values) -> Value {
    let n = a[0].tupleCount
    if n < 1 { return raise(t, .typeError, "set_threshold() takes at least 1 argument (0 given)") }
    if n > 3 { return raise(t, .typeError, "set_threshold() takes at most 3 arguments (\(n) given)") }
    var (x, y, z) = gcGetThresholds()
    guard let first = asInt32(t, a[0].tupleItems[0]) else { return .raised }
    x = Int(first)
    if n > 1 {
        guard let second = asInt32(t, a[0].tupleItems[1]) else { return .raised }
        y = Int(second)
        // CPython gives the third the second's value when it stands alone.
        z = y
    }
    if n > 2 {
        guard let third = asInt32(t, a[0].tupleItems[2]) else { return .raised }
        z = Int(third)
    }
    gcSetThresholds(x, y, z)
    return .none
}

private func gc_getStats(_ t: Thread, _ a: Values) -> Value {
    let list = makeList(t)
    if list.isRaised { return list }
    let statistics = gcStatistics()
    for generation in 0 ..< 3 {
        let d = makeDict(t)
        // Automatic collections are full ones.
        let collections = generation == 0 ? explicit.calls.0 : generation == 1 ? explicit.calls.1 : explicit.calls.2 + max(0, statistics.collections - explicit.inner)
        let collected = generation == 0 ? explicit.collected.0 : generation == 1 ? explicit.collected.1 : explicit.collected.2
        if d.isRaised || dictSet(t, d, intern(t, "collections"), makeInt(t, collections)) < 0
            || dictSet(t, d, intern(t, "collected"), makeInt(t, collected)) < 0
            || dictSet(t, d, intern(t, "uncollectable"), .zero) < 0 || listAppend(t, list, d) < 0 { return .raised }
    }
    return list
}

// MARK: looking at the heap

/// Cells that are Python objects, not parts of them.
private func isObject(_ v: Value) -> Bool { v.id >= TypeID.object.rawValue }

private func visibleList(_ t: Thread, _ found: RootedBuffer, except: Value = .none) -> Value {
    if !found.isValid { return raiseMemoryError(t) }
    let list = makeList(t)
    if list.isRaised { return list }
    for i in 0 ..< found.count {
        let v = found[i]
        if !v.isCell || !isObject(v) || v == list || v == except { continue }
        if listAppend(t, list, v) < 0 { return .raised }
    }
    found.keepAlive
    return list
}

private func gc_getObjects(_ t: Thread, _ a: Values) -> Value {
    if !a[0].isNone {
        guard let generation = asInt(t, a[0]) else { return .raised }
        if generation >= 3 { return raise(t, .valueError, "generation parameter must be less than the number of available generations (3)") }
        if generation < 0 { return raise(t, .valueError, "generation parameter cannot be negative") }
        if generation < 2 { return makeList(t) }
    }
    return visibleList(t, containerCells(t))
}

/// What an object refers to, looking through the cells that are only parts of it.
private func gc_getReferents(_ t: Thread, _ a: Values) -> Value {
    let list = makeList(t)
    if list.isRaised { return list }
    for i in 0 ..< a[0].tupleCount {
        let v = a[0].tupleItems[i]
        if v.isExactly(.list) || v.isExactly(.tuple) {
            // From the last to the first, atoms included, as CPython goes through them.
            var k = v.isExactly(.list) ? listCount(v) : v.tupleCount
            while k > 0 {
                k -= 1
                let item = v.isExactly(.list) ? listGet(t, v, k) : v.tupleItems[k]
                if !item.isMissing && listAppend(t, list, item) < 0 { return .raised }
            }
            continue
        }
        if v.isExactly(.dict) {
            var k = 0
            var key = Value.none, value = Value.none
            while dictNext(v, &k, &key, &value) { if listAppend(t, list, key) < 0 || listAppend(t, list, value) < 0 { return .raised } }
            continue
        }
        if v.isCell && !addReferents(t, list, v, 0) { return .raised }
    }
    return list
}

private func addReferents(_ t: Thread, _ list: Value, _ v: Value, _ depth: Int) -> Bool {
    let found = referents(t, of: v)
    if !found.isValid {
        raiseMemoryError(t)
        return false
    }
    for i in 0 ..< found.count {
        let r = found[i]
        if !r.isCell {
            if (r.isSmallInt || r.isNone || r.isBool) && listAppend(t, list, r) < 0 { return false }
            continue
        }
        if isObject(r) {
            if listAppend(t, list, r) < 0 { return false }
        } else if depth < 3 && r.id != TypeID.shape.rawValue {
            if !addReferents(t, list, r, depth + 1) { return false }
        }
    }
    found.keepAlive
    return true
}

private func isTracked(_ t: Thread, _ v: Value) -> Bool {
    if !v.isCell { return false }
    if v.isExactly(.dict) {
        // A dict of atoms is not tracked, as in CPython.
        var i = 0
        var key = Value.none, value = Value.none
        while dictNext(v, &i, &key, &value) { if isContainer(key) || isContainer(value) { return true } }
        return false
    }
    if v.isExactly(.tuple) && v.tupleCount == 0 { return false }
    // What a class of the program's made is tracked, whatever it holds.
    return isContainer(v) || typeOf(v).pointee.flags.contains(.heapType)
}

private func isContainer(_ v: Value) -> Bool {
    if !v.isCell { return false }
    if v.isExactly(.tuple) || v.isExactly(.list) || v.isExactly(.dict) || v.isExactly(.set) { return true }
    if isType(v) { return v.asType.pointee.flags.contains(.heapType) }
    return layout(ofID: v.id).flags.contains(.container)
}
