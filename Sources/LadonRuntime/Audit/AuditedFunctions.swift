// The audit events that stand for calls of native functions, by function. When the first hook is added, and from then on when a
// module is made, the records of these functions are marked: a marked one is never called straight, but by way of
// `callRecordBinding`, which raises the event.

/// An event and its arguments: numbers of the function's parameters (0 is a method's self), where a parameter without
/// value is None, "3d" a file descriptor whose None is -1, "1u" a number without sign of 32 bits, "0b" text as the system has
/// it (bytes), "0L" the last of the tuple *args, "N" None, "-" the number -1.
struct AuditedFunction {
    let module: StaticString
    /// "function" or "type.method".
    let function: StaticString
    let event: StaticString
    let arguments: StaticString
    init(_ module: StaticString, _ function: StaticString, _ event: StaticString, _ arguments: StaticString = "") {
        self.module = module; self.function = function; self.event = event; self.arguments = arguments
    }
}

private let auditedFunctions: [AuditedFunction] = [
    .init("fcntl", "fcntl", "fcntl.fcntl", "0 1 2"),
    .init("fcntl", "flock", "fcntl.flock", "0 1"),
    .init("fcntl", "ioctl", "fcntl.ioctl", "0 1 2"),
    .init("fcntl", "lockf", "fcntl.lockf", "0 1 2 3 4"),
    .init("gc", "get_objects", "gc.get_objects", "0d"),
    .init("gc", "get_referents", "gc.get_referents", "0"),
    .init("gc", "get_referrers", "gc.get_referrers", "0"),
    .init("marshal", "dump", "marshal.dumps", "0 2"),
    .init("marshal", "dumps", "marshal.dumps", "0 1"),
    .init("marshal", "load", "marshal.load"),
    .init("marshal", "loads", "marshal.loads", "0"),
    .init("posix", "chdir", "os.chdir", "0"),
    .init("posix", "fchdir", "os.chdir", "0"),
    .init("posix", "chmod", "os.chmod", "0 1 2d"),
    .init("posix", "fchmod", "os.chmod", "0 1 -"),
    .init("posix", "chown", "os.chown", "0 1u 2u 3d"),
    .init("posix", "fchown", "os.chown", "0 1u 2u -"),
    .init("posix", "lchown", "os.chown", "0 1u 2u -"),
    .init("posix", "execv", "os.exec", "0 1 N"),
    .init("posix", "execve", "os.exec", "0 1 2"),
    .init("posix", "fork", "os.fork"),
    .init("posix", "forkpty", "os.forkpty"),
    .init("posix", "getxattr", "os.getxattr", "0 1"),
    .init("posix", "kill", "os.kill", "0 1"),
    .init("posix", "killpg", "os.killpg", "0 1"),
    .init("posix", "link", "os.link", "0 1 2d 3d"),
    .init("posix", "listdir", "os.listdir", "0"),
    .init("posix", "listxattr", "os.listxattr", "0"),
    .init("posix", "lockf", "os.lockf", "0 1 2"),
    .init("posix", "mkdir", "os.mkdir", "0 1 2d"),
    .init("posix", "posix_spawn", "os.posix_spawn", "0 1 2"),
    .init("posix", "posix_spawnp", "os.posix_spawn", "0 1 2"),
    .init("posix", "putenv", "os.putenv", "0b 1b"),
    .init("posix", "remove", "os.remove", "0 1d"),
    .init("posix", "unlink", "os.remove", "0 1d"),
    .init("posix", "removexattr", "os.removexattr", "0 1"),
    .init("posix", "rename", "os.rename", "0 1 2d 3d"),
    .init("posix", "replace", "os.rename", "0 1 2d 3d"),
    .init("posix", "rmdir", "os.rmdir", "0 1d"),
    .init("posix", "scandir", "os.scandir", "0"),
    .init("posix", "setxattr", "os.setxattr", "0 1 2 3"),
    .init("posix", "symlink", "os.symlink", "0 1 3d"),
    .init("posix", "system", "os.system", "0b"),
    .init("posix", "truncate", "os.truncate", "0 1"),
    .init("posix", "ftruncate", "os.truncate", "0 1"),
    .init("posix", "unsetenv", "os.unsetenv", "0b"),
    .init("posix", "utime", "os.utime", "0 1 2 3d"),
    .init("resource", "prlimit", "resource.prlimit", "0 1 2"),
    .init("resource", "setrlimit", "resource.setrlimit", "0 1"),
    .init("_signal", "pthread_kill", "signal.pthread_kill", "0 1"),
    .init("_socket", "socket.bind", "socket.bind", "0 1"),
    .init("_socket", "socket.connect", "socket.connect", "0 1"),
    .init("_socket", "socket.connect_ex", "socket.connect", "0 1"),
    .init("_socket", "socket.sendmsg", "socket.sendmsg", "0 4"),
    .init("_socket", "socket.sendto", "socket.sendto", "0 1L"),
    .init("_socket", "getaddrinfo", "socket.getaddrinfo", "0 1 2 3 4"),
    .init("_socket", "gethostbyaddr", "socket.gethostbyaddr", "0"),
    .init("_socket", "gethostbyname", "socket.gethostbyname", "0"),
    .init("_socket", "gethostbyname_ex", "socket.gethostbyname", "0"),
    .init("_socket", "gethostname", "socket.gethostname"),
    .init("_socket", "getnameinfo", "socket.getnameinfo", "0"),
    .init("_socket", "getservbyname", "socket.getservbyname", "0 1"),
    .init("_socket", "getservbyport", "socket.getservbyport", "0 1"),
    .init("_socket", "sethostname", "socket.sethostname", "0"),
    .init("sys", "_current_exceptions", "sys._current_exceptions"),
    .init("sys", "_current_frames", "sys._current_frames"),
    .init("sys", "setprofile", "sys.setprofile"),
    .init("sys", "settrace", "sys.settrace"),
]

// MARK: marking

/// Marks the functions of the modules that there are.
func auditKnownModules(_ t: Thread) {
    var last: StaticString = ""
    for audited in auditedFunctions where audited.module.utf8Start != last.utf8Start {
        last = audited.module
        let module = dictGetName(t, interpreter(t).pointee.modules, internStatic(t, audited.module))
        if module.isCell && module.isExactly(.module) { auditModule(t, module) }
    }
}

/// Marks a module's functions. The records change while the world is stopped, since others call by them.
func auditModule(_ t: Thread, _ module: Value) {
    let dict = module.cell(as: ModuleCell.self).pointee.dict
    let moduleName = dictGetName(t, dict, name(.__name__))
    if !moduleName.isCell || !moduleName.isStr { return }
    var found: [(record: NativeRecordPointer, index: Int)] = []
    for (i, audited) in auditedFunctions.enumerated() where stringEqual(moduleName, audited.module) {
        let path = audited.function.description.split(separator: ".").map(String.init)
        var holder = dictGetName(t, dict, intern(t, path[0]))
        if path.count == 2, holder.isCell, isType(holder) { holder = dictGetName(t, typeDictionary(t, holder.asType), intern(t, path[1])) }
        if !holder.isCell { continue }
        let record: NativeRecordPointer
        if holder.isExactly(.nativeFunction) { record = holder.asNativeFunction.pointee.record }
        else if holder.isExactly(.methodDescriptor) { record = holder.asMethodDescriptor.pointee.record }
        else { continue }
        _ = recordSignature(t, record)
        found.append((record, i))
    }
    if found.isEmpty { return }
    stopTheWorld(t)
    for each in found {
        each.record.pointee.auditedFunction = Int32(each.index)
        each.record.pointee.exactCount = -1
        each.record.pointee.shortCount = -1
    }
    startTheWorld(t)
}

/// Raises the event of a marked function about to be called with `bound`. False: a hook raised.
@inline(never) func auditCall(_ t: Thread, _ record: NativeRecordPointer, _ bound: Values) -> Bool {
    let audited = auditedFunctions[Int(record.pointee.auditedFunction)]
    let words = audited.arguments.description.split(separator: " ")
    let arguments = makeTuple(t, words.count)
    if arguments.isRaised { return false }
    for (i, word) in words.enumerated() {
        let v: Value
        switch word.last {
        case "N": v = .none
        case "-": v = Value(smallInt: -1)
        case "L":
            let all = bound[Int(word.dropLast()) ?? 0]
            v = all.tupleCount > 0 ? all.tupleItems[all.tupleCount - 1] : .none
        case "d":
            let given = bound[Int(word.dropLast()) ?? 0]
            v = given.isMissing || given.isNone ? Value(smallInt: -1) : given
        case "u":
            let given = bound[Int(word.dropLast()) ?? 0]
            v = given == Value(smallInt: -1) ? Value(smallInt: Int(UInt32.max)) : given
        case "b":
            let given = bound[Int(word.dropLast()) ?? 0]
            v = given.isCell && given.isStr ? withFileSystemBytes(given) { makeBytes(t, UnsafeRawPointer($0), $1) } : given
            if v.isRaised { return false }
        default:
            let given = bound[Int(word) ?? 0]
            v = given.isMissing ? .none : given
        }
        arguments.tupleItems[i] = v
    }
    return auditTuple(t, audited.event, arguments)
}
