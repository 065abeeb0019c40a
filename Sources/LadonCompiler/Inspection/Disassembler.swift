import LadonSyntax

/// The code as text, one instruction a line, nested code units behind.
extension CodeUnit {
  public func disassembly() -> String {
    var lines: [String] = []
    disassemble(into: &lines)
    return lines.joined(separator: "\n") + "\n"
  }

  private func disassemble(into lines: inout [String]) {
    lines.append("code \(qualifiedName) (line \(firstLine), \(registerCount) words per frame)")
    if !localNames.isEmpty { lines.append("  locals: " + registerNames(localNames)) }
    if !cellNames.isEmpty {
      let cells = zip(cellNames, cellRegisters).map { "r\($1) \($0)" }
      lines.append("  cells:  " + cells.joined(separator: ", "))
    }
    if !freeNames.isEmpty {
      let free = freeNames.enumerated().map { "\($0.offset) \($0.element)" }
      lines.append("  free:   " + free.joined(separator: ", "))
    }
    let targets = jumpTargets()
    var index = 0
    var lastLine: Int32 = -1
    while index < words.count {
      guard let op = InstructionWord.opcode(words[index]) else {
        lines.append("  \(index): ? \(words[index])")
        index += 1
        continue
      }
      let line = position(at: index)?.line ?? 0
      let shownLine = line == lastLine ? "" : String(line)
      lastLine = line
      let mark = targets.contains(index) ? ">" : " "
      lines.append("\(pad(shownLine, 6)) \(mark)\(pad(String(index), 5))  \(instruction(op, at: index))")
      index += Opcode.info[Int(op.rawValue)].words
    }
    if !exceptionTable.isEmpty {
      lines.append("  exceptions:")
      for entry in exceptionTable {
        lines.append("    \(entry.start) ..< \(entry.end) to \(entry.target), into r\(entry.register)")
      }
    }
    lines.append("")
    for constant in constants {
      if case .code(let unit) = constant { unit.disassemble(into: &lines) }
    }
  }

  private func registerNames(_ names: [String]) -> String {
    names.enumerated().map { "r\(CodeUnit.header + $0.offset) \($0.element)" }.joined(separator: ", ")
  }

  private func pad(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.utf8.count)) + text
  }

  private func jumpTargets() -> Set<Int> {
    var result: Set<Int> = []
    forEachInstruction { index, op, word in
      if let target = CodeUnit.jumpTarget(op, word, at: index) { result.insert(target) }
    }
    for entry in exceptionTable { result.insert(Int(entry.target)) }
    return result
  }

  /// Calls `body` with the first word of each instruction.
  func forEachInstruction(_ body: (_ index: Int, _ op: Opcode, _ word: UInt64) -> Void) {
    var index = 0
    while index < words.count {
      guard let op = InstructionWord.opcode(words[index]) else {
        index += 1
        continue
      }
      body(index, op, words[index])
      index += Opcode.info[Int(op.rawValue)].words
    }
  }

  /// Where the instruction at `index` jumps to, if it is a jump.
  static func jumpTarget(_ op: Opcode, _ word: UInt64, at index: Int) -> Int? {
    switch op.jumpOperand {
    case UInt8(ascii: "j"): return index + InstructionWord.signedC(word)
    case UInt8(ascii: "J"): return index + InstructionWord.wide(word)
    default: return nil
    }
  }

  private func instruction(_ op: Opcode, at index: Int) -> String {
    let word = words[index]
    let info = Opcode.info[Int(op.rawValue)]
    var parts: [String] = []
    for (place, kind) in info.operands.utf8.enumerated() {
      let unsigned = place == 0 ? InstructionWord.a(word) : place == 1 ? InstructionWord.b(word) : InstructionWord.c(word)
      let signed = place == 1 ? InstructionWord.signedB(word) : InstructionWord.signedC(word)
      switch kind {
      case UInt8(ascii: "d"), UInt8(ascii: "r"), UInt8(ascii: "w"): parts.append("r\(unsigned)")
      case UInt8(ascii: "n"): parts.append("\(unsigned)")
      case UInt8(ascii: "i"): parts.append("#\(signed)")
      case UInt8(ascii: "I"): parts.append(CodeUnit.immediateText(InstructionWord.wide(word)))
      case UInt8(ascii: "k"): parts.append(constantText(unsigned))
      case UInt8(ascii: "K"): parts.append(constantText(InstructionWord.wideUnsigned(word)))
      case UInt8(ascii: "j"), UInt8(ascii: "J"):
        parts.append("-> \(CodeUnit.jumpTarget(op, word, at: index) ?? -1)")
      case UInt8(ascii: "W"):
        parts.append(index + 1 < words.count ? constantText(Int(truncatingIfNeeded: words[index + 1])) : "?")
      default: break
      }
    }
    let name = info.name
    return name + String(repeating: " ", count: max(1, 22 - name.utf8.count)) + parts.joined(separator: ", ")
  }

  private static func immediateText(_ bits: Int) -> String {
    switch bits {
    case 2: return "None"
    case 10: return "False"
    case 18: return "True"
    case 26: return "Ellipsis"
    default: return bits & 1 == 1 ? String(bits >> 1) : "?\(bits)"
    }
  }

  private func constantText(_ index: Int) -> String {
    guard constants.indices.contains(index) else { return "?\(index)" }
    if case .name(let name) = constants[index] { return name }
    return Unparser.text(of: constants[index])
  }
}
