// The options of the `ladon` command, in one table: parsing, the usage text and sys.flags come from it.

import Ladon
import Glibc

/// What the command line asks to run.
enum Program {
    case command(String)
    case module(String)
    case file(String)
    /// Standard input: a script, or the REPL when it is a terminal.
    case standardInput
}

struct CommandLineOptions {
    var start = StartOptions()
    var program = Program.standardInput
    /// What sys.argv[1:] will be.
    var arguments: [String] = []
    var showsVersion = 0
    var showsHelp = false
}

/// One option letter.
private struct Option {
    let letter: Character
    /// The argument's name in the usage text, or nil.
    let argument: String?
    let help: String
    let apply: (inout CommandLineOptions, String) -> Void
}

private let optionTable: [Option] = [
    Option(letter: "b", argument: nil, help: "issue warnings about str(bytes_instance), str(bytearray_instance)\n         and comparing bytes/bytearray with str. (-bb: issue errors)") { o, _ in o.start.flags.bytesWarning += 1 },
    Option(letter: "B", argument: nil, help: "don't write .pyc files on import; also PYTHONDONTWRITEBYTECODE=x") { o, _ in o.start.flags.dontWriteBytecode = 1 },
    Option(letter: "c", argument: "cmd", help: "program passed in as string (terminates option list)") { o, a in o.program = .command(a) },
    Option(letter: "d", argument: nil, help: "turn on parser debugging output (ignored)") { o, _ in o.start.flags.debug += 1 },
    Option(letter: "E", argument: nil, help: "ignore PYTHON* environment variables (such as PYTHONPATH)") { o, _ in o.start.flags.ignoreEnvironment = 1 },
    Option(letter: "h", argument: nil, help: "print this help message and exit (also -? or --help)") { o, _ in o.showsHelp = true },
    Option(letter: "i", argument: nil, help: "inspect interactively after running script") { o, _ in o.start.flags.inspect = 1; o.start.flags.interactive = 1 },
    Option(letter: "I", argument: nil, help: "isolate Ladon from the user's environment (implies -E, -P and -s)") { o, _ in
        o.start.flags.isolated = 1; o.start.flags.ignoreEnvironment = 1; o.start.flags.noUserSite = 1; o.start.flags.safePath = 1
    },
    Option(letter: "m", argument: "mod", help: "run library module as a script (terminates option list)") { o, a in o.program = .module(a) },
    Option(letter: "O", argument: nil, help: "remove assert and __debug__-dependent statements; -OO: also docstrings") { o, _ in o.start.flags.optimize += 1 },
    Option(letter: "P", argument: nil, help: "don't prepend a potentially unsafe path to sys.path") { o, _ in o.start.flags.safePath = 1 },
    Option(letter: "q", argument: nil, help: "don't print version and copyright messages on interactive startup") { o, _ in o.start.flags.quiet = 1 },
    Option(letter: "s", argument: nil, help: "don't add user site directory to sys.path; also PYTHONNOUSERSITE") { o, _ in o.start.flags.noUserSite = 1 },
    Option(letter: "S", argument: nil, help: "don't add site directories to sys.path") { o, _ in o.start.flags.noSite = 1 },
    Option(letter: "u", argument: nil, help: "force the stdout and stderr streams to be unbuffered; also PYTHONUNBUFFERED=x") { o, _ in o.start.flags.unbuffered = 1 },
    Option(letter: "v", argument: nil, help: "verbose (trace import statements); also PYTHONVERBOSE=x") { o, _ in o.start.flags.verbose += 1 },
    Option(letter: "V", argument: nil, help: "print the version number and exit (also --version)") { o, _ in o.showsVersion += 1 },
    Option(letter: "W", argument: "arg", help: "warning control; arg is action:message:category:module:lineno\n         also PYTHONWARNINGS=arg") { o, a in o.start.warnOptions.append(a) },
    Option(letter: "x", argument: nil, help: "skip first line of source") { _, _ in },
    Option(letter: "X", argument: "opt", help: "set implementation-specific option; gil=0: threads run in parallel\n         (default), gil=1: one at a time, as under CPython's GIL") { o, a in o.start.xOptions.append(a) },
]

let usageLine = "usage: ladon [option] ... [-c cmd | -m mod | file | -] [arg] ..."

func usageText() -> String {
    var text = usageLine + "\nOptions:\n"
    for option in optionTable {
        text += "-\(option.letter)\(option.argument.map { " " + $0 } ?? "")".padded(to: 7) + ": \(option.help)\n"
    }
    return text + """
    file   : program read from script file
    -      : program read from stdin (default; interactive mode if a tty)
    arg ...: arguments passed to program in sys.argv[1:]
    Environment: LADON_STDLIB (a CPython 3.11 library folder), PYTHON_GIL=0|1, PYTHONPATH, PYTHONHASHSEED, …

    """
}

extension String {
    fileprivate func padded(to width: Int) -> String { count >= width ? self : self + String(repeating: " ", count: width - count) }
}

/// A command line that can't be understood: what to print, exit status 2.
struct UsageFailure: Error { let message: String }

func parseCommandLine(_ words: [String]) throws(UsageFailure) -> CommandLineOptions {
    var result = CommandLineOptions()
    result.start.originalArguments = words
    var rest = words.dropFirst()
    scan: while let word = rest.first {
        if word == "-" || !word.hasPrefix("-") { break }
        rest = rest.dropFirst()
        if word == "--" { break }
        if word.hasPrefix("--") {
            switch word {
            case "--version": result.showsVersion += 1
            case "--help": result.showsHelp = true
            default: throw UsageFailure(message: "unknown option \(word)")
            }
            continue
        }
        var letters = word.dropFirst()
        while let letter = letters.first {
            letters = letters.dropFirst()
            if letter == "?" { result.showsHelp = true; continue }
            guard let option = optionTable.first(where: { $0.letter == letter }) else { throw UsageFailure(message: "Unknown option: -\(letter)") }
            guard option.argument != nil else { option.apply(&result, ""); continue }
            var argument = String(letters)
            letters = ""
            if argument.isEmpty {
                guard let next = rest.first else { throw UsageFailure(message: "Argument expected for the -\(letter) option") }
                argument = next
                rest = rest.dropFirst()
            }
            option.apply(&result, argument)
            if letter == "c" || letter == "m" { result.arguments = Array(rest); break scan }
        }
    }
    if case .standardInput = result.program {
        if let file = rest.first {
            result.program = file == "-" ? .standardInput : .file(file)
            result.arguments = Array(rest.dropFirst())
            if file == "-" { result.start.arguments = ["-"] }
        }
    }
    switch result.program {
    case .command: result.start.arguments = ["-c"] + result.arguments
    case .module: result.start.arguments = ["-m"] + result.arguments
    case .file(let path): result.start.arguments = [path] + result.arguments
    case .standardInput: result.start.arguments = result.start.arguments + result.arguments
    }
    try applyEnvironment(&result)
    return result
}

/// The variables that change how the runtime starts.
private func applyEnvironment(_ o: inout CommandLineOptions) throws(UsageFailure) {
    func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 } }
    if o.start.flags.ignoreEnvironment == 0 {
        if variable("PYTHONDONTWRITEBYTECODE") != nil { o.start.flags.dontWriteBytecode = 1 }
        if variable("PYTHONNOUSERSITE") != nil { o.start.flags.noUserSite = 1 }
        if variable("PYTHONUNBUFFERED") != nil { o.start.flags.unbuffered = 1 }
        if variable("PYTHONSAFEPATH") != nil { o.start.flags.safePath = 1 }
        if variable("PYTHONWARNDEFAULTENCODING") != nil { o.start.flags.warnDefaultEncoding = 1 }
        if variable("PYTHONDEVMODE") != nil { o.start.flags.devMode = 1 }
        if let level = variable("PYTHONOPTIMIZE") { o.start.flags.optimize = max(o.start.flags.optimize, Int(level) ?? 1) }
        if let level = variable("PYTHONVERBOSE") { o.start.flags.verbose = max(o.start.flags.verbose, Int(level) ?? 1) }
        if variable("PYTHONINSPECT") != nil { o.start.flags.inspect = 1 }
        if let list = variable("PYTHONWARNINGS") { o.start.warnOptions = list.split(separator: ",").map(String.init) + o.start.warnOptions }
        if let seed = variable("PYTHONHASHSEED"), seed != "random" {
            guard let n = UInt32(seed) else { throw UsageFailure(message: "PYTHONHASHSEED must be \"random\" or an integer in range [0; 4294967295]") }
            o.start.hashSeed = n
            o.start.flags.hashRandomization = n == 0 ? 0 : 1
        }
        if let gil = variable("PYTHON_GIL") { try setLockMode(&o, gil, "PYTHON_GIL") }
    }
    // Inherited by children of a process that was started with -X gil, whatever their -I and -E say.
    if let gil = variable("LADON_GIL") { try setLockMode(&o, gil, "LADON_GIL") }
    for option in o.start.xOptions {
        if option == "gil" || option.hasPrefix("gil=") { try setLockMode(&o, String(option.dropFirst(4)), "-X gil"); setenv("LADON_GIL", o.start.gil ? "1" : "0", 1) }
        if option == "dev" { o.start.flags.devMode = 1 }
        if option == "warn_default_encoding" || option.hasPrefix("warn_default_encoding=") { o.start.flags.warnDefaultEncoding = 1 }
        if option == "utf8" || option == "utf8=1" { o.start.flags.utf8Mode = 1 }
    }
    if o.start.flags.devMode != 0 { o.start.warnOptions.insert("default", at: 0) }
    if o.start.flags.bytesWarning > 0 { o.start.warnOptions.append(o.start.flags.bytesWarning > 1 ? "error::BytesWarning" : "default::BytesWarning") }
}

private func setLockMode(_ o: inout CommandLineOptions, _ text: String, _ source: String) throws(UsageFailure) {
    switch text {
    case "0": o.start.gil = false
    case "1": o.start.gil = true
    default: throw UsageFailure(message: "\(source) must be \"0\" or \"1\"")
    }
}
