// sys.displayhook.

/// Prints the repr of a value that isn't None, and keeps it as builtins._.
func sys_displayhook(_ t: Thread, _ a: Values) -> Value {
    if a[0].isNone { return .none }
    let builtins = interpreter(t).pointee.builtins
    if dictSet(t, builtins, internStatic(t, "_"), .none) < 0 { return .raised }
    let out = dictGet(t, interpreter(t).pointee.sysDict, name(.stdout))
    if out.isRaised { return out }
    if out.isMissing || out.isNone { return raise(t, .runtimeError, "lost sys.stdout") }
    let text = repr(t, a[0])
    if text.isRaised { return text }
    if callMethod(t, out, .write, text).isRaised {
        // Characters that the stream can't encode are shown as escapes.
        if !exceptionMatches(t, .unicodeEncodeError) { return .raised }
        clearException(t)
        let encoding = getAttribute(t, out, name(.encoding))
        let bytes = encoding.isRaised ? encoding : callMethod(t, text, .encode, encoding, makeString(t, "backslashreplace"))
        let shown = bytes.isRaised ? bytes : callMethod(t, bytes, .decode, encoding)
        if shown.isRaised || callMethod(t, out, .write, shown).isRaised { return .raised }
    }
    if callMethod(t, out, .write, makeString(t, codePoint: 10)).isRaised { return .raised }
    return dictSet(t, builtins, internStatic(t, "_"), a[0]) < 0 ? .raised : .none
}
