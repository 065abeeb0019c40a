// -X importtime: a line on stderr for each import, in CPython's form.
//
// `nested` and `level` are words that any thread may change: with imports in several threads at once the times of nested
// imports are charged to whoever ends next (CPython's documentation warns of the same), and nothing else goes wrong.

import CLadon
import Glibc

/// Nanoseconds of the imports that ended within the one that runs, and how deep that one is.
nonisolated(unsafe) private var nested: UInt = 0, level: UInt = 0, hasHeader: UInt = 0

/// Runs an import and prints what it took.
func timedImport(_ t: Thread, _ module: Value, _ body: () -> Value) -> Value {
    if ladon_load_relaxed(&hasHeader) == 0 {
        ladon_store_relaxed(&hasHeader, 1)
        fputs("import time: self [us] | cumulative | imported package\n", stderr)
    }
    let before = ladon_load_relaxed(&nested), depth = ladon_load_relaxed(&level)
    ladon_store_relaxed(&nested, 0)
    ladon_store_relaxed(&level, depth + 1)
    let start = ladon_monotonic()
    let result = body()
    let whole = UInt(ladon_monotonic() - start), inner = ladon_load_relaxed(&nested)
    ladon_store_relaxed(&level, depth)
    ladon_store_relaxed(&nested, before + whole)
    let own = whole > inner ? whole - inner : 0
    fputs("import time: \(column((own + 500) / 1000, 9)) | \(column((whole + 500) / 1000, 10)) | \(String(repeating: " ", count: Int(depth) * 2))\(swiftString(module))\n", stderr)
    return result
}

private func column(_ n: UInt, _ width: Int) -> String {
    let text = String(n)
    return String(repeating: " ", count: max(0, width - text.utf8.count)) + text
}
