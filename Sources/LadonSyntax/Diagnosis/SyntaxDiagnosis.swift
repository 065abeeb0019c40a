/// Finds the words for a syntax error.
///
/// CPython's messages follow from how its PEG parser explores: which alternatives it tries, how far it has read
/// tokens, and extra `invalid_…` rules that are on in a second pass. So a source that `Parser` has refused is
/// parsed again here, by ordered choice with memoisation, in the same order and in two passes. It only
/// recognises: nodes are just enough to name what can't be assigned to, and where it is.
final class SyntaxDiagnosis {
  let stream: TokenStream
  let tokens: UnsafeMutablePointer<Token>
  let text: SourceText
  let options: ParseOptions
  let mode: Mode
  var mark = 0
  /// How many tokens have been asked for; errors without a place of their own go to the last of them.
  var fill = 0
  /// The second pass.
  var triesInvalid = false
  var memo: [Int: Memo] = [:]
  var recursion = 0

  enum Mode: Equatable {
    case source(ParseMode)
    /// A replacement field, given as text of its own in parentheses. Columns after its first line are reckoned
    /// from `column`, as CPython does.
    case field(column: Int)
  }

  /// What a rule found at a token, and the token after.
  struct Memo {
    let node: Node?
    let end: Int
  }

  /// What an expression is, for the messages that name it.
  enum Shape {
    case name, attribute, subscript_, starred, tuple, list, call, operation, lambda, generator, yield, await
    case listComprehension, setComprehension, dictComprehension, dict, set, fString, literal, true_, false_, none
    case ellipsis, comparison, conditional, named
    /// No expression; something matched.
    case other
  }

  final class Node {
    let shape: Shape
    let range: SourceRange
    /// The elements of a tuple or list, the value of a star, the left side of a comparison.
    var children: [Node] = []
    /// For `comparison`: the first operator is `in`.
    var isMembership = false
    /// For names: the token.
    var token = 0
    /// For the arguments of a call: whether there is a `**`, and how many have no name.
    var hasDoubleStar = false
    var positionalCount = 0

    init(_ shape: Shape, _ range: SourceRange, _ children: [Node] = []) {
      self.shape = shape
      self.range = range
      self.children = children
    }
  }

  init(stream: TokenStream, mode: Mode, options: ParseOptions) {
    self.stream = stream
    self.mode = mode
    self.options = options
    tokens = stream.tokens
    text = stream.text
  }

  /// The error of a source that the parser refused.
  static func explain(_ stream: TokenStream, mode: ParseMode, options: ParseOptions) -> SyntaxFailure {
    SyntaxDiagnosis(stream: stream, mode: .source(mode), options: options).run()
  }

  /// What a source that the parser took has of syntax newer than `featureVersion`.
  static func newerSyntax(_ stream: TokenStream, mode: ParseMode, options: ParseOptions) -> SyntaxFailure? {
    SyntaxDiagnosis(stream: stream, mode: .source(mode), options: options).newerSyntax()
  }

  /// The error of a replacement field.
  static func explain(_ field: ReplacementField, in source: SourceText, options: ParseOptions) -> SyntaxFailure {
    SyntaxDiagnosis(field, in: source, options: options).run()
  }

  convenience init(_ field: ReplacementField, in source: SourceText, options: ParseOptions) {
    var bytes: [UInt8] = [UInt8(ascii: "(")]
    bytes += source.bytes(field.range.lowerBound, field.range.upperBound)
    bytes += [UInt8(ascii: ")"), 10]
    let text = SourceText(normalised: bytes, filename: source.filename, firstLine: field.line)
    text.maximumDigits = source.maximumDigits
    var startsWithNewline = true
    scan: for byte in source.bytes(field.range.lowerBound, field.range.upperBound) {
      switch byte {
      case 32, 9, 12: continue
      case 10: break scan
      default:
        startsWithNewline = false
        break scan
      }
    }
    let column: Int
    if startsWithNewline {
      column = field.line > Int(field.token.line) ? 0 : Int(field.token.column)
    } else {
      column = field.range.lowerBound - 1 - field.lineStart
    }
    var tokenizer = Tokenizer(text: text, rules: options.rules)
    self.init(stream: tokenizer.run(), mode: .field(column: column), options: options)
  }

  /// In a source without errors.
  func newerSyntax() -> SyntaxFailure? {
    do {
      _ = try start()
      return nil
    } catch let error as SyntaxFailure {
      return error
    } catch { return .memory() }
  }

  /// Every rule of newer syntax ends with this.
  func requires(_ version: Int, _ what: String) throws {
    if options.featureVersion < version {
      throw atLastToken("\(what) only supported in Python 3.\(version) and greater")
    }
  }

  // MARK: The two passes

  private func run() -> SyntaxFailure {
    var failure: SyntaxFailure?
    do {
      _ = try start()
    } catch let error as SyntaxFailure {
      failure = error
    } catch { failure = .memory() }
    if let found = failure, found.kind == .memory { return found }
    let endsTooEarly = isAtEndOfSource
    if endsTooEarly, options.allowsIncompleteInput {
      var incomplete = atLastToken("incomplete input")
      incomplete.isIncomplete = true
      return incomplete
    }
    if let found = failure {
      return finished(overriddenUnlessAtEnd(found), endsTooEarly)
    }
    let last = max(0, fill - 1)
    memo = [:]
    mark = 0
    triesInvalid = true
    do {
      _ = try start()
    } catch let error as SyntaxFailure {
      return finished(overriddenUnlessAtEnd(error), endsTooEarly)
    } catch { return .memory() }
    return finished(generic(last), endsTooEarly)
  }

  private func finished(_ failure: SyntaxFailure, _ endsTooEarly: Bool) -> SyntaxFailure {
    var result = failure
    result.isIncomplete = endsTooEarly
    return result
  }

  /// No rule had anything to say.
  private func generic(_ last: Int) -> SyntaxFailure {
    let token = tokens[last]
    switch token.kind {
    case .indent: return atLastToken("unexpected indent", kind: .indentation)
    case .dedent: return atLastToken("unexpected unindent", kind: .indentation)
    default: return overridden(at(range(ofToken: last), "invalid syntax"))
    }
  }

  /// The error was the tokenizer's, when the parser came to it.
  private var isTokenizerError: Bool { fill > 0 && tokens[fill - 1].kind == .error }

  /// CPython looks further only if its tokenizer has neither failed nor met the end.
  private func overriddenUnlessAtEnd(_ failure: SyntaxFailure) -> SyntaxFailure {
    isTokenizerError || isAtEndOfSource ? failure : overridden(failure)
  }

  /// Errors of the tokenizer further on come first.
  private func overridden(_ failure: SyntaxFailure) -> SyntaxFailure {
    switch stream.failure {
    case .raised(let error)?: return error
    case nil: return failure
    case .pending?, .endOfSource?:
      if let bracket = stream.openBracket, fill > 0, Int(tokens[fill - 1].line) > bracket.line {
        return unclosed(bracket)
      }
      return failure
    }
  }

  /// The tokenizer has met the end: either the end marker was read, or the last token touches the end.
  private var isAtEndOfSource: Bool {
    if fill == 0 { return false }
    let token = tokens[fill - 1]
    switch token.kind {
    case .endMarker: return true
    case .error:
      switch stream.failure {
      case .endOfSource?: return true
      case .raised(let failure)?: return failure.isIncomplete
      default: return false
      }
    case .string:
      // Only after an empty literal must the tokenizer look on, for a third quote.
      let end = Int(token.end)
      let isEmpty = text.base[end - 2] == text.base[end - 1] && end - Int(token.start) <= 4
      let first = isEmpty && end - Int(token.start) > 2 ? text.base[end - 3] : 0
      return end >= text.count && isEmpty && first != text.base[end - 1]
    default: return Int(token.end) >= text.count
    }
  }

  func tokenizerFailure() -> SyntaxFailure {
    switch stream.failure {
    case .raised(let failure)?: return failure
    case .pending(let failure)?: return failure
    default:
      if let bracket = stream.openBracket { return unclosed(bracket) }
      return atLastToken("unexpected EOF while parsing")
    }
  }

  private func unclosed(_ bracket: OpenBracket) -> SyntaxFailure {
    let column = bracket.offset - text.lineStart(of: bracket.offset)
    return failure(
      "'\(Character(Unicode.Scalar(bracket.kind)))' was never closed", line: bracket.line, column: column + 1,
      endLine: bracket.line, endColumn: 0)
  }

  /// What follows a complete interactive statement must be blank.
  static func trailingStatement(after parser: Parser) -> SyntaxFailure? {
    let taken = parser.tokens[parser.pos - 1]
    let text = parser.text
    var at = Int(taken.end)
    while at < text.count {
      let byte = text.base[at]
      if byte == UInt8(ascii: "#") {
        at = text.lineEnd(of: at)
      } else if byte == 32 || byte == 9 || byte == 10 || byte == 12 {
        at += 1
      } else {
        var options = ParseOptions()
        options.rules = parser.rules
        let diagnosis = SyntaxDiagnosis(stream: parser.stream, mode: .source(.single), options: options)
        diagnosis.fill = parser.pos
        return diagnosis.atLastToken("multiple statements found while compiling a single statement")
      }
    }
    return nil
  }
}
