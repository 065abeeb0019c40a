// From a raised exception to its handler: walks the frames from the innermost, adds a traceback entry for
// each, and stops at a handler of the exception table or at the frame that native code entered.

/// An entry of a traceback: where in which frame.
@frozen public struct TracebackCell {
    public var header: CellHeader
    public var next: Value
    public var frame: Value
    // raw
    public var pc: UInt
    public var line: Int
}

extension Value {
    @inlinable @inline(__always) public var asTraceback: UnsafeMutablePointer<TracebackCell> { cell(as: TracebackCell.self) }
}

/// Puts an entry for `f` at `pc` in front of the exception's traceback.
func addTraceback(_ t: Thread, _ e: Value, _ f: Values, _ pc: PC) {
    if f.code.pointee.isHidden != 0 { return }
    let frame = frameObject(t, f)
    let entry = Value(allocate(t, id: TypeID.traceback.rawValue, bytes: MemoryLayout<TracebackCell>.size))
    let old = e.asException.pointee.traceback
    entry.asTraceback.pointee.next = old.bits == 0 ? .none : old
    entry.asTraceback.pointee.frame = frame
    entry.asTraceback.pointee.pc = UInt(bitPattern: pc)
    let position = f.code.position(at: pc)
    entry.asTraceback.pointee.line = Int(position?.line ?? 0)
    e.asException.pointee.traceback = entry
}

/// Handles the exception in `t.pointee.exception`, raised by the instruction at `pc` of `f`: answers where the
/// dispatch loop goes on (RELOAD at the handler, or EXIT).
@inline(never)
func unwind(_ t: Thread, _ f: Values, _ pc: PC) -> PC {
    f.savedPC = pc
    if t.pointee.exception.bits == 0 { raise(t, .systemError, "error return without exception set") }
    addTraceback(t, t.pointee.exception, f, pc)
    if t.pointee.traceFunction.bits != 0 { traceException(t, f) }
    return unwindWithoutEntry(t, f, pc)
}

/// The same for RERAISE, whose traceback already names this frame.
@inline(never)
func unwindWithoutEntry(_ t: Thread, _ start: Values, _ startPC: PC) -> PC {
    var f = start
    let pc = startPC
    let e = t.pointee.exception
    if let range = f.code.handler(at: pc) {
        if let object = f.object { object.pointee.raisedPC = UInt(bitPattern: pc) }
        f[Int(range.register)] = e
        t.pointee.exception = .raised
        f.savedPC = f.code.pointee.words + Int(range.target)
        t.pointee.frame = f
        return PC(ladon_reload_word())
    }
    if let object = f.object, f.code.position(at: pc)?.line ?? 0 == 0 {
        // Left from clean-up code, which has no line: the frame object shows where the exception came from.
        let entry = e.asException.pointee.traceback
        if let raised = PC(bitPattern: object.pointee.raisedPC), f.code.position(at: raised)?.line ?? 0 > 0 { f.savedPC = raised }
        else if entry.isCell && entry.isExactly(.traceback) && entry.asTraceback.pointee.frame == Value(object) && entry.asTraceback.pointee.pc != 0 {
            f[Frame.pc] = Value(bits: entry.asTraceback.pointee.pc)
        }
    }
    if isTracing(t) { traceUnwinding(t, f) }
    let flags = f.flags
    if flags & FrameFlags.generator != 0 {
        generatorUnwound(t, f)
        f = t.pointee.frame.unsafelyUnwrapped
        if flags & FrameFlags.entry != 0 { t.pointee.result = .raised; return PC(ladon_exit_word()) }
        return unwind(t, f, f.savedPC)
    }
    return popRaising(t, f)
}

/// Leaves `f` with the exception being raised in `t` and goes on unwinding in its caller.
func popRaising(_ t: Thread, _ f: Values) -> PC {
    if f.flags & FrameFlags.hasObject != 0 { detachFrameObject(t, f) }
    let caller = f.caller.unsafelyUnwrapped
    t.pointee.frame = caller
    t.pointee.depth -= 1
    if f.flags & FrameFlags.entry != 0 {
        t.pointee.result = .raised
        return PC(ladon_exit_word())
    }
    return unwind(t, caller, caller.savedPC)
}
