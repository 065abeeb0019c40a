import LadonSyntax

/// Expressions back to text, as CPython writes the annotations that `from __future__ import annotations` keeps.
struct Unparser {
  /// How tightly the place binds in which an expression stands; looser expressions get parentheses.
  private enum Level: Int {
    case tuple, test, or, and, not, comparison, expression, bitXor, bitAnd, shift, arithmetic, term, factor, power
    case awaiting, atom

    var next: Level { Level(rawValue: rawValue + 1) ?? .atom }
  }

  private var output: [UInt32] = []

  static func text(of expression: Expr) -> StringConstant {
    var unparser = Unparser()
    unparser.write(expression, .test)
    return StringConstant(codePoints: unparser.output)
  }

  static func text(of constant: CodeConstant) -> String {
    var unparser = Unparser()
    unparser.write(constant)
    return StringConstant(codePoints: unparser.output).lossyString
  }

  private mutating func write(_ text: String) {
    for scalar in text.unicodeScalars { output.append(scalar.value) }
  }

  private mutating func parenthesized(_ isNeeded: Bool, _ body: (inout Unparser) -> Void) {
    if isNeeded { write("(") }
    body(&self)
    if isNeeded { write(")") }
  }

  private mutating func list(_ expressions: [Expr], _ level: Level) {
    for (index, expression) in expressions.enumerated() {
      if index > 0 { write(", ") }
      write(expression, level)
    }
  }

  private mutating func write(_ expression: Expr, _ level: Level) {
    switch expression.kind {
    case .boolOp(let op, let values):
      let own: Level = op == .and ? .and : .or
      parenthesized(level.rawValue > own.rawValue) {
        for (index, value) in values.enumerated() {
          if index > 0 { $0.write(op == .and ? " and " : " or ") }
          $0.write(value, own.next)
        }
      }
    case .binOp(let left, let op, let right):
      let (symbol, own) = Unparser.binary(op)
      let isRightAssociative = op == .pow
      parenthesized(level.rawValue > own.rawValue) {
        $0.write(left, isRightAssociative ? own.next : own)
        $0.write(symbol)
        $0.write(right, isRightAssociative ? own : own.next)
      }
    case .unaryOp(let op, let operand):
      let own: Level = op == .not ? .not : .factor
      let symbol: String
      switch op {
      case .not: symbol = "not "
      case .invert: symbol = "~"
      case .uAdd: symbol = "+"
      case .uSub: symbol = "-"
      }
      parenthesized(level.rawValue > own.rawValue) {
        $0.write(symbol)
        $0.write(operand, own)
      }
    case .lambda(let arguments, let body):
      parenthesized(level.rawValue > Level.test.rawValue) {
        $0.write("lambda")
        // CPython leaves no space before `*` and `**`.
        if !arguments.posonlyargs.isEmpty || !arguments.args.isEmpty { $0.write(" ") }
        $0.write(arguments)
        $0.write(": ")
        $0.write(body, .test)
      }
    case .ifExp(let test, let body, let orelse):
      parenthesized(level.rawValue > Level.test.rawValue) {
        $0.write(body, .or)
        $0.write(" if ")
        $0.write(test, .or)
        $0.write(" else ")
        $0.write(orelse, .test)
      }
    case .compare(let left, let ops, let comparators):
      parenthesized(level.rawValue > Level.comparison.rawValue) {
        $0.write(left, .expression)
        for (index, op) in ops.enumerated() {
          $0.write(Unparser.comparison(op))
          $0.write(comparators[index], .expression)
        }
      }
    case .await(let value):
      parenthesized(level.rawValue > Level.awaiting.rawValue) {
        $0.write("await ")
        $0.write(value, .atom)
      }
    case .namedExpr(let target, let value):
      parenthesized(level.rawValue > Level.tuple.rawValue) {
        $0.write(target, .atom)
        $0.write(" := ")
        $0.write(value, .atom)
      }
    case .yield(let value):
      write("(yield")
      if let value {
        write(" ")
        write(value, .test)
      }
      write(")")
    case .yieldFrom(let value):
      write("(yield from ")
      write(value, .test)
      write(")")
    default: writeAtom(expression, level)
    }
  }

  private mutating func writeAtom(_ expression: Expr, _ level: Level) {
    switch expression.kind {
    case .dict(let keys, let values):
      write("{")
      for (index, value) in values.enumerated() {
        if index > 0 { write(", ") }
        if let key = keys[index] {
          write(key, .test)
          write(": ")
          write(value, .test)
        } else {
          write("**")
          write(value, .expression)
        }
      }
      write("}")
    case .set(let elements):
      write("{")
      list(elements, .test)
      write("}")
    case .list(let elements, _):
      write("[")
      list(elements, .test)
      write("]")
    case .tuple(let elements, _):
      if elements.isEmpty { return write("()") }
      parenthesized(level.rawValue > Level.tuple.rawValue) {
        $0.list(elements, .test)
        if elements.count == 1 { $0.write(",") }
      }
    case .listComp(let element, let generators): comprehension("[", element, nil, generators, "]")
    case .setComp(let element, let generators): comprehension("{", element, nil, generators, "}")
    case .generatorExp(let element, let generators): comprehension("(", element, nil, generators, ")")
    case .dictComp(let key, let value, let generators): comprehension("{", key, value, generators, "}")
    case .call(let function, let arguments, let keywords):
      write(function, .atom)
      if arguments.count == 1, keywords.isEmpty, case .generatorExp = arguments[0].kind {
        return write(arguments[0], .test)
      }
      write("(")
      list(arguments, .test)
      for (index, keyword) in keywords.enumerated() {
        if index > 0 || !arguments.isEmpty { write(", ") }
        write(keyword.arg.map { $0 + "=" } ?? "**")
        write(keyword.value, .test)
      }
      write(")")
    case .joinedStr, .formattedValue:
      var inner = Unparser()
      inner.formattedPart(expression)
      write("f")
      output.append(contentsOf: PythonLiteral.string(inner.output))
    case .constant(let value, let kind):
      if case .ellipsis = value { return write("...") }
      if let kind { write(kind) }
      write(ConstantFolding.constant(value))
    case .attribute(let value, let name, _):
      write(value, .atom)
      switch value.kind {
      case .constant(.int, _), .constant(.bigInt, _): write(" .")
      default: write(".")
      }
      write(name)
    case .subscript(let value, let index, _):
      write(value, .atom)
      write("[")
      write(index, .tuple)
      write("]")
    case .starred(let value, _):
      write("*")
      write(value, .expression)
    case .name(let name, _): write(name)
    case .slice(let lower, let upper, let step):
      if let lower { write(lower, .test) }
      write(":")
      if let upper { write(upper, .test) }
      if let step {
        write(":")
        write(step, .test)
      }
    default: break
    }
  }

  private mutating func comprehension(
    _ open: String, _ element: Expr, _ value: Expr?, _ generators: [Comprehension], _ close: String
  ) {
    write(open)
    write(element, .test)
    if let value {
      write(": ")
      write(value, .test)
    }
    for generator in generators {
      write(generator.isAsync ? " async for " : " for ")
      write(generator.target, .tuple)
      write(" in ")
      write(generator.iter, .or)
      for condition in generator.ifs {
        write(" if ")
        write(condition, .or)
      }
    }
    write(close)
  }

  private mutating func write(_ arguments: Arguments) {
    var isFirst = true
    let positional = arguments.posonlyargs + arguments.args
    let firstDefault = positional.count - arguments.defaults.count
    for (index, argument) in positional.enumerated() {
      separate(&isFirst)
      write(argument.arg)
      if index >= firstDefault {
        write("=")
        write(arguments.defaults[index - firstDefault], .test)
      }
      if index + 1 == arguments.posonlyargs.count { write(", /") }
    }
    if arguments.vararg != nil || !arguments.kwonlyargs.isEmpty {
      separate(&isFirst)
      write("*" + (arguments.vararg?.arg ?? ""))
    }
    for (index, argument) in arguments.kwonlyargs.enumerated() {
      separate(&isFirst)
      write(argument.arg)
      if index < arguments.kwDefaults.count, let value = arguments.kwDefaults[index] {
        write("=")
        write(value, .test)
      }
    }
    if let argument = arguments.kwarg {
      separate(&isFirst)
      write("**" + argument.arg)
    }
  }

  private mutating func separate(_ isFirst: inout Bool) {
    if !isFirst { write(", ") }
    isFirst = false
  }

  /// The inside of an f-string, which is then quoted as a whole.
  private mutating func formattedPart(_ expression: Expr) {
    switch expression.kind {
    case .joinedStr(let values): for value in values { formattedPart(value) }
    case .constant(.string(let text), _):
      for point in text.codePoints {
        output.append(point)
        if point == 0x7B || point == 0x7D { output.append(point) }
      }
    case .formattedValue(let value, let conversion, let spec):
      var inner = Unparser()
      inner.write(value, .or)
      write(inner.output.first == 0x7B ? "{ " : "{")
      output.append(contentsOf: inner.output)
      if conversion > 0, let scalar = Unicode.Scalar(UInt32(conversion)) { write("!" + String(Character(scalar))) }
      if let spec {
        write(":")
        formattedPart(spec)
      }
      write("}")
    default: break
    }
  }

  private mutating func write(_ constant: CodeConstant) {
    switch constant {
    case .none: write("None")
    case .true: write("True")
    case .false: write("False")
    case .ellipsis: write("Ellipsis")
    case .int(let value): write(String(value))
    case .bigInt: write(PythonLiteral.integer(constant))
    case .float(let value): write(PythonLiteral.float(value, infinity: "1e309"))
    case .complex(let real, let imaginary): write(PythonLiteral.complex(real, imaginary, infinity: "1e309"))
    case .string(let text): output.append(contentsOf: PythonLiteral.string(text.codePoints))
    case .bytes(let data): write(PythonLiteral.bytes(data))
    case .tuple(let items):
      write("(")
      for (index, item) in items.enumerated() {
        if index > 0 { write(", ") }
        write(item)
      }
      write(items.count == 1 ? ",)" : ")")
    case .frozenset(let items):
      write(items.isEmpty ? "frozenset()" : "frozenset({")
      for (index, item) in items.enumerated() {
        if index > 0 { write(", ") }
        write(item)
      }
      if !items.isEmpty { write("})") }
    case .code(let unit): write("<code \(unit.name)>")
    case .name(let text): output.append(contentsOf: PythonLiteral.string(text.unicodeScalars.map { $0.value }))
    }
  }

  private static func binary(_ op: BinaryOperator) -> (String, Level) {
    switch op {
    case .add: return (" + ", .arithmetic)
    case .sub: return (" - ", .arithmetic)
    case .mult: return (" * ", .term)
    case .matMult: return (" @ ", .term)
    case .div: return (" / ", .term)
    case .mod: return (" % ", .term)
    case .floorDiv: return (" // ", .term)
    case .lShift: return (" << ", .shift)
    case .rShift: return (" >> ", .shift)
    case .bitOr: return (" | ", .expression)
    case .bitXor: return (" ^ ", .bitXor)
    case .bitAnd: return (" & ", .bitAnd)
    case .pow: return (" ** ", .power)
    }
  }

  private static func comparison(_ op: ComparisonOperator) -> String {
    switch op {
    case .eq: return " == "
    case .notEq: return " != "
    case .lt: return " < "
    case .ltE: return " <= "
    case .gt: return " > "
    case .gtE: return " >= "
    case .is: return " is "
    case .isNot: return " is not "
    case .in: return " in "
    case .notIn: return " not in "
    }
  }
}
