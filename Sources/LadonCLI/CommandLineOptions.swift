// The options of the `ladon` command, in one table: parsing and the usage text come from it.

import Ladon

/// What the command line asks to run.
enum Program {
    case command(CommandWord)
    case module(CommandWord)
    case file(CommandWord)
    /// Standard input: a script, or the REPL when it is a terminal.
    case standardInput
}

struct CommandLineOptions {
    var start = StartOptions()
    var program = Program.standardInput
    /// What sys.argv[1:] will be.
    var arguments: [CommandWord] = []
    var showsVersion = 0
    var help: Help?
    /// -R: PYTHONHASHSEED does not count.
    var isHashRandom = false
}

/// A command line or environment that can't be understood: what to print, and the exit status.
struct UsageFailure: Error {
    let text: String
    let status: Int32

    static func usage(_ message: String) -> UsageFailure { UsageFailure(text: "\(message)\n\(usageLine)\nTry `ladon -h' for more information.\n", status: 2) }
    static func fatal(_ message: String) -> UsageFailure { UsageFailure(text: "Fatal Python error: \(message)\n", status: 1) }
}

/// One option letter.
struct Option {
    let letter: Character
    /// The argument's name in the usage text, or nil.
    let argument: String?
    let help: String
    let apply: (inout CommandLineOptions, CommandWord) -> Void
}

let optionTable: [Option] = [
    Option(letter: "b", argument: nil, help: "issue warnings about str(bytes_instance), str(bytearray_instance)\n         and comparing bytes/bytearray with str. (-bb: issue errors)") { o, _ in o.start.flags.bytesWarning += 1 },
    Option(letter: "B", argument: nil, help: "don't write .pyc files on import; also PYTHONDONTWRITEBYTECODE=x") { o, _ in o.start.flags.dontWriteBytecode = 1 },
    Option(letter: "c", argument: "cmd", help: "program passed in as string (terminates option list)") { o, a in o.program = .command(a) },
    Option(letter: "d", argument: nil, help: "set sys.flags.debug; also PYTHONDEBUG=x") { o, _ in o.start.flags.debug += 1 },
    Option(letter: "E", argument: nil, help: "ignore PYTHON* environment variables (such as PYTHONPATH)") { o, _ in o.start.flags.ignoreEnvironment = 1 },
    Option(letter: "h", argument: nil, help: "print this help message and exit (also -? or --help)") { o, _ in o.help = .options },
    Option(letter: "i", argument: nil, help: "inspect interactively after running script; forces a prompt even\n         if stdin does not appear to be a terminal; also PYTHONINSPECT=x") { o, _ in o.start.flags.inspect = 1; o.start.flags.interactive = 1 },
    Option(letter: "I", argument: nil, help: "isolate Ladon from the user's environment (implies -E, -P and -s)") { o, _ in
        o.start.flags.isolated = 1; o.start.flags.ignoreEnvironment = 1; o.start.flags.noUserSite = 1; o.start.flags.safePath = 1
    },
    Option(letter: "m", argument: "mod", help: "run library module as a script (terminates option list)") { o, a in o.program = .module(a) },
    Option(letter: "O", argument: nil, help: "remove assert and __debug__-dependent statements; -OO: also docstrings;\n         also PYTHONOPTIMIZE=x") { o, _ in o.start.flags.optimize += 1 },
    Option(letter: "P", argument: nil, help: "don't prepend a potentially unsafe path to sys.path; also PYTHONSAFEPATH") { o, _ in o.start.flags.safePath = 1 },
    Option(letter: "q", argument: nil, help: "don't print version and copyright messages on interactive startup") { o, _ in o.start.flags.quiet = 1 },
    Option(letter: "R", argument: nil, help: "use a pseudo-random salt for hash() of str and bytes, whatever\n         PYTHONHASHSEED says") { o, _ in o.isHashRandom = true },
    Option(letter: "s", argument: nil, help: "don't add user site directory to sys.path; also PYTHONNOUSERSITE") { o, _ in o.start.flags.noUserSite = 1 },
    Option(letter: "S", argument: nil, help: "don't add site directories to sys.path") { o, _ in o.start.flags.noSite = 1 },
    Option(letter: "u", argument: nil, help: "force the stdout and stderr streams to be unbuffered;\n         this option has no effect on stdin; also PYTHONUNBUFFERED=x") { o, _ in o.start.flags.unbuffered = 1 },
    Option(letter: "v", argument: nil, help: "verbose (trace import statements); also PYTHONVERBOSE=x\n         can be supplied multiple times to increase verbosity") { o, _ in o.start.flags.verbose += 1 },
    Option(letter: "V", argument: nil, help: "print the version number and exit (also --version)\n         when given twice, print more information about the build") { o, _ in o.showsVersion += 1 },
    Option(letter: "W", argument: "arg", help: "warning control; arg is action:message:category:module:lineno\n         also PYTHONWARNINGS=arg") { o, a in o.start.warnOptions.append(a.text) },
    Option(letter: "x", argument: nil, help: "skip first line of source, allowing use of non-Unix forms of #!cmd") { o, _ in o.start.skipsFirstLine = true },
    Option(letter: "X", argument: "opt", help: "set implementation-specific option (--help-xoptions lists them), above all\n         gil=0: threads run in parallel (default);\n         gil=1: one at a time, as under CPython's GIL") { o, a in o.start.xOptions.append(a.text) },
]

/// When compiled files that carry a hash are compared with their sources.
private let hashChecks: [StaticString] = ["always", "default", "never"]

func parseCommandLine(_ words: [CommandWord]) throws(UsageFailure) -> CommandLineOptions {
    var result = CommandLineOptions()
    result.start.originalArguments = words
    result.start.executable = invokedPath(words.first ?? CommandWord(""))
    var rest = words.dropFirst()
    scan: while let word = rest.first {
        let option = word.text
        if option == "-" || !option.hasPrefix("-") { break }
        rest = rest.dropFirst()
        if option == "--" { break }
        if option.hasPrefix("--") {
            switch option {
            case "--version": result.showsVersion += 1
            case "--help": result.help = .options
            case "--help-env": result.help = .environment
            case "--help-xoptions": result.help = .implementation
            case "--help-all": result.help = .all
            case "--check-hash-based-pycs":
                guard let given = rest.popFirst() else { throw .usage("Argument expected for the --check-hash-based-pycs option") }
                guard let check = hashChecks.first(where: { "\($0)" == given.text }) else {
                    throw .usage("--check-hash-based-pycs must be one of 'default', 'always', or 'never'")
                }
                result.start.hashBasedCheck = check
            default: throw .usage("unknown option \(option)")
            }
            continue
        }
        var letters = word.bytes.dropFirst()
        while let byte = letters.popFirst() {
            let letter = Character(UnicodeScalar(byte))
            if letter == "?" { result.help = .options; continue }
            guard let option = optionTable.first(where: { $0.letter == letter }) else { throw .usage("Unknown option: -\(letter)") }
            guard option.argument != nil else { option.apply(&result, CommandWord("")); continue }
            var argument = CommandWord(letters)
            letters = []
            if argument.bytes.isEmpty {
                guard let next = rest.popFirst() else { throw .usage("Argument expected for the -\(letter) option") }
                argument = next
            }
            option.apply(&result, argument)
            if letter == "c" || letter == "m" { result.arguments = Array(rest); break scan }
        }
    }
    if case .standardInput = result.program, let file = rest.first {
        let isInput = file.text == "-"
        if !isInput { result.program = .file(file) }
        result.arguments = Array(rest.dropFirst())
        if isInput { result.start.arguments = [file] }
    }
    switch result.program {
    case .command: result.start.arguments = [CommandWord("-c")]
    case .module: result.start.arguments = [CommandWord("-m")]
    case .file(let path): result.start.arguments = [path]
    case .standardInput: break
    }
    result.start.arguments += result.arguments
    if result.help != nil || result.showsVersion > 0 { return result }
    try applyEnvironment(&result)
    try applyImplementationOptions(&result)
    return result
}
