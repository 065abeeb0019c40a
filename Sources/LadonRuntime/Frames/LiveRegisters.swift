// Which registers hold values that are still needed, for collections that a program asks for: `del x` followed
// by gc.collect() must find x dead, whatever dead temporaries still hold.
//
// A call's window lies above all temporaries that live on (see instructions.table). So a frame that has called
// another into its window, or gc.collect itself, needs the registers below the window and no others.

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

/// For ladonHooks.liveRegisters, of the thread that collects: the live ranges of its register stack. World stopped.
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
                if isOver { count = min(count, window) }
            }
            visit(f, count)
        }
        inner = f
        frame = f.caller
    }
}
