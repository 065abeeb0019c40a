// Prepared statements, and each connection's cache of them.
//
// A statement is claimed by the cursor that runs it, under the database's lock; a second cursor that wants the same text
// meanwhile gets one of its own. Cursors that die in the middle give theirs back when they are finalised.

import CSQLite
import LadonLibrary
import Glibc

struct StatementCell {
    var header: CellHeader
    var connection: Value
    // raw
    var handle: HandlePointer?
    /// INSERT, UPDATE, DELETE or REPLACE.
    var changesData: Bool
    var isClaimed: Bool
}

nonisolated(unsafe) var statementType: TypePointer! = nil

extension Value {
    var asStatement: UnsafeMutablePointer<StatementCell> { cell(as: StatementCell.self) }
    /// SQLite's statement; nil for one of nothing but comments, or of a closed database.
    var statement: OpaquePointer? { asStatement.pointee.handle?.pointee.pointer }
}

func statementDefinition() -> TypeDefinition {
    TypeDefinition(nil, "sqlite3.Statement", flags: [.hasFinalizer, .disallowInstantiation], size: MemoryLayout<StatementCell>.size,
                   layout: Layout(prefix: 1, base: MemoryLayout<StatementCell>.size / 8, flags: [.container, .finalizable]),
                   slots: [.unary(.finalize, { t, v in
                       let c = v.asStatement
                       if let h = c.pointee.handle {
                           c.pointee.handle = nil
                           h.pointee.database.abandon(t, h)
                       }
                       return .none
                   })])
}

/// The text after blanks and comments; nil when nothing is left.
private func skipBlanks(_ text: UnsafePointer<CChar>) -> UnsafePointer<CChar>? {
    var p = text
    while true {
        switch UInt8(bitPattern: p[0]) {
        case 0: return nil
        case UInt8(ascii: " "), UInt8(ascii: "\t"), 12, 10, 13: p += 1
        case UInt8(ascii: "-"):
            if p[1] != p[0] { return p }
            guard let end = strchr(p, 10) else { return nil }
            p = UnsafePointer(end) + 1
        case UInt8(ascii: "/"):
            if p[1] != CChar(bitPattern: UInt8(ascii: "*")) { return p }
            guard let end = strstr(p + 2, "*/") else { return nil }
            p = UnsafePointer(end) + 2
        default: return p
        }
    }
}

/// The UTF-8 of a statement's text, checked for its length. `.raised` for what can't be one.
private func statementText(_ t: Thread, _ connection: Value, _ sql: Value) -> Value {
    let encoded = encodeString(t, sql, encoding: .missing, errors: .missing)
    if encoded.isRaised { return encoded }
    if encoded.bytesCount > Int(sqlite.sqlite3_limit(connection.database.pointee.db, SQLITE_LIMIT_SQL_LENGTH, -1)) {
        return raise(t, DatabaseError.data, "query string is too large")
    }
    if memchr(encoded.bytesData, 0, encoded.bytesCount) != nil { return raise(t, DatabaseError.programming, "the query contains a null character") }
    return encoded
}

/// Prepares one statement. Under the database's lock.
func makeStatement(_ t: Thread, _ connection: Value, _ sql: Value) -> Value {
    let encoded = statementText(t, connection, sql)
    if encoded.isRaised { return encoded }
    let v = allocateInstance(t, statementType)
    if v.isRaised { return v }
    let text = UnsafeRawPointer(encoded.bytesData).assumingMemoryBound(to: CChar.self)
    let database = connection.database
    var statement: OpaquePointer?
    var tail: UnsafePointer<CChar>?
    let code = database.run(t, for: connection) { sqlite.sqlite3_prepare_v2(database.pointee.db, text, Int32(encoded.bytesCount) + 1, &statement, &tail) }
    encoded.keepAlive
    if code != SQLITE_OK { return raiseFailure(t, database.pointee.db) }
    let c = v.asStatement
    c.pointee.connection = connection
    c.pointee.handle = database.add(.statement, statement)
    if let tail, skipBlanks(tail) != nil {
        database.close(t, c.pointee.handle.unsafelyUnwrapped, for: connection)
        return raise(t, DatabaseError.programming, "You can only execute one statement at a time.")
    }
    if let start = skipBlanks(text) {
        c.pointee.changesData = (["insert", "update", "delete", "replace"] as [String]).contains { strncasecmp(start, $0, $0.utf8.count) == 0 }
    }
    encoded.keepAlive
    return v
}

/// The statement for a text that no cursor is running: from the cache, or a new one. Under the database's lock.
func findStatement(_ t: Thread, _ connection: Value, _ sql: Value) -> Value {
    let c = connection.asConnection
    let cache = c.pointee.cache
    if c.pointee.cacheSize <= 0 || !sql.isExactly(.str) { return makeStatement(t, connection, sql) }
    // The dict's order is that of use: what is found goes to the end.
    let found = dictPop(t, cache, sql)
    if found.isRaised { return found }
    if !found.isMissing {
        let isClaimed = found.asStatement.pointee.isClaimed
        // A cursor's finaliser has closed the statement under it: a new one takes its place.
        if !isClaimed || found.asStatement.pointee.handle != nil {
            if dictSet(t, cache, sql, found) < 0 { return .raised }
            return isClaimed ? makeStatement(t, connection, sql) : found
        }
    }
    let v = makeStatement(t, connection, sql)
    if v.isRaised { return v }
    if dictSet(t, cache, sql, v) < 0 { return .raised }
    if dictCount(cache) > c.pointee.cacheSize {
        var i = 0, key = Value.none, value = Value.none
        if dictNext(cache, &i, &key, &value) && dictDelete(t, cache, key) < 0 { return .raised }
    }
    return v
}

/// Ends a statement's run, so that it holds no lock of the database. Under the database's lock.
func resetStatement(_ t: Thread, _ v: Value) {
    guard let statement = v.statement else { return }
    let connection = v.asStatement.pointee.connection
    v.asStatement.pointee.handle.unsafelyUnwrapped.pointee.database.run(t, for: connection) { _ = sqlite.sqlite3_reset(statement) }
}
