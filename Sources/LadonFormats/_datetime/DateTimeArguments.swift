// Arguments of the constructors, in the order and with the messages of PyArg_ParseTupleAndKeywords.

import LadonLibrary

struct ConstructorSignature {
    let parameters: [StaticString]
    let required: Int
    /// Parameters that may be given by position; the rest only by name.
    let positional: Int
    /// For messages; nil: they speak of "function" and "this function".
    var function: String? = nil
}

let dateParameters = ConstructorSignature(parameters: ["year", "month", "day"], required: 3, positional: 3)
let timeParameters = ConstructorSignature(
    parameters: ["hour", "minute", "second", "microsecond", "tzinfo", "fold"], required: 0, positional: 5)
let datetimeParameters = ConstructorSignature(
    parameters: ["year", "month", "day", "hour", "minute", "second", "microsecond", "tzinfo", "fold"], required: 3, positional: 8)
let timedeltaParameters = ConstructorSignature(
    parameters: ["days", "seconds", "microseconds", "milliseconds", "minutes", "hours", "weeks"], required: 0, positional: 7, function: "__new__")
let timezoneParameters = ConstructorSignature(parameters: ["offset", "name"], required: 1, positional: 2, function: "timezone")
let isoCalendarDateParameters = ConstructorSignature(
    parameters: ["year", "week", "weekday"], required: 3, positional: 3, function: "IsoCalendarDate")

/// Binds a constructor's arguments; those not given are `.missing`. Then `body`; 0 when the arguments are wrong.
@inline(__always)
func withBound(_ t: Thread, _ s: ConstructorSignature, _ a: Values?, _ n: Int, _ names: Value, _ body: (Values) -> Value) -> Value {
    withUnsafeTemporaryAllocation(of: Value.self, capacity: 9) { buffer -> Value in
        let bound = buffer.baseAddress.unsafelyUnwrapped
        return bind(t, s, a, n, names, bound) ? body(bound) : .raised
    }
}

private func bind(_ t: Thread, _ s: ConstructorSignature, _ a: Values?, _ n: Int, _ names: Value, _ bound: Values) -> Bool {
    let keywords = names.bits == 0 ? 0 : names.tupleCount, count = s.parameters.count
    let subject = s.function.map { $0 + "()" } ?? "function"
    if n + keywords > count {
        _ = raise(t, .typeError, "\(subject) takes at most \(count) \(n == 0 ? "keyword " : "")argument\(count == 1 ? "" : "s") (\(n + keywords) given)")
        return false
    }
    if n > s.positional {
        _ = raise(t, .typeError, "\(subject) takes at most \(s.positional) positional arguments (\(n) given)")
        return false
    }
    for i in 0..<count { bound[i] = i < n ? a.unsafelyUnwrapped[i] : .missing }
    var unknown = Value.missing, twice = -1
    for k in 0..<keywords {
        let name = names.tupleItems[k]
        guard let i = (0..<count).first(where: { stringEqual(name, s.parameters[$0]) }) else {
            if unknown.isMissing { unknown = name }
            continue
        }
        if i < n {
            twice = i
        } else {
            bound[i] = a.unsafelyUnwrapped[n + k]
        }
    }
    for i in 0..<s.required where bound[i].isMissing {
        _ = raise(t, .typeError, "\(subject) missing required argument '\(s.parameters[i])' (pos \(i + 1))")
        return false
    }
    if twice >= 0 {
        _ = raise(t, .typeError, "argument for \(subject) given by name ('\(s.parameters[twice])') and position (\(twice + 1))")
        return false
    }
    if !unknown.isMissing {
        _ = raise(t, .typeError, "'\(swiftString(unknown))' is an invalid keyword argument for \(s.function.map { $0 + "()" } ?? "this function")")
        return false
    }
    return true
}

/// Replaces a field by an argument that was given: a C int. False: raised.
@inline(__always) func readField(_ t: Thread, _ v: Value, _ field: inout Int) -> Bool {
    if v.isMissing { return true }
    if v.isSmallInt && v.smallInt >= -0x8000_0000 && v.smallInt <= 0x7FFF_FFFF {
        field = v.smallInt
        return true
    }
    guard let n = asInt32(t, v) else { return false }
    field = Int(n)
    return true
}

/// The state that pickles hold: `count` bytes, or a str of as many Latin-1 characters from Python 2. Copied to `state`.
/// 1: it is one; 0: no; -1: raised.
func pickledState(_ t: Thread, _ v: Value, _ count: Int, _ state: UnsafeMutablePointer<UInt8>, _ what: String, _ isSane: (UnsafeMutablePointer<UInt8>) -> Bool) -> Truth {
    if !v.isCell { return 0 }
    if isInstanceOf(v, .bytes) {
        if v.bytesCount != count { return 0 }
        for i in 0..<count { state[i] = v.bytesData[i] }
        return isSane(state) ? 1 : 0
    }
    if !isInstanceOf(v, .str) || v.strCount != count { return 0 }
    var isLatin = true
    for i in 0..<count {
        let c = stringCharAt(v, i)
        if c > 0xFF { isLatin = false }
        state[i] = UInt8(truncatingIfNeeded: c)
    }
    if isLatin { return isSane(state) ? 1 : 0 }
    // As for other text: only with a month (or hour) that can be one it is taken for a pickle.
    if !isSane(state) { return 0 }
    _ = raise(t, .valueError, "Failed to encode latin1 string when unpickling a \(what) object. pickle.load(data, encoding='latin1') is assumed.")
    return -1
}

/// Whether the argument after a pickle's state can be a tzinfo. False: raised.
func checkPickledZone(_ t: Thread, _ v: Value) -> Bool {
    if v.isNone || isTZInfo(v) { return true }
    _ = raise(t, .typeError, "bad tzinfo state arg")
    return false
}
