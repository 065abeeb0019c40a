// Reading ISO 8601: the dates and times that fromisoformat() takes.

import LadonLibrary

func invalidISOFormat(_ t: Thread, _ v: Value) -> Value {
    let shown = repr(t, v)
    return shown.isRaised ? shown : raise(t, .valueError, "Invalid isoformat string: \(swiftString(shown))")
}

private func digit(_ text: Text, _ at: Int) -> Int? {
    if at >= text.count { return nil }
    let c = text[at]
    return c >= 0x30 && c <= 0x39 ? Int(c) &- 0x30 : nil
}

private func number(_ text: Text, _ at: inout Int, digits: Int) -> Int? {
    var n = 0
    for _ in 0..<digits {
        guard let d = digit(text, at) else { return nil }
        n = n &* 10 &+ d
        at &+= 1
    }
    return n
}

private func isCharacter(_ text: Text, _ at: Int, _ c: Unicode.Scalar) -> Bool { at < text.count && text[at] == c.value }

/// "2020-01-31", "20200131", "2020-W05", "2020W05", "2020-W05-5" or "2020W055"; CPython ignores what follows. False: none of these.
func parseISODate(_ text: Text, _ m: inout Moment) -> Bool {
    if text.union >= 0x80 { return false }
    var at = 0
    guard let year = number(text, &at, digits: 4) else { return false }
    let hasDash = isCharacter(text, at, "-")
    if hasDash { at &+= 1 }
    if isCharacter(text, at, "W") {
        at &+= 1
        guard let week = number(text, &at, digits: 2) else { return false }
        var weekday = 1
        if at < text.count {
            if hasDash {
                if !isCharacter(text, at, "-") { return false }
                at &+= 1
            }
            guard let d = number(text, &at, digits: 1) else { return false }
            weekday = d
        }
        guard case .success(let ordinal) = GregorianCalendar.ordinal(isoYear: year, week: week, day: weekday) else { return false }
        (m.year, m.month, m.day) = GregorianCalendar.date(ordinal: ordinal)
        return true
    }
    guard let month = number(text, &at, digits: 2) else { return false }
    if hasDash {
        if !isCharacter(text, at, "-") { return false }
        at &+= 1
    }
    guard let day = number(text, &at, digits: 2) else { return false }
    (m.year, m.month, m.day) = (year, month, day)
    return true
}

/// Where the date ends in a text of a date and perhaps a time; nil: there is no date.
private func dateEnd(_ text: Text) -> Int? {
    let n = text.count
    if n < 7 { return nil }
    if n == 7 { return 7 }
    if isCharacter(text, 4, "-") {
        if !isCharacter(text, 5, "W") { return 10 }
        if n > 8 && isCharacter(text, 8, "-") {
            if n == 9 { return nil }
            // A weekday is followed by what separates the time; two digits after the dash are hours, and the dash separates them.
            return n > 10 && digit(text, 10) != nil ? 8 : 10
        }
        return 8
    }
    if !isCharacter(text, 4, "W") { return 8 }
    var at = 7
    while digit(text, at) != nil { at &+= 1 }
    if at < 9 { return at }
    return at % 2 == 0 ? 7 : 8
}

private enum TimeEnd { case wrong, end, more }

/// Hours, and as many as there are of minutes, seconds and a fraction, in `text` from `at` to `end`. `more`: something follows,
/// in the range or right behind it; as in CPython a zone behind the range excuses one odd character at its end.
private func parseClock(_ text: Text, _ begin: Int, _ end: Int, _ m: inout Moment) -> TimeEnd {
    var at = begin
    var hasColon = true
    for i in 0..<3 {
        guard let n = number(text, &at, digits: 2) else { return .wrong }
        switch i {
        case 0: m.hour = n
        case 1: m.minute = n
        default: m.second = n
        }
        let c: UInt32 = at < text.count ? text[at] : 0
        if i == 0 { hasColon = c == 0x3A }
        if at &+ 1 >= end { return at < text.count ? .more : .end }
        if hasColon && c == 0x3A {
            at &+= 1
        } else if c == 0x2E || c == 0x2C {
            at &+= 1
            break
        } else if hasColon {
            return .wrong
        }
    }
    let digits = min(end &- at, 6)
    guard var fraction = number(text, &at, digits: digits) else { return .wrong }
    for _ in digits..<6 { fraction &*= 10 }
    m.microsecond = fraction
    while digit(text, at) != nil { at &+= 1 }
    return at == text.count ? .end : .more
}

/// "12:34:56.789+01:00" and shorter. `offset`: microseconds east of Greenwich, nil without a zone. False: malformed.
func parseISOTime(_ text: Text, _ m: inout Moment, _ offset: inout Int?) -> Bool {
    if text.union >= 0x80 { return false }
    var zone = 0
    while zone < text.count, text[zone] != 0x2B, text[zone] != 0x2D, text[zone] != 0x5A { zone &+= 1 }
    let end = parseClock(text, 0, zone, &m)
    if end == .wrong { return false }
    if zone == text.count { return end == .end }
    if isCharacter(text, zone, "Z") {
        offset = 0
        return zone &+ 1 == text.count
    }
    var east = Moment()
    if parseClock(text, zone &+ 1, text.count, &east) != .end { return false }
    let n = east.microsecondOfDay
    // Without whole seconds it is UTC, whatever the fraction.
    offset = east.secondOfDay == 0 ? 0 : isCharacter(text, zone, "-") ? -n : n
    return true
}

/// The timezone of a parsed offset; None for none.
func parsedZone(_ t: Thread, _ offset: Int?) -> Value {
    guard let offset else { return .none }
    return offset == 0 ? loadSlot(dateTime.pointee.utc) : timezone(t, microseconds: offset)
}

/// A datetime's text. False: malformed.
func parseISODateTime(_ text: Text, _ m: inout Moment, _ offset: inout Int?) -> Bool {
    guard let end = dateEnd(text), end <= text.count, parseISODate(text.slice(0, end), &m) else { return false }
    // One character, whichever, separates date and time.
    return text.count == end || parseISOTime(text.slice(end &+ 1, text.count), &m, &offset)
}
