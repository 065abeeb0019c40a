// The module `_functools`: reduce, cmp_to_key; partial and the lru_cache wrapper have files of their own.

import LadonTypes

public func functoolsModule() -> ModuleDefinition {
    ModuleDefinition("_functools", doc: "Tools that operate on functions.",
                     members: [
                         .method("reduce", "(function, iterable, initial=<unrepresentable>, /)", functools_reduce,
                                 "Apply a function of two arguments cumulatively to the items of an iterable, from left to right, so as to reduce the iterable to a single value."),
                         .method("cmp_to_key", "(mycmp)", functools_cmp_to_key, "Convert a cmp= function into a key= function."),
                     ],
                     types: [partialType, lruCacheType, keyWrapperType],
                     initialize: functools_initialize)
}

struct FunctoolsTypes {
    var partial: TypePointer?
    var keyWrapper: TypePointer?
}

nonisolated(unsafe) var functoolsTypes = FunctoolsTypes()

private func functools_initialize(_ t: Thread, _ a: Values) -> Value {
    functoolsTypes.partial = moduleType(t, a[0], "partial")
    functoolsTypes.keyWrapper = moduleType(t, a[0], "KeyWrapper")
    _ = dictDelete(t, a[0].cell(as: ModuleCell.self).pointee.dict, internStatic(t, "KeyWrapper"))
    return .none
}

// MARK: reduce

func functools_reduce(_ t: Thread, _ a: Values) -> Value {
    let iterator = iterate(t, a[1])
    if iterator.isRaised {
        return exceptionMatches(t, .typeError) ? raise(t, .typeError, "reduce() arg 2 must support iteration") : iterator
    }
    var total = a[2]
    if total.isMissing {
        total = next(t, iterator)
        if total.isExhausted { return raise(t, .typeError, "reduce() of empty iterable with no initial value") }
        if total.isRaised { return total }
    }
    while true {
        let item = next(t, iterator)
        if item.isExhausted { return total }
        if item.isRaised { return item }
        total = call(t, a[0], total, item)
        if total.isRaised || !safepoint(t) { return .raised }
    }
}

// MARK: cmp_to_key

struct KeyWrapperCell {
    var header: CellHeader
    var comparison: Value
    /// 0 until K is called.
    var object: Value
}

func keyWrapperType() -> TypeDefinition {
    TypeDefinition(nil, "functools.KeyWrapper", flags: [.disallowInstantiation], size: MemoryLayout<KeyWrapperCell>.size,
                   layout: Layout(prefix: 2, flags: [.container]),
                   slots: [.call(.call, key_wrapper_call), .ternary(.compare, key_wrapper_compare), .unary(.hash, unhashable)],
                   members: [
                       .constant("__hash__", noneConstant),
                       .member("obj", get: key_wrapper_object, set: key_wrapper_set_object, "Value wrapped by a key function."),
                   ])
}

private func makeKeyWrapper(_ t: Thread, _ comparison: Value, _ object: Value) -> Value {
    let v = allocateInstance(t, functoolsTypes.keyWrapper.unsafelyUnwrapped, variableItems: 0)
    if v.isRaised { return v }
    v.cell(as: KeyWrapperCell.self).pointee.comparison = comparison
    v.cell(as: KeyWrapperCell.self).pointee.object = object
    return v
}

func functools_cmp_to_key(_ t: Thread, _ a: Values) -> Value { makeKeyWrapper(t, a[0], Value(bits: 0)) }

func key_wrapper_call(_ t: Thread, _ v: Value, _ a: Values?, _ n: Int, _ names: Value) -> Value {
    let named = names.bits == 0 ? 0 : names.tupleCount
    if n + named > 1 { return raise(t, .typeError, "K() takes at most 1 argument (\(n + named) given)") }
    if n + named == 0 { return raise(t, .typeError, "K() missing required argument 'obj' (pos 1)") }
    if named == 1 && !stringEqual(names.tupleItems[0], "obj") {
        return raise(t, .typeError, "'\(swiftString(names.tupleItems[0]))' is an invalid keyword argument for K()")
    }
    return makeKeyWrapper(t, v.cell(as: KeyWrapperCell.self).pointee.comparison, a.unsafelyUnwrapped[0])
}

func key_wrapper_object(_ t: Thread, _ a: Values) -> Value {
    let v = loadSlot(&a[0].cell(as: KeyWrapperCell.self).pointee.object)
    return v.bits == 0 ? .none : v
}

func key_wrapper_set_object(_ t: Thread, _ a: Values) -> Value {
    storeSlot(&a[0].cell(as: KeyWrapperCell.self).pointee.object, a[1].isMissing ? Value(bits: 0) : a[1])
    return .none
}

func key_wrapper_compare(_ t: Thread, _ a: Value, _ b: Value, _ o: Value) -> Value {
    let type = functoolsTypes.keyWrapper.unsafelyUnwrapped
    if typeOf(a) != type || typeOf(b) != type { return raise(t, .typeError, "other argument must be K instance") }
    let x = loadSlot(&a.cell(as: KeyWrapperCell.self).pointee.object)
    let y = loadSlot(&b.cell(as: KeyWrapperCell.self).pointee.object)
    if x.bits == 0 || y.bits == 0 { return raise(t, .attributeError, "object") }
    let r = call(t, a.cell(as: KeyWrapperCell.self).pointee.comparison, x, y)
    return r.isRaised ? r : compare(t, r, .zero, compareOp(o))
}
