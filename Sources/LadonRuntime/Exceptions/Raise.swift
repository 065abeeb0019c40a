// Raising, catching and inspecting exceptions from native code.
//
// The exception being raised is an instance in `t.pointee.exception`; functions report it by answering
// Value.raised (0) or -1. `t.pointee.handled` is what `sys.exc_info()` shows; a raised exception gets it as
// `__context__`.

/// Indexes into ExceptionCell.fields, by exception type.
public enum ExceptionField {
    public static let stopIterationValue = 0, exitCode = 0
    public static let osErrno = 0, osStrerror = 1, osFilename = 2, osFilename2 = 3, osCharactersWritten = 4
    public static let importMessage = 0, importName = 1, importPath = 2
    public static let nameErrorName = 0
    public static let attributeName = 0, attributeObject = 1
    public static let syntaxMessage = 0, syntaxFilename = 1, syntaxLine = 2, syntaxOffset = 3, syntaxText = 4
    public static let syntaxEndLine = 5, syntaxEndOffset = 6, syntaxPrintFileAndLine = 7
    public static let unicodeEncoding = 0, unicodeObject = 1, unicodeStart = 2, unicodeEnd = 3, unicodeReason = 4
    public static let groupMessage = 0, groupExceptions = 1
}

extension Value {
    @inline(__always) public var asException: UnsafeMutablePointer<ExceptionCell> { cell(as: ExceptionCell.self) }
    /// The type-specific fields of an exception.
    @inline(__always) public var exceptionFields: Values {
        (cell + MemoryLayout<ExceptionCell>.offset(of: \ExceptionCell.fields).unsafelyUnwrapped).assumingMemoryBound(to: Value.self)
    }
}

/// A built-in exception instance with the given args tuple, without running Python code.
public func makeException(_ t: Thread, _ type: TypeID, args: Value) -> Value {
    let e = allocateInstance(t, builtinType(type), variableItems: 0)
    if e.isRaised { return e }
    storeSlot(withUnsafeMutablePointer(to: &e.asException.pointee.args) { $0 }, args)
    return e
}

public func makeException(_ t: Thread, _ type: TypeID, _ message: String) -> Value {
    let args = makeTuple(t, 1)
    if args.isRaised { return args }
    args.tupleItems[0] = makeString(t, message)
    let e = makeException(t, type, args: args)
    if e.isRaised { return e }
    switch type {
    case .importError, .moduleNotFoundError, .syntaxError, .indentationError, .tabError: e.exceptionFields[0] = args.tupleItems[0]
    default: break
    }
    return e
}

/// Raises a built-in exception with a message. Always answers Value.raised.
@inline(never) @discardableResult
public func raise(_ t: Thread, _ type: TypeID, _ message: String) -> Value {
    let e = makeException(t, type, message)
    return e.isRaised ? e : raiseInstance(t, e)
}

/// Raises a built-in exception whose only argument is `payload`.
@inline(never) @discardableResult
public func raise(_ t: Thread, _ type: TypeID, payload: Value) -> Value {
    let args = makeTuple(t, 1)
    if args.isRaised { return args }
    args.tupleItems[0] = payload
    let e = makeException(t, type, args: args)
    if e.isRaised { return e }
    if type == .stopIteration || type == .systemExit { e.exceptionFields[0] = payload }
    return raiseInstance(t, e)
}

/// Raises a built-in exception without arguments.
@inline(never) @discardableResult
public func raise(_ t: Thread, _ type: TypeID) -> Value {
    let e = makeException(t, type, args: ladon_runtime.emptyTuple)
    if e.isRaised { return e }
    if type == .stopIteration || type == .systemExit { e.exceptionFields[0] = .none }
    return raiseInstance(t, e)
}

/// Makes an instance the exception being raised, with the handled exception as context.
@discardableResult
public func raiseInstance(_ t: Thread, _ e: Value) -> Value {
    let handled = t.pointee.handled
    if handled.bits != 0 && !handled.isNone && handled != e { setContext(e, handled) }
    t.pointee.exception = e
    return .raised
}

/// Sets `e.__context__`, cutting the chain where it would become a cycle (Floyd's tortoise and hare, as CPython).
private func setContext(_ e: Value, _ handled: Value) {
    var node = handled, slow = handled
    var advance = false
    while true {
        let next = node.asException.pointee.context
        if next.bits == 0 || next.isNone { break }
        if next == e { node.asException.pointee.context = .raised; break }
        node = next
        if node == slow { break }
        if advance { slow = slow.asException.pointee.context }
        advance.toggle()
    }
    e.asException.pointee.context = handled
}

/// `raise value`: an exception class is called, an instance raised; anything else is TypeError.
@discardableResult
public func raiseValue(_ t: Thread, _ v: Value) -> Value {
    let e = exceptionInstance(t, v)
    return e.isRaised ? e : raiseInstance(t, e)
}

/// The instance that `raise v` raises; 0 with TypeError when v is no exception.
func exceptionInstance(_ t: Thread, _ v: Value) -> Value {
    if isType(v) && v.asType.pointee.flags.contains(.exceptionSubclass) {
        let e = call(t, v)
        if e.isRaised { return e }
        if !typeOf(e).pointee.flags.contains(.exceptionSubclass) {
            return raise(t, .typeError, "calling \(reprText(t, v)) should have returned an instance of BaseException, not \(reprText(t, typeOf(e).value))")
        }
        return e
    }
    if typeOf(v).pointee.flags.contains(.exceptionSubclass) { return v }
    return raise(t, .typeError, "exceptions must derive from BaseException")
}

/// repr as Swift text for messages; never raises.
public func reprText(_ t: Thread, _ v: Value) -> String {
    let r = repr(t, v)
    if r.isRaised { clearException(t); return "<unprintable \(typeName(v)) object>" }
    return swiftString(r)
}

@discardableResult
public func raiseNameError(_ t: Thread, _ type: TypeID, _ name: Value, _ message: String) -> Value {
    let e = makeException(t, type, message)
    if e.isRaised { return e }
    e.exceptionFields[ExceptionField.nameErrorName] = name
    return raiseInstance(t, e)
}

@discardableResult public func raiseKeyError(_ t: Thread, _ key: Value) -> Value { raise(t, .keyError, payload: key) }

@discardableResult
public func raiseStopIteration(_ t: Thread, _ value: Value) -> Value {
    value.isNone ? raise(t, .stopIteration) : raise(t, .stopIteration, payload: value)
}

/// MemoryError from an instance made at start, since nothing may be allocated now.
@discardableResult
public func raiseMemoryError(_ t: Thread) -> Value {
    t.pointee.exception = interpreter(t).pointee.memoryError
    return .raised
}

@discardableResult
public func raiseRecursionError(_ t: Thread, _ context: String) -> Value {
    // The error itself needs some room on the native stack and a few frames.
    let limit = t.pointee.nativeStackLimit
    t.pointee.nativeStackLimit = limit > 65536 ? limit - 65536 : 0
    t.pointee.depthLimit += 50
    defer {
        t.pointee.nativeStackLimit = limit
        t.pointee.depthLimit -= 50
    }
    return raise(t, .recursionError, "maximum recursion depth exceeded\(context)")
}

/// OSError for an errno, with the subclass that belongs to it and the file name if given (0: none).
@discardableResult
public func raiseOSError(_ t: Thread, _ errno: Int32, _ filename: Value = .raised, _ filename2: Value = .raised) -> Value {
    let text = makeString(t, errorText(errno))
    let args = withUnsafeTemporaryAllocation(of: Value.self, capacity: 5) { buffer -> Value in
        let a = buffer.baseAddress.unsafelyUnwrapped
        a[0] = Value(smallInt: Int(errno)); a[1] = text; a[2] = filename; a[3] = .none; a[4] = filename2
        let count = filename.bits == 0 ? 2 : (filename2.bits == 0 ? 3 : 5)
        return call(t, builtinType(.osError).value, args: a, count)
    }
    return args.isRaised ? args : raiseInstance(t, args)
}

private func errorText(_ code: Int32) -> String {
    var buffer = (Int64(0), Int64(0), Int64(0), Int64(0), Int64(0), Int64(0), Int64(0), Int64(0), Int64(0), Int64(0), Int64(0), Int64(0), Int64(0), Int64(0), Int64(0), Int64(0))
    return withUnsafeMutableBytes(of: &buffer) { raw -> String in
        let p = raw.baseAddress!.assumingMemoryBound(to: CChar.self)
        return String(cString: ladon_strerror(code, p, raw.count))
    }
}

// MARK: inspecting

@inline(__always) public func clearException(_ t: Thread) { t.pointee.exception = .raised }
/// The raised exception, taken out.
public func takeException(_ t: Thread) -> Value {
    let e = t.pointee.exception
    t.pointee.exception = .raised
    return e
}
public func restoreException(_ t: Thread, _ e: Value) { t.pointee.exception = e }

/// Whether the exception being raised is an instance of that built-in type (or a subclass).
public func exceptionMatches(_ t: Thread, _ type: TypeID) -> Bool {
    let e = t.pointee.exception
    return e.bits != 0 && isSubtype(typeOf(e), builtinType(type))
}

// MARK: Unicode errors

private func raiseUnicode(_ t: Thread, _ type: TypeID, _ encoding: Value, _ object: Value, _ start: Int, _ end: Int, _ reason: String) -> Value {
    withUnsafeTemporaryAllocation(of: Value.self, capacity: 5) { buffer -> Value in
        let a = buffer.baseAddress.unsafelyUnwrapped
        a[0] = encoding; a[1] = object
        a[2] = Value(smallInt: start); a[3] = Value(smallInt: end)
        a[4] = makeString(t, reason)
        let e = call(t, builtinType(type).value, args: a, 5)
        return e.isRaised ? e : raiseInstance(t, e)
    }
}
@discardableResult
public func raiseUnicodeDecodeError(_ t: Thread, _ encoding: String, _ object: Value, _ start: Int, _ end: Int, _ reason: String) -> Value {
    raiseUnicode(t, .unicodeDecodeError, makeString(t, encoding), object, start, end, reason)
}
@discardableResult
public func raiseUnicodeEncodeError(_ t: Thread, _ encoding: String, _ object: Value, _ start: Int, _ end: Int, _ reason: String) -> Value {
    raiseUnicode(t, .unicodeEncodeError, makeString(t, encoding), object, start, end, reason)
}

// MARK: AttributeErrors of Python code

/// An AttributeError that Python code raised without saying for what gets the name and the object of the failed access, for
/// suggestions. `n` an interned str.
@inline(never)
public func completeAttributeError(_ t: Thread, _ v: Value, _ n: Value) {
    let e = t.pointee.exception
    guard e.isCell, isSubtype(typeOf(e), builtinType(.attributeError)) else { return }
    let fields = e.exceptionFields
    if fields[ExceptionField.attributeName].bits != 0 || fields[ExceptionField.attributeObject].bits != 0 { return }
    storeSlot(fields + ExceptionField.attributeName, n)
    storeSlot(fields + ExceptionField.attributeObject, v)
}
