// Importing from native code.

/// sys.modules as it is now.
public func modulesMapping(_ t: Thread) -> Value {
    let v = dictGetName(t, interpreter(t).pointee.sysDict, name(.modules))
    return v.isMissing ? interpreter(t).pointee.modules : v
}

/// Whether some thread still executes the module's code: `__import__` waits for it.
private func isInitializing(_ t: Thread, _ module: Value) -> Bool {
    if !module.isExactly(.module) { return false }
    let spec = dictGetName(t, module.cell(as: ModuleCell.self).pointee.dict, name(.__spec__))
    if spec.isMissing || spec.isNone { return false }
    let flag = getAttributeOrMissing(t, spec, name(._initializing))
    let truth = flag.isRaised || flag.isMissing ? 0 : isTrue(t, flag)
    clearException(t)
    return truth == 1
}

/// `import name` (dotted names give the last part's module). 0: raised.
public func importModule(_ t: Thread, _ moduleName: Value) -> Value {
    let modules = modulesMapping(t)
    let found = mappingGet(t, modules, moduleName)
    if found.isRaised { return found }
    if !found.isMissing && !found.isNone && !isInitializing(t, found) { return found }
    let importer = dictGet(t, interpreter(t).pointee.builtins, name(.__import__))
    if importer.isRaised { return importer }
    if importer.isMissing { return raise(t, .importError, "__import__ not found") }
    let globals = makeDict(t)
    let fromList = makeTuple(t, name(.__doc__))
    let r = withUnsafeTemporaryAllocation(of: Value.self, capacity: 5) { buffer -> Value in
        let a = buffer.baseAddress.unsafelyUnwrapped
        a[0] = moduleName; a[1] = globals; a[2] = globals; a[3] = fromList; a[4] = .zero
        return call(t, importer, args: a, 5)
    }
    if r.isRaised { return r }
    let again = mappingGet(t, modulesMapping(t), moduleName)
    if again.isMissing { return raise(t, .keyError, payload: moduleName) }
    return again
}

public func importModule(_ t: Thread, _ moduleName: String) -> Value { importModule(t, intern(t, moduleName)) }

/// The same for a module that the runtime itself needs.
public func importedModule(_ t: Thread, _ moduleName: String) -> Value { importModule(t, intern(t, moduleName)) }
