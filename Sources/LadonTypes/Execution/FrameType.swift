// frame and traceback.

import LadonRuntime

func frameDefinition() -> TypeDefinition {
    TypeDefinition(.frame, "frame", flags: [.disallowInstantiation], size: MemoryLayout<FrameCell>.size, layout: Layout(prefix: 8, flags: [.container]),
        slots: [.unary(.repr, frame_repr)],
        members: [
            .attribute("f_back", get: { t, a in inOwnThread(t, a[0]) { a[0].asFrame.back(t) } }),
            .attribute("f_code", get: { t, a in isAuditing && !auditAttribute(t, a[0], read: "f_code") ? .raised : a[0].asFrame.pointee.code }),
            .attribute("f_globals", get: { _, a in a[0].asFrame.pointee.function.asFunction.pointee.globals }),
            .attribute("f_builtins", get: { _, a in a[0].asFrame.pointee.function.asFunction.pointee.builtins }),
            .attribute("f_locals", get: { t, a in inOwnThread(t, a[0]) { frameLocals(t, a[0]) } }),
            .attribute("f_lineno", get: { _, a in
                guard let line = a[0].asFrame.line else { return .none }
                return Value(smallInt: line)
            }, set: { t, a in jumpToLine(t, a[0], a[1]) }),
            .attribute("f_lasti", get: { _, a in Value(smallInt: lastInstruction(a[0].asFrame.pointee.code, a[0].asFrame.currentPC.map { UInt(bitPattern: $0) } ?? 0)) }, set: readOnlyAttribute),
            .attribute("f_trace", get: { _, a in orNone(loadSlot(&a[0].asFrame.pointee.trace)) }, set: { _, a in
                storeSlot(&a[0].asFrame.pointee.trace, a[1].isMissing || a[1].isNone ? .raised : a[1])
                return .none
            }),
            .member("f_trace_lines", get: { _, a in Value(a[0].asFrame.pointee.traceLines != 0) }, set: { t, a in
                if !checkFlag(t, a[1]) { return .raised }
                a[0].asFrame.pointee.traceLines = a[1].isTrue ? 1 : 0
                return .none
            }),
            .member("f_trace_opcodes", get: { _, a in Value(a[0].asFrame.pointee.traceOpcodes != 0) }, set: { t, a in
                if !checkFlag(t, a[1]) { return .raised }
                a[0].asFrame.pointee.traceOpcodes = a[1].isTrue ? 1 : 0
                return .none
            }),
            .method("clear", "(self, /)", frame_clear, "Forgets the local variables of a frame that runs no more."),
            .method("__sizeof__", "(self, /)", { t, a in
                makeInt(t, MemoryLayout<FrameCell>.size + a[0].asFrame.pointee.code.asCode.pointee.frameSize * 8)
            }),
        ])
}

private func checkFlag(_ t: Thread, _ v: Value) -> Bool {
    if v.isBool { return true }
    _ = raise(t, .typeError, v.isMissing ? "can't delete numeric/char attribute" : "attribute value type must be bool")
    return false
}

/// Runs `body` with the world stopped when the frame's window is on another thread's stack.
private func inOwnThread(_ t: Thread, _ frame: Value, _ body: () -> Value) -> Value {
    let object = frame.asFrame
    if object.pointee.window == 0 || object.pointee.thread == UInt(bitPattern: t) { return body() }
    stopTheWorld(t)
    let result = body()
    startTheWorld(t)
    return result
}

/// f_lasti and tb_lasti: two bytes per instruction word; -1 before the first.
func lastInstruction(_ code: Value, _ pc: UInt) -> Int {
    if pc == 0 { return -1 }
    return (Int(bitPattern: pc) - Int(bitPattern: code.asCode.pointee.words)) / 4
}

private func frame_repr(_ t: Thread, _ v: Value) -> Value {
    let object = v.asFrame
    let code = object.pointee.code.asCode
    let file = repr(t, code.pointee.filename)
    if file.isRaised { return file }
    var b = StringBuilder(t, capacity: 80)
    b.append("<frame at \(addressText(v)), file ")
    b.append(file)
    b.append(", line \(object.line.map { String($0) } ?? "None"), code ")
    b.append(code.pointee.name)
    b.append(">")
    return b.finish()
}

private func frame_clear(_ t: Thread, _ a: Values) -> Value {
    let object = a[0].asFrame
    if object.pointee.window != 0 {
        guard let generator = frameGenerator(object), generator.asGenerator.state != GeneratorState.running else {
            return raise(t, .runtimeError, "cannot clear an executing frame")
        }
        finalizeGenerator(t, generator)
        return .none
    }
    object.pointee.cleared = 1
    storeSlot(&object.pointee.storage, .raised)
    storeSlot(&object.pointee.snapshot, .raised)
    return .none
}

/// The generator whose window the frame is, or nil.
private func frameGenerator(_ object: UnsafeMutablePointer<FrameCell>) -> Value? {
    let extra = object.pointee.extra
    guard extra.isCell, extra.isExactly(.generator) || extra.isExactly(.coroutine) || extra.isExactly(.asyncGenerator) else { return nil }
    return UInt(bitPattern: extra.asGenerator.window) == object.pointee.window ? extra : nil
}

// MARK: traceback

func tracebackDefinition() -> TypeDefinition {
    TypeDefinition(.traceback, "traceback", doc: "An entry of a traceback.", signature: "(tb_next, tb_frame, tb_lasti, tb_lineno)",
        size: MemoryLayout<TracebackCell>.size, layout: Layout(prefix: 2, flags: [.container]),
        slots: [.call(.new, traceback_new)],
        members: [
            .attribute("tb_next", get: { _, a in orNone(loadSlot(&a[0].asTraceback.pointee.next)) }, set: traceback_setNext),
            .member("tb_frame", get: { t, a in isAuditing && !auditAttribute(t, a[0], read: "tb_frame") ? .raised : a[0].asTraceback.pointee.frame }, set: readOnlyAttribute),
            .member("tb_lasti", get: { t, a in
                let entry = a[0].asTraceback
                return makeInt(t, lastInstruction(entry.pointee.frame.asFrame.pointee.code, entry.pointee.pc))
            }, set: readOnlyAttribute),
            .member("tb_lineno", get: { t, a in makeInt(t, a[0].asTraceback.pointee.line) }),
            .method("__dir__", "(self, /)", { t, _ in
                let list = makeList(t)
                for n in ["tb_frame", "tb_next", "tb_lasti", "tb_lineno"] where list.isRaised || listAppend(t, list, makeString(t, n)) < 0 { return .raised }
                return list
            }),
        ])
}

private func traceback_setNext(_ t: Thread, _ a: Values) -> Value {
    if a[1].isMissing { return raise(t, .typeError, "can't delete tb_next attribute") }
    if !a[1].isNone && !a[1].isExactly(.traceback) { return raise(t, .typeError, "expected traceback object, got '\(typeName(a[1]))'") }
    var node = a[1]
    while !node.isNone && node.bits != 0 {
        if node == a[0] { return raise(t, .valueError, "traceback loop detected") }
        node = loadSlot(&node.asTraceback.pointee.next)
    }
    storeSlot(&a[0].asTraceback.pointee.next, a[1])
    return .none
}

private func traceback_new(_ t: Thread, _ type: Value, _ a: Values?, _ count: Int, _ names: Value) -> Value {
    let keywords: [StaticString] = ["tb_next", "tb_frame", "tb_lasti", "tb_lineno"]
    let named = names.bits == 0 ? 0 : names.tupleCount
    if count + named > 4 { return raise(t, .typeError, "TracebackType() takes at most 4 arguments (\(count + named) given)") }
    return withUnsafeTemporaryAllocation(of: Value.self, capacity: 4) { buffer -> Value in
        let bound = buffer.baseAddress.unsafelyUnwrapped
        for i in 0..<4 { bound[i] = i < count ? a.unsafelyUnwrapped[i] : .missing }
        for n in 0..<named {
            let key = names.tupleItems[n]
            var found = false
            for i in 0..<4 where stringEqual(key, keywords[i]) {
                if i < count { return raise(t, .typeError, "argument for TracebackType() given by name ('\(swiftString(key))') and position (\(i + 1))") }
                bound[i] = a.unsafelyUnwrapped[count + n]
                found = true
            }
            if !found { return raise(t, .typeError, "'\(swiftString(key))' is an invalid keyword argument for TracebackType()") }
        }
        for i in 0..<4 where bound[i].isMissing { return raise(t, .typeError, "TracebackType() missing required argument '\(keywords[i])' (pos \(i + 1))") }
        if !bound[0].isNone && !bound[0].isExactly(.traceback) { return raise(t, .typeError, "expected traceback object or None, got '\(typeName(bound[0]))'") }
        if !bound[1].isExactly(.frame) { return raise(t, .typeError, "TracebackType() argument 'tb_frame' must be frame, not \(typeName(bound[1]))") }
        guard let last = asInt32(t, bound[2]), let line = asInt32(t, bound[3]) else { return .raised }
        let entry = Value(allocate(t, id: TypeID.traceback.rawValue, bytes: MemoryLayout<TracebackCell>.size))
        let p = entry.asTraceback
        p.pointee.next = bound[0]
        p.pointee.frame = bound[1]
        let words = UInt(bitPattern: bound[1].asFrame.pointee.code.asCode.pointee.words)
        p.pointee.pc = last < 0 ? 0 : words + UInt(last) * 4
        p.pointee.line = Int(line)
        return entry
    }
}
