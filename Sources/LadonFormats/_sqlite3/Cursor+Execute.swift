// Running statements: execute, executemany, executescript.

import CSQLite
import LadonLibrary
import Glibc

/// The name of a column in `description`: without the type in brackets where those are looked at.
private func columnTitle(_ t: Thread, _ text: UnsafePointer<CChar>?, _ detectTypes: Int32) -> Value {
    guard let text else { return raiseMemoryError(t) }
    var count = strlen(text)
    if detectTypes & 2 != 0, let bracket = strchr(text, Int32(UInt8(ascii: "["))) {
        count = bracket - UnsafeMutablePointer(mutating: text)
        if count > 0 && text[count - 1] == CChar(bitPattern: UInt8(ascii: " ")) { count -= 1 }
    }
    return decodeUTF8(t, UnsafeRawPointer(text).assumingMemoryBound(to: UInt8.self), count)
}

private func makeDescription(_ t: Thread, _ connection: Value, _ statement: OpaquePointer, _ count: Int) -> Value {
    let description = makeTuple(t, count)
    if description.isRaised { return description }
    for i in 0..<count { description.tupleItems[i] = .none }
    for i in 0..<count {
        let column = makeTuple(t, 7)
        if column.isRaised { return column }
        for j in 0..<7 { column.tupleItems[j] = .none }
        let title = columnTitle(t, sqlite.sqlite3_column_name(statement, Int32(i)), connection.asConnection.pointee.detectTypes)
        if title.isRaised { return title }
        column.tupleItems[0] = title
        description.tupleItems[i] = column
    }
    return description
}

/// The converter registered for a type's name, `.missing` for none.
private func findConverter(_ t: Thread, _ text: UnsafePointer<CChar>, _ count: Int) -> Value {
    let key = decodeUTF8(t, UnsafeRawPointer(text).assumingMemoryBound(to: UInt8.self), count)
    if key.isRaised { return key }
    let upper = callMethod(t, key, internStatic(t, "upper"))
    return upper.isRaised ? upper : dictGet(t, SQLiteRoot.converters.value, upper)
}

/// A converter or None for each column; 0 when types are not detected.
private func findConverters(_ t: Thread, _ connection: Value, _ statement: OpaquePointer, _ count: Int) -> Value {
    let detect = connection.asConnection.pointee.detectTypes
    if detect == 0 { return Value(bits: 0) }
    let result = makeTuple(t, count)
    if result.isRaised { return result }
    for i in 0..<count { result.tupleItems[i] = .none }
    for i in 0..<count {
        var found = Value.missing
        if detect & 2 != 0, let title = sqlite.sqlite3_column_name(statement, Int32(i)),
           let start = strchr(title, Int32(UInt8(ascii: "["))), let end = strchr(start, Int32(UInt8(ascii: "]"))) {
            found = findConverter(t, start + 1, end - start - 1)
        }
        if found.isMissing && detect & 1 != 0, let type = sqlite.sqlite3_column_decltype(statement, Int32(i)) {
            found = findConverter(t, type, strcspn(type, " ("))
        }
        if found.isRaised { return found }
        if !found.isMissing { result.tupleItems[i] = found }
    }
    return result
}

/// One step, under the database's lock. Statements of cursors that nobody can reach, but that have not been finalised yet,
/// hold locks: where a lock is in the way those are looked for, once.
private func step(_ t: Thread, _ connection: Value, _ statement: OpaquePointer) -> Int32 {
    let database = connection.database
    let code = database.run(t, for: connection) { sqlite.sqlite3_step(statement) }
    if code & 0xFF != SQLITE_LOCKED && code & 0xFF != SQLITE_BUSY || t.pointee.exception.bits != 0 { return code }
    let before = ladon_load_acquire(&abandonedStatements)
    _ = gcCollect(t)
    runPendingFinalizers(t)
    if ladon_load_acquire(&abandonedStatements) == before { return code }
    return database.run(t, for: connection) {
        _ = sqlite.sqlite3_reset(statement)
        return sqlite.sqlite3_step(statement)
    }
}

/// Finds and claims the statement, and begins a transaction for one that changes data. False: raised.
private func beginExecution(_ t: Thread, _ c: CursorPointer, _ connection: Value, _ sql: Value, isMany: Bool) -> Bool {
    c.dropStatement(t)
    return !withDatabase(t, connection) { database in
        let v = findStatement(t, connection, sql)
        if v.isRaised { return v }
        if isMany && v.statement != nil && sqlite.sqlite3_stmt_readonly(v.statement) != 0 {
            return raise(t, DatabaseError.programming, "executemany() can only execute DML statements.")
        }
        v.asStatement.pointee.isClaimed = true
        c.pointee.statement = v
        resetStatement(t, v)
        let changesData = v.asStatement.pointee.changesData
        c.pointee.rowCount = changesData ? 0 : -1
        let level = connection.asConnection.pointee.isolation
        if level != .none && changesData && sqlite.sqlite3_get_autocommit(database.pointee.db) != 0
            && !runPlain(t, connection, "BEGIN \(level.text)") { return .raised }
        return .none
    }.isRaised
}

/// Runs the statement with one set of parameters. False: raised.
private func executeOnce(_ t: Thread, _ c: CursorPointer, _ connection: Value, _ parameters: Value, isMany: Bool) -> Bool {
    let v = c.pointee.statement
    if !bindParameters(t, connection, v, parameters) { return false }
    return !withDatabase(t, connection) { database in
        guard let statement = v.statement else { return .none }
        let code = step(t, connection, statement)
        if code != SQLITE_DONE && code != SQLITE_ROW || t.pointee.exception.bits != 0 { return raiseFailure(t, database.pointee.db) }
        let count = Int(sqlite.sqlite3_column_count(statement))
        let converters = findConverters(t, connection, statement, count)
        if converters.isRaised && converters.bits == 0 && t.pointee.exception.bits != 0 { return .raised }
        c.pointee.converters = converters
        if loadSlot(&c.pointee.description).isNone && count > 0 {
            let description = makeDescription(t, connection, statement, count)
            if description.isRaised { return description }
            storeSlot(&c.pointee.description, description)
        }
        if code == SQLITE_DONE {
            if v.asStatement.pointee.changesData { c.pointee.rowCount += Int(sqlite.sqlite3_changes(database.pointee.db)) }
            resetStatement(t, v)
        } else if isMany {
            // The next set of parameters can't be bound to a statement in the middle of its rows.
            resetStatement(t, v)
        }
        if !isMany {
            let id = makeInt(t, Int(sqlite.sqlite3_last_insert_rowid(database.pointee.db)))
            if id.isRaised { return id }
            storeSlot(&c.pointee.lastRowID, id)
            // Nothing to come: the statement is free for others.
            if code == SQLITE_DONE { c.dropStatement(t) }
        }
        return .none
    }.isRaised
}

func cursorExecute(_ t: Thread, _ v: Value, _ sql: Value, _ parameters: Value, isMany: Bool) -> Value {
    if !sql.isStr { return raise(t, .typeError, "\(isMany ? "executemany" : "execute")() argument 1 must be str, not \(sql.isNone ? "None" : typeName(sql))") }
    return withCursor(t, v) { c in
        let connection = c.pointee.connection
        var isDone = false
        var iterator = Value.none
        if isMany {
            iterator = iterate(t, parameters)
            if iterator.isRaised { return iterator }
        }
        storeSlot(&c.pointee.description, .none)
        if beginExecution(t, c, connection, sql, isMany: isMany) {
            if !isMany {
                isDone = executeOnce(t, c, connection, parameters.isMissing ? ladon_runtime.emptyTuple : parameters, isMany: false)
            } else {
                while true {
                    let row = next(t, iterator)
                    if row.isRaised { break }
                    if row.isExhausted {
                        isDone = true
                        break
                    }
                    if !executeOnce(t, c, connection, row, isMany: true) { break }
                }
                if isDone { c.dropStatement(t) }
            }
        }
        if isDone { return v }
        c.dropStatement(t)
        c.pointee.rowCount = -1
        return .raised
    }
}

/// Statement by statement: other threads' statements may come between those of the script.
func cursor_executescript(_ t: Thread, _ a: Values) -> Value {
    withSQLiteText(t, a[1], "executescript() argument") { text in
        withCursor(t, a[0]) { c in
            let connection = c.pointee.connection
            let begun = withDatabase(t, connection) { database in
                let limit = Int(sqlite.sqlite3_limit(database.pointee.db, SQLITE_LIMIT_SQL_LENGTH, -1))
                if strlen(text) > limit { return raise(t, DatabaseError.data, "query string is too large") }
                return endTransaction(t, connection, "COMMIT")
            }
            if begun.isRaised { return begun }
            var rest: UnsafePointer<CChar>? = text
            while let start = rest, start[0] != 0 {
                let result = withDatabase(t, connection) { database in
                    let db = database.pointee.db
                    let code = database.run(t, for: connection) { () -> Int32 in
                        var statement: OpaquePointer?
                        var code = sqlite.sqlite3_prepare_v2(db, start, -1, &statement, &rest)
                        if code != SQLITE_OK { return code }
                        repeat { code = sqlite.sqlite3_step(statement) } while code == SQLITE_ROW
                        return sqlite.sqlite3_finalize(statement)
                    }
                    return code != SQLITE_OK || t.pointee.exception.bits != 0 ? raiseFailure(t, db) : .none
                }
                if result.isRaised { return result }
            }
            return a[0]
        }
    }
}
