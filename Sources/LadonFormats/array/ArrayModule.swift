// The module `array`.

import LadonLibrary

public func arrayModule() -> ModuleDefinition {
    ModuleDefinition("array", doc: "Arrays of machine numbers: sequences whose items are all of one C type, kept compactly.",
                     members: [
                         .method("_array_reconstructor", "($module, arraytype, typecode, mformat_code, items, /)", array_reconstructor,
                                 "Internal. Used for pickling support."),
                         .constant("typecodes") { t, _ in makeString(t, "bBuhHiIlLqQfd") },
                     ],
                     types: [arrayDefinition, arrayIteratorDefinition],
                     initialize: array_initialize)
}

struct ArrayTypes {
    var array: TypePointer?
    var iterator: TypePointer?
}

nonisolated(unsafe) var arrayTypes = ArrayTypes()

private func array_initialize(_ t: Thread, _ a: Values) -> Value {
    let module = a[0]
    let array = moduleType(t, module, "array"), iterator = takeModuleType(t, module, "arrayiterator")
    if arrayTypes.array == nil { arrayTypes = ArrayTypes(array: array, iterator: iterator) }
    let type = arrayTypes.array.unsafelyUnwrapped.value
    if !setModuleName(t, module, "array", type) || !setModuleName(t, module, "ArrayType", type) { return .raised }
    let abc = importModule(t, "collections.abc")
    if abc.isRaised { return abc }
    let base = getAttribute(t, abc, internStatic(t, "MutableSequence"))
    if base.isRaised { return base }
    return callMethod(t, base, internStatic(t, "register"), type).isRaised ? .raised : .none
}
