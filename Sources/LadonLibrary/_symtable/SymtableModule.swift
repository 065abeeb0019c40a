// The module `_symtable`: the compiler's blocks and symbols as objects for symtable.py.

import LadonSyntax
import LadonCompiler
import LadonTypes

struct SymbolTableEntryCell {
    var header: CellHeader
    var id: Value
    var name: Value
    var symbols: Value
    var varnames: Value
    var children: Value
    var type: Value
    var lineno: Value
    var nested: Value
}

@inline(__always) private func entryCell(_ v: Value) -> UnsafeMutablePointer<SymbolTableEntryCell> { v.cell(as: SymbolTableEntryCell.self) }

/// The type of entries; lives as long as the process.
nonisolated(unsafe) private var entryType: TypePointer?

private func entryDefinition() -> TypeDefinition {
    TypeDefinition(nil, "symtable entry", flags: [.disallowInstantiation], size: MemoryLayout<SymbolTableEntryCell>.size,
                   layout: Layout(prefix: 8, base: 9, flags: [.container]), slots: [
                       .unary(.repr) { t, v in
                           let e = entryCell(v)
                           return makeString(t, "<symtable entry \(swiftString(e.pointee.name))(\(swiftString(repr(t, e.pointee.id)))), line \(e.pointee.lineno.smallInt)>")
                       },
                   ], members: [
                       .attribute("id", get: { t, a in entryCell(a[0]).pointee.id }),
                       .attribute("name", get: { t, a in entryCell(a[0]).pointee.name }),
                       .attribute("symbols", get: { t, a in entryCell(a[0]).pointee.symbols }),
                       .attribute("varnames", get: { t, a in entryCell(a[0]).pointee.varnames }),
                       .attribute("children", get: { t, a in entryCell(a[0]).pointee.children }),
                       .attribute("type", get: { t, a in entryCell(a[0]).pointee.type }),
                       .attribute("lineno", get: { t, a in entryCell(a[0]).pointee.lineno }),
                       .attribute("nested", get: { t, a in entryCell(a[0]).pointee.nested }),
                   ])
}

/// Where a symbol's scope stands in its flags.
private let scopeShift: UInt32 = 11

/// The entry of a block with all below. 0: raised.
private func entry(_ t: Thread, _ scope: Scope) -> Value {
    if !hasNativeRoom(t) { return .raised }
    let v = allocateInstance(t, entryType.unsafelyUnwrapped, variableItems: 0)
    if v.isRaised { return v }
    let symbols = makeDict(t), varnames = makeList(t), children = makeList(t)
    let kind: Int
    switch scope.kind {
    case .function: kind = 0
    case .class: kind = 1
    case .module: kind = 2
    case .annotation: kind = 3
    }
    let e = entryCell(v)
    e.pointee.id = makeInt(t, Int(bitPattern: v.bits))
    e.pointee.name = intern(t, scope.name)
    e.pointee.symbols = symbols
    e.pointee.varnames = varnames
    e.pointee.children = children
    e.pointee.type = Value(smallInt: kind)
    e.pointee.lineno = Value(smallInt: scope.kind == .module ? 0 : scope.range.line)
    e.pointee.nested = scope.isNested ? .one : .zero
    for symbolName in scope.order {
        guard let symbol = scope.symbols[symbolName] else { continue }
        let flags = symbol.flags.rawValue | UInt32(symbol.scope.rawValue) << scopeShift
        if dictSet(t, symbols, intern(t, symbolName), Value(smallInt: Int(flags))) < 0 { return .raised }
    }
    for parameter in scope.parameters where listAppend(t, varnames, intern(t, parameter)) < 0 { return .raised }
    for child in scope.children {
        let c = entry(t, child)
        if c.isRaised || listAppend(t, children, c) < 0 { return .raised }
    }
    return v
}

private func symtable(_ t: Thread, _ a: Values) -> Value {
    var options = SourceOptions()
    let source = sourceBytes(t, a[0], "symtable", &options)
    if source.isRaised { return source }
    // A file name in any other buffer is taken, with a warning.
    var path = a[1]
    if !isInstanceOf(path, .str) && !isInstanceOf(path, .bytes) && supportsBuffer(path) {
        if warn(t, .deprecationWarning, "path should be string, bytes, or os.PathLike, not \(typeName(path))", 1) < 0 { return .raised }
        var ignored = SourceOptions()
        path = sourceBytes(t, path, "symtable", &ignored)
        if path.isRaised { return path }
    }
    path = fsConverter(t, path)
    if path.isRaised { return path }
    let filename = swiftString(decodeFileSystem(t, path))
    if !isInstanceOf(a[2], .str) { return raise(t, .typeError, "symtable() argument 3 must be str, not \(typeName(a[2]))") }
    let mode: ParseMode
    switch swiftString(a[2]) {
    case "exec": mode = .exec
    case "eval": mode = .eval
    case "single": mode = .single
    default: return raise(t, .valueError, "symtable() arg 3 must be 'exec' or 'eval' or 'single'")
    }
    let tree: ParseResult
    do { tree = try parseSource(t, source, filename, mode, options) } catch { return raiseSyntaxFailure(t, error, filename) }
    if let table = try? SymbolTable.build(tree.mod) { return entry(t, table.top) }
    // The compiler's own pass words the failure.
    do {
        _ = try LadonCompiler.compile(tree.mod, options: CompileOptions(filename: filename, optimize: 0, futures: [], allowsTopLevelAwait: false))
    } catch { return raiseSyntaxFailure(t, error, filename) }
    return raise(t, .syntaxError, "invalid scopes")
}

public func symtableModule() -> ModuleDefinition {
    ModuleDefinition("_symtable", members: [
        .method("symtable", "(source, filename, startstr, /)", symtable, "Return symbol and scope dictionaries used internally by compiler."),
    ], initialize: { t, a in
        let type = installType(t, entryDefinition())
        makeImmortal(type.value)
        entryType = type
        let numbers: [(String, Int)] = [
            ("USE", 16), ("DEF_GLOBAL", 1), ("DEF_NONLOCAL", 8), ("DEF_LOCAL", 2), ("DEF_PARAM", 4), ("DEF_FREE", 32), ("DEF_FREE_CLASS", 64),
            ("DEF_IMPORT", 128), ("DEF_BOUND", 134), ("DEF_ANNOT", 256), ("TYPE_FUNCTION", 0), ("TYPE_CLASS", 1), ("TYPE_MODULE", 2),
            ("LOCAL", 1), ("GLOBAL_EXPLICIT", 2), ("GLOBAL_IMPLICIT", 3), ("FREE", 4), ("CELL", 5), ("SCOPE_OFF", 11), ("SCOPE_MASK", 15),
        ]
        for (label, number) in numbers where dictSet(t, a[0].cell(as: ModuleCell.self).pointee.dict, intern(t, label), Value(smallInt: number)) < 0 {
            return .raised
        }
        return .none
    })
}
