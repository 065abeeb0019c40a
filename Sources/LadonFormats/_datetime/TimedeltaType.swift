// datetime.timedelta: the table, construction, text.

import Glibc
import LadonLibrary

func timedeltaDefinition() -> TypeDefinition {
    TypeDefinition(
        nil, "datetime.timedelta", flags: [.baseType],
        doc: "Difference between two datetime values.\n\ntimedelta(days=0, seconds=0, microseconds=0, milliseconds=0, minutes=0, hours=0, weeks=0)\n\nAll arguments are optional and default to 0.\nArguments may be integers or floats, and may be positive or negative.",
        size: MemoryLayout<TimedeltaCell>.stride, layout: .leaf,
        slots: [
            .call(.new, timedelta_new), .unary(.repr, timedelta_repr), .unary(.str, timedelta_str), .unary(.hash, timedelta_hash),
            .ternary(.compare, timedelta_compare), .unary(.bool, { t, v in Value(deltaMicroseconds(v) != 0) }),
            .binary(.add, timedelta_add), .binary(.subtract, timedelta_subtract), .binary(.multiply, timedelta_multiply),
            .binary(.trueDivide, timedelta_trueDivide), .binary(.floorDivide, timedelta_floorDivide),
            .binary(.modulo, timedelta_modulo), .binary(.divmod, timedelta_divmod),
            .unary(.negative, { t, v in makeTimedelta(t, wide: -deltaMicroseconds(v)) }),
            .unary(.positive, { t, v in makeTimedelta(t, wide: deltaMicroseconds(v)) }),
            .unary(.absolute, { t, v in
                let n = deltaMicroseconds(v)
                return makeTimedelta(t, wide: n < 0 ? -n : n)
            }),
        ],
        members: [
            .method("total_seconds", "(self, /)", { t, a in totalSeconds(t, deltaMicroseconds(a[0])) }, "Total seconds in the duration."),
            .method("__reduce__", "(self, /)", { t, a in
                let c = a[0].cell(as: TimedeltaCell.self).pointee
                let parts = makeTuple(t, Value(smallInt: Int(c.days)), Value(smallInt: Int(c.seconds)), Value(smallInt: Int(c.microseconds)))
                return parts.isRaised ? parts : makeTuple(t, typeOf(a[0]).value, parts)
            }, "__reduce__() -> (cls, state)"),
            .member("days", get: { t, a in Value(smallInt: Int(a[0].cell(as: TimedeltaCell.self).pointee.days)) }, "Number of days."),
            .member("seconds", get: { t, a in Value(smallInt: Int(a[0].cell(as: TimedeltaCell.self).pointee.seconds)) },
                    "Number of seconds (>= 0 and less than 1 day)."),
            .member("microseconds", get: { t, a in Value(smallInt: Int(a[0].cell(as: TimedeltaCell.self).pointee.microseconds)) },
                    "Number of microseconds (>= 0 and less than 1 second)."),
            .constant("resolution") { t, _ in makeTimedelta(t, 0, 0, 1) },
            .constant("min") { t, _ in makeTimedelta(t, -999_999_999, 0, 0) },
            .constant("max") { t, _ in makeTimedelta(t, 999_999_999, 86_399, 999_999) },
        ])
}

/// n / 10**6, correctly rounded.
func totalSeconds(_ t: Thread, _ n: Int128) -> Value {
    // Both operands are exact as doubles: one rounding.
    if n.magnitude < 1 << 53 { return makeFloat(t, Double(Int(n)) / 1e6) }
    guard let d = intTrueDivide(t, makeInt(t, wide: n), Value(smallInt: 1_000_000)) else { return .raised }
    return makeFloat(t, d)
}

// MARK: construction

/// The parameters with their microseconds, in the order in which they are added up.
private let units: [(parameter: Int, name: String, microseconds: Int)] = [
    (2, "microseconds", 1), (3, "milliseconds", 1_000), (1, "seconds", 1_000_000), (4, "minutes", 60_000_000), (5, "hours", 3_600_000_000),
    (0, "days", microsecondsPerDay), (6, "weeks", 7 * microsecondsPerDay),
]

/// A sum of microseconds: what fits is added in words, the rest (which only counts when it cancels out) as a Python int.
private struct DeltaSum {
    var small: Int128 = 0
    var large: Value = .zero
    /// Fractions of microseconds of float arguments.
    var fraction = 0.0

    mutating func add(_ t: Thread, _ n: Value, times factor: Int) -> Bool {
        if let word = intAsWord(n) {
            small += Int128(word) * Int128(factor)
            return true
        }
        let product = intMul(t, n, makeInt(t, factor))
        if product.isRaised { return false }
        large = binaryOperation(t, large, product, .add)
        return !large.isRaised
    }

    mutating func add(_ t: Thread, _ d: Double, times factor: Int) -> Bool {
        let whole = d.rounded(.towardZero)
        let n = intFromDouble(t, whole)
        if n.isRaised || !add(t, n, times: factor) { return false }
        let rest = (d - whole) * Double(factor)
        if rest == 0 { return true }
        let wholeRest = rest.rounded(.towardZero)
        fraction += rest - wholeRest
        small += Int128(wholeRest)
        return true
    }

    /// The sum with the fractions rounded, ties to the even sum.
    func total(_ t: Thread) -> Value {
        var n = small
        if fraction != 0 {
            var whole = fraction.rounded(.toNearestOrAwayFromZero)
            if abs(whole - fraction) == 0.5 {
                let odd = n & 1 != 0 ? 1.0 : 0.0
                whole = 2 * ((fraction + odd) * 0.5).rounded(.toNearestOrAwayFromZero) - odd
            }
            n += Int128(whole)
        }
        let sum = makeInt(t, wide: n)
        return large == .zero ? sum : binaryOperation(t, large, sum, .add)
    }
}

private func timedelta_new(_ t: Thread, _ type: Value, _ a: Values?, _ n: Int, _ names: Value) -> Value {
    withBound(t, timedeltaParameters, a, n, names) { bound -> Value in
        var sum = DeltaSum()
        for unit in units {
            let v = bound[unit.parameter]
            if v.isMissing { continue }
            if isInt(v) {
                if !sum.add(t, plainInt(v), times: unit.microseconds) { return .raised }
            } else if isFloat(v) {
                if !sum.add(t, v.asFloat, times: unit.microseconds) { return .raised }
            } else {
                return raise(t, .typeError, "unsupported type for timedelta \(unit.name) component: \(typeName(v))")
            }
        }
        return timedelta(t, sum.total(t), type.asType)
    }
}

/// A timedelta of an int of microseconds.
func timedelta(_ t: Thread, _ n: Value, _ type: TypePointer? = nil) -> Value {
    if n.isRaised { return n }
    var wide: Int128 = 0
    if !wideInt(n, &wide) { return raise(t, .overflowError, "Python int too large to convert to C int") }
    return makeTimedelta(t, wide: wide, type: type)
}

// MARK: text

private func timedelta_repr(_ t: Thread, _ v: Value) -> Value {
    let c = v.cell(as: TimedeltaCell.self).pointee
    var parts: [String] = []
    if c.days != 0 { parts.append("days=\(c.days)") }
    if c.seconds != 0 { parts.append("seconds=\(c.seconds)") }
    if c.microseconds != 0 { parts.append("microseconds=\(c.microseconds)") }
    return makeString(t, "\(typeName(v))(\(parts.isEmpty ? "0" : parts.joined(separator: ", ")))")
}

private func timedelta_str(_ t: Thread, _ v: Value) -> Value {
    let c = v.cell(as: TimedeltaCell.self).pointee
    let seconds = Int(c.seconds)
    var b = MomentText()
    if c.days != 0 {
        b.append(number: Int(c.days))
        b.append(c.days == 1 || c.days == -1 ? " day, " : " days, ")
    }
    b.append(number: seconds / 3600)
    b.append(":")
    b.append(seconds / 60 % 60, digits: 2)
    b.append(":")
    b.append(seconds % 60, digits: 2)
    if c.microseconds != 0 {
        b.append(".")
        b.append(Int(c.microseconds), digits: 6)
    }
    return b.string(t)
}
