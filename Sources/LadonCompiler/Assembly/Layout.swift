import LadonSyntax

/// Gives every instruction its place, makes jumps that don't fit fit, and encodes.
///
/// Two jumps need more than their own instruction: a conditional one that goes backward, since every way back
/// passes a safepoint, and a 16-bit one that is too far. Both become the opposite test over an unconditional
/// jump. A FOR_ITER whose body starts too far away goes to a JUMP_BACK just before it.
struct Layout {
  let instructions: [AssembledInstruction]
  let labels: [Int]
  let handlers: [ExceptionHandler]
  /// First word of each instruction, and of the end.
  private var starts: [Int] = []
  private var isExpanded: [Bool]

  init(_ optimized: Optimizer) {
    instructions = optimized.instructions
    labels = optimized.labels
    handlers = optimized.handlers
    isExpanded = Array(repeating: false, count: instructions.count)
  }

  mutating func encode(into unit: CodeUnit) throws {
    settle()
    try checkOperands()
    var words: [UInt64] = []
    words.reserveCapacity(starts[instructions.count])
    for index in instructions.indices { encode(index, into: &words) }
    unit.words = words
    unit.exceptionTable = exceptionTable()
    unit.positions = positions()
  }

  private func isBackward(_ index: Int) -> Bool { labels[Int(instructions[index].target)] <= index }

  private func baseLength(_ index: Int) -> Int { Opcode.info[Int(instructions[index].op.rawValue)].words }

  private func length(_ index: Int) -> Int {
    if !isExpanded[index] { return baseLength(index) }
    // FOR_ITER: JUMP over, JUMP_BACK, FOR_ITER. Others: opposite test, JUMP.
    return instructions[index].op == .forIter ? 3 : 2
  }

  /// Expansion only ever grows the code, so this ends.
  private mutating func settle() {
    for index in instructions.indices where instructions[index].target >= 0 {
      let op = instructions[index].op
      if op.inverted != nil, isBackward(index) { isExpanded[index] = true }
    }
    while true {
      starts = []
      starts.reserveCapacity(instructions.count + 1)
      var total = 0
      for index in instructions.indices {
        starts.append(total)
        total += length(index)
      }
      starts.append(total)
      var changed = false
      for index in instructions.indices where instructions[index].target >= 0 && !isExpanded[index] {
        guard instructions[index].op.jumpOperand == UInt8(ascii: "j") else { continue }
        let distance = starts[labels[Int(instructions[index].target)]] - starts[index]
        // Two words of slack for the expanded forms' own offsets.
        if distance > 32_000 || distance < -32_000 {
          isExpanded[index] = true
          changed = true
        }
      }
      if !changed { return }
    }
  }

  /// Register and name operands have 16 bits.
  private func checkOperands() throws {
    for instruction in instructions {
      let info = Opcode.info[Int(instruction.op.rawValue)]
      let isWide = info.operands.utf8.contains { $0 == UInt8(ascii: "K") || $0 == UInt8(ascii: "I") || $0 == UInt8(ascii: "J") }
      if instruction.a > 0xFFFF || (!isWide && (instruction.b > 0xFFFF || instruction.c > 0xFFFF)) {
        throw CompileFailure("too many variables, names or nested expressions in one block", instruction.position, kind: .limit)
      }
    }
  }

  private func jump(to target: Int, from here: Int) -> UInt64 {
    InstructionWord.makeWide(target > here ? .jump : .jumpBack, 0, target - here)
  }

  private func encode(_ index: Int, into words: inout [UInt64]) {
    let instruction = instructions[index]
    let op = instruction.op
    let here = starts[index]
    let a = Int(instruction.a)
    let b = Int(instruction.b)
    let c = Int(instruction.c)
    if instruction.target >= 0 {
      let target = starts[labels[Int(instruction.target)]]
      if op.isUnconditionalJump {
        words.append(jump(to: target, from: here))
      } else if isExpanded[index], op == .forIter {
        words.append(InstructionWord.makeWide(.jump, 0, 2))
        words.append(jump(to: target, from: here + 1))
        words.append(InstructionWord.make(.forIter, a, b, -1))
      } else if isExpanded[index], let inverted = op.inverted {
        if inverted.jumpOperand == UInt8(ascii: "J") {
          words.append(InstructionWord.makeWide(inverted, a, 2))
        } else {
          words.append(InstructionWord.make(inverted, a, b, 2))
        }
        words.append(jump(to: target, from: here + 1))
      } else if op.jumpOperand == UInt8(ascii: "J") {
        words.append(InstructionWord.makeWide(op, a, target - here))
      } else {
        words.append(InstructionWord.make(op, a, b, target - here))
      }
      return
    }
    let operands = Opcode.info[Int(op.rawValue)].operands.utf8
    if operands.contains(UInt8(ascii: "K")) || operands.contains(UInt8(ascii: "I")) {
      words.append(InstructionWord.makeWide(op, a, b))
    } else {
      words.append(InstructionWord.make(op, a, b, c))
    }
    let rest = baseLength(index) - 1
    if rest > 0 {
      if operands.contains(UInt8(ascii: "W")) {
        words.append(UInt64(UInt32(instruction.word)))
      } else {
        for _ in 0..<rest { words.append(0) }
      }
    }
  }

  private func exceptionTable() -> [ExceptionRange] {
    var table: [ExceptionRange] = []
    var index = 0
    while index < instructions.count {
      let handler = instructions[index].handler
      var end = index + 1
      while end < instructions.count, instructions[end].handler == handler { end += 1 }
      if handler >= 0 {
        let entry = handlers[Int(handler)]
        table.append(
          ExceptionRange(
            start: starts[index], end: starts[end], target: starts[labels[entry.label.index]], register: entry.register))
      }
      index = end
    }
    return table
  }

  private func positions() -> [PositionRun] {
    var runs: [PositionRun] = []
    var last: SourceRange?
    for index in instructions.indices {
      let range = instructions[index].position
      if range == last { continue }
      last = range
      runs.append(
        PositionRun(
          start: starts[index], line: range.line, endLine: range.endLine, column: range.column,
          endColumn: range.endColumn))
    }
    return runs
  }
}
