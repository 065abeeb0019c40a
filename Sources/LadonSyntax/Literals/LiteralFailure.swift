/// What is wrong with a literal whose extent was right.
enum LiteralFailure: Error {
  /// Reported at the last token that the parser has seen.
  case message(String)
  /// Reported for the token's line, without a column.
  case lineOnly(String)
  /// A replacement field holds an invalid expression; reported as it stands.
  case field(SyntaxFailure)
  /// The same, before anybody has looked for the reason.
  case unexplainedField
}
