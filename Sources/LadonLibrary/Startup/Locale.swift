// The locale at start: the C locale, which knows ASCII only, becomes C.UTF-8 (PEP 538) and means UTF-8 mode (PEP 540).

import Glibc

/// Takes the locale of the environment, and decides about UTF-8 mode where nothing has asked for it or against it. May change
/// the environment: before there are other threads.
func settleLocale(_ flags: inout StartFlags) {
    let isLegacy = setlocale(LC_CTYPE, "").map { strcmp($0, "C") == 0 || strcmp($0, "POSIX") == 0 } ?? true
    if flags.utf8Mode < 0 { flags.utf8Mode = isLegacy ? 1 : 0 }
    if !isLegacy { return }
    let wish = flags.variable("PYTHONCOERCECLOCALE")
    if let wish, strcmp(wish, "0") == 0 { return }
    let warns = wish.map { strcmp($0, "warn") == 0 } ?? false
    // LC_ALL would win over whatever LC_CTYPE says.
    if let all = getenv("LC_ALL"), all.pointee != 0 {
        if warns {
            fputs("Python runtime initialized with LC_CTYPE=C (a locale with default ASCII encoding), which may cause Unicode compatibility problems. Using C.UTF-8, C.utf8, or UTF-8 (if available) as alternative Unicode-compatible locales is recommended.\n", stderr)
        }
        return
    }
    for target in ["C.UTF-8", "C.utf8", "UTF-8"] where setlocale(LC_CTYPE, target) != nil {
        guard let codeset = nl_langinfo(nl_item(CODESET)), strcmp(codeset, "UTF-8") == 0 else { continue }
        setenv("LC_CTYPE", target, 1)
        if warns {
            fputs("Python detected LC_CTYPE=C: LC_CTYPE coerced to \(target) (set another locale or PYTHONCOERCECLOCALE=0 to disable this locale coercion behavior).\n", stderr)
        }
        return
    }
    setlocale(LC_CTYPE, "")
}
