// The module `_pickle`: its whole surface, and what its two halves share.

import LadonLibrary

public func pickleModule() -> ModuleDefinition {
    ModuleDefinition("_pickle", doc: "Optimized C implementation for the Python pickle module.",
                     members: [
                         .method("dump", "($module, /, obj, file, protocol=None, *, fix_imports=True, buffer_callback=None)", pickle_dump,
                                 "Write a pickled representation of obj to the open file object file.\n\nThe same as Pickler(file, protocol).dump(obj)."),
                         .method("dumps", "($module, /, obj, protocol=None, *, fix_imports=True, buffer_callback=None)", pickle_dumps,
                                 "Return the pickled representation of the object as a bytes object."),
                         .method("load", "($module, /, file, *, fix_imports=True, encoding='ASCII', errors='strict', buffers=())", pickle_load,
                                 "Read and return an object from the pickle data stored in a file.\n\nThe same as Unpickler(file).load()."),
                         .method("loads", "($module, data, /, *, fix_imports=True, encoding='ASCII', errors='strict', buffers=())", pickle_loads,
                                 "Read and return an object from the given pickle data."),
                     ],
                     types: [picklerDefinition, unpicklerDefinition, pickleBufferDefinition, picklerMemoDefinition, unpicklerMemoDefinition, pickleErrorDefinition],
                     initialize: pickle_initialize)
}

struct PickleTypes {
    var pickler: TypePointer
    var unpickler: TypePointer
    var buffer: TypePointer
    var picklerMemo: TypePointer
    var unpicklerMemo: TypePointer
    var error: TypePointer
    var picklingError: TypePointer
    var unpicklingError: TypePointer
}

nonisolated(unsafe) var pickleTypes: PickleTypes!

/// Objects of other modules that pickling asks for, looked up when the module is made.
enum PickleRoot {
    static let dispatchTable = 0, extensionRegistry = 1, invertedRegistry = 2, extensionCache = 3
    static let names2to3 = 4, imports2to3 = 5, names3to2 = 6, imports3to2 = 7
    static let encode = 8, partial = 9, getattr = 10, surrogatePass = 11
    static let count = 12
}

private let pickleState = PerInterpreter<(Value, Value, Value, Value, Value, Value, Value, Value, Value, Value, Value, Value)>(.pickle)

/// The words of PickleRoot.
@inline(__always) func pickleRoots(_ t: Thread) -> Values { UnsafeMutableRawPointer(pickleState[t]).assumingMemoryBound(to: Value.self) }

/// As classes that a module makes at run time are in CPython.
private let pickleErrorFlags: TypeFlags = [.baseType, .exceptionSubclass, .weakReferenceable, .changeable]

private func pickleErrorDefinition() -> TypeDefinition {
    TypeDefinition(nil, "_pickle.PickleError", base: .exception, flags: pickleErrorFlags)
}

private func pickle_initialize(_ t: Thread, _ a: Values) -> Value {
    let module = a[0]
    let error = moduleType(t, module, "PickleError")
    let pickler = moduleType(t, module, "Pickler"), unpickler = moduleType(t, module, "Unpickler"), buffer = moduleType(t, module, "PickleBuffer")
    let picklerMemo = takeModuleType(t, module, "PicklerMemoProxy"), unpicklerMemo = takeModuleType(t, module, "UnpicklerMemoProxy")
    if pickleTypes == nil {
        pickleTypes = PickleTypes(
            pickler: pickler, unpickler: unpickler, buffer: buffer, picklerMemo: picklerMemo, unpicklerMemo: unpicklerMemo, error: error,
            picklingError: installType(t, TypeDefinition(nil, "_pickle.PicklingError", base: .exception, flags: pickleErrorFlags), base: error),
            unpicklingError: installType(t, TypeDefinition(nil, "_pickle.UnpicklingError", base: .exception, flags: pickleErrorFlags), base: error))
    }
    let rows: [(StaticString, TypePointer)] = [
        ("Pickler", pickleTypes.pickler), ("Unpickler", pickleTypes.unpickler), ("PickleBuffer", pickleTypes.buffer), ("PickleError", pickleTypes.error),
        ("PicklingError", pickleTypes.picklingError), ("UnpicklingError", pickleTypes.unpicklingError),
    ]
    for (n, type) in rows where !setModuleName(t, module, n, type.value) { return .raised }
    let wanted: [(Int, String, StaticString)] = [
        (PickleRoot.dispatchTable, "copyreg", "dispatch_table"), (PickleRoot.extensionRegistry, "copyreg", "_extension_registry"),
        (PickleRoot.invertedRegistry, "copyreg", "_inverted_registry"), (PickleRoot.extensionCache, "copyreg", "_extension_cache"),
        (PickleRoot.names2to3, "_compat_pickle", "NAME_MAPPING"), (PickleRoot.imports2to3, "_compat_pickle", "IMPORT_MAPPING"),
        (PickleRoot.names3to2, "_compat_pickle", "REVERSE_NAME_MAPPING"), (PickleRoot.imports3to2, "_compat_pickle", "REVERSE_IMPORT_MAPPING"),
        (PickleRoot.encode, "codecs", "encode"), (PickleRoot.partial, "functools", "partial"), (PickleRoot.getattr, "builtins", "getattr"),
    ]
    for (root, moduleName, attribute) in wanted {
        let from = importModule(t, moduleName)
        if from.isRaised { return from }
        let v = getAttribute(t, from, internStatic(t, attribute))
        if v.isRaised { return v }
        if root < PickleRoot.encode && !isDict(v) {
            return raise(t, .runtimeError, "\(moduleName).\(attribute) should be a dict, not \(typeName(v))")
        }
        pickleRoots(t)[root] = v
    }
    pickleRoots(t)[PickleRoot.surrogatePass] = makeString(t, "surrogatepass")
    return .none
}

/// Raises an exception of one of the module's own types. False, for functions that answer whether all went well.
@discardableResult
func raisePickle(_ t: Thread, _ type: TypePointer, _ message: String) -> Bool {
    let e = call(t, type.value, makeString(t, message))
    if !e.isRaised { _ = raiseValue(t, e) }
    return false
}

@discardableResult func raisePickling(_ t: Thread, _ message: String) -> Bool { raisePickle(t, pickleTypes.picklingError, message) }
@discardableResult func raiseUnpickling(_ t: Thread, _ message: String) -> Bool { raisePickle(t, pickleTypes.unpicklingError, message) }

/// repr(v) for a message; nil when it raised.
func pickleRepr(_ t: Thread, _ v: Value) -> String? {
    let s = repr(t, v)
    return s.isRaised ? nil : swiftString(s)
}

/// The attribute that a dotted name leads to from `object`, and the object that has it. `.missing`: there is none; 0: raised,
/// for a name inside a function too.
func pickleAttribute(_ t: Thread, _ object: Value, _ dotted: Value, _ parent: inout Value) -> Value {
    var from = 0
    var v = object
    parent = object
    let text = dotted.text
    var i = 0
    while i <= text.count {
        if i < text.count && text[i] != 46 {
            i += 1
            continue
        }
        parent = v
        let part = from == 0 && i == text.count ? dotted : substring(t, dotted, from, i)
        v = getAttributeOrMissing(t, v, intern(t, part))
        if v.isRaised || v.isMissing { return v }
        i += 1
        from = i
    }
    dotted.keepAlive
    return v
}

/// Refuses names of what is local to a function. False: raised.
func pickleNameIsGlobal(_ t: Thread, _ dotted: Value, of object: Value) -> Bool {
    let name = swiftString(dotted)
    if !name.contains("<") || !name.split(separator: ".", omittingEmptySubsequences: false).contains("<locals>") { return true }
    guard let shown = pickleRepr(t, dotted) else { return false }
    if object.isMissing {
        _ = raise(t, .attributeError, "Can't pickle local object \(shown)")
        return false
    }
    guard let owner = pickleRepr(t, object) else { return false }
    _ = raise(t, .attributeError, "Can't get local attribute \(shown) on \(owner)")
    return false
}
