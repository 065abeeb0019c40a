// The module `_csv`: its surface, and the registry of dialects.

import LadonTypes

/// The registered dialects: a dict, `_csv._dialects`.
private let csvDialects = PerInterpreter<Value>(.dialects)
/// The longest field that a reader takes, in all interpreters.
nonisolated(unsafe) var csvFieldLimit = 128 * 1024

/// Types of the module and its exception; made once.
struct CSVTypes {
    var dialect: TypePointer?
    var reader: TypePointer?
    var writer: TypePointer?
    var error: TypePointer?
}
nonisolated(unsafe) var csvTypes = CSVTypes()

func raiseCSVError(_ t: Thread, _ message: String) -> Value {
    let e = call(t, csvTypes.error.unsafelyUnwrapped.value, makeString(t, message))
    return e.isRaised ? e : raiseValue(t, e)
}

/// A registered dialect by name. 0: raised.
func csvDialect(_ t: Thread, named name: Value) -> Value {
    let found = dictGet(t, csvDialects[t].pointee, name)
    return found.isMissing ? raiseCSVError(t, "unknown dialect") : found
}

/// A Dialect made of a dialect (or .missing) and keyword arguments. 0: raised.
func makeDialect(_ t: Thread, _ dialect: Value, _ keywords: Value) -> Value {
    let type = csvTypes.dialect.unsafelyUnwrapped.value
    return callWithTuple(t, type, dialect.isMissing ? ladon_runtime.emptyTuple : makeTuple(t, dialect), keywords)
}

/// `(first[, dialect])` out of *args. False: raised.
private func checkCount(_ t: Thread, _ args: Value) -> Bool {
    let n = args.tupleCount
    if n < 1 { raise(t, .typeError, " expected at least 1 argument, got 0"); return false }
    if n > 2 { raise(t, .typeError, " expected at most 2 arguments, got \(n)"); return false }
    return true
}

private func csv_reader(_ t: Thread, _ a: Values) -> Value {
    if !checkCount(t, a[0]) { return .raised }
    let input = iterate(t, a[0].tupleItems[0])
    if input.isRaised { return input }
    let dialect = makeDialect(t, a[0].tupleCount > 1 ? a[0].tupleItems[1] : .missing, a[1])
    return dialect.isRaised ? dialect : makeCSVReader(t, input, dialect)
}

private func csv_writer(_ t: Thread, _ a: Values) -> Value {
    if !checkCount(t, a[0]) { return .raised }
    let write = getAttributeOrMissing(t, a[0].tupleItems[0], internStatic(t, "write"))
    if write.isRaised { return write }
    if write.isMissing || !typeOf(write).has(.call) { return raise(t, .typeError, "argument 1 must have a \"write\" method") }
    let dialect = makeDialect(t, a[0].tupleCount > 1 ? a[0].tupleItems[1] : .missing, a[1])
    return dialect.isRaised ? dialect : makeCSVWriter(t, write, dialect)
}

private func csv_register(_ t: Thread, _ a: Values) -> Value {
    if !checkCount(t, a[0]) { return .raised }
    let key = a[0].tupleItems[0]
    if !isInstanceOf(key, .str) { return raise(t, .typeError, "dialect name must be a string") }
    let dialect = makeDialect(t, a[0].tupleCount > 1 ? a[0].tupleItems[1] : .missing, a[1])
    return dialect.isRaised || dictSet(t, csvDialects[t].pointee, key, dialect) < 0 ? .raised : .none
}

private func csv_unregister(_ t: Thread, _ a: Values) -> Value {
    let gone = dictDelete(t, csvDialects[t].pointee, a[0])
    if gone < 0 { return .raised }
    return gone == 0 ? raiseCSVError(t, "unknown dialect") : .none
}

private func csv_limit(_ t: Thread, _ a: Values) -> Value {
    let old = csvFieldLimit
    if !a[0].isMissing {
        if !isInt(a[0]) || a[0].isBool { return raise(t, .typeError, "limit must be an integer") }
        guard let limit = asLong(t, a[0]) else { return .raised }
        csvFieldLimit = limit
    }
    return makeInt(t, old)
}

private let moduleDoc: StaticString = "CSV parsing and writing.\n\nReading and writing of files with comma-separated values, as PEP 305 describes them.\nA dialect collects the rules: delimiter, quotechar, escapechar, doublequote,\nskipinitialspace, lineterminator, quoting and strict.\n"
private let readerDoc: StaticString = "reader(iterable [, dialect='excel'] [, optional keyword arguments])\n\nAn iterator over the rows of the lines that the iterable gives."
private let writerDoc: StaticString = "writer(fileobj [, dialect='excel'] [, optional keyword arguments])\n\nAn object that writes rows to anything with a write method."

public func csvModule() -> ModuleDefinition {
    ModuleDefinition("_csv", doc: moduleDoc, members: [
        .method("reader", "(*args, **kwargs)", csv_reader, readerDoc),
        .method("writer", "(*args, **kwargs)", csv_writer, writerDoc),
        .method("register_dialect", "(*args, **kwargs)", csv_register,
                "Create a mapping from a string name to a dialect class.\n    dialect = csv.register_dialect(name[, dialect[, **fmtparams]])"),
        .method("unregister_dialect", "(name)", csv_unregister,
                "Delete the name/dialect mapping associated with a string name.\n\n    csv.unregister_dialect(name)"),
        .method("get_dialect", "(name)", { t, a in csvDialect(t, named: a[0]) },
                "Return the dialect instance associated with name.\n\n    dialect = csv.get_dialect(name)"),
        .method("list_dialects", "()", { t, a in dictKeysToList(t, csvDialects[t].pointee) },
                "Return a list of all known dialect names.\n\n    names = csv.list_dialects()"),
        .method("field_size_limit", "(new_limit=<unrepresentable>)", csv_limit,
                "Sets an upper limit on parsed fields.\n\n    csv.field_size_limit([limit])\n\nReturns old limit. If limit is not given, no new limit is set and\nthe old limit is returned"),
        .constant("__version__", { t, a in makeString(t, "1.0") }),
        .constant("QUOTE_MINIMAL", { t, a in .zero }),
        .constant("QUOTE_ALL", { t, a in .one }),
        .constant("QUOTE_NONNUMERIC", { t, a in Value(smallInt: 2) }),
        .constant("QUOTE_NONE", { t, a in Value(smallInt: 3) }),
    ], initialize: { t, a in
        let dict = a[0].cell(as: ModuleCell.self).pointee.dict
        csvDialects[t].pointee = makeDict(t)
        func add(_ label: StaticString, _ definition: TypeDefinition) -> TypePointer {
            let type = installType(t, definition)
            makeImmortal(type.value)
            _ = dictSet(t, dict, internStatic(t, label), type.value)
            return type
        }
        csvTypes.dialect = add("Dialect", dialectDefinition())
        csvTypes.reader = add("Reader", csvReaderDefinition())
        csvTypes.writer = add("Writer", csvWriterDefinition())
        csvTypes.error = add("Error", TypeDefinition(nil, "_csv.Error", base: .exception, flags: [.baseType]))
        return dictSet(t, dict, internStatic(t, "_dialects"), csvDialects[t].pointee) < 0 ? .raised : .none
    })
}
