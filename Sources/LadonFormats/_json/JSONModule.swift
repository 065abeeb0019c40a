// The module `_json`: reading and writing JSON in one pass over the characters as they are stored.

import LadonLibrary

public func jsonModule() -> ModuleDefinition {
    ModuleDefinition("_json", doc: "json speedups\n",
                     members: [
                         .method("encode_basestring_ascii", "($module, string, /)", json_encodeASCII,
                                 "Return an ASCII-only JSON representation of a Python string"),
                         .method("encode_basestring", "($module, string, /)", json_encodePlain, "Return a JSON representation of a Python string"),
                         .method("scanstring", "($module, string, end, strict=True, /)", json_scanString,
                                 "Read the string literal that begins before index `end`.\n\nReturn the string and the index after its closing quotation mark."),
                     ],
                     types: [jsonScannerDefinition, jsonEncoderDefinition],
                     initialize: json_initialize)
}

struct JSONTypes {
    var scanner: TypePointer?
    var encoder: TypePointer?
}

nonisolated(unsafe) var jsonTypes = JSONTypes()

private func json_initialize(_ t: Thread, _ a: Values) -> Value {
    let scanner = takeModuleType(t, a[0], "Scanner"), encoder = takeModuleType(t, a[0], "Encoder")
    if jsonTypes.scanner == nil { jsonTypes = JSONTypes(scanner: scanner, encoder: encoder) }
    return setModuleName(t, a[0], "make_scanner", jsonTypes.scanner.unsafelyUnwrapped.value)
        && setModuleName(t, a[0], "make_encoder", jsonTypes.encoder.unsafelyUnwrapped.value) ? .none : .raised
}

/// Raises json.JSONDecodeError about a place in the document.
func raiseJSONError(_ t: Thread, _ message: String, _ document: Value, _ position: Int) -> Value {
    let module = importModule(t, "json.decoder")
    if module.isRaised { return module }
    let type = getAttribute(t, module, internStatic(t, "JSONDecodeError"))
    if type.isRaised { return type }
    let e = call(t, type, makeString(t, message), document, makeInt(t, position))
    return e.isRaised ? e : raiseValue(t, e)
}
