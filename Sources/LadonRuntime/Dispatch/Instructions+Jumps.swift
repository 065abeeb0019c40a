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
        let type = typeOf(iterator)
        let item: Value
        if let function = type.unary(.next) { item = function(t, iterator) } else { item = LadonRuntime.next(t, iterator) }
        if item.isRaised {
            // A generator that returned a value says so with StopIteration.
            if !exceptionMatches(t, .stopIteration) { return unwind(t, f, pc) }
            if t.pointee.traceFunction.bits != 0 {
                traceException(t, f)
                if !exceptionMatches(t, .stopIteration) { return unwind(t, f, pc) }
            }
            clearException(t)
            return pc + 1
        }
        if item.isExhausted { return pc + 1 }
        f[opA(w)] = item
        if ladon_load32_relaxed(pendingAddress(t)) == 0 { return pc + signedC(w) }
        // The item is stored already, so what the safepoint raises belongs to the loop's body.
        return pollSlow(t, f, pc, pc + signedC(w))
    }
}
