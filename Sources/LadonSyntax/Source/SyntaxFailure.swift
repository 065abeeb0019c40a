/// Why a source could not be turned into a tree, in the terms of Python's `SyntaxError`.
public struct SyntaxFailure: Error, Equatable, Sendable {
  public enum Kind: Equatable, Sendable {
    case syntax, indentation, tab
    /// `MemoryError`: nesting deeper than the parser's stack. The message is empty, as CPython's.
    case memory
    /// `RecursionError`: a tree deeper than what the passes after the parser can walk.
    case recursion
    /// `ValueError`: a null byte in source text given as a string.
    case nullBytes
  }

  public var kind: Kind
  public var message: String
  public var line: Int
  /// 1-based, in characters; 0 or less where CPython has such values.
  public var offset: Int
  public var endLine: Int
  public var endOffset: Int
  /// The source line, with its newline where CPython keeps it; `nil` where CPython gives `None`.
  public var text: String?
  /// The source ended too early: more input could make it valid. For `codeop` and interactive use.
  public var isIncomplete: Bool = false
  /// `SyntaxError.args` carries no end position (failures to decode a source).
  public var lacksEnd: Bool = false
  /// What there was to warn about before it.
  public var warnings: [SourceWarning] = []

  public init(
    kind: Kind = .syntax, message: String, line: Int, offset: Int, endLine: Int, endOffset: Int, text: String?
  ) {
    self.kind = kind
    self.message = message
    self.line = line
    self.offset = offset
    self.endLine = endLine
    self.endOffset = endOffset
    self.text = text
  }

  static func memory() -> SyntaxFailure {
    SyntaxFailure(kind: .memory, message: "", line: 0, offset: 0, endLine: 0, endOffset: 0, text: nil)
  }

  static func recursion() -> SyntaxFailure {
    SyntaxFailure(
      kind: .recursion, message: "maximum recursion depth exceeded during compilation", line: 0, offset: 0,
      endLine: 0, endOffset: 0, text: nil)
  }
}

/// A warning that reading the source gave rise to.
public struct SourceWarning: Equatable, Sendable {
  public enum Category: Equatable, Sendable {
    case deprecation, syntax
  }

  public var category: Category
  public var message: String
  public var line: Int
  /// What is raised where warnings of the category are errors.
  public var failure: SyntaxFailure
}
