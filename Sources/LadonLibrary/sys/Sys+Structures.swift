// The structure sequences of `sys`: version_info, flags, float_info and so on.

import Glibc

/// A structure of a type of its own, made once.
private func structure(_ t: Thread, _ typeName: StaticString, _ doc: StaticString, _ fields: [(StaticString, Value)], sealed: Bool = false) -> Value {
    let type = makeStructSequenceType(t, typeName, doc, fields: fields.map { ($0.0, "") }, visible: fields.count, sealed: sealed)
    let v = makeStructSequence(t, type)
    if v.isRaised { return v }
    for i in 0..<fields.count { storeSlot(structSequenceItems(v) + i, fields[i].1) }
    return v
}

func fillSysStructures(_ t: Thread, _ options: StartOptions, _ set: (StaticString, Value) -> Void) {
    // The fields wait in Swift arrays, where the collector does not look.
    holdOffCollections(t)
    defer { allowCollections(t) }
    func number(_ n: Int) -> Value { makeInt(t, n) }
    let version = structure(t, "sys.version_info", "sys.version_info\n\nVersion information as a named tuple.", [
        ("major", number(pythonVersion.major)), ("minor", number(pythonVersion.minor)), ("micro", number(pythonVersion.micro)),
        ("releaselevel", makeString(t, "final")), ("serial", .zero)], sealed: true)
    set("version_info", version)
    let f = interpreter(t).pointee.flags
    set("flags", structure(t, "sys.flags", "sys.flags\n\nFlags provided through command line arguments or environment vars.", [
        ("debug", number(f.debug)), ("inspect", number(f.inspect)), ("interactive", number(f.interactive)), ("optimize", number(f.optimize)),
        ("dont_write_bytecode", number(f.dontWriteBytecode)), ("no_user_site", number(f.noUserSite)), ("no_site", number(f.noSite)),
        ("ignore_environment", number(f.ignoreEnvironment)), ("verbose", number(f.verbose)), ("bytes_warning", number(f.bytesWarning)),
        ("quiet", number(f.quiet)), ("hash_randomization", number(f.hashRandomization)), ("isolated", number(f.isolated)),
        ("dev_mode", Value(f.devMode != 0)), ("utf8_mode", number(f.utf8Mode)), ("warn_default_encoding", number(f.warnDefaultEncoding)),
        ("safe_path", Value(f.safePath != 0)), ("int_max_str_digits", number(options.intMaxTextDigits ?? -1))], sealed: true))
    set("float_info", structure(t, "sys.float_info", "sys.float_info\n\nA named tuple holding information about the float type.", [
        ("max", makeFloat(t, Double.greatestFiniteMagnitude)), ("max_exp", number(1024)), ("max_10_exp", number(308)),
        ("min", makeFloat(t, Double.leastNormalMagnitude)), ("min_exp", number(-1021)), ("min_10_exp", number(-307)), ("dig", number(15)),
        ("mant_dig", number(53)), ("epsilon", makeFloat(t, Double.ulpOfOne)), ("radix", number(2)), ("rounds", number(1))]))
    set("int_info", structure(t, "sys.int_info", "sys.int_info\n\nA named tuple that holds information about Python's\ninternal representation of integers.", [
        ("bits_per_digit", number(64)), ("sizeof_digit", number(8)), ("default_max_str_digits", number(4300)), ("str_digits_check_threshold", number(640))]))
    set("hash_info", structure(t, "sys.hash_info", "hash_info\n\nA named tuple providing parameters used for computing hashes.", [
        ("width", number(64)), ("modulus", number((1 << 61) - 1)), ("inf", number(314159)), ("nan", .zero), ("imag", number(1_000_003)),
        ("algorithm", makeString(t, "siphash13")), ("hash_bits", number(64)), ("seed_bits", number(128)), ("cutoff", .zero)]))
    set("thread_info", structure(t, "sys.thread_info", "sys.thread_info\n\nA named tuple holding information about the thread implementation.", [
        ("name", makeString(t, "pthread")), ("lock", makeString(t, "futex")), ("version", threadLibraryVersion(t))]))

    let implementation = call(t, builtinType(.simpleNamespace).value)
    func field(_ n: StaticString, _ v: Value) { _ = setAttribute(t, implementation, internStatic(t, n), v) }
    field("name", makeString(t, "ladon"))
    field("cache_tag", makeString(t, cacheTag))
    field("version", version)
    field("hexversion", Value(smallInt: 0x030B_02F0))
    field("_multiarch", makeString(t, "x86_64-linux-gnu"))
    set("implementation", implementation)

    let names = makeFrozenSet(t)
    for part in standardModuleNames.split(separator: " ") { _ = setAdd(t, names, intern(t, String(part))) }
    set("stdlib_module_names", names)
    let hooks = makeStructSequenceType(t, "asyncgen_hooks", "", fields: [("firstiter", ""), ("finalizer", "")], visible: 2)
    interpreter(t).pointee.asyncGenHooksType = hooks.value
}

func sys_getAsyncGenHooks(_ t: Thread, _ a: Values) -> Value {
    let v = makeStructSequence(t, interpreter(t).pointee.asyncGenHooksType.asType)
    if v.isRaised { return v }
    let items = structSequenceItems(v)
    items[0] = t.pointee.asyncGenFirstIter.bits == 0 ? .none : t.pointee.asyncGenFirstIter
    items[1] = t.pointee.asyncGenFinalizer.bits == 0 ? .none : t.pointee.asyncGenFinalizer
    return v
}

/// "NPTL 2.36": glibc's name for its threads; None elsewhere.
private func threadLibraryVersion(_ t: Thread) -> Value {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { memory -> Value in
        let n = confstr(Int32(_CS_GNU_LIBPTHREAD_VERSION), memory.baseAddress, 128)
        return n > 0 && n <= 128 ? makeString(t, fileSystem: UnsafePointer(memory.baseAddress.unsafelyUnwrapped)) : .none
    }
}
