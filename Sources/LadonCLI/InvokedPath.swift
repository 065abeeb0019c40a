// sys.executable: the path by which the command was started. A link is not followed, because a virtual environment is a link
// in a folder with a pyvenv.cfg (PEP 405).

import Ladon
import Glibc

/// The absolute path of the program that was started as `name`: itself when it holds a slash, else where PATH finds it; empty where
/// it does not (a name that the caller made up).
func invokedPath(_ name: CommandWord) -> CommandWord {
    let slash = UInt8(ascii: "/")
    if name.bytes.contains(slash) { return (name.bytes.starts(with: Array("./".utf8)) ? CommandWord(name.bytes.dropFirst(2)) : name).absolute }
    if !name.bytes.isEmpty, let search = getenv("PATH") {
        for folder in CommandWord(search).bytes.split(separator: UInt8(ascii: ":")) where folder.first == slash {
            let path = CommandWord(folder + [slash] + name.bytes)
            if path.withCString({ access($0, X_OK) }) == 0 { return path }
        }
    }
    return CommandWord("")
}
