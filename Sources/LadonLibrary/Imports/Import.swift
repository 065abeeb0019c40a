// `__import__` and native modules.

/// The definition of the native module with that name.
func nativeModuleDefinition(_ moduleName: Value) -> ModuleDefinition? {
    for (candidate, definition) in nativeModuleTable() where stringEqual(moduleName, candidate) { return definition() }
    return nil
}

/// Makes a native module and puts it into sys.modules.
func makeNativeModule(_ t: Thread, _ moduleName: Value, _ definition: ModuleDefinition) -> Value {
    let module = installModule(t, definition)
    if module.isRaised { return module }
    let modules = modulesMapping(t)
    let stored = modules.isExactly(.dict) ? dictSet(t, modules, moduleName, module) : setItem(t, modules, moduleName, module)
    return stored < 0 ? .raised : module
}

func builtin_import(_ t: Thread, _ a: Values) -> Value {
    if !isInstanceOf(a[0], .str) { return raise(t, .typeError, "__import__() argument 1 must be str, not \(typeName(a[0]))") }
    let moduleName = intern(t, exactString(t, a[0]))
    let found = dictGet(t, modulesMapping(t), moduleName)
    if found.isRaised || !found.isMissing { return found }
    if let definition = nativeModuleDefinition(moduleName) { return makeNativeModule(t, moduleName, definition) }
    return raise(t, .moduleNotFoundError, "No module named \(reprText(t, moduleName))")
}

/// builtins and sys, before anything else runs.
func installCoreModules(_ t: Thread, _ options: StartOptions) {
    let state = interpreter(t)
    let builtins = makeNativeModule(t, intern(t, "builtins"), builtinsModule())
    state.pointee.builtinsModule = builtins
    state.pointee.builtins = builtins.cell(as: ModuleCell.self).pointee.dict
    let sys = makeNativeModule(t, intern(t, "sys"), sysModule())
    state.pointee.sysModule = sys
    state.pointee.sysDict = sys.cell(as: ModuleCell.self).pointee.dict
    _ = dictSet(t, state.pointee.sysDict, name(.modules), state.pointee.modules)
}
