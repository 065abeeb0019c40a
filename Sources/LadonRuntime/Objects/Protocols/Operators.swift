// Binary, in-place and unary operators on any objects: the types' slots in Python's order, and the TypeErrors.

import LadonCore

/// How messages write an arithmetic slot.
private func symbol(_ s: Slot) -> String {
    switch s {
    case .add: return "+"
    case .subtract: return "-"
    case .multiply: return "*"
    case .matrixMultiply: return "@"
    case .trueDivide: return "/"
    case .floorDivide: return "//"
    case .modulo: return "%"
    case .divmod: return "divmod()"
    case .leftShift: return "<<"
    case .rightShift: return ">>"
    case .and: return "&"
    case .or: return "|"
    case .xor: return "^"
    case .power: return "** or pow()"
    default: return "?"
    }
}

/// The in-place slot that belongs to a binary one.
@inline(__always) private func inplaceSlot(_ s: Slot) -> Slot {
    switch s {
    case .add: return .inplaceAdd
    case .subtract: return .inplaceSubtract
    case .multiply: return .inplaceMultiply
    case .matrixMultiply: return .inplaceMatrixMultiply
    case .trueDivide: return .inplaceTrueDivide
    case .floorDivide: return .inplaceFloorDivide
    case .modulo: return .inplaceModulo
    case .leftShift: return .inplaceLeftShift
    case .rightShift: return .inplaceRightShift
    case .and: return .inplaceAnd
    case .or: return .inplaceOr
    default: return .inplaceXor
    }
}

/// Both operands' slots: the right one first when its type is a proper subclass with a slot of its own.
@inline(__always) private func tryBinary(_ t: Thread, _ a: Value, _ b: Value, _ slot: Slot) -> Value {
    let ta = typeOf(a), tb = typeOf(b)
    let left = ta.slot(slot)
    var right = ta == tb ? nil : tb.slot(slot)
    if right == left { right = nil }
    if left != nil {
        if right != nil && isSubtype(tb, ta) {
            let r = tb.binary(slot).unsafelyUnwrapped(t, a, b)
            if !r.isNotImplemented { return r }
            right = nil
        }
        let r = ta.binary(slot).unsafelyUnwrapped(t, a, b)
        if !r.isNotImplemented { return r }
    }
    if right != nil { return tb.binary(slot).unsafelyUnwrapped(t, a, b) }
    return .notImplemented
}

@inline(never) private func raiseOperands(_ t: Thread, _ a: Value, _ b: Value, _ symbol: String) -> Value {
    raise(t, .typeError, "unsupported operand type(s) for \(symbol): '\(typeName(a))' and '\(typeName(b))'")
}

/// `a op b` for an arithmetic slot.
public func binaryOperation(_ t: Thread, _ a: Value, _ b: Value, _ slot: Slot) -> Value {
    let r = tryBinary(t, a, b, slot)
    if !r.isNotImplemented { return r }
    if slot == .add, let concat = typeOf(a).binary(.concat) { return concat(t, a, b) }
    if slot == .multiply {
        if let f = typeOf(a).binary(.repeat) { return repeatSequence(t, a, b, f) }
        if let f = typeOf(b).binary(.repeat) { return repeatSequence(t, b, a, f) }
    }
    // Python 2's print statement with a redirection.
    if slot == .rightShift && a.isExactly(.nativeFunction) && a.asNativeFunction.pointee.record.pointee.member.name.description == "print" {
        return raise(t, .typeError, "unsupported operand type(s) for >>: '\(typeName(a))' and '\(typeName(b))'. Did you mean \"print(<message>, file=<output_stream>)\"?")
    }
    return raiseOperands(t, a, b, symbol(slot))
}

private func repeatSequence(_ t: Thread, _ sequence: Value, _ times: Value, _ f: BinaryFunction) -> Value {
    if !isInt(times) && !typeOf(times).has(.index) { return raise(t, .typeError, "can't multiply sequence by non-int of type '\(typeName(times))'") }
    return f(t, sequence, times)
}

/// `a op= b` for an arithmetic slot: the in-place slot, then the plain one.
public func inplaceOperation(_ t: Thread, _ a: Value, _ b: Value, _ slot: Slot) -> Value {
    let ta = typeOf(a)
    if let f = ta.binary(inplaceSlot(slot)) {
        let r = f(t, a, b)
        if !r.isNotImplemented { return r }
    }
    let r = tryBinary(t, a, b, slot)
    if !r.isNotImplemented { return r }
    if slot == .add {
        if let f = ta.binary(.inplaceConcat) ?? ta.binary(.concat) { return f(t, a, b) }
    } else if slot == .multiply {
        if let f = ta.binary(.inplaceRepeat) ?? ta.binary(.repeat) { return repeatSequence(t, a, b, f) }
        if let f = typeOf(b).binary(.repeat) { return repeatSequence(t, b, a, f) }
    }
    return raiseOperands(t, a, b, symbol(slot) + "=")
}

/// `pow(a, b, modulus)`; `modulus` None for `a ** b`.
public func power(_ t: Thread, _ a: Value, _ b: Value, _ modulus: Value) -> Value {
    let r = tryPower(t, a, b, modulus)
    if !r.isNotImplemented { return r }
    if modulus.isNone { return raiseOperands(t, a, b, "** or pow()") }
    return raise(t, .typeError, "unsupported operand type(s) for ** or pow(): '\(typeName(a))', '\(typeName(b))', '\(typeName(modulus))'")
}

private func tryPower(_ t: Thread, _ a: Value, _ b: Value, _ modulus: Value) -> Value {
    let ta = typeOf(a), tb = typeOf(b)
    let left = ta.ternary(.power)
    var right = ta == tb || tb.slot(.power) == ta.slot(.power) ? nil : tb.ternary(.power)
    if let left {
        if let f = right, isSubtype(tb, ta) {
            let r = f(t, a, b, modulus)
            if !r.isNotImplemented { return r }
            right = nil
        }
        let r = left(t, a, b, modulus)
        if !r.isNotImplemented { return r }
    }
    if let f = right {
        let r = f(t, a, b, modulus)
        if !r.isNotImplemented { return r }
    }
    if !modulus.isNone {
        let tm = typeOf(modulus)
        if tm.slot(.power) != ta.slot(.power), tm.slot(.power) != tb.slot(.power), let f = tm.ternary(.power) { return f(t, a, b, modulus) }
    }
    return .notImplemented
}

/// `a **= b`.
public func inplacePower(_ t: Thread, _ a: Value, _ b: Value) -> Value {
    if let f = typeOf(a).ternary(.inplacePower) {
        let r = f(t, a, b, .none)
        if !r.isNotImplemented { return r }
    }
    let r = tryPower(t, a, b, .none)
    return r.isNotImplemented ? raiseOperands(t, a, b, "**=") : r
}

/// `-v`, `+v`, `~v`, abs(v): .negative, .positive, .invert, .absolute.
public func unaryOperation(_ t: Thread, _ v: Value, _ slot: Slot) -> Value {
    if let f = typeOf(v).unary(slot) { return f(t, v) }
    let what: String
    switch slot {
    case .negative: what = "unary -"
    case .positive: what = "unary +"
    case .invert: what = "unary ~"
    default: what = "abs()"
    }
    return raise(t, .typeError, "bad operand type for \(what): '\(typeName(v))'")
}
