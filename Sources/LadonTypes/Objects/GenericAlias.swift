// types.GenericAlias (`list[int]`) and types.UnionType (`int | str`).

import LadonRuntime

private func alias(_ v: Value) -> UnsafeMutablePointer<GenericAliasCell> { v.cell(as: GenericAliasCell.self) }

func genericAliasDefinition() -> TypeDefinition {
    TypeDefinition(.genericAlias, "types.GenericAlias", flags: [.baseType, .weakReferenceable], doc: "A generic type with its arguments: list[int] has __origin__ list and __args__ (int,).",
                   size: MemoryLayout<GenericAliasCell>.size, layout: Layout(prefix: 3, flags: .container), slots: [
        .unary(.repr, alias_repr), .unary(.hash, alias_hash), .ternary(.compare, alias_compare),
        .call(.call, alias_call), .binary(.getAttribute, alias_getAttribute), .binary(.getItem, alias_getItem),
        .unary(.iter, alias_iter), .binary(.or, type_or), .call(.new, alias_new),
    ], members: [
        .method("__mro_entries__", "(self, bases, /)", { t, a in makeTuple(t, alias(a[0]).pointee.origin) }),
        .method("__instancecheck__", "(self, instance, /)", { t, a in raise(t, .typeError, "isinstance() argument 2 cannot be a parameterized generic") }),
        .method("__subclasscheck__", "(self, cls, /)", { t, a in raise(t, .typeError, "issubclass() argument 2 cannot be a parameterized generic") }),
        .method("__reduce__", "(self, /)", alias_reduce),
        .method("__dir__", "(self, /)", alias_dir),
        .member("__origin__", get: { t, a in alias(a[0]).pointee.origin }),
        .member("__args__", get: { t, a in alias(a[0]).pointee.arguments }),
        .member("__unpacked__", get: { t, a in Value(alias(a[0]).pointee.starred != 0) }),
        .attribute("__parameters__", get: { t, a in aliasParameters(t, a[0]) }, "Type variables in the alias."),
        .attribute("__typing_unpacked_tuple_args__", get: { t, a in
            let c = alias(a[0])
            return c.pointee.starred != 0 && c.pointee.origin == Value(builtinType(.tuple)) ? c.pointee.arguments : .none
        }),
    ])
}

private func aliasParameters(_ t: Thread, _ v: Value) -> Value {
    let present = loadSlot((v.cell + 24).assumingMemoryBound(to: Value.self))
    if present.bits != 0 { return present }
    let p = typeParameters(t, alias(v).pointee.arguments)
    if !p.isRaised { storeWord(v, 24, p) }
    return p
}

/// Attributes that are the alias's own; all others are its origin's.
private func isOwnAttribute(_ n: Value) -> Bool {
    for own in [Name.__class__, .__origin__, .__args__, .__unpacked__, .__parameters__, .__typing_unpacked_tuple_args__, .__mro_entries__,
                .__reduce_ex__, .__reduce__, .__copy__, .__deepcopy__] where n == name(own) { return true }
    return false
}

private func alias_getAttribute(_ t: Thread, _ v: Value, _ given: Value) -> Value {
    let n = attributeName(t, given)
    if n.isRaised { return n }
    if !isOwnAttribute(n) { return getAttribute(t, alias(v).pointee.origin, n) }
    let found = objectAttribute(t, v, n)
    return found.isMissing ? raiseAttributeError(t, v, n) : found
}

private func alias_repr(_ t: Thread, _ v: Value) -> Value {
    let c = alias(v)
    guard let origin = typeArgumentText(t, c.pointee.origin) else { return .raised }
    var b = StringBuilder(t)
    if c.pointee.starred != 0 { b.append("*") }
    b.append(origin)
    b.append("[")
    let n = c.pointee.arguments.tupleCount
    for i in 0..<n {
        if i > 0 { b.append(", ") }
        let argument = c.pointee.arguments.tupleItems[i]
        if isList(argument) {
            guard let text = listText(t, argument) else { return .raised }
            b.append(text)
            continue
        }
        guard let text = typeArgumentText(t, argument) else { return .raised }
        b.append(text)
    }
    if n == 0 { b.append("()") }
    b.append("]")
    return b.finish()
}

/// A list of types among the arguments, as in Callable[[int, str], bool].
private func listText(_ t: Thread, _ list: Value) -> String? {
    var parts: [String] = []
    for i in 0..<listCount(list) {
        guard let text = typeArgumentText(t, listGet(t, list, i)) else { return nil }
        parts.append(text)
    }
    return "[" + parts.joined(separator: ", ") + "]"
}

private func alias_hash(_ t: Thread, _ v: Value) -> Value {
    let a = hash(t, alias(v).pointee.origin)
    if a == -1 { return .raised }
    let b = hash(t, alias(v).pointee.arguments)
    return b == -1 ? .raised : hashValue(t, a ^ b)
}

private func alias_compare(_ t: Thread, _ a: Value, _ b: Value, _ op: Value) -> Value {
    if !isInstanceOf(b, .genericAlias) { return .notImplemented }
    let x = alias(a), y = alias(b)
    return equalityOnly(op) {
        if x.pointee.starred != y.pointee.starred { return 0 }
        let same = equal(t, x.pointee.origin, y.pointee.origin)
        return same <= 0 ? same : equal(t, x.pointee.arguments, y.pointee.arguments)
    }
}

/// Calling the alias makes an instance of the origin that knows its alias, if it can.
private func alias_call(_ t: Thread, _ v: Value, _ args: Values?, _ count: Int, _ names: Value) -> Value {
    let made = call(t, alias(v).pointee.origin, args: args, count + (names.bits == 0 ? 0 : names.tupleCount), names)
    if made.isRaised { return made }
    if setAttribute(t, made, .__orig_class__, v) < 0 {
        if !exceptionMatches(t, .attributeError) && !exceptionMatches(t, .typeError) { return .raised }
        clearException(t)
    }
    return made
}

private func alias_getItem(_ t: Thread, _ v: Value, _ item: Value) -> Value {
    let parameters = aliasParameters(t, v)
    if parameters.isRaised { return parameters }
    let arguments = substituteParameters(t, v, alias(v).pointee.arguments, parameters, item)
    return arguments.isRaised ? arguments : makeGenericAlias(t, alias(v).pointee.origin, arguments, starred: alias(v).pointee.starred != 0)
}

// MARK: iteration

/// `*alias` yields the starred alias once.
private struct AliasIteratorCell {
    var header: CellHeader
    /// 0 when it has been handed out.
    var alias: Value
}

nonisolated(unsafe) private var aliasIteratorType: TypePointer?

/// Called once, after the built-in types are installed.
func installAliasIterator(_ t: Thread) {
    if aliasIteratorType != nil { return }
    aliasIteratorType = installType(t, TypeDefinition(nil, "generic_alias_iterator", flags: [.disallowInstantiation], size: MemoryLayout<AliasIteratorCell>.size,
        layout: Layout(prefix: 1, flags: [.container]),
        slots: [.unary(.iter, iterSelf), .unary(.next) { t, v in
            let slot = aliasSlot(v)
            let whole = loadSlot(slot)
            if whole.bits == 0 { return .exhausted }
            storeSlot(slot, Value(bits: 0))
            return makeGenericAlias(t, alias(whole).pointee.origin, alias(whole).pointee.arguments, starred: true)
        }],
        members: [.method("__reduce__", "!(self, /)", { t, a in
            let whole = loadSlot(aliasSlot(a[0]))
            if whole.bits == 0 { return raise(t, .systemError, "NULL object passed to Py_BuildValue") }
            let iter = builtinNamed(t, "iter")
            return iter.isRaised ? iter : makeTuple(t, iter, makeTuple(t, whole))
        })]))
}

private func aliasSlot(_ iterator: Value) -> Values { (iterator.cell + 8).assumingMemoryBound(to: Value.self) }

private func alias_iter(_ t: Thread, _ v: Value) -> Value {
    let iterator = allocateInstance(t, aliasIteratorType.unsafelyUnwrapped)
    if !iterator.isRaised { storeSlot(aliasSlot(iterator), v) }
    return iterator
}

private func alias_new(_ t: Thread, _ type: Value, _ args: Values?, _ count: Int, _ names: Value) -> Value {
    if !noKeywords(t, "GenericAlias", names) || !checkPositional(t, "GenericAlias", count, 2, 2) { return .raised }
    let a = args.unsafelyUnwrapped
    if type == Value(builtinType(.genericAlias)) { return makeGenericAlias(t, a[0], a[1]) }
    let arguments = isTuple(a[1]) ? a[1] : makeTuple(t, a[1])
    if arguments.isRaised { return arguments }
    let v = allocateInstance(t, type.asType)
    if v.isRaised { return v }
    storeWord(v, 8, a[0])
    storeWord(v, 16, arguments)
    return v
}

private func alias_reduce(_ t: Thread, _ a: Values) -> Value {
    let c = alias(a[0])
    if c.pointee.starred != 0 {
        let plain = makeGenericAlias(t, c.pointee.origin, c.pointee.arguments)
        let next = builtinNamed(t, "next"), iter = builtinNamed(t, "iter")
        if plain.isRaised || next.isRaised || iter.isRaised { return .raised }
        let iterator = call(t, iter, plain)
        if iterator.isRaised { return iterator }
        let args = makeTuple(t, iterator)
        return args.isRaised ? args : makeTuple(t, next, args)
    }
    let args = makeTuple(t, c.pointee.origin, c.pointee.arguments)
    return args.isRaised ? args : makeTuple(t, Value(builtinType(.genericAlias)), args)
}

private func alias_dir(_ t: Thread, _ a: Values) -> Value {
    let dir = builtinNamed(t, "dir")
    if dir.isRaised { return dir }
    let list = call(t, dir, alias(a[0]).pointee.origin)
    if list.isRaised { return list }
    for own in [Name.__origin__, .__args__, .__parameters__, .__mro_entries__, .__reduce_ex__, .__reduce__, .__copy__, .__deepcopy__, .__unpacked__, .__typing_unpacked_tuple_args__] {
        let there = contains(t, list, name(own))
        if there < 0 || (there == 0 && listAppend(t, list, name(own)) < 0) { return .raised }
    }
    return list
}

// MARK: unions

private func union(_ v: Value) -> UnsafeMutablePointer<UnionCell> { v.cell(as: UnionCell.self) }

/// Unions compare and hash as sets of their members.
private func memberSet(_ t: Thread, _ v: Value) -> Value {
    let s = makeFrozenSet(t)
    return s.isRaised || setUpdate(t, s, union(v).pointee.arguments) < 0 ? .raised : s
}

func unionDefinition() -> TypeDefinition {
    TypeDefinition(.unionType, "types.UnionType", doc: "A union of types, such as int | str.", size: MemoryLayout<UnionCell>.size, layout: Layout(prefix: 2, flags: .container), slots: [
        .unary(.repr, union_repr),
        .unary(.hash) { t, v in
            let s = memberSet(t, v)
            if s.isRaised { return s }
            let h = hash(t, s)
            return h == -1 ? .raised : hashValue(t, h)
        },
        .ternary(.compare) { t, a, b, op in
            if !b.isExactly(.unionType) { return .notImplemented }
            return equalityOnly(op) {
                let x = memberSet(t, a), y = memberSet(t, b)
                return x.isRaised || y.isRaised ? -1 : equal(t, x, y)
            }
        },
        .binary(.or, type_or), .binary(.getItem, union_getItem), .binary(.getAttribute, union_getAttribute),
    ], members: [
        .member("__args__", get: { t, a in union(a[0]).pointee.arguments }),
        .attribute("__parameters__", get: { t, a in unionParameters(t, a[0]) }, "Type variables in the union."),
        .method("__instancecheck__", "(self, instance, /)", { t, a in truthValue(isInstance(t, a[1], a[0])) }),
        .method("__subclasscheck__", "(self, cls, /)", { t, a in truthValue(isSubclass(t, a[1], a[0])) }),
    ])
}

/// `__module__` is the type's: it stands in no dict that an instance looks into.
private func union_getAttribute(_ t: Thread, _ v: Value, _ given: Value) -> Value {
    let n = attributeName(t, given)
    if n.isRaised { return n }
    if n == name(.__module__) { return getAttribute(t, Value(builtinType(.unionType)), n) }
    let found = objectAttribute(t, v, n)
    return found.isMissing ? raiseAttributeError(t, v, n) : found
}

private func unionParameters(_ t: Thread, _ v: Value) -> Value {
    let present = loadSlot((v.cell + 16).assumingMemoryBound(to: Value.self))
    if present.bits != 0 { return present }
    let p = typeParameters(t, union(v).pointee.arguments)
    if !p.isRaised { storeWord(v, 16, p) }
    return p
}

private func union_repr(_ t: Thread, _ v: Value) -> Value {
    var b = StringBuilder(t)
    let arguments = union(v).pointee.arguments
    for i in 0..<arguments.tupleCount {
        if i > 0 { b.append(" | ") }
        if arguments.tupleItems[i] == Value(builtinType(.noneType)) {
            b.append("None")
            continue
        }
        guard let text = typeArgumentText(t, arguments.tupleItems[i]) else { return .raised }
        b.append(text)
    }
    return b.finish()
}

private func union_getItem(_ t: Thread, _ v: Value, _ item: Value) -> Value {
    let parameters = unionParameters(t, v)
    if parameters.isRaised { return parameters }
    let arguments = substituteParameters(t, v, union(v).pointee.arguments, parameters, item)
    return arguments.isRaised ? arguments : reduceUnion(t, arguments)
}
