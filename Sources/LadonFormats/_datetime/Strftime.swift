// strftime() and what else goes through the module `time`.

import LadonLibrary

/// A function of the module `time`, as it is there now.
func timeFunction(_ t: Thread, _ name: StaticString) -> Value {
    let module = importModule(t, internStatic(t, "time"))
    return module.isRaised ? module : getAttribute(t, module, internStatic(t, name))
}

/// The nine fields of a struct_time as a tuple.
private func timeTuple(_ t: Thread, _ m: Moment, _ isDST: Int) -> Value {
    let v = makeTuple(t, 9)
    if v.isRaised { return v }
    let fields = (m.year, m.month, m.day, m.hour, m.minute, m.second, GregorianCalendar.weekday(m.ordinal),
                  GregorianCalendar.daysBeforeMonth(m.year, m.month) + m.day, isDST)
    withUnsafeBytes(of: fields) { raw in
        for i in 0..<9 { v.tupleItems[i] = Value(smallInt: raw.load(fromByteOffset: i * 8, as: Int.self)) }
    }
    return v
}

/// time.struct_time of a moment.
func structTime(_ t: Thread, _ m: Moment, _ isDST: Int) -> Value {
    let type = timeFunction(t, "struct_time")
    if type.isRaised { return type }
    let fields = timeTuple(t, m, isDST)
    return fields.isRaised ? fields : call(t, type, fields)
}

/// `__format__` of date, time and datetime: strftime(), or str() for an empty format.
func moment_format(_ t: Thread, _ a: Values) -> Value {
    if !isInstanceOf(a[1], .str) { return raise(t, .typeError, "__format__() argument 1 must be str, not \(argumentTypeName(a[1]))") }
    return a[1].strCount == 0 ? str(t, a[0]) : callMethod(t, a[0], dateTime.pointee.strftime, a[1])
}

/// strftime of date and datetime.
func date_strftime(_ t: Thread, _ a: Values) -> Value {
    let v = a[0]
    if !isFormat(t, a[1]) { return .raised }
    let type = typeOf(v)
    // What timetuple() is known to give, unless it has to ask a zone about daylight saving.
    let fields = (type == dateTime.pointee.date || type == dateTime.pointee.datetime) && momentCell(v).pointee.tzinfo.bits == 0
        ? timeTuple(t, moment(v), -1) : callMethod(t, v, dateTime.pointee.timetuple)
    return fields.isRaised ? fields : formatTime(t, v, a[1], fields)
}

/// strftime of time: on 1 January 1900.
func time_strftime(_ t: Thread, _ a: Values) -> Value {
    if !isFormat(t, a[1]) { return .raised }
    var m = moment(a[0])
    m.year = 1900
    let fields = timeTuple(t, m, -1)
    return fields.isRaised ? fields : formatTime(t, a[0], a[1], fields)
}

private func isFormat(_ t: Thread, _ v: Value) -> Bool {
    if isInstanceOf(v, .str) { return isEncodable(t, v) }
    _ = raise(t, .typeError, "strftime() argument 1 must be str, not \(argumentTypeName(v))")
    return false
}

/// Lone surrogates are an error here, though time.strftime() takes some of them. False: raised.
private func isEncodable(_ t: Thread, _ text: Value) -> Bool {
    text.text.union < 0x80 || !encodeString(t, text, encoding: makeString(t, "utf-8"), errors: .missing).isRaised
}

/// time.strftime() after %z, %Z and %f, of which it knows nothing, are replaced.
private func formatTime(_ t: Thread, _ v: Value, _ format: Value, _ fields: Value) -> Value {
    let function = timeFunction(t, "strftime")
    if function.isRaised { return function }
    let n = format.strCount
    var b = StringBuilder(t, capacity: n + 16)
    var isChanged = false
    var i = 0
    while i < n {
        let c = stringCharAt(format, i)
        let letter = c == 0x25 && i + 1 < n ? stringCharAt(format, i + 1) : 0
        switch letter {
        case 0:
            b.append(c)
            i += 1
            continue
        case 0x7A: // z
            var text = MomentText()
            if momentHasZone(v) && !appendOffset(t, &text, zone(v), zoneArgument(v), separator: "") { return .raised }
            text.append(to: &b)
        case 0x5A: // Z
            let name = momentHasZone(v) ? zoneName(t, zone(v), zoneArgument(v)) : .none
            if name.isRaised { return name }
            if !name.isNone {
                // The text goes through strftime() once more. A subclass of str may replace in its own way.
                let text = callMethod(t, name, .replace, makeString(t, codePoint: 0x25), makeString(t, "%%"))
                if text.isRaised { return text }
                if !isInstanceOf(text, .str) { return raise(t, .typeError, "tzname.replace() did not return a string") }
                if !isEncodable(t, text) { return .raised }
                b.append(text)
            }
        case 0x66: // f
            var text = MomentText()
            text.append(Int(momentCell(v).pointee.microsecond), digits: 6)
            text.append(to: &b)
        default:
            b.append(c)
            b.append(letter)
            i += 2
            continue
        }
        isChanged = true
        i += 2
    }
    return call(t, function, isChanged ? b.finishCanonical() : format, fields)
}

private func momentHasZone(_ v: Value) -> Bool { momentCell(v).pointee.tzinfo.bits != 0 }
