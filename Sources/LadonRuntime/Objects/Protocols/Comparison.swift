// Comparison, hashing and truth of any objects.

import LadonCore

/// `a op b`.
public func compare(_ t: Thread, _ a: Value, _ b: Value, _ op: CompareOp) -> Value {
    if !a.isCell || !b.isCell { return compareCells(t, a, b, op) }
    if !enterNative(t, " in comparison") { return .raised }
    let r = compareCells(t, a, b, op)
    leaveNative(t)
    return r
}

/// `a op b` without the recursion guard.
@inline(__always)
private func compareCells(_ t: Thread, _ a: Value, _ b: Value, _ op: CompareOp) -> Value {
    let ta = typeOf(a), tb = typeOf(b)
    let opValue = Value(smallInt: op.rawValue)
    var triedReflected = false
    if ta != tb && isSubtype(tb, ta), let f = tb.ternary(.compare) {
        triedReflected = true
        let r = f(t, b, a, Value(smallInt: op.swapped.rawValue))
        if !r.isNotImplemented { return r }
    }
    if let f = ta.ternary(.compare) {
        let r = f(t, a, b, opValue)
        if !r.isNotImplemented { return r }
    }
    if !triedReflected, let f = tb.ternary(.compare) {
        let r = f(t, b, a, Value(smallInt: op.swapped.rawValue))
        if !r.isNotImplemented { return r }
    }
    switch op {
    case .eq: return Value(a == b)
    case .ne: return Value(a != b)
    default: return raise(t, .typeError, "'\(op.symbol)' not supported between instances of '\(typeName(a))' and '\(typeName(b))'")
    }
}

/// The same with the operator as slots get it.
public func compare(_ t: Thread, _ a: Value, _ b: Value, _ op: Value) -> Value { compare(t, a, b, CompareOp(rawValue: op.smallInt).unsafelyUnwrapped) }

/// The truth of `a op b`, identity first for == and !=.
public func compareTruth(_ t: Thread, _ a: Value, _ b: Value, _ op: CompareOp) -> Truth {
    if a == b {
        if op == .eq { return 1 }
        if op == .ne { return 0 }
    }
    let r = compare(t, a, b, op)
    if r.isRaised { return -1 }
    return isTrue(t, r)
}

/// `a is b or a == b`, as containers compare.
public func equal(_ t: Thread, _ a: Value, _ b: Value) -> Truth {
    if a == b { return 1 }
    if a.isSmallInt && b.isSmallInt { return 0 }
    if a.isExactly(.str) && b.isExactly(.str) { return stringEqual(a, b) ? 1 : 0 }
    return compareTruth(t, a, b, .eq)
}

/// hash(v); -1: raised.
public func hash(_ t: Thread, _ v: Value) -> Int {
    if v.isSmallInt { return smallIntHash(v.smallInt) }
    if v.isExactly(.str) { return stringHash(v) }
    guard let f = typeOf(v).unary(.hash) else {
        _ = raise(t, .typeError, "unhashable type: '\(typeName(v))'")
        return -1
    }
    let r = f(t, v)
    if r.isSmallInt { return r.smallInt == -1 ? -2 : r.smallInt }
    if r.isRaised { return -1 }
    let h = Int(bitPattern: intTruncated(r))
    return h == -1 ? -2 : h
}

/// A hash as the `hash` slot answers it.
@inline(__always) public func hashValue(_ t: Thread, _ h: Int) -> Value {
    Value.fitsSmallInt(h) ? Value(smallInt: h) : makeInt(t, h)
}

/// bool(v).
@inline(__always) public func isTrue(_ t: Thread, _ v: Value) -> Truth {
    if v.isTrue { return 1 }
    if v.isFalse || v.isNone { return 0 }
    if v.isSmallInt { return v.smallInt != 0 ? 1 : 0 }
    if v.isExactly(.str) { return v.strCount != 0 ? 1 : 0 }
    return isTrueSlow(t, v)
}

@inline(never) func isTrueSlow(_ t: Thread, _ v: Value) -> Truth {
    let type = typeOf(v)
    if let f = type.unary(.bool) {
        let r = f(t, v)
        return r.isRaised ? -1 : r.isTrue ? 1 : 0
    }
    if let f = type.unary(.length) {
        let r = f(t, v)
        // Only lengths beyond 2**62 are no small integers.
        return r.isRaised ? -1 : r.isSmallInt && r.smallInt == 0 ? 0 : 1
    }
    return 1
}
