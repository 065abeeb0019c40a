import LadonCompiler
import LadonSyntax

/// Compiles a source text as a module.
func compiled(_ source: String, optimize: Int = 0) throws -> CompileResult {
  let tree = try parse(source: Array(source.utf8), filename: "<test>")
  return try compile(tree.mod, options: CompileOptions(filename: "<test>", optimize: optimize))
}

/// Names of the instructions of a block, without its nested blocks.
func opcodes(_ unit: CodeUnit) -> [String] {
  var result: [String] = []
  var index = 0
  while index < unit.words.count {
    guard let op = InstructionWord.opcode(unit.words[index]) else { break }
    let info = Opcode.info[Int(op.rawValue)]
    result.append(info.name)
    index += info.words
  }
  return result
}

/// The first function defined in a module.
func function(_ source: String) throws -> CodeUnit {
  let module = try compiled(source).code
  for constant in module.constants {
    if case .code(let unit) = constant { return unit }
  }
  fatalError("no function in \(source)")
}
