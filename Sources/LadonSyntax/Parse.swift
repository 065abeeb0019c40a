/// What kind of source is parsed.
public enum ParseMode: Sendable {
  /// A file: any number of statements.
  case exec
  /// One expression.
  case eval
  /// One interactive statement.
  case single
  /// The signature in a type comment.
  case functionType
}

/// How to read a source.
public struct ParseOptions {
  public var rules = IdentifierRules.database
  /// For encodings other than UTF-8, Latin-1 and ASCII.
  public var decoder: SourceDecoder?
  /// The source came as text: its bytes are UTF-8 whatever a declaration says.
  public var isText = true
  /// The source came from a file, whose bytes must be valid in their encoding throughout.
  public var isFile = false
  /// `PyCF_ALLOW_INCOMPLETE_INPUT`: report "incomplete input" when more lines could complete the source.
  public var allowsIncompleteInput = false
  /// `PyCF_DONT_IMPLY_DEDENT`: in `single` mode, the end of the source doesn't close blocks.
  public var requiresDedent = false
  /// The lowest address of the native stack that the parser may use; 0 for no check beyond its own limits.
  public var stackLimit: UInt = 0
  /// `sys.get_int_max_str_digits()`: the most digits of a decimal integer literal; 0 for no limit.
  public var maximumDigits = 4300
  /// `PyCF_TYPE_COMMENTS`: type comments are part of the grammar.
  public var readsTypeComments = false
  /// `CO_FUTURE_BARRY_AS_BDFL`: inequality is spelled `<>`.
  public var barryIsBDFL = false
  /// The minor version of Python 3 whose syntax is allowed.
  public var featureVersion = ParseOptions.newestVersion

  static let newestVersion = 11

  public init() {}
}

/// A tree, and what there was to warn about on the way.
public struct ParseResult {
  public var mod: Mod
  /// Type comments of statements and parameters, by the range of what they belong to.
  public var typeComments: [SourceRange: String] = [:]
  public var typeIgnores: [TypeIgnore] = []
  public var warnings: [SourceWarning]
}

/// Parses a source, or throws what CPython would say is wrong with it.
///
///     let result = try parse(source: Array("x = 1".utf8), filename: "<string>", mode: .exec)
public func parse(
  source: [UInt8], filename: String, mode: ParseMode = .exec, options: ParseOptions = ParseOptions()
) throws(SyntaxFailure) -> ParseResult {
  let prepared = SourcePreparation(
    source: source, isText: options.isText, isFile: options.isFile, filename: filename,
    addsNewline: mode == .exec, decoder: options.decoder)
  if let failure = prepared.failure { throw failure }
  let text = SourceText(
    normalised: prepared.bytes, filename: filename, hasEncoding: prepared.hasEncoding)
  text.maximumDigits = options.maximumDigits
  var tokenizer = Tokenizer(text: text, rules: options.rules)
  tokenizer.readsTypeComments = options.readsTypeComments
  var stream = tokenizer.run()
  if options.featureVersion < 7 { stream.takeAsyncWordsAsNames() }
  if mode == .single, stream.failure == nil {
    stream = tokenizer.completedForInteractiveUse(stream, closesBlocks: !options.requiresDedent)
  }
  if options.barryIsBDFL { stream.swapInequalities() }
  var parser = Parser(stream: stream, rules: options.rules, stackLimit: options.stackLimit)
  do {
    let mod: Mod
    switch mode {
    case .exec: mod = try parser.module()
    case .eval: mod = try parser.expressionSource()
    case .single: mod = try parser.interactive()
    case .functionType: mod = try parser.functionType()
    }
    if mode == .single, let failure = SyntaxDiagnosis.trailingStatement(after: parser) { throw failure }
    if options.featureVersion < ParseOptions.newestVersion,
      let failure = SyntaxDiagnosis.newerSyntax(stream, mode: mode, options: options)
    {
      throw failure
    }
    return ParseResult(
      mod: mod, typeComments: parser.typeComments, typeIgnores: tokenizer.typeIgnores,
      warnings: merged(stream.warnings, parser.warnings))
  } catch let failure as SyntaxFailure {
    throw failure
  } catch Mismatch.stack {
    if case .raised(let failure)? = stream.failure { throw failure }
    throw .memory()
  } catch Mismatch.depth {
    throw .recursion()
  } catch {
    var failure = SyntaxDiagnosis.explain(stream, mode: mode, options: options)
    // The tokenizer has read on to the end.
    let line = Int(stream.tokens[min(parser.pos, stream.count - 1)].line)
    failure.warnings = merged(stream.warnings.filter { $0.line <= line }, parser.warnings)
    throw failure
  }
}

/// Warnings of the tokenizer and of literals, by line.
private func merged(_ first: [SourceWarning], _ second: [SourceWarning]) -> [SourceWarning] {
  if first.isEmpty { return second }
  if second.isEmpty { return first }
  var result: [SourceWarning] = []
  var rest = second[...]
  for warning in first {
    while let next = rest.first, next.line < warning.line {
      result.append(next)
      rest.removeFirst()
    }
    result.append(warning)
  }
  return result + rest
}
