// Inline caches for native code that reads and writes attributes of Python objects: the same words, filled and emptied
// by the same rules, as those of the attribute instructions. To the sweeping of caches (CacheLifetime.swift) a set of
// sites looks like code: instructions LOAD_ATTR, each with its cache word.

public struct AttributeSites {
    private let words: UnsafeMutablePointer<UInt64>

    /// Sites for `count` places; they live for ever.
    public init(_ t: Thread, count: Int) {
        let storage = makeBytesStorage(t, count * 16)
        if storage.isRaised { fatalError("no memory for attribute caches") }
        words = storage.storageBytes.assumingMemoryBound(to: UInt64.self)
        for i in 0..<count { words[2 * i] = UInt64(Opcode.loadAttr.rawValue) }
        makeImmortal(storage)
        registerCodeWords(t, storage)
    }

    /// `v.name` as Python reads it; 0: raised. A site belongs to one name, and to either loads or stores.
    @inline(__always) public func load(_ t: Thread, _ v: Value, _ name: Value, _ site: Int) -> Value {
        let word = words + (2 * site + 1)
        let found = cachedLoad(word: UInt64(ladon_load_acquire(word)), v)
        return found.bits != 0 ? found : AttributeSites.loadSlow(t, v, name, word)
    }

    /// `v.name = value`. False: raised.
    @inline(__always) public func store(_ t: Thread, _ v: Value, _ name: Value, _ value: Value, _ site: Int) -> Bool {
        let word = words + (2 * site + 1)
        return cachedStore(t, UInt64(ladon_load_acquire(word)), v, value) || AttributeSites.storeSlow(t, v, name, value, word)
    }

    @inline(never) private static func loadSlow(_ t: Thread, _ v: Value, _ name: Value, _ at: UnsafeMutablePointer<UInt64>) -> Value {
        let word = UInt64(ladon_load_acquire(at))
        if word != 0 {
            let found = cachedLoadSlow(t, word, v, name)
            if !found.isMissing { return found }
        }
        return loadAttributeCaching(t, v, name, at)
    }

    @inline(never) private static func storeSlow(_ t: Thread, _ v: Value, _ name: Value, _ value: Value, _ at: UnsafeMutablePointer<UInt64>) -> Bool {
        let word = UInt64(ladon_load_acquire(at))
        if word != 0 && cachedStoreSlow(t, word, v, value) { return true }
        return storeAttributeCaching(t, v, name, value, at) >= 0
    }
}
