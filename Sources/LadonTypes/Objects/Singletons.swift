// The types of None, NotImplemented and Ellipsis, and cell (closure variables).

import LadonRuntime

private func soleInstance(_ t: Thread, _ n: String, _ count: Int, _ names: Value, _ v: Value) -> Value {
    if count > 0 || (names.bits != 0 && names.tupleCount > 0) { return raise(t, .typeError, "\(n) takes no arguments") }
    return v
}

func noneDefinition() -> TypeDefinition {
    TypeDefinition(.noneType, "NoneType", slots: [
        .unary(.repr) { t, v in makeString(t, "None") }, .unary(.bool) { t, v in .false },
        .unary(.hash) { t, v in Value(smallInt: 0xFCA8_6420) },
        .call(.new) { t, type, args, count, names in soleInstance(t, "NoneType", count, names, .none) },
    ])
}

func notImplementedDefinition() -> TypeDefinition {
    TypeDefinition(.notImplementedType, "NotImplementedType", slots: [
        .unary(.repr) { t, v in makeString(t, "NotImplemented") },
        .unary(.bool) { t, v in
            warn(t, .deprecationWarning, "NotImplemented should not be used in a boolean context") < 0 ? .raised : .true
        },
        .call(.new) { t, type, args, count, names in soleInstance(t, "NotImplementedType", count, names, .notImplemented) },
    ], members: [.method("__reduce__", "(self, /)", { t, a in makeString(t, "NotImplemented") })])
}

func ellipsisDefinition() -> TypeDefinition {
    TypeDefinition(.ellipsisType, "ellipsis", slots: [
        .unary(.repr) { t, v in makeString(t, "Ellipsis") },
        .call(.new) { t, type, args, count, names in soleInstance(t, "EllipsisType", count, names, .ellipsis) },
    ], members: [.method("__reduce__", "(self, /)", { t, a in makeString(t, "Ellipsis") })])
}

// MARK: cell

func cellDefinition() -> TypeDefinition {
    TypeDefinition(.cellVariable, "cell", doc: "Create a cell; without contents it is empty, and reading cell_contents raises ValueError.", signature: "([contents])",
                   size: MemoryLayout<CellVariableCell>.size, layout: Layout(prefix: 1, flags: .container), slots: [
        .unary(.repr, cell_repr), .ternary(.compare, cell_compare), .call(.new, cell_new),
    ], members: [
        .attribute("cell_contents", get: { t, a in
            let v = loadSlot((a[0].cell + 8).assumingMemoryBound(to: Value.self))
            return v.bits == 0 ? raise(t, .valueError, "Cell is empty") : v
        }, set: { t, a in
            storeWord(a[0], 8, a[1].isMissing ? Value(bits: 0) : a[1])
            return .none
        }),
    ])
}

private func contents(_ v: Value) -> Value { loadSlot((v.cell + 8).assumingMemoryBound(to: Value.self)) }

private func cell_repr(_ t: Thread, _ v: Value) -> Value {
    let c = contents(v)
    if c.bits == 0 { return makeString(t, "<cell at \(addressText(v)): empty>") }
    return makeString(t, "<cell at \(addressText(v)): \(typeName(c)) object at \(addressText(c))>")
}

private func cell_compare(_ t: Thread, _ a: Value, _ b: Value, _ op: Value) -> Value {
    if !b.isExactly(.cellVariable) { return .notImplemented }
    let x = contents(a), y = contents(b)
    if x.bits != 0 && y.bits != 0 { return compare(t, x, y, op) }
    let left = x.bits == 0 ? 0 : 1, right = y.bits == 0 ? 0 : 1
    return compare(t, Value(smallInt: left), Value(smallInt: right), op)
}

private func cell_new(_ t: Thread, _ type: Value, _ args: Values?, _ count: Int, _ names: Value) -> Value {
    if !noKeywords(t, "cell", names) || !checkPositional(t, "cell", count, 0, 1) { return .raised }
    let v = allocateInstance(t, type.asType)
    if !v.isRaised && count == 1 { storeWord(v, 8, args.unsafelyUnwrapped[0]) }
    return v
}
