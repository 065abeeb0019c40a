// The merge sort behind list.sort and sorted: natural runs, lengthened to a minimum by binary insertion, merged
// in a balanced way, with galloping where one run wins often (timsort). Keys and, when there are any, the
// values that go with them move together.
//
// Whatever a comparison answers or raises, the storage holds a permutation of what it held: values leave it
// only for the temporary storage, and what is there is put back before an error is reported. Both storages
// are heap cells, so a collection during a comparison sees every value.

import LadonRuntime

private let minimumGallop = 7

/// Sorts `count` keys (and values) in place. False: a comparison raised, or memory is out.
func mergeSort<O: SortOrder>(_ t: Thread, _ order: O, _ keys: Values, _ values: Values?, _ count: Int) -> Bool {
    if count < 2 { return true }
    var minimum = count
    var odd = 0
    while minimum >= 64 {
        odd |= minimum & 1
        minimum >>= 1
    }
    minimum += odd
    return withUnsafeTemporaryAllocation(of: Int.self, capacity: 2 * 88) { runs -> Bool in
        var sort = Merger(t: t, order: order, keys: keys, values: values, runs: runs.baseAddress.unsafelyUnwrapped)
        var start = 0
        var left = count
        while left > 0 {
            guard var length = sort.countRun(start, start + left) else { return false }
            if length < minimum {
                let forced = left < minimum ? left : minimum
                if !sort.insertionSort(start, start + forced, sorted: start + length) { return false }
                length = forced
            }
            sort.push(start, length)
            if !sort.collapse() { return false }
            start += length
            left -= length
        }
        let ok = sort.collapseAll()
        ladon_keep_alive(sort.temporary)
        ladon_keep_alive(sort.temporaryOfValues)
        return ok
    }
}

private struct Merger<O: SortOrder> {
    let t: Thread
    let order: O
    let keys: Values
    let values: Values?
    /// Pairs (start, length) of pending runs.
    let runs: UnsafeMutablePointer<Int>
    var pending = 0
    var gallop = minimumGallop
    var temporary: Value = .none
    var temporaryOfValues: Value = .none
    var room = 0

    init(t: Thread, order: O, keys: Values, values: Values?, runs: UnsafeMutablePointer<Int>) {
        self.t = t; self.order = order; self.keys = keys; self.values = values; self.runs = runs
    }

    @inline(__always) func less(_ a: Value, _ b: Value) -> Truth { order.less(t, a, b) }

    @inline(__always) func move(_ to: Int, _ from: Int) {
        keys[to] = keys[from]
        if let v = values { v[to] = v[from] }
    }

    func reverseRange(_ low: Int, _ high: Int) {
        reverseValues(keys + low, high - low)
        if let v = values { reverseValues(v + low, high - low) }
    }

    /// Length of the run at `low`; a strictly descending one is reversed. nil: raised.
    func countRun(_ low: Int, _ high: Int) -> Int? {
        if low + 1 == high { return 1 }
        var n = 2
        let first = less(keys[low + 1], keys[low])
        if first < 0 { return nil }
        var i = low + 2
        while i < high {
            let r = less(keys[i], keys[i - 1])
            if r < 0 { return nil }
            if r != first { break }
            n += 1
            i += 1
        }
        if first > 0 { reverseRange(low, low + n) }
        return n
    }

    /// Sorts low ..< high, of which low ..< sorted already is.
    func insertionSort(_ low: Int, _ high: Int, sorted: Int) -> Bool {
        var at = sorted == low ? sorted + 1 : sorted
        while at < high {
            let pivot = keys[at]
            var l = low
            var r = at
            while l < r {
                let m = l + (r - l) >> 1
                let c = less(pivot, keys[m])
                if c < 0 { return false }
                if c > 0 { r = m } else { l = m + 1 }
            }
            var i = at
            while i > l {
                keys[i] = keys[i - 1]
                i -= 1
            }
            keys[l] = pivot
            if let v = values {
                let moved = v[at]
                i = at
                while i > l {
                    v[i] = v[i - 1]
                    i -= 1
                }
                v[l] = moved
            }
            at += 1
        }
        return true
    }

    mutating func push(_ start: Int, _ length: Int) {
        runs[2 * pending] = start
        runs[2 * pending + 1] = length
        pending += 1
    }

    @inline(__always) func length(_ i: Int) -> Int { runs[2 * i + 1] }

    /// Keeps the lengths of pending runs growing like Fibonacci numbers towards the bottom.
    mutating func collapse() -> Bool {
        while pending > 1 {
            var n = pending - 2
            if (n > 0 && length(n - 1) <= length(n) + length(n + 1)) || (n > 1 && length(n - 2) <= length(n - 1) + length(n)) {
                if length(n - 1) < length(n + 1) { n -= 1 }
            } else if length(n) > length(n + 1) {
                break
            }
            if !merge(n) { return false }
        }
        return true
    }

    mutating func collapseAll() -> Bool {
        while pending > 1 {
            var n = pending - 2
            if n > 0 && length(n - 1) < length(n + 1) { n -= 1 }
            if !merge(n) { return false }
        }
        return true
    }

    mutating func reserve(_ n: Int) -> Bool {
        if n <= room { return true }
        temporary = makeStorage(t, n)
        if temporary.isRaised { return false }
        if values != nil {
            temporaryOfValues = makeStorage(t, n)
            if temporaryOfValues.isRaised { return false }
        }
        room = n
        return true
    }

    /// Merges runs i and i + 1.
    mutating func merge(_ i: Int) -> Bool {
        var a = runs[2 * i]
        var na = runs[2 * i + 1]
        let b = runs[2 * i + 2]
        var nb = runs[2 * i + 3]
        runs[2 * i + 1] = na + nb
        if i == pending - 3 {
            runs[2 * i + 2] = runs[2 * i + 4]
            runs[2 * i + 3] = runs[2 * i + 5]
        }
        pending -= 1
        // What of A precedes all of B, and what of B follows all of A, stays where it is.
        let k = gallopRight(keys[b], keys + a, na, 0)
        if k < 0 { return false }
        a += k
        na -= k
        if na == 0 { return true }
        nb = gallopLeft(keys[a + na - 1], keys + b, nb, nb - 1)
        if nb <= 0 { return nb == 0 }
        return na <= nb ? mergeLow(a, na, b, nb) : mergeHigh(a, na, b, nb)
    }

    /// Where `key` belongs in the sorted `p[0 ..< n]`, left of equal ones; the search starts at `hint`. -1: raised.
    func gallopLeft(_ key: Value, _ p: Values, _ n: Int, _ hint: Int) -> Int {
        var last = 0
        var offset = 1
        let c = less(p[hint], key)
        if c < 0 { return -1 }
        var low: Int
        var high: Int
        if c > 0 {
            let limit = n - hint
            while offset < limit {
                let r = less(p[hint + offset], key)
                if r < 0 { return -1 }
                if r == 0 { break }
                last = offset
                offset = offset << 1 + 1
            }
            if offset > limit { offset = limit }
            low = hint + last + 1
            high = hint + offset
        } else {
            let limit = hint + 1
            while offset < limit {
                let r = less(p[hint - offset], key)
                if r < 0 { return -1 }
                if r > 0 { break }
                last = offset
                offset = offset << 1 + 1
            }
            if offset > limit { offset = limit }
            low = hint - offset + 1
            high = hint - last
        }
        while low < high {
            let m = low + (high - low) >> 1
            let r = less(p[m], key)
            if r < 0 { return -1 }
            if r > 0 { low = m + 1 } else { high = m }
        }
        return high
    }

    /// The same, right of equal ones.
    func gallopRight(_ key: Value, _ p: Values, _ n: Int, _ hint: Int) -> Int {
        var last = 0
        var offset = 1
        let c = less(key, p[hint])
        if c < 0 { return -1 }
        var low: Int
        var high: Int
        if c > 0 {
            let limit = hint + 1
            while offset < limit {
                let r = less(key, p[hint - offset])
                if r < 0 { return -1 }
                if r == 0 { break }
                last = offset
                offset = offset << 1 + 1
            }
            if offset > limit { offset = limit }
            low = hint - offset + 1
            high = hint - last
        } else {
            let limit = n - hint
            while offset < limit {
                let r = less(key, p[hint + offset])
                if r < 0 { return -1 }
                if r > 0 { break }
                last = offset
                offset = offset << 1 + 1
            }
            if offset > limit { offset = limit }
            low = hint + last + 1
            high = hint + offset
        }
        while low < high {
            let m = low + (high - low) >> 1
            let r = less(key, p[m])
            if r < 0 { return -1 }
            if r > 0 { high = m } else { low = m + 1 }
        }
        return high
    }

    /// Copies key and value `from` of the temporary storage to `to`.
    @inline(__always) func restore(_ to: Int, _ from: Int) {
        keys[to] = temporary.storageItems[from]
        if let v = values { v[to] = temporaryOfValues.storageItems[from] }
    }

    func save(_ start: Int, _ n: Int) {
        copyValues(temporary.storageItems, keys + start, n)
        if let v = values { copyValues(temporaryOfValues.storageItems, v + start, n) }
    }

    /// Merges neighbours A and B where A is the shorter: A goes to the temporary storage, the result grows from the left.
    mutating func mergeLow(_ start: Int, _ lengthA: Int, _ startB: Int, _ lengthB: Int) -> Bool {
        if !reserve(lengthA) { return false }
        save(start, lengthA)
        let saved = temporary.storageItems
        var to = start
        var a = 0
        let endA = lengthA
        var b = startB
        let endB = startB + lengthB
        var ok = true
        move(to, b)
        to += 1
        b += 1
        var minGallop = gallop
        outer: while endA - a > 1 && b < endB {
            var wonA = 0
            var wonB = 0
            while true {
                let r = less(keys[b], saved[a])
                if r < 0 { ok = false; break outer }
                if r > 0 {
                    move(to, b)
                    to += 1
                    b += 1
                    wonB += 1
                    wonA = 0
                    if b == endB { break outer }
                    if wonB >= minGallop { break }
                } else {
                    restore(to, a)
                    to += 1
                    a += 1
                    wonA += 1
                    wonB = 0
                    if endA - a == 1 { break outer }
                    if wonA >= minGallop { break }
                }
            }
            minGallop += 1
            repeat {
                if minGallop > 1 { minGallop -= 1 }
                gallop = minGallop
                wonA = gallopRight(keys[b], saved + a, endA - a, 0)
                if wonA < 0 { ok = false; break outer }
                var n = wonA
                while n > 0 {
                    restore(to, a)
                    to += 1
                    a += 1
                    n -= 1
                }
                if endA - a <= 1 { break outer }
                move(to, b)
                to += 1
                b += 1
                if b == endB { break outer }
                wonB = gallopLeft(saved[a], keys + b, endB - b, 0)
                if wonB < 0 { ok = false; break outer }
                n = wonB
                while n > 0 {
                    move(to, b)
                    to += 1
                    b += 1
                    n -= 1
                }
                if b == endB { break outer }
                restore(to, a)
                to += 1
                a += 1
                if endA - a == 1 { break outer }
            } while wonA >= minimumGallop || wonB >= minimumGallop
            minGallop += 1
            gallop = minGallop
        }
        // What is left of B either stands in place already or, when one item of A is left, precedes that item.
        if ok && endA - a == 1 {
            while b < endB {
                move(to, b)
                to += 1
                b += 1
            }
        }
        while a < endA {
            restore(to, a)
            to += 1
            a += 1
        }
        return ok
    }

    /// The mirror image: B is the shorter and goes to the temporary storage, the result grows from the right.
    mutating func mergeHigh(_ startA: Int, _ lengthA: Int, _ startB: Int, _ lengthB: Int) -> Bool {
        if !reserve(lengthB) { return false }
        save(startB, lengthB)
        let saved = temporary.storageItems
        var to = startB + lengthB - 1
        // a: last item of A left, b: last item of B left, both inclusive.
        var a = startA + lengthA - 1
        var b = lengthB - 1
        var ok = true
        move(to, a)
        to -= 1
        a -= 1
        var minGallop = gallop
        outer: while b > 0 && a >= startA {
            var wonA = 0
            var wonB = 0
            while true {
                let r = less(saved[b], keys[a])
                if r < 0 { ok = false; break outer }
                if r > 0 {
                    move(to, a)
                    to -= 1
                    a -= 1
                    wonA += 1
                    wonB = 0
                    if a < startA { break outer }
                    if wonA >= minGallop { break }
                } else {
                    restore(to, b)
                    to -= 1
                    b -= 1
                    wonB += 1
                    wonA = 0
                    if b == 0 { break outer }
                    if wonB >= minGallop { break }
                }
            }
            minGallop += 1
            repeat {
                if minGallop > 1 { minGallop -= 1 }
                gallop = minGallop
                let nA = a - startA + 1
                let k = gallopRight(saved[b], keys + startA, nA, nA - 1)
                if k < 0 { ok = false; break outer }
                wonA = nA - k
                var n = wonA
                while n > 0 {
                    move(to, a)
                    to -= 1
                    a -= 1
                    n -= 1
                }
                if a < startA { break outer }
                restore(to, b)
                to -= 1
                b -= 1
                if b == 0 { break outer }
                let j = gallopLeft(keys[a], saved, b + 1, b)
                if j < 0 { ok = false; break outer }
                wonB = b + 1 - j
                n = wonB
                while n > 0 {
                    restore(to, b)
                    to -= 1
                    b -= 1
                    n -= 1
                }
                if b <= 0 { break outer }
                move(to, a)
                to -= 1
                a -= 1
                if a < startA { break outer }
            } while wonA >= minimumGallop || wonB >= minimumGallop
            minGallop += 1
            gallop = minGallop
        }
        if ok && b == 0 {
            while a >= startA {
                move(to, a)
                to -= 1
                a -= 1
            }
        }
        while b >= 0 {
            restore(to, b)
            to -= 1
            b -= 1
        }
        return ok
    }
}
