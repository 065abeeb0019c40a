// deque: a ring buffer. Everything that touches the ring does so under the cell's lock; comparisons and other
// Python code run outside of it, and what they looked at is checked again (`mutations` counts the changes).

import LadonTypes

struct DequeCell {
    var header: CellHeader
    /// StorageCell whose capacity is a power of two, or the empty storage.
    var storage: Value
    // raw
    /// Place of the first item.
    var head: Int
    var count: Int
    /// -1: unbounded.
    var limit: Int
    var mutations: Int
}

func dequeType() -> TypeDefinition {
    TypeDefinition(nil, "collections.deque", flags: [.baseType, .sequence, .weakReferenceable],
                   doc: "deque([iterable[, maxlen]]): a list-like sequence optimized for data accesses near its endpoints.",
                   size: MemoryLayout<DequeCell>.size, layout: Layout(prefix: 1, base: 6, flags: [.container]), slots: dequeSlots(), members: dequeMembers())
}

private func dequeSlots() -> [SlotEntry] {
    [
        .call(.new, deque_new), .call(.initialize, deque_init), .unary(.repr, deque_repr), .unary(.hash, unhashable), .unary(.iter, deque_iter),
        .unary(.length, deque_len), .binary(.getItem, deque_getitem), .ternary(.setItem, deque_setitem), .binary(.contains, deque_contains),
        .ternary(.compare, deque_compare), .binary(.concat, deque_concat), .binary(.repeat, deque_repeat),
        .binary(.inplaceConcat, deque_inplace_concat), .binary(.inplaceRepeat, deque_inplace_repeat),
    ]
}

private func dequeMembers() -> [NativeMember] {
    [
        .constant("__hash__", noneConstant),
        .attribute("maxlen", get: deque_maxlen, "maximum size of a deque or None if unbounded"),
        .method("append", "(self, object, /)", deque_append, "Add an element to the right side of the deque."),
        .method("appendleft", "(self, object, /)", deque_appendleft, "Add an element to the left side of the deque."),
        .method("clear", "(self, /)", deque_clear, "Remove all elements from the deque."),
        .method("copy", "(self, /)", deque_copy, "Return a shallow copy of a deque."),
        .method("__copy__", "(self, /)", deque_copy, "Return a shallow copy of a deque."),
        .method("count", "(self, value, /)", deque_count, "D.count(value) -- return number of occurrences of value"),
        .method("extend", "(self, iterable, /)", deque_extend, "Extend the right side of the deque with elements from the iterable"),
        .method("extendleft", "(self, iterable, /)", deque_extendleft, "Extend the left side of the deque with elements from the iterable"),
        .method("index", "(self, value, start=<unrepresentable>, stop=<unrepresentable>, /)", deque_index,
                "Return first index of value. Raises ValueError if the value is not present."),
        .method("insert", "(self, index, object, /)", deque_insert, "Insert object before index"),
        .method("pop", "(self, /)", deque_pop, "Remove and return the rightmost element."),
        .method("popleft", "(self, /)", deque_popleft, "Remove and return the leftmost element."),
        .method("remove", "(self, value, /)", deque_remove, "Remove first occurrence of value."),
        .method("reverse", "(self, /)", deque_reverse, "Reverse *IN PLACE*"),
        .method("rotate", "(self, n=1, /)", deque_rotate, "Rotate the deque n steps to the right (default n=1). If n is negative, rotates left."),
        .method("__reduce__", "(self, /)", deque_reduce, "Return state information for pickling."),
        .method("__reversed__", "(self, /)", deque_reversed, "Return a reverse iterator over the deque."),
        .method("__sizeof__", "(self, /)", deque_sizeof, "Size of the deque in memory, in bytes."),
        .classMethod("__class_getitem__", "(cls, object, /)", genericClassGetItem, "See PEP 585"),
    ]
}

// MARK: the ring

@inline(__always) func dequeCell(_ v: Value) -> UnsafeMutablePointer<DequeCell> { v.cell(as: DequeCell.self) }
@inline(__always) private func capacity(_ c: UnsafeMutablePointer<DequeCell>) -> Int { c.pointee.storage.cell(as: StorageCell.self).pointee.capacity }

/// The slot of item `i`; only under the lock.
@inline(__always) private func slot(_ c: UnsafeMutablePointer<DequeCell>, _ i: Int) -> Values {
    c.pointee.storage.storageItems + ((c.pointee.head &+ i) & (capacity(c) - 1))
}

func isDeque(_ v: Value) -> Bool { v.isCell && isSubtype(typeOf(v), collectionsTypes.deque.unsafelyUnwrapped) }

private func newDeque(_ t: Thread, _ type: TypePointer) -> Value {
    let v = allocateInstance(t, type, variableItems: 0)
    if v.isRaised { return v }
    dequeCell(v).pointee.storage = ladon_runtime.emptyTuple
    dequeCell(v).pointee.limit = -1
    return v
}

/// Adds one item at either end; a bounded deque drops one at the other. False: no memory.
@inline(__always) func dequeAdd(_ t: Thread, _ v: Value, _ x: Value, left: Bool) -> Bool {
    let c = dequeCell(v)
    while true {
        lockCell(t, v)
        let n = c.pointee.count
        let full = n == c.pointee.limit
        if full && n == 0 {
            unlockCell(t, v)
            return true
        }
        if full || n < capacity(c) {
            let mask = capacity(c) - 1
            let items = c.pointee.storage.storageItems
            if full {
                let dropped = left ? n - 1 : 0
                storeSlot(slot(c, dropped), Value(bits: 0))
                if !left { c.pointee.head = (c.pointee.head &+ 1) & mask }
                c.pointee.count = n - 1
            }
            let m = c.pointee.count
            if left {
                c.pointee.head = (c.pointee.head &- 1) & mask
                storeSlot(items + c.pointee.head, x)
            } else {
                storeSlot(items + ((c.pointee.head &+ m) & mask), x)
            }
            c.pointee.count = m + 1
            c.pointee.mutations &+= 1
            unlockCell(t, v)
            return true
        }
        unlockCell(t, v)
        if !dequeGrow(t, v, n + 1) { return false }
    }
}

@inline(never) private func dequeGrow(_ t: Thread, _ v: Value, _ needed: Int) -> Bool {
    let c = dequeCell(v)
    var room = 8
    while room < needed { room <<= 1 }
    let fresh = makeStorage(t, room)
    if fresh.isRaised { return false }
    lockCell(t, v)
    if c.pointee.count < room && capacity(c) < room {
        let n = c.pointee.count
        var i = 0
        while i < n {
            fresh.storageItems[i] = slot(c, i).pointee
            i += 1
        }
        c.pointee.storage = fresh
        c.pointee.head = 0
    }
    unlockCell(t, v)
    return true
}

/// Takes an item off one end; `.missing` when empty.
@inline(__always) func dequeTake(_ t: Thread, _ v: Value, left: Bool) -> Value {
    let c = dequeCell(v)
    lockCell(t, v)
    let n = c.pointee.count
    if n == 0 {
        unlockCell(t, v)
        return .missing
    }
    let p = slot(c, left ? 0 : n - 1)
    let x = p.pointee
    storeSlot(p, Value(bits: 0))
    if left { c.pointee.head = (c.pointee.head &+ 1) & (capacity(c) - 1) }
    c.pointee.count = n - 1
    c.pointee.mutations &+= 1
    unlockCell(t, v)
    return x
}

/// Item `i`, `.missing` outside.
@inline(__always) private func dequeAt(_ t: Thread, _ v: Value, _ i: Int) -> Value {
    let c = dequeCell(v)
    lockCell(t, v)
    let x: Value = UInt(bitPattern: i) < UInt(bitPattern: c.pointee.count) ? slot(c, i).pointee : .missing
    unlockCell(t, v)
    return x
}

// MARK: for native code of other modules

/// Whether it is a deque itself, not an instance of a subclass.
public func isExactDeque(_ v: Value) -> Bool {
    guard v.isCell, let type = collectionsTypes.deque else { return false }
    return v.id == type.pointee.id
}
/// `v.append(x)`. False: no memory.
public func dequeAppend(_ t: Thread, _ v: Value, _ x: Value) -> Bool { dequeAdd(t, v, x, left: false) }
/// The leftmost item, taken out; `.missing` when there is none.
public func dequePopLeft(_ t: Thread, _ v: Value) -> Value { dequeTake(t, v, left: true) }
public func dequeCount(_ v: Value) -> Int { dequeCell(v).pointee.count }

/// The items at one moment as a list.
func dequeToList(_ t: Thread, _ v: Value) -> Value {
    let c = dequeCell(v)
    while true {
        let n = c.pointee.count
        let storage = makeStorage(t, n)
        if storage.isRaised { return storage }
        lockCell(t, v)
        if c.pointee.count == n {
            var i = 0
            while i < n {
                storage.storageItems[i] = slot(c, i).pointee
                i += 1
            }
            unlockCell(t, v)
            return makeList(t, storage: storage, count: n)
        }
        unlockCell(t, v)
    }
}

/// Removes item `i`, which must be inside; under the lock.
private func removeAt(_ c: UnsafeMutablePointer<DequeCell>, _ i: Int) {
    let n = c.pointee.count
    if i < n / 2 {
        var j = i
        while j > 0 {
            storeSlot(slot(c, j), slot(c, j - 1).pointee)
            j -= 1
        }
        storeSlot(slot(c, 0), Value(bits: 0))
        c.pointee.head = (c.pointee.head &+ 1) & (capacity(c) - 1)
    } else {
        var j = i
        while j < n - 1 {
            storeSlot(slot(c, j), slot(c, j + 1).pointee)
            j += 1
        }
        storeSlot(slot(c, n - 1), Value(bits: 0))
    }
    c.pointee.count = n - 1
    c.pointee.mutations &+= 1
}

private func dequeEmpty(_ t: Thread, _ v: Value) {
    let c = dequeCell(v)
    lockCell(t, v)
    c.pointee.storage = ladon_runtime.emptyTuple
    c.pointee.count = 0
    c.pointee.head = 0
    c.pointee.mutations &+= 1
    unlockCell(t, v)
}

/// Adds what an iterable yields.
func dequeExtend(_ t: Thread, _ v: Value, _ iterable: Value, left: Bool) -> Bool {
    let source = iterable == v ? dequeToList(t, v) : iterable
    if source.isRaised { return false }
    let iterator = iterate(t, source)
    if iterator.isRaised { return false }
    while true {
        let x = next(t, iterator)
        if x.isExhausted { return true }
        if x.isRaised || !dequeAdd(t, v, x, left: left) || !safepoint(t) { return false }
    }
}

// MARK: making

func deque_new(_ t: Thread, _ type: Value, _ a: Values?, _ n: Int, _ names: Value) -> Value { newDeque(t, type.asType) }

func deque_init(_ t: Thread, _ v: Value, _ a: Values?, _ n: Int, _ names: Value) -> Value {
    var iterable = n > 0 ? a.unsafelyUnwrapped[0] : Value.missing
    var limit = n > 1 ? a.unsafelyUnwrapped[1] : Value.missing
    let named = names.bits == 0 ? 0 : names.tupleCount
    if n + named > 2 { return raise(t, .typeError, "deque() takes at most 2 arguments (\(n + named) given)") }
    var i = 0
    while i < named {
        let k = names.tupleItems[i]
        if stringEqual(k, "iterable") && iterable.isMissing {
            iterable = a.unsafelyUnwrapped[n + i]
        } else if stringEqual(k, "maxlen") && limit.isMissing {
            limit = a.unsafelyUnwrapped[n + i]
        } else {
            return raise(t, .typeError, "'\(swiftString(k))' is an invalid keyword argument for deque()")
        }
        i += 1
    }
    var bound = -1
    if !limit.isMissing && !limit.isNone {
        if !isInt(limit) { return raise(t, .typeError, "an integer is required") }
        guard let m = asInt(t, limit) else { return .raised }
        if m < 0 { return raise(t, .valueError, "maxlen must be non-negative") }
        bound = m
    }
    dequeCell(v).pointee.limit = bound
    if dequeCell(v).pointee.count > 0 { dequeEmpty(t, v) }
    if !iterable.isMissing && !dequeExtend(t, v, iterable, left: false) { return .raised }
    return .none
}

/// type(v)(iterable[, maxlen])
private func dequeLike(_ t: Thread, _ v: Value, _ iterable: Value) -> Value {
    let limit = dequeCell(v).pointee.limit
    if typeOf(v) == collectionsTypes.deque.unsafelyUnwrapped {
        let r = newDeque(t, typeOf(v))
        if r.isRaised { return r }
        dequeCell(r).pointee.limit = limit
        let items = iterable == v ? dequeToList(t, v) : iterable
        if items.isRaised { return items }
        return dequeExtend(t, r, items, left: false) ? r : .raised
    }
    let type = typeOf(v).value
    let r = limit < 0 ? call(t, type, iterable) : call(t, type, iterable, makeInt(t, limit))
    if !r.isRaised && !isDeque(r) { return raise(t, .typeError, "\(swiftString(typeOf(v).pointee.name))() must return a deque, not \(typeName(r))") }
    return r
}

func deque_copy(_ t: Thread, _ a: Values) -> Value { dequeLike(t, a[0], a[0]) }

// MARK: slots

func deque_len(_ t: Thread, _ v: Value) -> Value { Value(smallInt: dequeCell(v).pointee.count) }

func deque_maxlen(_ t: Thread, _ a: Values) -> Value {
    let limit = dequeCell(a[0]).pointee.limit
    return limit < 0 ? .none : Value(smallInt: limit)
}

func deque_repr(_ t: Thread, _ v: Value) -> Value {
    let entered = reprEnter(t, v)
    if entered != 0 { return entered > 0 ? makeString(t, "[...]") : .raised }
    defer { reprLeave(t, v) }
    let items = dequeToList(t, v)
    if items.isRaised { return items }
    let s = repr(t, items)
    if s.isRaised { return s }
    var b = StringBuilder(t)
    b.append(typeOf(v).pointee.name)
    b.append("(")
    b.append(s)
    let limit = dequeCell(v).pointee.limit
    if limit >= 0 { b.append(", maxlen=\(limit)") }
    b.append(")")
    return b.finish()
}

/// An index of item access, negative from the end. nil: raised.
private func itemIndex(_ t: Thread, _ v: Value, _ key: Value) -> Int? {
    guard let i = machineIndex(t, key) else { return nil }
    return i < 0 ? i + dequeCell(v).pointee.count : i
}

func deque_getitem(_ t: Thread, _ v: Value, _ key: Value) -> Value {
    if key.isNone || !typeOf(key).has(.index) { return raise(t, .typeError, "sequence index must be integer, not '\(typeName(key))'") }
    guard let i = itemIndex(t, v, key) else { return .raised }
    let x = dequeAt(t, v, i)
    return x.isMissing ? raise(t, .indexError, "deque index out of range") : x
}

func deque_setitem(_ t: Thread, _ v: Value, _ key: Value, _ value: Value) -> Value {
    if key.isNone || !typeOf(key).has(.index) { return raise(t, .typeError, "sequence index must be integer, not '\(typeName(key))'") }
    guard let i = itemIndex(t, v, key) else { return .raised }
    let c = dequeCell(v)
    lockCell(t, v)
    let inside = UInt(bitPattern: i) < UInt(bitPattern: c.pointee.count)
    if inside {
        if value.isMissing { removeAt(c, i) } else { storeSlot(slot(c, i), value) }
    }
    unlockCell(t, v)
    return inside ? .none : raise(t, .indexError, "deque index out of range")
}

/// The first index of x in start ..< stop; -1 none, -2 raised.
private func dequeFind(_ t: Thread, _ v: Value, _ x: Value, _ start: Int, _ stop: Int) -> Int {
    let c = dequeCell(v)
    let mutations = c.pointee.mutations
    var i = start
    while i < stop {
        let item = dequeAt(t, v, i)
        if item.isMissing { return -1 }
        let r = sameValue(t, item, x)
        if r < 0 { return -2 }
        if c.pointee.mutations != mutations {
            _ = raise(t, .runtimeError, "deque mutated during iteration")
            return -2
        }
        if r > 0 { return i }
        i += 1
    }
    return -1
}

func deque_contains(_ t: Thread, _ v: Value, _ x: Value) -> Value {
    let i = dequeFind(t, v, x, 0, Int.max)
    return i == -2 ? .raised : Value(i >= 0)
}

func deque_compare(_ t: Thread, _ a: Value, _ b: Value, _ o: Value) -> Value {
    if !isDeque(a) || !isDeque(b) { return .notImplemented }
    let op = compareOp(o)
    if a == b { return compareCounts(0, 0, op) }
    let n = dequeCell(a).pointee.count
    let m = dequeCell(b).pointee.count
    if n != m && (op == .eq || op == .ne) { return Value(op == .ne) }
    let x = dequeToList(t, a)
    if x.isRaised { return x }
    let y = dequeToList(t, b)
    return y.isRaised ? y : compare(t, x, y, op)
}

func deque_concat(_ t: Thread, _ a: Value, _ b: Value) -> Value {
    if !isDeque(b) { return raise(t, .typeError, "can only concatenate deque (not \"\(typeName(b))\") to deque") }
    let r = dequeLike(t, a, a)
    if r.isRaised { return r }
    return dequeExtend(t, r, b, left: false) ? r : .raised
}

func deque_inplace_concat(_ t: Thread, _ a: Value, _ b: Value) -> Value { dequeExtend(t, a, b, left: false) ? a : .raised }

func deque_repeat(_ t: Thread, _ a: Value, _ b: Value) -> Value {
    let r = dequeLike(t, a, a)
    return r.isRaised ? r : deque_inplace_repeat(t, r, b)
}

func deque_inplace_repeat(_ t: Thread, _ v: Value, _ b: Value) -> Value {
    guard let times = repetitionCount(t, b) else { return .raised }
    let items = dequeToList(t, v)
    if items.isRaised { return items }
    let n = listCount(items)
    if n == 0 || times == 1 { return v }
    if times <= 0 {
        dequeEmpty(t, v)
        return v
    }
    let limit = dequeCell(v).pointee.limit
    // What falls off a bounded deque need not be added first.
    let rounds = limit >= 0 ? min(times - 1, limit / n + 1) : times - 1
    if n.multipliedReportingOverflow(by: times).overflow || n * rounds > 1 << 48 { return raise(t, .memoryError) }
    var i = 0
    while i < rounds {
        var j = 0
        while j < n {
            if !dequeAdd(t, v, listItems(items)[j], left: false) { return .raised }
            j += 1
        }
        if !safepoint(t) { return .raised }
        i += 1
    }
    return v
}

// MARK: methods

func deque_append(_ t: Thread, _ a: Values) -> Value { dequeAdd(t, a[0], a[1], left: false) ? .none : .raised }
func deque_appendleft(_ t: Thread, _ a: Values) -> Value { dequeAdd(t, a[0], a[1], left: true) ? .none : .raised }
func deque_extend(_ t: Thread, _ a: Values) -> Value { dequeExtend(t, a[0], a[1], left: false) ? .none : .raised }
func deque_extendleft(_ t: Thread, _ a: Values) -> Value { dequeExtend(t, a[0], a[1], left: true) ? .none : .raised }

func deque_clear(_ t: Thread, _ a: Values) -> Value {
    dequeEmpty(t, a[0])
    return .none
}

func deque_pop(_ t: Thread, _ a: Values) -> Value {
    let x = dequeTake(t, a[0], left: false)
    return x.isMissing ? raise(t, .indexError, "pop from an empty deque") : x
}

func deque_popleft(_ t: Thread, _ a: Values) -> Value {
    let x = dequeTake(t, a[0], left: true)
    return x.isMissing ? raise(t, .indexError, "pop from an empty deque") : x
}

func deque_count(_ t: Thread, _ a: Values) -> Value {
    let c = dequeCell(a[0])
    let mutations = c.pointee.mutations
    var found = 0
    var i = 0
    while true {
        let item = dequeAt(t, a[0], i)
        if item.isMissing { return Value(smallInt: found) }
        let r = sameValue(t, item, a[1])
        if r < 0 { return .raised }
        if c.pointee.mutations != mutations { return raise(t, .runtimeError, "deque mutated during iteration") }
        found += r
        i += 1
    }
}

func deque_index(_ t: Thread, _ a: Values) -> Value {
    guard var start = searchBound(t, a[2], 0) else { return .raised }
    guard var stop = searchBound(t, a[3], Int.max) else { return .raised }
    let n = dequeCell(a[0]).pointee.count
    if start < 0 { start = max(0, start &+ n) }
    if stop < 0 { stop = max(0, stop &+ n) }
    let i = dequeFind(t, a[0], a[1], start, min(stop, n))
    if i >= 0 { return Value(smallInt: i) }
    if i == -2 { return .raised }
    let r = repr(t, a[1])
    return r.isRaised ? r : raise(t, .valueError, "\(swiftString(r)) is not in deque")
}

func deque_insert(_ t: Thread, _ a: Values) -> Value {
    guard let index = asInt(t, a[1]) else { return .raised }
    let v = a[0]
    let c = dequeCell(v)
    while true {
        lockCell(t, v)
        let n = c.pointee.count
        if n == c.pointee.limit {
            unlockCell(t, v)
            return raise(t, .indexError, "deque already at its maximum size")
        }
        if n < capacity(c) {
            let i = index < 0 ? max(0, index &+ n) : min(index, n)
            if i < n / 2 {
                c.pointee.head = (c.pointee.head &- 1) & (capacity(c) - 1)
                var j = 0
                while j < i {
                    storeSlot(slot(c, j), slot(c, j + 1).pointee)
                    j += 1
                }
            } else {
                var j = n
                while j > i {
                    storeSlot(slot(c, j), slot(c, j - 1).pointee)
                    j -= 1
                }
            }
            storeSlot(slot(c, i), a[2])
            c.pointee.count = n + 1
            c.pointee.mutations &+= 1
            unlockCell(t, v)
            return .none
        }
        unlockCell(t, v)
        if !dequeGrow(t, v, n + 1) { return .raised }
    }
}

func deque_remove(_ t: Thread, _ a: Values) -> Value {
    let v = a[0]
    let c = dequeCell(v)
    let n = c.pointee.count
    let mutations = c.pointee.mutations
    var i = 0
    while i < n {
        let item = dequeAt(t, v, i)
        if item.isMissing { break }
        let r = sameValue(t, item, a[1])
        if r < 0 { return .raised }
        lockCell(t, v)
        let same = c.pointee.mutations == mutations
        if same && r > 0 { removeAt(c, i) }
        unlockCell(t, v)
        if !same { return raise(t, .indexError, "deque mutated during iteration") }
        if r > 0 { return .none }
        i += 1
    }
    let r = repr(t, a[1])
    return r.isRaised ? r : raise(t, .valueError, "\(swiftString(r)) is not in deque")
}

/// Removes that very object, if it is there; runs no Python code.
func dequeRemove(_ t: Thread, _ v: Value, identical x: Value) -> Bool {
    let c = dequeCell(v)
    lockCell(t, v)
    var i = 0
    while i < c.pointee.count && slot(c, i).pointee != x { i += 1 }
    let found = i < c.pointee.count
    if found {
        removeAt(c, i)
    }
    unlockCell(t, v)
    return found
}

func deque_reverse(_ t: Thread, _ a: Values) -> Value {
    let c = dequeCell(a[0])
    lockCell(t, a[0])
    var i = 0
    var j = c.pointee.count - 1
    while i < j {
        let x = slot(c, i).pointee
        storeSlot(slot(c, i), slot(c, j).pointee)
        storeSlot(slot(c, j), x)
        i += 1
        j -= 1
    }
    unlockCell(t, a[0])
    return .none
}

func deque_rotate(_ t: Thread, _ a: Values) -> Value {
    guard let steps = asInt(t, a[1]) else { return .raised }
    let c = dequeCell(a[0])
    lockCell(t, a[0])
    let n = c.pointee.count
    if n > 1 {
        var k = steps % n
        if k > n / 2 { k -= n } else if k < -(n / 2) { k += n }
        let mask = capacity(c) - 1
        let items = c.pointee.storage.storageItems
        if n == capacity(c) {
            c.pointee.head = (c.pointee.head &- k) & mask
        } else {
            while k > 0 {
                let p = slot(c, n - 1)
                let x = p.pointee
                storeSlot(p, Value(bits: 0))
                c.pointee.head = (c.pointee.head &- 1) & mask
                storeSlot(items + c.pointee.head, x)
                k -= 1
            }
            while k < 0 {
                let p = slot(c, 0)
                let x = p.pointee
                storeSlot(p, Value(bits: 0))
                c.pointee.head = (c.pointee.head &+ 1) & mask
                storeSlot(slot(c, n - 1), x)
                k += 1
            }
        }
        c.pointee.mutations &+= 1
    }
    unlockCell(t, a[0])
    return .none
}

func deque_reduce(_ t: Thread, _ a: Values) -> Value {
    let state = getState(t, a[0])
    if state.isRaised { return state }
    let iterator = iterate(t, a[0])
    if iterator.isRaised { return iterator }
    let limit = dequeCell(a[0]).pointee.limit
    let args = limit < 0 ? ladon_runtime.emptyTuple : makeTuple(t, ladon_runtime.emptyTuple, makeInt(t, limit))
    return args.isRaised ? args : makeTuple(t, typeOf(a[0]).value, args, state, iterator)
}

func deque_sizeof(_ t: Thread, _ a: Values) -> Value {
    Value(smallInt: Int(typeOf(a[0]).pointee.basicSize) + 16 + capacity(dequeCell(a[0])) * 8)
}

// MARK: iterators

struct DequeIteratorCell {
    var header: CellHeader
    var deque: Value
    // raw
    var index: Int
    var mutations: Int
    var remaining: Int
}

private func dequeIteratorDefinition(_ name: StaticString, _ next: @escaping UnaryFunction, _ new: @escaping NativeFunction) -> TypeDefinition {
    TypeDefinition(nil, name, size: MemoryLayout<DequeIteratorCell>.size, layout: Layout(prefix: 1, base: 5, flags: [.container]),
                   slots: [.unary(.iter, iterSelf), .unary(.next, next)],
                   members: [
                       .staticMethod("__new__", "(cls, deque, index=0, /)", new),
                       .method("__length_hint__", "(self, /)", deque_iterator_hint, "Private method returning an estimate of len(list(it))."),
                       .method("__reduce__", "(self, /)", deque_iterator_reduce, "Return state information for pickling."),
                   ])
}

func dequeIteratorType() -> TypeDefinition { dequeIteratorDefinition("_collections._deque_iterator", deque_iterator_next, deque_iterator_new) }
func dequeReverseIteratorType() -> TypeDefinition {
    dequeIteratorDefinition("_collections._deque_reverse_iterator", deque_reverse_iterator_next, deque_iterator_new)
}

private func makeDequeIterator(_ t: Thread, _ type: TypePointer, _ v: Value) -> Value {
    let it = allocateInstance(t, type, variableItems: 0)
    if it.isRaised { return it }
    let c = it.cell(as: DequeIteratorCell.self)
    c.pointee.deque = v
    c.pointee.mutations = dequeCell(v).pointee.mutations
    c.pointee.remaining = dequeCell(v).pointee.count
    return it
}

func deque_iter(_ t: Thread, _ v: Value) -> Value { makeDequeIterator(t, collectionsTypes.dequeIterator.unsafelyUnwrapped, v) }
func deque_reversed(_ t: Thread, _ a: Values) -> Value { makeDequeIterator(t, collectionsTypes.dequeReverseIterator.unsafelyUnwrapped, a[0]) }

func deque_iterator_new(_ t: Thread, _ a: Values) -> Value {
    if !isDeque(a[1]) { return raise(t, .typeError, "argument 1 must be collections.deque, not \(typeName(a[1]))") }
    guard let skip = asInt(t, a[2]) else { return .raised }
    let it = makeDequeIterator(t, a[0].asType, a[1])
    if it.isRaised { return it }
    let c = it.cell(as: DequeIteratorCell.self)
    let n = min(max(0, skip), c.pointee.remaining)
    c.pointee.index = n
    c.pointee.remaining -= n
    return it
}

@inline(__always) private func dequeStep(_ t: Thread, _ it: Value, forward: Bool) -> Value {
    let c = it.cell(as: DequeIteratorCell.self)
    let v = c.pointee.deque
    let d = dequeCell(v)
    if d.pointee.mutations != c.pointee.mutations {
        c.pointee.remaining = 0
        return raise(t, .runtimeError, "deque mutated during iteration")
    }
    if c.pointee.remaining <= 0 { return .exhausted }
    let i = c.pointee.index
    let x = dequeAt(t, v, forward ? i : d.pointee.count - 1 - i)
    if x.isMissing { return .exhausted }
    c.pointee.index = i + 1
    c.pointee.remaining -= 1
    return x
}

func deque_iterator_next(_ t: Thread, _ v: Value) -> Value { dequeStep(t, v, forward: true) }
func deque_reverse_iterator_next(_ t: Thread, _ v: Value) -> Value { dequeStep(t, v, forward: false) }

func deque_iterator_hint(_ t: Thread, _ a: Values) -> Value { Value(smallInt: max(0, a[0].cell(as: DequeIteratorCell.self).pointee.remaining)) }

func deque_iterator_reduce(_ t: Thread, _ a: Values) -> Value {
    let c = a[0].cell(as: DequeIteratorCell.self)
    let args = makeTuple(t, c.pointee.deque, makeInt(t, dequeCell(c.pointee.deque).pointee.count - c.pointee.remaining))
    return args.isRaised ? args : makeTuple(t, typeOf(a[0]).value, args)
}
