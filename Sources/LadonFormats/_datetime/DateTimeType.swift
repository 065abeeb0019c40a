// datetime.datetime: the table, construction, parts and text.

import Glibc
import LadonLibrary

func datetimeDefinition() -> TypeDefinition {
    TypeDefinition(
        nil, "datetime.datetime", flags: [.baseType],
        doc: "datetime(year, month, day[, hour[, minute[, second[, microsecond[,tzinfo]]]]])\n\nThe year, month and day arguments are required. tzinfo may be None, or an\ninstance of a tzinfo subclass. The remaining arguments may be ints.\n",
        size: MemoryLayout<MomentCell>.stride, layout: momentLayout,
        slots: [
            .call(.new, datetime_new), .unary(.repr, datetime_repr), .unary(.str, datetime_str), .unary(.hash, datetime_hash),
            .ternary(.compare, datetime_compare), .binary(.add, datetime_add), .binary(.subtract, datetime_subtract),
        ],
        members: [
            .classMethod("now", "($type, /, tz=None)", datetime_now,
                         "Returns new datetime object representing current time local to tz.\n\n  tz\n    Timezone object.\n\nIf no tz is specified, uses local timezone."),
            .classMethod("utcnow", "($type, /)", { t, a in now(t, a[0].asType, .none, isLocal: false) }, "Return a new datetime representing UTC day and time."),
            .classMethod("fromtimestamp", "!(cls, /, timestamp, tz=None)", datetime_fromtimestamp, "timestamp[, tz] -> tz's local time from POSIX timestamp."),
            .classMethod("utcfromtimestamp", "!(cls, timestamp, /)", { t, a in
                guard let at = timestamp(t, a[1]) else { return .raised }
                return datetime(t, a[0].asType, at.seconds, at.microseconds, .none, isLocal: false)
            }, "Construct a naive UTC datetime from a POSIX timestamp."),
            .classMethod("strptime", "!(cls, string, format, /)", datetime_strptime,
                         "string, format -> new datetime parsed from a string (like time.strptime())."),
            .classMethod("combine", "!(cls, /, date, time, tzinfo=<of time>)", datetime_combine,
                         "date, time -> datetime with same date and time fields"),
            .classMethod("fromisoformat", "($type, string, /)", datetime_fromisoformat, "string -> datetime from a string in most ISO 8601 formats"),
            .method("date", "(self, /)", { t, a in
                let m = moment(a[0])
                return allocateMoment(t, dateTime.pointee.date, Moment(m.year, m.month, m.day))
            }, "Return date object with same year, month and day."),
            .method("time", "(self, /)", { t, a in timePart(t, a[0], .none) }, "Return time object with same time but with tzinfo=None."),
            .method("timetz", "(self, /)", { t, a in timePart(t, a[0], zone(a[0])) }, "Return time object with same time and tzinfo."),
            .method("ctime", "(self, /)", { t, a in ctimeText(t, moment(a[0])) }, "Return ctime() style string."),
            .method("timetuple", "(self, /)", datetime_timetuple, "Return time tuple, compatible with time.localtime()."),
            .method("timestamp", "(self, /)", datetime_timestamp, "Return POSIX timestamp as float."),
            .method("utctimetuple", "(self, /)", datetime_utctimetuple, "Return UTC time tuple, compatible with time.localtime()."),
            .method("isoformat", "!(self, /, sep='T', timespec=<auto>)", datetime_isoformat,
                    "[sep] -> string in ISO 8601 format, YYYY-MM-DDT[HH[:MM[:SS[.mmm[uuu]]]]][+HH:MM].\nsep is used to separate the year from the time, and defaults to 'T'.\nThe optional argument timespec specifies the number of additional terms\nof the time to include. Valid options are 'auto', 'hours', 'minutes',\n'seconds', 'milliseconds' and 'microseconds'.\n"),
            .method("replace", "!(self, /, year=<same>, month=<same>, day=<same>, hour=<same>, minute=<same>, second=<same>, microsecond=<same>, tzinfo=<same>, *, fold=<same>)",
                    datetime_replace, "Return datetime with new specified fields."),
            .method("astimezone", "!(self, /, tz=None)", datetime_astimezone, "tz -> convert to local time in new timezone tz\n"),
            .method("__reduce_ex__", "!(self, protocol, /)", { t, a in
                guard let protocolNumber = asInt32(t, a[1]) else { return .raised }
                return reduceDateTime(t, a[0], Int(protocolNumber))
            }, "__reduce_ex__(proto) -> (cls, state)"),
            .method("__reduce__", "(self, /)", { t, a in reduceDateTime(t, a[0], 2) }, "__reduce__() -> (cls, state)"),
            .constant("min") { t, _ in makeDateTime(t, dateTime.pointee.datetime, Moment(), .none) },
            .constant("max") { t, _ in
                makeDateTime(t, dateTime.pointee.datetime, Moment(microseconds: (GregorianCalendar.maximumOrdinal + 1) * microsecondsPerDay - 1), .none)
            },
            .constant("resolution") { t, _ in makeTimedelta(t, 0, 0, 1) },
        ] + zoneMembers())
}

// MARK: construction

private func datetime_new(_ t: Thread, _ type: Value, _ a: Values?, _ n: Int, _ names: Value) -> Value {
    if n >= 1 && n <= 2 && names.bits == 0 && a.unsafelyUnwrapped[0].isCell {
        let found = unpickle(t, type.asType, a.unsafelyUnwrapped[0], n == 2 ? a.unsafelyUnwrapped[1] : .none)
        if !found.isMissing { return found }
    }
    return withBound(t, datetimeParameters, a, n, names) { bound -> Value in
        var m = Moment()
        if !readField(t, bound[0], &m.year) || !readField(t, bound[1], &m.month) || !readField(t, bound[2], &m.day) || !readClock(t, bound + 3, &m)
            || !readField(t, bound[8], &m.fold) { return .raised }
        let tzinfo: Value = bound[7].isMissing ? .none : bound[7]
        return checkDate(t, m) && checkTime(t, m) && checkZone(t, tzinfo) ? allocateMoment(t, type.asType, m, tzinfo) : .raised
    }
}

private func readClock(_ t: Thread, _ a: Values, _ m: inout Moment) -> Bool {
    readField(t, a[0], &m.hour) && readField(t, a[1], &m.minute) && readField(t, a[2], &m.second) && readField(t, a[3], &m.microsecond)
}

private func unpickle(_ t: Thread, _ type: TypePointer, _ v: Value, _ tzinfo: Value) -> Value {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 10) { buffer -> Value in
        let p = buffer.baseAddress.unsafelyUnwrapped
        let isState = pickledState(t, v, 10, p, "datetime") { $0[2] & 0x7F >= 1 && $0[2] & 0x7F <= 12 }
        if isState != 1 { return isState < 0 ? .raised : .missing }
        if !checkPickledZone(t, tzinfo) { return .raised }
        var m = Moment(Int(p[0]) << 8 | Int(p[1]), Int(p[2] & 0x7F), Int(p[3]))
        (m.hour, m.minute, m.second, m.fold) = (Int(p[4]), Int(p[5]), Int(p[6]), Int(p[2] >> 7))
        m.microsecond = Int(p[7]) << 16 | Int(p[8]) << 8 | Int(p[9])
        return allocateMoment(t, type, m, tzinfo)
    }
}

private func reduceDateTime(_ t: Thread, _ v: Value, _ protocolNumber: Int) -> Value {
    let m = moment(v)
    let bytes = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 10) { buffer -> Value in
        let p = buffer.baseAddress.unsafelyUnwrapped
        (p[0], p[1]) = (UInt8(m.year >> 8), UInt8(m.year & 0xFF))
        p[2] = UInt8(m.month) | (protocolNumber > 3 && m.fold != 0 ? 0x80 : 0)
        (p[3], p[4], p[5], p[6]) = (UInt8(m.day), UInt8(m.hour), UInt8(m.minute), UInt8(m.second))
        (p[7], p[8], p[9]) = (UInt8(m.microsecond >> 16), UInt8(m.microsecond >> 8 & 0xFF), UInt8(m.microsecond & 0xFF))
        return makeBytes(t, p, 10)
    }
    return reduction(t, v, bytes)
}

/// A datetime at `seconds` since 1970, in local time (with its fold, unless a zone will convert it) or UTC.
private func datetime(_ t: Thread, _ type: TypePointer, _ seconds: Int, _ microseconds: Int, _ tzinfo: Value, isLocal: Bool) -> Value {
    guard var m = isLocal ? localMoment(t, seconds) : utcMoment(t, seconds) else { return .raised }
    m.microsecond = microseconds
    if isLocal && tzinfo.isNone {
        guard let fold = localFold(t, m, seconds) else { return .raised }
        m.fold = fold
    }
    return makeDateTime(t, type, m, tzinfo)
}

/// Local time without a zone; with one, UTC converted by the zone.
private func datetime(_ t: Thread, _ type: Value, _ seconds: Int, _ microseconds: Int, in tzinfo: Value) -> Value {
    let v = datetime(t, type.asType, seconds, microseconds, tzinfo, isLocal: tzinfo.isNone)
    return v.isRaised || tzinfo.isNone ? v : callMethod(t, tzinfo, dateTime.pointee.fromutc, v)
}

private func systemClock() -> (seconds: Int, microseconds: Int) {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    return (now.tv_sec, now.tv_nsec / 1000)
}

private func now(_ t: Thread, _ type: TypePointer, _ tzinfo: Value, isLocal: Bool) -> Value {
    let at = systemClock()
    return datetime(t, type, at.seconds, at.microseconds, tzinfo, isLocal: isLocal)
}

private func datetime_now(_ t: Thread, _ a: Values) -> Value {
    if !checkZone(t, a[1]) { return .raised }
    let at = systemClock()
    return datetime(t, a[0], at.seconds, at.microseconds, in: a[1])
}

/// A POSIX timestamp rounded to microseconds, ties to even. nil: raised.
private func timestamp(_ t: Thread, _ v: Value) -> (seconds: Int, microseconds: Int)? {
    if !isFloat(v) {
        guard let seconds = wholeSeconds(t, v, .floor) else { return nil }
        return (seconds, 0)
    }
    let d = v.asFloat
    if d.isNaN {
        _ = raise(t, .valueError, "Invalid value NaN (not a number)")
        return nil
    }
    var whole = d.rounded(.towardZero)
    var rest = ((d - whole) * 1e6).rounded(.toNearestOrEven)
    if rest >= 1e6 {
        rest -= 1e6
        whole += 1
    } else if rest < 0 {
        rest += 1e6
        whole -= 1
    }
    if whole >= -9.223372036854775808e18 && whole < 9.223372036854775808e18 { return (Int(whole), Int(rest)) }
    _ = raise(t, .overflowError, "timestamp out of range for platform time_t")
    return nil
}

private func datetime_fromtimestamp(_ t: Thread, _ a: Values) -> Value {
    if !checkZone(t, a[2]) { return .raised }
    guard let at = timestamp(t, a[1]) else { return .raised }
    return datetime(t, a[0], at.seconds, at.microseconds, in: a[2])
}

private func datetime_strptime(_ t: Thread, _ a: Values) -> Value {
    for i in 1...2 where !isInstanceOf(a[i], .str) {
        return raise(t, .typeError, "strptime() argument \(i) must be str, not \(argumentTypeName(a[i]))")
    }
    let module = importModule(t, internStatic(t, "_strptime"))
    if module.isRaised { return module }
    let parse = getAttribute(t, module, internStatic(t, "_strptime_datetime"))
    return parse.isRaised ? parse : call(t, parse, a[0], a[1], a[2])
}

private func datetime_combine(_ t: Thread, _ a: Values) -> Value {
    if !isDate(a[1]) { return raise(t, .typeError, "combine() argument 1 must be datetime.date, not \(argumentTypeName(a[1]))") }
    if !isTime(a[2]) { return raise(t, .typeError, "combine() argument 2 must be datetime.time, not \(argumentTypeName(a[2]))") }
    var m = moment(a[2])
    let date = moment(a[1])
    (m.year, m.month, m.day) = (date.year, date.month, date.day)
    return makeDateTime(t, a[0].asType, m, a[3].isMissing ? zone(a[2]) : a[3])
}

private func datetime_fromisoformat(_ t: Thread, _ a: Values) -> Value {
    if !isInstanceOf(a[1], .str) { return raise(t, .typeError, "fromisoformat: argument must be str") }
    var m = Moment(), offset: Int?
    if !parseISODateTime(a[1].text, &m, &offset) { return invalidISOFormat(t, a[1]) }
    let tzinfo = parsedZone(t, offset)
    return tzinfo.isRaised ? tzinfo : makeDateTime(t, a[0].asType, m, tzinfo)
}

private func datetime_replace(_ t: Thread, _ a: Values) -> Value {
    var m = moment(a[0])
    if !readField(t, a[1], &m.year) || !readField(t, a[2], &m.month) || !readField(t, a[3], &m.day) || !readClock(t, a + 4, &m)
        || !readField(t, a[9], &m.fold) { return .raised }
    if m.fold != 0 && m.fold != 1 { return raise(t, .valueError, "fold must be either 0 or 1") }
    return makeDateTime(t, typeOf(a[0]), m, a[8].isMissing ? zone(a[0]) : a[8])
}

// MARK: parts

private func timePart(_ t: Thread, _ v: Value, _ tzinfo: Value) -> Value {
    var m = moment(v)
    (m.year, m.month, m.day) = (1, 1, 1)
    return allocateMoment(t, dateTime.pointee.time, m, tzinfo)
}

private func datetime_timetuple(_ t: Thread, _ a: Values) -> Value {
    let dst = daylightSaving(t, zone(a[0]), a[0])
    if dst.isRaised { return dst }
    return structTime(t, moment(a[0]), dst.isNone ? -1 : deltaMicroseconds(dst) != 0 ? 1 : 0)
}

private func datetime_utctimetuple(_ t: Thread, _ a: Values) -> Value {
    let offset = ownOffset(t, a[0])
    if offset.isRaised { return offset }
    if offset.isNone { return structTime(t, moment(a[0]), 0) }
    let utc = moment(a[0]).microseconds &- offsetMicroseconds(offset)
    return isInCalendar(utc) ? structTime(t, Moment(microseconds: utc), 0) : outOfRange(t)
}

private func datetime_timestamp(_ t: Thread, _ a: Values) -> Value {
    let m = moment(a[0])
    if zone(a[0]).isNone {
        guard let seconds = utcSeconds(t, local: m) else { return .raised }
        return makeFloat(t, Double(seconds &- epoch) + Double(m.microsecond) / 1e6)
    }
    let offset = ownOffset(t, a[0])
    if offset.isRaised { return offset }
    if offset.isNone { return raise(t, .typeError, "can't subtract offset-naive and offset-aware datetimes") }
    return totalSeconds(t, Int128(m.microseconds &- epoch &* 1_000_000 &- offsetMicroseconds(offset)))
}

// MARK: text

private func datetime_repr(_ t: Thread, _ v: Value) -> Value {
    let m = moment(v)
    var b = StringBuilder(t, capacity: 48)
    b.append("\(typeName(v))(\(m.year), \(m.month), \(m.day), \(m.hour), \(m.minute)")
    if m.second != 0 || m.microsecond != 0 { b.append(", \(m.second)") }
    if m.microsecond != 0 { b.append(", \(m.microsecond)") }
    if m.fold != 0 { b.append(", fold=1") }
    if !appendZone(t, &b, v) { return .raised }
    b.append(")")
    return b.finish()
}

private func datetime_str(_ t: Thread, _ v: Value) -> Value {
    let separator = makeString(t, codePoint: 0x20)
    return callMethod(t, v, dateTime.pointee.isoformat, separator)
}

private func datetime_isoformat(_ t: Thread, _ a: Values) -> Value {
    let m = moment(a[0])
    var separator: UInt32 = 0x54
    if !a[1].isMissing {
        if !isInstanceOf(a[1], .str) || a[1].strCount != 1 {
            return raise(t, .typeError, "isoformat() argument 1 must be a unicode character, not \(argumentTypeName(a[1]))")
        }
        separator = stringCharAt(a[1], 0)
    }
    guard let precision = timePrecision(t, a[2], m, 2) else { return .raised }
    var text = MomentText()
    text.append(date: m)
    if separator < 0x80 {
        text.append(UInt8(separator))
        text.append(time: m, precision)
        return appendOffset(t, &text, zone(a[0]), a[0], separator: ":") ? text.string(t) : .raised
    }
    var b = StringBuilder(t, capacity: 40)
    text.append(to: &b)
    b.append(separator)
    var clock = MomentText()
    clock.append(time: m, precision)
    if !appendOffset(t, &clock, zone(a[0]), a[0], separator: ":") { return .raised }
    clock.append(to: &b)
    return b.finish()
}
