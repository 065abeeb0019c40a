// The cells of the module's types and the functions that make them. All are immutable once published, but for a cached hash,
// which is one word that every thread computes alike.

import LadonLibrary

/// date, time and datetime share one layout, so that a datetime is a date; each uses the fields that it has.
struct MomentCell {
    var header: CellHeader
    /// Traced: a tzinfo, or 0 for none.
    var tzinfo: Value
    var year: UInt16
    var month, day, hour, minute, second, fold: UInt8
    var microsecond: Int32
    var unused: Int32
    /// 0: not computed yet. Only for what has a tzinfo, whose hash asks Python code.
    var hash: Int
}

/// Normalized: 0 <= seconds < 86400, 0 <= microseconds < 1000000.
struct TimedeltaCell {
    var header: CellHeader
    var days, seconds, microseconds, unused: Int32
}

struct TimezoneCell {
    var header: CellHeader
    /// Traced: a timedelta.
    var offset: Value
    /// Traced: a str, or 0 for none.
    var name: Value
}

/// The fields of a datetime, of a date (the time is midnight) or of a time (the date is 1 January 1).
struct Moment {
    var year = 1, month = 1, day = 1, hour = 0, minute = 0, second = 0, microsecond = 0, fold = 0

    /// All fields but the fold in one number that orders like the moments.
    var order: Int {
        let date = (year << 9) | (month << 5) | day
        let time = (hour << 12) | (minute << 6) | second
        return (date << 37) | (time << 20) | microsecond
    }
    var ordinal: Int { GregorianCalendar.ordinal(year, month, day) }
    var secondOfDay: Int { hour &* 3600 &+ minute &* 60 &+ second }
    var microsecondOfDay: Int { secondOfDay &* 1_000_000 &+ microsecond }
    /// Microseconds since the day before 1 January 1.
    var microseconds: Int { ordinal &* microsecondsPerDay &+ microsecondOfDay }
    /// Seconds since the same moment.
    var seconds: Int { ordinal &* 86_400 &+ secondOfDay }

    init() {}
    init(_ year: Int, _ month: Int, _ day: Int) { self.year = year; self.month = month; self.day = day }
    /// `microseconds` must lie within the calendar.
    init(microseconds: Int) {
        let ordinal = microseconds / microsecondsPerDay
        let rest = microseconds &- ordinal &* microsecondsPerDay
        (year, month, day) = GregorianCalendar.date(ordinal: ordinal)
        let seconds = rest / 1_000_000
        (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60)
        microsecond = rest &- seconds &* 1_000_000
    }
}

let microsecondsPerDay = 86_400_000_000

/// The types, and the names of methods that this module calls; made once, shared by all interpreters.
struct DateTimeTypes {
    var timedelta, date, datetime, time, tzinfo, timezone, isoCalendarDate: TypePointer
    var utcoffset, dst, tzname, fromutc, isoformat, strftime, timetuple: Value
    /// Roots: `timezone.utc`, at first 0.
    var utc: Values
}

nonisolated(unsafe) private var installed: UnsafeMutablePointer<DateTimeTypes>?
@inline(__always) var dateTime: UnsafeMutablePointer<DateTimeTypes> { installed.unsafelyUnwrapped }

/// Makes the types unless they are there. Called under the module's import lock.
func installDateTimeTypes(_ t: Thread) {
    if installed != nil { return }
    let date = installType(t, dateDefinition()), tzinfo = installType(t, tzinfoDefinition())
    let p = UnsafeMutablePointer<DateTimeTypes>.allocate(capacity: 1)
    p.initialize(to: DateTimeTypes(
        timedelta: installType(t, timedeltaDefinition()), date: date, datetime: installType(t, datetimeDefinition(), base: date),
        time: installType(t, timeDefinition()), tzinfo: tzinfo, timezone: installType(t, timezoneDefinition(), base: tzinfo),
        isoCalendarDate: installType(t, isoCalendarDateDefinition(), base: builtinType(.tuple)),
        utcoffset: internStatic(t, "utcoffset"), dst: internStatic(t, "dst"), tzname: internStatic(t, "tzname"), fromutc: internStatic(t, "fromutc"),
        isoformat: internStatic(t, "isoformat"), strftime: internStatic(t, "strftime"), timetuple: internStatic(t, "timetuple"),
        utc: makeRoots(1)))
    installed = p
    storeSlot(p.pointee.utc, makeTimezone(t, makeTimedelta(t, 0, 0, 0), Value(bits: 0)))
}

// MARK: what a value is

@inline(__always) private func isInstance(_ v: Value, _ type: TypePointer) -> Bool {
    if !v.isCell { return false }
    let own = typeOf(v)
    return own == type || isSubtype(own, type)
}
@inline(__always) func isTimedelta(_ v: Value) -> Bool { isInstance(v, dateTime.pointee.timedelta) }
/// A date or a datetime.
@inline(__always) func isDate(_ v: Value) -> Bool { isInstance(v, dateTime.pointee.date) }
@inline(__always) func isDateTime(_ v: Value) -> Bool { isInstance(v, dateTime.pointee.datetime) }
@inline(__always) func isTime(_ v: Value) -> Bool { isInstance(v, dateTime.pointee.time) }
@inline(__always) func isTZInfo(_ v: Value) -> Bool { isInstance(v, dateTime.pointee.tzinfo) }
@inline(__always) func isTimezone(_ v: Value) -> Bool { v.isCell && typeOf(v) == dateTime.pointee.timezone }

// MARK: reading

@inline(__always) func momentCell(_ v: Value) -> UnsafeMutablePointer<MomentCell> { v.cell(as: MomentCell.self) }

@inline(__always) func moment(_ v: Value) -> Moment {
    let c = momentCell(v)
    var m = Moment(Int(c.pointee.year), Int(c.pointee.month), Int(c.pointee.day))
    m.hour = Int(c.pointee.hour); m.minute = Int(c.pointee.minute); m.second = Int(c.pointee.second)
    m.microsecond = Int(c.pointee.microsecond); m.fold = Int(c.pointee.fold)
    return m
}

/// The tzinfo of a time or datetime, or None.
@inline(__always) func zone(_ v: Value) -> Value {
    let z = momentCell(v).pointee.tzinfo
    return z.bits == 0 ? .none : z
}

/// A timedelta's microseconds. They fit an Int only up to 292000 years.
@inline(__always) func deltaMicroseconds(_ v: Value) -> Int128 {
    let c = v.cell(as: TimedeltaCell.self)
    let seconds = Int(c.pointee.days) &* 86_400 &+ Int(c.pointee.seconds)
    return Int128(seconds) * 1_000_000 + Int128(c.pointee.microseconds)
}

/// The microseconds of an offset, which is shorter than a day.
@inline(__always) func offsetMicroseconds(_ v: Value) -> Int {
    let c = v.cell(as: TimedeltaCell.self)
    return (Int(c.pointee.days) &* 86_400 &+ Int(c.pointee.seconds)) &* 1_000_000 &+ Int(c.pointee.microseconds)
}

// MARK: making

/// A timedelta of normalized parts.
func makeTimedelta(_ t: Thread, _ days: Int, _ seconds: Int, _ microseconds: Int, type: TypePointer? = nil) -> Value {
    if days < -999_999_999 || days > 999_999_999 {
        return raise(t, .overflowError, "days=\(days); must have magnitude <= 999999999")
    }
    let v = allocateInstance(t, type ?? dateTime.pointee.timedelta)
    if v.isRaised { return v }
    let c = v.cell(as: TimedeltaCell.self)
    c.pointee.days = Int32(days)
    c.pointee.seconds = Int32(truncatingIfNeeded: seconds)
    c.pointee.microseconds = Int32(truncatingIfNeeded: microseconds)
    return v
}

func makeTimedelta(_ t: Thread, microseconds n: Int, type: TypePointer? = nil) -> Value {
    var days = n / microsecondsPerDay
    var rest = n &- days &* microsecondsPerDay
    if rest < 0 { rest &+= microsecondsPerDay; days &-= 1 }
    return makeTimedelta(t, days, rest / 1_000_000, rest % 1_000_000, type: type)
}

func makeTimedelta(_ t: Thread, wide n: Int128, type: TypePointer? = nil) -> Value {
    if let small = Int(exactly: n) { return makeTimedelta(t, microseconds: small, type: type) }
    let perDay = Int128(microsecondsPerDay)
    var days = n / perDay
    var rest = n - days * perDay
    if rest < 0 { rest += perDay; days -= 1 }
    guard let d = Int32(exactly: days) else { return raise(t, .overflowError, "Python int too large to convert to C int") }
    return makeTimedelta(t, Int(d), Int(rest) / 1_000_000, Int(rest) % 1_000_000, type: type)
}

/// An instance of `type` (date, datetime, time or a subclass of one) with fields that were checked.
func allocateMoment(_ t: Thread, _ type: TypePointer, _ m: Moment, _ tzinfo: Value = .none) -> Value {
    let v = allocateInstance(t, type)
    if v.isRaised { return v }
    let c = momentCell(v)
    c.pointee.tzinfo = tzinfo.isNone ? Value(bits: 0) : tzinfo
    c.pointee.year = UInt16(truncatingIfNeeded: m.year)
    c.pointee.month = UInt8(truncatingIfNeeded: m.month); c.pointee.day = UInt8(truncatingIfNeeded: m.day)
    c.pointee.hour = UInt8(truncatingIfNeeded: m.hour); c.pointee.minute = UInt8(truncatingIfNeeded: m.minute)
    c.pointee.second = UInt8(truncatingIfNeeded: m.second); c.pointee.fold = UInt8(truncatingIfNeeded: m.fold)
    c.pointee.microsecond = Int32(truncatingIfNeeded: m.microsecond)
    return v
}

/// A date of `type`: a subclass is called.
func makeDate(_ t: Thread, _ type: TypePointer, _ m: Moment) -> Value {
    if type == dateTime.pointee.date { return checkDate(t, m) ? allocateMoment(t, type, m) : .raised }
    if type == dateTime.pointee.datetime { return checkDate(t, m) ? allocateMoment(t, type, Moment(m.year, m.month, m.day)) : .raised }
    return call(t, type.value, Value(smallInt: m.year), Value(smallInt: m.month), Value(smallInt: m.day))
}

/// A datetime of `type`: a subclass is called, and gets the fold afterwards, since many constructors know none.
func makeDateTime(_ t: Thread, _ type: TypePointer, _ m: Moment, _ tzinfo: Value) -> Value {
    if type == dateTime.pointee.datetime {
        return checkDate(t, m) && checkTime(t, m) && checkZone(t, tzinfo) ? allocateMoment(t, type, m, tzinfo) : .raised
    }
    var fields = (Value(smallInt: m.year), Value(smallInt: m.month), Value(smallInt: m.day), Value(smallInt: m.hour),
                  Value(smallInt: m.minute), Value(smallInt: m.second), Value(smallInt: m.microsecond), tzinfo)
    return callSubclass(t, type, &fields, 8, m.fold, isDateTime)
}

func makeTime(_ t: Thread, _ type: TypePointer, _ m: Moment, _ tzinfo: Value) -> Value {
    if type == dateTime.pointee.time {
        return checkTime(t, m) && checkZone(t, tzinfo) ? allocateMoment(t, type, m, tzinfo) : .raised
    }
    var fields = (Value(smallInt: m.hour), Value(smallInt: m.minute), Value(smallInt: m.second), Value(smallInt: m.microsecond), tzinfo)
    return callSubclass(t, type, &fields, 5, m.fold, isTime)
}

private func callSubclass<Fields>(_ t: Thread, _ type: TypePointer, _ fields: inout Fields, _ count: Int, _ fold: Int, _ isOne: (Value) -> Bool) -> Value {
    withUnsafeMutablePointer(to: &fields) { p -> Value in
        let v = call(t, type.value, args: UnsafeMutableRawPointer(p).assumingMemoryBound(to: Value.self), count)
        if fold != 0 && !v.isRaised && isOne(v) { momentCell(v).pointee.fold = 1 }
        return v
    }
}

/// A timezone without checks; `name` 0: none.
func makeTimezone(_ t: Thread, _ offset: Value, _ name: Value) -> Value {
    if offset.isRaised { return offset }
    let v = allocateInstance(t, dateTime.pointee.timezone)
    if v.isRaised { return v }
    v.cell(as: TimezoneCell.self).pointee.offset = offset
    v.cell(as: TimezoneCell.self).pointee.name = name
    return v
}

// MARK: checks. False: raised.

func checkDate(_ t: Thread, _ m: Moment) -> Bool {
    if m.year < GregorianCalendar.minimumYear || m.year > GregorianCalendar.maximumYear {
        _ = raise(t, .valueError, "year \(m.year) is out of range")
    } else if m.month < 1 || m.month > 12 {
        _ = raise(t, .valueError, "month must be in 1..12")
    } else if m.day < 1 || (m.day > 28 && m.day > GregorianCalendar.daysInMonth(m.year, m.month)) {
        _ = raise(t, .valueError, "day is out of range for month")
    } else {
        return true
    }
    return false
}

func checkTime(_ t: Thread, _ m: Moment) -> Bool {
    if m.hour < 0 || m.hour > 23 {
        _ = raise(t, .valueError, "hour must be in 0..23")
    } else if m.minute < 0 || m.minute > 59 {
        _ = raise(t, .valueError, "minute must be in 0..59")
    } else if m.second < 0 || m.second > 59 {
        _ = raise(t, .valueError, "second must be in 0..59")
    } else if m.microsecond < 0 || m.microsecond > 999_999 {
        _ = raise(t, .valueError, "microsecond must be in 0..999999")
    } else if m.fold != 0 && m.fold != 1 {
        _ = raise(t, .valueError, "fold must be either 0 or 1")
    } else {
        return true
    }
    return false
}

@inline(__always) func checkZone(_ t: Thread, _ v: Value) -> Bool {
    if v.isNone || isTZInfo(v) { return true }
    _ = raise(t, .typeError, "tzinfo argument must be None or of a tzinfo subclass, not type '\(typeName(v))'")
    return false
}
