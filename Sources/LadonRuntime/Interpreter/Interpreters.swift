// The interpreters of the process: the main one and those made later. What they share is the heap, the built-in types
// and those of native modules, shapes, interned strings; everything else hangs off their InterpreterState.
//
// The list is guarded by `registry.mutex` (held over no call that could block or allocate) and changes only while the
// main interpreter lives. An interpreter that is being ended is no longer listed.

import LadonCore

public typealias Interpreter = UnsafeMutablePointer<InterpreterState>

private struct Registry {
    var mutex = RawMutex()
    var first: Interpreter?
    var nextID = 0
    /// Import locks of ended interpreters (RuntimeLocks are never freed), for those to come.
    var spareLocks: (RuntimeLock?, RuntimeLock?, RuntimeLock?, RuntimeLock?) = (nil, nil, nil, nil)
}

nonisolated(unsafe) private let registry: UnsafeMutablePointer<Registry> = {
    let p = UnsafeMutablePointer<Registry>.allocate(capacity: 1)
    p.initialize(to: Registry())
    return p
}()

@inline(__always) private func locked<Result>(_ body: () -> Result) -> Result {
    ladon_mutex_lock(&registry.pointee.mutex)
    let result = body()
    ladon_mutex_unlock(&registry.pointee.mutex)
    return result
}

/// A new interpreter's state with empty values, its roots registered, in no list. `lock`: the GIL of its threads.
private func makeState(_ lock: UnsafeMutablePointer<ExecutionLock>) -> Interpreter {
    let state = UnsafeMutableRawPointer.allocate(byteCount: MemoryLayout<InterpreterState>.size, alignment: 16)
    state.initializeMemory(as: UInt8.self, repeating: 0, count: MemoryLayout<InterpreterState>.size)
    let p = state.assumingMemoryBound(to: InterpreterState.self)
    p.pointee.recursionLimit = 1000
    p.pointee.intMaxStringDigits = 4300
    p.pointee.flags = StartFlags()
    p.pointee.executionLock = lock
    p.pointee.states = .allocate(capacity: StateSlot.allCases.count)
    p.pointee.states.initialize(repeating: nil, count: StateSlot.allCases.count)
    addRootRange(state.assumingMemoryBound(to: Value.self), count: InterpreterState.valueCount)
    return p
}

/// Gives it its id and lets others find it.
public func enlistInterpreter(_ p: Interpreter) {
    locked {
        p.pointee.id = registry.pointee.nextID
        registry.pointee.nextID += 1
        // In the order of their ids.
        var last = registry.pointee.first
        while let next = last?.pointee.next { last = next }
        if let last { last.pointee.next = p } else { registry.pointee.first = p }
    }
}

/// Makes the main interpreter and gives it to `t`.
public func makeMainInterpreter(_ t: Thread) {
    let p = makeState(t.pointee.executionLock.unsafelyUnwrapped)
    p.pointee.importLock = makeRuntimeLock()
    p.pointee.isRunningMain = 1
    enlistInterpreter(p)
    ladon_runtime.interpreterCount = 1
    t.pointee.interpreter = OpaquePointer(p)
}

/// Makes one more interpreter, with nothing in it yet and in no list.
public func makeInterpreter(_ t: Thread) -> Interpreter {
    let p = makeState(makeExecutionLock())
    let spare: RuntimeLock? = locked {
        let found = registry.pointee.spareLocks.0
        registry.pointee.spareLocks = (registry.pointee.spareLocks.1, registry.pointee.spareLocks.2, registry.pointee.spareLocks.3, nil)
        return found
    }
    p.pointee.importLock = spare ?? makeRuntimeLock()
    changeInterpreterCount(t, by: 1)
    return p
}

/// Whether there has ever been more than the main interpreter.
public var hadSeveralInterpreters: Bool { registry.pointee.nextID > 1 }

public var mainInterpreter: Interpreter { registry.pointee.first.unsafelyUnwrapped }

/// The listed interpreter with that id. It may be ended by others at any time, unless the caller runs in it.
public func interpreter(withID id: Int) -> Interpreter? {
    locked {
        var p = registry.pointee.first
        while let found = p, found.pointee.id != id { p = found.pointee.next }
        return p
    }
}

/// Calls `body` with each of them, under the mutex: it must not block or allocate.
public func forEachInterpreter(_ body: (Interpreter) -> Void) {
    locked {
        var p = registry.pointee.first
        while let found = p {
            body(found)
            p = found.pointee.next
        }
    }
}

/// What became of a claim on an interpreter.
public enum InterpreterClaim { case granted, absent, running }

/// Claims the interpreter for code in its `__main__`; it is not ended until `releaseInterpreter`.
public func claimInterpreter(_ id: Int, _ found: inout Interpreter?) -> InterpreterClaim {
    locked {
        var p = registry.pointee.first
        while let other = p, other.pointee.id != id { p = other.pointee.next }
        guard let p else { return .absent }
        found = p
        return ladon_cas32(&p.pointee.isRunningMain, 0, 1) ? .granted : .running
    }
}

public func releaseInterpreter(_ p: Interpreter) { ladon_store32_release(&p.pointee.isRunningMain, 0) }

/// Counts Interpreter objects. The number now; nil: no such interpreter.
public func countInterpreterReferences(_ id: Int, by n: Int) -> Int? {
    locked {
        var p = registry.pointee.first
        while let found = p, found.pointee.id != id { p = found.pointee.next }
        guard let p else { return nil }
        p.pointee.references += n
        return p.pointee.references
    }
}

/// Takes an interpreter, claimed by the caller, out of the list: nobody finds it any more. Who has borrowed it is waited for.
public func delistInterpreter(_ t: Thread, _ p: Interpreter) {
    locked {
        var previous = registry.pointee.first.unsafelyUnwrapped
        while previous.pointee.next != p { previous = previous.pointee.next.unsafelyUnwrapped }
        previous.pointee.next = p.pointee.next
    }
    while ladon_load32_acquire(&p.pointee.borrowers) != 0 { _ = sleepUntil(t, ladon_monotonic() + 200_000) }
}

/// Drops the roots of an interpreter that is no longer listed: the next collection takes what only it had. Its
/// record is freed unless threads of it are left, which sleep for ever.
public func dropInterpreter(_ t: Thread, _ p: Interpreter) {
    removeRootRange(UnsafeMutableRawPointer(p).assumingMemoryBound(to: Value.self))
    var hasThreads = false
    forEachThread(t) { if $0.pointee.interpreter == OpaquePointer(p) { hasThreads = true } }
    changeInterpreterCount(t, by: -1)
    if hasThreads { return }
    freeRecord(p)
}

private func freeRecord(_ p: Interpreter) {
    dropStates(p)
    freeExecutionLock(p.pointee.executionLock)
    p.pointee.importLock.pointee.word = 0
    p.pointee.importLock.pointee.owner = nil
    locked {
        let spare = registry.pointee.spareLocks
        registry.pointee.spareLocks = (p.pointee.importLock, spare.0, spare.1, spare.2)
    }
    UnsafeMutableRawPointer(p).deallocate()
}

/// In a forked child: there is only the forking thread's interpreter, which is the main one.
public func dropOtherInterpretersAfterFork(_ t: Thread) {
    registry.pointee.mutex = RawMutex()
    var p = interpreter(t).pointee.next
    interpreter(t).pointee.next = nil
    while let other = p {
        p = other.pointee.next
        removeRootRange(UnsafeMutableRawPointer(other).assumingMemoryBound(to: Value.self))
        dropStates(other)
    }
}

/// The listed interpreter whose `builtins` a function uses, which is the one that it was made in; nil if that is gone.
/// It stays until `returnInterpreter`, which no Python code may delay.
public func borrowInterpreter(builtins: Value) -> Interpreter? {
    locked {
        var p = registry.pointee.first
        while let other = p, other.pointee.builtins != builtins { p = other.pointee.next }
        if let p { _ = ladon_fetch_add32(&p.pointee.borrowers, 1) }
        return p
    }
}
public func returnInterpreter(_ p: Interpreter) { _ = ladon_fetch_add32(&p.pointee.borrowers, .max) }
