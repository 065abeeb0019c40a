// asyncio.events.Handle and TimerHandle: a callback waiting in a loop.
//
// A handle that the runtime makes for a task's step or wake-up holds the task itself, and one for a future's
// callback its single argument; `_callback` and `_args` make what a program expects to see when it looks.
// A handle is run by its loop's thread; `cancelled` may be set by any.

import LadonLibrary

struct HandleCell {
    var header: CellHeader
    /// A callable; the task for `.step` and `.wakeup`; None once cancelled.
    var callback: Value
    /// `.general`: the arguments, a tuple or None; `.single`: the argument; `.step`: the exception or 0; `.wakeup`: the future.
    var args: Value
    var context: Value
    var loop: Value
    /// 0: None.
    var sourceTraceback: Value
    /// 0: None.
    var reprText: Value
    // raw
    var kind: UInt8
    var cancelled: UInt8
    var scheduled: UInt8
    var reserved: (UInt8, UInt8, UInt8, UInt8, UInt8)
}

struct TimerCell {
    var handle: HandleCell
    /// A float, as a rule.
    var when: Value
}

enum HandleKind {
    static let general: UInt8 = 0, single: UInt8 = 1, step: UInt8 = 2, wakeup: UInt8 = 3
}

extension Value {
    @inline(__always) var asHandle: UnsafeMutablePointer<HandleCell> { cell(as: HandleCell.self) }
    @inline(__always) var asTimer: UnsafeMutablePointer<TimerCell> { cell(as: TimerCell.self) }
}

@inline(__always) func isExactHandle(_ v: Value) -> Bool { v.isCell && (v.id == asyncio.handleID || v.id == asyncio.timerID) }
@inline(__always) func isExactTimer(_ v: Value) -> Bool { v.isCell && v.id == asyncio.timerID }
private func isTimer(_ v: Value) -> Bool { v.isCell && isSubtype(typeOf(v), asyncio.timer.unsafelyUnwrapped) }

@inline(__always) func makeHandle(_ t: Thread, _ kind: UInt8, _ callback: Value, _ args: Value, _ context: Value, _ loop: Value) -> Value {
    let v = Value(allocate(t, id: asyncio.handleID, bytes: MemoryLayout<HandleCell>.size))
    let c = v.asHandle
    c.pointee.callback = callback
    c.pointee.args = args
    c.pointee.context = context
    c.pointee.loop = loop
    c.pointee.kind = kind
    return v
}

func makeTimer(_ t: Thread, _ when: Value, _ callback: Value, _ args: Value, _ context: Value, _ loop: Value) -> Value {
    let v = Value(allocate(t, id: asyncio.timerID, bytes: MemoryLayout<TimerCell>.size))
    let c = v.asTimer
    c.pointee.handle.callback = callback
    c.pointee.handle.args = args
    c.pointee.handle.context = context
    c.pointee.handle.loop = loop
    c.pointee.when = when
    return v
}

// MARK: the types

nonisolated(unsafe) private var handleSignature: SignaturePointer?
nonisolated(unsafe) private var timerSignature: SignaturePointer?

func handleDefinition() -> TypeDefinition {
    TypeDefinition(nil, "asyncio.events.Handle", flags: [.baseType, .changeable, .weakReferenceable], doc: "Object returned by callback registration methods.",
                   signature: "(callback, args, loop, context=None)", size: MemoryLayout<HandleCell>.size, layout: Layout(prefix: 6, base: 8, flags: [.container]), slots: [
                       .call(.new) { t, type, args, count, names in allocateInstance(t, type.asType) },
                       .call(.initialize) { t, v, args, count, names in
                           let s = nativeSignature(t, &handleSignature, "(callback, args, loop, context=None)")
                           return withUnsafeTemporaryAllocation(of: Value.self, capacity: 4) { buffer -> Value in
                               let p = buffer.baseAddress.unsafelyUnwrapped
                               if !bindArguments(t, s, CalleeName("Handle"), args, count, names, into: p) { return .raised }
                               return initializeHandle(t, v, p[0], p[1], p[2], p[3]) ? .none : .raised
                           }
                       },
                       .unary(.repr, handle_repr),
                   ], members: handleMembers)
}

func timerDefinition() -> TypeDefinition {
    TypeDefinition(nil, "asyncio.events.TimerHandle", flags: [.baseType, .changeable, .weakReferenceable], doc: "Object returned by timed callback registration methods.",
                   signature: "(when, callback, args, loop, context=None)", size: MemoryLayout<TimerCell>.size, layout: Layout(prefix: 6, base: 8, flags: [.container]), slots: [
                       .call(.new) { t, type, args, count, names in
                           let v = allocateInstance(t, type.asType)
                           if !v.isRaised { v.asTimer.pointee.when = .none }
                           return v
                       },
                       .call(.initialize) { t, v, args, count, names in
                           let s = nativeSignature(t, &timerSignature, "(when, callback, args, loop, context=None)")
                           return withUnsafeTemporaryAllocation(of: Value.self, capacity: 5) { buffer -> Value in
                               let p = buffer.baseAddress.unsafelyUnwrapped
                               if !bindArguments(t, s, CalleeName("TimerHandle"), args, count, names, into: p) { return .raised }
                               if !initializeHandle(t, v, p[1], p[2], p[3], p[4]) { return .raised }
                               storeSlot(&v.asTimer.pointee.when, p[0])
                               v.asHandle.pointee.scheduled = 0
                               return .none
                           }
                       },
                       .unary(.repr, handle_repr),
                       .unary(.hash) { t, v in
                           let h = hash(t, loadSlot(&v.asTimer.pointee.when))
                           return h == -1 ? .raised : makeInt(t, h)
                       },
                       .ternary(.compare, timer_compare),
                   ], members: [
                       .method("when", "(self)", { t, a in loadSlot(&a[0].asTimer.pointee.when) }, "Return a scheduled callback time.\n\nThe time is an absolute timestamp, using the same time\nreference as loop.time()."),
                       .method("cancel", "(self)", { t, a in
                           if a[0].asHandle.pointee.cancelled == 0 {
                               if callMethod(t, loadSlot(&a[0].asHandle.pointee.loop), word(._timer_handle_cancelled), a[0]).isRaised { return .raised }
                           }
                           return cancelHandle(t, a[0]) ? .none : .raised
                       }),
                       .method("_repr_info", "(self)", { t, a in
                           let info = reprInfo(t, a[0])
                           if info.isRaised { return info }
                           let when = str(t, loadSlot(&a[0].asTimer.pointee.when))
                           if when.isRaised { return when }
                           return listInsert(t, info, a[0].asHandle.pointee.cancelled != 0 ? 2 : 1, makeString(t, "when=\(swiftString(when))")) < 0 ? .raised : info
                       }),
                       .member("_when", get: { t, a in loadSlot(&a[0].asTimer.pointee.when) }, set: { t, a in
                           if a[1].isMissing { return raise(t, .attributeError, "_when") }
                           storeSlot(&a[0].asTimer.pointee.when, a[1])
                           return .none
                       }),
                       .member("_scheduled", get: { t, a in Value(a[0].asHandle.pointee.scheduled != 0) }, set: { t, a in
                           let yes = isTrue(t, a[1])
                           if yes < 0 { return .raised }
                           a[0].asHandle.pointee.scheduled = yes == 1 ? 1 : 0
                           return .none
                       }),
                   ])
}

private func initializeHandle(_ t: Thread, _ v: Value, _ callback: Value, _ args: Value, _ loop: Value, _ context: Value) -> Bool {
    let own = context.isNone ? copyCurrentContext(t) : context
    if own.isRaised { return false }
    let c = v.asHandle
    storeSlot(&c.pointee.context, own)
    storeSlot(&c.pointee.loop, loop)
    c.pointee.kind = HandleKind.general
    storeSlot(&c.pointee.args, args)
    storeSlot(&c.pointee.callback, callback)
    c.pointee.cancelled = 0
    storeSlot(&c.pointee.reprText, .raised)
    let debug = isDebugging(t, loop)
    if debug < 0 { return false }
    storeSlot(&c.pointee.sourceTraceback, .raised)
    if debug == 1 {
        let f = library(t, .handleExtractStack)
        guard !f.isRaised, let frame = currentFrame(t) else { return false }
        let stack = call(t, f, frameObject(t, frame))
        if stack.isRaised { return false }
        storeSlot(&c.pointee.sourceTraceback, stack)
    }
    return true
}

private func timer_compare(_ t: Thread, _ a: Value, _ b: Value, _ op: Value) -> Value {
    if !isTimer(a) || !isTimer(b) { return .notImplemented }
    let x = loadSlot(&a.asTimer.pointee.when), y = loadSlot(&b.asTimer.pointee.when)
    let o = CompareOp(rawValue: op.smallInt).unsafelyUnwrapped
    switch o {
    case .lt, .gt: return compare(t, x, y, o)
    case .le, .ge:
        let strict = compare(t, x, y, o == .le ? .lt : .gt)
        let yes = strict.isRaised ? -1 : isTrue(t, strict)
        return yes != 0 ? strict : sameTimer(t, a, b)
    case .eq: return sameTimer(t, a, b)
    case .ne:
        let same = sameTimer(t, a, b)
        return same.isBool ? Value(same == .false) : same
    }
}

private func sameTimer(_ t: Thread, _ a: Value, _ b: Value) -> Value {
    let when = equal(t, loadSlot(&a.asTimer.pointee.when), loadSlot(&b.asTimer.pointee.when))
    if when != 1 { return when < 0 ? .raised : .false }
    let callback = equal(t, visibleCallback(t, a), visibleCallback(t, b))
    if callback != 1 { return callback < 0 ? .raised : .false }
    let args = equal(t, visibleArgs(t, a), visibleArgs(t, b))
    if args != 1 { return args < 0 ? .raised : .false }
    return Value(a.asHandle.pointee.cancelled == b.asHandle.pointee.cancelled)
}

// MARK: what programs see

/// `_callback`. 0: raised.
func visibleCallback(_ t: Thread, _ v: Value) -> Value {
    let c = v.asHandle
    let callback = loadSlot(&c.pointee.callback)
    if callback.isNone || callback.bits == 0 { return .none }
    switch c.pointee.kind {
    case HandleKind.step: return stepMethod(t, callback, loadSlot(&c.pointee.args))
    case HandleKind.wakeup: return wakeupMethod(t, callback)
    default: return callback
    }
}

/// `_args`. 0: raised.
func visibleArgs(_ t: Thread, _ v: Value) -> Value {
    let c = v.asHandle
    let args = loadSlot(&c.pointee.args)
    switch c.pointee.kind {
    case HandleKind.step: return c.pointee.cancelled != 0 ? .none : ladon_runtime.emptyTuple
    case HandleKind.single, HandleKind.wakeup: return c.pointee.cancelled != 0 ? .none : makeTuple(t, args)
    default: return args.bits == 0 ? .none : args
    }
}

private let handleMembers: [NativeMember] = [
    .method("cancel", "(self)", { t, a in cancelHandle(t, a[0]) ? .none : .raised }),
    .method("cancelled", "(self)", { t, a in Value(a[0].asHandle.pointee.cancelled != 0) }),
    .method("_run", "(self)", { t, a in
        var isQuiet = true
        return runHandle(t, a[0], &isQuiet) ? .none : .raised
    }),
    .method("_repr_info", "(self)", { t, a in reprInfo(t, a[0]) }),
    .member("_callback", get: { t, a in visibleCallback(t, a[0]) }, set: { t, a in
        general(t, a[0])
        storeSlot(&a[0].asHandle.pointee.callback, a[1].isMissing ? .none : a[1])
        return .none
    }),
    .member("_args", get: { t, a in visibleArgs(t, a[0]) }, set: { t, a in
        general(t, a[0])
        storeSlot(&a[0].asHandle.pointee.args, a[1].isMissing ? .none : a[1])
        return .none
    }),
    .member("_cancelled", get: { t, a in Value(a[0].asHandle.pointee.cancelled != 0) }, set: { t, a in
        let yes = isTrue(t, a[1])
        if yes < 0 { return .raised }
        a[0].asHandle.pointee.cancelled = yes == 1 ? 1 : 0
        return .none
    }),
    .member("_loop", get: { t, a in loadSlot(&a[0].asHandle.pointee.loop).bits == 0 ? .none : loadSlot(&a[0].asHandle.pointee.loop) }, set: { t, a in
        storeSlot(&a[0].asHandle.pointee.loop, a[1].isMissing ? .none : a[1])
        return .none
    }),
    .member("_context", get: { t, a in loadSlot(&a[0].asHandle.pointee.context).bits == 0 ? .none : loadSlot(&a[0].asHandle.pointee.context) }, set: { t, a in
        storeSlot(&a[0].asHandle.pointee.context, a[1].isMissing ? .none : a[1])
        return .none
    }),
    .member("_source_traceback", get: { t, a in loadSlot(&a[0].asHandle.pointee.sourceTraceback).bits == 0 ? .none : loadSlot(&a[0].asHandle.pointee.sourceTraceback) }, set: { t, a in
        storeSlot(&a[0].asHandle.pointee.sourceTraceback, a[1].isMissing || a[1].isNone ? .raised : a[1])
        return .none
    }),
    .member("_repr", get: { t, a in loadSlot(&a[0].asHandle.pointee.reprText).bits == 0 ? .none : loadSlot(&a[0].asHandle.pointee.reprText) }, set: { t, a in
        storeSlot(&a[0].asHandle.pointee.reprText, a[1].isMissing || a[1].isNone ? .raised : a[1])
        return .none
    }),
]

/// Makes a handle of the runtime's own a plain one, because a program writes to its parts.
private func general(_ t: Thread, _ v: Value) {
    let c = v.asHandle
    if c.pointee.kind == HandleKind.general { return }
    let callback = visibleCallback(t, v), args = visibleArgs(t, v)
    if callback.isRaised || args.isRaised { clearException(t); return }
    lockCell(t, v)
    c.pointee.kind = HandleKind.general
    storeSlot(&c.pointee.callback, callback)
    storeSlot(&c.pointee.args, args)
    unlockCell(t, v)
}

private func reprInfo(_ t: Thread, _ v: Value) -> Value {
    let c = v.asHandle
    let info = makeList(t)
    if info.isRaised || listAppend(t, info, makeString(t, shortTypeName(v))) < 0 { return .raised }
    if c.pointee.cancelled != 0 && listAppend(t, info, makeString(t, "cancelled")) < 0 { return .raised }
    let callback = visibleCallback(t, v)
    if !callback.isNone {
        let f = library(t, .formatCallback), args = visibleArgs(t, v)
        let text = f.isRaised || args.isRaised || callback.isRaised ? .raised : call(t, f, callback, args)
        if text.isRaised || listAppend(t, info, text) < 0 { return .raised }
    }
    let source = loadSlot(&c.pointee.sourceTraceback)
    if source.bits != 0 {
        let yes = isTrue(t, source)
        if yes < 0 { return .raised }
        if yes == 1 {
            let frame = getItem(t, source, Value(smallInt: -1))
            let file = frame.isRaised ? frame : getItem(t, frame, .zero)
            let line = file.isRaised ? file : getItem(t, frame, .one)
            let fileText = line.isRaised ? line : str(t, file)
            let lineText = fileText.isRaised ? fileText : str(t, line)
            if lineText.isRaised || listAppend(t, info, makeString(t, "created at \(swiftString(fileText)):\(swiftString(lineText))")) < 0 { return .raised }
        }
    }
    return info
}

private func handle_repr(_ t: Thread, _ v: Value) -> Value {
    let kept = loadSlot(&v.asHandle.pointee.reprText)
    if kept.bits != 0 { return kept }
    let info = isExactHandle(v) && !isTimer(v) ? reprInfo(t, v) : callMethod(t, v, word(._repr_info))
    if info.isRaised { return info }
    let joined = callMethod(t, makeString(t, " "), .join, info)
    return joined.isRaised ? joined : makeString(t, "<\(swiftString(joined))>")
}

/// Handle.cancel. False: raised.
func cancelHandle(_ t: Thread, _ v: Value) -> Bool {
    let c = v.asHandle
    if c.pointee.cancelled != 0 { return true }
    c.pointee.cancelled = 1
    let debug = isDebugging(t, loadSlot(&c.pointee.loop))
    if debug < 0 { return false }
    if debug == 1 {
        // The parts stay visible in what the debug mode logs.
        let text = repr(t, v)
        if text.isRaised { return false }
        storeSlot(&c.pointee.reprText, text)
    }
    lockCell(t, v)
    c.pointee.kind = HandleKind.general
    storeSlot(&c.pointee.callback, .none)
    storeSlot(&c.pointee.args, .none)
    unlockCell(t, v)
    return true
}

// MARK: running

/// Handle._run: the callback in its context; an exception goes to the loop's handler. False: raised (SystemExit,
/// KeyboardInterrupt, or the handler itself). `isQuiet` becomes false unless it was a callback of the loop's own that ran no other code.
func runHandle(_ t: Thread, _ v: Value, _ isQuiet: inout Bool) -> Bool {
    var wasQuiet = false
    defer { isQuiet = isQuiet && wasQuiet }
    let c = v.asHandle
    let context = loadSlot(&c.pointee.context)
    // What the callback is depends on the kind. Another thread should not cancel a handle; if it does, they change together.
    lockCell(t, v)
    let kind = c.pointee.kind, callback = loadSlot(&c.pointee.callback), args = loadSlot(&c.pointee.args)
    unlockCell(t, v)
    var r = Value.raised
    if context.isExactly(.context) {
        if enterContext(t, context) {
            switch kind {
            case HandleKind.step: r = taskStep(t, callback, args)
            case HandleKind.wakeup: r = taskWakeup(t, callback, args)
            case HandleKind.single: r = call(t, callback, args)
            default:
                let transport = readyTransport(t, callback)
                if !transport.isMissing && args.isExactly(.tuple) && args.tupleCount == 0 {
                    r = readReady(t, transport, &wasQuiet)
                } else if args.isExactly(.tuple) {
                    r = call(t, callback, args: args.tupleItems, args.tupleCount)
                    args.keepAlive
                } else {
                    let all = sequenceToTuple(t, args.bits == 0 ? .none : args)
                    r = all.isRaised ? all : callWithTuple(t, callback, all)
                }
            }
            leaveContext(t, context)
        }
    } else {
        r = runInOther(t, v, context)
    }
    return !r.isRaised || reportHandle(t, v)
}

/// `context.run(callback, *args)` for any object.
private func runInOther(_ t: Thread, _ v: Value, _ context: Value) -> Value {
    let callback = visibleCallback(t, v), args = visibleArgs(t, v)
    if callback.isRaised || args.isRaised { return .raised }
    let run = getAttribute(t, context.bits == 0 ? .none : context, word(.run))
    let first = run.isRaised ? run : makeTuple(t, callback), rest = first.isRaised ? first : sequenceToTuple(t, args)
    if rest.isRaised { return .raised }
    let all = tupleConcat(t, first, rest)
    return all.isRaised ? all : callWithTuple(t, run, all)
}

/// Tells the loop about the exception of a callback. False: it stays raised.
@inline(never) private func reportHandle(_ t: Thread, _ v: Value) -> Bool {
    let e = takeException(t)
    if isKind(e, .systemExit) || isKind(e, .keyboardInterrupt) {
        restoreException(t, e)
        return false
    }
    // As in an `except` block: what the handler raises has this as its context.
    let handled = t.pointee.handled
    t.pointee.handled = e
    defer { t.pointee.handled = handled }
    let c = v.asHandle
    let format = library(t, .formatCallback)
    let callback = visibleCallback(t, v), args = visibleArgs(t, v)
    if format.isRaised || callback.isRaised || args.isRaised { return false }
    let text = call(t, format, callback, args)
    let shown = text.isRaised ? text : str(t, text)
    let context = shown.isRaised ? shown : makeDict(t)
    if context.isRaised || dictSet(t, context, word(.message), makeString(t, "Exception in callback \(swiftString(shown))")) < 0
        || dictSet(t, context, word(.exception), e) < 0 || dictSet(t, context, word(.handle), v) < 0 { return false }
    let source = loadSlot(&c.pointee.sourceTraceback)
    if source.bits != 0 {
        let yes = isTrue(t, source)
        if yes < 0 || (yes == 1 && dictSet(t, context, word(.source_traceback), source) < 0) { return false }
    }
    return !callMethod(t, loadSlot(&c.pointee.loop), word(.call_exception_handler), context).isRaised
}
