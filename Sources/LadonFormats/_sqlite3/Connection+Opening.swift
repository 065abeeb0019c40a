// Opening and closing a connection, its isolation level and limits, and what goes through a cursor.

import CSQLite
import LadonLibrary
import Glibc

private func parseIsolationLevel(_ t: Thread, _ v: Value) -> IsolationLevel? {
    if v.isNone { return IsolationLevel.none }
    if !v.isStr {
        _ = raise(t, .typeError, "isolation_level must be str or None")
        return nil
    }
    let text = swiftString(v)
    if text.utf8.contains(0) {
        _ = raise(t, .valueError, "embedded null character")
        return nil
    }
    for level in [IsolationLevel.usual, .deferred, .immediate, .exclusive] where strcasecmp(text, "\(level.text)") == 0 { return level }
    _ = raise(t, .valueError, "isolation_level string must be '', 'DEFERRED', 'IMMEDIATE', or 'EXCLUSIVE'")
    return nil
}

/// A path as bytes without a zero. `.raised` for others.
private func pathBytes(_ t: Thread, _ given: Value) -> Value {
    var v = given
    if !v.isStr && !v.isBytes {
        let method: Value = v.isCell ? lookupSpecial(t, v, name(.__fspath__)) : .missing
        if method.isRaised { return method }
        if method.isMissing { return raise(t, .typeError, "expected str, bytes or os.PathLike object, not \(typeName(v))") }
        v = call(t, method)
        if v.isRaised { return v }
        if !v.isStr && !v.isBytes {
            return raise(t, .typeError, "expected \(typeName(given)).__fspath__() to return str or bytes, not \(typeName(v))")
        }
    }
    let bytes = v.isStr ? encodeFileSystem(t, v) : v
    if bytes.isRaised { return bytes }
    return memchr(bytes.bytesData, 0, bytes.bytesCount) != nil ? raise(t, .valueError, "embedded null byte") : bytes
}

func connection_init(_ t: Thread, _ a: Values) -> Value {
    let v = a[0], c = v.asConnection
    if isAuditing && !audit(t, "sqlite3.connect", a[1]) { return .raised }
    // A default that is no integer or text arrives as missing.
    guard let timeout = a[2].isMissing ? 5 : asDouble(t, a[2]), let detect = asInt32(t, a[3]) else { return .raised }
    let path = pathBytes(t, a[1])
    if path.isRaised { return path }
    guard let isolation = parseIsolationLevel(t, a[4]) else { return .raised }
    let isChecked = isTrue(t, a[5])
    guard let cacheSize = asInt32(t, a[7]) else { return .raised }
    let isURI = isTrue(t, a[8])
    if isChecked < 0 || isURI < 0 { return .raised }
    // Made again: cursors with rows to come keep the database there was.
    if let former = c.pointee.database {
        c.pointee.database = nil
        former.release(t)
    }
    let cache = makeDict(t), callables = makeDict(t), aggregates = makeDict(t)
    if cache.isRaised || callables.isRaised || aggregates.isRaised { return .raised }
    let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | (isURI == 1 ? SQLITE_OPEN_URI : 0)
    var db: OpaquePointer?
    let text = UnsafeRawPointer(path.bytesData).assumingMemoryBound(to: CChar.self)
    let code = blocking(t) { () -> Int32 in
        let code = sqlite.sqlite3_open_v2(text, &db, flags, nil)
        if code == SQLITE_OK { _ = sqlite.sqlite3_busy_timeout(db, Int32(timeout * 1000)) }
        return code
    }
    path.keepAlive
    guard let db else { return raiseMemoryError(t) }
    if code != SQLITE_OK {
        raiseFailure(t, db)
        blocking(t) { _ = sqlite.sqlite3_close_v2(db) }
        return .raised
    }
    c.pointee.cache = cache
    c.pointee.callables = callables
    c.pointee.aggregates = aggregates
    c.pointee.authorizer = .none
    c.pointee.progress = .none
    c.pointee.trace = .none
    storeSlot(&c.pointee.rowFactory, .none)
    storeSlot(&c.pointee.textFactory, builtinType(.str).value)
    c.pointee.cacheSize = Int(cacheSize)
    c.pointee.threadID = t.pointee.ident
    c.pointee.detectTypes = detect
    c.pointee.isolation = isolation
    c.pointee.isThreadChecked = isChecked == 1
    c.pointee.database = makeDatabase(db)
    if isAuditing && !audit(t, "sqlite3.connect/handle", v) { return .raised }
    return .none
}

func connection_close(_ t: Thread, _ a: Values) -> Value {
    let v = a[0], c = v.asConnection
    if !isRightThread(t, v) { return .raised }
    guard let database = c.pointee.database else { return raise(t, DatabaseError.programming, "Base Connection.__init__ not called.") }
    database.enter(t)
    database.closeAll(t, for: v)
    database.leave(t)
    dictClear(t, c.pointee.cache)
    dictClear(t, c.pointee.callables)
    return .none
}

// MARK: isolation level and transactions

func connection_isolationLevel(_ t: Thread, _ a: Values) -> Value {
    if !isOpen(t, a[0]) { return .raised }
    let level = a[0].asConnection.pointee.isolation
    return level == .none ? .none : internStatic(t, level.text)
}

func connection_setIsolationLevel(_ t: Thread, _ a: Values) -> Value {
    if a[1].isMissing { return raise(t, .attributeError, "cannot delete attribute") }
    guard let level = parseIsolationLevel(t, a[1]) else { return .raised }
    if level == .none {
        // Without one, nothing would end the transaction there is.
        let r = withDatabase(t, a[0]) { _ in endTransaction(t, a[0], "COMMIT") }
        if r.isRaised { return r }
    }
    a[0].asConnection.pointee.isolation = level
    return .none
}

/// Runs a statement without parameters and rows. False: raised. Under the database's lock.
func runPlain(_ t: Thread, _ connection: Value, _ sql: String) -> Bool {
    let database = connection.database, db = database.pointee.db
    let code = database.run(t, for: connection) { () -> Int32 in
        var statement: OpaquePointer?
        var code = sqlite.sqlite3_prepare_v2(db, sql, -1, &statement, nil)
        if code == SQLITE_OK {
            _ = sqlite.sqlite3_step(statement)
            code = sqlite.sqlite3_finalize(statement)
        }
        return code
    }
    if code != SQLITE_OK { raiseFailure(t, db) }
    return code == SQLITE_OK
}

/// Under the database's lock.
func endTransaction(_ t: Thread, _ connection: Value, _ sql: String) -> Value {
    if sqlite.sqlite3_get_autocommit(connection.database.pointee.db) != 0 { return .none }
    return runPlain(t, connection, sql) ? .none : .raised
}

func connection_commit(_ t: Thread, _ a: Values) -> Value { withDatabase(t, a[0]) { _ in endTransaction(t, a[0], "COMMIT") } }
func connection_rollback(_ t: Thread, _ a: Values) -> Value { withDatabase(t, a[0]) { _ in endTransaction(t, a[0], "ROLLBACK") } }

func connection_exit(_ t: Thread, _ a: Values) -> Value {
    let v = a[0]
    if a[1].isNone && a[2].isNone && a[3].isNone {
        if !connection_commit(t, a).isRaised { return Value(false) }
        // What could not be committed is undone, and the reason raised.
        let e = takeException(t)
        if connection_rollback(t, a).isRaised { clearException(t) }
        restoreException(t, e)
        v.keepAlive
        return .raised
    }
    return connection_rollback(t, a).isRaised ? .raised : Value(false)
}

// MARK: through a cursor

func connection_cursor(_ t: Thread, _ a: Values) -> Value {
    if !isUsable(t, a[0]) { return .raised }
    let factory = a[1].isMissing ? cursorType.value : a[1]
    let v = call(t, factory, a[0])
    if v.isRaised { return v }
    if !v.isCell || !isSubtype(typeOf(v), cursorType) { return raise(t, .typeError, "factory must return a cursor, not \(typeName(v))") }
    let rowFactory = loadSlot(&a[0].asConnection.pointee.rowFactory)
    if !rowFactory.isNone { storeSlot(&v.asCursor.pointee.rowFactory, rowFactory) }
    return v
}

func viaCursor(_ t: Thread, _ a: Values, _ method: StaticString) -> Value {
    let cursor = callMethod(t, a[0], internStatic(t, "cursor"))
    if cursor.isRaised { return cursor }
    let f = getAttribute(t, cursor, internStatic(t, method))
    if f.isRaised { return f }
    return a[2].isMissing ? call(t, f, a[1]) : call(t, f, a[1], a[2])
}

func connection_executescript(_ t: Thread, _ a: Values) -> Value {
    let cursor = callMethod(t, a[0], internStatic(t, "cursor"))
    if cursor.isRaised { return cursor }
    return callMethod(t, cursor, internStatic(t, "executescript"), a[1])
}

/// `connection(sql)`: the prepared statement.
func connection_call(_ t: Thread, _ v: Value, _ a: Values?, _ n: Int, _ names: Value) -> Value {
    if !isUsable(t, v) || !noKeywords(t, "Connection", names) { return .raised }
    if n != 1 { return raise(t, .typeError, "function takes exactly 1 argument (\(n) given)") }
    let sql = a.unsafelyUnwrapped[0]
    if !sql.isStr { return raise(t, .typeError, "argument 1 must be str, not \(sql.isNone ? "None" : typeName(sql))") }
    return withDatabase(t, v) { _ in findStatement(t, v, sql) }
}

func connection_iterdump(_ t: Thread, _ a: Values) -> Value {
    if !isOpen(t, a[0]) { return .raised }
    let module = importModule(t, "sqlite3.dump")
    if module.isRaised { return module }
    let f = getAttribute(t, module, internStatic(t, "_iterdump"))
    return f.isRaised ? f : call(t, f, a[0])
}

/// Needs no lock: it is meant for the thread that can't get it.
func connection_interrupt(_ t: Thread, _ a: Values) -> Value {
    if !isOpen(t, a[0]) { return .raised }
    sqlite.sqlite3_interrupt(a[0].database.pointee.db)
    return .none
}

// MARK: limits and extensions

private func limit(_ t: Thread, _ v: Value, _ category: Int32, _ wanted: Int32) -> Value {
    withDatabase(t, v) { database in
        let former = sqlite.sqlite3_limit(database.pointee.db, category, wanted)
        return former < 0 ? raise(t, DatabaseError.programming, "'category' is out of bounds") : Value(smallInt: Int(former))
    }
}

func connection_getLimit(_ t: Thread, _ a: Values) -> Value {
    guard let category = asInt32(t, a[1]) else { return .raised }
    return limit(t, a[0], category, -1)
}

func connection_setLimit(_ t: Thread, _ a: Values) -> Value {
    guard let category = asInt32(t, a[1]), let wanted = asInt32(t, a[2]) else { return .raised }
    return limit(t, a[0], category, wanted)
}

func connection_enableLoadExtension(_ t: Thread, _ a: Values) -> Value {
    let wanted = isTrue(t, a[1])
    if wanted < 0 { return .raised }
    if isAuditing && !audit(t, "sqlite3.enable_load_extension", a[0], Value(wanted == 1)) { return .raised }
    return withDatabase(t, a[0]) { database in
        sqlite.sqlite3_enable_load_extension(database.pointee.db, wanted == 1 ? 1 : 0) == SQLITE_OK ? .none
            : raise(t, DatabaseError.operational, "Error enabling load extension")
    }
}

func connection_loadExtension(_ t: Thread, _ a: Values) -> Value {
    withSQLiteText(t, a[1], "load_extension() argument") { path in
        if isAuditing && !audit(t, "sqlite3.load_extension", a[0], a[1]) { return .raised }
        return withDatabase(t, a[0]) { database in
            var message: UnsafeMutablePointer<CChar>?
            let code = database.run(t, for: a[0]) { sqlite.sqlite3_load_extension(database.pointee.db, path, nil, &message) }
            if code == SQLITE_OK { return .none }
            defer { sqlite.sqlite3_free(message) }
            return raise(t, DatabaseError.operational, message.map { String(cString: $0) } ?? "unknown error")
        }
    }
}

/// Runs `body` with a str argument's text, zero-terminated.
func withSQLiteText(_ t: Thread, _ v: Value, _ what: String, _ body: (UnsafePointer<CChar>) -> Value) -> Value {
    if !v.isStr { return raise(t, .typeError, "\(what) must be str, not \(v.isNone ? "None" : typeName(v))") }
    let encoded = encodeString(t, v, encoding: .missing, errors: .missing)
    if encoded.isRaised { return encoded }
    if memchr(encoded.bytesData, 0, encoded.bytesCount) != nil { return raise(t, .valueError, "embedded null character") }
    let result = body(UnsafeRawPointer(encoded.bytesData).assumingMemoryBound(to: CChar.self))
    encoded.keepAlive
    return result
}
