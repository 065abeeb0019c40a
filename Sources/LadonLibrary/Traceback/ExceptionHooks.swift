// What happens to exceptions that nobody catches: sys.excepthook, sys.unraisablehook, SystemExit.

import Glibc

// MARK: writing to sys.stderr

private enum ErrorStream { case file(Value), descriptor, nothing }

private func errorStream(_ t: Thread) -> ErrorStream {
    let dict = interpreter(t).pointee.sysDict
    if dict.bits == 0 { return .descriptor }
    let stream = dictGet(t, dict, name(.stderr))
    if stream.isRaised { clearException(t); return .descriptor }
    return stream.isMissing ? .descriptor : stream.isNone ? .nothing : .file(stream)
}

private func writeDescriptor(_ text: Value) {
    withUTF8(text) { pointer, count in
        var done = 0
        while done < count {
            let n = write(2, pointer + done, count - done)
            if n < 0 && errno == EINTR { continue }
            if n <= 0 { return }
            done += n
        }
    }
}

/// Writes a str to sys.stderr, to descriptor 2 while there is no such stream. Raises nothing; false: the stream failed.
@discardableResult
func writeError(_ t: Thread, _ text: Value) -> Bool {
    switch errorStream(t) {
    case .nothing: return true
    case .descriptor: writeDescriptor(text); return true
    case .file(let stream):
        if callMethod(t, stream, .write, text).isRaised {
            clearException(t)
            return false
        }
        if callMethod(t, stream, .flush).isRaised { clearException(t) }
        return true
    }
}

private func flushOutput(_ t: Thread) {
    let stream = dictGet(t, interpreter(t).pointee.sysDict, name(.stdout))
    if stream.isRaised { clearException(t); return }
    if stream.isMissing || stream.isNone { return }
    if callMethod(t, stream, .flush).isRaised { clearException(t) }
}

// MARK: sys.excepthook

/// `sys.excepthook`: shows an exception with its traceback on sys.stderr. Raises nothing.
public func displayException(_ t: Thread, _ type: Value, _ value: Value, _ traceback: Value) {
    if typeOf(value).pointee.flags.contains(.exceptionSubclass) && traceback.isExactly(.traceback) {
        let current = loadSlot(&value.asException.pointee.traceback)
        if current.bits == 0 || current.isNone { storeSlot(&value.asException.pointee.traceback, traceback) }
    }
    if case .nothing = errorStream(t) { return }
    var text = TracebackText(t)
    if typeOf(value).pointee.flags.contains(.exceptionSubclass) {
        _ = text.appendChain(value)
    } else {
        text.appendException(value)
    }
    let result = text.out.finish()
    if result.isRaised { clearException(t); return }
    if !writeError(t, result) {
        writeDescriptor(result)
        writeDescriptor(makeString(t, "lost sys.stderr\n"))
    }
}

/// The function object behind sys.excepthook: "(exctype, value, traceback, /)".
public func sys_excepthook(_ t: Thread, _ a: Values) -> Value {
    displayException(t, a[0], a[1], a[2])
    return .none
}

/// Shows an uncaught exception as the interpreter does at its top level: sets sys.last_type and its kin, calls
/// sys.excepthook, and falls back when that is missing or fails. SystemExit is for the caller (`exitStatus`).
public func printException(_ t: Thread, _ e: Value) {
    let dict = interpreter(t).pointee.sysDict
    let type = Value(typeOf(e))
    let stored = loadSlot(&e.asException.pointee.traceback)
    let traceback: Value = stored.bits == 0 ? .none : stored
    if dict.bits == 0 { displayException(t, type, e, traceback); return }
    if dictSet(t, dict, name(.last_type), type) < 0 { clearException(t) }
    if dictSet(t, dict, name(.last_value), e) < 0 { clearException(t) }
    if dictSet(t, dict, name(.last_traceback), traceback) < 0 { clearException(t) }
    let hook = dictGet(t, dict, name(.excepthook))
    if hook.isRaised { clearException(t) }
    if hook.isRaised || hook.isMissing {
        writeError(t, makeString(t, "sys.excepthook is missing\n"))
        displayException(t, type, e, traceback)
        return
    }
    if isAuditing && !audit(t, "sys.excepthook", hook, type, e, traceback) {
        // A hook says with RuntimeError that nothing is to be shown.
        if exceptionMatches(t, .runtimeError) { return clearException(t) }
        reportUnraisable(t, .none, "Exception ignored in audit hook")
    }
    if !call(t, hook, type, e, traceback).isRaised { return }
    let second = takeException(t)
    if exitStatus(t, second) != nil { return }
    writeError(t, makeString(t, "Error in sys.excepthook:\n"))
    displayException(t, Value(typeOf(second)), second, .none)
    writeError(t, makeString(t, "\nOriginal exception was:\n"))
    displayException(t, type, e, traceback)
}

// MARK: SystemExit

/// The process's exit status when `e` is SystemExit, whose code is printed unless it is None or an integer. nil: another exception.
public func exitStatus(_ t: Thread, _ e: Value) -> Int32? {
    guard isSubtype(typeOf(e), builtinType(.systemExit)) else { return nil }
    flushOutput(t)
    let attribute = getAttributeOrMissing(t, e, .code)
    if attribute.isRaised { clearException(t) }
    let code = attribute.isRaised || attribute.isMissing ? e : attribute
    if code.isNone { return 0 }
    if isInt(code) { return Int32(truncatingIfNeeded: Int(bitPattern: intTruncated(plainInt(code)))) }
    let text = str(t, code)
    if text.isRaised { clearException(t) } else if case .nothing = errorStream(t) { writeDescriptor(text) } else { writeError(t, text) }
    writeError(t, makeString(t, "\n"))
    return 1
}

// MARK: sys.unraisablehook

nonisolated(unsafe) private var hookArgumentsType: TypePointer?

/// `sys.UnraisableHookArgs`.
public func unraisableHookArgsType(_ t: Thread) -> TypePointer {
    if let type = hookArgumentsType { return type }
    let type = makeStructSequenceType(t, "UnraisableHookArgs", "What sys.unraisablehook is called with.", fields: [
        ("exc_type", "Exception type"), ("exc_value", "Exception value"), ("exc_traceback", "Exception traceback"),
        ("err_msg", "Error message"), ("object", "Object causing the exception"),
    ], visible: 5)
    hookArgumentsType = type
    return type
}

/// Makes `reportUnraisable` print. Once at start.
public func installUnraisableReporter() { unraisableReporter = { t, e, object, message in report(t, e, object, message) } }

private func report(_ t: Thread, _ e: Value, _ object: Value, _ message: Value) {
    let stored = loadSlot(&e.asException.pointee.traceback)
    let traceback: Value = stored.bits == 0 ? .none : stored
    let dict = interpreter(t).pointee.sysDict
    let hook = dict.bits == 0 ? Value.missing : dictGet(t, dict, name(.unraisablehook))
    if hook.isRaised { clearException(t) }
    if hook.isRaised || hook.isMissing || hook.isNone {
        showUnraisable(t, Value(typeOf(e)), e, traceback, message, object)
        return
    }
    let arguments = makeStructSequence(t, unraisableHookArgsType(t))
    if arguments.isRaised { clearException(t); return }
    let fields = structSequenceItems(arguments)
    fields[0] = Value(typeOf(e)); fields[1] = e; fields[2] = traceback; fields[3] = message; fields[4] = object
    if isAuditing && !audit(t, "sys.unraisablehook", hook, arguments) {
        let second = takeException(t)
        return showUnraisable(t, Value(typeOf(second)), second, .none, makeString(t, "Exception ignored in audit hook"), .none)
    }
    if !call(t, hook, arguments).isRaised { return }
    let second = takeException(t)
    let trace = loadSlot(&second.asException.pointee.traceback)
    showUnraisable(t, Value(typeOf(second)), second, trace.bits == 0 ? .none : trace, makeString(t, "Exception ignored in sys.unraisablehook"), hook)
}

/// The function object behind sys.unraisablehook: "(unraisable, /)".
public func sys_unraisablehook(_ t: Thread, _ a: Values) -> Value {
    if typeOf(a[0]) != unraisableHookArgsType(t) {
        return raise(t, .typeError, "sys.unraisablehook argument type must be UnraisableHookArgs")
    }
    let fields = structSequenceItems(a[0])
    showUnraisable(t, fields[0], fields[1], fields[2], fields[3], fields[4])
    return .none
}

private func showUnraisable(_ t: Thread, _ type: Value, _ value: Value, _ traceback: Value, _ message: Value, _ object: Value) {
    if case .nothing = errorStream(t) { return }
    var text = TracebackText(t)
    if !object.isNone && object.bits != 0 {
        appendText(t, &text, message, otherwise: "Exception ignored in")
        text.out.append(": ")
        let shown = repr(t, object)
        if shown.isRaised { clearException(t); text.out.append("<object repr() failed>") } else { text.out.append(shown) }
        text.out.append("\n")
    } else if !message.isNone {
        appendText(t, &text, message, otherwise: "")
        text.out.append(":\n")
    }
    if traceback.isExactly(.traceback) { text.appendTraceback(traceback, header: "Traceback (most recent call last):\n", headerMargin: nil) }
    if !type.isNone && isType(type) {
        text.appendTypeName(type, unknown: "<unknown>")
        if !value.isNone {
            text.out.append(": ")
            let shown = str(t, value)
            if shown.isRaised { clearException(t); text.out.append("<exception str() failed>") } else { text.out.append(shown) }
        }
        text.out.append("\n")
    }
    let result = text.out.finish()
    if result.isRaised { clearException(t) } else { writeError(t, result) }
}

private func appendText(_ t: Thread, _ text: inout TracebackText, _ v: Value, otherwise: String) {
    let shown = v.isNone ? makeString(t, otherwise) : str(t, v)
    if shown.isRaised { clearException(t) } else { text.out.append(shown) }
}
