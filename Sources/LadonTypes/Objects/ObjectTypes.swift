// The types of the object model, in the order in which they are made.

import LadonRuntime

func objectTypes() -> [() -> TypeDefinition] {
    [objectDefinition, typeDefinition, noneDefinition, notImplementedDefinition, ellipsisDefinition,
     functionDefinition, nativeFunctionDefinition, methodDefinition,
     methodDescriptorDefinition, classMethodDescriptorDefinition, wrapperDescriptorDefinition, methodWrapperDefinition,
     memberDescriptorDefinition, getSetDescriptorDefinition,
     propertyDefinition, classMethodDefinition, staticMethodDefinition, superDefinition,
     moduleDefinition, mappingProxyDefinition, cellDefinition, genericAliasDefinition, unionDefinition, namespaceDefinition,
     weakReferenceDefinition, weakProxyDefinition, weakCallableProxyDefinition]
}

/// A getter that answers the traced word at `offset`, None when it is empty.
@inline(__always) func wordOrNone(_ v: Value, _ offset: Int) -> Value {
    let w = loadSlot((v.cell + offset).assumingMemoryBound(to: Value.self))
    return w.bits == 0 ? .none : w
}

func storeWord(_ v: Value, _ offset: Int, _ value: Value) { storeSlot((v.cell + offset).assumingMemoryBound(to: Value.self), value) }

/// `(getattr, (owner, name))`, how functions found in an object are pickled.
func reduceToGetAttribute(_ t: Thread, _ owner: Value, _ n: Value) -> Value {
    let getattr = builtinNamed(t, "getattr")
    if getattr.isRaised { return getattr }
    let args = makeTuple(t, owner, n)
    return args.isRaised ? args : makeTuple(t, getattr, args)
}

/// A name of the builtins module.
func builtinNamed(_ t: Thread, _ n: StaticString) -> Value {
    let module = importModule(t, "builtins")
    return module.isRaised ? module : getAttribute(t, module, internStatic(t, n))
}

func isString(_ v: Value) -> Bool { v.isCell && typeOf(v).pointee.flags.contains(.strSubclass) }

/// Only == and != by a test of equality; NotImplemented otherwise.
@inline(__always) func equalityOnly(_ op: Value, _ same: () -> Truth) -> Value {
    let o = CompareOp(rawValue: op.smallInt).unsafelyUnwrapped
    if o != .eq && o != .ne { return .notImplemented }
    let r = same()
    return r < 0 ? .raised : Value((r > 0) == (o == .eq))
}
