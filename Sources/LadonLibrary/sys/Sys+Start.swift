// The attributes of `sys` that are set at start.

import Glibc

/// The level of the language: what sys.version_info says. The release number is that of the oracle that tests compare with.
let pythonVersion = (major: 3, minor: 11, micro: 2)

func fillSysModule(_ t: Thread, _ options: StartOptions) {
    let d = interpreter(t).pointee.sysDict
    func set(_ key: StaticString, _ v: Value) {
        if v.isRaised || dictSet(t, d, internStatic(t, key), v) < 0 { fatalError("sys.\(key) could not be set") }
    }
    func text(_ s: String) -> Value { makeString(t, s) }
    func list(_ items: [String]) -> Value {
        let l = makeList(t)
        for item in items where listAppend(t, l, makeString(t, fileSystem: item)) < 0 { return .raised }
        return l
    }
    set("modules", interpreter(t).pointee.modules)
    set("argv", list(options.arguments))
    set("orig_argv", list(options.originalArguments))
    set("warnoptions", list(options.warnOptions))
    set("meta_path", makeList(t))
    set("path_hooks", makeList(t))
    set("path_importer_cache", makeDict(t))
    set("byteorder", text("little"))
    set("platform", text("linux"))
    set("maxsize", makeInt(t, Int.max))
    set("maxunicode", Value(smallInt: 0x10FFFF))
    set("executable", text(options.executable))
    set("_base_executable", text(options.executable))
    for key: StaticString in ["prefix", "exec_prefix", "base_prefix", "base_exec_prefix"] { set(key, text("/usr")) }
    set("platlibdir", text("lib"))
    set("api_version", Value(smallInt: 1013))
    set("hexversion", Value(smallInt: 0x030B_02F0))
    set("float_repr_style", text("short"))
    set("dont_write_bytecode", Value(options.flags.dontWriteBytecode != 0))
    set("pycache_prefix", .none)
    set("copyright", text("Ladon, a Python runtime. Apache-2.0. The language and its library: Copyright (c) Python Software Foundation."))
    set("version", text("3.11.2 (ladon, Nov 22 2026, 00:00:00) [Swift 6.3]"))
    set("abiflags", text(""))
    let path = makeList(t)
    if let library = standardLibraryPath(t) {
        let parent = String(library[..<(library.lastIndex(of: "/") ?? library.startIndex)])
        _ = listAppend(t, path, text("\(parent)/python311.zip"))
        _ = listAppend(t, path, text(library))
        _ = listAppend(t, path, text("\(library)/lib-dynload"))
        set("_stdlib_dir", text(library))
    } else { set("_stdlib_dir", .none) }
    set("path", path)
    let names = makeList(t)
    for (name, _) in nativeModuleTable { _ = listAppend(t, names, internStatic(t, name)) }
    _ = sortList(t, names, key: .none, reverse: false)
    set("builtin_module_names", listToTuple(t, names))
}
