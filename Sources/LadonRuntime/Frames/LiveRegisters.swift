// Which registers hold values that are still needed, for collections that a program asks for: `del x` followed
// by gc.collect() must find x dead, whatever dead temporaries still hold.
//
// A call's window lies above all temporaries that live on (see instructions.table). So a frame that has called
// another into its window, or gc.collect itself, needs of the registers below the window its variables, and those
// temporaries that are read after the call; one that has called a native function needs the call's arguments too, but
// nothing above them.

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
    let callee = f[InstructionWord.b(w) + Frame.function]
    if !callee.isExactly(.nativeFunction) { return false }
    return unsafeBitCast(callee.asNativeFunction.pointee.record.pointee.function, to: UInt.self) == unsafeBitCast(function, to: UInt.self)
}

/// For ladonHooks.liveRegisters: the live ranges of a thread's register stack. World stopped. Of the collector itself, or
/// of a thread that waits in a native function or at a safepoint: the frame's pc has been stored (see Frame).
public func visitLiveRegisters(_ t: Thread, _ visit: @convention(c) (Values?, Int) -> Void) {
    var inner: Values? = nil
    var frame: Values? = t.pointee.frame
    while let f = frame {
        if f.isBase {
            visit(f, f.top - f)
            break
        }
        if f.flags & FrameFlags.generator == 0 {
            var count = f.top - f
            let w = f.savedPC.pointee
            if isCall(w) {
                let window = InstructionWord.b(w)
                let isOver = inner.map { $0 == f + window } ?? (t.pointee.scanFrom != 0)
                if isOver {
                    count = min(count, window)
                    visitCaller(f, count, visit)
                    inner = f
                    frame = f.caller
                    continue
                } else if InstructionWord.opcode(w) != .callEx {
                    // Self or an empty word, and c arguments.
                    count = min(count, window + Frame.headerSize + InstructionWord.c(w) + 2)
                }
            }
            visit(f, count)
        }
        inner = f
        frame = f.caller
    }
}

/// The header, the variables and the live temporaries, up to `count`, of a frame that waits for a call to return.
private func visitCaller(_ f: Values, _ count: Int, _ visit: @convention(c) (Values?, Int) -> Void) {
    let code = f.code
    let first = Frame.headerSize + code.pointee.variableCount
    // Of very long code the analysis would take longer than the collection.
    if count <= first || code.pointee.wordCount > 4000 { return visit(f, count) }
    visit(f, first)
    let flow = CodeFlow(code)
    let at = f.savedPC - code.pointee.words
    let result = opA(f.savedPC.pointee)
    var live = flow.live[min(at + 2, flow.count)] ?? LiveSet(flow.registers)
    if result < flow.registers { live.remove(result) }
    if let range = code.handler(at: f.savedPC), var inside = flow.live[Int(range.target)] {
        inside.remove(Int(range.register))
        live.formUnion(inside)
    }
    for r in first..<count where live.contains(r) { visit(f + r, 1) }
}
