/// A statement.
public final class Stmt {
  public var kind: StmtKind
  public var range: SourceRange

  public init(_ kind: StmtKind, _ range: SourceRange) {
    self.kind = kind
    self.range = range
  }
}

/// CPython's `stmt` sum, field by field; type comments stand in `ParseResult`.
public enum StmtKind {
  case functionDef(FunctionDef)
  case asyncFunctionDef(FunctionDef)
  case classDef(ClassDef)
  case `return`(value: Expr?)
  case delete(targets: [Expr])
  case assign(targets: [Expr], value: Expr)
  case typeAlias(name: Expr, typeParams: [TypeParam], value: Expr)
  case augAssign(target: Expr, op: BinaryOperator, value: Expr)
  /// `simple`: the target is a name without parentheses.
  case annAssign(target: Expr, annotation: Expr, value: Expr?, simple: Bool)
  case `for`(target: Expr, iter: Expr, body: [Stmt], orelse: [Stmt])
  case asyncFor(target: Expr, iter: Expr, body: [Stmt], orelse: [Stmt])
  case `while`(test: Expr, body: [Stmt], orelse: [Stmt])
  case `if`(test: Expr, body: [Stmt], orelse: [Stmt])
  case with(items: [WithItem], body: [Stmt])
  case asyncWith(items: [WithItem], body: [Stmt])
  case match(subject: Expr, cases: [MatchCase])
  case raise(exc: Expr?, cause: Expr?)
  case `try`(body: [Stmt], handlers: [ExceptHandler], orelse: [Stmt], finalbody: [Stmt])
  case tryStar(body: [Stmt], handlers: [ExceptHandler], orelse: [Stmt], finalbody: [Stmt])
  case assert(test: Expr, msg: Expr?)
  case `import`(names: [Alias])
  case importFrom(module: String?, names: [Alias], level: Int)
  case global(names: [String])
  case nonlocal(names: [String])
  case expr(value: Expr)
  case pass
  case `break`
  case `continue`
}

/// A function's definition; the statement that holds it says whether it is `async`.
public final class FunctionDef {
  public var name: String
  public var args: Arguments
  public var body: [Stmt]
  public var decoratorList: [Expr]
  public var returns: Expr?
  public var typeParams: [TypeParam]

  public init(
    name: String, args: Arguments, body: [Stmt], decoratorList: [Expr], returns: Expr?,
    typeParams: [TypeParam]
  ) {
    self.name = name
    self.args = args
    self.body = body
    self.decoratorList = decoratorList
    self.returns = returns
    self.typeParams = typeParams
  }
}

public final class ClassDef {
  public var name: String
  public var bases: [Expr]
  public var keywords: [Keyword]
  public var body: [Stmt]
  public var decoratorList: [Expr]
  public var typeParams: [TypeParam]

  public init(
    name: String, bases: [Expr], keywords: [Keyword], body: [Stmt], decoratorList: [Expr],
    typeParams: [TypeParam]
  ) {
    self.name = name
    self.bases = bases
    self.keywords = keywords
    self.body = body
    self.decoratorList = decoratorList
    self.typeParams = typeParams
  }
}

/// `expr as vars` in a `with`. It has no range of its own.
public struct WithItem {
  public var contextExpr: Expr
  public var optionalVars: Expr?

  public init(contextExpr: Expr, optionalVars: Expr?) {
    self.contextExpr = contextExpr
    self.optionalVars = optionalVars
  }
}

public struct ExceptHandler {
  public var type: Expr?
  public var name: String?
  public var body: [Stmt]
  public var range: SourceRange

  public init(type: Expr?, name: String?, body: [Stmt], range: SourceRange) {
    self.type = type
    self.name = name
    self.body = body
    self.range = range
  }
}

/// One imported name. `name` may be dotted, or `*`.
public struct Alias {
  public var name: String
  public var asname: String?
  public var range: SourceRange

  public init(name: String, asname: String?, range: SourceRange) {
    self.name = name
    self.asname = asname
    self.range = range
  }
}

/// A type parameter (PEP 695).
public struct TypeParam {
  public enum Kind {
    case typeVar(bound: Expr?)
    case paramSpec
    case typeVarTuple
  }

  public var kind: Kind
  public var name: String
  public var range: SourceRange

  public init(kind: Kind, name: String, range: SourceRange) {
    self.kind = kind
    self.name = name
    self.range = range
  }
}
