/// A Python string constant: code points, lone surrogates included, which a Swift `String` can't hold.
public struct StringConstant: Equatable, Hashable {
  public var codePoints: [UInt32]

  public init(codePoints: [UInt32] = []) { self.codePoints = codePoints }

  public init(_ text: String) { codePoints = text.unicodeScalars.map { $0.value } }

  public var isEmpty: Bool { codePoints.isEmpty }
  public var count: Int { codePoints.count }

  /// The text, with U+FFFD in the place of lone surrogates.
  public var lossyString: String {
    var result = String.UnicodeScalarView()
    for point in codePoints { result.append(Unicode.Scalar(point) ?? "\u{FFFD}") }
    return String(result)
  }
}

/// An integer literal that doesn't fit in an `Int`: its digits without prefix, underscores and leading zeros.
public struct BigIntConstant: Equatable, Hashable {
  /// Lower-case digits, the most significant first.
  public var digits: String
  /// 2, 8, 10 or 16.
  public var radix: Int
  /// Only trees that a program builds hold negative constants; literals never are.
  public var isNegative: Bool

  public init(digits: String, radix: Int, isNegative: Bool = false) {
    self.digits = digits
    self.radix = radix
    self.isNegative = isNegative
  }
}

/// The value of a `Constant` node.
///
/// `tuple` and `frozenset` come from no literal; programs that build trees by hand, and the compiler's
/// constant folding, make them.
public enum Constant: Equatable, Hashable {
  case none
  case `true`
  case `false`
  case ellipsis
  case int(Int)
  indirect case bigInt(BigIntConstant)
  case float(Double)
  /// The imaginary part; a literal's real part is 0.
  case complex(Double)
  case string(StringConstant)
  case bytes([UInt8])
  indirect case tuple([Constant])
  indirect case frozenset([Constant])
}
