/// One `case` of a `match`. It has no range of its own.
public struct MatchCase {
  public var pattern: Pattern
  public var guardExpr: Expr?
  public var body: [Stmt]

  public init(pattern: Pattern, guardExpr: Expr?, body: [Stmt]) {
    self.pattern = pattern
    self.guardExpr = guardExpr
    self.body = body
  }
}

/// A pattern of a `case`.
public final class Pattern {
  public var kind: PatternKind
  public var range: SourceRange

  public init(_ kind: PatternKind, _ range: SourceRange) {
    self.kind = kind
    self.range = range
  }
}

/// CPython's `pattern` sum, field by field.
public enum PatternKind {
  /// Compared with `==`: a number, a string or a dotted name.
  case matchValue(value: Expr)
  /// Compared with `is`: `None`, `True` or `False`.
  case matchSingleton(value: Constant)
  case matchSequence(patterns: [Pattern])
  case matchMapping(keys: [Expr], patterns: [Pattern], rest: String?)
  case matchClass(cls: Expr, patterns: [Pattern], kwdAttrs: [String], kwdPatterns: [Pattern])
  /// No name means `*_`.
  case matchStar(name: String?)
  /// `pattern as name`; without a pattern a capture; without both the wildcard `_`.
  case matchAs(pattern: Pattern?, name: String?)
  case matchOr(patterns: [Pattern])
}
