// The module `pyexpat`, over the system's Expat, with its submodules `errors` and `model`.

import CExpat
import Glibc
import LadonLibrary

/// `xml.parsers.expat.ExpatError`, made with the module.
nonisolated(unsafe) private(set) var expatErrorType: TypePointer! = nil

/// Names of `pyexpat.errors`; what each means is Expat's text for the code.
private let errorNames: [(StaticString, UInt32)] = [
    ("XML_ERROR_NO_MEMORY", 1), ("XML_ERROR_SYNTAX", 2), ("XML_ERROR_NO_ELEMENTS", 3),
    ("XML_ERROR_INVALID_TOKEN", 4), ("XML_ERROR_UNCLOSED_TOKEN", 5), ("XML_ERROR_PARTIAL_CHAR", 6),
    ("XML_ERROR_TAG_MISMATCH", 7), ("XML_ERROR_DUPLICATE_ATTRIBUTE", 8), ("XML_ERROR_JUNK_AFTER_DOC_ELEMENT", 9),
    ("XML_ERROR_PARAM_ENTITY_REF", 10), ("XML_ERROR_UNDEFINED_ENTITY", 11), ("XML_ERROR_RECURSIVE_ENTITY_REF", 12),
    ("XML_ERROR_ASYNC_ENTITY", 13), ("XML_ERROR_BAD_CHAR_REF", 14), ("XML_ERROR_BINARY_ENTITY_REF", 15),
    ("XML_ERROR_ATTRIBUTE_EXTERNAL_ENTITY_REF", 16), ("XML_ERROR_MISPLACED_XML_PI", 17), ("XML_ERROR_UNKNOWN_ENCODING", 18),
    ("XML_ERROR_INCORRECT_ENCODING", 19), ("XML_ERROR_UNCLOSED_CDATA_SECTION", 20), ("XML_ERROR_EXTERNAL_ENTITY_HANDLING", 21),
    ("XML_ERROR_NOT_STANDALONE", 22), ("XML_ERROR_UNEXPECTED_STATE", 23), ("XML_ERROR_ENTITY_DECLARED_IN_PE", 24),
    ("XML_ERROR_FEATURE_REQUIRES_XML_DTD", 25), ("XML_ERROR_CANT_CHANGE_FEATURE_ONCE_PARSING", 26), ("XML_ERROR_UNBOUND_PREFIX", 27),
    ("XML_ERROR_UNDECLARING_PREFIX", 28), ("XML_ERROR_INCOMPLETE_PE", 29), ("XML_ERROR_XML_DECL", 30),
    ("XML_ERROR_TEXT_DECL", 31), ("XML_ERROR_PUBLICID", 32), ("XML_ERROR_SUSPENDED", 33),
    ("XML_ERROR_NOT_SUSPENDED", 34), ("XML_ERROR_ABORTED", 35), ("XML_ERROR_FINISHED", 36),
    ("XML_ERROR_SUSPEND_PE", 37), ("XML_ERROR_RESERVED_PREFIX_XML", 38), ("XML_ERROR_RESERVED_PREFIX_XMLNS", 39),
    ("XML_ERROR_RESERVED_NAMESPACE_URI", 40), ("XML_ERROR_INVALID_ARGUMENT", 41), ("XML_ERROR_NO_BUFFER", 42),
    ("XML_ERROR_AMPLIFICATION_LIMIT_BREACH", 43),
]

private let modelNames: [(StaticString, Int)] = [
    ("XML_CTYPE_EMPTY", 1), ("XML_CTYPE_ANY", 2), ("XML_CTYPE_MIXED", 3), ("XML_CTYPE_NAME", 4), ("XML_CTYPE_CHOICE", 5), ("XML_CTYPE_SEQ", 6),
    ("XML_CQUANT_NONE", 0), ("XML_CQUANT_OPT", 1), ("XML_CQUANT_REP", 2), ("XML_CQUANT_PLUS", 3),
]

private func expat_ParserCreate(_ t: Thread, _ a: Values) -> Value {
    withExpatText(t, a[1], "ParserCreate() argument 'encoding'", orNone: true) { encoding in
        withExpatText(t, a[2], "ParserCreate() argument 'namespace_separator'", orNone: true) { separator in
            if let separator, strlen(separator) > 1 { return raise(t, .valueError, "namespace_separator must be at most one character, omitted, or None") }
            var intern = a[3]
            if intern.isMissing { intern = makeDict(t) }
            if intern.isRaised { return intern }
            if !intern.isNone && !isDict(intern) { return raise(t, .typeError, "intern must be a dictionary") }
            return makeExpatParser(t, expat.XML_ParserCreate_MM(encoding, nil, separator), intern: intern, parent: nil)
        }
    }
}

private func errorText(_ t: Thread, _ code: Int) -> Value {
    expat.XML_ErrorString(XML_Error(rawValue: UInt32(truncatingIfNeeded: code))).map { makeString(t, String(cString: $0)) } ?? .none
}

private func makeErrors(_ t: Thread, _ m: Value) -> Bool {
    let codes = makeDict(t), messages = makeDict(t)
    if codes.isRaised || messages.isRaised { return false }
    for (n, code) in errorNames {
        let text = errorText(t, Int(code))
        // An older Expat has fewer.
        if text.isNone { continue }
        if text.isRaised || !setModuleName(t, m, n, text) || dictSet(t, codes, text, Value(smallInt: Int(code))) < 0
            || dictSet(t, messages, Value(smallInt: Int(code)), text) < 0 { return false }
    }
    return setModuleName(t, m, "codes", codes) && setModuleName(t, m, "messages", messages)
}

private func makeModel(_ t: Thread, _ m: Value) -> Bool {
    for (n, value) in modelNames where !setModuleName(t, m, n, Value(smallInt: value)) { return false }
    return true
}

/// A submodule that is there as soon as its parent is.
private func addSubmodule(_ t: Thread, _ parent: Value, _ n: StaticString, _ fullName: StaticString, _ doc: StaticString, _ fill: (Value) -> Bool) -> Bool {
    let full = internStatic(t, fullName)
    let m = makeModule(t, full, doc: makeString(t, doc))
    return !m.isRaised && fill(m) && setModuleName(t, parent, n, m) && dictSet(t, interpreter(t).pointee.modules, full, m) >= 0
}

private func features(_ t: Thread) -> Value {
    let list = makeList(t)
    guard !list.isRaised, var feature = expat.XML_GetFeatureList() else { return list }
    while feature.pointee.feature != XML_FEATURE_END {
        let pair = makeTuple(t, makeString(t, String(cString: feature.pointee.name)), makeInt(t, Int(feature.pointee.value)))
        if pair.isRaised || listAppend(t, list, pair) < 0 { return .raised }
        feature += 1
    }
    return list
}

/// The module `pyexpat`.
public func expatModule() -> ModuleDefinition {
    ModuleDefinition("pyexpat", doc: "Python wrapper for Expat parser.", members: [
        .method("ParserCreate", "($module, /, encoding=None, namespace_separator=None, intern=<unrepresentable>)", expat_ParserCreate, "Return a new XML parser object."),
        .method("ErrorString", "($module, code, /)", { t, a in
            guard let code = asLong(t, a[1]) else { return .raised }
            return errorText(t, code)
        }, "Returns string error for given number."),
        .constant("native_encoding") { t, _ in makeString(t, "UTF-8" as StaticString) },
        .constant("XML_PARAM_ENTITY_PARSING_NEVER") { _, _ in Value(smallInt: 0) },
        .constant("XML_PARAM_ENTITY_PARSING_UNLESS_STANDALONE") { _, _ in Value(smallInt: 1) },
        .constant("XML_PARAM_ENTITY_PARSING_ALWAYS") { _, _ in Value(smallInt: 2) },
    ], initialize: { t, a in
        if let problem = ladon_load_expat() { return raise(t, .importError, String(cString: problem)) }
        if expatErrorType == nil {
            expatErrorType = installType(t, TypeDefinition(nil, "xml.parsers.expat.ExpatError", base: .exception, flags: [.baseType]))
            makeImmortal(expatErrorType.value)
            expatParserType = installType(t, expatParserDefinition())
            makeImmortal(expatParserType.value)
        }
        let version = expat.XML_ExpatVersionInfo()
        let m = a[0]
        if !setModuleName(t, m, "ExpatError", expatErrorType.value) || !setModuleName(t, m, "error", expatErrorType.value)
            || !setModuleName(t, m, "XMLParserType", expatParserType.value)
            || !setModuleName(t, m, "EXPAT_VERSION", makeString(t, String(cString: expat.XML_ExpatVersion().unsafelyUnwrapped)))
            || !setModuleName(t, m, "version_info", makeTuple(t, Value(smallInt: Int(version.major)), Value(smallInt: Int(version.minor)), Value(smallInt: Int(version.micro))))
            || !setModuleName(t, m, "features", features(t))
            || !addSubmodule(t, m, "errors", "pyexpat.errors", "Constants used to describe error conditions.", { makeErrors(t, $0) })
            || !addSubmodule(t, m, "model", "pyexpat.model", "Constants used to interpret content model information.", { makeModel(t, $0) }) { return .raised }
        return .none
    })
}
