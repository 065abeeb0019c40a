// `sqlite3.Blob`: a large value read and written in place, as a file and as a sequence of bytes.
// The connection's lock guards the place in it too.

import CSQLite
import LadonLibrary
import Glibc

struct BlobCell {
    var header: CellHeader
    var connection: Value
    // raw
    var handle: HandlePointer?
    var position: Int
}

nonisolated(unsafe) var blobType: TypePointer! = nil

extension Value {
    fileprivate var asBlob: UnsafeMutablePointer<BlobCell> { cell(as: BlobCell.self) }
}

func blobDefinition() -> TypeDefinition {
    TypeDefinition(nil, "sqlite3.Blob", flags: [.hasFinalizer, .disallowInstantiation, .weakReferenceable], size: MemoryLayout<BlobCell>.size,
                   layout: Layout(prefix: 1, base: MemoryLayout<BlobCell>.size / 8, flags: [.container, .finalizable]),
                   slots: [
                       .unary(.finalize, { t, v in
                           if let h = v.asBlob.pointee.handle {
                               v.asBlob.pointee.handle = nil
                               h.pointee.database.abandon(t, h)
                           }
                           return .none
                       }),
                       .unary(.length, { t, v in withBlob(t, v) { _, blob in Value(smallInt: size(blob)) } }),
                       .binary(.getItem, blob_getItem), .ternary(.setItem, blob_setItem),
                       // Items alone would make it iterable.
                       .unary(.iter, { t, v in raise(t, .typeError, "'\(typeName(v))' object is not iterable") }),
                       .binary(.contains, { t, v, _ in raise(t, .typeError, "argument of type '\(typeName(v))' is not iterable") }),
                   ],
                   members: [
                       .ownModule,
                       .method("close", "(self, /)", { t, a in closeBlob(t, a[0]) }, "Close the blob."),
                       .method("__enter__", "(self, /)", { t, a in withBlob(t, a[0]) { _, _ in a[0] } }, "Blob context manager enter."),
                       .method("__exit__", "(self, type, val, tb, /)", { t, a in
                           let r = withBlob(t, a[0]) { _, _ in .none }
                           return r.isRaised || closeBlob(t, a[0]).isRaised ? .raised : Value(false)
                       }, "Blob context manager exit."),
                       .method("read", "(self, length=-1, /)", blob_read, "Read data at the current offset position."),
                       .method("write", "(self, data, /)", blob_write, "Write data at the current offset."),
                       .method("seek", "(self, offset, origin=0, /)", blob_seek, "Set the current access position to offset."),
                       .method("tell", "(self, /)", { t, a in withBlob(t, a[0]) { _, _ in Value(smallInt: a[0].asBlob.pointee.position) } },
                               "Return the current access position for the blob."),
                   ])
}

/// Runs `body` with an open blob, its connection's lock held.
private func withBlob(_ t: Thread, _ v: Value, _ body: (DatabasePointer, OpaquePointer) -> Value) -> Value {
    withDatabase(t, v.asBlob.pointee.connection) { database in
        guard let blob = v.asBlob.pointee.handle?.pointee.pointer else { return raise(t, DatabaseError.programming, "Cannot operate on a closed blob.") }
        return body(database, blob)
    }
}

private func size(_ blob: OpaquePointer) -> Int { Int(sqlite.sqlite3_blob_bytes(blob)) }

private func closeBlob(_ t: Thread, _ v: Value) -> Value {
    withDatabase(t, v.asBlob.pointee.connection) { database in
        if let h = v.asBlob.pointee.handle { database.close(t, h, for: v.asBlob.pointee.connection) }
        return .none
    }
}

func connection_blobOpen(_ t: Thread, _ a: Values) -> Value {
    let row = index(t, a[3])
    if row.isRaised { return row }
    guard let id = intAsWord(row) else { return raise(t, .overflowError, "int too big to convert") }
    let isReadOnly = isTrue(t, a[4])
    if isReadOnly < 0 { return .raised }
    return withSQLiteText(t, a[1], "blobopen() argument 1") { table in
        withSQLiteText(t, a[2], "blobopen() argument 2") { column in
            withSQLiteText(t, a[5], "blobopen() argument 'name'") { title in
                withDatabase(t, a[0]) { database in
                    let v = allocateInstance(t, blobType)
                    if v.isRaised { return v }
                    var blob: OpaquePointer?
                    let code = database.run(t, for: a[0]) { sqlite.sqlite3_blob_open(database.pointee.db, title, table, column, Int64(id), isReadOnly == 1 ? 0 : 1, &blob) }
                    if code != SQLITE_OK { return raiseFailure(t, database.pointee.db) }
                    v.asBlob.pointee.connection = a[0]
                    v.asBlob.pointee.handle = database.add(.blob, blob)
                    return v
                }
            }
        }
    }
}

// MARK: bytes


private func readBytes(_ t: Thread, _ v: Value, _ database: DatabasePointer, _ blob: OpaquePointer, _ at: Int, _ count: Int) -> Value {
    guard count > 0 else { return emptyBytes }
    guard let memory = malloc(count) else { return raiseMemoryError(t) }
    defer { free(memory) }
    let code = database.run(t, for: v.asBlob.pointee.connection) { sqlite.sqlite3_blob_read(blob, memory, Int32(count), Int32(at)) }
    return code == SQLITE_OK ? makeBytes(t, memory, count) : raiseFailure(t, database.pointee.db)
}

private func writeBytes(_ t: Thread, _ v: Value, _ database: DatabasePointer, _ blob: OpaquePointer, _ data: UnsafeRawPointer, _ at: Int, _ count: Int) -> Bool {
    let code = database.run(t, for: v.asBlob.pointee.connection) { sqlite.sqlite3_blob_write(blob, data, Int32(count), Int32(at)) }
    if code != SQLITE_OK { _ = raiseFailure(t, database.pointee.db) }
    return code == SQLITE_OK
}

private func blob_read(_ t: Thread, _ a: Values) -> Value {
    guard let wanted = asInt32(t, a[1]) else { return .raised }
    return withBlob(t, a[0]) { database, blob in
        let c = a[0].asBlob, rest = size(blob) - c.pointee.position
        let count = wanted < 0 || Int(wanted) > rest ? rest : Int(wanted)
        let v = readBytes(t, a[0], database, blob, c.pointee.position, count)
        if !v.isRaised { c.pointee.position += count }
        return v
    }
}

private func blob_write(_ t: Thread, _ a: Values) -> Value {
    var buffer = LadonBuffer()
    if getBuffer(t, a[1], &buffer) < 0 { return .raised }
    defer { releaseBuffer(t, &buffer) }
    return withBlob(t, a[0]) { database, blob in
        let c = a[0].asBlob
        if buffer.length > size(blob) - c.pointee.position { return raise(t, .valueError, "data longer than blob length") }
        if !writeBytes(t, a[0], database, blob, buffer.bytes, c.pointee.position, buffer.length) { return .raised }
        c.pointee.position += buffer.length
        return .none
    }
}

private func blob_seek(_ t: Thread, _ a: Values) -> Value {
    guard let offset = asInt32(t, a[1]), let origin = asInt32(t, a[2]) else { return .raised }
    return withBlob(t, a[0]) { _, blob in
        let c = a[0].asBlob
        var at = Int(offset)
        switch origin {
        case 0: break
        case 1: at += c.pointee.position
        case 2: at += size(blob)
        default: return raise(t, .valueError, "'origin' should be os.SEEK_SET, os.SEEK_CUR, or os.SEEK_END")
        }
        if at > Int(Int32.max) { return raise(t, .overflowError, "seek offset results in overflow") }
        if at < 0 || at > size(blob) { return raise(t, .valueError, "offset out of blob range") }
        c.pointee.position = at
        return .none
    }
}

/// An index within the blob. nil: raised.
private func place(_ t: Thread, _ key: Value, _ blob: OpaquePointer) -> Int? {
    let n = index(t, key)
    if n.isRaised { return nil }
    guard var i = intAsWord(n) else {
        _ = raise(t, .indexError, "cannot fit 'int' into an index-sized integer")
        return nil
    }
    if i < 0 { i += size(blob) }
    if i >= 0 && i < size(blob) { return i }
    _ = raise(t, .indexError, "Blob index out of range")
    return nil
}

private func blob_getItem(_ t: Thread, _ v: Value, _ key: Value) -> Value {
    withBlob(t, v) { database, blob in
        if isInstanceOf(key, .slice) {
            guard let s = sliceIndices(t, key, size(blob)) else { return .raised }
            if s.count == 0 { return emptyBytes }
            let low = s.step > 0 ? s.start : s.start + (s.count - 1) * s.step
            let all = readBytes(t, v, database, blob, low, (s.count - 1) * abs(s.step) + 1)
            if all.isRaised || s.step == 1 { return all }
            let bytes = (0..<s.count).map { all.bytesData[s.start + $0 * s.step - low] }
            all.keepAlive
            return bytes.withUnsafeBytes { makeBytes(t, $0.baseAddress.unsafelyUnwrapped, $0.count) }
        }
        if !key.isSmallInt && !(key.isCell && typeOf(key).has(.index)) { return raise(t, .typeError, "Blob indices must be integers") }
        guard let i = place(t, key, blob) else { return .raised }
        let one = readBytes(t, v, database, blob, i, 1)
        return one.isRaised ? one : Value(smallInt: Int(one.bytesData[0]))
    }
}

private func blob_setItem(_ t: Thread, _ v: Value, _ key: Value, _ value: Value) -> Value {
    withBlob(t, v) { database, blob in
        if isInstanceOf(key, .slice) {
            if value.isMissing { return raise(t, .typeError, "Blob doesn't support slice deletion") }
            guard let s = sliceIndices(t, key, size(blob)) else { return .raised }
            var buffer = LadonBuffer()
            if s.count == 0 { return .none }
            if getBuffer(t, value, &buffer) < 0 { return .raised }
            defer { releaseBuffer(t, &buffer) }
            if buffer.length != s.count { return raise(t, .indexError, "Blob slice assignment is wrong size") }
            if s.step == 1 { return writeBytes(t, v, database, blob, buffer.bytes, s.start, s.count) ? .none : .raised }
            let low = s.step > 0 ? s.start : s.start + (s.count - 1) * s.step
            let all = readBytes(t, v, database, blob, low, (s.count - 1) * abs(s.step) + 1)
            if all.isRaised { return all }
            // A fresh bytes object that nobody else has.
            for i in 0..<s.count { all.bytesData[s.start + i * s.step - low] = buffer.bytes[i] }
            let isWritten = writeBytes(t, v, database, blob, all.bytesData, low, all.bytesCount)
            all.keepAlive
            return isWritten ? .none : .raised
        }
        if !key.isSmallInt && !(key.isCell && typeOf(key).has(.index)) { return raise(t, .typeError, "Blob indices must be integers") }
        if value.isMissing { return raise(t, .typeError, "Blob doesn't support item deletion") }
        guard let i = place(t, key, blob) else { return .raised }
        if !isInt(value) { return raise(t, .typeError, "'\(typeName(value))' object cannot be interpreted as an integer") }
        guard let n = wordOf(value), n >= 0, n < 256 else { return raise(t, .valueError, "byte must be in range(0, 256)") }
        var byte = UInt8(n)
        return writeBytes(t, v, database, blob, &byte, i, 1) ? .none : .raised
    }
}
