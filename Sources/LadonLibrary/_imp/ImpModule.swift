// The module `_imp`: what importlib asks of the runtime. There are no extension modules in shared libraries: native modules
// are "built in".

public func impModule() -> ModuleDefinition {
    ModuleDefinition("_imp", doc: "(Extremely) low-level import machinery bits as used by importlib.", members: [
        .method("_fix_co_filename", "(code, path, /)", imp_fixFilename, "Changes code.co_filename to specify the passed-in path."),
        .method("_zip_path_hook", "(path, /)", imp_zipPathHook, "The zipimporter of a path that leads into a file, until zipimport stands in sys.path_hooks itself."),
        .method("_frozen_module_names", "()", { t, a in
            let list = makeList(t)
            for name in frozenModuleNames() where list.isRaised || listAppend(t, list, internStatic(t, name)) < 0 { return .raised }
            return list
        }, "Returns the list of available frozen modules."),
        .method("_override_frozen_modules_for_tests", "(override, /)", { t, a in
            guard let n = asInt32(t, a[0]) else { return .raised }
            frozenOverride = n
            return .none
        }, "(internal-only) Override PyConfig.use_frozen_modules."),
        .method("acquire_lock", "()", { t, a in importLockAcquire(t) }, "Acquires the interpreter's import lock for the current thread."),
        .method("create_builtin", "(spec, /)", imp_createBuiltin, "Create an extension module."),
        .method("create_dynamic", "(spec, file=<unrepresentable>, /)", { t, a in
            raise(t, .importError, "Ladon loads no extension modules from shared libraries")
        }, "Create an extension module."),
        .method("exec_builtin", "(mod, /)", { t, a in .zero }, "Initialize a built-in module."),
        .method("exec_dynamic", "(mod, /)", { t, a in .zero }, "Initialize an extension module."),
        .method("extension_suffixes", "()", { t, a in makeList(t) }, "Returns the list of file suffixes used to identify extension modules."),
        .method("find_frozen", "(name, /, *, withdata=False)", imp_findFrozen, "Return info about the corresponding frozen module (if there is one) or None."),
        .method("get_frozen_object", "(name, data=None, /)", imp_frozenObject, "Create a code object for a frozen module."),
        .method("init_frozen", "(name, /)", imp_initFrozen, "Initializes a frozen module."),
        .method("is_builtin", "(name, /)", { t, a in
            if !isInstanceOf(a[0], .str) { return raise(t, .typeError, "is_builtin() argument must be str, not \(typeName(a[0]))") }
            return Value(smallInt: nativeModuleDefinition(a[0]) == nil ? 0 : 1)
        }, "Returns True if the module name corresponds to a built-in module."),
        .method("is_frozen", "(name, /)", { t, a in
            isName(t, a[0], "is_frozen() argument") ? Value(frozenModule(a[0]) != nil) : .raised
        }, "Returns True if the module name corresponds to a frozen module."),
        .method("is_frozen_package", "(name, /)", { t, a in
            if !isName(t, a[0], "is_frozen_package() argument") { return .raised }
            return frozenModule(a[0]).map { Value($0.isPackage) } ?? imp_noFrozen(t, a[0])
        }, "Returns True if the module name is of a frozen package."),
        .method("lock_held", "()", { t, a in Value(interpreter(t).pointee.importLockDepth > 0) }, "Return True if the import lock is currently held, else False."),
        .method("release_lock", "()", { t, a in importLockRelease(t) }, "Release the interpreter's import lock."),
        .method("source_hash", "(key, source)", imp_sourceHash, ""),
        .constant("check_hash_based_pycs", { t, a in makeString(t, processOptions.hashBasedCheck) }),
    ])
}

// MARK: frozen modules

private func isName(_ t: Thread, _ v: Value, _ what: String) -> Bool {
    if isInstanceOf(v, .str) { return true }
    _ = raise(t, .typeError, "\(what) must be str, not \(v.isNone ? "None" : typeName(v))")
    return false
}

private func imp_findFrozen(_ t: Thread, _ a: Values) -> Value {
    if !isName(t, a[0], "find_frozen() argument 1") { return .raised }
    guard let module = frozenModule(a[0]) else { return .none }
    return makeTuple(t, .none, Value(module.isPackage), module.origin.map { internStatic(t, $0) } ?? .none)
}

private func imp_frozenObject(_ t: Thread, _ a: Values) -> Value {
    if !isName(t, a[0], "get_frozen_object() argument 1") { return .raised }
    guard let module = frozenModule(a[0]) else { return imp_noFrozen(t, a[0]) }
    var options = SourceOptions()
    options.isText = true
    switch module.source {
    case .text(let source):
        return compileSource(t, makeBytes(t, source.utf8Start, source.utf8CodeUnitCount), "<frozen \(swiftString(a[0]))>", .exec, options)
    case .library(let file):
        guard let library = standardLibraryPath(t) else { return imp_noFrozen(t, a[0]) }
        return libraryCode(t, "\(library)/\(file).py", "<frozen \(module.origin.unsafelyUnwrapped)>")
    }
}

/// Makes the module and executes it, as a program did before importlib.
private func imp_initFrozen(_ t: Thread, _ a: Values) -> Value {
    if !isName(t, a[0], "init_frozen() argument") { return .raised }
    guard let frozen = frozenModule(a[0]) else { return .none }
    let code = imp_frozenObject(t, a)
    if code.isRaised { return code }
    let modules = modulesMapping(t)
    // One that is there already is executed again.
    var module = isDict(modules) ? dictGet(t, modules, a[0]) : .missing
    if module.isRaised { return module }
    if module.isMissing || !isInstanceOf(module, .module) {
        module = makeModule(t, a[0])
        if module.isRaised || setItem(t, modules, a[0], module) < 0 { return .raised }
    }
    let dict = module.cell(as: ModuleCell.self).pointee.dict
    if dictSet(t, dict, internStatic(t, "__origname__"), frozen.origin.map { internStatic(t, $0) } ?? .none) < 0 { return .raised }
    if frozen.isPackage && dictSet(t, dict, internStatic(t, "__path__"), makeList(t)) < 0 { return .raised }
    if dictSet(t, dict, name(.__builtins__), interpreter(t).pointee.builtins) < 0 { return .raised }
    return runCode(t, code, globals: dict, builtins: interpreter(t).pointee.builtins, locals: dict).isRaised ? .raised : module
}

private func imp_noFrozen(_ t: Thread, _ n: Value) -> Value {
    let e = makeException(t, .importError, "No such frozen object named \(reprText(t, n))")
    if e.isRaised { return e }
    e.exceptionFields[ExceptionField.importName] = n
    return raiseInstance(t, e)
}

private func imp_createBuiltin(_ t: Thread, _ a: Values) -> Value {
    let moduleName = getAttribute(t, a[0], name(.name))
    if moduleName.isRaised { return moduleName }
    if !isInstanceOf(moduleName, .str) { return raise(t, .typeError, "name must be str, not \(typeName(moduleName))") }
    guard let definition = nativeModuleDefinition(moduleName) else { return .none }
    // builtins and sys exist once: importing them again gives the same modules.
    if stringEqual(moduleName, "builtins") { return interpreter(t).pointee.builtinsModule }
    if stringEqual(moduleName, "sys") { return interpreter(t).pointee.sysModule }
    return installModule(t, definition)
}

private func imp_fixFilename(_ t: Thread, _ a: Values) -> Value {
    guard a[0].isExactly(.code) else { return raise(t, .typeError, "_fix_co_filename() argument 1 must be code, not \(typeName(a[0]))") }
    guard isInstanceOf(a[1], .str) else { return raise(t, .typeError, "_fix_co_filename() argument 2 must be str, not \(typeName(a[1]))") }
    rename(a[0], from: a[0].asCode.pointee.filename, to: a[1])
    return .none
}

private func rename(_ code: Value, from old: Value, to new: Value) {
    if !stringEqual(code.asCode.pointee.filename, old) { return }
    code.asCode.pointee.filename = new
    let constants = code.asCode.pointee.constants
    for i in 0..<constants.cell(as: StorageCell.self).pointee.capacity {
        let v = constants.storageItems[i]
        if v.isExactly(.code) { rename(v, from: old, to: new) }
    }
}

private func imp_sourceHash(_ t: Thread, _ a: Values) -> Value {
    guard let key = asLong(t, a[0]) else { return .raised }
    var buffer = LadonBuffer()
    if getBuffer(t, a[1], &buffer, writable: false) < 0 { return .raised }
    let data = UnsafeRawPointer(buffer.data ?? UnsafeMutableRawPointer(bitPattern: 8)!)
    let hash = Hashing.bytes(data, Int(buffer.length), HashKey(UInt64(bitPattern: Int64(key)), 0))
    releaseBuffer(t, &buffer)
    return withUnsafeBytes(of: hash.littleEndian) { makeBytes(t, $0.baseAddress!, 8) }
}

// MARK: the import lock, a recursive lock

/// While the interpreter ends the lock is not taken: one thread is left, and a daemon thread that was stopped while it
/// held the lock will never give it back.
func importLockAcquire(_ t: Thread) -> Value {
    let state = interpreter(t)
    if state.pointee.finalizing != 0 { return .none }
    // Read without the lock: whoever does not hold it can't find itself there.
    if state.pointee.importLockOwner == t.pointee.ident && state.pointee.importLockDepth > 0 {
        state.pointee.importLockDepth += 1
        return .none
    }
    state.pointee.importLock.lock(t)
    state.pointee.importLockOwner = t.pointee.ident
    state.pointee.importLockDepth = 1
    return .none
}

func importLockRelease(_ t: Thread) -> Value {
    let state = interpreter(t)
    if state.pointee.importLockDepth == 0 || state.pointee.importLockOwner != t.pointee.ident {
        return state.pointee.finalizing != 0 ? .none : raise(t, .runtimeError, "not holding the import lock")
    }
    state.pointee.importLockDepth -= 1
    if state.pointee.importLockDepth == 0 {
        state.pointee.importLockOwner = 0
        state.pointee.importLock.unlock(t)
    }
    return .none
}
