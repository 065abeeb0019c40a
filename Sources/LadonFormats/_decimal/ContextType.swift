// decimal.Context: the table of its settings; its operations are in ContextType+Operations.swift.

import LadonLibrary

let contextParameters = ConstructorSignature(
    parameters: ["prec", "rounding", "Emin", "Emax", "capitals", "clamp", "flags", "traps"], required: 0, positional: 8)

func contextDefinition() -> TypeDefinition {
    TypeDefinition(
        nil, "decimal.Context", flags: [.baseType],
        doc: "The context affects almost all operations and controls rounding,\nOver/Underflow, raising of exceptions and much more.",
        signature: "(prec=None, rounding=None, Emin=None, Emax=None, capitals=None, clamp=None, flags=None, traps=None)",
        size: MemoryLayout<DecimalContextCell>.stride, layout: decimalContextLayout,
        slots: [
            .call(.new) { t, type, _, _, _ in
                let v: Value = allocateContext(t, type.asType)
                let template: Value = DecimalRoot.defaultContext.value
                if !v.isRaised && template.bits != 0 {
                    assignContext(v, from: template)
                    v.asDecimalContext.pointee.flags = 0
                }
                return v
            },
            .call(.initialize, context_init), .unary(.repr, context_repr),
            .ternary(.setAttribute) { t, v, name, value in
                if value.isMissing { return raise(t, .attributeError, "context attributes cannot be deleted") }
                return object_setAttribute(t, v, name, value)
            },
        ],
        members: settingMembers() + contextOperations())
}

private func context_init(_ t: Thread, _ v: Value, _ a: Values?, _ n: Int, _ names: Value) -> Value {
    withBound(t, contextParameters, a, n, names) { bound -> Value in
        for (i, set) in setters.enumerated() where !bound[i].isMissing && !bound[i].isNone {
            if !set(t, v, bound[i]) { return .raised }
        }
        for (i, isTraps) in [(6, false), (7, true)] where !bound[i].isMissing && !bound[i].isNone {
            if !setConditions(t, v, bound[i], isTraps: isTraps, takesList: true) { return .raised }
        }
        return .none
    }
}

private typealias Setter = (Thread, Value, Value) -> Bool

private let setters: [Setter] = [
    { t, c, v in setNumber(t, v, 1, maximumPrecision,
        "valid range for prec is [1, MAX_PREC]") { c.asDecimalContext.pointee.precision = $0 } },
    { t, c, v in
        guard let r = roundingArgument(t, v) else { return false }
        c.asDecimalContext.pointee.rounding = UInt8(r.rawValue)
        return true
    },
    { t, c, v in setNumber(t, v, minimumExponent, 0, "valid range for Emin is [MIN_EMIN, 0]") { c.asDecimalContext.pointee.emin = $0 } },
    { t, c, v in setNumber(t, v, 0, maximumExponent, "valid range for Emax is [0, MAX_EMAX]") { c.asDecimalContext.pointee.emax = $0 } },
    { t, c, v in setNumber(t, v, 0, 1, "valid values for capitals are 0 or 1") { c.asDecimalContext.pointee.capitals = UInt8($0) } },
    { t, c, v in setNumber(t, v, 0, 1, "valid values for clamp are 0 or 1") { c.asDecimalContext.pointee.clamp = UInt8($0) } },
]

private func setNumber(_ t: Thread, _ v: Value, _ least: Int, _ most: Int, _ message: String, _ store: (Int) -> Void) -> Bool {
    if !isInt(v) {
        _ = raise(t, .typeError, "an integer is required")
        return false
    }
    guard let n = asInt(t, v) else { return false }
    if n < least || n > most {
        _ = raise(t, .valueError, message)
        return false
    }
    store(n)
    return true
}

private func setConditions(_ t: Thread, _ context: Value, _ v: Value, isTraps: Bool, takesList: Bool) -> Bool {
    let set: Conditions
    if takesList && isList(v) {
        guard let s = conditions(t, ofList: v) else { return false }
        set = s
    } else if isSignalDict(v) {
        set = conditions(v)
    } else if isInstanceOf(v, .dict) {
        guard let s = conditions(t, ofDict: v) else { return false }
        set = s
    } else {
        _ = raise(t, .typeError, "argument must be a signal dict")
        return false
    }
    if isTraps { context.asDecimalContext.pointee.traps = set.rawValue } else { context.asDecimalContext.pointee.flags = set.rawValue }
    return true
}

/// A setting by its place among the parameters, for localcontext(). False: raised.
func setContextSetting(_ t: Thread, _ context: Value, _ i: Int, _ v: Value) -> Bool {
    i < setters.count ? setters[i](t, context, v) : setConditions(t, context, v, isTraps: i == 7, takesList: true)
}

private func settingMembers() -> [NativeMember] {
    [
        .ownModule,
        .attribute("prec", get: { t, a in makeInt(t, a[0].asDecimalContext.pointee.precision) }, set: { t, a in setters[0](t, a[0],
                a[1]) ? .none : .raised }),
        .attribute("rounding", get: { t, a in internStatic(t, roundingNames[Int(a[0].asDecimalContext.pointee.rounding)]) },
                   set: { t, a in setters[1](t, a[0], a[1]) ? .none : .raised }),
        .attribute("Emin", get: { t, a in makeInt(t, a[0].asDecimalContext.pointee.emin) }, set: { t, a in setters[2](t, a[0],
                a[1]) ? .none : .raised }),
        .attribute("Emax", get: { t, a in makeInt(t, a[0].asDecimalContext.pointee.emax) }, set: { t, a in setters[3](t, a[0],
                a[1]) ? .none : .raised }),
        .attribute("capitals", get: { t, a in Value(smallInt: Int(a[0].asDecimalContext.pointee.capitals)) },
                   set: { t, a in setters[4](t, a[0], a[1]) ? .none : .raised }),
        .attribute("clamp", get: { t, a in Value(smallInt: Int(a[0].asDecimalContext.pointee.clamp)) }, set: { t, a in setters[5](t, a[0],
                a[1]) ? .none : .raised }),
        .attribute("flags", get: { t, a in loadSlot(&a[0].asDecimalContext.pointee.flagDict) },
                   set: { t, a in setConditions(t, a[0], a[1], isTraps: false, takesList: false) ? .none : .raised }),
        .attribute("traps", get: { t, a in loadSlot(&a[0].asDecimalContext.pointee.trapDict) },
                   set: { t, a in setConditions(t, a[0], a[1], isTraps: true, takesList: false) ? .none : .raised }),
        .method("Etiny", "(self, /)", { t, a in makeInt(t, rules(a[0]).tiny) },
                "Return a value equal to Emin - prec + 1, the least exponent of subnormal results."),
        .method("Etop", "(self, /)", { t, a in makeInt(t, rules(a[0]).top) },
                "Return a value equal to Emax - prec + 1, the greatest exponent of full results."),
        .method("radix", "(self, /)", { t, _ in makeDecimal(t, Number(10)) }, "Return Decimal(10)."),
        .method("clear_flags", "(self, /)", { _, a in
            a[0].asDecimalContext.pointee.flags = 0
            return .none
        }, "Reset all flags to False."),
        .method("clear_traps", "(self, /)", { _, a in
            a[0].asDecimalContext.pointee.traps = 0
            return .none
        }, "Set all traps to False."),
        .method("copy", "(self, /)", { t, a in copyContext(t, a[0]) }, "Return a duplicate of the context with all flags cleared."),
        .method("__copy__", "!(self, /)", { t, a in copyContext(t, a[0]) }),
        .method("__reduce__", "!(self, /)", context_reduce),
    ]
}

private func context_repr(_ t: Thread, _ v: Value) -> Value {
    let c = v.asDecimalContext
    // In the order of their bits.
    let shown: [String] = ["Clamped", "InvalidOperation", "DivisionByZero", "Inexact", "FloatOperation", "Overflow", "Rounded",
        "Subnormal", "Underflow"]
    let sets: [Conditions] = [.clamped, .invalid, .divisionByZero, .inexact, .floatOperation, .overflow, .rounded, .subnormal, .underflow]
    func list(_ bits: UInt32) -> String {
        let set = Conditions(rawValue: bits)
        return zip(shown, sets).filter { !set.isDisjoint(with: $0.1) }.map { $0.0 }.joined(separator: ", ")
    }
    return makeString(t, "Context(prec=\(c.pointee.precision), rounding=\(roundingNames[Int(c.pointee.rounding)]), Emin=\(c.pointee.emin), "
        + "Emax=\(c.pointee.emax), capitals=\(c.pointee.capitals), clamp=\(c.pointee.clamp), flags=[\(list(c.pointee.flags))], "
        + "traps=[\(list(c.pointee.traps))])")
}

private func context_reduce(_ t: Thread, _ a: Values) -> Value {
    let c = a[0].asDecimalContext
    let flags: Value = Signal.list(t, Conditions(rawValue: c.pointee.flags))
    if flags.isRaised { return flags }
    let traps: Value = Signal.list(t, Conditions(rawValue: c.pointee.traps))
    if traps.isRaised { return traps }
    let parts: Value = makeTuple(t, 8)
    if parts.isRaised { return parts }
    parts.tupleItems[0] = makeInt(t, c.pointee.precision)
    parts.tupleItems[1] = internStatic(t, roundingNames[Int(c.pointee.rounding)])
    parts.tupleItems[2] = makeInt(t, c.pointee.emin)
    parts.tupleItems[3] = makeInt(t, c.pointee.emax)
    parts.tupleItems[4] = Value(smallInt: Int(c.pointee.capitals))
    parts.tupleItems[5] = Value(smallInt: Int(c.pointee.clamp))
    parts.tupleItems[6] = flags
    parts.tupleItems[7] = traps
    return makeTuple(t, typeOf(a[0]).value, parts)
}
