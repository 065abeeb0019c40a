// Whole databases: backup into another connection, serialize and deserialize.

import CSQLite
import LadonLibrary
import Glibc

/// Takes the locks of two databases. Whoever must wait for one holds none meanwhile: signals' handlers run in the wait, and other
/// threads may want both in the other order.
private func enterBoth(_ t: Thread, _ a: DatabasePointer, _ b: DatabasePointer) {
    var (first, second) = (a, b)
    while true {
        first.enter(t)
        if second.enterIfFree(t) { return }
        first.leave(t)
        (first, second) = (second, first)
    }
}

func connection_backup(_ t: Thread, _ a: Values) -> Value {
    let v = a[0], target = a[1], progress = a[3]
    if !target.isCell || !isSubtype(typeOf(target), connectionType) {
        return raise(t, .typeError, "backup() argument 'target' must be sqlite3.Connection, not \(target.isNone ? "None" : typeName(target))")
    }
    guard var pages = asInt32(t, a[2]) else { return .raised }
    guard let sleep = a[5].isMissing ? 0.25 : asDouble(t, a[5]) else { return .raised }
    return withSQLiteText(t, a[4], "backup() argument 'name'") { title in
        if !isUsable(t, v) { return .raised }
        if target == v { return raise(t, .valueError, "target cannot be the same connection instance") }
        if !isUsable(t, target) { return .raised }
        if !progress.isNone && !isCallable(progress) { return raise(t, .typeError, "progress argument must be a callable") }
        if pages == 0 { pages = -1 }
        let source = v.database, destination = target.database
        /// Both locks are held for a step, none while the progress callback runs or a lock of a file is waited for.
        func underLocks<R>(_ body: () -> R) -> R {
            enterBoth(t, source, destination)
            let r = source.run(t, for: v) { body() }
            source.leave(t)
            destination.leave(t)
            return r
        }
        enterBoth(t, source, destination)
        let backup = destination.run(t, for: target) { sqlite.sqlite3_backup_init(destination.pointee.db, "main", source.pointee.db, title) }
        if backup == nil { raiseFailure(t, destination.pointee.db) }
        source.leave(t)
        destination.leave(t)
        guard let backup else { return .raised }
        var code = SQLITE_OK
        repeat {
            code = underLocks { sqlite.sqlite3_backup_step(backup, pages) }
            if !progress.isNone && call(t, progress, makeInt(t, code), makeInt(t, sqlite.sqlite3_backup_remaining(backup)),
                                        makeInt(t, sqlite.sqlite3_backup_pagecount(backup))).isRaised {
                _ = underLocks { sqlite.sqlite3_backup_finish(backup) }
                return .raised
            }
            if code == SQLITE_BUSY || code == SQLITE_LOCKED {
                let end = ladon_monotonic() + (sleep > 0 ? UInt64(min(sleep, 1e9) * 1e9) : 0)
                while sleepUntil(t, end) == .interrupted {
                    if !safepoint(t) {
                        _ = underLocks { sqlite.sqlite3_backup_finish(backup) }
                        return .raised
                    }
                }
            }
        } while code == SQLITE_OK || code == SQLITE_BUSY || code == SQLITE_LOCKED
        enterBoth(t, source, destination)
        defer {
            source.leave(t)
            destination.leave(t)
        }
        code = destination.run(t, for: target) { sqlite.sqlite3_backup_finish(backup) }
        return code == SQLITE_OK ? .none : raiseFailure(t, destination.pointee.db)
    }
}

func connection_serialize(_ t: Thread, _ a: Values) -> Value {
    withSQLiteText(t, a[1], "serialize() argument 'name'") { title in
        withDatabase(t, a[0]) { database in
            // An in-memory database's own pages are copied once; others SQLite copies into memory of ours to free.
            var size: Int64 = 0
            if let pages = sqlite.sqlite3_serialize(database.pointee.db, title, &size, UInt32(SQLITE_SERIALIZE_NOCOPY)) { return makeBytes(t, pages, Int(size)) }
            guard let copy = database.run(t, for: a[0], { sqlite.sqlite3_serialize(database.pointee.db, title, &size, 0) }) else {
                return raise(t, DatabaseError.operational, "unable to serialize '\(String(cString: title))'")
            }
            let v = makeBytes(t, copy, Int(size))
            sqlite.sqlite3_free(copy)
            return v
        }
    }
}

func connection_deserialize(_ t: Thread, _ a: Values) -> Value {
    withSQLiteText(t, a[2], "deserialize() argument 'name'") { title in
        var buffer = LadonBuffer()
        let given = a[1].isStr ? encodeString(t, a[1], encoding: .missing, errors: .missing) : a[1]
        if given.isRaised || getBuffer(t, given, &buffer) < 0 { return .raised }
        defer { releaseBuffer(t, &buffer) }
        return withDatabase(t, a[0]) { database in
            let size = Int64(buffer.length)
            guard let copy = sqlite.sqlite3_malloc64(UInt64(max(size, 1))) else { return raiseMemoryError(t) }
            memcpy(copy, buffer.bytes, buffer.length)
            let flags = UInt32(SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_RESIZEABLE)
            // SQLite frees the copy in any case.
            let code = database.run(t, for: a[0]) {
                sqlite.sqlite3_deserialize(database.pointee.db, title, copy.assumingMemoryBound(to: UInt8.self), size, size, flags)
            }
            if code == SQLITE_OK { return .none }
            raiseFailure(t, database.pointee.db)
            return t.pointee.exception.bits != 0 ? .raised : raise(t, DatabaseError.operational, String(cString: sqlite.sqlite3_errstr(code).unsafelyUnwrapped))
        }
    }
}
