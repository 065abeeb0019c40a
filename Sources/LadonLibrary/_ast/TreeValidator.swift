// Checks on trees that programs build, so that the compiler only sees what a parser could have made:
// contexts, counts, names that are keywords, empty bodies, what patterns may hold.

import LadonSyntax

struct TreeValidator {
    let t: Thread

    private func failure(_ message: String, _ type: TypeID = .valueError) -> Raised {
        raise(t, type, message)
        return Raised()
    }
    private func enter() throws(Raised) {
        if ladon_stack_pointer() > t.pointee.nativeStackLimit { return }
        _ = raiseRecursionError(t, " during compilation")
        throw Raised()
    }

    func mod(_ tree: Mod) throws(Raised) {
        switch tree {
        case .module(let body), .interactive(let body): try stmts(body)
        case .expression(let body): try expr(body)
        case .functionType(let argtypes, let returns):
            try exprs(argtypes)
            try expr(returns)
        }
    }

    // MARK: pieces

    private func positions(_ r: SourceRange) throws(Raised) {
        if r.line > r.endLine { throw failure("AST node line range (\(r.line), \(r.endLine)) is not valid") }
        if (r.line < 0 && r.endLine != r.line) || (r.column < 0 && r.column != r.endColumn) {
            throw failure("AST node column range (\(r.column), \(r.endColumn)) for line range (\(r.line), \(r.endLine)) is not valid")
        }
        if r.line == r.endLine && r.column > r.endColumn { throw failure("line \(r.line), column \(r.column)-\(r.endColumn) is not a valid range") }
    }
    private func name(_ name: String) throws(Raised) {
        if name == "None" || name == "True" || name == "False" { throw failure("identifier field can't represent '\(name)' constant") }
    }
    private func notEmpty<T>(_ list: [T], _ what: String, _ owner: String) throws(Raised) {
        if list.isEmpty { throw failure("empty \(what) on \(owner)") }
    }
    private func body(_ list: [Stmt], _ owner: String) throws(Raised) {
        try notEmpty(list, "body", owner)
        try stmts(list)
    }
    private func stmts(_ list: [Stmt]) throws(Raised) { for s in list { try stmt(s) } }
    private func exprs(_ list: [Expr], _ context: ExprContext = .load) throws(Raised) { for e in list { try expr(e, context) } }
    private func optional(_ e: Expr?) throws(Raised) { if let e { try expr(e) } }
    private func keywords(_ list: [Keyword]) throws(Raised) { for k in list { try expr(k.value) } }

    private func arguments(_ a: Arguments) throws(Raised) {
        func each(_ list: [Argument]) throws(Raised) {
            for argument in list {
                try positions(argument.range)
                try optional(argument.annotation)
            }
        }
        try each(a.posonlyargs)
        try each(a.args)
        if let vararg = a.vararg { try optional(vararg.annotation) }
        try each(a.kwonlyargs)
        if let kwarg = a.kwarg { try optional(kwarg.annotation) }
        if a.defaults.count > a.posonlyargs.count + a.args.count { throw failure("more positional defaults than args on arguments") }
        if a.kwDefaults.count != a.kwonlyargs.count { throw failure("length of kwonlyargs is not the same as kw_defaults on arguments") }
        try exprs(a.defaults)
        for value in a.kwDefaults { try optional(value) }
    }
    private func generators(_ list: [Comprehension]) throws(Raised) {
        if list.isEmpty { throw failure("comprehension with no generators") }
        for c in list {
            try expr(c.target, .store)
            try expr(c.iter)
            try exprs(c.ifs)
        }
    }

    // MARK: statements

    private func function(_ f: FunctionDef, _ owner: String) throws(Raised) {
        try body(f.body, owner)
        try arguments(f.args)
        try exprs(f.decoratorList)
        try optional(f.returns)
    }
    private func tried(_ owner: String, _ main: [Stmt], _ handlers: [ExceptHandler], _ orelse: [Stmt], _ finalbody: [Stmt]) throws(Raised) {
        try body(main, owner)
        if handlers.isEmpty && finalbody.isEmpty { throw failure("\(owner) has neither except handlers nor finalbody") }
        if handlers.isEmpty && !orelse.isEmpty { throw failure("\(owner) has orelse but no except handlers") }
        for handler in handlers {
            try positions(handler.range)
            try optional(handler.type)
            try body(handler.body, "ExceptHandler")
        }
        try stmts(finalbody)
        try stmts(orelse)
    }
    private func with(_ owner: String, _ items: [WithItem], _ inside: [Stmt]) throws(Raised) {
        try notEmpty(items, "items", owner)
        for item in items {
            try expr(item.contextExpr)
            if let vars = item.optionalVars { try expr(vars, .store) }
        }
        try body(inside, owner)
    }

    private func stmt(_ s: Stmt) throws(Raised) {
        try enter()
        try positions(s.range)
        switch s.kind {
        case .functionDef(let f): try function(f, "FunctionDef")
        case .asyncFunctionDef(let f): try function(f, "AsyncFunctionDef")
        case .classDef(let c):
            try body(c.body, "ClassDef")
            try exprs(c.bases)
            try keywords(c.keywords)
            try exprs(c.decoratorList)
        case .return(let value): try optional(value)
        case .delete(let targets):
            try notEmpty(targets, "targets", "Delete")
            try exprs(targets, .del)
        case .assign(let targets, let value):
            try notEmpty(targets, "targets", "Assign")
            try exprs(targets, .store)
            try expr(value)
        case .typeAlias(let alias, _, let value):
            try expr(alias, .store)
            try expr(value)
        case .augAssign(let target, _, let value):
            try expr(target, .store)
            try expr(value)
            switch target.kind {
            case .name, .attribute, .subscript: break
            case .starred: throw failure("invalid node type (23) for augmented assignment", .systemError)
            case .list: throw failure("invalid node type (25) for augmented assignment", .systemError)
            default: throw failure("invalid node type (26) for augmented assignment", .systemError)
            }
        case .annAssign(let target, let annotation, let value, let simple):
            if simple {
                guard case .name = target.kind else { throw failure("AnnAssign with simple non-Name target", .typeError) }
            }
            try expr(target, .store)
            try optional(value)
            try expr(annotation)
        case .for(let target, let iter, let inside, let orelse):
            try expr(target, .store)
            try expr(iter)
            try body(inside, "For")
            try stmts(orelse)
        case .asyncFor(let target, let iter, let inside, let orelse):
            try expr(target, .store)
            try expr(iter)
            try body(inside, "AsyncFor")
            try stmts(orelse)
        case .while(let test, let inside, let orelse):
            try expr(test)
            try body(inside, "While")
            try stmts(orelse)
        case .if(let test, let inside, let orelse):
            try expr(test)
            try body(inside, "If")
            try stmts(orelse)
        case .with(let items, let inside): try with("With", items, inside)
        case .asyncWith(let items, let inside): try with("AsyncWith", items, inside)
        case .match(let subject, let cases):
            try expr(subject)
            try notEmpty(cases, "cases", "Match")
            for c in cases {
                try pattern(c.pattern, starAllowed: false)
                try optional(c.guardExpr)
                try body(c.body, "match_case")
            }
        case .raise(let exc, let cause):
            if let exc {
                try expr(exc)
                try optional(cause)
            } else if cause != nil { throw failure("Raise with cause but no exception") }
        case .try(let main, let handlers, let orelse, let finalbody): try tried("Try", main, handlers, orelse, finalbody)
        case .tryStar(let main, let handlers, let orelse, let finalbody): try tried("TryStar", main, handlers, orelse, finalbody)
        case .assert(let test, let msg):
            try expr(test)
            try optional(msg)
        case .import(let names): try notEmpty(names, "names", "Import")
        case .importFrom(_, let names, let level):
            if level < 0 { throw failure("Negative ImportFrom level") }
            try notEmpty(names, "names", "ImportFrom")
        case .global(let names): try notEmpty(names, "names", "Global")
        case .nonlocal(let names): try notEmpty(names, "names", "Nonlocal")
        case .expr(let value): try expr(value)
        case .pass, .break, .continue: break
        }
    }

    // MARK: expressions

    private static func text(_ c: ExprContext) -> String {
        switch c {
        case .load: return "Load"
        case .store: return "Store"
        case .del: return "Del"
        }
    }

    private func expr(_ e: Expr, _ context: ExprContext = .load) throws(Raised) {
        try enter()
        try positions(e.range)
        var actual = ExprContext.load
        switch e.kind {
        case .attribute(_, _, let ctx), .subscript(_, _, let ctx), .starred(_, let ctx), .list(_, let ctx), .tuple(_, let ctx): actual = ctx
        case .name(let id, let ctx):
            try name(id)
            actual = ctx
        default:
            if context != .load { throw failure("expression which can't be \(context == .del ? "deleted" : "assigned to") in \(TreeValidator.text(context)) context") }
        }
        if actual != context {
            throw failure("expression must have \(TreeValidator.text(context)) context but has \(TreeValidator.text(actual)) instead")
        }
        switch e.kind {
        case .boolOp(_, let values):
            if values.count < 2 { throw failure("BoolOp with less than 2 values") }
            try exprs(values)
        case .namedExpr(let target, let value):
            guard case .name = target.kind else { throw failure("NamedExpr target must be a Name", .typeError) }
            try expr(target, .store)
            try expr(value)
        case .binOp(let left, _, let right):
            try expr(left)
            try expr(right)
        case .unaryOp(_, let operand): try expr(operand)
        case .lambda(let args, let body):
            try arguments(args)
            try expr(body)
        case .ifExp(let test, let body, let orelse):
            try expr(test)
            try expr(body)
            try expr(orelse)
        case .dict(let keys, let values):
            for key in keys { try optional(key) }
            try exprs(values)
        case .set(let elts): try exprs(elts)
        case .listComp(let elt, let list), .setComp(let elt, let list), .generatorExp(let elt, let list):
            try generators(list)
            try expr(elt)
        case .dictComp(let key, let value, let list):
            try generators(list)
            try expr(key)
            try expr(value)
        case .await(let value), .yieldFrom(let value): try expr(value)
        case .yield(let value): try optional(value)
        case .compare(let left, let ops, let comparators):
            if comparators.isEmpty { throw failure("Compare with no comparators") }
            if comparators.count != ops.count { throw failure("Compare has a different number of comparators and operands") }
            try exprs(comparators)
            try expr(left)
        case .call(let function, let args, let list):
            try expr(function)
            try exprs(args)
            try keywords(list)
        case .constant: break
        case .joinedStr(let values): try exprs(values)
        case .formattedValue(let value, let conversion, let spec):
            try expr(value)
            try optional(spec)
            if ![-1, 0, 97, 114, 115].contains(conversion) { throw failure("Unrecognized conversion character \(conversion)", .systemError) }
        case .attribute(let value, _, _): try expr(value)
        case .subscript(let value, let slice, _):
            try expr(slice)
            try expr(value)
        case .starred(let value, let ctx): try expr(value, ctx)
        case .slice(let lower, let upper, let step):
            try optional(lower)
            try optional(upper)
            try optional(step)
        case .list(let elts, let ctx), .tuple(let elts, let ctx): try exprs(elts, ctx)
        case .name: break
        }
    }

    // MARK: patterns

    private func capture(_ text: String) throws(Raised) {
        if text == "_" { throw failure("can't capture name '_' in patterns") }
        try name(text)
    }

    /// A number, or the negative of one where that is allowed.
    private func isNumber(_ e: Expr, negative: Bool, real: Bool, imaginary: Bool) -> Bool {
        switch e.kind {
        case .constant(.int, _), .constant(.bigInt, _), .constant(.float, _): return real
        case .constant(.complex, _): return imaginary
        case .unaryOp(.uSub, let operand): return negative && isNumber(operand, negative: false, real: real, imaginary: imaginary)
        default: return false
        }
    }
    private func isDottedName(_ e: Expr) -> Bool {
        switch e.kind {
        case .name: return true
        case .attribute(let value, _, _): return isDottedName(value)
        default: return false
        }
    }

    private func matchValue(_ e: Expr) throws(Raised) {
        try expr(e)
        switch e.kind {
        case .constant(let value, _):
            switch value {
            case .int, .bigInt, .float, .complex, .string, .bytes: return
            default: throw failure("unexpected constant inside of a literal pattern")
            }
        case .attribute: return
        case .unaryOp: if isNumber(e, negative: true, real: true, imaginary: true) { return }
        case .binOp(let left, let op, let right):
            if op == .add || op == .sub, isNumber(left, negative: true, real: true, imaginary: false),
               isNumber(right, negative: false, real: false, imaginary: true) { return }
        case .joinedStr: return
        default: break
        }
        throw failure("patterns may only match literals and attribute lookups")
    }

    private func patterns(_ list: [Pattern], starAllowed: Bool) throws(Raised) { for p in list { try pattern(p, starAllowed: starAllowed) } }

    private func pattern(_ p: Pattern, starAllowed: Bool) throws(Raised) {
        try enter()
        try positions(p.range)
        switch p.kind {
        case .matchValue(let value): try matchValue(value)
        case .matchSingleton: break
        case .matchSequence(let list): try patterns(list, starAllowed: true)
        case .matchMapping(let keys, let list, let rest):
            if keys.count != list.count { throw failure("MatchMapping doesn't have the same number of keys as patterns") }
            if let rest { try capture(rest) }
            for key in keys {
                if case .constant(let value, _) = key.kind {
                    // None and the booleans are keys as good as any literal.
                    switch value {
                    case .none, .true, .false: continue
                    default: break
                    }
                }
                try matchValue(key)
            }
            try patterns(list, starAllowed: false)
        case .matchClass(let cls, let list, let attributes, let keywordPatterns):
            if attributes.count != keywordPatterns.count {
                throw failure("MatchClass doesn't have the same number of keyword attributes as patterns")
            }
            try expr(cls)
            if !isDottedName(cls) { throw failure("MatchClass cls field can only contain Name or Attribute nodes.") }
            for attribute in attributes { try name(attribute) }
            try patterns(list, starAllowed: false)
            try patterns(keywordPatterns, starAllowed: false)
        case .matchStar(let target):
            if !starAllowed { throw failure("can't use MatchStar here") }
            if let target { try capture(target) }
        case .matchAs(let inner, let target):
            if let target { try capture(target) }
            if let inner {
                if target == nil { throw failure("MatchAs must specify a target name if a pattern is given") }
                try pattern(inner, starAllowed: false)
            }
        case .matchOr(let list):
            if list.count < 2 { throw failure("MatchOr requires at least 2 patterns") }
            try patterns(list, starAllowed: false)
        }
    }
}
