// functools.partial.

import LadonTypes

struct PartialCell {
    var header: CellHeader
    var function: Value
    /// Tuple.
    var args: Value
    /// Dict.
    var keywords: Value
    /// `__dict__`, 0 until it is needed.
    var attributes: Value
}

func partialType() -> TypeDefinition {
    TypeDefinition(nil, "functools.partial", flags: [.baseType, .weakReferenceable],
                   doc: "partial(func, *args, **keywords) - new function with partial application of the given arguments and keywords.",
                   size: MemoryLayout<PartialCell>.size, layout: Layout(prefix: 4, base: 5, flags: [.container]),
                   dictOffset: MemoryLayout<PartialCell>.offset(of: \PartialCell.attributes),
                   slots: [.call(.new, partial_new), .call(.call, partial_call), .unary(.repr, partial_repr)],
                   members: [
                       .ownModule, .vectorCallOffset, instanceDictMember(),
                       .member("func", get: partial_func, set: partial_readonly, "function object to use in future partial calls"),
                       .member("args", get: partial_args, set: partial_readonly, "tuple of arguments to future partial calls"),
                       .member("keywords", get: partial_keywords, set: partial_readonly, "dictionary of keyword arguments to future partial calls"),
                       .method("__reduce__", "(self, /)", partial_reduce),
                       .method("__setstate__", "(self, state, /)", partial_setstate),
                       .classMethod("__class_getitem__", "(cls, object, /)", genericClassGetItem, "See PEP 585"),
                   ])
}

@inline(__always) private func partialCell(_ v: Value) -> UnsafeMutablePointer<PartialCell> { v.cell(as: PartialCell.self) }

func partial_func(_ t: Thread, _ a: Values) -> Value { loadSlot(&partialCell(a[0]).pointee.function) }
func partial_args(_ t: Thread, _ a: Values) -> Value { loadSlot(&partialCell(a[0]).pointee.args) }
func partial_keywords(_ t: Thread, _ a: Values) -> Value { loadSlot(&partialCell(a[0]).pointee.keywords) }
func partial_readonly(_ t: Thread, _ a: Values) -> Value { raise(t, .attributeError, "readonly attribute") }

func partial_new(_ t: Thread, _ type: Value, _ a: Values?, _ n: Int, _ names: Value) -> Value {
    if n < 1 { return raise(t, .typeError, "type 'partial' takes at least one argument") }
    let p = a.unsafelyUnwrapped
    var function = p[0]
    if !typeOf(function).has(.call) { return raise(t, .typeError, "the first argument must be callable") }
    var first = ladon_runtime.emptyTuple
    let keywords = makeDict(t)
    if keywords.isRaised { return keywords }
    // A partial of a partial is flattened, unless somebody gave the inner one attributes.
    if typeOf(function) == functoolsTypes.partial.unsafelyUnwrapped && loadSlot(&partialCell(function).pointee.attributes).bits == 0 {
        let inner = partialCell(function)
        first = loadSlot(&inner.pointee.args)
        if dictMerge(t, keywords, loadSlot(&inner.pointee.keywords)) < 0 { return .raised }
        function = loadSlot(&inner.pointee.function)
    }
    var args = makeTuple(t, p + 1, n - 1)
    if args.isRaised { return args }
    args = tupleConcat(t, first, args)
    if args.isRaised { return args }
    if names.bits != 0 {
        var i = 0
        while i < names.tupleCount {
            if dictSet(t, keywords, names.tupleItems[i], p[n + i]) < 0 { return .raised }
            i += 1
        }
    }
    let v = allocateInstance(t, type.asType, variableItems: 0)
    if v.isRaised { return v }
    let c = partialCell(v)
    c.pointee.function = function
    c.pointee.args = args
    c.pointee.keywords = keywords
    return v
}

func partial_call(_ t: Thread, _ v: Value, _ a: Values?, _ n: Int, _ names: Value) -> Value {
    let c = partialCell(v)
    let function = loadSlot(&c.pointee.function)
    let args = loadSlot(&c.pointee.args)
    let keywords = loadSlot(&c.pointee.keywords)
    let bound = args.tupleCount
    let named = names.bits == 0 ? 0 : names.tupleCount
    if dictCount(keywords) == 0 {
        if bound == 0 { return call(t, function, args: a, n + named, names) }
        return withScratch(t, bound + n + named, failed: .raised) { all in
            copyValues(all, args.tupleItems, bound)
            if n + named > 0 { copyValues(all + bound, a.unsafelyUnwrapped, n + named) }
            return call(t, function, args: all, bound + n + named, names)
        }
    }
    var merged = keywords
    if named > 0 {
        merged = dictCopy(t, keywords)
        if merged.isRaised { return merged }
        var i = 0
        while i < named {
            if dictSet(t, merged, names.tupleItems[i], a.unsafelyUnwrapped[n + i]) < 0 { return .raised }
            i += 1
        }
    }
    var positional = args
    if n > 0 {
        positional = makeTuple(t, bound + n)
        if positional.isRaised { return positional }
        copyValues(positional.tupleItems, args.tupleItems, bound)
        copyValues(positional.tupleItems + bound, a.unsafelyUnwrapped, n)
    }
    return callWithTuple(t, function, positional, merged)
}

func partial_repr(_ t: Thread, _ v: Value) -> Value {
    let entered = reprEnter(t, v)
    if entered != 0 { return entered > 0 ? makeString(t, "...") : .raised }
    defer { reprLeave(t, v) }
    let c = partialCell(v)
    var b = StringBuilder(t)
    // Only the type itself shows its module.
    if typeOf(v) == functoolsTypes.partial.unsafelyUnwrapped { b.append("functools.") }
    b.append(typeOf(v).pointee.name)
    b.append("(")
    let function = repr(t, loadSlot(&c.pointee.function))
    if function.isRaised { return function }
    b.append(function)
    let args = loadSlot(&c.pointee.args)
    var i = 0
    while i < args.tupleCount {
        let s = repr(t, args.tupleItems[i])
        if s.isRaised { return s }
        b.append(", ")
        b.append(s)
        i += 1
    }
    let keywords = loadSlot(&c.pointee.keywords)
    var at = 0
    var key = Value.none
    var value = Value.none
    while dictNext(keywords, &at, &key, &value) {
        let k = str(t, key)
        if k.isRaised { return k }
        let s = repr(t, value)
        if s.isRaised { return s }
        b.append(", ")
        b.append(k)
        b.append("=")
        b.append(s)
    }
    b.append(")")
    return b.finish()
}

func partial_reduce(_ t: Thread, _ a: Values) -> Value {
    let c = partialCell(a[0])
    let function = loadSlot(&c.pointee.function)
    let attributes = loadSlot(&c.pointee.attributes)
    let args = makeTuple(t, function)
    if args.isRaised { return args }
    let state = makeTuple(t, function, loadSlot(&c.pointee.args), loadSlot(&c.pointee.keywords), attributes.bits == 0 ? .none : attributes)
    return state.isRaised ? state : makeTuple(t, typeOf(a[0]).value, args, state)
}

func partial_setstate(_ t: Thread, _ a: Values) -> Value {
    let state = a[1]
    if !isTuple(state) || state.tupleCount != 4 { return raise(t, .typeError, "invalid partial state") }
    let p = state.tupleItems
    if !typeOf(p[0]).has(.call) || !isTuple(p[1]) || (!p[2].isNone && !isDict(p[2])) { return raise(t, .typeError, "invalid partial state") }
    let args = p[1].isExactly(.tuple) ? p[1] : makeTuple(t, p[1].tupleItems, p[1].tupleCount)
    if args.isRaised { return args }
    let keywords = p[2].isNone ? makeDict(t) : p[2].isExactly(.dict) ? p[2] : dictCopy(t, p[2])
    if keywords.isRaised { return keywords }
    let c = partialCell(a[0])
    storeSlot(&c.pointee.function, p[0])
    storeSlot(&c.pointee.args, args)
    storeSlot(&c.pointee.keywords, keywords)
    storeSlot(&c.pointee.attributes, p[3].isNone ? Value(bits: 0) : p[3])
    return .none
}
