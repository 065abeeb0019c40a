// `locals()`, `f_locals` and `globals()` of frames, with 3.11's meaning: for functions a snapshot dictionary
// that belongs to the frame object and is refreshed on each request; for modules and classes the mapping itself.

/// The locals of a frame object: `f_locals`. The frame must be the caller's own, suspended, finished, or the world stopped.
public func frameLocals(_ t: Thread, _ frame: Value) -> Value {
    let object = frame.asFrame
    let code = object.pointee.code.asCode
    if code.pointee.usesMapping != 0 {
        return object.pointee.locals.bits != 0 ? object.pointee.locals : object.pointee.function.asFunction.pointee.globals
    }
    var snapshot = object.pointee.snapshot
    if snapshot.bits == 0 {
        snapshot = makeDict(t)
        if snapshot.isRaised { return snapshot }
        object.pointee.snapshot = snapshot
    }
    guard let words = object.words else { return snapshot }
    func update(_ name: Value, _ value: Value) -> Bool {
        if value.bits == 0 { return dictDelete(t, snapshot, name) >= 0 }
        return dictSet(t, snapshot, name, value) >= 0
    }
    let locals = code.pointee.localNames, cells = code.pointee.cellNames, free = code.pointee.freeNames
    for i in 0..<locals.tupleCount {
        var value = words[Frame.headerSize + i]
        // A parameter that is a cell variable lies in its own cell.
        if value.isExactly(.cellVariable) && isCellRegister(code, Frame.headerSize + i) { value = loadSlot(cellContents(value)) }
        if !update(locals.tupleItems[i], value) { return .raised }
    }
    for i in 0..<cells.tupleCount {
        let register = Int(code.pointee.cellRegisters[i])
        let cell = words[register]
        let value = cell.isExactly(.cellVariable) ? loadSlot(cellContents(cell)) : cell
        if !update(cells.tupleItems[i], value) { return .raised }
    }
    let closure = object.pointee.function.asFunction.pointee.closure
    if closure.bits != 0 && code.codeFlags.contains(.optimized) {
        for i in 0..<free.tupleCount where !update(free.tupleItems[i], loadSlot(cellContents(closure.tupleItems[i]))) { return .raised }
    }
    return snapshot
}

func isCellRegister(_ code: CodePointer, _ register: Int) -> Bool {
    for i in 0..<code.pointee.cellNames.tupleCount where Int(code.pointee.cellRegisters[i]) == register { return true }
    return false
}

func cellContents(_ cell: Value) -> Values { (cell.cell + 8).assumingMemoryBound(to: Value.self) }

/// The innermost Python frame of the thread, or nil in a thread that runs none.
public func currentFrame(_ t: Thread) -> Values? {
    let f = t.pointee.frame.unsafelyUnwrapped
    return f.isBase ? nil : f
}

/// `globals()` as native code sees them: the running Python frame's, or 0 without raising.
public func currentGlobals(_ t: Thread) -> Value {
    guard let f = currentFrame(t) else { return .raised }
    return f.function.pointee.globals
}

/// `locals()`.
public func currentLocals(_ t: Thread) -> Value {
    guard let f = currentFrame(t) else { return raise(t, .systemError, "frame does not exist") }
    return frameLocals(t, frameObject(t, f))
}
