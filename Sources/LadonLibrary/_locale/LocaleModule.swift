// The module `_locale`: the C library's locale.

import Glibc

/// `_locale.Error`: the exception of failed setlocale calls.
nonisolated(unsafe) private var errorType: Values = {
    let p = Values.allocate(capacity: 1)
    p.initialize(to: .raised)
    addRoot(p)
    return p
}()

private func text(_ t: Thread, _ c: UnsafePointer<CChar>?) -> Value { c == nil ? .none : makeString(t, fileSystem: c!) }

private func locale_setlocale(_ t: Thread, _ a: Values) -> Value {
    guard let category = asInt32(t, a[0]) else { return .raised }
    if category < 0 || category > 12 { return raiseLocale(t, "invalid locale category") }
    if a[1].isNone || a[1].isMissing {
        guard let current = setlocale(category, nil) else { return raiseLocale(t, "locale query failed") }
        return text(t, current)
    }
    if !a[1].isStr { return raise(t, .typeError, "setlocale() argument 2 must be str or None, not \(typeName(a[1]))") }
    let bytes = fsConverter(t, a[1])
    if bytes.isRaised { return bytes }
    let r = setlocale(category, UnsafeRawPointer(bytes.bytesData).assumingMemoryBound(to: CChar.self))
    bytes.keepAlive
    return r == nil ? raiseLocale(t, "unsupported locale setting") : text(t, r)
}

private func raiseLocale(_ t: Thread, _ message: String) -> Value {
    let e = call(t, errorType.pointee, makeString(t, message))
    return e.isRaised ? e : raiseInstance(t, e)
}

/// A grouping of digits as a list of numbers; 0 at its end stands for "repeat".
private func grouping(_ t: Thread, _ c: UnsafePointer<CChar>?) -> Value {
    let list = makeList(t)
    guard let c, c.pointee != 0 else { return list }
    var p = c
    while p.pointee != 0 && p.pointee != CChar.max {
        if listAppend(t, list, Value(smallInt: Int(p.pointee))) < 0 { return .raised }
        p += 1
    }
    // CPython ends the list with the terminator itself.
    return listAppend(t, list, Value(smallInt: Int(p.pointee))) < 0 ? .raised : list
}

private func locale_localeconv(_ t: Thread, _ a: Values) -> Value {
    let d = makeDict(t)
    guard let l = localeconv()?.pointee else { return d }
    let texts: [(StaticString, UnsafeMutablePointer<CChar>?)] = [
        ("decimal_point", l.decimal_point), ("thousands_sep", l.thousands_sep),
    ]
    for (key, c) in texts where dictSet(t, d, internStatic(t, key), text(t, c)) < 0 { return .raised }
    if dictSet(t, d, internStatic(t, "grouping"), grouping(t, l.grouping)) < 0 { return .raised }
    let money: [(StaticString, UnsafeMutablePointer<CChar>?)] = [
        ("int_curr_symbol", l.int_curr_symbol), ("currency_symbol", l.currency_symbol), ("mon_decimal_point", l.mon_decimal_point),
        ("mon_thousands_sep", l.mon_thousands_sep),
    ]
    for (key, c) in money where dictSet(t, d, internStatic(t, key), text(t, c)) < 0 { return .raised }
    if dictSet(t, d, internStatic(t, "mon_grouping"), grouping(t, l.mon_grouping)) < 0 { return .raised }
    let signs: [(StaticString, UnsafeMutablePointer<CChar>?)] = [("positive_sign", l.positive_sign), ("negative_sign", l.negative_sign)]
    for (key, c) in signs where dictSet(t, d, internStatic(t, key), text(t, c)) < 0 { return .raised }
    let numbers: [(StaticString, CChar)] = [
        ("int_frac_digits", l.int_frac_digits), ("frac_digits", l.frac_digits), ("p_cs_precedes", l.p_cs_precedes), ("p_sep_by_space", l.p_sep_by_space),
        ("n_cs_precedes", l.n_cs_precedes), ("n_sep_by_space", l.n_sep_by_space), ("p_sign_posn", l.p_sign_posn), ("n_sign_posn", l.n_sign_posn),
    ]
    for (key, n) in numbers where dictSet(t, d, internStatic(t, key), Value(smallInt: Int(n))) < 0 { return .raised }
    return d
}

/// Runs `body` with a str as zero-terminated wide characters.
private func withWide(_ t: Thread, _ v: Value, _ body: (UnsafePointer<UInt32>) -> Value) -> Value {
    let n = v.strCount
    return withUnsafeTemporaryAllocation(of: UInt32.self, capacity: n + 1) { buffer -> Value in
        for i in 0..<n {
            let c = stringCharAt(v, i)
            if c == 0 { return raise(t, .valueError, "embedded null character") }
            buffer[i] = c
        }
        buffer[n] = 0
        return body(UnsafePointer(buffer.baseAddress.unsafelyUnwrapped))
    }
}

private func requireText(_ t: Thread, _ v: Value, _ what: String) -> Bool {
    if v.isStr { return true }
    _ = raise(t, .typeError, "\(what) must be str, not \(argumentType(v))")
    return false
}

/// A text as the C library's gettext functions take it. 0: raised.
private func cText(_ t: Thread, _ v: Value, _ what: String) -> Value { requireText(t, v, what) ? fsConverter(t, v) : .raised }

private func c(_ bytes: Value) -> UnsafePointer<CChar> { UnsafeRawPointer(bytes.bytesData).assumingMemoryBound(to: CChar.self) }

public func localeModule() -> ModuleDefinition {
    ModuleDefinition("_locale", doc: "Support for POSIX locales.", members: [
        .method("setlocale", "(category, locale=<unrepresentable>, /)", locale_setlocale, "Activates/queries locale processing."),
        .method("localeconv", "()", locale_localeconv, "Returns numeric and monetary locale-specific parameters."),
        .method("getencoding", "()", { t, _ in localeEncoding(t) }, "Get the current locale encoding."),
        .method("nl_langinfo", "(key, /)", { t, a in
            guard let key = asInt32(t, a[0]) else { return .raised }
            var row = ladon_constants(Int32(LADON_CONSTANTS_LOCALE.rawValue)).unsafelyUnwrapped
            while row.pointee.name != nil {
                // The categories of setlocale are small numbers.
                if row.pointee.value == Int64(key) && key > 12 { return text(t, nl_langinfo(nl_item(key))) }
                row += 1
            }
            return raise(t, .valueError, "unsupported langinfo constant")
        }, "Return the value for the locale information associated with key."),
        .method("strcoll", "(os1, os2, /)", { t, a in
            if !requireText(t, a[0], "strcoll() argument 1") || !requireText(t, a[1], "strcoll() argument 2") { return .raised }
            let second = a[1]
            return withWide(t, a[0]) { x in withWide(t, second) { y in Value(smallInt: Int(ladon_collate(x, y))) } }
        }, "Compares two strings according to the locale."),
        .method("strxfrm", "(string, /)", { t, a in
            if !requireText(t, a[0], "strxfrm() argument") { return .raised }
            return withWide(t, a[0]) { x in
                let n = ladon_collation_key(nil, x, 0)
                return withUnsafeTemporaryAllocation(of: UInt32.self, capacity: n + 1) { out -> Value in
                    _ = ladon_collation_key(out.baseAddress, x, n + 1)
                    return makeString(t, codePoints: UnsafePointer(out.baseAddress.unsafelyUnwrapped), count: n)
                }
            }
        }, "Return a string that can be used as a key for locale-aware comparisons."),
        .method("gettext", "(msg, /)", { t, a in
            let m = cText(t, a[0], "gettext() argument")
            return m.isRaised ? m : text(t, ladon_gettext(nil, c(m), -1))
        }),
        .method("dgettext", "(domain, msg, /)", { t, a in
            let d: Value = a[0].isNone ? .none : cText(t, a[0], "dgettext() argument 1"), m = d.isRaised ? d : cText(t, a[1], "dgettext() argument 2")
            return m.isRaised ? m : text(t, ladon_gettext(d.isNone ? nil : c(d), c(m), -1))
        }),
        .method("dcgettext", "(domain, msg, category, /)", { t, a in
            let d: Value = a[0].isNone ? .none : cText(t, a[0], "dcgettext() argument 1"), m = d.isRaised ? d : cText(t, a[1], "dcgettext() argument 2")
            guard !m.isRaised, let category = asInt32(t, a[2]) else { return .raised }
            return text(t, ladon_gettext(d.isNone ? nil : c(d), c(m), category))
        }),
        .method("textdomain", "(domain, /)", { t, a in
            let d: Value = a[0].isNone ? .none : cText(t, a[0], "textdomain() argument")
            if d.isRaised { return d }
            return text(t, ladon_textdomain(d.isNone ? nil : c(d)))
        }),
        .method("bindtextdomain", "(domain, dir, /)", { t, a in
            let d = cText(t, a[0], "bindtextdomain() argument 1")
            if d.isRaised { return d }
            if d.bytesCount == 0 { return raiseLocale(t, "domain must be a non-empty string") }
            let directory: Value = a[1].isNone ? .none : fsConverter(t, a[1])
            if directory.isRaised { return directory }
            guard let r = ladon_bindtextdomain(c(d), directory.isNone ? nil : c(directory)) else { return raiseErrno(t) }
            return text(t, r)
        }),
        .method("bind_textdomain_codeset", "(domain, codeset, /)", { t, a in
            let d = cText(t, a[0], "bind_textdomain_codeset() argument 1")
            let codeset: Value = d.isRaised ? d : a[1].isNone ? .none : cText(t, a[1], "bind_textdomain_codeset() argument 2")
            return codeset.isRaised ? codeset : text(t, ladon_bind_codeset(c(d), codeset.isNone ? nil : c(codeset)))
        }),
    ], initialize: { t, a in
        let d = a[0].cell(as: ModuleCell.self).pointee.dict
        if errorType.pointee.bits == 0 {
            let namespace = makeDict(t)
            if namespace.isRaised || dictSet(t, namespace, name(.__module__), internStatic(t, "locale")) < 0 { return .raised }
            let type = makeType(t, builtinType(.type), name: internStatic(t, "Error"), bases: makeTuple(t, builtinType(.exception).value), dict: namespace)
            if type.isRaised { return type }
            storeSlot(errorType, type)
        }
        if dictSet(t, d, internStatic(t, "Error"), errorType.pointee) < 0 { return .raised }
        return addConstants(t, d, LADON_CONSTANTS_LOCALE) ? .none : .raised
    })
}
