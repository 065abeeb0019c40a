// A stack of machine words that begins in the caller's frame and moves to malloc when it outgrows it.

import Glibc

struct WordStack {
    private(set) var base: UnsafeMutablePointer<Int>
    var count = 0
    private var capacity: Int
    private var isOwned = false

    /// Over memory of the caller's, which must outlive the stack.
    init(_ memory: UnsafeMutablePointer<Int>, _ capacity: Int) {
        base = memory
        self.capacity = capacity
    }

    func free() {
        if isOwned { Glibc.free(base) }
    }

    /// Room for `n` more words. False: no memory.
    @inline(__always) mutating func reserve(_ n: Int) -> Bool { count &+ n <= capacity || grow(n) }

    @inline(never) private mutating func grow(_ n: Int) -> Bool {
        let wanted = max(capacity * (capacity < 1 << 12 ? 4 : 2), count + n)
        guard let memory = malloc(wanted * 8) else { return false }
        memcpy(memory, base, count * 8)
        if isOwned { Glibc.free(base) }
        base = memory.bindMemory(to: Int.self, capacity: wanted)
        capacity = wanted
        isOwned = true
        return true
    }
}
