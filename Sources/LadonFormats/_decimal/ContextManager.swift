// getcontext(), setcontext(), localcontext() and what the latter answers.

import LadonLibrary

func contextManagerDefinition() -> TypeDefinition {
    TypeDefinition(
        nil, "decimal.ContextManager", flags: [.disallowInstantiation], size: MemoryLayout<ContextManagerCell>.stride,
        layout: Layout(prefix: 2),
        members: [
            .method("__enter__", "!(self, /)", { t, a in
                let local: Value = a[0].cell(as: ContextManagerCell.self).pointee.local
                return makeCurrent(t, local) ? local : .raised
            }),
            .method("__exit__", "!(self, *args)", { t, a in
                makeCurrent(t, a[0].cell(as: ContextManagerCell.self).pointee.global) ? .none : .raised
            }),
        ])
}

/// DefaultContext and the other templates are copied, so that they stay what they are.
private func makeCurrent(_ t: Thread, _ v: Value) -> Bool {
    var context: Value = v
    if v == DecimalRoot.defaultContext.value || v == DecimalRoot.basicContext.value || v == DecimalRoot.extendedContext.value {
        context = copyContext(t, v)
        if context.isRaised { return false }
        context.asDecimalContext.pointee.flags = 0
    }
    return setContextValue(t, DecimalRoot.contextVariable.value, context)
}

func decimal_setcontext(_ t: Thread, _ a: Values) -> Value {
    if !isContext(a[1]) { return raise(t, .typeError, "argument must be a context") }
    return makeCurrent(t, a[1]) ? .none : .raised
}

func decimal_localcontext(_ t: Thread, _ a: Values) -> Value {
    let global: Value = currentDecimalContext(t)
    if global.isRaised { return global }
    var source: Value = global
    if !a[1].isNone {
        if !isContext(a[1]) { return raise(t, .typeError, "optional argument must be a context") }
        source = a[1]
    }
    let local: Value = copyContext(t, source)
    if local.isRaised { return local }
    // Settings by name; only those that a context has.
    var known: Int = 0
    for (i, name) in contextParameters.parameters.enumerated() {
        let v: Value = dictGet(t, a[2], internStatic(t, name))
        if v.isRaised { return v }
        if v.isMissing { continue }
        known += 1
        if !v.isNone && !setContextSetting(t, local, i, v) { return .raised }
    }
    if known < dictCount(a[2]) {
        let names: Value = call(t, builtinType(.list).value, a[2])
        if names.isRaised { return names }
        for i in 0 ..< listCount(names) {
            let name: Value = listGet(t, names, i)
            if name.isRaised { return name }
            if !contextParameters.parameters.contains(where: { stringEqual(name, $0) }) {
                return raise(t, .typeError, "'\(swiftString(name))' is an invalid keyword argument for this function")
            }
        }
    }
    let v: Value = allocateInstance(t, decimals.pointee.contextManager)
    if v.isRaised { return v }
    let c = v.cell(as: ContextManagerCell.self)
    storeSlot(&c.pointee.local, local)
    storeSlot(&c.pointee.global, global)
    return v
}
