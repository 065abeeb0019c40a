// The module `_imp`: what importlib asks of the runtime. Frozen are the modules whose Python source is our own and part of
// the binary; there are no extension modules in shared libraries: native modules are "built in".

/// Modules whose Python source is part of the binary, in the place of the library's. Changed only before the runtime starts.
public nonisolated(unsafe) var frozenSources: [(name: StaticString, source: StaticString)] = [("site", siteSource)]

private func frozenSource(_ v: Value) -> StaticString? {
    if !isInstanceOf(v, .str) { return nil }
    for row in frozenSources where stringEqual(v, row.name) { return row.source }
    return nil
}

public func impModule() -> ModuleDefinition {
    ModuleDefinition("_imp", doc: "(Extremely) low-level import machinery bits as used by importlib.", members: [
        .method("_fix_co_filename", "(code, path, /)", imp_fixFilename, "Changes code.co_filename to specify the passed-in path."),
        .method("_zip_path_hook", "(path, /)", imp_zipPathHook, "The zipimporter of a path that leads into a file, until zipimport stands in sys.path_hooks itself."),
        .method("_frozen_module_names", "()", { t, a in makeList(t) }, "Returns the list of available frozen modules."),
        .method("_override_frozen_modules_for_tests", "(override, /)", { t, a in .none }, "(internal-only) Override PyConfig.use_frozen_modules."),
        .method("acquire_lock", "()", { t, a in importLockAcquire(t) }, "Acquires the interpreter's import lock for the current thread."),
        .method("create_builtin", "(spec, /)", imp_createBuiltin, "Create an extension module."),
        .method("create_dynamic", "(spec, file=<unrepresentable>, /)", { t, a in
            raise(t, .importError, "Ladon loads no extension modules from shared libraries")
        }, "Create an extension module."),
        .method("exec_builtin", "(mod, /)", { t, a in .zero }, "Initialize a built-in module."),
        .method("exec_dynamic", "(mod, /)", { t, a in .zero }, "Initialize an extension module."),
        .method("extension_suffixes", "()", { t, a in makeList(t) }, "Returns the list of file suffixes used to identify extension modules."),
        .method("find_frozen", "(name, /, *, withdata=False)", { t, a in
            frozenSource(a[0]) == nil ? .none : makeTuple(t, .none, .false, a[0])
        }, "Return info about the corresponding frozen module (if there is one) or None."),
        .method("get_frozen_object", "(name, data=None, /)", imp_frozenObject, "Create a code object for a frozen module."),
        .method("init_frozen", "(name, /)", { t, a in .none }, "Initializes a frozen module."),
        .method("is_builtin", "(name, /)", { t, a in
            if !isInstanceOf(a[0], .str) { return raise(t, .typeError, "is_builtin() argument must be str, not \(typeName(a[0]))") }
            return Value(smallInt: nativeModuleDefinition(a[0]) == nil ? 0 : 1)
        }, "Returns True if the module name corresponds to a built-in module."),
        .method("is_frozen", "(name, /)", { t, a in Value(frozenSource(a[0]) != nil) }, "Returns True if the module name corresponds to a frozen module."),
        .method("is_frozen_package", "(name, /)", { t, a in frozenSource(a[0]) == nil ? imp_noFrozen(t, a) : .false }, "Returns True if the module name is of a frozen package."),
        .method("lock_held", "()", { t, a in Value(interpreter(t).pointee.importLockDepth > 0) }, "Return True if the import lock is currently held, else False."),
        .method("release_lock", "()", { t, a in importLockRelease(t) }, "Release the interpreter's import lock."),
        .method("source_hash", "(key, source)", imp_sourceHash, ""),
        .constant("check_hash_based_pycs", { t, a in makeString(t, processOptions.hashBasedCheck) }),
    ])
}

private func imp_frozenObject(_ t: Thread, _ a: Values) -> Value {
    guard let source = frozenSource(a[0]) else { return imp_noFrozen(t, a) }
    var options = SourceOptions()
    options.isText = true
    return compileSource(t, makeBytes(t, source.utf8Start, source.utf8CodeUnitCount), "<frozen \(swiftString(a[0]))>", .exec, options)
}

private func imp_noFrozen(_ t: Thread, _ a: Values) -> Value {
    raise(t, .importError, "No such frozen object named \(isInstanceOf(a[0], .str) ? swiftString(a[0]) : reprText(t, a[0]))")
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
    var h = UInt64(bitPattern: Int64(key)) ^ 0xcbf2_9ce4_8422_2325
    let bytes = UnsafeRawBufferPointer(start: buffer.data, count: Int(buffer.length))
    for b in bytes { h = (h ^ UInt64(b)) &* 0x100_0000_01b3 }
    releaseBuffer(t, &buffer)
    return withUnsafeBytes(of: h.littleEndian) { makeBytes(t, $0.baseAddress!, 8) }
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
