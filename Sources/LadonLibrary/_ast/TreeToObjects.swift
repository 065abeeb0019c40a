// A parsed tree as Python objects: what `compile(..., ast.PyCF_ONLY_AST)` returns.

import LadonSyntax

/// The node for a tree. 0: raised.
func syntaxTreeObject(_ t: Thread, _ tree: ParseResult) -> Value {
    let module = importModule(t, "_ast")
    if module.isRaised { return module }
    let types = module.cell(as: ModuleCell.self).pointee.dict
    return TreeBuilder(t: t, types: types, comments: tree.typeComments, ignores: tree.typeIgnores).mod(tree.mod)
}

/// Makes nodes; a raised exception shows as 0 in any part and in the whole. Nodes are held by locals, never by Swift collections.
private struct TreeBuilder {
    let t: Thread
    let types: Value
    let comments: [SourceRange: String]
    let ignores: [TypeIgnore]

    // MARK: pieces

    func make(_ type: StaticString, _ range: SourceRange? = nil) -> Value {
        let cls = dictGet(t, types, internStatic(t, type))
        let node = cls.isMissing || cls.isRaised ? .raised : allocateInstance(t, cls.asType, variableItems: 0)
        if let range, !node.isRaised {
            set(node, "lineno", Value(smallInt: range.line))
            set(node, "col_offset", Value(smallInt: range.column))
            set(node, "end_lineno", Value(smallInt: range.endLine))
            set(node, "end_col_offset", Value(smallInt: range.endColumn))
        }
        return node
    }
    /// The only node of a class without fields (contexts, operators).
    func single(_ type: StaticString) -> Value {
        let key = internStatic(t, type)
        let known = dictGetName(t, singleNodes[t].pointee, key)
        if !known.isMissing { return known }
        let node = make(type)
        return node.isRaised || dictSet(t, singleNodes[t].pointee, key, node) < 0 ? .raised : node
    }
    func set(_ node: Value, _ field: StaticString, _ v: Value) {
        if node.isRaised || v.isRaised { return }
        _ = setAttribute(t, node, internStatic(t, field), v)
    }
    func list<T>(_ items: [T], _ make: (T) -> Value) -> Value {
        let result = makeList(t)
        for item in items {
            let v = make(item)
            if v.isRaised || listAppend(t, result, v) < 0 { return .raised }
        }
        return result
    }
    func text(_ s: String) -> Value { intern(t, s) }
    func text(_ s: String?) -> Value { s.map { intern(t, $0) } ?? .none }
    func comment(_ range: SourceRange) -> Value { comments[range].map { makeString(t, $0) } ?? .none }
    func optional(_ e: Expr?) -> Value { e.map(expr) ?? .none }
    func exprs(_ list: [Expr]) -> Value { self.list(list, expr) }
    func stmts(_ list: [Stmt]) -> Value { self.list(list, stmt) }
    func patterns(_ list: [Pattern]) -> Value { self.list(list, pattern) }
    /// The node if everything went well.
    func done(_ node: Value) -> Value { t.pointee.exception.isRaised ? node : .raised }

    func mod(_ tree: Mod) -> Value {
        switch tree {
        case .module(let body):
            let n = make("Module")
            set(n, "body", stmts(body))
            set(n, "type_ignores", list(ignores) { ignore in
                let i = make("TypeIgnore")
                set(i, "lineno", Value(smallInt: ignore.line))
                set(i, "tag", makeString(t, ignore.tag))
                return i
            })
            return done(n)
        case .interactive(let body):
            let n = make("Interactive")
            set(n, "body", stmts(body))
            return done(n)
        case .expression(let body):
            let n = make("Expression")
            set(n, "body", expr(body))
            return done(n)
        case .functionType(let argtypes, let returns):
            let n = make("FunctionType")
            set(n, "argtypes", exprs(argtypes))
            set(n, "returns", expr(returns))
            return done(n)
        }
    }

    // MARK: statements

    func function(_ type: StaticString, _ f: FunctionDef, _ range: SourceRange) -> Value {
        let n = make(type, range)
        set(n, "name", text(f.name))
        set(n, "args", arguments(f.args))
        set(n, "body", stmts(f.body))
        set(n, "decorator_list", exprs(f.decoratorList))
        set(n, "returns", optional(f.returns))
        set(n, "type_comment", comment(range))
        return n
    }
    func loop(_ type: StaticString, _ range: SourceRange, _ target: Expr, _ iter: Expr, _ body: [Stmt], _ orelse: [Stmt]) -> Value {
        let n = make(type, range)
        set(n, "target", expr(target))
        set(n, "iter", expr(iter))
        set(n, "body", stmts(body))
        set(n, "orelse", stmts(orelse))
        set(n, "type_comment", comment(range))
        return n
    }
    func with(_ type: StaticString, _ range: SourceRange, _ items: [WithItem], _ body: [Stmt]) -> Value {
        let n = make(type, range)
        set(n, "items", list(items) { item in
            let i = make("withitem")
            set(i, "context_expr", expr(item.contextExpr))
            set(i, "optional_vars", optional(item.optionalVars))
            return i
        })
        set(n, "body", stmts(body))
        set(n, "type_comment", comment(range))
        return n
    }
    func tried(_ type: StaticString, _ range: SourceRange, _ body: [Stmt], _ handlers: [ExceptHandler], _ orelse: [Stmt], _ finalbody: [Stmt]) -> Value {
        let n = make(type, range)
        set(n, "body", stmts(body))
        set(n, "handlers", list(handlers) { handler in
            let h = make("ExceptHandler", handler.range)
            set(h, "type", optional(handler.type))
            set(h, "name", text(handler.name))
            set(h, "body", stmts(handler.body))
            return h
        })
        set(n, "orelse", stmts(orelse))
        set(n, "finalbody", stmts(finalbody))
        return n
    }
    func conditional(_ type: StaticString, _ range: SourceRange, _ test: Expr, _ body: [Stmt], _ orelse: [Stmt]) -> Value {
        let n = make(type, range)
        set(n, "test", expr(test))
        set(n, "body", stmts(body))
        set(n, "orelse", stmts(orelse))
        return n
    }
    func aliases(_ names: [Alias]) -> Value {
        list(names) { alias in
            let a = make("alias", alias.range)
            set(a, "name", text(alias.name))
            set(a, "asname", text(alias.asname))
            return a
        }
    }

    func stmt(_ s: Stmt) -> Value {
        if !hasNativeRoom(t) { return .raised }
        let r = s.range
        let n: Value
        switch s.kind {
        case .functionDef(let f): n = function("FunctionDef", f, r)
        case .asyncFunctionDef(let f): n = function("AsyncFunctionDef", f, r)
        case .classDef(let c):
            n = make("ClassDef", r)
            set(n, "name", text(c.name))
            set(n, "bases", exprs(c.bases))
            set(n, "keywords", keywords(c.keywords))
            set(n, "body", stmts(c.body))
            set(n, "decorator_list", exprs(c.decoratorList))
        case .return(let value): n = make("Return", r); set(n, "value", optional(value))
        case .delete(let targets): n = make("Delete", r); set(n, "targets", exprs(targets))
        case .assign(let targets, let value):
            n = make("Assign", r)
            set(n, "targets", exprs(targets))
            set(n, "value", expr(value))
            set(n, "type_comment", comment(r))
        case .typeAlias(let name, _, let value):
            // 3.11 has no node for it: an assignment, which is what it compiles to.
            n = make("Assign", r)
            set(n, "targets", exprs([name]))
            set(n, "value", expr(value))
            set(n, "type_comment", .none)
        case .augAssign(let target, let op, let value):
            n = make("AugAssign", r)
            set(n, "target", expr(target))
            set(n, "op", single(binaryName(op)))
            set(n, "value", expr(value))
        case .annAssign(let target, let annotation, let value, let simple):
            n = make("AnnAssign", r)
            set(n, "target", expr(target))
            set(n, "annotation", expr(annotation))
            set(n, "value", optional(value))
            set(n, "simple", simple ? .one : .zero)
        case .for(let target, let iter, let body, let orelse): n = loop("For", r, target, iter, body, orelse)
        case .asyncFor(let target, let iter, let body, let orelse): n = loop("AsyncFor", r, target, iter, body, orelse)
        case .while(let test, let body, let orelse): n = conditional("While", r, test, body, orelse)
        case .if(let test, let body, let orelse): n = conditional("If", r, test, body, orelse)
        case .with(let items, let body): n = with("With", r, items, body)
        case .asyncWith(let items, let body): n = with("AsyncWith", r, items, body)
        case .match(let subject, let cases):
            n = make("Match", r)
            set(n, "subject", expr(subject))
            set(n, "cases", list(cases) { c in
                let m = make("match_case")
                set(m, "pattern", pattern(c.pattern))
                set(m, "guard", optional(c.guardExpr))
                set(m, "body", stmts(c.body))
                return m
            })
        case .raise(let exc, let cause): n = make("Raise", r); set(n, "exc", optional(exc)); set(n, "cause", optional(cause))
        case .try(let body, let handlers, let orelse, let finalbody): n = tried("Try", r, body, handlers, orelse, finalbody)
        case .tryStar(let body, let handlers, let orelse, let finalbody): n = tried("TryStar", r, body, handlers, orelse, finalbody)
        case .assert(let test, let msg): n = make("Assert", r); set(n, "test", expr(test)); set(n, "msg", optional(msg))
        case .import(let names): n = make("Import", r); set(n, "names", aliases(names))
        case .importFrom(let module, let names, let level):
            n = make("ImportFrom", r)
            set(n, "module", text(module))
            set(n, "names", aliases(names))
            set(n, "level", Value(smallInt: level))
        case .global(let names): n = make("Global", r); set(n, "names", list(names) { text($0) })
        case .nonlocal(let names): n = make("Nonlocal", r); set(n, "names", list(names) { text($0) })
        case .expr(let value): n = make("Expr", r); set(n, "value", expr(value))
        case .pass: n = make("Pass", r)
        case .break: n = make("Break", r)
        case .continue: n = make("Continue", r)
        }
        return done(n)
    }

    // MARK: expressions

    func keywords(_ list: [Keyword]) -> Value {
        self.list(list) { keyword in
            let k = make("keyword", keyword.range)
            set(k, "arg", text(keyword.arg))
            set(k, "value", expr(keyword.value))
            return k
        }
    }
    func argument(_ a: Argument) -> Value {
        let n = make("arg", a.range)
        set(n, "arg", text(a.arg))
        set(n, "annotation", optional(a.annotation))
        set(n, "type_comment", comment(a.range))
        return n
    }
    func arguments(_ a: Arguments) -> Value {
        let n = make("arguments")
        set(n, "posonlyargs", list(a.posonlyargs, argument))
        set(n, "args", list(a.args, argument))
        set(n, "vararg", a.vararg.map(argument) ?? .none)
        set(n, "kwonlyargs", list(a.kwonlyargs, argument))
        set(n, "kw_defaults", list(a.kwDefaults, optional))
        set(n, "kwarg", a.kwarg.map(argument) ?? .none)
        set(n, "defaults", exprs(a.defaults))
        return n
    }
    func generators(_ list: [Comprehension]) -> Value {
        self.list(list) { c in
            let n = make("comprehension")
            set(n, "target", expr(c.target))
            set(n, "iter", expr(c.iter))
            set(n, "ifs", exprs(c.ifs))
            set(n, "is_async", c.isAsync ? .one : .zero)
            return n
        }
    }
    func context(_ c: ExprContext) -> Value {
        switch c { case .load: return single("Load"); case .store: return single("Store"); case .del: return single("Del") }
    }
    func comprehension(_ type: StaticString, _ r: SourceRange, _ elt: Expr, _ list: [Comprehension]) -> Value {
        let n = make(type, r)
        set(n, "elt", expr(elt))
        set(n, "generators", generators(list))
        return n
    }

    func expr(_ e: Expr) -> Value {
        if !hasNativeRoom(t) { return .raised }
        let r = e.range
        let n: Value
        switch e.kind {
        case .boolOp(let op, let values): n = make("BoolOp", r); set(n, "op", single(op == .and ? "And" : "Or")); set(n, "values", exprs(values))
        case .namedExpr(let target, let value): n = make("NamedExpr", r); set(n, "target", expr(target)); set(n, "value", expr(value))
        case .binOp(let left, let op, let right):
            n = make("BinOp", r)
            set(n, "left", expr(left))
            set(n, "op", single(binaryName(op)))
            set(n, "right", expr(right))
        case .unaryOp(let op, let operand): n = make("UnaryOp", r); set(n, "op", single(unaryName(op))); set(n, "operand", expr(operand))
        case .lambda(let args, let body): n = make("Lambda", r); set(n, "args", arguments(args)); set(n, "body", expr(body))
        case .ifExp(let test, let body, let orelse):
            n = make("IfExp", r)
            set(n, "test", expr(test))
            set(n, "body", expr(body))
            set(n, "orelse", expr(orelse))
        case .dict(let keys, let values): n = make("Dict", r); set(n, "keys", list(keys, optional)); set(n, "values", exprs(values))
        case .set(let elts): n = make("Set", r); set(n, "elts", exprs(elts))
        case .listComp(let elt, let gens): n = comprehension("ListComp", r, elt, gens)
        case .setComp(let elt, let gens): n = comprehension("SetComp", r, elt, gens)
        case .generatorExp(let elt, let gens): n = comprehension("GeneratorExp", r, elt, gens)
        case .dictComp(let key, let value, let gens):
            n = make("DictComp", r)
            set(n, "key", expr(key))
            set(n, "value", expr(value))
            set(n, "generators", generators(gens))
        case .await(let value): n = make("Await", r); set(n, "value", expr(value))
        case .yield(let value): n = make("Yield", r); set(n, "value", optional(value))
        case .yieldFrom(let value): n = make("YieldFrom", r); set(n, "value", expr(value))
        case .compare(let left, let ops, let comparators):
            n = make("Compare", r)
            set(n, "left", expr(left))
            set(n, "ops", list(ops) { single(comparisonName($0)) })
            set(n, "comparators", exprs(comparators))
        case .call(let function, let args, let kws):
            n = make("Call", r)
            set(n, "func", expr(function))
            set(n, "args", exprs(args))
            set(n, "keywords", keywords(kws))
        case .formattedValue(let value, let conversion, let spec):
            n = make("FormattedValue", r)
            set(n, "value", expr(value))
            set(n, "conversion", Value(smallInt: conversion))
            set(n, "format_spec", optional(spec))
        case .joinedStr(let values): n = make("JoinedStr", r); set(n, "values", exprs(values))
        case .constant(let value, let kind): n = make("Constant", r); set(n, "value", constant(value)); set(n, "kind", text(kind))
        case .attribute(let value, let attr, let ctx):
            n = make("Attribute", r)
            set(n, "value", expr(value))
            set(n, "attr", text(attr))
            set(n, "ctx", context(ctx))
        case .subscript(let value, let slice, let ctx):
            n = make("Subscript", r)
            set(n, "value", expr(value))
            set(n, "slice", expr(slice))
            set(n, "ctx", context(ctx))
        case .starred(let value, let ctx): n = make("Starred", r); set(n, "value", expr(value)); set(n, "ctx", context(ctx))
        case .name(let id, let ctx): n = make("Name", r); set(n, "id", text(id)); set(n, "ctx", context(ctx))
        case .list(let elts, let ctx): n = make("List", r); set(n, "elts", exprs(elts)); set(n, "ctx", context(ctx))
        case .tuple(let elts, let ctx): n = make("Tuple", r); set(n, "elts", exprs(elts)); set(n, "ctx", context(ctx))
        case .slice(let lower, let upper, let step):
            n = make("Slice", r)
            set(n, "lower", optional(lower))
            set(n, "upper", optional(upper))
            set(n, "step", optional(step))
        }
        return done(n)
    }

    func constant(_ c: Constant) -> Value {
        switch c {
        case .none: return .none
        case .true: return .true
        case .false: return .false
        case .ellipsis: return .ellipsis
        case .int(let n): return makeInt(t, n)
        case .bigInt(let big):
            var digits = big.digits
            let v = digits.withUTF8 { parseInt(t, $0.baseAddress!, $0.count, big.radix) }
            return big.isNegative && !v.isRaised ? intNeg(t, v) : v
        case .float(let d): return makeFloat(t, d)
        case .complex(let imaginary): return makeComplex(t, 0, imaginary)
        case .string(let s):
            return s.codePoints.withUnsafeBufferPointer { makeString(t, codePoints: $0.baseAddress ?? UnsafePointer(bitPattern: 8)!, count: $0.count) }
        case .bytes(let b): return b.withUnsafeBytes { makeBytes(t, $0.baseAddress ?? UnsafeRawPointer(bitPattern: 8)!, $0.count) }
        case .tuple(let items): return listToTuple(t, list(items, constant))
        case .frozenset(let items):
            let set = makeFrozenSet(t)
            for item in items where setAdd(t, set, constant(item)) < 0 { return .raised }
            return set
        }
    }

    // MARK: patterns

    func pattern(_ p: Pattern) -> Value {
        if !hasNativeRoom(t) { return .raised }
        let r = p.range
        let n: Value
        switch p.kind {
        case .matchValue(let value): n = make("MatchValue", r); set(n, "value", expr(value))
        case .matchSingleton(let value): n = make("MatchSingleton", r); set(n, "value", constant(value))
        case .matchSequence(let list): n = make("MatchSequence", r); set(n, "patterns", patterns(list))
        case .matchMapping(let keys, let list, let rest):
            n = make("MatchMapping", r)
            set(n, "keys", exprs(keys))
            set(n, "patterns", patterns(list))
            set(n, "rest", text(rest))
        case .matchClass(let cls, let list, let attrs, let keywordPatterns):
            n = make("MatchClass", r)
            set(n, "cls", expr(cls))
            set(n, "patterns", patterns(list))
            set(n, "kwd_attrs", self.list(attrs) { text($0) })
            set(n, "kwd_patterns", patterns(keywordPatterns))
        case .matchStar(let name): n = make("MatchStar", r); set(n, "name", text(name))
        case .matchAs(let inner, let name): n = make("MatchAs", r); set(n, "pattern", inner.map(pattern) ?? .none); set(n, "name", text(name))
        case .matchOr(let list): n = make("MatchOr", r); set(n, "patterns", patterns(list))
        }
        return done(n)
    }
}

func binaryName(_ op: BinaryOperator) -> StaticString {
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
func unaryName(_ op: UnaryOperator) -> StaticString {
    switch op { case .invert: return "Invert"; case .not: return "Not"; case .uAdd: return "UAdd"; case .uSub: return "USub" }
}
func comparisonName(_ op: ComparisonOperator) -> StaticString {
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
