// Contexts as operations use them: the current one, its rules, and what happens to the conditions that come up.

import LadonLibrary

/// The context of this thread and Python context, made from DefaultContext when there is none. 0: raised.
@inline(__always) func currentDecimalContext(_ t: Thread) -> Value {
    let found: Value = contextValue(t, DecimalRoot.contextVariable.value)
    return found.isMissing || found.isRaised ? firstContext(t, found) : found
}

@inline(never) private func firstContext(_ t: Thread, _ found: Value) -> Value {
    if found.isRaised { return found }
    let fresh: Value = copyContext(t, DecimalRoot.defaultContext.value)
    if fresh.isRaised { return fresh }
    fresh.asDecimalContext.pointee.flags = 0
    return setContextValue(t, DecimalRoot.contextVariable.value, fresh) ? fresh : .raised
}

/// The context an optional argument names: the current one for None. 0: raised.
@inline(__always) func contextArgument(_ t: Thread, _ v: Value) -> Value {
    if v.isNone || v.isMissing { return currentDecimalContext(t) }
    return isContext(v) ? v : raise(t, .typeError, "optional argument must be a context")
}

/// The settings as they are now: an operation reads them once, since other threads may change them meanwhile.
@inline(__always) func rules(_ context: Value) -> Rules {
    let c = context.asDecimalContext
    return Rules(precision: Int(bitPattern: ladon_load_relaxed(&c.pointee.precision)), emax: Int(bitPattern: ladon_load_relaxed(&c.pointee.emax)),
                 emin: Int(bitPattern: ladon_load_relaxed(&c.pointee.emin)),
                 rounding: Rounding(rawValue: Int(c.pointee.rounding)).unsafelyUnwrapped, clamp: c.pointee.clamp != 0)
}

/// Notes what happened in the context; false: it is trapped and raised.
@inline(__always) func note(_ t: Thread, _ context: Value, _ status: Conditions) -> Bool {
    if status.isEmpty { return true }
    let c = context.asDecimalContext
    let known: UInt32 = ladon_load32_relaxed(&c.pointee.flags), traps: UInt32 = ladon_load32_relaxed(&c.pointee.traps)
    if known | status.rawValue != known { addFlags(context, status) }
    if (traps | Conditions.noMemory.rawValue) & status.rawValue == 0 { return true }
    raiseTrapped(t, Conditions(rawValue: traps), status)
    return false
}

/// Sets flags without a look at the traps.
func addFlags(_ context: Value, _ status: Conditions) {
    let shown: Conditions = status.subtracting(.noMemory)
    withUnsafeMutablePointer(to: &context.asDecimalContext.pointee.flags) { _ = ladon_fetch_or32($0, shown.rawValue) }
}

@inline(never) private func raiseTrapped(_ t: Thread, _ traps: Conditions, _ status: Conditions) {
    if status.contains(.noMemory) {
        _ = raiseMemoryError(t)
        return
    }
    let trapped: Conditions = traps.intersection(status)
    guard let signal = Signal.all.first(where: { !trapped.isDisjoint(with: $0.conditions) }) else { return }
    let names: Value = makeList(t)
    if names.isRaised { return }
    for condition in Signal.invalidConditions + Signal.all.dropFirst() where !trapped.isDisjoint(with: condition.conditions) {
        if listAppend(t, names, condition.root.value) < 0 { return }
    }
    let e: Value = call(t, signal.root.value, names)
    if !e.isRaised { _ = raiseInstance(t, e) }
}

/// The signals, in the order of CPython's table, and the conditions behind InvalidOperation.
struct Signal {
    var name: StaticString
    var conditions: Conditions
    var root: DecimalRoot

    static var all: [Signal] { [
        Signal(name: "InvalidOperation", conditions: .invalid, root: .invalidOperation),
        Signal(name: "FloatOperation", conditions: .floatOperation, root: .floatOperation),
        Signal(name: "DivisionByZero", conditions: .divisionByZero, root: .divisionByZero),
        Signal(name: "Overflow", conditions: .overflow, root: .overflow),
        Signal(name: "Underflow", conditions: .underflow, root: .underflow),
        Signal(name: "Subnormal", conditions: .subnormal, root: .subnormal),
        Signal(name: "Inexact", conditions: .inexact, root: .inexact),
        Signal(name: "Rounded", conditions: .rounded, root: .rounded),
        Signal(name: "Clamped", conditions: .clamped, root: .clamped),
    ] }
    static var invalidConditions: [Signal] { [
        Signal(name: "InvalidOperation", conditions: .invalidOperation, root: .invalidOperation),
        Signal(name: "ConversionSyntax", conditions: .conversionSyntax, root: .conversionSyntax),
        Signal(name: "DivisionImpossible", conditions: .divisionImpossible, root: .divisionImpossible),
        Signal(name: "DivisionUndefined", conditions: .divisionUndefined, root: .divisionUndefined),
        Signal(name: "InvalidContext", conditions: .invalidContext, root: .invalidContext),
    ] }

    /// The signals in a set, as a list of exceptions. 0: raised.
    static func list(_ t: Thread, _ set: Conditions) -> Value {
        let l: Value = makeList(t)
        if l.isRaised { return l }
        for s in all where !set.isDisjoint(with: s.conditions) && listAppend(t, l, s.root.value) < 0 { return .raised }
        return l
    }

    /// The conditions of a signal's exception; nil after raising KeyError.
    static func conditions(_ t: Thread, of v: Value) -> Conditions? {
        if let s = all.first(where: { $0.root.value == v }) { return s.conditions }
        _ = raise(t, .keyError,
            "valid values for signals are:\n  [InvalidOperation, FloatOperation, DivisionByZero,\n   Overflow, Underflow, Subnormal, Inexact, Rounded,\n   Clamped]")
        return nil
    }
}

// MARK: roundings

let roundingNames: [StaticString] = ["ROUND_UP", "ROUND_DOWN", "ROUND_CEILING", "ROUND_FLOOR", "ROUND_HALF_UP", "ROUND_HALF_DOWN",
    "ROUND_HALF_EVEN", "ROUND_05UP"]

/// The rounding of that name; nil after raising TypeError.
func roundingArgument(_ t: Thread, _ v: Value) -> Rounding? {
    if isInstanceOf(v, .str) {
        for (i, name) in roundingNames.enumerated() where stringEqual(v, name) { return Rounding(rawValue: i) }
    }
    _ = raise(t, .typeError,
        "valid values for rounding are:\n  [ROUND_CEILING, ROUND_FLOOR, ROUND_UP, ROUND_DOWN,\n   ROUND_HALF_UP, ROUND_HALF_DOWN, ROUND_HALF_EVEN,\n   ROUND_05UP]")
    return nil
}

// MARK: making contexts

/// A context with its two dicts. 0: raised.
func allocateContext(_ t: Thread, _ type: TypePointer) -> Value {
    let v: Value = allocateInstance(t, type)
    if v.isRaised { return v }
    let c = v.asDecimalContext
    c.pointee.precision = 28
    c.pointee.emax = 999_999
    c.pointee.emin = -999_999
    c.pointee.rounding = UInt8(Rounding.halfEven.rawValue)
    c.pointee.capitals = 1
    c.pointee.traps = Conditions.invalid.union([.divisionByZero, .overflow]).rawValue
    for isTraps in [UInt(0), 1] {
        let d: Value = allocateInstance(t, DecimalRoot.signalDictType.value.asType)
        if d.isRaised { return d }
        d.asSignalDict.pointee.context = v
        d.asSignalDict.pointee.isTraps = isTraps
        if isTraps == 1 { storeSlot(&c.pointee.trapDict, d) } else { storeSlot(&c.pointee.flagDict, d) }
    }
    return v
}

/// The settings of `from`; the dicts stay.
func assignContext(_ to: Value, from: Value) {
    let c = to.asDecimalContext, o = from.asDecimalContext
    c.pointee.precision = o.pointee.precision
    c.pointee.emax = o.pointee.emax
    c.pointee.emin = o.pointee.emin
    c.pointee.traps = o.pointee.traps
    c.pointee.flags = o.pointee.flags
    c.pointee.rounding = o.pointee.rounding
    c.pointee.clamp = o.pointee.clamp
    c.pointee.capitals = o.pointee.capitals
}

func copyContext(_ t: Thread, _ v: Value) -> Value {
    let copy: Value = allocateContext(t, decimals.pointee.context)
    if !copy.isRaised { assignContext(copy, from: v) }
    return copy
}

// MARK: results

/// The Decimal that an operation came to, unless it is trapped.
@inline(__always) func result(_ t: Thread, _ n: Number, _ status: Conditions, _ context: Value) -> Value {
    if !note(t, context, status) { return .raised }
    return makeDecimal(t, n)
}

/// Whether an operation may take so long that it had better run detached: about 10 microseconds.
@inline(__always) func isLong(_ n: Number) -> Bool { n.coefficient.big.map { $0.size > 128 } ?? false }

/// Precisions beyond which operations take so long: of arithmetic, and of functions that are sums of many terms.
let longPrecision = 2000
let longFunctionPrecision = 150

@inline(__always)
func unary(_ t: Thread, _ a: Value, _ context: Value, limit: Int = longPrecision, _ operation: (Number, Rules,
    inout Conditions) -> Number) -> Value {
    if context.isRaised { return context }
    let x: Number = number(a)
    let r: Rules = rules(context)
    var status: Conditions = []
    let n: Number
    if r.precision > limit || isLong(x) {
        n = blocking(t) { operation(x, r, &status) }
    } else {
        n = operation(x, r, &status)
    }
    return result(t, n, status, context)
}

@inline(__always)
func binary(_ t: Thread, _ x: Number, _ y: Number, _ context: Value, limit: Int = longPrecision,
            _ operation: (Number, Number, Rules, inout Conditions) -> Number) -> Value {
    let r: Rules = rules(context)
    var status: Conditions = []
    let n: Number
    if r.precision > limit || isLong(x) || isLong(y) {
        n = blocking(t) { operation(x, y, r, &status) }
    } else {
        n = operation(x, y, r, &status)
    }
    return result(t, n, status, context)
}
