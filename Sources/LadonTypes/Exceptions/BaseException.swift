// BaseException: what every exception has.

import LadonRuntime

func baseExceptionDefinition() -> TypeDefinition {
    exceptionDefinition(.baseException, "BaseException", base: .object, fields: 0, "The base of all exceptions.",
        slots: [.unary(.repr, baseException_repr), .unary(.str, baseException_str)],
        members: [
            .method("__reduce__", "(self, /)", baseException_reduce),
            .method("__setstate__", "(self, state, /)", baseException_setState),
            .method("with_traceback", "(self, tb, /)", baseException_withTraceback, "Sets self.__traceback__ to tb and answers self."),
            .method("add_note", "(self, note, /)", baseException_addNote, "Adds a note, shown below the exception's message."),
            .member("__suppress_context__", get: { _, a in Value(a[0].asException.pointee.suppressContext.isTrue) }, set: { t, a in
                if a[1].isMissing { return raise(t, .typeError, "can't delete numeric/char attribute") }
                if !a[1].isBool { return raise(t, .typeError, "attribute value type must be bool") }
                a[0].asException.pointee.suppressContext = a[1]
                return .none
            }),
            .attribute("__dict__", get: { t, a in instanceDictionary(t, a[0]) }, set: baseException_setDict),
            .attribute("args", get: { _, a in exceptionArguments(a[0]) }, set: { t, a in
                if a[1].isMissing { return raise(t, .typeError, "args may not be deleted") }
                let tuple = sequenceToTuple(t, a[1])
                if tuple.isRaised { return tuple }
                storeSlot(&a[0].asException.pointee.args, tuple)
                return .none
            }),
            .attribute("__traceback__", get: { _, a in orNone(a[0].asException.pointee.traceback) }, set: baseException_setTraceback),
            .attribute("__context__", get: { _, a in orNone(a[0].asException.pointee.context) }, set: { t, a in
                if !checkLink(t, a[1], "__context__", "context") { return .raised }
                storeSlot(&a[0].asException.pointee.context, a[1])
                return .none
            }, "exception context"),
            .attribute("__cause__", get: { _, a in orNone(a[0].asException.pointee.cause) }, set: { t, a in
                if !checkLink(t, a[1], "__cause__", "cause") { return .raised }
                storeSlot(&a[0].asException.pointee.cause, a[1])
                a[0].asException.pointee.suppressContext = .true
                return .none
            }, "exception cause"),
        ])
}

@inline(__always) func orNone(_ v: Value) -> Value { v.bits == 0 ? .none : v }

func isException(_ v: Value) -> Bool { typeOf(v).pointee.flags.contains(.exceptionSubclass) }

/// `e.args`.
func exceptionArguments(_ e: Value) -> Value {
    let args = loadSlot(&e.asException.pointee.args)
    return args.bits == 0 ? ladon_runtime.emptyTuple : args
}

private func checkLink(_ t: Thread, _ v: Value, _ attribute: String, _ what: String) -> Bool {
    if v.isMissing { _ = raise(t, .typeError, "\(attribute) may not be deleted"); return false }
    if v.isNone || isException(v) { return true }
    _ = raise(t, .typeError, "exception \(what) must be None or derive from BaseException")
    return false
}

func argumentsTuple(_ t: Thread, _ a: Values?, _ count: Int) -> Value {
    guard count > 0, let a else { return ladon_runtime.emptyTuple }
    return makeTuple(t, a, count)
}

func baseException_new(_ t: Thread, _ type: Value, _ a: Values?, _ count: Int, _ names: Value) -> Value {
    let args = argumentsTuple(t, a, count)
    if args.isRaised { return args }
    let e = allocateInstance(t, type.asType, variableItems: 0)
    if e.isRaised { return e }
    storeSlot(&e.asException.pointee.args, args)
    return e
}

/// TypeError for keyword arguments. False: raised.
func refuseKeywords(_ t: Thread, _ type: TypePointer, _ names: Value) -> Bool {
    if names.bits == 0 || names.tupleCount == 0 { return true }
    _ = raise(t, .typeError, "\(type.nameText)() takes no keyword arguments")
    return false
}

func baseException_initialize(_ t: Thread, _ v: Value, _ a: Values?, _ count: Int, _ names: Value) -> Value {
    if !refuseKeywords(t, typeOf(v), names) { return .raised }
    return setArguments(t, v, a, count)
}

/// Stores `args`; an equal tuple that `__new__` made is kept. None, or 0.
func setArguments(_ t: Thread, _ v: Value, _ a: Values?, _ count: Int) -> Value {
    let old = loadSlot(&v.asException.pointee.args)
    if old.bits != 0 && old.tupleCount == count {
        var same = true
        for i in 0..<count where old.tupleItems[i] != a.unsafelyUnwrapped[i] { same = false; break }
        if same { return .none }
    }
    let args = argumentsTuple(t, a, count)
    if args.isRaised { return args }
    storeSlot(&v.asException.pointee.args, args)
    return .none
}

func baseException_str(_ t: Thread, _ v: Value) -> Value {
    let args = exceptionArguments(v)
    switch args.tupleCount {
    case 0: return ladon_runtime.emptyString
    case 1: return str(t, args.tupleItems[0])
    default: return str(t, args)
    }
}

func baseException_repr(_ t: Thread, _ v: Value) -> Value {
    let args = exceptionArguments(v)
    let inner = args.tupleCount == 1 ? repr(t, args.tupleItems[0]) : repr(t, args)
    if inner.isRaised { return inner }
    var b = StringBuilder(t, capacity: 24)
    b.append(typeOf(v).shortNameText)
    if args.tupleCount == 1 { b.append("(") }
    b.append(inner)
    if args.tupleCount == 1 { b.append(")") }
    return b.finish()
}

/// (type, args) or (type, args, state): `state` 0 for none.
func exceptionReduction(_ t: Thread, _ v: Value, _ args: Value, _ state: Value) -> Value {
    state.bits == 0 ? makeTuple(t, typeOf(v).value, args) : makeTuple(t, typeOf(v).value, args, state)
}

func baseException_reduce(_ t: Thread, _ a: Values) -> Value {
    exceptionReduction(t, a[0], exceptionArguments(a[0]), loadSlot(&a[0].asException.pointee.dict))
}

func baseException_setState(_ t: Thread, _ a: Values) -> Value {
    if a[1].isNone { return .none }
    if !isInstanceOf(a[1], .dict) { return raise(t, .typeError, "state is not a dictionary") }
    var position = 0
    var key = Value.none, value = Value.none
    while dictNext(a[1], &position, &key, &value) {
        if setAttribute(t, a[0], key, value) < 0 { return .raised }
    }
    return .none
}

private func baseException_setDict(_ t: Thread, _ a: Values) -> Value {
    if a[1].isMissing { return raise(t, .typeError, "cannot delete __dict__") }
    if !isInstanceOf(a[1], .dict) { return raise(t, .typeError, "__dict__ must be set to a dictionary, not a '\(typeName(a[1]))'") }
    storeSlot(&a[0].asException.pointee.dict, a[1])
    return .none
}

private func baseException_setTraceback(_ t: Thread, _ a: Values) -> Value {
    if a[1].isMissing { return raise(t, .typeError, "__traceback__ may not be deleted") }
    if !a[1].isNone && !a[1].isExactly(.traceback) { return raise(t, .typeError, "__traceback__ must be a traceback or None") }
    storeSlot(&a[0].asException.pointee.traceback, a[1].isNone ? .raised : a[1])
    return .none
}

private func baseException_withTraceback(_ t: Thread, _ a: Values) -> Value {
    baseException_setTraceback(t, a).isRaised ? .raised : a[0]
}

private func baseException_addNote(_ t: Thread, _ a: Values) -> Value {
    if !isInstanceOf(a[1], .str) { return raise(t, .typeError, "note must be a str, not '\(typeName(a[1]))'") }
    var notes = getAttributeOrMissing(t, a[0], .__notes__)
    if notes.isRaised { return notes }
    if notes.isMissing {
        notes = makeList(t)
        if notes.isRaised || setAttribute(t, a[0], .__notes__, notes) < 0 { return .raised }
    }
    if !isInstanceOf(notes, .list) { return raise(t, .typeError, "Cannot add note: __notes__ is not a list") }
    return listAppend(t, notes, a[1]) < 0 ? .raised : .none
}
