// The environment variables that change how the runtime starts, in one table.

import Ladon
import Glibc

struct EnvironmentVariable {
    let name: String
    let help: String
    /// What its value changes; nil for those that are read where they are needed.
    let apply: ((inout CommandLineOptions, CommandWord) throws(UsageFailure) -> Void)?
}

let environmentTable: [EnvironmentVariable] = [
    EnvironmentVariable(name: "PYTHONSTARTUP", help: "file executed on interactive startup (no default)", apply: nil),
    EnvironmentVariable(name: "PYTHONPATH", help: "':'-separated list of directories prefixed to the\n   default module search path. The result is sys.path", apply: nil),
    EnvironmentVariable(name: "PYTHONHOME", help: "folder whose lib/python3.11 is the standard library; sys.prefix", apply: nil),
    EnvironmentVariable(name: "LADON_STDLIB", help: "the standard library's folder itself (a CPython 3.11 library)", apply: nil),
    EnvironmentVariable(name: "PYTHONPLATLIBDIR", help: "override sys.platlibdir", apply: nil),
    EnvironmentVariable(name: "PYTHON_GIL", help: "0: threads run in parallel (default), 1: one at a time (-X gil)") { (o, v) throws(UsageFailure) in try setLockMode(&o, v.text, "PYTHON_GIL") },
    EnvironmentVariable(name: "PYTHONSAFEPATH", help: "don't prepend a potentially unsafe path to sys.path (-P)") { o, _ in o.start.flags.safePath = 1 },
    EnvironmentVariable(name: "PYTHONUTF8", help: "if set to 1, enable the UTF-8 mode (-X utf8)") { (o, v) throws(UsageFailure) in
        guard v.text == "0" || v.text == "1" else { throw .fatal("preconfig_init_utf8_mode: invalid PYTHONUTF8 environment variable value") }
        o.start.flags.utf8Mode = v.text == "1" ? 1 : 0
    },
    EnvironmentVariable(name: "PYTHONCOERCECLOCALE", help: "if this variable is set to 0, it disables the locale coercion\n   behavior. Use PYTHONCOERCECLOCALE=warn to request display of\n   locale coercion and locale compatibility warnings on stderr", apply: nil),
    EnvironmentVariable(name: "PYTHONIOENCODING", help: "Encoding[:errors] used for stdin/stdout/stderr", apply: nil),
    EnvironmentVariable(name: "PYTHONFAULTHANDLER", help: "dump the Python traceback on fatal errors (-X faulthandler)", apply: nil),
    EnvironmentVariable(name: "PYTHONHASHSEED", help: "'random' (default), or an integer in the range [0,4294967295] to get\n   hash values of str and bytes objects with a predictable seed") { (o, v) throws(UsageFailure) in
        if o.isHashRandom || v.text == "random" { return }
        guard let seed = UInt32(v.text) else { throw .fatal("PYTHONHASHSEED must be \"random\" or an integer in range [0; 4294967295]") }
        o.start.hashSeed = seed
        o.start.flags.hashRandomization = seed == 0 ? 0 : 1
    },
    EnvironmentVariable(name: "PYTHONINTMAXSTRDIGITS", help: "limits the digits of an int's text (-X int_max_str_digits)") { (o, v) throws(UsageFailure) in
        o.start.intMaxTextDigits = try textDigits(v.text, "PYTHONINTMAXSTRDIGITS")
    },
    EnvironmentVariable(name: "PYTHONBREAKPOINT", help: "what breakpoint() calls; 0: nothing", apply: nil),
    EnvironmentVariable(name: "PYTHONDEVMODE", help: "enable the development mode (-X dev)") { o, _ in o.start.flags.devMode = 1 },
    EnvironmentVariable(name: "PYTHONASYNCIODEBUG", help: "enable asyncio's debug mode", apply: nil),
    EnvironmentVariable(name: "PYTHONPYCACHEPREFIX", help: "root directory for bytecode cache (pyc) files (-X pycache_prefix)") { o, v in o.start.pycachePrefix = v },
    EnvironmentVariable(name: "PYTHONWARNDEFAULTENCODING", help: "enable opt-in EncodingWarning for 'encoding=None'") { o, _ in o.start.flags.warnDefaultEncoding = 1 },
    EnvironmentVariable(name: "PYTHONNODEBUGRANGES", help: "code keeps lines, not columns; no carets in tracebacks (-X no_debug_ranges)") { o, _ in o.start.keepsColumns = false },
    EnvironmentVariable(name: "PYTHONPROFILEIMPORTTIME", help: "show how long each import takes (-X importtime)") { o, _ in o.start.timesImports = true },
    EnvironmentVariable(name: "PYTHONDEBUG", help: "set sys.flags.debug (-d)") { o, v in o.start.flags.debug = max(o.start.flags.debug, level(v)) },
    EnvironmentVariable(name: "PYTHONDONTWRITEBYTECODE", help: "don't write .pyc files (-B)") { o, _ in o.start.flags.dontWriteBytecode = 1 },
    EnvironmentVariable(name: "PYTHONINSPECT", help: "inspect interactively after running script (-i)") { o, _ in o.start.flags.inspect = 1 },
    EnvironmentVariable(name: "PYTHONNOUSERSITE", help: "disable user site directory (-s)") { o, _ in o.start.flags.noUserSite = 1 },
    EnvironmentVariable(name: "PYTHONOPTIMIZE", help: "enable level 1 optimizations (-O)") { o, v in o.start.flags.optimize = max(o.start.flags.optimize, level(v)) },
    EnvironmentVariable(name: "PYTHONUNBUFFERED", help: "disable stdout/stderr buffering (-u)") { o, _ in o.start.flags.unbuffered = 1 },
    EnvironmentVariable(name: "PYTHONVERBOSE", help: "trace import statements (-v)") { o, v in o.start.flags.verbose = max(o.start.flags.verbose, level(v)) },
    EnvironmentVariable(name: "PYTHONWARNINGS", help: "warning control (-W arg), separated by commas") { o, v in
        o.start.warnOptions = v.text.split(separator: ",").map(String.init) + o.start.warnOptions
    },
]

/// Inherited by children of a process that was started with -X gil, whatever their -I and -E say.
private let inheritedLockMode = "LADON_GIL"

func applyEnvironment(_ o: inout CommandLineOptions) throws(UsageFailure) {
    func variable(_ name: String) -> CommandWord? { getenv(name).flatMap { $0.pointee == 0 ? nil : CommandWord($0) } }
    if o.start.flags.ignoreEnvironment == 0 {
        for row in environmentTable {
            if let apply = row.apply, let value = variable(row.name) { try apply(&o, value) }
        }
    }
    if let gil = variable(inheritedLockMode) { try setLockMode(&o, gil.text, inheritedLockMode) }
}

/// The lock mode of this process and, by the environment, of its children.
func inheritLockMode(_ gil: Bool) { setenv(inheritedLockMode, gil ? "1" : "0", 1) }

func setLockMode(_ o: inout CommandLineOptions, _ text: String, _ source: String) throws(UsageFailure) {
    switch text {
    case "0": o.start.gil = false
    case "1": o.start.gil = true
    default: throw .usage("\(source) must be \"0\" or \"1\"")
    }
}

/// The value of a flag with levels: a number, or 1 for any other text.
private func level(_ value: CommandWord) -> Int {
    guard let n = Int(value.text), n >= 0 else { return 1 }
    return n
}

func textDigits(_ text: String, _ source: String) throws(UsageFailure) -> Int {
    guard let n = Int(text), n == 0 || (n >= 640 && n <= Int32.max) else {
        throw .fatal("\(source): invalid limit; must be >= 640 or 0 for unlimited.")
    }
    return n
}
