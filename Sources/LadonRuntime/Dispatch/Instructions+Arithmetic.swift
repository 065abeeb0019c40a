// Arithmetic on registers. Small ints are done in the handler; the cold functions take every int, floats, and
// then the general protocol. ADD, SUB, MUL and TRUEDIV turn into their _FLOAT form where they meet floats.

/// A float made without a call, or 0 when the allocation buffer is empty (then the cold path allocates).
@inline(__always) private func quickFloat(_ t: Thread, _ d: Double) -> Value {
    guard let p = ladon_allocate_leaf_fast(t, TypeID.float.rawValue, 16) else { return .raised }
    p.storeBytes(of: d, toByteOffset: 8, as: Double.self)
    return Value(p)
}

@inline(__always) private func bothFloats(_ x: Value, _ y: Value) -> Bool {
    x.isPointer && y.isPointer && x.id == TypeID.float.rawValue && y.id == TypeID.float.rawValue
}

/// Any int that is exactly an int (no subclass, no bool).
@inline(__always) func isExactInt(_ v: Value) -> Bool { v.isSmallInt || (v.isCell && v.id == TypeID.int.rawValue) }

extension Instructions {
    @inline(__always) static func add(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        let x = f[opB(w)], y = f[opC(w)]
        if Value.bothSmallInts(x, y) {
            let (r, overflow) = Int(bitPattern: x.bits &- 1).addingReportingOverflow(Int(bitPattern: y.bits))
            if !overflow { f[opA(w)] = Value(bits: UInt(bitPattern: r)); return pc + 1 }
        }
        return addSlow(t, f, pc, w)
    }
    @inline(__always) static func sub(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        let x = f[opB(w)], y = f[opC(w)]
        if Value.bothSmallInts(x, y) {
            let (r, overflow) = Int(bitPattern: x.bits).subtractingReportingOverflow(Int(bitPattern: y.bits &- 1))
            if !overflow { f[opA(w)] = Value(bits: UInt(bitPattern: r)); return pc + 1 }
        }
        return subSlow(t, f, pc, w)
    }
    @inline(__always) static func mul(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        let x = f[opB(w)], y = f[opC(w)]
        if Value.bothSmallInts(x, y) {
            let (r, overflow) = Int(bitPattern: x.bits &- 1).multipliedReportingOverflow(by: y.smallInt)
            if !overflow { f[opA(w)] = Value(bits: UInt(bitPattern: r) | 1); return pc + 1 }
        }
        return mulSlow(t, f, pc, w)
    }
    @inline(__always) static func inAdd(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC { add(t, f, pc, w) }
    @inline(__always) static func inSub(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC { sub(t, f, pc, w) }
    @inline(__always) static func inMul(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC { mul(t, f, pc, w) }

    @inline(never) static func addSlow(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        let x = f[opB(w)], y = f[opC(w)]
        f.savedPC = pc
        if isExactInt(x) && isExactInt(y) { return finish(t, f, pc, w, intAdd(t, x, y)) }
        if bothFloats(x, y) {
            quicken(pc, w, opcode(w) == .add || opcode(w) == .addFloat ? .addFloat : .inAddFloat)
            return finish(t, f, pc, w, makeFloat(t, x.asFloat + y.asFloat))
        }
        if x.isExactly(.str) && y.isExactly(.str) { return finish(t, f, pc, w, stringConcat(t, x, y)) }
        return opcode(w) == .add || opcode(w) == .addFloat ? finish(t, f, pc, w, binaryOperation(t, x, y, .add))
            : finish(t, f, pc, w, inplaceOperation(t, x, y, .add))
    }
    @inline(never) static func subSlow(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        let x = f[opB(w)], y = f[opC(w)]
        f.savedPC = pc
        if isExactInt(x) && isExactInt(y) { return finish(t, f, pc, w, intSub(t, x, y)) }
        if bothFloats(x, y) {
            quicken(pc, w, opcode(w) == .sub || opcode(w) == .subFloat ? .subFloat : .inSubFloat)
            return finish(t, f, pc, w, makeFloat(t, x.asFloat - y.asFloat))
        }
        return opcode(w) == .sub || opcode(w) == .subFloat ? finish(t, f, pc, w, binaryOperation(t, x, y, .subtract))
            : finish(t, f, pc, w, inplaceOperation(t, x, y, .subtract))
    }
    @inline(never) static func mulSlow(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        let x = f[opB(w)], y = f[opC(w)]
        f.savedPC = pc
        if isExactInt(x) && isExactInt(y) { return finish(t, f, pc, w, intMul(t, x, y)) }
        if bothFloats(x, y) {
            quicken(pc, w, opcode(w) == .mul || opcode(w) == .mulFloat ? .mulFloat : .inMulFloat)
            return finish(t, f, pc, w, makeFloat(t, x.asFloat * y.asFloat))
        }
        return opcode(w) == .mul || opcode(w) == .mulFloat ? finish(t, f, pc, w, binaryOperation(t, x, y, .multiply))
            : finish(t, f, pc, w, inplaceOperation(t, x, y, .multiply))
    }
    @inline(never) static func truediv(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        let x = f[opB(w)], y = f[opC(w)]
        f.savedPC = pc
        let plain = opcode(w) == .truediv || opcode(w) == .truedivFloat
        if bothFloats(x, y) && y.asFloat != 0 {
            quicken(pc, w, plain ? .truedivFloat : .inTruedivFloat)
            return finish(t, f, pc, w, makeFloat(t, x.asFloat / y.asFloat))
        }
        return finish(t, f, pc, w, plain ? binaryOperation(t, x, y, .trueDivide) : inplaceOperation(t, x, y, .trueDivide))
    }
    @inline(__always) static func inTruediv(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC { truediv(t, f, pc, w) }

    // MARK: the float forms

    @inline(__always) static func addFloat(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        let x = f[opB(w)], y = f[opC(w)]
        if bothFloats(x, y) {
            let r = quickFloat(t, x.asFloat + y.asFloat)
            if !r.isRaised { f[opA(w)] = r; return pc + 1 }
        }
        return addSlowAny(t, f, pc, w)
    }
    @inline(__always) static func subFloat(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        let x = f[opB(w)], y = f[opC(w)]
        if bothFloats(x, y) {
            let r = quickFloat(t, x.asFloat - y.asFloat)
            if !r.isRaised { f[opA(w)] = r; return pc + 1 }
        }
        return subSlowAny(t, f, pc, w)
    }
    @inline(__always) static func mulFloat(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        let x = f[opB(w)], y = f[opC(w)]
        if bothFloats(x, y) {
            let r = quickFloat(t, x.asFloat * y.asFloat)
            if !r.isRaised { f[opA(w)] = r; return pc + 1 }
        }
        return mulSlowAny(t, f, pc, w)
    }
    @inline(__always) static func truedivFloat(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        let x = f[opB(w)], y = f[opC(w)]
        if bothFloats(x, y) && y.asFloat != 0 {
            let r = quickFloat(t, x.asFloat / y.asFloat)
            if !r.isRaised { f[opA(w)] = r; return pc + 1 }
        }
        return truediv(t, f, pc, w)
    }
    @inline(__always) static func inAddFloat(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC { addFloat(t, f, pc, w) }
    @inline(__always) static func inSubFloat(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC { subFloat(t, f, pc, w) }
    @inline(__always) static func inMulFloat(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC { mulFloat(t, f, pc, w) }
    @inline(__always) static func inTruedivFloat(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC { truedivFloat(t, f, pc, w) }

    /// A site that is float now and int the next time goes back to the general form once it meets small ints.
    @inline(never) static func addSlowAny(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC { addSlow(t, f, pc, w) }
    @inline(never) static func subSlowAny(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC { subSlow(t, f, pc, w) }
    @inline(never) static func mulSlowAny(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC { mulSlow(t, f, pc, w) }

    // MARK: the other operators

    /// Floor division and remainder of small ints, rounding toward minus infinity; the divisor is not 0 or -1.
    @inline(__always) static func floorQuotient(_ x: Int, _ y: Int) -> Int {
        let q = x / y
        return (x % y != 0) && ((x < 0) != (y < 0)) ? q - 1 : q
    }
    @inline(__always) static func floorRemainder(_ x: Int, _ y: Int) -> Int {
        let r = x % y
        return r != 0 && ((r < 0) != (y < 0)) ? r + y : r
    }
    @inline(__always) static func floordiv(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        let x = f[opB(w)], y = f[opC(w)]
        if Value.bothSmallInts(x, y) && y.smallInt > 0 {
            f[opA(w)] = Value(smallInt: floorQuotient(x.smallInt, y.smallInt))
            return pc + 1
        }
        return binarySlow(t, f, pc, w)
    }
    @inline(__always) static func mod(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        let x = f[opB(w)], y = f[opC(w)]
        if Value.bothSmallInts(x, y) && y.smallInt > 0 {
            f[opA(w)] = Value(smallInt: floorRemainder(x.smallInt, y.smallInt))
            return pc + 1
        }
        return binarySlow(t, f, pc, w)
    }
    @inline(__always) static func and(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        let x = f[opB(w)], y = f[opC(w)]
        if Value.bothSmallInts(x, y) { f[opA(w)] = Value(bits: x.bits & y.bits); return pc + 1 }
        return binarySlow(t, f, pc, w)
    }
    @inline(__always) static func or(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        let x = f[opB(w)], y = f[opC(w)]
        if Value.bothSmallInts(x, y) { f[opA(w)] = Value(bits: x.bits | y.bits); return pc + 1 }
        return binarySlow(t, f, pc, w)
    }
    @inline(__always) static func xor(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        let x = f[opB(w)], y = f[opC(w)]
        if Value.bothSmallInts(x, y) { f[opA(w)] = Value(bits: (x.bits ^ y.bits) | 1); return pc + 1 }
        return binarySlow(t, f, pc, w)
    }
    @inline(__always) static func rshift(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        let x = f[opB(w)], y = f[opC(w)]
        if Value.bothSmallInts(x, y) && y.smallInt >= 0 && y.smallInt < 63 {
            f[opA(w)] = Value(smallInt: x.smallInt &>> y.smallInt)
            return pc + 1
        }
        return binarySlow(t, f, pc, w)
    }
    @inline(__always) static func lshift(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        let x = f[opB(w)], y = f[opC(w)]
        if Value.bothSmallInts(x, y) && y.smallInt >= 0 && y.smallInt < 62 {
            let r = x.smallInt &<< y.smallInt
            if (r &>> y.smallInt) == x.smallInt && Value.fitsSmallInt(r) { f[opA(w)] = Value(smallInt: r); return pc + 1 }
        }
        return binarySlow(t, f, pc, w)
    }
    @inline(__always) static func matmul(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC { binarySlow(t, f, pc, w) }
    @inline(__always) static func pow(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC { binarySlow(t, f, pc, w) }
    @inline(__always) static func inFloordiv(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC { floordiv(t, f, pc, w) }
    @inline(__always) static func inMod(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC { mod(t, f, pc, w) }
    @inline(__always) static func inAnd(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC { and(t, f, pc, w) }
    @inline(__always) static func inOr(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC { or(t, f, pc, w) }
    @inline(__always) static func inXor(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC { xor(t, f, pc, w) }
    @inline(__always) static func inLshift(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC { lshift(t, f, pc, w) }
    @inline(__always) static func inRshift(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC { rshift(t, f, pc, w) }
    @inline(__always) static func inMatmul(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC { binarySlow(t, f, pc, w) }
    @inline(__always) static func inPow(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC { binarySlow(t, f, pc, w) }

    @inline(__always) static func opcode(_ w: UInt64) -> Opcode { unsafeBitCast(UInt8(truncatingIfNeeded: w), to: Opcode.self) }

    /// The general protocol for register operands, by opcode.
    @inline(never) static func binarySlow(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        f.savedPC = pc
        return finish(t, f, pc, w, arithmetic(t, opcode(w), f[opB(w)], f[opC(w)]))
    }
    /// The same with the immediate as right operand.
    @inline(never) static func immediateSlow(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        f.savedPC = pc
        return finish(t, f, pc, w, arithmetic(t, opcode(w), f[opB(w)], Value(smallInt: signedC(w))))
    }

    static func arithmetic(_ t: Thread, _ op: Opcode, _ x: Value, _ y: Value) -> Value {
        switch op {
        case .add, .addInt: return isExactInt(x) && isExactInt(y) ? intAdd(t, x, y) : binaryOperation(t, x, y, .add)
        case .sub, .subInt: return isExactInt(x) && isExactInt(y) ? intSub(t, x, y) : binaryOperation(t, x, y, .subtract)
        case .mul, .mulInt: return isExactInt(x) && isExactInt(y) ? intMul(t, x, y) : binaryOperation(t, x, y, .multiply)
        case .matmul: return binaryOperation(t, x, y, .matrixMultiply)
        case .truediv: return binaryOperation(t, x, y, .trueDivide)
        case .floordiv, .floordivInt: return binaryOperation(t, x, y, .floorDivide)
        case .mod, .modInt: return binaryOperation(t, x, y, .modulo)
        case .pow: return power(t, x, y, .none)
        case .lshift, .lshiftInt: return binaryOperation(t, x, y, .leftShift)
        case .rshift, .rshiftInt: return binaryOperation(t, x, y, .rightShift)
        case .and, .andInt: return binaryOperation(t, x, y, .and)
        case .or: return binaryOperation(t, x, y, .or)
        case .xor: return binaryOperation(t, x, y, .xor)
        case .inAdd, .inAddInt: return isExactInt(x) && isExactInt(y) ? intAdd(t, x, y) : inplaceOperation(t, x, y, .add)
        case .inSub, .inSubInt: return isExactInt(x) && isExactInt(y) ? intSub(t, x, y) : inplaceOperation(t, x, y, .subtract)
        case .inMul, .inMulInt: return isExactInt(x) && isExactInt(y) ? intMul(t, x, y) : inplaceOperation(t, x, y, .multiply)
        case .inMatmul: return inplaceOperation(t, x, y, .matrixMultiply)
        case .inTruediv: return inplaceOperation(t, x, y, .trueDivide)
        case .inFloordiv, .inFloordivInt: return inplaceOperation(t, x, y, .floorDivide)
        case .inMod, .inModInt: return inplaceOperation(t, x, y, .modulo)
        case .inPow: return inplacePower(t, x, y)
        case .inLshift: return inplaceOperation(t, x, y, .leftShift)
        case .inRshift: return inplaceOperation(t, x, y, .rightShift)
        case .inAnd: return inplaceOperation(t, x, y, .and)
        case .inOr: return inplaceOperation(t, x, y, .or)
        case .inXor: return inplaceOperation(t, x, y, .xor)
        default: fatalError("not an arithmetic instruction")
        }
    }

    // MARK: immediate right operands

    @inline(__always) static func addInt(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        let x = f[opB(w)]
        if x.isSmallInt {
            let (r, overflow) = Int(bitPattern: x.bits).addingReportingOverflow(signedC(w) &<< 1)
            if !overflow { f[opA(w)] = Value(bits: UInt(bitPattern: r)); return pc + 1 }
        }
        return immediateSlow(t, f, pc, w)
    }
    @inline(__always) static func subInt(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        let x = f[opB(w)]
        if x.isSmallInt {
            let (r, overflow) = Int(bitPattern: x.bits).subtractingReportingOverflow(signedC(w) &<< 1)
            if !overflow { f[opA(w)] = Value(bits: UInt(bitPattern: r)); return pc + 1 }
        }
        return immediateSlow(t, f, pc, w)
    }
    @inline(__always) static func mulInt(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        let x = f[opB(w)]
        if x.isSmallInt {
            let (r, overflow) = Int(bitPattern: x.bits &- 1).multipliedReportingOverflow(by: signedC(w))
            if !overflow { f[opA(w)] = Value(bits: UInt(bitPattern: r) | 1); return pc + 1 }
        }
        return immediateSlow(t, f, pc, w)
    }
    @inline(__always) static func floordivInt(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        let x = f[opB(w)], y = signedC(w)
        if x.isSmallInt && y > 0 { f[opA(w)] = Value(smallInt: floorQuotient(x.smallInt, y)); return pc + 1 }
        return immediateSlow(t, f, pc, w)
    }
    @inline(__always) static func modInt(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        let x = f[opB(w)], y = signedC(w)
        if x.isSmallInt && y > 0 { f[opA(w)] = Value(smallInt: floorRemainder(x.smallInt, y)); return pc + 1 }
        return immediateSlow(t, f, pc, w)
    }
    @inline(__always) static func lshiftInt(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        let x = f[opB(w)], n = signedC(w)
        if x.isSmallInt && n >= 0 && n < 62 {
            let r = x.smallInt &<< n
            if (r &>> n) == x.smallInt && Value.fitsSmallInt(r) { f[opA(w)] = Value(smallInt: r); return pc + 1 }
        }
        return immediateSlow(t, f, pc, w)
    }
    @inline(__always) static func rshiftInt(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        let x = f[opB(w)], n = signedC(w)
        if x.isSmallInt && n >= 0 && n < 63 { f[opA(w)] = Value(smallInt: x.smallInt &>> n); return pc + 1 }
        return immediateSlow(t, f, pc, w)
    }
    @inline(__always) static func andInt(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        let x = f[opB(w)]
        if x.isSmallInt { f[opA(w)] = Value(bits: x.bits & UInt(bitPattern: (signedC(w) &<< 1) | 1)); return pc + 1 }
        return immediateSlow(t, f, pc, w)
    }
    @inline(__always) static func inAddInt(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC { addInt(t, f, pc, w) }
    @inline(__always) static func inSubInt(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC { subInt(t, f, pc, w) }
    @inline(__always) static func inMulInt(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC { mulInt(t, f, pc, w) }
    @inline(__always) static func inFloordivInt(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC { floordivInt(t, f, pc, w) }
    @inline(__always) static func inModInt(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC { modInt(t, f, pc, w) }

    // MARK: unary

    @inline(__always) static func negative(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        let x = f[opB(w)]
        if x.isSmallInt && x.smallInt != -(1 << 62) { f[opA(w)] = Value(smallInt: -x.smallInt); return pc + 1 }
        return unarySlow(t, f, pc, w)
    }
    @inline(__always) static func positive(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC { unarySlow(t, f, pc, w) }
    @inline(__always) static func invert(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC { unarySlow(t, f, pc, w) }
    @inline(never) static func unarySlow(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        f.savedPC = pc
        let slot: Slot
        switch opcode(w) {
        case .negative: slot = .negative
        case .positive: slot = .positive
        default: slot = .invert
        }
        return finish(t, f, pc, w, unaryOperation(t, f[opB(w)], slot))
    }
    @inline(__always) static func not(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        let x = f[opB(w)]
        if x.isBool { f[opA(w)] = Value(x.isFalse); return pc + 1 }
        return notSlow(t, f, pc, w)
    }
    @inline(never) static func notSlow(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        f.savedPC = pc
        let truth = isTrue(t, f[opB(w)])
        return truth < 0 ? unwind(t, f, pc) : finish(t, f, pc, w, Value(truth == 0))
    }
}
