// A reader of standard output that went away (`ladon program.py | head -1`) is no error of the program's.

import Glibc

/// Whether `e` is the BrokenPipeError of a standard output that nobody reads any more: it is not reported.
func comesFromClosedOutput(_ e: Value) -> Bool {
    e.isCell && isSubtype(typeOf(e), builtinType(.brokenPipeError)) && isOutputClosed()
}

/// Whether nobody reads standard output any more.
func isOutputClosed() -> Bool {
    var output = pollfd(fd: 1, events: 0, revents: 0)
    return poll(&output, 1, 0) == 1 && output.revents & Int16(POLLERR) != 0
}
