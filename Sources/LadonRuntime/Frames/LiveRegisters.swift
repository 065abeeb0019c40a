// Which registers hold values that are still needed, for collections that are made to find something dead: `del x` followed
// by gc.collect() must find x dead, whatever dead temporaries still hold.
//
// Of a frame that waits at an instruction are needed: what its header names, its variables, and those temporaries that are
// read by the instruction or after it. A call's window lies above all temporaries that live on (see instructions.table):
// once a Python function runs in it, it is the callee's; a native function's arguments stay there.

private func isCall(_ w: UInt64) -> Bool {
    guard let op = InstructionWord.opcode(w) else { return false }
    switch op {
    case .call, .callMethod, .callKw, .callMethodKw, .callEx: return true
    default: return false
    }
}

/// Whether the running instruction is a call of the built-in function behind `function`, so that nothing native
/// lies between the dispatch loop and it.
public func isCalledByInstruction(_ t: Thread, _ function: NativeFunction) -> Bool {
    guard let f = currentFrame(t) else { return false }
    let w = f.savedPC.pointee
    if !isCall(w) { return false }
    var callee = f[InstructionWord.b(w) + Frame.function]
    if callee.isExactly(.method) { callee = callee.asMethod.pointee.function }
    if !callee.isExactly(.nativeFunction) { return false }
    return unsafeBitCast(callee.asNativeFunction.pointee.record.pointee.function, to: UInt.self) == unsafeBitCast(function, to: UInt.self)
}

public typealias RegisterVisitor = @convention(c) (Values?, Int) -> Void

/// For ladonHooks.liveRegisters: the live ranges of a thread's register stack. World stopped. Of the collector itself, or
/// of a thread that waits in a native function or at a safepoint: the frame's pc has been stored (see Frame).
public func visitLiveRegisters(_ t: Thread, _ visit: RegisterVisitor) {
    var inner: Values? = nil
    var frame: Values? = t.pointee.frame
    while let f = frame {
        if f.isBase {
            visit(f, f.top - f)
            return
        }
        visit(f + Frame.code, 2)
        // The header's last word has a meaning only for some calls: an ordinary one leaves what an earlier frame had there.
        if f.flags & ~(FrameFlags.entry | FrameFlags.inlineResume) != 0 { visit(f + Frame.extra, 1) }
        // A generator's registers are in its cell: see visitLiveWindow.
        if f.flags & FrameFlags.generator == 0 {
            let w = f.savedPC.pointee
            var count = f.top - f
            if isCall(w) {
                let window = InstructionWord.b(w)
                if inner.map({ $0 == f + window }) ?? (t.pointee.scanFrom != 0) {
                    count = min(count, window)
                } else if InstructionWord.opcode(w) != .callEx {
                    // Self or an empty word, and c arguments.
                    count = min(count, window + Frame.headerSize + InstructionWord.c(w) + 2)
                }
            }
            visitRegisters(f, count, visit)
        }
        inner = f
        frame = f.caller
    }
}

/// For ladonHooks.liveWindow: the live ranges of a generator's cell. World stopped.
public func visitLiveWindow(_ cell: UInt, _ visit: RegisterVisitor) {
    let generator = Value(bits: cell).asGenerator, f = generator.window
    let fields = Values(bitPattern: cell + 8).unsafelyUnwrapped
    visit(fields, f - fields)
    if f[Frame.code].bits == 0 { return }
    visit(f + Frame.code, 2)
    visit(f + Frame.extra, 1)
    visitRegisters(f, f.code.pointee.frameSize, visit)
}

/// The variables and the live temporaries among the first `count` words of a frame.
private func visitRegisters(_ f: Values, _ count: Int, _ visit: RegisterVisitor) {
    let first = min(Frame.headerSize + f.code.pointee.variableCount, count)
    visit(f + Frame.headerSize, first - Frame.headerSize)
    if first == count { return }
    guard let live = liveSet(f.code, f.savedPC) else { return visit(f + first, count - first) }
    for r in first..<count where r >= live.count || live.contains(r) { visit(f + r, 1) }
}

/// What was found in the running collection, by pc: thousands of coroutines wait in one place.
private nonisolated(unsafe) var found: [PC: LiveSet] = [:]

/// For the end of a collection.
public func forgetLiveRegisters() { if !found.isEmpty { found = [:] } }

/// What is live in a frame that waits at `pc`; nil when that isn't known.
private func liveSet(_ code: CodePointer, _ pc: PC) -> LiveSet? {
    if let known = found[pc] { return known }
    let at = pc - code.pointee.words
    // Of very long code the analysis would take longer than the collection.
    if at < 0 || at >= code.pointee.wordCount || code.pointee.wordCount > 4000 { return nil }
    let flow = CodeFlow(code)
    guard var live = flow.live[at] else { return nil }
    let w = pc.pointee
    if Instructions.opcode(w) == .yield {
        // It has done with what it gave.
        live = flow.liveAfter(at)
        live.remove(opA(w))
        if opC(w) != 0 { live.insert(opC(w)) }
    } else if !isCall(w) {
        // It may have written some of its results already.
        live.formUnion(flow.liveAfter(at))
    }
    found[pc] = live
    return live
}
