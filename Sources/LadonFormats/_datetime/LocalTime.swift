// The system's local time: from seconds since 1970 to fields, and back with the fold of PEP 495.
//
// Seconds are counted from the day before 1 January of year 1 (`Moment.seconds`), local or UTC; `epoch` is 1970 in them.

import Glibc
import LadonLibrary

let epoch = GregorianCalendar.epochOrdinal * 86_400
/// No transition is longer.
private let longestFold = 24 * 3600

private func raiseErrno(_ t: Thread) -> Bool {
    _ = raiseOSError(t, errno)
    return false
}

private func breakDown(_ t: Thread, _ seconds: Int, _ p: inout tm, isLocal: Bool) -> Bool {
    var when = seconds
    errno = 0
    if (isLocal ? localtime_r(&when, &p) : gmtime_r(&when, &p)) != nil { return true }
    if errno == 0 { errno = EINVAL }
    return raiseErrno(t)
}

private func fields(_ p: tm) -> Moment {
    var m = Moment(Int(p.tm_year) + 1900, Int(p.tm_mon) + 1, Int(p.tm_mday))
    // A leap second is the one before it.
    (m.hour, m.minute, m.second) = (Int(p.tm_hour), Int(p.tm_min), min(Int(p.tm_sec), 59))
    return m
}

/// The local date and time at `seconds` since 1970. nil: raised.
func localMoment(_ t: Thread, _ seconds: Int) -> Moment? {
    var p = tm()
    return breakDown(t, seconds, &p, isLocal: true) ? fields(p) : nil
}

/// The UTC date and time at `seconds` since 1970. nil: raised.
func utcMoment(_ t: Thread, _ seconds: Int) -> Moment? {
    var p = tm()
    return breakDown(t, seconds, &p, isLocal: false) ? fields(p) : nil
}

/// Local seconds for UTC seconds. nil: raised.
private func local(_ t: Thread, _ seconds: Int) -> Int? {
    guard let m = localMoment(t, seconds &- epoch) else { return nil }
    if m.year < GregorianCalendar.minimumYear || m.year > GregorianCalendar.maximumYear {
        _ = raise(t, .valueError, "year \(m.year) is out of range")
        return nil
    }
    return m.seconds
}

/// 1 when the local moment at `seconds` since 1970 shows for the second time, after the clock was put back. nil: raised.
func localFold(_ t: Thread, _ m: Moment, _ seconds: Int) -> Int? {
    if m.year < GregorianCalendar.minimumYear || m.year > GregorianCalendar.maximumYear { return 0 }
    let now = m.seconds
    guard let before = local(t, epoch &+ seconds &- longestFold) else { return nil }
    let shift = now &- before &- longestFold
    if shift >= 0 { return 0 }
    guard let then = local(t, epoch &+ seconds &+ shift) else { return nil }
    return then == now ? 1 : 0
}

/// The UTC seconds at which local clocks show `m`; of two such moments the fold chooses. Where clocks skip `m`, what it
/// would be by the offset before the gap (fold 0) or after it. nil: raised.
func utcSeconds(_ t: Thread, local m: Moment) -> Int? {
    let wanted = m.seconds
    guard let shown = local(t, wanted) else { return nil }
    let offset1 = shown &- wanted
    let guess1 = wanted &- offset1
    guard let at1 = local(t, guess1) else { return nil }
    var offset2: Int
    if at1 == wanted {
        // A solution. Another one may lie before it, or after it when the fold is wanted.
        let probe = m.fold != 0 ? guess1 &+ longestFold : guess1 &- longestFold
        guard let there = local(t, probe) else { return nil }
        offset2 = there &- probe
        if offset1 == offset2 { return guess1 }
    } else {
        offset2 = at1 &- guess1
    }
    let guess2 = wanted &- offset2
    guard let at2 = local(t, guess2) else { return nil }
    if at2 == wanted { return guess2 }
    if at1 == wanted { return guess1 }
    return m.fold != 0 ? min(guess1, guess2) : max(guess1, guess2)
}

/// The local time zone's offset and name at `seconds` since 1970, as a timezone.
func localTimezone(_ t: Thread, _ seconds: Int) -> Value {
    var p = tm()
    if !breakDown(t, seconds, &p, isLocal: true) { return .raised }
    let name = p.tm_zone.map { makeString(t, fileSystem: $0) } ?? Value(bits: 0)
    return timezone(t, microseconds: p.tm_gmtoff &* 1_000_000, name: name)
}
