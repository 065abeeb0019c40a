// Collations, the authorizer, the progress handler and the trace callback.

import CSQLite
import LadonLibrary
import Glibc

private func database(_ user: UnsafeMutableRawPointer?) -> DatabasePointer { user.unsafelyUnwrapped.assumingMemoryBound(to: Database.self) }

/// SQLite's text as str, None for none.
private func text(_ t: Thread, _ s: UnsafePointer<CChar>?) -> Value {
    guard let s else { return .none }
    return decodeUTF8(t, UnsafeRawPointer(s).assumingMemoryBound(to: UInt8.self), strlen(s))
}

// MARK: collations

/// What a collation raises stays raised and ends the statement, as in CPython: SQLite has no way to report it.
private let compareTexts: @convention(c) (UnsafeMutableRawPointer?, Int32, UnsafeRawPointer?, Int32, UnsafeRawPointer?) -> Int32 = { user, count1, text1, count2, text2 in
    attached { t in
        let r = user.unsafelyUnwrapped.assumingMemoryBound(to: CallbackRecord.self)
        if activeConnection(r.pointee.database) == nil || t.pointee.exception.bits != 0 { return 0 }
        func string(_ p: UnsafeRawPointer?, _ n: Int32) -> Value {
            p.map { decodeUTF8(t, $0.assumingMemoryBound(to: UInt8.self), Int(n)) } ?? ladon_runtime.emptyString
        }
        let a = string(text1, count1), b = a.isRaised ? a : string(text2, count2)
        if b.isRaised { return 0 }
        let result = call(t, r.pointee.callable, a, b)
        if result.isRaised { return 0 }
        if !isInt(result) {
            _ = raise(t, .typeError, "an integer is required (got type \(typeName(result)))")
            clearException(t)
            return 0
        }
        let sign = wordOf(result) ?? intSign(result)
        return sign < 0 ? -1 : sign > 0 ? 1 : 0
    }
}

func connection_createCollation(_ t: Thread, _ a: Values) -> Value {
    withSQLiteText(t, a[1], "create_collation() argument 1") { title in
        withDatabase(t, a[0]) { database in
            let callable = a[2]
            if !callable.isNone && !isCallable(callable) { return raise(t, .typeError, "parameter must be callable") }
            let record = callable.isNone ? nil : makeCallbackRecord(database, callable)
            let code = sqlite.sqlite3_create_collation_v2(database.pointee.db, title, SQLITE_UTF8, record, callable.isNone ? nil : compareTexts,
                                                          callable.isNone ? nil : freeCallbackRecord)
            if code != SQLITE_OK {
                // For collations alone SQLite does not free what it did not take.
                freeCallbackRecord(record)
                return raiseFailure(t, database.pointee.db)
            }
            return keepCallable(t, a[0], "collation", a[1], 0, callable) ? .none : .raised
        }
    }
}

// MARK: the authorizer

private let authorize: @convention(c) (UnsafeMutableRawPointer?, Int32, UnsafePointer<CChar>?, UnsafePointer<CChar>?, UnsafePointer<CChar>?, UnsafePointer<CChar>?) -> Int32 = {
    user, action, first, second, databaseName, source in
    callBack { t in
        guard let connection = activeConnection(database(user)) else { return SQLITE_OK }
        let callable = connection.asConnection.pointee.authorizer
        var arguments = (makeInt(t, action), text(t, first), text(t, second), text(t, databaseName), text(t, source))
        let result = withUnsafeMutablePointer(to: &arguments) {
            $0.withMemoryRebound(to: Value.self, capacity: 5) { call(t, callable, args: $0, 5) }
        }
        if !result.isRaised && !isInt(result) { return SQLITE_DENY }
        if !result.isRaised, let answer = asInt32(t, result) { return answer }
        dropCallbackError(t, callable)
        return SQLITE_DENY
    }
}

func connection_setAuthorizer(_ t: Thread, _ a: Values) -> Value {
    withDatabase(t, a[0]) { database in
        let callable = a[1]
        let code = sqlite.sqlite3_set_authorizer(database.pointee.db, callable.isNone ? nil : authorize, UnsafeMutableRawPointer(database))
        if code != SQLITE_OK { return raise(t, DatabaseError.operational, "Error setting authorizer callback") }
        storeSlot(&a[0].asConnection.pointee.authorizer, callable)
        return .none
    }
}

// MARK: progress

private let reportProgress: @convention(c) (UnsafeMutableRawPointer?) -> Int32 = { user in
    callBack { t in
        guard let connection = activeConnection(database(user)) else { return 0 }
        let callable = connection.asConnection.pointee.progress
        let result = call(t, callable)
        let stops = result.isRaised ? -1 : isTrue(t, result)
        if stops >= 0 { return Int32(stops) }
        dropCallbackError(t, callable)
        return -1
    }
}

func connection_setProgressHandler(_ t: Thread, _ a: Values) -> Value {
    guard let n = asInt32(t, a[2]) else { return .raised }
    return withDatabase(t, a[0]) { database in
        let callable = a[1]
        sqlite.sqlite3_progress_handler(database.pointee.db, callable.isNone ? 0 : n, callable.isNone ? nil : reportProgress, UnsafeMutableRawPointer(database))
        storeSlot(&a[0].asConnection.pointee.progress, callable)
        return .none
    }
}

// MARK: trace

private let reportStatement: @convention(c) (UInt32, UnsafeMutableRawPointer?, UnsafeMutableRawPointer?, UnsafeMutableRawPointer?) -> Int32 = { kind, user, statement, _ in
    if kind != UInt32(SQLITE_TRACE_STMT) { return 0 }
    return callBack { t in
        guard let connection = activeConnection(database(user)) else { return 0 }
        let callable = connection.asConnection.pointee.trace
        let statement = OpaquePointer(statement)
        let shown: Value
        if let expanded = sqlite.sqlite3_expanded_sql(statement) {
            shown = text(t, expanded)
            sqlite.sqlite3_free(expanded)
        } else {
            raise(t, DatabaseError.data, "Expanded SQL string exceeds the maximum string length")
            dropCallbackError(t, callable)
            shown = text(t, sqlite.sqlite3_sql(statement))
        }
        if shown.isRaised || call(t, callable, shown).isRaised { dropCallbackError(t, callable) }
        return 0
    }
}

func connection_setTraceCallback(_ t: Thread, _ a: Values) -> Value {
    withDatabase(t, a[0]) { database in
        let callable = a[1]
        _ = sqlite.sqlite3_trace_v2(database.pointee.db, callable.isNone ? 0 : UInt32(SQLITE_TRACE_STMT), callable.isNone ? nil : reportStatement, UnsafeMutableRawPointer(database))
        storeSlot(&a[0].asConnection.pointee.trace, callable)
        return .none
    }
}
