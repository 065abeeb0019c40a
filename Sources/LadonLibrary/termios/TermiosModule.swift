// The module `termios`: terminals.

import Glibc

/// `termios.error`.
nonisolated(unsafe) private var errorType: Values = {
    let p = Values.allocate(capacity: 1)
    p.initialize(to: .raised)
    addRoot(p)
    return p
}()

private func fail(_ t: Thread) -> Value {
    let code = ladon_errno()
    let text = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { makeString(t, fileSystem: ladon_strerror(code, $0.baseAddress, 128)) }
    let e = call(t, errorType.pointee, Value(smallInt: Int(code)), text)
    return e.isRaised ? e : raiseInstance(t, e)
}

/// [iflag, oflag, cflag, lflag, ispeed, ospeed, cc]
private func termios_tcgetattr(_ t: Thread, _ a: Values) -> Value {
    guard let fd = fileDescriptor(t, a[0]) else { return .raised }
    var mode = Glibc.termios()
    if tcgetattr(fd, &mode) < 0 { return fail(t) }
    let canonical = mode.c_lflag & tcflag_t(ICANON) != 0
    let cc = makeList(t)
    for i in 0..<Int(NCCS) {
        let c: UInt8 = withUnsafeBytes(of: &mode.c_cc) { $0[i] }
        let isNumber = !canonical && (i == Int(VMIN) || i == Int(VTIME))
        if listAppend(t, cc, isNumber ? Value(smallInt: Int(c)) : ladon_runtime.singleBytes[Int(c)]) < 0 { return .raised }
    }
    let list = makeList(t)
    let numbers = [mode.c_iflag, mode.c_oflag, mode.c_cflag, mode.c_lflag, cfgetispeed(&mode), cfgetospeed(&mode)]
    for n in numbers where listAppend(t, list, Value(smallInt: Int(n))) < 0 { return .raised }
    return listAppend(t, list, cc) < 0 ? .raised : list
}

private func termios_tcsetattr(_ t: Thread, _ a: Values) -> Value {
    guard let fd = fileDescriptor(t, a[0]), let when = asInt32(t, a[1]) else { return .raised }
    let list = a[2]
    if !isList(list) || listCount(list) != 7 { return raise(t, .typeError, "tcsetattr, arg 3: must be 7 element list") }
    var mode = Glibc.termios()
    if tcgetattr(fd, &mode) < 0 { return fail(t) }
    var n: (UInt32, UInt32, UInt32, UInt32, UInt32, UInt32) = (0, 0, 0, 0, 0, 0)
    let ok: Bool = withUnsafeMutableBytes(of: &n) { raw in
        for i in 0..<6 {
            let item = listGet(t, list, i)
            let number = index(t, item)
            if number.isRaised { return false }
            raw.storeBytes(of: UInt32(truncatingIfNeeded: intTruncated(number)), toByteOffset: i * 4, as: UInt32.self)
        }
        return true
    }
    if !ok { return .raised }
    mode.c_iflag = n.0
    mode.c_oflag = n.1
    mode.c_cflag = n.2
    mode.c_lflag = n.3
    let cc = listGet(t, list, 6)
    if !isList(cc) || listCount(cc) != Int(NCCS) { return raise(t, .typeError, "tcsetattr: attributes[6] must be \(NCCS) element list") }
    for i in 0..<Int(NCCS) {
        let v = listGet(t, cc, i)
        let byte: UInt8
        if v.isBytes && v.bytesCount == 1 {
            byte = v.bytesData[0]
        } else if isInt(v) {
            guard let x = asInt(t, v) else { return .raised }
            byte = UInt8(truncatingIfNeeded: x)
        } else {
            return raise(t, .typeError, "tcsetattr: elements of attributes must be characters or integers")
        }
        withUnsafeMutableBytes(of: &mode.c_cc) { $0[i] = byte }
    }
    if cfsetispeed(&mode, n.4) < 0 || cfsetospeed(&mode, n.5) < 0 { return fail(t) }
    let r: Int32 = blocking(t) { tcsetattr(fd, when, &mode) }
    return r < 0 ? fail(t) : .none
}

private func onTerminal(_ t: Thread, _ a: Values, _ body: (Int32, Int32) -> Int32, withNumber: Bool = true) -> Value {
    guard let fd = fileDescriptor(t, a[0]) else { return .raised }
    var n: Int32 = 0
    if withNumber {
        guard let x = asInt32(t, a[1]) else { return .raised }
        n = x
    }
    let r: Int32 = blocking(t) { body(fd, n) }
    return r < 0 ? fail(t) : .none
}

public func termiosModule() -> ModuleDefinition {
    ModuleDefinition("termios", doc: "This module provides an interface to the Posix calls for tty I/O control.", members: [
        .method("tcgetattr", "(fd, /)", termios_tcgetattr, "Get the tty attributes for file descriptor fd."),
        .method("tcsetattr", "(fd, when, attributes, /)", termios_tcsetattr, "Set the tty attributes for file descriptor fd."),
        .method("tcsendbreak", "(fd, duration, /)", { t, a in onTerminal(t, a, { tcsendbreak($0, $1) }) }, "Send a break on file descriptor fd."),
        .method("tcdrain", "(fd, /)", { t, a in onTerminal(t, a, { fd, _ in tcdrain(fd) }, withNumber: false) }, "Wait until all output written to file descriptor fd has been transmitted."),
        .method("tcflush", "(fd, queue, /)", { t, a in onTerminal(t, a, { tcflush($0, $1) }) }, "Discard queued data on file descriptor fd."),
        .method("tcflow", "(fd, action, /)", { t, a in onTerminal(t, a, { tcflow($0, $1) }) }, "Suspend or resume input or output on file descriptor fd."),
        .method("tcgetwinsize", "(fd, /)", { t, a in
            guard let fd = fileDescriptor(t, a[0]) else { return .raised }
            var w = winsize()
            return ladon_ioctl_pointer(fd, UInt(TIOCGWINSZ), &w) < 0 ? fail(t) : makeTuple(t, Value(smallInt: Int(w.ws_row)), Value(smallInt: Int(w.ws_col)))
        }, "Get the tty winsize for file descriptor fd."),
        .method("tcsetwinsize", "(fd, winsize, /)", { t, a in
            guard let fd = fileDescriptor(t, a[0]) else { return .raised }
            if !isSequence(a[1]) { return raise(t, .typeError, "tcsetwinsize, arg 2: must be a two-item sequence") }
            let pair = sequenceToTuple(t, a[1])
            if pair.isRaised { return pair }
            if pair.tupleCount != 2 { return raise(t, .typeError, "tcsetwinsize, arg 2: must be a two-item sequence") }
            guard let rows = asInt(t, pair.tupleItems[0]), let columns = asInt(t, pair.tupleItems[1]) else { return .raised }
            var w = winsize()
            if ladon_ioctl_pointer(fd, UInt(TIOCGWINSZ), &w) < 0 { return fail(t) }
            guard let r = UInt16(exactly: rows), let c = UInt16(exactly: columns) else { return raise(t, .overflowError, "winsize value(s) out of range.") }
            w.ws_row = r
            w.ws_col = c
            return ladon_ioctl_pointer(fd, UInt(TIOCSWINSZ), &w) < 0 ? fail(t) : .none
        }, "Set the tty winsize for file descriptor fd."),
    ], initialize: { t, a in
        let d = a[0].cell(as: ModuleCell.self).pointee.dict
        if errorType.pointee.bits == 0 {
            let namespace = makeDict(t)
            if namespace.isRaised || dictSet(t, namespace, name(.__module__), internStatic(t, "termios")) < 0 { return .raised }
            let type = makeType(t, builtinType(.type), name: internStatic(t, "error"), bases: makeTuple(t, builtinType(.exception).value), dict: namespace)
            if type.isRaised { return type }
            storeSlot(errorType, type)
        }
        if dictSet(t, d, internStatic(t, "error"), errorType.pointee) < 0 { return .raised }
        return addConstants(t, d, LADON_CONSTANTS_TERMIOS) ? .none : .raised
    })
}
