// Making str cells. A fresh string is filled through its data pointer before anybody else sees it; what must
// hold when it is handed out: its kind is the narrowest that holds its largest code point, and the ASCII flag
// is set exactly when all code points are below 128.

import Glibc

extension Value {
    /// The code points of a str of kind 1.
    @inlinable @inline(__always) public var strBytes: UnsafeMutablePointer<UInt8> { strData.assumingMemoryBound(to: UInt8.self) }
    /// The code points of a str of kind 2.
    @inlinable @inline(__always) public var strHalves: UnsafeMutablePointer<UInt16> { strData.assumingMemoryBound(to: UInt16.self) }
    /// The code points of a str of kind 4.
    @inlinable @inline(__always) public var strWords: UnsafeMutablePointer<UInt32> { strData.assumingMemoryBound(to: UInt32.self) }
    /// A str by its storage, whatever its kind.
    @inlinable @inline(__always) public var text: Text { Text(base: UnsafeRawPointer(strData), count: strCount, kind: strKind) }
    /// An instance of str or of a subclass.
    @inlinable @inline(__always) public var isStr: Bool {
        isCell && (id == TypeID.str.rawValue || typeOf(self).pointee.flags.contains(.strSubclass))
    }
    /// An instance of bytes or of a subclass.
    @inlinable @inline(__always) public var isBytes: Bool {
        isCell && (id == TypeID.bytes.rawValue || typeOf(self).pointee.flags.contains(.bytesSubclass))
    }
}

/// Code points of any width, for code where a branch for each of them does not matter. The owner must be kept alive.
@frozen public struct Text {
    public var base: UnsafeRawPointer
    public var count: Int
    /// 1, 2 or 4 bytes for each code point.
    public var kind: Int

    @inlinable @inline(__always) public init(base: UnsafeRawPointer, count: Int, kind: Int) {
        self.base = base; self.count = count; self.kind = kind
    }
    @inlinable @inline(__always) public subscript(i: Int) -> UInt32 {
        switch kind {
        case 1: return UInt32(base.load(fromByteOffset: i, as: UInt8.self))
        case 2: return UInt32(base.load(fromByteOffset: i &* 2, as: UInt16.self))
        default: return base.load(fromByteOffset: i &* 4, as: UInt32.self)
        }
    }
    /// Part of it; the bounds must be right.
    @inlinable public func slice(_ from: Int, _ to: Int) -> Text { Text(base: base + from &* kind, count: to &- from, kind: kind) }
    @inlinable @inline(__always) public func units<U: CodeUnit>(_ type: U.Type) -> UnsafePointer<U> { base.assumingMemoryBound(to: U.self) }
    /// All code points or-ed together.
    public var union: UInt32 {
        switch kind {
        case 1: return CodeUnits.asciiEnd(units(UInt8.self), 0, count) == count ? 0x40 : CodeUnits.union(units(UInt8.self), count)
        case 2: return CodeUnits.union(units(UInt16.self), count)
        default: return CodeUnits.union(units(UInt32.self), count)
        }
    }
    /// Copies to storage of the given kind, which must hold every code point.
    public func copy(to out: UnsafeMutableRawPointer, kind outKind: Int) {
        if kind == outKind { memcpy(out, base, count &* kind); return }
        switch (kind, outKind) {
        case (1, 2): CodeUnits.copy(units(UInt8.self), count, to: out.assumingMemoryBound(to: UInt16.self))
        case (1, 4): CodeUnits.copy(units(UInt8.self), count, to: out.assumingMemoryBound(to: UInt32.self))
        case (2, 1): CodeUnits.copy(units(UInt16.self), count, to: out.assumingMemoryBound(to: UInt8.self))
        case (2, 4): CodeUnits.copy(units(UInt16.self), count, to: out.assumingMemoryBound(to: UInt32.self))
        case (4, 1): CodeUnits.copy(units(UInt32.self), count, to: out.assumingMemoryBound(to: UInt8.self))
        default: CodeUnits.copy(units(UInt32.self), count, to: out.assumingMemoryBound(to: UInt16.self))
        }
    }
}

/// A leaf with a variable part, of any size. Callers keep sizes below `maximumTextBytes`; when the memory is truly
/// exhausted there is no way on.
@inlinable @inline(__always)
public func allocateText(_ t: Thread, id: UInt32, bytes: Int) -> UnsafeMutableRawPointer {
    // One byte more, so that a pointer to the end of the text still keeps the cell alive.
    if bytes < Int(LADON_LARGEST_SMALL) { return allocateLeaf(t, id: id, bytes: bytes &+ 1) }
    return allocateLargeText(t, id, bytes)
}

@usableFromInline @inline(never)
func allocateLargeText(_ t: Thread, _ id: UInt32, _ bytes: Int) -> UnsafeMutableRawPointer {
    if let cell = allocateAnyLeaf(t, id: id, bytes: bytes) { return cell }
    fatalError("out of memory")
}

/// Longer texts are refused with MemoryError before they are allocated.
public let maximumTextBytes = 1 << 36

/// A new str cell for `count` code points of `kind` bytes, to be filled at once; only its header and count are set.
@inlinable @inline(__always)
public func newString(_ t: Thread, kind: Int, count: Int, ascii: Bool) -> Value {
    let cell = allocateText(t, id: TypeID.str.rawValue, bytes: MemoryLayout<StrCell>.size &+ count &* kind)
    let str = cell.assumingMemoryBound(to: StrCell.self)
    str.pointee.count = count
    str.pointee.header.small = UInt8(truncatingIfNeeded: kind) | (ascii ? StrFlags.ascii : 0)
    return Value(cell)
}

/// A new str cell of the kind that code points with this union need (see `CodeUnits.union`).
@inlinable @inline(__always)
public func newString(_ t: Thread, union: UInt32, count: Int) -> Value {
    newString(t, kind: CodeUnits.width(ofUnion: union), count: count, ascii: union < 0x80)
}

/// The empty str.
@inlinable @inline(__always) public var emptyString: Value { ladon_runtime.emptyString }

/// The one-character str for a code point; those below 256 are shared.
@inlinable public func makeString(_ t: Thread, codePoint cp: UInt32) -> Value {
    if cp < 256 { return ladon_runtime.latin1[Int(cp)] }
    let v = newString(t, union: cp, count: 1)
    if cp < 0x10000 { v.strHalves[0] = UInt16(truncatingIfNeeded: cp) } else { v.strWords[0] = cp }
    return v
}

/// A str from bytes that are known to be ASCII.
public func makeString(_ t: Thread, ascii bytes: UnsafePointer<UInt8>, count: Int) -> Value {
    if count <= 1 { return count == 0 ? emptyString : ladon_runtime.latin1[Int(bytes[0])] }
    let v = newString(t, kind: 1, count: count, ascii: true)
    memcpy(v.strData, bytes, count)
    return v
}

/// A str from Latin-1 bytes.
public func makeString(_ t: Thread, latin1 bytes: UnsafePointer<UInt8>, count: Int) -> Value {
    if count <= 1 { return count == 0 ? emptyString : ladon_runtime.latin1[Int(bytes[0])] }
    let v = newString(t, kind: 1, count: count, ascii: CodeUnits.asciiEnd(bytes, 0, count) == count)
    memcpy(v.strData, bytes, count)
    return v
}

/// A str from code points, in the narrowest kind.
public func makeString(_ t: Thread, codePoints: UnsafePointer<UInt32>, count: Int) -> Value {
    makeString(t, Text(base: UnsafeRawPointer(codePoints), count: count, kind: 4))
}

/// A str with the code points of a text, in the narrowest kind.
public func makeString(_ t: Thread, _ text: Text) -> Value {
    if text.count <= 1 { return text.count == 0 ? emptyString : makeString(t, codePoint: text[0]) }
    let v = newString(t, union: text.union, count: text.count)
    text.copy(to: v.strData, kind: v.strKind)
    return v
}

/// A str from UTF-8. Bytes in error become U+FFFD, one for each maximal invalid sequence; see the codecs for
/// decoding that raises.
public func makeString(_ t: Thread, utf8 bytes: UnsafePointer<UInt8>, count: Int) -> Value {
    let whole = makeStringInOnePass(t, utf8: bytes, count: count)
    if !whole.isMissing { return whole }
    let scan = UTF8Codec.scan(bytes, 0, count)
    if scan.failed { return makeStringLossy(t, bytes, count, escape: false) }
    return makeString(t, utf8: bytes, scan)
}

/// A str from UTF-8 that is right and whole, decoded in one pass; `.missing` if it isn't, or is too long or rare for that: `scan` it then.
public func makeStringInOnePass(_ t: Thread, utf8 bytes: UnsafePointer<UInt8>, count: Int) -> Value {
    if CodeUnits.asciiEnd(bytes, 0, count) == count { return makeString(t, ascii: bytes, count: count) }
    // The halves, twice the input's size, should stay in the first-level cache's neighbourhood.
    if count > 16 << 10 { return .missing }
    return withUnsafeTemporaryAllocation(of: UInt16.self, capacity: count) { buffer -> Value in
        let halves = buffer.baseAddress.unsafelyUnwrapped
        guard let (produced, union) = UTF8Codec.decodeHalves(bytes, count, into: halves) else { return .missing }
        if produced == 1 { return makeString(t, codePoint: UInt32(halves[0])) }
        let v = newString(t, union: union, count: produced)
        Text(base: UnsafeRawPointer(halves), count: produced, kind: 2).copy(to: v.strData, kind: v.strKind)
        return v
    }
}

/// A str from UTF-8 that a scan has accepted.
public func makeString(_ t: Thread, utf8 bytes: UnsafePointer<UInt8>, _ scan: DecodeStep) -> Value {
    if scan.union < 0x80 { return makeString(t, ascii: bytes, count: scan.consumed) }
    if scan.produced == 1 {
        var cp: UInt32 = 0
        UTF8Codec.fill(bytes, 0, scan.consumed, into: &cp)
        return makeString(t, codePoint: cp)
    }
    let v = newString(t, union: scan.union, count: scan.produced)
    switch v.strKind {
    case 1: UTF8Codec.fill(bytes, 0, scan.consumed, into: v.strBytes)
    case 2: UTF8Codec.fill(bytes, 0, scan.consumed, into: v.strHalves)
    default: UTF8Codec.fill(bytes, 0, scan.consumed, into: v.strWords)
    }
    return v
}

/// A str from bytes of the operating system (file names, arguments, environment): UTF-8 with surrogateescape.
public func makeString(_ t: Thread, fileSystem bytes: UnsafePointer<UInt8>, count: Int) -> Value {
    let scan = UTF8Codec.scan(bytes, 0, count)
    if scan.failed { return makeStringLossy(t, bytes, count, escape: true) }
    return makeString(t, utf8: bytes, scan)
}

/// A str from a C string of the operating system.
public func makeString(_ t: Thread, fileSystem c: UnsafePointer<CChar>) -> Value {
    let count = strlen(c)
    return c.withMemoryRebound(to: UInt8.self, capacity: count + 1) { makeString(t, fileSystem: $0, count: count) }
}

private func makeStringLossy(_ t: Thread, _ bytes: UnsafePointer<UInt8>, _ count: Int, escape: Bool) -> Value {
    var builder = StringBuilder(t, capacity: count)
    var at = 0
    while at < count {
        let scan = UTF8Codec.scan(bytes, at, count)
        let end = scan.failed ? scan.errorStart : scan.consumed
        while at < end {
            var cp: UInt32 = 0
            let first = bytes[at]
            let length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
            UTF8Codec.fill(bytes, at, at &+ length, into: &cp)
            builder.append(cp)
            at &+= length
        }
        if scan.failed {
            if escape {
                for i in scan.errorStart..<scan.errorEnd { builder.append(0xDC00 &+ UInt32(bytes[i])) }
            } else {
                builder.append(0xFFFD)
            }
            at = scan.errorEnd
        }
    }
    return builder.finish()
}

/// A str from constant text.
public func makeString(_ t: Thread, _ s: StaticString) -> Value {
    if s.hasPointerRepresentation { return makeString(t, utf8: s.utf8Start, count: s.utf8CodeUnitCount) }
    return makeString(t, codePoint: s.unicodeScalar.value)
}

/// A str from a Swift string: for messages and other cold paths.
public func makeString(_ t: Thread, _ s: String) -> Value {
    var s = s
    return s.withUTF8 { bytes in
        guard let base = bytes.baseAddress else { return emptyString }
        return makeString(t, utf8: base, count: bytes.count)
    }
}

/// Part of a str (code points `from..<to`, bounds checked by the caller), always an exact str.
public func substring(_ t: Thread, _ v: Value, _ from: Int, _ to: Int) -> Value {
    let count = to &- from
    if count <= 0 { return emptyString }
    let kind = v.strKind
    if kind == 1 {
        let bytes = v.strBytes + from
        if count == 1 { return ladon_runtime.latin1[Int(bytes[0])] }
        if count == v.strCount && v.isExactly(.str) { return v }
        let ascii = v.strIsASCII || CodeUnits.asciiEnd(bytes, 0, count) == count
        let result = newString(t, kind: 1, count: count, ascii: ascii)
        memcpy(result.strData, v.strBytes + from, count)
        v.keepAlive
        return result
    }
    if count == v.strCount && v.isExactly(.str) { return v }
    let result = makeString(t, v.text.slice(from, to))
    v.keepAlive
    return result
}

/// The same text as an exact str: v itself, or a copy of an instance of a subclass.
public func exactString(_ t: Thread, _ v: Value) -> Value {
    if v.isExactly(.str) { return v }
    let count = v.strCount
    if count == 0 { return emptyString }
    if count == 1 && v.strKind == 1 { return ladon_runtime.latin1[Int(v.strBytes[0])] }
    let result = newString(t, kind: v.strKind, count: count, ascii: v.strIsASCII)
    memcpy(result.strData, v.strData, count &* v.strKind)
    v.keepAlive
    return result
}

/// The code point at index `i`, which must be within bounds.
@inlinable @inline(__always) public func stringCharAt(_ v: Value, _ i: Int) -> UInt32 { v.text[i] }

/// A copy as a Swift string: for messages and other cold paths. Surrogates become U+FFFD.
public func swiftString(_ v: Value) -> String {
    let text = v.text
    var result = ""
    if v.strIsASCII {
        result = String(decoding: UnsafeBufferPointer(start: v.strBytes, count: text.count), as: UTF8.self)
    } else {
        result.reserveCapacity(text.count)
        for i in 0..<text.count { result.unicodeScalars.append(Unicode.Scalar(text[i]) ?? "\u{FFFD}") }
    }
    v.keepAlive
    return result
}

/// Calls `body` with the UTF-8 of a str (surrogates as three bytes each, as surrogatepass has it), not zero-terminated.
/// `body` must not let the pointer escape.
@inlinable public func withUTF8<R>(_ v: Value, _ body: (UnsafePointer<UInt8>, Int) -> R) -> R {
    defer { v.keepAlive }
    let count = v.strCount
    if v.strIsASCII { return body(v.strBytes, count) }
    return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: count &* (v.strKind == 1 ? 2 : v.strKind == 2 ? 3 : 4)) { buffer in
        let out = buffer.baseAddress.unsafelyUnwrapped
        let written: Int
        switch v.strKind {
        case 1: written = UTF8Codec.encode(UnsafePointer(v.strBytes), 0, count, into: out)
        case 2: written = UTF8Codec.encode(UnsafePointer(v.strHalves), 0, count, into: out)
        default: written = UTF8Codec.encode(UnsafePointer(v.strWords), 0, count, into: out)
        }
        return body(out, written)
    }
}

/// Calls `body` with the bytes that the operating system knows a str by (UTF-8 with surrogateescape), zero-terminated; the
/// count leaves the zero out. Lone surrogates that stand for no byte are encoded as three bytes.
public func withFileSystemBytes<R>(_ v: Value, _ body: (UnsafePointer<UInt8>, Int) -> R) -> R {
    defer { v.keepAlive }
    let text = v.text
    return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: text.count &* 4 &+ 1) { buffer in
        let out = buffer.baseAddress.unsafelyUnwrapped
        var written = 0
        for i in 0..<text.count {
            let cp = text[i]
            if cp >= 0xDC80 && cp <= 0xDCFF {
                out[written] = UInt8(truncatingIfNeeded: cp)
                written &+= 1
            } else {
                written &+= UTF8Codec.encode(cp, into: out + written)
            }
        }
        out[written] = 0
        return body(UnsafePointer(out), written)
    }
}
