// A code object's control flow, and which registers are live where: by a backward analysis of its words. For collections
// that a program asks for (LiveRegisters.swift) and for jumps in a debugger (Tracing/Jump.swift), which make it each time.

/// A set of registers.
struct LiveSet {
    /// A bit for each register.
    var words: [UInt64]

    init(_ count: Int) { words = Array(repeating: 0, count: (count + 63) / 64) }
    var count: Int { words.count * 64 }
    func contains(_ r: Int) -> Bool { words[r >> 6] >> UInt64(r & 63) & 1 != 0 }
    mutating func insert(_ r: Int) { words[r >> 6] |= 1 << UInt64(r & 63) }
    mutating func remove(_ r: Int) { words[r >> 6] &= ~(1 << UInt64(r & 63)) }
    mutating func formUnion(_ other: LiveSet) { for i in words.indices { words[i] |= other.words[i] } }
    func all(from: Int, to: Int) -> [Int] { (from..<to).filter { contains($0) } }
}

/// A code object's control flow and liveness.
struct CodeFlow {
    let code: CodePointer
    let count: Int
    let registers: Int
    /// Live at the beginning of the instruction at each word; nil for words that are none or can't be reached.
    var live: [LiveSet?]
    /// The first words of the instructions.
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

    /// Live when the instruction at `i` has completed or raised, its results included.
    func liveAfter(_ i: Int) -> LiveSet {
        var result = LiveSet(registers)
        for s in successors(i) { if let l = live[s] { result.formUnion(l) } }
        if let range = code.handler(at: code.pointee.words + i), var inside = live[Int(range.target)] {
            inside.remove(Int(range.register))
            result.formUnion(inside)
        }
        return result
    }

    func effects(_ i: Int) -> InstructionEffects {
        let w = word(i)
        var op = Instructions.opcode(w)
        if let general = op.generalForm { op = general }
        return InstructionEffects(op, a: opA(w), b: opB(w), c: opC(w))
    }

    private mutating func solve() {
        var changed = true
        let blank = LiveSet(registers)
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
}
