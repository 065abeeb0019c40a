// Every built-in type, in the order in which they are made: a base before its subclasses.

/// Fills in all built-in types; `bootstrapTypes` has run.
public func installBuiltinTypes(_ t: Thread) {
    for group in [objectTypes(), numberTypes(), stringTypes(), containerTypes(), executionTypes(), exceptionTypes()] {
        for definition in group { _ = installType(t, definition()) }
    }
    installAliasIterator(t)
    completeExecutionTypes(t)
}

private func numberTypes() -> [() -> TypeDefinition] { [intDefinition, boolDefinition, floatDefinition, complexDefinition] }
