import LadonSyntax

/// The SyntaxWarnings of code that can't mean what it says.
extension CodeGenerator {
  func warnAboutIdentity(_ left: Expr, _ ops: [ComparisonOperator], _ comparators: [Expr], _ range: SourceRange) {
    var isLiteral = isLiteralWithoutIdentity(left)
    for (index, op) in ops.enumerated() {
      let next = isLiteralWithoutIdentity(comparators[index])
      if isLiteral || next {
        if op == .is { return warn("\"is\" with a literal. Did you mean \"==\"?", range) }
        if op == .isNot { return warn("\"is not\" with a literal. Did you mean \"!=\"?", range) }
      }
      isLiteral = next
    }
  }

  private func isLiteralWithoutIdentity(_ expression: Expr) -> Bool {
    guard let value = folding.value(of: expression) else { return false }
    switch value {
    case .none, .true, .false, .ellipsis: return false
    default: return true
    }
  }

  func warnAboutCaller(_ function: Expr, _ range: SourceRange) {
    if case .lambda = function.kind { return }
    guard let type = inferredType(function) else { return }
    warn("'\(type)' object is not callable; perhaps you missed a comma?", range)
  }

  func warnAboutSubscript(_ value: Expr, _ index: Expr, _ range: SourceRange) {
    switch value.kind {
    case .set, .setComp, .generatorExp, .lambda:
      if let type = inferredType(value) {
        warn("'\(type)' object is not subscriptable; perhaps you missed a comma?", range)
      }
      return
    case .list, .tuple, .listComp, .joinedStr, .formattedValue: break
    default:
      guard let constant = folding.value(of: value) else { return }
      switch constant {
      case .string, .bytes, .tuple: break
      default:
        warn("'\(typeName(constant))' object is not subscriptable; perhaps you missed a comma?", range)
        return
      }
    }
    guard let indexType = inferredType(index), indexType != "int", indexType != "bool" else { return }
    guard let type = inferredType(value) else { return }
    warn("\(type) indices must be integers or slices, not \(indexType); perhaps you missed a comma?", range)
  }

  private func inferredType(_ expression: Expr) -> String? {
    if let constant = folding.value(of: expression) { return typeName(constant) }
    switch expression.kind {
    case .tuple: return "tuple"
    case .list, .listComp: return "list"
    case .dict, .dictComp: return "dict"
    case .set, .setComp: return "set"
    case .generatorExp: return "generator"
    case .lambda: return "function"
    case .joinedStr, .formattedValue: return "str"
    default: return nil
    }
  }

  private func typeName(_ constant: CodeConstant) -> String {
    switch constant {
    case .none: return "NoneType"
    case .true, .false: return "bool"
    case .ellipsis: return "ellipsis"
    case .int, .bigInt: return "int"
    case .float: return "float"
    case .complex: return "complex"
    case .string, .name: return "str"
    case .bytes: return "bytes"
    case .tuple: return "tuple"
    case .frozenset: return "frozenset"
    case .code: return "code"
    }
  }
}
