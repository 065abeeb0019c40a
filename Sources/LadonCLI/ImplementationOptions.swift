// The -X options, in one table.

import Ladon

struct ImplementationOption {
    let name: String
    /// How its value is shown in the help, with the equals sign; "" when it has none.
    let value: String
    let help: String
    /// What the option changes; its value is nil when there is no equals sign. Nil for those that are read where they are needed.
    let apply: ((inout CommandLineOptions, String?) throws(UsageFailure) -> Void)?
}

let implementationTable: [ImplementationOption] = [
    ImplementationOption(name: "gil", value: "=0|1", help: "0: threads run in parallel (default); 1: one at a time, as under CPython's GIL") { (o, v) throws(UsageFailure) in
        try setLockMode(&o, v ?? "", "-X gil")
        inheritLockMode(o.start.gil)
    },
    ImplementationOption(name: "dev", value: "", help: "development mode: default warning filter, faulthandler, asyncio's debug mode") { o, _ in o.start.flags.devMode = 1 },
    ImplementationOption(name: "faulthandler", value: "", help: "dump the Python traceback on fatal errors", apply: nil),
    ImplementationOption(name: "importtime", value: "", help: "show how long each import takes, with and without nested imports") { o, _ in o.start.timesImports = true },
    ImplementationOption(name: "int_max_str_digits", value: "=number", help: "limit the size of int<->str conversions; 0 disables the limit") { (o, v) throws(UsageFailure) in
        o.start.intMaxTextDigits = try textDigits(v ?? "", "-X int_max_str_digits")
    },
    ImplementationOption(name: "no_debug_ranges", value: "", help: "code keeps lines, not columns; no carets in tracebacks") { o, _ in o.start.keepsColumns = false },
    ImplementationOption(name: "pycache_prefix", value: "=PATH", help: "write .pyc files to a parallel tree rooted at the given directory") { o, v in
        o.start.pycachePrefix = v.flatMap { $0.isEmpty ? nil : CommandWord($0) }
    },
    ImplementationOption(name: "tracemalloc", value: "", help: "refused: Ladon's heap does not record where memory was allocated") { (_, _) throws(UsageFailure) in
        throw .fatal("-X tracemalloc is not supported: Ladon's heap does not record where memory was allocated")
    },
    ImplementationOption(name: "utf8", value: "[=0|1]", help: "enable the UTF-8 mode of operating system interfaces") { (o, v) throws(UsageFailure) in
        guard v == nil || v == "0" || v == "1" else { throw .fatal("invalid -X utf8 option value") }
        o.start.flags.utf8Mode = v == "0" ? 0 : 1
    },
    ImplementationOption(name: "warn_default_encoding", value: "", help: "enable opt-in EncodingWarning for 'encoding=None'") { o, _ in o.start.flags.warnDefaultEncoding = 1 },
]

/// Applies the -X options in the order of the command line; those that are not in the table stay in sys._xoptions only.
func applyImplementationOptions(_ o: inout CommandLineOptions) throws(UsageFailure) {
    for option in o.start.xOptions {
        let parts = option.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        if let apply = implementationTable.first(where: { $0.name == parts[0] })?.apply { try apply(&o, parts.count > 1 ? String(parts[1]) : nil) }
    }
    if o.start.flags.devMode != 0 { o.start.warnOptions.insert("default", at: 0) }
    if o.start.flags.bytesWarning > 0 { o.start.warnOptions.append(o.start.flags.bytesWarning > 1 ? "error::BytesWarning" : "default::BytesWarning") }
}
