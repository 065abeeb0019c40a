// SignalDict: a mapping from the signals to whether they are set, over a context's flags or traps.
//
// The type that programs see is made like CPython's: a class of this mixin and collections.abc.MutableMapping.

import LadonLibrary

func signalDictDefinition() -> TypeDefinition {
    TypeDefinition(
        nil, "decimal.SignalDictMixin", flags: [.baseType], size: MemoryLayout<SignalDictCell>.stride, layout: signalDictLayout,
        slots: [
            .call(.initialize) { _, _, _, _, _ in .none },
            .unary(.repr, signalDict_repr),
            .unary(.hash) { t, v in raise(t, .typeError, "unhashable type: '\(typeName(v))'") },
            .ternary(.compare, signalDict_compare),
            .unary(.length) { t, v in
                v.asSignalDict.pointee.context.bits == 0 ? raiseInvalidDict(t) : Value(smallInt: Signal.all.count)
            },
            .unary(.iter) { t, v in
                if v.asSignalDict.pointee.context.bits == 0 { return raiseInvalidDict(t) }
                let all: Value = makeTuple(t, Signal.all.count)
                if all.isRaised { return all }
                for (i, s) in Signal.all.enumerated() { all.tupleItems[i] = s.root.value }
                return iterate(t, all)
            },
            .binary(.getItem, signalDict_getItem), .ternary(.setItem, signalDict_setItem),
        ],
        members: [
            .constant("__hash__") { _, _ in .none },
            .method("copy", "!(self, /)", { t, a in
                if a[0].asSignalDict.pointee.context.bits == 0 { return raiseInvalidDict(t) }
                return plainDict(t, conditions(a[0]))
            }),
        ])
}

private func raiseInvalidDict(_ t: Thread) -> Value { raise(t, .valueError, "invalid signal dict") }

/// The set that a SignalDict shows.
func conditions(_ dict: Value) -> Conditions {
    let context: Value = dict.asSignalDict.pointee.context
    if context.bits == 0 { return [] }
    let c = context.asDecimalContext
    return Conditions(rawValue: dict.asSignalDict.pointee.isTraps != 0 ? c.pointee.traps : c.pointee.flags)
}

func isSignalDict(_ v: Value) -> Bool { v.isCell && isSubtype(typeOf(v), decimals.pointee.signalDict) }

private func plainDict(_ t: Thread, _ set: Conditions) -> Value {
    let d: Value = makeDict(t)
    if d.isRaised { return d }
    for s in Signal.all where dictSet(t, d, s.root.value, Value(!set.isDisjoint(with: s.conditions))) < 0 { return .raised }
    return d
}

private func signalDict_repr(_ t: Thread, _ v: Value) -> Value {
    if v.asSignalDict.pointee.context.bits == 0 { return raiseInvalidDict(t) }
    let set: Conditions = conditions(v)
    let parts: [String] = Signal.all.map { "<class 'decimal.\($0.name)'>:\(set.isDisjoint(with: $0.conditions) ? "False" : "True")" }
    return makeString(t, "{\(parts.joined(separator: ", "))}")
}

private func signalDict_getItem(_ t: Thread, _ v: Value, _ key: Value) -> Value {
    if v.asSignalDict.pointee.context.bits == 0 { return raiseInvalidDict(t) }
    guard let wanted = Signal.conditions(t, of: key) else { return .raised }
    return Value(!conditions(v).isDisjoint(with: wanted))
}

private func signalDict_setItem(_ t: Thread, _ v: Value, _ key: Value, _ value: Value) -> Value {
    let context: Value = v.asSignalDict.pointee.context
    if context.bits == 0 { return raiseInvalidDict(t) }
    if value.isMissing { return raise(t, .valueError, "signal keys cannot be deleted") }
    guard let wanted = Signal.conditions(t, of: key) else { return .raised }
    let on: Truth = isTrue(t, value)
    if on < 0 { return .raised }
    changeConditions(context, isTraps: v.asSignalDict.pointee.isTraps != 0, wanted, on: on > 0)
    return .none
}

/// Adds or removes conditions atomically.
func changeConditions(_ context: Value, isTraps: Bool, _ set: Conditions, on: Bool) {
    let c = context.asDecimalContext
    let word: UnsafeMutablePointer<UInt32> = isTraps
        ? withUnsafeMutablePointer(to: &c.pointee.traps) { $0 } : withUnsafeMutablePointer(to: &c.pointee.flags) { $0 }
    if on {
        _ = ladon_fetch_or32(word, set.rawValue)
    } else {
        var old: UInt32 = ladon_load32_relaxed(word)
        while !ladon_cas32(word, old, old & ~set.rawValue) { old = ladon_load32_relaxed(word) }
    }
}

private func signalDict_compare(_ t: Thread, _ a: Value, _ b: Value, _ op: Value) -> Value {
    guard let o = CompareOp(rawValue: op.smallInt), o == .eq || o == .ne, isSignalDict(a) else { return .notImplemented }
    let equal: Bool
    if isSignalDict(b) {
        equal = conditions(a) == conditions(b)
    } else if isInstanceOf(b, .dict) {
        guard let other = conditions(t, ofDict: b) else {
            if !exceptionMatches(t, .keyError) { return .raised }
            clearException(t)
            return Value(o == .ne)
        }
        equal = conditions(a) == other
    } else {
        return .notImplemented
    }
    return Value(equal == (o == .eq))
}

/// The set that a dict with all signals as keys describes; nil: raised.
func conditions(_ t: Thread, ofDict d: Value) -> Conditions? {
    if dictCount(d) != Signal.all.count {
        _ = raise(t, .keyError, "invalid signal dict")
        return nil
    }
    var set: Conditions = []
    for s in Signal.all {
        let v: Value = dictGet(t, d, s.root.value)
        if v.isRaised { return nil }
        if v.isMissing {
            _ = raise(t, .keyError, "invalid signal dict")
            return nil
        }
        let on: Truth = isTrue(t, v)
        if on < 0 { return nil }
        if on > 0 { set.formUnion(s.conditions) }
    }
    return set
}

/// The set that a list of signals names; nil: raised.
func conditions(_ t: Thread, ofList l: Value) -> Conditions? {
    var set: Conditions = []
    var i: Int = 0
    while i < listCount(l) {
        let item: Value = listGet(t, l, i)
        if item.isRaised { return nil }
        guard let s = Signal.conditions(t, of: item) else { return nil }
        set.formUnion(s)
        i += 1
    }
    return set
}
