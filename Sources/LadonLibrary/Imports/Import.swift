// `__import__`: the path that every import statement takes (PyImport_ImportModuleLevelObject's rules).
//
// Modules that are there, and native modules before importlib is needed, are found without Python code.
// Everything else is importlib's: `importlib._bootstrap` from the library, loaded at its first use, since many
// programs import nothing but native modules. When it comes up it gives the modules that are there already
// their specs (`_bootstrap._setup`).

func builtin_import(_ t: Thread, _ a: Values) -> Value {
    if !isInstanceOf(a[0], .str) { return raise(t, .typeError, "__import__() argument 1 must be str, not \(typeName(a[0]))") }
    guard let level = asInt32(t, a[4]) else { return .raised }
    if level < 0 { return raise(t, .valueError, "level must be >= 0") }
    return importLevel(t, exactString(t, a[0]), globals: a[1], fromList: a[3], level: Int(level))
}

func importLevel(_ t: Thread, _ relative: Value, globals: Value, fromList: Value, level: Int) -> Value {
    let absolute: Value
    if level > 0 {
        absolute = resolveName(t, relative, globals, level)
        if absolute.isRaised { return absolute }
    } else {
        if relative.strCount == 0 { return raise(t, .valueError, "Empty module name") }
        absolute = intern(t, relative)
    }
    var module = findModule(t, absolute)
    if module.isRaised { return module }
    if !module.isMissing && !module.isNone {
        if !waitUntilInitialized(t, module, absolute) { return .raised }
    } else {
        module = findAndLoad(t, absolute)
        if module.isRaised { return module }
    }
    let wantsNames = fromList.isMissing || fromList.isNone ? 0 : isTrue(t, fromList)
    if wantsNames < 0 { return .raised }
    if wantsNames == 1 {
        let path = getAttributeOrMissing(t, module, name(.__path__))
        if path.isRaised || path.isMissing { return path.isMissing ? module : path }
        let importlib = importlibBootstrap(t)
        let handle = importlib.isRaised ? importlib : getAttribute(t, importlib, name(._handle_fromlist))
        let importer = handle.isRaised ? handle : mappingItem(t, interpreter(t).pointee.builtins, name(.__import__))
        let result = importer.isRaised ? importer : call(t, handle, module, fromList, importer)
        if result.isRaised { removeImportlibFrames(t) }
        return result
    }
    if level != 0 && relative.strCount == 0 { return module }
    let dot = firstDot(relative)
    guard dot >= 0 else { return module }
    let front = substring(t, relative, 0, dot)
    if level == 0 { return importLevel(t, front, globals: .none, fromList: .none, level: 0) }
    let cut = absolute.strCount - (relative.strCount - dot)
    let top = substring(t, absolute, 0, cut)
    let found = findModule(t, intern(t, top))
    return found.isMissing ? raise(t, .keyError, "\(reprText(t, top)) not in sys.modules as expected") : found
}

private func mappingItem(_ t: Thread, _ d: Value, _ key: Value) -> Value {
    let v = dictGet(t, d, key)
    return v.isMissing ? raise(t, .keyError, payload: key) : v
}

private func firstDot(_ v: Value) -> Int {
    for i in 0..<v.strCount where stringCharAt(v, i) == 46 { return i }
    return -1
}

func findModule(_ t: Thread, _ absolute: Value) -> Value {
    let modules = modulesMapping(t)
    if modules.isExactly(.dict) { return dictGet(t, modules, absolute) }
    let v = getItem(t, modules, absolute)
    if v.isRaised && exceptionMatches(t, .keyError) { clearException(t); return .missing }
    return v
}

/// A module that another thread is still executing is waited for. False: raised.
private func waitUntilInitialized(_ t: Thread, _ module: Value, _ absolute: Value) -> Bool {
    let importlib = interpreter(t).pointee.importlib
    if importlib.bits == 0 { return true }
    let spec = getAttributeOrMissing(t, module, name(.__spec__))
    if spec.isRaised { return false }
    if spec.isMissing || spec.isNone { return true }
    let initializing = getAttributeOrMissing(t, spec, name(._initializing))
    if initializing.isRaised { return false }
    if initializing.isMissing { return true }
    let truth = isTrue(t, initializing)
    if truth <= 0 { return truth == 0 }
    return !callMethod(t, importlib, ._lock_unlock_module, absolute).isRaised
}

/// Loads a module that is not in sys.modules.
private func findAndLoad(_ t: Thread, _ absolute: Value) -> Value {
    if isAuditing && !auditImport(t, absolute) { return .raised }
    if interpreter(t).pointee.importlib.bits == 0, !dictGetName(t, interpreter(t).pointee.sysDict, internStatic(t, "meta_path")).isMissing,
       let definition = nativeModuleDefinition(absolute) {
        return makeNativeModule(t, absolute, definition)
    }
    let importlib = importlibBootstrap(t)
    if importlib.isRaised { return importlib }
    let find = getAttribute(t, importlib, name(._find_and_load))
    let importer = find.isRaised ? find : mappingItem(t, interpreter(t).pointee.builtins, name(.__import__))
    if importer.isRaised { return importer }
    let module = processOptions.timesImports ? timedImport(t, absolute, { call(t, find, absolute, importer) }) : call(t, find, absolute, importer)
    if module.isRaised { removeImportlibFrames(t) }
    return module
}

private func auditImport(_ t: Thread, _ absolute: Value) -> Bool {
    let arguments = makeTuple(t, 5)
    if arguments.isRaised { return false }
    arguments.tupleItems[0] = absolute
    arguments.tupleItems[1] = .none
    let names: [StaticString] = ["path", "meta_path", "path_hooks"]
    for i in 0 ..< 3 {
        let v = dictGetName(t, interpreter(t).pointee.sysDict, internStatic(t, names[i]))
        arguments.tupleItems[2 + i] = v.isCell ? v : .none
    }
    return auditTuple(t, "import", arguments)
}

/// Drops importlib's own entries from the traceback of a failed import, as CPython does: all of them for an
/// ImportError, else those that end in `_call_with_frames_removed`.
private func removeImportlibFrames(_ t: Thread) {
    let e = t.pointee.exception
    if interpreter(t).pointee.flags.verbose > 0 { return }
    let always = exceptionMatches(t, .importError)
    var previous = Value.raised                     // the last entry that stays
    var chunkStart = Value.raised, beforeChunk = Value.raised
    var entry = e.asException.pointee.traceback
    while entry.bits != 0 && !entry.isNone {
        let code = entry.asTraceback.pointee.frame.asFrame.pointee.code.asCode
        let next = entry.asTraceback.pointee.next
        let isImportlib = stringEqual(code.pointee.filename, "<frozen importlib._bootstrap>") || stringEqual(code.pointee.filename, "<frozen importlib._bootstrap_external>")
        if isImportlib {
            if chunkStart.bits == 0 { chunkStart = entry; beforeChunk = previous }
            if always || stringEqual(code.pointee.name, "_call_with_frames_removed") {
                // Everything from the chunk's start to here goes.
                if beforeChunk.bits == 0 { e.asException.pointee.traceback = next } else { beforeChunk.asTraceback.pointee.next = next }
                previous = beforeChunk
                chunkStart = .raised
            } else { previous = entry }
        } else {
            chunkStart = .raised
            previous = entry
        }
        entry = next
    }
}

// MARK: relative names

/// The absolute name for `from ..x import`: package of the importing module less `level - 1` parts, plus the name.
private func resolveName(_ t: Thread, _ relative: Value, _ globals: Value, _ level: Int) -> Value {
    guard isInstanceOf(globals, .dict) else {
        return globals.isNone || globals.isMissing ? raise(t, .keyError, "'__name__' not in globals") : raise(t, .typeError, "globals must be a dict")
    }
    func entry(_ n: Name) -> Value {
        let v = dictGet(t, globals, name(n))
        return v.isNone ? .missing : v
    }
    var package = entry(.__package__)
    let spec = entry(.__spec__)
    if package.isRaised || spec.isRaised { return .raised }
    if !package.isMissing {
        if !isInstanceOf(package, .str) { return raise(t, .typeError, "package must be a string") }
        if !spec.isMissing {
            let parent = getAttributeOrMissing(t, spec, name(.parent))
            if parent.isRaised { return parent }
            let same = parent.isMissing ? 1 : equal(t, package, parent)
            if same < 0 || (same == 0 && warn(t, .importWarning, "__package__ != __spec__.parent", 1) < 0) { return .raised }
        }
    } else if !spec.isMissing {
        package = getAttribute(t, spec, name(.parent))
        if package.isRaised { return package }
        if !isInstanceOf(package, .str) { return raise(t, .typeError, "__spec__.parent must be a string") }
    } else {
        if warn(t, .importWarning, "can't resolve package from __spec__ or __package__, falling back on __name__ and __path__", 1) < 0 { return .raised }
        package = entry(.__name__)
        if package.isRaised { return package }
        if package.isMissing { return raise(t, .keyError, "'__name__' not in globals") }
        if !isInstanceOf(package, .str) { return raise(t, .typeError, "__name__ must be a string") }
        if entry(.__path__).isMissing {
            guard let dot = lastDot(package, before: package.strCount) else {
                return raise(t, .importError, "attempted relative import with no known parent package")
            }
            package = substring(t, package, 0, dot)
        }
    }
    if package.strCount == 0 { return raise(t, .importError, "attempted relative import with no known parent package") }
    var end = package.strCount
    for _ in 1..<max(level, 1) {
        guard let dot = lastDot(package, before: end) else { return raise(t, .importError, "attempted relative import beyond top-level package") }
        end = dot
    }
    let base = substring(t, package, 0, end)
    if base.isRaised || relative.strCount == 0 { return base.isRaised ? base : intern(t, base) }
    return intern(t, stringConcat(t, stringConcat(t, base, makeString(t, codePoint: 46)), relative))
}

private func lastDot(_ v: Value, before end: Int) -> Int? {
    var i = end - 1
    while i >= 0 { if stringCharAt(v, i) == 46 { return i }; i -= 1 }
    return nil
}
