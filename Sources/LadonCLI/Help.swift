// What -h, --help-env, --help-xoptions and --help-all print, from the tables.

let usageLine = "usage: ladon [option] ... [-c cmd | -m mod | file | -] [arg] ..."

enum Help {
    case options, environment, implementation, all

    var text: String {
        switch self {
        case .options: return optionsText
        case .environment: return environmentText
        case .implementation: return implementationText
        case .all: return "\(optionsText)\n\(environmentText)\n\(implementationText)"
        }
    }

    private var optionsText: String {
        var text = usageLine + "\nOptions (and corresponding environment variables):\n"
        for option in optionTable {
            text += "-\(option.letter)\(option.argument.map { " " + $0 } ?? "")".padded(to: 7) + ": \(option.help)\n"
        }
        return text + """
        --check-hash-based-pycs always|default|never:
                 control how Ladon invalidates hash-based .pyc files
        --help-env      : print help about Ladon's environment variables and exit
        --help-xoptions : print help about implementation-specific -X options and exit
        --help-all      : print complete help information and exit

        Arguments:
        file   : program read from script file
        -      : program read from stdin (default; interactive mode if a tty)
        arg ...: arguments passed to program in sys.argv[1:]

        """
    }

    private var environmentText: String {
        "Environment variables that change behavior:\n" + environmentTable.map { "\($0.name): \($0.help)\n" }.joined()
    }

    private var implementationText: String {
        "The following implementation-specific options are available:\n\n" + implementationTable.map { "-X \($0.name)\($0.value): \($0.help)\n" }.joined(separator: "\n")
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String { count >= width ? self : self + String(repeating: " ", count: width - count) }
}
