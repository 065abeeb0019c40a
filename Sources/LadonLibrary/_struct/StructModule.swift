// The module `_struct`: its whole surface.

import LadonRuntime
import LadonTypes

private func struct_size(_ t: Thread, _ a: Values) -> Value { makeInt(t, structCell(a[0]).pointee.size) }
private func struct_format(_ t: Thread, _ a: Values) -> Value { structCell(a[0]).pointee.format }
private func struct_sizeof(_ t: Thread, _ a: Values) -> Value {
    makeInt(t, MemoryLayout<StructCell>.size + (structCell(a[0]).pointee.fieldCount + 1) * MemoryLayout<StructField>.stride)
}

private func structDefinition() -> TypeDefinition {
    let members: [NativeMember] = [
        .method("__init__", "(self, format)", struct_initialize),
        .method("pack", "(self, /, *values)", { t, a in structPack(t, a[0], a[1].tupleItems, a[1].tupleCount) },
                "The values as bytes."),
        .method("pack_into", "(self, /, *args)", { t, a in structPackInto(t, a[0], a[1].tupleItems, a[1].tupleCount) },
                "pack_into(buffer, offset, v1, v2, ...): writes the values into a buffer."),
        .method("unpack", "(self, buffer, /)", { t, a in structUnpack(t, a[0], a[1]) },
                "The values in a buffer that is exactly as long as the struct."),
        .method("unpack_from", "(self, /, buffer, offset=0)", { t, a in structUnpackFrom(t, a[0], a[1], a[2]) },
                "The values that begin at an offset in a buffer."),
        .method("iter_unpack", "(self, buffer, /)", { t, a in structIterUnpack(t, a[0], a[1]) },
                "An iterator over the structs that follow one another in a buffer."),
        .method("__sizeof__", "(self, /)", struct_sizeof, "The size in memory, in bytes."),
        .attribute("format", get: struct_format, "struct format string"),
        .attribute("size", get: struct_size, "struct size in bytes"),
    ]
    return TypeDefinition(nil, "_struct.Struct", flags: [.baseType, .weakReferenceable], doc: "A format, compiled once for many uses.",
                          size: MemoryLayout<StructCell>.size, layout: Layout(prefix: 2),
                          slots: [.call(.new, struct_new)], members: members)
}

private func errorDefinition() -> TypeDefinition {
    TypeDefinition(nil, "struct.error", base: .exception, flags: [.baseType, .exceptionSubclass, .weakReferenceable, .changeable])
}

/// Runs `body` with the compiled form of the first argument.
@inline(__always)
private func withFormat(_ t: Thread, _ a: Values, _ body: (Value) -> Value) -> Value {
    let s: Value = cachedStruct(t, a[0])
    return s.isRaised ? s : body(s)
}

/// The types are one per process: a module object made again (a fresh import) gets those that native code raises and makes.
private func struct_prepare(_ t: Thread, _ a: Values) -> Value {
    let names: (Value, Value) = (internStatic(t, "error"), internStatic(t, "Struct"))
    if structCache[t].pointee.isRaised { structCache[t].pointee = makeDict(t) }
    if !structRoots[StructRoot.error].isRaised {
        if setAttribute(t, a[0], names.0, structRoots[StructRoot.error]) < 0 { return .raised }
        return setAttribute(t, a[0], names.1, structRoots[StructRoot.structType]) < 0 ? .raised : .none
    }
    let error: Value = getAttribute(t, a[0], names.0)
    let type: Value = error.isRaised ? error : getAttribute(t, a[0], names.1)
    if type.isRaised { return type }
    structRoots[StructRoot.iteratorType] = installType(t, structIteratorDefinition()).value
    structRoots[StructRoot.structType] = type
    structRoots[StructRoot.error] = error
    return .none
}

public func structCoreModule() -> ModuleDefinition {
    let members: [NativeMember] = [
        .method("calcsize", "(format, /)", { t, a in withFormat(t, a) { makeInt(t, structCell($0).pointee.size) } },
                "The size in bytes of the struct that a format describes."),
        .method("pack", "(format, /, *values)", { t, a in
            let values: Value = a[1]
            return withFormat(t, a) { structPack(t, $0, values.tupleItems, values.tupleCount) }
        }, "The values as bytes, laid out by the format."),
        .method("pack_into", "(format, /, *args)", { t, a in
            let values: Value = a[1]
            return withFormat(t, a) { structPackInto(t, $0, values.tupleItems, values.tupleCount) }
        }, "pack_into(format, buffer, offset, v1, v2, ...): writes the values into a buffer."),
        .method("unpack", "(format, buffer, /)", { t, a in
            let source: Value = a[1]
            return withFormat(t, a) { structUnpack(t, $0, source) }
        }, "The values in a buffer that is exactly as long as the struct."),
        .method("unpack_from", "(format, /, buffer, offset=0)", { t, a in
            let source: Value = a[1]
            let offset: Value = a[2]
            return withFormat(t, a) { structUnpackFrom(t, $0, source, offset) }
        }, "The values that begin at an offset in a buffer."),
        .method("iter_unpack", "(format, buffer, /)", { t, a in
            let source: Value = a[1]
            return withFormat(t, a) { structIterUnpack(t, $0, source) }
        }, "An iterator over the structs that follow one another in a buffer."),
        .method("_clearcache", "()", { t, _ in
            dictClear(t, structCache[t].pointee)
            return .none
        }, "Forgets compiled formats."),
    ]
    return ModuleDefinition("_struct", doc: "Values as bytes and back, by a format string.", members: members,
                            types: [structDefinition, errorDefinition], initialize: struct_prepare)
}
