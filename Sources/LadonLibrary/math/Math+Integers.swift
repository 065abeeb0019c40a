// math: number theory.

import LadonRuntime
import LadonTypes

/// gcd(*integers)
func math_gcd(_ t: Thread, _ a: Values) -> Value {
    let items: Value = a[0]
    var r: Value = .zero
    var i: Int = 0
    while i < items.tupleCount {
        let n: Value = index(t, items.tupleItems[i])
        if n.isRaised { return n }
        r = i == 0 ? intAbs(t, n) : (r == .one ? r : intGCD(t, r, n))
        if r.isRaised { return r }
        i += 1
    }
    return r
}

/// lcm(*integers)
func math_lcm(_ t: Thread, _ a: Values) -> Value {
    let items: Value = a[0]
    var r: Value = .one
    var i: Int = 0
    while i < items.tupleCount {
        let n: Value = index(t, items.tupleItems[i])
        if n.isRaised { return n }
        if i == 0 {
            r = intAbs(t, n)
        } else if r != .zero {
            if n == .zero {
                r = .zero
            } else {
                let divisor: Value = intGCD(t, r, n)
                let quotient: Value = divisor.isRaised ? divisor : intFloorDiv(t, r, divisor)
                r = quotient.isRaised ? quotient : intAbs(t, intMul(t, quotient, n))
            }
        }
        if r.isRaised { return r }
        i += 1
    }
    return r
}

func math_isqrt(_ t: Thread, _ a: Values) -> Value {
    let n: Value = index(t, a[0])
    if n.isRaised { return n }
    if intSign(n) < 0 { return raise(t, .valueError, "isqrt() argument must be nonnegative") }
    return intSquareRoot(t, n)
}

func math_factorial(_ t: Thread, _ a: Values) -> Value {
    let n: Value = index(t, a[0])
    return n.isRaised ? n : factorial(t, n)
}

private func factorial(_ t: Thread, _ n: Value) -> Value {
    if intSign(n) < 0 { return raise(t, .valueError, "factorial() not defined for negative values") }
    guard let word: Int = intAsWord(n) else {
        return raise(t, .overflowError, "factorial() argument should not exceed \(Int.max)")
    }
    return intFactorial(t, word)
}

/// Both arguments as ints, not negative.
private func chooseArguments(_ t: Thread, _ a: Values, _ n: inout Value, _ k: inout Value) -> Bool {
    n = index(t, a[0])
    if n.isRaised { return false }
    k = index(t, a[1])
    if k.isRaised { return false }
    if intSign(n) < 0 { _ = raise(t, .valueError, "n must be a non-negative integer"); return false }
    if intSign(k) < 0 { _ = raise(t, .valueError, "k must be a non-negative integer"); return false }
    return true
}

/// comb(n, k, /)
func math_comb(_ t: Thread, _ a: Values) -> Value {
    var n: Value = .zero, k: Value = .zero
    if !chooseArguments(t, a, &n, &k) { return .raised }
    let rest: Value = intSub(t, n, k)
    if rest.isRaised { return rest }
    if intSign(rest) < 0 { return .zero }
    if intCompare(rest, k) < 0 { k = rest }
    guard let count: Int = intAsWord(k) else {
        return raise(t, .overflowError, "min(n - k, k) must not exceed \(Int.max)")
    }
    return intBinomial(t, n, count)
}

/// perm(n, k=None, /)
func math_perm(_ t: Thread, _ a: Values) -> Value {
    if a[1].isNone || a[1].isMissing { return math_factorial(t, a) }
    var n: Value = .zero, k: Value = .zero
    if !chooseArguments(t, a, &n, &k) { return .raised }
    if intCompare(n, k) < 0 { return .zero }
    guard let count: Int = intAsWord(k) else { return raise(t, .overflowError, "k must not exceed \(Int.max)") }
    return count == 0 ? .one : fallingProduct(t, n, 0, count)
}

/// (n - from) * … * (n - to + 1): halves of about the same length multiply fastest.
private func fallingProduct(_ t: Thread, _ n: Value, _ from: Int, _ to: Int) -> Value {
    if to - from == 1 { return intSub(t, n, makeInt(t, from)) }
    let middle: Int = from + (to - from) / 2
    let low: Value = fallingProduct(t, n, from, middle)
    if low.isRaised { return low }
    let high: Value = fallingProduct(t, n, middle, to)
    return high.isRaised ? high : intMul(t, low, high)
}
