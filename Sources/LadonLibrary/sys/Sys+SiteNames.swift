// What CPython's `site` puts into builtins: exit and quit, which end the interpreter, help, and texts about Ladon.

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
    TypeDefinition(nil, "_sitebuiltins._Helper", doc: "help() starts the interactive help; help(object) shows what is known of an object.", size: 16, layout: Layout(prefix: 0), slots: [
        .unary(.repr, { t, v in makeString(t, "Type help() for interactive help, or help(object) for help about object.") }),
        .call(.call, { t, v, args, count, names in
            let pydoc = importModule(t, "pydoc")
            let function = pydoc.isRaised ? pydoc : getAttribute(t, pydoc, internStatic(t, "help"))
            return function.isRaised ? function : call(t, function, args: args, count + (names.bits == 0 ? 0 : names.tupleCount), names)
        }),
    ])
}

private struct PrinterCell {
    var header: CellHeader
    var text: Value
}

/// The type of `copyright`, `credits` and `license`.
private func printerDefinition() -> TypeDefinition {
    TypeDefinition(nil, "_sitebuiltins._Printer", doc: "A text that is shown when the prompt shows the object, and printed when it is called.",
                   size: MemoryLayout<PrinterCell>.size, layout: Layout(prefix: 1), slots: [
        .unary(.repr, { t, v in v.cell(as: PrinterCell.self).pointee.text }),
    ], members: [
        .method("__call__", "(self)", { t, a in
            let print = dictGet(t, interpreter(t).pointee.builtins, internStatic(t, "print"))
            return print.isRaised || print.isMissing ? print : call(t, print, a[0].cell(as: PrinterCell.self).pointee.text)
        }),
    ])
}

/// What `copyright` shows is `sys.copyright`.
private let printedTexts: [(StaticString, StaticString)] = [
    ("credits", "Ladon runs Python's own library: thanks to all who wrote it.\nSee www.python.org for more information about the language."),
    ("license", "See https://www.apache.org/licenses/LICENSE-2.0 (Ladon)\nand https://www.python.org/psf/license/ (the language's library)"),
]

/// False: raised.
private func installPrinter(_ t: Thread, _ type: TypePointer, _ name: StaticString, _ text: Value) -> Bool {
    let v = text.isRaised || text.isMissing ? Value.raised : allocateInstance(t, type, variableItems: 0)
    if v.isRaised { return false }
    v.cell(as: PrinterCell.self).pointee.text = text
    return dictSet(t, interpreter(t).pointee.builtins, internStatic(t, name), v) >= 0
}

/// Puts `exit`, `quit`, `help` and the texts into builtins, as CPython's `site` does.
func installSiteNames(_ t: Thread) {
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
    let printer = installType(t, printerDefinition())
    if !installPrinter(t, printer, "copyright", dictGet(t, interpreter(t).pointee.sysDict, internStatic(t, "copyright"))) { return }
    for (name, text) in printedTexts where !installPrinter(t, printer, name, makeString(t, text)) { return }
}
