// Values that native code keeps for each interpreter: a module's registry, what stood in a class before a native method
// took its place. Types of native modules and their exceptions are not among them: all interpreters share those.

import LadonCore

/// Who keeps something.
public enum StateSlot: Int, CaseIterable {
    case condition, event, queue, thread
    case syntaxTree, dialects, structs, pickle, digests
    case futures, threadPool
    case asyncioObjects, asyncioGlobals, asyncioLoop, asyncioOriginals, asyncioDescriptors, asyncioQueue
    case connections
}

/// `state[t]` is the record of `t`'s interpreter, made of zeros (`Value.raised`) at its first use. Everything in it is a
/// root; words that are no values must not look like cells.
@frozen public struct PerInterpreter<State> {
    @usableFromInline let slot: Int
    @inlinable public init(_ slot: StateSlot, _ type: State.Type = State.self) { self.slot = slot.rawValue }

    @inlinable public subscript(_ t: Thread) -> UnsafeMutablePointer<State> {
        @inline(__always) get {
            let known = interpreter(t).pointee.states[slot]
            return (known ?? makeInterpreterState(t, slot, MemoryLayout<State>.stride)).assumingMemoryBound(to: State.self)
        }
    }
}

/// Threads of one interpreter may come here together: the first stays.
@inline(never) @usableFromInline func makeInterpreterState(_ t: Thread, _ slot: Int, _ bytes: Int) -> UnsafeMutableRawPointer {
    let p = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 16)
    p.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
    let at = UnsafeMutableRawPointer(interpreter(t).pointee.states + slot)
    if ladon_cas(at, 0, UInt(bitPattern: p)) {
        addRootRange(p.assumingMemoryBound(to: Value.self), count: bytes / 8)
        return p
    }
    p.deallocate()
    return interpreter(t).pointee.states[slot].unsafelyUnwrapped
}

/// The interpreter is gone.
func dropStates(_ p: Interpreter) {
    for i in 0..<StateSlot.allCases.count {
        guard let state = p.pointee.states[i] else { continue }
        removeRootRange(state.assumingMemoryBound(to: Value.self))
        state.deallocate()
    }
    p.pointee.states.deallocate()
}
