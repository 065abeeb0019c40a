// A memoryview, and the hidden root behind each family of views.
//
// `memoryview(obj)` borrows obj's buffer once; the root owns that borrowing and counts the views (slices, casts, copies) that
// share it. When the last view is released, or was found unreachable by a collection, the buffer is given back.

import Glibc
import LadonRuntime

@frozen public struct MemoryViewCell {
    public var header: CellHeader
    /// The root; 0 in a root itself.
    public var root: Value
    /// The exporter.
    public var object: Value
    /// What the exporter wants kept.
    public var keeper: Value
    /// The storage of shape and strides when there is more than one dimension.
    public var shapeOwner: Value
    // raw
    public var data: UnsafeMutableRawPointer?
    public var length: Int
    public var itemSize: Int
    /// Zero-terminated; the exporter's, or `formatText` of this cell.
    public var format: UnsafePointer<CChar>?
    public var dimensions: Int
    public var isReadOnly: Int
    public var shape: UnsafeMutablePointer<Int>
    public var strides: UnsafeMutablePointer<Int>
    /// Shape and stride of a single dimension.
    public var shape0: Int
    public var stride0: Int
    public var formatText: UInt64
    public var private1: UInt
    /// Of a root: its views. Of a view: buffers lent on.
    public var exports: Int
    public var isReleased: Int
    /// 0 until computed.
    public var hash: Int
}

extension Value {
    @inline(__always) var asMemoryView: UnsafeMutablePointer<MemoryViewCell> { cell(as: MemoryViewCell.self) }
}

typealias MemoryViewPointer = UnsafeMutablePointer<MemoryViewCell>

extension UnsafeMutablePointer where Pointee == MemoryViewCell {
    private func field(_ path: PartialKeyPath<MemoryViewCell>) -> UnsafeMutableRawPointer {
        UnsafeMutableRawPointer(self) + MemoryLayout<MemoryViewCell>.offset(of: path).unsafelyUnwrapped
    }
    var inlineShape: UnsafeMutablePointer<Int> { field(\.shape0).assumingMemoryBound(to: Int.self) }
    var inlineStride: UnsafeMutablePointer<Int> { field(\.stride0).assumingMemoryBound(to: Int.self) }
    var inlineFormat: UnsafeMutablePointer<CChar> { field(\.formatText).assumingMemoryBound(to: CChar.self) }
    var count: Int { pointee.dimensions == 0 ? 1 : pointee.shape[0] }

    /// "B" when the exporter gave none.
    var formatName: String { pointee.format.map { String(cString: $0) } ?? "B" }

    /// The single letter of a native format ("@" allowed before it), or 0.
    var formatCode: UInt8 {
        guard let format = pointee.format else { return 66 }
        return nativeFormat(format)
    }

    var isCContiguous: Bool {
        var step = pointee.itemSize
        var i = pointee.dimensions - 1
        if pointee.length == 0 { return true }
        while i >= 0 {
            if pointee.shape[i] > 1 && pointee.strides[i] != step { return false }
            step &*= pointee.shape[i]
            i -= 1
        }
        return true
    }

    var isFContiguous: Bool {
        var step = pointee.itemSize
        if pointee.length == 0 { return true }
        for i in 0..<pointee.dimensions {
            if pointee.shape[i] > 1 && pointee.strides[i] != step { return false }
            step &*= pointee.shape[i]
        }
        return true
    }
}

/// The letter of a format that is one native letter, with or without "@"; 0 for any other.
func nativeFormat(_ format: UnsafePointer<CChar>) -> UInt8 {
    var p = format
    if p[0] == 64 { p += 1 }
    if p[0] == 0 || p[1] != 0 { return 0 }
    let code = UInt8(bitPattern: p[0])
    return nativeItemSize(code) > 0 ? code : 0
}

/// Bytes of a native letter's item; 0: unknown.
func nativeItemSize(_ code: UInt8) -> Int {
    switch code {
    case UInt8(ascii: "c"), UInt8(ascii: "b"), UInt8(ascii: "B"), UInt8(ascii: "?"): return 1
    case UInt8(ascii: "h"), UInt8(ascii: "H"): return 2
    case UInt8(ascii: "i"), UInt8(ascii: "I"), UInt8(ascii: "f"): return 4
    case UInt8(ascii: "l"), UInt8(ascii: "L"), UInt8(ascii: "q"), UInt8(ascii: "Q"), UInt8(ascii: "n"), UInt8(ascii: "N"),
         UInt8(ascii: "d"), UInt8(ascii: "P"): return 8
    default: return 0
    }
}

/// memoryview(object)
public func makeMemoryView(_ t: Thread, _ object: Value) -> Value {
    if object.isExactly(.memoryview) {
        if object.asMemoryView.pointee.isReleased != 0 { return raiseReleased(t) }
        return copyView(t, object)
    }
    if !supportsBuffer(object) { return raise(t, .typeError, "memoryview: a bytes-like object is required, not '\(typeName(object))'") }
    var buffer = LadonBuffer()
    if getBuffer(t, object, &buffer, flags: LADON_BUFFER_FULL_RO) < 0 { return .raised }
    return makeMemoryView(t, &buffer)
}

/// A memoryview that takes over a borrowed buffer.
public func makeMemoryView(_ t: Thread, _ buffer: inout LadonBuffer) -> Value {
    let root = Value(allocate(t, id: TypeID.memoryview.rawValue, bytes: MemoryLayout<MemoryViewCell>.size))
    let cell = root.asMemoryView
    cell.pointee.object = buffer.object
    cell.pointee.keeper = buffer.keeper
    cell.pointee.data = buffer.data
    cell.pointee.length = buffer.length
    cell.pointee.itemSize = buffer.itemSize
    cell.pointee.format = buffer.format
    cell.pointee.isReadOnly = Int(buffer.isReadOnly)
    cell.pointee.private1 = buffer.private1
    let dimensions = Int(buffer.dimensions)
    cell.pointee.dimensions = dimensions
    cell.pointee.shape = cell.inlineShape
    cell.pointee.strides = cell.inlineStride
    if let shape = buffer.shape, dimensions != 1 {
        setShape(t, root, shape, buffer.strides, dimensions)
    } else if dimensions == 1 {
        cell.pointee.shape0 = buffer.shape.map { $0[0] } ?? (buffer.itemSize > 0 ? buffer.length / buffer.itemSize : 0)
        cell.pointee.stride0 = buffer.strides.map { $0[0] } ?? buffer.itemSize
    }
    buffer.object = .raised
    return copyView(t, root)
}

/// Gives a view a copy of a shape, and strides (nil: those of contiguous memory).
func setShape(_ t: Thread, _ v: Value, _ shape: UnsafePointer<Int>, _ strides: UnsafePointer<Int>?, _ dimensions: Int) {
    let cell = v.asMemoryView
    cell.pointee.dimensions = dimensions
    if dimensions <= 1 {
        cell.pointee.shape = cell.inlineShape
        cell.pointee.strides = cell.inlineStride
        if dimensions == 1 {
            cell.pointee.shape0 = shape[0]
            cell.pointee.stride0 = strides.map { $0[0] } ?? cell.pointee.itemSize
        }
        return
    }
    let storage = newTextBuffer(t, capacity: dimensions * 16, fill: 0)
    let numbers = (storage + MemoryLayout<TextBufferCell>.size).assumingMemoryBound(to: Int.self)
    for i in 0..<dimensions { numbers[i] = shape[i] }
    if let strides {
        for i in 0..<dimensions { numbers[dimensions + i] = strides[i] }
    } else {
        var step = cell.pointee.itemSize
        var i = dimensions - 1
        while i >= 0 {
            numbers[dimensions + i] = step
            step &*= shape[i]
            i -= 1
        }
    }
    cell.pointee.shapeOwner = Value(storage)
    cell.pointee.shape = numbers
    cell.pointee.strides = numbers + dimensions
}

/// Another view of the same memory, with the same shape. `v` may be a root.
func copyView(_ t: Thread, _ v: Value) -> Value {
    let copy = Value(allocate(t, id: TypeID.memoryview.rawValue, bytes: MemoryLayout<MemoryViewCell>.size))
    let from = v.asMemoryView, to = copy.asMemoryView
    let root = from.pointee.root.bits == 0 ? v : from.pointee.root
    to.pointee.root = root
    to.pointee.object = from.pointee.object
    to.pointee.keeper = from.pointee.keeper
    to.pointee.data = from.pointee.data
    to.pointee.length = from.pointee.length
    to.pointee.itemSize = from.pointee.itemSize
    to.pointee.isReadOnly = from.pointee.isReadOnly
    to.pointee.format = from.pointee.format
    if let format = from.pointee.format, format == UnsafePointer(from.inlineFormat) {
        to.pointee.formatText = from.pointee.formatText
        to.pointee.format = UnsafePointer(to.inlineFormat)
    }
    to.pointee.dimensions = from.pointee.dimensions
    if from.pointee.dimensions <= 1 {
        to.pointee.shape0 = from.pointee.shape0
        to.pointee.stride0 = from.pointee.stride0
        to.pointee.shape = to.inlineShape
        to.pointee.strides = to.inlineStride
    } else {
        to.pointee.shapeOwner = from.pointee.shapeOwner
        to.pointee.shape = from.pointee.shape
        to.pointee.strides = from.pointee.strides
    }
    lockCell(t, root)
    root.asMemoryView.pointee.exports &+= 1
    unlockCell(t, root)
    // An exporter that counts its buffers must learn of views that are simply forgotten.
    if !from.pointee.object.isExactly(.bytes) { registerFinalizable(t, copy) }
    return copy
}

/// Gives up a view; with the last one, the exporter's buffer.
func releaseView(_ t: Thread, _ v: Value) {
    let cell = v.asMemoryView
    lockCell(t, v)
    let first = cell.pointee.isReleased == 0
    cell.pointee.isReleased = 1
    unlockCell(t, v)
    let root = cell.pointee.root
    if !first || root.bits == 0 { return }
    lockCell(t, root)
    root.asMemoryView.pointee.exports &-= 1
    let last = root.asMemoryView.pointee.exports == 0
    unlockCell(t, root)
    if !last { return }
    let master = root.asMemoryView
    var buffer = LadonBuffer()
    buffer.object = master.pointee.object
    buffer.data = master.pointee.data
    buffer.length = master.pointee.length
    buffer.keeper = master.pointee.keeper
    buffer.private1 = master.pointee.private1
    releaseBuffer(t, &buffer)
}

func raiseReleased(_ t: Thread) -> Value { raise(t, .valueError, "operation forbidden on released memoryview object") }

// MARK: copying

/// The bytes of a borrowed buffer in C order.
public func bytesOfBuffer(_ t: Thread, _ buffer: LadonBuffer) -> Value {
    guard let data = buffer.data, buffer.length > 0 else { return emptyBytes }
    guard let strides = buffer.strides, let shape = buffer.shape else { return makeBytes(t, data, buffer.length) }
    let result = newBytes(t, count: buffer.length)
    var out = UnsafeMutableRawPointer(result.bytesData)
    gather(UnsafeRawPointer(data), Int(buffer.dimensions), shape, strides, Int(buffer.itemSize), &out)
    return result
}

/// Copies items in C order to `out`.
func gather(_ data: UnsafeRawPointer, _ dimensions: Int, _ shape: UnsafePointer<Int>, _ strides: UnsafePointer<Int>, _ itemSize: Int,
            _ out: inout UnsafeMutableRawPointer) {
    if dimensions == 0 {
        memcpy(out, data, itemSize)
        out += itemSize
        return
    }
    if dimensions == 1 && strides[0] == itemSize {
        memcpy(out, data, shape[0] &* itemSize)
        out += shape[0] &* itemSize
        return
    }
    for i in 0..<shape[0] { gather(data + i &* strides[0], dimensions - 1, shape + 1, strides + 1, itemSize, &out) }
}

/// Copies items from C order at `source` into strided memory.
func scatter(_ data: UnsafeMutableRawPointer, _ dimensions: Int, _ shape: UnsafePointer<Int>, _ strides: UnsafePointer<Int>, _ itemSize: Int,
             _ source: inout UnsafeRawPointer) {
    if dimensions == 0 {
        memcpy(data, source, itemSize)
        source += itemSize
        return
    }
    for i in 0..<shape[0] { scatter(data + i &* strides[0], dimensions - 1, shape + 1, strides + 1, itemSize, &source) }
}
