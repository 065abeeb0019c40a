// float(x): numbers, text, bytes.

import LadonRuntime

func float_new(_ t: Thread, _ type: Value, _ args: Values?, _ count: Int, _ names: Value) -> Value {
    let exact: Bool = type == builtinType(.float).value
    if !names.isRaised && names.tupleCount > 0 && (exact || !overridesInitialize(type)) {
        return raise(t, .typeError, "float() takes no keyword arguments")
    }
    if count > 1 { return raise(t, .typeError, "float expected at most 1 argument, got \(count)") }
    var d: Double = 0
    if count == 1 {
        let x: Value = args.unsafelyUnwrapped[0]
        if exact && x.isExactly(.float) { return x }
        guard let n: Double = doubleFromObject(t, x) else { return .raised }
        d = n
    }
    if exact { return makeFloat(t, d) }
    let v: Value = allocateInstance(t, type.asType)
    if v.isRaised { return v }
    v.cell(as: FloatCell.self).pointee.value = d
    return v
}

/// Whether a subclass has an `__init__` of its own, which may take keywords that `__new__` doesn't know.
func overridesInitialize(_ type: Value) -> Bool {
    type.asType.slot(.initialize) != builtinType(.object).slot(.initialize)
}

/// `float(x)` as a double; nil after raising.
func doubleFromObject(_ t: Thread, _ x: Value) -> Double? {
    if x.isSmallInt { return Double(x.smallInt) }
    if x.isExactly(.float) { return x.asFloat }
    if x.isExactly(.str) { return parseFloatText(t, x) }
    let type: TypePointer = typeOf(x)
    if type.has(.float) || type.has(.index) { return doubleFromNumber(t, x) }
    if x.isStr { return parseFloatText(t, x) }
    if x.isBytes { return parseFloatBytes(t, x, x.bytesData, x.bytesCount) }
    if supportsBuffer(x) {
        var buffer = LadonBuffer()
        if getBuffer(t, x, &buffer, writable: false) < 0 { return nil }
        var nothing: UInt8 = 0
        let d: Double?
        if let data = buffer.data {
            d = parseFloatBytes(t, x, UnsafeMutableRawPointer(data).assumingMemoryBound(to: UInt8.self), Int(buffer.length))
        } else {
            d = parseFloatBytes(t, x, &nothing, 0)
        }
        releaseBuffer(t, &buffer)
        return d
    }
    _ = raise(t, .typeError, "float() argument must be a string or a real number, not '\(typeName(x))'")
    return nil
}

private func parseFloatText(_ t: Thread, _ x: Value) -> Double? {
    let parsed: ParsedFloat
    if hasSeparatorControl(x) { return failFloat(t, x) }
    switch x.strKind {
    case 1: parsed = FloatText.parse(UnsafePointer(x.strBytes), x.strCount)
    case 2: parsed = FloatText.parse(UnsafePointer(x.strHalves), x.strCount)
    default: parsed = FloatText.parse(UnsafePointer(x.strWords), x.strCount)
    }
    ladon_keep_alive(x)
    if case .value(let d) = parsed { return d }
    return failFloat(t, x)
}

private func parseFloatBytes(_ t: Thread, _ x: Value, _ p: UnsafePointer<UInt8>, _ n: Int) -> Double? {
    let parsed: ParsedFloat = FloatText.parse(p, n, .bytes)
    ladon_keep_alive(x)
    if case .value(let d) = parsed { return d }
    return failFloat(t, x)
}

private func failFloat(_ t: Thread, _ x: Value) -> Double? {
    let shown: Value = repr(t, x)
    if shown.isRaised { return nil }
    let prefix: Value = makeString(t, "could not convert string to float: " as StaticString)
    let message: Value = stringConcat(t, prefix, shown)
    if !message.isRaised { _ = raise(t, .valueError, payload: message) }
    return nil
}
