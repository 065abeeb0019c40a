// The module `_collections`: what collections.py takes from native code.

import LadonTypes

public func collectionsModule() -> ModuleDefinition {
    ModuleDefinition("_collections", doc: "High performance data structures: deque, defaultdict and OrderedDict.",
                     members: [
                         .method("_count_elements", "($module, mapping, iterable, /)", collections_count_elements,
                                 "Count elements in the iterable, updating the mapping"),
                     ],
                     types: [
                         dequeType, defaultDictType, orderedDictType, dequeIteratorType, dequeReverseIteratorType, tupleGetterType,
                         orderedKeysType, orderedValuesType, orderedItemsType, orderedIteratorType,
                     ],
                     initialize: collections_initialize)
}

/// Types that native code makes instances of or asks for.
struct CollectionsTypes {
    var deque: TypePointer?
    var dequeIterator: TypePointer?
    var dequeReverseIterator: TypePointer?
    var defaultDict: TypePointer?
    var orderedDict: TypePointer?
    var orderedKeys: TypePointer?
    var orderedValues: TypePointer?
    var orderedItems: TypePointer?
    var orderedIterator: TypePointer?
}

nonisolated(unsafe) var collectionsTypes = CollectionsTypes()

private func collections_initialize(_ t: Thread, _ a: Values) -> Value {
    collectionsTypes.deque = moduleType(t, a[0], "deque")
    collectionsTypes.dequeIterator = moduleType(t, a[0], "_deque_iterator")
    collectionsTypes.dequeReverseIterator = moduleType(t, a[0], "_deque_reverse_iterator")
    collectionsTypes.defaultDict = moduleType(t, a[0], "defaultdict")
    collectionsTypes.orderedDict = moduleType(t, a[0], "OrderedDict")
    // The views of OrderedDict are no attributes of CPython's module.
    collectionsTypes.orderedKeys = takeType(t, a[0], "odict_keys")
    collectionsTypes.orderedValues = takeType(t, a[0], "odict_values")
    collectionsTypes.orderedItems = takeType(t, a[0], "odict_items")
    collectionsTypes.orderedIterator = takeType(t, a[0], "odict_iterator")
    return .none
}

private func takeType(_ t: Thread, _ module: Value, _ name: StaticString) -> TypePointer {
    let type = moduleType(t, module, name)
    _ = dictDelete(t, module.cell(as: ModuleCell.self).pointee.dict, internStatic(t, name))
    return type
}

/// Adds 1 to mapping[x] for each x of the iterable; dicts and Counters that keep dict's methods are counted directly.
func collections_count_elements(_ t: Thread, _ a: Values) -> Value {
    let mapping = a[1]
    let iterator = iterate(t, a[2])
    if iterator.isRaised { return iterator }
    let type = typeOf(mapping)
    let dict = builtinType(.dict)
    let get = name(.get)
    let direct = isDict(mapping) && lookupType(type, get) == lookupType(dict, get) && type.slot(.setItem) == dict.slot(.setItem)
    var bound = Value.none
    if !direct {
        bound = getAttribute(t, mapping, get)
        if bound.isRaised { return bound }
    }
    while true {
        let x = next(t, iterator)
        if x.isExhausted { return .none }
        if x.isRaised { return x }
        if direct {
            let h = keyHash(t, x)
            if h == -1 { return .raised }
            let old = dictGet(t, mapping, x, hash: h)
            if old.isRaised { return old }
            let sum = old.isMissing ? .one : old.isSmallInt ? intAdd(t, old, .one) : binaryOperation(t, old, .one, .add)
            if sum.isRaised || dictSet(t, mapping, x, sum, hash: h) < 0 { return .raised }
        } else {
            let old = call(t, bound, x, .zero)
            if old.isRaised { return old }
            let sum = binaryOperation(t, old, .one, .add)
            if sum.isRaised || setItem(t, mapping, x, sum) < 0 { return .raised }
        }
        if !safepoint(t) { return .raised }
    }
}
