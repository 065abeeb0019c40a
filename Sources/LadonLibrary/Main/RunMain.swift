// Running the program that the command line names, as the module `__main__`.

import Glibc
import LadonSyntax

/// The module `__main__`, made on first use. 0: raised.
func mainModule(_ t: Thread) -> Value {
    let key = internStatic(t, "__main__")
    let found = dictGet(t, interpreter(t).pointee.modules, key)
    if !found.isMissing { return found }
    let module = makeModule(t, key)
    if module.isRaised { return module }
    let dict = module.cell(as: ModuleCell.self).pointee.dict
    if dictSet(t, dict, name(.__builtins__), interpreter(t).pointee.builtinsModule) < 0
        || dictSet(t, dict, name(.__annotations__), makeDict(t)) < 0
        || dictSet(t, interpreter(t).pointee.modules, key, module) < 0 || !setMainLoader(t) { return .raised }
    return module
}

/// Gives `__main__` its `__loader__` as soon as there are loaders: at the first import, if the program has any. False: raised.
func setMainLoader(_ t: Thread) -> Bool {
    let state = interpreter(t)
    let module = dictGet(t, state.pointee.modules, internStatic(t, "__main__"))
    if state.pointee.importlibExternal.bits == 0 || module.isMissing || !module.isExactly(.module) { return true }
    let dict = module.cell(as: ModuleCell.self).pointee.dict
    if !dictGetName(t, dict, name(.__loader__)).isNone { return true }
    let file = dictGetName(t, dict, name(.__file__))
    if file.isMissing {
        let loader = getAttribute(t, state.pointee.importlib, internStatic(t, "BuiltinImporter"))
        return !loader.isRaised && dictSet(t, dict, name(.__loader__), loader) >= 0
    }
    let isSource = !file.isStr || !swiftString(file).hasSuffix(".pyc")
    let type = getAttribute(t, state.pointee.importlibExternal, internStatic(t, isSource ? "SourceFileLoader" : "SourcelessFileLoader"))
    let loader = type.isRaised ? type : call(t, type, internStatic(t, "__main__"), file)
    return !loader.isRaised && dictSet(t, dict, name(.__loader__), loader) >= 0
}

/// Puts the program's folder in front of sys.path.
func prependPath(_ t: Thread, _ folder: Value) -> Bool {
    interpreter(t).pointee.programFolder = folder
    let path = dictGet(t, interpreter(t).pointee.sysDict, name(.path))
    if path.isMissing || !path.isExactly(.list) { return true }
    return listInsert(t, path, 0, folder) >= 0
}

/// Executes a code object in `__main__`; prints what it raises. The exit status, or nil for plain success.
private func execute(_ t: Thread, _ code: Value) -> Int32? {
    var result = code
    if !code.isRaised {
        let module = mainModule(t)
        let dict = module.isRaised ? module : module.cell(as: ModuleCell.self).pointee.dict
        result = dict.isRaised ? dict : runCode(t, code, globals: dict, builtins: interpreter(t).pointee.builtins, locals: dict)
    }
    return result.isRaised ? reportFailure(t) : nil
}

/// Executes a file's contents as `execute` does.
private func executeFile(_ t: Thread, _ source: Value, _ filename: String) -> Int32? {
    var options = SourceOptions()
    options.isFile = true
    options.optimize = interpreter(t).pointee.flags.optimize
    return execute(t, compileSource(t, source, filename, .exec, options))
}

/// Prints the exception being raised, unless it is SystemExit; the exit status that it means.
func reportFailure(_ t: Thread) -> Int32 {
    let e = takeException(t)
    // Who asked to look around afterwards wants to see where the program left.
    if interpreter(t).pointee.flags.inspect == 0, let status = exitStatus(t, e) { return status }
    endedByInterrupt = isSubtype(typeOf(e), builtinType(.keyboardInterrupt))
    if !comesFromClosedOutput(e) { printException(t, e) }
    return endedByInterrupt ? 130 : 1
}

/// After the program: the REPL when -i or PYTHONINSPECT asks for it.
private func inspected(_ t: Thread, _ status: Int32?) -> Int32 {
    // A program may ask for it too, by setting the variable.
    let flags = interpreter(t).pointee.flags
    if !isInteractive(t) || flags.inspect == 0 && flags.variable("PYTHONINSPECT") == nil { return status ?? 0 }
    // What is typed from here on stands in no file.
    let module = mainModule(t)
    for n in [Name.__file__, .__cached__] where !module.isRaised {
        _ = dictDelete(t, module.cell(as: ModuleCell.self).pointee.dict, name(n))
    }
    clearException(t)
    return runREPL(t)
}

/// Whether there is somebody to talk to: a terminal, or -i, which takes anything for one.
private func isInteractive(_ t: Thread) -> Bool { isatty(0) != 0 || interpreter(t).pointee.flags.interactive != 0 }

/// `ladon -c source`.
public func runCommand(_ t: Thread, _ source: CommandWord) -> Int32 {
    if interpreter(t).pointee.flags.safePath == 0 && !prependPath(t, ladon_runtime.emptyString) { return reportFailure(t) }
    // What is no UTF-8 is no program.
    let bytes = encodeString(t, source.string(t), encoding: makeString(t, "utf-8"), errors: .missing)
    if bytes.isRaised {
        fputs("Unable to decode the command from the command line:\n", stderr)
        return reportFailure(t)
    }
    var options = SourceOptions()
    options.isText = true
    options.optimize = interpreter(t).pointee.flags.optimize
    return inspected(t, execute(t, compileSource(t, bytes, "<string>", .exec, options)))
}

/// `ladon -m module`: through runpy, as CPython does.
public func runModule(_ t: Thread, _ module: CommandWord) -> Int32 {
    if interpreter(t).pointee.flags.safePath == 0 {
        let folder = currentFolder(t)
        if !prependPath(t, folder) { return reportFailure(t) }
    }
    let name = module.string(t)
    if !name.isRaised && swiftString(name) == "pip" && !offerSystemPip(t) { return reportFailure(t) }
    return inspected(t, runThroughRunpy(t, name, true))
}

private func runThroughRunpy(_ t: Thread, _ module: Value, _ alterArguments: Bool) -> Int32? {
    if mainModule(t).isRaised { return reportFailure(t) }
    let runpy = importModule(t, "runpy")
    let run = runpy.isRaised ? runpy : getAttribute(t, runpy, internStatic(t, "_run_module_as_main"))
    let result = run.isRaised ? run : call(t, run, module, Value(alterArguments))
    return result.isRaised ? reportFailure(t) : nil
}

private func currentFolder(_ t: Thread) -> Value {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 4097) { buffer -> Value in
        guard getcwd(buffer.baseAddress!, 4097) != nil else { return ladon_runtime.emptyString }
        return makeString(t, fileSystem: UnsafePointer(buffer.baseAddress!))
    }
}

/// `ladon file`: a source file, or a folder or archive with a `__main__`.
public func runFile(_ t: Thread, _ path: CommandWord) -> Int32 {
    var info = stat()
    let exists = path.withCString { stat($0, &info) } == 0
    if exists && (info.st_mode & S_IFMT == S_IFDIR || path.withCString(isArchive)) {
        if !prependPath(t, path.absolute.string(t)) { return reportFailure(t) }
        return inspected(t, runThroughRunpy(t, internStatic(t, "__main__"), false))
    }
    let whole = path.absolute
    guard var source = path.withCString({ readFile(t, $0) }) else {
        let code = ladon_errno()
        let text = String(cString: strerror(code))
        fputs("\(executablePath()): can't open file '\(whole.text)': [Errno \(code)] \(text)\n", stderr)
        return 2
    }
    if interpreter(t).pointee.flags.safePath == 0 {
        if !prependPath(t, folder(of: path).string(t)) { return reportFailure(t) }
    }
    let module = mainModule(t)
    // `__file__` and tracebacks show the whole path; sys.argv[0] stays as given.
    if module.isRaised || dictSet(t, module.cell(as: ModuleCell.self).pointee.dict, name(.__file__), whole.string(t)) < 0
        || dictSet(t, module.cell(as: ModuleCell.self).pointee.dict, name(.__cached__), .none) < 0
        || dictSet(t, module.cell(as: ModuleCell.self).pointee.dict, name(.__loader__), .none) < 0 || !setMainLoader(t) { return reportFailure(t) }
    if isCompiled(source) || path.text.hasSuffix(".pyc") { return inspected(t, execute(t, compiledCode(t, source))) }
    if processOptions.skipsFirstLine { source = withoutFirstLine(t, source) }
    return inspected(t, executeFile(t, source, whole.text))
}

/// -x: the line's end stays, so that the others keep their numbers.
private func withoutFirstLine(_ t: Thread, _ source: Value) -> Value {
    var i = 0
    while i < source.bytesCount && source.bytesData[i] != UInt8(ascii: "\n") { i += 1 }
    return makeBytes(t, source.bytesData + i, source.bytesCount - i)
}

/// The folder that a script's imports are searched in first: the script's own, symbolic links followed.
private func folder(of path: CommandWord) -> CommandWord {
    let resolved = path.withCString { realpath($0, nil) }.map { p -> CommandWord in defer { free(p) }; return CommandWord(p) } ?? path.absolute
    guard let slash = resolved.bytes.lastIndex(of: UInt8(ascii: "/")) else { return CommandWord("") }
    return slash == 0 ? CommandWord("/") : CommandWord(resolved.bytes[..<slash])
}

/// Zip archives begin with a local file header, or end with the end-of-directory record after a script's first line.
private func isArchive(_ path: UnsafePointer<CChar>) -> Bool {
    let fd = open(path, O_RDONLY | O_CLOEXEC)
    if fd < 0 { return false }
    defer { close(fd) }
    var magic: UInt32 = 0
    if read(fd, &magic, 4) == 4 && magic == 0x0403_4B50 { return true }
    return lseek(fd, -22, SEEK_END) >= 0 && read(fd, &magic, 4) == 4 && magic == 0x0605_4B50
}

/// `ladon` or `ladon -`: the REPL on a terminal, else a script read from standard input.
public func runStandardInput(_ t: Thread) -> Int32 {
    if interpreter(t).pointee.flags.safePath == 0 && !prependPath(t, ladon_runtime.emptyString) { return reportFailure(t) }
    if isInteractive(t) {
        if interpreter(t).pointee.flags.quiet == 0 { showBanner() }
        interpreter(t).pointee.flags.inspect = 0
        if let status = runStartupFile(t) { return status }
        runInteractiveHook(t)
        return runREPL(t)
    }
    guard let source = readFile(t, descriptor: 0) else { _ = raiseOSError(t, ladon_errno()); return reportFailure(t) }
    return inspected(t, executeFile(t, source, "<stdin>"))
}

/// PYTHONSTARTUP: runs in `__main__` before the first prompt. What it raises is shown, no more; SystemExit ends the session
/// with the status returned.
private func runStartupFile(_ t: Thread) -> Int32? {
    guard let path = interpreter(t).pointee.flags.variable("PYTHONSTARTUP") else { return nil }
    guard let source = readFile(t, path) else {
        fputs("Could not open PYTHONSTARTUP\n", stderr)
        _ = raiseOSError(t, ladon_errno(), makeString(t, fileSystem: path))
        _ = reportFailure(t)
        return nil
    }
    var options = SourceOptions()
    options.isFile = true
    options.optimize = interpreter(t).pointee.flags.optimize
    return runStatement(t, compileSource(t, source, String(cString: path), .exec, options))
}

/// `sys.__interactivehook__`, which a sitecustomize may have set.
private func runInteractiveHook(_ t: Thread) {
    let hook = dictGet(t, interpreter(t).pointee.sysDict, internStatic(t, "__interactivehook__"))
    if hook.isMissing || hook.isRaised { clearException(t); return }
    if call(t, hook).isRaised {
        fputs("Failed calling sys.__interactivehook__\n", stderr)
        _ = reportFailure(t)
    }
}

/// The program was left by a KeyboardInterrupt that nobody caught.
nonisolated(unsafe) private var endedByInterrupt = false

/// Ends the interpreter; the process's exit status.
public func finishMain(_ t: Thread, _ status: Int32) -> Int32 {
    let ended = finishRuntime(t)
    if endedByInterrupt {
        // The parent, a shell above all, must see that it was the signal.
        signal(SIGINT, SIG_DFL)
        kill(getpid(), SIGINT)
    }
    // What could not be written counts more than how the program ended; but for a reader who went away.
    return ended != 0 && (status == 0 || !isOutputClosed()) ? ended : status
}
