// The module `_decimal`: decimal floating-point arithmetic (the General Decimal Arithmetic Specification). `decimal` takes all its
// names from here.

import LadonLibrary

public func decimalModule() -> ModuleDefinition {
    ModuleDefinition("_decimal", doc: "C decimal arithmetic module", members: [
        .method("getcontext", "($module, /)", { t, _ in currentDecimalContext(t) }, "Get the current default context."),
        .method("setcontext", "($module, context, /)", decimal_setcontext, "Set a new default context."),
        .method("localcontext", "($module, /, ctx=None, **kwargs)",
                decimal_localcontext,
                    "Return a context manager that sets the current context to a copy of ctx, with the given settings, for its block."),
    ], initialize: decimal_initialize)
}

private func decimal_initialize(_ t: Thread, _ a: Values) -> Value {
    if installDecimalTypes(t) && !makeValues(t) { return .raised }
    let numbers: Value = importModule(t, "numbers")
    let number: Value = numbers.isRaised ? numbers : getAttribute(t, numbers, internStatic(t, "Number"))
    if number.isRaised || callMethod(t, number, internStatic(t, "register"), decimals.pointee.decimal.value).isRaised { return .raised }
    let m: Value = a[0], p = decimals.pointee
    for (i, n) in roundingNames.enumerated() where !setModuleName(t, m, n, internStatic(t, roundingNames[i])) { return .raised }
    let done: Bool = setModuleName(t, m, "Decimal", p.decimal.value) && setModuleName(t, m, "Context", p.context.value)
        && setModuleName(t, m, "DecimalTuple", DecimalRoot.decimalTuple.value)
        && setModuleName(t, m, "DefaultContext", DecimalRoot.defaultContext.value)
        && setModuleName(t, m, "BasicContext", DecimalRoot.basicContext.value)
        && setModuleName(t, m, "ExtendedContext", DecimalRoot.extendedContext.value)
        && setModuleName(t, m, "HAVE_THREADS", .true) && setModuleName(t, m, "HAVE_CONTEXTVAR", .true)
        && setModuleName(t, m, "MAX_PREC", makeInt(t, maximumPrecision)) && setModuleName(t, m, "MAX_EMAX", makeInt(t, maximumExponent))
        && setModuleName(t, m, "MIN_EMIN", makeInt(t, minimumExponent)) && setModuleName(t, m, "MIN_ETINY", makeInt(t, minimumTiny))
        && setModuleName(t, m, "__version__", makeString(t, "1.70")) && setModuleName(t, m, "__libmpdec_version__", makeString(t, "2.5.1"))
        && addDecimalExceptions(t, m)
    return done ? .none : .raised
}

/// What is made once: exceptions, Python classes, templates of contexts. False: raised.
private func makeValues(_ t: Thread) -> Bool {
    if !makeDecimalExceptions(t) || !makePythonTypes(t) { return false }
    let variables: Value = importModule(t, "_contextvars")
    if variables.isRaised { return false }
    let variableType: Value = getAttribute(t, variables, internStatic(t, "ContextVar"))
    let variable: Value = variableType.isRaised ? variableType : call(t, variableType, internStatic(t, "decimal_context"))
    if variable.isRaised { return false }
    DecimalRoot.contextVariable.set(variable)
    let fresh: Value = allocateContext(t, decimals.pointee.context)
    if fresh.isRaised { return false }
    DecimalRoot.defaultContext.set(fresh)
    for root in [DecimalRoot.basicContext, .extendedContext] {
        let v: Value = allocateContext(t, decimals.pointee.context)
        if v.isRaised { return false }
        root.set(v)
        let c = v.asDecimalContext
        c.pointee.precision = 9
        c.pointee.traps = 0
        if root == .basicContext {
            c.pointee.rounding = UInt8(Rounding.halfUp.rawValue)
            c.pointee.traps = Conditions.invalid.union([.divisionByZero, .overflow, .underflow, .clamped]).rawValue
        }
    }
    return true
}

/// Names that `decimal` has of the library's other modules. False: raised.
private func makePythonTypes(_ t: Thread) -> Bool {
    func attribute(_ module: String, _ name: StaticString) -> Value {
        let m: Value = importModule(t, module)
        return m.isRaised ? m : getAttribute(t, m, internStatic(t, name))
    }
    let namedTuple: Value = attribute("collections", "namedtuple")
    if namedTuple.isRaised { return false }
    let tuple: Value = call(t, namedTuple, internStatic(t, "DecimalTuple"), makeString(t, "sign digits exponent"))
    if tuple.isRaised || setAttribute(t, tuple, internStatic(t, "__module__"), internStatic(t, "decimal")) < 0 { return false }
    DecimalRoot.decimalTuple.set(tuple)

    let mapping: Value = attribute("collections.abc", "MutableMapping")
    if mapping.isRaised { return false }
    let bases: Value = makeTuple(t, decimals.pointee.signalDict.value, mapping), dict: Value = makeDict(t)
    if bases.isRaised || dict.isRaised { return false }
    let type: Value = call(t, typeOf(mapping).value, internStatic(t, "SignalDict"), bases, dict)
    if type.isRaised { return false }
    DecimalRoot.signalDictType.set(type)
    return true
}
