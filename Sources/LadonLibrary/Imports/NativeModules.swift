// Making native modules from their definitions.

/// The definition of the native module with that name.
func nativeModuleDefinition(_ moduleName: Value) -> ModuleDefinition? {
    for table in nativeModuleTables {
        for (candidate, definition) in table where stringEqual(moduleName, candidate) { return definition() }
    }
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

/// builtins and sys, before anything else runs.
func installCoreModules(_ t: Thread, _ options: StartOptions) {
    let state = interpreter(t)
    func make(_ text: StaticString, _ definition: ModuleDefinition) -> Value {
        let module = installModule(t, definition)
        if dictSet(t, state.pointee.modules, internStatic(t, text), module) < 0 { fatalError("the module \(text) could not be made") }
        return module
    }
    let builtins = make("builtins", builtinsModule())
    state.pointee.builtinsModule = builtins
    state.pointee.builtins = builtins.cell(as: ModuleCell.self).pointee.dict
    let sys = make("sys", sysModule())
    state.pointee.sysModule = sys
    state.pointee.sysDict = sys.cell(as: ModuleCell.self).pointee.dict
    fillSysModule(t, options)
}
