// Setting `f_lineno` in a trace function: going on at another line.
//
// CPython compares the kinds of the values on the stack here and there. Registers have no stack, but what lives on
// between statements is little: iterators of `for` loops, exit functions of `with`, and in an exception handler the
// exception and what was handled before it. So: a jump is possible when each temporary that is live at its target is live
// here too, with the same use (CodeFlow.swift).

/// `frame.f_lineno = v`. 0: raised.
public func jumpToLine(_ t: Thread, _ frame: Value, _ v: Value) -> Value {
    let object = frame.asFrame
    if v.isMissing { return raise(t, .attributeError, "cannot delete attribute") }
    if !isInt(v) { return raise(t, .valueError, "lineno must be an integer") }
    switch TraceEvent(rawValue: t.pointee.tracingEvent) {
    case .line: break
    case .call: return raise(t, .valueError, "can't jump from the 'call' trace event of a new frame")
    default: return raise(t, .valueError, "can only jump from a 'line' trace event")
    }
    if object.pointee.trace.bits == 0 || object.pointee.window == 0 { return raise(t, .valueError, "f_lineno can only be set by a trace function") }
    guard let wanted = asInt(t, v), wanted <= Int(Int32.max), wanted >= Int(Int32.min) else {
        clearException(t)
        return raise(t, .valueError, "lineno out of range")
    }
    let code = object.pointee.code.asCode
    if wanted < code.pointee.firstLine { return raise(t, .valueError, "line \(wanted) comes before the current code block") }
    // The first instructions of lines.
    var lines: [(line: Int, word: Int)] = []
    var last: Int32 = -1
    for i in 0..<code.pointee.positionCount {
        let p = code.pointee.positions[i]
        if p.line > 0 && p.line != last && Instructions.opcode(code.pointee.words[Int(p.start)]) != .resume { lines.append((Int(p.line), Int(p.start))) }
        last = p.line
    }
    guard let line = lines.map({ $0.line }).filter({ $0 >= wanted }).min() else {
        return raise(t, .valueError, "line \(wanted) comes after the current code block")
    }
    let window = Values(bitPattern: object.pointee.window).unsafelyUnwrapped
    let flow = CodeFlow(code)
    let here = window.savedPC - code.pointee.words
    let firstTemporary = Frame.headerSize + code.pointee.variableCount
    guard let liveHere = flow.live[here] else { return raise(t, .valueError, "can't jump from unreachable code") }
    let stackHere = liveHere.all(from: firstTemporary, to: flow.registers)
    var best = -1, bestDepth = -1
    var problem: String? = nil
    for (candidate, word) in lines where candidate == line {
        guard let live = flow.live[word] else { continue }
        let stack = live.all(from: firstTemporary, to: flow.registers)
        let fits = stack.allSatisfy { r in stackHere.contains(r) && flow.use(of: r, from: word) == flow.use(of: r, from: here) }
        if fits {
            if stack.count > bestDepth { best = word; bestDepth = stack.count }
        } else if problem == nil {
            let extra = stack.filter { !stackHere.contains($0) }
            let uses = (extra.isEmpty ? stack : extra).map { flow.use(of: $0, from: word) }
            if uses.contains(.handled) || uses.contains(.exception) { problem = "can't jump into an 'except' block as there's no exception" }
            else if uses.last == .iterator { problem = "can't jump into the body of a for loop" }
            else { problem = "incompatible stacks" }
        }
    }
    if best < 0 { return raise(t, .valueError, problem ?? "cannot find bytecode for specified line") }
    let target = flow.live[best] ?? LiveSet(flow.registers)
    // Out of exception handlers: what the outermost of them replaced is handled again.
    for r in stackHere where !target.contains(r) && flow.use(of: r, from: here) == .handled {
        _ = Instructions.popHandled(t, window, window.savedPC, UInt64(r) << 16)
        break
    }
    // The compiler left out tests of variables that are bound on every ordinary way.
    for r in Frame.headerSize..<firstTemporary where target.contains(r) && window[r].bits == 0 { window[r] = .none }
    window.savedPC = code.pointee.words + best
    return .none
}

// MARK: what a temporary is for

private enum Use { case other, iterator, handled, exception }

extension CodeFlow {
    /// What the first instruction to read `register` on some way from `start` does with it.
    fileprivate func use(of register: Int, from start: Int) -> Use {
        var seen = Set<Int>()
        var work = [start]
        while let i = work.popLast() {
            if !seen.insert(i).inserted || live[i]?.contains(register) != true { continue }
            let w = word(i)
            switch Instructions.opcode(w) {
            case .forIter where opB(w) == register, .getAnext where opB(w) == register: return .iterator
            case .popHandled where opA(w) == register: return .handled
            case .reraise where opA(w) == register, .matchException where opB(w) == register, .withExcept where opC(w) == register: return .exception
            default:
                let e = effects(i)
                if e.reads.contains(register) || e.readRange.contains(register) { return .other }
            }
            work.append(contentsOf: successors(i))
            if let range = code.handler(at: code.pointee.words + i), Int(range.register) != register { work.append(Int(range.target)) }
        }
        return .other
    }
}
