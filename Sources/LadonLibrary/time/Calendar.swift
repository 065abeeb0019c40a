// Points in time as year, month, day …: struct_time, and the conversions that the C library does.

import Glibc
import LadonTypes

nonisolated(unsafe) private var structTime: TypePointer?

/// `time.struct_time`.
func structTimeType(_ t: Thread) -> TypePointer {
    if let type = structTime { return type }
    let doc: StaticString = "The time value as returned by gmtime(), localtime(), and strptime(), and\n accepted by asctime(), mktime() and strftime().  May be considered as a\n sequence of 9 integers.\n\n Note that several fields' values are not the same as those defined by\n the C language standard for struct tm.  For example, the value of the\n field tm_year is the actual year, not year - 1900.  See individual\n fields' descriptions for details."
    let type = makeStructSequenceType(t, "time.struct_time", doc, fields: [
        ("tm_year", "year, for example, 1993"), ("tm_mon", "month of year, range [1, 12]"), ("tm_mday", "day of month, range [1, 31]"),
        ("tm_hour", "hours, range [0, 23]"), ("tm_min", "minutes, range [0, 59]"), ("tm_sec", "seconds, range [0, 61])"),
        ("tm_wday", "day of week, range [0, 6], Monday is 0"), ("tm_yday", "day of year, range [1, 366]"),
        ("tm_isdst", "1 if summer time is in effect, 0 if not, and -1 if unknown"),
        ("tm_zone", "abbreviation of timezone name"), ("tm_gmtoff", "offset from UTC in seconds"),
    ], visible: 9)
    structTime = type
    return type
}

func calendarMembers() -> [NativeMember] {
    [
        .method("gmtime", "!(seconds=None, /)", { t, a in breakDown(t, a[0], local: false) },
                "gmtime([seconds]) -> (tm_year, tm_mon, tm_mday, tm_hour, tm_min,\n                       tm_sec, tm_wday, tm_yday, tm_isdst)\n\nConvert seconds since the Epoch to a time tuple expressing UTC (a.k.a.\nGMT).  When 'seconds' is not passed in, convert the current time instead.\n\nIf the platform supports the tm_gmtoff and tm_zone, they are available as\nattributes only."),
        .method("localtime", "!(seconds=None, /)", { t, a in breakDown(t, a[0], local: true) },
                "localtime([seconds]) -> (tm_year,tm_mon,tm_mday,tm_hour,tm_min,\n                          tm_sec,tm_wday,tm_yday,tm_isdst)\n\nConvert seconds since the Epoch to a time tuple expressing local time.\nWhen 'seconds' is not passed in, convert the current time instead."),
        .method("mktime", "(tuple, /)", time_mktime,
                "mktime(tuple) -> floating point number\n\nConvert a time tuple in local time to seconds since the Epoch.\nNote that mktime(gmtime(0)) will not generally return zero for most\ntime zones; instead the returned value will either be equal to that\nof the timezone or altzone attributes on the time module."),
        .method("asctime", "(tuple=<unrepresentable>, /)", time_asctime,
                "asctime([tuple]) -> string\n\nConvert a time tuple to a string, e.g. 'Sat Jun 06 16:26:11 1998'.\nWhen the time tuple is not present, current time as returned by localtime()\nis used."),
        .method("ctime", "!(seconds=None, /)", time_ctime,
                "ctime(seconds) -> string\n\nConvert a time in seconds since the Epoch to a string in local time.\nThis is equivalent to asctime(localtime(seconds)). When the time tuple is\nnot present, current time as returned by localtime() is used."),
        .method("strftime", "!(format, tuple=<unrepresentable>, /)", time_strftime,
                "strftime(format[, tuple]) -> string\n\nConvert a time tuple to a string according to a format specification.\nSee the library reference manual for formatting codes. When the time tuple\nis not present, current time as returned by localtime() is used."),
        .method("strptime", "(*args)", { t, a in
            let module = importedModule(t, "_strptime")
            if module.isRaised { return module }
            let f = getAttribute(t, module, intern(t, "_strptime_time"))
            return f.isRaised ? f : callWithTuple(t, f, a[0])
        }, "strptime(string, format) -> struct_time\n\nParse a string to a time tuple according to a format specification.\nSee the library reference manual for formatting codes (same as\nstrftime())."),
        .method("tzset", "($module, /)", { t, a in
            tzset()
            return setZoneAttributes(t, a[0])
        }, "tzset()\n\nInitialize, or reinitialize, the local timezone to the value stored in\nos.environ['TZ']. The TZ environment variable should be specified in\nstandard Unix timezone format as documented in the tzset man page\n(eg. 'US/Eastern', 'Europe/Amsterdam'). Unknown timezones will silently\nfall back to UTC. If the TZ environment variable is not set, the local\ntimezone is set to the systems best guess of wallclock time.\nChanging the TZ environment variable without calling tzset *may* change\nthe local timezone used by methods such as localtime, but this behaviour\nshould not be relied on."),
        .constant("struct_time") { t, a in Value(structTimeType(t)) },
        .constant("_STRUCT_TM_ITEMS") { t, a in Value(smallInt: 11) },
    ]
}

/// timezone, altzone, daylight and tzname of the module.
func setZoneAttributes(_ t: Thread, _ module: Value) -> Value {
    let dict = module.cell(as: ModuleCell.self).pointee.dict
    let year = (365 * 24 + 6) * 3600
    var now = time(nil)
    now = now / year * year
    func zone(_ at: Int) -> (name: Value, west: Int) {
        var when = at, p = tm()
        localtime_r(&when, &p)
        let text: Value = p.tm_zone.map { makeString(t, fileSystem: $0) } ?? makeString(t, "   ")
        return (text, -p.tm_gmtoff)
    }
    let january = zone(now), july = zone(now + year / 2)
    // South of the equator it is January that has summer time.
    let isReversed = january.west < july.west
    let names = isReversed ? makeTuple(t, july.name, january.name) : makeTuple(t, january.name, july.name)
    if names.isRaised { return names }
    let standard = isReversed ? july.west : january.west, summer = isReversed ? january.west : july.west
    if dictSet(t, dict, intern(t, "timezone"), Value(smallInt: standard)) < 0 || dictSet(t, dict, intern(t, "altzone"), Value(smallInt: summer)) < 0
        || dictSet(t, dict, intern(t, "daylight"), Value(smallInt: january.west != july.west ? 1 : 0)) < 0
        || dictSet(t, dict, intern(t, "tzname"), names) < 0 { return .raised }
    return .none
}

// MARK: to struct_time

private func breakDown(_ t: Thread, _ given: Value, local: Bool) -> Value {
    var when = 0
    if given.isNone { when = time(nil) } else {
        guard let n = wholeSeconds(t, given, .floor) else { return .raised }
        when = n
    }
    var p = tm()
    return breakDown(t, &when, &p, local: local) ? structTimeValue(t, p) : .raised
}

private func breakDown(_ t: Thread, _ when: inout Int, _ p: inout tm, local: Bool) -> Bool {
    errno = 0
    if (local ? localtime_r(&when, &p) : gmtime_r(&when, &p)) != nil { return true }
    raiseOSError(t, errno == 0 ? EINVAL : errno)
    return false
}

private func structTimeValue(_ t: Thread, _ p: tm) -> Value {
    let zone: Value = p.tm_zone.map { makeString(t, fileSystem: $0) } ?? .none
    let v = makeStructSequence(t, structTimeType(t))
    if v.isRaised || zone.isRaised { return .raised }
    let f = structSequenceItems(v)
    f[0] = Value(smallInt: Int(p.tm_year) + 1900)
    f[1] = Value(smallInt: Int(p.tm_mon) + 1)
    f[2] = Value(smallInt: Int(p.tm_mday))
    f[3] = Value(smallInt: Int(p.tm_hour))
    f[4] = Value(smallInt: Int(p.tm_min))
    f[5] = Value(smallInt: Int(p.tm_sec))
    f[6] = Value(smallInt: (Int(p.tm_wday) + 6) % 7)
    f[7] = Value(smallInt: Int(p.tm_yday) + 1)
    f[8] = Value(smallInt: Int(p.tm_isdst))
    f[9] = zone
    f[10] = Value(smallInt: p.tm_gmtoff)
    return v
}

// MARK: from a time tuple

/// A C time from a time tuple, not checked. The zone's name, if there is one, is that of `zone`, which must outlive `p`. False: raised.
private func parseTuple(_ t: Thread, _ v: Value, _ p: inout tm, _ function: String) -> Bool {
    if !isTuple(v) {
        raise(t, .typeError, "Tuple or struct_time argument required")
        return false
    }
    if v.tupleCount != 9 {
        raise(t, .typeError, "\(function)(): illegal time tuple argument")
        return false
    }
    var n: (Int32, Int32, Int32, Int32, Int32, Int32, Int32, Int32, Int32) = (0, 0, 0, 0, 0, 0, 0, 0, 0)
    let done = withUnsafeMutableBytes(of: &n) { raw -> Bool in
        let out = raw.bindMemory(to: Int32.self)
        for i in 0 ..< 9 {
            let whole = index(t, v.tupleItems[i])
            if whole.isRaised { return false }
            guard let word = intAsWord(whole) else {
                raise(t, .overflowError, "Python int too large to convert to C long")
                return false
            }
            guard let x = Int32(exactly: word) else {
                raise(t, .overflowError, word > 0 ? "signed integer is greater than maximum" : "signed integer is less than minimum")
                return false
            }
            out[i] = x
        }
        return true
    }
    if !done { return false }
    if n.0 < Int32.min + 1900 {
        raise(t, .overflowError, "year out of range")
        return false
    }
    p.tm_year = n.0 - 1900
    p.tm_mon = n.1 &- 1
    p.tm_mday = n.2
    p.tm_hour = n.3
    p.tm_min = n.4
    p.tm_sec = n.5
    p.tm_wday = (n.6 &+ 1) % 7
    p.tm_yday = n.7 &- 1
    p.tm_isdst = n.8
    if typeOf(v) == structTimeType(t) {
        let f = structSequenceItems(v)
        if isInt(f[10]) {
            guard let offset = asInt(t, f[10]) else { return false }
            p.tm_gmtoff = offset
        }
        if f[9].isCell && isInstanceOf(f[9], .str) && f[9].strIsASCII {
            // Zero-terminated, and alive as long as the tuple.
            p.tm_zone = UnsafePointer(f[9].strData.assumingMemoryBound(to: CChar.self))
        }
    }
    return true
}

/// The ranges that strftime and asctime can show. Zero month, day and day of the year count as the first. False: raised.
private func checkRanges(_ t: Thread, _ p: inout tm) -> Bool {
    func fail(_ what: String) -> Bool {
        raise(t, .valueError, "\(what) out of range")
        return false
    }
    if p.tm_mon == -1 { p.tm_mon = 0 } else if p.tm_mon < 0 || p.tm_mon > 11 { return fail("month") }
    if p.tm_mday == 0 { p.tm_mday = 1 } else if p.tm_mday < 0 || p.tm_mday > 31 { return fail("day of month") }
    if p.tm_hour < 0 || p.tm_hour > 23 { return fail("hour") }
    if p.tm_min < 0 || p.tm_min > 59 { return fail("minute") }
    if p.tm_sec < 0 || p.tm_sec > 61 { return fail("seconds") }
    if p.tm_wday < 0 { return fail("day of week") }
    if p.tm_yday == -1 { p.tm_yday = 0 } else if p.tm_yday < 0 || p.tm_yday > 365 { return fail("day of year") }
    return true
}

private func time_mktime(_ t: Thread, _ a: Values) -> Value {
    var p = tm()
    if !parseTuple(t, a[0], &p, "mktime") { return .raised }
    p.tm_wday = -1
    let when = mktime(&p)
    // -1 is a valid time too: then the C library has filled in the day of the week.
    if when == -1 && p.tm_wday == -1 { return raise(t, .overflowError, "mktime argument out of range") }
    return makeFloat(t, Double(when))
}

private func asctimeText(_ t: Thread, _ p: tm) -> Value {
    let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    func two(_ n: Int32) -> String { n < 10 ? "0\(n)" : "\(n)" }
    let day = p.tm_mday < 10 ? "  \(p.tm_mday)" : " \(p.tm_mday)"
    let clock = "\(two(p.tm_hour)):\(two(p.tm_min)):\(two(p.tm_sec))"
    return makeString(t, "\(days[Int(p.tm_wday)]) \(months[Int(p.tm_mon)])\(day) \(clock) \(Int(p.tm_year) + 1900)")
}

private func time_asctime(_ t: Thread, _ a: Values) -> Value {
    var p = tm()
    if a[0].isMissing {
        var when = time(nil)
        if !breakDown(t, &when, &p, local: true) { return .raised }
    } else if !parseTuple(t, a[0], &p, "asctime") || !checkRanges(t, &p) { return .raised }
    return asctimeText(t, p)
}

private func time_ctime(_ t: Thread, _ a: Values) -> Value {
    var when = 0
    if a[0].isNone { when = time(nil) } else {
        guard let n = wholeSeconds(t, a[0], .floor) else { return .raised }
        when = n
    }
    var p = tm()
    return breakDown(t, &when, &p, local: true) ? asctimeText(t, p) : .raised
}

private func time_strftime(_ t: Thread, _ a: Values) -> Value {
    if !isInstanceOf(a[0], .str) { return raise(t, .typeError, "strftime() argument 1 must be str, not \(typeName(a[0]))") }
    var p = tm()
    if a[1].isMissing {
        var when = time(nil)
        if !breakDown(t, &when, &p, local: true) { return .raised }
    } else if !parseTuple(t, a[1], &p, "strftime") || !checkRanges(t, &p) { return .raised }
    p.tm_isdst = max(-1, min(1, p.tm_isdst))
    var hasZero = false
    for i in 0 ..< a[0].strCount where stringCharAt(a[0], i) == 0 { hasZero = true }
    if hasZero { return raise(t, .valueError, "embedded null character") }
    return withFileSystemBytes(a[0]) { raw, n -> Value in
        let format = UnsafeRawPointer(raw).assumingMemoryBound(to: CChar.self)
        var size = 1024
        while true {
            let buffer = UnsafeMutablePointer<CChar>.allocate(capacity: size)
            defer { buffer.deallocate() }
            let length = strftime(buffer, size, format, &p)
            // 0 may be an empty result (`%Z` without a zone): a buffer of 256 times the format is large enough for any.
            if length > 0 || size >= 256 * n { return makeString(t, fileSystem: UnsafeRawPointer(buffer).assumingMemoryBound(to: UInt8.self), count: length) }
            size += size
        }
    }
}
