// The module `itertools`: its surface, and what its iterators share.
//
// Every iterator here may be shared by threads: each of its words is read and written whole, indexes are checked
// where they are used, so a race repeats or skips items but never leaves an array or makes an item up.

import LadonTypes

public func itertoolsModule() -> ModuleDefinition {
    ModuleDefinition("itertools", doc: "Functional tools for creating and using iterators.",
                     members: [
                         .method("tee", "($module, iterable, n=2, /)", itertools_tee, "Returns a tuple of n independent iterators."),
                     ],
                     types: [
                         accumulateType, combinationsType, combinationsWithReplacementType, cycleType, dropWhileType, takeWhileType,
                         isliceType, starmapType, chainType, compressType, filterFalseType, countType, zipLongestType, pairwiseType,
                         permutationsType, productType, repeatType, groupByType, grouperType, teeType, teeDataType,
                     ],
                     initialize: itertools_initialize)
}

/// Types that native code makes instances of. Set when the module is made; native types are never freed.
struct ItertoolsTypes {
    var chain: TypePointer?
    var islice: TypePointer?
    var grouper: TypePointer?
    var groupBy: TypePointer?
    var tee: TypePointer?
    var teeData: TypePointer?
}

nonisolated(unsafe) var itertoolsTypes = ItertoolsTypes()

private func itertools_initialize(_ t: Thread, _ a: Values) -> Value {
    itertoolsTypes.chain = moduleType(t, a[0], "chain")
    itertoolsTypes.islice = moduleType(t, a[0], "islice")
    itertoolsTypes.grouper = moduleType(t, a[0], "_grouper")
    itertoolsTypes.groupBy = moduleType(t, a[0], "groupby")
    itertoolsTypes.tee = moduleType(t, a[0], "_tee")
    itertoolsTypes.teeData = moduleType(t, a[0], "_tee_dataobject")
    return .none
}

/// A type of a native module by its name in the module.
func moduleType(_ t: Thread, _ module: Value, _ name: StaticString) -> TypePointer {
    let v = dictGetName(t, module.cell(as: ModuleCell.self).pointee.dict, internStatic(t, name))
    precondition(v.isCell, "a module lacks one of its types")
    return v.asType
}

// MARK: shared

/// The definition of an iterator: `constructor` is the signature of its `__new__`.
func toolType(_ name: StaticString, _ doc: StaticString, size: Int, layout: Layout, _ constructor: StaticString, _ new: @escaping NativeFunction,
              _ next: @escaping UnaryFunction, flags: TypeFlags = [.baseType], extraSlots: [SlotEntry] = [], _ members: [NativeMember]) -> TypeDefinition {
    TypeDefinition(nil, name, flags: flags, doc: doc, size: size, layout: layout,
                   slots: [.unary(.iter, toolIter), .unary(.next, next)] + extraSlots,
                   members: [.staticMethod("__new__", constructor, new)] + members)
}

extension TypeDefinition {
    /// With a `__text_signature__`, which CPython gives most of these types but not all.
    func signed(_ signature: StaticString) -> TypeDefinition {
        var definition = self
        definition.signature = signature
        return definition
    }
}

/// The same with a constructor that takes `count` positional arguments only.
func plainToolType(_ name: StaticString, _ doc: StaticString, size: Int, layout: Layout, signature: StaticString, _ new: @escaping CallFunction,
                   _ next: @escaping UnaryFunction, flags: TypeFlags = [.baseType], _ members: [NativeMember]) -> TypeDefinition {
    TypeDefinition(nil, name, flags: flags, doc: doc, signature: signature, size: size, layout: layout,
                   slots: [.call(.new, new), .unary(.iter, toolIter), .unary(.next, next)], members: members)
}

/// Checks the arguments of such a constructor. False: raised.
func checkTool(_ t: Thread, _ type: Value, _ name: String, _ count: Int, _ n: Int, _ names: Value) -> Bool {
    rejectKeywords(t, name, names, of: type.asType) && checkCount(t, name, n, count, count)
}

func toolIter(_ t: Thread, _ v: Value) -> Value { v }

func reduceMember(_ f: @escaping NativeFunction) -> NativeMember { .method("__reduce__", "(self, /)", f, "Return state information for pickling.") }
func setStateMember(_ f: @escaping NativeFunction) -> NativeMember { .method("__setstate__", "(self, object, /)", f, "Set state information for unpickling.") }

/// An instance of the class that a `__new__` received.
@inline(__always) func newTool(_ t: Thread, _ type: Value) -> Value { allocateInstance(t, type.asType, variableItems: 0) }

/// (type(v), (args…))
func reduceAs(_ t: Thread, _ v: Value, _ args: Value, state: Value = .missing) -> Value {
    if args.isRaised || state.isRaised { return .raised }
    let type = typeOf(v).value
    return state.isMissing ? makeTuple(t, type, args) : makeTuple(t, type, args, state)
}

@inline(__always) func clear(_ slot: UnsafeMutablePointer<Value>) { storeSlot(slot, Value(bits: 0)) }

/// A storage filled with small integers from a function of the position.
func makeIndexes(_ t: Thread, _ n: Int, _ f: (Int) -> Int) -> Value {
    let s = makeStorage(t, n)
    if s.isRaised { return s }
    var i = 0
    while i < n {
        s.storageItems[i] = Value(smallInt: f(i))
        i += 1
    }
    return s
}

/// Integers of a storage as a tuple, and back (nil: raised), each clipped to 0 ... `limit(position)`.
func indexesToTuple(_ t: Thread, _ s: Value, _ n: Int) -> Value { makeTuple(t, s.storageItems, n) }

func indexesFromTuple(_ t: Thread, _ tuple: Value, into s: Value, _ n: Int, low: Int = 0, _ limit: (Int) -> Int) -> Bool {
    if !isTuple(tuple) || tuple.tupleCount != n {
        _ = raise(t, .valueError, "invalid arguments")
        return false
    }
    var i = 0
    while i < n {
        guard let x = asInt(t, tuple.tupleItems[i]) else { return false }
        s.storageItems[i] = Value(smallInt: min(max(low, x), limit(i)))
        i += 1
    }
    return true
}
