// Instruction words as the compiler made them: without inline caches, in their general forms.

extension UnsafeMutablePointer where Pointee == CodeCell {
    /// Copies the instructions to `target` (`wordCount` words), caches cleared and quickened forms undone.
    public func copyPristineWords(to target: UnsafeMutablePointer<UInt64>) {
        var i = 0
        while i < pointee.wordCount {
            var word = pointee.words[i]
            let op = Instructions.opcode(word)
            if let general = op.generalForm { word = (word & ~0xFFFF) | UInt64(general.rawValue) }
            target[i] = word
            let info = Opcode.info[Int(op.rawValue)]
            let keepsOperand = info.operands.hasSuffix("W")
            for k in 1..<max(info.words, 1) where i + k < pointee.wordCount { target[i + k] = keepsOperand && k == 1 ? pointee.words[i + k] : 0 }
            i += info.words
        }
    }
}

extension Opcode {
    /// The form that the compiler emits, for those that instructions turn themselves into.
    var generalForm: Opcode? {
        switch self {
        case .addFloat: return .add
        case .subFloat: return .sub
        case .mulFloat: return .mul
        case .truedivFloat: return .truediv
        case .inAddFloat: return .inAdd
        case .inSubFloat: return .inSub
        case .inMulFloat: return .inMul
        case .inTruedivFloat: return .inTruediv
        default: return nil
        }
    }
}

/// The parts of a code object in the form that marshal stores.
public struct CodeParts {
    public var counts: [Int] = []       // see `CodeCell.partCounts`
    public var words: [UInt64] = []
    public var exceptions: [ExceptionRange] = []
    public var positions: [PositionRun] = []
    public var cellRegisters: [Int32] = []
    public init() {}
}

extension UnsafeMutablePointer where Pointee == CodeCell {
    public func parts() -> CodeParts {
        var p = CodeParts()
        p.counts = [pointee.argumentCount, pointee.positionalOnlyCount, pointee.keywordOnlyCount, pointee.parameterCount, pointee.variableCount,
                    pointee.frameSize, pointee.nameConstantCount, pointee.firstLine, Int(pointee.flags), Int(pointee.isSimple),
                    Int(pointee.hasDocstring), Int(pointee.usesMapping)]
        p.words = [UInt64](unsafeUninitializedCapacity: pointee.wordCount) { buffer, count in
            copyPristineWords(to: buffer.baseAddress!)
            count = pointee.wordCount
        }
        p.exceptions = [ExceptionRange](UnsafeBufferPointer(start: pointee.exceptionRanges, count: pointee.exceptionCount))
        p.positions = [PositionRun](UnsafeBufferPointer(start: pointee.positions, count: pointee.positionCount))
        p.cellRegisters = [Int32](UnsafeBufferPointer(start: pointee.cellRegisters, count: pointee.cellNames.tupleCount))
        return p
    }
}

/// A code object from its parts. `constants` and the names are tuples. 0: raised.
public func makeCode(_ t: Thread, _ parts: CodeParts, constants: Value, names: Value, localNames: Value, freeNames: Value, cellNames: Value,
                     filename: Value, name: Value, qualname: Value) -> Value {
    let storage = makeStorage(t, capacity: constants.tupleCount)
    if storage.isRaised { return raiseMemoryError(t) }
    for i in 0..<constants.tupleCount { storeSlot(storage.storageItems + i, constants.tupleItems[i]) }
    let words = storageCopy(t, parts.words), exceptions = storageCopy(t, parts.exceptions)
    let positions = storageCopy(t, parts.positions), registers = storageCopy(t, parts.cellRegisters)
    if words.isRaised || exceptions.isRaised || positions.isRaised || registers.isRaised { return .raised }
    let p = allocate(t, id: TypeID.code.rawValue, bytes: MemoryLayout<CodeCell>.size)
    let code = Value(p).asCode
    code.pointee.constants = storage
    code.pointee.names = names
    code.pointee.localNames = localNames
    code.pointee.freeNames = freeNames
    code.pointee.cellNames = cellNames
    code.pointee.filename = filename
    code.pointee.name = name
    code.pointee.qualname = qualname
    code.pointee.wordStorage = words
    registerCodeWords(t, words)
    code.pointee.exceptionStorage = exceptions
    code.pointee.positionStorage = positions
    code.pointee.cellRegisterStorage = registers
    code.pointee.constantItems = storage.storageItems
    code.pointee.words = words.storageBytes.assumingMemoryBound(to: UInt64.self)
    code.pointee.exceptionRanges = exceptions.storageBytes.assumingMemoryBound(to: ExceptionRange.self)
    code.pointee.positions = positions.storageBytes.assumingMemoryBound(to: PositionRun.self)
    code.pointee.cellRegisters = registers.storageBytes.assumingMemoryBound(to: Int32.self)
    code.pointee.wordCount = parts.words.count
    code.pointee.exceptionCount = parts.exceptions.count
    code.pointee.positionCount = parts.positions.count
    let n = parts.counts
    code.pointee.argumentCount = n[0]
    code.pointee.positionalOnlyCount = n[1]
    code.pointee.keywordOnlyCount = n[2]
    code.pointee.parameterCount = n[3]
    code.pointee.variableCount = n[4]
    code.pointee.frameSize = n[5]
    code.pointee.nameConstantCount = n[6]
    code.pointee.firstLine = n[7]
    code.pointee.flags = UInt32(truncatingIfNeeded: n[8])
    code.pointee.isSimple = UInt8(truncatingIfNeeded: n[9])
    code.pointee.hasDocstring = UInt8(truncatingIfNeeded: n[10])
    code.pointee.usesMapping = UInt8(truncatingIfNeeded: n[11])
    return Value(p)
}

/// Makes the frames of a code object and of all within it unseen. For code that has not run yet.
public func hideFrames(_ code: Value) {
    code.asCode.pointee.isHidden = 1
    let constants = code.asCode.pointee.constants
    for i in 0 ..< storageCapacity(constants) where constants.storageItems[i].isExactly(.code) { hideFrames(constants.storageItems[i]) }
}
