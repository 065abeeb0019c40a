// Modules of the standard library that differ here: what is changed in each once its code has run.
//
// The code comes from a CPython library as it is; a row here puts native functions in the place of some of its
// methods, with the same behaviour, where the Python form is too slow.

/// Changes a module's dictionary. False: raised.
public typealias Amendment = (Thread, _ dict: Value) -> Bool

/// One row per module. Other targets add theirs before the runtime starts.
public nonisolated(unsafe) var amendments: [(StaticString, Amendment)] = [
    ("threading", amendThreading), ("queue", amendQueue), ("dis", amendDis), ("sysconfig", amendSysconfig),
    // Executed from its source it is another module than the importer, and compiles for the same runtime.
    ("importlib._bootstrap_external", setMagicNumber),
]

/// Called when the code of a module has run, with its globals. False: raised.
func amendModule(_ t: Thread, _ globals: Value) -> Bool {
    if !isDict(globals) { return true }
    let moduleName = dictGetName(t, globals, name(.__name__))
    if !moduleName.isCell || !moduleName.isStr { return true }
    for (candidate, amend) in amendments where stringEqual(moduleName, candidate) {
        return isOfLibrary(t, globals) ? amend(t, globals) : true
    }
    return true
}

/// A program may have a module of its own of the same name, or exec code in a dictionary of that name.
private func isOfLibrary(_ t: Thread, _ globals: Value) -> Bool {
    let spec = dictGetName(t, globals, name(.__spec__)), file = dictGetName(t, globals, name(.__file__))
    let library = dictGet(t, interpreter(t).pointee.sysDict, internStatic(t, "_stdlib_dir"))
    guard !spec.isMissing, !file.isMissing, file.isStr, !library.isMissing, library.isStr else { return false }
    return swiftString(file).hasPrefix(swiftString(library) + "/")
}

/// An interned str that native code may keep in a Swift variable: it is never collected.
public func lastingName(_ t: Thread, _ s: StaticString) -> Value {
    let v = internStatic(t, s)
    makeImmortal(v)
    return v
}

/// Puts a native method in the place of a class's Python one; the Python one is kept in `original`, a word of a
/// PerInterpreter state. False: raised.
public func replaceMethod(_ t: Thread, _ cls: Value, _ record: NativeRecordPointer, _ original: UnsafeMutablePointer<Value>) -> Bool {
    let n = intern(t, makeString(t, record.pointee.member.name))
    let dict = typeDictionary(t, cls.asType)
    let old = dictGetName(t, dict, n)
    if old.isMissing || !old.isExactly(.function) { return true }
    original.pointee = old
    let method = makeDescriptor(t, .methodDescriptor, cls.asType, n, record)
    if hasParameters(old, of: nativeSignature(t, record)) { method.asMethodDescriptor.pointee.original = old }
    return setAttribute(t, cls, n, method) >= 0
}

/// A native class has taken the place of `cls`, a Python one: its methods show what that one's functions do.
public func adoptMethods(_ t: Thread, _ native: TypePointer, of cls: Value) {
    if !isType(cls) || cls == Value(native) { return }
    let items = dictToList(t, typeDictionary(t, native), .items), python = typeDictionary(t, cls.asType)
    if items.isRaised { return clearException(t) }
    for i in 0..<listCount(items) {
        let pair = listGet(t, items, i), method = pair.tupleItems[1]
        if !method.isExactly(.methodDescriptor) || method.asMethodDescriptor.pointee.original.bits != 0 { continue }
        let function = dictGetName(t, python, pair.tupleItems[0])
        if function.isExactly(.function) && hasParameters(function, of: nativeSignature(t, method.asMethodDescriptor.pointee.record)) {
            storeSlot(&method.asMethodDescriptor.pointee.original, function)
        }
    }
}

/// Whether the native form takes what the Python one does: one that takes more shows its own signature.
private func hasParameters(_ function: Value, of signature: SignaturePointer) -> Bool {
    let code = function.asFunction.pointee.code.asCode, s = signature.pointee
    let stars = (s.varPositional >= 0 ? 1 : 0) + (s.varKeyword >= 0 ? 1 : 0)
    if code.pointee.argumentCount != s.positional || code.pointee.parameterCount != s.count
        || code.pointee.keywordOnlyCount != s.count - s.positional - stars
        || max(code.pointee.positionalOnlyCount, s.implicit) != max(s.positionalOnly, s.implicit) { return false }
    var k = 0
    for i in 0..<s.count where i != s.varPositional && i != s.varKeyword {
        if s.parameters[i].name != code.pointee.localNames.tupleItems[k] { return false }
        k += 1
    }
    return true
}

/// Runs Python source of our own in a module's namespace, as if it stood at the module's end; tracebacks pass its frames over. False: raised.
public func extendModule(_ t: Thread, _ dict: Value, _ source: StaticString, filename: String) -> Bool {
    let bytes = makeBytes(t, source.utf8Start, source.utf8CodeUnitCount)
    var options = SourceOptions()
    options.isText = true
    let code = compileSource(t, bytes, filename, .exec, options)
    if code.isRaised { return false }
    hideFrames(code)
    return !runCode(t, code, globals: dict, builtins: interpreter(t).pointee.builtins, locals: dict).isRaised
}
