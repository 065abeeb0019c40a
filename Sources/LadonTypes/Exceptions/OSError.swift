// OSError: an error number chooses the subclass; up to two file names.

import Glibc
import LadonRuntime

func osErrorDefinition() -> TypeDefinition {
    exceptionDefinition(.osError, "OSError", base: .exception, fields: 5, "An operation of the system failed.",
        new: osError_new, initialize: osError_initialize, slots: [.unary(.str, osError_str)],
        members: [
            .method("__reduce__", "(self, /)", osError_reduce),
            .member("errno", get: { _, a in exceptionField(a[0], 0) }, set: { _, a in setExceptionField(a, 0) }, "POSIX exception code"),
            .member("strerror", get: { _, a in exceptionField(a[0], 1) }, set: { _, a in setExceptionField(a, 1) }, "exception strerror"),
            .member("filename", get: { _, a in exceptionField(a[0], 2) }, set: { _, a in setExceptionField(a, 2) }, "exception filename"),
            .member("filename2", get: { _, a in exceptionField(a[0], 3) }, set: { _, a in setExceptionField(a, 3) }, "second exception filename"),
            .attribute("characters_written", get: { t, a in
                let written = loadSlot(a[0].exceptionFields + ExceptionField.osCharactersWritten)
                return written.bits == 0 ? raise(t, .attributeError, "characters_written") : written
            }, set: { t, a in
                let field = a[0].exceptionFields + ExceptionField.osCharactersWritten
                if a[1].isMissing {
                    if loadSlot(field).bits == 0 { return raise(t, .attributeError, "characters_written") }
                    storeSlot(field, .raised)
                    return .none
                }
                guard let n = asIndex(t, a[1], .valueError) else { return .raised }
                storeSlot(field, n == -1 ? .raised : makeInt(t, n))
                return .none
            }),
        ])
}

func osErrorSubclass(_ id: TypeID, _ name: StaticString, _ base: TypeID, _ doc: StaticString) -> TypeDefinition {
    exceptionDefinition(id, name, base: base, fields: 5, doc, new: osError_new, initialize: osError_initialize)
}

/// The subclass that belongs to an error number, or nil.
public func osErrorType(_ number: Int) -> TypeID? {
    switch Int32(truncatingIfNeeded: number) {
    case EAGAIN, EALREADY, EINPROGRESS: return .blockingIOError
    case EPIPE, ESHUTDOWN: return .brokenPipeError
    case ECHILD: return .childProcessError
    case ECONNABORTED: return .connectionAbortedError
    case ECONNREFUSED: return .connectionRefusedError
    case ECONNRESET: return .connectionResetError
    case EEXIST: return .fileExistsError
    case ENOENT: return .fileNotFoundError
    case EISDIR: return .isADirectoryError
    case ENOTDIR: return .notADirectoryError
    case EINTR: return .interruptedError
    case EACCES, EPERM: return .permissionError
    case ESRCH: return .processLookupError
    case ETIMEDOUT: return .timeoutError
    default: return nil
    }
}

/// A subclass that overrides `__init__` but not `__new__` is filled in by `__init__`, all others by `__new__`,
/// because `__new__` may choose another class.
private func filledByInitialize(_ type: TypePointer) -> Bool {
    let mine = builtinType(.osError)
    return type.slot(.initialize) != mine.slot(.initialize) && type.slot(.new) == mine.slot(.new)
}

private func osError_new(_ t: Thread, _ typeValue: Value, _ a: Values?, _ count: Int, _ names: Value) -> Value {
    var type = typeValue.asType
    let later = filledByInitialize(type)
    if !later {
        if !refuseKeywords(t, type, names) { return .raised }
        if type == builtinType(.osError) && count >= 2 && count <= 5 {
            let number = a.unsafelyUnwrapped[0]
            if isInt(number), let n = intAsWord(plainInt(number)), n == Int(Int32(truncatingIfNeeded: n)), let id = osErrorType(n) { type = builtinType(id) }
        }
    }
    let e = allocateInstance(t, type, variableItems: 0)
    if e.isRaised { return e }
    storeSlot(&e.asException.pointee.args, ladon_runtime.emptyTuple)
    if !later && fill(t, e, a, count).isRaised { return .raised }
    return e
}

private func osError_initialize(_ t: Thread, _ v: Value, _ a: Values?, _ count: Int, _ names: Value) -> Value {
    if !filledByInitialize(typeOf(v)) { return .none }
    if !refuseKeywords(t, typeOf(v), names) { return .raised }
    return fill(t, v, a, count)
}

private func fill(_ t: Thread, _ e: Value, _ a: Values?, _ count: Int) -> Value {
    var kept = count
    let fields = e.exceptionFields
    if count >= 2 && count <= 5, let a {
        storeSlot(fields + ExceptionField.osErrno, a[0])
        storeSlot(fields + ExceptionField.osStrerror, a[1])
        if count >= 3 && !a[2].isNone {
            if typeOf(e) == builtinType(.blockingIOError) && typeOf(a[2]).has(.index) {
                guard let n = asIndex(t, a[2], .valueError) else { return .raised }
                storeSlot(fields + ExceptionField.osCharactersWritten, makeInt(t, n))
            } else {
                storeSlot(fields + ExceptionField.osFilename, a[2])
                if count == 5 && !a[4].isNone { storeSlot(fields + ExceptionField.osFilename2, a[4]) }
                // For compatibility the file names are no part of `args`.
                kept = 2
            }
        }
    }
    let args = argumentsTuple(t, a, kept)
    if args.isRaised { return args }
    storeSlot(&e.asException.pointee.args, args)
    return .none
}

private func osError_str(_ t: Thread, _ v: Value) -> Value {
    let number = loadSlot(v.exceptionFields), text = loadSlot(v.exceptionFields + 1)
    let filename = loadSlot(v.exceptionFields + 2), filename2 = loadSlot(v.exceptionFields + 3)
    if filename.bits == 0 && (number.bits == 0 || text.bits == 0) { return baseException_str(t, v) }
    let n = str(t, orNone(number)), s = str(t, orNone(text))
    if n.isRaised || s.isRaised { return .raised }
    var b = StringBuilder(t, capacity: 64)
    b.append("[Errno "); b.append(n); b.append("] "); b.append(s)
    if filename.bits != 0 {
        let first = repr(t, filename)
        if first.isRaised { return first }
        b.append(": "); b.append(first)
        if filename2.bits != 0 {
            let second = repr(t, filename2)
            if second.isRaised { return second }
            b.append(" -> "); b.append(second)
        }
    }
    return b.finish()
}

private func osError_reduce(_ t: Thread, _ a: Values) -> Value {
    var args = exceptionArguments(a[0])
    let filename = loadSlot(a[0].exceptionFields + 2), filename2 = loadSlot(a[0].exceptionFields + 3)
    if args.tupleCount == 2 && filename.bits != 0 {
        let first = args.tupleItems[0], second = args.tupleItems[1]
        args = filename2.bits == 0 ? makeTuple(t, first, second, filename) : makeTuple(t, first, second, filename, .none, filename2)
        if args.isRaised { return args }
    }
    return exceptionReduction(t, a[0], args, loadSlot(&a[0].asException.pointee.dict))
}
