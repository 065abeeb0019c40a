// Powers of ten, and the numbers of more than two words, which are GMP's.

import CGMP
import Glibc
import LadonLibrary

/// A nonnegative integer in GMP's memory, in one piece with its reference count. Never changed once another object may have it.
/// The header: how many decimal digits; 0: not counted yet.
final class BigInteger: ManagedBuffer<Int, __mpz_struct> {
    @inline(__always) var z: UnsafeMutablePointer<__mpz_struct> { withUnsafeMutablePointerToElements { $0 } }

    @inline(__always) static func make() -> BigInteger {
        let n = unsafeDowncast(BigInteger.create(minimumCapacity: 1) { _ in 0 }, to: BigInteger.self)
        __gmpz_init(n.z)
        return n
    }
    deinit { __gmpz_clear(z) }

    /// Words.
    var size: Int { Int(z.pointee._mp_size) }

    static func make(limbs: UnsafePointer<UInt>, count: Int) -> BigInteger {
        let n: BigInteger = make()
        guard let p = __gmpz_limbs_write(n.z, count) else { return n }
        p.update(from: limbs, count: count)
        __gmpz_limbs_finish(n.z, count)
        return n
    }
}

/// Powers of ten that fit two words: 0 to 38.
let widestPower = 38
/// Those that fit one word.
let wordPower = 19
/// Larger powers that are kept.
private let keptPowers = 320

nonisolated(unsafe) private var wordPowers: UnsafeMutablePointer<UInt128>?
nonisolated(unsafe) private var bigPowers: UnsafeMutablePointer<__mpz_struct>?

/// Fills the tables. Called under the module's import lock, before any arithmetic.
func installPowersOfTen() {
    if wordPowers != nil { return }
    let words = UnsafeMutablePointer<UInt128>.allocate(capacity: widestPower + 1)
    var power: UInt128 = 1
    for i in 0 ... widestPower {
        (words + i).initialize(to: power)
        if i < widestPower { power *= 10 }
    }
    let big = UnsafeMutablePointer<__mpz_struct>.allocate(capacity: keptPowers)
    for i in 0 ..< keptPowers {
        (big + i).initialize(to: __mpz_struct())
        __gmpz_init(big + i)
        __gmpz_ui_pow_ui(big + i, 10, UInt(i))
    }
    bigPowers = big
    wordPowers = words
}

/// 10^k for k up to `widestPower`.
@inline(__always) func tenTo(_ k: Int) -> UInt128 { wordPowers.unsafelyUnwrapped[k] }

/// Calls `body` with 10^k, not to be changed, for any k >= 0 that was checked for size.
@inline(__always) func withTenTo<R>(_ k: Int, _ body: (inout __mpz_struct) -> R) -> R {
    if k < keptPowers {
        var view: __mpz_struct = bigPowers.unsafelyUnwrapped[k]
        return body(&view)
    }
    let n: BigInteger = takeLargePower(k)
    let r: R = body(&n.z.pointee)
    keepLargePower(n)
    return r
}

/// The large power that was used last, retained, or 0: whoever needs one takes it out, and puts back what it then has. A loop's powers
/// are equal or grow slowly.
nonisolated(unsafe) private var lastLargePower: UInt = 0
private let largestKeptPower = 200_000

private func takeLargePower(_ k: Int) -> BigInteger {
    let taken: UInt = ladon_exchange(&lastLargePower, 0)
    if let p = UnsafeRawPointer(bitPattern: taken) {
        let n: BigInteger = Unmanaged<BigInteger>.fromOpaque(p).takeRetainedValue()
        let more: Int = k - (n.header - 1)
        if more == 0 { return n }
        if more > 0 && more <= wordPower {
            __gmpz_mul_ui(n.z, n.z, UInt(truncatingIfNeeded: tenTo(more)))
            n.header = k + 1
            return n
        }
    }
    let n = BigInteger.make()
    // 5^k, shifted: a third less to multiply.
    __gmpz_ui_pow_ui(n.z, 5, UInt(k))
    __gmpz_mul_2exp(n.z, n.z, UInt(k))
    n.header = k + 1
    return n
}

private func keepLargePower(_ n: BigInteger) {
    if n.header > largestKeptPower { return }
    let other: UInt = ladon_exchange(&lastLargePower, UInt(bitPattern: Unmanaged.passRetained(n).toOpaque()))
    if let p = UnsafeRawPointer(bitPattern: other) { Unmanaged<BigInteger>.fromOpaque(p).release() }
}

/// The most digits that a coefficient may get before it is called too large: a number of them takes a sixtieth of the machine's memory.
/// GMP ends the process when it gets no memory, so every operation asks first.
let maximumDigits: Int = {
    let pages: Int = sysconf(Int32(_SC_PHYS_PAGES)), pageSize: Int = sysconf(Int32(_SC_PAGESIZE))
    if pages <= 0 || pageSize <= 0 { return 100_000_000 }
    return pages * pageSize / 64 / 8 * 19
}()

/// Decimal digits of a word pair; 1 for 0.
@inline(__always) func digitCount(_ n: UInt128) -> Int {
    let bits: Int = 128 - n.leadingZeroBitCount
    // log10(2) is a little more than 1233 / 4096.
    let least: Int = (bits * 1233) >> 12
    if least > widestPower { return n >= tenTo(widestPower) ? widestPower + 1 : widestPower }
    return n >= tenTo(least) ? least + 1 : max(least, 1)
}
