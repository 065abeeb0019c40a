// The algebra of sets: named methods that take any iterable, and what the operators use.
//
// Results are built in CPython's order of insertion, because the order of small integers in a set is visible.

import LadonRuntime

/// Removes what `other` (any iterable) holds.
func setDifferenceUpdate(_ t: Thread, _ s: Value, _ other: Value) -> Truth {
    if s == other {
        setClear(t, s)
        return 1
    }
    if isAnySet(other) {
        var i = 0
        var key = Value.none
        var h = 0
        while setNext(other, &i, &key, &h) {
            if setDiscard(t, s, key, hash: h) < 0 { return -1 }
        }
        return 1
    }
    let iterator = iterate(t, other)
    if iterator.isRaised { return -1 }
    while true {
        let x = next(t, iterator)
        if x.isExhausted { return 1 }
        if x.isRaised || setDiscard(t, s, x) < 0 || !safepoint(t) { return -1 }
    }
}

func setDifference(_ t: Thread, _ s: Value, _ other: Value) -> Value {
    let otherIsSet = isAnySet(other)
    let otherIsDict = isDict(other)
    let size = otherIsSet ? setCount(other) : otherIsDict ? dictCount(other) : 0
    if (!otherIsSet && !otherIsDict) || setCount(s) >> 2 > size {
        let r = setCopy(t, s, frozen: isFrozenSet(s))
        if r.isRaised { return r }
        return setDifferenceUpdate(t, r, other) < 0 ? .raised : r
    }
    let r = newSetLike(t, s)
    if r.isRaised { return r }
    var i = 0
    var key = Value.none
    var h = 0
    while setNext(s, &i, &key, &h) {
        let there: Truth
        if otherIsSet {
            there = setContains(t, other, key, hash: h)
        } else {
            let v = dictGet(t, other, key, hash: h)
            there = v.isRaised ? -1 : v.isMissing ? 0 : 1
        }
        if there < 0 || (there == 0 && setAdd(t, r, key, hash: h) < 0) { return .raised }
    }
    return r
}

func setIntersection(_ t: Thread, _ left: Value, _ right: Value) -> Value {
    var s = left
    var other = right
    if s == other { return setCopy(t, s, frozen: isFrozenSet(s)) }
    let r = newSetLike(t, s)
    if r.isRaised { return r }
    if isAnySet(other) {
        if setCount(other) > setCount(s) { swap(&s, &other) }
        var i = 0
        var key = Value.none
        var h = 0
        while setNext(other, &i, &key, &h) {
            let there = setContains(t, s, key, hash: h)
            if there < 0 || (there > 0 && setAdd(t, r, key, hash: h) < 0) { return .raised }
        }
        return r
    }
    let iterator = iterate(t, other)
    if iterator.isRaised { return iterator }
    while true {
        let x = next(t, iterator)
        if x.isExhausted { return r }
        if x.isRaised { return x }
        let h = keyHash(t, x)
        if h == -1 { return .raised }
        let there = setContains(t, s, x, hash: h)
        if there < 0 || (there > 0 && setAdd(t, r, x, hash: h) < 0) || !safepoint(t) { return .raised }
    }
}

func setIntersectionUpdate(_ t: Thread, _ s: Value, _ other: Value) -> Truth {
    let r = setIntersection(t, s, other)
    return r.isRaised ? -1 : setAssign(t, s, r)
}

/// Gives `s` the elements of `r`, a private set, at one stroke.
func setAssign(_ t: Thread, _ s: Value, _ r: Value) -> Truth {
    setTakeTable(t, s, from: r)
    return 1
}

func setSymmetricDifferenceUpdate(_ t: Thread, _ s: Value, _ other: Value) -> Truth {
    if s == other {
        setClear(t, s)
        return 1
    }
    var i = 0
    var key = Value.none
    var h = 0
    if isDict(other) {
        var value = Value.none
        while dictNext(other, &i, &key, &value, hash: &h) {
            if !toggle(t, s, key, h) { return -1 }
        }
        return 1
    }
    // Each element counts once, however often an iterable yields it.
    var unique = other
    if !isAnySet(other) {
        unique = makeSet(t)
        if unique.isRaised || setUpdate(t, unique, other) < 0 { return -1 }
    }
    while setNext(unique, &i, &key, &h) {
        if !toggle(t, s, key, h) { return -1 }
    }
    return 1
}

/// Takes an element out, or puts it in if it was not there. False: raised.
private func toggle(_ t: Thread, _ s: Value, _ key: Value, _ h: Int) -> Bool {
    let removed = setDiscard(t, s, key, hash: h)
    return removed > 0 || (removed == 0 && setAdd(t, s, key, hash: h) >= 0)
}

func setSymmetricDifference(_ t: Thread, _ s: Value, _ other: Value) -> Value {
    let r = newSetLike(t, s)
    if r.isRaised || setUpdate(t, r, other) < 0 { return .raised }
    return setSymmetricDifferenceUpdate(t, r, s) < 0 ? .raised : r
}

/// Whether every element of `a` is in `b`; both any sets.
func setIsSubset(_ t: Thread, _ a: Value, _ b: Value) -> Truth {
    if setCount(a) > setCount(b) { return 0 }
    var i = 0
    var key = Value.none
    var h = 0
    while setNext(a, &i, &key, &h) {
        let there = setContains(t, b, key, hash: h)
        if there <= 0 { return there }
    }
    return 1
}

// MARK: methods

func set_union(_ t: Thread, _ a: Values) -> Value {
    let r = setCopy(t, a[0], frozen: isFrozenSet(a[0]))
    if r.isRaised { return r }
    var i = 0
    while i < a[1].tupleCount {
        if a[1].tupleItems[i] != a[0] && setUpdate(t, r, a[1].tupleItems[i]) < 0 { return .raised }
        i += 1
    }
    return r
}

func set_update(_ t: Thread, _ a: Values) -> Value {
    var i = 0
    while i < a[1].tupleCount {
        if setUpdate(t, a[0], a[1].tupleItems[i]) < 0 { return .raised }
        i += 1
    }
    return .none
}

func set_intersection(_ t: Thread, _ a: Values) -> Value {
    let n = a[1].tupleCount
    if n == 0 { return setCopy(t, a[0], frozen: isFrozenSet(a[0])) }
    var r = a[0]
    var i = 0
    while i < n {
        r = setIntersection(t, r, a[1].tupleItems[i])
        if r.isRaised { return r }
        i += 1
    }
    return r
}

func set_intersection_update(_ t: Thread, _ a: Values) -> Value {
    let r = set_intersection(t, a)
    return r.isRaised || setAssign(t, a[0], r) < 0 ? .raised : .none
}

func set_difference(_ t: Thread, _ a: Values) -> Value {
    let n = a[1].tupleCount
    if n == 0 { return setCopy(t, a[0], frozen: isFrozenSet(a[0])) }
    let r = setDifference(t, a[0], a[1].tupleItems[0])
    if r.isRaised { return r }
    var i = 1
    while i < n {
        if setDifferenceUpdate(t, r, a[1].tupleItems[i]) < 0 { return .raised }
        i += 1
    }
    return r
}

func set_difference_update(_ t: Thread, _ a: Values) -> Value {
    var i = 0
    while i < a[1].tupleCount {
        if setDifferenceUpdate(t, a[0], a[1].tupleItems[i]) < 0 { return .raised }
        i += 1
    }
    return .none
}

func set_symmetric_difference(_ t: Thread, _ a: Values) -> Value { setSymmetricDifference(t, a[0], a[1]) }

func set_symmetric_difference_update(_ t: Thread, _ a: Values) -> Value { setSymmetricDifferenceUpdate(t, a[0], a[1]) < 0 ? .raised : .none }

func set_isdisjoint(_ t: Thread, _ a: Values) -> Value {
    var s = a[0]
    var other = a[1]
    if s == other { return Value(setCount(s) == 0) }
    if isAnySet(other) {
        if setCount(other) > setCount(s) { swap(&s, &other) }
        var i = 0
        var key = Value.none
        var h = 0
        while setNext(other, &i, &key, &h) {
            let there = setContains(t, s, key, hash: h)
            if there != 0 { return there < 0 ? .raised : .false }
        }
        return .true
    }
    let iterator = iterate(t, other)
    if iterator.isRaised { return iterator }
    while true {
        let x = next(t, iterator)
        if x.isExhausted { return .true }
        if x.isRaised { return x }
        let there = setContains(t, s, x)
        if there != 0 { return there < 0 ? .raised : .false }
    }
}

func set_issubset(_ t: Thread, _ a: Values) -> Value {
    var r: Truth
    if isAnySet(a[1]) {
        r = setIsSubset(t, a[0], a[1])
    } else {
        // Counts how many of this set's elements the iterable yields.
        let both = setIntersection(t, a[0], a[1])
        if both.isRaised { return both }
        r = setCount(both) == setCount(a[0]) ? 1 : 0
    }
    return r < 0 ? .raised : Value(r > 0)
}

func set_issuperset(_ t: Thread, _ a: Values) -> Value {
    if isAnySet(a[1]) {
        let r = setIsSubset(t, a[1], a[0])
        return r < 0 ? .raised : Value(r > 0)
    }
    let iterator = iterate(t, a[1])
    if iterator.isRaised { return iterator }
    while true {
        let x = next(t, iterator)
        if x.isExhausted { return .true }
        if x.isRaised { return x }
        let there = setContains(t, a[0], x)
        if there <= 0 { return there < 0 ? .raised : .false }
    }
}
