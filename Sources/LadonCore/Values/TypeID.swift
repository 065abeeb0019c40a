// The ids of cells that the runtime itself knows: internal cell kinds, then the built-in types that
// native code creates or tests for. Ids from `firstDynamic` on are given out at run time to user types
// and to shapes. A row here needs a row in Layouts.swift when the cell is not of the plain form.

@frozen public enum TypeID: UInt32, CaseIterable {
    /// Header 0: free memory.
    case free = 0

    // Internal cells, never seen by Python programs.
    case storage            // counted values: a list's items, an instance's overflow slots, temporary buffers
    case bytesStorage       // raw bytes: a bytearray's contents, code words, buffers
    case dictTable, setTable
    case shape
    case cacheEntry
    case frameExtra
    case rootedBuffer

    // Types.
    case object, type, noneType, notImplementedType, ellipsisType
    case int, bool, float, complex
    case str, bytes, bytearray, memoryview
    case list, tuple, dict, set, frozenset, range, slice
    case dictKeys, dictValues, dictItems
    case mappingProxy
    case function, nativeFunction, method, methodDescriptor, classMethodDescriptor, wrapperDescriptor, methodWrapper
    case memberDescriptor, getSetDescriptor
    case property, classMethod, staticMethod, `super`
    case module, code, frame, traceback, cellVariable
    case generator, coroutine, coroutineWrapper, asyncGenerator, asyncGeneratorASend, asyncGeneratorAThrow, asyncGeneratorWrappedValue
    case iterator, callableIterator
    case listIterator, listReverseIterator, tupleIterator, strIterator, bytesIterator, bytearrayIterator, memoryIterator
    case rangeIterator, longRangeIterator, setIterator
    case dictKeyIterator, dictValueIterator, dictItemIterator
    case dictReverseKeyIterator, dictReverseValueIterator, dictReverseItemIterator
    case enumerate, zip, map, filter, reversed
    case weakReference, weakProxy, weakCallableProxy
    case genericAlias, unionType
    case simpleNamespace, structSequence
    case namespaceLoader, moduleDef
    case lock, rlock, threadHandle, threadLocal, threadLocalDict
    case contextVar, context, contextToken
    case pickleBuffer, typeVarLike

    // Exceptions: each name here is the Python name with a small first letter.
    case baseException, systemExit, baseExceptionGroup, generatorExit, keyboardInterrupt
    case exception, exceptionGroup, stopAsyncIteration, stopIteration
    case arithmeticError, floatingPointError, overflowError, zeroDivisionError
    case assertionError, attributeError, bufferError, eofError
    case importError, moduleNotFoundError
    case lookupError, indexError, keyError, memoryError
    case nameError, unboundLocalError
    case osError, blockingIOError, childProcessError, connectionError, brokenPipeError, connectionAbortedError
    case connectionRefusedError, connectionResetError, fileExistsError, fileNotFoundError, interruptedError
    case isADirectoryError, notADirectoryError, permissionError, processLookupError, timeoutError
    case referenceError, runtimeError, notImplementedError, recursionError
    case syntaxError, indentationError, tabError, systemError
    case typeError, valueError, unicodeError, unicodeEncodeError, unicodeDecodeError, unicodeTranslateError
    case warning, bytesWarning, deprecationWarning, encodingWarning, futureWarning, importWarning
    case pendingDeprecationWarning, resourceWarning, runtimeWarning, syntaxWarning, unicodeWarning, userWarning

    /// Ids given out at run time begin here.
    public static let firstDynamic: UInt32 = 1024
}
