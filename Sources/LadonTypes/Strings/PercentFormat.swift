// The % operator of str, bytes and bytearray.

import Glibc
import LadonRuntime

func str_modulo(_ t: Thread, _ a: Value, _ b: Value) -> Value {
    if !a.isStr { return .notImplemented }
    return stringModulo(t, a, b)
}

/// template % arguments
public func stringModulo(_ t: Thread, _ template: Value, _ arguments: Value) -> Value {
    var builder = StringBuilder(t, capacity: template.strCount &+ 32)
    var job = PercentJob(t, arguments, bytes: false)
    let done: Bool
    switch template.strKind {
    case 1: done = job.render(template, UnsafePointer(template.strBytes), template.strCount, &builder)
    case 2: done = job.render(template, UnsafePointer(template.strHalves), template.strCount, &builder)
    default: done = job.render(template, UnsafePointer(template.strWords), template.strCount, &builder)
    }
    template.keepAlive
    return done ? builder.finish() : .raised
}

/// Where a % operation stands with its arguments.
struct PercentJob {
    let t: Thread
    /// What the values are taken from: a tuple, the only argument, or what a "%(key)" found.
    var arguments: Value
    /// The tuple's length and the next index; -1 and -2 for a single argument not yet used.
    var count: Int
    var next: Int
    /// The mapping for "%(key)", or `.missing`.
    let mapping: Value
    let isBytes: Bool

    init(_ t: Thread, _ arguments: Value, bytes: Bool) {
        self.t = t
        self.arguments = arguments
        isBytes = bytes
        let type = typeOf(arguments)
        if type.pointee.flags.contains(.tupleSubclass) {
            count = arguments.tupleCount
            next = 0
        } else {
            count = -1
            next = -2
        }
        let isText = arguments.isStr || bytes && (arguments.isBytes || arguments.isCell && isByteArray(arguments))
        mapping = type.has(.getItem) && count < 0 && !isText ? arguments : .missing
    }

    /// The next value; 0: raised.
    mutating func argument() -> Value {
        if next < count {
            next += 1
            return count < 0 ? arguments : arguments.tupleItems[next - 1]
        }
        return raise(t, .typeError, "not enough arguments for format string")
    }

    /// Continues with the value that the mapping has for a key.
    mutating func take(_ key: Value) -> Bool {
        if mapping.isMissing {
            _ = raise(t, .typeError, "format requires a mapping")
            return false
        }
        let v = getItem(t, mapping, key)
        if v.isRaised { return false }
        arguments = v
        count = -1
        next = -2
        return true
    }

    /// Width or precision from the arguments. nil: raised.
    mutating func starArgument(_ tooBig: StaticString) -> Int? {
        let v = argument()
        if v.isRaised { return nil }
        if !isInt(v) {
            _ = raise(t, .typeError, "* wants int")
            return nil
        }
        let n = plainInt(v)
        if !n.isSmallInt {
            _ = raise(t, .overflowError, "Python int too large to convert to C ssize_t")
            return nil
        }
        return n.smallInt
    }

    func fail(_ problem: PercentProblem) -> Bool {
        var buffer = TextBuffer(capacity: 64)
        defer { buffer.free() }
        problem.appendMessage(isBytes ? .bytes : .text, to: &buffer)
        let message = finish(t, buffer)
        if !message.isRaised { _ = raise(t, .valueError, payload: message) }
        return false
    }

    /// Completes a conversion with what its key and stars take from the arguments.
    mutating func prepare<U: TextUnit>(_ spec: inout PercentSpec, _ template: Value, _ units: UnsafePointer<U>) -> Bool {
        if spec.hasKey {
            let key: Value
            if isBytes {
                key = makeBytes(t, UnsafeRawPointer(units + spec.key.lowerBound), spec.key.count)
            } else {
                key = substring(t, template, spec.key.lowerBound, spec.key.upperBound)
            }
            if !take(key) { return false }
        }
        if spec.widthIsArgument {
            guard let width = starArgument("width too big") else { return false }
            spec.setWidth(width)
        }
        if spec.precisionIsArgument {
            guard let precision = starArgument("precision too big") else { return false }
            if precision > Int(Int32.max) {
                _ = raise(t, .overflowError, "Python int too large to convert to C int")
                return false
            }
            spec.setPrecision(precision)
        }
        if max(spec.width, spec.precision) > maximumTextBytes / 4 {
            _ = raiseMemoryError(t)
            return false
        }
        return true
    }

    /// Whether all positional arguments were used.
    func finishArguments() -> Bool {
        if next < count && mapping.isMissing {
            _ = raise(t, .typeError, "not all arguments converted during \(isBytes ? "bytes" : "string") formatting")
            return false
        }
        return true
    }

    // MARK: str

    mutating func render<U: TextUnit>(_ template: Value, _ units: UnsafePointer<U>, _ length: Int, _ out: inout StringBuilder) -> Bool {
        var steps = PercentTemplate(units, length)
        while true {
            switch steps.next() {
            case .end: return finishArguments()
            case .problem(let problem): return fail(problem)
            case .literal(let range): out.append(template, range.lowerBound, range.upperBound)
            case .conversion(var spec):
                if !prepare(&spec, template, units) { return false }
                let v = argument()
                if v.isRaised { return false }
                if !spec.isKnown() { return fail(.unknownConversion(spec.conversion, spec.index)) }
                if !convert(v, spec, &out) { return false }
            }
        }
    }

    func convert(_ v: Value, _ spec: PercentSpec, _ out: inout StringBuilder) -> Bool {
        let plain = spec.width < 0 && spec.precision < 0
        switch spec.conversion {
        case 115, 114, 97: // s r a
            let text: Value
            if spec.conversion == 115 {
                text = v.isExactly(.str) ? v : str(t, v)
            } else {
                text = spec.conversion == 114 ? repr(t, v) : ascii(t, v)
            }
            if text.isRaised { return false }
            if plain { out.append(text) } else { put(text.text, spec, &out) }
            text.keepAlive
            return true
        case 99: // c
            guard let cp = character(v) else { return false }
            if !spec.leftAlign { out.append(32, times: spec.width - 1) }
            out.append(cp)
            if spec.leftAlign { out.append(32, times: spec.width - 1) }
            return true
        case 101, 69, 102, 70, 103, 71:
            var buffer = ByteBuffer(capacity: 64)
            defer { buffer.free() }
            if !float(v, spec, &buffer) { return false }
            out.append(ascii: buffer.base, buffer.count)
            return true
        default:
            let n = integer(v, spec)
            if n.isRaised { return false }
            if n.isSmallInt && plain && !spec.plus && !spec.space && !spec.alternate && (spec.conversion == 100 || spec.conversion == 105) {
                if n.smallInt < 0 { out.append(45) }
                let magnitude = n.smallInt.magnitude
                return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 24) { digits in
                    let base = digits.baseAddress.unsafelyUnwrapped
                    out.append(ascii: base, IntegerText.writeDecimal(magnitude, into: base))
                    return true
                }
            }
            var buffer = ByteBuffer(capacity: 64)
            defer { buffer.free() }
            if !integerText(n, spec, &buffer) { return false }
            out.append(ascii: buffer.base, buffer.count)
            return true
        }
    }

    private func put(_ text: Text, _ spec: PercentSpec, _ out: inout StringBuilder) {
        let shown = spec.precision >= 0 && spec.precision < text.count && spec.conversion != 99 ? spec.precision : text.count
        let padding = max(spec.width - shown, 0)
        if !spec.leftAlign { out.append(32, times: padding) }
        out.append(text.slice(0, shown))
        if spec.leftAlign { out.append(32, times: padding) }
    }

    /// The character for %c of str. nil: raised.
    private func character(_ v: Value) -> UInt32? {
        if v.isStr && v.strCount == 1 { return stringCharAt(v, 0) }
        if !v.isStr {
            let n: Value
            if isInt(v) {
                n = plainInt(v)
            } else {
                n = index(t, v)
                if n.isRaised && !exceptionMatches(t, .typeError) { return nil }
            }
            if !n.isRaised {
                let code = clampedInt(n)
                if code < 0 || code > 0x10FFFF {
                    _ = raise(t, .overflowError, "%c arg not in range(0x110000)")
                    return nil
                }
                return UInt32(code)
            }
            clearException(t)
        }
        _ = raise(t, .typeError, "%c requires int or char")
        return nil
    }

    // MARK: numbers

    /// The int for d, i, u, o, x, X. 0: raised.
    func integer(_ v: Value, _ spec: PercentSpec) -> Value {
        if isInt(v) { return plainInt(v) }
        let hexadecimal = spec.conversion == 111 || spec.conversion | 32 == 120
        let type = typeOf(v)
        if type.has(.index) || type.has(.int) || type.has(.float) || isInstanceOf(v, .complex) {
            let n = hexadecimal ? index(t, v) : call(t, builtinType(.int).value, v)
            if !n.isRaised { return plainInt(n) }
            if !exceptionMatches(t, .typeError) { return .raised }
            clearException(t)
        }
        let letter = Character(Unicode.Scalar(UInt8(truncatingIfNeeded: spec.conversion)))
        let wanted = hexadecimal ? "an integer" : "a real number"
        return raise(t, .typeError, "%\(letter) format: \(wanted) is required, not \(typeName(v))")
    }

    /// Appends an int as d, i, u, o, x or X. False: raised.
    func integerText(_ n: Value, _ spec: PercentSpec, _ out: inout ByteBuffer) -> Bool {
        let base = spec.conversion == 111 ? 8 : spec.conversion | 32 == 120 ? 16 : 10
        let done = withIntDigits(t, n, base, failed: false) { digits, count in
            let negative = digits[0] == 45
            let start = negative ? 1 : 0
            if spec.conversion == 88 {
                withUnsafeTemporaryAllocation(of: UInt8.self, capacity: count) { upper in
                    let base = upper.baseAddress.unsafelyUnwrapped
                    CaseMapping.upper.mapASCII(digits, count, into: base)
                    spec.append(digits: base + start, count - start, negative: negative, to: &out)
                }
            } else {
                spec.append(digits: digits + start, count - start, negative: negative, to: &out)
            }
            return true
        }
        n.keepAlive
        if done && out.failed { _ = raiseMemoryError(t) }
        return done && !out.failed
    }

    /// Appends a float as e, E, f, F, g or G. False: raised.
    func float(_ v: Value, _ spec: PercentSpec, _ out: inout ByteBuffer) -> Bool {
        let x: Double
        if v.isExactly(.float) {
            x = v.asFloat
        } else if isBytes {
            guard let d = asDouble(t, v) else {
                if exceptionMatches(t, .typeError) {
                    clearException(t)
                    _ = raise(t, .typeError, "float argument required, not \(typeName(v))")
                }
                return false
            }
            x = d
        } else {
            guard let d = asDouble(t, v) else { return false }
            x = d
        }
        spec.append(float: x, to: &out)
        if out.failed { _ = raiseMemoryError(t) }
        return !out.failed
    }
}
