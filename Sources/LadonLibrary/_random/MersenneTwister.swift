// MT19937, the generator of M. Matsumoto and T. Nishimura, "Mersenne Twister: A 623-dimensionally equidistributed
// uniform pseudorandom number generator" (1998), with their seeding of 2002; sequences are CPython's.

/// Operations on a state of 624 words and the position of the next one.
struct MersenneTwister {
    static let count = 624
    private static let middle = 397

    let state: UnsafeMutablePointer<UInt32>
    let position: UnsafeMutablePointer<Int>

    /// The next 32 bits.
    @inline(__always) func next() -> UInt32 {
        if position.pointee >= MersenneTwister.count { refill() }
        var y: UInt32 = state[position.pointee]
        position.pointee += 1
        y ^= y >> 11
        y ^= (y << 7) & 0x9d2c5680
        y ^= (y << 15) & 0xefc60000
        y ^= y >> 18
        return y
    }

    /// A float in [0, 1) with 53 random bits.
    @inline(__always) func nextDouble() -> Double {
        let high: UInt32 = next() >> 5
        let low: UInt32 = next() >> 6
        return (Double(high) * 67108864.0 + Double(low)) * (1.0 / 9007199254740992.0)
    }

    private func refill() {
        let n: Int = MersenneTwister.count
        let m: Int = MersenneTwister.middle
        var k: Int = 0
        while k < n {
            let y: UInt32 = (state[k] & 0x80000000) | (state[k + 1 == n ? 0 : k + 1] & 0x7fffffff)
            let from: Int = k + m < n ? k + m : k + m - n
            state[k] = state[from] ^ (y >> 1) ^ (y & 1 != 0 ? 0x9908b0df : 0)
            k += 1
        }
        position.pointee = 0
    }

    private func seed(_ s: UInt32) {
        state[0] = s
        var j: Int = 1
        while j < MersenneTwister.count {
            state[j] = 1812433253 &* (state[j - 1] ^ (state[j - 1] >> 30)) &+ UInt32(j)
            j += 1
        }
        position.pointee = MersenneTwister.count
    }

    /// Seeds from any number of words.
    func seed(_ key: UnsafePointer<UInt32>, _ length: Int) {
        let n: Int = MersenneTwister.count
        seed(19650218)
        var i: Int = 1
        var j: Int = 0
        var k: Int = max(n, length)
        while k > 0 {
            state[i] = (state[i] ^ ((state[i - 1] ^ (state[i - 1] >> 30)) &* 1664525)) &+ key[j] &+ UInt32(truncatingIfNeeded: j)
            i += 1
            j += 1
            if i >= n { state[0] = state[n - 1]; i = 1 }
            if j >= length { j = 0 }
            k -= 1
        }
        k = n - 1
        while k > 0 {
            state[i] = (state[i] ^ ((state[i - 1] ^ (state[i - 1] >> 30)) &* 1566083941)) &- UInt32(i)
            i += 1
            if i >= n { state[0] = state[n - 1]; i = 1 }
            k -= 1
        }
        state[0] = 0x80000000
    }
}
