// compile, exec, eval, globals and locals, `__build_class__`.

import LadonSyntax
import LadonCompiler

func builtin_globals(_ t: Thread, _ a: Values) -> Value {
    let globals = currentGlobals(t)
    return globals.isRaised ? raise(t, .systemError, "frame does not exist") : globals
}
func builtin_locals(_ t: Thread, _ a: Values) -> Value { currentLocals(t) }

// MARK: compile

/// Flags of compile(): PyCF_ONLY_AST, PyCF_TYPE_COMMENTS, PyCF_ALLOW_TOP_LEVEL_AWAIT, PyCF_DONT_IMPLY_DEDENT, PyCF_ALLOW_INCOMPLETE_INPUT.
enum CompilerFlag {
    static let dontImplyDedent = 0x200, onlyAST = 0x400, ignoreCookie = 0x800, typeComments = 0x1000
    static let allowTopLevelAwait = 0x2000, allowIncompleteInput = 0x4000
    /// `from __future__ import barry_as_FLUFL`, which asks nothing of code objects.
    static let barryAsBDFL = 0x40_0000
}

func builtin_compile(_ t: Thread, _ a: Values) -> Value {
    var given = a[1]
    if !isInstanceOf(given, .bytes) && supportsBuffer(given) {
        if warn(t, .deprecationWarning, "path should be string, bytes, or os.PathLike, not \(typeName(given))") < 0 { return .raised }
        given = call(t, builtinType(.bytes).value, given)
        if given.isRaised { return given }
    }
    let filename = fsConverter(t, given)
    if filename.isRaised { return filename }
    if !isInstanceOf(a[2], .str) { return raise(t, .typeError, "compile() argument 'mode' must be str, not \(typeName(a[2]))") }
    guard let flags = asInt(t, a[3]), let optimize = asInt(t, a[5]), let featureVersion = asInt(t, a[6]) else { return .raised }
    let dontInherit = isTrue(t, a[4])
    if dontInherit < 0 { return .raised }
    // 0x10: nested scopes, which were once a future feature.
    let known = Int(CodeFlags.futureMask.rawValue) | 0x10 | 0x200 | 0x400 | 0x800 | 0x1000 | 0x2000 | 0x4000 | CompilerFlag.barryAsBDFL
    if flags & ~known != 0 { return raise(t, .valueError, "compile(): unrecognised flags") }
    if optimize < -1 || optimize > 2 { return raise(t, .valueError, "compile(): invalid optimize value") }
    let modeText = swiftString(a[2])
    guard let mode = ["exec": ParseMode.exec, "eval": .eval, "single": .single, "func_type": .functionType][modeText],
          mode != .functionType || flags & CompilerFlag.onlyAST != 0 else {
        if modeText == "func_type" { return raise(t, .valueError, "compile() mode 'func_type' requires flag PyCF_ONLY_AST") }
        return raise(t, .valueError, "compile() mode must be 'exec', 'eval' or 'single'")
    }
    var effective = flags
    if dontInherit == 0, let f = currentFrame(t) { effective |= Int(f.code.codeFlags.rawValue & CodeFlags.futureMask.rawValue) }
    var options = SourceOptions()
    options.flags = effective
    options.optimize = optimize < 0 ? interpreter(t).pointee.flags.optimize : optimize
    options.featureVersion = featureVersion
    let decoded = decodeFileSystem(t, filename)
    let name = swiftString(decoded)
    if let tree = syntaxTree(t, a[0]) {
        if tree.isRaised || (isAuditing && !audit(t, "compile", a[0], .none)) { return .raised }
        return compileTree(t, tree, name, mode, options)
    }
    let source = sourceBytes(t, a[0], "compile", &options)
    if source.isRaised || (isAuditing && !audit(t, "compile", source, decoded)) { return .raised }
    return compileSource(t, source, name, mode, options)
}

/// A bytes value with the source: the UTF-8 of a str, or the bytes of a buffer. 0: raised.
func sourceBytes(_ t: Thread, _ v: Value, _ function: String, _ options: inout SourceOptions) -> Value {
    if isInstanceOf(v, .str) {
        options.isText = true
        return encodeString(t, v, encoding: makeString(t, "utf-8"), errors: .missing)
    }
    if isInstanceOf(v, .bytes) { return v }
    if supportsBuffer(v) {
        var buffer = LadonBuffer()
        if getBuffer(t, v, &buffer, writable: false) < 0 { return .raised }
        let copy = makeBytes(t, UnsafeRawPointer(buffer.data ?? UnsafeMutableRawPointer(bitPattern: 8)!), Int(buffer.length))
        releaseBuffer(t, &buffer)
        return copy
    }
    return raise(t, .typeError, "\(function)() arg 1 must be a string, bytes or \(function == "compile" ? "AST" : "code") object")
}

/// Compiles source bytes to a code object, or to an AST when the flags say so. 0: raised.
public func compileSource(_ t: Thread, _ source: Value, _ filename: String, _ mode: ParseMode, _ options: SourceOptions) -> Value {
    let tree: ParseResult
    do { tree = try parseSource(t, source, filename, mode, options) } catch {
        for warning in error.warnings where !reportWarning(t, warning, source, filename) { return .raised }
        // A script that can't be read as text: CPython's error says where in its message only.
        if options.isFile && error.lacksEnd && error.kind == .syntax { return raise(t, .syntaxError, error.message) }
        return raiseSyntaxFailure(t, shownFailure(error, options), filename)
    }
    for warning in tree.warnings where !reportWarning(t, warning, source, filename) { return .raised }
    if options.flags & CompilerFlag.onlyAST != 0 { return syntaxTreeObject(t, tree) }
    return generateCode(t, tree.mod, filename, options)
}

// MARK: eval and exec

private func checkGlobals(_ t: Thread, _ function: String, _ a: Values) -> Bool {
    if !a[1].isNone && !isInstanceOf(a[1], .dict) {
        if function == "exec" { raise(t, .typeError, "exec() globals must be a dict, not \(typeName(a[1]))") }
        else { raise(t, .typeError, isMapping(a[1]) ? "globals must be a real dict; try eval(code, {}, mapping)" : "globals must be a dict") }
        return false
    }
    if !a[2].isNone && !isMapping(a[2]) {
        raise(t, .typeError, function == "exec" ? "locals must be a mapping or None, not \(typeName(a[2]))" : "locals must be a mapping")
        return false
    }
    if a[1].isNone {
        let globals = currentGlobals(t)
        if globals.isRaised { raise(t, .systemError, "globals and locals cannot be NULL"); return false }
        a[1] = globals
        if a[2].isNone { a[2] = currentLocals(t); if a[2].isRaised { return false } }
    } else if a[2].isNone { a[2] = a[1] }
    return ensureBuiltins(t, a[1])
}

/// exec and eval give globals a `__builtins__`.
func ensureBuiltins(_ t: Thread, _ globals: Value) -> Bool {
    let known = dictGet(t, globals, name(.__builtins__))
    if known.isRaised { return false }
    if !known.isMissing { return true }
    // The caller's, as a dict: only `__main__` has the module.
    let builtins = currentFrame(t)?.function.pointee.builtins ?? interpreter(t).pointee.builtins
    return dictSet(t, globals, name(.__builtins__), builtins) >= 0
}

/// The builtins dict that code run with these globals sees.
public func builtinsFor(_ t: Thread, _ globals: Value) -> Value {
    let v = isInstanceOf(globals, .dict) ? dictGet(t, globals, name(.__builtins__)) : .missing
    if v.isRaised { clearException(t) }
    if v.isRaised || v.isMissing { return interpreter(t).pointee.builtins }
    return v.isExactly(.module) || typeOf(v).pointee.nativeID == TypeID.module.rawValue ? v.cell(as: ModuleCell.self).pointee.dict : v
}

func builtin_eval(_ t: Thread, _ a: Values) -> Value {
    if !checkGlobals(t, "eval", a) { return .raised }
    var code = a[0]
    if code.isExactly(.code) {
        if code.asCode.pointee.freeNames.tupleCount > 0 { return raise(t, .typeError, "code object passed to eval() may not contain free variables") }
    } else {
        var options = SourceOptions()
        options.optimize = interpreter(t).pointee.flags.optimize
        if let f = currentFrame(t) { options.flags = Int(f.code.pointee.flags & CodeFlags.futureMask.rawValue) }
        if !isInstanceOf(code, .str) && !supportsBuffer(code) { return raise(t, .typeError, "eval() arg 1 must be a string, bytes or code object") }
        var source = sourceBytes(t, code, "eval", &options)
        if source.isRaised { return source }
        var skip = 0
        while skip < source.bytesCount && (source.bytesData[skip] == 32 || source.bytesData[skip] == 9) { skip += 1 }
        if skip > 0 { source = makeBytes(t, UnsafeRawPointer(source.bytesData + skip), source.bytesCount - skip) }
        if isAuditing && !audit(t, "compile", source, makeString(t, "<string>")) { return .raised }
        code = compileSource(t, source, "<string>", .eval, options)
        if code.isRaised { return code }
    }
    if isAuditing && !audit(t, "exec", code) { return .raised }
    return runCode(t, code, globals: a[1], builtins: builtinsFor(t, a[1]), locals: a[2])
}

func builtin_exec(_ t: Thread, _ a: Values) -> Value {
    if !checkGlobals(t, "exec", a) { return .raised }
    var code = a[0]
    var closure = Value.raised
    if code.isExactly(.code) {
        let free = code.asCode.pointee.freeNames.tupleCount
        if free == 0 {
            if !a[3].isNone { return raise(t, .typeError, "cannot use a closure with this code object") }
        } else {
            guard a[3].isExactly(.tuple), a[3].tupleCount == free, (0..<free).allSatisfy({ a[3].tupleItems[$0].isExactly(.cellVariable) }) else {
                return raise(t, .typeError, "code object requires a closure of exactly length \(free)")
            }
            closure = a[3]
        }
    } else {
        if !a[3].isNone { return raise(t, .typeError, "closure can only be used when source is a code object") }
        var options = SourceOptions()
        options.optimize = interpreter(t).pointee.flags.optimize
        if let f = currentFrame(t) { options.flags = Int(f.code.pointee.flags & CodeFlags.futureMask.rawValue) }
        if !isInstanceOf(code, .str) && !supportsBuffer(code) { return raise(t, .typeError, "exec() arg 1 must be a string, bytes or code object") }
        let source = sourceBytes(t, code, "exec", &options)
        if source.isRaised { return source }
        if isAuditing && !audit(t, "compile", source, makeString(t, "<string>")) { return .raised }
        code = compileSource(t, source, "<string>", .exec, options)
        if code.isRaised { return code }
    }
    if isAuditing && !audit(t, "exec", code) { return .raised }
    let r = runCode(t, code, globals: a[1], builtins: builtinsFor(t, a[1]), locals: a[2], closure: closure)
    if r.isRaised { return r }
    // This is how importlib runs a module.
    return a[0].isExactly(.code) && !amendModule(t, a[1]) ? .raised : .none
}

func isMapping(_ v: Value) -> Bool { isInstanceOf(v, .dict) || typeOf(v).has(.getItem) }

// MARK: classes

/// `__build_class__(func, name, *bases, metaclass=..., **kwds)`: what a class statement calls.
func builtin_buildClass(_ t: Thread, _ a: Values) -> Value {
    let body = a[0], className = a[1], originalBases = a[2]
    guard body.isExactly(.function) else { return raise(t, .typeError, "__build_class__: func must be a function") }
    guard isInstanceOf(className, .str) else { return raise(t, .typeError, "__build_class__: name is not a string") }
    let bases = updateBases(t, originalBases)
    if bases.isRaised { return bases }
    var keywords = a[3]
    var metaclass = Value.missing
    if dictCount(keywords) > 0 {
        keywords = dictCopy(t, keywords)
        if keywords.isRaised { return keywords }
        metaclass = dictPop(t, keywords, makeString(t, "metaclass"))
        if metaclass.isRaised { return metaclass }
    }
    if metaclass.isMissing {
        metaclass = bases.tupleCount == 0 ? builtinType(.type).value : typeOf(bases.tupleItems[0]).value
    }
    if isType(metaclass) {
        metaclass = calculateMetaclass(t, metaclass.asType, bases)
        if metaclass.isRaised { return metaclass }
    }
    let arguments = dictCount(keywords) == 0 ? Value.raised : keywords
    var namespace: Value
    let prepare = getAttributeOrMissing(t, metaclass, name(.__prepare__))
    if prepare.isRaised { return prepare }
    if prepare.isMissing { namespace = makeDict(t) } else {
        namespace = callWithTuple(t, prepare, makeTuple(t, className, bases), arguments)
    }
    if namespace.isRaised { return namespace }
    if !isMapping(namespace) {
        let owner = isType(metaclass) ? swiftString(metaclass.asType.pointee.name) : "<metaclass>"
        return raise(t, .typeError, "\(owner).__prepare__() must return a mapping, not \(typeName(namespace))")
    }
    let cell = callClassBody(t, body, namespace)
    if cell.isRaised { return cell }
    if bases != originalBases && setItem(t, namespace, makeString(t, "__orig_bases__"), originalBases) < 0 { return .raised }
    let cls = callWithTuple(t, metaclass, makeTuple(t, className, bases, namespace), arguments)
    if cls.isRaised || !isType(cls) || !cell.isExactly(.cellVariable) { return cls }
    let bound = loadSlot((cell.cell + 8).assumingMemoryBound(to: Value.self))
    if bound.bits == 0 {
        return raise(t, .runtimeError, "__class__ not set defining \(reprText(t, className)) as \(reprText(t, cls)). Was __classcell__ propagated to type.__new__?")
    }
    if bound != cls {
        return raise(t, .typeError, "__class__ set to \(reprText(t, bound)) defining \(reprText(t, className)) as \(reprText(t, cls))")
    }
    return cls
}
