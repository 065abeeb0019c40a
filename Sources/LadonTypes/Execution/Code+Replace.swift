// code.replace(): a copy with other attributes. The instructions stay; what they index keeps its meaning.

import LadonRuntime

func code_replace(_ t: Thread, _ a: Values) -> Value {
    let source = a[0].asCode
    let changes = a[1]
    let cell = Value(allocate(t, id: TypeID.code.rawValue, bytes: MemoryLayout<CodeCell>.size))
    let code = cell.asCode
    let header = code.pointee.header
    code.pointee = source.pointee
    code.pointee.header = header
    // Caches are the copy's own.
    let words = makeBytesStorage(t, max(source.pointee.wordCount * 8, 8))
    if words.isRaised { return words }
    let original = originalWords(source)
    words.storageBytes.copyMemory(from: original, byteCount: source.pointee.wordCount * 8)
    original.deallocate()
    code.pointee.wordStorage = words
    registerCodeWords(t, words)
    code.pointee.words = words.storageBytes.assumingMemoryBound(to: UInt64.self)
    var position = 0
    var key = Value.none, value = Value.none
    while dictNext(changes, &position, &key, &value) {
        if apply(t, code, source, swiftString(key), value).isRaised { return .raised }
    }
    let flags = CodeFlags(rawValue: code.pointee.flags)
    let complicated: CodeFlags = [.generator, .coroutine, .asyncGenerator, .varArguments, .varKeywords]
    if !flags.isDisjoint(with: complicated) { code.pointee.isSimple = 0 }
    return cell
}

private func apply(_ t: Thread, _ code: CodePointer, _ source: CodePointer, _ key: String, _ v: Value) -> Value {
    switch key {
    case "co_argcount": return count(t, v) { code.pointee.argumentCount = $0 }
    case "co_posonlyargcount": return count(t, v) { code.pointee.positionalOnlyCount = $0 }
    case "co_kwonlyargcount": return count(t, v) { code.pointee.keywordOnlyCount = $0 }
    case "co_flags": return count(t, v) { code.pointee.flags = UInt32(truncatingIfNeeded: $0) }
    case "co_stacksize", "co_nlocals": return count(t, v) { _ in }
    case "co_firstlineno":
        var line = 0
        if count(t, v, { line = $0 }).isRaised { return .raised }
        return moveLines(t, code, line - code.pointee.firstLine)
    case "co_name": return text(t, key, v) { code.pointee.name = $0 }
    case "co_qualname": return text(t, key, v) { code.pointee.qualname = $0 }
    case "co_filename": return text(t, key, v) { code.pointee.filename = $0 }
    case "co_names": return names(t, key, v, code.pointee.names.tupleCount) { code.pointee.names = $0 }
    case "co_varnames": return names(t, key, v, code.pointee.localNames.tupleCount) { code.pointee.localNames = $0 }
    case "co_freevars": return names(t, key, v, code.pointee.freeNames.tupleCount) { code.pointee.freeNames = $0 }
    case "co_cellvars": return names(t, key, v, code.pointee.cellNames.tupleCount) { code.pointee.cellNames = $0 }
    case "co_consts":
        if !isInstanceOf(v, .tuple) { return raise(t, .typeError, "replace() argument 'co_consts' must be tuple, not \(typeName(v))") }
        let first = code.pointee.nameConstantCount
        let had = code.pointee.constants.cell(as: StorageCell.self).pointee.capacity - first
        // Instructions index what was there.
        if v.tupleCount < had { return raise(t, .valueError, "co_consts is too short for the code") }
        let constants = makeStorage(t, capacity: first + v.tupleCount)
        if constants.isRaised { return constants }
        for i in 0..<first { storeSlot(constants.storageItems + i, code.pointee.constantItems[i]) }
        for i in 0..<v.tupleCount { storeSlot(constants.storageItems + (first + i), v.tupleItems[i]) }
        code.pointee.constants = constants
        code.pointee.constantItems = constants.storageItems
        return .none
    case "co_code", "co_linetable", "co_exceptiontable":
        if !v.isBytes { return raise(t, .typeError, "replace() argument '\(key)' must be bytes, not \(typeName(v))") }
        let current = getAttribute(t, Value(source), makeString(t, key))
        if current.isRaised { return current }
        if bytesEqual(current, v) { return .none }
        return raise(t, .valueError, "\(key) can't be replaced: Ladon's instructions are not CPython's")
    default:
        return raise(t, .typeError, "'\(key)' is an invalid keyword argument for replace()")
    }
}

private func count(_ t: Thread, _ v: Value, _ store: (Int) -> Void) -> Value {
    guard let n = asInt(t, v) else { return .raised }
    store(n)
    return .none
}

private func text(_ t: Thread, _ key: String, _ v: Value, _ store: (Value) -> Void) -> Value {
    if !isInstanceOf(v, .str) { return raise(t, .typeError, "replace() argument '\(key)' must be str, not \(typeName(v))") }
    store(exactString(t, v))
    return .none
}

private func names(_ t: Thread, _ key: String, _ v: Value, _ wanted: Int, _ store: (Value) -> Void) -> Value {
    if !isInstanceOf(v, .tuple) { return raise(t, .typeError, "replace() argument '\(key)' must be tuple, not \(typeName(v))") }
    let copy = makeTuple(t, v.tupleCount)
    if copy.isRaised { return copy }
    for i in 0..<v.tupleCount {
        if !isInstanceOf(v.tupleItems[i], .str) { return raise(t, .systemError, "non-string found in code slot") }
        copy.tupleItems[i] = intern(t, exactString(t, v.tupleItems[i]))
    }
    if copy.tupleCount != wanted { return raise(t, .valueError, "code: \(key) has a wrong length") }
    store(copy)
    return .none
}

private func moveLines(_ t: Thread, _ code: CodePointer, _ delta: Int) -> Value {
    let bytes = code.pointee.positionCount * MemoryLayout<PositionRun>.stride
    let storage = makeBytesStorage(t, max(bytes, 8))
    if storage.isRaised { return storage }
    storage.storageBytes.copyMemory(from: code.pointee.positions, byteCount: bytes)
    let positions = storage.storageBytes.assumingMemoryBound(to: PositionRun.self)
    for i in 0..<code.pointee.positionCount where positions[i].line > 0 {
        positions[i].line &+= Int32(truncatingIfNeeded: delta)
        positions[i].endLine &+= Int32(truncatingIfNeeded: delta)
    }
    code.pointee.positionStorage = storage
    code.pointee.positions = positions
    code.pointee.firstLine += delta
    return .none
}
