// Running the program that the command line names.

import Glibc
import LadonSyntax

/// Runs source text as `__main__`; the exit status.
public func runMain(_ t: Thread, _ source: [UInt8]?, _ name: String, _ arguments: [String]) -> Int32 {
    var filename = name
    var bytes = source ?? []
    if source == nil, let file = arguments.first {
        filename = file
        let fd = open(file, O_RDONLY)
        if fd < 0 { return 2 }
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let n = read(fd, &buffer, buffer.count)
            if n <= 0 { break }
            bytes.append(contentsOf: buffer[0..<n])
        }
        close(fd)
    }
    let text = bytes.withUnsafeBytes { makeBytes(t, $0.baseAddress ?? UnsafeRawPointer(bitPattern: 8)!, $0.count) }
    let main = makeDict(t)
    _ = dictSet(t, main, LadonCore.name(.__name__), makeString(t, "__main__"))
    _ = dictSet(t, main, LadonCore.name(.__builtins__), interpreter(t).pointee.builtinsModule)
    let code = compileSource(t, text, filename, .exec, SourceOptions())
    let r = code.isRaised ? code : runCode(t, code, globals: main, builtins: interpreter(t).pointee.builtins, locals: main)
    if r.isRaised {
        let e = takeException(t)
        print(typeName(e), reprText(t, e))
        return 1
    }
    return 0
}
