enum SyntaxDiagnosis {
  static func trailingStatement(after parser: Parser) -> SyntaxFailure? { nil }
  static func explain(_ stream: TokenStream, mode: ParseMode, options: ParseOptions) -> SyntaxFailure {
    SyntaxFailure(message: "invalid syntax", line: 0, offset: 0, endLine: 0, endOffset: 0, text: nil)
  }
}
