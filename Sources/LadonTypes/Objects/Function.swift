// function: Python functions as objects. Calling them is the interpreter's business.

import LadonRuntime

private enum Field {
    static let code = 8, globals = 16, builtins = 24, defaults = 32, kwDefaults = 40, closure = 48, name = 56, qualname = 64
    static let annotations = 72, doc = 80, module = 88, dict = 96, typeParams = 104
}

func functionDefinition() -> TypeDefinition {
    precondition(MemoryLayout<FunctionCell>.offset(of: \FunctionCell.dict) == Field.dict)
    return TypeDefinition(.function, "function", flags: [.weakReferenceable], doc: "A function defined in Python, made of code, the globals it sees, a name, defaults and a closure.",
                          signature: "(code, globals, name=None, argdefs=None, closure=None)", size: MemoryLayout<FunctionCell>.size,
                          layout: Layout(prefix: 13, flags: .container), dictOffset: Field.dict, slots: [
        .unary(.repr, function_repr),
        .call(.call) { t, f, args, count, names in callFunction(t, f, args, count + (names.bits == 0 ? 0 : names.tupleCount), names) },
        .ternary(.descriptorGet) { t, f, v, type in v.isNone && type != Value(builtinType(.noneType)) ? f : makeMethod(t, f, v) },
    ], members: [
        .staticMethod("__new__", "(cls, code, globals, name=None, argdefs=None, closure=None)", function_new),
        .attribute("__code__", get: { t, a in auditedWord(t, a[0], Field.code, "__code__") }, set: function_setCode),
        .member("__globals__", get: { t, a in wordOrNone(a[0], Field.globals) }),
        .member("__builtins__", get: { t, a in wordOrNone(a[0], Field.builtins) }),
        .member("__closure__", get: { t, a in wordOrNone(a[0], Field.closure) }),
        .attribute("__defaults__", get: { t, a in auditedWord(t, a[0], Field.defaults, "__defaults__") }, set: { t, a in
            if !a[1].isMissing && !a[1].isNone && !isTuple(a[1]) { return raise(t, .typeError, "__defaults__ must be set to a tuple object") }
            if isAuditing && !auditAttribute(t, a[0], "__defaults__", set: a[1]) { return .raised }
            return replaceDefaults(a[0], Field.defaults, a[1])
        }),
        .attribute("__kwdefaults__", get: { t, a in auditedWord(t, a[0], Field.kwDefaults, "__kwdefaults__") }, set: { t, a in
            if !a[1].isMissing && !a[1].isNone && !isDict(a[1]) { return raise(t, .typeError, "__kwdefaults__ must be set to a dict object") }
            if isAuditing && !auditAttribute(t, a[0], "__kwdefaults__", set: a[1]) { return .raised }
            return replaceDefaults(a[0], Field.kwDefaults, a[1])
        }),
        .attribute("__annotations__", get: { t, a in functionAnnotations(t, a[0]) }, set: { t, a in
            if !a[1].isMissing && !a[1].isNone && !isDict(a[1]) { return raise(t, .typeError, "__annotations__ must be set to a dict object") }
            storeWord(a[0], Field.annotations, a[1].isMissing || a[1].isNone ? Value(bits: 0) : a[1])
            return .none
        }),
        .attribute("__dict__", get: { t, a in instanceDictionary(t, a[0]) }, set: { t, a in
            if a[1].isMissing { return raise(t, .typeError, "cannot delete __dict__") }
            if !isDict(a[1]) { return raise(t, .typeError, "__dict__ must be set to a dictionary, not a '\(typeName(a[1]))'") }
            storeWord(a[0], Field.dict, a[1])
            return .none
        }),
        .attribute("__name__", get: { t, a in wordOrNone(a[0], Field.name) }, set: { t, a in setText(t, a, Field.name, "__name__") }),
        .attribute("__qualname__", get: { t, a in wordOrNone(a[0], Field.qualname) }, set: { t, a in setText(t, a, Field.qualname, "__qualname__") }),
        .member("__doc__", get: { t, a in wordOrNone(a[0], Field.doc) }, set: { t, a in
            storeWord(a[0], Field.doc, a[1].isMissing ? .none : a[1])
            return .none
        }),
        .member("__module__", get: { t, a in wordOrNone(a[0], Field.module) }, set: { t, a in
            storeWord(a[0], Field.module, a[1].isMissing ? .none : a[1])
            return .none
        }),
        .attribute("__type_params__", get: { t, a in
            let p = loadSlot((a[0].cell + Field.typeParams).assumingMemoryBound(to: Value.self))
            return p.bits == 0 ? ladon_runtime.emptyTuple : p
        }, set: { t, a in
            if a[1].isMissing || !isTuple(a[1]) { return raise(t, .typeError, "__type_params__ must be set to a tuple") }
            storeWord(a[0], Field.typeParams, a[1])
            return .none
        }),
    ])
}

private func setText(_ t: Thread, _ a: Values, _ offset: Int, _ attribute: String) -> Value {
    if a[1].isMissing || !isString(a[1]) { return raise(t, .typeError, "\(attribute) must be set to a string object") }
    storeWord(a[0], offset, a[1])
    return .none
}

/// Call caches compare `version`: it changes after what it guards.
private func bumpVersion(_ v: Value) {
    let at = v.cell + MemoryLayout<FunctionCell>.offset(of: \FunctionCell.version).unsafelyUnwrapped
    _ = ladon_fetch_add(at, 1)
}

private func replaceDefaults(_ v: Value, _ offset: Int, _ value: Value) -> Value {
    storeWord(v, offset, value.isMissing || value.isNone ? Value(bits: 0) : value)
    bumpVersion(v)
    return .none
}

/// An attribute whose reading is an audit event.
private func auditedWord(_ t: Thread, _ f: Value, _ offset: Int, _ attribute: StaticString) -> Value {
    isAuditing && !auditAttribute(t, f, read: attribute) ? .raised : wordOrNone(f, offset)
}

private func function_setCode(_ t: Thread, _ a: Values) -> Value {
    if a[1].isMissing || !a[1].isExactly(.code) { return raise(t, .typeError, "__code__ must be set to a code object") }
    if isAuditing && !auditAttribute(t, a[0], "__code__", set: a[1]) { return .raised }
    let closure = a[0].asFunction.pointee.closure
    let have = closure.bits == 0 ? 0 : closure.tupleCount, need = a[1].asCode.pointee.freeNames.tupleCount
    if have != need {
        return raise(t, .valueError, "\(swiftString(a[0].asFunction.pointee.name))() requires a code object with \(have) free vars, not \(need)")
    }
    storeWord(a[0], Field.code, a[1])
    bumpVersion(a[0])
    return .none
}

/// The compiler hands over names and values as a flat tuple; the dict is made when it is asked for.
func functionAnnotations(_ t: Thread, _ f: Value) -> Value {
    let present = f.asFunction.pointee.annotations
    if present.bits != 0 && isDict(present) { return present }
    let dict = makeDict(t)
    if dict.isRaised { return dict }
    if present.bits != 0 && isTuple(present) {
        var i = 0
        while i + 1 < present.tupleCount {
            if dictSet(t, dict, present.tupleItems[i], present.tupleItems[i + 1]) < 0 { return .raised }
            i += 2
        }
    }
    lockCell(t, f)
    let now = f.asFunction.pointee.annotations
    if now == present { storeWord(f, Field.annotations, dict) }
    unlockCell(t, f)
    return now == present ? dict : functionAnnotations(t, f)
}

private func function_repr(_ t: Thread, _ v: Value) -> Value {
    makeString(t, "<function \(swiftString(v.asFunction.pointee.qualname)) at \(addressText(v))>")
}

private func function_new(_ t: Thread, _ a: Values) -> Value {
    let code = a[1], globals = a[2], given = a[3], defaults = a[4], closure = a[5]
    if !code.isExactly(.code) { return raise(t, .typeError, "function() argument 'code' must be code, not \(typeName(code))") }
    if !isDict(globals) { return raise(t, .typeError, "function() argument 'globals' must be dict, not \(typeName(globals))") }
    if isAuditing && !audit(t, "function.__new__", code) { return .raised }
    if !given.isNone && !isString(given) { return raise(t, .typeError, "arg 3 (name) must be None or string") }
    if !defaults.isNone && !isTuple(defaults) { return raise(t, .typeError, "arg 4 (defaults) must be None or tuple") }
    let need = code.asCode.pointee.freeNames.tupleCount
    if !isTuple(closure) {
        if need > 0 && closure.isNone { return raise(t, .typeError, "arg 5 (closure) must be tuple") }
        if !closure.isNone { return raise(t, .typeError, "arg 5 (closure) must be None or tuple") }
    }
    let have = closure.isNone ? 0 : closure.tupleCount
    if need != have {
        return raise(t, .valueError, "\(swiftString(code.asCode.pointee.name)) requires closure of length \(need), not \(have)")
    }
    for i in 0..<have where !closure.tupleItems[i].isExactly(.cellVariable) {
        return raise(t, .typeError, "arg 5 (closure) expected cell, found \(typeName(closure.tupleItems[i]))")
    }
    var builtins = dictGetName(t, globals, name(.__builtins__))
    if !builtins.isMissing && isInstanceOf(builtins, .module) { builtins = builtins.cell(as: ModuleCell.self).pointee.dict }
    if builtins.isMissing { builtins = currentFrame(t)?.function.pointee.builtins ?? interpreter(t).pointee.builtins }
    if !isDict(builtins) { builtins = interpreter(t).pointee.builtins }
    let f = makeFunction(t, code, globals: globals, builtins: builtins)
    if f.isRaised { return f }
    if !given.isNone { f.asFunction.pointee.name = given }
    if !defaults.isNone { f.asFunction.pointee.defaults = defaults }
    if have > 0 { f.asFunction.pointee.closure = closure }
    return f
}
