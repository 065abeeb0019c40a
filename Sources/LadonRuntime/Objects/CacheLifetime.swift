// How long the contents of inline caches live.
//
// Entries are malloc'ed. The words that hold them lie in code objects' word storage, which the object model
// knows from `registerCodeWords`. An entry that leaves its word is retired, and freed in the next collection:
// no thread that is stopped at a safepoint still reads it. Entries need no marking: what they point to is used
// only if a version says that it is what it was, versions are never used twice, and dead types are wiped
// before their memory or ids serve again. Words that hold an id alone are emptied before the id is reused.
//
// Locks: the shape lock guards the two lists; collections work on them with the world stopped.

import LadonCore
import LadonCompiler
import Glibc

/// A growing malloc'ed list of words.
struct WordList {
    var items: UnsafeMutablePointer<UInt>?
    var count = 0
    var capacity = 0

    mutating func append(_ w: UInt) {
        if count == capacity {
            capacity = max(64, capacity * 2)
            guard let p = realloc(items, capacity * 8) else { fatalError("no memory for the list of inline caches") }
            items = p.assumingMemoryBound(to: UInt.self)
        }
        items.unsafelyUnwrapped[count] = w
        count += 1
    }
}

/// Tells the object model of a code object's instruction words: a bytesStorage cell full of them.
public func registerCodeWords(_ t: Thread, _ storage: Value) {
    let lock = objectModel.pointee.shapeLock
    lock.lock(t)
    objectModel.pointee.codeWords.append(storage.bits)
    lock.unlock(t)
}

/// An entry that no word holds any more.
func retireEntry(_ t: Thread, _ e: UInt) {
    let lock = objectModel.pointee.shapeLock
    lock.lock(t)
    objectModel.pointee.retiredEntries.append(e)
    lock.unlock(t)
}

private let hasAttributeCache: [Bool] = {
    var table = [Bool](repeating: false, count: Opcode.info.count)
    for op in [Opcode.loadAttr, .storeAttr, .loadMethod] { table[Int(op.rawValue)] = true }
    return table
}()

/// Whoever fills a cache word notes before that its code has one. Most code of a program that imports a library never runs, and a
/// start empties the caches a dozen times (a class of `enum` gets its members by setattr).
func noteFilledCache(_ word: UnsafeMutablePointer<UInt64>) {
    let flags = UnsafeMutableRawPointer(bitPattern: cellContaining(UInt(bitPattern: word))).unsafelyUnwrapped + 6
    if ladon_load8_relaxed(flags) & HeaderFlags.hasFilledCaches == 0 { _ = ladon_fetch_or8(flags, HeaderFlags.hasFilledCaches) }
}

/// Runs `body` on the cache word of every attribute instruction in a storage cell of instruction words, if any was ever filled. World stopped.
private func forEachCacheWord(_ storage: UInt, _ body: (UnsafeMutablePointer<UInt64>) -> Void) {
    let cell = UnsafeMutablePointer<StorageCell>(bitPattern: storage).unsafelyUnwrapped
    if cell.pointee.header.flags & HeaderFlags.hasFilledCaches == 0 { return }
    let words = UnsafeMutablePointer<UInt64>(bitPattern: storage + UInt(MemoryLayout<StorageCell>.size)).unsafelyUnwrapped
    let count = cell.pointee.capacity / 8
    var k = 0
    while k < count {
        let op = Int(UInt16(truncatingIfNeeded: words[k]))
        if op >= hasAttributeCache.count { return }
        if hasAttributeCache[op] && k + 1 < count { body(words + (k + 1)) }
        k += max(1, Opcode.info[op].words)
    }
}

/// World stopped, after marking: frees retired entries and those of dead code, empties the hashed caches.
func sweepInlineCaches() {
    let m = objectModel
    for i in 0..<m.pointee.retiredEntries.count { free(UnsafeMutableRawPointer(bitPattern: m.pointee.retiredEntries.items.unsafelyUnwrapped[i])) }
    m.pointee.retiredEntries.count = 0
    var kept = 0
    for i in 0..<m.pointee.codeWords.count {
        let storage = m.pointee.codeWords.items.unsafelyUnwrapped[i]
        if isMarked(Value(bits: storage)) {
            m.pointee.codeWords.items.unsafelyUnwrapped[kept] = storage
            kept += 1
        } else {
            forEachCacheWord(storage) { word in
                forEachEntry(word.pointee) { free(UnsafeMutableRawPointer(bitPattern: $0)) }
                word.pointee = 0
            }
        }
    }
    m.pointee.codeWords.count = kept
    clearLookupCaches()
}

/// World stopped: empties words that hold one of these ids.
func forgetIDs(_ ids: UnsafePointer<UInt32>, _ count: Int) {
    let m = objectModel
    if count == 0 { return }
    let freed = Set(UnsafeBufferPointer(start: ids, count: count))
    for i in 0..<m.pointee.codeWords.count {
        forEachCacheWord(m.pointee.codeWords.items.unsafelyUnwrapped[i]) { word in
            // An entry's type may live on with the same version, and the id come to name a shape of another type.
            if anyID(word.pointee, { freed.contains($0) }) {
                forEachEntry(word.pointee) { m.pointee.retiredEntries.append($0) }
                word.pointee = 0
            }
        }
    }
}

/// Empties every inline attribute cache, after a change that words which hold only an id can't see. Stops the world; O(live code that has run).
public func emptyAttributeCaches(_ t: Thread) {
    stopTheWorld(t)
    let m = objectModel
    for i in 0..<m.pointee.codeWords.count {
        forEachCacheWord(m.pointee.codeWords.items.unsafelyUnwrapped[i]) { word in
            forEachEntry(word.pointee) { m.pointee.retiredEntries.append($0) }
            word.pointee = 0
        }
    }
    startTheWorld(t)
}
