// types.CodeType(...): a code object from its parts, as cloudpickle and dill take one apart and put it together in another process.
//
// Of a code object's attributes `co_linetable` is the one that nothing but a code object reads. It holds what the others don't
// tell: the instruction words, the exception ranges, the positions, the names that instructions index. Behind a tag with
// the fingerprint of the instruction table, and before a checksum: what CPython made, another Ladon or nobody is refused.

import LadonCompiler
import LadonRuntime

private let tag: UInt64 = 0x4C61_646F_6E00_0000 | UInt64(Opcode.fingerprint)

/// FNV-1a (Fowler, Noll and Vo). Against accidents, not against enemies: whoever makes code objects runs code.
private func checksum(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> UInt64 {
    var h: UInt64 = 0xCBF2_9CE4_8422_2325
    for i in 0..<count { h = (h ^ UInt64(bytes[i])) &* 0x100_0000_01B3 }
    return h
}

// MARK: writing

private func append<Item>(_ items: [Item], to bytes: inout [UInt8]) {
    withUnsafeBytes(of: UInt32(truncatingIfNeeded: items.count)) { bytes.append(contentsOf: $0) }
    items.withUnsafeBytes { bytes.append(contentsOf: $0) }
}

/// `co_linetable`.
func lineTableBytes(_ t: Thread, _ code: CodePointer) -> Value {
    let parts = code.parts()
    var bytes: [UInt8] = []
    withUnsafeBytes(of: tag) { bytes.append(contentsOf: $0) }
    append(parts.counts.map { Int32(truncatingIfNeeded: $0) }, to: &bytes)
    append(parts.words, to: &bytes)
    append(parts.exceptions, to: &bytes)
    append(parts.positions, to: &bytes)
    append(parts.cellRegisters, to: &bytes)
    let lengths = [code.pointee.names, code.pointee.localNames, code.pointee.freeNames, code.pointee.cellNames].map { Int32(truncatingIfNeeded: $0.tupleCount) }
    let constants = Int32(truncatingIfNeeded: code.pointee.constants.cell(as: StorageCell.self).pointee.capacity)
    append(lengths + [constants], to: &bytes)
    for i in 0..<code.pointee.nameConstantCount {
        let v = code.pointee.constantItems[i]
        append((0..<v.strCount).map { stringCharAt(v, $0) }, to: &bytes)
    }
    let sum = bytes.withUnsafeBufferPointer { checksum($0.baseAddress.unsafelyUnwrapped, $0.count) }
    withUnsafeBytes(of: sum) { bytes.append(contentsOf: $0) }
    return bytes.withUnsafeBufferPointer { makeBytes(t, UnsafeRawPointer($0.baseAddress.unsafelyUnwrapped), $0.count) }
}

// MARK: reading

/// Walks what `lineTableBytes` wrote. Every length is looked at, in case the checksum holds by chance.
private struct LineTableReader {
    let bytes: UnsafePointer<UInt8>
    let count: Int
    var position = 8

    mutating func array<Item>(_: Item.Type) -> [Item]? {
        guard position + 4 <= count else { return nil }
        let n = Int(UnsafeRawPointer(bytes + position).loadUnaligned(as: UInt32.self))
        position += 4
        guard n <= (count - position) / MemoryLayout<Item>.stride else { return nil }
        let from = position
        position += n * MemoryLayout<Item>.stride
        return [Item](unsafeUninitializedCapacity: n) { buffer, made in
            UnsafeMutableRawBufferPointer(buffer).copyMemory(from: UnsafeRawBufferPointer(start: bytes + from, count: n * MemoryLayout<Item>.stride))
            made = n
        }
    }
}

private enum Part: Int {
    case argumentCount, positionalOnlyCount, keywordOnlyCount, localCount, stackSize, flags, code, constants, names, localNames, filename, name, qualname,
         firstLine, lineTable, exceptionTable, freeNames, cellNames
}

private let integerParts: [Part] = [.argumentCount, .positionalOnlyCount, .keywordOnlyCount, .localCount, .stackSize, .flags, .firstLine]

func code_new(_ t: Thread, _ type: Value, _ a: Values?, _ count: Int, _ names: Value) -> Value {
    if !refuseKeywords(t, type.asType, names) || !checkCount(t, "code", count, 16, 18) { return .raised }
    let a = a.unsafelyUnwrapped
    func given(_ part: Part) -> Value { part.rawValue < count ? a[part.rawValue] : ladon_runtime.emptyTuple }
    for (parts, id, kind) in [([Part.code, .lineTable, .exceptionTable], TypeID.bytes, "bytes"), ([.filename, .name, .qualname], .str, "str"),
                              ([.constants, .names, .localNames, .freeNames, .cellNames], .tuple, "tuple")] {
        for part in parts where !isInstanceOf(given(part), id) {
            return raise(t, .typeError, "code() argument \(part.rawValue + 1) must be \(kind), not \(typeName(given(part)))")
        }
    }
    var integers: [Int] = []
    for part in integerParts {
        guard let n = asInt32(t, given(part)) else { return .raised }
        integers.append(Int(n))
    }
    for (i, what) in ["argcount", "posonlyargcount", "kwonlyargcount", "nlocals", "stacksize", "flags"].enumerated() where integers[i] < 0 {
        return raise(t, .valueError, "code: \(what) must not be negative")
    }
    if integers[3] != given(.localNames).tupleCount { return raise(t, .valueError, "code: co_nlocals != len(co_varnames)") }

    let table = given(.lineTable)
    guard table.bytesCount >= 16, UnsafeRawPointer(table.bytesData).loadUnaligned(as: UInt64.self) == tag else {
        return raise(t, .notImplementedError, "code objects can't be made from CPython's bytecode")
    }
    let size = table.bytesCount - 8
    var reader = LineTableReader(bytes: UnsafePointer(table.bytesData), count: size)
    var parts = CodeParts()
    guard UnsafeRawPointer(table.bytesData + size).loadUnaligned(as: UInt64.self) == checksum(UnsafePointer(table.bytesData), size),
          let counts = reader.array(Int32.self), counts.count == 12, let words = reader.array(UInt64.self), let exceptions = reader.array(ExceptionRange.self),
          let positions = reader.array(PositionRun.self), let registers = reader.array(Int32.self), let lengths = reader.array(Int32.self), lengths.count == 5 else {
        return raise(t, .valueError, "code: co_linetable is damaged")
    }
    parts.counts = counts.map { Int($0) }
    parts.words = words
    parts.exceptions = exceptions
    parts.positions = positions
    parts.cellRegisters = registers
    // What the instructions rely on can't be another.
    let fixed: UInt32 = (CodeFlags.varArguments.rawValue | CodeFlags.varKeywords.rawValue | CodeFlags.generator.rawValue
        | CodeFlags.coroutine.rawValue | CodeFlags.asyncGenerator.rawValue)
    let isSameCode = given(.code).bytesCount == words.count * 2 && words.indices.allSatisfy {
        given(.code).bytesData[2 * $0] == UInt8(truncatingIfNeeded: words[$0]) && given(.code).bytesData[2 * $0 + 1] == UInt8(truncatingIfNeeded: words[$0] >> 16)
    }
    let given4 = [given(.names), given(.localNames), given(.freeNames), given(.cellNames)]
    if !isSameCode || integers[0] != parts.counts[0] || integers[1] > integers[0] || integers[2] != parts.counts[2]
        || UInt32(truncatingIfNeeded: integers[5]) & fixed != UInt32(truncatingIfNeeded: parts.counts[8]) & fixed
        || zip(given4, lengths).contains(where: { $0.tupleCount != Int($1) }) || parts.counts[6] + given(.constants).tupleCount < Int(lengths[4]) {
        return raise(t, .valueError, "code: the parts do not fit the instructions in co_linetable")
    }
    parts.counts[1] = integers[1]
    parts.counts[8] = integers[5]
    let moved = integers[6] - parts.counts[7]
    parts.counts[7] = integers[6]
    if moved != 0 {
        for i in parts.positions.indices where parts.positions[i].line > 0 {
            parts.positions[i].line &+= Int32(truncatingIfNeeded: moved)
            parts.positions[i].endLine &+= Int32(truncatingIfNeeded: moved)
        }
    }

    let nameCount = parts.counts[6], constants = makeTuple(t, nameCount + given(.constants).tupleCount)
    if constants.isRaised { return constants }
    for i in 0..<nameCount {
        guard let text = reader.array(UInt32.self) else { return raise(t, .valueError, "code: co_linetable is damaged") }
        let v = text.withUnsafeBufferPointer { makeString(t, codePoints: $0.baseAddress ?? UnsafePointer(bitPattern: 8).unsafelyUnwrapped, count: $0.count) }
        if v.isRaised { return v }
        constants.tupleItems[i] = intern(t, v)
    }
    for i in 0..<given(.constants).tupleCount { constants.tupleItems[nameCount + i] = given(.constants).tupleItems[i] }
    return withScratch(t, 4, failed: .raised) { tuples in
        for i in 0..<4 { tuples[i] = .none }
        for i in 0..<4 {
            tuples[i] = internedNames(t, given4[i])
            if tuples[i].isRaised { return .raised }
        }
        return makeCode(t, parts, constants: constants, names: tuples[0], localNames: tuples[1], freeNames: tuples[2], cellNames: tuples[3],
                        filename: exactString(t, given(.filename)), name: exactString(t, given(.name)), qualname: exactString(t, given(.qualname)))
    }
}

private func internedNames(_ t: Thread, _ v: Value) -> Value {
    let copy = makeTuple(t, v.tupleCount)
    if copy.isRaised { return copy }
    for i in 0..<v.tupleCount {
        if !isInstanceOf(v.tupleItems[i], .str) { return raise(t, .typeError, "name tuples must contain only strings, not '\(typeName(v.tupleItems[i]))'") }
        copy.tupleItems[i] = intern(t, exactString(t, v.tupleItems[i]))
    }
    return copy
}
