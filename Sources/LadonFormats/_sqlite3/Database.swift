// An open database, apart from the cells that refer to it: what is locked, and who calls SQLite.
//
// Locks. SQLite itself is built to be called by several threads, but a result, its error message and the values beside it
// (changes, last row) are several calls. So each database has a lock that its thread may take again (callbacks use the
// database too); it is held from a call of SQLite until all that belongs to it has been read, and guards the handles' list,
// the statement cache and the statements' claims. No Python code runs under it but what SQLite calls back.
// A cursor has one more (Cursor.swift), taken before the database's.
//
// SQLite waits for locks of files and of its own, so what may wait is called detached (`run`). Callbacks attach
// (`attached`). Finalisers can't wait for the lock: they leave what they would close to the next thread that takes it.

import CSQLite
import LadonLibrary
import Glibc

typealias DatabasePointer = UnsafeMutablePointer<Database>
typealias HandlePointer = UnsafeMutablePointer<DatabaseHandle>

struct Database {
    /// nil: closed.
    var db: OpaquePointer?
    /// The thread that holds the lock, and how often.
    var owner: UInt
    var depth: UInt32
    var mutex: UInt32
    /// The connection on whose behalf SQLite runs, which keeps the callbacks' callables; 0 outside of `run`.
    var active: Value
    /// The connection's cell and the handles.
    var count: UInt
    /// The open statements and blobs.
    var handles: HandlePointer?
    /// Those whose cells died while another thread held the lock: pushed by compare and swap.
    var doomed: UInt
}

/// A statement or blob: its cell may outlive the database and the other way round.
struct DatabaseHandle {
    enum Kind { case statement, blob }
    var kind: Kind
    /// nil: closed, with its database or by itself.
    var pointer: OpaquePointer?
    var database: DatabasePointer
    var next: HandlePointer?
    var previous: HandlePointer?
    var nextDoomed: UInt
}

extension UnsafeMutablePointer where Pointee == Database {
    private var mutex: NativeMutex { NativeMutex(UnsafeMutableRawPointer(self) + MemoryLayout<Database>.offset(of: \Database.mutex).unsafelyUnwrapped) }
    private var doomedWord: UnsafeMutableRawPointer { UnsafeMutableRawPointer(self) + MemoryLayout<Database>.offset(of: \Database.doomed).unsafelyUnwrapped }
    private var ownerWord: UnsafeMutableRawPointer { UnsafeMutableRawPointer(self) + MemoryLayout<Database>.offset(of: \Database.owner).unsafelyUnwrapped }
    private func setOwner(_ t: Thread?) { ladon_store_relaxed(ownerWord, UInt(bitPattern: t)) }
    /// Asked without the lock as well: nobody but the thread itself makes it true or false.
    private func isMine(_ t: Thread) -> Bool { ladon_load_relaxed(ownerWord) == UInt(bitPattern: t) }
    /// Whether this thread holds the lock: it is inside of a callback.
    func isHeld(by t: Thread) -> Bool { isMine(t) }

    /// Takes the lock, for what can't fail.
    func enter(_ t: Thread) {
        if !isMine(t) { mutex.acquireUninterrupted(t) }
        entered(t)
    }

    /// Takes the lock. False: a signal's handler raised while this waited.
    func tryEnter(_ t: Thread) -> Bool {
        if !isMine(t) && !acquireOrRaise(t, mutex) { return false }
        entered(t)
        return true
    }

    /// Takes the lock unless another thread has it.
    func enterIfFree(_ t: Thread) -> Bool {
        if !isMine(t) && !mutex.tryAcquire() { return false }
        entered(t)
        return true
    }

    private func entered(_ t: Thread) {
        setOwner(t)
        pointee.depth += 1
        if ladon_load_acquire(doomedWord) != 0 { closeDoomed(t) }
    }

    func leave(_ t: Thread) {
        pointee.depth -= 1
        if pointee.depth == 0 {
            setOwner(nil)
            mutex.release(t)
        }
    }

    /// Calls SQLite detached, for a connection. Under the lock.
    @discardableResult func run<Result>(_ t: Thread, for connection: Value, _ body: () -> Result) -> Result {
        let outer = pointee.active
        pointee.active = connection
        let result = blocking(t, body)
        pointee.active = outer
        connection.keepAlive
        return result
    }

    // MARK: handles

    /// Under the lock.
    func add(_ kind: DatabaseHandle.Kind, _ pointer: OpaquePointer?) -> HandlePointer {
        let h = HandlePointer.allocate(capacity: 1)
        h.initialize(to: DatabaseHandle(kind: kind, pointer: pointer, database: self, next: pointee.handles, previous: nil, nextDoomed: 0))
        pointee.handles?.pointee.previous = h
        pointee.handles = h
        _ = ladon_fetch_add(&pointee.count, 1)
        return h
    }

    /// Closes what a handle stands for; the handle stays. Under the lock.
    func close(_ t: Thread, _ h: HandlePointer, for connection: Value) {
        guard let pointer = h.pointee.pointer else { return }
        h.pointee.pointer = nil
        run(t, for: connection) {
            switch h.pointee.kind {
            case .statement: _ = sqlite.sqlite3_finalize(pointer)
            case .blob: _ = sqlite.sqlite3_blob_close(pointer)
            }
        }
    }

    /// Closes the database with all its handles. Under the lock.
    func closeAll(_ t: Thread, for connection: Value) {
        var h = pointee.handles
        while let handle = h {
            close(t, handle, for: connection)
            h = handle.pointee.next
        }
        guard let db = pointee.db else { return }
        pointee.db = nil
        run(t, for: connection) { _ = sqlite.sqlite3_close_v2(db) }
    }

    private func unlink(_ h: HandlePointer) {
        if let p = h.pointee.previous { p.pointee.next = h.pointee.next } else { pointee.handles = h.pointee.next }
        h.pointee.next?.pointee.previous = h.pointee.previous
        h.deallocate()
    }

    private func closeDoomed(_ t: Thread) {
        var next = HandlePointer(bitPattern: ladon_exchange(doomedWord, 0))
        while let h = next {
            next = HandlePointer(bitPattern: h.pointee.nextDoomed)
            close(t, h, for: .raised)
            unlink(h)
            // The cell that has this database is alive: it is not the last one.
            _ = ladon_fetch_add(&pointee.count, UInt.max)
        }
    }

    /// The handle's cell is dead.
    func abandon(_ t: Thread, _ h: HandlePointer) {
        if isMine(t) || mutex.tryAcquire() {
            if !isMine(t) { setOwner(t) }
            pointee.depth += 1
            close(t, h, for: .raised)
            unlink(h)
            leave(t)
            release(t)
            return
        }
        repeat { h.pointee.nextDoomed = ladon_load_acquire(doomedWord) } while !ladon_cas(doomedWord, h.pointee.nextDoomed, UInt(bitPattern: h))
    }

    /// The connection's cell, or a handle, is gone; with the last the database is closed.
    func release(_ t: Thread) {
        if ladon_fetch_add(&pointee.count, UInt.max) != 1 { return }
        closeDoomed(t)
        if let db = pointee.db { blocking(t) { _ = sqlite.sqlite3_close_v2(db) } }
        deallocate()
    }
}

func makeDatabase(_ db: OpaquePointer) -> DatabasePointer {
    let d = DatabasePointer.allocate(capacity: 1)
    d.initialize(to: Database(db: db, owner: 0, depth: 0, mutex: 0, active: Value(bits: 0), count: 1, handles: nil, doomed: 0))
    return d
}

/// Takes a mutex. Nothing can be waited for while a signal waits for its handler: so the main thread runs handlers meanwhile.
/// False: one raised, and the mutex is not held.
func acquireOrRaise(_ t: Thread, _ mutex: NativeMutex) -> Bool {
    while mutex.acquire(t) != .woken {
        if !safepoint(t) { return false }
    }
    return true
}

/// Runs `body` attached: the way from a callback of SQLite into Python.
///
/// Values that only registers held when SQLite was called have been saved in the thread's state; detaching again saves the
/// registers of this frame, which goes away before SQLite returns. So the state gets the former ones back; the stack
/// pointer may stay the deeper one.
@inline(never) func attached<Result>(_ body: (Thread) -> Result) -> Result {
    let t = ladon_get_current_thread().unsafelyUnwrapped
    let registers = t.pointee.savedRegisters
    attach(t)
    let result = body(t)
    detach(t)
    t.pointee.savedRegisters = registers
    return result
}
