// The `ladon` command.

import LadonLibrary
import Glibc

var options = StartOptions()
var arguments = Array(CommandLine.arguments.dropFirst())
var source: [UInt8]?
var filename = "<string>"
while let first = arguments.first {
    if first == "-X", arguments.count > 1 {
        if arguments[1] == "gil=1" { options.gil = true }
        arguments.removeFirst(2)
    } else if first == "-c", arguments.count > 1 {
        source = Array(arguments[1].utf8)
        arguments.removeFirst(2)
        break
    } else { break }
}
let t = startRuntime(options)
exit(runMain(t, source, filename, arguments))
