// The module `_operator`: the operators as functions.

import LadonTypes

public func operatorModule() -> ModuleDefinition {
    ModuleDefinition("_operator", doc: "Operator interface: functions that correspond to the operators of the language.",
                     members: unaryMembers() + binaryMembers() + inplaceMembers() + otherMembers(),
                     types: [itemGetterType, attrGetterType, methodCallerType],
                     initialize: operator_initialize)
}


private func operator_initialize(_ t: Thread, _ a: Values) -> Value { .none }

private func one(_ name: StaticString, _ f: @escaping NativeFunction, _ doc: StaticString) -> NativeMember { .method(name, "($module, a, /)", f, doc) }
private func two(_ name: StaticString, _ f: @escaping NativeFunction, _ doc: StaticString) -> NativeMember { .method(name, "($module, a, b, /)", f, doc) }

private func unaryMembers() -> [NativeMember] {
    [
        one("truth", { t, a in truthValue(isTrue(t, a[1])) }, "Return True if a is true, False otherwise."),
        one("not_", { t, a in truthValue(isTrue(t, a[1]), negated: true) }, "Same as not a."),
        one("neg", { t, a in unaryOperation(t, a[1], .negative) }, "Same as -a."),
        one("pos", { t, a in unaryOperation(t, a[1], .positive) }, "Same as +a."),
        one("inv", { t, a in unaryOperation(t, a[1], .invert) }, "Same as ~a."),
        one("invert", { t, a in unaryOperation(t, a[1], .invert) }, "Same as ~a."),
        one("abs", { t, a in absoluteValue(t, a[1]) }, "Same as abs(a)."),
        one("index", { t, a in plainIndex(t, a[1]) }, "Same as a.__index__()"),
    ]
}

private func absoluteValue(_ t: Thread, _ v: Value) -> Value {
    guard let f = typeOf(v).unary(.absolute) else { return raise(t, .typeError, "bad operand type for abs(): '\(typeName(v))'") }
    return f(t, v)
}

private func truthValue(_ r: Truth, negated: Bool = false) -> Value { r < 0 ? .raised : Value((r > 0) != negated) }

private func binaryMembers() -> [NativeMember] {
    [
        two("lt", { t, a in compare(t, a[1], a[2], .lt) }, "Same as a < b."),
        two("le", { t, a in compare(t, a[1], a[2], .le) }, "Same as a <= b."),
        two("eq", { t, a in compare(t, a[1], a[2], .eq) }, "Same as a == b."),
        two("ne", { t, a in compare(t, a[1], a[2], .ne) }, "Same as a != b."),
        two("gt", { t, a in compare(t, a[1], a[2], .gt) }, "Same as a > b."),
        two("ge", { t, a in compare(t, a[1], a[2], .ge) }, "Same as a >= b."),
        two("is_", { t, a in Value(a[1] == a[2]) }, "Same as a is b."),
        two("is_not", { t, a in Value(a[1] != a[2]) }, "Same as a is not b."),
        two("add", { t, a in binaryOperation(t, a[1], a[2], .add) }, "Same as a + b."),
        two("sub", { t, a in binaryOperation(t, a[1], a[2], .subtract) }, "Same as a - b."),
        two("mul", { t, a in binaryOperation(t, a[1], a[2], .multiply) }, "Same as a * b."),
        two("matmul", { t, a in binaryOperation(t, a[1], a[2], .matrixMultiply) }, "Same as a @ b."),
        two("truediv", { t, a in binaryOperation(t, a[1], a[2], .trueDivide) }, "Same as a / b."),
        two("floordiv", { t, a in binaryOperation(t, a[1], a[2], .floorDivide) }, "Same as a // b."),
        two("mod", { t, a in binaryOperation(t, a[1], a[2], .modulo) }, "Same as a % b."),
        two("pow", { t, a in power(t, a[1], a[2], .none) }, "Same as a ** b."),
        two("lshift", { t, a in binaryOperation(t, a[1], a[2], .leftShift) }, "Same as a << b."),
        two("rshift", { t, a in binaryOperation(t, a[1], a[2], .rightShift) }, "Same as a >> b."),
        two("and_", { t, a in binaryOperation(t, a[1], a[2], .and) }, "Same as a & b."),
        two("or_", { t, a in binaryOperation(t, a[1], a[2], .or) }, "Same as a | b."),
        two("xor", { t, a in binaryOperation(t, a[1], a[2], .xor) }, "Same as a ^ b."),
    ]
}

private func inplaceMembers() -> [NativeMember] {
    [
        two("iadd", { t, a in inplaceOperation(t, a[1], a[2], .add) }, "Same as a += b."),
        two("isub", { t, a in inplaceOperation(t, a[1], a[2], .subtract) }, "Same as a -= b."),
        two("imul", { t, a in inplaceOperation(t, a[1], a[2], .multiply) }, "Same as a *= b."),
        two("imatmul", { t, a in inplaceOperation(t, a[1], a[2], .matrixMultiply) }, "Same as a @= b."),
        two("itruediv", { t, a in inplaceOperation(t, a[1], a[2], .trueDivide) }, "Same as a /= b."),
        two("ifloordiv", { t, a in inplaceOperation(t, a[1], a[2], .floorDivide) }, "Same as a //= b."),
        two("imod", { t, a in inplaceOperation(t, a[1], a[2], .modulo) }, "Same as a %= b."),
        two("ipow", operator_ipow, "Same as a **= b."),
        two("ilshift", { t, a in inplaceOperation(t, a[1], a[2], .leftShift) }, "Same as a <<= b."),
        two("irshift", { t, a in inplaceOperation(t, a[1], a[2], .rightShift) }, "Same as a >>= b."),
        two("iand", { t, a in inplaceOperation(t, a[1], a[2], .and) }, "Same as a &= b."),
        two("ior", { t, a in inplaceOperation(t, a[1], a[2], .or) }, "Same as a |= b."),
        two("ixor", { t, a in inplaceOperation(t, a[1], a[2], .xor) }, "Same as a ^= b."),
        two("iconcat", operator_iconcat, "Same as a += b, for a and b sequences."),
    ]
}

private func otherMembers() -> [NativeMember] {
    [
        two("concat", operator_concat, "Same as a + b, for a and b sequences."),
        two("contains", { t, a in truthValue(contains(t, a[1], a[2])) }, "Same as b in a (note reversed operands)."),
        two("countOf", operator_count_of, "Return the number of items in a which are, or which equal, b."),
        two("indexOf", operator_index_of, "Return the first index of b in a."),
        two("getitem", { t, a in getItem(t, a[1], a[2]) }, "Same as a[b]."),
        two("delitem", { t, a in deleteItem(t, a[1], a[2]) < 0 ? .raised : .none }, "Same as del a[b]."),
        .method("setitem", "($module, a, b, c, /)", { t, a in setItem(t, a[1], a[2], a[3]) < 0 ? .raised : .none }, "Same as a[b] = c."),
        .method("length_hint", "($module, obj, default=0, /)", operator_length_hint, "Return an estimate of the number of items in obj."),
        .method("call", "($module, obj, /, *args, **kwargs)", { t, a in callWithTuple(t, a[1], a[2], a[3]) }, "Same as obj(*args, **kwargs)."),
        two("_compare_digest", operator_compare_digest,
            "Return 'a == b' in a time that does not depend on the contents, to prevent timing analysis."),
    ]
}

func operator_ipow(_ t: Thread, _ a: Values) -> Value {
    if let f = typeOf(a[1]).ternary(.inplacePower) {
        let r = f(t, a[1], a[2], .none)
        if !r.isNotImplemented { return r }
    }
    return power(t, a[1], a[2], .none)
}

private func isSequence(_ v: Value) -> Bool { typeOf(v).has(.getItem) && !isDict(v) }

func operator_concat(_ t: Thread, _ a: Values) -> Value {
    if let f = typeOf(a[1]).binary(.concat) { return f(t, a[1], a[2]) }
    if !isSequence(a[1]) || !isSequence(a[2]) { return raise(t, .typeError, "'\(typeName(a[1]))' object can't be concatenated") }
    return binaryOperation(t, a[1], a[2], .add)
}

func operator_iconcat(_ t: Thread, _ a: Values) -> Value {
    if let f = typeOf(a[1]).binary(.inplaceConcat) { return f(t, a[1], a[2]) }
    if let f = typeOf(a[1]).binary(.concat) { return f(t, a[1], a[2]) }
    if !isSequence(a[1]) || !isSequence(a[2]) { return raise(t, .typeError, "'\(typeName(a[1]))' object can't be concatenated") }
    return inplaceOperation(t, a[1], a[2], .add)
}

/// The iterator for a search; the message says what could not be searched.
private func searchIterator(_ t: Thread, _ v: Value) -> Value {
    let iterator = iterate(t, v)
    if iterator.isRaised && exceptionMatches(t, .typeError) { return raise(t, .typeError, "argument of type '\(typeName(v))' is not iterable") }
    return iterator
}

func operator_count_of(_ t: Thread, _ a: Values) -> Value {
    let iterator = searchIterator(t, a[1])
    if iterator.isRaised { return iterator }
    var n = 0
    while true {
        let item = next(t, iterator)
        if item.isExhausted { return Value(smallInt: n) }
        if item.isRaised { return item }
        let r = sameValue(t, item, a[2])
        if r < 0 || !safepoint(t) { return .raised }
        n += r
    }
}

func operator_index_of(_ t: Thread, _ a: Values) -> Value {
    let iterator = searchIterator(t, a[1])
    if iterator.isRaised { return iterator }
    var i = 0
    while true {
        let item = next(t, iterator)
        if item.isExhausted { return raise(t, .valueError, "sequence.index(x): x not in sequence") }
        if item.isRaised { return item }
        let r = sameValue(t, item, a[2])
        if r < 0 || !safepoint(t) { return .raised }
        if r > 0 { return Value(smallInt: i) }
        i += 1
    }
}

func operator_length_hint(_ t: Thread, _ a: Values) -> Value {
    guard let fallback = asInt(t, a[2]) else { return .raised }
    let n = lengthHint(t, a[1], fallback)
    return n == -1 && t.pointee.exception.bits != 0 ? .raised : makeInt(t, n)
}

/// Looks at every byte, whatever it finds.
func operator_compare_digest(_ t: Thread, _ a: Values) -> Value {
    let x = a[1]
    let y = a[2]
    if x.isStr && y.isStr {
        if !x.strIsASCII || !y.strIsASCII { return raise(t, .typeError, "comparing strings with non-ASCII characters is not supported") }
        return Value(sameBytes(x.strData, x.strCount, y.strData, y.strCount))
    }
    if !supportsBuffer(x) && !supportsBuffer(y) {
        return raise(t, .typeError, "unsupported operand types(s) or combination of types: '\(typeName(x))' and '\(typeName(y))'")
    }
    var left = LadonBuffer()
    if getBuffer(t, x, &left, writable: false) < 0 { return .raised }
    var right = LadonBuffer()
    if getBuffer(t, y, &right, writable: false) < 0 {
        releaseBuffer(t, &left)
        return .raised
    }
    let same = sameBytes(UnsafeRawPointer(left.data), Int(left.length), UnsafeRawPointer(right.data), Int(right.length))
    releaseBuffer(t, &left)
    releaseBuffer(t, &right)
    return Value(same)
}

private func sameBytes(_ p: UnsafeRawPointer?, _ n: Int, _ q: UnsafeRawPointer?, _ m: Int) -> Bool {
    // With different lengths the second is compared with itself, so that the time depends on it alone.
    let left = n == m ? p : q
    var difference: UInt8 = n == m ? 0 : 1
    var i = 0
    while i < m {
        difference |= left.unsafelyUnwrapped.load(fromByteOffset: i, as: UInt8.self) ^ q.unsafelyUnwrapped.load(fromByteOffset: i, as: UInt8.self)
        i += 1
    }
    return difference == 0
}
