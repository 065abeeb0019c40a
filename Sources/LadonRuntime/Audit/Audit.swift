// Audit hooks (PEP 578). While no hook was ever added an event costs the test of `isAuditing`; the events that stand for calls
// of native functions (AuditedFunctions.swift) cost not even that.
//
// An interpreter's hooks are a tuple, which is replaced as a whole: who raises an event walks the one it found.

/// Whether any interpreter has hooks. Set when the first is added, never cleared; a thread that runs meanwhile may see it late.
nonisolated(unsafe) public private(set) var isAuditing = false

/// Raises an event. False: a hook raised.
@inline(never) public func audit(_ t: Thread, _ event: StaticString) -> Bool {
    auditTuple(t, event, ladon_runtime.emptyTuple)
}
@inline(never) public func audit(_ t: Thread, _ event: StaticString, _ a: Value) -> Bool {
    auditTuple(t, event, makeTuple(t, a))
}
@inline(never) public func audit(_ t: Thread, _ event: StaticString, _ a: Value, _ b: Value) -> Bool {
    auditTuple(t, event, makeTuple(t, a, b))
}
@inline(never) public func audit(_ t: Thread, _ event: StaticString, _ a: Value, _ b: Value, _ c: Value) -> Bool {
    auditTuple(t, event, makeTuple(t, a, b, c))
}
@inline(never) public func audit(_ t: Thread, _ event: StaticString, _ a: Value, _ b: Value, _ c: Value, _ d: Value) -> Bool {
    auditTuple(t, event, makeTuple(t, a, b, c, d))
}

/// An attribute that matters for security is read, set or (`value` missing) deleted. False: a hook raised.
@inline(never) public func auditAttribute(_ t: Thread, _ v: Value, _ attribute: StaticString, set value: Value) -> Bool {
    value.isMissing ? audit(t, "object.__delattr__", v, internStatic(t, attribute)) : audit(t, "object.__setattr__", v, internStatic(t, attribute), value)
}
@inline(never) public func auditAttribute(_ t: Thread, _ v: Value, read attribute: StaticString) -> Bool {
    audit(t, "object.__getattr__", v, internStatic(t, attribute))
}

/// The same with the arguments in a tuple, which may be 0 (raised).
public func auditTuple(_ t: Thread, _ event: StaticString, _ arguments: Value) -> Bool {
    if arguments.isRaised { return false }
    return hooks(t).bits == 0 || runAuditHooks(t, internStatic(t, event), arguments)
}

private func hooks(_ t: Thread) -> Value { loadSlot(&interpreter(t).pointee.auditHooks) }

/// Calls every hook of the interpreter; the first that raises ends it. Hooks are not traced, but those that say so.
public func runAuditHooks(_ t: Thread, _ event: Value, _ arguments: Value) -> Bool {
    let all = hooks(t)
    if all.bits == 0 { return true }
    t.pointee.tracing += 1
    chooseHandlers(t)
    var isDone = true
    for i in 0 ..< all.tupleCount {
        let hook = all.tupleItems[i]
        let attribute = getAttributeOrMissing(t, hook, intern(t, "__cantrace__"))
        let canTrace = attribute.isRaised ? -1 : attribute.isMissing ? 0 : isTrue(t, attribute)
        if canTrace < 0 { isDone = false; break }
        if canTrace == 1 {
            t.pointee.tracing -= 1
            chooseHandlers(t)
        }
        let r = call(t, hook, event, arguments)
        if canTrace == 1 {
            t.pointee.tracing += 1
            chooseHandlers(t)
        }
        if r.isRaised { isDone = false; break }
    }
    t.pointee.tracing -= 1
    chooseHandlers(t)
    all.keepAlive
    return isDone
}

/// `sys.addaudithook`.
public func addAuditHook(_ t: Thread, _ hook: Value) -> Value {
    if isAuditing && !audit(t, "sys.addaudithook") {
        if !exceptionMatches(t, .exception) { return .raised }
        clearException(t)
        return .none
    }
    let state = interpreter(t)
    while true {
        let old = loadSlot(&state.pointee.auditHooks)
        let n = old.bits == 0 ? 0 : old.tupleCount
        let new = makeTuple(t, n + 1)
        if new.isRaised { return .raised }
        for i in 0 ..< n { new.tupleItems[i] = old.tupleItems[i] }
        new.tupleItems[n] = hook
        if ladon_cas(&state.pointee.auditHooks, old.bits, new.bits) { break }
    }
    isAuditing = true
    auditKnownModules(t)
    return .none
}
