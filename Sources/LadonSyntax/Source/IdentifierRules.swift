/// What the tokenizer must know of Unicode. The runtime puts its own tables here, so that identifiers follow
/// the same Unicode version as `str.isidentifier` and `unicodedata`.
public struct IdentifierRules {
  /// XID_Start (an underscore is handled apart).
  public var isStart: (UInt32) -> Bool
  /// XID_Continue.
  public var isContinue: (UInt32) -> Bool
  /// Whether `str.isprintable` holds for the code point.
  public var isPrintable: (UInt32) -> Bool
  /// NFKC of an identifier that isn't ASCII.
  public var normalize: (String) -> String
  /// The code points of a Unicode name or named sequence, as in `"\N{...}"`; `nil` if there is no such name.
  public var lookUpName: (String) -> [UInt32]?

  public init(
    isStart: @escaping (UInt32) -> Bool, isContinue: @escaping (UInt32) -> Bool,
    isPrintable: @escaping (UInt32) -> Bool, normalize: @escaping (String) -> String,
    lookUpName: @escaping (String) -> [UInt32]?
  ) {
    self.isStart = isStart
    self.isContinue = isContinue
    self.isPrintable = isPrintable
    self.normalize = normalize
    self.lookUpName = lookUpName
  }

  /// The tables of Swift's standard library: complete but for NFKC, which it doesn't offer.
  public static let standardLibrary = IdentifierRules(
    isStart: { Unicode.Scalar($0)?.properties.isXIDStart ?? false },
    isContinue: { Unicode.Scalar($0)?.properties.isXIDContinue ?? false },
    isPrintable: { point in
      guard let scalar = Unicode.Scalar(point) else { return false }
      switch scalar.properties.generalCategory {
      case .control, .format, .surrogate, .privateUse, .unassigned: return false
      case .lineSeparator, .paragraphSeparator: return false
      case .spaceSeparator: return point == 32
      default: return true
      }
    },
    normalize: { $0 },
    lookUpName: { name in
      let wanted = name.uppercased()
      if let ideograph = Self.ideograph(named: wanted) { return [ideograph] }
      for point in UInt32(0)...0x10FFFF {
        guard let scalar = Unicode.Scalar(point) else { continue }
        let properties = scalar.properties
        if properties.name == wanted || properties.nameAlias == wanted { return [point] }
      }
      return nil
    })

  private static func ideograph(named name: String) -> UInt32? {
    let prefix = "CJK UNIFIED IDEOGRAPH-"
    guard name.hasPrefix(prefix), let point = UInt32(name.dropFirst(prefix.count), radix: 16) else { return nil }
    return Unicode.Scalar(point)?.properties.isUnifiedIdeograph == true ? point : nil
  }
}
