// The module `_interpqueues`: queues between interpreters. An item is a tuple of values that may cross (see _interpreters);
// Python code packs and unpacks them.
//
// All queues are guarded by one RuntimeLock, held for a few instructions. Who must wait parks on the queue's `changes`, which
// every put and get counts up. A queue's record is never freed while somebody waits on it: it is only taken out of the list.

import LadonLibrary

private struct CrossQueue {
    /// A list of (item, what becomes of it when its interpreter ends, the interpreter's id), a root; the first ones, up to `head`, are taken.
    var items: Value
    var head: Int
    var id: Int
    /// 0 or less: no limit.
    var maximum: Int
    var unboundOperation: Int
    var references: Int
    var changes: UInt32
    var waiting: UInt32
    var isGone: Bool
    var next: UnsafeMutablePointer<CrossQueue>?
}

private typealias QueuePointer = UnsafeMutablePointer<CrossQueue>

private struct Queues {
    var lock: RuntimeLock
    var first: QueuePointer?
    var lastID = 0
}

nonisolated(unsafe) private let queues: UnsafeMutablePointer<Queues> = {
    let p = UnsafeMutablePointer<Queues>.allocate(capacity: 1)
    p.initialize(to: Queues(lock: makeRuntimeLock()))
    return p
}()

/// What becomes of an item when the interpreter that put it ends.
private enum UnboundOperation { static let remove = 1, error = 2, replace = 3 }

/// The lock is held.
private func find(_ id: Int) -> QueuePointer? {
    var q = queues.pointee.first
    while let found = q, found.pointee.id != id { q = found.pointee.next }
    return q
}

private func count(_ q: QueuePointer) -> Int { listCount(q.pointee.items) - q.pointee.head }

/// The lock is held.
private func changed(_ q: QueuePointer) {
    _ = ladon_fetch_add32(&q.pointee.changes, 1)
    if q.pointee.waiting != 0 { unpark(&q.pointee.changes, .max) }
}

private func raiseNotFound(_ t: Thread, _ id: Int) -> Value { raise(t, .lookupError, "queue \(id) not found") }

private func queues_create(_ t: Thread, _ a: Values) -> Value {
    guard let maximum = asInt(t, a[0]), let operation = asInt(t, a[1]) else { return .raised }
    let list = makeList(t)
    if list.isRaised { return list }
    let q = QueuePointer.allocate(capacity: 1)
    q.initialize(to: CrossQueue(items: list, head: 0, id: 0, maximum: maximum, unboundOperation: operation, references: 0, changes: 0, waiting: 0, isGone: false, next: nil))
    addRoot(&q.pointee.items)
    let lock = queues.pointee.lock
    lock.lock(t)
    queues.pointee.lastID += 1
    let id = queues.pointee.lastID
    q.pointee.id = id
    q.pointee.next = queues.pointee.first
    queues.pointee.first = q
    lock.unlock(t)
    return Value(smallInt: id)
}

/// The lock is held. Threads that wait find it gone.
private func remove(_ q: QueuePointer) {
    if queues.pointee.first == q {
        queues.pointee.first = q.pointee.next
    } else {
        var previous = queues.pointee.first
        while let p = previous, p.pointee.next != q { previous = p.pointee.next }
        previous?.pointee.next = q.pointee.next
    }
    q.pointee.isGone = true
    removeRoot(&q.pointee.items)
    changed(q)
    if q.pointee.waiting == 0 { q.deallocate() }
}

/// A queue by its id, as `body` sees it with the lock held. 0 from `body` passes through; no such queue: LookupError.
private func withQueue(_ t: Thread, _ v: Value, _ body: (QueuePointer) -> Value) -> Value {
    guard let id = asInt(t, v) else { return .raised }
    let lock = queues.pointee.lock
    lock.lock(t)
    guard let q = find(id) else {
        lock.unlock(t)
        return raiseNotFound(t, id)
    }
    let result = body(q)
    lock.unlock(t)
    return result
}

private enum Turn { case done, mustWait, raised }

/// Tries, and waits for changes between the tries, until `timeout` (None: for ever; seconds) is over. False: it is. Nil: raised.
private func wait(_ t: Thread, _ v: Value, _ timeout: Value, _ attempt: (QueuePointer) -> Turn) -> Bool? {
    guard let id = asInt(t, v) else { return nil }
    var deadline: UInt64?
    if !timeout.isNone {
        guard let seconds = asDouble(t, timeout) else { return nil }
        deadline = ladon_monotonic() + UInt64(max(0, min(seconds, 1e9)) * 1e9)
    }
    let lock = queues.pointee.lock
    var isOver = false
    while true {
        lock.lock(t)
        guard let q = find(id) else {
            lock.unlock(t)
            _ = raiseNotFound(t, id)
            return nil
        }
        let turn = attempt(q)
        if turn != .mustWait || isOver {
            lock.unlock(t)
            return turn == .raised ? nil : turn == .done
        }
        let seen = q.pointee.changes
        q.pointee.waiting += 1
        lock.unlock(t)
        let result = park(t, &q.pointee.changes, seen, deadline)
        lock.lock(t)
        q.pointee.waiting -= 1
        if q.pointee.isGone && q.pointee.waiting == 0 { q.deallocate() }
        lock.unlock(t)
        if result == .timedOut { isOver = true }
        if result == .interrupted && !safepoint(t) { return nil }
    }
}

private func queues_put(_ t: Thread, _ a: Values) -> Value {
    if !mayCross(a[1]) { return raise(t, .typeError, "\(reprText(t, a[1])) does not support cross-interpreter data") }
    let entry = makeTuple(t, a[1], a[3], Value(smallInt: interpreter(t).pointee.id))
    if entry.isRaised { return entry }
    let done = wait(t, a[0], a[2]) { q in
        if q.pointee.maximum > 0 && count(q) >= q.pointee.maximum { return .mustWait }
        if listAppend(t, q.pointee.items, entry) < 0 { return .raised }
        changed(q)
        return .done
    }
    guard let done else { return .raised }
    return Value(done)
}

private func queues_get(_ t: Thread, _ a: Values) -> Value {
    var item = Value.none
    let done = wait(t, a[0], a[1]) { q in
        if count(q) == 0 { return .mustWait }
        let items = q.pointee.items
        item = listGet(t, items, q.pointee.head).tupleItems[0]
        _ = listSet(t, items, q.pointee.head, .none)
        q.pointee.head += 1
        if q.pointee.head == listCount(items) || q.pointee.head >= 64 && q.pointee.head * 2 > listCount(items) {
            if listRemoveStrided(t, items, 0, 1, q.pointee.head, length: listCount(items)) < 0 { return .raised }
            q.pointee.head = 0
        }
        changed(q)
        return .done
    }
    if done == nil { return .raised }
    return item
}

/// An interpreter is gone: its items in all queues become what they were put for.
func unbindItems(_ t: Thread, ofInterpreter id: Int) {
    let lock = queues.pointee.lock
    lock.lock(t)
    var next = queues.pointee.first
    while let q = next {
        next = q.pointee.next
        var i = q.pointee.head
        while i < listCount(q.pointee.items) {
            let entry = listGet(t, q.pointee.items, i)
            if entry.tupleItems[2] == Value(smallInt: id) {
                if entry.tupleItems[1] == Value(smallInt: UnboundOperation.remove) {
                    _ = listRemove(t, q.pointee.items, at: i)
                    changed(q)
                    continue
                }
                let unbound = makeTuple(t, makeTuple(t, internStatic(t, "unbound"), entry.tupleItems[1]), entry.tupleItems[1], Value(smallInt: -1))
                if unbound.isRaised || listSet(t, q.pointee.items, i, unbound) < 0 { clearException(t) }
            }
            i += 1
        }
    }
    lock.unlock(t)
}

func queuesModule() -> ModuleDefinition {
    ModuleDefinition("_interpqueues", doc: "This module provides primitive operations to manage Python queues between interpreters.", members: [
        .method("create", "(maxsize, unboundop, /)", queues_create, "Makes a queue; its id."),
        .method("put", "(id, item, timeout, unboundop, /)", queues_put, "Adds a packed item. False: the queue stayed full."),
        .method("get", "(id, timeout, /)", queues_get, "Takes a packed item. None: the queue stayed empty."),
        .method("get_count", "(id, /)", { t, a in withQueue(t, a[0]) { Value(smallInt: count($0)) } }, "How many items there are."),
        .method("get_maxsize", "(id, /)", { t, a in withQueue(t, a[0]) { Value(smallInt: $0.pointee.maximum) } }),
        .method("get_default", "(id, /)", { t, a in withQueue(t, a[0]) { Value(smallInt: $0.pointee.unboundOperation) } }, "What becomes of items whose interpreter ends."),
        .method("bind", "(id, /)", { t, a in withQueue(t, a[0]) { $0.pointee.references += 1; return .none } }, "Counts one Queue object more."),
        .method("release", "(id, /)", { t, a in
            withQueue(t, a[0]) { q in
                q.pointee.references -= 1
                if q.pointee.references <= 0 { remove(q) }
                return .none
            }
        }, "Counts one Queue object less; with the last the queue goes."),
        .method("list_all", "()", { t, a in
            let list = makeList(t)
            if list.isRaised { return list }
            let lock = queues.pointee.lock
            lock.lock(t)
            var q = queues.pointee.first
            while let found = q {
                if listAppend(t, list, Value(smallInt: found.pointee.id)) < 0 { clearException(t) }
                q = found.pointee.next
            }
            lock.unlock(t)
            return list
        }, "The ids of all queues."),
    ])
}
