// sys.displayhook, and the objects that end the interpreter: exit and quit.

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

private struct QuitterCell {
    var header: CellHeader
    var name: Value
    var eof: Value
}

/// The type of `exit` and `quit`.
private func quitterDefinition() -> TypeDefinition {
    TypeDefinition(nil, "_sitebuiltins.Quitter", size: MemoryLayout<QuitterCell>.size, layout: Layout(prefix: 2), slots: [
        .unary(.repr, { t, v in
            makeString(t, "Use \(swiftString(v.cell(as: QuitterCell.self).pointee.name))() or \(swiftString(v.cell(as: QuitterCell.self).pointee.eof)) to exit")
        }),
    ], members: [
        .method("__call__", "(self, code=None)", { t, a in
            // Closing standard input ends what still reads from it.
            let input = dictGet(t, interpreter(t).pointee.sysDict, name(.stdin))
            if !input.isRaised && !input.isMissing && !input.isNone { _ = callMethod(t, input, .close) }
            clearException(t)
            return raise(t, .systemExit, payload: a[1])
        }),
    ])
}

/// The type of `help`: the library's pydoc does the work.
private func helperDefinition() -> TypeDefinition {
    TypeDefinition(nil, "_sitebuiltins._Helper", size: 16, layout: Layout(prefix: 0), slots: [
        .unary(.repr, { t, v in makeString(t, "Type help() for interactive help, or help(object) for help about object.") }),
        .call(.call, { t, v, args, count, names in
            let pydoc = importModule(t, "pydoc")
            let function = pydoc.isRaised ? pydoc : getAttribute(t, pydoc, internStatic(t, "help"))
            return function.isRaised ? function : call(t, function, args: args, count + (names.bits == 0 ? 0 : names.tupleCount), names)
        }),
    ])
}

/// Puts `exit`, `quit` and `help` into builtins, as CPython's `site` does.
func installQuitters(_ t: Thread) {
    let helper = allocateInstance(t, installType(t, helperDefinition()), variableItems: 0)
    if helper.isRaised || dictSet(t, interpreter(t).pointee.builtins, internStatic(t, "help"), helper) < 0 { return }
    let type = installType(t, quitterDefinition())
    for text: StaticString in ["exit", "quit"] {
        let v = allocateInstance(t, type, variableItems: 0)
        if v.isRaised { return }
        v.cell(as: QuitterCell.self).pointee.name = internStatic(t, text)
        v.cell(as: QuitterCell.self).pointee.eof = internStatic(t, "Ctrl-D (i.e. EOF)")
        _ = dictSet(t, interpreter(t).pointee.builtins, internStatic(t, text), v)
    }
}
