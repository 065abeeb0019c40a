// A code object: what a CodeUnit of the compiler becomes in the heap.
//
// Everything is immutable after `makeCode`, except the cache words inside `words`, which any thread may
// store with release (see Objects/InlineCache.swift), and `quickening` of opcodes, a 64-bit store of a
// whole instruction word whose operands do not change.

@_exported import LadonCompiler

@frozen public struct CodeCell {
    public var header: CellHeader
    /// A StorageCell with the constants, names first.
    public var constants: Value
    /// Tuples of str: co_names, co_varnames, co_freevars, co_cellvars.
    public var names: Value
    public var localNames: Value
    public var freeNames: Value
    public var cellNames: Value
    public var filename: Value
    public var name: Value
    public var qualname: Value
    /// bytesStorage cells: instructions, exception table (ExceptionRange), positions (PositionRun), cell registers (Int32).
    public var wordStorage: Value
    public var exceptionStorage: Value
    public var positionStorage: Value
    public var cellRegisterStorage: Value
    // raw
    public var constantItems: Values
    public var words: PC
    public var exceptionRanges: UnsafeMutablePointer<ExceptionRange>
    public var positions: UnsafeMutablePointer<PositionRun>
    public var cellRegisters: UnsafeMutablePointer<Int32>
    public var wordCount: Int
    public var exceptionCount: Int
    public var positionCount: Int
    public var argumentCount: Int
    public var positionalOnlyCount: Int
    public var keywordOnlyCount: Int
    /// All parameters, *args and **kwargs included.
    public var parameterCount: Int
    /// Locals and cells that a call clears (registers 7 ..< 7 + variableCount).
    public var variableCount: Int
    /// Words of the frame, header included.
    public var frameSize: Int
    public var nameConstantCount: Int
    public var firstLine: Int
    public var flags: UInt32
    /// 1: only plain positional parameters and not a generator, so that a matching call needs no binding.
    public var isSimple: UInt8
    public var hasDocstring: UInt8
    /// 1: locals are a mapping (module, class, exec).
    public var usesMapping: UInt8
    /// 1: Python source of the runtime's own that takes the place of native code: tracebacks and f_back pass it over.
    public var isHidden: UInt8
}

/// The address of an instruction word.
public typealias PC = UnsafeMutablePointer<UInt64>
public typealias CodePointer = UnsafeMutablePointer<CodeCell>

extension Value {
    @inlinable @inline(__always) public var asCode: CodePointer { cell(as: CodeCell.self) }
    @inlinable @inline(__always) public var asFunction: UnsafeMutablePointer<FunctionCell> { cell(as: FunctionCell.self) }
    /// The bytes of a bytesStorage cell.
    @inlinable @inline(__always) public var storageBytes: UnsafeMutableRawPointer { cell + MemoryLayout<StorageCell>.size }
}

/// A bytesStorage cell of `count` bytes, zeroed; 0 with MemoryError raised.
public func makeBytesStorage(_ t: Thread, _ count: Int) -> Value {
    guard let p = allocateAnyLeaf(t, id: TypeID.bytesStorage.rawValue, bytes: MemoryLayout<StorageCell>.size + count) else { return raiseMemoryError(t) }
    p.assumingMemoryBound(to: StorageCell.self).pointee.capacity = count
    return Value(p)
}

func storageCopy<T>(_ t: Thread, _ array: [T]) -> Value {
    let bytes = array.count * MemoryLayout<T>.stride
    let cell = makeBytesStorage(t, max(bytes, 8))
    if cell.isRaised { return cell }
    array.withUnsafeBytes { source in
        if let base = source.baseAddress { cell.storageBytes.copyMemory(from: base, byteCount: bytes) }
    }
    return cell
}

private func nameTuple(_ t: Thread, _ names: [String]) -> Value {
    let tuple = makeTuple(t, names.count)
    for i in 0..<names.count { tuple.tupleItems[i] = intern(t, makeString(t, names[i])) }
    return tuple
}

/// A constant as a value. Equal int, str, bytes constants are not unified between code objects.
func makeConstant(_ t: Thread, _ constant: CodeConstant) -> Value {
    switch constant {
    case .none: return .none
    case .true: return .true
    case .false: return .false
    case .ellipsis: return .ellipsis
    case .int(let n): return makeInt(t, n)
    case .bigInt(let negative, let limbs):
        return limbs.withUnsafeBufferPointer { makeInt(t, limbs: UnsafeRawPointer($0.baseAddress!).assumingMemoryBound(to: UInt.self), count: $0.count, negative: negative) }
    case .float(let d): return makeFloat(t, d)
    case .complex(let re, let im): return makeComplex(t, re, im)
    case .string(let s):
        let text = s.codePoints.withUnsafeBufferPointer { makeString(t, codePoints: $0.baseAddress ?? UnsafePointer(bitPattern: 8)!, count: $0.count) }
        return text.strCount <= 64 && looksLikeIdentifier(s.codePoints) ? intern(t, text) : text
    case .name(let s): return intern(t, makeString(t, s))
    case .bytes(let b): return b.withUnsafeBytes { makeBytes(t, $0.baseAddress ?? UnsafeRawPointer(bitPattern: 8)!, $0.count) }
    case .tuple(let items):
        let tuple = makeTuple(t, items.count)
        for i in 0..<items.count { tuple.tupleItems[i] = makeConstant(t, items[i]) }
        return tuple
    case .frozenset(let items):
        let set = makeFrozenSet(t)
        if set.isRaised { return set }
        for item in items where setAdd(t, set, makeConstant(t, item)) < 0 { return .raised }
        return set
    case .code(let unit): return makeCode(t, unit)
    }
}

private func looksLikeIdentifier(_ s: [UInt32]) -> Bool {
    s.allSatisfy { c in (c >= 97 && c <= 122) || (c >= 65 && c <= 90) || (c >= 48 && c <= 57) || c == 95 }
}

/// Turns a compiled unit (and the units nested in it) into a code object. 0: raised.
public func makeCode(_ t: Thread, _ unit: LadonCompiler.CodeUnit) -> Value {
    let constants = makeTuple(t, unit.constants.count)
    if constants.isRaised { return constants }
    for i in 0..<unit.constants.count {
        let v = makeConstant(t, unit.constants[i])
        if v.isRaised { return v }
        storeSlot(constants.tupleItems + i, v)
    }
    let generatorLike: CodeFlags = [.generator, .coroutine, .asyncGenerator]
    let special: CodeFlags = [.varArguments, .varKeywords]
    let isSimple = unit.flags.isDisjoint(with: generatorLike.union(special)) && unit.keywordOnlyCount == 0 && unit.localsKind == .fast
    var parts = CodeParts()
    parts.counts = [unit.argumentCount, unit.positionalOnlyCount, unit.keywordOnlyCount, unit.parameterCount, unit.variableCount,
                    unit.registerCount, unit.nameConstantCount, unit.firstLine, Int(unit.flags.rawValue), isSimple ? 1 : 0,
                    unit.hasDocstring ? 1 : 0, unit.localsKind == .mapping ? 1 : 0]
    parts.words = unit.words
    parts.exceptions = unit.exceptionTable
    parts.positions = unit.positions
    parts.cellRegisters = unit.cellRegisters.map { Int32($0) }
    return makeCode(t, parts, constants: constants, names: nameTuple(t, unit.names), localNames: nameTuple(t, unit.localNames),
                    freeNames: nameTuple(t, unit.freeNames), cellNames: nameTuple(t, unit.cellNames), filename: makeString(t, unit.filename),
                    name: intern(t, makeString(t, unit.name)), qualname: intern(t, makeString(t, unit.qualifiedName)))
}

extension UnsafeMutablePointer where Pointee == CodeCell {
    public var codeFlags: CodeFlags { CodeFlags(rawValue: pointee.flags) }

    /// The source position of the instruction that contains `pc`; line 0: none.
    public func position(at pc: PC) -> PositionRun? {
        let word = Int32(truncatingIfNeeded: pc - pointee.words)
        var low = 0, high = pointee.positionCount
        while low < high {
            let middle = (low + high) / 2
            if pointee.positions[middle].start <= word { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? nil : pointee.positions[low - 1]
    }

    /// The handler that an exception raised at `pc` goes to.
    func handler(at pc: PC) -> ExceptionRange? {
        let word = Int32(truncatingIfNeeded: pc - pointee.words)
        var low = 0, high = pointee.exceptionCount
        while low < high {
            let middle = (low + high) / 2
            if pointee.exceptionRanges[middle].start <= word { low = middle + 1 } else { high = middle }
        }
        guard low > 0 else { return nil }
        let range = pointee.exceptionRanges[low - 1]
        return word < range.end ? range : nil
    }
}
