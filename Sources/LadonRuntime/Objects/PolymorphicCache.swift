// Sites that meet objects of a few shapes: their word leads to a node of up to four words, each of the form that a site
// with one shape has.
//
// A node is an entry, so what InlineCache.swift says of entries holds for it: immutable once published, retired when it
// leaves its word. The entries that its words name belong to it; a node that takes over words from another one, or from a
// site, does so by compare-and-swap, since only who removed the old word may say what becomes of its entries.
//
// A hit in a node costs more than one in the site itself. A site whose objects have changed once takes the new word alone;
// and every 4096th hit of a thread makes its site try again with one shape, in case the others have gone out of use.

import LadonCore
import Glibc

extension EntryKind {
    /// `slot` words lie behind the entry.
    static let several: UInt32 = 13
}

private let mostWords = 4

@inline(__always) private func nodeWords(_ e: EntryPointer) -> UnsafeMutablePointer<UInt64> {
    (UnsafeMutableRawPointer(e) + MemoryLayout<CacheEntry>.size).assumingMemoryBound(to: UInt64.self)
}

@inline(__always) private func entry(_ word: UInt64) -> EntryPointer { EntryPointer(bitPattern: UInt(word)).unsafelyUnwrapped }
@inline(__always) private func isEntry(_ word: UInt64) -> Bool { word & 0xF == 0 && word != 0 }
@inline(__always) private func idOf(_ word: UInt64) -> UInt32 { isEntry(word) ? entry(word).pointee.id : UInt32(truncatingIfNeeded: word >> 32) }

@inline(__always) func isNode(_ word: UInt64) -> Bool { isEntry(word) && entry(word).pointee.kind == EntryKind.several }

// MARK: hits

/// Counts a hit; true when the site shall try with one shape again.
@inline(__always) private func isTimeToSimplify(_ t: Thread) -> Bool {
    t.pointee.uncachedAccesses &+= 1
    return t.pointee.uncachedAccesses & 4095 == 0
}

/// Whether that is why the node of a site was passed over just now.
@inline(__always) func isSimplifying(_ t: Thread, _ word: UInt64) -> Bool { t.pointee.uncachedAccesses & 4095 == 0 && isNode(word) }

/// As `cachedLoadSlow`.
func nodeLoad(_ t: Thread, _ e: EntryPointer, _ v: Value, _ name: Value) -> Value {
    if isTimeToSimplify(t) { return .missing }
    let words = nodeWords(e)
    for i in 0..<Int(e.pointee.slot) {
        let quick = cachedLoad(word: words[i], v)
        if quick.bits != 0 { return quick }
        // Runs Python code only if the guard holds; then this node is not looked at again.
        let found = cachedLoadSlow(t, words[i], v, name)
        if !found.isMissing { return found }
    }
    return .missing
}

/// As `cachedMethod`.
func nodeMethod(_ e: EntryPointer, _ v: Value, _ target: inout Value, _ receiver: inout Value) -> Bool {
    if isTimeToSimplify(ladon_get_current_thread().unsafelyUnwrapped) { return false }
    let words = nodeWords(e)
    for i in 0..<Int(e.pointee.slot) where cachedMethod(words[i], v, &target, &receiver) { return true }
    return false
}

/// As `cachedProperty`.
func nodeProperty(_ e: EntryPointer, _ v: Value) -> Value {
    let words = nodeWords(e)
    for i in 0..<Int(e.pointee.slot) {
        let getter = cachedProperty(words[i], v)
        if getter.bits != 0 { return getter }
    }
    return Value(bits: 0)
}

/// As `cachedStoreSlow`. At most one word is tried: waiting for the cell's lock may free the node.
func nodeStore(_ t: Thread, _ e: EntryPointer, _ v: Value, _ value: Value) -> Bool {
    if isTimeToSimplify(t) { return false }
    let words = nodeWords(e)
    for i in 0..<Int(e.pointee.slot) where idOf(words[i]) == v.id {
        let word = words[i]
        return word & CacheKind.mask == CacheKind.storeInline ? cachedStore(t, word, v, value) : cachedStoreSlow(t, word, v, value)
    }
    return false
}

// MARK: making

/// Puts `new` beside what the site knows, under the number `fills`. `old`: the site's word, an answer.
func publishBeside(_ t: Thread, _ word: UnsafeMutablePointer<UInt64>, _ old: UInt64, _ new: UInt64, fills: UInt64) {
    guard let memory = malloc(MemoryLayout<CacheEntry>.size + mostWords * 8) else { fatalError("no memory for an inline cache") }
    let node = memory.assumingMemoryBound(to: CacheEntry.self)
    node.initialize(to: CacheEntry(kind: EntryKind.several, id: 0, version: 0, ownerVersion: 0, type: 0, owner: 0, target: 0, slot: 1, fills: UInt32(fills), extra: 0))
    let words = nodeWords(node)
    words[0] = new
    var count = 1
    var dropped: UInt64 = 0
    let isOldNode = isNode(old)
    for i in 0..<(isOldNode ? Int(entry(old).pointee.slot) : 1) {
        let w = isOldNode ? nodeWords(entry(old))[i] : old
        // An answer for the same id that did not hold is out of date; entries without an id are told apart by their own guards.
        if count == mostWords || idOf(w) == idOf(new) && idOf(w) != 0 {
            dropped = w
        } else {
            words[count] = w
            count += 1
        }
    }
    node.pointee.slot = UInt32(count)
    if !ladon_cas(word, UInt(old), UInt(bitPattern: node)) {
        // Another thread was faster: nobody has seen these.
        if isEntry(new) { free(UnsafeMutableRawPointer(bitPattern: UInt(new))) }
        free(memory)
        return
    }
    if isOldNode { retireEntry(t, UInt(old)) }
    if isEntry(dropped) { retireEntry(t, UInt(dropped)) }
}

// MARK: lifetime

/// Calls `body` with each entry that a word has: its own, and those of a node.
func forEachEntry(_ word: UInt64, _ body: (UInt) -> Void) {
    if !isEntry(word) { return }
    if isNode(word) {
        let words = nodeWords(entry(word))
        for i in 0..<Int(entry(word).pointee.slot) where isEntry(words[i]) { body(UInt(words[i])) }
    }
    body(UInt(word))
}

/// Whether `isWanted` holds for an id that a word compares with.
func anyID(_ word: UInt64, _ isWanted: (UInt32) -> Bool) -> Bool {
    if word == 0 { return false }
    if !isNode(word) { return isWanted(idOf(word)) }
    let words = nodeWords(entry(word))
    for i in 0..<Int(entry(word).pointee.slot) where isWanted(idOf(words[i])) { return true }
    return false
}
