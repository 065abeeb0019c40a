// Bringing up importlib: `_bootstrap.py` and `_bootstrap_external.py` of the library are executed as the modules
// `_frozen_importlib` and `_frozen_importlib_external` (their names in CPython, whose own copies are frozen).

import Glibc
import LadonSyntax

/// importlib._bootstrap, loaded at its first use. 0: raised.
///
/// Two threads may come here at once: the lock is held while the modules are made, and re-entered by the thread
/// that makes them.
func importlibBootstrap(_ t: Thread) -> Value {
    let state = interpreter(t)
    if ladon_load_acquire(&state.pointee.importlibReady) != 0 { return state.pointee.importlib }
    // Threads that come while it is being made wait for it; the thread that makes it comes here again through its own imports.
    if importLockAcquire(t).isRaised { return .raised }
    let importlib = state.pointee.importlib.bits != 0 ? state.pointee.importlib : makeImportlib(t)
    return importLockRelease(t).isRaised ? .raised : importlib
}

/// The import lock is held.
private func makeImportlib(_ t: Thread) -> Value {
    let state = interpreter(t)
    guard let library = standardLibraryPath(t) else {
        return raise(t, .importError, "no Python 3.11 library found: install libpython3.11-stdlib, or set LADON_STDLIB to a CPython 3.11 library directory")
    }
    let bootstrap = executeLibraryFile(t, "\(library)/importlib/_bootstrap.py", module: "_frozen_importlib", filename: "<frozen importlib._bootstrap>")
    if bootstrap.isRaised { return bootstrap }
    let imp = importModule(t, "_imp")
    if imp.isRaised { return imp }
    state.pointee.importlib = bootstrap
    let install = getAttribute(t, bootstrap, internStatic(t, "_install"))
    if install.isRaised || call(t, install, state.pointee.sysModule, imp).isRaised { return failed(t) }
    let external = executeLibraryFile(t, "\(library)/importlib/_bootstrap_external.py", module: "_frozen_importlib_external",
                                      filename: "<frozen importlib._bootstrap_external>")
    if external.isRaised { return failed(t) }
    state.pointee.importlibExternal = external
    if !setMagicNumber(t, external.cell(as: ModuleCell.self).pointee.dict) || !specify(t, external, bootstrap) { return failed(t) }
    let installExternal = getAttribute(t, bootstrap, internStatic(t, "_install_external_importers"))
    if installExternal.isRaised || call(t, installExternal).isRaised || !installZipHook(t, imp) { return failed(t) }
    if !setMainLoader(t) { return failed(t) }
    ladon_store_release(&state.pointee.importlibReady, 1)
    return bootstrap
}

/// Compiled files of the library's importer must name our instructions, not CPython's: what another version of Ladon
/// compiled is compiled again.
func setMagicNumber(_ t: Thread, _ dict: Value) -> Bool {
    let number = bytecodeMagic.reversed().reduce(0) { $0 << 8 | Int($1) }
    let bytes = bytecodeMagic.withUnsafeBufferPointer { makeBytes(t, $0.baseAddress.unsafelyUnwrapped, $0.count) }
    return dictSet(t, dict, internStatic(t, "MAGIC_NUMBER"), bytes) >= 0
        && dictSet(t, dict, internStatic(t, "_RAW_MAGIC_NUMBER"), makeInt(t, number)) >= 0
}

private func failed(_ t: Thread) -> Value {
    interpreter(t).pointee.importlib = .raised
    return .raised
}

/// Executes a file of the library as a module that nothing imports by a path.
private func executeLibraryFile(_ t: Thread, _ path: String, module moduleName: StaticString, filename: String) -> Value {
    let code = libraryCode(t, path, filename)
    if code.isRaised { return code }
    let module = makeModule(t, internStatic(t, moduleName))
    if module.isRaised || dictSet(t, modulesMapping(t), internStatic(t, moduleName), module) < 0 { return .raised }
    let dict = module.cell(as: ModuleCell.self).pointee.dict
    if dictSet(t, dict, name(.__builtins__), interpreter(t).pointee.builtins) < 0 { return .raised }
    // What the frozen importer makes of the module's spec.
    if let origin = frozenModule(internStatic(t, moduleName))?.origin, dictSet(t, dict, internStatic(t, "__origname__"), internStatic(t, origin)) < 0 { return .raised }
    if runCode(t, code, globals: dict, builtins: interpreter(t).pointee.builtins, locals: dict).isRaised { return .raised }
    return module
}

/// The spec of a module that was there before its importer: as `_bootstrap._setup` does with others of its kind.
private func specify(_ t: Thread, _ module: Value, _ bootstrap: Value) -> Bool {
    let importer = getAttribute(t, bootstrap, internStatic(t, "FrozenImporter"))
    let makeSpec = getAttribute(t, bootstrap, internStatic(t, "_spec_from_module")), initialize = getAttribute(t, bootstrap, internStatic(t, "_init_module_attrs"))
    if importer.isRaised || makeSpec.isRaised || initialize.isRaised { return false }
    let spec = call(t, makeSpec, module, importer)
    if spec.isRaised || call(t, initialize, spec, module).isRaised { return false }
    let amend = getAttribute(t, importer, internStatic(t, "_fix_up_module"))
    return !amend.isRaised && !call(t, amend, module).isRaised
}

/// The compiled code of a library file, from the cache when that is up to date.
func libraryCode(_ t: Thread, _ path: String, _ filename: String) -> Value {
    if let code = cachedCode(t, path) { return code }
    guard let source = readFile(t, path) else { return raiseOSError(t, ladon_errno(), makeString(t, path)) }
    var options = SourceOptions()
    options.isFile = true
    let code = compileSource(t, source, filename, .exec, options)
    if !code.isRaised { storeCachedCode(t, path, code) }
    return code
}

/// A file's contents as bytes; nil with errno set.
public func readFile(_ t: Thread, _ path: UnsafePointer<CChar>) -> Value? {
    let fd = open(path, O_RDONLY | O_CLOEXEC)
    if fd < 0 { return nil }
    defer { close(fd) }
    return readFile(t, descriptor: fd)
}

/// Everything up to the end of an open file, as bytes; nil with errno set.
func readFile(_ t: Thread, descriptor fd: Int32) -> Value? {
    var info = stat()
    if fstat(fd, &info) != 0 { return nil }
    if info.st_mode & S_IFMT == S_IFDIR { ladon_set_errno(EISDIR); return nil }
    var contents = newBytes(t, count: max(Int(info.st_size), 0) + 1)
    var used = 0
    while true {
        if used == contents.bytesCount {
            let larger = newBytes(t, count: used * 2 + 4096)
            larger.bytesData.update(from: contents.bytesData, count: used)
            contents = larger
        }
        let n = read(fd, contents.bytesData + used, contents.bytesCount - used)
        if n < 0 { if ladon_errno() == EINTR { continue }; return nil }
        if n == 0 { break }
        used += n
    }
    return makeBytes(t, UnsafeRawPointer(contents.bytesData), used)
}

/// The directory of the CPython 3.11 library: LADON_STDLIB, beside the executable, the usual places.
func standardLibraryPath(_ t: Thread) -> String? {
    var candidates: [String] = []
    let flags = interpreter(t).pointee.flags
    if let p = flags.variable("LADON_STDLIB") { candidates.append(String(cString: p)) }
    if let home = flags.home { candidates.append("\(home)/lib/python3.11") }
    let executable = executablePath()
    if let slash = executable.lastIndex(of: "/") {
        let folder = executable[..<slash]
        candidates.append("\(folder)/../lib/python3.11")
        candidates.append("\(folder)/python3.11")
    }
    candidates += ["/usr/lib/python3.11", "/usr/local/lib/python3.11", "/opt/homebrew/lib/python3.11", "/usr/lib64/python3.11"]
    return candidates.first { access("\($0)/importlib/_bootstrap.py", R_OK) == 0 && access("\($0)/os.py", R_OK) == 0 }
}

/// The path of the running executable.
public func executablePath() -> String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 4097) { buffer -> String in
        let n = readlink("/proc/self/exe", buffer.baseAddress!, 4096)
        guard n > 0 else { return "" }
        buffer[n] = 0
        return String(cString: buffer.baseAddress!)
    }
}
