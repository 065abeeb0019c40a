// math: sums, products and norms over iterables.

import LadonRuntime
import LadonTypes
import Glibc

/// fsum(seq, /): Shewchuk's exact addition. The partial sums do not overlap and grow in magnitude; their exact sum
/// is the sum so far. ("Adaptive Precision Floating-Point Arithmetic and Fast Robust Geometric Predicates", 1997.)
func math_fsum(_ t: Thread, _ a: Values) -> Value {
    let it: Value = iterate(t, a[0])
    if it.isRaised { return it }
    var capacity: Int = 32
    var partials = UnsafeMutablePointer<Double>.allocate(capacity: capacity)
    defer { partials.deallocate() }
    var n: Int = 0
    var specialSum: Double = 0
    var infinitySum: Double = 0
    while true {
        let item: Value = next(t, it)
        if item.isRaised { return item }
        if item.isExhausted { break }
        guard let number: Double = asDouble(t, item) else { return .raised }
        var x: Double = number
        var used: Int = 0
        var j: Int = 0
        while j < n {
            var y: Double = partials[j]
            if x.magnitude < y.magnitude { swap(&x, &y) }
            let high: Double = x + y
            let low: Double = y - (high - x)
            if low != 0 { partials[used] = low; used += 1 }
            x = high
            j += 1
        }
        n = used
        if x != 0 {
            if !x.isFinite {
                if number.isFinite { return raise(t, .overflowError, "intermediate overflow in fsum") }
                if number.isInfinite { infinitySum += number }
                specialSum += number
                n = 0
            } else {
                if n == capacity {
                    let larger = UnsafeMutablePointer<Double>.allocate(capacity: capacity * 2)
                    larger.update(from: partials, count: n)
                    partials.deallocate()
                    partials = larger
                    capacity *= 2
                }
                partials[n] = x
                n += 1
            }
        }
    }
    if specialSum != 0 {
        if infinitySum.isNaN { return raise(t, .valueError, "-inf + inf in fsum") }
        return makeFloat(t, specialSum)
    }
    var high: Double = 0
    var low: Double = 0
    if n > 0 {
        n -= 1
        high = partials[n]
        while n > 0 {
            let x: Double = high
            n -= 1
            let y: Double = partials[n]
            high = x + y
            low = y - (high - x)
            if low != 0 { break }
        }
        // Half a unit left over: the partials below decide which way it rounds.
        if n > 0 && ((low < 0 && partials[n - 1] < 0) || (low > 0 && partials[n - 1] > 0)) {
            let y: Double = low * 2
            let x: Double = high + y
            if y == x - high { high = x }
        }
    }
    return makeFloat(t, high)
}

/// prod(iterable, /, *, start=1)
func math_prod(_ t: Thread, _ a: Values) -> Value {
    let it: Value = iterate(t, a[0])
    if it.isRaised { return it }
    var product: Value = a[1].isMissing ? .one : a[1]
    while true {
        let item: Value = next(t, it)
        if item.isRaised { return item }
        if item.isExhausted { return product }
        if isExactInt(product) && isExactInt(item) {
            product = intMul(t, product, item)
        } else if product.isExactly(.float) && item.isExactly(.float) {
            product = makeFloat(t, product.asFloat * item.asFloat)
        } else {
            product = binaryOperation(t, product, item, .multiply)
        }
        if product.isRaised { return product }
    }
}

/// The Euclidean norm of numbers that are not negative, `largest` among them: nearly correctly rounded. Scaled by a
/// power of two; squares split exactly into two doubles; the low parts summed apart; one Newton step on the root.
private func norm(_ v: UnsafeMutablePointer<Double>, _ n: Int, _ largest: Double, _ foundNaN: Bool) -> Double {
    if largest.isInfinite { return largest }
    if foundNaN { return Double.nan }
    if largest == 0 || n <= 1 { return largest }
    var exponent: Int32 = 0
    _ = frexp(largest, &exponent)
    if exponent < -1023 {
        // The scale itself would overflow: go up by 2^1022 first.
        let tiny: Double = Double.leastNormalMagnitude
        var i: Int = 0
        while i < n { v[i] /= tiny; i += 1 }
        return tiny * norm(v, n, largest / tiny, foundNaN)
    }
    let scale: Double = scalbn(1, -exponent)
    var sum: Double = 1
    var low1: Double = 0
    var low2: Double = 0
    @inline(__always) func add(_ a: Double, _ b: Double) {
        let p: Double = a * b
        let pLow: Double = (-p).addingProduct(a, b)
        let s: Double = sum + p
        low1 += pLow
        low2 += (sum - s) + p
        sum = s
    }
    var i: Int = 0
    while i < n {
        let x: Double = v[i] * scale
        add(x, x)
        i += 1
    }
    var h: Double = (sum - 1 + (low1 + low2)).squareRoot()
    add(-h, h)
    let rest: Double = sum - 1 + (low1 + low2)
    h += rest / (2 * h)
    return h / scale
}

/// hypot(*coordinates)
func math_hypot(_ t: Thread, _ a: Values) -> Value {
    let items: Value = a[0]
    let n: Int = items.tupleCount
    return withUnsafeTemporaryAllocation(of: Double.self, capacity: n + 1) { buffer -> Value in
        let v = buffer.baseAddress.unsafelyUnwrapped
        var largest: Double = 0
        var foundNaN: Bool = false
        var i: Int = 0
        while i < n {
            guard let x: Double = asDouble(t, items.tupleItems[i]) else { return .raised }
            v[i] = x.magnitude
            if x.isNaN { foundNaN = true }
            if v[i] > largest { largest = v[i] }
            i += 1
        }
        return makeFloat(t, norm(v, n, largest, foundNaN))
    }
}

/// dist(p, q, /)
func math_dist(_ t: Thread, _ a: Values) -> Value {
    let p: Value = isTuple(a[0]) ? a[0] : sequenceToTuple(t, a[0])
    if p.isRaised { return p }
    let q: Value = isTuple(a[1]) ? a[1] : sequenceToTuple(t, a[1])
    if q.isRaised { return q }
    let n: Int = p.tupleCount
    if n != q.tupleCount { return raise(t, .valueError, "both points must have the same number of dimensions") }
    return withUnsafeTemporaryAllocation(of: Double.self, capacity: n + 1) { buffer -> Value in
        let v = buffer.baseAddress.unsafelyUnwrapped
        var largest: Double = 0
        var foundNaN: Bool = false
        var i: Int = 0
        while i < n {
            guard let x: Double = asDouble(t, p.tupleItems[i]), let y: Double = asDouble(t, q.tupleItems[i]) else { return .raised }
            let d: Double = (x - y).magnitude
            v[i] = d
            if d.isNaN { foundNaN = true }
            if d > largest { largest = d }
            i += 1
        }
        ladon_keep_alive(p)
        ladon_keep_alive(q)
        return makeFloat(t, norm(v, n, largest, foundNaN))
    }
}
