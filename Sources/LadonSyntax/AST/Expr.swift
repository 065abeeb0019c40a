/// What an occurrence of a name, attribute, subscript, star, list or tuple is for.
public enum ExprContext {
  case load, store, del
}

public enum BoolOperator {
  case and, or
}

public enum BinaryOperator: CaseIterable {
  case add, sub, mult, matMult, div, mod, pow, lShift, rShift, bitOr, bitXor, bitAnd, floorDiv
}

public enum UnaryOperator {
  case invert, not, uAdd, uSub
}

public enum ComparisonOperator {
  case eq, notEq, lt, ltE, gt, gtE, `is`, isNot, `in`, notIn
}

/// An expression. Nodes are reference types so that a target's context can be set after it was parsed and
/// so that passes over the tree can key tables by a node's identity.
public final class Expr {
  public var kind: ExprKind
  /// How many levels of nodes are below, as far as the parser that made it has counted.
  var depth: UInt16 = 0
  public var range: SourceRange

  /// Deeper trees are refused: what walks a tree, its release included, recurses.
  static let maximumDepth: UInt16 = 2900

  public init(_ kind: ExprKind, _ range: SourceRange) {
    self.kind = kind
    self.range = range
  }
}

/// CPython's `expr` sum, field by field.
public enum ExprKind {
  case boolOp(op: BoolOperator, values: [Expr])
  case namedExpr(target: Expr, value: Expr)
  case binOp(left: Expr, op: BinaryOperator, right: Expr)
  case unaryOp(op: UnaryOperator, operand: Expr)
  case lambda(args: Arguments, body: Expr)
  case ifExp(test: Expr, body: Expr, orelse: Expr)
  /// A `nil` key stands for `**value`.
  case dict(keys: [Expr?], values: [Expr])
  case set(elts: [Expr])
  case listComp(elt: Expr, generators: [Comprehension])
  case setComp(elt: Expr, generators: [Comprehension])
  case dictComp(key: Expr, value: Expr, generators: [Comprehension])
  case generatorExp(elt: Expr, generators: [Comprehension])
  case await(value: Expr)
  case yield(value: Expr?)
  case yieldFrom(value: Expr)
  case compare(left: Expr, ops: [ComparisonOperator], comparators: [Expr])
  case call(func: Expr, args: [Expr], keywords: [Keyword])
  /// `conversion`: -1, or the code of `s`, `r` or `a`. `formatSpec` is a `joinedStr`.
  case formattedValue(value: Expr, conversion: Int, formatSpec: Expr?)
  case joinedStr(values: [Expr])
  /// `kind` is `"u"` for literals with that prefix.
  case constant(value: Constant, kind: String?)
  case attribute(value: Expr, attr: String, ctx: ExprContext)
  case `subscript`(value: Expr, slice: Expr, ctx: ExprContext)
  case starred(value: Expr, ctx: ExprContext)
  case name(id: String, ctx: ExprContext)
  case list(elts: [Expr], ctx: ExprContext)
  case tuple(elts: [Expr], ctx: ExprContext)
  /// Only inside a subscript.
  case slice(lower: Expr?, upper: Expr?, step: Expr?)
}

/// One `for` of a comprehension with its conditions. It has no range of its own.
public struct Comprehension {
  public var target: Expr
  public var iter: Expr
  public var ifs: [Expr]
  public var isAsync: Bool

  public init(target: Expr, iter: Expr, ifs: [Expr], isAsync: Bool) {
    self.target = target
    self.iter = iter
    self.ifs = ifs
    self.isAsync = isAsync
  }
}

/// `name=value` in a call or class header; no name means `**value`.
public struct Keyword {
  public var arg: String?
  public var value: Expr
  public var range: SourceRange

  public init(arg: String?, value: Expr, range: SourceRange) {
    self.arg = arg
    self.value = value
    self.range = range
  }
}

/// One parameter.
public struct Argument {
  public var arg: String
  public var annotation: Expr?
  public var range: SourceRange

  public init(arg: String, annotation: Expr?, range: SourceRange) {
    self.arg = arg
    self.annotation = annotation
    self.range = range
  }
}

/// The parameters of a function or lambda.
///
/// `defaults` belong to the last of `posonlyargs` + `args`; `kwDefaults` has one entry for each of
/// `kwonlyargs`, `nil` where there is no default.
public final class Arguments {
  public var posonlyargs: [Argument]
  public var args: [Argument]
  public var vararg: Argument?
  public var kwonlyargs: [Argument]
  public var kwDefaults: [Expr?]
  public var kwarg: Argument?
  public var defaults: [Expr]

  public init(
    posonlyargs: [Argument] = [], args: [Argument] = [], vararg: Argument? = nil,
    kwonlyargs: [Argument] = [], kwDefaults: [Expr?] = [], kwarg: Argument? = nil, defaults: [Expr] = []
  ) {
    self.posonlyargs = posonlyargs
    self.args = args
    self.vararg = vararg
    self.kwonlyargs = kwonlyargs
    self.kwDefaults = kwDefaults
    self.kwarg = kwarg
    self.defaults = defaults
  }
}
