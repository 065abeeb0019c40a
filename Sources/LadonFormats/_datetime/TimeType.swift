// datetime.time: the table, construction, text, comparison.

import LadonLibrary

func timeDefinition() -> TypeDefinition {
    TypeDefinition(
        nil, "datetime.time", flags: [.baseType],
        doc: "time([hour[, minute[, second[, microsecond[, tzinfo]]]]]) --> a time object\n\nAll arguments are optional. tzinfo may be None, or an instance of\na tzinfo subclass. The remaining arguments may be ints.\n",
        size: MemoryLayout<MomentCell>.stride, layout: momentLayout,
        slots: [
            .call(.new, time_new), .unary(.repr, time_repr), .unary(.str, time_str), .unary(.hash, time_hash), .ternary(.compare, time_compare),
        ],
        members: [
            .method("isoformat", "!(self, /, timespec=<auto>)", time_isoformat,
                    "Return string in ISO 8601 format, [HH[:MM[:SS[.mmm[uuu]]]]][+HH:MM].\n\nThe optional argument timespec specifies the number of additional terms\nof the time to include. Valid options are 'auto', 'hours', 'minutes',\n'seconds', 'milliseconds' and 'microseconds'.\n"),
            .method("strftime", "!(self, /, format)", time_strftime, "format -> strftime() style string."),
            .method("__format__", "!(self, format, /)", moment_format, "Formats self with strftime."),
            .method("replace", "!(self, /, hour=<same>, minute=<same>, second=<same>, microsecond=<same>, tzinfo=<same>, *, fold=<same>)", time_replace,
                    "Return time with new specified fields."),
            .classMethod("fromisoformat", "($type, string, /)", time_fromisoformat, "string -> time from a string in ISO 8601 format"),
            .method("__reduce_ex__", "!(self, protocol, /)", { t, a in
                guard let protocolNumber = asInt32(t, a[1]) else { return .raised }
                return reduceTime(t, a[0], Int(protocolNumber))
            }, "__reduce_ex__(proto) -> (cls, state)"),
            .method("__reduce__", "(self, /)", { t, a in reduceTime(t, a[0], 2) }, "__reduce__() -> (cls, state)"),
            .constant("min") { t, _ in makeTime(t, dateTime.pointee.time, Moment(), .none) },
            .constant("max") { t, _ in makeTime(t, dateTime.pointee.time, Moment(microseconds: 2 * microsecondsPerDay - 1), .none) },
            .constant("resolution") { t, _ in makeTimedelta(t, 0, 0, 1) },
        ] + zoneMembers())
}

// MARK: construction

private func time_new(_ t: Thread, _ type: Value, _ a: Values?, _ n: Int, _ names: Value) -> Value {
    if n >= 1 && n <= 2 && names.bits == 0 && a.unsafelyUnwrapped[0].isCell {
        let found = unpickle(t, type.asType, a.unsafelyUnwrapped[0], n == 2 ? a.unsafelyUnwrapped[1] : .none)
        if !found.isMissing { return found }
    }
    return withBound(t, timeParameters, a, n, names) { bound -> Value in
        var m = Moment()
        if !readField(t, bound[0], &m.hour) || !readField(t, bound[1], &m.minute) || !readField(t, bound[2], &m.second)
            || !readField(t, bound[3], &m.microsecond) || !readField(t, bound[5], &m.fold) { return .raised }
        let tzinfo: Value = bound[4].isMissing ? .none : bound[4]
        return checkTime(t, m) && checkZone(t, tzinfo) ? allocateMoment(t, type.asType, m, tzinfo) : .raised
    }
}

private func unpickle(_ t: Thread, _ type: TypePointer, _ v: Value, _ tzinfo: Value) -> Value {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 6) { buffer -> Value in
        let p = buffer.baseAddress.unsafelyUnwrapped
        let isState = pickledState(t, v, 6, p, "time") { $0[0] & 0x7F < 24 }
        if isState != 1 { return isState < 0 ? .raised : .missing }
        if !checkPickledZone(t, tzinfo) { return .raised }
        var m = Moment()
        (m.hour, m.minute, m.second, m.fold) = (Int(p[0] & 0x7F), Int(p[1]), Int(p[2]), Int(p[0] >> 7))
        m.microsecond = Int(p[3]) << 16 | Int(p[4]) << 8 | Int(p[5])
        return allocateMoment(t, type, m, tzinfo)
    }
}

private func reduceTime(_ t: Thread, _ v: Value, _ protocolNumber: Int) -> Value {
    let m = moment(v)
    let hour = UInt8(m.hour) | (protocolNumber > 3 && m.fold != 0 ? 0x80 : 0)
    let state: (UInt8, UInt8, UInt8, UInt8, UInt8, UInt8) = (
        hour, UInt8(m.minute), UInt8(m.second), UInt8(m.microsecond >> 16), UInt8(m.microsecond >> 8 & 0xFF), UInt8(m.microsecond & 0xFF))
    let bytes = withUnsafeBytes(of: state) { makeBytes(t, $0.baseAddress.unsafelyUnwrapped, 6) }
    return reduction(t, v, bytes)
}

/// (class, (state,)) or (class, (state, tzinfo)).
func reduction(_ t: Thread, _ v: Value, _ state: Value) -> Value {
    if state.isRaised { return state }
    let arguments = zone(v).isNone ? makeTuple(t, state) : makeTuple(t, state, zone(v))
    return arguments.isRaised ? arguments : makeTuple(t, typeOf(v).value, arguments)
}

private func time_fromisoformat(_ t: Thread, _ a: Values) -> Value {
    if !isInstanceOf(a[1], .str) { return raise(t, .typeError, "fromisoformat: argument must be str") }
    var m = Moment(), offset: Int?
    let text = a[1].text
    // The "T" that begins a time may stay away.
    let begin = text.count > 0 && text[0] == 0x54 ? 1 : 0
    if !parseISOTime(text.slice(begin, text.count), &m, &offset) { return invalidISOFormat(t, a[1]) }
    let tzinfo = parsedZone(t, offset)
    return tzinfo.isRaised ? tzinfo : makeTime(t, a[0].asType, m, tzinfo)
}

private func time_replace(_ t: Thread, _ a: Values) -> Value {
    var m = moment(a[0])
    if !readField(t, a[1], &m.hour) || !readField(t, a[2], &m.minute) || !readField(t, a[3], &m.second)
        || !readField(t, a[4], &m.microsecond) || !readField(t, a[6], &m.fold) { return .raised }
    if m.fold != 0 && m.fold != 1 { return raise(t, .valueError, "fold must be either 0 or 1") }
    return makeTime(t, typeOf(a[0]), m, a[5].isMissing ? zone(a[0]) : a[5])
}

// MARK: text

private func time_repr(_ t: Thread, _ v: Value) -> Value {
    let m = moment(v)
    var b = StringBuilder(t, capacity: 40)
    b.append("\(typeName(v))(\(m.hour), \(m.minute)")
    if m.second != 0 || m.microsecond != 0 { b.append(", \(m.second)") }
    if m.microsecond != 0 { b.append(", \(m.microsecond)") }
    if !appendZone(t, &b, v) { return .raised }
    if m.fold != 0 { b.append(", fold=1") }
    b.append(")")
    return b.finish()
}

/// ", tzinfo=…" in a repr. False: raised.
func appendZone(_ t: Thread, _ b: inout StringBuilder, _ v: Value) -> Bool {
    if zone(v).isNone { return true }
    let shown = repr(t, zone(v))
    if shown.isRaised { return false }
    b.append(", tzinfo=")
    b.append(shown)
    return true
}

private func time_str(_ t: Thread, _ v: Value) -> Value { callMethod(t, v, dateTime.pointee.isoformat) }

private func time_isoformat(_ t: Thread, _ a: Values) -> Value {
    let m = moment(a[0])
    guard let precision = timePrecision(t, a[1], m, 1) else { return .raised }
    var b = MomentText()
    b.append(time: m, precision)
    return appendOffset(t, &b, zone(a[0]), .none, separator: ":") ? b.string(t) : .raised
}

// MARK: operators

private func time_hash(_ t: Thread, _ v: Value) -> Value {
    let known = momentCell(v).pointee.hash
    if known != 0 { return makeInt(t, known) }
    let offset = ownOffset(t, v)
    if offset.isRaised { return offset }
    let hash = numberHash(t, moment(v).microsecondOfDay &- (offset.isNone ? 0 : offsetMicroseconds(offset)))
    if !hash.isRaised, let n = intAsWord(hash) { momentCell(v).pointee.hash = n }
    return hash
}

private func time_compare(_ t: Thread, _ a: Value, _ b: Value, _ op: Value) -> Value {
    if !isTime(b) { return .notImplemented }
    let x = moment(a).microsecondOfDay, y = moment(b).microsecondOfDay
    if zone(a) == zone(b) { return comparison(order(x, y), op) }
    let offset1 = ownOffset(t, a)
    if offset1.isRaised { return offset1 }
    let offset2 = ownOffset(t, b)
    if offset2.isRaised { return offset2 }
    if offset1.isNone != offset2.isNone {
        if op.smallInt == CompareOp.eq.rawValue { return Value(false) }
        if op.smallInt == CompareOp.ne.rawValue { return Value(true) }
        return raise(t, .typeError, "can't compare offset-naive and offset-aware times")
    }
    if offset1.isNone { return comparison(order(x, y), op) }
    return comparison(order(x &- offsetMicroseconds(offset1), y &- offsetMicroseconds(offset2)), op)
}
