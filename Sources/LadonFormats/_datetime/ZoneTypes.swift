// datetime.tzinfo, the abstract zone, and datetime.timezone, a fixed offset.

import LadonLibrary

// MARK: tzinfo

func tzinfoDefinition() -> TypeDefinition {
    TypeDefinition(
        nil, "datetime.tzinfo", flags: [.baseType], doc: "Abstract base class for time zone info objects.",
        size: MemoryLayout<CellHeader>.size, layout: .leaf,
        slots: [.call(.new, { t, type, _, _, _ in allocateInstance(t, type.asType) })],
        members: [
            .method("tzname", "(self, dt, /)", { t, _ in mustImplement(t, "tzname") }, "datetime -> string name of time zone."),
            .method("utcoffset", "(self, dt, /)", { t, _ in mustImplement(t, "utcoffset") },
                    "datetime -> timedelta showing offset from UTC, negative values indicating West of UTC"),
            .method("dst", "(self, dt, /)", { t, _ in mustImplement(t, "dst") }, "datetime -> DST offset as timedelta positive east of UTC."),
            .method("fromutc", "(self, dt, /)", tzinfo_fromutc, "datetime in UTC -> datetime in local time."),
            .method("__reduce__", "(self, /)", tzinfo_reduce, "-> (cls, state)"),
        ])
}

private func mustImplement(_ t: Thread, _ method: String) -> Value {
    raise(t, .notImplementedError, "a tzinfo subclass must implement \(method)()")
}

/// By the standard offset, which is what utcoffset() and dst() differ by, then by what dst() says of the result.
private func tzinfo_fromutc(_ t: Thread, _ a: Values) -> Value {
    let v = a[1]
    if !isDateTime(v) { return raise(t, .typeError, "fromutc: argument must be a datetime") }
    if zone(v) != a[0] { return raise(t, .valueError, "fromutc: dt.tzinfo is not self") }
    let offset = utcOffset(t, zone(v), v)
    if offset.isRaised { return offset }
    if offset.isNone { return raise(t, .valueError, "fromutc: non-None utcoffset() result required") }
    let dst = daylightSaving(t, zone(v), v)
    if dst.isRaised { return dst }
    if dst.isNone { return raise(t, .valueError, "fromutc: non-None dst() result required") }
    let standard = shifted(t, v, offsetMicroseconds(offset) &- offsetMicroseconds(dst))
    if standard.isRaised { return standard }
    let then = isDateTime(standard) ? daylightSaving(t, zone(standard), standard) : .none
    if then.isRaised { return then }
    if then.isNone { return raise(t, .valueError, "fromutc: tz.dst() gave inconsistent results; cannot convert") }
    let more = offsetMicroseconds(then)
    return more == 0 ? standard : shifted(t, standard, more)
}

private func tzinfo_reduce(_ t: Thread, _ a: Values) -> Value {
    var arguments = makeTuple(t, 0)
    let initial = getAttributeOrMissing(t, a[0], internStatic(t, "__getinitargs__"))
    if initial.isRaised { return initial }
    if !initial.isMissing {
        arguments = call(t, initial)
        if arguments.isRaised { return arguments }
    }
    let state = callMethod(t, a[0], .__getstate__)
    return state.isRaised ? state : makeTuple(t, typeOf(a[0]).value, arguments, state)
}

// MARK: timezone

func timezoneDefinition() -> TypeDefinition {
    TypeDefinition(
        nil, "datetime.timezone", doc: "Fixed offset from UTC implementation of tzinfo.",
        size: MemoryLayout<TimezoneCell>.stride, layout: Layout(prefix: 2),
        slots: [
            .call(.new, timezone_new), .unary(.repr, timezone_repr), .unary(.str, timezone_str),
            .unary(.hash, { t, v in timedelta_hash(t, offset(v)) }), .ternary(.compare, timezone_compare),
        ],
        members: [
            .method("tzname", "(self, dt, /)", { t, a in isZoneArgument(t, a[1], "tzname") ? timezone_str(t, a[0]) : .raised },
                    "If name is specified when timezone is created, returns the name.  Otherwise returns offset as 'UTC(+|-)HH:MM'."),
            .method("utcoffset", "(self, dt, /)", { t, a in isZoneArgument(t, a[1], "utcoffset") ? offset(a[0]) : .raised }, "Return fixed offset."),
            .method("dst", "(self, dt, /)", { t, a in isZoneArgument(t, a[1], "dst") ? .none : .raised }, "Return None."),
            .method("fromutc", "(self, dt, /)", timezone_fromutc, "datetime in UTC -> datetime in local time."),
            .method("__getinitargs__", "(self, /)", { t, a in
                let name = a[0].cell(as: TimezoneCell.self).pointee.name
                return name.bits == 0 ? makeTuple(t, offset(a[0])) : makeTuple(t, offset(a[0]), name)
            }, "pickle support"),
            .constant("utc") { _, _ in loadSlot(dateTime.pointee.utc) },
            .constant("min") { t, _ in makeTimezone(t, makeTimedelta(t, -1, 60, 0), Value(bits: 0)) },
            .constant("max") { t, _ in makeTimezone(t, makeTimedelta(t, 0, 86_340, 0), Value(bits: 0)) },
        ])
}

@inline(__always) private func offset(_ v: Value) -> Value { v.cell(as: TimezoneCell.self).pointee.offset }

private func timezone_new(_ t: Thread, _ type: Value, _ a: Values?, _ n: Int, _ names: Value) -> Value {
    withBound(t, timezoneParameters, a, n, names) { bound -> Value in
        let offset = bound[0], name = bound[1]
        if !isTimedelta(offset) { return raise(t, .typeError, "timezone() argument 1 must be datetime.timedelta, not \(argumentTypeName(offset))") }
        if !name.isMissing && !isInstanceOf(name, .str) {
            return raise(t, .typeError, "timezone() argument 2 must be str, not \(argumentTypeName(name))")
        }
        return timezone(t, offset, name.isMissing ? Value(bits: 0) : name)
    }
}

/// The type as messages about arguments have it.
func argumentTypeName(_ v: Value) -> String { v.isNone ? "None" : typeName(v) }

/// A timezone after the check of its offset; UTC without a name is the one that exists.
func timezone(_ t: Thread, _ offset: Value, _ name: Value) -> Value {
    if offset.isRaised { return offset }
    if name.bits == 0 && deltaMicroseconds(offset) == 0 { return loadSlot(dateTime.pointee.utc) }
    if !isShorterThanDay(offset) {
        let shown = repr(t, offset)
        if shown.isRaised { return shown }
        return raise(t, .valueError, "offset must be a timedelta strictly between -timedelta(hours=24) and timedelta(hours=24), not \(swiftString(shown)).")
    }
    return makeTimezone(t, offset, name)
}

/// The timezone `seconds` and microseconds east of Greenwich.
func timezone(_ t: Thread, microseconds: Int, name: Value = Value(bits: 0)) -> Value {
    timezone(t, makeTimedelta(t, microseconds: microseconds), name)
}

private func timezone_compare(_ t: Thread, _ a: Value, _ b: Value, _ op: Value) -> Value {
    let wantsEqual = op.smallInt == CompareOp.eq.rawValue
    if (!wantsEqual && op.smallInt != CompareOp.ne.rawValue) || !isTimezone(b) { return .notImplemented }
    return Value((deltaMicroseconds(offset(a)) == deltaMicroseconds(offset(b))) == wantsEqual)
}

private func timezone_repr(_ t: Thread, _ v: Value) -> Value {
    if v == loadSlot(dateTime.pointee.utc) { return makeString(t, "datetime.timezone.utc") }
    let shown = repr(t, offset(v))
    if shown.isRaised { return shown }
    var b = StringBuilder(t)
    b.append(typeName(v) + "(")
    b.append(shown)
    let name = v.cell(as: TimezoneCell.self).pointee.name
    if name.bits != 0 {
        let text = repr(t, name)
        if text.isRaised { return text }
        b.append(", ")
        b.append(text)
    }
    b.append(")")
    return b.finish()
}

func timezone_str(_ t: Thread, _ v: Value) -> Value {
    let name = v.cell(as: TimezoneCell.self).pointee.name
    if name.bits != 0 { return name }
    var b = MomentText()
    b.append("UTC")
    let n = Int(deltaMicroseconds(offset(v)))
    if n != 0 { b.append(offset: n, separator: ":") }
    return b.string(t)
}

private func isZoneArgument(_ t: Thread, _ v: Value, _ method: String) -> Bool {
    if v.isNone || isDateTime(v) { return true }
    _ = raise(t, .typeError, "\(method)(dt) argument must be a datetime instance or None, not \(typeName(v))")
    return false
}

private func timezone_fromutc(_ t: Thread, _ a: Values) -> Value {
    if !isDateTime(a[1]) { return raise(t, .typeError, "fromutc: argument must be a datetime") }
    if zone(a[1]) != a[0] { return raise(t, .valueError, "fromutc: dt.tzinfo is not self") }
    return shifted(t, a[1], offsetMicroseconds(offset(a[0])))
}
