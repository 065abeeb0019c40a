// What one thread's profile consists of: how often each function was called and how long it took, the same for each pair of
// caller and callee, and the calls that are going on.
//
// The tables lie outside the heap and hold no values: a function is known by its key, the address of its code or of its row
// in a native table. They belong to the thread that is profiled, which changes them without a lock between two safepoints;
// others read or empty them only while the world is stopped.

import Glibc

struct CallCounts {
    var total = 0, inline = 0, count = 0, recursive = 0
    /// Calls going on.
    var level = 0

    /// A call ends.
    @inline(__always) mutating func end(_ total: Int, _ inline: Int) {
        level -= 1
        if level == 0 { self.total += total } else { recursive += 1 }
        self.inline += inline
        count += 1
    }

    mutating func add(_ other: CallCounts) {
        total += other.total
        inline += other.inline
        count += other.count
        recursive += other.recursive
    }
}

struct CallEntry {
    let key: UInt
    var counts = CallCounts()
    var hasCalls = false
    init(key: UInt) { self.key = key }
}

struct CallPair {
    let caller: Int32, callee: Int32
    var counts = CallCounts()
    init(caller: Int32, callee: Int32) { self.caller = caller; self.callee = callee }
}

struct ActiveCall {
    var entry: Int32
    /// The pair of its caller and itself, -1 for none.
    var pair: Int32
    var started: Int
    /// Time spent in what it called.
    var inner: Int
}

/// A growing array without reference counts or bounds checks.
struct PlainArray<Element> {
    private(set) var items: UnsafeMutablePointer<Element>
    private(set) var count = 0
    private var capacity: Int

    init(capacity: Int) {
        items = .allocate(capacity: capacity)
        self.capacity = capacity
    }
    @inline(__always) mutating func append(_ e: Element) {
        if count == capacity { grow() }
        (items + count).initialize(to: e)
        count += 1
    }
    @inline(__always) mutating func removeLast() { count -= 1 }
    mutating func removeAll() { count = 0 }
    func free() { items.deallocate() }

    @inline(never) private mutating func grow() {
        let larger = UnsafeMutablePointer<Element>.allocate(capacity: capacity * 2)
        larger.moveInitialize(from: items, count: count)
        items.deallocate()
        items = larger
        capacity *= 2
    }
}

/// Positions by a key of one word: open addressing, never more than half full.
struct PositionIndex {
    private var slots: UnsafeMutablePointer<(key: UInt, position: Int)>
    private var mask: Int
    private var count = 0

    init() {
        mask = 63
        slots = .allocate(capacity: mask + 1)
        slots.initialize(repeating: (0, -1), count: mask + 1)
    }
    @inline(__always) private func start(_ key: UInt) -> Int { Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> 32) & mask }

    @inline(__always) func find(_ key: UInt) -> Int {
        var i = start(key)
        while slots[i].position >= 0 {
            if slots[i].key == key { return slots[i].position }
            i = (i + 1) & mask
        }
        return -1
    }
    mutating func insert(_ key: UInt, _ position: Int) {
        if count * 2 >= mask { grow() }
        put(key, position)
        count += 1
    }
    mutating func removeAll() {
        slots.update(repeating: (0, -1), count: mask + 1)
        count = 0
    }
    func free() { slots.deallocate() }

    private func put(_ key: UInt, _ position: Int) {
        var i = start(key)
        while slots[i].position >= 0 { i = (i + 1) & mask }
        slots[i] = (key, position)
    }
    private mutating func grow() {
        let old = slots, size = mask + 1
        mask = size * 2 - 1
        slots = .allocate(capacity: mask + 1)
        slots.initialize(repeating: (0, -1), count: mask + 1)
        for i in 0 ..< size where old[i].position >= 0 { put(old[i].key, old[i].position) }
        old.deallocate()
    }
}

struct CallTables {
    var entries = PlainArray<CallEntry>(capacity: 64)
    var pairs = PlainArray<CallPair>(capacity: 64)
    var active = PlainArray<ActiveCall>(capacity: 64)
    private var entryIndex = PositionIndex()
    private var pairIndex = PositionIndex()
    /// Counts how often the tables were emptied.
    private(set) var generation = 0

    /// The position of a function's entry, -1 for none.
    @inline(__always) func position(_ key: UInt) -> Int { entryIndex.find(key) }

    mutating func addEntry(_ key: UInt) -> Int {
        entries.append(CallEntry(key: key))
        entryIndex.insert(key, entries.count - 1)
        return entries.count - 1
    }

    @inline(__always) private func pairKey(_ caller: Int32, _ callee: Int) -> UInt { UInt(UInt32(bitPattern: caller) &+ 1) << 32 | UInt(callee) }

    /// A call begins; the caller of this stores the time in `started` of the last active call.
    @inline(__always) mutating func enter(_ entry: Int, withPairs: Bool) {
        entries.items[entry].counts.level += 1
        var pair = -1
        if withPairs && active.count > 0 {
            let caller = active.items[active.count - 1].entry
            let key = pairKey(caller, entry)
            pair = pairIndex.find(key)
            if pair < 0 {
                pairs.append(CallPair(caller: caller, callee: Int32(entry)))
                pair = pairs.count - 1
                pairIndex.insert(key, pair)
                entries.items[Int(caller)].hasCalls = true
            }
            pairs.items[pair].counts.level += 1
        }
        active.append(ActiveCall(entry: Int32(entry), pair: Int32(pair), started: 0, inner: 0))
    }

    /// The last active call ends, at `time`; what ends is `entry`, which is the call's own but for calls that began elsewhere.
    @inline(__always) mutating func leave(_ entry: Int, _ time: Int) {
        let call = active.items[active.count - 1]
        active.removeLast()
        let total = time - call.started, inline = total - call.inner
        if active.count > 0 { active.items[active.count - 1].inner += total }
        entries.items[entry].counts.end(total, inline)
        if call.pair >= 0 { pairs.items[Int(call.pair)].counts.end(total, inline) }
    }

    mutating func dropActive() { active.removeAll() }

    mutating func removeAll() {
        entries.removeAll()
        pairs.removeAll()
        active.removeAll()
        entryIndex.removeAll()
        pairIndex.removeAll()
        generation += 1
    }

    func free() {
        entries.free()
        pairs.free()
        active.free()
        entryIndex.free()
        pairIndex.free()
    }
}
