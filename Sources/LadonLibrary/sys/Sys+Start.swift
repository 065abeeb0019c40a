// The attributes of `sys` that are set at start.

import Glibc

/// The level of the language: what sys.version_info says. The release number is that of the oracle that tests compare with.
public let pythonVersion = (major: 3, minor: 11, micro: 2)
public var releaseText: String { "\(pythonVersion.major).\(pythonVersion.minor).\(pythonVersion.micro)" }
/// sys.version, in CPython's form, which programs take apart.
public var versionText: String { "\(releaseText) (ladon, Nov 22 2026, 00:00:00) [Swift 6.3]" }

func fillSysModule(_ t: Thread, _ options: StartOptions) {
    let d = interpreter(t).pointee.sysDict
    func set(_ key: StaticString, _ v: Value) {
        if v.isRaised || dictSet(t, d, internStatic(t, key), v) < 0 { fatalError("sys.\(key) could not be set") }
    }
    func text(_ s: String) -> Value { makeString(t, s) }
    func list(_ items: [CommandWord]) -> Value {
        let l = makeList(t)
        for item in items where listAppend(t, l, item.string(t)) < 0 { return .raised }
        return l
    }
    set("modules", interpreter(t).pointee.modules)
    set("argv", list(options.arguments))
    set("orig_argv", list(options.originalArguments))
    set("warnoptions", list(options.warnOptions.map { CommandWord($0) }))
    set("meta_path", makeList(t))
    set("path_hooks", makeList(t))
    set("path_importer_cache", makeDict(t))
    set("byteorder", text("little"))
    set("platform", text("linux"))
    set("maxsize", makeInt(t, Int.max))
    set("maxunicode", Value(smallInt: 0x10FFFF))
    set("executable", options.executable.string(t))
    let environment = processSites.environment
    set("_base_executable", environment.flatMap { $0.baseExecutable }.map { CommandWord($0).string(t) } ?? options.executable.string(t))
    let base = text(options.flags.home ?? "/usr")
    for key: StaticString in ["base_prefix", "base_exec_prefix"] { set(key, base) }
    for key: StaticString in ["prefix", "exec_prefix"] { set(key, environment.map { CommandWord($0.prefix).string(t) } ?? base) }
    if let home = environment?.home { set("_home", CommandWord(home).string(t)) }
    set("platlibdir", options.flags.variable("PYTHONPLATLIBDIR").map { makeString(t, fileSystem: $0) } ?? text("lib"))
    set("api_version", Value(smallInt: 1013))
    set("hexversion", Value(smallInt: 0x030B_02F0))
    set("float_repr_style", text("short"))
    set("dont_write_bytecode", Value(options.flags.dontWriteBytecode != 0))
    set("pycache_prefix", options.pycachePrefix?.string(t) ?? .none)
    set("_git", makeTuple(t, text("Ladon"), text(""), text("")))
    set("copyright", text("Ladon, a Python runtime. Apache-2.0. The language and its library: Copyright (c) Python Software Foundation."))
    set("version", text(versionText))
    set("abiflags", text(""))
    set("path", searchPath(t))
    let names = makeList(t)
    for (name, _) in nativeModuleTables.joined() { _ = listAppend(t, names, internStatic(t, name)) }
    _ = sortList(t, names, key: .none, reverse: false)
    set("builtin_module_names", listToTuple(t, names))
    let xoptions = makeDict(t)
    for option in options.xOptions {
        let parts = option.split(separator: "=", maxSplits: 1).map(String.init)
        _ = dictSet(t, xoptions, text(parts[0]), parts.count > 1 ? text(parts[1]) : .true)
    }
    set("_xoptions", xoptions)
    for (copy, original) in [("__displayhook__", "displayhook"), ("__excepthook__", "excepthook"),
                             ("__breakpointhook__", "breakpointhook"), ("__unraisablehook__", "unraisablehook")] as [(StaticString, StaticString)] {
        set(copy, dictGet(t, d, internStatic(t, original)))
    }
    fillSysStructures(t, options, set)
    installSiteNames(t)
}

/// sys.path at start: PYTHONPATH, the library, the folders of installed packages.
private func searchPath(_ t: Thread) -> Value {
    let path = makeList(t)
    func add(_ folder: String) { _ = listAppend(t, path, makeString(t, fileSystem: folder)) }
    let flags = interpreter(t).pointee.flags
    if let p = flags.variable("PYTHONPATH") {
        // What site would make of the entries: absolute, each once.
        var known: [[UInt8]] = []
        for part in CommandWord(p).bytes.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false) {
            let folder = flags.noSite == 0 ? CommandWord(part).normalized : CommandWord(part).absolute
            if flags.noSite == 0 && known.contains(folder.bytes) { continue }
            known.append(folder.bytes)
            _ = listAppend(t, path, folder.string(t))
        }
    }
    guard let library = standardLibraryPath(t) else {
        _ = dictSet(t, interpreter(t).pointee.sysDict, internStatic(t, "_stdlib_dir"), .none)
        return path
    }
    _ = dictSet(t, interpreter(t).pointee.sysDict, internStatic(t, "_stdlib_dir"), makeString(t, library))
    add(library)
    processSites.folders.forEach(add)
    return path
}
