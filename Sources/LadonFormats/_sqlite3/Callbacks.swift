// What SQLite calls back, and how that becomes calls of Python: functions, aggregates and window functions.
//
// A callable is kept alive by its connection's dict; SQLite holds a record with its bits, which it frees when it forgets
// the function. Aggregates' instances are kept by number, since SQLite's memory is not looked at by the collector.

import CSQLite
import LadonLibrary
import Glibc

/// Failures of callbacks are shown, not only made SQL errors of. Any thread sets it.
nonisolated(unsafe) var showsCallbackErrors = false

struct CallbackRecord {
    var database: DatabasePointer
    var callable: Value
}
typealias CallbackPointer = UnsafeMutablePointer<CallbackRecord>

func makeCallbackRecord(_ database: DatabasePointer, _ callable: Value) -> UnsafeMutableRawPointer {
    let r = CallbackPointer.allocate(capacity: 1)
    r.initialize(to: CallbackRecord(database: database, callable: callable))
    return UnsafeMutableRawPointer(r)
}
let freeCallbackRecord: @convention(c) (UnsafeMutableRawPointer?) -> Void = { $0?.deallocate() }

/// Runs a callback's body attached, with the exception that an earlier callback left put aside.
func callBack<Result>(_ body: (Thread) -> Result) -> Result {
    attached { t in
        let earlier = takeException(t)
        let result = body(t)
        if earlier.bits != 0 { restoreException(t, earlier) }
        return result
    }
}

/// Shows or forgets what a callback raised.
func dropCallbackError(_ t: Thread, _ callable: Value) {
    if showsCallbackErrors { reportUnraisable(t, callable) } else { clearException(t) }
}

/// Keeps (or with None forgets) the callable of a kind and name. False: raised. Under the database's lock.
func keepCallable(_ t: Thread, _ connection: Value, _ kind: StaticString, _ title: Value, _ count: Int, _ callable: Value) -> Bool {
    // SQLite's names don't tell ASCII case apart.
    let lower = callMethod(t, str(t, title), internStatic(t, "lower"))
    if lower.isRaised { return false }
    let key = makeTuple(t, internStatic(t, kind), lower, Value(smallInt: count))
    if key.isRaised { return false }
    let dict = connection.asConnection.pointee.callables
    return (callable.isNone ? dictDelete(t, dict, key) : dictSet(t, dict, key, callable)) >= 0
}

// MARK: values

private func argument(_ t: Thread, _ v: OpaquePointer?) -> Value {
    switch sqlite.sqlite3_value_type(v) {
    case SQLITE_INTEGER: return makeInt(t, Int(sqlite.sqlite3_value_int64(v)))
    case SQLITE_FLOAT: return makeFloat(t, sqlite.sqlite3_value_double(v))
    case SQLITE_TEXT:
        guard let text = sqlite.sqlite3_value_text(v) else { return raiseMemoryError(t) }
        return decodeUTF8(t, text, Int(sqlite.sqlite3_value_bytes(v)))
    case SQLITE_BLOB:
        let count = Int(sqlite.sqlite3_value_bytes(v))
        guard let blob = sqlite.sqlite3_value_blob(v) else { return emptyBytes }
        return makeBytes(t, blob, count)
    default: return .none
    }
}

/// Gives SQLite a callback's result. False: raised, or not a value for SQL.
private func setResult(_ t: Thread, _ context: OpaquePointer?, _ v: Value) -> Bool {
    if v.isNone {
        sqlite.sqlite3_result_null(context)
    } else if isInt(v) {
        guard let n = wordOf(v) else {
            _ = raise(t, .overflowError, "Python int too large to convert to SQLite INTEGER")
            return false
        }
        sqlite.sqlite3_result_int64(context, Int64(n))
    } else if isFloat(v) {
        guard let d = asDouble(t, v) else { return false }
        sqlite.sqlite3_result_double(context, d)
    } else if v.isStr {
        let encoded = encodeString(t, v, encoding: .missing, errors: .missing)
        if encoded.isRaised { return false }
        if encoded.bytesCount > Int(Int32.max) {
            _ = raise(t, .overflowError, "string is longer than INT_MAX bytes")
            return false
        }
        sqlite.sqlite3_result_text64(context, UnsafeRawPointer(encoded.bytesData).assumingMemoryBound(to: CChar.self), UInt64(encoded.bytesCount), sqliteCopies, UInt8(SQLITE_UTF8))
        encoded.keepAlive
    } else if supportsBuffer(v) {
        var buffer = LadonBuffer()
        if getBuffer(t, v, &buffer) < 0 { return false }
        defer { releaseBuffer(t, &buffer) }
        if buffer.length > Int(Int32.max) {
            _ = raise(t, .overflowError, "bytes longer than INT_MAX bytes")
            return false
        }
        let data: UnsafeRawPointer = buffer.data.map { UnsafeRawPointer($0) } ?? UnsafeRawPointer(bitPattern: 8).unsafelyUnwrapped
        sqlite.sqlite3_result_blob64(context, data, UInt64(buffer.length), sqliteCopies)
    } else {
        return false
    }
    return true
}

/// Makes what was raised the SQL error of the call.
private func fail(_ t: Thread, _ context: OpaquePointer?, _ callable: Value, _ message: String) {
    if t.pointee.exception.bits != 0 && exceptionMatches(t, .memoryError) {
        sqlite.sqlite3_result_error_nomem(context)
    } else if t.pointee.exception.bits != 0 && exceptionMatches(t, .overflowError) {
        sqlite.sqlite3_result_error_toobig(context)
    } else {
        sqlite.sqlite3_result_error(context, message, -1)
    }
    dropCallbackError(t, callable)
}

/// Calls `f` with the arguments of SQLite.
private func callWithArguments(_ t: Thread, _ f: Value, _ count: Int32, _ arguments: UnsafeMutablePointer<OpaquePointer?>?) -> Value {
    let n = Int(count)
    return withScratch(t, n, failed: .raised) { all in
        for i in 0..<n { all[i] = .none }
        for i in 0..<n {
            let v = argument(t, arguments.unsafelyUnwrapped[i])
            if v.isRaised { return v }
            all[i] = v
        }
        return call(t, f, args: all, n)
    }
}

private func record(_ context: OpaquePointer?) -> CallbackPointer {
    sqlite.sqlite3_user_data(context).unsafelyUnwrapped.assumingMemoryBound(to: CallbackRecord.self)
}

/// The connection on whose behalf a callback runs; nil when the connection is gone and its statements are being closed.
func activeConnection(_ database: DatabasePointer) -> Value? { database.pointee.active.bits == 0 ? nil : database.pointee.active }

private typealias SQLiteCall = @convention(c) (OpaquePointer?, Int32, UnsafeMutablePointer<OpaquePointer?>?) -> Void
private typealias SQLiteEnd = @convention(c) (OpaquePointer?) -> Void

private let functionCall: SQLiteCall = { context, count, arguments in
    callBack { t in
        let r = record(context)
        if activeConnection(r.pointee.database) == nil { return }
        let result = callWithArguments(t, r.pointee.callable, count, arguments)
        if result.isRaised || !setResult(t, context, result) { fail(t, context, r.pointee.callable, "user-defined function raised exception") }
    }
}

// MARK: aggregates

/// The number under which an aggregate's instance is kept: SQLite's memory for this run of the aggregate; nil when no row
/// has come and none is wanted.
private func aggregateNumber(_ context: OpaquePointer?, isWanted: Bool) -> UnsafeMutablePointer<Int>? {
    sqlite.sqlite3_aggregate_context(context, isWanted ? Int32(MemoryLayout<Int>.size) : 0)?.assumingMemoryBound(to: Int.self)
}

/// Looks up and calls a method of an aggregate. Missing and failing ones become SQL errors; `.raised` then.
private func callAggregate(_ t: Thread, _ context: OpaquePointer?, _ instance: Value, _ callable: Value, _ method: StaticString,
                           _ count: Int32, _ arguments: UnsafeMutablePointer<OpaquePointer?>?) -> Value {
    let f = getAttribute(t, instance, internStatic(t, method))
    let isDefined = !f.isRaised || !exceptionMatches(t, .attributeError)
    let result = f.isRaised ? f : callWithArguments(t, f, count, arguments)
    if result.isRaised { fail(t, context, callable, "user-defined aggregate's '\(method)' method \(isDefined ? "raised error" : "not defined")") }
    return result
}

private func stepAggregate(_ context: OpaquePointer?, _ method: StaticString, _ count: Int32, _ arguments: UnsafeMutablePointer<OpaquePointer?>?) {
    callBack { t in
        let r = record(context)
        guard let connection = activeConnection(r.pointee.database), let number = aggregateNumber(context, isWanted: true) else { return }
        let c = connection.asConnection
        var instance: Value
        if number.pointee == 0 {
            instance = call(t, r.pointee.callable)
            if instance.isRaised {
                fail(t, context, r.pointee.callable, "user-defined aggregate's '__init__' method raised error")
                return
            }
            c.pointee.nextAggregate += 1
            number.pointee = c.pointee.nextAggregate
            if dictSet(t, c.pointee.aggregates, Value(smallInt: number.pointee), instance) < 0 { clearException(t) }
        } else {
            instance = dictGet(t, c.pointee.aggregates, Value(smallInt: number.pointee))
            if instance.isMissing || instance.isRaised { return }
        }
        _ = callAggregate(t, context, instance, r.pointee.callable, method, count, arguments)
    }
}

private func aggregateResult(_ context: OpaquePointer?, _ method: StaticString, isLast: Bool) {
    callBack { t in
        let r = record(context)
        guard let connection = activeConnection(r.pointee.database), let number = aggregateNumber(context, isWanted: false), number.pointee != 0 else { return }
        let key = Value(smallInt: number.pointee), aggregates = connection.asConnection.pointee.aggregates
        let instance = isLast ? dictPop(t, aggregates, key) : dictGet(t, aggregates, key)
        if isLast { number.pointee = 0 }
        if instance.isMissing || instance.isRaised { return }
        let result = callAggregate(t, context, instance, r.pointee.callable, method, 0, nil)
        if !result.isRaised && !setResult(t, context, result) {
            fail(t, context, r.pointee.callable, "user-defined aggregate's '\(method)' method raised error")
        }
    }
}

private let aggregateStep: SQLiteCall = { stepAggregate($0, "step", $1, $2) }
private let aggregateInverse: SQLiteCall = { stepAggregate($0, "inverse", $1, $2) }
private let aggregateFinal: SQLiteEnd = { aggregateResult($0, "finalize", isLast: true) }
private let aggregateValue: SQLiteEnd = { aggregateResult($0, "value", isLast: false) }

// MARK: registration

func connection_createFunction(_ t: Thread, _ a: Values) -> Value {
    guard let count = asInt32(t, a[2]) else { return .raised }
    let isDeterministic = isTrue(t, a[4])
    if isDeterministic < 0 { return .raised }
    return withSQLiteText(t, a[1], "create_function() argument 'name'") { title in
        withDatabase(t, a[0]) { database in
            let flags = SQLITE_UTF8 | (isDeterministic == 1 ? SQLITE_DETERMINISTIC : 0)
            let code = a[3].isNone ? sqlite.sqlite3_create_function_v2(database.pointee.db, title, count, flags, nil, nil, nil, nil, nil)
                : sqlite.sqlite3_create_function_v2(database.pointee.db, title, count, flags, makeCallbackRecord(database, a[3]), functionCall, nil, nil, freeCallbackRecord)
            if code != SQLITE_OK { return raise(t, DatabaseError.operational, "Error creating function") }
            return keepCallable(t, a[0], "function", a[1], Int(count), a[3]) ? .none : .raised
        }
    }
}

func connection_createAggregate(_ t: Thread, _ a: Values) -> Value {
    guard let count = asInt32(t, a[2]) else { return .raised }
    return withSQLiteText(t, a[1], "create_aggregate() argument 'name'") { title in
        withDatabase(t, a[0]) { database in
            let code = a[3].isNone ? sqlite.sqlite3_create_function_v2(database.pointee.db, title, count, SQLITE_UTF8, nil, nil, nil, nil, nil)
                : sqlite.sqlite3_create_function_v2(database.pointee.db, title, count, SQLITE_UTF8, makeCallbackRecord(database, a[3]), nil, aggregateStep, aggregateFinal, freeCallbackRecord)
            if code != SQLITE_OK { return raise(t, DatabaseError.operational, "Error creating aggregate") }
            return keepCallable(t, a[0], "function", a[1], Int(count), a[3]) ? .none : .raised
        }
    }
}

func connection_createWindowFunction(_ t: Thread, _ a: Values) -> Value {
    guard let count = asInt32(t, a[2]) else { return .raised }
    return withSQLiteText(t, a[1], "create_window_function() argument 1") { title in
        withDatabase(t, a[0]) { database in
            let code = a[3].isNone ? sqlite.sqlite3_create_window_function(database.pointee.db, title, count, SQLITE_UTF8, nil, nil, nil, nil, nil, nil)
                : sqlite.sqlite3_create_window_function(database.pointee.db, title, count, SQLITE_UTF8, makeCallbackRecord(database, a[3]), aggregateStep, aggregateFinal,
                                                        aggregateValue, aggregateInverse, freeCallbackRecord)
            if code != SQLITE_OK { return raise(t, DatabaseError.programming, String(cString: sqlite.sqlite3_errstr(code).unsafelyUnwrapped)) }
            return keepCallable(t, a[0], "function", a[1], Int(count), a[3]) ? .none : .raised
        }
    }
}
