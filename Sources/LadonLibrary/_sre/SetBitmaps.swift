// Bitmaps of what a pattern's single-character operations match: for characters below 256, one bit instead of a walk over a
// set or a change of case.
//
// They lie behind the pattern's code: two words (bitmaps made, room), a word per code word, then the bitmaps. The word of an
// operation counts its uses at first, then names its bitmap. Every thread makes the same bits, so a race only wastes room.

import LadonRuntime

struct SetBitmaps {
    /// Uses after which a bitmap is worth its making.
    private static let threshold: UInt32 = 24
    /// Words from here on name a bitmap; this less one: there was no room.
    private static let named: UInt32 = 256

    private let words: UnsafeMutablePointer<UInt32>
    private let maps: UnsafeMutablePointer<UInt64>

    private static func room(_ codeSize: Int) -> Int { min(codeSize / 4, 64) }
    private static func mapsOffset(_ codeSize: Int) -> Int { ((codeSize &+ codeSize &+ 2) &* 4 &+ 7) & ~7 }

    /// Bytes for code and bitmaps.
    static func storageSize(_ codeSize: Int) -> Int { mapsOffset(codeSize) &+ room(codeSize) &* 32 }

    init(_ code: UnsafePointer<UInt32>, _ codeSize: Int) {
        let base = UnsafeMutableRawPointer(mutating: code)
        words = (base + codeSize &* 4).assumingMemoryBound(to: UInt32.self)
        maps = (base + SetBitmaps.mapsOffset(codeSize)).assumingMemoryBound(to: UInt64.self)
    }

    /// Of a fresh storage, which is zero.
    static func prepare(_ code: UnsafeMutablePointer<UInt32>, _ codeSize: Int) { code[codeSize &+ 1] = UInt32(room(codeSize)) }

    /// The bitmap of the operation at `pc`, or with `isSet` of the set there, if there is one or now is. Not for what depends on
    /// the locale.
    @inline(__always) func find(_ pc: Int, _ code: UnsafePointer<UInt32>, isSet: Bool = false) -> UnsafePointer<UInt64>? {
        let n = ladon_load32_acquire(words + (2 &+ pc))
        if n >= SetBitmaps.named { return UnsafePointer(maps + Int(n &- SetBitmaps.named) &* 4) }
        return n == SetBitmaps.named &- 1 ? nil : use(pc, n, code, isSet)
    }

    @inline(never) private func use(_ pc: Int, _ n: UInt32, _ code: UnsafePointer<UInt32>, _ isSet: Bool) -> UnsafePointer<UInt64>? {
        if n < SetBitmaps.threshold {
            words[2 &+ pc] = n &+ 1
            return nil
        }
        var slot = ladon_load32_acquire(words)
        while slot < words[1] && !ladon_cas32(words, slot, slot &+ 1) { slot = ladon_load32_acquire(words) }
        if slot >= words[1] {
            ladon_store32_release(words + (2 &+ pc), SetBitmaps.named &- 1)
            return nil
        }
        let map = maps + Int(slot) &* 4
        for word in 0..<4 {
            var bits: UInt64 = 0
            for bit in 0..<64 {
                let cp = UInt32(word &* 64 &+ bit)
                if isSet ? sreCharset(code + pc, cp) : sreItem(code + pc, cp) { bits |= 1 << UInt64(bit) }
            }
            map[word] = bits
        }
        ladon_store32_release(words + (2 &+ pc), SetBitmaps.named &+ slot)
        return UnsafePointer(map)
    }
}
