// From text to values: `scan_once`, a recursive descent over the document's own code units.

import Glibc
import LadonLibrary

struct JSONScannerCell {
    var header: CellHeader
    var strict: Value
    var objectHook: Value
    var pairsHook: Value
    var parseFloat: Value
    var parseInt: Value
    var parseConstant: Value
}

func jsonScannerDefinition() -> TypeDefinition {
    TypeDefinition(nil, "_json.Scanner", flags: [], doc: "JSON scanner object", size: MemoryLayout<JSONScannerCell>.size, layout: Layout(prefix: 6),
                   slots: [.call(.new, jsonScanner_new), .call(.call, jsonScanner_call)],
                   members: [
                       .member("strict", get: { _, a in a[0].cell(as: JSONScannerCell.self).pointee.strict }, set: readonlyMember, "strict"),
                       .member("object_hook", get: { _, a in a[0].cell(as: JSONScannerCell.self).pointee.objectHook }, set: readonlyMember, "object_hook"),
                       .member("object_pairs_hook", get: { _, a in a[0].cell(as: JSONScannerCell.self).pointee.pairsHook }, set: readonlyMember),
                       .member("parse_float", get: { _, a in a[0].cell(as: JSONScannerCell.self).pointee.parseFloat }, set: readonlyMember, "parse_float"),
                       .member("parse_int", get: { _, a in a[0].cell(as: JSONScannerCell.self).pointee.parseInt }, set: readonlyMember, "parse_int"),
                       .member("parse_constant", get: { _, a in a[0].cell(as: JSONScannerCell.self).pointee.parseConstant }, set: readonlyMember,
                                  "parse_constant"),
                   ])
}

private nonisolated(unsafe) var newSignature: SignaturePointer?
private nonisolated(unsafe) var callSignature: SignaturePointer?

private func jsonScanner_new(_ t: Thread, _ type: Value, _ a: Values?, _ n: Int, _ names: Value) -> Value {
    var context = Value.missing
    if !bindArguments(t, nativeSignature(t, &newSignature, "(context)"), CalleeName("make_scanner"), a, n, names, into: &context) { return .raised }
    let v = allocateInstance(t, type.asType)
    if v.isRaised { return v }
    let c = v.cell(as: JSONScannerCell.self)
    let strict = getAttribute(t, context, name(.strict))
    let truth = strict.isRaised ? -1 : isTrue(t, strict)
    if truth < 0 { return .raised }
    c.pointee.strict = Value(truth > 0)
    c.pointee.objectHook = getAttribute(t, context, internStatic(t, "object_hook"))
    if c.pointee.objectHook.isRaised { return .raised }
    c.pointee.pairsHook = getAttribute(t, context, internStatic(t, "object_pairs_hook"))
    if c.pointee.pairsHook.isRaised { return .raised }
    c.pointee.parseFloat = getAttribute(t, context, internStatic(t, "parse_float"))
    if c.pointee.parseFloat.isRaised { return .raised }
    c.pointee.parseInt = getAttribute(t, context, internStatic(t, "parse_int"))
    if c.pointee.parseInt.isRaised { return .raised }
    c.pointee.parseConstant = getAttribute(t, context, internStatic(t, "parse_constant"))
    return c.pointee.parseConstant.isRaised ? .raised : v
}

private func jsonScanner_call(_ t: Thread, _ v: Value, _ a: Values?, _ n: Int, _ names: Value) -> Value {
    var bound = (Value.missing, Value.missing)
    let given = withUnsafeMutableBytes(of: &bound) { p in
        bindArguments(t, nativeSignature(t, &callSignature, "(string, idx)"), CalleeName("scan_once"), a, n, names,
                      into: p.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: Value.self))
    }
    if !given { return .raised }
    guard let start = asInt(t, bound.1) else { return .raised }
    let source = bound.0
    if !source.isCell || !source.isStr { return raise(t, .typeError, "first argument must be a string, not \(typeName(source))") }
    if start < 0 { return raise(t, .valueError, "idx cannot be negative") }
    let c = v.cell(as: JSONScannerCell.self)
    var run = JSONScan(t: t, source: source, strict: c.pointee.strict.isTrue, objectHook: c.pointee.objectHook, pairsHook: c.pointee.pairsHook,
                       parseFloat: c.pointee.parseFloat, parseInt: c.pointee.parseInt, parseConstant: c.pointee.parseConstant)
    defer { run.scratch?.free() }
    var at = start
    let count = source.strCount
    let result: Value
    switch source.strKind {
    case 1: result = run.value(UnsafePointer(source.strBytes), count, &at)
    case 2: result = run.value(UnsafePointer(source.strHalves), count, &at)
    default: result = run.value(UnsafePointer(source.strWords), count, &at)
    }
    source.keepAlive
    return result.isRaised ? result : makeTuple(t, result, Value(smallInt: at))
}

/// One reading of a document. Lives on the native stack, which the collector scans.
struct JSONScan {
    let t: Thread
    let source: Value
    let strict: Bool
    let objectHook: Value
    let pairsHook: Value
    let parseFloat: Value
    let parseInt: Value
    let parseConstant: Value
    let plainFloat: Bool
    let plainInt: Bool
    /// Containers around the place where we are: no deeper than Python calls may be.
    var depth = 0
    let depthLimit: Int
    /// Keys met before, by their characters: documents repeat them. A StorageCell, made with the first object.
    var keys: Value = .none
    /// Characters of a string with escapes.
    var scratch: TextBuffer?

    init(t: Thread, source: Value, strict: Bool, objectHook: Value = .none, pairsHook: Value = .none, parseFloat: Value = .none,
         parseInt: Value = .none, parseConstant: Value = .none) {
        self.t = t
        self.source = source
        self.strict = strict
        self.objectHook = objectHook
        self.pairsHook = pairsHook
        self.parseFloat = parseFloat
        self.parseInt = parseInt
        self.parseConstant = parseConstant
        depthLimit = interpreter(t).pointee.recursionLimit
        plainFloat = parseFloat == builtinType(.float).value
        plainInt = parseInt == builtinType(.int).value
    }

    private static let keySlots = 128

    @inline(__always) private func skipSpace<U: LadonCore.CodeUnit>(_ s: UnsafePointer<U>, _ n: Int, _ i: inout Int) {
        while i < n && (s[i] == 32 || s[i] == 10 || s[i] == 13 || s[i] == 9) { i &+= 1 }
    }

    @inline(__always) private func matches<U: LadonCore.CodeUnit>(_ s: UnsafePointer<U>, _ n: Int, _ i: Int, _ word: StaticString) -> Bool {
        let count = word.utf8CodeUnitCount
        if n &- i < count { return false }
        for k in 0..<count where s[i &+ k] != U(truncatingIfNeeded: word.utf8Start[k]) { return false }
        return true
    }

    /// The value that begins at `i`; `i` comes to stand after it. 0: raised.
    mutating func value<U: LadonCore.CodeUnit>(_ s: UnsafePointer<U>, _ n: Int, _ i: inout Int) -> Value {
        if i >= n { return raiseStopIteration(t, Value(smallInt: i)) }
        switch UInt32(truncatingIfNeeded: s[i]) {
        case 34:
            i &+= 1
            return string(s, n, &i)
        case 123: return object(s, n, &i)
        case 91: return array(s, n, &i)
        case 110 where matches(s, n, i, "null"):
            i &+= 4
            return .none
        case 116 where matches(s, n, i, "true"):
            i &+= 4
            return .true
        case 102 where matches(s, n, i, "false"):
            i &+= 5
            return .false
        case 78 where matches(s, n, i, "NaN"):
            i &+= 3
            return constant("NaN")
        case 73 where matches(s, n, i, "Infinity"):
            i &+= 8
            return constant("Infinity")
        case 45 where matches(s, n, i, "-Infinity"):
            i &+= 9
            return constant("-Infinity")
        default: return number(s, n, &i)
        }
    }

    private func constant(_ text: StaticString) -> Value {
        let s = internStatic(t, text)
        return call(t, parseConstant, s)
    }

    // MARK: containers

    @inline(__always) private mutating func enter(_ context: StaticString) -> Bool {
        depth &+= 1
        if depth < depthLimit && ladon_stack_pointer() > t.pointee.nativeStackLimit { return true }
        _ = raiseRecursionError(t, context.description)
        return false
    }

    @inline(never)
    private mutating func object<U: LadonCore.CodeUnit>(_ s: UnsafePointer<U>, _ n: Int, _ i: inout Int) -> Value {
        if !enter(" while decoding a JSON object from a unicode string") { return .raised }
        defer { depth &-= 1 }
        let pairs = pairsHook.isNone ? Value.none : makeList(t)
        let dict = pairsHook.isNone ? makeDict(t) : Value.none
        if pairs.isRaised || dict.isRaised { return .raised }
        i &+= 1
        skipSpace(s, n, &i)
        if i < n && s[i] == 125 {
            i &+= 1
        } else {
            while true {
                if i >= n || s[i] != 34 { return raiseJSONError(t, "Expecting property name enclosed in double quotes", source, i) }
                i &+= 1
                let key = self.key(s, n, &i)
                if key.isRaised { return .raised }
                skipSpace(s, n, &i)
                if i >= n || s[i] != 58 { return raiseJSONError(t, "Expecting ':' delimiter", source, i) }
                i &+= 1
                skipSpace(s, n, &i)
                let v = value(s, n, &i)
                if v.isRaised { return .raised }
                if dict.isNone {
                    let pair = makeTuple(t, key, v)
                    if pair.isRaised || listAppend(t, pairs, pair) < 0 { return .raised }
                } else if dictSet(t, dict, key, v) < 0 {
                    return .raised
                }
                skipSpace(s, n, &i)
                if i < n && s[i] == 125 {
                    i &+= 1
                    break
                }
                if i >= n || s[i] != 44 { return raiseJSONError(t, "Expecting ',' delimiter", source, i) }
                i &+= 1
                skipSpace(s, n, &i)
            }
        }
        if !safepoint(t) { return .raised }
        if dict.isNone { return call(t, pairsHook, pairs) }
        return objectHook.isNone ? dict : call(t, objectHook, dict)
    }

    @inline(never)
    private mutating func array<U: LadonCore.CodeUnit>(_ s: UnsafePointer<U>, _ n: Int, _ i: inout Int) -> Value {
        if !enter(" while decoding a JSON array from a unicode string") { return .raised }
        defer { depth &-= 1 }
        let list = makeList(t)
        if list.isRaised { return .raised }
        i &+= 1
        skipSpace(s, n, &i)
        if i < n && s[i] == 93 {
            i &+= 1
            return list
        }
        while true {
            let v = value(s, n, &i)
            if v.isRaised { return .raised }
            if !listAppendFast(t, list, v) && listAppend(t, list, v) < 0 { return .raised }
            skipSpace(s, n, &i)
            if i < n && s[i] == 93 {
                i &+= 1
                return safepoint(t) ? list : .raised
            }
            if i >= n || s[i] != 44 { return raiseJSONError(t, "Expecting ',' delimiter", source, i) }
            i &+= 1
            skipSpace(s, n, &i)
        }
    }

    // MARK: strings

    /// Where a string's plain characters end: at a quotation mark, backslash or control character, or at `n`.
    /// `union`: of the characters before it.
    @inline(__always)
    private func plainEnd<U: LadonCore.CodeUnit>(_ s: UnsafePointer<U>, _ n: Int, _ start: Int, _ union: inout U) -> Int {
        var i = start
        if MemoryLayout<U>.size == 1 {
            // Eight at a time: a byte's high bit is set where (x ^ mark) has a zero byte, or x a byte below 32.
            let ones: UInt64 = 0x0101_0101_0101_0101
            let highs: UInt64 = 0x8080_8080_8080_8080
            var all: UInt64 = 0
            while i &+ 8 <= n {
                let w = UnsafeRawPointer(s + i).loadUnaligned(as: UInt64.self)
                let quote = w ^ 0x2222_2222_2222_2222
                let slash = w ^ 0x5C5C_5C5C_5C5C_5C5C
                let quotes: UInt64 = (quote &- ones) & ~quote
                let slashes: UInt64 = (slash &- ones) & ~slash
                let controls: UInt64 = (w &- 0x2020_2020_2020_2020) & ~w
                if (quotes | slashes | controls) & highs != 0 { break }
                all |= w
                i &+= 8
            }
            if all & highs != 0 { union |= 0x80 }
        }
        while i < n {
            let c = s[i]
            if c == 34 || c == 92 || c < 32 { break }
            union |= c
            i &+= 1
        }
        return i
    }

    @inline(__always)
    private func make<U: LadonCore.CodeUnit>(_ s: UnsafePointer<U>, _ from: Int, _ to: Int, _ union: U) -> Value {
        let count = to &- from
        if count == 0 { return emptyString }
        if MemoryLayout<U>.size == 1 {
            let p = UnsafeRawPointer(s + from).assumingMemoryBound(to: UInt8.self)
            return union < 0x80 ? makeString(t, ascii: p, count: count) : makeString(t, latin1: p, count: count)
        }
        return makeString(t, Text(base: UnsafeRawPointer(s + from), count: count, kind: MemoryLayout<U>.size))
    }

    /// The string whose characters begin at `i`.
    @inline(__always)
    private mutating func string<U: LadonCore.CodeUnit>(_ s: UnsafePointer<U>, _ n: Int, _ i: inout Int) -> Value {
        var union: U = 0
        let end = plainEnd(s, n, i, &union)
        if end < n && s[end] == 34 {
            let result = make(s, i, end, union)
            i = end &+ 1
            return result
        }
        return escapedString(s, n, &i)
    }

    /// A key: the string object of an earlier equal key, if it is still known.
    @inline(__always)
    private mutating func key<U: LadonCore.CodeUnit>(_ s: UnsafePointer<U>, _ n: Int, _ i: inout Int) -> Value {
        var union: U = 0
        let end = plainEnd(s, n, i, &union)
        let count = end &- i
        if end >= n || s[end] != 34 || count == 0 || MemoryLayout<U>.size != 1 {
            let k = string(s, n, &i)
            return k.isRaised || k.strCount == 0 ? k : remembered(k)
        }
        if keys.isNone {
            keys = makeStorage(t, JSONScan.keySlots)
            if keys.isRaised { keys = .none; return raiseMemoryError(t) }
        }
        let p = UnsafeRawPointer(s + i).assumingMemoryBound(to: UInt8.self)
        let slot = keys.storageItems + keySlot(p, count)
        let known = slot.pointee
        if known.bits != 0 && known.strCount == count && known.strKind == 1 && memcmp(known.strData, p, count) == 0 {
            i = end &+ 1
            return known
        }
        let k = make(s, i, end, union)
        slot.pointee = k
        i = end &+ 1
        return k
    }

    @inline(__always) private func keySlot(_ p: UnsafePointer<UInt8>, _ count: Int) -> Int {
        let mix = UInt(p[0]) &* 31 &+ UInt(p[count &- 1]) &* 131 &+ UInt(p[count >> 1]) &* 17 &+ UInt(bitPattern: count) &* 7
        return Int(bitPattern: (mix ^ mix >> 7) & UInt(JSONScan.keySlots - 1))
    }

    /// For keys that are not plain one-byte text.
    private mutating func remembered(_ k: Value) -> Value {
        if keys.isNone {
            keys = makeStorage(t, JSONScan.keySlots)
            if keys.isRaised { keys = .none; return raiseMemoryError(t) }
        }
        let bytes = k.strCount &* k.strKind
        let slot = keys.storageItems + keySlot(UnsafeRawPointer(k.strData).assumingMemoryBound(to: UInt8.self), bytes)
        let known = slot.pointee
        if known.bits != 0 && stringEqual(known, k) { return known }
        slot.pointee = k
        return k
    }

    /// A string with escapes, or one that is wrong.
    @inline(never)
    mutating func escapedString<U: LadonCore.CodeUnit>(_ s: UnsafePointer<U>, _ n: Int, _ i: inout Int) -> Value {
        let begin = i &- 1
        if i < 0 || i > n { return raise(t, .valueError, "end is out of bounds") }
        if scratch == nil { scratch = TextBuffer(capacity: 64) } else { scratch?.removeAll() }
        while true {
            var union: U = 0
            var end = plainEnd(s, n, i, &union)
            while !strict && end < n && s[end] < 32 { end = plainEnd(s, n, end &+ 1, &union) }
            scratch?.append(s + i, end &- i)
            if end >= n { return raiseJSONError(t, "Unterminated string starting at", source, begin) }
            let c = s[end]
            if c == 34 {
                i = end &+ 1
                break
            }
            if c < 32 { return raiseJSONError(t, "Invalid control character at", source, end) }
            var next = end &+ 1
            if next >= n { return raiseJSONError(t, "Unterminated string starting at", source, begin) }
            let escape = UInt32(truncatingIfNeeded: s[next])
            if escape != 117 {
                let cp: UInt32
                switch escape {
                case 34, 92, 47: cp = escape
                case 98: cp = 8
                case 102: cp = 12
                case 110: cp = 10
                case 114: cp = 13
                case 116: cp = 9
                default: return raiseJSONError(t, "Invalid \\escape", source, end)
                }
                scratch?.append(cp)
                i = next &+ 1
                continue
            }
            next &+= 1
            if next &+ 4 >= n { return raiseJSONError(t, "Invalid \\uXXXX escape", source, next &- 1) }
            guard var cp = hexadecimal(s + next) else { return raiseJSONError(t, "Invalid \\uXXXX escape", source, next &- 1) }
            next &+= 4
            if cp >> 10 == 0x36 && next &+ 6 < n && s[next] == 92 && s[next &+ 1] == 117 {
                guard let low = hexadecimal(s + (next &+ 2)) else { return raiseJSONError(t, "Invalid \\uXXXX escape", source, next &+ 1) }
                if low >> 10 == 0x37 {
                    cp = 0x10000 &+ (cp & 0x3FF) << 10 &+ (low & 0x3FF)
                    next &+= 6
                }
            }
            scratch?.append(cp)
            i = next
        }
        guard let text = scratch else { return .raised }
        if text.failed { return raiseMemoryError(t) }
        return makeString(t, codePoints: text.base, count: text.count)
    }

    private func hexadecimal<U: LadonCore.CodeUnit>(_ s: UnsafePointer<U>) -> UInt32? {
        var result: UInt32 = 0
        for k in 0..<4 {
            let c = UInt32(truncatingIfNeeded: s[k])
            let digit: UInt32
            switch c {
            case 48...57: digit = c &- 48
            case 65...70: digit = c &- 55
            case 97...102: digit = c &- 87
            default: return nil
            }
            result = result << 4 | digit
        }
        return result
    }

    // MARK: numbers

    @inline(never)
    private mutating func number<U: LadonCore.CodeUnit>(_ s: UnsafePointer<U>, _ n: Int, _ i: inout Int) -> Value {
        let start = i
        var j = i
        let negative = s[j] == 45
        if negative { j &+= 1 }
        if j >= n || s[j] < 48 || s[j] > 57 { return raiseStopIteration(t, Value(smallInt: start)) }
        // Digits as one integer, meaningful while there are at most 18.
        var mantissa = 0, digits = 0, fraction = 0
        if s[j] == 48 {
            j &+= 1
        } else {
            while j < n && s[j] >= 48 && s[j] <= 57 {
                mantissa = mantissa &* 10 &+ Int(truncatingIfNeeded: s[j]) &- 48
                digits &+= 1
                j &+= 1
            }
        }
        var isFloat = false
        if j &+ 1 < n && s[j] == 46 && s[j &+ 1] >= 48 && s[j &+ 1] <= 57 {
            isFloat = true
            j &+= 1
            while j < n && s[j] >= 48 && s[j] <= 57 {
                mantissa = mantissa &* 10 &+ Int(truncatingIfNeeded: s[j]) &- 48
                if mantissa != 0 { digits &+= 1 }
                fraction &+= 1
                j &+= 1
            }
        }
        var exponent = 0
        if j < n && (s[j] == 101 || s[j] == 69) {
            var k = j &+ 1
            var minus = false
            if k < n && (s[k] == 43 || s[k] == 45) {
                minus = s[k] == 45
                k &+= 1
            }
            let first = k
            while k < n && s[k] >= 48 && s[k] <= 57 {
                if exponent < 100_000 { exponent = exponent &* 10 &+ Int(truncatingIfNeeded: s[k]) &- 48 }
                k &+= 1
            }
            if k > first {
                isFloat = true
                if minus { exponent = -exponent }
                j = k
            }
        }
        i = j
        if !isFloat {
            if plainInt && digits <= 18 { return Value(smallInt: negative ? -mantissa : mantissa) }
        } else if plainFloat {
            // Exact when both the digits and the power of ten are doubles.
            let power = exponent &- fraction
            if digits <= 15 && power >= -22 && power <= 22 {
                let x = Double(mantissa)
                let y = power < 0 ? x / tenPowers[-power] : x * tenPowers[power]
                return makeFloat(t, negative ? -y : y)
            }
            if j &- start < 64 {
                let parsed = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 64) { buffer -> Double? in
                    let p = buffer.baseAddress.unsafelyUnwrapped
                    for k in 0..<(j &- start) { p[k] = UInt8(truncatingIfNeeded: s[start &+ k]) }
                    p[j &- start] = 0
                    if case .value(let x) = FloatText.parse(ascii: p, j &- start) { return x }
                    return nil
                }
                if let parsed { return makeFloat(t, parsed) }
            }
        }
        let text = makeString(t, Text(base: UnsafeRawPointer(s + start), count: j &- start, kind: MemoryLayout<U>.size))
        return call(t, isFloat ? parseFloat : parseInt, text)
    }
}

private let tenPowers: UnsafeMutablePointer<Double> = {
    let p = UnsafeMutablePointer<Double>.allocate(capacity: 23)
    var x = 1.0
    for i in 0..<23 {
        p[i] = x
        x *= 10
    }
    return p
}()

/// scanstring(string, end, strict=True) -> (string, end)
func json_scanString(_ t: Thread, _ a: Values) -> Value {
    guard let start = asInt(t, a[2]) else { return .raised }
    let strict = isTrue(t, a[3])
    if strict < 0 { return .raised }
    let source = a[1]
    if !source.isCell || !source.isStr { return raise(t, .typeError, "first argument must be a string, not \(typeName(source))") }
    var run = JSONScan(t: t, source: source, strict: strict > 0)
    defer { run.scratch?.free() }
    var at = start
    let count = source.strCount
    let result: Value
    switch source.strKind {
    case 1: result = run.escapedString(UnsafePointer(source.strBytes), count, &at)
    case 2: result = run.escapedString(UnsafePointer(source.strHalves), count, &at)
    default: result = run.escapedString(UnsafePointer(source.strWords), count, &at)
    }
    source.keepAlive
    return result.isRaised ? result : makeTuple(t, result, Value(smallInt: at))
}
