// The text that an encoder writes: one byte per character until a wider one comes, then four.

import Glibc
import LadonLibrary

struct JSONText {
    private var bytes = ByteBuffer(capacity: 256)
    private var words: TextBuffer?

    func free() {
        bytes.free()
        words?.free()
    }

    /// A place to cut back to.
    var mark: Int { words?.count ?? bytes.count }

    mutating func cut(_ mark: Int) {
        if words == nil { bytes.count = mark } else { words?.count = mark }
    }

    /// The characters from a mark on.
    func take(_ t: Thread, from mark: Int) -> Value {
        if bytes.failed || words?.failed == true { return raiseMemoryError(t) }
        if let words { return makeString(t, codePoints: words.base + mark, count: words.count - mark) }
        return makeString(t, latin1: bytes.base + mark, count: bytes.count - mark)
    }

    func finish(_ t: Thread) -> Value {
        if bytes.failed || words?.failed == true { return raiseMemoryError(t) }
        if words == nil && bytes.union < 0x80 { return makeString(t, ascii: bytes.base, count: bytes.count) }
        return take(t, from: 0)
    }

    @inline(__always) mutating func append(_ s: StaticString) {
        if words == nil { raw(s.utf8Start, s.utf8CodeUnitCount) } else { words?.append(s) }
    }

    /// Copies bytes below 128.
    @inline(__always) private mutating func raw(_ p: UnsafePointer<UInt8>, _ n: Int) {
        if !bytes.reserve(n) { return }
        let to = bytes.base + bytes.count
        if n < 8 {
            var i = 0
            while i < n {
                to[i] = p[i]
                i &+= 1
            }
        } else {
            memcpy(to, p, n)
        }
        bytes.count &+= n
    }

    mutating func append(decimal n: Int) {
        if words != nil {
            words?.append(decimal: n)
            return
        }
        if !bytes.reserve(21) { return }
        var to = bytes.base + bytes.count
        if n < 0 {
            to[0] = 45
            to += 1
            bytes.count &+= 1
        }
        bytes.count &+= IntegerText.writeDecimal(n.magnitude, into: to)
    }

    mutating func append(float x: Double) {
        if words == nil {
            if !bytes.reserve(32) { return }
            bytes.count &+= FloatText.repr(x, into: bytes.base + bytes.count)
            return
        }
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 32) { buffer in
            let p = buffer.baseAddress.unsafelyUnwrapped
            words?.append(p, FloatText.repr(x, into: p))
        }
    }

    /// Makes the buffer one of four bytes per character.
    @inline(never) private mutating func widen() {
        var wide = TextBuffer(capacity: bytes.count &* 2 &+ 64)
        wide.append(bytes.base, bytes.count)
        words = wide
    }

    /// Appends a str as it is.
    mutating func append(_ v: Value) {
        let n = v.strCount
        if v.strKind == 1 {
            let p = UnsafePointer(v.strBytes)
            if words != nil {
                words?.append(p, n)
            } else if v.strIsASCII {
                raw(p, n)
            } else {
                bytes.append(p, n)
            }
        } else {
            if words == nil { widen() }
            if v.strKind == 2 { words?.append(UnsafePointer(v.strHalves), n) } else { words?.append(UnsafePointer(v.strWords), n) }
        }
        v.keepAlive
    }

    // MARK: string literals

    /// A string literal of ASCII characters only.
    mutating func append(jsonASCII v: Value) {
        // Everything written before is ASCII too, unless a separator is not.
        if words != nil {
            var part = JSONText()
            part.append(jsonASCII: v)
            words?.append(part.bytes.base, part.bytes.count)
            part.free()
            return
        }
        let n = v.strCount
        switch v.strKind {
        case 1: literal(UnsafePointer(v.strBytes), n, ascii: true)
        case 2: literal(UnsafePointer(v.strHalves), n, ascii: true)
        default: literal(UnsafePointer(v.strWords), n, ascii: true)
        }
        v.keepAlive
    }

    /// A string literal that leaves characters beyond ASCII as they are.
    mutating func append(json v: Value) {
        let n = v.strCount
        if v.strKind == 1 && words == nil {
            literal(UnsafePointer(v.strBytes), n, ascii: false)
        } else {
            if words == nil { widen() }
            switch v.strKind {
            case 1: wideLiteral(UnsafePointer(v.strBytes), n)
            case 2: wideLiteral(UnsafePointer(v.strHalves), n)
            default: wideLiteral(UnsafePointer(v.strWords), n)
            }
        }
        v.keepAlive
    }

    /// Characters from `i` on that stand for themselves.
    @inline(__always) private func plainEnd<U: LadonCore.CodeUnit>(_ s: UnsafePointer<U>, _ start: Int, _ n: Int, ascii: Bool) -> Int {
        var i = start
        if MemoryLayout<U>.size == 1 {
            let ones: UInt64 = 0x0101_0101_0101_0101
            let highs: UInt64 = 0x8080_8080_8080_8080
            while i &+ 8 <= n {
                let w = UnsafeRawPointer(s + i).loadUnaligned(as: UInt64.self)
                let quote = w ^ 0x2222_2222_2222_2222
                let slash = w ^ 0x5C5C_5C5C_5C5C_5C5C
                let delete = w ^ 0x7F7F_7F7F_7F7F_7F7F
                let quotes: UInt64 = (quote &- ones) & ~quote
                let slashes: UInt64 = (slash &- ones) & ~slash
                let controls: UInt64 = (w &- 0x2020_2020_2020_2020) & ~w
                var odd: UInt64 = quotes | slashes | controls
                if ascii { odd |= w | ((delete &- ones) & ~delete) }
                if odd & highs != 0 { break }
                i &+= 8
            }
        }
        while i < n {
            let c = s[i]
            if c == 34 || c == 92 || c < 32 || (ascii && c > 126) { break }
            i &+= 1
        }
        return i
    }

    private mutating func literal<U: LadonCore.CodeUnit>(_ s: UnsafePointer<U>, _ n: Int, ascii: Bool) {
        if !bytes.reserve(n &+ 2) { return }
        bytes.append(34)
        var i = 0
        while i < n {
            let end = plainEnd(s, i, n, ascii: ascii)
            if end > i {
                if ascii && MemoryLayout<U>.size == 1 {
                    raw(UnsafeRawPointer(s + i).assumingMemoryBound(to: UInt8.self), end &- i)
                } else {
                    bytes.append(s + i, end &- i)
                }
            }
            if end == n { break }
            let c = UInt32(truncatingIfNeeded: s[end])
            if c > 0xFFFF {
                let rest = c &- 0x10000
                escape(0xD800 | rest >> 10)
                escape(0xDC00 | rest & 0x3FF)
            } else {
                escape(c)
            }
            i = end &+ 1
        }
        bytes.append(34)
    }

    private mutating func escape(_ c: UInt32) {
        let letter = shortEscape(c)
        if letter != 0 {
            bytes.append(92)
            bytes.append(letter)
        } else {
            append("\\u")
            bytes.append(hex: c, width: 4)
        }
    }

    private mutating func wideLiteral<U: LadonCore.CodeUnit>(_ s: UnsafePointer<U>, _ n: Int) {
        words?.append(34)
        var i = 0
        while i < n {
            let end = plainEnd(s, i, n, ascii: false)
            words?.append(s + i, end &- i)
            if end == n { break }
            let c = UInt32(truncatingIfNeeded: s[end])
            let letter = shortEscape(c)
            words?.append(92)
            if letter != 0 {
                words?.append(UInt32(letter))
            } else {
                words?.append(117)
                words?.append(hex: c, width: 4)
            }
            i = end &+ 1
        }
        words?.append(34)
    }

    @inline(__always) private func shortEscape(_ c: UInt32) -> UInt8 {
        switch c {
        case 34: return 34
        case 92: return 92
        case 8: return 98
        case 12: return 102
        case 10: return 110
        case 13: return 114
        case 9: return 116
        default: return 0
        }
    }
}

private func encode(_ t: Thread, _ v: Value, ascii: Bool) -> Value {
    if !v.isCell || !v.isStr { return raise(t, .typeError, "first argument must be a string, not \(typeName(v))") }
    var text = JSONText()
    defer { text.free() }
    if ascii { text.append(jsonASCII: v) } else { text.append(json: v) }
    return text.finish(t)
}

func json_encodeASCII(_ t: Thread, _ a: Values) -> Value { encode(t, a[1], ascii: true) }
func json_encodePlain(_ t: Thread, _ a: Values) -> Value { encode(t, a[1], ascii: false) }
