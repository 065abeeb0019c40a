/// Checks that code keeps the rules that the interpreter relies on without looking.
///
/// The compiler's output must always pass; code read from a cache is checked as well where speed doesn't matter.
extension CodeUnit {
  /// What is wrong, nested code units included; empty if nothing is.
  public func verify() -> [String] {
    var problems: [String] = []
    verify(into: &problems)
    return problems
  }

  private func verify(into problems: inout [String]) {
    var verifier = Verifier(self)
    verifier.run()
    for problem in verifier.problems { problems.append("\(qualifiedName): \(problem)") }
    for constant in constants {
      if case .code(let unit) = constant { unit.verify(into: &problems) }
    }
  }
}

private struct Verifier {
  let unit: CodeUnit
  var problems: [String] = []
  private var isStart: [Bool]
  private var opcodes: [Opcode?]

  init(_ unit: CodeUnit) {
    self.unit = unit
    isStart = Array(repeating: false, count: unit.words.count + 1)
    opcodes = Array(repeating: nil, count: unit.words.count)
  }

  private mutating func report(_ index: Int, _ text: String) {
    if problems.count < 20 { problems.append("word \(index): \(text)") }
  }

  mutating func run() {
    guard decode() else { return }
    checkHeader()
    checkOperands()
    checkTables()
    if problems.isEmpty { checkInitialization() }
  }

  private mutating func decode() -> Bool {
    if unit.words.isEmpty {
      report(0, "no code")
      return false
    }
    var index = 0
    while index < unit.words.count {
      guard let op = InstructionWord.opcode(unit.words[index]) else {
        report(index, "unknown opcode")
        return false
      }
      isStart[index] = true
      opcodes[index] = op
      let length = Opcode.info[Int(op.rawValue)].words
      if index + length > unit.words.count {
        report(index, "instruction cut off")
        return false
      }
      index += length
    }
    return true
  }

  private mutating func checkHeader() {
    let locals = unit.localNames.count
    if unit.parameterCount > locals { report(0, "more parameters than locals") }
    if unit.argumentCount < unit.positionalOnlyCount { report(0, "more positional-only parameters than parameters") }
    if unit.variableCount < locals { report(0, "fewer variables than locals") }
    if unit.cellNames.count != unit.cellRegisters.count { report(0, "cells and their registers differ in number") }
    for register in unit.cellRegisters where !(CodeUnit.header..<(CodeUnit.header + unit.variableCount)).contains(register) {
      report(0, "cell outside the variables")
    }
    if unit.registerCount < CodeUnit.header + unit.variableCount || unit.registerCount > 0x10000 {
      report(0, "frame size \(unit.registerCount)")
    }
    if unit.nameConstantCount > unit.constants.count || unit.nameConstantCount < 0 {
      report(0, "names beyond the constants")
      return
    }
    for (index, constant) in unit.constants.enumerated() where index < unit.nameConstantCount {
      if case .name = constant { continue }
      report(0, "constant \(index) is no name")
    }
  }

  private mutating func checkOperands() {
    for index in unit.words.indices where isStart[index] {
      guard let op = opcodes[index] else { continue }
      let word = unit.words[index]
      let info = Opcode.info[Int(op.rawValue)]
      if op == .reload || op == .exit { report(index, "\(info.name) in compiled code") }
      for (place, kind) in info.operands.utf8.enumerated() {
        let value = place == 0 ? InstructionWord.a(word) : place == 1 ? InstructionWord.b(word) : InstructionWord.c(word)
        switch kind {
        case UInt8(ascii: "k"):
          if value >= unit.nameConstantCount { report(index, "name \(value) of \(info.name)") }
        case UInt8(ascii: "K"):
          let constant = InstructionWord.wideUnsigned(word)
          let isName = op != .loadConst
          if constant >= unit.constants.count || isName && constant >= unit.nameConstantCount {
            report(index, "constant \(constant) of \(info.name)")
          }
        case UInt8(ascii: "W"):
          let constant = Int(truncatingIfNeeded: unit.words[index + 1])
          if !unit.constants.indices.contains(constant) {
            report(index, "constant word \(constant)")
          } else if case .code = unit.constants[constant] {
          } else {
            report(index, "MAKE_FUNCTION of something else than code")
          }
        default: break
        }
      }
      checkFree(op, word, index)
      checkRegisters(op, word, index)
      checkJump(op, word, index)
    }
  }

  private mutating func checkFree(_ op: Opcode, _ word: UInt64, _ index: Int) {
    let free: Int
    switch op {
    case .loadFree, .loadClosure, .loadClassFree: free = InstructionWord.b(word)
    case .storeFree, .deleteFree: free = InstructionWord.a(word)
    default: return
    }
    if free >= unit.freeNames.count { report(index, "closure cell \(free)") }
  }

  private func effects(_ index: Int) -> InstructionEffects? {
    guard let op = opcodes[index] else { return nil }
    let word = unit.words[index]
    return InstructionEffects(op, a: InstructionWord.a(word), b: InstructionWord.b(word), c: InstructionWord.c(word))
  }

  private mutating func checkRegisters(_ op: Opcode, _ word: UInt64, _ index: Int) {
    guard let effects = effects(index) else { return }
    var registers = effects.reads + effects.writes
    if !effects.readRange.isEmpty { registers += [effects.readRange.lowerBound, effects.readRange.upperBound - 1] }
    if !effects.writeRange.isEmpty { registers += [effects.writeRange.lowerBound, effects.writeRange.upperBound - 1] }
    for register in registers where register < CodeUnit.header || register >= unit.registerCount {
      report(index, "register \(register) of \(op)")
    }
    if let window = effects.window {
      let count = max(effects.readRange.count, op == .callEx ? 2 : 0)
      if window + 7 + count + 1 > unit.registerCount { report(index, "window \(window) beyond the frame") }
      if window < CodeUnit.header + unit.variableCount { report(index, "window \(window) over variables") }
    }
  }

  private mutating func checkJump(_ op: Opcode, _ word: UInt64, _ index: Int) {
    let next = index + Opcode.info[Int(op.rawValue)].words
    if !op.endsBlock, next >= unit.words.count { report(index, "control runs off the end") }
    guard let target = InstructionWord.jumpTarget(op, word, at: index) else { return }
    guard target >= 0, target < unit.words.count, isStart[target] else { return report(index, "jump to \(target)") }
    switch op {
    case .jumpBack, .forIter:
      if target > index { report(index, "\(op) forward") }
    default:
      if target <= index { report(index, "\(op) backward") }
    }
    if op == .send {
      let isLoop = next + 1 < unit.words.count && opcodes[next] == .yield && opcodes[next + 1] == .jumpBack
        && InstructionWord.jumpTarget(.jumpBack, unit.words[next + 1], at: next + 1) == index
      if !isLoop { report(index, "SEND without its loop") }
    }
  }

  private mutating func checkTables() {
    var last = 0
    for entry in unit.exceptionTable {
      let start = Int(entry.start)
      let end = Int(entry.end)
      let target = Int(entry.target)
      if start < last || end <= start || end > unit.words.count { report(start, "exception range to \(end)") }
      if start < 0 || start >= unit.words.count || !isStart[start] || end < unit.words.count && !isStart[max(end, 0)] {
        report(start, "exception range not on instructions")
      }
      if target < 0 || target >= unit.words.count || !isStart[target] { report(start, "exception target \(target)") }
      let register = Int(entry.register)
      if register < CodeUnit.header + unit.variableCount || register >= unit.registerCount {
        report(start, "exception register \(register)")
      }
      last = end
    }
    var previous: Int32 = -1
    for run in unit.positions {
      if run.start <= previous { report(Int(run.start), "positions out of order") }
      previous = run.start
    }
    let cellsMade = Set(
      unit.words.indices.filter { opcodes[$0] == .makeCell }.map { InstructionWord.a(unit.words[$0]) })
    if cellsMade != Set(unit.cellRegisters) { report(0, "MAKE_CELL and the cells differ") }
  }

  // MARK: Initialization

  /// No temporary is read before it was written on every way there; no unchecked variable either, and nothing
  /// that a call window destroyed.
  private mutating func checkInitialization() {
    let starts = unit.words.indices.filter { isStart[$0] }
    var states: [Int: BitSet] = [:]
    let count = unit.registerCount
    var entry = BitSet(count: count)
    for register in 0..<unit.parameterCount { entry.insert(CodeUnit.header + register) }
    states[0] = entry
    var work = [0]
    // A table from word to handler keeps the loop linear.
    var handlerOf: [ExceptionRange?] = Array(repeating: nil, count: unit.words.count)
    for range in unit.exceptionTable {
      for word in Int(range.start)..<Int(range.end) { handlerOf[word] = range }
    }
    let leaders = findLeaders(starts, handlerOf)
    while let leader = work.popLast() {
      guard var state = states[leader] else { continue }
      var index = leader
      while true {
        guard let op = opcodes[index], let effects = effects(index) else { break }
        if let handler = handlerOf[index] {
          var atHandler = state
          atHandler.insert(Int(handler.register))
          flow(atHandler, to: Int(handler.target), &states, &work)
        }
        check(op, effects, state, index)
        if let window = effects.window {
          for register in window..<count { state.remove(register) }
        }
        let word = unit.words[index]
        if op == .clear || op == .deleteLocal {
          state.remove(InstructionWord.a(word))
        } else if op == .checkLocal {
          state.insert(InstructionWord.a(word))
        } else if op == .forIter {
          var atBody = state
          atBody.insert(InstructionWord.a(word))
          if let target = InstructionWord.jumpTarget(op, word, at: index) { flow(atBody, to: target, &states, &work) }
        } else {
          for register in effects.writes { state.insert(register) }
          for register in effects.writeRange { state.insert(register) }
        }
        if op != .forIter, let target = InstructionWord.jumpTarget(op, word, at: index) {
          flow(state, to: target, &states, &work)
        }
        if op.endsBlock { break }
        index += Opcode.info[Int(op.rawValue)].words
        if index >= unit.words.count { break }
        if leaders.contains(index) {
          flow(state, to: index, &states, &work)
          break
        }
      }
      if !problems.isEmpty { return }
    }
  }

  private func findLeaders(_ starts: [Int], _ handlerOf: [ExceptionRange?]) -> Set<Int> {
    var result: Set<Int> = [0]
    for index in starts {
      guard let op = opcodes[index] else { continue }
      if let target = InstructionWord.jumpTarget(op, unit.words[index], at: index) { result.insert(target) }
    }
    for entry in unit.exceptionTable { result.insert(Int(entry.target)) }
    return result
  }

  private func flow(_ state: BitSet, to target: Int, _ states: inout [Int: BitSet], _ work: inout [Int]) {
    if states[target] == nil {
      states[target] = state
    } else if !states[target]!.formIntersection(state) {
      return
    }
    work.append(target)
  }

  private mutating func check(_ op: Opcode, _ effects: InstructionEffects, _ state: BitSet, _ index: Int) {
    if op == .checkLocal { return }
    let cells = unit.cellRegisters
    var missing: Int?
    for register in effects.reads where !state.contains(register) { missing = register }
    for register in effects.readRange where !state.contains(register) { missing = register }
    guard let missing else { return }
    // The method register of an unbound lookup and the second half of an exit pair may be 0, never unset.
    if cells.contains(missing), op == .makeCell { return }
    report(index, "\(op) reads register \(missing), which may be unset")
  }
}
