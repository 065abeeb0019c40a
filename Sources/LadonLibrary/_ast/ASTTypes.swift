// The node classes of the module `_ast`, made from one table after Python 3.11's abstract grammar.
//
// A row is a constructor with its fields (`*` a sequence, `?` optional), or a sum type on a line that ends in ":".
// The rows after a sum type are its constructors. Attributes (positions) are those of the sum types named below.

/// The abstract grammar, a line each.
private let grammar = """
    mod:
    Module(stmt* body, type_ignore* type_ignores)
    Interactive(stmt* body)
    Expression(expr body)
    FunctionType(expr* argtypes, expr returns)
    stmt:
    FunctionDef(identifier name, arguments args, stmt* body, expr* decorator_list, expr? returns, string? type_comment)
    AsyncFunctionDef(identifier name, arguments args, stmt* body, expr* decorator_list, expr? returns, string? type_comment)
    ClassDef(identifier name, expr* bases, keyword* keywords, stmt* body, expr* decorator_list)
    Return(expr? value)
    Delete(expr* targets)
    Assign(expr* targets, expr value, string? type_comment)
    AugAssign(expr target, operator op, expr value)
    AnnAssign(expr target, expr annotation, expr? value, int simple)
    For(expr target, expr iter, stmt* body, stmt* orelse, string? type_comment)
    AsyncFor(expr target, expr iter, stmt* body, stmt* orelse, string? type_comment)
    While(expr test, stmt* body, stmt* orelse)
    If(expr test, stmt* body, stmt* orelse)
    With(withitem* items, stmt* body, string? type_comment)
    AsyncWith(withitem* items, stmt* body, string? type_comment)
    Match(expr subject, match_case* cases)
    Raise(expr? exc, expr? cause)
    Try(stmt* body, excepthandler* handlers, stmt* orelse, stmt* finalbody)
    TryStar(stmt* body, excepthandler* handlers, stmt* orelse, stmt* finalbody)
    Assert(expr test, expr? msg)
    Import(alias* names)
    ImportFrom(identifier? module, alias* names, int? level)
    Global(identifier* names)
    Nonlocal(identifier* names)
    Expr(expr value)
    Pass
    Break
    Continue
    expr:
    BoolOp(boolop op, expr* values)
    NamedExpr(expr target, expr value)
    BinOp(expr left, operator op, expr right)
    UnaryOp(unaryop op, expr operand)
    Lambda(arguments args, expr body)
    IfExp(expr test, expr body, expr orelse)
    Dict(expr* keys, expr* values)
    Set(expr* elts)
    ListComp(expr elt, comprehension* generators)
    SetComp(expr elt, comprehension* generators)
    DictComp(expr key, expr value, comprehension* generators)
    GeneratorExp(expr elt, comprehension* generators)
    Await(expr value)
    Yield(expr? value)
    YieldFrom(expr value)
    Compare(expr left, cmpop* ops, expr* comparators)
    Call(expr func, expr* args, keyword* keywords)
    FormattedValue(expr value, int conversion, expr? format_spec)
    JoinedStr(expr* values)
    Constant(constant value, string? kind)
    Attribute(expr value, identifier attr, expr_context ctx)
    Subscript(expr value, expr slice, expr_context ctx)
    Starred(expr value, expr_context ctx)
    Name(identifier id, expr_context ctx)
    List(expr* elts, expr_context ctx)
    Tuple(expr* elts, expr_context ctx)
    Slice(expr? lower, expr? upper, expr? step)
    expr_context:
    Load
    Store
    Del
    boolop:
    And
    Or
    operator:
    Add
    Sub
    Mult
    MatMult
    Div
    Mod
    Pow
    LShift
    RShift
    BitOr
    BitXor
    BitAnd
    FloorDiv
    unaryop:
    Invert
    Not
    UAdd
    USub
    cmpop:
    Eq
    NotEq
    Lt
    LtE
    Gt
    GtE
    Is
    IsNot
    In
    NotIn
    comprehension=(expr target, expr iter, expr* ifs, int is_async)
    excepthandler:
    ExceptHandler(expr? type, identifier? name, stmt* body)
    arguments=(arg* posonlyargs, arg* args, arg? vararg, arg* kwonlyargs, expr* kw_defaults, arg? kwarg, expr* defaults)
    arg=(identifier arg, expr? annotation, string? type_comment)
    keyword=(identifier? arg, expr value)
    alias=(identifier name, identifier? asname)
    withitem=(expr context_expr, expr? optional_vars)
    match_case=(pattern pattern, expr? guard, stmt* body)
    pattern:
    MatchValue(expr value)
    MatchSingleton(constant value)
    MatchSequence(pattern* patterns)
    MatchMapping(expr* keys, pattern* patterns, identifier? rest)
    MatchClass(expr cls, pattern* patterns, identifier* kwd_attrs, pattern* kwd_patterns)
    MatchStar(identifier? name)
    MatchAs(pattern? pattern, identifier? name)
    MatchOr(pattern* patterns)
    type_ignore:
    TypeIgnore(int lineno, string tag)
    """

/// Types whose nodes have positions; the end positions are optional except for patterns.
private let positioned: Set<String> = ["stmt", "expr", "excepthandler", "arg", "keyword", "alias", "pattern"]

/// Makes all node classes in the module's dictionary. 0: raised.
func installNodeTypes(_ t: Thread, _ module: Value) -> Value {
    let dict = module.cell(as: ModuleCell.self).pointee.dict
    let base = installType(t, nodeBaseDefinition()).value
    if dictSet(t, dict, intern(t, "AST"), base) < 0 { return .raised }
    let empty = ladon_runtime.emptyTuple
    for text: StaticString in ["_fields", "_attributes", "__match_args__"] where dictSet(t, typeDictionary(t, base.asType), internStatic(t, text), empty) < 0 { return .raised }
    var sum = base
    let lines = grammar.split(separator: "\n").map { $0.trimmed }
    for (number, line) in lines.enumerated() {
        if line.hasSuffix(":") {
            let sumName = String(line.dropLast())
            let alternatives = lines[(number + 1)...].prefix { !$0.hasSuffix(":") && !$0.contains("=(") }
            // Sums of plain names stand on one line, the others on a line for each constructor.
            let padding = String(repeating: " ", count: sumName.utf8.count + 1)
            let separator = alternatives.contains { $0.contains("(") } ? "\n\(padding)| " : " | "
            let doc = "\(sumName) = \(alternatives.joined(separator: separator))"
            sum = makeNodeType(t, sumName, base, doc, [], positioned: positioned.contains(sumName), isPattern: sumName == "pattern", ownAttributes: true)
            if sum.isRaised || dictSet(t, dict, intern(t, sumName), sum) < 0 { return .raised }
            continue
        }
        let isProduct = line.contains("=(")
        let typeName = String(line.prefix { $0 != "(" && $0 != "=" })
        let inside = line.contains("(") ? String(line.drop { $0 != "(" }.dropFirst().dropLast()) : ""
        let fields = inside.isEmpty ? [] : inside.split(separator: ",").map { part -> (type: String, name: String) in
            let words = part.trimmed.split(separator: " ")
            return (String(words[0]), String(words[1]))
        }
        let doc = inside.isEmpty ? typeName : "\(typeName)(\(inside))"
        let type = makeNodeType(t, typeName, isProduct ? base : sum, doc, fields, positioned: isProduct && positioned.contains(typeName), isPattern: false, ownAttributes: isProduct)
        if type.isRaised || dictSet(t, dict, intern(t, typeName), type) < 0 { return .raised }
    }
    for (text, value) in [("PyCF_ONLY_AST", 0x400), ("PyCF_TYPE_COMMENTS", 0x1000), ("PyCF_ALLOW_TOP_LEVEL_AWAIT", 0x2000)]
    where dictSet(t, dict, intern(t, text), Value(smallInt: value)) < 0 { return .raised }
    addSingleNodes(t)
    return .none
}

/// A dict from the names of classes without fields to their only instances: trees share these.
let singleNodes = PerInterpreter<Value>(.syntaxTree)

private func addSingleNodes(_ t: Thread) { singleNodes[t].pointee = makeDict(t) }

private extension Substring {
    var trimmed: Substring { drop { $0 == " " } }
}

private func makeNodeType(_ t: Thread, _ typeName: String, _ base: Value, _ doc: String, _ fields: [(type: String, name: String)],
                          positioned: Bool, isPattern: Bool, ownAttributes: Bool) -> Value {
    let namespace = makeDict(t)
    func set(_ key: StaticString, _ v: Value) -> Bool { dictSet(t, namespace, internStatic(t, key), v) >= 0 }
    func names(_ list: [String]) -> Value {
        let tuple = makeTuple(t, list.count)
        for i in 0..<list.count { tuple.tupleItems[i] = intern(t, list[i]) }
        return tuple
    }
    let fieldNames = names(fields.map { $0.name })
    if !set("__module__", makeString(t, "ast")) || !set("_fields", fieldNames) || !set("__match_args__", fieldNames)
        || !set("__doc__", makeString(t, doc)) { return .raised }
    if ownAttributes && !set("_attributes", names(positioned ? ["lineno", "col_offset", "end_lineno", "end_col_offset"] : [])) { return .raised }
    if positioned && !isPattern && (!set("end_lineno", .none) || !set("end_col_offset", .none)) { return .raised }
    for field in fields where field.type.hasSuffix("?") && dictSet(t, namespace, intern(t, field.name), .none) < 0 { return .raised }
    return makeType(t, builtinType(.type), name: intern(t, typeName), bases: makeTuple(t, base), dict: namespace)
}

/// `ast.AST`: the constructor takes fields by position and anything by name.
private func nodeBaseDefinition() -> TypeDefinition {
    TypeDefinition(nil, "ast.AST", flags: [.baseType], size: 16, layout: Layout(prefix: 1), dictOffset: 8,
                   slots: [.call(.new) { t, type, _, _, _ in allocateInstance(t, type.asType, variableItems: 0) }], members: [
        .method("__init__", "(self, /, *args, **kwargs)", node_init),
        .method("__reduce__", "(self, /)", { t, a in
            let state = instanceDictionaryCopy(t, a[0])
            return state.isRaised ? state : makeTuple(t, typeOf(a[0]).value, ladon_runtime.emptyTuple, state)
        }),
        .attribute("__dict__", get: { t, a in instanceDictionary(t, a[0]) }),
    ])
}

private func node_init(_ t: Thread, _ a: Values) -> Value {
    let fields = getAttribute(t, a[0], internStatic(t, "_fields"))
    if fields.isRaised { return fields }
    let names = sequenceToTuple(t, fields)
    if names.isRaised { return names }
    let given = a[1].tupleCount
    if given > names.tupleCount {
        return raise(t, .typeError, "\(typeName(a[0])) constructor takes at most \(names.tupleCount) positional argument\(names.tupleCount == 1 ? "" : "s")")
    }
    for i in 0..<given where setAttribute(t, a[0], names.tupleItems[i], a[1].tupleItems[i]) < 0 { return .raised }
    var position = 0
    var key = Value.none, value = Value.none
    while dictNext(a[2], &position, &key, &value) {
        for i in 0..<given where stringEqual(names.tupleItems[i], key) {
            return raise(t, .typeError, "\(typeName(a[0])) got multiple values for argument '\(swiftString(key))'")
        }
        if setAttribute(t, a[0], key, value) < 0 { return .raised }
    }
    return .none
}

public func astModule() -> ModuleDefinition {
    ModuleDefinition("_ast", members: [], initialize: { t, a in installNodeTypes(t, a[0]) })
}

/// The class of a node, by name.
func nodeType(_ t: Thread, _ typeName: String) -> Value {
    let module = importModule(t, "_ast")
    return module.isRaised ? module : getAttribute(t, module, intern(t, typeName))
}
