// `sqlite3.Cursor`: its cell, table and lock, and reading rows.
//
// A cursor is used by one thread at a time: others wait for its lock, which the using thread keeps while Python code
// (adapters, converters) runs for it. That code may not use the same cursor; and a thread inside of a callback, which has
// the database's lock, does not wait for a cursor, since the cursor's user may wait for the database.

import CSQLite
import LadonLibrary
import Glibc

struct CursorCell {
    var header: CellHeader
    var connection: Value
    var description: Value
    /// A tuple with a converter or None for each column, or 0: no types are detected.
    var converters: Value
    var lastRowID: Value
    var rowFactory: Value
    /// The statement with rows to come, claimed; 0: none. Under the cursor's lock.
    var statement: Value
    // raw
    var arraySize: Int32
    var rowCount: Int
    var owner: UInt
    var mutex: UInt32
    var isInitialized: Bool
    var isClosed: Bool
}

typealias CursorPointer = UnsafeMutablePointer<CursorCell>

nonisolated(unsafe) var cursorType: TypePointer! = nil
/// How often a finaliser has ended a statement that was running: such statements hold locks of the database.
nonisolated(unsafe) var abandonedStatements: UInt = 0

extension Value {
    var asCursor: CursorPointer { cell(as: CursorCell.self) }
}

extension UnsafeMutablePointer where Pointee == CursorCell {
    private var mutex: NativeMutex { NativeMutex(UnsafeMutableRawPointer(self) + MemoryLayout<CursorCell>.offset(of: \CursorCell.mutex).unsafelyUnwrapped) }
    private var ownerWord: UnsafeMutableRawPointer { UnsafeMutableRawPointer(self) + MemoryLayout<CursorCell>.offset(of: \CursorCell.owner).unsafelyUnwrapped }
    var value: Value { Value(UnsafeMutableRawPointer(self)) }

    /// Whether this thread holds the lock. Asked without it as well: nobody but the thread itself makes it true or false.
    func isLocked(by t: Thread) -> Bool { ladon_load_relaxed(ownerWord) == UInt(bitPattern: t) }

    /// Takes the lock. False: raised.
    func lock(_ t: Thread) -> Bool {
        if !isLocked(by: t) && mutex.tryAcquire() {
            ladon_store_relaxed(ownerWord, UInt(bitPattern: t))
            return true
        }
        let connection = pointee.connection
        let isInCallback = connection.bits != 0 && connection.asConnection.pointee.database?.isHeld(by: t) ?? false
        if isLocked(by: t) || isInCallback {
            raise(t, DatabaseError.programming, "Recursive use of cursors not allowed.")
            return false
        }
        if !acquireOrRaise(t, mutex) { return false }
        ladon_store_relaxed(ownerWord, UInt(bitPattern: t))
        return true
    }

    func unlock(_ t: Thread) {
        ladon_store_relaxed(ownerWord, 0)
        mutex.release(t)
        value.keepAlive
    }

    /// Gives the statement back. Under the cursor's lock.
    func dropStatement(_ t: Thread) {
        let v = pointee.statement
        if v.bits == 0 { return }
        pointee.statement = Value(bits: 0)
        guard let database = v.asStatement.pointee.handle?.pointee.database else { return }
        database.enter(t)
        resetStatement(t, v)
        v.asStatement.pointee.isClaimed = false
        database.leave(t)
    }
}

private func isReady(_ t: Thread, _ c: CursorPointer) -> Bool {
    if !c.pointee.isInitialized {
        raise(t, DatabaseError.programming, "Base Cursor.__init__ not called.")
        return false
    }
    if c.pointee.isClosed {
        raise(t, DatabaseError.programming, "Cannot operate on a closed cursor.")
        return false
    }
    return true
}

/// Runs `body` with a cursor that is ready, its lock held.
func withCursor(_ t: Thread, _ v: Value, _ body: (CursorPointer) -> Value) -> Value {
    let c = v.asCursor
    if !isReady(t, c) || !c.lock(t) { return .raised }
    defer { c.unlock(t) }
    // Closed by another thread while this one waited?
    if !isReady(t, c) || !isUsable(t, c.pointee.connection) { return .raised }
    return body(c)
}

private func orNone(_ p: UnsafeMutablePointer<Value>) -> Value {
    let v = loadSlot(p)
    return v.bits == 0 ? .none : v
}

func cursorDefinition() -> TypeDefinition {
    TypeDefinition(nil, "sqlite3.Cursor", flags: [.baseType, .hasFinalizer, .weakReferenceable], doc: "SQLite database cursor class.",
                   size: MemoryLayout<CursorCell>.size, layout: Layout(prefix: 6, base: MemoryLayout<CursorCell>.size / 8, flags: [.container, .finalizable]),
                   slots: [
                       .call(.new, { t, type, _, _, _ in
                           let v = allocateInstance(t, type.asType)
                           if !v.isRaised { v.asCursor.pointee.rowCount = -1 }
                           return v
                       }), .unary(.finalize, cursor_finalize), .call(.initialize, cursor_init),
                       .unary(.iter, { _, v in v }),
                       .unary(.next, { t, v in withCursor(t, v) { nextRow(t, $0) } }),
                   ],
                   members: [
                       .ownModule,
                       .method("close", "(self, /)", cursor_close, "Closes the cursor."),
                       .method("execute", "(self, sql, parameters=(), /)", { t, a in cursorExecute(t, a[0], a[1], a[2], isMany: false) }, "Executes an SQL statement."),
                       .method("executemany", "(self, sql, seq_of_parameters, /)", { t, a in cursorExecute(t, a[0], a[1], a[2], isMany: true) },
                               "Repeatedly executes an SQL statement."),
                       .method("executescript", "(self, sql_script, /)", cursor_executescript, "Executes multiple SQL statements at once."),
                       .method("fetchall", "(self, /)", { t, a in fetchRows(t, a[0], limit: nil) }, "Fetches all rows from the resultset."),
                       .method("fetchmany", "(self, /, size=1)", cursor_fetchmany,
                               "Fetches several rows from the resultset.\n\n  size\n    The default value is set by the Cursor.arraysize attribute.")
                           .short(1) { t, a in
                               // The signature shows 1, as CPython's does; without an argument it is the attribute.
                               let n = a[0].asCursor.pointee.arraySize
                               return fetchRows(t, a[0], limit: n > 0 ? Int(n) : nil)
                           },
                       .method("fetchone", "(self, /)", { t, a in
                           let row = next(t, a[0])
                           return row.isExhausted ? .none : row
                       }, "Fetches one row from the resultset."),
                       .method("setinputsizes", "(self, sizes, /)", { _, _ in .none }, "Required by DB-API. Does nothing in sqlite3."),
                       .method("setoutputsize", "(self, size, column=None, /)", { _, _ in .none }, "Required by DB-API. Does nothing in sqlite3."),
                       .member("connection", get: { _, a in orNone(&a[0].asCursor.pointee.connection) }, set: readOnly),
                       .member("description", get: { _, a in orNone(&a[0].asCursor.pointee.description) }, set: readOnly),
                       .member("arraysize", get: { _, a in Value(smallInt: Int(a[0].asCursor.pointee.arraySize)) }, set: { t, a in
                           if a[1].isMissing { return raise(t, .typeError, "can't delete numeric/char attribute") }
                           guard let n = asInt32(t, a[1]) else { return .raised }
                           a[0].asCursor.pointee.arraySize = n
                           return .none
                       }),
                       .member("lastrowid", get: { _, a in orNone(&a[0].asCursor.pointee.lastRowID) }, set: readOnly),
                       .member("rowcount", get: { _, a in Value(smallInt: a[0].asCursor.pointee.rowCount) }, set: readOnly),
                       .member("row_factory", get: { _, a in orNone(&a[0].asCursor.pointee.rowFactory) }, set: { _, a in
                           storeSlot(&a[0].asCursor.pointee.rowFactory, a[1].isMissing ? .none : a[1])
                           return .none
                       }),
                   ])
}

private func cursor_init(_ t: Thread, _ v: Value, _ a: Values?, _ n: Int, _ names: Value) -> Value {
    if !noKeywords(t, "Cursor", names) { return .raised }
    if n != 1 { return raise(t, .typeError, "Cursor expected 1 argument, got \(n)") }
    let connection = a.unsafelyUnwrapped[0]
    if !connection.isCell || !isSubtype(typeOf(connection), connectionType) {
        return raise(t, .typeError, "Cursor() argument 1 must be sqlite3.Connection, not \(connection.isNone ? "None" : typeName(connection))")
    }
    let c = v.asCursor
    if !c.lock(t) { return .raised }
    defer { c.unlock(t) }
    c.dropStatement(t)
    storeSlot(&c.pointee.connection, connection)
    storeSlot(&c.pointee.description, .none)
    storeSlot(&c.pointee.lastRowID, .none)
    storeSlot(&c.pointee.rowFactory, .none)
    c.pointee.converters = Value(bits: 0)
    c.pointee.isClosed = false
    c.pointee.arraySize = 1
    c.pointee.rowCount = -1
    if !isRightThread(t, connection) { return .raised }
    c.pointee.isInitialized = true
    return .none
}

/// Nobody else can see the cursor: its lock is free. The database's may not be, and can't be waited for here, so the
/// statement is left to its own finaliser if another thread has it; the cache then makes a new one.
private func cursor_finalize(_ t: Thread, _ v: Value) -> Value {
    let c = v.asCursor, statement = c.pointee.statement
    c.pointee.statement = Value(bits: 0)
    if statement.bits == 0 { return .none }
    let s = statement.asStatement
    guard let handle = s.pointee.handle else { return .none }
    s.pointee.handle = nil
    _ = ladon_fetch_add(&abandonedStatements, 1)
    handle.pointee.database.abandon(t, handle)
    return .none
}

private func cursor_close(_ t: Thread, _ a: Values) -> Value {
    let c = a[0].asCursor
    if c.pointee.isInitialized && c.isLocked(by: t) { return c.lock(t) ? .none : .raised }
    if c.pointee.connection.bits == 0 || !c.pointee.isInitialized { return raise(t, DatabaseError.programming, "Base Cursor.__init__ not called.") }
    if !isUsable(t, c.pointee.connection) || !c.lock(t) { return .raised }
    c.dropStatement(t)
    c.pointee.isClosed = true
    c.unlock(t)
    return .none
}

// MARK: rows

/// Text with bytes that are no UTF-8.
private func raiseBadText(_ t: Thread, _ statement: OpaquePointer, _ column: Int32, _ text: UnsafePointer<UInt8>, _ count: Int) -> Value {
    clearException(t)
    let title = sqlite.sqlite3_column_name(statement, column).map { String(cString: $0) } ?? ""
    let shown = String(decoding: UnsafeBufferPointer(start: text, count: strnlen(UnsafeRawPointer(text).assumingMemoryBound(to: CChar.self), count)), as: UTF8.self)
    return raise(t, DatabaseError.operational, "Could not decode to UTF-8 column '\(title)' with text '\(shown)'")
}

/// One column's value; `callable` is what makes the final one of it, 0 for nothing. Under the database's lock.
private func readColumn(_ t: Thread, _ statement: OpaquePointer, _ i: Int32, _ converter: Value, _ textFactory: Value, _ callable: inout Value) -> Value {
    let type = sqlite.sqlite3_column_type(statement, i)
    if !converter.isNone {
        guard let blob = sqlite.sqlite3_column_blob(statement, i) else {
            // Nothing at all, or nothing in it.
            return .none
        }
        callable = converter
        return makeBytes(t, blob, Int(sqlite.sqlite3_column_bytes(statement, i)))
    }
    switch type {
    case SQLITE_NULL: return .none
    case SQLITE_INTEGER: return makeInt(t, Int(sqlite.sqlite3_column_int64(statement, i)))
    case SQLITE_FLOAT: return makeFloat(t, sqlite.sqlite3_column_double(statement, i))
    case SQLITE_TEXT:
        guard let text = sqlite.sqlite3_column_text(statement, i) else { return raiseMemoryError(t) }
        let count = Int(sqlite.sqlite3_column_bytes(statement, i))
        if textFactory == builtinType(.str).value {
            let v = decodeUTF8(t, text, count)
            return v.isRaised && exceptionMatches(t, .unicodeDecodeError) ? raiseBadText(t, statement, i, text, count) : v
        }
        if textFactory == builtinType(.bytes).value { return makeBytes(t, text, count) }
        if textFactory == builtinType(.bytearray).value { return makeByteArray(t, text, count) }
        callable = textFactory
        return makeBytes(t, text, count)
    default:
        let count = Int(sqlite.sqlite3_column_bytes(statement, i))
        guard let blob = sqlite.sqlite3_column_blob(statement, i) else { return emptyBytes }
        return makeBytes(t, blob, count)
    }
}

/// The row that the statement stands at, as a tuple. The columns are read under the database's lock, converters run after.
private func readRow(_ t: Thread, _ c: CursorPointer, _ connection: Value) -> Value {
    let database = connection.database
    let textFactory = loadSlot(&connection.asConnection.pointee.textFactory)
    let converters = c.pointee.converters
    database.enter(t)
    guard let statement = c.pointee.statement.statement else {
        database.leave(t)
        return raise(t, DatabaseError.programming, "Cannot operate on a closed database.")
    }
    let count = Int(sqlite.sqlite3_data_count(statement))
    let row = makeTuple(t, count)
    if row.isRaised {
        database.leave(t)
        return row
    }
    for i in 0..<count { row.tupleItems[i] = .none }
    var callables = Value(bits: 0)
    for i in 0..<count {
        var callable = Value(bits: 0)
        let converter = converters.bits != 0 && i < converters.tupleCount ? converters.tupleItems[i] : .none
        let v = readColumn(t, statement, Int32(i), converter, textFactory, &callable)
        if callable.bits != 0 && !v.isRaised {
            if callables.bits == 0 { callables = makeStorage(t, count) }
            if !callables.isRaised { callables.storageItems[i] = callable }
        }
        if v.isRaised || t.pointee.exception.bits != 0 {
            database.leave(t)
            return .raised
        }
        row.tupleItems[i] = v
    }
    database.leave(t)
    if callables.bits == 0 { return row }
    for i in 0..<count where callables.storageItems[i].bits != 0 {
        let v = call(t, callables.storageItems[i], row.tupleItems[i])
        if v.isRaised { return v }
        row.tupleItems[i] = v
    }
    callables.keepAlive
    return row
}

/// The next row, or `.exhausted`. The statement is taken a step further at once, so that one without more rows holds
/// no lock of the database. Under the cursor's lock.
private func nextRow(_ t: Thread, _ c: CursorPointer) -> Value {
    if c.pointee.statement.bits == 0 { return .exhausted }
    let connection = c.pointee.connection
    var row = readRow(t, c, connection)
    if row.isRaised {
        c.dropStatement(t)
        return row
    }
    let v = c.pointee.statement
    let database = v.asStatement.pointee.handle.unsafelyUnwrapped.pointee.database
    database.enter(t)
    var isFailed = false
    if let statement = v.statement {
        let code = database.run(t, for: connection) { sqlite.sqlite3_step(statement) }
        if code == SQLITE_DONE && v.asStatement.pointee.changesData { c.pointee.rowCount = Int(sqlite.sqlite3_changes(database.pointee.db)) }
        if code != SQLITE_ROW {
            isFailed = code != SQLITE_DONE
            if isFailed { raiseFailure(t, database.pointee.db) }
            c.dropStatement(t)
        }
        if t.pointee.exception.bits != 0 { isFailed = true }
    }
    database.leave(t)
    if isFailed { return .raised }
    let factory = loadSlot(&c.pointee.rowFactory)
    if !factory.isNone { row = call(t, factory, c.value, row) }
    return row
}

private func fetchRows(_ t: Thread, _ v: Value, limit: Int?) -> Value {
    let list = makeList(t)
    if list.isRaised { return list }
    var n = 0
    while limit == nil || n < limit.unsafelyUnwrapped {
        let row = next(t, v)
        if row.isRaised { return row }
        if row.isExhausted { break }
        if listAppend(t, list, row) < 0 { return .raised }
        n += 1
    }
    return list
}

private func cursor_fetchmany(_ t: Thread, _ a: Values) -> Value {
    guard let n = asInt32(t, a[1]) else { return .raised }
    // As in CPython, what is not positive is never counted down to: all rows.
    return fetchRows(t, a[0], limit: n > 0 ? Int(n) : nil)
}
