// The `ladon` command.

import Ladon
import Glibc

let words = (0..<Int(CommandLine.argc)).compactMap { CommandLine.unsafeArgv[$0].map { CommandWord($0) } }
let options: CommandLineOptions
do {
    options = try parseCommandLine(words)
} catch {
    fputs(error.text, stderr)
    exit(error.status)
}
if let help = options.help {
    fputs(help.text, stdout)
    exit(0)
}
if options.showsVersion > 0 {
    fputs(options.showsVersion == 1 ? "Python \(releaseText) (ladon)\n" : "Python \(versionText)\n", stdout)
    exit(0)
}
registerNativeModules()
let t = startRuntime(options.start)
let status: Int32
switch options.program {
case .command(let source): status = runCommand(t, source)
case .module(let module): status = runModule(t, module)
case .file(let path): status = runFile(t, path)
case .standardInput: status = runStandardInput(t)
}
exit(finishMain(t, status))
