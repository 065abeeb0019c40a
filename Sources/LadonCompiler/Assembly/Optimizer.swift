/// Clean-up between code generation and layout: jumps to jumps, code that can't be reached, checks of
/// variables that are surely bound.
struct Optimizer {
  var instructions: [AssembledInstruction]
  /// Label index to instruction index; an index one past the end can only belong to unreachable jumps.
  var labels: [Int]
  let handlers: [ExceptionHandler]
  let parameterRegisters: Range<Int>
  let variableRegisters: Range<Int>
  /// Indices of instructions that stay; parallel to `instructions` after `run`.
  private var isKept: [Bool]

  init(
    _ instructions: [AssembledInstruction], labels: [Int], handlers: [ExceptionHandler],
    parameterRegisters: Range<Int>, variableRegisters: Range<Int>
  ) {
    self.instructions = instructions
    self.labels = labels
    self.handlers = handlers
    self.parameterRegisters = parameterRegisters
    self.variableRegisters = variableRegisters
    isKept = Array(repeating: true, count: instructions.count)
  }

  mutating func run() {
    threadJumps()
    copyReturns()
    removeUnreachable()
    compact()
    resolvePositions()
    removeJumpsToNext()
    removeNops()
    removeRedundantChecks()
    compact()
  }

  /// Where control really arrives that goes to instruction `index`: past NOPs and unconditional jumps.
  private func finalTarget(_ index: Int) -> Int {
    var current = index
    var steps = 0
    while current < instructions.count, steps < 64 {
      let instruction = instructions[current]
      guard instruction.op == .jump else { break }
      let next = labels[Int(instruction.target)]
      if next == current { break }
      current = next
      steps += 1
    }
    return current
  }

  private mutating func threadJumps() {
    // A label moves as a whole: all that go there arrive at the same place. Those of handlers stay, and those of
    // SEND (always forward, to just behind its loop) and FOR_ITER (always backward).
    var fixed = Set(handlers.map { $0.label.index })
    for instruction in instructions where instruction.op == .send || instruction.op == .forIter {
      fixed.insert(Int(instruction.target))
    }
    for label in labels.indices where labels[label] >= 0 && !fixed.contains(label) {
      labels[label] = finalTarget(labels[label])
    }
    // A jump to a return is a return.
    for index in instructions.indices where instructions[index].op == .jump {
      let target = labels[Int(instructions[index].target)]
      if target >= 0, target < instructions.count, instructions[target].op == .returnNone {
        instructions[index].op = .returnNone
        instructions[index].target = -1
        if instructions[target].position != .inherited { instructions[index].position = instructions[target].position }
      }
    }
  }

  /// A return without a line of its own, jumped to on a condition, gets a copy for each line that jumps there.
  private mutating func copyReturns() {
    var copies: [Int: Int32] = [:]
    for index in instructions.indices where instructions[index].target >= 0 && instructions[index].op.inverted != nil {
      let target = labels[Int(instructions[index].target)]
      guard target < instructions.count, instructions[target].op == .returnNone, instructions[target].position == .inherited else { continue }
      let line = instructions[index].position.line
      if copies[line] == nil {
        var copy = instructions[target]
        copy.position = instructions[index].position
        labels.append(instructions.count)
        instructions.append(copy)
        isKept.append(true)
        copies[line] = Int32(labels.count - 1)
      }
      instructions[index].target = copies[line]!
    }
  }

  /// Gives instructions without a place of their own that of the instruction before them, which is what falls or jumps there.
  private mutating func resolvePositions() {
    var jumps: [Int: Int] = [:]
    for index in instructions.indices where instructions[index].target >= 0 {
      let target = labels[Int(instructions[index].target)]
      if jumps[target] == nil { jumps[target] = index }
    }
    for index in instructions.indices where instructions[index].position == .inherited {
      var source = index - 1
      var steps = 0
      while source >= 0, steps < 8 {
        if !instructions[source].op.endsBlock { break }
        guard let from = jumps[source + 1] else { source = -1; break }
        source = from
        if instructions[source].position != .inherited { break }
        source -= 1
        steps += 1
      }
      let found = source >= 0 ? instructions[source].position : .artificial
      instructions[index].position = found == .inherited ? .artificial : found
    }
  }

  /// Lines without code keep a NOP, unless the instruction before or after has the line.
  private mutating func removeNops() {
    var isTarget = Set<Int>()
    for instruction in instructions where instruction.target >= 0 { isTarget.insert(labels[Int(instruction.target)]) }
    var changed = false
    /// The instruction that control comes from when it falls into this one.
    var before = -1
    for index in instructions.indices {
      if isTarget.contains(index) { before = -1 }
      defer { if isKept[index] { before = index } }
      guard instructions[index].op == .nop else { continue }
      let line = instructions[index].position.line
      let follows = before >= 0 && !instructions[before].op.endsBlock && instructions[before].op != .resume
        && instructions[before].position.line == line
      let precedes = index + 1 < instructions.count && instructions[index + 1].position.line == line && instructions[index + 1].op != .jumpBack
      if follows || precedes || line <= 0 {
        isKept[index] = false
        changed = true
      }
    }
    if changed { compact() }
  }

  private mutating func removeUnreachable() {
    var isReached = Array(repeating: false, count: instructions.count)
    var work = [0]
    while let start = work.popLast() {
      var index = start
      while index < instructions.count, !isReached[index] {
        isReached[index] = true
        let instruction = instructions[index]
        if instruction.target >= 0 { work.append(labels[Int(instruction.target)]) }
        if instruction.handler >= 0 {
          let place = labels[handlers[Int(instruction.handler)].label.index]
          if place < instructions.count, !isReached[place] { work.append(place) }
        }
        if instruction.op.endsBlock { break }
        index += 1
      }
    }
    isKept = isReached
  }

  /// Drops what isn't kept; labels move to the next instruction that is.
  private mutating func compact() {
    if !isKept.contains(false) { return }
    var moved: [Int] = []
    moved.reserveCapacity(instructions.count + 1)
    var kept: [AssembledInstruction] = []
    kept.reserveCapacity(instructions.count)
    for index in instructions.indices {
      moved.append(kept.count)
      if isKept[index] { kept.append(instructions[index]) }
    }
    moved.append(kept.count)
    for label in labels.indices where labels[label] >= 0 { labels[label] = moved[labels[label]] }
    instructions = kept
    isKept = Array(repeating: true, count: kept.count)
  }

  private mutating func removeJumpsToNext() {
    var changed = false
    for index in instructions.indices where instructions[index].op == .jump {
      if labels[Int(instructions[index].target)] == index + 1 {
        isKept[index] = false
        changed = true
      }
    }
    if changed { compact() }
  }

  // MARK: Definite assignment

  /// A stretch of instructions with one entry, one way out and one handler.
  private struct Block {
    var range: Range<Int>
    var successors: [Int] = []
    var handlerBlock = -1
    var gained: BitSet
    var lost: BitSet
    /// Bound on every way in; `nil` until a way in was found.
    var entry: BitSet?
    /// FOR_ITER at the end binds its register on the jump only.
    var boundByJump = -1
    var jumpSuccessor = -1
  }

  /// Removes CHECK_LOCAL where every way there binds the variable.
  private mutating func removeRedundantChecks() {
    guard instructions.contains(where: { $0.op == .checkLocal }), !instructions.isEmpty else { return }
    var blocks = makeBlocks()
    let count = variableRegisters.count
    var start = BitSet(count: count)
    for register in parameterRegisters { start.insert(register - variableRegisters.lowerBound) }
    blocks[0].entry = start
    var work = [0]
    var isQueued = Array(repeating: false, count: blocks.count)
    isQueued[0] = true
    func flow(_ state: BitSet, to target: Int, _ blocks: inout [Block], _ work: inout [Int], _ queued: inout [Bool]) {
      if blocks[target].entry == nil {
        blocks[target].entry = state
      } else if !blocks[target].entry!.formIntersection(state) {
        return
      }
      if !queued[target] {
        queued[target] = true
        work.append(target)
      }
    }
    while let index = work.popLast() {
      isQueued[index] = false
      let block = blocks[index]
      var state = block.entry!
      if block.handlerBlock >= 0 {
        var atHandler = state
        atHandler.subtract(block.lost)
        flow(atHandler, to: block.handlerBlock, &blocks, &work, &isQueued)
      }
      state.subtract(block.lost)
      state.formUnion(block.gained)
      for successor in block.successors { flow(state, to: successor, &blocks, &work, &isQueued) }
      if block.jumpSuccessor >= 0 {
        if block.boundByJump >= 0 { state.insert(block.boundByJump) }
        flow(state, to: block.jumpSuccessor, &blocks, &work, &isQueued)
      }
    }
    for block in blocks {
      guard var state = block.entry else { continue }
      for index in block.range {
        let instruction = instructions[index]
        if instruction.op == .checkLocal {
          let bit = Int(instruction.a) - variableRegisters.lowerBound
          if state.contains(bit) { isKept[index] = false }
        }
        apply(instruction) { bit, isBound in
          if isBound { state.insert(bit) } else { state.remove(bit) }
        }
      }
    }
  }

  /// Reports the variables that an instruction binds or unbinds on the way to the next one.
  private func apply(_ instruction: AssembledInstruction, _ report: (Int, Bool) -> Void) {
    func note(_ register: Int, _ isBound: Bool) {
      if variableRegisters.contains(register) { report(register - variableRegisters.lowerBound, isBound) }
    }
    switch instruction.op {
    case .checkLocal: note(Int(instruction.a), true)
    case .clear, .deleteLocal: note(Int(instruction.a), false)
    case .forIter: break
    // A cell is looked into by LOAD_CELL, which checks for itself.
    case .makeCell: break
    default:
      let effects = InstructionEffects(
        instruction.op, a: Int(instruction.a), b: Int(instruction.b), c: Int(instruction.c))
      for register in effects.writes { note(register, true) }
      for register in effects.writeRange { note(register, true) }
    }
  }

  private func makeBlocks() -> [Block] {
    var isLeader = Array(repeating: false, count: instructions.count + 1)
    isLeader[0] = true
    for index in instructions.indices {
      let instruction = instructions[index]
      if instruction.target >= 0 {
        isLeader[labels[Int(instruction.target)]] = true
        isLeader[index + 1] = true
      }
      if instruction.op.endsBlock { isLeader[index + 1] = true }
      if instruction.handler >= 0 { isLeader[labels[handlers[Int(instruction.handler)].label.index]] = true }
      if index > 0, instruction.handler != instructions[index - 1].handler { isLeader[index] = true }
    }
    var blockOf = Array(repeating: 0, count: instructions.count + 1)
    var starts: [Int] = []
    for index in instructions.indices {
      if isLeader[index] { starts.append(index) }
      blockOf[index] = starts.count - 1
    }
    var blocks: [Block] = []
    blocks.reserveCapacity(starts.count)
    let count = variableRegisters.count
    for (number, start) in starts.enumerated() {
      let end = number + 1 < starts.count ? starts[number + 1] : instructions.count
      var block = Block(range: start..<end, gained: BitSet(count: count), lost: BitSet(count: count))
      for index in start..<end {
        apply(instructions[index]) { bit, isBound in
          if isBound {
            block.gained.insert(bit)
          } else {
            block.gained.remove(bit)
            block.lost.insert(bit)
          }
        }
      }
      let last = instructions[end - 1]
      if !last.op.endsBlock, end < instructions.count { block.successors.append(blockOf[end]) }
      if last.target >= 0 {
        block.jumpSuccessor = blockOf[labels[Int(last.target)]]
        if last.op == .forIter, variableRegisters.contains(Int(last.a)) {
          block.boundByJump = Int(last.a) - variableRegisters.lowerBound
        }
      }
      if last.handler >= 0 { block.handlerBlock = blockOf[labels[handlers[Int(last.handler)].label.index]] }
      blocks.append(block)
    }
    return blocks
  }
}

/// A fixed number of bits.
struct BitSet: Equatable {
  private var words: [UInt64]

  init(count: Int) { words = Array(repeating: 0, count: (count + 63) / 64) }

  func contains(_ bit: Int) -> Bool { words[bit >> 6] >> UInt64(bit & 63) & 1 != 0 }
  mutating func insert(_ bit: Int) { words[bit >> 6] |= 1 << UInt64(bit & 63) }
  mutating func remove(_ bit: Int) { words[bit >> 6] &= ~(1 << UInt64(bit & 63)) }
  mutating func formUnion(_ other: BitSet) {
    for index in words.indices { words[index] |= other.words[index] }
  }
  mutating func subtract(_ other: BitSet) {
    for index in words.indices { words[index] &= ~other.words[index] }
  }
  /// Whether anything was lost.
  mutating func formIntersection(_ other: BitSet) -> Bool {
    var changed = false
    for index in words.indices {
      let meet = words[index] & other.words[index]
      if meet != words[index] { changed = true }
      words[index] = meet
    }
    return changed
  }
}
