// The `ladon` command.

import Ladon
import Glibc

let options: CommandLineOptions
do {
    options = try parseCommandLine(CommandLine.arguments)
} catch {
    fputs("\(error.message)\n\(usageLine)\nTry `ladon -h' for more information.\n", stderr)
    exit(2)
}
if options.showsHelp {
    fputs(usageText(), stdout)
    exit(0)
}
if options.showsVersion > 0 {
    fputs("Ladon 0.1 (Python \(pythonVersion.major).\(pythonVersion.minor).\(pythonVersion.micro))\n", stdout)
    exit(0)
}
var start = options.start
start.executable = executablePath()
registerNativeModules()
let t = startRuntime(start)
let status: Int32
switch options.program {
case .command(let source): status = runCommand(t, source)
case .module(let module): status = runModule(t, module)
case .file(let path): status = runFile(t, path)
case .standardInput: status = runStandardInput(t)
}
exit(finishMain(t, status))
