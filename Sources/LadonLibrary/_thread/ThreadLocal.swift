// `_thread._local`: attributes that each thread has for itself.
//
// The object holds one dictionary per thread, in a dict by the thread's serial number; a thread that ends
// takes its own out (ThreadRecord.swift), and an object that dies takes all of them with it.

import LadonTypes

nonisolated(unsafe) private let localCounter: UnsafeMutablePointer<UInt> = {
    let p = UnsafeMutablePointer<UInt>.allocate(capacity: 1)
    p.initialize(to: 1)
    return p
}()

func threadLocalType() -> TypeDefinition {
    TypeDefinition(.threadLocal, "_thread._local", flags: [.baseType, .weakReferenceable], doc: "Thread-local data",
                   size: MemoryLayout<ThreadLocalCell>.size, layout: Layout(prefix: 3, base: 5, flags: [.container]),
                   slots: [.call(.new, local_new), .binary(.getAttribute, local_getAttribute), .ternary(.setAttribute, local_setAttribute)])
}

private func local_new(_ t: Thread, _ type: Value, _ args: Values?, _ count: Int, _ names: Value) -> Value {
    let named = names.bits == 0 ? 0 : names.tupleCount
    if count + named > 0 && type.asType.slot(.initialize) == builtinType(.object).slot(.initialize) {
        return raise(t, .typeError, "Initialization arguments are not supported")
    }
    let v = allocateInstance(t, type.asType)
    if v.isRaised { return v }
    let c = v.cell(as: ThreadLocalCell.self)
    c.pointee.dicts = makeDict(t)
    c.pointee.serial = ladon_fetch_add(localCounter, 1)
    if count + named > 0 {
        c.pointee.arguments = count == 0 ? ladon_runtime.emptyTuple : makeTuple(t, args.unsafelyUnwrapped, count)
        if named > 0 {
            let keywords = makeDict(t)
            if keywords.isRaised { return keywords }
            for i in 0 ..< named where dictSet(t, keywords, names.tupleItems[i], args.unsafelyUnwrapped[count + i]) < 0 { return .raised }
            c.pointee.keywords = keywords
        }
        if c.pointee.arguments.isRaised { return .raised }
    }
    // The constructor calls __init__ for the thread that makes the object.
    let dict = makeDict(t)
    if c.pointee.dicts.isRaised || dict.isRaised { return .raised }
    return addDictionary(t, v, dict) ? v : .raised
}

private func addDictionary(_ t: Thread, _ v: Value, _ dict: Value) -> Bool {
    if !noteLocal(t, v) { return false }
    return dictSet(t, v.cell(as: ThreadLocalCell.self).pointee.dicts, Value(smallInt: threadRecord(t).pointee.serial), dict) >= 0
}

/// This thread's attributes; on first use in the thread `__init__` runs. 0: raised.
private func localDictionary(_ t: Thread, _ v: Value) -> Value {
    let recent = recentDictionary(t, v)
    if recent.bits != 0 { return recent }
    let c = v.cell(as: ThreadLocalCell.self)
    let key = Value(smallInt: threadRecord(t).pointee.serial)
    let found = dictGet(t, c.pointee.dicts, key)
    if !found.isMissing {
        if !found.isRaised { rememberDictionary(t, v, found) }
        return found
    }
    let dict = makeDict(t)
    if dict.isRaised || !addDictionary(t, v, dict) { return .raised }
    let type = typeOf(v)
    if type.slot(.initialize) != builtinType(.object).slot(.initialize) {
        let initialize = lookupSpecial(t, v, name(.__init__))
        if initialize.isRaised { return initialize }
        let arguments = c.pointee.arguments.bits == 0 ? ladon_runtime.emptyTuple : c.pointee.arguments
        if !initialize.isMissing && callWithTuple(t, initialize, arguments, c.pointee.keywords).isRaised {
            // The next access in this thread tries again.
            let e = takeException(t)
            rememberDictionary(t, v, .raised)
            if dictDelete(t, c.pointee.dicts, key) < 0 { clearException(t) }
            restoreException(t, e)
            return .raised
        }
    }
    return dict
}

private func local_getAttribute(_ t: Thread, _ v: Value, _ given: Value) -> Value {
    let n = attributeName(t, given)
    if n.isRaised { return n }
    let dict = localDictionary(t, v)
    if dict.isRaised { return dict }
    if n == name(.__dict__) { return dict }
    let type = typeOf(v)
    let found = lookupType(t, type, n)
    if found.isMissing {
        let own = dictGet(t, dict, n)
        return own.isMissing ? raiseAttributeError(t, v, n) : own
    }
    let kind = typeOf(found)
    if kind.pointee.flags.contains(.dataDescriptor), let get = kind.ternary(.descriptorGet) { return get(t, found, v, Value(type)) }
    let own = dictGet(t, dict, n)
    if !own.isMissing { return own }
    guard let get = kind.ternary(.descriptorGet) else { return found }
    return get(t, found, v, Value(type))
}

private func local_setAttribute(_ t: Thread, _ v: Value, _ given: Value, _ value: Value) -> Value {
    let n = attributeName(t, given)
    if n.isRaised { return n }
    if n == name(.__dict__) {
        return raise(t, .attributeError, "'\(typeName(v))' object attribute '__dict__' is read-only")
    }
    let dict = localDictionary(t, v)
    if dict.isRaised { return dict }
    let found = lookupType(t, typeOf(v), n)
    if !found.isMissing, let set = typeOf(found).ternary(.descriptorSet) { return set(t, found, v, value).isRaised ? .raised : .none }
    if !value.isMissing { return dictSet(t, dict, n, value) < 0 ? .raised : .none }
    let done = dictDelete(t, dict, n)
    if done < 0 { return .raised }
    return done == 0 ? raiseAttributeError(t, v, n) : .none
}
