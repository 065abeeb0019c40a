// The signals' exceptions, made like classes of Python: several have two bases.

import LadonLibrary

/// (name, root, bases). Order matters: bases first.
private let exceptions: [(name: StaticString, root: DecimalRoot, bases: [DecimalRoot], builtin: TypeID?)] = [
    ("DecimalException", .decimalException, [], .arithmeticError),
    ("Clamped", .clamped, [.decimalException], nil),
    ("Rounded", .rounded, [.decimalException], nil),
    ("Inexact", .inexact, [.decimalException], nil),
    ("Subnormal", .subnormal, [.decimalException], nil),
    ("Underflow", .underflow, [.inexact, .rounded, .subnormal], nil),
    ("Overflow", .overflow, [.inexact, .rounded], nil),
    ("DivisionByZero", .divisionByZero, [.decimalException], .zeroDivisionError),
    ("FloatOperation", .floatOperation, [.decimalException], .typeError),
    ("InvalidOperation", .invalidOperation, [.decimalException], nil),
    ("ConversionSyntax", .conversionSyntax, [.invalidOperation], nil),
    ("DivisionImpossible", .divisionImpossible, [.invalidOperation], nil),
    ("DivisionUndefined", .divisionUndefined, [.invalidOperation], .zeroDivisionError),
    ("InvalidContext", .invalidContext, [.invalidOperation], nil),
]

/// Makes them. False: raised.
func makeDecimalExceptions(_ t: Thread) -> Bool {
    for e in exceptions {
        let bases: Value = makeTuple(t, e.bases.count + (e.builtin == nil ? 0 : 1))
        let dict: Value = makeDict(t)
        if bases.isRaised || dict.isRaised { return false }
        for (i, b) in e.bases.enumerated() { bases.tupleItems[i] = b.value }
        if let builtin = e.builtin { bases.tupleItems[e.bases.count] = builtinType(builtin).value }
        if dictSet(t, dict, internStatic(t, "__module__"), internStatic(t, "decimal")) < 0 { return false }
        let made: Value = call(t, builtinType(.type).value, internStatic(t, e.name), bases, dict)
        if made.isRaised { return false }
        e.root.set(made)
    }
    return true
}

/// Puts them into the module. False: raised.
func addDecimalExceptions(_ t: Thread, _ module: Value) -> Bool {
    for e in exceptions where !setModuleName(t, module, e.name, e.root.value) { return false }
    return true
}
