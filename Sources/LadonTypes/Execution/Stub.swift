import LadonRuntime
func codeDefinition() -> TypeDefinition { TypeDefinition(.code, "code", size: MemoryLayout<CodeCell>.size, layout: Layout(prefix: 12)) }
func frameDefinition() -> TypeDefinition { TypeDefinition(.frame, "frame", flags: [.disallowInstantiation], size: MemoryLayout<FrameCell>.size, layout: Layout(prefix: 8, flags: [.container])) }
func tracebackDefinition() -> TypeDefinition { TypeDefinition(.traceback, "traceback", size: MemoryLayout<TracebackCell>.size, layout: Layout(prefix: 2, flags: [.container])) }
private let windowed = Layout(prefix: 0, flags: [.window, .container])
private func selfIter(_ t: Thread, _ v: Value) -> Value { v }
private func gnext(_ t: Thread, _ v: Value) -> Value { generatorSend(t, v, .none) }
func generatorDefinition() -> TypeDefinition { TypeDefinition(.generator, "generator", flags: [.disallowInstantiation, .weakReferenceable], size: MemoryLayout<GeneratorCell>.size, layout: windowed, slots: [.unary(.iter, selfIter), .unary(.next, gnext)]) }
func coroutineDefinition() -> TypeDefinition { TypeDefinition(.coroutine, "coroutine", flags: [.disallowInstantiation, .weakReferenceable], size: MemoryLayout<GeneratorCell>.size, layout: windowed) }
func coroutineWrapperDefinition() -> TypeDefinition { TypeDefinition(.coroutineWrapper, "coroutine_wrapper", flags: [.disallowInstantiation], size: 16, layout: Layout(prefix: 1)) }
func asyncGeneratorDefinition() -> TypeDefinition { TypeDefinition(.asyncGenerator, "async_generator", flags: [.disallowInstantiation, .weakReferenceable], size: MemoryLayout<GeneratorCell>.size, layout: windowed) }
func asyncGeneratorSendDefinition() -> TypeDefinition { TypeDefinition(.asyncGeneratorASend, "async_generator_asend", flags: [.disallowInstantiation], size: 32, layout: Layout(prefix: 2)) }
func asyncGeneratorThrowDefinition() -> TypeDefinition { TypeDefinition(.asyncGeneratorAThrow, "async_generator_athrow", flags: [.disallowInstantiation], size: 32, layout: Layout(prefix: 2)) }
func asyncGeneratorWrappedValueDefinition() -> TypeDefinition { TypeDefinition(.asyncGeneratorWrappedValue, "async_generator_wrapped_value", flags: [.disallowInstantiation], size: 16, layout: Layout(prefix: 1)) }
