// The wrapper behind functools.lru_cache and functools.cache.
//
// The cache is a dict from keys to results (unbounded) or to links (bounded). A link is a storage of four
// values: former and following link, key, result; the newest hangs before the root, the oldest after it. The
// chain is only touched under the wrapper's lock; the dict is looked up without it, because comparing keys may
// run Python code.

import LadonTypes

struct LRUCacheCell {
    var header: CellHeader
    var function: Value
    /// Dict.
    var cache: Value
    /// The root of the chain, itself a link.
    var root: Value
    var infoType: Value
    /// `__dict__`, 0 until it is needed.
    var attributes: Value
    // raw
    /// -1: unbounded.
    var limit: Int
    var typed: Int
    var hits: Int
    var misses: Int
}

private enum Link {
    static let former = 0, following = 1, key = 2, result = 3, hashHigh = 4, hashLow = 5
}

func lruCacheType() -> TypeDefinition {
    TypeDefinition(nil, "functools._lru_cache_wrapper", flags: [.weakReferenceable, .methodDescriptor],
                   doc: "Create a cached callable that wraps another function.",
                   size: MemoryLayout<LRUCacheCell>.size, layout: Layout(prefix: 5, base: 10, flags: [.container]),
                   dictOffset: MemoryLayout<LRUCacheCell>.offset(of: \LRUCacheCell.attributes),
                   slots: [.call(.call, lru_cache_call), .ternary(.descriptorGet, lru_cache_get)],
                   members: [
                       instanceDictMember(),
                       .staticMethod("__new__", "(cls, user_function, maxsize, typed, cache_info_type)", lru_cache_new),
                       .method("cache_info", "(self, /)", lru_cache_info, "Report cache statistics"),
                       .method("cache_clear", "(self, /)", lru_cache_clear, "Clear the cache and cache statistics"),
                       .method("__reduce__", "(self, /)", lru_cache_reduce),
                       .method("__copy__", "(self, /)", lru_cache_self),
                       .method("__deepcopy__", "(self, memo, /)", lru_cache_self),
                   ])
}

@inline(__always) private func lruCell(_ v: Value) -> UnsafeMutablePointer<LRUCacheCell> { v.cell(as: LRUCacheCell.self) }

private func makeRoot(_ t: Thread) -> Value {
    let root = makeStorage(t, 4)
    if root.isRaised { return root }
    root.storageItems[Link.former] = root
    root.storageItems[Link.following] = root
    return root
}

func lru_cache_new(_ t: Thread, _ a: Values) -> Value {
    if !typeOf(a[1]).has(.call) { return raise(t, .typeError, "the first argument must be callable") }
    var limit = -1
    if !a[2].isNone {
        if !typeOf(a[2]).has(.index) { return raise(t, .typeError, "maxsize should be integer or None") }
        guard let n = asInt(t, a[2]) else { return .raised }
        limit = max(0, n)
    }
    let typed = isTrue(t, a[3])
    if typed < 0 { return .raised }
    let cache = makeDict(t)
    if cache.isRaised { return cache }
    let root = makeRoot(t)
    if root.isRaised { return root }
    let v = allocateInstance(t, a[0].asType, variableItems: 0)
    if v.isRaised { return v }
    let c = lruCell(v)
    c.pointee.function = a[1]
    c.pointee.cache = cache
    c.pointee.root = root
    c.pointee.infoType = a[4]
    c.pointee.limit = limit
    c.pointee.typed = typed
    return v
}

/// Counts one more hit or miss.
@inline(__always) private func count(_ t: Thread, _ v: Value, hit: Bool) {
    lockCell(t, v)
    if hit { lruCell(v).pointee.hits &+= 1 } else { lruCell(v).pointee.misses &+= 1 }
    unlockCell(t, v)
}

/// The key of a call: the single argument if it is an exact str or int, else a tuple.
private func makeKey(_ t: Thread, _ typed: Bool, _ a: Values?, _ n: Int, _ names: Value) -> Value {
    let named = names.bits == 0 ? 0 : names.tupleCount
    if !typed && named == 0 {
        if n == 1 {
            let x = a.unsafelyUnwrapped[0]
            if x.isSmallInt || x.isExactly(.str) || x.isExactly(.int) { return x }
        }
        return n == 0 ? ladon_runtime.emptyTuple : makeTuple(t, a.unsafelyUnwrapped, n)
    }
    let size = n + (named > 0 ? 1 + 2 * named : 0) + (typed ? n + named : 0)
    let key = makeTuple(t, size)
    if key.isRaised || size == 0 { return key }
    let p = a.unsafelyUnwrapped
    let items = key.tupleItems
    copyValues(items, p, n)
    var at = n
    if named > 0 {
        items[at] = interpreter(t).pointee.uniqueMarker
        at += 1
        var i = 0
        while i < named {
            items[at] = names.tupleItems[i]
            items[at + 1] = p[n + i]
            at += 2
            i += 1
        }
    }
    if typed {
        var i = 0
        while i < n + named {
            items[at] = typeOf(p[i]).value
            at += 1
            i += 1
        }
    }
    return key
}

func lru_cache_call(_ t: Thread, _ v: Value, _ a: Values?, _ n: Int, _ names: Value) -> Value {
    let c = lruCell(v)
    let limit = c.pointee.limit
    let total = n + (names.bits == 0 ? 0 : names.tupleCount)
    if limit == 0 {
        count(t, v, hit: false)
        return call(t, c.pointee.function, args: a, total, names)
    }
    let key = makeKey(t, c.pointee.typed != 0, a, n, names)
    if key.isRaised { return key }
    let h = keyHash(t, key)
    if h == -1 { return .raised }
    let cache = loadSlot(&c.pointee.cache)
    let found = dictGet(t, cache, key, hash: h)
    if found.isRaised { return found }
    if limit < 0 {
        count(t, v, hit: !found.isMissing)
        if !found.isMissing { return found }
        let result = call(t, c.pointee.function, args: a, total, names)
        if result.isRaised || dictSet(t, cache, key, result, hash: h) < 0 { return .raised }
        return result
    }
    if !found.isMissing {
        let link = found.storageItems
        lockCell(t, v)
        c.pointee.hits &+= 1
        if link[Link.following].bits != 0 {
            unlink(found)
            append(c.pointee.root, found)
        }
        unlockCell(t, v)
        return link[Link.result]
    }
    count(t, v, hit: false)
    let result = call(t, c.pointee.function, args: a, total, names)
    if result.isRaised { return result }
    return remember(t, v, key, h, result, limit)
}

@inline(__always) private func unlink(_ link: Value) {
    let former = link.storageItems[Link.former]
    let following = link.storageItems[Link.following]
    storeSlot(former.storageItems + Link.following, following)
    storeSlot(following.storageItems + Link.former, former)
    storeSlot(link.storageItems + Link.following, Value(bits: 0))
}

/// Hangs a link before the root: it is the newest.
@inline(__always) private func append(_ root: Value, _ link: Value) {
    let newest = root.storageItems[Link.former]
    storeSlot(link.storageItems + Link.former, newest)
    storeSlot(link.storageItems + Link.following, root)
    storeSlot(newest.storageItems + Link.following, link)
    storeSlot(root.storageItems + Link.former, link)
}

/// Stores a result in a bounded cache, dropping the oldest one if it is full.
private func remember(_ t: Thread, _ v: Value, _ key: Value, _ h: Int, _ result: Value, _ limit: Int) -> Value {
    let c = lruCell(v)
    let link = makeStorage(t, 6)
    if link.isRaised { return link }
    // The key is hashed once, not again when it leaves the cache.
    link.storageItems[Link.hashHigh] = Value(smallInt: h >> 32)
    link.storageItems[Link.hashLow] = Value(smallInt: h & 0xFFFF_FFFF)
    link.storageItems[Link.key] = key
    link.storageItems[Link.result] = result
    let cache = loadSlot(&c.pointee.cache)
    let stored = dictSetDefault(t, cache, key, link, hash: h)
    if stored.isRaised { return stored }
    // The call itself, or another thread, has stored the key meanwhile: that result stays.
    if stored != link { return result }
    var dropped = Value.none
    lockCell(t, v)
    // After cache_clear this link belongs to no chain.
    if loadSlot(&c.pointee.cache) == cache {
        let root = c.pointee.root
        append(root, link)
        let oldest = root.storageItems[Link.following]
        if dictCount(cache) > limit && oldest != link && oldest != root {
            unlink(oldest)
            dropped = oldest
        }
    }
    unlockCell(t, v)
    if !dropped.isNone {
        let hash = dropped.storageItems[Link.hashHigh].smallInt << 32 | dropped.storageItems[Link.hashLow].smallInt
        if dictPop(t, cache, dropped.storageItems[Link.key], hash: hash).isRaised { return .raised }
    }
    return result
}

/// Binds like a function.
func lru_cache_get(_ t: Thread, _ v: Value, _ object: Value, _ type: Value) -> Value {
    if object.isNone || object.isMissing || object.bits == 0 { return v }
    let m = newCell(t, .method, MemoryLayout<MethodCell>.size)
    m.cell(as: MethodCell.self).pointee.function = v
    m.cell(as: MethodCell.self).pointee.receiver = object
    return m
}

func lru_cache_info(_ t: Thread, _ a: Values) -> Value {
    let c = lruCell(a[0])
    let limit: Value = c.pointee.limit < 0 ? .none : makeInt(t, c.pointee.limit)
    let args = makeTuple(t, makeInt(t, c.pointee.hits), makeInt(t, c.pointee.misses), limit, Value(smallInt: dictCount(loadSlot(&c.pointee.cache))))
    return args.isRaised ? args : callWithTuple(t, c.pointee.infoType, args)
}

func lru_cache_clear(_ t: Thread, _ a: Values) -> Value {
    let cache = makeDict(t)
    if cache.isRaised { return cache }
    let root = makeRoot(t)
    if root.isRaised { return root }
    let c = lruCell(a[0])
    lockCell(t, a[0])
    storeSlot(&c.pointee.cache, cache)
    storeSlot(&c.pointee.root, root)
    c.pointee.hits = 0
    c.pointee.misses = 0
    unlockCell(t, a[0])
    return .none
}

func lru_cache_reduce(_ t: Thread, _ a: Values) -> Value { getAttribute(t, a[0], name(.__qualname__)) }
func lru_cache_self(_ t: Thread, _ a: Values) -> Value { a[0] }
