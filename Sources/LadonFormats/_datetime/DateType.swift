// datetime.date: the table, construction, arithmetic, comparison.

import LadonLibrary

/// The layout of date, time and datetime: the tzinfo is traced, and so is what subclasses add.
let momentLayout = Layout(prefix: 1, base: MemoryLayout<MomentCell>.stride / 8)

func dateDefinition() -> TypeDefinition {
    TypeDefinition(
        nil, "datetime.date", flags: [.baseType], doc: "date(year, month, day) --> date object",
        size: MemoryLayout<MomentCell>.stride, layout: momentLayout,
        slots: [
            .call(.new, date_new), .unary(.repr, date_repr), .unary(.str, date_str), .unary(.hash, date_hash),
            .ternary(.compare, date_compare), .binary(.add, date_add), .binary(.subtract, date_subtract),
        ],
        members: [
            .classMethod("fromtimestamp", "($type, timestamp, /)", date_fromtimestamp,
                         "Create a date from a POSIX timestamp.\n\nThe timestamp is a number, e.g. created via time.time(), that is interpreted\nas local time."),
            .classMethod("fromordinal", "!(cls, ordinal, /)", date_fromordinal, "int -> date corresponding to a proleptic Gregorian ordinal."),
            .classMethod("fromisoformat", "($type, string, /)", date_fromisoformat, "str -> Construct a date from a string in ISO 8601 format."),
            .classMethod("fromisocalendar", "!(cls, /, year, week, day)", date_fromisocalendar,
                         "int, int, int -> Construct a date from the ISO year, week number and weekday.\n\nThis is the inverse of the date.isocalendar() function"),
            .classMethod("today", "($type, /)", date_today, "Current date or datetime:  same as self.__class__.fromtimestamp(time.time())."),
            .method("ctime", "(self, /)", { t, a in ctimeText(t, moment(a[0])) }, "Return ctime() style string."),
            .method("strftime", "!(self, /, format)", date_strftime, "format -> strftime() style string."),
            .method("__format__", "!(self, format, /)", moment_format, "Formats self with strftime."),
            .method("timetuple", "(self, /)", { t, a in structTime(t, moment(a[0]), -1) }, "Return time tuple, compatible with time.localtime()."),
            .method("isocalendar", "(self, /)", date_isocalendar, "Return a named tuple containing ISO year, week number, and weekday."),
            .method("isoformat", "(self, /)", { t, a in isoDate(t, a[0]) }, "Return string in ISO 8601 format, YYYY-MM-DD."),
            .method("isoweekday", "(self, /)", { t, a in Value(smallInt: GregorianCalendar.weekday(moment(a[0]).ordinal) + 1) },
                    "Return the day of the week represented by the date.\nMonday == 1 ... Sunday == 7"),
            .method("toordinal", "(self, /)", { t, a in Value(smallInt: moment(a[0]).ordinal) },
                    "Return proleptic Gregorian ordinal.  January 1 of year 1 is day 1."),
            .method("weekday", "(self, /)", { t, a in Value(smallInt: GregorianCalendar.weekday(moment(a[0]).ordinal)) },
                    "Return the day of the week represented by the date.\nMonday == 0 ... Sunday == 6"),
            .method("replace", "!(self, /, year=<same>, month=<same>, day=<same>)", date_replace, "Return date with new specified fields."),
            .method("__reduce__", "(self, /)", date_reduce, "__reduce__() -> (cls, state)"),
            .attribute("year", get: { t, a in Value(smallInt: Int(momentCell(a[0]).pointee.year)) }),
            .attribute("month", get: { t, a in Value(smallInt: Int(momentCell(a[0]).pointee.month)) }),
            .attribute("day", get: { t, a in Value(smallInt: Int(momentCell(a[0]).pointee.day)) }),
            .constant("min") { t, _ in makeDate(t, dateTime.pointee.date, Moment(1, 1, 1)) },
            .constant("max") { t, _ in makeDate(t, dateTime.pointee.date, Moment(9999, 12, 31)) },
            .constant("resolution") { t, _ in makeTimedelta(t, 1, 0, 0) },
        ])
}

// MARK: construction

private func date_new(_ t: Thread, _ type: Value, _ a: Values?, _ n: Int, _ names: Value) -> Value {
    if n == 1 && names.bits == 0 {
        var state: (UInt32) = 0
        let found = withUnsafeMutableBytes(of: &state) { raw -> Value in
            let p = raw.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: UInt8.self)
            let isState = pickledState(t, a.unsafelyUnwrapped[0], 4, p, "date") { $0[2] >= 1 && $0[2] <= 12 }
            if isState != 1 { return isState < 0 ? .raised : .missing }
            return allocateMoment(t, type.asType, Moment(Int(p[0]) << 8 | Int(p[1]), Int(p[2]), Int(p[3])))
        }
        if !found.isMissing { return found }
    }
    return withBound(t, dateParameters, a, n, names) { bound -> Value in
        var m = Moment()
        if !readField(t, bound[0], &m.year) || !readField(t, bound[1], &m.month) || !readField(t, bound[2], &m.day) { return .raised }
        return checkDate(t, m) ? allocateMoment(t, type.asType, m) : .raised
    }
}

private func date_reduce(_ t: Thread, _ a: Values) -> Value {
    let m = moment(a[0])
    var state: (UInt8, UInt8, UInt8, UInt8) = (UInt8(m.year >> 8), UInt8(m.year & 0xFF), UInt8(m.month), UInt8(m.day))
    let bytes = withUnsafeBytes(of: &state) { makeBytes(t, $0.baseAddress.unsafelyUnwrapped, 4) }
    let arguments = bytes.isRaised ? bytes : makeTuple(t, bytes)
    return arguments.isRaised ? arguments : makeTuple(t, typeOf(a[0]).value, arguments)
}

private func date_fromtimestamp(_ t: Thread, _ a: Values) -> Value {
    guard let seconds = wholeSeconds(t, a[1], .floor), let m = localMoment(t, seconds) else { return .raised }
    return makeDate(t, a[0].asType, m)
}

private func date_fromordinal(_ t: Thread, _ a: Values) -> Value {
    var n = 0
    if !readField(t, a[1], &n) { return .raised }
    if n < 1 { return raise(t, .valueError, "ordinal must be >= 1") }
    let m = GregorianCalendar.date(ordinal: n)
    let date = Moment(m.year, m.month, m.day)
    return checkDate(t, date) ? makeDate(t, a[0].asType, date) : .raised
}

private func date_fromisoformat(_ t: Thread, _ a: Values) -> Value {
    if !isInstanceOf(a[1], .str) { return raise(t, .typeError, "fromisoformat: argument must be str") }
    var m = Moment()
    let n = a[1].strCount
    if (n == 7 || n == 8 || n == 10) && parseISODate(a[1].text, &m) { return makeDate(t, a[0].asType, m) }
    return invalidISOFormat(t, a[1])
}

private func date_fromisocalendar(_ t: Thread, _ a: Values) -> Value {
    var year = 0, week = 0, day = 0
    if !readField(t, a[1], &year) || !readField(t, a[2], &week) || !readField(t, a[3], &day) {
        if !exceptionMatches(t, .overflowError) { return .raised }
        clearException(t)
        return raise(t, .valueError, "ISO calendar component out of range")
    }
    switch GregorianCalendar.ordinal(isoYear: year, week: week, day: day) {
    case .failure(.year): return raise(t, .valueError, "Year is out of range: \(year)")
    case .failure(.week): return raise(t, .valueError, "Invalid week: \(week)")
    case .failure(.day): return raise(t, .valueError, "Invalid day: \(day) (range is [1, 7])")
    case .success(let ordinal):
        let m = GregorianCalendar.date(ordinal: ordinal)
        return makeDate(t, a[0].asType, Moment(m.year, m.month, m.day))
    }
}

/// Also datetime's: through the class's own fromtimestamp().
private func date_today(_ t: Thread, _ a: Values) -> Value {
    let now = timeFunction(t, "time")
    if now.isRaised { return now }
    let seconds = call(t, now)
    return seconds.isRaised ? seconds : callMethod(t, a[0], internStatic(t, "fromtimestamp"), seconds)
}

private func date_replace(_ t: Thread, _ a: Values) -> Value {
    var m = moment(a[0])
    if !readField(t, a[1], &m.year) || !readField(t, a[2], &m.month) || !readField(t, a[3], &m.day) { return .raised }
    return makeDate(t, typeOf(a[0]), m)
}

// MARK: text

private func date_repr(_ t: Thread, _ v: Value) -> Value {
    let m = moment(v)
    return makeString(t, "\(typeName(v))(\(m.year), \(m.month), \(m.day))")
}

private func isoDate(_ t: Thread, _ v: Value) -> Value {
    var b = MomentText()
    b.append(date: moment(v))
    return b.string(t)
}

private func date_str(_ t: Thread, _ v: Value) -> Value {
    typeOf(v) == dateTime.pointee.date ? isoDate(t, v) : callMethod(t, v, dateTime.pointee.isoformat)
}

// MARK: operators

private func date_hash(_ t: Thread, _ v: Value) -> Value { fieldsHash(t, moment(v)) }

/// The hash of the fields without the fold.
func fieldsHash(_ t: Thread, _ m: Moment) -> Value { numberHash(t, m.order) }

func numberHash(_ t: Thread, _ n: Int) -> Value {
    var key = n
    return makeInt(t, withUnsafeBytes(of: &key) { hashBytes($0.baseAddress.unsafelyUnwrapped, 8) })
}

private func date_compare(_ t: Thread, _ a: Value, _ b: Value, _ op: Value) -> Value {
    if !isDate(b) { return .notImplemented }
    let x = moment(a), y = moment(b)
    return comparison(order(Moment(x.year, x.month, x.day).order, Moment(y.year, y.month, y.day).order), op)
}

/// The date `days` later.
private func addDays(_ t: Thread, _ v: Value, _ days: Int) -> Value {
    let ordinal = moment(v).ordinal &+ days
    if ordinal < 1 || ordinal > GregorianCalendar.maximumOrdinal { return raise(t, .overflowError, "date value out of range") }
    let m = GregorianCalendar.date(ordinal: ordinal)
    return makeDate(t, typeOf(v), Moment(m.year, m.month, m.day))
}

private func wholeDays(_ delta: Value) -> Int { Int(delta.cell(as: TimedeltaCell.self).pointee.days) }

private func date_add(_ t: Thread, _ a: Value, _ b: Value) -> Value {
    if isDateTime(a) || isDateTime(b) { return .notImplemented }
    if isDate(a) { return isTimedelta(b) ? addDays(t, a, wholeDays(b)) : .notImplemented }
    return isTimedelta(a) ? addDays(t, b, wholeDays(a)) : .notImplemented
}

private func date_subtract(_ t: Thread, _ a: Value, _ b: Value) -> Value {
    if isDateTime(a) || isDateTime(b) || !isDate(a) { return .notImplemented }
    if isDate(b) { return makeTimedelta(t, moment(a).ordinal &- moment(b).ordinal, 0, 0) }
    return isTimedelta(b) ? addDays(t, a, -wholeDays(b)) : .notImplemented
}

// MARK: the result of isocalendar()

private func date_isocalendar(_ t: Thread, _ a: Values) -> Value {
    let m = moment(a[0])
    let w = GregorianCalendar.isoWeek(m.year, m.ordinal)
    return makeISOCalendarDate(t, Value(smallInt: w.year), Value(smallInt: w.week), Value(smallInt: w.weekday))
}

private func makeISOCalendarDate(_ t: Thread, _ year: Value, _ week: Value, _ weekday: Value) -> Value {
    let v = allocateInstance(t, dateTime.pointee.isoCalendarDate, variableItems: 3)
    if v.isRaised { return v }
    v.cell(as: TupleCell.self).pointee.count = 3
    v.tupleItems[0] = year
    v.tupleItems[1] = week
    v.tupleItems[2] = weekday
    return v
}

func isoCalendarDateDefinition() -> TypeDefinition {
    TypeDefinition(
        nil, "datetime.IsoCalendarDate", base: .tuple,
        doc: "The result of date.isocalendar() or datetime.isocalendar()\n\nThis object may be accessed either as a tuple of\n  ((year, week, weekday)\nor via the object attributes as named in the above tuple.",
        slots: [
            .call(.new, { t, _, a, n, names in
                withBound(t, isoCalendarDateParameters, a, n, names) { makeISOCalendarDate(t, $0[0], $0[1], $0[2]) }
            }),
            .unary(.repr, { t, v in
                var b = StringBuilder(t)
                b.append(typeName(v))
                for (i, part) in ["(year=", ", week=", ", weekday="].enumerated() {
                    let shown = repr(t, v.tupleItems[i])
                    if shown.isRaised { return shown }
                    b.append(part)
                    b.append(shown)
                }
                b.append(")")
                return b.finish()
            }),
        ],
        members: [
            .method("__reduce__", "(self, /)", { t, a in
                let fields = makeTuple(t, a[0].tupleItems[0], a[0].tupleItems[1], a[0].tupleItems[2])
                let arguments = fields.isRaised ? fields : makeTuple(t, fields)
                return arguments.isRaised ? arguments : makeTuple(t, builtinType(.tuple).value, arguments)
            }, "__reduce__() -> (cls, state)"),
            .attribute("year", get: { _, a in a[0].tupleItems[0] }),
            .attribute("week", get: { _, a in a[0].tupleItems[1] }),
            .attribute("weekday", get: { _, a in a[0].tupleItems[2] }),
        ])
}
