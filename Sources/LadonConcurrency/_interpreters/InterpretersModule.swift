// The module `_interpreters`: what concurrent.interpreters stands on. Interpreters are named by their ids.
//
// What crosses from one interpreter to another is a tuple of immutable built-in values, which live in the one heap and
// belong to nobody, so they cross as they are. Everything else is packed into such values by Python code
// (`_interpreters_inside`, which runs on both sides).

import LadonLibrary

private struct InterpreterErrors {
    var base: TypePointer?
    var notFound: TypePointer?
    var notShareable: TypePointer?
}

/// Made with the module; all interpreters have the same.
nonisolated(unsafe) private var errors = InterpreterErrors()

private func makeErrors(_ t: Thread) {
    if errors.notShareable != nil { return }
    let base = installType(t, TypeDefinition(nil, "concurrent.interpreters.InterpreterError", base: .exception, flags: [.baseType],
                                             doc: "A cross-interpreter operation failed."))
    errors.base = base
    errors.notFound = installType(t, TypeDefinition(nil, "concurrent.interpreters.InterpreterNotFoundError", flags: [.baseType],
                                                    doc: "An interpreter was not found."), base: base)
    errors.notShareable = installType(t, TypeDefinition(nil, "concurrent.interpreters.NotShareableError", base: .typeError, flags: [.baseType],
                                                        doc: "An object cannot be sent to another interpreter."))
}

private func fail(_ t: Thread, _ type: TypePointer?, _ message: String) -> Value {
    let e = call(t, type.unsafelyUnwrapped.value, makeString(t, message))
    return e.isRaised ? e : raiseInstance(t, e)
}

// MARK: what may cross

/// None, bool, int, float, str, bytes, and tuples of these, of exactly these types.
func crossesAsItIs(_ v: Value, depth: Int = 0) -> Bool {
    if !v.isCell { return v.isNone || v.isBool || v.isSmallInt || v == .ellipsis }
    if v.isExactly(.str) || v.isExactly(.bytes) || v.isExactly(.int) || v.isExactly(.float) || v.isExactly(.bool) { return true }
    if !v.isExactly(.tuple) || depth > 100 { return false }
    for i in 0..<v.tupleCount where !crossesAsItIs(v.tupleItems[i], depth: depth + 1) { return false }
    return true
}

/// The same, with memoryviews, of which the other side sees the memory only (SharedMemory.swift).
func mayCross(_ v: Value, depth: Int = 0) -> Bool {
    if crossesAsItIs(v) || v.isCell && v.isExactly(.memoryview) { return true }
    if !v.isCell || !v.isExactly(.tuple) || depth > 100 { return false }
    for i in 0..<v.tupleCount where !mayCross(v.tupleItems[i], depth: depth + 1) { return false }
    return true
}

// MARK: finding interpreters

private func identifier(_ t: Thread, _ v: Value) -> Int? {
    if !isInt(v) {
        raise(t, .typeError, "interpreter ID must be an int, got \(typeName(v))")
        return nil
    }
    guard let id = asInt(t, v) else { return nil }
    if id < 0 {
        raise(t, .valueError, "interpreter ID must be a non-negative int, got \(id)")
        return nil
    }
    return id
}

private func raiseNotFound(_ t: Thread, _ id: Int) -> Value { fail(t, errors.notFound, "unrecognized interpreter ID \(id)") }

/// Claims an interpreter to run in it. Nil: raised.
private func claim(_ t: Thread, _ v: Value, _ message: String) -> Interpreter? {
    guard let id = identifier(t, v) else { return nil }
    var found: Interpreter?
    switch claimInterpreter(id, &found) {
    case .granted: return found
    case .absent: _ = raiseNotFound(t, id)
    case .running: _ = fail(t, errors.base, message)
    }
    return nil
}

/// CPython's numbers for where an interpreter comes from: the process's start, or this module.
private func whence(_ id: Int) -> Value { Value(smallInt: id == 0 ? 1 : 5) }
private func described(_ t: Thread, _ id: Int) -> Value { makeTuple(t, Value(smallInt: id), whence(id)) }

// MARK: the functions

private func interpreters_create(_ t: Thread, _ a: Values) -> Value {
    guard let id = createInterpreter(t) else { return .raised }
    return Value(smallInt: id)
}

private func interpreters_destroy(_ t: Thread, _ a: Values) -> Value {
    guard let id = identifier(t, a[0]) else { return .raised }
    if id == interpreter(t).pointee.id { return fail(t, errors.base, "cannot destroy the current interpreter") }
    guard let p = claim(t, a[0], "interpreter running") else { return .raised }
    if t.pointee.executionLock == p.pointee.executionLock {
        // A thread of it that runs a finaliser of ours: it would wait for its own end.
        releaseInterpreter(p)
        return fail(t, errors.base, "cannot destroy the current interpreter")
    }
    endInterpreter(t, p)
    unbindItems(t, ofInterpreter: id)
    return .none
}

private func interpreters_list(_ t: Thread, _ a: Values) -> Value {
    var ids: [Int] = []
    forEachInterpreter { ids.append($0.pointee.id) }
    let list = makeList(t)
    for id in ids where list.isRaised || listAppend(t, list, described(t, id)) < 0 { return .raised }
    return list
}

private func interpreters_isRunning(_ t: Thread, _ a: Values) -> Value {
    guard let id = identifier(t, a[0]) else { return .raised }
    var found = false, running = false
    forEachInterpreter {
        if $0.pointee.id != id { return }
        found = true
        running = ladon_load32_acquire(&$0.pointee.isRunningMain) != 0
    }
    return found ? Value(running) : raiseNotFound(t, id)
}

private func count(_ t: Thread, _ v: Value, by n: Int) -> Value {
    guard let id = identifier(t, v) else { return .raised }
    guard let now = countInterpreterReferences(id, by: n) else { return raiseNotFound(t, id) }
    return Value(smallInt: now)
}

/// `_run(id, name, args)`: calls a function of `_interpreters_inside` in the interpreter.
private func interpreters_run(_ t: Thread, _ a: Values) -> Value {
    let n = a[1], args = a[2]
    if !n.isCell || !n.isExactly(.str) || !args.isCell || !args.isExactly(.tuple) || !mayCross(args) {
        return fail(t, errors.notShareable, "\(reprText(t, args)) does not support cross-interpreter data")
    }
    guard let p = claim(t, a[0], "interpreter already running") else { return .raised }
    let result = runInInterpreter(t, p) { inner in
        let module = importModule(inner, "_interpreters_inside")
        let function = module.isRaised ? module : getAttribute(inner, module, n)
        let result = function.isRaised ? function : callWithTuple(inner, function, args)
        if result.isRaised { return failure(inner) }
        return mayCross(result) ? result : makeString(inner, "the result does not support cross-interpreter data")
    }
    releaseInterpreter(p)
    guard let result else { return .raised }
    // A str: what went wrong in the machinery itself; functions of the module give tuples and None.
    if result.isCell && result.isExactly(.str) { return fail(t, errors.base, swiftString(result)) }
    return result
}

/// Says in a str what was raised.
private func failure(_ t: Thread) -> Value {
    let e = takeException(t)
    let text = str(t, e)
    if text.isRaised { clearException(t) }
    return makeString(t, text.isRaised ? typeName(e) : "\(typeName(e)): \(swiftString(text))")
}

func interpretersModule() -> ModuleDefinition {
    ModuleDefinition("_interpreters", doc: "This module provides primitive operations to manage Python interpreters.\nThe 'interpreters' module provides a more convenient interface.", members: [
        .method("create", "(config='isolated', *, reqrefs=False)", interpreters_create, "Create a new interpreter and return a unique generated ID."),
        .method("destroy", "(id, *, restrict=False)", interpreters_destroy,
                "Destroy the identified interpreter.\n\nAttempting to destroy the current interpreter raises InterpreterError.\nSo does an interpreter that is running, or the main interpreter."),
        .method("list_all", "(*, require_ready=False)", interpreters_list, "Return a list of (ID, whence) of every existing interpreter."),
        .method("get_current", "()", { t, a in described(t, interpreter(t).pointee.id) }, "Return the (ID, whence) of the current interpreter."),
        .method("get_main", "()", { t, a in described(t, 0) }, "Return the (ID, whence) of the main interpreter."),
        .method("whence", "(id)", { t, a in
            guard let id = identifier(t, a[0]) else { return .raised }
            return interpreter(withID: id) == nil ? raiseNotFound(t, id) : whence(id)
        }, "Return an identifier for where the interpreter was created."),
        .method("is_running", "(id, *, restrict=False)", interpreters_isRunning, "Return whether or not the identified interpreter is running."),
        .method("is_shareable", "(obj)", { t, a in Value(mayCross(a[0])) },
                "Return True if the object's data may be shared between interpreters\nand False otherwise."),
        .method("_is_plain", "(obj, /)", { t, a in Value(crossesAsItIs(a[0])) }, "Whether the object crosses as it is."),
        .method("incref", "(id, *, implieslink=False, restrict=False)", { t, a in count(t, a[0], by: 1).isRaised ? .raised : .none }),
        .method("_decref", "(id)", { t, a in count(t, a[0], by: -1) }, "Counts one reference less; how many are left."),
        .method("_run", "(id, name, args, /)", interpreters_run, "Calls a function of _interpreters_inside in another interpreter."),
        .method("_shared_memory", "(view, /)", { t, a in sharedMemory(t, a[0]) }, "An object that exports the memory of another interpreter's memoryview."),
        .constant("InterpreterError") { t, a in makeErrors(t); return errors.base.unsafelyUnwrapped.value },
        .constant("InterpreterNotFoundError") { t, a in makeErrors(t); return errors.notFound.unsafelyUnwrapped.value },
        .constant("NotShareableError") { t, a in makeErrors(t); return errors.notShareable.unsafelyUnwrapped.value },
        .constant("WHENCE_UNKNOWN") { t, a in .zero }, .constant("WHENCE_RUNTIME") { t, a in .one },
        .constant("WHENCE_LEGACY_CAPI") { t, a in Value(smallInt: 2) }, .constant("WHENCE_CAPI") { t, a in Value(smallInt: 3) },
        .constant("WHENCE_XI") { t, a in Value(smallInt: 4) }, .constant("WHENCE_STDLIB") { t, a in Value(smallInt: 5) },
    ])
}
