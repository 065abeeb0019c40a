// marshal's format, versions 0 to 4, writing side. Code objects have a body of Ladon's own ('c').
//
// From version 3 on an object that occurs again is written as a reference; so every object is marked to be entered in the
// reader's table. (CPython marks those only that others refer to as well; here nobody knows.)

struct MarshalWriter {
    var bytes: [UInt8] = []
    private var depth = 0
    private let version: Int
    /// The numbers of the objects written, by address; nil: no references are written, which makes reading quicker.
    private var numbers: [UInt: Int]?
    /// Keeps them alive, so that no other object comes to have such an address.
    private var written: RootedBuffer

    /// `references`: nil for those of the version.
    init(_ t: Thread, version: Int = 4, references: Bool? = nil) {
        self.version = version
        numbers = references ?? (version >= 3) ? [:] : nil
        written = RootedBuffer(t, capacity: 16)
        bytes.reserveCapacity(4096)
    }

    mutating func byte(_ c: Character) { bytes.append(c.asciiValue!) }
    mutating func long(_ n: Int) { withUnsafeBytes(of: UInt32(truncatingIfNeeded: n).littleEndian) { bytes.append(contentsOf: $0) } }
    mutating func raw<T>(_ array: [T]) {
        long(array.count)
        array.withUnsafeBytes { bytes.append(contentsOf: $0) }
    }

    /// False: raised.
    mutating func write(_ t: Thread, _ v: Value) -> Bool {
        depth += 1
        defer { depth -= 1 }
        // A small thread's stack may end before.
        if depth > 2000 || ladon_stack_pointer() <= t.pointee.nativeStackLimit { raise(t, .valueError, "object too deeply nested to marshal"); return false }
        switch v {
        case .none: byte("N"); return true
        case .true: byte("T"); return true
        case .false: byte("F"); return true
        case .ellipsis: byte("."); return true
        default: break
        }
        if v == builtinType(.stopIteration).value { byte("S"); return true }
        if v.isSmallInt { return writeInt(v) }
        let start = bytes.count
        let number = numbers?[v.bits]
        if let number { byte("r"); long(number); return true }
        let isNoted = numbers != nil && v.isCell
        if isNoted {
            numbers?[v.bits] = written.count
            if !written.append(t, v) { return false }
        }
        if !writeObject(t, v) { return false }
        if isNoted { bytes[start] |= 0x80 }
        return true
    }

    private mutating func writeObject(_ t: Thread, _ v: Value) -> Bool {
        if isExactInt(v) { return writeInt(v) }
        switch TypeID(rawValue: v.isCell ? v.id : 0) ?? .free {
        case .float where version < 2:
            byte("f")
            return writeText(t, v)
        case .float: byte("g"); withUnsafeBytes(of: v.asFloat.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
        case .complex where version < 2:
            byte("x")
            let c = v.cell(as: ComplexCell.self).pointee
            return writeText(t, makeFloat(t, c.real)) && writeText(t, makeFloat(t, c.imaginary))
        case .complex:
            byte("y")
            let c = v.cell(as: ComplexCell.self).pointee
            withUnsafeBytes(of: c.real.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
            withUnsafeBytes(of: c.imaginary.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
        case .str: return writeString(t, v)
        case .bytes:
            byte("s")
            long(v.bytesCount)
            bytes.append(contentsOf: UnsafeBufferPointer(start: v.bytesData, count: v.bytesCount))
        case .tuple:
            let n = v.tupleCount
            if n < 256 && version >= 4 { byte(")"); bytes.append(UInt8(n)) } else { byte("("); long(n) }
            for i in 0..<n where !write(t, v.tupleItems[i]) { return false }
        case .list:
            byte("[")
            let n = listCount(v)
            long(n)
            for i in 0..<n {
                let item = listGet(t, v, i)
                if !write(t, item.isMissing ? .none : item) { return false }
            }
        case .dict:
            byte("{")
            var position = 0
            var key = Value.none, value = Value.none
            while dictNext(v, &position, &key, &value) { if !write(t, key) || !write(t, value) { return false } }
            byte("0")
        case .set, .frozenset:
            byte(v.isExactly(.set) ? "<" : ">")
            let items = setToList(t, v)
            if items.isRaised { return false }
            let order = sortedByContents(t, items)
            long(order.count)
            for i in order where !write(t, listGet(t, items, i)) { return false }
            return t.pointee.exception.isRaised
        case .code: return writeCode(t, v)
        default:
            if supportsBuffer(v) {
                var buffer = LadonBuffer()
                if getBuffer(t, v, &buffer, writable: false) < 0 { return false }
                byte("s")
                long(Int(buffer.length))
                bytes.append(contentsOf: UnsafeRawBufferPointer(start: buffer.data, count: Int(buffer.length)))
                releaseBuffer(t, &buffer)
                return true
            }
            raise(t, .valueError, "unmarshallable object")
            return false
        }
        return true
    }

    /// The order in which a set's items are written must not depend on their hashes.
    private func sortedByContents(_ t: Thread, _ items: Value) -> [Int] {
        var contents: [[UInt8]] = []
        for i in 0..<listCount(items) {
            var writer = MarshalWriter(t, version: version)
            writer.depth = depth
            if !writer.write(t, listGet(t, items, i)) { return [] }
            contents.append(writer.bytes)
        }
        return contents.indices.sorted { contents[$0].lexicographicallyPrecedes(contents[$1]) }
    }

    /// A float as versions 0 and 1 have it.
    private mutating func writeText(_ t: Thread, _ v: Value) -> Bool {
        let text = callMethod(t, v, .__format__, makeString(t, ".17g"))
        if text.isRaised { return false }
        let shown = swiftString(text)
        bytes.append(UInt8(shown.utf8.count))
        bytes.append(contentsOf: shown.utf8)
        return true
    }

    private mutating func writeInt(_ v: Value) -> Bool {
        if v.isSmallInt, let n = Int32(exactly: v.smallInt) { byte("i"); long(Int(n)); return true }
        // 15-bit digits, least significant first; the count carries the sign.
        byte("l")
        withLimbs(v) { limbs, count, negative in
            var digits: [UInt16] = []
            var accumulator: UInt64 = 0
            var bits = 0
            for i in 0..<count {
                var limb = UInt64(limbs[i]), left = 64
                while left > 0 {
                    let take = min(15 - bits, left)
                    accumulator |= (limb & ((1 << UInt64(take)) - 1)) << UInt64(bits)
                    limb = take == 64 ? 0 : limb >> UInt64(take)
                    left -= take
                    bits += take
                    if bits == 15 { digits.append(UInt16(accumulator)); accumulator = 0; bits = 0 }
                }
            }
            if bits > 0 { digits.append(UInt16(accumulator)) }
            while let last = digits.last, last == 0 { digits.removeLast() }
            long(negative ? -digits.count : digits.count)
            for d in digits { bytes.append(UInt8(d & 255)); bytes.append(UInt8(d >> 8)) }
        }
        return true
    }

    private mutating func writeString(_ t: Thread, _ v: Value) -> Bool {
        let interned = version >= 3 && v.header.pointee.small & StrFlags.interned != 0
        let n = v.strCount
        if v.strIsASCII && version >= 4 {
            if n < 256 { byte(interned ? "Z" : "z"); bytes.append(UInt8(n)) } else { byte(interned ? "A" : "a"); long(n) }
            bytes.append(contentsOf: UnsafeRawBufferPointer(start: v.strData, count: n))
            return true
        }
        let encoded = encodeString(t, v, encoding: makeString(t, "utf-8"), errors: makeString(t, "surrogatepass"))
        if encoded.isRaised { return false }
        byte(interned ? "t" : "u")
        long(encoded.bytesCount)
        bytes.append(contentsOf: UnsafeBufferPointer(start: encoded.bytesData, count: encoded.bytesCount))
        return true
    }

    private mutating func writeCode(_ t: Thread, _ v: Value) -> Bool {
        let code = v.asCode
        let parts = code.parts()
        byte("c")
        raw(parts.counts.map { Int32(truncatingIfNeeded: $0) })
        raw(parts.words)
        raw(parts.exceptions)
        raw(parts.positions)
        raw(parts.cellRegisters)
        let constants = code.pointee.constants
        let count = constants.cell(as: StorageCell.self).pointee.capacity
        long(count)
        for i in 0..<count where !write(t, constants.storageItems[i]) { return false }
        for part in [0, 1, 2, 3, 4, 5, 6] {
            let field: Value
            switch part {
            case 0: field = code.pointee.names
            case 1: field = code.pointee.localNames
            case 2: field = code.pointee.freeNames
            case 3: field = code.pointee.cellNames
            case 4: field = code.pointee.filename
            case 5: field = code.pointee.name
            default: field = code.pointee.qualname
            }
            if !write(t, field) { return false }
        }
        return true
    }
}
