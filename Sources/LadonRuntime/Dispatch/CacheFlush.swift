// Emptying every inline attribute cache, after a change of a type that caches which compare only ids can't see
// (a data descriptor that now shadows an instance slot). Rare; O(live code).

/// Zeroes the attribute cache words of all code objects, with the world stopped.
public func flushAttributeCaches(_ t: Thread) { emptyAttributeCaches(t) }

/// Whether iter() of this value can work: `__iter__`, or the sequence protocol.
public func isIterable(_ v: Value) -> Bool { typeOf(v).has(.iter) || typeOf(v).has(.getItem) }
