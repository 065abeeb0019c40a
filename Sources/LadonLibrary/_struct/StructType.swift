// struct.Struct: a compiled format; and the iterator that `iter_unpack` gives.

import LadonRuntime
import LadonTypes

/// `fields` is a bytesStorage cell with StructField records, or 0 before `__init__`.
struct StructCell {
    var header: CellHeader
    var format: Value
    var fields: Value
    // raw
    var fieldCount: Int
    var size: Int
    var items: Int
}

/// Records begin at this offset in the storage cell.
private let recordsOffset = 16

/// What the module keeps for itself, as roots of the collector: made once, when the module is.
enum StructRoot {
    static let error = 0, structType = 1, iteratorType = 2, count = 3
}

/// Compiled formats, a dict.
let structCache = PerInterpreter<Value>(.structs)

nonisolated(unsafe) let structRoots: Values = {
    let p = Values.allocate(capacity: StructRoot.count)
    p.initialize(repeating: .raised, count: StructRoot.count)
    addRootRange(p, count: StructRoot.count)
    return p
}()

@inline(__always) func structCell(_ v: Value) -> UnsafeMutablePointer<StructCell> { v.cell(as: StructCell.self) }

@inline(__always) func structFields(_ v: Value) -> UnsafeMutablePointer<StructField> {
    (structCell(v).pointee.fields.cell + recordsOffset).assumingMemoryBound(to: StructField.self)
}

func struct_new(_ t: Thread, _ type: Value, _ args: Values?, _ count: Int, _ names: Value) -> Value {
    let v: Value = allocateInstance(t, type.asType)
    if v.isRaised { return v }
    structCell(v).pointee.format = .none
    structCell(v).pointee.size = -1
    structCell(v).pointee.items = -1
    return v
}

/// Compiles a format (str or bytes) into `v`. The records are published last.
func compileStruct(_ t: Thread, _ v: Value, _ format: Value) -> Bool {
    let text: Value
    if format.isStr {
        if !format.strIsASCII {
            var i: Int = 0
            while stringCharAt(format, i) < 128 { i += 1 }
            _ = raiseUnicodeEncodeError(t, "ascii", format, i, i + 1, "ordinal not in range(128)")
            return false
        }
        text = format
    } else if format.isBytes {
        text = makeString(t, latin1: UnsafePointer(format.bytesData), count: format.bytesCount)
        if text.isRaised { return false }
    } else {
        _ = raise(t, .typeError, "Struct() argument 1 must be a str or bytes object, not \(typeName(format))")
        return false
    }
    let p: UnsafePointer<UInt8>
    let n: Int
    if format.isStr {
        p = UnsafePointer(format.strBytes)
        n = format.strCount
    } else {
        p = UnsafePointer(format.bytesData)
        n = format.bytesCount
    }
    var fieldCount: Int = 0, size: Int = 0, items: Int = 0
    let syntax: StructSyntax = parseStructFormat(p, n, fields: nil, fieldCount: &fieldCount, size: &size, items: &items)
    if syntax != .valid {
        _ = structError(t, syntax.message)
        return false
    }
    let bytes: Int = recordsOffset + (fieldCount + 1) * MemoryLayout<StructField>.stride
    guard let storage = allocateAnyLeaf(t, id: TypeID.bytesStorage.rawValue, bytes: bytes) else {
        _ = raiseMemoryError(t)
        return false
    }
    let records = (storage + recordsOffset).assumingMemoryBound(to: StructField.self)
    _ = parseStructFormat(p, n, fields: records, fieldCount: &fieldCount, size: &size, items: &items)
    ladon_keep_alive(format)
    let cell = structCell(v)
    lockCell(t, v)
    cell.pointee.format = text
    cell.pointee.fieldCount = fieldCount
    cell.pointee.size = size
    cell.pointee.items = items
    storeSlot(UnsafeMutableRawPointer(cell).advanced(by: 16).assumingMemoryBound(to: Value.self), Value(storage))
    unlockCell(t, v)
    return true
}

func struct_initialize(_ t: Thread, _ a: Values) -> Value { compileStruct(t, a[0], a[1]) ? .none : .raised }

/// The compiled form of a format, from the cache when it was seen before.
func cachedStruct(_ t: Thread, _ format: Value) -> Value {
    let cache: Value = structCache[t].pointee
    let known: Value = dictGet(t, cache, format)
    if !known.isMissing { return known }
    let s: Value = struct_new(t, structRoots[StructRoot.structType], nil, 0, .raised)
    if s.isRaised || !compileStruct(t, s, format) { return .raised }
    if dictCount(cache) >= 100 { dictClear(t, cache) }
    return dictSet(t, cache, format, s) < 0 ? .raised : s
}

// MARK: packing

/// Packs into zeroed memory of the struct's size.
func packStruct(_ t: Thread, _ s: Value, _ values: Values, _ out: UnsafeMutablePointer<UInt8>) -> Bool {
    let fields = structFields(s)
    var next: Int = 0
    var i: Int = 0
    while i < structCell(s).pointee.fieldCount {
        let field: StructField = fields[i]
        var at: UnsafeMutablePointer<UInt8> = out + field.offset
        var left: Int = field.items
        while left > 0 {
            if !packCommonValue(values[next], field, at) && !packStructValue(t, values[next], field, at) { return false }
            next += 1
            at += field.size
            left -= 1
        }
        i += 1
    }
    ladon_keep_alive(s)
    return true
}

func structPack(_ t: Thread, _ s: Value, _ values: Values, _ count: Int) -> Value {
    let cell = structCell(s)
    if count != cell.pointee.items {
        return structError(t, "pack expected \(cell.pointee.items) items for packing (got \(count))")
    }
    let r: Value = newBytesChecked(t, cell.pointee.size)
    if r.isRaised { return r }
    return packStruct(t, s, values, r.bytesData) ? r : .raised
}

/// pack_into(buffer, offset, v1, v2, …), all in `values`.
func structPackInto(_ t: Thread, _ s: Value, _ values: Values, _ count: Int) -> Value {
    let cell = structCell(s)
    if count < 1 { return structError(t, "pack_into expected buffer argument") }
    if count < 2 { return structError(t, "pack_into expected offset argument") }
    if count - 2 != cell.pointee.items {
        return structError(t, "pack_into expected \(cell.pointee.items) items for packing (got \(count - 2))")
    }
    var buffer = LadonBuffer()
    if getBuffer(t, values[0], &buffer, writable: true) < 0 {
        clearException(t)
        return raise(t, .typeError, "argument must be read-write bytes-like object, not \(typeName(values[0]))")
    }
    let r: Value = packIntoBuffer(t, s, values, buffer)
    releaseBuffer(t, &buffer)
    return r
}

private func packIntoBuffer(_ t: Thread, _ s: Value, _ values: Values, _ buffer: LadonBuffer) -> Value {
    let size: Int = structCell(s).pointee.size
    guard var offset: Int = asIndex(t, values[1], .indexError) else { return .raised }
    let length: Int = Int(buffer.length)
    if offset < 0 {
        if offset + size > 0 { return structError(t, "no space to pack \(size) bytes at offset \(offset)") }
        if offset + length < 0 { return structError(t, "offset \(offset) out of range for \(length)-byte buffer") }
        offset += length
    }
    if length - offset < size {
        return structError(t, "pack_into requires a buffer of at least \(UInt(offset) + UInt(size)) bytes for packing \(size) bytes "
                           + "at offset \(offset) (actual buffer size is \(length))")
    }
    if size == 0 { return .none }
    let out = (buffer.data + offset).assumingMemoryBound(to: UInt8.self)
    out.update(repeating: 0, count: size)
    return packStruct(t, s, values + 2, out) ? .none : .raised
}

// MARK: unpacking

func unpackStruct(_ t: Thread, _ s: Value, _ p: UnsafePointer<UInt8>) -> Value {
    let cell = structCell(s)
    let r: Value = makeTuple(t, max(cell.pointee.items, 0))
    if r.isRaised { return r }
    let fields = structFields(s)
    var next: Int = 0
    var i: Int = 0
    while i < cell.pointee.fieldCount {
        let field: StructField = fields[i]
        var at: UnsafePointer<UInt8> = p + field.offset
        var left: Int = field.items
        while left > 0 {
            let v: Value
            if field.integers != .none && field.size <= 4 {
                let bits: UInt = loadStructBits(at, field.size, field.mode)
                let spare: Int = 64 - field.size &* 8
                v = Value(smallInt: field.integers == .signed ? Int(bitPattern: bits << UInt(spare)) >> spare : Int(bitPattern: bits))
            } else {
                v = unpackStructValue(t, field, at)
                if v.isRaised { return v }
            }
            r.tupleItems[next] = v
            next += 1
            at += field.size
            left -= 1
        }
        i += 1
    }
    ladon_keep_alive(s)
    return r
}

/// The bytes of a buffer; never nil.
@inline(__always) private func bytes(_ buffer: LadonBuffer) -> UnsafePointer<UInt8> {
    let data: UnsafeMutableRawPointer = buffer.data ?? UnsafeMutableRawPointer(structRoots)
    return UnsafePointer(data.assumingMemoryBound(to: UInt8.self))
}

func structUnpack(_ t: Thread, _ s: Value, _ source: Value) -> Value {
    let size: Int = structCell(s).pointee.size
    if source.isExactly(.bytes) && source.bytesCount == size {
        let r: Value = unpackStruct(t, s, UnsafePointer(source.bytesData))
        ladon_keep_alive(source)
        return r
    }
    var buffer = LadonBuffer()
    if getBuffer(t, source, &buffer, writable: false) < 0 { return .raised }
    let r: Value
    if Int(buffer.length) != size {
        r = structError(t, "unpack requires a buffer of \(size) bytes")
    } else {
        r = unpackStruct(t, s, bytes(buffer))
    }
    releaseBuffer(t, &buffer)
    return r
}

func structUnpackFrom(_ t: Thread, _ s: Value, _ source: Value, _ offsetArgument: Value) -> Value {
    var offset: Int = 0
    if !offsetArgument.isMissing {
        guard let n: Int = asInt(t, offsetArgument) else { return .raised }
        offset = n
    }
    var buffer = LadonBuffer()
    if getBuffer(t, source, &buffer, writable: false) < 0 { return .raised }
    let size: Int = structCell(s).pointee.size
    let length: Int = Int(buffer.length)
    var r: Value = .none
    if offset < 0 {
        if offset + size > 0 {
            r = structError(t, "not enough data to unpack \(size) bytes at offset \(offset)")
        } else if offset + length < 0 {
            r = structError(t, "offset \(offset) out of range for \(length)-byte buffer")
        } else {
            offset += length
        }
    }
    if !r.isRaised {
        if length - offset < size {
            r = structError(t, "unpack_from requires a buffer of at least \(UInt(offset) + UInt(size)) bytes for unpacking \(size) bytes "
                            + "at offset \(offset) (actual buffer size is \(length))")
        } else {
            r = unpackStruct(t, s, bytes(buffer) + offset)
        }
    }
    releaseBuffer(t, &buffer)
    return r
}

// MARK: iter_unpack

/// `structure` is 0 when the iterator is exhausted; until then the buffer is held.
struct StructIteratorCell {
    var header: CellHeader
    var structure: Value
    var source: Value
    /// Kept reachable for the buffer.
    var object: Value
    var keeper: Value
    // raw
    var index: Int
    var buffer: LadonBuffer
}

func structIterUnpack(_ t: Thread, _ s: Value, _ source: Value) -> Value {
    let size: Int = structCell(s).pointee.size
    var buffer = LadonBuffer()
    if size == 0 {
        return structError(t, "cannot iteratively unpack with a struct of length 0")
    }
    if getBuffer(t, source, &buffer, writable: false) < 0 { return .raised }
    if Int(buffer.length) % size != 0 {
        releaseBuffer(t, &buffer)
        return structError(t, "iterative unpacking requires a buffer of a multiple of \(size) bytes")
    }
    let v: Value = allocateInstance(t, structRoots[StructRoot.iteratorType].asType)
    if v.isRaised {
        releaseBuffer(t, &buffer)
        return v
    }
    let cell = v.cell(as: StructIteratorCell.self)
    cell.pointee.structure = s
    cell.pointee.source = source
    cell.pointee.object = buffer.object
    cell.pointee.keeper = buffer.keeper
    cell.pointee.buffer = buffer
    return v
}

/// Lets go of the buffer, once.
private func finish(_ t: Thread, _ v: Value) {
    let cell = v.cell(as: StructIteratorCell.self)
    lockCell(t, v)
    let held: Bool = !cell.pointee.structure.isRaised
    cell.pointee.structure = .raised
    unlockCell(t, v)
    if held { releaseBuffer(t, &cell.pointee.buffer) }
}

private func structIterator_next(_ t: Thread, _ v: Value) -> Value {
    let cell = v.cell(as: StructIteratorCell.self)
    let s: Value = cell.pointee.structure
    if s.isRaised { return .exhausted }
    let size: Int = structCell(s).pointee.size
    lockCell(t, v)
    let at: Int = cell.pointee.index
    cell.pointee.index = at + size
    unlockCell(t, v)
    if at + size > Int(cell.pointee.buffer.length) {
        finish(t, v)
        return .exhausted
    }
    return unpackStruct(t, s, bytes(cell.pointee.buffer) + at)
}

private func structIterator_finalize(_ t: Thread, _ v: Value) -> Value {
    finish(t, v)
    return .none
}

private func structIterator_lengthHint(_ t: Thread, _ a: Values) -> Value {
    let cell = a[0].cell(as: StructIteratorCell.self)
    let s: Value = cell.pointee.structure
    if s.isRaised { return .zero }
    return makeInt(t, (Int(cell.pointee.buffer.length) - cell.pointee.index) / structCell(s).pointee.size)
}

func structIteratorDefinition() -> TypeDefinition {
    TypeDefinition(nil, "_struct.unpack_iterator", flags: [.hasFinalizer], size: MemoryLayout<StructIteratorCell>.size,
                   layout: Layout(prefix: 4, flags: .finalizable),
                   slots: [.call(.new, { t, _, _, _, _ in raise(t, .typeError, "Cannot create 'unpack_iterator objects") }), .unary(.iter, { _, v in v }), .unary(.next, structIterator_next), .unary(.finalize, structIterator_finalize)],
                   members: [.method("__length_hint__", "(self, /)", structIterator_lengthHint)])
}
