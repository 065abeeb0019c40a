// The types of running code: code objects, frames, tracebacks, generators and coroutines.

import LadonRuntime

/// Every type of this folder with a fixed id.
public func executionTypes() -> [() -> TypeDefinition] {
    [
        codeDefinition, frameDefinition, tracebackDefinition,
        generatorDefinition, coroutineDefinition, coroutineWrapperDefinition,
        asyncGeneratorDefinition, asyncGeneratorSendDefinition, asyncGeneratorThrowDefinition, asyncGeneratorWrappedValueDefinition,
    ]
}

/// What the tables of execution types and exceptions can't say. Called once, after all built-in types are installed.
public func completeExecutionTypes(_ t: Thread) {
    completeExceptionTypes(t)
    installAnextAwaitable(t)
}
