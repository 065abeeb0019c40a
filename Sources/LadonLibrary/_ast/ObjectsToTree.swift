// Python's node objects as a tree for the compiler: what `compile(node, ...)` takes.
//
// Fields are read in the order of the grammar, so that the first complaint is CPython's. What can be said of
// one field is checked here; what needs the whole node is checked by TreeValidator afterwards.

import LadonSyntax
import LadonCompiler

/// An exception is set in the thread.
struct Raised: Error {}

/// A tree given to compile(): `v` itself when it is a node, nil when it is something else.
func syntaxTree(_ t: Thread, _ v: Value) -> Value? {
    if v.isSmallInt || v.isExactly(.str) || v.isExactly(.bytes) { return nil }
    // As long as nobody imported the module there are no nodes.
    let module = mappingGet(t, modulesMapping(t), internStatic(t, "_ast"))
    if module.isRaised { return .raised }
    if module.isMissing || !isInstanceOf(module, .module) { return nil }
    let base = dictGetName(t, module.cell(as: ModuleCell.self).pointee.dict, internStatic(t, "AST"))
    if base.isMissing || !isType(base) { return nil }
    return isSubtype(typeOf(v), base.asType) ? v : nil
}

/// Compiles a node. 0: raised.
func compileTree(_ t: Thread, _ tree: Value, _ filename: String, _ mode: ParseMode, _ options: SourceOptions) -> Value {
    if options.flags & CompilerFlag.onlyAST != 0 { return tree }
    let module = importModule(t, "_ast")
    if module.isRaised { return module }
    let reader = TreeReader(t: t, types: module.cell(as: ModuleCell.self).pointee.dict)
    let mod: Mod
    do {
        mod = try reader.mod(tree, mode)
        try TreeValidator(t: t).mod(mod)
    } catch { return .raised }
    module.keepAlive
    return generateCode(t, mod, filename, options)
}

private struct TreeReader {
    let t: Thread
    /// The dictionary of `_ast`, by which classes are recognised.
    let types: Value

    /// A node whose class is known, for reading its fields.
    struct Node {
        let value: Value
        let type: String
    }

    // MARK: pieces

    func failure(_ type: TypeID, _ message: String) -> Raised {
        raise(t, type, message)
        return Raised()
    }

    /// The name of the grammar's class that `v` is an instance of, among those without an underscore-less sum type's name:
    /// constructors come before their sum type in the resolution order.
    func className(_ v: Value) -> String {
        let mro = typeOf(v).mroTuple
        for i in 0..<mro.tupleCount {
            let cls = mro.tupleItems[i]
            let known = dictGet(t, types, cls.asType.pointee.name)
            if known == cls { return swiftString(cls.asType.pointee.name) }
        }
        return ""
    }

    func unexpected(_ sum: String, _ v: Value) -> Raised {
        failure(.typeError, "expected some sort of \(sum), but got \(reprText(t, v))")
    }

    /// The attribute, or .missing.
    func attribute(_ v: Value, _ field: StaticString) throws(Raised) -> Value {
        let found = getAttributeOrMissing(t, v, internStatic(t, field))
        if found.isRaised { throw Raised() }
        return found
    }
    func field(_ n: Node, _ field: StaticString) throws(Raised) -> Value {
        let found = try attribute(n.value, field)
        if found.isMissing { throw failure(.typeError, "required field \"\(field)\" missing from \(n.type)") }
        return found
    }
    /// The attribute, .none when it is absent.
    func optionalField(_ n: Node, _ field: StaticString) throws(Raised) -> Value {
        let found = try attribute(n.value, field)
        return found.isMissing ? .none : found
    }
    func require<T>(_ v: T?, _ n: Node, _ field: StaticString) throws(Raised) -> T {
        guard let v else { throw failure(.valueError, "field '\(field)' is required for \(n.type)") }
        return v
    }
    func list<T>(_ n: Node, _ name: StaticString, _ each: (Value) throws(Raised) -> T) throws(Raised) -> [T] {
        let items = try field(n, name)
        if !isInstanceOf(items, .list) {
            throw failure(.typeError, "\(n.type) field \"\(name)\" must be a list, not a \(typeName(items))")
        }
        var result: [T] = []
        let count = listCount(items)
        result.reserveCapacity(count)
        for i in 0..<count {
            let item = listGet(t, items, i)
            if !item.isMissing { result.append(try each(item)) }
            if listCount(items) != count {
                throw failure(.runtimeError, "\(n.type) field \"\(name)\" changed size during iteration")
            }
        }
        return result
    }

    func identifierOrNone(_ v: Value) throws(Raised) -> String? {
        if v.isNone { return nil }
        if !v.isExactly(.str) { throw failure(.typeError, "AST identifier must be of type str") }
        return swiftString(v)
    }
    func identifier(_ n: Node, _ name: StaticString) throws(Raised) -> String {
        try require(try identifierOrNone(try field(n, name)), n, name)
    }
    func optionalIdentifier(_ n: Node, _ name: StaticString) throws(Raised) -> String? {
        try identifierOrNone(try optionalField(n, name))
    }
    func identifiers(_ n: Node, _ name: StaticString) throws(Raised) -> [String] {
        try list(n, name) { v throws(Raised) in
            guard let text = try identifierOrNone(v) else { throw failure(.valueError, "None disallowed in identifier list") }
            return text
        }
    }
    /// `type_comment` and the like: only their type matters.
    func optionalString(_ n: Node, _ name: StaticString) throws(Raised) -> String? {
        let v = try optionalField(n, name)
        if v.isNone || v.isExactly(.bytes) { return nil }
        if !v.isExactly(.str) { throw failure(.typeError, "AST string must be of type str") }
        return swiftString(v)
    }
    func integer(_ v: Value) throws(Raised) -> Int {
        if !isInt(v) { throw failure(.valueError, "invalid integer value: \(reprText(t, v))") }
        guard let n = intAsWord(plainInt(v)), let small = Int32(exactly: n) else {
            throw failure(.overflowError, "Python int too large to convert to C int")
        }
        return Int(small)
    }

    /// Positions; the end is that of the start where it is not given.
    func range(_ v: Value, _ owner: String) throws(Raised) -> SourceRange {
        let n = Node(value: v, type: owner)
        let line = try integer(try field(n, "lineno"))
        let column = try integer(try field(n, "col_offset"))
        var endLine = line, endColumn = column
        if owner == "pattern" {
            endLine = try integer(try field(n, "end_lineno"))
            endColumn = try integer(try field(n, "end_col_offset"))
        } else {
            let givenLine = try optionalField(n, "end_lineno"), givenColumn = try optionalField(n, "end_col_offset")
            if !givenLine.isNone { endLine = try integer(givenLine) }
            if !givenColumn.isNone { endColumn = try integer(givenColumn) }
        }
        return SourceRange(line: line, column: column, endLine: endLine, endColumn: endColumn)
    }

    func enter(_ sum: String) throws(Raised) {
        if ladon_stack_pointer() > t.pointee.nativeStackLimit { return }
        _ = raiseRecursionError(t, " while traversing '\(sum)' node")
        throw Raised()
    }

    // MARK: module

    func mod(_ v: Value, _ mode: ParseMode) throws(Raised) -> Mod {
        let expected: String
        switch mode {
        case .exec: expected = "Module"
        case .eval: expected = "Expression"
        case .single: expected = "Interactive"
        case .functionType: expected = "FunctionType"
        }
        let n = Node(value: v, type: className(v))
        if n.type != expected { throw failure(.typeError, "expected \(expected) node, got \(typeName(v))") }
        switch mode {
        case .exec:
            let body = try stmts(n, "body")
            _ = try list(n, "type_ignores") { v throws(Raised) in
                if className(v) != "TypeIgnore" { throw unexpected("type_ignore", v) }
                let ignore = Node(value: v, type: "TypeIgnore")
                _ = try integer(try field(ignore, "lineno"))
                let tag = try field(ignore, "tag")
                if !tag.isExactly(.str) { throw failure(.typeError, "AST string must be of type str") }
            }
            return .module(body: body)
        case .single: return .interactive(body: try stmts(n, "body"))
        case .eval: return .expression(body: try expr(n, "body"))
        case .functionType: return .functionType(argtypes: try exprs(n, "argtypes"), returns: try expr(n, "returns"))
        }
    }

    // MARK: statements

    func stmts(_ n: Node, _ name: StaticString) throws(Raised) -> [Stmt] {
        try list(n, name) { v throws(Raised) in
            if v.isNone { throw failure(.valueError, "None disallowed in statement list") }
            return try stmt(v)
        }
    }

    func function(_ n: Node) throws(Raised) -> FunctionDef {
        let name = try identifier(n, "name")
        let args = try arguments(try field(n, "args"))
        let body = try stmts(n, "body")
        let decorators = try exprs(n, "decorator_list")
        let returns = try optionalExpr(n, "returns")
        _ = try optionalString(n, "type_comment")
        return FunctionDef(name: name, args: args, body: body, decoratorList: decorators, returns: returns, typeParams: [])
    }
    func withItems(_ n: Node) throws(Raised) -> [WithItem] {
        try list(n, "items") { v throws(Raised) in
            let item = Node(value: v, type: "withitem")
            return WithItem(contextExpr: try expr(item, "context_expr"), optionalVars: try optionalExpr(item, "optional_vars"))
        }
    }
    func handlers(_ n: Node) throws(Raised) -> [ExceptHandler] {
        try list(n, "handlers") { v throws(Raised) in
            if v.isNone { throw failure(.valueError, "None disallowed in handler list") }
            let range = try range(v, "excepthandler")
            if className(v) != "ExceptHandler" { throw unexpected("excepthandler", v) }
            let h = Node(value: v, type: "ExceptHandler")
            return ExceptHandler(type: try optionalExpr(h, "type"), name: try optionalIdentifier(h, "name"), body: try stmts(h, "body"), range: range)
        }
    }
    func aliases(_ n: Node) throws(Raised) -> [Alias] {
        try list(n, "names") { v throws(Raised) in
            let a = Node(value: v, type: "alias")
            let name = try identifier(a, "name")
            let asname = try optionalIdentifier(a, "asname")
            return Alias(name: name, asname: asname, range: try range(v, "alias"))
        }
    }

    func stmt(_ v: Value) throws(Raised) -> Stmt {
        try enter("stmt")
        let range = try range(v, "stmt")
        let n = Node(value: v, type: className(v))
        return Stmt(try stmtKind(n), range)
    }

    func stmtKind(_ n: Node) throws(Raised) -> StmtKind {
        switch n.type {
        case "Expr": return .expr(value: try expr(n, "value"))
        case "Assign":
            let targets = try exprs(n, "targets"), value = try expr(n, "value")
            _ = try optionalString(n, "type_comment")
            return .assign(targets: targets, value: value)
        case "FunctionDef": return .functionDef(try function(n))
        case "AsyncFunctionDef": return .asyncFunctionDef(try function(n))
        case "ClassDef":
            return .classDef(ClassDef(name: try identifier(n, "name"), bases: try exprs(n, "bases"), keywords: try keywords(n),
                                      body: try stmts(n, "body"), decoratorList: try exprs(n, "decorator_list"), typeParams: []))
        case "Return": return .return(value: try optionalExpr(n, "value"))
        case "Delete": return .delete(targets: try exprs(n, "targets"))
        case "AugAssign": return .augAssign(target: try expr(n, "target"), op: try binaryOperator(n), value: try expr(n, "value"))
        case "AnnAssign":
            return .annAssign(target: try expr(n, "target"), annotation: try expr(n, "annotation"), value: try optionalExpr(n, "value"),
                              simple: try integer(try field(n, "simple")) != 0)
        case "For", "AsyncFor":
            let target = try expr(n, "target"), iter = try expr(n, "iter"), body = try stmts(n, "body"), orelse = try stmts(n, "orelse")
            _ = try optionalString(n, "type_comment")
            return n.type == "For" ? .for(target: target, iter: iter, body: body, orelse: orelse)
                : .asyncFor(target: target, iter: iter, body: body, orelse: orelse)
        case "While": return .while(test: try expr(n, "test"), body: try stmts(n, "body"), orelse: try stmts(n, "orelse"))
        case "If": return .if(test: try expr(n, "test"), body: try stmts(n, "body"), orelse: try stmts(n, "orelse"))
        case "With", "AsyncWith":
            let items = try withItems(n), body = try stmts(n, "body")
            _ = try optionalString(n, "type_comment")
            return n.type == "With" ? .with(items: items, body: body) : .asyncWith(items: items, body: body)
        case "Match":
            let subject = try expr(n, "subject")
            let cases = try list(n, "cases") { v throws(Raised) in
                let c = Node(value: v, type: "match_case")
                let pattern = try require(try self.pattern(try field(c, "pattern")), c, "pattern")
                return MatchCase(pattern: pattern, guardExpr: try optionalExpr(c, "guard"), body: try stmts(c, "body"))
            }
            return .match(subject: subject, cases: cases)
        case "Raise": return .raise(exc: try optionalExpr(n, "exc"), cause: try optionalExpr(n, "cause"))
        case "Try", "TryStar":
            let body = try stmts(n, "body"), handlers = try handlers(n), orelse = try stmts(n, "orelse"), finalbody = try stmts(n, "finalbody")
            return n.type == "Try" ? .try(body: body, handlers: handlers, orelse: orelse, finalbody: finalbody)
                : .tryStar(body: body, handlers: handlers, orelse: orelse, finalbody: finalbody)
        case "Assert": return .assert(test: try expr(n, "test"), msg: try optionalExpr(n, "msg"))
        case "Import": return .import(names: try aliases(n))
        case "ImportFrom":
            let module = try optionalIdentifier(n, "module"), names = try aliases(n), level = try optionalField(n, "level")
            return .importFrom(module: module, names: names, level: level.isNone ? 0 : try integer(level))
        case "Global": return .global(names: try identifiers(n, "names"))
        case "Nonlocal": return .nonlocal(names: try identifiers(n, "names"))
        case "Pass": return .pass
        case "Break": return .break
        case "Continue": return .continue
        default: throw unexpected("stmt", n.value)
        }
    }

    // MARK: expressions

    func expr(_ n: Node, _ name: StaticString) throws(Raised) -> Expr {
        try require(try expr(try field(n, name)), n, name)
    }
    func optionalExpr(_ n: Node, _ name: StaticString) throws(Raised) -> Expr? { try expr(try optionalField(n, name)) }
    func exprs(_ n: Node, _ name: StaticString) throws(Raised) -> [Expr] {
        try list(n, name) { v throws(Raised) in
            guard let e = try expr(v) else { throw failure(.valueError, "None disallowed in expression list") }
            return e
        }
    }
    func keywords(_ n: Node) throws(Raised) -> [Keyword] {
        try list(n, "keywords") { v throws(Raised) in
            let k = Node(value: v, type: "keyword")
            let arg = try optionalIdentifier(k, "arg"), value = try expr(k, "value")
            return Keyword(arg: arg, value: value, range: try range(v, "keyword"))
        }
    }
    func argument(_ v: Value) throws(Raised) -> Argument {
        let a = Node(value: v, type: "arg")
        let name = try identifier(a, "arg"), annotation = try optionalExpr(a, "annotation")
        _ = try optionalString(a, "type_comment")
        return Argument(arg: name, annotation: annotation, range: try range(v, "arg"))
    }
    func optionalArgument(_ n: Node, _ name: StaticString) throws(Raised) -> Argument? {
        let v = try optionalField(n, name)
        return v.isNone ? nil : try argument(v)
    }
    func arguments(_ v: Value) throws(Raised) -> Arguments {
        let n = Node(value: v, type: "arguments")
        let posonly = try list(n, "posonlyargs", argument), args = try list(n, "args", argument)
        let vararg = try optionalArgument(n, "vararg"), kwonly = try list(n, "kwonlyargs", argument)
        let kwDefaults = try list(n, "kw_defaults") { v throws(Raised) in try expr(v) }
        let kwarg = try optionalArgument(n, "kwarg"), defaults = try exprs(n, "defaults")
        return Arguments(posonlyargs: posonly, args: args, vararg: vararg, kwonlyargs: kwonly, kwDefaults: kwDefaults, kwarg: kwarg, defaults: defaults)
    }
    func generators(_ n: Node) throws(Raised) -> [Comprehension] {
        try list(n, "generators") { v throws(Raised) in
            let c = Node(value: v, type: "comprehension")
            return Comprehension(target: try expr(c, "target"), iter: try expr(c, "iter"), ifs: try exprs(c, "ifs"),
                                 isAsync: try integer(try field(c, "is_async")) != 0)
        }
    }
    func context(_ n: Node) throws(Raised) -> ExprContext {
        let v = try field(n, "ctx")
        switch className(v) {
        case "Load": return .load
        case "Store": return .store
        case "Del": return .del
        default: throw unexpected("expr_context", v)
        }
    }
    func binaryOperator(_ n: Node) throws(Raised) -> BinaryOperator {
        let v = try field(n, "op")
        let name = className(v)
        for op in BinaryOperator.allCases where "\(binaryName(op))" == name { return op }
        throw unexpected("operator", v)
    }
    func unaryOperator(_ n: Node) throws(Raised) -> UnaryOperator {
        let v = try field(n, "op")
        switch className(v) {
        case "Invert": return .invert
        case "Not": return .not
        case "UAdd": return .uAdd
        case "USub": return .uSub
        default: throw unexpected("unaryop", v)
        }
    }
    func comparison(_ v: Value) throws(Raised) -> ComparisonOperator {
        switch className(v) {
        case "Eq": return .eq
        case "NotEq": return .notEq
        case "Lt": return .lt
        case "LtE": return .ltE
        case "Gt": return .gt
        case "GtE": return .gtE
        case "Is": return .is
        case "IsNot": return .isNot
        case "In": return .in
        case "NotIn": return .notIn
        default: throw unexpected("cmpop", v)
        }
    }

    func expr(_ v: Value) throws(Raised) -> Expr? {
        if v.isNone { return nil }
        try enter("expr")
        let range = try range(v, "expr")
        let n = Node(value: v, type: className(v))
        if n.type == "Constant" { return try constantExpr(n, range) }
        return Expr(try exprKind(n), range)
    }

    func exprKind(_ n: Node) throws(Raised) -> ExprKind {
        switch n.type {
        case "Name": return .name(id: try identifier(n, "id"), ctx: try context(n))
        case "Attribute": return .attribute(value: try expr(n, "value"), attr: try identifier(n, "attr"), ctx: try context(n))
        case "Call": return .call(func: try expr(n, "func"), args: try exprs(n, "args"), keywords: try keywords(n))
        case "BoolOp":
            let op = try field(n, "op")
            switch className(op) {
            case "And": return .boolOp(op: .and, values: try exprs(n, "values"))
            case "Or": return .boolOp(op: .or, values: try exprs(n, "values"))
            default: throw unexpected("boolop", op)
            }
        case "NamedExpr":
            // CPython doesn't look at the target's context; what it is for is clear.
            let target = try expr(n, "target")
            if case .name(let id, _) = target.kind { target.kind = .name(id: id, ctx: .store) }
            return .namedExpr(target: target, value: try expr(n, "value"))
        case "BinOp":
            // All three are read before any is missed.
            let left = try expr(try field(n, "left")), op = try binaryOperator(n), right = try expr(try field(n, "right"))
            return .binOp(left: try require(left, n, "left"), op: op, right: try require(right, n, "right"))
        case "UnaryOp": return .unaryOp(op: try unaryOperator(n), operand: try expr(n, "operand"))
        case "Lambda": return .lambda(args: try arguments(try field(n, "args")), body: try expr(n, "body"))
        case "IfExp": return .ifExp(test: try expr(n, "test"), body: try expr(n, "body"), orelse: try expr(n, "orelse"))
        case "Dict":
            let keys = try list(n, "keys") { v throws(Raised) in try expr(v) }
            let values = try list(n, "values") { v throws(Raised) in try expr(v) }
            if keys.count != values.count { throw failure(.valueError, "Dict doesn't have the same number of keys as values") }
            var present: [Expr] = []
            for value in values {
                guard let value else { throw failure(.valueError, "None disallowed in expression list") }
                present.append(value)
            }
            return .dict(keys: keys, values: present)
        case "Set": return .set(elts: try exprs(n, "elts"))
        case "ListComp": return .listComp(elt: try expr(n, "elt"), generators: try generators(n))
        case "SetComp": return .setComp(elt: try expr(n, "elt"), generators: try generators(n))
        case "GeneratorExp": return .generatorExp(elt: try expr(n, "elt"), generators: try generators(n))
        case "DictComp": return .dictComp(key: try expr(n, "key"), value: try expr(n, "value"), generators: try generators(n))
        case "Await": return .await(value: try expr(n, "value"))
        case "Yield": return .yield(value: try optionalExpr(n, "value"))
        case "YieldFrom": return .yieldFrom(value: try expr(n, "value"))
        case "Compare":
            return .compare(left: try expr(n, "left"), ops: try list(n, "ops", comparison), comparators: try exprs(n, "comparators"))
        case "FormattedValue":
            return .formattedValue(value: try expr(n, "value"), conversion: try integer(try field(n, "conversion")), formatSpec: try optionalExpr(n, "format_spec"))
        case "JoinedStr": return .joinedStr(values: try exprs(n, "values"))
        case "Subscript": return .subscript(value: try expr(n, "value"), slice: try expr(n, "slice"), ctx: try context(n))
        case "Starred": return .starred(value: try expr(n, "value"), ctx: try context(n))
        case "List": return .list(elts: try exprs(n, "elts"), ctx: try context(n))
        case "Tuple": return .tuple(elts: try exprs(n, "elts"), ctx: try context(n))
        case "Slice": return .slice(lower: try optionalExpr(n, "lower"), upper: try optionalExpr(n, "upper"), step: try optionalExpr(n, "step"))
        default: throw unexpected("expr", n.value)
        }
    }

    // MARK: constants

    /// A complex with a real part is no constant of our trees: it becomes real - (-imaginary), which keeps both parts.
    func constantExpr(_ n: Node, _ range: SourceRange) throws(Raised) -> Expr {
        let v = try field(n, "value")
        let kind = try optionalString(n, "kind")
        if v.isExactly(.complex) {
            var real = 0.0, imaginary = 0.0
            if !complexFromObject(t, v, &real, &imaginary) { throw Raised() }
            if real != 0 || real.sign == .minus {
                return Expr(.binOp(left: Expr(.constant(value: .float(real), kind: nil), range), op: .sub,
                                   right: Expr(.constant(value: .complex(-imaginary), kind: nil), range)), range)
            }
        }
        return Expr(.constant(value: try constant(v), kind: kind), range)
    }

    func constant(_ v: Value) throws(Raised) -> Constant {
        if v.isNone { return .none }
        if v.isTrue { return .true }
        if v.isFalse { return .false }
        if v == .ellipsis { return .ellipsis }
        if isExactInt(v) {
            if let n = intAsWord(v) { return .int(n) }
            let digits = withIntDigits(t, intAbs(t, v), 16, failed: "") { p, count in
                String(decoding: UnsafeBufferPointer(start: p, count: count), as: UTF8.self)
            }
            if digits.isEmpty { throw Raised() }
            return .bigInt(BigIntConstant(digits: digits.lowercased(), radix: 16, isNegative: intSign(v) < 0))
        }
        if v.isExactly(.float) { return .float(v.cell(as: FloatCell.self).pointee.value) }
        if v.isExactly(.complex) {
            var real = 0.0, imaginary = 0.0
            if !complexFromObject(t, v, &real, &imaginary) { throw Raised() }
            return .complex(imaginary)
        }
        if v.isExactly(.str) {
            let text = v.text
            var points: [UInt32] = []
            points.reserveCapacity(text.count)
            for i in 0..<text.count { points.append(text[i]) }
            v.keepAlive
            return .string(StringConstant(codePoints: points))
        }
        if v.isExactly(.bytes) {
            let bytes = [UInt8](UnsafeBufferPointer(start: v.bytesData, count: v.bytesCount))
            v.keepAlive
            return .bytes(bytes)
        }
        if v.isExactly(.tuple) {
            try enter("expr")
            var items: [Constant] = []
            for i in 0..<v.tupleCount { items.append(try constant(v.tupleItems[i])) }
            return .tuple(items)
        }
        if v.isExactly(.frozenset) {
            try enter("expr")
            var items: [Constant] = []
            var position = 0, hash = 0
            var item = Value.none
            while setNext(v, &position, &item, &hash) { items.append(try constant(item)) }
            return .frozenset(items)
        }
        throw failure(.typeError, "got an invalid type in Constant: \(typeName(v))")
    }

    // MARK: patterns

    func patterns(_ n: Node, _ name: StaticString) throws(Raised) -> [Pattern] {
        try list(n, name) { v throws(Raised) in
            guard let p = try pattern(v) else { throw failure(.valueError, "None disallowed in pattern list") }
            return p
        }
    }

    func pattern(_ v: Value) throws(Raised) -> Pattern? {
        if v.isNone { return nil }
        try enter("pattern")
        let range = try range(v, "pattern")
        let n = Node(value: v, type: className(v))
        let kind: PatternKind
        switch n.type {
        case "MatchValue": kind = .matchValue(value: try expr(n, "value"))
        case "MatchSingleton":
            let value = try field(n, "value")
            if !value.isNone && !value.isBool { throw failure(.valueError, "MatchSingleton can only contain True, False and None") }
            kind = .matchSingleton(value: try constant(value))
        case "MatchSequence": kind = .matchSequence(patterns: try patterns(n, "patterns"))
        case "MatchMapping":
            kind = .matchMapping(keys: try exprs(n, "keys"), patterns: try patterns(n, "patterns"), rest: try optionalIdentifier(n, "rest"))
        case "MatchClass":
            kind = .matchClass(cls: try expr(n, "cls"), patterns: try patterns(n, "patterns"), kwdAttrs: try identifiers(n, "kwd_attrs"),
                               kwdPatterns: try patterns(n, "kwd_patterns"))
        case "MatchStar": kind = .matchStar(name: try optionalIdentifier(n, "name"))
        case "MatchAs": kind = .matchAs(pattern: try pattern(try optionalField(n, "pattern")), name: try optionalIdentifier(n, "name"))
        case "MatchOr": kind = .matchOr(patterns: try patterns(n, "patterns"))
        default: throw unexpected("pattern", v)
        }
        return Pattern(kind, range)
    }
}
