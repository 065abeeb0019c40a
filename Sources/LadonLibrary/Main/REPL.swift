// The interactive interpreter: one statement at a time, compiled in mode "single" in `__main__`.

import Glibc
import LadonSyntax

/// What a session without a program begins with.
func showBanner() {
    fputs("Ladon 0.1 (Python \(pythonVersion.major).\(pythonVersion.minor).\(pythonVersion.micro)), \(ladon_runtime.gil != 0 ? "with" : "without") the GIL\n", stderr)
    fputs("Type \"help\", \"copyright\", \"credits\" or \"license\" for more information.\n", stderr)
}

/// Runs until end of input or SystemExit; the exit status.
func runREPL(_ t: Thread) -> Int32 {
    let sys = interpreter(t).pointee.sysDict
    _ = dictSetDefault(t, sys, name(.ps1), makeString(t, ">>> "))
    _ = dictSetDefault(t, sys, name(.ps2), makeString(t, "... "))
    interpreter(t).pointee.flags.inspect = 0
    // `copyright`, `credits` and `license` come with it.
    if interpreter(t).pointee.flags.noSite == 0 && importModule(t, "site").isRaised { printException(t, takeException(t)) }
    var editor = LineEditor()
    var futures = 0
    while true {
        switch readStatement(t, &editor, futures) {
        case .end:
            editor.saveHistory()
            return 0
        case .nothing: continue
        case .code(let code):
            futures |= Int(code.asCode.pointee.flags & CodeFlags.futureMask.rawValue)
            if let status = runStatement(t, code) {
                editor.saveHistory()
                return status
            }
        }
    }
}

private enum Statement {
    case code(Value)
    case nothing
    case end
}

private func promptText(_ t: Thread, _ n: Name) -> String {
    let v = dictGet(t, interpreter(t).pointee.sysDict, name(n))
    if v.isMissing || v.isRaised { clearException(t); return "" }
    let text = str(t, v)
    if text.isRaised { clearException(t); return "" }
    return swiftString(text)
}

/// Reads lines until they make a statement.
private func readStatement(_ t: Thread, _ editor: inout LineEditor, _ futures: Int) -> Statement {
    var source = ""
    while true {
        flushStandardOutput(t)
        switch editor.read(t, prompt: promptText(t, source.isEmpty ? .ps1 : .ps2)) {
        case .interrupted:
            fputs("KeyboardInterrupt\n", stderr)
            return .nothing
        case .end:
            if source.isEmpty { return .end }
            return compiled(t, source, futures, final: true) ?? .nothing
        case .text(let line):
            let first = line.first { $0 != " " && $0 != "\t" && $0 != "\n" }
            if source.isEmpty && (first == nil || first == "#") { return .nothing }
            source += line
            if let statement = compiled(t, source, futures, final: false) { return statement }
        }
    }
}

/// The statement's code; nil when more lines are needed. Errors are printed.
private func compiled(_ t: Thread, _ source: String, _ futures: Int, final: Bool) -> Statement? {
    var options = SourceOptions()
    options.isText = true
    options.flags = futures | (final ? 0 : CompilerFlag.dontImplyDedent | CompilerFlag.allowIncompleteInput)
    var text = source
    let bytes = text.withUTF8 { makeBytes(t, UnsafeRawPointer($0.baseAddress!), $0.count) }
    if !final {
        // A block ends with an empty line: what only its last newline completes is not complete.
        let shorter = makeBytes(t, UnsafeRawPointer(bytes.bytesData), max(0, bytes.bytesCount - 1))
        if parseFailure(t, shorter, options) != nil {
            guard let failure = parseFailure(t, bytes, options) else { return nil }
            if failure.isIncomplete && !(source.hasSuffix("\n\n") && isEndedByEmptyLine(t, bytes, futures)) { return nil }
        }
        options.flags = futures
    }
    let code = compileSource(t, bytes, "<stdin>", .single, options)
    if code.isRaised { printException(t, takeException(t)); return .nothing }
    return .code(code)
}

/// An empty line ends what cannot go on after it (`class A:`), but not brackets and texts.
private func isEndedByEmptyLine(_ t: Thread, _ source: Value, _ futures: Int) -> Bool {
    var options = SourceOptions()
    options.isText = true
    options.flags = futures
    guard let failure = parseFailure(t, source, options) else { return false }
    return !failure.message.hasSuffix("was never closed") && !failure.message.hasPrefix("unterminated")
}

private func parseFailure(_ t: Thread, _ source: Value, _ options: SourceOptions) -> SyntaxFailure? {
    do {
        _ = try parseSource(t, source, "<stdin>", .single, options)
        return nil
    } catch { return error }
}

/// Runs one statement; the exit status when it ended the session.
func runStatement(_ t: Thread, _ code: Value) -> Int32? {
    let module = mainModule(t)
    if module.isRaised { return reportFailure(t) }
    let dict = module.cell(as: ModuleCell.self).pointee.dict
    let result = code.isRaised ? code : runCode(t, code, globals: dict, builtins: interpreter(t).pointee.builtins, locals: dict)
    flushStandardOutput(t)
    if !result.isRaised { return nil }
    let e = takeException(t)
    if let status = exitStatus(t, e) { return status }
    printException(t, e)
    return nil
}

private func flushStandardOutput(_ t: Thread) {
    let out = dictGet(t, interpreter(t).pointee.sysDict, name(.stdout))
    if out.isMissing || out.isNone { return }
    if out.isRaised || callMethod(t, out, .flush).isRaised { clearException(t) }
}
