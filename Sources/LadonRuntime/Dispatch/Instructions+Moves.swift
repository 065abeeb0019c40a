// Moves, constants, locals and closure cells.

extension Instructions {
    @inline(__always) static func move(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        f[opA(w)] = f[opB(w)]
        return pc + 1
    }
    @inline(__always) static func loadConst(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        f[opA(w)] = constant(f, wideIndex(w))
        return pc + 1
    }
    @inline(__always) static func loadImmediate(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        f[opA(w)] = Value(bits: UInt(bitPattern: wide(w)))
        return pc + 1
    }
    @inline(__always) static func clear(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        f[opA(w)] = .raised
        return pc + 1
    }
    @inline(__always) static func checkLocal(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        if f[opA(w)].bits != 0 { return pc + 1 }
        return unboundLocal(t, f, pc, w)
    }
    @inline(__always) static func deleteLocal(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        if f[opA(w)].bits == 0 { return unboundLocal(t, f, pc, w) }
        f[opA(w)] = .raised
        return pc + 1
    }
    @inline(never) static func unboundLocal(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        f.savedPC = pc
        _ = raiseNameError(t, .unboundLocalError, constant(f, opB(w)),
                           "cannot access local variable '\(swiftString(constant(f, opB(w))))' where it is not associated with a value")
        return unwind(t, f, pc)
    }

    @inline(__always) static func makeCell(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        f.savedPC = pc
        let cell = allocate(t, id: TypeID.cellVariable.rawValue, bytes: MemoryLayout<CellVariableCell>.size)
        cell.assumingMemoryBound(to: CellVariableCell.self).pointee.contents = f[opA(w)]
        f[opA(w)] = Value(cell)
        return pc + 1
    }

    // Closure cells. Any thread may read or write them; a word is the whole state, so no lock.
    @inline(__always) static func contents(_ cell: Value) -> Values { (cell.cell + 8).assumingMemoryBound(to: Value.self) }
    @inline(__always) static func freeCell(_ f: Values, _ index: Int) -> Value { f.function.pointee.closure.tupleItems[index] }

    @inline(__always) static func loadCell(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        let v = loadSlot(contents(f[opB(w)]))
        if v.bits == 0 { return unboundCell(t, f, pc, w) }
        f[opA(w)] = v
        return pc + 1
    }
    @inline(__always) static func storeCell(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        storeSlot(contents(f[opA(w)]), f[opB(w)])
        return pc + 1
    }
    @inline(__always) static func deleteCell(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        if ladon_exchange(contents(f[opA(w)]), 0) == 0 { return unboundLocal(t, f, pc, w) }
        return pc + 1
    }
    @inline(__always) static func loadFree(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        let v = loadSlot(contents(freeCell(f, opB(w))))
        if v.bits == 0 { return unboundFree(t, f, pc, constant(f, opC(w))) }
        f[opA(w)] = v
        return pc + 1
    }
    @inline(__always) static func storeFree(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        storeSlot(contents(freeCell(f, opA(w))), f[opB(w)])
        return pc + 1
    }
    @inline(__always) static func deleteFree(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        if ladon_exchange(contents(freeCell(f, opA(w))), 0) == 0 { return unboundFree(t, f, pc, constant(f, opB(w))) }
        return pc + 1
    }
    @inline(__always) static func loadClosure(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        f[opA(w)] = freeCell(f, opB(w))
        return pc + 1
    }
    @inline(never) static func loadClassFree(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        f.savedPC = pc
        let found = mappingGet(t, localsMapping(t, f), constant(f, opC(w)))
        if found.isRaised { return unwind(t, f, pc) }
        if !found.isMissing { f[opA(w)] = found; return pc + 1 }
        let v = loadSlot(contents(freeCell(f, opB(w))))
        if v.bits == 0 { return unboundFree(t, f, pc, constant(f, opC(w))) }
        f[opA(w)] = v
        return pc + 1
    }
    @inline(never) static func unboundCell(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        f.savedPC = pc
        let name = constant(f, opC(w))
        _ = raiseNameError(t, .unboundLocalError, name, "cannot access local variable '\(swiftString(name))' where it is not associated with a value")
        return unwind(t, f, pc)
    }
    @inline(never) static func unboundFree(_ t: Thread, _ f: Values, _ pc: PC, _ name: Value) -> PC {
        f.savedPC = pc
        _ = raiseNameError(t, .nameError, name,
                           "cannot access free variable '\(swiftString(name))' where it is not associated with a value in enclosing scope")
        return unwind(t, f, pc)
    }
}
