/// The kinds of token. Those up to `endMarker` are layout: a node's end never lies in one.
enum TokenKind: UInt8 {
  case newline, indent, dedent, endMarker
  /// Where the tokenizer gave up; `TokenStream.failure` says why.
  case error
  case name, number, string
  // Operators and delimiters.
  case leftParen, rightParen, leftBracket, rightBracket, leftBrace, rightBrace
  case colon, comma, semicolon, dot, ellipsis, arrow, at, equal, colonEqual
  case plus, minus, star, slash, doubleSlash, percent, doubleStar
  case leftShift, rightShift, vertical, circumflex, ampersand, tilde
  case less, greater, lessEqual, greaterEqual, equalEqual, notEqual
  case plusEqual, minusEqual, starEqual, slashEqual, doubleSlashEqual, percentEqual, doubleStarEqual
  case leftShiftEqual, rightShiftEqual, verticalEqual, circumflexEqual, ampersandEqual, atEqual
  /// `$`, `?`, `!` and `<>`: tokens that no rule of the grammar takes.
  case unknown
  /// What a comment says after `# type:`, in sources that are read with their type comments.
  case typeComment
  // Keywords.
  case kwFalse, kwNone, kwTrue, kwAnd, kwAs, kwAssert, kwAsync, kwAwait, kwBreak, kwClass, kwContinue
  case kwDef, kwDel, kwElif, kwElse, kwExcept, kwFinally, kwFor, kwFrom, kwGlobal, kwIf, kwImport, kwIn
  case kwIs, kwLambda, kwNonlocal, kwNot, kwOr, kwPass, kwRaise, kwReturn, kwTry, kwWhile, kwWith, kwYield

  @inline(__always) var isLayout: Bool { rawValue <= TokenKind.endMarker.rawValue }
  var isKeyword: Bool { rawValue >= TokenKind.kwFalse.rawValue }
}

/// A token: what it is and where. Offsets are bytes from the start of the source.
struct Token {
  var kind: TokenKind
  /// An identifier with characters beyond ASCII.
  var hasWideCharacters: Bool = false
  /// How many brackets are open after it.
  var level: UInt16 = 0
  var start: Int32
  var end: Int32
  var line: Int32
  /// -1 for tokens without text (indentation, end), whose `endColumn` then says where the tokenizer stood.
  var column: Int32
  var endLine: Int32
  var endColumn: Int32
}

/// All tokens of a source, ended by `endMarker` or by `error`.
final class TokenStream {
  let text: SourceText
  /// Owned, so that parsers read tokens without counting references.
  let tokens: UnsafeMutablePointer<Token>
  let count: Int
  /// What the last token, if it is an `error`, stands for.
  let failure: TokenizerFailure?
  /// The innermost bracket that was open where the tokens end.
  let openBracket: OpenBracket?
  let warnings: [SourceWarning]

  init(
    text: SourceText, tokens: ContiguousArray<Token>, failure: TokenizerFailure?, openBracket: OpenBracket?,
    warnings: [SourceWarning]
  ) {
    self.text = text
    self.openBracket = openBracket
    count = tokens.count
    self.tokens = UnsafeMutablePointer<Token>.allocate(capacity: max(1, count))
    let target = self.tokens
    tokens.withUnsafeBufferPointer { source in
      if let first = source.baseAddress { target.initialize(from: first, count: source.count) }
    }
    self.failure = failure
    self.warnings = warnings
  }

  deinit { tokens.deallocate() }
}

/// A bracket that still waits for its counterpart.
struct OpenBracket {
  var kind: UInt8
  var line: Int
  var offset: Int
}

/// Why there are no more tokens.
enum TokenizerFailure {
  /// Reported as it stands, before any error that the parser finds.
  case raised(SyntaxFailure)
  /// Reported only if the parser asks for the token.
  case pending(SyntaxFailure)
  /// The source ended inside brackets, or after a backslash.
  case endOfSource
}

/// The words of the language.
enum Keywords {
  /// The kind of the `count` bytes at `pointer`: a keyword or `name`.
  @inline(__always)
  static func kind(_ pointer: UnsafePointer<UInt8>, _ count: Int) -> TokenKind {
    if count < 2 || count > 8 { return .name }
    var word: UInt64 = 0
    var index = 0
    while index < count {
      word = (word << 8) | UInt64(pointer[index])
      index += 1
    }
    return lookUp(word)
  }

  private static func pack(_ text: StaticString) -> UInt64 {
    var word: UInt64 = 0
    for index in 0..<text.utf8CodeUnitCount { word = (word << 8) | UInt64(text.utf8Start[index]) }
    return word
  }

  /// Open addressing in 128 entries; built once from the list of words.
  private static let table: UnsafeMutablePointer<(UInt64, TokenKind)> = {
    let words: [(StaticString, TokenKind)] = [
      ("False", .kwFalse), ("None", .kwNone), ("True", .kwTrue), ("and", .kwAnd), ("as", .kwAs),
      ("assert", .kwAssert), ("async", .kwAsync), ("await", .kwAwait), ("break", .kwBreak),
      ("class", .kwClass), ("continue", .kwContinue), ("def", .kwDef), ("del", .kwDel), ("elif", .kwElif),
      ("else", .kwElse), ("except", .kwExcept), ("finally", .kwFinally), ("for", .kwFor), ("from", .kwFrom),
      ("global", .kwGlobal), ("if", .kwIf), ("import", .kwImport), ("in", .kwIn), ("is", .kwIs),
      ("lambda", .kwLambda), ("nonlocal", .kwNonlocal), ("not", .kwNot), ("or", .kwOr), ("pass", .kwPass),
      ("raise", .kwRaise), ("return", .kwReturn), ("try", .kwTry), ("while", .kwWhile), ("with", .kwWith),
      ("yield", .kwYield),
    ]
    let entries = UnsafeMutablePointer<(UInt64, TokenKind)>.allocate(capacity: 128)
    entries.initialize(repeating: (0, .name), count: 128)
    for (text, kind) in words {
      let word = pack(text)
      var slot = hash(word)
      while entries[slot].0 != 0 { slot = (slot + 1) & 127 }
      entries[slot] = (word, kind)
    }
    return entries
  }()

  @inline(__always)
  private static func hash(_ word: UInt64) -> Int {
    Int(truncatingIfNeeded: (word &* 0x9E37_79B9_7F4A_7C15) >> 57)
  }

  @inline(__always)
  private static func lookUp(_ word: UInt64) -> TokenKind {
    let entries = table
    var slot = hash(word)
    while entries[slot].0 != 0 {
      if entries[slot].0 == word { return entries[slot].1 }
      slot = (slot + 1) & 127
    }
    return .name
  }
}
