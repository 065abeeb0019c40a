// Attributes through inline caches (Objects/InlineCache.swift), and items.

extension Instructions {
    @inline(__always) static func loadAttr(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        let v = cachedLoad(word: UInt64(ladon_load_acquire(pc + 1)), f[opB(w)])
        if v.bits != 0 { f[opA(w)] = v; return pc + 2 }
        return loadAttrSlow(t, f, pc, w)
    }
    @inline(never) static func loadAttrSlow(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        f.savedPC = pc
        let owner = f[opB(w)]
        if owner.isExactly(.threadLocal) {
            let v = threadLocalLoad(t, owner, constant(f, opC(w)))
            if v.bits != 0 { f[opA(w)] = v; return pc + 2 }
        }
        let word = UInt64(ladon_load_acquire(pc + 1))
        if word != 0 {
            let v = cachedLoadSlow(t, word, owner, constant(f, opC(w)))
            if !v.isMissing { return finish(t, f, pc, w, v, 2) }
        }
        return finish(t, f, pc, w, loadAttributeCaching(t, owner, constant(f, opC(w)), pc + 1), 2)
    }

    @inline(__always) static func storeAttr(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        if cachedStore(t, UInt64(ladon_load_acquire(pc + 1)), f[opA(w)], f[opB(w)]) { return pc + 2 }
        return storeAttrSlow(t, f, pc, w)
    }
    @inline(never) static func storeAttrSlow(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        f.savedPC = pc
        let owner = f[opA(w)]
        if owner.isExactly(.threadLocal) && threadLocalStore(t, owner, constant(f, opC(w)), f[opB(w)]) { return pc + 2 }
        let word = UInt64(ladon_load_acquire(pc + 1))
        if word != 0 && cachedStoreSlow(t, word, f[opA(w)], f[opB(w)]) { return pc + 2 }
        return finish(t, f, pc, truth: storeAttributeCaching(t, f[opA(w)], constant(f, opC(w)), f[opB(w)], pc + 1), 2)
    }
    @inline(never) static func deleteAttr(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        f.savedPC = pc
        return finish(t, f, pc, truth: setAttribute(t, f[opA(w)], constant(f, opC(w)), .missing))
    }

    @inline(__always) static func loadMethod(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        var target = Value.raised, receiver = Value.raised
        let window = f + opA(w)
        if cachedMethod(UInt64(ladon_load_acquire(pc + 1)), f[opB(w)], &target, &receiver) {
            window[Frame.function] = target
            window[Frame.headerSize] = receiver
            return pc + 2
        }
        return loadMethodSlow(t, f, pc, w)
    }
    @inline(never) static func loadMethodSlow(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        f.savedPC = pc
        return withUnsafeTemporaryAllocation(of: Value.self, capacity: 2) { pair -> PC in
            let found = pair.baseAddress.unsafelyUnwrapped
            found[0] = .raised; found[1] = .raised
            if !loadMethodCaching(t, f[opB(w)], constant(f, opC(w)), pc + 1, into: found) { return unwind(t, f, pc) }
            let window = f + opA(w)
            window[Frame.function] = found[0]
            window[Frame.headerSize] = found[1]
            return pc + 2
        }
    }

    // MARK: items

    @inline(__always) static func getItem(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        let container = f[opB(w)], key = f[opC(w)]
        if container.isPointer {
            let id = container.id
            if id == TypeID.list.rawValue {
                if key.isSmallInt {
                    let v = listGetFast(container, key.smallInt)
                    if v.bits != 0 { f[opA(w)] = v; return pc + 2 }
                }
            } else if id == TypeID.dict.rawValue {
                let v = key.isSmallInt ? dictGetIntFast(container, key) : key.isExactly(.str) ? dictGetInternedFast(container, key) : .raised
                if v.bits != 0 { f[opA(w)] = v; return pc + 2 }
            }
        }
        return getItemSlow(t, f, pc, w)
    }
    @inline(never) static func getItemSlow(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        f.savedPC = pc
        let container = f[opB(w)], key = f[opC(w)]
        if container.isPointer {
            let id = container.id
            if id == TypeID.dict.rawValue {
                let v = dictGet(t, container, key)
                if !v.isMissing { return finish(t, f, pc, w, v, 2) }
                return finish(t, f, pc, w, raiseKeyError(t, key), 2)
            }
            if id == TypeID.tuple.rawValue && key.isSmallInt {
                let n = container.tupleCount
                let i = key.smallInt < 0 ? key.smallInt + n : key.smallInt
                if i >= 0 && i < n { return finish(t, f, pc, w, container.tupleItems[i], 2) }
            }
        }
        return finish(t, f, pc, w, LadonRuntime.getItem(t, container, key), 2)
    }
    @inline(__always) static func getItemInt(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        let container = f[opB(w)]
        if container.isPointer {
            let id = container.id, index = signedC(w)
            if id == TypeID.tuple.rawValue && index >= 0 && index < container.tupleCount {
                f[opA(w)] = container.tupleItems[index]
                return pc + 1
            }
            if id == TypeID.list.rawValue {
                let v = listGetFast(container, index)
                if v.bits != 0 { f[opA(w)] = v; return pc + 1 }
            }
        }
        return getItemIntSlow(t, f, pc, w)
    }
    @inline(never) static func getItemIntSlow(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        f.savedPC = pc
        return finish(t, f, pc, w, LadonRuntime.getItem(t, f[opB(w)], Value(smallInt: signedC(w))))
    }
    @inline(__always) static func setItem(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        let container = f[opA(w)], key = f[opB(w)]
        if container.isPointer {
            let id = container.id
            if id == TypeID.list.rawValue {
                if key.isSmallInt && listSetFast(t, container, key.smallInt, f[opC(w)]) { return pc + 2 }
            } else if id == TypeID.dict.rawValue && (key.isSmallInt || key.isExactly(.str)) {
                if dictSetFast(t, container, key, f[opC(w)]) { return pc + 2 }
            }
        }
        return setItemSlow(t, f, pc, w)
    }
    @inline(never) static func setItemSlow(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        f.savedPC = pc
        let container = f[opA(w)]
        if container.isExactly(.dict) { return finish(t, f, pc, truth: dictSet(t, container, f[opB(w)], f[opC(w)]), 2) }
        return finish(t, f, pc, truth: LadonRuntime.setItem(t, container, f[opB(w)], f[opC(w)]), 2)
    }
    @inline(never) static func deleteItem(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        f.savedPC = pc
        return finish(t, f, pc, truth: LadonRuntime.deleteItem(t, f[opA(w)], f[opB(w)]))
    }
    @inline(never) static func getSlice(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        f.savedPC = pc
        let container = f[opB(w)], bounds = f + opC(w)
        let part = sequenceSlice(t, container, bounds[0], bounds[1])
        if !part.isMissing { return finish(t, f, pc, w, part) }
        let slice = makeSlice(t, bounds[0], bounds[1], .none)
        return finish(t, f, pc, w, slice.isRaised ? slice : LadonRuntime.getItem(t, container, slice))
    }
    @inline(never) static func setSlice(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        f.savedPC = pc
        let container = f[opA(w)], bounds = f + opB(w), value = f[opC(w)]
        if container.isExactly(.list) && value.isExactly(.list), let plain = plainSliceBounds(bounds[0], bounds[1]) {
            let truth = listAssignSlice(t, container, plain.start, plain.stop, value)
            return finish(t, f, pc, truth: truth)
        }
        let slice = makeSlice(t, bounds[0], bounds[1], .none)
        if slice.isRaised { return unwind(t, f, pc) }
        return finish(t, f, pc, truth: LadonRuntime.setItem(t, container, slice, value))
    }
    @inline(never) static func buildSlice(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        f.savedPC = pc
        let b = opB(w)
        return finish(t, f, pc, w, makeSlice(t, f[b], f[b + 1], f[b + 2]))
    }
}
