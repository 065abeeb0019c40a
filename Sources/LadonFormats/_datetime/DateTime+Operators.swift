// Arithmetic, comparison, hashing and conversion of datetime.

import LadonLibrary

func outOfRange(_ t: Thread) -> Value { raise(t, .overflowError, "date value out of range") }

/// Whether `Moment(microseconds:)` takes it.
func isInCalendar(_ microseconds: Int) -> Bool {
    microseconds >= microsecondsPerDay && microseconds < (GregorianCalendar.maximumOrdinal + 1) * microsecondsPerDay
}

/// A datetime with the same zone, `by` microseconds later. A subclass is called.
func shifted(_ t: Thread, _ v: Value, _ by: Int) -> Value {
    let sum = moment(v).microseconds &+ by
    return isInCalendar(sum) ? makeDateTime(t, typeOf(v), Moment(microseconds: sum), zone(v)) : outOfRange(t)
}

private func shifted(_ t: Thread, _ v: Value, delta: Value, isNegative: Bool) -> Value {
    // More than any two datetimes are apart: the microseconds might not fit.
    let days = delta.cell(as: TimedeltaCell.self).pointee.days
    if days.magnitude > 4_000_000 { return outOfRange(t) }
    let n = Int(deltaMicroseconds(delta))
    return shifted(t, v, isNegative ? -n : n)
}

func datetime_add(_ t: Thread, _ a: Value, _ b: Value) -> Value {
    if isDateTime(a) { return isTimedelta(b) ? shifted(t, a, delta: b, isNegative: false) : .notImplemented }
    return isTimedelta(a) && isDateTime(b) ? shifted(t, b, delta: a, isNegative: false) : .notImplemented
}

func datetime_subtract(_ t: Thread, _ a: Value, _ b: Value) -> Value {
    if !isDateTime(a) { return .notImplemented }
    if isTimedelta(b) { return shifted(t, a, delta: b, isNegative: true) }
    if !isDateTime(b) { return .notImplemented }
    let difference = moment(a).microseconds &- moment(b).microseconds
    if zone(a) == zone(b) { return makeTimedelta(t, microseconds: difference) }
    let offset1 = ownOffset(t, a)
    if offset1.isRaised { return offset1 }
    let offset2 = ownOffset(t, b)
    if offset2.isRaised { return offset2 }
    if offset1.isNone != offset2.isNone { return raise(t, .typeError, "can't subtract offset-naive and offset-aware datetimes") }
    if offset1.isNone { return makeTimedelta(t, microseconds: difference) }
    return makeTimedelta(t, microseconds: difference &- offsetMicroseconds(offset1) &+ offsetMicroseconds(offset2))
}

// MARK: comparison

func datetime_compare(_ t: Thread, _ a: Value, _ b: Value, _ op: Value) -> Value {
    let isEqual = op.smallInt == CompareOp.eq.rawValue, isUnequal = op.smallInt == CompareOp.ne.rawValue
    if !isDateTime(b) {
        if !isDate(b) { return .notImplemented }
        // A date is neither equal to a datetime nor before or after it; its own comparison would look at dates only.
        if isEqual || isUnequal { return Value(isUnequal) }
        return raise(t, .typeError, "can't compare \(typeName(a)) to \(typeName(b))")
    }
    let x = moment(a), y = moment(b)
    if zone(a) == zone(b) { return comparison(order(x.order, y.order), op) }
    let offset1 = ownOffset(t, a)
    if offset1.isRaised { return offset1 }
    let offset2 = ownOffset(t, b)
    if offset2.isRaised { return offset2 }
    if offset1.isNone != offset2.isNone {
        if isEqual || isUnequal { return Value(isUnequal) }
        return raise(t, .typeError, "can't compare offset-naive and offset-aware datetimes")
    }
    if offset1.isNone { return comparison(order(x.order, y.order), op) }
    var difference = order(x.microseconds &- offsetMicroseconds(offset1), y.microseconds &- offsetMicroseconds(offset2))
    if difference == 0 && (isEqual || isUnequal) {
        let isProblematic = foldDecides(t, a, offset1)
        if isProblematic < 0 { return .raised }
        let other = isProblematic > 0 ? 1 : foldDecides(t, b, offset2)
        if other < 0 { return .raised }
        if other > 0 { difference = 1 }
    }
    return comparison(difference, op)
}

/// PEP 495: a datetime whose offset depends on the fold equals none in another zone.
private func foldDecides(_ t: Thread, _ v: Value, _ offset: Value) -> Truth {
    if isTimezone(zone(v)) { return 0 }
    var m = moment(v)
    m.fold = 1 - m.fold
    let flipped = allocateMoment(t, typeOf(v), m, zone(v))
    let other = flipped.isRaised ? flipped : ownOffset(t, flipped)
    if other.isRaised { return -1 }
    if other.isNone || offset.isNone { return other.isNone == offset.isNone ? 0 : 1 }
    return offsetMicroseconds(other) == offsetMicroseconds(offset) ? 0 : 1
}

func datetime_hash(_ t: Thread, _ v: Value) -> Value {
    let known = momentCell(v).pointee.hash
    if known != 0 { return makeInt(t, known) }
    var m = moment(v)
    if zone(v).isNone { return fieldsHash(t, m) }
    var asked = v
    if m.fold != 0 {
        // Equal datetimes that differ in the fold have one hash.
        m.fold = 0
        asked = allocateMoment(t, typeOf(v), m, zone(v))
        if asked.isRaised { return asked }
    }
    let offset = ownOffset(t, asked)
    if offset.isRaised { return offset }
    let hash = offset.isNone ? fieldsHash(t, m) : numberHash(t, m.microseconds &- offsetMicroseconds(offset))
    if !hash.isRaised, let n = intAsWord(hash) { momentCell(v).pointee.hash = n }
    return hash
}

// MARK: conversion

func datetime_astimezone(_ t: Thread, _ a: Values) -> Value {
    let v = a[0], wanted = a[1]
    if !checkZone(t, wanted) { return .raised }
    var own = zone(v), offset = Value.none
    if !own.isNone {
        if own == wanted { return v }
        offset = utcOffset(t, own, v)
        if offset.isRaised { return offset }
    }
    if offset.isNone {
        // Without an offset it is taken for local time.
        guard let seconds = utcSeconds(t, local: moment(v)) else { return .raised }
        own = localTimezone(t, seconds &- epoch)
        if own.isRaised { return own }
        if own == wanted { return v }
        offset = utcOffset(t, own, v)
        if offset.isRaised { return offset }
    }
    let utc = moment(v).microseconds &- offsetMicroseconds(offset)
    if !isInCalendar(utc) { return outOfRange(t) }
    let m = Moment(microseconds: utc)
    var target = wanted
    if target.isNone {
        target = localTimezone(t, m.seconds &- epoch)
        if target.isRaised { return target }
    }
    let result = allocateMoment(t, typeOf(v), m, target)
    return result.isRaised ? result : callMethod(t, target, dateTime.pointee.fromutc, result)
}
