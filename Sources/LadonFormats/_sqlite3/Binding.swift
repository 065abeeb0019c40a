// Values for a statement's parameters: adapted to what SQLite stores, then bound.

import CSQLite
import LadonLibrary
import Glibc

/// The module's dicts of adapters and converters, and the protocol's type: roots.
enum SQLiteRoot: Int {
    case adapters, converters, protocolType, count
    var value: Value { roots[rawValue] }
    func set(_ v: Value) { roots[rawValue] = v }
}
nonisolated(unsafe) private let roots: Values = makeRoots(SQLiteRoot.count.rawValue)

/// An adapter for int, float, str or bytearray has been registered: before, those need no look-up. Set once, never cleared.
nonisolated(unsafe) var adaptsBasicTypes = false

/// SQLite copies what it is given with this "destructor".
let sqliteCopies = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

/// Calls a method of PEP 246. None: there is none, or it has no answer.
private func askToAdapt(_ t: Thread, _ object: Value, _ method: Value, _ argument: Value) -> Value {
    if !object.isCell { return .none }
    let f = getAttributeOrMissing(t, object, method)
    if f.isMissing { return .none }
    if f.isRaised { return f }
    let adapted = call(t, f, argument)
    // Not callable in this way: no such protocol.
    if adapted.isRaised && exceptionMatches(t, .typeError) {
        clearException(t)
        return .none
    }
    return adapted
}

/// PEP 246's way: a registered adapter, the protocol's `__adapt__`, the object's `__conform__`. `alternative` may be `.missing`.
func adaptValue(_ t: Thread, _ v: Value, _ wanted: Value, _ alternative: Value) -> Value {
    let key = makeTuple(t, typeOf(v).value, wanted)
    if key.isRaised { return key }
    let adapter = dictGet(t, SQLiteRoot.adapters.value, key)
    if adapter.isRaised { return adapter }
    if !adapter.isMissing { return call(t, adapter, v) }
    var adapted = askToAdapt(t, wanted, internStatic(t, "__adapt__"), v)
    if adapted.isNone { adapted = askToAdapt(t, v, internStatic(t, "__conform__"), wanted) }
    if !adapted.isNone { return adapted }
    return alternative.isMissing ? raise(t, DatabaseError.programming, "can't adapt") : alternative
}

private func needsAdapting(_ v: Value) -> Bool {
    if adaptsBasicTypes { return true }
    return !(v.isSmallInt || v.isNone || v.isExactly(.int) || v.isExactly(.str) || isExactFloat(v) || v.isExactly(.bytearray))
}
private func isExactFloat(_ v: Value) -> Bool { isFloat(v) && typeOf(v) == builtinType(.float) }

private enum Bound { case done, failed, unsupported }

/// Binds one value. `.failed`: raised, or SQLite has the reason.
private func bind(_ t: Thread, _ statement: OpaquePointer, _ position: Int32, _ v: Value) -> Bound {
    if v.isNone { return sqlite.sqlite3_bind_null(statement, position) == SQLITE_OK ? .done : .failed }
    if isInt(v) {
        guard let n = wordOf(v) else {
            _ = raise(t, .overflowError, "Python int too large to convert to SQLite INTEGER")
            return .failed
        }
        return sqlite.sqlite3_bind_int64(statement, position, Int64(n)) == SQLITE_OK ? .done : .failed
    }
    if isFloat(v) {
        guard let d = asDouble(t, v) else { return .failed }
        return sqlite.sqlite3_bind_double(statement, position, d) == SQLITE_OK ? .done : .failed
    }
    if v.isStr {
        let encoded = encodeString(t, v, encoding: .missing, errors: .missing)
        if encoded.isRaised { return .failed }
        if encoded.bytesCount > Int(Int32.max) {
            _ = raise(t, .overflowError, "string longer than INT_MAX bytes")
            return .failed
        }
        let text = UnsafeRawPointer(encoded.bytesData).assumingMemoryBound(to: CChar.self)
        let code = sqlite.sqlite3_bind_text64(statement, position, text, UInt64(encoded.bytesCount), sqliteCopies, UInt8(SQLITE_UTF8))
        encoded.keepAlive
        return code == SQLITE_OK ? .done : .failed
    }
    if !supportsBuffer(v) { return .unsupported }
    var buffer = LadonBuffer()
    if getBuffer(t, v, &buffer) < 0 { return .failed }
    defer { releaseBuffer(t, &buffer) }
    if buffer.length > Int(Int32.max) {
        _ = raise(t, .overflowError, "BLOB longer than INT_MAX bytes")
        return .failed
    }
    // A null pointer would bind NULL.
    let data: UnsafeRawPointer = buffer.data.map { UnsafeRawPointer($0) } ?? UnsafeRawPointer(bitPattern: 8).unsafelyUnwrapped
    return sqlite.sqlite3_bind_blob64(statement, position, data, UInt64(buffer.length), sqliteCopies) == SQLITE_OK ? .done : .failed
}

/// The value for a parameter, from a sequence by its place or from a mapping by its name.
private func parameter(_ t: Thread, _ statement: OpaquePointer, _ i: Int, _ given: Value, isMapping: Bool) -> Value {
    if !isMapping {
        if isTuple(given) { return given.tupleItems[i] }
        return getItem(t, given, Value(smallInt: i))
    }
    guard let title = sqlite.sqlite3_bind_parameter_name(statement, Int32(i + 1)) else {
        return raise(t, DatabaseError.programming, "Binding \(i + 1) has no name, but you supplied a dictionary (which has only names).")
    }
    let text = String(cString: title + 1)
    let v = getItem(t, given, makeString(t, text))
    if v.isRaised && exceptionMatches(t, .lookupError) {
        clearException(t)
        return raise(t, DatabaseError.programming, "You did not supply a value for binding parameter :\(text).")
    }
    return v
}

/// Binds all parameters. False: raised. Python code runs (adapters), so the lock is taken for each value only; the cursor's
/// claim keeps others off the statement.
func bindParameters(_ t: Thread, _ connection: Value, _ v: Value, _ given: Value) -> Bool {
    guard let statement = v.statement else { return true }
    let database = connection.database
    let needed = Int(sqlite.sqlite3_bind_parameter_count(statement))
    let isSequence = isTuple(given) || isList(given) || (!isDict(given) && LadonRuntime.isSequence(given))
    let isMapping = !isSequence && given.isCell && typeOf(given).has(.getItem)
    if !isSequence && !isMapping {
        raise(t, DatabaseError.programming, "parameters are of unsupported type")
        return false
    }
    if isSequence {
        let count = length(t, given)
        if count < 0 { return false }
        if count != needed {
            raise(t, DatabaseError.programming, "Incorrect number of bindings supplied. The current statement uses \(needed), and there are \(count) supplied.")
            return false
        }
    }
    for i in 0..<needed {
        var value = parameter(t, statement, i, given, isMapping: isMapping)
        if value.isRaised { return false }
        if needsAdapting(value) {
            value = adaptValue(t, value, SQLiteRoot.protocolType.value, value)
            if value.isRaised { return false }
        }
        database.enter(t)
        defer { database.leave(t) }
        guard v.statement != nil, database.pointee.db != nil else {
            raise(t, DatabaseError.programming, "Cannot operate on a closed database.")
            return false
        }
        switch bind(t, statement, Int32(i + 1), value) {
        case .done: break
        case .failed:
            raiseFailure(t, database.pointee.db)
            return false
        case .unsupported:
            raise(t, DatabaseError.programming, "Error binding parameter \(i + 1): type '\(typeName(value))' is not supported")
            return false
        }
    }
    return true
}

/// An int as a word, bool among them; nil for one that is too large.
func wordOf(_ v: Value) -> Int? { v.isBool ? (v == Value(true) ? 1 : 0) : intAsWord(v) }
