// The module `_sqlite3`, over the system's SQLite; the library's package `sqlite3` lies above it.

import CSQLite
import LadonLibrary
import Glibc

/// `connect(...)`: calls the factory with all that it was given.
private func connect(_ t: Thread, _ a: Values) -> Value {
    let positional = a[1], keywords = a[2]
    var factory = dictGet(t, keywords, internStatic(t, "factory"))
    if factory.isRaised { return factory }
    if factory.isMissing { factory = positional.tupleCount > 5 ? positional.tupleItems[5] : connectionType.value }
    return callWithTuple(t, factory, positional, keywords)
}

private func sqlite_registerAdapter(_ t: Thread, _ a: Values) -> Value {
    if [TypeID.int, .float, .str, .bytearray].contains(where: { a[1] == builtinType($0).value }) { adaptsBasicTypes = true }
    let key = makeTuple(t, a[1], SQLiteRoot.protocolType.value)
    return key.isRaised || dictSet(t, SQLiteRoot.adapters.value, key, a[2]) < 0 ? .raised : .none
}

private func sqlite_registerConverter(_ t: Thread, _ a: Values) -> Value {
    if !a[1].isStr { return raise(t, .typeError, "register_converter() argument 1 must be str, not \(a[1].isNone ? "None" : typeName(a[1]))") }
    let key = callMethod(t, a[1], internStatic(t, "upper"))
    return key.isRaised || dictSet(t, SQLiteRoot.converters.value, key, a[2]) < 0 ? .raised : .none
}

private func protocolDefinition() -> TypeDefinition {
    TypeDefinition(nil, "sqlite3.PrepareProtocol", doc: "PEP 246 style object adaption protocol type.",
                   slots: [.call(.new, { t, type, _, _, _ in allocateInstance(t, type.asType) }), .call(.initialize, { _, _, _, _, _ in .none })], members: [.ownModule])
}

/// Types and dicts are made with the first import and stay: native code knows them.
private func makeTypes(_ t: Thread) -> Bool {
    if connectionType != nil { return true }
    func type(_ d: TypeDefinition) -> TypePointer {
        let p = installType(t, d)
        makeImmortal(p.value)
        return p
    }
    let adapters = makeDict(t), converters = makeDict(t)
    if adapters.isRaised || converters.isRaised { return false }
    SQLiteRoot.adapters.set(adapters)
    SQLiteRoot.converters.set(converters)
    SQLiteRoot.protocolType.set(type(protocolDefinition()).value)
    makeDatabaseErrors(t)
    statementType = type(statementDefinition())
    cursorType = type(cursorDefinition())
    rowType = type(rowDefinition())
    blobType = type(blobDefinition())
    connectionType = type(connectionDefinition())
    return true
}

private func sqlite_initialize(_ t: Thread, _ a: Values) -> Value {
    if let problem = ladon_load_sqlite() { return raise(t, .importError, String(cString: problem)) }
    if sqlite.sqlite3_initialize() != SQLITE_OK { return raise(t, .importError, "sqlite3: unable to initialize the library") }
    if !makeTypes(t) { return .raised }
    let m = a[0]
    for (n, v) in [("Connection", connectionType), ("Cursor", cursorType), ("Row", rowType), ("Blob", blobType)] as [(StaticString, TypePointer?)]
    where !setModuleName(t, m, n, v.unsafelyUnwrapped.value) { return .raised }
    for e in DatabaseError.allCases where !setModuleName(t, m, e.row.title, e.type) { return .raised }
    for (n, v) in codeNames where !setModuleName(t, m, n, Value(smallInt: v)) { return .raised }
    // DB-API's levels for SQLite's three ways of being built: single-threaded, multi-threaded, serialized.
    let safety = [0: 0, 2: 1, 1: 3][Int(sqlite.sqlite3_threadsafe())] ?? 0
    let isSet = setModuleName(t, m, "PrepareProtocol", SQLiteRoot.protocolType.value) && setModuleName(t, m, "adapters", SQLiteRoot.adapters.value)
        && setModuleName(t, m, "converters", SQLiteRoot.converters.value) && setModuleName(t, m, "threadsafety", Value(smallInt: safety))
        && setModuleName(t, m, "sqlite_version", makeString(t, String(cString: sqlite.sqlite3_libversion().unsafelyUnwrapped)))
    return isSet ? .none : .raised
}

/// The module `_sqlite3`.
public func sqliteModule() -> ModuleDefinition {
    ModuleDefinition("_sqlite3", members: [
        .method("connect", "($module, /, *args, **kwargs)", connect,
                "Opens a connection to the SQLite database file database.\n\nYou can use \":memory:\" to open a database connection to a database that resides\nin RAM instead of on disk."),
        .method("complete_statement", "($module, /, statement)", { t, a in
            withSQLiteText(t, a[1], "complete_statement() argument 'statement'") { Value(sqlite.sqlite3_complete($0) != 0) }
        }, "Checks if a string contains a complete SQL statement."),
        .method("enable_callback_tracebacks", "($module, enable, /)", { t, a in
            guard let wanted = asInt32(t, a[1]) else { return .raised }
            showsCallbackErrors = wanted != 0
            return .none
        }, "Enable or disable callback functions throwing errors to stderr."),
        .method("enable_shared_cache", "($module, /, do_enable)", { t, a in
            guard let wanted = asInt32(t, a[1]) else { return .raised }
            return sqlite.sqlite3_enable_shared_cache(wanted) == SQLITE_OK ? .none : raise(t, DatabaseError.operational, "Changing the shared_cache flag failed")
        }, "Enable or disable shared cache mode for the calling thread."),
        .method("register_adapter", "($module, type, adapter, /)", sqlite_registerAdapter, "Register a function to adapt Python objects to SQLite values."),
        .method("register_converter", "($module, typename, converter, /)", sqlite_registerConverter, "Register a function to convert SQLite values to Python objects."),
        .method("adapt", "($module, obj, proto=PrepareProtocolType, alt=<unrepresentable>, /)", { t, a in
            adaptValue(t, a[1], a[2].isMissing ? SQLiteRoot.protocolType.value : a[2], a[3])
        }, "Adapt given object to given protocol."),
        .constant("PARSE_DECLTYPES") { _, _ in Value(smallInt: 1) },
        .constant("PARSE_COLNAMES") { _, _ in Value(smallInt: 2) },
        .constant("version") { t, _ in makeString(t, "2.6.0" as StaticString) },
    ], initialize: sqlite_initialize)
}
