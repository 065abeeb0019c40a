// Iterators that are a sequence and an index: of lists (both directions), of tuples, of anything with
// __getitem__, and reversed().
//
// An iterator shared by threads may hand out an item twice or skip one; it reads the sequence through the
// same checks as indexing, so it never leaves it. An exhausted iterator has let go of its sequence (0).

import LadonRuntime

private func sequenceIteratorMembers(_ hint: @escaping NativeFunction, _ reduce: @escaping NativeFunction,
                                     _ setState: @escaping NativeFunction) -> [NativeMember] {
    [
        .method("__length_hint__", "(self, /)", hint, "Private method returning an estimate of len(list(it))."),
        .method("__reduce__", "(self, /)", reduce, "Return state information for pickling."),
        .method("__setstate__", "(self, object, /)", setState, "Set state information for unpickling."),
    ]
}

private func iteratorDefinition(_ id: TypeID, _ name: StaticString, _ next: @escaping UnaryFunction, _ hint: @escaping NativeFunction,
                                _ reduce: @escaping NativeFunction, _ setState: @escaping NativeFunction) -> TypeDefinition {
    TypeDefinition(id, name, flags: [.disallowInstantiation], size: MemoryLayout<SequenceIteratorCell>.size, layout: containerLayout(id),
                   slots: [.unary(.iter, iterSelf), .unary(.next, next)], members: sequenceIteratorMembers(hint, reduce, setState))
}

func listIteratorType() -> TypeDefinition {
    iteratorDefinition(.listIterator, "list_iterator", list_iterator_next, list_iterator_hint, list_iterator_reduce, list_iterator_setstate)
}

func listReverseIteratorType() -> TypeDefinition {
    iteratorDefinition(.listReverseIterator, "list_reverseiterator", list_reverseiterator_next, list_reverseiterator_hint,
                       list_reverseiterator_reduce, list_reverseiterator_setstate)
}

func tupleIteratorType() -> TypeDefinition {
    iteratorDefinition(.tupleIterator, "tuple_iterator", tuple_iterator_next, tuple_iterator_hint, tuple_iterator_reduce, tuple_iterator_setstate)
}

func sequenceIteratorType() -> TypeDefinition {
    iteratorDefinition(.iterator, "iterator", iterator_next, iterator_hint, iterator_reduce, iterator_setstate)
}

@inline(__always) private func sequenceCell(_ v: Value) -> UnsafeMutablePointer<SequenceIteratorCell> { v.cell(as: SequenceIteratorCell.self) }
@inline(__always) private func sequenceOf(_ v: Value) -> Value { loadSlot(&sequenceCell(v).pointee.sequence) }
@inline(__always) private func letGo(_ v: Value) { storeSlot(&sequenceCell(v).pointee.sequence, Value(bits: 0)) }

/// The state given to __setstate__. nil: raised.
private func iteratorState(_ t: Thread, _ v: Value) -> Int? {
    if v.isSmallInt { return v.smallInt }
    if !isInt(v) {
        _ = raise(t, .typeError, "an integer is required")
        return nil
    }
    return asInt(t, v)
}

// MARK: list

func list_iterator_next(_ t: Thread, _ v: Value) -> Value {
    let fast = listIteratorNextFast(v)
    if fast.bits != 0 { return fast }
    let list = sequenceOf(v)
    if list.bits == 0 { return .exhausted }
    let i = sequenceCell(v).pointee.index
    let item = listGet(t, list, i)
    if item.isMissing {
        letGo(v)
        return .exhausted
    }
    sequenceCell(v).pointee.index = i + 1
    return item
}

func list_iterator_hint(_ t: Thread, _ a: Values) -> Value {
    let list = sequenceOf(a[0])
    return list.bits == 0 ? .zero : Value(smallInt: max(0, listCount(list) - sequenceCell(a[0]).pointee.index))
}

func list_iterator_reduce(_ t: Thread, _ a: Values) -> Value {
    let list = sequenceOf(a[0])
    if list.bits == 0 { return reduceWith(t, .iter, makeList(t)) }
    return reduceWith(t, .iter, list, state: sequenceCell(a[0]).pointee.index)
}

func list_iterator_setstate(_ t: Thread, _ a: Values) -> Value {
    guard let n = iteratorState(t, a[1]) else { return .raised }
    let list = sequenceOf(a[0])
    if list.bits != 0 { sequenceCell(a[0]).pointee.index = min(max(0, n), listCount(list)) }
    return .none
}

func list_reverseiterator_next(_ t: Thread, _ v: Value) -> Value {
    let list = sequenceOf(v)
    if list.bits == 0 { return .exhausted }
    let i = sequenceCell(v).pointee.index
    let item = i < 0 ? .missing : listGet(t, list, i)
    if item.isMissing {
        sequenceCell(v).pointee.index = -1
        letGo(v)
        return .exhausted
    }
    sequenceCell(v).pointee.index = i - 1
    return item
}

func list_reverseiterator_hint(_ t: Thread, _ a: Values) -> Value {
    let list = sequenceOf(a[0])
    let n = sequenceCell(a[0]).pointee.index + 1
    return list.bits == 0 || listCount(list) < n ? .zero : Value(smallInt: n)
}

func list_reverseiterator_reduce(_ t: Thread, _ a: Values) -> Value {
    let list = sequenceOf(a[0])
    if list.bits == 0 { return reduceWith(t, .iter, makeList(t)) }
    return reduceWith(t, .reversed, list, state: sequenceCell(a[0]).pointee.index)
}

func list_reverseiterator_setstate(_ t: Thread, _ a: Values) -> Value {
    guard let n = iteratorState(t, a[1]) else { return .raised }
    let list = sequenceOf(a[0])
    if list.bits != 0 { sequenceCell(a[0]).pointee.index = min(max(-1, n), listCount(list) - 1) }
    return .none
}

// MARK: tuple

func tuple_iterator_next(_ t: Thread, _ v: Value) -> Value {
    let item = tupleIteratorNextFast(v)
    if item.bits != 0 { return item }
    letGo(v)
    return .exhausted
}

func tuple_iterator_hint(_ t: Thread, _ a: Values) -> Value {
    let s = sequenceOf(a[0])
    return s.bits == 0 ? .zero : Value(smallInt: max(0, s.tupleCount - sequenceCell(a[0]).pointee.index))
}

func tuple_iterator_reduce(_ t: Thread, _ a: Values) -> Value {
    let s = sequenceOf(a[0])
    if s.bits == 0 { return reduceWith(t, .iter, ladon_runtime.emptyTuple) }
    return reduceWith(t, .iter, s, state: sequenceCell(a[0]).pointee.index)
}

func tuple_iterator_setstate(_ t: Thread, _ a: Values) -> Value {
    guard let n = iteratorState(t, a[1]) else { return .raised }
    let s = sequenceOf(a[0])
    if s.bits != 0 { sequenceCell(a[0]).pointee.index = min(max(0, n), s.tupleCount) }
    return .none
}

// MARK: anything with __getitem__

/// Item `i`; `.exhausted` where IndexError or StopIteration ends the sequence.
private func itemOrEnd(_ t: Thread, _ s: Value, _ i: Int) -> Value {
    let item = getItem(t, s, makeInt(t, i))
    if item.isRaised && (exceptionMatches(t, .indexError) || exceptionMatches(t, .stopIteration)) {
        clearException(t)
        return .exhausted
    }
    return item
}

func iterator_next(_ t: Thread, _ v: Value) -> Value {
    let s = sequenceOf(v)
    if s.bits == 0 { return .exhausted }
    let i = sequenceCell(v).pointee.index
    if i == Int.max { return raise(t, .overflowError, "iter index too large") }
    let item = itemOrEnd(t, s, i)
    if item.isExhausted { letGo(v) } else if !item.isRaised { sequenceCell(v).pointee.index = i + 1 }
    return item
}

func iterator_hint(_ t: Thread, _ a: Values) -> Value {
    let s = sequenceOf(a[0])
    if s.bits == 0 { return .zero }
    if !typeOf(s).has(.length) { return .notImplemented }
    let n = length(t, s)
    return n < 0 ? .raised : Value(smallInt: max(0, n - sequenceCell(a[0]).pointee.index))
}

func iterator_reduce(_ t: Thread, _ a: Values) -> Value {
    let s = sequenceOf(a[0])
    if s.bits == 0 { return reduceWith(t, .iter, ladon_runtime.emptyTuple) }
    return reduceWith(t, .iter, s, state: sequenceCell(a[0]).pointee.index)
}

func iterator_setstate(_ t: Thread, _ a: Values) -> Value {
    guard let n = iteratorState(t, a[1]) else { return .raised }
    if sequenceOf(a[0]).bits != 0 { sequenceCell(a[0]).pointee.index = max(0, n) }
    return .none
}

// MARK: reversed

func reversedType() -> TypeDefinition {
    TypeDefinition(.reversed, "reversed", flags: [.baseType], doc: "Return a reverse iterator over the values of the given sequence.",
                   signature: "(sequence, /)", size: MemoryLayout<SequenceIteratorCell>.size, layout: containerLayout(.reversed),
                   slots: [.call(.new, reversed_new), .unary(.iter, iterSelf), .unary(.next, reversed_next)],
                   members: sequenceIteratorMembers(reversed_hint, reversed_reduce, reversed_setstate))
}

func reversed_new(_ t: Thread, _ type: Value, _ a: Values?, _ n: Int, _ names: Value) -> Value {
    let ty = type.asType
    if !rejectKeywords(t, "reversed", names, of: ty) { return .raised }
    if !checkCount(t, "reversed", n, 1, 1) { return .raised }
    let s = a.unsafelyUnwrapped[0]
    let method = lookupSpecial(t, s, name(.__reversed__))
    if method.isRaised { return method }
    if method.isNone { return raise(t, .typeError, "'\(typeName(s))' object is not reversible") }
    if !method.isMissing { return call(t, method) }
    if !typeOf(s).has(.getItem) || isDict(s) { return raise(t, .typeError, "'\(typeName(s))' object is not reversible") }
    let count = length(t, s)
    if count < 0 { return .raised }
    let v = ty == builtinType(.reversed) ? newCell(t, .reversed, MemoryLayout<SequenceIteratorCell>.size) : allocateInstance(t, ty, variableItems: 0)
    if v.isRaised { return v }
    sequenceCell(v).pointee.sequence = s
    sequenceCell(v).pointee.index = count - 1
    return v
}

func reversed_next(_ t: Thread, _ v: Value) -> Value {
    let s = sequenceOf(v)
    if s.bits == 0 { return .exhausted }
    let i = sequenceCell(v).pointee.index
    if i >= 0 {
        let item = itemOrEnd(t, s, i)
        if !item.isExhausted {
            if !item.isRaised { sequenceCell(v).pointee.index = i - 1 }
            return item
        }
    }
    sequenceCell(v).pointee.index = -1
    letGo(v)
    return .exhausted
}

func reversed_hint(_ t: Thread, _ a: Values) -> Value {
    let s = sequenceOf(a[0])
    if s.bits == 0 { return .zero }
    let n = length(t, s)
    if n < 0 { return .raised }
    let left = sequenceCell(a[0]).pointee.index + 1
    return n < left ? .zero : Value(smallInt: left)
}

func reversed_reduce(_ t: Thread, _ a: Values) -> Value {
    let s = sequenceOf(a[0])
    let args = makeTuple(t, s.bits == 0 ? ladon_runtime.emptyTuple : s)
    if args.isRaised { return args }
    if s.bits == 0 { return makeTuple(t, typeOf(a[0]).value, args) }
    return makeTuple(t, typeOf(a[0]).value, args, makeInt(t, sequenceCell(a[0]).pointee.index))
}

func reversed_setstate(_ t: Thread, _ a: Values) -> Value {
    guard let n = iteratorState(t, a[1]) else { return .raised }
    let s = sequenceOf(a[0])
    if s.bits != 0 {
        let count = length(t, s)
        if count < 0 { return .raised }
        sequenceCell(a[0]).pointee.index = min(max(-1, n), count - 1)
    }
    return .none
}
