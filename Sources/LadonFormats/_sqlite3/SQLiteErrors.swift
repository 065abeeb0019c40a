// The exceptions of `_sqlite3`, SQLite's codes by name, and how a failure becomes an exception.

import CSQLite
import LadonLibrary
import Glibc

enum DatabaseError: Int, CaseIterable {
    case warning, error, interface, database, data, operational, integrity, `internal`, programming, notSupported

    /// Its name in the module, and what it derives from (Exception for the first two).
    var row: (title: StaticString, fullName: StaticString, base: DatabaseError?) {
        switch self {
        case .warning: return ("Warning", "sqlite3.Warning", nil)
        case .error: return ("Error", "sqlite3.Error", nil)
        case .interface: return ("InterfaceError", "sqlite3.InterfaceError", .error)
        case .database: return ("DatabaseError", "sqlite3.DatabaseError", .error)
        case .data: return ("DataError", "sqlite3.DataError", .database)
        case .operational: return ("OperationalError", "sqlite3.OperationalError", .database)
        case .integrity: return ("IntegrityError", "sqlite3.IntegrityError", .database)
        case .internal: return ("InternalError", "sqlite3.InternalError", .database)
        case .programming: return ("ProgrammingError", "sqlite3.ProgrammingError", .database)
        case .notSupported: return ("NotSupportedError", "sqlite3.NotSupportedError", .database)
        }
    }

    var type: Value { databaseErrorTypes[rawValue] }
}

/// The exceptions' types: made with the first import, immortal.
nonisolated(unsafe) private let databaseErrorTypes: Values = makeRoots(DatabaseError.allCases.count)

func makeDatabaseErrors(_ t: Thread) {
    for e in DatabaseError.allCases {
        let row = e.row
        let base = row.base.map { $0.type.asType } ?? builtinType(.exception)
        let type = installType(t, TypeDefinition(nil, row.fullName, base: .exception, flags: [.baseType]), base: base)
        databaseErrorTypes[e.rawValue] = type.value
    }
}

@discardableResult func raise(_ t: Thread, _ e: DatabaseError, _ message: String) -> Value {
    let v = call(t, e.type, makeString(t, message))
    return v.isRaised ? v : raiseValue(t, v)
}

/// Raises what SQLite says went wrong with the last call. Under the database's lock. Nothing is raised when nothing did.
@discardableResult func raiseFailure(_ t: Thread, _ db: OpaquePointer?) -> Value {
    if t.pointee.exception.bits != 0 { return .raised }
    let kind: DatabaseError
    switch sqlite.sqlite3_errcode(db) & 0xFF {
    case SQLITE_OK: return .raised
    case SQLITE_NOMEM: return raiseMemoryError(t)
    case SQLITE_INTERNAL, SQLITE_NOTFOUND: kind = .internal
    case SQLITE_ERROR, SQLITE_PERM, SQLITE_ABORT, SQLITE_BUSY, SQLITE_LOCKED, SQLITE_READONLY, SQLITE_INTERRUPT, SQLITE_IOERR, SQLITE_FULL,
         SQLITE_CANTOPEN, SQLITE_PROTOCOL, SQLITE_EMPTY, SQLITE_SCHEMA: kind = .operational
    case SQLITE_TOOBIG: kind = .data
    case SQLITE_CONSTRAINT, SQLITE_MISMATCH: kind = .integrity
    case SQLITE_MISUSE, SQLITE_RANGE: kind = .interface
    default: kind = .database
    }
    let code = sqlite.sqlite3_extended_errcode(db)
    let message = String(cString: sqlite.sqlite3_errmsg(db).unsafelyUnwrapped)
    let title = codeNames.first { $0.1 == Int(code) && !isNoResult($0.0) }?.0
    let v = call(t, kind.type, makeString(t, message))
    if v.isRaised || setAttribute(t, v, internStatic(t, "sqlite_errorcode"), Value(smallInt: Int(code))) < 0
        || setAttribute(t, v, internStatic(t, "sqlite_errorname"), title.map { internStatic(t, $0) } ?? makeString(t, "unknown")) < 0 { return .raised }
    return raiseValue(t, v)
}

/// Results that are errors come before actions, limits and answers of the authorizer, which share small numbers with them.
private func isNoResult(_ n: StaticString) -> Bool {
    let text = "\(n)"
    return actionNames.contains(text) || text.hasPrefix("SQLITE_LIMIT_")
}
private let actionNames: Set<String> = [
    "SQLITE_CREATE_INDEX", "SQLITE_CREATE_TABLE", "SQLITE_CREATE_TEMP_INDEX", "SQLITE_CREATE_TEMP_TABLE", "SQLITE_CREATE_TEMP_TRIGGER",
    "SQLITE_CREATE_TEMP_VIEW", "SQLITE_CREATE_TRIGGER", "SQLITE_CREATE_VIEW", "SQLITE_DELETE", "SQLITE_DROP_INDEX", "SQLITE_DROP_TABLE",
    "SQLITE_DROP_TEMP_INDEX", "SQLITE_DROP_TEMP_TABLE", "SQLITE_DROP_TEMP_TRIGGER", "SQLITE_DROP_TEMP_VIEW", "SQLITE_DROP_TRIGGER",
    "SQLITE_DROP_VIEW", "SQLITE_INSERT", "SQLITE_PRAGMA", "SQLITE_READ", "SQLITE_SELECT", "SQLITE_TRANSACTION", "SQLITE_UPDATE",
    "SQLITE_ATTACH", "SQLITE_DETACH", "SQLITE_ALTER_TABLE", "SQLITE_REINDEX", "SQLITE_ANALYZE", "SQLITE_CREATE_VTABLE", "SQLITE_DROP_VTABLE",
    "SQLITE_FUNCTION", "SQLITE_SAVEPOINT", "SQLITE_RECURSIVE", "SQLITE_DENY", "SQLITE_IGNORE",
]

/// The module's constants.
let codeNames: [(StaticString, Int)] = [
    ("SQLITE_ABORT", 4), ("SQLITE_ABORT_ROLLBACK", 516), ("SQLITE_ALTER_TABLE", 26), ("SQLITE_ANALYZE", 28), ("SQLITE_ATTACH", 24),
    ("SQLITE_AUTH", 23), ("SQLITE_AUTH_USER", 279), ("SQLITE_BUSY", 5), ("SQLITE_BUSY_RECOVERY", 261), ("SQLITE_BUSY_SNAPSHOT", 517),
    ("SQLITE_BUSY_TIMEOUT", 773), ("SQLITE_CANTOPEN", 14), ("SQLITE_CANTOPEN_CONVPATH", 1038), ("SQLITE_CANTOPEN_DIRTYWAL", 1294),
    ("SQLITE_CANTOPEN_FULLPATH", 782), ("SQLITE_CANTOPEN_ISDIR", 526), ("SQLITE_CANTOPEN_NOTEMPDIR", 270),
    ("SQLITE_CANTOPEN_SYMLINK", 1550), ("SQLITE_CONSTRAINT", 19), ("SQLITE_CONSTRAINT_CHECK", 275),
    ("SQLITE_CONSTRAINT_COMMITHOOK", 531), ("SQLITE_CONSTRAINT_FOREIGNKEY", 787), ("SQLITE_CONSTRAINT_FUNCTION", 1043),
    ("SQLITE_CONSTRAINT_NOTNULL", 1299), ("SQLITE_CONSTRAINT_PINNED", 2835), ("SQLITE_CONSTRAINT_PRIMARYKEY", 1555),
    ("SQLITE_CONSTRAINT_ROWID", 2579), ("SQLITE_CONSTRAINT_TRIGGER", 1811), ("SQLITE_CONSTRAINT_UNIQUE", 2067),
    ("SQLITE_CONSTRAINT_VTAB", 2323), ("SQLITE_CORRUPT", 11), ("SQLITE_CORRUPT_INDEX", 779), ("SQLITE_CORRUPT_SEQUENCE", 523),
    ("SQLITE_CORRUPT_VTAB", 267), ("SQLITE_CREATE_INDEX", 1), ("SQLITE_CREATE_TABLE", 2), ("SQLITE_CREATE_TEMP_INDEX", 3),
    ("SQLITE_CREATE_TEMP_TABLE", 4), ("SQLITE_CREATE_TEMP_TRIGGER", 5), ("SQLITE_CREATE_TEMP_VIEW", 6), ("SQLITE_CREATE_TRIGGER", 7),
    ("SQLITE_CREATE_VIEW", 8), ("SQLITE_CREATE_VTABLE", 29), ("SQLITE_DELETE", 9), ("SQLITE_DENY", 1), ("SQLITE_DETACH", 25),
    ("SQLITE_DONE", 101), ("SQLITE_DROP_INDEX", 10), ("SQLITE_DROP_TABLE", 11), ("SQLITE_DROP_TEMP_INDEX", 12),
    ("SQLITE_DROP_TEMP_TABLE", 13), ("SQLITE_DROP_TEMP_TRIGGER", 14), ("SQLITE_DROP_TEMP_VIEW", 15), ("SQLITE_DROP_TRIGGER", 16),
    ("SQLITE_DROP_VIEW", 17), ("SQLITE_DROP_VTABLE", 30), ("SQLITE_EMPTY", 16), ("SQLITE_ERROR", 1),
    ("SQLITE_ERROR_MISSING_COLLSEQ", 257), ("SQLITE_ERROR_RETRY", 513), ("SQLITE_ERROR_SNAPSHOT", 769), ("SQLITE_FORMAT", 24),
    ("SQLITE_FULL", 13), ("SQLITE_FUNCTION", 31), ("SQLITE_IGNORE", 2), ("SQLITE_INSERT", 18), ("SQLITE_INTERNAL", 2),
    ("SQLITE_INTERRUPT", 9), ("SQLITE_IOERR", 10), ("SQLITE_IOERR_ACCESS", 3338), ("SQLITE_IOERR_AUTH", 7178),
    ("SQLITE_IOERR_BEGIN_ATOMIC", 7434), ("SQLITE_IOERR_BLOCKED", 2826), ("SQLITE_IOERR_CHECKRESERVEDLOCK", 3594),
    ("SQLITE_IOERR_CLOSE", 4106), ("SQLITE_IOERR_COMMIT_ATOMIC", 7690), ("SQLITE_IOERR_CONVPATH", 6666),
    ("SQLITE_IOERR_CORRUPTFS", 8458), ("SQLITE_IOERR_DATA", 8202), ("SQLITE_IOERR_DELETE", 2570),
    ("SQLITE_IOERR_DELETE_NOENT", 5898), ("SQLITE_IOERR_DIR_CLOSE", 4362), ("SQLITE_IOERR_DIR_FSYNC", 1290),
    ("SQLITE_IOERR_FSTAT", 1802), ("SQLITE_IOERR_FSYNC", 1034), ("SQLITE_IOERR_GETTEMPPATH", 6410), ("SQLITE_IOERR_LOCK", 3850),
    ("SQLITE_IOERR_MMAP", 6154), ("SQLITE_IOERR_NOMEM", 3082), ("SQLITE_IOERR_RDLOCK", 2314), ("SQLITE_IOERR_READ", 266),
    ("SQLITE_IOERR_ROLLBACK_ATOMIC", 7946), ("SQLITE_IOERR_SEEK", 5642), ("SQLITE_IOERR_SHMLOCK", 5130),
    ("SQLITE_IOERR_SHMMAP", 5386), ("SQLITE_IOERR_SHMOPEN", 4618), ("SQLITE_IOERR_SHMSIZE", 4874), ("SQLITE_IOERR_SHORT_READ", 522),
    ("SQLITE_IOERR_TRUNCATE", 1546), ("SQLITE_IOERR_UNLOCK", 2058), ("SQLITE_IOERR_VNODE", 6922), ("SQLITE_IOERR_WRITE", 778),
    ("SQLITE_LIMIT_ATTACHED", 7), ("SQLITE_LIMIT_COLUMN", 2), ("SQLITE_LIMIT_COMPOUND_SELECT", 4), ("SQLITE_LIMIT_EXPR_DEPTH", 3),
    ("SQLITE_LIMIT_FUNCTION_ARG", 6), ("SQLITE_LIMIT_LENGTH", 0), ("SQLITE_LIMIT_LIKE_PATTERN_LENGTH", 8),
    ("SQLITE_LIMIT_SQL_LENGTH", 1), ("SQLITE_LIMIT_TRIGGER_DEPTH", 10), ("SQLITE_LIMIT_VARIABLE_NUMBER", 9),
    ("SQLITE_LIMIT_VDBE_OP", 5), ("SQLITE_LIMIT_WORKER_THREADS", 11), ("SQLITE_LOCKED", 6), ("SQLITE_LOCKED_SHAREDCACHE", 262),
    ("SQLITE_LOCKED_VTAB", 518), ("SQLITE_MISMATCH", 20), ("SQLITE_MISUSE", 21), ("SQLITE_NOLFS", 22), ("SQLITE_NOMEM", 7),
    ("SQLITE_NOTADB", 26), ("SQLITE_NOTFOUND", 12), ("SQLITE_NOTICE", 27), ("SQLITE_NOTICE_RECOVER_ROLLBACK", 539),
    ("SQLITE_NOTICE_RECOVER_WAL", 283), ("SQLITE_OK", 0), ("SQLITE_OK_LOAD_PERMANENTLY", 256), ("SQLITE_OK_SYMLINK", 512),
    ("SQLITE_PERM", 3), ("SQLITE_PRAGMA", 19), ("SQLITE_PROTOCOL", 15), ("SQLITE_RANGE", 25), ("SQLITE_READ", 20),
    ("SQLITE_READONLY", 8), ("SQLITE_READONLY_CANTINIT", 1288), ("SQLITE_READONLY_CANTLOCK", 520), ("SQLITE_READONLY_DBMOVED", 1032),
    ("SQLITE_READONLY_DIRECTORY", 1544), ("SQLITE_READONLY_RECOVERY", 264), ("SQLITE_READONLY_ROLLBACK", 776),
    ("SQLITE_RECURSIVE", 33), ("SQLITE_REINDEX", 27), ("SQLITE_ROW", 100), ("SQLITE_SAVEPOINT", 32), ("SQLITE_SCHEMA", 17),
    ("SQLITE_SELECT", 21), ("SQLITE_TOOBIG", 18), ("SQLITE_TRANSACTION", 22), ("SQLITE_UPDATE", 23), ("SQLITE_WARNING", 28),
    ("SQLITE_WARNING_AUTOINDEX", 284),
]
