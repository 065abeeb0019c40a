// The meaning of every instruction is a static function of `Instructions`, in the files Instructions+*.swift.
//
// Shape of each: "if the fast case, do it and return the next pc; otherwise return the cold function of all
// the arguments". A slow path in the middle of a handler costs registers even when it is not taken. The cold
// functions are not inlined; they store the frame's pc first, since they may raise, allocate or call out.

@_exported import LadonCore

enum Instructions {}

// Decoding of the operands; see InstructionInfo.swift for the encoding.
@inline(__always) func opA(_ w: UInt64) -> Int { Int(truncatingIfNeeded: (w >> 16) & 0xFFFF) }
@inline(__always) func opB(_ w: UInt64) -> Int { Int(truncatingIfNeeded: (w >> 32) & 0xFFFF) }
@inline(__always) func opC(_ w: UInt64) -> Int { Int(truncatingIfNeeded: w >> 48) }
@inline(__always) func signedB(_ w: UInt64) -> Int { Int(Int16(truncatingIfNeeded: w >> 32)) }
@inline(__always) func signedC(_ w: UInt64) -> Int { Int(truncatingIfNeeded: Int64(bitPattern: w) >> 48) }
@inline(__always) func wide(_ w: UInt64) -> Int { Int(truncatingIfNeeded: Int64(bitPattern: w) >> 32) }
@inline(__always) func wideIndex(_ w: UInt64) -> Int { Int(truncatingIfNeeded: w >> 32) }

@inline(__always) func constant(_ f: Values, _ index: Int) -> Value { f.code.pointee.constantItems[index] }

/// Stores a result that may be "raised" into `a` and goes on after `length` words, or unwinds.
@inline(__always) func finish(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64, _ result: Value, _ length: Int = 1) -> PC {
    if result.isRaised { return unwind(t, f, pc) }
    f[opA(w)] = result
    return pc + length
}

/// After an operation that answers 1, 0 or -1 (raised).
@inline(__always) func finish(_ t: Thread, _ f: Values, _ pc: PC, truth: Truth, _ length: Int = 1) -> PC {
    truth < 0 ? unwind(t, f, pc) : pc + length
}

/// Replaces the opcode of the instruction at `pc`, keeping its operands. Any thread may do so at any time:
/// one aligned 64-bit store of a word that means the same.
@inline(__always) func quicken(_ pc: PC, _ w: UInt64, _ op: Opcode) {
    ladon_store_relaxed(pc, UInt(truncatingIfNeeded: (w & ~0xFFFF) | UInt64(op.rawValue)))
}

extension Instructions {
    @inline(__always) static func reload(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        t.pointee.frame.unsafelyUnwrapped.savedPC
    }
    @inline(__always) static func nop(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC { pc + 1 }

    @inline(__always) static func resume(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        if ladon_load32_relaxed(pendingAddress(t)) == 0 { return pc + 1 }
        return pollSlow(t, f, pc, pc + 1)
    }
}

@inline(__always) func pendingAddress(_ t: Thread) -> UnsafeRawPointer {
    UnsafeRawPointer(t) + MemoryLayout<ThreadState>.offset(of: \ThreadState.pending).unsafelyUnwrapped
}

/// A safepoint in the dispatch loop: goes on at `target`, or unwinds when a signal handler or an asynchronous exception raised.
@inline(never) func pollSlow(_ t: Thread, _ f: Values, _ pc: PC, _ target: PC) -> PC {
    f.savedPC = pc
    let handlers = t.pointee.handlers
    if !safepoint(t) { return unwind(t, f, pc) }
    if t.pointee.handlers == handlers { return target }
    // Tracing was switched: RELOAD takes up the other table.
    f.savedPC = target
    return PC(ladon_reload_word())
}
