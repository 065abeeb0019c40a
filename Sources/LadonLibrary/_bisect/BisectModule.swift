// The module `_bisect`.

import LadonTypes

public func bisectModule() -> ModuleDefinition {
    ModuleDefinition("_bisect", doc: "Bisection algorithms: finding a place in a sorted sequence, and keeping a list sorted.",
                     members: [
                         .method("bisect_right", "($module, /, a, x, lo=0, hi=None, *, key=None)", bisect_right,
                                 "Return the index where to insert item x in list a, assuming a is sorted: after any items equal to x."),
                         .method("bisect_left", "($module, /, a, x, lo=0, hi=None, *, key=None)", bisect_left,
                                 "Return the index where to insert item x in list a, assuming a is sorted: before any items equal to x."),
                         .method("insort_right", "($module, /, a, x, lo=0, hi=None, *, key=None)", insort_right,
                                 "Insert item x in list a, and keep it sorted assuming a is sorted; after any items equal to x."),
                         .method("insort_left", "($module, /, a, x, lo=0, hi=None, *, key=None)", insort_left,
                                 "Insert item x in list a, and keep it sorted assuming a is sorted; before any items equal to x."),
                     ])
}

func bisect_right(_ t: Thread, _ a: Values) -> Value { findPlace(t, a, a[2], right: true) }
func bisect_left(_ t: Thread, _ a: Values) -> Value { findPlace(t, a, a[2], right: false) }
func insort_right(_ t: Thread, _ a: Values) -> Value { insertSorted(t, a, right: true) }
func insort_left(_ t: Thread, _ a: Values) -> Value { insertSorted(t, a, right: false) }

/// Arguments: module, sequence, item, lo, hi, key. `x` is the item, or its key.
private func findPlace(_ t: Thread, _ a: Values, _ x: Value, right: Bool) -> Value {
    guard var low = asInt(t, a[3]) else { return .raised }
    if low < 0 { return raise(t, .valueError, "lo must be non-negative") }
    var high: Int
    if a[4].isNone {
        high = length(t, a[1])
        if high < 0 { return .raised }
    } else {
        if !typeOf(a[4]).has(.index) { return raise(t, .typeError, "argument should be integer or None, not '\(typeName(a[4]))'") }
        guard let n = asInt(t, a[4]) else { return .raised }
        if n == -1 {
            high = length(t, a[1])
            if high < 0 { return .raised }
        } else {
            high = n
        }
    }
    let exactList = a[1].isExactly(.list)
    while low < high {
        let middle = low + (high - low) / 2
        var item: Value
        if exactList {
            item = listGet(t, a[1], middle)
            if item.isMissing { return raise(t, .indexError, "list index out of range") }
        } else {
            item = getItem(t, a[1], makeInt(t, middle))
            if item.isRaised { return item }
        }
        if !a[5].isNone {
            item = call(t, a[5], item)
            if item.isRaised { return item }
        }
        let r = right ? lessThan(t, x, item) : lessThan(t, item, x)
        if r < 0 { return .raised }
        if (r > 0) == right { high = middle } else { low = middle + 1 }
    }
    return makeInt(t, low)
}

private func insertSorted(_ t: Thread, _ a: Values, right: Bool) -> Value {
    var x = a[2]
    if !a[5].isNone {
        x = call(t, a[5], x)
        if x.isRaised { return x }
    }
    let place = findPlace(t, a, x, right: right)
    if place.isRaised { return place }
    if a[1].isExactly(.list) { return listInsert(t, a[1], intAsWord(place) ?? Int.max, a[2]) < 0 ? .raised : .none }
    let insert = getAttribute(t, a[1], name(.insert))
    if insert.isRaised { return insert }
    return call(t, insert, place, a[2]).isRaised ? .raised : .none
}
