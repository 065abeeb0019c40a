// raise, except, with.

extension Instructions {
    @inline(never) static func raise(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        f.savedPC = pc
        if opA(w) == 0 {
            let handled = t.pointee.handled
            if handled.bits == 0 || handled.isNone {
                LadonRuntime.raise(t, .runtimeError, "No active exception to reraise")
                return unwind(t, f, pc)
            }
            // Its traceback names this frame already.
            t.pointee.exception = handled
            return unwindWithoutEntry(t, f, pc)
        }
        let e = exceptionInstance(t, f[opA(w)])
        if e.isRaised { return unwind(t, f, pc) }
        if opB(w) != 0 {
            var cause = f[opB(w)]
            if isType(cause) && cause.asType.pointee.flags.contains(.exceptionSubclass) {
                cause = LadonRuntime.call(t, cause)
                if cause.isRaised { return unwind(t, f, pc) }
            }
            if !cause.isNone && !typeOf(cause).pointee.flags.contains(.exceptionSubclass) {
                LadonRuntime.raise(t, .typeError, "exception causes must derive from BaseException")
                return unwind(t, f, pc)
            }
            e.asException.pointee.cause = cause
            e.asException.pointee.suppressContext = .true
        }
        raiseInstance(t, e)
        return unwind(t, f, pc)
    }
    @inline(never) static func reraise(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        f.savedPC = pc
        t.pointee.exception = f[opA(w)]
        return unwindWithoutEntry(t, f, pc)
    }
    @inline(__always) static func pushHandled(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        var old = t.pointee.handled
        if f.flags & (FrameFlags.generator | FrameFlags.ownHandled) == FrameFlags.generator {
            // The resumer's exception is not the generator's to restore: another resumer may be there by then.
            old = .raised
            f.flags |= FrameFlags.ownHandled
        }
        f[opA(w)] = old.bits == 0 ? .none : old
        t.pointee.handled = f[opB(w)]
        return pc + 1
    }
    @inline(__always) static func popHandled(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        let old = f[opA(w)]
        if old.isNone && f.flags & FrameFlags.generator != 0 {
            f.flags &= ~FrameFlags.ownHandled
            t.pointee.handled = f.extra.asGenerator.pointee.handled
            return pc + 1
        }
        t.pointee.handled = old.isNone ? .raised : old
        return pc + 1
    }
    @inline(never) static func matchException(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        f.savedPC = pc
        let truth = exceptionMatches(t, f[opB(w)], against: f[opC(w)], group: false)
        if truth < 0 { return unwind(t, f, pc) }
        f[opA(w)] = Value(truth == 1)
        return pc + 1
    }
    @inline(never) static func matchGroup(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        f.savedPC = pc
        let a = opA(w), e = f[opB(w)]
        if e.isNone { f[a] = .none; f[a + 1] = .none; return pc + 1 }
        return splitGroup(t, e, f[opC(w)], into: f + a) ? pc + 1 : unwind(t, f, pc)
    }
    @inline(never) static func prepareReraiseStar(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        f.savedPC = pc
        return finish(t, f, pc, w, mergeStarExceptions(t, f[opB(w)], f[opC(w)]))
    }

    // MARK: with

    @inline(never) static func withEnter(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        let manager = f[opC(w)]
        if isPlainLock(manager) {
            f.savedPC = pc
            if !enterPlainLock(t, manager) { return unwind(t, f, pc) }
            f[opA(w)] = manager
            f[opA(w) + 1] = manager
            f[opB(w)] = .true
            return pc + 1
        }
        return enterContext(t, f, pc, w, name(.__enter__), name(.__exit__), "context manager")
    }
    @inline(never) static func asyncWithEnter(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        enterContext(t, f, pc, w, name(.__aenter__), name(.__aexit__), "asynchronous context manager")
    }
    private static func enterContext(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64, _ enterName: Value, _ exitName: Value, _ protocolName: String) -> PC {
        f.savedPC = pc
        let manager = f[opC(w)]
        // Plain functions stay unbound: no bound method is made for either call.
        var enterIsUnbound = false, exitIsUnbound = false
        let enter = lookupSpecial(t, manager, enterName, &enterIsUnbound)
        if enter.isRaised { return unwind(t, f, pc) }
        if enter.isMissing {
            LadonRuntime.raise(t, .typeError, "'\(typeName(manager))' object does not support the \(protocolName) protocol")
            return unwind(t, f, pc)
        }
        let exit = lookupSpecial(t, manager, exitName, &exitIsUnbound)
        if exit.isRaised { return unwind(t, f, pc) }
        if exit.isMissing {
            LadonRuntime.raise(t, .typeError, "'\(typeName(manager))' object does not support the \(protocolName) protocol (missed \(swiftString(exitName)) method)")
            return unwind(t, f, pc)
        }
        let entered: Value
        if enterIsUnbound && enter.isExactly(.methodDescriptor) { entered = callMethodDescriptor(t, enter, f + opC(w), 1, .raised) }
        else { entered = enterIsUnbound ? LadonRuntime.call(t, enter, manager) : LadonRuntime.call(t, enter) }
        if entered.isRaised { return unwind(t, f, pc) }
        f[opA(w)] = exit
        f[opA(w) + 1] = exitIsUnbound ? manager : .raised
        f[opB(w)] = entered
        return pc + 1
    }
    private static func callExit(_ t: Thread, _ f: Values, _ exit: Int, _ type: Value, _ value: Value, _ traceback: Value) -> Value {
        if f[exit + 1] == f[exit] && isPlainLock(f[exit]) { return exitPlainLock(t, f[exit]) }
        if f[exit + 1].bits == 0 { return LadonRuntime.call(t, f[exit], type, value, traceback) }
        if f[exit].isExactly(.methodDescriptor) {
            let record = f[exit].asMethodDescriptor.pointee.record
            if record.pointee.member.ignoresRest && record.pointee.shortCount == 1 { return callMethodDescriptor(t, f[exit], f + (exit + 1), 1, .raised) }
        }
        return LadonRuntime.call(t, f[exit], f[exit + 1], type, value, traceback)
    }
    @inline(never) static func withExit(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        f.savedPC = pc
        return finish(t, f, pc, w, callExit(t, f, opB(w), .none, .none, .none))
    }
    @inline(never) static func withExcept(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        f.savedPC = pc
        let e = f[opC(w)]
        let traceback = e.asException.pointee.traceback
        return finish(t, f, pc, w, callExit(t, f, opB(w), typeOf(e).value, e, traceback.bits == 0 ? .none : traceback))
    }
}

/// 1, 0 or -1: whether `e` is an instance of `pattern`, a class or a tuple of classes. `group`: for except*.
func exceptionMatches(_ t: Thread, _ e: Value, against pattern: Value, group: Bool) -> Truth {
    if isInstanceOf(pattern, .tuple) {
        for i in 0..<pattern.tupleCount where !isExceptionClass(pattern.tupleItems[i]) { return invalidPattern(t) }
        for i in 0..<pattern.tupleCount where isSubtype(typeOf(e), pattern.tupleItems[i].asType) { return 1 }
        return 0
    }
    if !isExceptionClass(pattern) { return invalidPattern(t) }
    return isSubtype(typeOf(e), pattern.asType) ? 1 : 0
}

private func isExceptionClass(_ v: Value) -> Bool { isType(v) && v.asType.pointee.flags.contains(.exceptionSubclass) }

private func invalidPattern(_ t: Thread) -> Truth {
    raise(t, .typeError, "catching classes that do not inherit from BaseException is not allowed")
    return -1
}
