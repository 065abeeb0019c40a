// code: the compiled form of a block, as Python sees it.
//
// Offsets into the code (co_lines, co_positions, tb_lasti, f_lasti) count two bytes per instruction word, as if each
// word were one of CPython's code units; `co_code` has as many bytes.

import LadonRuntime

func codeDefinition() -> TypeDefinition {
    TypeDefinition(.code, "code", flags: [.weakReferenceable], doc: "A compiled block of source.", size: MemoryLayout<CodeCell>.size, layout: Layout(prefix: 12),
        slots: [.unary(.repr, code_repr), .unary(.hash, code_hash), .ternary(.compare, code_compare), .call(.new, code_new)],
        members: [
            .member("co_argcount", get: { t, a in makeInt(t, a[0].asCode.pointee.argumentCount) }, set: readOnlyAttribute),
            .member("co_posonlyargcount", get: { t, a in makeInt(t, a[0].asCode.pointee.positionalOnlyCount) }, set: readOnlyAttribute),
            .member("co_kwonlyargcount", get: { t, a in makeInt(t, a[0].asCode.pointee.keywordOnlyCount) }, set: readOnlyAttribute),
            .member("co_nlocals", get: { t, a in makeInt(t, a[0].asCode.pointee.localNames.tupleCount) }, set: readOnlyAttribute),
            .member("co_stacksize", get: { t, a in makeInt(t, stackSize(a[0].asCode)) }, set: readOnlyAttribute),
            .member("co_flags", get: { t, a in makeInt(t, a[0].asCode.pointee.flags) }, set: readOnlyAttribute),
            .member("co_firstlineno", get: { t, a in makeInt(t, a[0].asCode.pointee.firstLine) }, set: readOnlyAttribute),
            .member("co_names", get: { _, a in a[0].asCode.pointee.names }, set: readOnlyAttribute),
            .attribute("co_varnames", get: { _, a in a[0].asCode.pointee.localNames }, set: readOnlyAttribute),
            .attribute("co_freevars", get: { _, a in a[0].asCode.pointee.freeNames }, set: readOnlyAttribute),
            .attribute("co_cellvars", get: { _, a in a[0].asCode.pointee.cellNames }, set: readOnlyAttribute),
            .member("co_filename", get: { _, a in a[0].asCode.pointee.filename }, set: readOnlyAttribute),
            .member("co_name", get: { _, a in a[0].asCode.pointee.name }, set: readOnlyAttribute),
            .member("co_qualname", get: { _, a in a[0].asCode.pointee.qualname }, set: readOnlyAttribute),
            .member("co_consts", get: { t, a in codeConstants(t, a[0].asCode) }, set: readOnlyAttribute),
            .attribute("co_code", get: { t, a in codeBytes(t, a[0].asCode) }),
            .attribute("_co_code_adaptive", get: { t, a in codeBytes(t, a[0].asCode) }),
            .member("co_linetable", get: { t, a in lineTableBytes(t, a[0].asCode) }, set: readOnlyAttribute),
            .member("co_exceptiontable", get: { t, a in
                let code = a[0].asCode
                return makeBytes(t, UnsafeRawPointer(code.pointee.exceptionRanges), code.pointee.exceptionCount * MemoryLayout<ExceptionRange>.stride)
            }, set: readOnlyAttribute),
            .attribute("co_lnotab", get: { t, a in lineTable(t, a[0].asCode) }),
            .method("co_lines", "(self, /)", code_lines, "Triples of start, end and line (or None) of the runs of instructions."),
            .method("co_positions", "(self, /)", code_positions, "Per instruction word its line, end line, column and end column."),
            .method("replace", "(self, /, **changes)", code_replace, "A copy with some attributes changed."),
            .method("_varname_from_oparg", "(self, /, oparg)", { t, a in
                guard let i = asInt(t, a[1]) else { return .raised }
                let code = a[0].asCode
                var index = i
                for part in 0..<3 {
                    let tuple = part == 0 ? code.pointee.localNames : part == 1 ? code.pointee.cellNames : code.pointee.freeNames
                    if index >= 0 && index < tuple.tupleCount { return tuple.tupleItems[index] }
                    index -= tuple.tupleCount
                }
                return raise(t, .indexError, "tuple index out of range")
            }),
            .method("__sizeof__", "(self, /)", { t, a in
                let code = a[0].asCode
                return makeInt(t, MemoryLayout<CodeCell>.size + code.pointee.wordCount * 8 + code.pointee.positionCount * MemoryLayout<PositionRun>.stride)
            }),
        ])
}

private func stackSize(_ code: CodePointer) -> Int { max(code.pointee.frameSize - Frame.headerSize - code.pointee.variableCount, 1) }

/// The constants proper.
func codeConstants(_ t: Thread, _ code: CodePointer) -> Value {
    let first = code.pointee.nameConstantCount
    let count = code.pointee.constants.cell(as: StorageCell.self).pointee.capacity - first
    return makeTuple(t, code.pointee.constantItems + first, count)
}

private func codeBytes(_ t: Thread, _ code: CodePointer) -> Value {
    let bytes = newBytes(t, count: code.pointee.wordCount * 2)
    if bytes.isRaised { return bytes }
    let original = originalWords(code)
    defer { original.deallocate() }
    for i in 0..<code.pointee.wordCount {
        bytes.bytesData[2 * i] = UInt8(truncatingIfNeeded: original[i])
        bytes.bytesData[2 * i + 1] = UInt8(truncatingIfNeeded: original[i] >> 16)
    }
    return bytes
}

/// The instruction words as the compiler made them: specialised forms turned back, caches empty. The caller frees them.
func originalWords(_ code: CodePointer) -> UnsafeMutablePointer<UInt64> {
    let count = code.pointee.wordCount
    let words = UnsafeMutablePointer<UInt64>.allocate(capacity: max(count, 1))
    code.copyPristineWords(to: words)
    return words
}

private func code_repr(_ t: Thread, _ v: Value) -> Value {
    let code = v.asCode
    let line = code.pointee.firstLine != 0 ? code.pointee.firstLine : -1
    return makeString(t, "<code object \(swiftString(code.pointee.name)) at \(addressText(v)), file \"\(swiftString(code.pointee.filename))\", line \(line)>")
}

/// A cell's address as `%p` prints it.
func addressText(_ v: Value) -> String { "0x" + String(v.bits, radix: 16) }

private func code_hash(_ t: Thread, _ v: Value) -> Value {
    let code = v.asCode
    var h = stringHash(code.pointee.name)
    for part in 0..<3 {
        let tuple = part == 0 ? code.pointee.names : part == 1 ? code.pointee.localNames : code.pointee.freeNames
        let inner = hash(t, tuple)
        if inner == -1 { return .raised }
        h = h &* 1_000_003 ^ inner
    }
    h = h &* 1_000_003 ^ code.pointee.argumentCount ^ code.pointee.firstLine << 8 ^ Int(code.pointee.flags) << 20 ^ code.pointee.wordCount << 32
    return makeInt(t, h == -1 ? -2 : h)
}

private func code_compare(_ t: Thread, _ a: Value, _ b: Value, _ op: Value) -> Value {
    let equal = op.smallInt == CompareOp.eq.rawValue, unequal = op.smallInt == CompareOp.ne.rawValue
    if !(equal || unequal) || !a.isExactly(.code) || !b.isExactly(.code) { return .notImplemented }
    let same = codesEqual(t, a.asCode, b.asCode)
    return same < 0 ? .raised : Value((same == 1) == equal)
}

private func codesEqual(_ t: Thread, _ x: CodePointer, _ y: CodePointer) -> Truth {
    if x == y { return 1 }
    let a = x.pointee, b = y.pointee
    if a.argumentCount != b.argumentCount || a.positionalOnlyCount != b.positionalOnlyCount || a.keywordOnlyCount != b.keywordOnlyCount { return 0 }
    if a.flags != b.flags || a.firstLine != b.firstLine || a.wordCount != b.wordCount || a.positionCount != b.positionCount { return 0 }
    if a.exceptionCount != b.exceptionCount || a.nameConstantCount != b.nameConstantCount || !stringEqual(a.name, b.name) { return 0 }
    for i in 0..<a.positionCount where a.positions[i] != b.positions[i] { return 0 }
    for i in 0..<a.exceptionCount where a.exceptionRanges[i] != b.exceptionRanges[i] { return 0 }
    let left = originalWords(x), right = originalWords(y)
    defer { left.deallocate(); right.deallocate() }
    for i in 0..<a.wordCount where left[i] != right[i] { return 0 }
    for (p, q) in [(a.names.bits, b.names.bits), (a.localNames.bits, b.localNames.bits), (a.freeNames.bits, b.freeNames.bits), (a.cellNames.bits, b.cellNames.bits)] {
        let same = equal(t, Value(bits: p), Value(bits: q))
        if same != 1 { return same }
    }
    let count = a.constants.cell(as: StorageCell.self).pointee.capacity
    if count != b.constants.cell(as: StorageCell.self).pointee.capacity { return 0 }
    for i in 0..<count {
        let p = a.constantItems[i], q = b.constantItems[i]
        if typeOf(p) != typeOf(q) { return 0 }
        let same = isFloat(p) ? (p.asFloat.bitPattern == q.asFloat.bitPattern ? 1 : 0) : equal(t, p, q)
        if same != 1 { return same }
    }
    return 1
}

// MARK: lines and positions

private func code_lines(_ t: Thread, _ a: Values) -> Value {
    let code = a[0].asCode
    let list = makeList(t)
    if list.isRaised { return list }
    var i = 0
    while i < code.pointee.positionCount {
        let run = code.pointee.positions[i]
        var next = i + 1
        while next < code.pointee.positionCount && code.pointee.positions[next].line == run.line { next += 1 }
        let end = next < code.pointee.positionCount ? Int(code.pointee.positions[next].start) : code.pointee.wordCount
        let line: Value = run.line > 0 ? Value(smallInt: Int(run.line)) : .none
        let entry = makeTuple(t, Value(smallInt: Int(run.start) * 2), Value(smallInt: end * 2), line)
        if entry.isRaised || listAppend(t, list, entry) < 0 { return .raised }
        i = next
    }
    return iterate(t, list)
}

private func code_positions(_ t: Thread, _ a: Values) -> Value {
    let code = a[0].asCode
    let list = makeList(t, capacity: code.pointee.wordCount)
    if list.isRaised { return list }
    for i in 0..<code.pointee.positionCount {
        let run = code.pointee.positions[i]
        let end = i + 1 < code.pointee.positionCount ? Int(code.pointee.positions[i + 1].start) : code.pointee.wordCount
        func number(_ n: Int32, _ known: Bool) -> Value { known ? Value(smallInt: Int(n)) : .none }
        let hasLine = run.line > 0
        let entry = makeTuple(t, number(run.line, hasLine), number(run.endLine, hasLine && run.endLine > 0),
                              number(run.column, hasLine && run.column >= 0), number(run.endColumn, hasLine && run.endColumn >= 0))
        if entry.isRaised { return entry }
        for _ in Int(run.start)..<max(end, Int(run.start)) where listAppend(t, list, entry) < 0 { return .raised }
    }
    return iterate(t, list)
}

/// The old co_lnotab: pairs of byte and line increments.
private func lineTable(_ t: Thread, _ code: CodePointer) -> Value {
    var bytes: [UInt8] = []
    var offset = 0, line = code.pointee.firstLine
    for i in 0..<code.pointee.positionCount {
        let run = code.pointee.positions[i]
        if run.line <= 0 || Int(run.line) == line { continue }
        var advance = Int(run.start) * 2 - offset, delta = Int(run.line) - line
        while advance > 255 { bytes.append(255); bytes.append(0); advance -= 255 }
        while delta < -128 || delta > 127 {
            let step = delta < 0 ? -128 : 127
            bytes.append(UInt8(advance)); bytes.append(UInt8(bitPattern: Int8(step)))
            advance = 0
            delta -= step
        }
        bytes.append(UInt8(advance)); bytes.append(UInt8(bitPattern: Int8(delta)))
        offset = Int(run.start) * 2
        line = Int(run.line)
    }
    return bytes.withUnsafeBytes { $0.count == 0 ? emptyBytes : makeBytes(t, $0.baseAddress.unsafelyUnwrapped, $0.count) }
}
