import CLadonUnicode

/// What reading a source must know of Unicode.
///
/// The default is the Unicode database of Python 3.11; a program that embeds the parser may bring its own.
public struct IdentifierRules {
  /// XID_Start and the underscore.
  public var isStart: (UInt32) -> Bool
  /// XID_Continue.
  public var isContinue: (UInt32) -> Bool
  /// Whether `str.isprintable` holds for the code point.
  public var isPrintable: (UInt32) -> Bool
  /// NFKC of an identifier that isn't ASCII.
  public var normalize: (String) -> String
  /// The code point of a Unicode name or alias, as in `"\N{...}"`.
  public var lookUpName: (String) -> UInt32?

  public init(
    isStart: @escaping (UInt32) -> Bool, isContinue: @escaping (UInt32) -> Bool,
    isPrintable: @escaping (UInt32) -> Bool, normalize: @escaping (String) -> String,
    lookUpName: @escaping (String) -> UInt32?
  ) {
    self.isStart = isStart
    self.isContinue = isContinue
    self.isPrintable = isPrintable
    self.normalize = normalize
    self.lookUpName = lookUpName
  }

  /// The tables in `CLadonUnicode`.
  public static let database = IdentifierRules(
    isStart: { ladon_uc_flags($0) & LADON_UC_XID_START != 0 },
    isContinue: { ladon_uc_flags($0) & LADON_UC_XID_CONTINUE != 0 },
    isPrintable: { ladon_uc_flags($0) & LADON_UC_PRINTABLE != 0 },
    normalize: { name in
      let points: [UInt32] = name.unicodeScalars.map { $0.value }
      if ladon_uc_quick_check(LADON_UC_NFKC, points, points.count) == 0 { return name }
      // A code point decomposes into at most 18.
      var result = [UInt32](repeating: 0, count: points.count * 18)
      let length = ladon_uc_decompose(LADON_UC_NFKC, false, points, points.count, &result)
      let composed = ladon_uc_compose(&result, length)
      var scalars = String.UnicodeScalarView()
      for point in result[..<composed] { scalars.append(Unicode.Scalar(point) ?? "\u{FFFD}") }
      return String(scalars)
    },
    lookUpName: { name in
      var codes: (UInt32, UInt32, UInt32, UInt32) = (0, 0, 0, 0)
      let found = withUnsafeMutableBytes(of: &codes) { buffer in
        ladon_uc_lookup(name, name.utf8.count, false, buffer.baseAddress!.assumingMemoryBound(to: UInt32.self))
      }
      return found == 1 ? codes.0 : nil
    })
}
