// Built-in functions over any object: attributes, identity, iteration, numbers.

func builtin_abs(_ t: Thread, _ a: Values) -> Value { unaryOperation(t, a[0], .absolute) }
func builtin_ascii(_ t: Thread, _ a: Values) -> Value { ascii(t, a[0]) }
func builtin_repr(_ t: Thread, _ a: Values) -> Value { repr(t, a[0]) }
func builtin_callable(_ t: Thread, _ a: Values) -> Value { Value(typeOf(a[0]).has(.call)) }
func builtin_id(_ t: Thread, _ a: Values) -> Value {
    let n = makeInt(t, a[0].bits)
    return isAuditing && !audit(t, "builtins.id", n) ? .raised : n
}
func builtin_hash(_ t: Thread, _ a: Values) -> Value {
    let h = hash(t, a[0])
    return h == -1 ? .raised : makeInt(t, h)
}
func builtin_len(_ t: Thread, _ a: Values) -> Value {
    let n = length(t, a[0])
    return n < 0 ? .raised : makeInt(t, n)
}
func builtin_divmod(_ t: Thread, _ a: Values) -> Value { binaryOperation(t, a[0], a[1], .divmod) }
func builtin_pow(_ t: Thread, _ a: Values) -> Value { power(t, a[0], a[1], a[2]) }
func builtin_format(_ t: Thread, _ a: Values) -> Value {
    let spec = a[1].isMissing ? ladon_runtime.emptyString : a[1]
    if !isInstanceOf(spec, .str) { return raise(t, .typeError, "format() argument 2 must be str, not \(spec.isNone ? "None" : typeName(spec))") }
    return format(t, a[0], spec)
}
func builtin_round(_ t: Thread, _ a: Values) -> Value {
    let method = lookupSpecial(t, a[0], name(.__round__))
    if method.isRaised { return method }
    if method.isMissing { return raise(t, .typeError, "type \(typeName(a[0])) doesn't define __round__ method") }
    return a[1].isNone ? call(t, method) : call(t, method, a[1])
}

// MARK: attributes

private func attributeName(_ t: Thread, _ v: Value, _ message: String) -> Bool {
    if isInstanceOf(v, .str) { return true }
    raise(t, .typeError, message)
    return false
}
func builtin_getattr(_ t: Thread, _ a: Values) -> Value {
    if !attributeName(t, a[1], "attribute name must be string, not '\(typeName(a[1]))'") { return .raised }
    if a[2].isMissing { return getAttribute(t, a[0], a[1]) }
    let v = getAttributeOrMissing(t, a[0], a[1])
    return v.isMissing ? a[2] : v
}
func builtin_hasattr(_ t: Thread, _ a: Values) -> Value {
    if !attributeName(t, a[1], "attribute name must be string, not '\(typeName(a[1]))'") { return .raised }
    let v = getAttributeOrMissing(t, a[0], a[1])
    return v.isRaised ? v : Value(!v.isMissing)
}
func builtin_setattr(_ t: Thread, _ a: Values) -> Value {
    if !attributeName(t, a[1], "attribute name must be string, not '\(typeName(a[1]))'") { return .raised }
    return setAttribute(t, a[0], a[1], a[2]) < 0 ? .raised : .none
}
func builtin_delattr(_ t: Thread, _ a: Values) -> Value {
    if !attributeName(t, a[1], "attribute name must be string, not '\(typeName(a[1]))'") { return .raised }
    return setAttribute(t, a[0], a[1], .missing) < 0 ? .raised : .none
}
func builtin_isinstance(_ t: Thread, _ a: Values) -> Value {
    let r = isInstance(t, a[0], a[1])
    return r < 0 ? .raised : Value(r == 1)
}
func builtin_issubclass(_ t: Thread, _ a: Values) -> Value {
    let r = isSubclass(t, a[0], a[1])
    return r < 0 ? .raised : Value(r == 1)
}
func builtin_dir(_ t: Thread, _ a: Values) -> Value {
    if a[0].isMissing {
        let locals = currentLocals(t)
        if locals.isRaised { return locals }
        let keys = callMethod(t, locals, .keys)
        return keys.isRaised ? keys : sortedList(t, keys)
    }
    let method = lookupSpecial(t, a[0], name(.__dir__))
    if method.isRaised { return method }
    if method.isMissing { return raise(t, .typeError, "object does not provide __dir__") }
    let names = call(t, method)
    return names.isRaised ? names : sortedList(t, names)
}
private func sortedList(_ t: Thread, _ iterable: Value) -> Value {
    let list = iterateToList(t, iterable)
    if list.isRaised { return list }
    return sortList(t, list, key: .none, reverse: false) ? list : .raised
}
func builtin_sorted(_ t: Thread, _ a: Values) -> Value {
    let list = iterateToList(t, a[0])
    if list.isRaised { return list }
    let reverse = a[2].isBool ? (a[2].isTrue ? 1 : 0) : isTrue(t, a[2])
    if reverse < 0 { return .raised }
    return sortList(t, list, key: a[1], reverse: reverse == 1) ? list : .raised
}
func builtin_vars(_ t: Thread, _ a: Values) -> Value {
    if a[0].isMissing { return currentLocals(t) }
    let dict = getAttributeOrMissing(t, a[0], name(.__dict__))
    return dict.isMissing ? raise(t, .typeError, "vars() argument must have __dict__ attribute") : dict
}

// MARK: iteration

func builtin_iter(_ t: Thread, _ a: Values) -> Value {
    if a[1].isMissing { return iterate(t, a[0]) }
    if !typeOf(a[0]).has(.call) { return raise(t, .typeError, "iter(v, w): v must be callable") }
    return makeCallableIterator(t, a[0], a[1])
}
func builtin_next(_ t: Thread, _ a: Values) -> Value {
    guard let function = typeOf(a[0]).unary(.next) else { return raise(t, .typeError, "'\(typeName(a[0]))' object is not an iterator") }
    // Without a default the exception itself is wanted, as it was raised.
    let v = a[1].isMissing ? nextKeepingStopIteration(t, a[0]) : function(t, a[0])
    if v.isExhausted { return a[1].isMissing ? raiseIterationEnd(t, a[0]) : a[1] }
    if v.isRaised && !a[1].isMissing && endsIteration(t) { return a[1] }
    return v
}
func builtin_aiter(_ t: Thread, _ a: Values) -> Value {
    guard let function = typeOf(a[0]).unary(.aiter) else { return raise(t, .typeError, "'\(typeName(a[0]))' object is not an async iterable") }
    let iterator = function(t, a[0])
    if !iterator.isRaised && !typeOf(iterator).has(.anext) {
        return raise(t, .typeError, "aiter() returned not an async iterator of type '\(typeName(iterator))'")
    }
    return iterator
}
func builtin_anext(_ t: Thread, _ a: Values) -> Value {
    guard let function = typeOf(a[0]).unary(.anext) else { return raise(t, .typeError, "'\(typeName(a[0]))' object is not an async iterator") }
    let awaitable = function(t, a[0])
    if awaitable.isRaised || a[1].isMissing { return awaitable }
    return makeAnextWithDefault(t, awaitable, a[1])
}
func builtin_all(_ t: Thread, _ a: Values) -> Value { quantify(t, a[0], stopAt: 0) }
func builtin_any(_ t: Thread, _ a: Values) -> Value { quantify(t, a[0], stopAt: 1) }
private func quantify(_ t: Thread, _ iterable: Value, stopAt: Truth) -> Value {
    let iterator = iterate(t, iterable)
    if iterator.isRaised { return iterator }
    while true {
        let v = next(t, iterator)
        if v.isRaised { return v }
        if v.isExhausted { return Value(stopAt == 0) }
        let truth = isTrue(t, v)
        if truth < 0 { return .raised }
        if truth == stopAt { return Value(stopAt == 1) }
    }
}
func builtin_max(_ t: Thread, _ a: Values) -> Value { extreme(t, a, "max", .gt) }
func builtin_min(_ t: Thread, _ a: Values) -> Value { extreme(t, a, "min", .lt) }
private func extreme(_ t: Thread, _ a: Values, _ function: String, _ op: CompareOp) -> Value {
    let count = a[0].tupleCount
    if count == 0 { return raise(t, .typeError, "\(function) expected at least 1 argument, got 0") }
    if count > 1 && !a[2].isMissing {
        return raise(t, .typeError, "Cannot specify a default for \(function)() with multiple positional arguments")
    }
    let iterator = iterate(t, count == 1 ? a[0].tupleItems[0] : a[0])
    if iterator.isRaised { return iterator }
    var best = Value.missing, bestKey = Value.missing
    while true {
        let v = next(t, iterator)
        if v.isRaised { return v }
        if v.isExhausted { break }
        let key = a[1].isNone ? v : call(t, a[1], v)
        if key.isRaised { return key }
        if best.isMissing { best = v; bestKey = key; continue }
        let r = compare(t, key, bestKey, op)
        let truth = r.isRaised ? -1 : isTrue(t, r)
        if truth < 0 { return .raised }
        if truth == 1 { best = v; bestKey = key }
    }
    if !best.isMissing { return best }
    return a[2].isMissing ? raise(t, .valueError, "\(function)() arg is an empty sequence") : a[2]
}
/// The sum of an array or a view of doubles, straight from its memory; `.missing`: it is something else.
private func sumOfDoubles(_ t: Thread, _ v: Value, _ start: Value) -> Value {
    if v.isBytes || typeOf(v).pointee.flags.contains(.heapType) { return .missing }
    var buffer = LadonBuffer()
    if getBuffer(t, v, &buffer, flags: LADON_BUFFER_FORMAT | LADON_BUFFER_ND) < 0 {
        clearException(t)
        return .missing
    }
    var result = Value.missing
    let count = buffer.length / 8
    if let format = buffer.format, format[0] == 0x64, format[1] == 0, buffer.dimensions == 1, count > 0, let data = buffer.data {
        let items = data.assumingMemoryBound(to: Double.self)
        var sum = start.isSmallInt ? Double(start.smallInt) : start.asFloat
        for i in 0..<count { sum += items[i] }
        result = makeFloat(t, sum)
    }
    releaseBuffer(t, &buffer)
    v.keepAlive
    return result
}

func builtin_sum(_ t: Thread, _ a: Values) -> Value {
    var total = a[1].isMissing ? Value.zero : a[1]
    if isInstanceOf(total, .str) { return raise(t, .typeError, "sum() can't sum strings [use ''.join(seq) instead]") }
    if isInstanceOf(total, .bytes) { return raise(t, .typeError, "sum() can't sum bytes [use b''.join(seq) instead]") }
    if isInstanceOf(total, .bytearray) { return raise(t, .typeError, "sum() can't sum bytearray [use b''.join(seq) instead]") }
    if supportsBuffer(a[0]) && (total.isSmallInt || total.isExactly(.float)) {
        let sum = sumOfDoubles(t, a[0], total)
        if !sum.isMissing { return sum }
    }
    let iterator = iterate(t, a[0])
    if iterator.isRaised { return iterator }
    while true {
        let v = next(t, iterator)
        if v.isRaised { return v }
        if v.isExhausted { return total }
        if !safepoint(t) { return .raised }
        if total.isExactly(.float) && (v.isExactly(.float) || v.isSmallInt) {
            // Floats, with whole numbers among them: no cell per step.
            var sum = total.asFloat + (v.isSmallInt ? Double(v.smallInt) : v.asFloat)
            while true {
                let x = next(t, iterator)
                if x.isExactly(.float) {
                    sum += x.asFloat
                } else if x.isSmallInt {
                    sum += Double(x.smallInt)
                } else {
                    if x.isRaised { return x }
                    total = makeFloat(t, sum)
                    if x.isExhausted { return total }
                    total = binaryOperation(t, total, x, .add)
                    if total.isRaised { return total }
                    break
                }
                if !safepoint(t) { return .raised }
            }
            continue
        }
        if Value.bothSmallInts(total, v) {
            let (r, overflow) = Int(bitPattern: total.bits &- 1).addingReportingOverflow(Int(bitPattern: v.bits))
            if !overflow { total = Value(bits: UInt(bitPattern: r)); continue }
        }
        total = binaryOperation(t, total, v, .add)
        if total.isRaised { return total }
    }
}

// MARK: characters and digits

func builtin_chr(_ t: Thread, _ a: Values) -> Value {
    guard let n = asCInt(t, a[0]) else { return .raised }
    if n < 0 || n > 0x10FFFF { return raise(t, .valueError, "chr() arg not in range(0x110000)") }
    return makeString(t, codePoint: UInt32(n))
}
func builtin_ord(_ t: Thread, _ a: Values) -> Value {
    let v = a[0]
    var count = -1
    if isInstanceOf(v, .str) {
        count = v.strCount
        if count == 1 { return Value(smallInt: Int(stringCharAt(v, 0))) }
    } else if isInstanceOf(v, .bytes) {
        count = v.bytesCount
        if count == 1 { return Value(smallInt: Int(v.bytesData[0])) }
    } else if isInstanceOf(v, .bytearray) {
        let contents = byteArrayContents(v)
        count = contents.count
        if count == 1 { return Value(smallInt: Int(contents.base[0])) }
    }
    if count < 0 { return raise(t, .typeError, "ord() expected string of length 1, but \(typeName(v)) found") }
    return raise(t, .typeError, "ord() expected a character, but string of length \(count) found")
}
private func prefixed(_ t: Thread, _ v: Value, _ base: Int, _ prefix: StaticString) -> Value {
    let n = index(t, v)
    if n.isRaised { return n }
    let magnitude = intAbs(t, n)
    let digits = magnitude.isRaised ? magnitude : intToString(t, magnitude, base)
    if digits.isRaised { return digits }
    var builder = StringBuilder(t, capacity: digits.strCount + 3)
    if intSign(n) < 0 { builder.append(45 as UInt32) }
    builder.append(prefix)
    builder.append(digits)
    return builder.finish()
}
func builtin_bin(_ t: Thread, _ a: Values) -> Value { prefixed(t, a[0], 2, "0b") }
func builtin_oct(_ t: Thread, _ a: Values) -> Value { prefixed(t, a[0], 8, "0o") }
func builtin_hex(_ t: Thread, _ a: Values) -> Value { prefixed(t, a[0], 16, "0x") }
