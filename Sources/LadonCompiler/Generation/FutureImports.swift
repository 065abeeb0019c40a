import LadonSyntax

/// The `from __future__` imports at the start of a module.
struct FutureImports {
  var flags: CodeFlags = []
  /// No later line may have one.
  var lastLine = -1

  init(_ mod: Mod) throws {
    let body: [Stmt]
    switch mod {
    case .module(let statements), .interactive(let statements): body = statements
    default: return
    }
    var isDone = false
    var previousLine = 0
    for (index, statement) in body.enumerated() {
      if isDone, statement.range.line > previousLine { return }
      previousLine = statement.range.line
      if case .importFrom(let module, let names, let level) = statement.kind, level == 0, module == "__future__" {
        if isDone {
          throw CompileFailure("from __future__ imports must occur at the beginning of the file",
            FutureImports.place(statement.range, column: statement.range.column - 1))
        }
        for alias in names { try add(alias.name, statement.range) }
        lastLine = statement.range.line
      } else if case .expr(let value) = statement.kind, case .constant(.string, _) = value.kind, index == 0 {
        // The docstring may come before.
        continue
      } else {
        isDone = true
      }
    }
  }

  /// These errors have no end column in CPython; an end column of -2 makes an end offset of -1, "None".
  private static func place(_ range: SourceRange, column: Int) -> SourceRange {
    SourceRange(line: range.line, column: column, endLine: range.line, endColumn: -2)
  }

  private mutating func add(_ name: String, _ range: SourceRange) throws {
    switch name {
    case "nested_scopes", "generators", "division", "absolute_import", "with_statement", "print_function",
      "unicode_literals", "generator_stop":
      break
    case "barry_as_FLUFL": flags.insert(.futureBarryAsBDFL)
    case "annotations": flags.insert(.futureAnnotations)
    case "braces": throw CompileFailure("not a chance", FutureImports.place(range, column: range.column))
    default:
      throw CompileFailure(
        "future feature \(name) is not defined", FutureImports.place(range, column: range.column))
    }
  }
}
