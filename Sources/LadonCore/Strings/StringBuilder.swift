// A str that grows at its end. The characters are gathered in the cell that becomes the result, so finishing
// copies only when much room is left over.

import Glibc

/// Builds a str piece by piece. A trivial struct for the native stack: it must not be kept in a heap cell, a class or an
/// escaping closure, and a copy of it is the same builder.
@frozen public struct StringBuilder {
    @usableFromInline let thread: Thread
    /// A str cell, not yet published.
    @usableFromInline var cell: Value
    @usableFromInline var base: UnsafeMutableRawPointer
    /// Code points so far.
    public var count: Int
    @usableFromInline var capacity: Int
    @usableFromInline var kind: Int
    /// All code points so far, or-ed together.
    @usableFromInline var union: UInt32

    /// An empty builder with room for `capacity` code points of `kind` bytes.
    public init(_ t: Thread, capacity: Int = 24, kind: Int = 1) {
        thread = t
        self.capacity = capacity < 16 ? 16 : capacity
        self.kind = kind
        cell = newString(t, kind: kind, count: 0, ascii: false, room: self.capacity)
        base = cell.strData
        count = 0
        union = 0
    }

    /// Appends one code point.
    @inlinable @inline(__always) public mutating func append(_ cp: UInt32) {
        union |= cp
        if kind == 1 && cp < 256 && count < capacity {
            base.storeBytes(of: UInt8(truncatingIfNeeded: cp), toByteOffset: count, as: UInt8.self)
            count &+= 1
        } else {
            appendSlow(cp)
        }
    }

    @usableFromInline @inline(never) mutating func appendSlow(_ cp: UInt32) {
        reserve(1, kind: CodeUnits.width(ofUnion: cp))
        switch kind {
        case 1: base.storeBytes(of: UInt8(truncatingIfNeeded: cp), toByteOffset: count, as: UInt8.self)
        case 2: base.storeBytes(of: UInt16(truncatingIfNeeded: cp), toByteOffset: count &* 2, as: UInt16.self)
        default: base.storeBytes(of: cp, toByteOffset: count &* 4, as: UInt32.self)
        }
        count &+= 1
    }

    /// Appends one code point `times` times.
    public mutating func append(_ cp: UInt32, times: Int) {
        if times <= 0 { return }
        union |= cp
        reserve(times, kind: CodeUnits.width(ofUnion: cp))
        switch kind {
        case 1: CodeUnits.fill((base + count).assumingMemoryBound(to: UInt8.self), times, cp)
        case 2: CodeUnits.fill((base + count &* 2).assumingMemoryBound(to: UInt16.self), times, cp)
        default: CodeUnits.fill((base + count &* 4).assumingMemoryBound(to: UInt32.self), times, cp)
        }
        count &+= times
    }

    /// Appends a whole str.
    @inlinable public mutating func append(_ v: Value) {
        let text = v.text
        if text.count == 0 { return }
        append(text, union: v.strIsASCII ? 0x40 : text.union)
        v.keepAlive
    }

    /// Appends code points `from..<to` of a str.
    public mutating func append(_ v: Value, _ from: Int, _ to: Int) {
        if to <= from { return }
        let text = v.text.slice(from, to)
        append(text, union: v.strIsASCII ? 0x40 : text.union)
        v.keepAlive
    }

    /// Appends a text.
    public mutating func append(_ text: Text) {
        if text.count > 0 { append(text, union: text.union) }
    }

    /// Appends a text whose union is known.
    @usableFromInline mutating func append(_ text: Text, union added: UInt32) {
        union |= added
        reserve(text.count, kind: CodeUnits.width(ofUnion: added))
        text.copy(to: base + count &* kind, kind: kind)
        count &+= text.count
    }

    /// Appends ASCII bytes.
    public mutating func append(ascii bytes: UnsafePointer<UInt8>, _ length: Int) {
        if length <= 0 { return }
        append(Text(base: UnsafeRawPointer(bytes), count: length, kind: 1), union: 0x40)
    }

    /// Appends constant ASCII text.
    public mutating func append(_ s: StaticString) { append(ascii: s.utf8Start, s.utf8CodeUnitCount) }

    /// Appends a Swift string: cold paths only.
    public mutating func append(_ s: String) {
        for scalar in s.unicodeScalars { append(scalar.value) }
    }

    /// Makes room for `more` code points of `kind` bytes.
    @usableFromInline mutating func reserve(_ more: Int, kind wanted: Int) {
        if wanted <= kind && capacity &- count >= more { return }
        grow(more, wanted > kind ? wanted : kind)
    }

    @inline(never) private mutating func grow(_ more: Int, _ newKind: Int) {
        let needed = count &+ more
        // A third more than needed when it grows; no more than needed when only the kind changes.
        let newCapacity = needed <= capacity ? capacity : needed &+ needed / 2 &+ 16
        let next = newString(thread, kind: newKind, count: 0, ascii: false, room: newCapacity)
        let data = next.strData
        Text(base: UnsafeRawPointer(base), count: count, kind: kind).copy(to: data, kind: newKind)
        cell.keepAlive
        cell = next
        base = data
        capacity = newCapacity
        kind = newKind
    }

    /// Drops everything after the first `count` code points. The kind stays as wide as it was (see `finish`).
    public mutating func truncate(_ count: Int) { self.count = count }

    /// What has been built so far, for reading.
    public var text: Text { Text(base: UnsafeRawPointer(base), count: count, kind: kind) }

    /// The str; the builder must not be used afterwards.
    public mutating func finish() -> Value {
        if count <= 1 { return count == 0 ? emptyString : makeString(thread, codePoint: text[0]) }
        let room = capacity &* kind
        let used = count &* kind
        // After `truncate`, or when the storage was begun too wide, the union may overstate.
        if CodeUnits.width(ofUnion: union) != kind || room &- used > used / 4 &+ 32 {
            let result = makeString(thread, text)
            releaseCell(thread, cell)
            return result
        }
        let str = cell.cell(as: StrCell.self)
        str.pointee.count = count
        str.pointee.header.small = UInt8(truncatingIfNeeded: kind) | (union < 0x80 ? StrFlags.ascii : 0)
        return cell
    }

    /// Like `finish`, when something was truncated away: looks at the characters again.
    public mutating func finishCanonical() -> Value {
        let result = makeString(thread, text)
        releaseCell(thread, cell)
        return result
    }
}

/// A str cell of `count` code points with room for `room`.
@usableFromInline func newString(_ t: Thread, kind: Int, count: Int, ascii: Bool, room: Int) -> Value {
    let cell = allocateText(t, id: TypeID.str.rawValue, bytes: MemoryLayout<StrCell>.size &+ room &* kind)
    let str = cell.assumingMemoryBound(to: StrCell.self)
    str.pointee.count = count
    str.pointee.header.small = UInt8(truncatingIfNeeded: kind) | (ascii ? StrFlags.ascii : 0)
    return Value(cell)
}
