/// A whole parsed source.
public enum Mod {
  case module(body: [Stmt])
  case interactive(body: [Stmt])
  case expression(body: Expr)
  /// A signature as in a type comment, `(int, str) -> bool`.
  case functionType(argtypes: [Expr], returns: Expr)
}
