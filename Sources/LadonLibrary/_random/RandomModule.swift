// The module `_random`: the type Random, which `random.Random` extends.
//
// Every use of the state is one critical section under the object's cell lock, so that threads that share a generator
// get each number once.

import LadonRuntime
import LadonTypes
import Glibc

/// header | position | 624 words of 32 bits; nothing traced.
private let positionOffset = 8
private let stateOffset = 16
private let randomSize = 16 + 624 * 4

@inline(__always) private func generator(_ v: Value) -> MersenneTwister {
    MersenneTwister(state: (v.cell + stateOffset).assumingMemoryBound(to: UInt32.self),
                    position: (v.cell + positionOffset).assumingMemoryBound(to: Int.self))
}

private func random_new(_ t: Thread, _ type: Value, _ args: Values?, _ count: Int, _ names: Value) -> Value {
    allocateInstance(t, type.asType)
}

private func random_initialize(_ t: Thread, _ v: Value, _ args: Values?, _ count: Int, _ names: Value) -> Value {
    if !names.isRaised && names.tupleCount > 0 { return raise(t, .typeError, "Random() takes no keyword arguments") }
    if count > 1 { return raise(t, .typeError, "Random() requires 0 or 1 argument") }
    return seed(t, v, count == 0 ? .none : args.unsafelyUnwrapped[0])
}

private func random_random(_ t: Thread, _ a: Values) -> Value {
    lockCell(t, a[0])
    let d: Double = generator(a[0]).nextDouble()
    unlockCell(t, a[0])
    return makeFloat(t, d)
}

/// getrandbits(self, k, /)
private func random_getrandbits(_ t: Thread, _ a: Values) -> Value {
    let v: Value = a[0]
    let n: Value = index(t, a[1])
    if n.isRaised { return n }
    guard let wide: Int = intAsWord(n), let k32 = Int32(exactly: wide) else {
        return raise(t, .overflowError, "Python int too large to convert to C int")
    }
    let k = Int(k32)
    if k < 0 { return raise(t, .valueError, "number of bits must be non-negative") }
    if k == 0 { return .zero }
    if k <= 32 {
        lockCell(t, v)
        let r: UInt32 = generator(v).next() >> UInt32(32 - k)
        unlockCell(t, v)
        return makeInt(t, r)
    }
    // Least significant word first; the last one gives its top bits.
    let words: Int = (k + 31) / 32
    return withUnsafeTemporaryAllocation(of: UInt32.self, capacity: words) { buffer -> Value in
        let p = buffer.baseAddress.unsafelyUnwrapped
        lockCell(t, v)
        let g = generator(v)
        var i: Int = 0
        var left: Int = k
        while i < words {
            var r: UInt32 = g.next()
            if left < 32 { r >>= UInt32(32 - left) }
            p[i] = r
            left -= 32
            i += 1
        }
        unlockCell(t, v)
        return p.withMemoryRebound(to: UInt8.self, capacity: words * 4) {
            intFromBytes(t, $0, words * 4, little: true, signed: false)
        }
    }
}

private func random_seed(_ t: Thread, _ a: Values) -> Value { seed(t, a[0], a[1]) }

/// Seeds from the operating system (None), the absolute value of an int, or the hash of anything else.
private func seed(_ t: Thread, _ v: Value, _ source: Value) -> Value {
    if source.isNone || source.isMissing {
        return withUnsafeTemporaryAllocation(of: UInt32.self, capacity: MersenneTwister.count) { buffer -> Value in
            let p = buffer.baseAddress.unsafelyUnwrapped
            var done: Int = 0
            while done < MersenneTwister.count * 4 {
                // getentropy gives at most 256 bytes at a time.
                let n: Int = min(256, MersenneTwister.count * 4 - done)
                if getentropy(UnsafeMutableRawPointer(p) + done, n) != 0 { break }
                done += n
            }
            lockCell(t, v)
            generator(v).seed(UnsafePointer(p), MersenneTwister.count)
            unlockCell(t, v)
            return .none
        }
    }
    let number: Value
    if isInt(source) {
        number = intAbs(t, plainInt(source))
    } else {
        let h: Int = hash(t, source)
        if h == -1 { return .raised }
        number = makeInt(t, UInt(bitPattern: h))
    }
    if number.isRaised { return number }
    return withLimbs(number) { limbs, n, _ -> Value in
        let count: Int = max((intBitLength(number) + 31) / 32, 1)
        return withUnsafeTemporaryAllocation(of: UInt32.self, capacity: count) { buffer -> Value in
            let p = buffer.baseAddress.unsafelyUnwrapped
            var i: Int = 0
            while i < count {
                let limb: UInt = i / 2 < n ? limbs[i / 2] : 0
                p[i] = UInt32(truncatingIfNeeded: i & 1 == 0 ? limb : limb >> 32)
                i += 1
            }
            lockCell(t, v)
            generator(v).seed(UnsafePointer(p), count)
            unlockCell(t, v)
            return .none
        }
    }
}

/// A tuple of the 624 words and the position.
private func random_getstate(_ t: Thread, _ a: Values) -> Value {
    let n: Int = MersenneTwister.count
    let r: Value = makeTuple(t, n + 1)
    if r.isRaised { return r }
    // Words fit immediate ints: filling allocates nothing.
    lockCell(t, a[0])
    let g = generator(a[0])
    var i: Int = 0
    while i < n {
        r.tupleItems[i] = Value(smallInt: Int(g.state[i]))
        i += 1
    }
    r.tupleItems[n] = Value(smallInt: g.position.pointee)
    unlockCell(t, a[0])
    return r
}

private func random_setstate(_ t: Thread, _ a: Values) -> Value {
    let state: Value = a[1]
    let n: Int = MersenneTwister.count
    if !isTuple(state) { return raise(t, .typeError, "state vector must be a tuple") }
    if state.tupleCount != n + 1 { return raise(t, .valueError, "state vector is the wrong size") }
    return withUnsafeTemporaryAllocation(of: UInt32.self, capacity: n) { buffer -> Value in
        let p = buffer.baseAddress.unsafelyUnwrapped
        var i: Int = 0
        while i < n {
            let item: Value = state.tupleItems[i]
            if !isInt(item) { return raise(t, .typeError, "an integer is required") }
            guard let word: UInt = intAsUnsignedWord(plainInt(item)) else {
                return raise(t, .overflowError, intSign(plainInt(item)) < 0 ? "can't convert negative value to unsigned int"
                             : "Python int too large to convert to C unsigned long")
            }
            p[i] = UInt32(truncatingIfNeeded: word)
            i += 1
        }
        guard let position: Int = asLong(t, state.tupleItems[n]) else { return .raised }
        if position < 0 || position > n { return raise(t, .valueError, "invalid state") }
        lockCell(t, a[0])
        let g = generator(a[0])
        g.state.update(from: p, count: n)
        g.position.pointee = position
        unlockCell(t, a[0])
        return .none
    }
}

private func randomDefinition() -> TypeDefinition {
    let slots: [SlotEntry] = [.call(.new, random_new), .call(.initialize, random_initialize)]
    let members: [NativeMember] = [
        .method("random", "(self, /)", random_random, "A float x with 0.0 <= x < 1.0."),
        .method("seed", "(self, n=None, /)", random_seed, "Starts again from a number, from the hash of an object, or from the system's randomness."),
        .method("getstate", "(self, /)", random_getstate, "The state as a tuple of integers."),
        .method("setstate", "(self, state, /)", random_setstate, "Goes back to a state that getstate() gave."),
        .method("getrandbits", "(self, k, /)", random_getrandbits, "An int with k random bits."),
    ]
    return TypeDefinition(nil, "_random.Random", flags: [.baseType], doc: "A Mersenne Twister with a state of its own.",
                          size: randomSize, layout: .leaf, slots: slots, members: members)
}

public func randomCoreModule() -> ModuleDefinition {
    ModuleDefinition("_random", doc: "The Mersenne Twister.", types: [randomDefinition])
}
