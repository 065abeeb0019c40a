// Types of a native module that its own code makes instances of or asks for.

import LadonLibrary

/// A type of a native module by its name in the module. Types of native tables are immortal: the pointer stays good.
func moduleType(_ t: Thread, _ module: Value, _ name: StaticString) -> TypePointer {
    let v = dictGetName(t, module.cell(as: ModuleCell.self).pointee.dict, internStatic(t, name))
    precondition(v.isCell, "a module lacks one of its types")
    return v.asType
}

/// The same for a type that is no attribute of CPython's module: it is taken out.
func takeModuleType(_ t: Thread, _ module: Value, _ name: StaticString) -> TypePointer {
    let type = moduleType(t, module, name)
    _ = dictDelete(t, module.cell(as: ModuleCell.self).pointee.dict, internStatic(t, name))
    return type
}

/// Gives a module's name another value: when a module is made again, its types stay those that native code knows.
func setModuleName(_ t: Thread, _ module: Value, _ name: StaticString, _ v: Value) -> Bool {
    dictSet(t, module.cell(as: ModuleCell.self).pointee.dict, internStatic(t, name), v) >= 0
}

/// Words for values that native code keeps for ever: roots, never freed.
func makeRoots(_ count: Int) -> Values {
    let words = Values.allocate(capacity: count)
    words.initialize(repeating: .raised, count: count)
    addRootRange(words, count: count)
    return words
}
