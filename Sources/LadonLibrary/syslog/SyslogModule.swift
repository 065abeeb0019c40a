// The module `syslog`: the C library's connection to the system logger, one for the process.

import Glibc

/// The C library keeps the address of the identity that it was given. Opening and closing go one by one, so that whoever
/// gives another one knows which it replaces; the C library's own lock makes sure that nobody writes with the old one by then.
private struct Connection {
    var lock = pthread_mutex_t()
    var identity: UnsafeMutablePointer<CChar>?
    var isOpen = false
}

nonisolated(unsafe) private let connection: UnsafeMutablePointer<Connection> = {
    let p = UnsafeMutablePointer<Connection>.allocate(capacity: 1)
    p.initialize(to: Connection())
    pthread_mutex_init(&p.pointee.lock, nil)
    return p
}()

private func replaceConnection(_ t: Thread, _ identity: UnsafeMutablePointer<CChar>?, _ change: (UnsafeMutablePointer<CChar>?) -> Void) {
    blocking(t) {
        pthread_mutex_lock(&connection.pointee.lock)
        change(identity)
        free(connection.pointee.identity)
        connection.pointee.identity = identity
        pthread_mutex_unlock(&connection.pointee.lock)
    }
}

/// The last part of sys.argv[0], which stands for a program that gives no identity; `.missing` without one. 0: raised.
private func programName(_ t: Thread) -> Value {
    let arguments = getAttributeOrMissing(t, interpreter(t).pointee.sysModule, .argv)
    if arguments.isRaised || arguments.isMissing || !isInstanceOf(arguments, .list) { return arguments.isRaised ? arguments : .missing }
    let path = listGet(t, arguments, 0)
    if path.isMissing || !isInstanceOf(path, .str) || path.strCount == 0 { return .missing }
    var from = 0
    for i in 0..<path.strCount where stringCharAt(path, i) == 0x2F { from = i + 1 }
    return from == path.strCount ? .missing : makeString(t, path.text.slice(from, path.strCount))
}

private func utf8(_ t: Thread, _ text: Value) -> Value { encodeString(t, text, encoding: makeString(t, "utf-8"), errors: .missing) }

private func open(_ t: Thread, _ given: Value, _ options: Int, _ facility: Int) -> Bool {
    var identity = given
    if identity.isMissing { identity = programName(t) }
    if identity.isRaised { return false }
    var copy: UnsafeMutablePointer<CChar>?
    if !identity.isMissing {
        let bytes = utf8(t, identity)
        if bytes.isRaised { return false }
        copy = strdup(UnsafeRawPointer(bytes.bytesData).assumingMemoryBound(to: CChar.self))
        bytes.keepAlive
    }
    if isAuditing && !audit(t, "syslog.openlog", identity.isMissing ? .none : identity, makeInt(t, options), makeInt(t, facility)) {
        free(copy)
        return false
    }
    replaceConnection(t, copy) { openlog($0, Int32(truncatingIfNeeded: options), Int32(truncatingIfNeeded: facility)) }
    connection.pointee.isOpen = true
    return true
}

private func syslog_openlog(_ t: Thread, _ a: Values) -> Value {
    if !a[0].isMissing && !isInstanceOf(a[0], .str) { return raise(t, .typeError, "openlog() argument 1 must be str, not \(a[0].isNone ? "None" : typeName(a[0]))") }
    guard let options = asLong(t, a[1]), let facility = a[2].isMissing ? Int(LOG_USER) : asLong(t, a[2]) else { return .raised }
    return open(t, a[0], options, facility) ? .none : .raised
}

/// syslog(message), syslog(priority, message)
private func syslog_syslog(_ t: Thread, _ a: Values) -> Value {
    let n = a[0].tupleCount, items = a[0].tupleItems
    var priority = Int32(LOG_INFO)
    if n == 2 {
        if let given = asInt32(t, items[0]) { priority = given } else { clearException(t) }
    }
    let isGood = (n == 1 || (n == 2 && isInt(items[0]) && intAsWord(plainInt(items[0])) == Int(priority))) && isInstanceOf(items[n - 1], .str)
    if !isGood { return raise(t, .typeError, "[priority,] message string") }
    let message = items[n - 1]
    let bytes = utf8(t, message)
    if bytes.isRaised || (isAuditing && !audit(t, "syslog.syslog", makeInt(t, Int(priority)), message)) { return .raised }
    if !connection.pointee.isOpen && !open(t, .missing, 0, Int(LOG_USER)) { return .raised }
    let text = UnsafeRawPointer(bytes.bytesData).assumingMemoryBound(to: CChar.self)
    blocking(t) { withVaList([text]) { vsyslog(priority, "%s", $0) } }
    bytes.keepAlive
    return .none
}

private func syslog_closelog(_ t: Thread, _ a: Values) -> Value {
    if isAuditing && !audit(t, "syslog.closelog") { return .raised }
    if connection.pointee.isOpen {
        replaceConnection(t, nil) { _ in closelog() }
        connection.pointee.isOpen = false
    }
    return .none
}

private func syslog_setlogmask(_ t: Thread, _ a: Values) -> Value {
    guard let mask = asLong(t, a[0]) else { return .raised }
    if isAuditing && !audit(t, "syslog.setlogmask", makeInt(t, mask)) { return .raised }
    return Value(smallInt: Int(setlogmask(Int32(truncatingIfNeeded: mask))))
}

/// A priority's bit, or with those below it.
private func mask(_ t: Thread, _ v: Value, upTo: Bool) -> Value {
    guard let priority = asLong(t, v) else { return .raised }
    let bit = Int32(1) << Int32(priority & 31)
    return Value(smallInt: Int(upTo ? (bit &<< 1) &- 1 : bit))
}

private let constants: [(StaticString, Int)] = [
    ("LOG_EMERG", 0), ("LOG_ALERT", 1), ("LOG_CRIT", 2), ("LOG_ERR", 3), ("LOG_WARNING", 4), ("LOG_NOTICE", 5), ("LOG_INFO", 6), ("LOG_DEBUG", 7),
    ("LOG_PID", 1), ("LOG_CONS", 2), ("LOG_NDELAY", 8), ("LOG_ODELAY", 4), ("LOG_NOWAIT", 16), ("LOG_PERROR", 32),
    ("LOG_KERN", 0), ("LOG_USER", 8), ("LOG_MAIL", 16), ("LOG_DAEMON", 24), ("LOG_AUTH", 32), ("LOG_LPR", 48),
    ("LOG_LOCAL0", 128), ("LOG_LOCAL1", 136), ("LOG_LOCAL2", 144), ("LOG_LOCAL3", 152), ("LOG_LOCAL4", 160), ("LOG_LOCAL5", 168), ("LOG_LOCAL6", 176),
    ("LOG_LOCAL7", 184), ("LOG_SYSLOG", 40), ("LOG_CRON", 72), ("LOG_UUCP", 64), ("LOG_NEWS", 56), ("LOG_AUTHPRIV", 80),
]

public func syslogModule() -> ModuleDefinition {
    ModuleDefinition("syslog", members: [
        .method("openlog", "!(ident=<program>, logoption=0, facility=<LOG_USER>)", syslog_openlog),
        .method("closelog", "()", syslog_closelog),
        .method("syslog", "(*args)", syslog_syslog),
        .method("setlogmask", "!(maskpri, /)", syslog_setlogmask),
        .method("LOG_MASK", "!(pri, /)", { t, a in mask(t, a[0], upTo: false) }),
        .method("LOG_UPTO", "!(pri, /)", { t, a in mask(t, a[0], upTo: true) }),
    ], initialize: { t, a in
        let dict = a[0].cell(as: ModuleCell.self).pointee.dict
        for (name, value) in constants where dictSet(t, dict, internStatic(t, name), Value(smallInt: value)) < 0 { return .raised }
        return .none
    })
}
