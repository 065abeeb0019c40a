// Asking a tzinfo: utcoffset, dst and tzname, with checks of what Python code answers. timezone itself is asked without a call.

import LadonLibrary

/// `tzinfo.utcoffset(of)` or `tzinfo.dst(of)`: None, or a timedelta shorter than a day. 0: raised.
private func askOffset(_ t: Thread, _ tzinfo: Value, _ method: Value, _ of: Value) -> Value {
    let r = callMethod(t, tzinfo, method, of)
    if r.isRaised || r.isNone { return r }
    if !isTimedelta(r) {
        return raise(t, .typeError, "tzinfo.\(swiftString(method))() must return None or a timedelta, not '\(typeName(r))'")
    }
    if !isShorterThanDay(r) {
        return raise(t, .valueError, "offset must be a timedelta strictly between -timedelta(hours=24) and timedelta(hours=24).")
    }
    return r
}

func isShorterThanDay(_ delta: Value) -> Bool {
    let c = delta.cell(as: TimedeltaCell.self).pointee
    return c.days == 0 || (c.days == -1 && (c.seconds != 0 || c.microseconds != 0))
}

/// The offset of a zone (a tzinfo or None) for a datetime, or for None. 0: raised.
func utcOffset(_ t: Thread, _ tzinfo: Value, _ of: Value) -> Value {
    if tzinfo.isNone { return .none }
    if isTimezone(tzinfo) { return tzinfo.cell(as: TimezoneCell.self).pointee.offset }
    return askOffset(t, tzinfo, dateTime.pointee.utcoffset, of)
}

func daylightSaving(_ t: Thread, _ tzinfo: Value, _ of: Value) -> Value {
    if tzinfo.isNone || isTimezone(tzinfo) { return .none }
    return askOffset(t, tzinfo, dateTime.pointee.dst, of)
}

func zoneName(_ t: Thread, _ tzinfo: Value, _ of: Value) -> Value {
    if tzinfo.isNone { return .none }
    let r = callMethod(t, tzinfo, dateTime.pointee.tzname, of)
    if r.isRaised || r.isNone || isInstanceOf(r, .str) { return r }
    return raise(t, .typeError, "tzinfo.tzname() must return None or a string, not '\(typeName(r))'")
}

/// What the zone of a datetime is asked about: the datetime; for a time, None.
@inline(__always) func zoneArgument(_ v: Value) -> Value { isTime(v) ? .none : v }

/// The offset of a time or datetime.
@inline(__always) func ownOffset(_ t: Thread, _ v: Value) -> Value {
    let z = zone(v)
    return z.isNone ? z : utcOffset(t, z, zoneArgument(v))
}

/// Appends the offset of a zone where there is one. False: raised.
func appendOffset(_ t: Thread, _ b: inout MomentText, _ tzinfo: Value, _ of: Value, separator: StaticString) -> Bool {
    let offset = utcOffset(t, tzinfo, of)
    if !offset.isRaised && !offset.isNone { b.append(offset: offsetMicroseconds(offset), separator: separator) }
    return !offset.isRaised
}

/// utcoffset, dst and tzname of time and datetime.
func zoneMembers() -> [NativeMember] {
    [
        .method("utcoffset", "(self, /)", { t, a in ownOffset(t, a[0]) }, "Return self.tzinfo.utcoffset(self)."),
        .method("tzname", "(self, /)", { t, a in zoneName(t, zone(a[0]), zoneArgument(a[0])) }, "Return self.tzinfo.tzname(self)."),
        .method("dst", "(self, /)", { t, a in daylightSaving(t, zone(a[0]), zoneArgument(a[0])) }, "Return self.tzinfo.dst(self)."),
        .attribute("tzinfo", get: { t, a in zone(a[0]) }),
        .attribute("fold", get: { t, a in Value(smallInt: Int(momentCell(a[0]).pointee.fold)) }),
    ] + clockMembers()
}

private func clockMembers() -> [NativeMember] {
    [
        .attribute("hour", get: { t, a in Value(smallInt: Int(momentCell(a[0]).pointee.hour)) }),
        .attribute("minute", get: { t, a in Value(smallInt: Int(momentCell(a[0]).pointee.minute)) }),
        .attribute("second", get: { t, a in Value(smallInt: Int(momentCell(a[0]).pointee.second)) }),
        .attribute("microsecond", get: { t, a in Value(smallInt: Int(momentCell(a[0]).pointee.microsecond)) }),
    ]
}
