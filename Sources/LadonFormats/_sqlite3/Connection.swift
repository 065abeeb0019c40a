// The cell of `sqlite3.Connection`, its table, and the checks before each use.

import CSQLite
import LadonLibrary
import Glibc

struct ConnectionCell {
    var header: CellHeader
    var rowFactory: Value
    var textFactory: Value
    /// Statements by their text, in the order of use (a dict).
    var cache: Value
    /// What SQLite may call, by kind, name and number of arguments (a dict): keeps it alive.
    var callables: Value
    /// Running aggregates by number (a dict).
    var aggregates: Value
    var authorizer: Value
    var progress: Value
    var trace: Value
    // raw
    /// nil: `__init__` has not been called, or failed. The fields from here on change with it, in `__init__`.
    var database: DatabasePointer?
    var cacheSize: Int
    var nextAggregate: Int
    var threadID: UInt
    var detectTypes: Int32
    var isolation: IsolationLevel
    var isThreadChecked: Bool
}

/// How transactions begin; `none`: not by themselves.
enum IsolationLevel: UInt8, CaseIterable {
    case usual, deferred, immediate, exclusive, none
    var text: StaticString {
        switch self {
        case .usual, .none: return ""
        case .deferred: return "DEFERRED"
        case .immediate: return "IMMEDIATE"
        case .exclusive: return "EXCLUSIVE"
        }
    }
}

typealias ConnectionPointer = UnsafeMutablePointer<ConnectionCell>

nonisolated(unsafe) var connectionType: TypePointer! = nil

extension Value {
    var asConnection: ConnectionPointer { cell(as: ConnectionCell.self) }
    /// A connection's database, after the check that it has one.
    var database: DatabasePointer { asConnection.pointee.database.unsafelyUnwrapped }
}

/// Whether the connection is open. False: raised.
func isOpen(_ t: Thread, _ v: Value) -> Bool {
    guard let database = v.asConnection.pointee.database else {
        raise(t, DatabaseError.programming, "Base Connection.__init__ not called.")
        return false
    }
    if database.pointee.db == nil {
        raise(t, DatabaseError.programming, "Cannot operate on a closed database.")
        return false
    }
    return true
}

/// Whether this thread may use the connection. False: raised.
func isRightThread(_ t: Thread, _ v: Value) -> Bool {
    let c = v.asConnection
    if c.pointee.database == nil || !c.pointee.isThreadChecked || c.pointee.threadID == t.pointee.ident { return true }
    raise(t, DatabaseError.programming, "SQLite objects created in a thread can only be used in that same thread. "
        + "The object was created in thread id \(c.pointee.threadID) and this is thread id \(t.pointee.ident).")
    return false
}

func isUsable(_ t: Thread, _ v: Value) -> Bool { isRightThread(t, v) && isOpen(t, v) }

/// Runs `body` with a usable connection's lock held.
func withDatabase(_ t: Thread, _ v: Value, _ body: (DatabasePointer) -> Value) -> Value {
    if !isUsable(t, v) { return .raised }
    let database = v.database
    if !database.tryEnter(t) { return .raised }
    defer { database.leave(t) }
    // Another thread may have closed it while this one waited.
    if !isOpen(t, v) { return .raised }
    return body(database)
}

private func errorMembers() -> [NativeMember] {
    [
        .member("Warning", get: { _, _ in DatabaseError.warning.type }, set: readOnly), .member("Error", get: { _, _ in DatabaseError.error.type }, set: readOnly),
        .member("InterfaceError", get: { _, _ in DatabaseError.interface.type }, set: readOnly),
        .member("DatabaseError", get: { _, _ in DatabaseError.database.type }, set: readOnly),
        .member("DataError", get: { _, _ in DatabaseError.data.type }, set: readOnly),
        .member("OperationalError", get: { _, _ in DatabaseError.operational.type }, set: readOnly),
        .member("IntegrityError", get: { _, _ in DatabaseError.integrity.type }, set: readOnly),
        .member("InternalError", get: { _, _ in DatabaseError.internal.type }, set: readOnly),
        .member("ProgrammingError", get: { _, _ in DatabaseError.programming.type }, set: readOnly),
        .member("NotSupportedError", get: { _, _ in DatabaseError.notSupported.type }, set: readOnly),
    ]
}

func readOnly(_ t: Thread, _ a: Values) -> Value { raise(t, .attributeError, "readonly attribute") }

/// A member that holds any object: None before `__init__` and after deletion.
private func field(_ p: UnsafeMutablePointer<Value>) -> Value {
    let v = loadSlot(p)
    return v.bits == 0 ? .none : v
}

func connectionDefinition() -> TypeDefinition {
    TypeDefinition(nil, "sqlite3.Connection", flags: [.baseType, .hasFinalizer, .weakReferenceable], doc: "SQLite database connection object.",
                   size: MemoryLayout<ConnectionCell>.size, layout: Layout(prefix: 8, base: MemoryLayout<ConnectionCell>.size / 8, flags: [.container, .finalizable]),
                   slots: [.call(.new, { t, type, _, _, _ in allocateInstance(t, type.asType) }), .unary(.finalize, { t, v in
                       if let database = v.asConnection.pointee.database {
                           v.asConnection.pointee.database = nil
                           database.release(t)
                       }
                       return .none
                   }), .call(.call, connection_call)],
                   members: errorMembers() + [
                       .ownModule,
                       .method("__init__", "(self, /, database, timeout=5.0, detect_types=0, isolation_level='', check_same_thread=True, factory=None, cached_statements=128, uri=False)",
                               connection_init),
                       .method("backup", "(self, /, target, *, pages=-1, progress=None, name='main', sleep=0.25)", connection_backup, "Makes a backup of the database."),
                       .method("close", "(self, /)", connection_close, "Close the database connection.\n\nAny pending transaction is not committed implicitly."),
                       .method("commit", "(self, /)", connection_commit, "Commit any pending transaction to the database.\n\nIf there is no open transaction, this method is a no-op."),
                       .method("rollback", "(self, /)", connection_rollback, "Roll back to the start of any pending transaction.\n\nIf there is no open transaction, this method is a no-op."),
                       .method("create_aggregate", "(self, /, name, n_arg, aggregate_class)", connection_createAggregate, "Creates a new aggregate."),
                       .method("create_collation", "(self, name, callback, /)", connection_createCollation, "Creates a collation function."),
                       .method("create_function", "(self, /, name, narg, func, *, deterministic=False)", connection_createFunction, "Creates a new function."),
                       .method("create_window_function", "(self, name, num_params, aggregate_class, /)", connection_createWindowFunction,
                               "Creates or redefines an aggregate window function. Non-standard."),
                       .method("cursor", "(self, /, factory=<unrepresentable>)", connection_cursor, "Return a cursor for the connection."),
                       .method("enable_load_extension", "(self, enable, /)", connection_enableLoadExtension, "Enable dynamic loading of SQLite extension modules."),
                       .method("load_extension", "(self, name, /)", connection_loadExtension, "Load SQLite extension module."),
                       .method("__enter__", "(self, /)", { t, a in isUsable(t, a[0]) ? a[0] : .raised },
                               "Called when the connection is used as a context manager.\n\nReturns itself as a convenience to the caller."),
                       .method("__exit__", "(self, type, value, traceback, /)", connection_exit,
                               "Called when the connection is used as a context manager.\n\nIf there was any exception, a rollback takes place; otherwise we commit."),
                       .method("execute", "(self, sql, parameters=<unrepresentable>, /)", { t, a in viaCursor(t, a, "execute") }, "Executes an SQL statement."),
                       .method("executemany", "(self, sql, parameters, /)", { t, a in viaCursor(t, a, "executemany") }, "Repeatedly executes an SQL statement."),
                       .method("executescript", "(self, sql_script, /)", connection_executescript, "Executes multiple SQL statements at once."),
                       .method("interrupt", "(self, /)", connection_interrupt, "Abort any pending database operation."),
                       .method("iterdump", "(self, /)", connection_iterdump, "Returns iterator to the dump of the database in an SQL text format."),
                       .method("set_authorizer", "(self, /, authorizer_callback)", connection_setAuthorizer, "Sets authorizer callback."),
                       .method("set_progress_handler", "(self, /, progress_handler, n)", connection_setProgressHandler, "Sets progress handler callback."),
                       .method("set_trace_callback", "(self, /, trace_callback)", connection_setTraceCallback,
                               "Sets a trace callback called for each SQL statement (passed as unicode)."),
                       .method("setlimit", "(self, category, limit, /)", connection_setLimit, "Set connection run-time limits."),
                       .method("getlimit", "(self, category, /)", connection_getLimit, "Get connection run-time limits."),
                       .method("serialize", "(self, /, *, name='main')", connection_serialize, "Serialize a database into a byte string."),
                       .method("deserialize", "(self, data, /, *, name='main')", connection_deserialize, "Load a serialized database."),
                       .method("blobopen", "(self, table, column, row, /, *, readonly=False, name='main')", connection_blobOpen, "Open and return a BLOB object."),
                       .member("row_factory", get: { _, a in field(&a[0].asConnection.pointee.rowFactory) }, set: { _, a in
                           storeSlot(&a[0].asConnection.pointee.rowFactory, a[1].isMissing ? .none : a[1])
                           return .none
                       }),
                       .member("text_factory", get: { _, a in field(&a[0].asConnection.pointee.textFactory) }, set: { _, a in
                           storeSlot(&a[0].asConnection.pointee.textFactory, a[1].isMissing ? .none : a[1])
                           return .none
                       }),
                       .attribute("isolation_level", get: connection_isolationLevel, set: connection_setIsolationLevel),
                       .attribute("total_changes", get: { t, a in isOpen(t, a[0]) ? makeInt(t, Int(sqlite.sqlite3_total_changes64(a[0].database.pointee.db))) : .raised }),
                       .attribute("in_transaction", get: { t, a in isOpen(t, a[0]) ? Value(sqlite.sqlite3_get_autocommit(a[0].database.pointee.db) == 0) : .raised }),
                   ])
}
