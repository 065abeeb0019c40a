// Which tasks there are, and which of them run.
//
// All tasks: those of exactly our type stand in a weak table of addresses, in shards by address, each under its
// own mutex; the collector drops the dead ones (afterMark, world stopped). A task leaves its shard when it is done: nobody
// asks for those. Any other object that a program registers is in a WeakSet beside.
//
// Running tasks: one per thread in its thread state, by the thread itself only, plus a dictionary for tasks that
// are entered by hand while another loop's task runs.

import LadonLibrary

private struct Shard {
    var mutex = RawMutex()
    var items: UnsafeMutablePointer<UInt>? = nil
    var count = 0
    var capacity = 0
}

private let shardCount = 8
nonisolated(unsafe) private let shards: UnsafeMutablePointer<Shard> = {
    let p = UnsafeMutablePointer<Shard>.allocate(capacity: shardCount)
    p.initialize(repeating: Shard(), count: shardCount)
    return p
}()
nonisolated(unsafe) private var previousAfterMark: (@convention(c) () -> Void)?

@inline(__always) private func shard(_ v: Value) -> UnsafeMutablePointer<Shard> { shards + Int((v.bits >> 8) & UInt(shardCount - 1)) }

/// Lets the collector know the table. Once.
func prepareTaskTables(_ t: Thread) {
    _ = shards
    previousAfterMark = ladonHooks.afterMark
    ladonHooks.afterMark = {
        previousAfterMark?()
        dropDeadTasks()
    }
    for p in [foreignTasksSlot, foreignSetSlot] { addRoot(p) }
}

private func dropDeadTasks() {
    for i in 0 ..< shardCount {
        let s = shards + i
        guard let items = s.pointee.items else { continue }
        var kept = 0
        for j in 0 ..< s.pointee.count {
            let v = Value(bits: items[j])
            if !isMarked(v) { continue }
            items[kept] = items[j]
            v.asTask.pointee.registryIndex = UInt(kept)
            kept += 1
        }
        s.pointee.count = kept
    }
}

func registerTask(_ t: Thread, _ v: Value) {
    if v.asFuture.pointee.state != FutureState.pending { return }
    let s = shard(v)
    ladon_mutex_lock(&s.pointee.mutex)
    if v.asFuture.pointee.registered == 0 {
        if s.pointee.count == s.pointee.capacity {
            let wanted = max(64, s.pointee.capacity * 2)
            let fresh = UnsafeMutablePointer<UInt>.allocate(capacity: wanted)
            if let old = s.pointee.items {
                fresh.update(from: old, count: s.pointee.count)
                old.deallocate()
            }
            s.pointee.items = fresh
            s.pointee.capacity = wanted
        }
        s.pointee.items.unsafelyUnwrapped[s.pointee.count] = v.bits
        v.asTask.pointee.registryIndex = UInt(s.pointee.count)
        s.pointee.count += 1
        v.asFuture.pointee.registered = 1
    }
    ladon_mutex_unlock(&s.pointee.mutex)
}

func unregisterNativeTask(_ v: Value) {
    let s = shard(v)
    ladon_mutex_lock(&s.pointee.mutex)
    let i = Int(v.asTask.pointee.registryIndex)
    if v.asFuture.pointee.registered != 0 {
        v.asFuture.pointee.registered = 0
        if i < s.pointee.count, let items = s.pointee.items, items[i] == v.bits {
            s.pointee.count -= 1
            let last = items[s.pointee.count]
            items[i] = last
            Value(bits: last).asTask.pointee.registryIndex = UInt(i)
        }
    }
    ladon_mutex_unlock(&s.pointee.mutex)
}

/// Every registered object that is alive, as a list. 0: raised.
private func allTasks(_ t: Thread) -> Value {
    let list = makeList(t)
    if list.isRaised { return list }
    for i in 0 ..< shardCount {
        let s = shards + i
        var room = 64
        while true {
            // A cell of its own, which the collector scans.
            let found = makeStorage(t, capacity: room)
            if found.isRaised { return raiseMemoryError(t) }
            ladon_mutex_lock(&s.pointee.mutex)
            let total = s.pointee.count
            if total <= room, let items = s.pointee.items { for j in 0 ..< total { found.storageItems[j] = Value(bits: items[j]) } }
            ladon_mutex_unlock(&s.pointee.mutex)
            if total <= room {
                if listAppend(t, list, contentsOf: found.storageItems, total) < 0 { return .raised }
                found.keepAlive
                break
            }
            room = total + 64
        }
    }
    let others = loadSlot(foreignSetSlot)
    if others.bits != 0 && listExtend(t, list, others) < 0 { return .raised }
    return list
}

// MARK: objects that are no tasks of ours

private let foreignSetSlot: UnsafeMutablePointer<Value> = {
    let p = UnsafeMutablePointer<Value>.allocate(capacity: 1)
    p.initialize(to: .raised)
    return p
}()

private func foreignSet(_ t: Thread) -> Value {
    let found = loadSlot(foreignSetSlot)
    if found.bits != 0 { return found }
    let type = library(t, .weakSet)
    let made = type.isRaised ? type : call(t, type)
    if !made.isRaised && !ladon_cas(foreignSetSlot, 0, made.bits) { return loadSlot(foreignSetSlot) }
    return made
}

private func registerAny(_ t: Thread, _ v: Value) -> Value {
    if isTask(v) {
        registerTask(t, v)
        if v.asFuture.pointee.registered != 0 { return .none }
    }
    let set = foreignSet(t)
    return set.isRaised ? set : callMethod(t, set, .add, v).isRaised ? .raised : .none
}

private func unregisterAny(_ t: Thread, _ v: Value) -> Value {
    if isTask(v) { unregisterNativeTask(v) }
    let set = loadSlot(foreignSetSlot)
    return set.bits == 0 ? .none : callMethod(t, set, .discard, v).isRaised ? .raised : .none
}

/// `_all_tasks`: what a WeakSet offers.
func taskSetDefinition() -> TypeDefinition {
    TypeDefinition(nil, "_asyncio.TaskSet", flags: [.disallowInstantiation], doc: "The tasks that are alive and not done.", size: 8, layout: .leaf, slots: [
        .unary(.iter) { t, v in
            let list = allTasks(t)
            return list.isRaised ? list : iterate(t, list)
        },
        .unary(.length) { t, v in
            let list = allTasks(t)
            return list.isRaised ? list : Value(smallInt: listCount(list))
        },
        .binary(.contains) { t, v, task in
            if isTask(task) && task.asFuture.pointee.registered != 0 { return .true }
            let set = loadSlot(foreignSetSlot)
            if set.bits == 0 { return .false }
            let r = contains(t, set, task)
            return r < 0 ? .raised : Value(r == 1)
        },
    ], members: [
        .method("add", "(self, task, /)", { t, a in registerAny(t, a[1]) }),
        .method("discard", "(self, task, /)", { t, a in unregisterAny(t, a[1]) }),
        .method("copy", "(self, /)", { t, a in
            let type = library(t, .weakSet), list = allTasks(t)
            return type.isRaised || list.isRaised ? .raised : call(t, type, list)
        }),
    ])
}

// MARK: running tasks

/// Tasks entered by hand beside a thread's own: loop -> task; 0 before the first.
private let foreignTasksSlot: UnsafeMutablePointer<Value> = {
    let p = UnsafeMutablePointer<Value>.allocate(capacity: 1)
    p.initialize(to: .raised)
    return p
}()

@inline(__always) func hasForeignTasks() -> Bool {
    let d = loadSlot(foreignTasksSlot)
    return d.bits != 0 && dictCount(d) > 0
}

private func foreignTasks(_ t: Thread) -> Value {
    let found = loadSlot(foreignTasksSlot)
    if found.bits != 0 { return found }
    let made = makeDict(t)
    if !made.isRaised && !ladon_cas(foreignTasksSlot, 0, made.bits) { return loadSlot(foreignTasksSlot) }
    return made
}

/// The task that runs in `loop`; `.missing` none, 0 raised.
func runningTask(_ t: Thread, _ loop: Value) -> Value {
    if t.pointee.currentTask.bits != 0 && t.pointee.taskLoop == loop { return t.pointee.currentTask }
    if hasForeignTasks() {
        let found = dictGet(t, foreignTasks(t), loop)
        if !found.isMissing { return found }
    }
    var task = Value.missing
    forEachThread(t) { other in
        // Its thread may be leaving it: one look, so that what is found is what was tested.
        let running = Value(bits: ladon_load_relaxed(&other.pointee.currentTask))
        if other.pointee.interpreter == t.pointee.interpreter && other.pointee.taskLoop == loop && running.bits != 0 { task = running }
    }
    return task
}

func enterTaskSlowly(_ t: Thread, _ loop: Value, _ task: Value) -> Bool {
    if t.pointee.currentTask.bits == 0 {
        let found = dictGet(t, foreignTasks(t), loop)
        if found.isRaised { return false }
        if found.isMissing {
            t.pointee.taskLoop = loop
            t.pointee.currentTask = task
            return true
        }
    }
    let running = runningTask(t, loop)
    if running.isRaised { return false }
    if !running.isMissing {
        raise(t, .runtimeError, "Cannot enter into task \(reprText(t, task)) while another task \(reprText(t, running)) is being executed.")
        return false
    }
    return dictSet(t, foreignTasks(t), loop, task) >= 0
}

func leaveTaskSlowly(_ t: Thread, _ loop: Value, _ task: Value) -> Bool {
    let own = t.pointee.currentTask.bits != 0 && t.pointee.taskLoop == loop
    let running = own ? t.pointee.currentTask : dictGet(t, foreignTasks(t), loop)
    if running.isRaised { return false }
    if running != task {
        raise(t, .runtimeError, "Leaving task \(reprText(t, task)) does not match the current task \(running.isMissing ? "None" : reprText(t, running)).")
        return false
    }
    return dictDelete(t, foreignTasks(t), loop) >= 0
}

/// Makes `task` (None: nothing) what runs in the loop; what ran before, or None.
func swapTask(_ t: Thread, _ loop: Value, _ task: Value) -> Value {
    let before = runningTask(t, loop)
    if before.isRaised { return before }
    if !before.isMissing && !leaveTask(t, loop, before) { return .raised }
    if !task.isNone && !enterTask(t, loop, task) { return .raised }
    return before.isMissing ? .none : before
}

/// Loops and the tasks running in them as a dict. 0: raised.
private func currentTasks(_ t: Thread) -> Value {
    let d = hasForeignTasks() ? dictCopy(t, foreignTasks(t)) : makeDict(t)
    if d.isRaised { return d }
    let found = makeStorage(t, capacity: 512)
    if found.isRaised { return raiseMemoryError(t) }
    let p = found.storageItems
    var n = 0
    forEachThread(t) { other in
        let loop = other.pointee.taskLoop, task = other.pointee.currentTask
        if other.pointee.interpreter != t.pointee.interpreter || loop.bits == 0 || task.bits == 0 || n > 510 { return }
        p[n] = loop
        p[n + 1] = task
        n += 2
    }
    var i = 0
    while i < n {
        if dictSet(t, d, p[i], p[i + 1]) < 0 { return .raised }
        i += 2
    }
    found.keepAlive
    return d
}

/// `_current_tasks`: a mapping from loops to the tasks that run in them.
func currentTasksDefinition() -> TypeDefinition {
    TypeDefinition(nil, "_asyncio.CurrentTasks", flags: [.disallowInstantiation, .mapping], doc: "The running task of each event loop.", size: 8, layout: .leaf, slots: [
        .unary(.repr) { t, v in
            let d = currentTasks(t)
            return d.isRaised ? d : repr(t, d)
        },
        .unary(.iter) { t, v in
            let d = currentTasks(t)
            return d.isRaised ? d : iterate(t, d)
        },
        .unary(.length) { t, v in
            let d = currentTasks(t)
            return d.isRaised ? d : Value(smallInt: dictCount(d))
        },
        .binary(.contains) { t, v, loop in
            let r = runningTask(t, loop)
            return r.isRaised ? r : Value(!r.isMissing)
        },
        .binary(.getItem) { t, v, loop in
            let r = runningTask(t, loop)
            return r.isMissing ? raiseKeyError(t, loop) : r
        },
        .ternary(.setItem) { t, v, loop, task in
            let before = swapTask(t, loop, task.isMissing ? .none : task)
            return before.isRaised ? before : before.isNone && task.isMissing ? raiseKeyError(t, loop) : .none
        },
        .ternary(.compare) { t, a, b, op in
            let d = currentTasks(t)
            return d.isRaised ? d : compare(t, d, b, CompareOp(rawValue: op.smallInt).unsafelyUnwrapped)
        },
    ], members: [
        .constant("__hash__", noneConstant),
        .method("get", "(self, loop, default=None, /)", { t, a in
            let r = runningTask(t, a[1])
            return r.isMissing ? a[2] : r
        }),
        .method("pop", "(self, loop, default=<unrepresentable>, /)", { t, a in
            let before = swapTask(t, a[1], .none)
            if !before.isNone { return before }
            return a[2].isMissing ? raiseKeyError(t, a[1]) : a[2]
        }),
        .method("keys", "(self, /)", { t, a in
            let d = currentTasks(t)
            return d.isRaised ? d : callMethod(t, d, .keys)
        }),
        .method("values", "(self, /)", { t, a in
            let d = currentTasks(t)
            return d.isRaised ? d : callMethod(t, d, .values)
        }),
        .method("items", "(self, /)", { t, a in
            let d = currentTasks(t)
            return d.isRaised ? d : callMethod(t, d, .items)
        }),
    ])
}

/// The functions of the module that work on the tables.
let taskTableMembers: [NativeMember] = [
    .method("_register_task", "(task)", { t, a in registerAny(t, a[0]) }, "Register a new task in asyncio as executed by loop.\n\nReturns None."),
    .method("_unregister_task", "(task)", { t, a in unregisterAny(t, a[0]) }, "Unregister a task.\n\nReturns None."),
    .method("_enter_task", "(loop, task)", { t, a in enterTask(t, a[0], a[1]) ? .none : .raised }, "Enter into task execution or resume suspended task.\n\nTask belongs to loop.\n\nReturns None."),
    .method("_leave_task", "(loop, task)", { t, a in leaveTask(t, a[0], a[1]) ? .none : .raised }, "Leave task execution or suspend a task.\n\nTask belongs to loop.\n\nReturns None."),
    .method("_swap_current_task", "(loop, task)", { t, a in swapTask(t, a[0], a[1]) }, "Temporarily swap in the supplied task and return the original one (or None).\n\nThis is intended for use during eager coroutine execution."),
    .method("current_task", "(loop=None)", { t, a in
        var loop = a[0]
        if loop.isNone {
            loop = t.pointee.runningLoop
            if loop.bits == 0 { return raise(t, .runtimeError, "no running event loop") }
        }
        let r = runningTask(t, loop)
        return r.isMissing ? .none : r
    }, "Return a currently executed task."),
]
