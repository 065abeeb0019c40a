// The module `_heapq`: a list as a binary heap (min-heap, and the max-heap variants that heapq.merge and
// nlargest use). Each step reads and writes the list like an index operation; a comparison that changes the
// list's length is an error.

import LadonTypes

public func heapqModule() -> ModuleDefinition {
    ModuleDefinition("_heapq", doc: "Heap queue algorithm (a.k.a. priority queue).",
                     members: [
                         .method("heappush", "($module, heap, item, /)", heap_push, "Push item onto heap, maintaining the heap invariant."),
                         .method("heappushpop", "($module, heap, item, /)", heap_pushpop, "Push item on the heap, then pop and return the smallest item from the heap."),
                         .method("heappop", "($module, heap, /)", heap_pop, "Pop the smallest item off the heap, maintaining the heap invariant."),
                         .method("heapreplace", "($module, heap, item, /)", heap_replace, "Pop and return the current smallest value, and add the new item."),
                         .method("heapify", "($module, heap, /)", heap_heapify, "Transform list into a heap, in-place, in O(len(heap)) time."),
                         .method("_heappop_max", "($module, heap, /)", heap_pop_max, "Maxheap variant of heappop."),
                         .method("_heapify_max", "($module, heap, /)", heap_heapify_max, "Maxheap variant of heapify."),
                         .method("_heapreplace_max", "($module, heap, item, /)", heap_replace_max, "Maxheap variant of heapreplace."),
                         .constant("__about__", { t, a in makeString(t, "Heaps are arrays for which a[k] <= a[2*k+1] and a[k] <= a[2*k+2] for all k, counting elements from 0. The smallest element is always the root, a[0].") }),
                     ])
}

/// Whether `a` belongs above `b`. -1: raised.
@inline(__always) private func above(_ t: Thread, _ a: Value, _ b: Value, _ max: Bool) -> Truth { max ? lessThan(t, b, a) : lessThan(t, a, b) }

private func isHeap(_ t: Thread, _ function: String, _ v: Value, _ argument: String) -> Bool {
    if isList(v) { return true }
    _ = raise(t, .typeError, "\(function)() argument\(argument) must be list, not \(typeName(v))")
    return false
}

private func changed(_ t: Thread) -> Bool {
    _ = raise(t, .runtimeError, "list changed size during iteration")
    return false
}

/// Item `i`; 0 with RuntimeError when the list has become shorter.
@inline(__always) private func item(_ t: Thread, _ heap: Value, _ i: Int) -> Value {
    let fast = listGetFast(heap, i)
    if fast.bits != 0 { return fast }
    let v = listGet(t, heap, i)
    return v.isMissing ? raise(t, .runtimeError, "list changed size during iteration") : v
}

/// Moves the item at `position` towards the root until its parent belongs above it, not beyond `start`.
private func siftUpward(_ t: Thread, _ heap: Value, _ start: Int, _ position: Int, _ max: Bool) -> Bool {
    let n = listCount(heap)
    if position >= n {
        _ = raise(t, .indexError, "index out of range")
        return false
    }
    let moving = item(t, heap, position)
    if moving.isRaised { return false }
    var at = position
    while at > start {
        let up = (at - 1) >> 1
        let parent = item(t, heap, up)
        if parent.isRaised { return false }
        let r = above(t, moving, parent, max)
        if r < 0 { return false }
        if listCount(heap) != n { return changed(t) }
        if r == 0 { break }
        if listSet(t, heap, at, parent) == 0 || listSet(t, heap, up, moving) == 0 { return changed(t) }
        at = up
    }
    return true
}

/// Moves the item at `position` down to a leaf along the better children, then up again to where it belongs.
private func siftDownward(_ t: Thread, _ heap: Value, _ position: Int, _ max: Bool) -> Bool {
    let n = listCount(heap)
    if position >= n {
        _ = raise(t, .indexError, "index out of range")
        return false
    }
    let moving = item(t, heap, position)
    if moving.isRaised { return false }
    let half = n >> 1
    var at = position
    while at < half {
        var child = 2 * at + 1
        var best = item(t, heap, child)
        if best.isRaised { return false }
        if child + 1 < n {
            let other = item(t, heap, child + 1)
            if other.isRaised { return false }
            let r = above(t, best, other, max)
            if r < 0 { return false }
            if listCount(heap) != n { return changed(t) }
            if r == 0 {
                child += 1
                best = other
            }
        }
        if listSet(t, heap, at, best) == 0 || listSet(t, heap, child, moving) == 0 { return changed(t) }
        at = child
    }
    return siftUpward(t, heap, position, at, max)
}

/// heapq.heappush. False: raised.
public func heapPush(_ t: Thread, _ heap: Value, _ item: Value) -> Bool {
    withUnsafeTemporaryAllocation(of: Value.self, capacity: 3) { buffer -> Bool in
        let p = buffer.baseAddress.unsafelyUnwrapped
        p[0] = .none
        p[1] = heap
        p[2] = item
        return !heap_push(t, p).isRaised
    }
}

/// heapq.heappop. 0: raised.
public func heapPop(_ t: Thread, _ heap: Value) -> Value { pop(t, heap, false) }

func heap_push(_ t: Thread, _ a: Values) -> Value {
    if !isHeap(t, "heappush", a[1], " 1") || listAppend(t, a[1], a[2]) < 0 { return .raised }
    return siftUpward(t, a[1], 0, listCount(a[1]) - 1, false) ? .none : .raised
}

private func pop(_ t: Thread, _ heap: Value, _ max: Bool) -> Value {
    let last = listRemove(t, heap, at: -1)
    if last.isMissing { return raise(t, .indexError, "index out of range") }
    let top = listGet(t, heap, 0)
    if top.isMissing { return last }
    if listSet(t, heap, 0, last) == 0 { return last }
    return siftDownward(t, heap, 0, max) ? top : .raised
}

func heap_pop(_ t: Thread, _ a: Values) -> Value { isHeap(t, "heappop", a[1], "") ? pop(t, a[1], false) : .raised }
func heap_pop_max(_ t: Thread, _ a: Values) -> Value { isHeap(t, "_heappop_max", a[1], "") ? pop(t, a[1], true) : .raised }

private func replace(_ t: Thread, _ heap: Value, _ x: Value, _ max: Bool) -> Value {
    let top = listGet(t, heap, 0)
    if top.isMissing || listSet(t, heap, 0, x) == 0 { return raise(t, .indexError, "index out of range") }
    return siftDownward(t, heap, 0, max) ? top : .raised
}

func heap_replace(_ t: Thread, _ a: Values) -> Value { isHeap(t, "heapreplace", a[1], " 1") ? replace(t, a[1], a[2], false) : .raised }
func heap_replace_max(_ t: Thread, _ a: Values) -> Value { isHeap(t, "_heapreplace_max", a[1], " 1") ? replace(t, a[1], a[2], true) : .raised }

func heap_pushpop(_ t: Thread, _ a: Values) -> Value {
    if !isHeap(t, "heappushpop", a[1], " 1") { return .raised }
    let top = listGet(t, a[1], 0)
    if top.isMissing { return a[2] }
    let r = lessThan(t, top, a[2])
    if r <= 0 { return r < 0 ? .raised : a[2] }
    return replace(t, a[1], a[2], false)
}

private func heapify(_ t: Thread, _ heap: Value, _ max: Bool) -> Value {
    var i = (listCount(heap) >> 1) - 1
    while i >= 0 {
        if !siftDownward(t, heap, i, max) { return .raised }
        i -= 1
    }
    return .none
}

func heap_heapify(_ t: Thread, _ a: Values) -> Value { isHeap(t, "heapify", a[1], "") ? heapify(t, a[1], false) : .raised }
func heap_heapify_max(_ t: Thread, _ a: Values) -> Value { isHeap(t, "_heapify_max", a[1], "") ? heapify(t, a[1], true) : .raised }
