/// The text of `ast.dump(tree, include_attributes=True)`: for tests and for people who look at trees.
public struct TreeDump {
  private var out: [UInt8] = []

  /// The dump of a whole tree.
  public static func text(of mod: Mod) -> [UInt8] {
    var dump = TreeDump()
    dump.add(mod)
    return dump.out
  }

  // MARK: Pieces

  private mutating func raw(_ text: String) { out.append(contentsOf: text.utf8) }

  private mutating func list<T>(_ items: [T], _ each: (inout TreeDump, T) -> Void) {
    raw("[")
    var isFirst = true
    for item in items {
      if !isFirst { raw(", ") }
      isFirst = false
      each(&self, item)
    }
    raw("]")
  }

  /// `name=`, after a comma unless it is the node's first.
  private mutating func field(_ name: String) {
    if out.last != UInt8(ascii: "(") { raw(", ") }
    raw(name)
    raw("=")
  }

  private mutating func field(_ name: String, _ value: Expr) {
    field(name)
    add(value)
  }

  private mutating func field(_ name: String, _ value: Expr?) {
    if let value = value { field(name, value) }
  }

  private mutating func field(_ name: String, _ values: [Expr]) {
    field(name)
    list(values) { $0.add($1) }
  }

  private mutating func field(_ name: String, _ values: [Stmt]) {
    field(name)
    list(values) { $0.add($1) }
  }

  private mutating func field(_ name: String, _ values: [Pattern]) {
    field(name)
    list(values) { $0.add($1) }
  }

  private mutating func field(_ name: String, _ value: String) {
    field(name)
    raw(PythonLiteral.string(StringConstant(value)))
  }

  private mutating func field(_ name: String, _ value: String?) {
    if let value = value { field(name, value) }
  }

  private mutating func field(_ name: String, _ values: [String]) {
    field(name)
    list(values) { $0.raw(PythonLiteral.string(StringConstant($1))) }
  }

  private mutating func field(_ name: String, _ value: Int) {
    field(name)
    raw(String(value))
  }

  private mutating func field(_ name: String, word: String) {
    field(name)
    raw(word)
    raw("()")
  }

  private mutating func end(_ range: SourceRange) {
    field("lineno", range.line)
    field("col_offset", range.column)
    field("end_lineno", range.endLine)
    field("end_col_offset", range.endColumn)
    raw(")")
  }

  private mutating func field(_ context: ExprContext) {
    switch context {
    case .load: field("ctx", word: "Load")
    case .store: field("ctx", word: "Store")
    case .del: field("ctx", word: "Del")
    }
  }

  private mutating func add(_ mod: Mod) {
    switch mod {
    case .module(let body):
      raw("Module(")
      field("body", body)
      raw(", type_ignores=[])")
    case .interactive(let body):
      raw("Interactive(")
      field("body", body)
      raw(")")
    case .expression(let body):
      raw("Expression(")
      field("body", body)
      raw(")")
    case .functionType(let argtypes, let returns):
      raw("FunctionType(")
      field("argtypes", argtypes)
      field("returns", returns)
      raw(")")
    }
  }
}

// MARK: - Statements

extension TreeDump {
  private mutating func add(_ stmt: Stmt) {
    switch stmt.kind {
    case .functionDef(let definition): function("FunctionDef(", definition)
    case .asyncFunctionDef(let definition): function("AsyncFunctionDef(", definition)
    case .classDef(let definition):
      raw("ClassDef(")
      field("name", definition.name)
      field("bases", definition.bases)
      field("keywords")
      list(definition.keywords) { $0.add($1) }
      field("body", definition.body)
      field("decorator_list", definition.decoratorList)
      add(definition.typeParams)
    case .return(let value):
      raw("Return(")
      field("value", value)
    case .delete(let targets):
      raw("Delete(")
      field("targets", targets)
    case .assign(let targets, let value):
      raw("Assign(")
      field("targets", targets)
      field("value", value)
    case .typeAlias(let name, let typeParams, let value):
      raw("TypeAlias(")
      field("name", name)
      field("type_params")
      list(typeParams) { $0.add($1) }
      field("value", value)
    case .augAssign(let target, let op, let value):
      raw("AugAssign(")
      field("target", target)
      field("op", word: Self.name(op))
      field("value", value)
    case .annAssign(let target, let annotation, let value, let simple):
      raw("AnnAssign(")
      field("target", target)
      field("annotation", annotation)
      field("value", value)
      field("simple", simple ? 1 : 0)
    case .for(let target, let iter, let body, let orelse): loop("For(", target, iter, body, orelse)
    case .asyncFor(let target, let iter, let body, let orelse): loop("AsyncFor(", target, iter, body, orelse)
    case .while(let test, let body, let orelse):
      raw("While(")
      field("test", test)
      field("body", body)
      field("orelse", orelse)
    case .if(let test, let body, let orelse):
      raw("If(")
      field("test", test)
      field("body", body)
      field("orelse", orelse)
    case .with(let items, let body): with("With(", items, body)
    case .asyncWith(let items, let body): with("AsyncWith(", items, body)
    case .match(let subject, let cases):
      raw("Match(")
      field("subject", subject)
      field("cases")
      list(cases) { $0.add($1) }
    case .raise(let exc, let cause):
      raw("Raise(")
      field("exc", exc)
      field("cause", cause)
    case .try(let body, let handlers, let orelse, let finalbody):
      attempt("Try(", body, handlers, orelse, finalbody)
    case .tryStar(let body, let handlers, let orelse, let finalbody):
      attempt("TryStar(", body, handlers, orelse, finalbody)
    case .assert(let test, let msg):
      raw("Assert(")
      field("test", test)
      field("msg", msg)
    case .import(let names):
      raw("Import(")
      field("names")
      list(names) { $0.add($1) }
    case .importFrom(let module, let names, let level):
      raw("ImportFrom(")
      field("module", module)
      field("names")
      list(names) { $0.add($1) }
      field("level", level)
    case .global(let names):
      raw("Global(")
      field("names", names)
    case .nonlocal(let names):
      raw("Nonlocal(")
      field("names", names)
    case .expr(let value):
      raw("Expr(")
      field("value", value)
    case .pass: raw("Pass(")
    case .break: raw("Break(")
    case .continue: raw("Continue(")
    }
    end(stmt.range)
  }

  private mutating func function(_ name: String, _ definition: FunctionDef) {
    raw(name)
    field("name", definition.name)
    field("args")
    add(definition.args)
    field("body", definition.body)
    field("decorator_list", definition.decoratorList)
    field("returns", definition.returns)
    add(definition.typeParams)
  }

  private mutating func loop(_ name: String, _ target: Expr, _ iter: Expr, _ body: [Stmt], _ orelse: [Stmt]) {
    raw(name)
    field("target", target)
    field("iter", iter)
    field("body", body)
    field("orelse", orelse)
  }

  private mutating func with(_ name: String, _ items: [WithItem], _ body: [Stmt]) {
    raw(name)
    field("items")
    list(items) { dump, item in
      dump.raw("withitem(")
      dump.field("context_expr", item.contextExpr)
      dump.field("optional_vars", item.optionalVars)
      dump.raw(")")
    }
    field("body", body)
  }

  private mutating func attempt(
    _ name: String, _ body: [Stmt], _ handlers: [ExceptHandler], _ orelse: [Stmt], _ finalbody: [Stmt]
  ) {
    raw(name)
    field("body", body)
    field("handlers")
    list(handlers) { dump, handler in
      dump.raw("ExceptHandler(")
      dump.field("type", handler.type)
      dump.field("name", handler.name)
      dump.field("body", handler.body)
      dump.end(handler.range)
    }
    field("orelse", orelse)
    field("finalbody", finalbody)
  }

  private mutating func add(_ alias: Alias) {
    raw("alias(")
    field("name", alias.name)
    field("asname", alias.asname)
    end(alias.range)
  }

  /// Python 3.11 has no such field; it shows only where there is something to show.
  private mutating func add(_ parameters: [TypeParam]) {
    if parameters.isEmpty { return }
    field("type_params")
    list(parameters) { $0.add($1) }
  }

  private mutating func add(_ parameter: TypeParam) {
    switch parameter.kind {
    case .typeVar(let bound):
      raw("TypeVar(")
      field("name", parameter.name)
      field("bound", bound)
    case .paramSpec:
      raw("ParamSpec(")
      field("name", parameter.name)
    case .typeVarTuple:
      raw("TypeVarTuple(")
      field("name", parameter.name)
    }
    end(parameter.range)
  }

  private mutating func add(_ item: MatchCase) {
    raw("match_case(")
    field("pattern")
    add(item.pattern)
    field("guard", item.guardExpr)
    field("body", item.body)
    raw(")")
  }

  private mutating func add(_ pattern: Pattern) {
    switch pattern.kind {
    case .matchValue(let value):
      raw("MatchValue(")
      field("value", value)
    case .matchSingleton(let value):
      raw("MatchSingleton(")
      field("value")
      raw(PythonLiteral.text(value))
    case .matchSequence(let patterns):
      raw("MatchSequence(")
      field("patterns", patterns)
    case .matchMapping(let keys, let patterns, let rest):
      raw("MatchMapping(")
      field("keys", keys)
      field("patterns", patterns)
      field("rest", rest)
    case .matchClass(let cls, let patterns, let kwdAttrs, let kwdPatterns):
      raw("MatchClass(")
      field("cls", cls)
      field("patterns", patterns)
      field("kwd_attrs", kwdAttrs)
      field("kwd_patterns", kwdPatterns)
    case .matchStar(let name):
      raw("MatchStar(")
      field("name", name)
    case .matchAs(let pattern, let name):
      raw("MatchAs(")
      if let inner = pattern {
        field("pattern")
        add(inner)
      }
      field("name", name)
    case .matchOr(let patterns):
      raw("MatchOr(")
      field("patterns", patterns)
    }
    end(pattern.range)
  }
}

// MARK: - Expressions

extension TreeDump {
  private mutating func add(_ expr: Expr) {
    switch expr.kind {
    case .boolOp(let op, let values):
      raw("BoolOp(")
      field("op", word: op == .and ? "And" : "Or")
      field("values", values)
    case .namedExpr(let target, let value):
      raw("NamedExpr(")
      field("target", target)
      field("value", value)
    case .binOp(let left, let op, let right):
      raw("BinOp(")
      field("left", left)
      field("op", word: Self.name(op))
      field("right", right)
    case .unaryOp(let op, let operand):
      raw("UnaryOp(")
      field("op", word: Self.name(op))
      field("operand", operand)
    case .lambda(let args, let body):
      raw("Lambda(")
      field("args")
      add(args)
      field("body", body)
    case .ifExp(let test, let body, let orelse):
      raw("IfExp(")
      field("test", test)
      field("body", body)
      field("orelse", orelse)
    case .dict(let keys, let values):
      raw("Dict(")
      field("keys")
      list(keys) { dump, key in
        if let key = key { dump.add(key) } else { dump.raw("None") }
      }
      field("values", values)
    case .set(let elts):
      raw("Set(")
      field("elts", elts)
    case .listComp(let elt, let generators): comprehension("ListComp(", elt, generators)
    case .setComp(let elt, let generators): comprehension("SetComp(", elt, generators)
    case .generatorExp(let elt, let generators): comprehension("GeneratorExp(", elt, generators)
    case .dictComp(let key, let value, let generators):
      raw("DictComp(")
      field("key", key)
      field("value", value)
      add(generators)
    case .await(let value):
      raw("Await(")
      field("value", value)
    case .yield(let value):
      raw("Yield(")
      field("value", value)
    case .yieldFrom(let value):
      raw("YieldFrom(")
      field("value", value)
    case .compare(let left, let ops, let comparators):
      raw("Compare(")
      field("left", left)
      field("ops")
      list(ops) { $0.raw(Self.name($1) + "()") }
      field("comparators", comparators)
    case .call(let function, let args, let keywords):
      raw("Call(")
      field("func", function)
      field("args", args)
      field("keywords")
      list(keywords) { $0.add($1) }
    case .formattedValue(let value, let conversion, let formatSpec):
      raw("FormattedValue(")
      field("value", value)
      field("conversion", conversion)
      field("format_spec", formatSpec)
    case .joinedStr(let values):
      raw("JoinedStr(")
      field("values", values)
    case .constant(let value, let kind):
      raw("Constant(")
      field("value")
      raw(PythonLiteral.text(value))
      field("kind", kind)
    case .attribute(let value, let attr, let ctx):
      raw("Attribute(")
      field("value", value)
      field("attr", attr)
      field(ctx)
    case .subscript(let value, let slice, let ctx):
      raw("Subscript(")
      field("value", value)
      field("slice", slice)
      field(ctx)
    case .starred(let value, let ctx):
      raw("Starred(")
      field("value", value)
      field(ctx)
    case .name(let id, let ctx):
      raw("Name(")
      field("id", id)
      field(ctx)
    case .list(let elts, let ctx):
      raw("List(")
      field("elts", elts)
      field(ctx)
    case .tuple(let elts, let ctx):
      raw("Tuple(")
      field("elts", elts)
      field(ctx)
    case .slice(let lower, let upper, let step):
      raw("Slice(")
      field("lower", lower)
      field("upper", upper)
      field("step", step)
    }
    end(expr.range)
  }

  private mutating func comprehension(_ name: String, _ elt: Expr, _ generators: [Comprehension]) {
    raw(name)
    field("elt", elt)
    add(generators)
  }

  private mutating func add(_ generators: [Comprehension]) {
    field("generators")
    list(generators) { dump, clause in
      dump.raw("comprehension(")
      dump.field("target", clause.target)
      dump.field("iter", clause.iter)
      dump.field("ifs", clause.ifs)
      dump.field("is_async", clause.isAsync ? 1 : 0)
      dump.raw(")")
    }
  }

  private mutating func add(_ keyword: Keyword) {
    raw("keyword(")
    field("arg", keyword.arg)
    field("value", keyword.value)
    end(keyword.range)
  }

  private mutating func add(_ argument: Argument) {
    raw("arg(")
    field("arg", argument.arg)
    field("annotation", argument.annotation)
    end(argument.range)
  }

  private mutating func add(_ args: Arguments) {
    raw("arguments(")
    field("posonlyargs")
    list(args.posonlyargs) { $0.add($1) }
    field("args")
    list(args.args) { $0.add($1) }
    if let vararg = args.vararg {
      field("vararg")
      add(vararg)
    }
    field("kwonlyargs")
    list(args.kwonlyargs) { $0.add($1) }
    field("kw_defaults")
    list(args.kwDefaults) { dump, value in
      if let value = value { dump.add(value) } else { dump.raw("None") }
    }
    if let kwarg = args.kwarg {
      field("kwarg")
      add(kwarg)
    }
    field("defaults", args.defaults)
    raw(")")
  }

  private static func name(_ op: BinaryOperator) -> String {
    switch op {
    case .add: return "Add"
    case .sub: return "Sub"
    case .mult: return "Mult"
    case .matMult: return "MatMult"
    case .div: return "Div"
    case .mod: return "Mod"
    case .pow: return "Pow"
    case .lShift: return "LShift"
    case .rShift: return "RShift"
    case .bitOr: return "BitOr"
    case .bitXor: return "BitXor"
    case .bitAnd: return "BitAnd"
    case .floorDiv: return "FloorDiv"
    }
  }

  private static func name(_ op: UnaryOperator) -> String {
    switch op {
    case .invert: return "Invert"
    case .not: return "Not"
    case .uAdd: return "UAdd"
    case .uSub: return "USub"
    }
  }

  private static func name(_ op: ComparisonOperator) -> String {
    switch op {
    case .eq: return "Eq"
    case .notEq: return "NotEq"
    case .lt: return "Lt"
    case .ltE: return "LtE"
    case .gt: return "Gt"
    case .gtE: return "GtE"
    case .is: return "Is"
    case .isNot: return "IsNot"
    case .in: return "In"
    case .notIn: return "NotIn"
    }
  }
}
