// Jumps and loops. JUMP_BACK and FOR_ITER are the safepoints of loops.

extension Instructions {
    @inline(__always) static func jump(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC { pc + wide(w) }

    @inline(__always) static func jumpBack(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        if ladon_load32_relaxed(pendingAddress(t)) == 0 { return pc + wide(w) }
        return pollSlow(t, f, pc, pc + wide(w))
    }
    @inline(__always) static func jumpTrue(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        let x = f[opA(w)]
        if x.isTrue { return pc + wide(w) }
        if x.isFalse || x.isNone { return pc + 1 }
        return jumpTruthSlow(t, f, pc, w)
    }
    @inline(__always) static func jumpFalse(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        let x = f[opA(w)]
        if x.isTrue { return pc + 1 }
        if x.isFalse || x.isNone { return pc + wide(w) }
        return jumpTruthSlow(t, f, pc, w)
    }
    @inline(never) static func jumpTruthSlow(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        f.savedPC = pc
        let truth = LadonRuntime.isTrue(t, f[opA(w)])
        if truth < 0 { return unwind(t, f, pc) }
        return (truth == 1) == (opcode(w) == .jumpTrue) ? pc + wide(w) : pc + 1
    }
    @inline(__always) static func jumpNone(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        f[opA(w)].isNone ? pc + wide(w) : pc + 1
    }
    @inline(__always) static func jumpNotNone(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        f[opA(w)].isNone ? pc + 1 : pc + wide(w)
    }
    @inline(never) static func getIter(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        f.savedPC = pc
        return finish(t, f, pc, w, iterate(t, f[opB(w)]))
    }

    @inline(__always) static func forIter(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        let iterator = f[opB(w)]
        if iterator.isPointer && ladon_load32_relaxed(pendingAddress(t)) == 0 {
            let id = iterator.id
            if id == TypeID.rangeIterator.rawValue {
                let range = iterator.cell(as: RangeIteratorCell.self)
                let remaining = range.pointee.remaining
                if remaining > 0 {
                    range.pointee.remaining = remaining - 1
                    f[opA(w)] = Value(smallInt: range.pointee.end &- remaining &* range.pointee.step)
                    return pc + signedC(w)
                }
            } else if id == TypeID.listIterator.rawValue {
                let item = listIteratorNextFast(iterator)
                if item.bits != 0 {
                    f[opA(w)] = item
                    return pc + signedC(w)
                }
            }
        }
        return forIterSlow(t, f, pc, w)
    }

    @inline(never) static func forIterSlow(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        f.savedPC = pc
        let iterator = f[opB(w)]
        if iterator.isExactly(.generator) && ladon_load32_relaxed(pendingAddress(t)) == 0 {
            if let entered = resumeInline(t, f, iterator, .none) { return entered }
        }
        if let next = pairInline(t, f, pc, w, iterator) { return next }
        let type = typeOf(iterator)
        let item: Value
        if let function = type.unary(.next) { item = function(t, iterator) } else { item = LadonRuntime.next(t, iterator) }
        if item.isRaised {
            // A generator that returned a value says so with StopIteration.
            if t.pointee.traceFunction.bits != 0 && exceptionMatches(t, .stopIteration) { traceException(t, f) }
            return endsIteration(t) ? pc + 1 : unwind(t, f, pc)
        }
        if item.isExhausted { return pc + 1 }
        f[opA(w)] = item
        if ladon_load32_relaxed(pendingAddress(t)) == 0 { return pc + signedC(w) }
        // The item is stored already, so what the safepoint raises belongs to the loop's body.
        return pollSlow(t, f, pc, pc + signedC(w))
    }

    /// `for k, v in d.items()` and `for i, x in enumerate(it)`: the loop's body begins by unpacking a pair that nobody else
    /// sees (its register is no variable's), so the two values go straight to their registers and no tuple is made.
    @inline(__always)
    private static func pairInline(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64, _ iterator: Value) -> PC? {
        guard iterator.isPointer, iterator.id == TypeID.dictItemIterator.rawValue || iterator.id == TypeID.enumerate.rawValue else { return nil }
        let body = pc + signedC(w)
        let unpack = body.pointee
        guard opcode(unpack) == .unpackSequence, opC(unpack) == 2, opB(unpack) == opA(w),
              opA(w) >= Frame.headerSize + f.code.pointee.variableCount, ladon_load32_relaxed(pendingAddress(t)) == 0,
              t.pointee.traceFunction.bits == 0 else { return nil }
        var first = Value.none, second = Value.none
        if iterator.id == TypeID.dictItemIterator.rawValue {
            if !dictIteratorStepFast(iterator, &first, &second) { return nil }
        } else {
            let c = iterator.cell(as: EnumerateCell.self)
            let number = loadSlot(&c.pointee.index)
            guard number.isSmallInt, number.smallInt < 1 << 61 else { return nil }
            second = LadonRuntime.next(t, c.pointee.iterator)
            if second.isRaised { return unwind(t, f, pc) }
            if second.isExhausted { return pc + 1 }
            first = number
            storeSlot(&c.pointee.index, Value(smallInt: number.smallInt + 1))
        }
        let to = f + opA(unpack)
        to[0] = first
        to[1] = second
        return body + 1
    }
}
