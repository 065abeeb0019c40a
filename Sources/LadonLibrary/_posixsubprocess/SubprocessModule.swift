// The module `_posixsubprocess`: one function, which forks and runs a program.

import Glibc

/// What `preexec_fn` needs in the child.
private struct Preparation {
    var thread: Thread
    var function: Value
}

private func prepareChild(_ context: UnsafeMutableRawPointer?) -> Int32 {
    let p = context.unsafelyUnwrapped.assumingMemoryBound(to: Preparation.self)
    let t = p.pointee.thread
    return call(t, p.pointee.function).isRaised ? 1 : 0
}

/// The descriptors to keep, sorted and without duplicates; nil: raised.
private func keptDescriptors(_ t: Thread, _ v: Value, _ out: UnsafeMutablePointer<Int32>) -> Bool {
    var previous: Int32 = -1
    for i in 0..<v.tupleCount {
        let item = v.tupleItems[i]
        guard isInt(item), let n = intAsWord(plainInt(item)), let fd = Int32(exactly: n), fd > previous else {
            _ = raise(t, .valueError, "bad value(s) in fds_to_keep")
            return false
        }
        out[i] = fd
        previous = fd
    }
    return true
}

private func hasZeroByte(_ bytes: Value) -> Bool { memchr(bytes.bytesData, 0, bytes.bytesCount) != nil }

/// fork_exec(args, executable_list, close_fds, pass_fds, cwd, env, p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite,
/// errpipe_read, errpipe_write, restore_signals, start_new_session, process_group, gid, extra_groups, uid, umask, preexec_fn,
/// allow_vfork)
private func subprocess_fork_exec(_ t: Thread, _ a: Values) -> Value {
    let given = a[0]
    if given.tupleCount != 23 { return raise(t, .typeError, "fork_exec() takes exactly 23 arguments (\(given.tupleCount) given)") }
    let v = given.tupleItems
    var spawn = LadonSpawn()
    let closes = isTrue(t, v[2])
    if closes < 0 { return .raised }
    if closes == 1 {
        guard let errpipe = asInt32(t, v[13]) else { return .raised }
        if errpipe < 3 { return raise(t, .valueError, "errpipe_write must be >= 3") }
    }
    if !isTuple(v[3]) { return raise(t, .typeError, "fork_exec() argument 4 must be tuple, not \(argumentType(v[3]))") }
    var numbers: (Int32, Int32, Int32, Int32, Int32, Int32, Int32, Int32) = (0, 0, 0, 0, 0, 0, 0, 0)
    let read: Bool = withUnsafeMutablePointer(to: &numbers) { p in
        p.withMemoryRebound(to: Int32.self, capacity: 8) { out in
            for i in 0..<8 {
                guard let n = asInt32(t, v[6 + i]) else { return false }
                out[i] = n
            }
            return true
        }
    }
    if !read { return .raised }
    spawn.p2cread = numbers.0
    spawn.p2cwrite = numbers.1
    spawn.c2pread = numbers.2
    spawn.c2pwrite = numbers.3
    spawn.errread = numbers.4
    spawn.errwrite = numbers.5
    spawn.errpipe_read = numbers.6
    spawn.errpipe_write = numbers.7
    let restores = isTrue(t, v[14]), session = isTrue(t, v[15])
    if restores < 0 || session < 0 { return .raised }
    guard let group = asInt32(t, v[16]), let mask = asInt32(t, v[20]) else { return .raised }
    spawn.closesDescriptors = closes == 1
    spawn.restoresSignals = restores == 1
    spawn.newSession = session == 1
    spawn.processGroup = group
    spawn.umask = mask

    var arguments = CStringArray(capacity: 8), executables = CStringArray(capacity: 4)
    var environment: CStringArray?
    defer {
        arguments.free()
        executables.free()
        environment?.free()
    }
    let argv = sequenceToTuple(t, v[0])
    if argv.isRaised { return argv }
    if !appendPaths(t, argv, &arguments) { return .raised }
    let programs = sequenceToTuple(t, v[1])
    if programs.isRaised { return programs }
    for i in 0..<programs.tupleCount {
        if !programs.tupleItems[i].isBytes { return raise(t, .typeError, "expected bytes, \(typeName(programs.tupleItems[i])) found") }
        if hasZeroByte(programs.tupleItems[i]) { return raise(t, .valueError, "embedded null byte") }
        executables.append(programs.tupleItems[i].bytesData, programs.tupleItems[i].bytesCount)
    }
    if !v[5].isNone {
        let pairs = sequenceToTuple(t, v[5])
        if pairs.isRaised { return pairs }
        var made = CStringArray(capacity: pairs.tupleCount)
        for i in 0..<pairs.tupleCount {
            if !pairs.tupleItems[i].isBytes {
                made.free()
                return raise(t, .typeError, "expected bytes, \(typeName(pairs.tupleItems[i])) found")
            }
            if hasZeroByte(pairs.tupleItems[i]) {
                made.free()
                return raise(t, .valueError, "embedded null byte")
            }
            made.append(pairs.tupleItems[i].bytesData, pairs.tupleItems[i].bytesCount)
        }
        environment = made
    }
    let directory: Value = v[4].isNone ? .none : fsConverter(t, v[4])
    if directory.isRaised { return directory }
    if !v[17].isNone {
        guard let n = ownerNumber(t, v[17], "gid") else { return .raised }
        spawn.hasGroup = true
        spawn.group = n
    }
    if !v[19].isNone {
        guard let n = ownerNumber(t, v[19], "uid") else { return .raised }
        spawn.hasUser = true
        spawn.user = n
    }
    let groups: Value = v[18].isNone ? ladon_runtime.emptyTuple : sequenceToTuple(t, v[18])
    if groups.isRaised { return groups }
    spawn.hasGroups = !v[18].isNone
    let function = v[21]
    let kept = v[3]
    let result = withUnsafeTemporaryAllocation(of: gid_t.self, capacity: groups.tupleCount + 1) { groupNumbers -> Value in
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: kept.tupleCount + 1) { descriptors -> Value in
            for i in 0..<groups.tupleCount {
                guard let n = ownerNumber(t, groups.tupleItems[i], "gid") else { return raise(t, .valueError, "invalid group id") }
                groupNumbers[i] = n
            }
            if !keptDescriptors(t, kept, descriptors.baseAddress.unsafelyUnwrapped) { return .raised }
            spawn.groups = UnsafePointer(groupNumbers.baseAddress)
            spawn.groupCount = groups.tupleCount
            spawn.kept = UnsafePointer(descriptors.baseAddress)
            spawn.keptCount = kept.tupleCount
            var preparation = Preparation(thread: t, function: function)
            return withUnsafeMutablePointer(to: &preparation) { p -> Value in
                if !function.isNone {
                    spawn.prepare = prepareChild
                    spawn.context = UnsafeMutableRawPointer(p)
                }
                return run(t, &spawn, arguments, executables, environment, directory, hooks: !function.isNone)
            }
        }
    }
    given.keepAlive
    function.keepAlive
    return result
}

private func run(_ t: Thread, _ spawn: inout LadonSpawn, _ arguments: CStringArray, _ executables: CStringArray, _ environment: CStringArray?,
                 _ directory: Value, hooks: Bool) -> Value {
    spawn.arguments = UnsafePointer(arguments.list)
    spawn.executables = UnsafePointer(executables.list)
    spawn.environment = environment.map { UnsafePointer($0.list) }
    if !directory.isNone { spawn.directory = UnsafeRawPointer(directory.bytesData).assumingMemoryBound(to: CChar.self) }
    // Without preexec_fn no Python code runs in the child, and the hooks of os.register_at_fork are not wanted.
    if hooks {
        guard let pid = forkWithHooks(t) else { return .raised }
        if pid == 0 { ladon_spawn_child(&spawn) }
        directory.keepAlive
        return Value(smallInt: Int(pid))
    }
    let pid: Int32 = blocking(t) { ladon_fork_spawn(&spawn) }
    directory.keepAlive
    return pid < 0 ? raiseErrno(t) : Value(smallInt: Int(pid))
}

public func subprocessModule() -> ModuleDefinition {
    ModuleDefinition("_posixsubprocess", doc: "A POSIX helper for the subprocess module.", members: [
        .method("fork_exec", "(*args)", subprocess_fork_exec, "Forks a child process and executes a program in it."),
    ])
}
