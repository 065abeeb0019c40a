// Setting `f_lineno` in a trace function: going on at another line.
//
// CPython compares the kinds of the values on the stack here and there. Registers have no stack, but what lives on
// between statements is little: iterators of `for` loops, exit functions of `with`, and in an exception handler the
// exception and what was handled before it. So: a jump is possible when each temporary that is live at its target is live
// here too, with the same use. Liveness comes from a backward analysis of the code's words, made for each jump.

/// What a live temporary is for: by the instructions that read it.
private enum Use { case other, iterator, handled, exception }

private struct Live {
    /// A bit for each register.
    var words: [UInt64]

    init(_ count: Int) { words = Array(repeating: 0, count: (count + 63) / 64) }
    func contains(_ r: Int) -> Bool { words[r >> 6] >> UInt64(r & 63) & 1 != 0 }
    mutating func insert(_ r: Int) { words[r >> 6] |= 1 << UInt64(r & 63) }
    mutating func remove(_ r: Int) { words[r >> 6] &= ~(1 << UInt64(r & 63)) }
    mutating func formUnion(_ other: Live) { for i in words.indices { words[i] |= other.words[i] } }
    func all(from: Int, to: Int) -> [Int] { (from..<to).filter { contains($0) } }
}

/// A code object's control flow and liveness.
private struct Flow {
    let code: CodePointer
    let count: Int
    let registers: Int
    /// Live at the beginning of the instruction at each word; nil for words that are none or can't be reached.
    var live: [Live?]
    /// For each register, how the next instruction to read it uses it is asked of `use`.
    var starts: [Int] = []

    init(_ code: CodePointer) {
        self.code = code
        count = code.pointee.wordCount
        registers = code.pointee.frameSize + 64
        live = Array(repeating: nil, count: count + 1)
        var i = 0
        while i < count {
            starts.append(i)
            i += Opcode.info[Int(Instructions.opcode(word(i)).rawValue)].words
        }
        solve()
    }

    func word(_ i: Int) -> UInt64 { code.pointee.words[i] }

    func successors(_ i: Int) -> [Int] {
        let w = word(i), op = Instructions.opcode(w)
        let info = Opcode.info[Int(op.rawValue)]
        var next: [Int] = []
        if info.operands.hasSuffix("J") { next.append(i + wide(w)) } else if info.operands.hasSuffix("j") { next.append(i + signedC(w)) }
        switch op {
        case .jump, .jumpBack, .return, .returnNone, .raise, .reraise: break
        default: next.append(i + info.words)
        }
        return next.filter { $0 >= 0 && $0 < count }
    }

    func effects(_ i: Int) -> InstructionEffects {
        let w = word(i)
        var op = Instructions.opcode(w)
        if let general = op.generalForm { op = general }
        return InstructionEffects(op, a: opA(w), b: opB(w), c: opC(w))
    }

    private mutating func solve() {
        var changed = true
        let blank = Live(registers)
        while changed {
            changed = false
            for i in starts.reversed() {
                var state = blank
                for s in successors(i) { if let l = live[s] { state.formUnion(l) } }
                let op = Instructions.opcode(word(i))
                // A variable that is tested first is not needed; see `jump`.
                if op == .checkLocal {
                    state.remove(opA(word(i)))
                } else {
                    let e = effects(i)
                    if op != .forIter { for r in e.writes where r < registers { state.remove(r) } }
                    for r in e.writeRange where r < registers { state.remove(r) }
                    for r in e.reads where r < registers { state.insert(r) }
                    for r in e.readRange where r < registers { state.insert(r) }
                }
                if let range = code.handler(at: code.pointee.words + i), var inside = live[Int(range.target)] {
                    inside.remove(Int(range.register))
                    state.formUnion(inside)
                }
                if live[i]?.words != state.words {
                    live[i] = state
                    changed = true
                }
            }
        }
    }

    /// What the first instruction to read `register` on some way from `start` does with it.
    func use(of register: Int, from start: Int) -> Use {
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
    let flow = Flow(code)
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
    let target = flow.live[best] ?? Live(flow.registers)
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
