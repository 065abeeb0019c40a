// marshal's format, reading side. Damaged input is EOFError, ValueError or TypeError, never a crash.

struct MarshalReader {
    let base: UnsafePointer<UInt8>
    let count: Int
    var position = 0
    /// What is read from in the place of memory, by `readinto`; 0: nothing.
    private var file = Value.raised
    /// Where the bytes taken last lie, and the view that the file has filled them through.
    private var chunk = Value.raised
    private var view = Value.raised
    private var depth = 0
    private var references: RootedBuffer

    init(_ t: Thread, _ base: UnsafePointer<UInt8>, _ count: Int) {
        self.base = base
        self.count = count
        references = RootedBuffer(t, capacity: 16)
    }

    init(_ t: Thread, file: Value) {
        self.init(t, UnsafePointer(bitPattern: 8).unsafelyUnwrapped, Int.max)
        self.file = file
    }

    /// The next `n` bytes, until more are taken.
    private mutating func take(_ t: Thread, _ n: Int) -> UnsafePointer<UInt8>? {
        if !file.isRaised { return takeFromFile(t, n) }
        if n < 0 || n > count - position { raise(t, .eofError, "marshal data too short"); return nil }
        defer { position += n }
        return base + position
    }
    private mutating func takeFromFile(_ t: Thread, _ n: Int) -> UnsafePointer<UInt8>? {
        chunk = call(t, builtinType(.bytearray).value, makeInt(t, n))
        if chunk.isRaised { return nil }
        view = makeMemoryView(t, chunk)
        let given = view.isRaised ? view : callMethod(t, file, internStatic(t, "readinto"), view)
        guard !given.isRaised, let got = asInt(t, given) else { return nil }
        if got != n {
            if got > n { raise(t, .valueError, "read() returned too much data: \(n) bytes requested, \(got) returned") }
            else { raise(t, .eofError, "EOF read where not expected") }
            return nil
        }
        return UnsafePointer(byteArrayContents(chunk).base)
    }
    private mutating func long(_ t: Thread) -> Int? {
        guard let p = take(t, 4) else { return nil }
        return Int(Int32(bitPattern: UInt32(p[0]) | UInt32(p[1]) << 8 | UInt32(p[2]) << 16 | UInt32(p[3]) << 24))
    }
    /// A count of things that take at least one byte each.
    private mutating func size(_ t: Thread) -> Int? {
        guard let n = long(t) else { return nil }
        if n < 0 { raise(t, .valueError, "bad marshal data (size out of range)"); return nil }
        if n > count - position { raise(t, .eofError, "marshal data too short"); return nil }
        return n
    }
    private mutating func array<T>(_ t: Thread, _ type: T.Type) -> [T]? {
        guard let n = long(t) else { return nil }
        let stride = MemoryLayout<T>.stride
        if n < 0 || n > (count - position) / stride { raise(t, .eofError, "marshal data too short"); return nil }
        let p = take(t, n * stride)!
        return [T](unsafeUninitializedCapacity: n) { buffer, made in
            if n > 0 { UnsafeMutableRawPointer(buffer.baseAddress!).copyMemory(from: p, byteCount: n * stride) }
            made = n
        }
    }

    /// An object; 0: raised.
    mutating func read(_ t: Thread) -> Value {
        depth += 1
        defer { depth -= 1 }
        // A small thread's stack may end before.
        if depth > 2000 || ladon_stack_pointer() <= t.pointee.nativeStackLimit { return raise(t, .valueError, "bad marshal data (recursion limit exceeded)") }
        guard let p = take(t, 1) else {
            if file.isRaised || exceptionMatches(t, .eofError) {
                clearException(t)
                raise(t, .eofError, "EOF read where object expected")
            }
            return .raised
        }
        return read(t, p[0])
    }

    private mutating func read(_ t: Thread, _ first: UInt8) -> Value {
        let isReferenced = first & 0x80 != 0
        let code = first & 0x7F
        var slot = -1
        if isReferenced && isContainer(code) { slot = references.count; _ = references.append(t, .none) }
        let v = readBody(t, code, slot)
        if isReferenced && !v.isRaised && code != UInt8(ascii: "r") {
            if slot >= 0 { references[slot] = v } else { _ = references.append(t, v) }
        }
        return v
    }

    /// What can hold itself is entered in the table of references before its contents are read.
    private func isContainer(_ code: UInt8) -> Bool {
        switch UnicodeScalar(code) {
        case "(", "[", "{", "<", ">", ")", "c": return true
        default: return false
        }
    }

    private mutating func readBody(_ t: Thread, _ code: UInt8, _ slot: Int) -> Value {
        switch code {
        case UInt8(ascii: "N"): return .none
        case UInt8(ascii: "T"): return .true
        case UInt8(ascii: "F"): return .false
        case UInt8(ascii: "."): return .ellipsis
        case UInt8(ascii: "S"): return builtinType(.stopIteration).value
        case UInt8(ascii: "i"): return long(t).map { Value(smallInt: $0) } ?? .raised
        case UInt8(ascii: "I"):
            guard let low = take(t, 8) else { return .raised }
            return makeInt(t, UnsafeRawPointer(low).loadUnaligned(as: Int.self))
        case UInt8(ascii: "l"): return readInt(t)
        case UInt8(ascii: "g"):
            guard let p = take(t, 8) else { return .raised }
            return makeFloat(t, UnsafeRawPointer(p).loadUnaligned(as: Double.self))
        case UInt8(ascii: "y"):
            guard let p = take(t, 16) else { return .raised }
            return makeComplex(t, UnsafeRawPointer(p).loadUnaligned(as: Double.self), UnsafeRawPointer(p + 8).loadUnaligned(as: Double.self))
        case UInt8(ascii: "f"): return readFloatText(t)
        case UInt8(ascii: "x"):
            let real = readFloatText(t)
            let imaginary = real.isRaised ? real : readFloatText(t)
            return imaginary.isRaised ? imaginary : call(t, builtinType(.complex).value, real, imaginary)
        case UInt8(ascii: "s"):
            guard let n = size(t), let p = take(t, n) else { return .raised }
            return makeBytes(t, UnsafeRawPointer(p), n)
        case UInt8(ascii: "z"), UInt8(ascii: "Z"):
            guard let n = take(t, 1).map({ Int($0[0]) }), let p = take(t, n) else { return .raised }
            return code == UInt8(ascii: "Z") ? intern(t, latin1: p, count: n) : makeString(t, latin1: p, count: n)
        case UInt8(ascii: "a"), UInt8(ascii: "A"):
            guard let n = size(t), let p = take(t, n) else { return .raised }
            return code == UInt8(ascii: "A") ? intern(t, latin1: p, count: n) : makeString(t, latin1: p, count: n)
        case UInt8(ascii: "u"), UInt8(ascii: "t"):
            guard let n = size(t), let p = take(t, n) else { return .raised }
            let text = decodeUTF8(t, p, n, errors: makeString(t, "surrogatepass"))
            return code == UInt8(ascii: "t") && !text.isRaised ? intern(t, text) : text
        case UInt8(ascii: ")"):
            guard let n = take(t, 1).map({ Int($0[0]) }) else { return .raised }
            return readTuple(t, n, slot)
        case UInt8(ascii: "("):
            guard let n = size(t) else { return .raised }
            return readTuple(t, n, slot)
        case UInt8(ascii: "["):
            guard let n = size(t) else { return .raised }
            let list = makeList(t)
            if slot >= 0 { references[slot] = list }
            for _ in 0..<n {
                let v = read(t)
                if v.isRaised || listAppend(t, list, v) < 0 { return .raised }
            }
            return list
        case UInt8(ascii: "{"):
            let dict = makeDict(t)
            if slot >= 0 { references[slot] = dict }
            while true {
                guard let p = take(t, 1) else { return .raised }
                if p[0] & 0x7F == 48 { return dict }
                let key = read(t, p[0])
                let value = key.isRaised ? key : read(t)
                if value.isRaised || dictSet(t, dict, key, value) < 0 { return .raised }
            }
        case UInt8(ascii: "<"), UInt8(ascii: ">"):
            guard let n = size(t) else { return .raised }
            let set = code == UInt8(ascii: "<") ? makeSet(t) : makeFrozenSet(t)
            for _ in 0..<n {
                let v = read(t)
                if v.isRaised || setAdd(t, set, v) < 0 { return .raised }
            }
            return set
        case UInt8(ascii: "r"):
            guard let n = long(t) else { return .raised }
            if n < 0 || n >= references.count { return raise(t, .valueError, "bad marshal data (invalid reference)") }
            return references[n]
        case UInt8(ascii: "c"): return readCode(t)
        default: return raise(t, .valueError, "bad marshal data (unknown type code)")
        }
    }

    private mutating func readFloatText(_ t: Thread) -> Value {
        guard let n = take(t, 1).map({ Int($0[0]) }), let p = take(t, n) else { return .raised }
        return call(t, builtinType(.float).value, makeString(t, latin1: p, count: n))
    }

    private mutating func readTuple(_ t: Thread, _ n: Int, _ slot: Int) -> Value {
        let tuple = makeTuple(t, n)
        if tuple.isRaised { return tuple }
        if slot >= 0 {
            // One that lies in itself is seen before it is complete.
            for i in 0..<n { storeSlot(tuple.tupleItems + i, .none) }
            references[slot] = tuple
        }
        for i in 0..<n {
            let v = read(t)
            if v.isRaised { return v }
            storeSlot(tuple.tupleItems + i, v)
        }
        return tuple
    }

    private mutating func readInt(_ t: Thread) -> Value {
        guard let signed = long(t) else { return .raised }
        let n = abs(signed)
        guard n <= (count - position) / 2, let p = take(t, n * 2) else { clearException(t); return raise(t, .eofError, "marshal data too short") }
        var limbs = [UInt](repeating: 0, count: n * 15 / 64 + 1)
        for i in 0..<n {
            let digit = UInt(p[2 * i]) | UInt(p[2 * i + 1]) << 8
            if digit > 0x7FFF { return raise(t, .valueError, "bad marshal data (digit out of range in long)") }
            let bit = i * 15
            limbs[bit / 64] |= digit << UInt(bit % 64)
            if bit % 64 > 49 && bit / 64 + 1 < limbs.count { limbs[bit / 64 + 1] |= digit >> UInt(64 - bit % 64) }
        }
        if n > 0 && p[2 * n - 2] == 0 && p[2 * n - 1] == 0 { return raise(t, .valueError, "bad marshal data (unnormalized long data)") }
        while let last = limbs.last, last == 0 { limbs.removeLast() }
        if limbs.isEmpty { return .zero }
        return limbs.withUnsafeBufferPointer { makeInt(t, limbs: $0.baseAddress!, count: $0.count, negative: signed < 0) }
    }

    private mutating func readCode(_ t: Thread) -> Value {
        guard let counts = array(t, Int32.self), counts.count == 12, let words = array(t, UInt64.self), let exceptions = array(t, ExceptionRange.self),
              let positions = array(t, PositionRun.self), let registers = array(t, Int32.self), let n = size(t) else {
            if t.pointee.exception.isRaised { raise(t, .valueError, "bad marshal data (code)") }
            return .raised
        }
        var parts = CodeParts()
        parts.counts = counts.map { Int($0) }
        parts.words = words
        parts.exceptions = exceptions
        parts.positions = positions
        parts.cellRegisters = registers
        let constants = readTuple(t, n, -1)
        if constants.isRaised { return constants }
        return withUnsafeTemporaryAllocation(of: Value.self, capacity: 7) { fields -> Value in
            for i in 0..<7 { fields[i] = .none }
            for i in 0..<7 {
                fields[i] = read(t)
                if fields[i].isRaised { return .raised }
                if !fields[i].isExactly(i < 4 ? .tuple : .str) { return raise(t, .typeError, "bad marshal data (code)") }
            }
            return makeCode(t, parts, constants: constants, names: fields[0], localNames: fields[1], freeNames: fields[2], cellNames: fields[3],
                            filename: fields[4], name: fields[5], qualname: fields[6])
        }
    }
}
