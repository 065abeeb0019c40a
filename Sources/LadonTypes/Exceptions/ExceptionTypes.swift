// The built-in exception hierarchy: one row per type, a base before its subclasses.

import LadonRuntime

/// Every built-in exception type, in the order in which they are installed.
public func exceptionTypes() -> [() -> TypeDefinition] {
    [
        { baseExceptionDefinition() },
        { plain(.exception, "Exception", .baseException, "The base of every exception that is no request to exit.") },
        { groupDefinition(.baseExceptionGroup, "BaseExceptionGroup", .baseException) },
        { groupDefinition(.exceptionGroup, "ExceptionGroup", .baseExceptionGroup) },
        { systemExitDefinition() },
        { plain(.generatorExit, "GeneratorExit", .baseException, "Asks a generator to finish.") },
        { plain(.keyboardInterrupt, "KeyboardInterrupt", .baseException, "The user interrupted the program.") },
        { plain(.stopAsyncIteration, "StopAsyncIteration", .exception, "The end of an asynchronous iterator.") },
        { stopIterationDefinition() },
        { plain(.arithmeticError, "ArithmeticError", .exception, "The base of errors of arithmetic.") },
        { plain(.floatingPointError, "FloatingPointError", .arithmeticError, "A floating-point operation failed.") },
        { plain(.overflowError, "OverflowError", .arithmeticError, "A result is too large to be represented.") },
        { plain(.zeroDivisionError, "ZeroDivisionError", .arithmeticError, "Division or modulo by zero.") },
        { plain(.assertionError, "AssertionError", .exception, "An assertion failed.") },
        { attributeErrorDefinition() },
        { plain(.bufferError, "BufferError", .exception, "A buffer operation is not possible now.") },
        { plain(.eofError, "EOFError", .exception, "Input ended without any data.") },
        { importErrorDefinition() },
        { importSubclass(.moduleNotFoundError, "ModuleNotFoundError", "No module of that name.") },
        { plain(.lookupError, "LookupError", .exception, "The base of errors of lookup.") },
        { plain(.indexError, "IndexError", .lookupError, "A sequence index is out of range.") },
        { keyErrorDefinition() },
        { plain(.memoryError, "MemoryError", .exception, "Out of memory.") },
        { nameErrorDefinition(.nameError, "NameError", .exception, "A name is not bound.") },
        { nameErrorDefinition(.unboundLocalError, "UnboundLocalError", .nameError, "A local variable was read before it was bound.") },
        { osErrorDefinition() },
        { osErrorSubclass(.blockingIOError, "BlockingIOError", .osError, "The operation would block.") },
        { osErrorSubclass(.childProcessError, "ChildProcessError", .osError, "An operation on a child process failed.") },
        { osErrorSubclass(.connectionError, "ConnectionError", .osError, "The base of errors of connections.") },
        { osErrorSubclass(.brokenPipeError, "BrokenPipeError", .connectionError, "Nobody reads the other end.") },
        { osErrorSubclass(.connectionAbortedError, "ConnectionAbortedError", .connectionError, "The connection was aborted.") },
        { osErrorSubclass(.connectionRefusedError, "ConnectionRefusedError", .connectionError, "The connection was refused.") },
        { osErrorSubclass(.connectionResetError, "ConnectionResetError", .connectionError, "The connection was reset by the other end.") },
        { osErrorSubclass(.fileExistsError, "FileExistsError", .osError, "The file exists already.") },
        { osErrorSubclass(.fileNotFoundError, "FileNotFoundError", .osError, "There is no such file.") },
        { osErrorSubclass(.interruptedError, "InterruptedError", .osError, "A signal interrupted the call.") },
        { osErrorSubclass(.isADirectoryError, "IsADirectoryError", .osError, "The operation does not work on directories.") },
        { osErrorSubclass(.notADirectoryError, "NotADirectoryError", .osError, "The operation works on directories only.") },
        { osErrorSubclass(.permissionError, "PermissionError", .osError, "Not allowed.") },
        { osErrorSubclass(.processLookupError, "ProcessLookupError", .osError, "There is no such process.") },
        { osErrorSubclass(.timeoutError, "TimeoutError", .osError, "The time ran out.") },
        { plain(.referenceError, "ReferenceError", .exception, "A weak proxy was used after its object's end.") },
        { plain(.runtimeError, "RuntimeError", .exception, "An error of no other kind.") },
        { plain(.notImplementedError, "NotImplementedError", .runtimeError, "The method has to be written yet.") },
        { plain(.recursionError, "RecursionError", .runtimeError, "The calls are nested too deeply.") },
        { syntaxErrorDefinition(.syntaxError, "SyntaxError", .exception, "The source is not valid.") },
        { syntaxErrorDefinition(.indentationError, "IndentationError", .syntaxError, "The indentation is not valid.") },
        { syntaxErrorDefinition(.tabError, "TabError", .indentationError, "Tabs and spaces are mixed.") },
        { plain(.systemError, "SystemError", .exception, "An error inside the interpreter.") },
        { plain(.typeError, "TypeError", .exception, "An argument has the wrong type.") },
        { plain(.valueError, "ValueError", .exception, "An argument has the right type but a wrong value.") },
        { plain(.unicodeError, "UnicodeError", .valueError, "The base of errors of encoding and decoding.") },
        { unicodeEncodeErrorDefinition() },
        { unicodeDecodeErrorDefinition() },
        { unicodeTranslateErrorDefinition() },
        { plain(.warning, "Warning", .exception, "The base of the categories of warnings.") },
        { plain(.bytesWarning, "BytesWarning", .warning, "Warns of a likely confusion of bytes and str.") },
        { plain(.deprecationWarning, "DeprecationWarning", .warning, "Warns programmers of deprecated features.") },
        { plain(.encodingWarning, "EncodingWarning", .warning, "Warns of an encoding left to the locale.") },
        { plain(.futureWarning, "FutureWarning", .warning, "Warns of a change that will come.") },
        { plain(.importWarning, "ImportWarning", .warning, "Warns of a likely mistake in an import.") },
        { plain(.pendingDeprecationWarning, "PendingDeprecationWarning", .warning, "Warns of features that will be deprecated.") },
        { plain(.resourceWarning, "ResourceWarning", .warning, "Warns of a resource that was not released.") },
        { plain(.runtimeWarning, "RuntimeWarning", .warning, "Warns of dubious behaviour at run time.") },
        { plain(.syntaxWarning, "SyntaxWarning", .warning, "Warns of dubious syntax.") },
        { plain(.unicodeWarning, "UnicodeWarning", .warning, "Warns of a problem with Unicode.") },
        { plain(.userWarning, "UserWarning", .warning, "A warning that a program issues.") },
    ]
}

/// ExceptionGroup has two bases, which a definition can't say: called once, after the types are installed.
public func completeExceptionTypes(_ t: Thread) {
    let group = builtinType(.exceptionGroup)
    let base = builtinType(.baseExceptionGroup).value, exception = builtinType(.exception).value
    if group.pointee.bases.bits != 0 && group.pointee.bases.tupleCount == 2 { return }
    storeSlot(&group.pointee.bases, makeTuple(t, base, exception))
    storeSlot(&group.pointee.mro, makeTuple(t, group.value, base, exception, builtinType(.baseException).value, builtinType(.object).value))
}

/// Bytes of an exception with `fields` type-specific fields.
func exceptionSize(_ fields: Int) -> Int { 64 + fields * 8 }

/// The parts that all exception types share: size and layout by number of fields, constructor, initialiser.
func exceptionDefinition(_ id: TypeID, _ name: StaticString, base: TypeID, fields: Int, _ doc: StaticString,
                         new: @escaping CallFunction = baseException_new, initialize: @escaping CallFunction = baseException_initialize,
                         slots: [SlotEntry] = [], members: [NativeMember] = []) -> TypeDefinition {
    TypeDefinition(id, name, base: base, flags: [.baseType, .exceptionSubclass], doc: doc,
                   size: exceptionSize(fields), layout: Layout(prefix: 7 + fields, flags: [.container]), dictOffset: 8,
                   slots: [.call(.new, new), .call(.initialize, initialize)] + slots, members: members)
}

private func plain(_ id: TypeID, _ name: StaticString, _ base: TypeID, _ doc: StaticString) -> TypeDefinition {
    exceptionDefinition(id, name, base: base, fields: 0, doc)
}

// MARK: fields as attributes

/// A type-specific field; None when unset.
func exceptionField(_ v: Value, _ index: Int) -> Value {
    let field = loadSlot(v.exceptionFields + index)
    return field.bits == 0 ? .none : field
}

/// Sets or (with `.missing`) clears a type-specific field.
func setExceptionField(_ a: Values, _ index: Int) -> Value {
    storeSlot(a[0].exceptionFields + index, a[1].isMissing ? .raised : a[1])
    return .none
}

func readOnlyAttribute(_ t: Thread, _ a: Values) -> Value { raise(t, .attributeError, "readonly attribute") }
