// From source bytes to a code object: parser, compiler, and their failures as Python exceptions.

import LadonSyntax
import LadonCompiler

/// How source text is compiled.
public struct SourceOptions {
    /// Future features and PyCF_ flags.
    public var flags = 0
    public var optimize = 0
    /// The minor version of Python 3 whose syntax is allowed; negative for this one's. Only for trees.
    public var featureVersion = -1
    /// The source was a str: an encoding declaration means nothing.
    public var isText = false
    /// The source is a file's contents.
    public var isFile = false
    public init() {}
}

func parseSource(_ t: Thread, _ source: Value, _ filename: String, _ mode: ParseMode, _ options: SourceOptions) throws(SyntaxFailure) -> ParseResult {
    var parse = ParseOptions()
    parse.isText = options.isText || options.flags & CompilerFlag.ignoreCookie != 0
    parse.isFile = options.isFile
    parse.allowsIncompleteInput = options.flags & CompilerFlag.allowIncompleteInput != 0
    parse.requiresDedent = options.flags & CompilerFlag.dontImplyDedent != 0
    parse.barryIsBDFL = options.flags & CompilerFlag.barryAsBDFL != 0
    parse.readsTypeComments = options.flags & CompilerFlag.typeComments != 0
    if options.featureVersion >= 0 && options.flags & CompilerFlag.onlyAST != 0 { parse.featureVersion = options.featureVersion }
    parse.stackLimit = UInt(t.pointee.nativeStackLimit)
    parse.maximumDigits = intMaxTextDigits(t)
    parse.decoder = { encoding, bytes in try decodeSource(t, encoding, bytes) }
    let bytes = [UInt8](UnsafeBufferPointer(start: source.bytesData, count: source.bytesCount))
    return try LadonSyntax.parse(source: bytes, filename: filename, mode: mode, options: parse)
}

/// Source bytes in one of the codecs that only Python knows, as UTF-8.
private func decodeSource(_ t: Thread, _ encoding: String, _ bytes: ArraySlice<UInt8>) throws -> [UInt8] {
    let raw = bytes.withUnsafeBytes { makeBytes(t, $0.baseAddress ?? UnsafeRawPointer(bitPattern: 8)!, $0.count) }
    let text = raw.isRaised ? raw : decodeBytes(t, raw, encoding: makeString(t, encoding), errors: .missing)
    let utf8 = text.isRaised ? text : encodeString(t, text, encoding: makeString(t, "utf-8"), errors: .missing)
    if utf8.isRaised {
        let reason = str(t, takeException(t))
        if reason.isRaised { clearException(t) }
        throw SourceDecodingError(message: reason.isRaised ? "unknown encoding: \(encoding)" : swiftString(reason))
    }
    let result = [UInt8](UnsafeBufferPointer(start: utf8.bytesData, count: utf8.bytesCount))
    utf8.keepAlive
    return result
}

/// A code object for a tree. 0: raised.
func generateCode(_ t: Thread, _ tree: Mod, _ filename: String, _ options: SourceOptions) -> Value {
    let compileOptions = CompileOptions(filename: filename, optimize: options.optimize,
                                        futures: CodeFlags(rawValue: UInt32(truncatingIfNeeded: options.flags)),
                                        allowsTopLevelAwait: options.flags & CompilerFlag.allowTopLevelAwait != 0,
                                        stackLimit: UInt(t.pointee.nativeStackLimit))
    let result: CompileResult
    do { result = try LadonCompiler.compile(tree, options: compileOptions) } catch {
        var failure = error
        if failure.text == nil { failure.text = programText(t, filename, failure.line) }
        return raiseSyntaxFailure(t, failure, filename)
    }
    for warning in result.warnings {
        if !warnAt(t, .syntaxWarning, warning.message, filename, warning.range.line) {
            // A SyntaxWarning turned into an error is a SyntaxError with a position.
            if exceptionMatches(t, .syntaxWarning) {
                clearException(t)
                return raiseSyntaxFailure(t, SyntaxFailure(message: warning.message, line: warning.range.line, offset: warning.range.column + 1,
                                                           endLine: warning.range.endLine, endOffset: warning.range.endColumn + 1,
                                                           text: programText(t, filename, warning.range.line)), filename)
            }
            return .raised
        }
    }
    if !processOptions.keepsColumns { dropColumns(result.code) }
    return makeCode(t, result.code)
}

/// -X no_debug_ranges: positions keep their lines only.
private func dropColumns(_ unit: LadonCompiler.CodeUnit) {
    unit.positions = unit.positions.map { PositionRun(start: Int($0.start), line: Int($0.line), endLine: Int($0.line), column: -1, endColumn: -1) }
    for case .code(let inner) in unit.constants { dropColumns(inner) }
}

/// A line of the file that is being compiled, as errors that the compiler finds show it; nil when there is no such file.
private func programText(_ t: Thread, _ filename: String, _ line: Int) -> String? {
    guard let source = readFile(t, filename) else { return nil }
    return sourceLine(source, line).map { $0 + "\n" }
}

/// A line of a source, counted from 1, without its end.
private func sourceLine(_ source: Value, _ line: Int) -> String? {
    let bytes = UnsafeBufferPointer(start: source.bytesData, count: source.bytesCount)
    defer { source.keepAlive }
    var at = 0, number = 1
    if line <= 0 { return nil }
    while number < line {
        while at < bytes.count && bytes[at] != 10 { at += 1 }
        if at == bytes.count { return nil }
        at += 1
        number += 1
    }
    var end = at
    while end < bytes.count && bytes[end] != 10 { end += 1 }
    return String(decoding: bytes[at..<end], as: UTF8.self)
}

/// What a failure shows of a file: the last of its lines (of a text that was compiled, CPython shows them all).
func shownFailure(_ failure: SyntaxFailure, _ options: SourceOptions) -> SyntaxFailure {
    guard options.isFile, let text = failure.text, let last = text.split(separator: "\n").last, last.utf8.count + 1 < text.utf8.count else { return failure }
    var shown = failure
    shown.text = String(last) + "\n"
    return shown
}

func reportWarning(_ t: Thread, _ warning: SourceWarning, _ source: Value, _ filename: String) -> Bool {
    let category: TypeID = warning.category == .syntax ? .syntaxWarning : .deprecationWarning
    if warnAt(t, category, warning.message, filename, warning.line) { return true }
    // A warning turned into an error is a SyntaxError with a position.
    if exceptionMatches(t, category) {
        clearException(t)
        var failure = warning.failure
        if failure.text == nil { failure.text = sourceLine(source, warning.line) }
        _ = raiseSyntaxFailure(t, failure, filename)
    }
    return false
}

/// `warnings.warn_explicit` for a place in a source. False: raised.
private func warnAt(_ t: Thread, _ category: TypeID, _ message: String, _ filename: String, _ line: Int) -> Bool {
    let warnings = importedModule(t, "_warnings")
    let function = warnings.isRaised ? warnings : getAttribute(t, warnings, name(.warn_explicit))
    if function.isRaised { return false }
    return !call(t, function, makeString(t, message), builtinType(category).value, makeString(t, filename), Value(smallInt: line)).isRaised
}

/// Raises what a failure of the parser or compiler stands for. Always 0.
func raiseSyntaxFailure(_ t: Thread, _ failure: SyntaxFailure, _ filename: String) -> Value {
    let type: TypeID
    switch failure.kind {
    case .memory: return raiseMemoryError(t)
    case .recursion: return raise(t, .recursionError, failure.message)
    case .nullBytes: return raise(t, .valueError, failure.message)
    case .syntax: type = .syntaxError
    case .indentation: type = .indentationError
    case .tab: type = .tabError
    }
    func number(_ n: Int) -> Value { Value(smallInt: n) }
    let text = failure.text.map { makeString(t, $0) } ?? .none
    let count = failure.lacksEnd ? 4 : 6
    let details = makeTuple(t, count)
    if details.isRaised { return details }
    details.tupleItems[0] = makeString(t, filename)
    let isPlaced = failure.line > 0 || failure.lacksEnd
    details.tupleItems[1] = isPlaced ? number(failure.line) : .none
    details.tupleItems[2] = isPlaced ? number(failure.offset) : .none
    details.tupleItems[3] = text
    if count == 6 {
        details.tupleItems[4] = failure.line > 0 ? number(failure.endLine) : .none
        details.tupleItems[5] = failure.line > 0 && (failure.endOffset != -1 || failure.text != nil) ? number(failure.endOffset) : .none
    }
    let e = call(t, builtinType(type).value, makeString(t, failure.message), details)
    return e.isRaised ? e : raiseInstance(t, e)
}
