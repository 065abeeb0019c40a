// Writing tuples, lists, dicts and sets. They may contain themselves: a container has its number before its items are
// written, but a tuple and a frozenset, which must be whole to exist.

import LadonLibrary

extension Pickling {
    mutating func save(tuple v: Value) -> Bool {
        let n = v.tupleCount
        if n == 0 {
            if proto > 0 {
                op(PickleOpcode.emptyTuple)
            } else {
                op(PickleOpcode.mark)
                op(PickleOpcode.tuple)
            }
            return true
        }
        let short = n <= 3 && proto >= 2
        if !short { op(PickleOpcode.mark) }
        for i in 0..<n where !save(v.tupleItems[i]) { return false }
        let number = known(v)
        if number >= 0 {
            // One of the items contains the tuple and has made it meanwhile: what is on the stack is not needed.
            if short || !bin {
                for _ in 0..<(short ? n : n + 1) { op(PickleOpcode.pop) }
            } else {
                op(PickleOpcode.popMark)
            }
            return fetch(number)
        }
        if short {
            op(n == 1 ? PickleOpcode.tuple1 : n == 2 ? PickleOpcode.tuple2 : PickleOpcode.tuple3)
        } else {
            op(PickleOpcode.tuple)
        }
        return memoize(v)
    }

    mutating func save(list v: Value) -> Bool {
        if fast && !enterFast(v) { return false }
        if bin {
            op(PickleOpcode.emptyList)
        } else {
            op(PickleOpcode.mark)
            op(PickleOpcode.list)
        }
        if !memoize(v) { return false }
        let n = listCount(v)
        if n != 0 {
            if proto == 0 {
                let iterator = iterate(t, v)
                if iterator.isRaised || !append(itemsOf: iterator) { return false }
            } else if n == 1 {
                let x = listGet(t, v, 0)
                if x.isMissing || !save(x) { return x.isMissing ? raiseListChanged() : false }
                op(PickleOpcode.append)
            } else {
                var i = 0
                let direct = persistent.bits == 0 && bin
                while i < listCount(v) {
                    op(PickleOpcode.mark)
                    var inBatch = 0
                    while inBatch < PickleOpcode.batch {
                        var x = listGetFast(v, i)
                        if x.bits == 0 { x = listGet(t, v, i) }
                        if x.isMissing { break }
                        if direct && x.isSmallInt && Int(Int32(truncatingIfNeeded: x.smallInt)) == x.smallInt {
                            if !boundary() { return false }
                            putSmall(x.smallInt)
                        } else if !save(x) {
                            return false
                        }
                        i &+= 1
                        inBatch &+= 1
                    }
                    op(PickleOpcode.appends)
                }
            }
        }
        if fast { leaveFast(v) }
        return safepoint(t)
    }

    private func raiseListChanged() -> Bool {
        _ = raise(t, .runtimeError, "list changed size during iteration")
        return false
    }

    /// Writes what an iterator yields as additions to the list on the machine's stack.
    mutating func append(itemsOf iterator: Value) -> Bool {
        if proto == 0 {
            while true {
                let x = next(t, iterator)
                if x.isExhausted { return true }
                if x.isRaised || !save(x) { return false }
                op(PickleOpcode.append)
            }
        }
        while true {
            let first = next(t, iterator)
            if first.isExhausted { return true }
            if first.isRaised { return false }
            var x = next(t, iterator)
            if x.isRaised { return false }
            if x.isExhausted {
                if !save(first) { return false }
                op(PickleOpcode.append)
                return true
            }
            op(PickleOpcode.mark)
            if !save(first) { return false }
            var n = 1
            while true {
                if !save(x) { return false }
                n += 1
                if n == PickleOpcode.batch { break }
                x = next(t, iterator)
                if x.isRaised { return false }
                if x.isExhausted { break }
            }
            op(PickleOpcode.appends)
            if n < PickleOpcode.batch { return true }
        }
    }

    mutating func save(dict v: Value) -> Bool {
        if fast && !enterFast(v) { return false }
        if bin {
            op(PickleOpcode.emptyDict)
        } else {
            op(PickleOpcode.mark)
            op(PickleOpcode.dict)
        }
        if !memoize(v) { return false }
        let count = dictCount(v)
        if count != 0 {
            if proto > 0 {
                if !set(itemsOf: v, count) { return false }
            } else {
                let items = callMethod(t, v, .items)
                let iterator = items.isRaised ? items : iterate(t, items)
                if iterator.isRaised || !set(pairsOf: iterator) { return false }
            }
        }
        if fast { leaveFast(v) }
        return safepoint(t)
    }

    private mutating func set(itemsOf v: Value, _ count: Int) -> Bool {
        var entries = DictSnapshot(v)
        var key = Value.none, x = Value.none
        if count == 1 {
            if !entries.next(&key, &x) { return raiseDictChanged() }
            if !save(key) || !save(x) { return false }
            op(PickleOpcode.setItem)
            return true
        }
        var more = entries.next(&key, &x)
        while more {
            op(PickleOpcode.mark)
            var n = 0
            while more && n < PickleOpcode.batch {
                if !save(key) || !save(x) { return false }
                n += 1
                more = entries.next(&key, &x)
            }
            op(PickleOpcode.setItems)
            if dictCount(v) != count { return raiseDictChanged() }
        }
        return true
    }

    private func raiseDictChanged() -> Bool {
        _ = raise(t, .runtimeError, "dictionary changed size during iteration")
        return false
    }

    /// Writes what an iterator over pairs yields as items of the dict on the machine's stack.
    mutating func set(pairsOf iterator: Value) -> Bool {
        func isPair(_ v: Value) -> Bool {
            if isTuple(v) && v.tupleCount == 2 { return true }
            _ = raise(t, .typeError, "dict items iterator must return 2-tuples")
            return false
        }
        if proto == 0 {
            while true {
                let x = next(t, iterator)
                if x.isExhausted { return true }
                if x.isRaised || !isPair(x) || !save(x.tupleItems[0]) || !save(x.tupleItems[1]) { return false }
                op(PickleOpcode.setItem)
            }
        }
        while true {
            let first = next(t, iterator)
            if first.isExhausted { return true }
            if first.isRaised || !isPair(first) { return false }
            var x = next(t, iterator)
            if x.isRaised { return false }
            if x.isExhausted {
                if !save(first.tupleItems[0]) || !save(first.tupleItems[1]) { return false }
                op(PickleOpcode.setItem)
                return true
            }
            op(PickleOpcode.mark)
            if !save(first.tupleItems[0]) || !save(first.tupleItems[1]) { return false }
            var n = 1
            while true {
                if !isPair(x) || !save(x.tupleItems[0]) || !save(x.tupleItems[1]) { return false }
                n += 1
                if n == PickleOpcode.batch { break }
                x = next(t, iterator)
                if x.isRaised { return false }
                if x.isExhausted { break }
            }
            op(PickleOpcode.setItems)
            if n < PickleOpcode.batch { return true }
        }
    }

    mutating func save(set v: Value) -> Bool {
        if proto < 4 { return saveSetAsList(v, .set) }
        op(PickleOpcode.emptySet)
        if !memoize(v) { return false }
        let count = setCount(v)
        if count == 0 { return true }
        var i = 0, hash = 0
        var x = Value.none
        var more = setNext(v, &i, &x, &hash)
        while more {
            op(PickleOpcode.mark)
            var n = 0
            while more && n < PickleOpcode.batch {
                if !save(x) { return false }
                n += 1
                if setCount(v) != count {
                    _ = raise(t, .runtimeError, "set changed size during iteration")
                    return false
                }
                more = setNext(v, &i, &x, &hash)
            }
            op(PickleOpcode.addItems)
        }
        return safepoint(t)
    }

    mutating func save(frozenset v: Value) -> Bool {
        if fast && !enterFast(v) { return false }
        if proto < 4 {
            if !saveSetAsList(v, .frozenset) { return false }
            if fast { leaveFast(v) }
            return true
        }
        op(PickleOpcode.mark)
        let items = setToList(t, v)
        if items.isRaised { return false }
        for i in 0..<listCount(items) where !save(listItems(items)[i]) { return false }
        items.keepAlive
        if fast { leaveFast(v) }
        let number = known(v)
        if number >= 0 {
            op(PickleOpcode.popMark)
            return fetch(number)
        }
        op(PickleOpcode.frozenSet)
        return memoize(v)
    }

    private mutating func saveSetAsList(_ v: Value, _ type: TypeID) -> Bool {
        let items = setToList(t, v)
        if items.isRaised { return false }
        let args = makeTuple(t, builtinType(type).value, makeTuple(t, items))
        return !args.isRaised && saveReduce(args, v)
    }

    // MARK: fast mode

    /// Without a memo, a container inside itself is found when the nesting is deep.
    mutating func enterFast(_ v: Value) -> Bool {
        fastDepth += 1
        if fastDepth < 50 { return true }
        if fastMemo.isNone { fastMemo = makeDict(t) }
        let id = makeInt(t, v.bits)
        if fastMemo.isRaised || id.isRaised { return false }
        let there = dictContains(t, fastMemo, id)
        if there < 0 { return false }
        if there > 0 {
            _ = raise(t, .valueError, "fast mode: can't pickle cyclic objects including object type \(typeName(v)) at 0x\(String(v.bits, radix: 16))")
            return false
        }
        return dictSet(t, fastMemo, id, .none) >= 0
    }

    mutating func leaveFast(_ v: Value) {
        fastDepth -= 1
        if fastDepth >= 49 && !fastMemo.isNone {
            let id = makeInt(t, v.bits)
            if !id.isRaised { _ = dictDelete(t, fastMemo, id) }
        }
    }
}
