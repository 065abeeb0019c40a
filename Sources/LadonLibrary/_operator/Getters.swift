// itemgetter, attrgetter and methodcaller.

import LadonTypes

/// `names`: a tuple of items or of attribute paths; methodcaller keeps the method's name, arguments and keywords.
struct GetterCell {
    var header: CellHeader
    /// The tuple given at construction.
    var arguments: Value
    /// attrgetter: per argument a tuple of interned names. methodcaller: the keyword dict.
    var parts: Value
}

private func getterType(_ name: StaticString, _ doc: StaticString, _ new: @escaping CallFunction, _ call: @escaping CallFunction, _ repr: @escaping UnaryFunction,
                        _ reduce: @escaping NativeFunction, hasVectorCall: Bool = true) -> TypeDefinition {
    TypeDefinition(nil, name, doc: doc, size: MemoryLayout<GetterCell>.size, layout: Layout(prefix: 2, flags: [.container]),
                   slots: [.call(.new, new), .call(.call, call), .unary(.repr, repr)],
                   members: [.ownModule, .method("__reduce__", "(self, /)", reduce, "Return state information for pickling")] + (hasVectorCall ? [.vectorCallOffset] : []))
}

func itemGetterType() -> TypeDefinition {
    getterType("operator.itemgetter", "itemgetter(item, /, *items) --> a callable that fetches the given item(s) from its operand.",
               itemgetter_new, itemgetter_call, getter_repr, getter_reduce)
}

func attrGetterType() -> TypeDefinition {
    getterType("operator.attrgetter", "attrgetter(attr, /, *attrs) --> a callable that fetches the given attribute(s) from its operand; names may contain dots.",
               attrgetter_new, attrgetter_call, getter_repr, getter_reduce)
}

func methodCallerType() -> TypeDefinition {
    getterType("operator.methodcaller", "methodcaller(name, /, *args, **kwargs) --> a callable that calls the given method on its operand.",
               methodcaller_new, methodcaller_call, methodcaller_repr, methodcaller_reduce, hasVectorCall: false)
}

@inline(__always) private func getterCell(_ v: Value) -> UnsafeMutablePointer<GetterCell> { v.cell(as: GetterCell.self) }

private func makeGetter(_ t: Thread, _ type: Value, _ arguments: Value, _ parts: Value) -> Value {
    if arguments.isRaised || parts.isRaised { return .raised }
    let v = allocateInstance(t, type.asType, variableItems: 0)
    if v.isRaised { return v }
    getterCell(v).pointee.arguments = arguments
    getterCell(v).pointee.parts = parts
    return v
}

func getter_repr(_ t: Thread, _ v: Value) -> Value {
    let entered = reprEnter(t, v)
    var b = StringBuilder(t)
    b.append("operator.")
    b.append(typeOf(v).pointee.name)
    if entered < 0 { return .raised }
    if entered > 0 {
        b.append("(...)")
        return b.finish()
    }
    defer { reprLeave(t, v) }
    let items = getterCell(v).pointee.arguments
    b.append("(")
    var i = 0
    while i < items.tupleCount {
        if i > 0 { b.append(", ") }
        let s = repr(t, items.tupleItems[i])
        if s.isRaised { return s }
        b.append(s)
        i += 1
    }
    b.append(")")
    return b.finish()
}

func getter_reduce(_ t: Thread, _ a: Values) -> Value { makeTuple(t, typeOf(a[0]).value, getterCell(a[0]).pointee.arguments) }

// MARK: itemgetter

func itemgetter_new(_ t: Thread, _ type: Value, _ a: Values?, _ n: Int, _ names: Value) -> Value {
    if !rejectKeywords(t, "itemgetter", names) { return .raised }
    if n < 1 { return raise(t, .typeError, "itemgetter expected 1 argument, got 0") }
    return makeGetter(t, type, makeTuple(t, a.unsafelyUnwrapped, n), .none)
}

func itemgetter_call(_ t: Thread, _ v: Value, _ a: Values?, _ n: Int, _ names: Value) -> Value {
    if !rejectKeywords(t, "itemgetter", names) || !checkCount(t, "itemgetter", n, 1, 1) { return .raised }
    let object = a.unsafelyUnwrapped[0]
    let items = getterCell(v).pointee.arguments
    let count = items.tupleCount
    if count == 1 {
        let key = items.tupleItems[0]
        if key.isSmallInt && object.isExactly(.tuple) {
            let x = tupleGetFast(object, key.smallInt)
            if x.bits != 0 { return x }
        }
        return getItem(t, object, key)
    }
    let r = makeTuple(t, count)
    if r.isRaised { return r }
    var i = 0
    while i < count {
        let x = getItem(t, object, items.tupleItems[i])
        if x.isRaised { return x }
        r.tupleItems[i] = x
        i += 1
    }
    return r
}

// MARK: attrgetter

func attrgetter_new(_ t: Thread, _ type: Value, _ a: Values?, _ n: Int, _ names: Value) -> Value {
    if !rejectKeywords(t, "attrgetter", names) { return .raised }
    if n < 1 { return raise(t, .typeError, "attrgetter expected 1 argument, got 0") }
    let given = makeTuple(t, a.unsafelyUnwrapped, n)
    if given.isRaised { return given }
    let parts = makeTuple(t, n)
    if parts.isRaised { return parts }
    var i = 0
    while i < n {
        let path = a.unsafelyUnwrapped[i]
        if !path.isStr { return raise(t, .typeError, "attribute name must be a string") }
        let split = splitPath(t, path)
        if split.isRaised { return split }
        parts.tupleItems[i] = split
        i += 1
    }
    return makeGetter(t, type, given, parts)
}

/// The names of a dotted path, interned, as a tuple.
private func splitPath(_ t: Thread, _ path: Value) -> Value {
    let n = path.strCount
    var dots = 0
    var i = 0
    while i < n {
        if stringCharAt(path, i) == 0x2E { dots += 1 }
        i += 1
    }
    let r = makeTuple(t, dots + 1)
    if r.isRaised { return r }
    var start = 0
    var part = 0
    i = 0
    while i <= n {
        if i == n || stringCharAt(path, i) == 0x2E {
            let s = substring(t, path, start, i)
            if s.isRaised { return s }
            r.tupleItems[part] = intern(t, s)
            part += 1
            start = i + 1
        }
        i += 1
    }
    return r
}

func attrgetter_call(_ t: Thread, _ v: Value, _ a: Values?, _ n: Int, _ names: Value) -> Value {
    if !rejectKeywords(t, "attrgetter", names) || !checkCount(t, "attrgetter", n, 1, 1) { return .raised }
    let object = a.unsafelyUnwrapped[0]
    let parts = getterCell(v).pointee.parts
    let count = parts.tupleCount
    if count == 1 { return follow(t, object, parts.tupleItems[0]) }
    let r = makeTuple(t, count)
    if r.isRaised { return r }
    var i = 0
    while i < count {
        let x = follow(t, object, parts.tupleItems[i])
        if x.isRaised { return x }
        r.tupleItems[i] = x
        i += 1
    }
    return r
}

private func follow(_ t: Thread, _ object: Value, _ path: Value) -> Value {
    var x = object
    var i = 0
    while i < path.tupleCount {
        x = getAttribute(t, x, path.tupleItems[i])
        if x.isRaised { return x }
        i += 1
    }
    return x
}

// MARK: methodcaller

func methodcaller_new(_ t: Thread, _ type: Value, _ a: Values?, _ n: Int, _ names: Value) -> Value {
    if n < 1 { return raise(t, .typeError, "methodcaller needs at least one argument, the method name") }
    let p = a.unsafelyUnwrapped
    if !p[0].isStr { return raise(t, .typeError, "method name must be a string") }
    let given = makeTuple(t, p, n)
    if given.isRaised { return given }
    if p[0].isExactly(.str) { given.tupleItems[0] = intern(t, p[0]) }
    let keywords = makeDict(t)
    if keywords.isRaised { return keywords }
    if names.bits != 0 {
        var i = 0
        while i < names.tupleCount {
            if dictSet(t, keywords, names.tupleItems[i], p[n + i]) < 0 { return .raised }
            i += 1
        }
    }
    return makeGetter(t, type, given, keywords)
}

func methodcaller_call(_ t: Thread, _ v: Value, _ a: Values?, _ n: Int, _ names: Value) -> Value {
    if !rejectKeywords(t, "methodcaller", names) || !checkCount(t, "methodcaller", n, 1, 1) { return .raised }
    let c = getterCell(v)
    let given = c.pointee.arguments
    let method = getAttribute(t, a.unsafelyUnwrapped[0], given.tupleItems[0])
    if method.isRaised { return method }
    if dictCount(c.pointee.parts) == 0 { return call(t, method, args: given.tupleItems + 1, given.tupleCount - 1) }
    let args = makeTuple(t, given.tupleItems + 1, given.tupleCount - 1)
    return args.isRaised ? args : callWithTuple(t, method, args, c.pointee.parts)
}

func methodcaller_repr(_ t: Thread, _ v: Value) -> Value {
    let entered = reprEnter(t, v)
    if entered < 0 { return .raised }
    var b = StringBuilder(t)
    b.append("operator.methodcaller(")
    if entered > 0 {
        b.append("...)")
        return b.finish()
    }
    defer { reprLeave(t, v) }
    let items = getterCell(v).pointee.arguments
    var i = 0
    while i < items.tupleCount {
        if i > 0 { b.append(", ") }
        let s = repr(t, items.tupleItems[i])
        if s.isRaised { return s }
        b.append(s)
        i += 1
    }
    var at = 0
    var key = Value.none
    var value = Value.none
    while dictNext(getterCell(v).pointee.parts, &at, &key, &value) {
        let s = repr(t, value)
        if s.isRaised { return s }
        b.append(", ")
        b.append(key)
        b.append("=")
        b.append(s)
    }
    b.append(")")
    return b.finish()
}

/// With keywords: (partial(methodcaller, name, **keywords), args).
func methodcaller_reduce(_ t: Thread, _ a: Values) -> Value {
    let c = getterCell(a[0])
    let given = c.pointee.arguments
    if dictCount(c.pointee.parts) == 0 { return makeTuple(t, typeOf(a[0]).value, given) }
    let functools = importModule(t, "functools")
    if functools.isRaised { return functools }
    let partial = getAttribute(t, functools, name(.partial))
    if partial.isRaised { return partial }
    let args = makeTuple(t, typeOf(a[0]).value, given.tupleItems[0])
    if args.isRaised { return args }
    let constructor = callWithTuple(t, partial, args, c.pointee.parts)
    if constructor.isRaised { return constructor }
    let rest = makeTuple(t, given.tupleItems + 1, given.tupleCount - 1)
    return rest.isRaised ? rest : makeTuple(t, constructor, rest)
}
