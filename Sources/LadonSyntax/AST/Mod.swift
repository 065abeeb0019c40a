/// A comment that tells a type checker to pass over its line.
public struct TypeIgnore: Equatable {
  public var line: Int
  /// What follows `ignore`.
  public var tag: String
}

/// A whole parsed source.
public enum Mod {
  case module(body: [Stmt])
  case interactive(body: [Stmt])
  case expression(body: Expr)
  /// A signature as in a type comment, `(int, str) -> bool`.
  case functionType(argtypes: [Expr], returns: Expr)
}
