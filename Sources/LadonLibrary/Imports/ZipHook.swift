// Imports from zip files. CPython loads zipimport at every start; here a hook stands in its place in sys.path_hooks until
// the first entry of sys.path turns out to be a file.

import Glibc

/// The thread that is loading zipimport: what it imports for that doesn't come from a zip file.
nonisolated(unsafe) private var loadingThread: Thread? = nil

/// Puts the hook before the others. False: raised.
func installZipHook(_ t: Thread, _ imp: Value) -> Bool {
    let hooks = getAttribute(t, interpreter(t).pointee.sysModule, internStatic(t, "path_hooks"))
    let hook = hooks.isRaised ? hooks : getAttribute(t, imp, internStatic(t, "_zip_path_hook"))
    let insert = hook.isRaised ? hook : getAttribute(t, hooks, internStatic(t, "insert"))
    return !insert.isRaised && !call(t, insert, .zero, hook).isRaised
}

/// Whether a path is a file, or would be inside of one.
private func leadsIntoFile(_ path: String) -> Bool {
    var path = path[...]
    while !path.isEmpty {
        var info = stat()
        if stat(String(path), &info) == 0 { return info.st_mode & S_IFMT == S_IFREG }
        guard let slash = path.lastIndex(of: "/") else { return false }
        path = path[..<slash]
    }
    return false
}

/// Paths that nobody was found for while zipimport was being loaded are looked at again. False: raised.
private func forgetUnknownPaths(_ t: Thread) -> Bool {
    let cache = getAttribute(t, interpreter(t).pointee.sysModule, internStatic(t, "path_importer_cache"))
    if cache.isRaised { return false }
    if !cache.isExactly(.dict) { return true }
    let paths = iterateToList(t, cache)
    if paths.isRaised { return false }
    for i in 0..<listCount(paths) {
        let path = listGet(t, paths, i)
        let finder = dictGet(t, cache, path)
        if finder.isRaised || (finder.isNone && dictDelete(t, cache, path) < 0) { return false }
    }
    return true
}

func imp_zipPathHook(_ t: Thread, _ a: Values) -> Value {
    guard a[0].isCell, a[0].isStr, loadingThread != t, leadsIntoFile(swiftString(a[0])) else { return raise(t, .importError, "not a Zip file") }
    let outer = loadingThread
    loadingThread = t
    let module = importModule(t, "zipimport")
    loadingThread = outer
    let importer = module.isRaised ? module : getAttribute(t, module, internStatic(t, "zipimporter"))
    if importer.isRaised || !forgetUnknownPaths(t) { return .raised }
    // From now on zipimport answers itself.
    let imp = importModule(t, "_imp")
    let hooks = imp.isRaised ? imp : getAttribute(t, interpreter(t).pointee.sysModule, internStatic(t, "path_hooks"))
    let own = hooks.isRaised ? hooks : getAttribute(t, imp, internStatic(t, "_zip_path_hook"))
    if own.isRaised { return own }
    if hooks.isExactly(.list) {
        for i in 0..<listCount(hooks) where listGet(t, hooks, i) == own {
            if setItem(t, hooks, Value(smallInt: i), importer) < 0 { return .raised }
            break
        }
    }
    return call(t, importer, a[0])
}
