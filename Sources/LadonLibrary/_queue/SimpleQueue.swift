// `_queue.SimpleQueue`: an unbounded queue whose `put` never waits for anything but the cell's lock.
//
// The items lie in a ring, and all else in the cell too is touched only under the cell's lock. Whoever finds the ring
// empty says so in `waiting` and parks on `puts`, a number that every put increments, tested again under the parking
// lot's mutex. A put that comes after sees `waiting` and wakes; so no put falls between, and a put that nobody waits
// for costs no atomic operation but the lock's.

import LadonTypes

struct SimpleQueueCell {
    var header: CellHeader
    /// A StorageCell whose capacity is a power of two, or the empty storage.
    var storage: Value
    // raw
    var head: Int
    var count: Int
    var puts: UInt32
    var waiting: UInt32
    /// 1 after shutdown(): no more puts.
    var isShutDown: UInt
}

func simpleQueueType() -> TypeDefinition {
    TypeDefinition(nil, "_queue.SimpleQueue", flags: [.baseType, .weakReferenceable], doc: "Simple, unbounded, reentrant FIFO queue.", signature: "()",
                   size: MemoryLayout<SimpleQueueCell>.size, layout: Layout(prefix: 1, base: 6, flags: [.container]), slots: [
                       .call(.new) { t, type, args, count, names in
                           if !noKeywords(t, "SimpleQueue", names) || !checkPositional(t, "SimpleQueue", count, 0, 0) { return .raised }
                           let v = allocateInstance(t, type.asType)
                           if !v.isRaised { queueCell(v).pointee.storage = ladon_runtime.emptyTuple }
                           return v
                       },
                   ], members: [
                       .method("put", "(self, /, item, block=True, timeout=None)", { t, a in put(t, a[0], a[1]) ? .none : .raised }, "Put the item on the queue.\n\nThe optional 'block' and 'timeout' arguments are ignored, as this method\nnever blocks.  They are provided for compatibility with the Queue class.").short(2) { t, a in put(t, a[0], a[1]) ? .none : .raised },
                       .method("put_nowait", "(self, /, item)", { t, a in put(t, a[0], a[1]) ? .none : .raised }, "Put an item into the queue without blocking.\n\nThis is exactly equivalent to `put(item)` and is only provided\nfor compatibility with the Queue class."),
                       .method("get", "(self, /, block=True, timeout=None)", simpleQueue_get, "Remove and return an item from the queue.\n\nIf optional args 'block' is true and 'timeout' is None (the default),\nblock if necessary until an item is available. If 'timeout' is\na non-negative number, it blocks at most 'timeout' seconds and raises\nthe Empty exception if no item was available within that time.\nOtherwise ('block' is false), return an item if one is immediately\navailable, else raise the Empty exception ('timeout' is ignored\nin that case).").short(1) { t, a in
                           let v = take(t, a[0])
                           return v.isMissing ? get(t, a[0], nil) : v.isRaised ? raiseShutDown(t) : v
                       },
                       .method("shutdown", "(self, /, immediate=False)", simpleQueue_shutdown, "Shut the queue down: put() raises ShutDown from now on, get() once the queue is\nempty. With 'immediate' the items are dropped.").short(1) { t, a in shutDown(t, a[0], false) },
                       .method("get_nowait", "(self, /)", { t, a in
                           itemOrError(t, take(t, a[0]))
                       }, "Remove and return an item from the queue without blocking.\n\nOnly get an item if one is immediately available. Otherwise\nraise the Empty exception."),
                       .method("empty", "(self, /)", { t, a in Value(queueCell(a[0]).pointee.count == 0) }, "Return True if the queue is empty, False otherwise (not reliable!)."),
                       .method("qsize", "(self, /)", { t, a in makeInt(t, queueCell(a[0]).pointee.count) }, "Return the approximate size of the queue (not reliable!)."),
                       .classMethod("__class_getitem__", "($type, object, /)", genericClassGetItem, "See PEP 585"),
                   ])
}

@inline(__always) private func queueCell(_ v: Value) -> UnsafeMutablePointer<SimpleQueueCell> { v.cell(as: SimpleQueueCell.self) }
@inline(__always) private func capacity(_ c: UnsafeMutablePointer<SimpleQueueCell>) -> Int { c.pointee.storage.cell(as: StorageCell.self).pointee.capacity }

/// False: no memory.
private func put(_ t: Thread, _ v: Value, _ item: Value) -> Bool {
    let c = queueCell(v)
    while true {
        lockCell(t, v)
        if c.pointee.isShutDown != 0 {
            unlockCell(t, v)
            _ = raiseShutDown(t)
            return false
        }
        let n = c.pointee.count, room = capacity(c)
        if n < room {
            storeSlot(c.pointee.storage.storageItems + ((c.pointee.head &+ n) & (room - 1)), item)
            c.pointee.count = n + 1
            c.pointee.puts &+= 1
            let isAwaited = c.pointee.waiting != 0
            unlockCell(t, v)
            if isAwaited { unpark(&c.pointee.puts, 1) }
            v.keepAlive
            return true
        }
        unlockCell(t, v)
        if !grow(t, v, n) { return false }
    }
}

private func grow(_ t: Thread, _ v: Value, _ full: Int) -> Bool {
    let fresh = makeStorage(t, max(8, full * 2))
    if fresh.isRaised { return false }
    let c = queueCell(v)
    lockCell(t, v)
    let n = c.pointee.count, room = capacity(c)
    if n == full && room == full {
        for i in 0 ..< n { fresh.storageItems[i] = c.pointee.storage.storageItems[(c.pointee.head &+ i) & (room - 1)] }
        storeSlot(&c.pointee.storage, fresh)
        c.pointee.head = 0
    }
    unlockCell(t, v)
    return true
}

/// The next item; `.missing` when there is none, `.raised` (nothing is, yet) when none will come any more: both are decided
/// under the one lock, so that no item which was put before the shutdown is left behind.
private func take(_ t: Thread, _ v: Value) -> Value {
    let c = queueCell(v)
    lockCell(t, v)
    if c.pointee.count == 0 {
        let isOver = c.pointee.isShutDown != 0
        unlockCell(t, v)
        return isOver ? .raised : .missing
    }
    let at = c.pointee.storage.storageItems + c.pointee.head
    let item = at.pointee
    storeSlot(at, .raised)
    c.pointee.head = (c.pointee.head &+ 1) & (capacity(c) - 1)
    c.pointee.count -= 1
    unlockCell(t, v)
    return item
}

private func simpleQueue_get(_ t: Thread, _ a: Values) -> Value {
    let block = isTrue(t, a[1])
    if block < 0 { return .raised }
    if block == 0 { return itemOrError(t, take(t, a[0])) }
    if a[2].isNone { return get(t, a[0], nil) }
    guard let n = nanoseconds(t, a[2], .ceiling) else { return .raised }
    if n < 0 { return raise(t, .valueError, "'timeout' must be a non-negative number") }
    return get(t, a[0], deadline(after: n))
}

/// For pools: a SimpleQueue, of no subclass.
public func isSimpleQueue(_ v: Value) -> Bool { v.isCell && v.id == simpleQueueID }
nonisolated(unsafe) private var simpleQueueID = UInt32.max

/// Puts an item into a SimpleQueue. False: raised.
public func simpleQueuePut(_ t: Thread, _ v: Value, _ item: Value) -> Bool { put(t, v, item) }

/// The next item of a SimpleQueue, waited for. 0: raised.
public func simpleQueueGet(_ t: Thread, _ v: Value) -> Value { get(t, v, nil) }

/// Waits for an item; 0: raised.
@inline(never) private func get(_ t: Thread, _ v: Value, _ end: UInt64?) -> Value {
    let c = queueCell(v)
    while true {
        let item = take(t, v)
        if !item.isMissing { return item.isRaised ? raiseShutDown(t) : item }
        lockCell(t, v)
        let seen = c.pointee.puts, isReady = c.pointee.count > 0 || c.pointee.isShutDown != 0
        if !isReady { c.pointee.waiting &+= 1 }
        unlockCell(t, v)
        if isReady { continue }
        let result = park(t, &c.pointee.puts, seen, end)
        lockCell(t, v)
        c.pointee.waiting &-= 1
        let mayPass = c.pointee.count > 0 && c.pointee.waiting > 0
        unlockCell(t, v)
        v.keepAlive
        switch result {
        case .woken, .changed: break
        case .interrupted:
            if !safepoint(t) {
                // The wake-up that this thread may have had belongs to another one now.
                if mayPass { unpark(&c.pointee.puts, 1) }
                return .raised
            }
        case .timedOut:
            return itemOrError(t, take(t, v))
        }
    }
}

private func simpleQueue_shutdown(_ t: Thread, _ a: Values) -> Value {
    let immediate = isTrue(t, a[1])
    return immediate < 0 ? .raised : shutDown(t, a[0], immediate == 1)
}

private func shutDown(_ t: Thread, _ v: Value, _ immediate: Bool) -> Value {
    let c = queueCell(v)
    lockCell(t, v)
    c.pointee.isShutDown = 1
    c.pointee.puts &+= 1
    unlockCell(t, v)
    while immediate && !take(t, v).isRaised {}
    unpark(&c.pointee.puts, .max)
    v.keepAlive
    return .none
}

nonisolated(unsafe) private var emptyError = Value.raised

/// What `take` gave, or the exception that its absence means.
private func itemOrError(_ t: Thread, _ taken: Value) -> Value {
    taken.isMissing ? raiseValue(t, emptyError) : taken.isRaised ? raiseShutDown(t) : taken
}

/// `queue.ShutDown`, which the module `queue` has.
private func raiseShutDown(_ t: Thread) -> Value {
    let module = importModule(t, "queue")
    let error = module.isRaised ? module : getAttribute(t, module, intern(t, "ShutDown"))
    return error.isRaised ? error : raiseValue(t, error)
}

public func queueModule() -> ModuleDefinition {
    ModuleDefinition("_queue", doc: "C implementation of the Python queue module.\nThis module is an implementation detail, please do not use it directly.", members: [
        .constant("Empty") { t, a in
            if emptyError.bits != 0 { return emptyError }
            let bases = makeTuple(t, Value(builtinType(.exception))), body = makeDict(t)
            if bases.isRaised || body.isRaised || dictSet(t, body, name(.__module__), makeString(t, "_queue")) < 0
                || dictSet(t, body, name(.__doc__), makeString(t, "Exception raised by Queue.get(block=0)/get_nowait().")) < 0 { return .raised }
            let made = call(t, Value(builtinType(.type)), makeString(t, "Empty"), bases, body)
            if made.isRaised { return made }
            emptyError = made
            addRoot(&emptyError)
            return made
        },
    ], types: [simpleQueueType], initialize: { t, a in
        let type = getAttribute(t, a[0], intern(t, "SimpleQueue"))
        if type.isRaised { return type }
        simpleQueueID = type.asType.pointee.id
        return .none
    })
}
