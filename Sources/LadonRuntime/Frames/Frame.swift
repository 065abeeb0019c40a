// A frame: a window of words on the thread's register stack (or inside a generator's cell).
//
//   word 0  caller     address of the calling frame; 0 in a thread's base frame
//   word 1  pc         where this frame is: stored before anything that can call out, raise or collect
//   word 2  code       the CodeCell
//   word 3  function   the FunctionCell (globals, builtins, closure)
//   word 4  top        first free word of the register stack above this frame: where native code puts new frames
//   word 5  flags      FrameFlags, a raw small integer; 0 for an ordinary call
//   word 6  extra      meaning by flags: the constructed instance, the GeneratorCell, the FrameCell
//   word 7… registers  parameters, locals, temporaries (see instructions.table)
//
// Invariants. `t.pointee.frame` is always the running frame: calls, returns and generator switches set it.
// `pc` is stored on every slow path before it can raise. The collector scans the stack up to the running
// frame's `top` conservatively, so header words need no tags. All offsets from a frame pointer are ≥ 0.

public enum Frame {
    public static let headerSize = 7
    static let caller = 0, pc = 1, code = 2, function = 3, top = 4, flags = 5, extra = 6
}

enum FrameFlags {
    /// Entered from native code: returning leaves the dispatch loop.
    static let entry: UInt = 1
    /// `__init__` called for a constructor: `extra` is the instance, which replaces the result None.
    static let constructor: UInt = 2
    /// A generator's window: `extra` is its cell.
    static let generator: UInt = 4
    /// A frame object exists: `extra` is the FrameCell, whose `extra` field holds what else would be here.
    static let hasObject: UInt = 8
    /// The class body or exec frame has a locals mapping (in the FrameCell).
    static let mapping: UInt = 16
    /// RETURN from a generator resumed by FOR_ITER or SEND goes on in the caller's instruction.
    static let inlineResume: UInt = 32
    /// A generator's frame is inside an except block of its own: the thread's handled exception is the generator's.
    static let ownHandled: UInt = 64
}

extension UnsafeMutablePointer where Pointee == Value {
    @inline(__always) public var caller: Values? {
        get { Values(bitPattern: self[Frame.caller].bits) }
        nonmutating set { self[Frame.caller] = Value(bits: UInt(bitPattern: newValue)) }
    }
    @inline(__always) public var savedPC: PC {
        get { PC(bitPattern: self[Frame.pc].bits).unsafelyUnwrapped }
        nonmutating set { self[Frame.pc] = Value(bits: UInt(bitPattern: newValue)) }
    }
    @inline(__always) public var code: CodePointer { self[Frame.code].asCode }
    @inline(__always) public var function: UnsafeMutablePointer<FunctionCell> { self[Frame.function].asFunction }
    @inline(__always) public var top: Values {
        get { Values(bitPattern: self[Frame.top].bits).unsafelyUnwrapped }
        nonmutating set { self[Frame.top] = Value(bits: UInt(bitPattern: newValue)) }
    }
    @inline(__always) public var flags: UInt {
        get { self[Frame.flags].bits }
        nonmutating set { self[Frame.flags] = Value(bits: newValue) }
    }
    /// What `extra` holds apart from the frame object.
    @inline(__always) public var extra: Value {
        get { flags & FrameFlags.hasObject != 0 ? self[Frame.extra].asFrame.pointee.extra : self[Frame.extra] }
        nonmutating set {
            if flags & FrameFlags.hasObject != 0 { self[Frame.extra].asFrame.pointee.extra = newValue } else { self[Frame.extra] = newValue }
        }
    }
    @inline(__always) public var globals: Value { function.pointee.globals }
    /// The frame's FrameCell, or nil while nobody has asked for one.
    @inline(__always) public var object: UnsafeMutablePointer<FrameCell>? {
        flags & FrameFlags.hasObject != 0 ? self[Frame.extra].asFrame : nil
    }
    /// True for a thread's base frame, below all Python frames.
    @inline(__always) public var isBase: Bool { self[Frame.code].bits == 0 }
    /// The nearest caller that Python programs see.
    public var visibleCaller: Values? {
        var next = caller
        while let f = next, !f.isBase {
            if f.code.pointee.isHidden == 0 { return f }
            next = f.caller
        }
        return nil
    }
}

/// Gives a fresh thread its base frame, so that `t.pointee.frame` is never null.
public func initializeFrames(_ t: Thread) {
    let base = t.pointee.stackBase.unsafelyUnwrapped
    for i in 0..<Frame.headerSize { base[i] = .raised }
    base.top = base + Frame.headerSize
    t.pointee.frame = base
    if t.pointee.depthLimit == 0 { t.pointee.depthLimit = Int32(interpreter(t).pointee.recursionLimit) }
}

/// A Python-visible frame object: live while its window runs, afterwards holding a copy of it.
@frozen public struct FrameCell {
    public var header: CellHeader
    public var code: Value
    public var function: Value
    /// f_back once detached (frame object or None); 0 while live.
    public var back: Value
    /// After detaching: a StorageCell with the window's words; 0 while live.
    public var storage: Value
    /// The mapping of a class body or exec; 0 for the globals (module) or for fast locals.
    public var locals: Value
    /// What the window's `extra` word held before this object took it.
    public var extra: Value
    /// 3.11's f_locals snapshot dictionary, kept for identity; 0 before the first use.
    public var snapshot: Value
    public var trace: Value
    // raw
    /// The live window; 0 once detached.
    public var window: UInt
    /// The last pc, valid once detached.
    public var pc: UInt
    public var traceLines: UInt8
    public var traceOpcodes: UInt8
    /// 1 once the frame was cleared.
    public var cleared: UInt8
    public var reserved: UInt8
    /// The thread whose stack the live window is on.
    public var thread: UInt
    /// The last instruction that was traced (see Tracing/Tracing.swift).
    public var tracedPC: UInt
    /// The last instruction that an exception came from which this frame handles, or handles by clean-up.
    public var raisedPC: UInt
}

extension Value {
    @inlinable @inline(__always) public var asFrame: UnsafeMutablePointer<FrameCell> { cell(as: FrameCell.self) }
}

/// The frame object of a running or suspended window, made on first use. Called by the window's own thread,
/// or with the world stopped.
public func frameObject(_ t: Thread, _ f: Values) -> Value {
    if let existing = f.object { return Value(existing) }
    let cell = Value(allocate(t, id: TypeID.frame.rawValue, bytes: MemoryLayout<FrameCell>.size))
    let object = cell.asFrame
    object.pointee.code = f[Frame.code]
    object.pointee.function = f[Frame.function]
    // An ordinary call leaves the word as it was: whatever stands there is no value.
    object.pointee.extra = f.flags & (FrameFlags.constructor | FrameFlags.generator) != 0 ? f[Frame.extra] : .raised
    object.pointee.window = UInt(bitPattern: f)
    object.pointee.thread = UInt(bitPattern: t)
    object.pointee.traceLines = 1
    f[Frame.extra] = cell
    f.flags |= FrameFlags.hasObject
    return cell
}

/// Gives the frame object of `f` a copy of the window, because the window is about to go. Makes the caller's
/// frame object, since `f_back` must name it.
func detachFrameObject(_ t: Thread, _ f: Values) {
    guard let object = f.object else { return }
    // Temporaries may be stale words, the header's are raw (storage is traced precisely): only variables are copied.
    let end = min(Frame.headerSize + f.code.pointee.variableCount, f.code.pointee.frameSize)
    let storage = makeStorage(t, capacity: end)
    if storage.isRaised { clearException(t) } else {
        let items = storage.storageItems
        for i in Frame.headerSize ..< max(end, Frame.headerSize) { storeSlot(items + i, f[i]) }
        object.pointee.storage = storage
    }
    object.pointee.pc = f[Frame.pc].bits
    if let caller = f.visibleCaller, f.flags & FrameFlags.generator == 0 { object.pointee.back = frameObject(t, caller) } else { object.pointee.back = .none }
    object.pointee.window = 0
    f[Frame.extra] = object.pointee.extra
    f.flags &= ~FrameFlags.hasObject
}

extension UnsafeMutablePointer where Pointee == FrameCell {
    /// The words of the window, live or copied; nil when there are none any more.
    public var words: Values? {
        if pointee.window != 0 { return Values(bitPattern: pointee.window) }
        return pointee.storage.bits == 0 ? nil : pointee.storage.storageItems
    }
    public var currentPC: PC? {
        if pointee.window != 0 { return Values(bitPattern: pointee.window)!.savedPC }
        return PC(bitPattern: pointee.pc)
    }
    /// f_lineno, or nil.
    public var line: Int? {
        guard let pc = currentPC, let position = pointee.code.asCode.position(at: pc), position.line > 0 else { return nil }
        return Int(position.line)
    }
    /// f_back: a frame object or None. By the frame's own thread or with the world stopped.
    public func back(_ t: Thread) -> Value {
        if pointee.window == 0 { return pointee.back.bits == 0 ? .none : pointee.back }
        let f = Values(bitPattern: pointee.window)!
        if f.flags & FrameFlags.generator != 0 && !isGeneratorRunning(f.extra) { return .none }
        guard let caller = f.visibleCaller else { return .none }
        return frameObject(t, caller)
    }
}
