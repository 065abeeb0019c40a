// The types of `_io`, their cells, and what they share. The types exist from start on, before the module is imported,
// because the standard streams need them.

import Glibc

/// `_IOBase` and everything that adds no fields to it.
struct IOBaseCell {
    var header: CellHeader
    var dict: Value
}

let defaultBufferSize = 8192

/// Types of this module; immortal, set once by `installIOTypes`.
struct IOTypes {
    var base: TypePointer
    var raw: TypePointer
    var buffered: TypePointer
    var text: TypePointer
    var file: TypePointer
    var reader: TypePointer
    var writer: TypePointer
    var random: TypePointer
    var pair: TypePointer
    var wrapper: TypePointer
    var newlineDecoder: TypePointer
    var bytes: TypePointer
    var bytesView: TypePointer
    var string: TypePointer
}

nonisolated(unsafe) private var installed: UnsafeMutablePointer<IOTypes>?
/// `UnsupportedOperation`, made when first needed.
nonisolated(unsafe) private var unsupportedType: Values = {
    let p = Values.allocate(capacity: 1)
    p.initialize(to: .raised)
    addRoot(p)
    return p
}()

@inline(__always) var ioTypes: UnsafeMutablePointer<IOTypes> { installed.unsafelyUnwrapped }

func installIOTypes(_ t: Thread) {
    if installed != nil { return }
    let base = installType(t, ioBaseDefinition())
    let raw = installType(t, rawIOBaseDefinition(), base: base)
    let buffered = installType(t, bufferedIOBaseDefinition(), base: base)
    let text = installType(t, textIOBaseDefinition(), base: base)
    let p = UnsafeMutablePointer<IOTypes>.allocate(capacity: 1)
    p.initialize(to: IOTypes(
        base: base, raw: raw, buffered: buffered, text: text,
        file: installType(t, fileIODefinition(), base: raw),
        reader: installType(t, bufferedReaderDefinition(), base: buffered),
        writer: installType(t, bufferedWriterDefinition(), base: buffered),
        random: installType(t, bufferedRandomDefinition(), base: buffered),
        pair: installType(t, bufferedPairDefinition(), base: buffered),
        wrapper: installType(t, textIOWrapperDefinition(), base: text),
        newlineDecoder: installType(t, newlineDecoderDefinition()),
        bytes: installType(t, bytesIODefinition(), base: buffered),
        bytesView: installType(t, bytesIOViewDefinition()),
        string: installType(t, stringIODefinition(), base: text)))
    installed = p
}

/// The layout of a cell with `prefix` traced words that subclasses may extend.
func ioLayout(_ prefix: Int, _ size: Int) -> Layout {
    Layout(prefix: prefix, base: (size + 7) / 8, flags: [.container, .finalizable])
}

/// `io.UnsupportedOperation`: an OSError and a ValueError. 0: raised.
func unsupportedOperationType(_ t: Thread) -> Value {
    if unsupportedType.pointee.bits != 0 { return unsupportedType.pointee }
    let bases = makeTuple(t, builtinType(.osError).value, builtinType(.valueError).value)
    let dict = makeDict(t)
    if bases.isRaised || dict.isRaised || dictSet(t, dict, name(.__module__), internStatic(t, "io")) < 0 { return .raised }
    let type = makeType(t, builtinType(.type), name: internStatic(t, "UnsupportedOperation"), bases: bases, dict: dict)
    if type.isRaised { return type }
    storeSlot(unsupportedType, type)
    return type
}

@discardableResult
func raiseUnsupported(_ t: Thread, _ message: String) -> Value {
    let type = unsupportedOperationType(t)
    if type.isRaised { return type }
    let e = call(t, type, makeString(t, message))
    return e.isRaised ? e : raiseInstance(t, e)
}

@discardableResult
func raiseClosed(_ t: Thread, _ message: String = "I/O operation on closed file.") -> Value { raise(t, .valueError, message) }

/// A size argument: any integer, or None for `fallback`. nil: raised.
func sizeOrNone(_ t: Thread, _ v: Value, _ fallback: Int = -1) -> Int? {
    if v.isSmallInt { return v.smallInt }
    if v.isNone || v.isMissing { return fallback }
    if !typeOf(v).has(.index) {
        _ = raise(t, .typeError, "argument should be integer or None, not '\(typeName(v))'")
        return nil
    }
    return asIndex(t, v, .overflowError)
}

/// `v.name` as a truth value.
func attributeTruth(_ t: Thread, _ v: Value, _ n: Name) -> Truth {
    let found = getAttribute(t, v, n)
    return found.isRaised ? -1 : isTrue(t, found)
}

/// `v.name()` as a truth value.
func methodTruth(_ t: Thread, _ v: Value, _ n: Name) -> Truth {
    let r = callMethod(t, v, n)
    return r.isRaised ? -1 : isTrue(t, r)
}

/// After an exception `first` was put aside and something else was done: raises `first`, with it as context of a second one.
func chainExceptions(_ t: Thread, _ first: Value) -> Value {
    if first.bits == 0 { return t.pointee.exception.bits == 0 ? .none : .raised }
    let second = takeException(t)
    if second.bits == 0 {
        restoreException(t, first)
        return .raised
    }
    if second != first && second.asException.pointee.context.bits == 0 { second.asException.pointee.context = first }
    restoreException(t, second)
    return .raised
}

// MARK: the lock of a stream

/// Counts forks: a lock taken before the last one by a thread that does not exist here is free.
nonisolated(unsafe) var forkGeneration: Int = 0

/// The lock of one stream, in the raw part of its cell.
struct StreamLock {
    var word: UInt32
    var depth: UInt32
    /// The thread that holds it, or 0.
    var owner: UInt
    var generation: Int
}

/// Takes a stream's lock; the thread that has it takes it again if `nests`. False: raised, or held by this very thread.
@inline(__always)
func takeStream(_ t: Thread, _ lock: UnsafeMutablePointer<StreamLock>, nests: Bool) -> Bool {
    // Only attached threads change the word: where there is but one of them, or the GIL, a plain store does.
    let isFree: Bool
    if t.pointee.locks != 0 {
        isFree = ladon_cas32(lock, 0, 1)
    } else {
        isFree = ladon_load32_relaxed(lock) == 0
        if isFree { ladon_store32_relaxed(lock, 1) }
    }
    if isFree {
        lock.pointee.owner = UInt(bitPattern: t)
        lock.pointee.generation = forkGeneration
        lock.pointee.depth = 1
        return true
    }
    return takeStreamSlow(t, lock, nests)
}

@inline(never)
private func takeStreamSlow(_ t: Thread, _ lock: UnsafeMutablePointer<StreamLock>, _ nests: Bool) -> Bool {
    let me = UInt(bitPattern: t)
    if ladon_load_relaxed(&lock.pointee.owner) == me {
        if nests { lock.pointee.depth += 1 }
        return nests
    }
    if lock.pointee.generation != forkGeneration {
        lock.pointee.generation = forkGeneration
        lock.pointee.owner = 0
        ladon_store32_release(lock, 0)
    }
    let mutex = NativeMutex(UnsafeMutableRawPointer(lock))
    // At the end a daemon thread may hold the lock for ever: it has been stopped. CPython gives it a second, then aborts.
    let isEnding = interpreter(t).pointee.finalizing != 0
    let deadline: UInt64? = isEnding ? ladon_monotonic() &+ 1_000_000_000 : nil
    while true {
        switch mutex.acquire(t, deadline: deadline) {
        case .timedOut:
            lock.pointee.owner = me
            lock.pointee.depth = 1
            return true
        case .woken:
            lock.pointee.owner = me
            lock.pointee.generation = forkGeneration
            lock.pointee.depth = 1
            return true
        default:
            if !safepoint(t) { return false }
        }
    }
}

@inline(__always)
func leaveStream(_ t: Thread, _ lock: UnsafeMutablePointer<StreamLock>) {
    lock.pointee.depth -= 1
    if lock.pointee.depth != 0 { return }
    lock.pointee.owner = 0
    if t.pointee.locks == 0 && ladon_load32_relaxed(lock) == 1 {
        ladon_store32_relaxed(lock, 0)
    } else {
        NativeMutex(UnsafeMutableRawPointer(lock)).release(t)
    }
}

// MARK: system calls

/// read(2), repeated when a signal interrupts it (PEP 475). Count; -1: errno in `code` (0: an exception was raised).
func readDescriptor(_ t: Thread, _ fd: Int32, _ p: UnsafeMutableRawPointer, _ count: Int, _ code: inout Int32) -> Int {
    while true {
        let n: Int = blocking(t) { Glibc.read(fd, p, count) }
        if n >= 0 { return n }
        code = ladon_errno()
        if code != EINTR { return -1 }
        if !safepoint(t) {
            code = 0
            return -1
        }
    }
}

/// write(2), likewise.
func writeDescriptor(_ t: Thread, _ fd: Int32, _ p: UnsafeRawPointer, _ count: Int, _ code: inout Int32) -> Int {
    while true {
        let n: Int = blocking(t) { Glibc.write(fd, p, count) }
        if n >= 0 { return n }
        code = ladon_errno()
        if code != EINTR { return -1 }
        if !safepoint(t) {
            code = 0
            return -1
        }
    }
}
