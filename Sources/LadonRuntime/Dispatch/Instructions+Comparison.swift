// Comparisons, identity, membership, and conditional jumps fused with a comparison.
//
// Small ints compare as words: the tag bit does not disturb the order.

@inline(__always) private func holds(_ op: CompareOp, _ x: Value, _ y: Value) -> Bool {
    let a = Int(bitPattern: x.bits), b = Int(bitPattern: y.bits)
    switch op {
    case .lt: return a < b
    case .le: return a <= b
    case .eq: return a == b
    case .ne: return a != b
    case .gt: return a > b
    case .ge: return a >= b
    }
}

@inline(__always) private func compareRegisters(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64, _ op: CompareOp) -> PC {
    let x = f[opB(w)], y = f[opC(w)]
    if Value.bothSmallInts(x, y) { f[opA(w)] = Value(holds(op, x, y)); return pc + 1 }
    return compareSlow(t, f, pc, w)
}

@inline(__always) private func compareJump(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64, _ op: CompareOp, _ wanted: Bool) -> PC {
    let x = f[opA(w)], y = f[opB(w)]
    if Value.bothSmallInts(x, y) { return holds(op, x, y) == wanted ? pc + signedC(w) : pc + 1 }
    return compareJumpSlow(t, f, pc, w)
}

@inline(__always) private func compareJumpImmediate(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64, _ op: CompareOp, _ wanted: Bool) -> PC {
    let x = f[opA(w)]
    if x.isSmallInt { return holds(op, x, Value(smallInt: signedB(w))) == wanted ? pc + signedC(w) : pc + 1 }
    return compareJumpImmediateSlow(t, f, pc, w)
}

/// The comparison that an opcode of one of the runs of six means.
private func compareOp(_ w: UInt64, _ first: Opcode) -> CompareOp {
    CompareOp(rawValue: Int(Instructions.opcode(w).rawValue) - Int(first.rawValue))!
}

@inline(never) private func compareSlow(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
    f.savedPC = pc
    return finish(t, f, pc, w, compare(t, f[opB(w)], f[opC(w)], compareOp(w, .lt)))
}

/// 1, 0, -1: a comparison's truth, floats and strings without a detour.
private func fusedTruth(_ t: Thread, _ x: Value, _ y: Value, _ op: CompareOp) -> Truth {
    if x.isExactly(.float) && y.isExactly(.float) {
        let a = x.asFloat, b = y.asFloat
        switch op {
        case .lt: return a < b ? 1 : 0
        case .le: return a <= b ? 1 : 0
        case .eq: return a == b ? 1 : 0
        case .ne: return a != b ? 1 : 0
        case .gt: return a > b ? 1 : 0
        case .ge: return a >= b ? 1 : 0
        }
    }
    if (op == .eq || op == .ne) && x.isExactly(.str) && y.isExactly(.str) { return stringEqual(x, y) == (op == .eq) ? 1 : 0 }
    let r = compare(t, x, y, op)
    if r.isBool { return r.isTrue ? 1 : 0 }
    return r.isRaised ? -1 : isTrue(t, r)
}

@inline(never) private func compareJumpSlow(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
    f.savedPC = pc
    let whenTrue = Instructions.opcode(w).rawValue >= Opcode.ltJumpTrue.rawValue
    let truth = fusedTruth(t, f[opA(w)], f[opB(w)], compareOp(w, whenTrue ? .ltJumpTrue : .ltJumpFalse))
    if truth < 0 { return unwind(t, f, pc) }
    return (truth == 1) == whenTrue ? pc + signedC(w) : pc + 1
}

@inline(never) private func compareJumpImmediateSlow(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
    f.savedPC = pc
    let whenTrue = Instructions.opcode(w).rawValue >= Opcode.ltIntJumpTrue.rawValue
    let truth = fusedTruth(t, f[opA(w)], Value(smallInt: signedB(w)), compareOp(w, whenTrue ? .ltIntJumpTrue : .ltIntJumpFalse))
    if truth < 0 { return unwind(t, f, pc) }
    return (truth == 1) == whenTrue ? pc + signedC(w) : pc + 1
}

extension Instructions {
    @inline(__always) static func lt(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC { compareRegisters(t, f, pc, w, .lt) }
    @inline(__always) static func le(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC { compareRegisters(t, f, pc, w, .le) }
    @inline(__always) static func eq(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC { compareRegisters(t, f, pc, w, .eq) }
    @inline(__always) static func ne(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC { compareRegisters(t, f, pc, w, .ne) }
    @inline(__always) static func gt(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC { compareRegisters(t, f, pc, w, .gt) }
    @inline(__always) static func ge(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC { compareRegisters(t, f, pc, w, .ge) }
    @inline(__always) static func ltJumpFalse(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC { compareJump(t, f, pc, w, .lt, false) }
    @inline(__always) static func leJumpFalse(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC { compareJump(t, f, pc, w, .le, false) }
    @inline(__always) static func eqJumpFalse(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC { compareJump(t, f, pc, w, .eq, false) }
    @inline(__always) static func neJumpFalse(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC { compareJump(t, f, pc, w, .ne, false) }
    @inline(__always) static func gtJumpFalse(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC { compareJump(t, f, pc, w, .gt, false) }
    @inline(__always) static func geJumpFalse(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC { compareJump(t, f, pc, w, .ge, false) }
    @inline(__always) static func ltJumpTrue(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC { compareJump(t, f, pc, w, .lt, true) }
    @inline(__always) static func leJumpTrue(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC { compareJump(t, f, pc, w, .le, true) }
    @inline(__always) static func eqJumpTrue(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC { compareJump(t, f, pc, w, .eq, true) }
    @inline(__always) static func neJumpTrue(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC { compareJump(t, f, pc, w, .ne, true) }
    @inline(__always) static func gtJumpTrue(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC { compareJump(t, f, pc, w, .gt, true) }
    @inline(__always) static func geJumpTrue(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC { compareJump(t, f, pc, w, .ge, true) }
    @inline(__always) static func ltIntJumpFalse(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC { compareJumpImmediate(t, f, pc, w, .lt, false) }
    @inline(__always) static func leIntJumpFalse(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC { compareJumpImmediate(t, f, pc, w, .le, false) }
    @inline(__always) static func eqIntJumpFalse(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC { compareJumpImmediate(t, f, pc, w, .eq, false) }
    @inline(__always) static func neIntJumpFalse(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC { compareJumpImmediate(t, f, pc, w, .ne, false) }
    @inline(__always) static func gtIntJumpFalse(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC { compareJumpImmediate(t, f, pc, w, .gt, false) }
    @inline(__always) static func geIntJumpFalse(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC { compareJumpImmediate(t, f, pc, w, .ge, false) }
    @inline(__always) static func ltIntJumpTrue(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC { compareJumpImmediate(t, f, pc, w, .lt, true) }
    @inline(__always) static func leIntJumpTrue(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC { compareJumpImmediate(t, f, pc, w, .le, true) }
    @inline(__always) static func eqIntJumpTrue(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC { compareJumpImmediate(t, f, pc, w, .eq, true) }
    @inline(__always) static func neIntJumpTrue(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC { compareJumpImmediate(t, f, pc, w, .ne, true) }
    @inline(__always) static func gtIntJumpTrue(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC { compareJumpImmediate(t, f, pc, w, .gt, true) }
    @inline(__always) static func geIntJumpTrue(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC { compareJumpImmediate(t, f, pc, w, .ge, true) }

    @inline(__always) static func `is`(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        f[opA(w)] = Value(f[opB(w)] == f[opC(w)])
        return pc + 1
    }
    @inline(__always) static func isNot(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        f[opA(w)] = Value(f[opB(w)] != f[opC(w)])
        return pc + 1
    }
    @inline(never) static func `in`(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        f.savedPC = pc
        let truth = contains(t, f[opC(w)], f[opB(w)])
        if truth < 0 { return unwind(t, f, pc) }
        f[opA(w)] = Value((truth == 1) == (opcode(w) == .in))
        return pc + 1
    }
    @inline(__always) static func notIn(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC { `in`(t, f, pc, w) }
}
