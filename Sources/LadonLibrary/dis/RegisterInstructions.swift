// `dis` shows the instructions of Ladon's register machine (docs/instructions.md): CPython's tables of opcodes, which the
// library's `dis` reads bytes with, say nothing about them.

import LadonCompiler
import LadonTypes

/// The row of the table of amendments.
func amendDis(_ t: Thread, _ dict: Value) -> Bool {
    let instructions = makeNativeFunction(t, "_register_instructions", "(code, adaptive, /)", "", registerInstructions)
    let ranges = makeNativeFunction(t, "_exception_ranges", "(code, /)", "", exceptionRanges)
    return dictSet(t, dict, intern(t, "_register_instructions"), instructions) >= 0 && dictSet(t, dict, intern(t, "_exception_ranges"), ranges) >= 0
        && extendModule(t, dict, amendment, filename: "<ladon: dis>")
}

private let amendment: StaticString = """
class _CodeWords(bytes):
    'A code object\\'s co_code that knows the code object.'

class _RegisterInstruction(Instruction):
    def _disassemble(self, *arguments, **options):
        return Instruction._disassemble(self._replace(arg=None, opname=f'{self.opname:<22} {self.argrepr}'), *arguments, **options)

_RegisterInstruction.__name__ = _RegisterInstruction.__qualname__ = 'Instruction'

def _get_code_array(co, adaptive):
    words = _CodeWords(co.co_code)
    words.code, words.adaptive = co, adaptive
    return words

def _parse_exception_table(code):
    return [_ExceptionTableEntry(*entry, False) for entry in _exception_ranges(code)]

def _find_store_names(co):
    for *_, opname, _, argval, _, _ in _register_instructions(co, False):
        if opname in ('STORE_NAME', 'STORE_GLOBAL'):
            yield argval

def _find_imports(co):
    # The level and the names asked for lie in two neighbouring registers.
    loaded = {}
    for *_, opname, _, argval, argrepr, _ in _register_instructions(co, False):
        registers = argrepr.split(', ', 2)
        if opname in ('LOAD_CONST', 'LOAD_IMMEDIATE'):
            loaded[registers[0]] = argval
        elif opname == 'IMPORT_NAME':
            names = f'r{int(registers[1][1:]) + 1}'
            if registers[1] in loaded and names in loaded:
                yield argval, loaded[registers[1]], loaded[names]

_get_stack_instructions = _get_instructions_bytes

def _get_instructions_bytes(code, varname_from_oparg=None, names=None, co_consts=None, linestarts=None, line_offset=0,
                            exception_entries=(), co_positions=None, show_caches=False):
    if not isinstance(code, _CodeWords):
        yield from _get_stack_instructions(code, varname_from_oparg, names, co_consts, linestarts, line_offset,
                                           exception_entries, co_positions, show_caches)
        return
    instructions = _register_instructions(code.code, code.adaptive)
    labels = {target for *_, target in instructions} | {entry.target for entry in exception_entries}
    positions = [Positions(*position) for position in co_positions or ()]
    for offset, size, opcode, opname, arg, argval, argrepr, _ in instructions:
        line = linestarts.get(offset) if linestarts else None
        position = positions[offset // 2] if offset // 2 < len(positions) else Positions()
        # Programs look for LOAD_GLOBAL and its like by CPython's numbers; what CPython doesn't have gets one beyond them.
        yield _RegisterInstruction(opname, opmap.get(opname, 256 + opcode), arg, argval, argrepr, offset, None if line is None else line + line_offset,
                                   offset in labels, position)
        if show_caches:
            for cache in range(offset + 2, offset + size, 2):
                yield _RegisterInstruction('CACHE', 0, 0, None, '', cache, None, False, position)
"""

/// Per instruction: offset and size in `co_code`, opcode, its name, the first operand, what the operands name (a constant, a
/// jump's target or that operand), the operands as text, and a jump's target or None.
private func registerInstructions(_ t: Thread, _ a: Values) -> Value {
    guard a[0].isExactly(.code) else { return raise(t, .typeError, "a code object is needed") }
    let code = a[0].asCode, count = code.pointee.wordCount
    let words = UnsafeMutablePointer<UInt64>.allocate(capacity: max(count, 1))
    defer { words.deallocate() }
    if a[1].isTrue { words.update(from: code.pointee.words, count: count) } else { code.copyPristineWords(to: words) }
    let list = makeList(t)
    var i = 0
    while i < count {
        guard let op = InstructionWord.opcode(words[i]) else { return raise(t, .systemError, "unknown opcode") }
        let info = Opcode.info[Int(op.rawValue)]
        var operands = Operands(code, words, i)
        if let target = InstructionWord.jumpTarget(op, words[i], at: i) { operands.target = makeInt(t, 2 * target) }
        for (place, kind) in info.operands.utf8.enumerated() where kind != UInt8(ascii: "-") {
            if !operands.add(t, kind, place) { return .raised }
        }
        let row = makeTuple(t, 8)
        if row.isRaised { return row }
        row.tupleItems[0] = makeInt(t, 2 * i)
        row.tupleItems[1] = makeInt(t, 2 * info.words)
        row.tupleItems[2] = makeInt(t, Int(op.rawValue))
        row.tupleItems[3] = makeString(t, info.name)
        row.tupleItems[4] = operands.first
        row.tupleItems[5] = operands.value.isMissing ? operands.first : operands.value
        row.tupleItems[6] = makeString(t, operands.text)
        row.tupleItems[7] = operands.target
        if listAppend(t, list, row) < 0 { return .raised }
        i += info.words
    }
    return list
}

/// The operands of one instruction, as they are read.
private struct Operands {
    let code: CodePointer
    let words: UnsafeMutablePointer<UInt64>
    let index: Int
    var first = Value.none
    var value = Value.missing
    var target = Value.none
    var text = ""

    init(_ code: CodePointer, _ words: UnsafeMutablePointer<UInt64>, _ index: Int) { (self.code, self.words, self.index) = (code, words, index) }

    /// False: raised.
    mutating func add(_ t: Thread, _ kind: UInt8, _ place: Int) -> Bool {
        let word = words[index]
        let number = place == 0 ? InstructionWord.a(word) : place == 1 ? InstructionWord.b(word) : InstructionWord.c(word)
        if first.isNone { first = makeInt(t, number) }
        if !text.isEmpty { text += ", " }
        switch kind {
        case UInt8(ascii: "d"), UInt8(ascii: "r"), UInt8(ascii: "w"): text += register(number)
        case UInt8(ascii: "n"): text += String(number)
        case UInt8(ascii: "i"): text += String(place == 1 ? InstructionWord.signedB(word) : InstructionWord.signedC(word))
        case UInt8(ascii: "I"): return add(t, immediate: Value(bits: UInt(bitPattern: InstructionWord.wide(word))))
        case UInt8(ascii: "k"): return add(t, constant: number)
        case UInt8(ascii: "K"): return add(t, constant: InstructionWord.wideUnsigned(word))
        case UInt8(ascii: "W"): return add(t, constant: Int(truncatingIfNeeded: words[index + 1]))
        case UInt8(ascii: "j"), UInt8(ascii: "J"):
            value = target
            text += "to \(target.smallInt)"
        default: break
        }
        return true
    }

    private mutating func add(_ t: Thread, immediate v: Value) -> Bool {
        value = v
        let shown = repr(t, v)
        if shown.isRaised { return false }
        text += swiftString(shown)
        return true
    }

    private mutating func add(_ t: Thread, constant k: Int) -> Bool {
        let count = code.pointee.constants.cell(as: StorageCell.self).pointee.capacity
        guard k >= 0, k < count else { text += "?\(k)"; return true }
        if k >= code.pointee.nameConstantCount { return add(t, immediate: code.pointee.constantItems[k]) }
        value = code.pointee.constantItems[k]
        text += swiftString(value)
        return true
    }

    /// A local's name, or the register's number.
    private func register(_ number: Int) -> String {
        let local = number - Frame.headerSize
        if local >= 0 && local < code.pointee.localNames.tupleCount { return swiftString(code.pointee.localNames.tupleItems[local]) }
        for i in 0..<code.pointee.cellNames.tupleCount where Int(code.pointee.cellRegisters[i]) == number {
            return "cell " + swiftString(code.pointee.cellNames.tupleItems[i])
        }
        return "r\(number)"
    }
}

/// Start, end, target and the register of the exception, in `co_code`'s offsets.
private func exceptionRanges(_ t: Thread, _ a: Values) -> Value {
    guard a[0].isExactly(.code) else { return raise(t, .typeError, "a code object is needed") }
    let code = a[0].asCode
    let list = makeList(t)
    for i in 0..<code.pointee.exceptionCount {
        let range = code.pointee.exceptionRanges[i]
        let row = makeTuple(t, 4)
        if row.isRaised { return row }
        for (k, n) in [2 * Int(range.start), 2 * Int(range.end), 2 * Int(range.target), Int(range.register)].enumerated() { row.tupleItems[k] = makeInt(t, n) }
        if listAppend(t, list, row) < 0 { return .raised }
    }
    return list
}
