// List, tuple, set and dict displays, comprehension accumulators, f-strings, unpacking.

extension Instructions {
    @inline(never) static func buildTuple(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        f.savedPC = pc
        let count = opC(w), from = f + opB(w)
        let tuple = makeTuple(t, count)
        if tuple.isRaised { return unwind(t, f, pc) }
        let items = tuple.tupleItems
        for i in 0..<count { items[i] = from[i] }
        f[opA(w)] = tuple
        return pc + 1
    }
    @inline(never) static func buildList(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        f.savedPC = pc
        let count = opC(w), from = f + opB(w)
        return finish(t, f, pc, w, makeList(t, from, count))
    }
    @inline(never) static func buildListFor(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        f.savedPC = pc
        // The iteration may end early: what is expected of a long one is taken in steps after all.
        return finish(t, f, pc, w, makeList(t, capacity: min(itemsToCome(f[opB(w)]), 1 << 20)))
    }
    @inline(never) static func buildSet(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        f.savedPC = pc
        let set = makeSet(t)
        if set.isRaised { return unwind(t, f, pc) }
        for i in 0..<opC(w) where LadonRuntime.setAdd(t, set, f[opB(w) + i]) < 0 { return unwind(t, f, pc) }
        f[opA(w)] = set
        return pc + 1
    }
    @inline(never) static func buildMap(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        f.savedPC = pc
        let dict = makeDict(t)
        if dict.isRaised { return unwind(t, f, pc) }
        var i = opB(w)
        for _ in 0..<opC(w) {
            if dictSet(t, dict, f[i], f[i + 1]) < 0 { return unwind(t, f, pc) }
            i += 2
        }
        f[opA(w)] = dict
        return pc + 1
    }
    @inline(never) static func buildString(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        f.savedPC = pc
        return finish(t, f, pc, w, joined(t, f + opB(w), opC(w)))
    }
    /// The concatenation of `count` strs.
    private static func joined(_ t: Thread, _ parts: Values, _ count: Int) -> Value {
        var length = 0, kind = 1
        var ascii = true
        for i in 0..<count {
            // Trees that programs build may hold anything here.
            if !parts[i].isCell || !parts[i].isStr { return LadonRuntime.raise(t, .typeError, "sequence item \(i): expected str instance, \(typeName(parts[i])) found") }
            length += parts[i].strCount
            kind = max(kind, parts[i].strKind)
            ascii = ascii && parts[i].strIsASCII
        }
        if length > 1 && length < 1 << 16 {
            let result = newString(t, kind: kind, count: length, ascii: ascii)
            var out = result.strData
            for i in 0..<count {
                let n = parts[i].strCount
                if kind == 1 && n <= 16 {
                    let from = parts[i].strBytes
                    for at in 0..<n { out.storeBytes(of: from[at], toByteOffset: at, as: UInt8.self) }
                } else {
                    parts[i].text.copy(to: out, kind: kind)
                }
                out += n &* kind
            }
            result.keepAlive
            return result
        }
        var builder = StringBuilder(t, capacity: length)
        for i in 0..<count { builder.append(parts[i]) }
        return builder.finish()
    }
    @inline(__always) static func listAppend(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        if listAppendFast(t, f[opA(w)], f[opB(w)]) { return pc + 1 }
        return listAppendSlow(t, f, pc, w)
    }
    @inline(never) static func listAppendSlow(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        f.savedPC = pc
        return finish(t, f, pc, truth: LadonRuntime.listAppend(t, f[opA(w)], f[opB(w)]))
    }
    @inline(never) static func setAdd(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        f.savedPC = pc
        return finish(t, f, pc, truth: LadonRuntime.setAdd(t, f[opA(w)], f[opB(w)]))
    }
    @inline(never) static func mapAdd(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        f.savedPC = pc
        return finish(t, f, pc, truth: dictSet(t, f[opA(w)], f[opB(w)], f[opC(w)]))
    }
    @inline(never) static func listExtend(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        f.savedPC = pc
        let source = f[opB(w)]
        if !isIterable(source) {
            raiseType(t, "Value after * must be an iterable, not \(typeName(source))")
            return unwind(t, f, pc)
        }
        return finish(t, f, pc, truth: LadonRuntime.listExtend(t, f[opA(w)], source))
    }
    @inline(never) static func listToTuple(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        f.savedPC = pc
        return finish(t, f, pc, w, LadonRuntime.listToTuple(t, f[opB(w)]))
    }
    @inline(never) static func setUpdate(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        f.savedPC = pc
        return finish(t, f, pc, truth: LadonRuntime.setUpdate(t, f[opA(w)], f[opB(w)]))
    }
    @inline(never) static func dictUpdate(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        f.savedPC = pc
        let source = f[opB(w)]
        if !source.isExactly(.dict) {
            // Only mappings: a sequence of pairs, which dict.update would take, is none.
            let keys = getAttributeOrMissing(t, source, name(.keys))
            if keys.isRaised { return unwind(t, f, pc) }
            if keys.isMissing {
                raiseType(t, "'\(typeName(source))' object is not a mapping")
                return unwind(t, f, pc)
            }
        }
        return finish(t, f, pc, truth: LadonRuntime.dictUpdate(t, f[opA(w)], source))
    }
    @inline(never) static func dictMerge(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        f.savedPC = pc
        return finish(t, f, pc, truth: dictMergeForCall(t, f[opA(w)], f[opB(w)], f[opC(w)]))
    }

    // MARK: f-strings

    private static func converted(_ t: Thread, _ v: Value, _ conversion: Int) -> Value {
        switch conversion {
        case 1: return str(t, v)
        case 2: return repr(t, v)
        case 3: return ascii(t, v)
        default: return v
        }
    }
    @inline(never) static func formatValue(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        f.savedPC = pc
        let v = converted(t, f[opB(w)], opC(w))
        if v.isRaised || v.isExactly(.str) { return finish(t, f, pc, w, v) }
        return finish(t, f, pc, w, format(t, v, ladon_runtime.emptyString))
    }
    @inline(never) static func formatSpec(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        f.savedPC = pc
        let v = converted(t, f[opB(w)], opC(w))
        return finish(t, f, pc, w, v.isRaised ? v : format(t, v, f[opB(w) + 1]))
    }

    // MARK: unpacking

    @inline(__always) static func unpackSequence(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        let v = f[opB(w)]
        if v.isPointer && v.id == TypeID.tuple.rawValue && v.tupleCount == opC(w) {
            let items = v.tupleItems, to = f + opA(w)
            var i = 0
            while i < opC(w) { to[i] = items[i]; i += 1 }
            return pc + 1
        }
        return unpackSlow(t, f, pc, w)
    }
    @inline(never) static func unpackSlow(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        f.savedPC = pc
        let v = f[opB(w)], count = opC(w), to = f + opA(w)
        if v.isExactly(.tuple) || v.isExactly(.list) {
            let snapshot = v.isExactly(.tuple) ? v : LadonRuntime.listToTuple(t, v)
            if snapshot.isRaised { return unwind(t, f, pc) }
            let given = snapshot.tupleCount
            if given != count {
                LadonRuntime.raise(t, .valueError, given > count ? "too many values to unpack (expected \(count))"
                                   : "not enough values to unpack (expected \(count), got \(given))")
                return unwind(t, f, pc)
            }
            for i in 0..<count { to[i] = snapshot.tupleItems[i] }
            return pc + 1
        }
        let iterator = unpackIterator(t, v)
        if iterator.isRaised { return unwind(t, f, pc) }
        // The iterator may lie in the registers that are filled: it is in a local now.
        for i in 0..<count {
            let item = next(t, iterator)
            if item.isRaised { return unwind(t, f, pc) }
            if item.isExhausted {
                LadonRuntime.raise(t, .valueError, "not enough values to unpack (expected \(count), got \(i))")
                return unwind(t, f, pc)
            }
            to[i] = item
        }
        let extra = next(t, iterator)
        if extra.isRaised { return unwind(t, f, pc) }
        if !extra.isExhausted {
            LadonRuntime.raise(t, .valueError, "too many values to unpack (expected \(count))")
            return unwind(t, f, pc)
        }
        return pc + 1
    }
    private static func unpackIterator(_ t: Thread, _ v: Value) -> Value {
        if !isIterable(v) { return raiseType(t, "cannot unpack non-iterable \(typeName(v)) object") }
        return iterate(t, v)
    }
    @inline(never) static func unpackEx(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        f.savedPC = pc
        let v = f[opB(w)], before = opC(w) & 255, after = opC(w) >> 8, to = f + opA(w)
        if !isIterable(v) { raiseType(t, "cannot unpack non-iterable \(typeName(v)) object"); return unwind(t, f, pc) }
        let list = iterateToList(t, v)
        if list.isRaised { return unwind(t, f, pc) }
        let count = listCount(list)
        if count < before + after {
            LadonRuntime.raise(t, .valueError, "not enough values to unpack (expected at least \(before + after), got \(count))")
            return unwind(t, f, pc)
        }
        for i in 0..<before { to[i] = listGet(t, list, i) }
        let middle = listSlice(t, list, before, 1, count - after - before)
        if middle.isRaised { return unwind(t, f, pc) }
        to[before] = middle
        for i in 0..<after { to[before + 1 + i] = listGet(t, list, count - after + i) }
        return pc + 1
    }
}

@discardableResult @inline(never)
func raiseType(_ t: Thread, _ message: String) -> Value { raise(t, .typeError, message) }
