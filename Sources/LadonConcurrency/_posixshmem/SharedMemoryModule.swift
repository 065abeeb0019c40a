// The module `_posixshmem`: names of memory that processes share.

import Glibc
import LadonLibrary

func sharedMemoryModule() -> ModuleDefinition {
    ModuleDefinition("_posixshmem", doc: "POSIX shared memory module", members: [
        .method("shm_open", "(path, flags, mode=511)", { t, a in
            guard let flags = asInt32(t, a[1]), let mode = asInt32(t, a[2]) else { return .raised }
            return withPath(t, a[0], "shm_open") { path in Int(shm_open(path, flags | O_CLOEXEC, mode_t(UInt32(bitPattern: mode)))) }
        }, "Open a shared memory object.  Returns a file descriptor (integer)."),
        .method("shm_unlink", "(path)", { t, a in
            withPath(t, a[0], "shm_unlink") { path in Int(shm_unlink(path)) }.isRaised ? .raised : .none
        }, "Remove a shared memory object (similar to unlink()).\n\nRemove a shared memory object name, and, once all processes  have  unmapped\nthe object, de-allocates and destroys the contents of the associated memory\nregion."),
    ])
}

private func withPath(_ t: Thread, _ path: Value, _ function: StaticString, _ body: (UnsafePointer<CChar>) -> Int) -> Value {
    if !path.isStr { return raise(t, .typeError, "\(function)() argument 'path' must be str, not \(typeName(path))") }
    let bytes = encodeString(t, path, encoding: .missing, errors: .missing)
    if bytes.isRaised { return bytes }
    if memchr(bytes.bytesData, 0, bytes.bytesCount) != nil { return raise(t, .valueError, "embedded null character") }
    let name = UnsafeRawPointer(bytes.bytesData).assumingMemoryBound(to: CChar.self)
    let n = systemCall(t, path) { body(name) }
    bytes.keepAlive
    return n < 0 ? .raised : Value(smallInt: n)
}
