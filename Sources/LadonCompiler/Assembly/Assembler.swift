import LadonSyntax

/// A place in the code, bound to an instruction sooner or later.
struct Label: Hashable {
  var index: Int
}

/// One instruction before layout: jumps name labels, wide operands are in `b`.
struct AssembledInstruction {
  var op: Opcode
  var a: Int32 = 0
  var b: Int32 = 0
  var c: Int32 = 0
  /// The operand word of instructions that have one.
  var word: Int32 = 0
  /// Index of the label that a jump goes to, or -1.
  var target: Int32 = -1
  /// Index of the innermost exception handler, or -1.
  var handler: Int32 = -1
  var position: SourceRange
}

/// Where exceptions go in a protected stretch of code.
struct ExceptionHandler {
  var label: Label
  var register: Int
}

/// Collects a block's instructions and turns them into words.
///
/// Instructions go into sections by how cold they are: exception handlers are moved behind the straight-line
/// code, handlers within handlers behind those. So nothing may fall into or out of a cold stretch.
final class Assembler {
  private(set) var sections: [[AssembledInstruction]] = [[]]
  private(set) var coldness = 0
  /// Section and index of each bound label.
  private var places: [(section: Int, index: Int)?] = []
  private(set) var handlers: [ExceptionHandler] = []

  /// The handler of what is emitted now.
  var currentHandler: Int32 = -1
  var position = SourceRange.none

  /// Whether the last instruction emitted ends its block, with no label bound since: what follows is dead.
  private(set) var isUnreachable = false

  func newLabel() -> Label {
    places.append(nil)
    return Label(index: places.count - 1)
  }

  func bind(_ label: Label) {
    places[label.index] = (coldness, sections[coldness].count)
    isUnreachable = false
  }

  func newHandler(_ label: Label, register: Int) -> Int32 {
    handlers.append(ExceptionHandler(label: label, register: register))
    return Int32(handlers.count - 1)
  }

  /// What is emitted until `endCold` is an exception handler's.
  func beginCold() {
    coldness += 1
    if sections.count <= coldness { sections.append([]) }
    isUnreachable = false
  }

  func endCold() {
    coldness -= 1
    isUnreachable = false
  }

  func emit(_ op: Opcode, _ a: Int = 0, _ b: Int = 0, _ c: Int = 0, word: Int = 0) {
    append(
      AssembledInstruction(
        op: op, a: Int32(a), b: Int32(b), c: Int32(c), word: Int32(word), handler: currentHandler, position: position))
  }

  /// A jump whose label stands in the last operand.
  func emitJump(_ op: Opcode, _ a: Int = 0, _ b: Int = 0, to label: Label) {
    append(
      AssembledInstruction(
        op: op, a: Int32(a), b: Int32(b), target: Int32(label.index), handler: currentHandler, position: position))
  }

  private func append(_ instruction: AssembledInstruction) {
    sections[coldness].append(instruction)
    isUnreachable = instruction.op.endsBlock
  }

  /// All sections in a row, the labels as indices into it (-1: never bound, so never jumped to).
  func linearized() -> (instructions: [AssembledInstruction], labels: [Int]) {
    var bases: [Int] = []
    var total = 0
    for section in sections {
      bases.append(total)
      total += section.count
    }
    var all: [AssembledInstruction] = []
    all.reserveCapacity(total)
    for section in sections { all.append(contentsOf: section) }
    let labels = places.map { place in place.map { bases[$0.section] + $0.index } ?? -1 }
    return (all, labels)
  }
}
