// The method resolution order: C3 linearisation, as Python's since 2.3.

import LadonCore

/// The MRO of `type` as a tuple, from its bases' MROs. 0: TypeError raised.
func computeMRO(_ t: Thread, _ type: TypePointer, _ bases: Value) -> Value {
    let n = bases.tupleCount
    for i in 0..<n where bases.tupleItems[i].asType.mroTuple.bits == 0 {
        return raise(t, .typeError, "Cannot extend an incomplete type '\(bases.tupleItems[i].asType.nameText)'")
    }
    if n == 1 {
        let above = bases.tupleItems[0].asType.mroTuple
        let mro = makeTuple(t, above.tupleCount + 1)
        if mro.isRaised { return mro }
        mro.tupleItems[0] = Value(type)
        for i in 0..<above.tupleCount { mro.tupleItems[i + 1] = above.tupleItems[i] }
        return mro
    }
    for i in 0..<n {
        for j in (i + 1)..<max(n, i + 1) where bases.tupleItems[i] == bases.tupleItems[j] {
            return raise(t, .typeError, "duplicate base class \(bases.tupleItems[i].asType.nameText)")
        }
    }
    var most = 1
    for i in 0..<n { most += bases.tupleItems[i].asType.mroTuple.tupleCount }
    // The sequences to merge: each base's MRO, then the bases themselves; `at` is where each one's rest begins.
    return withScratch(t, n + 1 + most, failed: .raised) { sequences -> Value in
        withUnsafeTemporaryAllocation(of: Int.self, capacity: n + 1) { at -> Value in
            let result = sequences + (n + 1)
            for i in 0..<n { sequences[i] = bases.tupleItems[i].asType.mroTuple; at[i] = 0 }
            sequences[n] = bases
            at[n] = 0
            result[0] = Value(type)
            var count = 1
            while true {
                var exhausted = true
                var chosen = Value(bits: 0)
                for i in 0...n where at[i] < sequences[i].tupleCount {
                    exhausted = false
                    let candidate = sequences[i].tupleItems[at[i]]
                    var inTail = false
                    for j in 0...n where !inTail {
                        var k = at[j] + 1
                        while k < sequences[j].tupleCount {
                            if sequences[j].tupleItems[k] == candidate { inTail = true; break }
                            k += 1
                        }
                    }
                    if !inTail { chosen = candidate; break }
                }
                if exhausted { break }
                if chosen.bits == 0 { return raiseInconsistentMRO(t, sequences, at, n) }
                result[count] = chosen
                count += 1
                for i in 0...n where at[i] < sequences[i].tupleCount && sequences[i].tupleItems[at[i]] == chosen { at[i] += 1 }
            }
            return makeTuple(t, result, count)
        }
    }
}

private func raiseInconsistentMRO(_ t: Thread, _ sequences: Values, _ at: UnsafeMutableBufferPointer<Int>, _ n: Int) -> Value {
    var names = ""
    var seen: [UInt] = []
    for i in 0...n where at[i] < sequences[i].tupleCount {
        let head = sequences[i].tupleItems[at[i]]
        if seen.contains(head.bits) { continue }
        seen.append(head.bits)
        names += (names.isEmpty ? "" : ", ") + head.asType.nameText
    }
    return raise(t, .typeError, "Cannot create a consistent method resolution\norder (MRO) for bases \(names)")
}

/// The MRO by the metatype's `mro()`, which may be overridden. Runs Python code: not under the type lock.
func resolveMRO(_ t: Thread, _ type: TypePointer) -> Value {
    let bases = loadSlot(type.address(TypeField.bases))
    let metatype = typeOf(Value(type))
    if metatype == builtinType(.type) { return computeMRO(t, type, bases) }
    let found = lookupType(t, metatype, name(.mro))
    if found.isMissing || (found.isExactly(.methodDescriptor) && found.asMethodDescriptor.pointee.owner == Value(builtinType(.type))) {
        return computeMRO(t, type, bases)
    }
    let answer = callSpecial(t, Value(type), name(.mro))
    if answer.isRaised { return answer }
    let tuple = sequenceToTuple(t, answer)
    if tuple.isRaised { return tuple }
    let solid = solidBase(type)
    for i in 0..<tuple.tupleCount {
        let c = tuple.tupleItems[i]
        if !isType(c) { return raise(t, .typeError, "mro() returned a non-class ('\(typeName(c))')") }
        if !isSubtype(solid, solidBase(c.asType)) { return raise(t, .typeError, "mro() returned base with unsuitable layout ('\(c.asType.nameText)')") }
    }
    return tuple
}
