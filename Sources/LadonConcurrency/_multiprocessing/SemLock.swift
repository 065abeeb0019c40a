// `_multiprocessing.SemLock`: a POSIX named semaphore as a lock between processes. A recursive mutex is a semaphore
// of 1 with an owner and a count that only this process knows.

import CLadonConcurrency
import Glibc
import LadonLibrary

struct SemLockCell {
    var header: CellHeader
    /// str, or None.
    var name: Value
    // raw
    /// The `sem_t *`; 0: never opened.
    var handle: UInt
    /// `get_ident()` of the thread that acquired last.
    var owner: UInt
    /// Acquisitions minus releases of this process, an Int32: of a recursive mutex changed by its owner only, of a
    /// semaphore by atomic addition.
    var count: UInt32
    var kind: Int32
    var maximum: Int32
    var reserved: Int32
}

private let recursiveMutex: Int32 = 0, semaphore: Int32 = 1

@inline(__always) private func cell(_ v: Value) -> UnsafeMutablePointer<SemLockCell> { v.cell(as: SemLockCell.self) }
@inline(__always) private func handle(_ v: Value) -> UnsafeMutableRawPointer? { UnsafeMutableRawPointer(bitPattern: cell(v).pointee.handle) }
@inline(__always) private func count(_ v: Value) -> Int32 { Int32(bitPattern: ladon_load32_acquire(&cell(v).pointee.count)) }
@inline(__always) private func isMine(_ t: Thread, _ v: Value) -> Bool {
    count(v) > 0 && ladon_load_relaxed(&cell(v).pointee.owner) == t.pointee.ident
}

func semLockType() -> TypeDefinition {
    TypeDefinition(nil, "_multiprocessing.SemLock", flags: [.baseType, .hasFinalizer], doc: "Semaphore/Mutex type",
                   size: MemoryLayout<SemLockCell>.size, layout: Layout(prefix: 1, base: MemoryLayout<SemLockCell>.size / 8, flags: [.container, .finalizable]),
                   slots: [.unary(.finalize, { t, v in
                       if let s = handle(v) {
                           cell(v).pointee.handle = 0
                           ladon_semaphore_close(s)
                       }
                       return .none
                   })], members: [
                       .staticMethod("__new__", "(cls, /, kind, value, maxvalue, name, unlink)", semLock_new),
                       .method("acquire", "(self, /, block=True, timeout=None)", semLock_acquire, "Acquire the semaphore/lock."),
                       .method("release", "(self, /)", { t, a in semLock_release(t, a[0]) }, "Release the semaphore/lock."),
                       .method("_count", "(self, /)", { t, a in makeInt(t, Int(count(a[0]))) },
                               "Num of `acquire()`s minus num of `release()`s for this process."),
                       .method("_is_mine", "(self, /)", { t, a in Value(isMine(t, a[0])) }, "Whether the lock is owned by this thread."),
                       .method("_get_value", "(self, /)", { t, a in
                           guard let n = value(t, a[0]) else { return .raised }
                           return makeInt(t, max(n, 0))
                       }, "Get the value of the semaphore."),
                       .method("_is_zero", "(self, /)", { t, a in
                           guard let n = value(t, a[0]) else { return .raised }
                           return Value(n == 0)
                       }, "Return whether semaphore has value zero."),
                       .classMethod("_rebuild", "(type, handle, kind, maxvalue, name, /)", semLock_rebuild),
                       .method("_after_fork", "(self, /)", { t, a in
                           ladon_store32_release(&cell(a[0]).pointee.count, 0)
                           return .none
                       }, "Rezero the net acquisition count after fork()."),
                       .method("__enter__", "(self, /)", { t, a in acquire(t, a[0], isBlocking: true, nil) }, "Enter the semaphore/lock."),
                       .method("__exit__", "(self, exc_type=None, exc_value=None, exc_tb=None, /)", { t, a in semLock_release(t, a[0]) },
                               "Exit the semaphore/lock."),
                       .member("handle", get: { t, a in makeInt(t, cell(a[0]).pointee.handle) }),
                       .member("kind", get: { t, a in makeInt(t, Int(cell(a[0]).pointee.kind)) }),
                       .member("maxvalue", get: { t, a in makeInt(t, Int(cell(a[0]).pointee.maximum)) }),
                       .member("name", get: { t, a in
                           let n = loadSlot(&cell(a[0]).pointee.name)
                           return n.bits == 0 ? .none : n
                       }),
                       .constant("SEM_VALUE_MAX") { t, a in makeInt(t, Int(ladon_semaphore_maximum())) },
                   ])
}

// MARK: making

/// A name as a C string in `body`; 0: raised.
func withSemaphoreName(_ t: Thread, _ name: Value, _ body: (UnsafePointer<CChar>) -> Value) -> Value {
    if !name.isStr { return raise(t, .typeError, "name must be str, not \(typeName(name))") }
    let bytes = encodeString(t, name, encoding: .missing, errors: .missing)
    if bytes.isRaised { return bytes }
    if memchr(bytes.bytesData, 0, bytes.bytesCount) != nil { return raise(t, .valueError, "embedded null character") }
    let result = body(UnsafeRawPointer(bytes.bytesData).assumingMemoryBound(to: CChar.self))
    bytes.keepAlive
    return result
}

private func makeSemLock(_ t: Thread, _ type: Value, _ s: UnsafeMutableRawPointer, _ kind: Int32, _ maximum: Int32, _ name: Value) -> Value {
    let v = allocateInstance(t, type.asType)
    if v.isRaised {
        ladon_semaphore_close(s)
        return v
    }
    let c = cell(v)
    c.pointee.handle = UInt(bitPattern: s)
    c.pointee.kind = kind
    c.pointee.maximum = maximum
    storeSlot(&c.pointee.name, name)
    return v
}

private func semLock_new(_ t: Thread, _ a: Values) -> Value {
    guard let kind = asInt32(t, a[1]), let value = asInt32(t, a[2]), let maximum = asInt32(t, a[3]) else { return .raised }
    let unlink = isTrue(t, a[5])
    if unlink < 0 { return .raised }
    if kind != recursiveMutex && kind != semaphore { return raise(t, .valueError, "unrecognized kind") }
    var opened: UnsafeMutableRawPointer?
    let named = withSemaphoreName(t, a[4]) { name in
        opened = ladon_semaphore_create(name, UInt32(bitPattern: value))
        if opened == nil { return raiseErrno(t) }
        if unlink == 1 {
            let code = ladon_semaphore_unlink(name)
            if code != 0 {
                ladon_semaphore_close(opened)
                return raiseOSError(t, code)
            }
        }
        return .none
    }
    guard !named.isRaised, let s = opened else { return .raised }
    // Without a name nobody else can open it, or has to unlink it.
    return makeSemLock(t, a[0], s, kind, maximum, unlink == 1 ? .none : a[4])
}

private func semLock_rebuild(_ t: Thread, _ a: Values) -> Value {
    guard let address = asInt(t, a[1]), let kind = asInt32(t, a[2]), let maximum = asInt32(t, a[3]) else { return .raised }
    if a[4].isNone {
        guard let s = UnsafeMutableRawPointer(bitPattern: address) else { return raise(t, .valueError, "no handle") }
        return makeSemLock(t, a[0], s, kind, maximum, .none)
    }
    var opened: UnsafeMutableRawPointer?
    let named = withSemaphoreName(t, a[4]) { name in
        opened = ladon_semaphore_open(name)
        return opened == nil ? raiseErrno(t) : .none
    }
    guard !named.isRaised, let s = opened else { return .raised }
    return makeSemLock(t, a[0], s, kind, maximum, a[4])
}

// MARK: acquiring and releasing

private func semLock_acquire(_ t: Thread, _ a: Values) -> Value {
    let isBlocking = isTrue(t, a[1])
    if isBlocking < 0 { return .raised }
    if a[2].isNone { return acquire(t, a[0], isBlocking: isBlocking == 1, nil) }
    guard let seconds = asDouble(t, a[2]) else { return .raised }
    // As far in the future as the clock reaches for what is larger.
    let n = seconds > 0 ? min(seconds, 9e9) * 1e9 : 0
    return acquire(t, a[0], isBlocking: isBlocking == 1, deadline(after: n.isNaN ? 0 : Int(n)))
}

private func acquire(_ t: Thread, _ v: Value, isBlocking: Bool, _ deadline: UInt64?) -> Value {
    let c = cell(v)
    if c.pointee.kind == recursiveMutex && isMine(t, v) {
        c.pointee.count += 1
        return .true
    }
    guard let s = handle(v) else { return raiseOSError(t, EINVAL) }
    var code = ladon_semaphore_try(s)
    if code == EAGAIN && isBlocking { code = tryAgain(s) }
    if code == EAGAIN && isBlocking {
        let isMain = t.pointee.isMain != 0
        while true {
            code = blocking(t) { ladon_semaphore_wait(s, deadline ?? .max, isMain) }
            v.keepAlive
            if code != EINTR { break }
            if !safepoint(t) { return .raised }
        }
    }
    if code == EAGAIN || code == ETIMEDOUT { return .false }
    if code != 0 { return raiseOSError(t, code) }
    // The owner first: who finds a count must not find himself from an earlier time.
    ladon_store_relaxed(&c.pointee.owner, t.pointee.ident)
    _ = ladon_fetch_add32(&c.pointee.count, 1)
    return .true
}

/// Who holds a lock mostly gives it back at once, while going to sleep and being woken takes fifty times as long: looks a
/// little longer, for a few microseconds.
private func tryAgain(_ s: UnsafeMutableRawPointer) -> Int32 {
    for _ in 0 ..< 64 {
        for _ in 0 ..< 4 { ladon_cpu_relax() }
        let code = ladon_semaphore_try(s)
        if code != EAGAIN { return code }
    }
    return EAGAIN
}

private func value(_ t: Thread, _ v: Value) -> Int? {
    var n: Int32 = 0
    let code = ladon_semaphore_value(handle(v), &n)
    if code == 0 { return Int(n) }
    raiseOSError(t, code)
    return nil
}

private func semLock_release(_ t: Thread, _ v: Value) -> Value {
    let c = cell(v)
    if c.pointee.kind == recursiveMutex {
        if !isMine(t, v) { return raise(t, .assertionError, "attempt to release recursive lock not owned by thread") }
        if c.pointee.count > 1 {
            c.pointee.count -= 1
            return .none
        }
    } else {
        guard let n = value(t, v) else { return .raised }
        if n >= Int(c.pointee.maximum) { return raise(t, .valueError, "semaphore or lock released too many times") }
    }
    // Before the post: after it another thread of this process may own it, and count.
    _ = ladon_fetch_add32(&c.pointee.count, .max)
    let code = ladon_semaphore_post(handle(v))
    if code == 0 { return .none }
    _ = ladon_fetch_add32(&c.pointee.count, 1)
    return raiseOSError(t, code)
}
