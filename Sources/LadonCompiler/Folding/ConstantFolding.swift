#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif
import LadonSyntax

/// Evaluates what CPython's AST optimizer evaluates at compile time, with the same limits on the size of
/// results. An operation that would raise is left for run time.
struct ConstantFolding {
  let optimize: Int

  // Limits of CPython's ast_opt.c on folded results.
  private static let maximumIntBits = 128
  private static let maximumCollectionSize = 256
  private static let maximumStringSize = 4096
  private static let maximumTotalItems = 1024

  /// The value of `expression` if it is a constant.
  func value(of expression: Expr) -> CodeConstant? {
    switch expression.kind {
    case .constant(let value, _): return ConstantFolding.constant(value)
    case .name(let name, let context):
      if context == .load, name == "__debug__" { return optimize == 0 ? .true : .false }
      return nil
    case .unaryOp(let op, let operand):
      guard let value = value(of: operand) else { return nil }
      return ConstantFolding.unary(op, value)
    case .binOp: return binary(expression)
    case .tuple(let elements, let context):
      guard context == .load else { return nil }
      return values(of: elements).map { .tuple($0) }
    case .subscript(let container, let index, let context):
      guard context == .load, let base = value(of: container), let key = value(of: index) else { return nil }
      return ConstantFolding.item(base, key)
    default: return nil
    }
  }

  /// The values of all of `expressions`, if all are constants.
  func values(of expressions: [Expr]) -> [CodeConstant]? {
    var result: [CodeConstant] = []
    for expression in expressions {
      guard let value = value(of: expression) else { return nil }
      result.append(value)
    }
    return result
  }

  /// Left-leaning chains are folded from the left end, in a loop.
  private func binary(_ expression: Expr) -> CodeConstant? {
    var steps: [(BinaryOperator, Expr)] = []
    var node = expression
    while case .binOp(let left, let op, let right) = node.kind {
      steps.append((op, right))
      node = left
    }
    guard var result = value(of: node) else { return nil }
    for (op, right) in steps.reversed() {
      guard let operand = value(of: right), let next = ConstantFolding.binary(op, result, operand) else { return nil }
      result = next
    }
    return result
  }

  static func constant(_ value: Constant) -> CodeConstant {
    switch value {
    case .none: return .none
    case .true: return .true
    case .false: return .false
    case .ellipsis: return .ellipsis
    case .int(let value): return .int(value)
    case .bigInt(let literal): return BigInteger(literal).constant
    case .float(let value): return .float(value)
    case .complex(let imaginary): return .complex(real: 0, imaginary: imaginary)
    case .string(let text): return .string(text)
    case .bytes(let data): return .bytes(data)
    case .tuple(let items): return .tuple(items.map { constant($0) })
    case .frozenset(let items): return .frozenset(items.map { constant($0) })
    }
  }

  /// Truth of a constant.
  static func isTrue(_ value: CodeConstant) -> Bool {
    switch value {
    case .none, .false: return false
    case .true, .ellipsis, .bigInt, .code: return true
    case .int(let value): return value != 0
    case .float(let value): return value != 0
    case .complex(let real, let imaginary): return real != 0 || imaginary != 0
    case .string(let text): return !text.isEmpty
    case .bytes(let data): return !data.isEmpty
    case .tuple(let items), .frozenset(let items): return !items.isEmpty
    case .name(let text): return !text.isEmpty
    }
  }

  static func unary(_ op: UnaryOperator, _ value: CodeConstant) -> CodeConstant? {
    if op == .not { return isTrue(value) ? .false : .true }
    if let number = BigInteger(value) {
      switch op {
      case .invert: return (-number - BigInteger(1)).constant
      case .uAdd: return number.constant
      default: return (-number).constant
      }
    }
    switch (op, value) {
    case (.uSub, .float(let value)): return .float(-value)
    case (.uAdd, .float), (.uAdd, .complex): return value
    case (.uSub, .complex(let real, let imaginary)): return .complex(real: -real, imaginary: -imaginary)
    default: return nil
    }
  }

  static func binary(_ op: BinaryOperator, _ left: CodeConstant, _ right: CodeConstant) -> CodeConstant? {
    if let a = BigInteger(left), let b = BigInteger(right) {
      if isBool(left), isBool(right), op == .bitAnd || op == .bitOr || op == .bitXor {
        let both = bits(op, a.small!, b.small!)
        return both != 0 ? .true : .false
      }
      return integer(op, a, b)
    }
    if let a = double(left), let b = double(right) { return real(op, a, b) }
    if let a = complex(left), let b = complex(right) { return complexNumber(op, a, b) }
    return sequence(op, left, right)
  }

  private static func isBool(_ value: CodeConstant) -> Bool { value == .true || value == .false }

  private static func bits(_ op: BinaryOperator, _ a: Int, _ b: Int) -> Int {
    op == .bitAnd ? a & b : op == .bitOr ? a | b : a ^ b
  }

  private static func integer(_ op: BinaryOperator, _ a: BigInteger, _ b: BigInteger) -> CodeConstant? {
    switch op {
    case .add: return (a + b).constant
    case .sub: return (a - b).constant
    case .mult:
      if !a.isZero, !b.isZero, a.bitLength + b.bitLength > maximumIntBits { return nil }
      return (a * b).constant
    case .lShift:
      guard let count = b.small, count >= 0 else { return nil }
      if a.isZero { return .int(0) }
      if count > maximumIntBits || a.bitLength > maximumIntBits - count { return nil }
      return a.shiftedLeft(count).constant
    case .pow:
      guard let exponent = b.small else { return nil }
      if exponent < 0 {
        guard let base = a.small, base != 0 else { return nil }
        return real(.pow, exact(base), exact(exponent))
      }
      if exponent > 0, a.bitLength > maximumIntBits / exponent { return nil }
      return a.raised(to: exponent).constant
    default: break
    }
    guard let x = a.small, let y = b.small else { return nil }
    switch op {
    case .div:
      guard y != 0, let left = exact(x), let right = exact(y) else { return nil }
      return .float(left / right)
    case .floorDiv, .mod:
      if y == 0 || y == -1 && x == Int.min { return nil }
      var quotient = x / y
      var remainder = x % y
      if remainder != 0, (remainder < 0) != (y < 0) {
        quotient -= 1
        remainder += y
      }
      return .int(op == .mod ? remainder : quotient)
    case .rShift:
      if y < 0 { return nil }
      return .int(x >> min(y, 63))
    case .bitAnd, .bitOr, .bitXor: return .int(bits(op, x, y))
    default: return nil
    }
  }

  /// Integers that a double holds exactly; the rounding of others is left to the runtime.
  private static func exact(_ value: Int) -> Double? {
    value.magnitude <= 1 << 53 ? Double(value) : nil
  }

  private static func double(_ value: CodeConstant) -> Double? {
    switch value {
    case .float(let value): return value
    case .int(let value): return exact(value)
    case .true: return 1
    case .false: return 0
    default: return nil
    }
  }

  private static func real(_ op: BinaryOperator, _ left: Double?, _ right: Double?) -> CodeConstant? {
    guard let a = left, let b = right else { return nil }
    switch op {
    case .add: return .float(a + b)
    case .sub: return .float(a - b)
    case .mult: return .float(a * b)
    case .div: return b == 0 ? nil : .float(a / b)
    case .pow:
      // Zero to a negative power raises; a negative base may give a complex number.
      guard a > 0, a.isFinite, b.isFinite else { return nil }
      let result = pow(a, b)
      return result.isFinite ? .float(result) : nil
    default: return nil
    }
  }

  private static func complex(_ value: CodeConstant) -> (Double, Double)? {
    if case .complex(let real, let imaginary) = value { return (real, imaginary) }
    return double(value).map { ($0, 0) }
  }

  private static func complexNumber(
    _ op: BinaryOperator, _ a: (Double, Double), _ b: (Double, Double)
  ) -> CodeConstant? {
    switch op {
    case .add: return .complex(real: a.0 + b.0, imaginary: a.1 + b.1)
    case .sub: return .complex(real: a.0 - b.0, imaginary: a.1 - b.1)
    case .mult:
      let real = a.0 * b.0 - a.1 * b.1
      let imaginary = a.0 * b.1 + a.1 * b.0
      return .complex(real: real, imaginary: imaginary)
    default: return nil
    }
  }

  private static func sequence(_ op: BinaryOperator, _ left: CodeConstant, _ right: CodeConstant) -> CodeConstant? {
    if op == .add {
      switch (left, right) {
      case (.string(let a), .string(let b)): return .string(StringConstant(codePoints: a.codePoints + b.codePoints))
      case (.bytes(let a), .bytes(let b)): return .bytes(a + b)
      case (.tuple(let a), .tuple(let b)): return .tuple(a + b)
      default: return nil
      }
    }
    guard op == .mult else { return nil }
    if let count = BigInteger(right)?.small { return repeated(left, count) }
    if let count = BigInteger(left)?.small { return repeated(right, count) }
    return nil
  }

  private static func repeated(_ value: CodeConstant, _ count: Int) -> CodeConstant? {
    func fits(_ size: Int, _ limit: Int) -> Bool {
      size == 0 || (count >= 0 && count <= limit / size) || count < 0
    }
    switch value {
    case .string(let text):
      guard fits(text.count, maximumStringSize) else { return nil }
      let points = Array(repeatElement(text.codePoints, count: max(count, 0)).joined())
      return .string(StringConstant(codePoints: text.isEmpty ? [] : points))
    case .bytes(let data):
      guard fits(data.count, maximumStringSize) else { return nil }
      return .bytes(data.isEmpty ? [] : Array(repeatElement(data, count: max(count, 0)).joined()))
    case .tuple(let items):
      guard fits(items.count, maximumCollectionSize), count <= 0 || itemCount(value) * min(count, 1 << 20) <= maximumTotalItems
      else { return nil }
      return .tuple(items.isEmpty ? [] : Array(repeatElement(items, count: max(count, 0)).joined()))
    default: return nil
    }
  }

  private static func itemCount(_ value: CodeConstant) -> Int {
    guard case .tuple(let items) = value else { return 0 }
    return items.reduce(items.count) { $0 + itemCount($1) }
  }

  private static func item(_ container: CodeConstant, _ key: CodeConstant) -> CodeConstant? {
    guard let position = BigInteger(key)?.small else { return nil }
    func resolve(_ count: Int) -> Int? {
      let index = position < 0 ? position + count : position
      return index >= 0 && index < count ? index : nil
    }
    switch container {
    case .tuple(let items): return resolve(items.count).map { items[$0] }
    case .string(let text):
      return resolve(text.count).map { .string(StringConstant(codePoints: [text.codePoints[$0]])) }
    case .bytes(let data): return resolve(data.count).map { .int(Int(data[$0])) }
    default: return nil
    }
  }
}
