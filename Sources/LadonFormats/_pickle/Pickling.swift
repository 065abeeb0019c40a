// One run of a pickler: the bytes written so far, frames, and the values that have opcodes of their own.

import Glibc
import LadonLibrary

/// Lives on the native stack, which the collector scans; the memo is the pickler's.
struct Pickling {
    let t: Thread
    let pickler: Value
    /// `file.write`, or `.missing`: everything is kept.
    let write: Value
    let persistent: Value
    var dispatchTable: Value
    /// Asked when `dispatchTable` doesn't have a type; both are dicts then. `.missing`: there is only one table.
    var secondTable = Value.missing
    /// Pickler.reducer_override, or `.missing`.
    let reducerOverride: Value
    let proto: Int
    let bin: Bool
    let fast: Bool
    let fixImports: Bool
    var out = ByteBuffer(capacity: 1024)
    /// Where the open frame's header is; -1: none is open.
    private var frameStart = -1
    private var framing = false
    private var depth = 0
    private let depthLimit: Int
    /// The id of the last type whose instances were found to pickle in the plain way.
    var plainType: UInt32 = 0
    /// Containers being written in fast mode, which has no memo to find circles with; made when they are many.
    var fastDepth = 0
    var fastMemo = Value.none

    init(_ t: Thread, _ pickler: Value, write: Value, reducerOverride: Value) {
        let c = picklerCell(pickler)
        self.t = t
        self.pickler = pickler
        self.write = write
        self.reducerOverride = reducerOverride
        persistent = loadSlot(&c.pointee.persistent)
        dispatchTable = loadSlot(&c.pointee.dispatchTable)
        proto = Int(c.pointee.proto)
        bin = c.pointee.bin != 0
        fast = c.pointee.fast != 0
        fixImports = c.pointee.fixImports != 0
        depthLimit = interpreter(t).pointee.recursionLimit
    }

    func free() { out.free() }

    mutating func dump(_ v: Value) -> Bool {
        if proto >= 2 {
            out.append(PickleOpcode.proto)
            out.append(UInt8(truncatingIfNeeded: proto))
        }
        framing = proto >= 4
        if !save(v) { return false }
        op(PickleOpcode.stop)
        commitFrame()
        framing = false
        return true
    }

    /// What was written, as bytes.
    mutating func bytes() -> Value {
        commitFrame()
        return out.failed ? raiseMemoryError(t) : makeBytes(t, out.base, out.count)
    }

    /// Gives what was written to the file.
    mutating func flush() -> Bool {
        if write.isMissing { return true }
        let b = bytes()
        out.removeAll()
        return !b.isRaised && !call(t, write, b).isRaised
    }

    // MARK: bytes and frames

    /// Opens a frame if one is due.
    @inline(__always) mutating func begin() {
        if framing && frameStart < 0 {
            frameStart = out.count
            out.append(0, times: PickleOpcode.frameHeader)
        }
    }

    @inline(__always) mutating func op(_ code: UInt8) {
        begin()
        out.append(code)
    }

    @inline(__always) mutating func put(_ n: Int, bytes: Int) {
        if !out.reserve(8) { return }
        let p = UnsafeMutableRawPointer(out.base + out.count)
        p.storeBytes(of: UInt64(truncatingIfNeeded: n).littleEndian, as: UInt64.self)
        out.count &+= bytes
    }

    @inline(__always) mutating func put(_ p: UnsafePointer<UInt8>, _ n: Int) {
        if n <= 0 || !out.reserve(n) { return }
        memcpy(out.base + out.count, p, n)
        out.count &+= n
    }

    /// Closes the open frame; one that is too short becomes plain opcodes.
    mutating func commitFrame() {
        if frameStart < 0 || out.failed { return }
        let length = out.count - frameStart - PickleOpcode.frameHeader
        let p = UnsafeMutableRawPointer(out.base + frameStart)
        if length >= PickleOpcode.frameMinimum {
            p.storeBytes(of: PickleOpcode.frame, as: UInt8.self)
            (p + 1).storeBytes(of: UInt64(length).littleEndian, as: UInt64.self)
        } else {
            memmove(p, p + PickleOpcode.frameHeader, length)
            out.count -= PickleOpcode.frameHeader
        }
        frameStart = -1
    }

    /// Between two opcodes: a long frame ends here.
    @inline(__always) mutating func boundary() -> Bool {
        if frameStart < 0 || out.count - frameStart - PickleOpcode.frameHeader < PickleOpcode.frameTarget { return true }
        commitFrame()
        return write.isMissing || flush()
    }

    /// A header that is in `out` from `start` on is followed by `n` bytes. Large ones stand outside of frames, and go to the file
    /// without a copy of ours (`owner` is an exact bytes object with just these, or none).
    mutating func putPayload(_ p: UnsafePointer<UInt8>, _ n: Int, header: (UInt8, Int, Int), owner: Value) -> Bool {
        if framing && n >= PickleOpcode.frameTarget {
            commitFrame()
            out.append(header.0)
            put(header.1, bytes: header.2)
            if write.isMissing {
                put(p, n)
                return true
            }
            if !flush() { return false }
            let b = owner.isNone ? makeBytes(t, p, n) : owner
            return !call(t, write, b).isRaised
        }
        op(header.0)
        put(header.1, bytes: header.2)
        put(p, n)
        return true
    }

    // MARK: the memo

    /// Notes that the object on the machine's stack has a number from now on.
    mutating func memoize(_ v: Value) -> Bool {
        if fast { return true }
        let n = picklerMemoAdd(t, pickler, v)
        if n < 0 { return false }
        if proto >= 4 {
            op(PickleOpcode.memoize)
            return true
        }
        if n > 0xFFFF_FFFF && bin { return raisePickling(t, "memo id too large for LONG_BINPUT") }
        noteNumber(n)
        return true
    }

    /// The opcode that gives an object its number.
    private mutating func noteNumber(_ n: Int) {
        if proto >= 4 {
            op(PickleOpcode.memoize)
        } else {
            op(numbered: n, text: PickleOpcode.put, byte: PickleOpcode.binPut, long: PickleOpcode.longBinPut)
        }
    }

    /// An opcode followed by an object's number: in decimal, of one byte, or of four.
    @inline(__always) private mutating func op(numbered n: Int, text: UInt8, byte: UInt8, long: UInt8) {
        if !bin {
            op(text)
            out.append(decimal: n)
            out.append(10)
        } else if n < 256 {
            op(byte)
            out.append(UInt8(truncatingIfNeeded: n))
        } else {
            op(long)
            put(n, bytes: 4)
        }
    }

    /// Takes a number for an object that nothing else refers to.
    mutating func memoizeNothing() {
        let c = picklerCell(pickler)
        let n = c.pointee.memoCount
        c.pointee.memoCount = n &+ 1
        noteNumber(n)
    }

    @inline(__always) func known(_ v: Value) -> Int { picklerMemoIndex(pickler, v) }

    /// Fetches an object by its number.
    mutating func fetch(_ n: Int) -> Bool {
        op(numbered: n, text: PickleOpcode.get, byte: PickleOpcode.binGet, long: PickleOpcode.longBinGet)
        return true
    }

    // MARK: any value

    /// Writes the opcodes that make a value. False: raised.
    mutating func save(_ v: Value, isPersistentID: Bool = false) -> Bool {
        if !boundary() { return false }
        if persistent.bits != 0 && !isPersistentID {
            let done = savePersistent(v)
            if done != 0 { return done > 0 }
        }
        if v.isSmallInt { return save(int: v) }
        if !v.isCell {
            if v.isNone {
                op(PickleOpcode.none)
                return true
            }
            if v.isBool {
                if proto >= 2 {
                    op(v.isTrue ? PickleOpcode.newTrue : PickleOpcode.newFalse)
                } else {
                    begin()
                    out.append(v.isTrue ? "I01\n" : "I00\n")
                }
                return true
            }
            let n = known(v)
            return n >= 0 ? fetch(n) : saveByReducing(v)
        }
        let id = v.id
        if id == TypeID.float.rawValue { return save(float: v.asFloat) }
        if id == TypeID.int.rawValue { return save(int: v) }
        let n = known(v)
        if n >= 0 { return fetch(n) }
        switch id {
        case TypeID.str.rawValue: return save(str: v)
        case TypeID.bytes.rawValue: return save(bytes: v)
        default: break
        }
        depth &+= 1
        if depth >= depthLimit || ladon_stack_pointer() <= t.pointee.nativeStackLimit {
            _ = raiseRecursionError(t, " while pickling an object")
            return false
        }
        let done: Bool
        switch id {
        case TypeID.dict.rawValue: done = save(dict: v)
        case TypeID.list.rawValue: done = save(list: v)
        case TypeID.tuple.rawValue: done = save(tuple: v)
        case TypeID.set.rawValue: done = save(set: v)
        case TypeID.frozenset.rawValue: done = save(frozenset: v)
        case TypeID.bytearray.rawValue: done = save(bytearray: v)
        default:
            if typeOf(v) == pickleTypes.buffer { done = save(buffer: v) } else { done = saveByReducing(v) }
        }
        depth &-= 1
        return done
    }

    /// 1 written as a persistent id, 0 not, -1 raised.
    @inline(never) private mutating func savePersistent(_ v: Value) -> Truth {
        let pid = call(t, persistent, v)
        if pid.isRaised { return -1 }
        if pid.isNone { return 0 }
        if bin {
            if !save(pid, isPersistentID: true) { return -1 }
            op(PickleOpcode.binPersistent)
            return 1
        }
        let text = str(t, pid)
        if text.isRaised { return -1 }
        if !text.strIsASCII && text.strCount > 0 {
            raisePickling(t, "persistent IDs in protocol 0 must be ASCII strings")
            return -1
        }
        op(PickleOpcode.persistent)
        put(UnsafePointer(text.strBytes), text.strCount)
        out.append(10)
        text.keepAlive
        return 1
    }

    // MARK: numbers

    /// An integer of 32 bits, in binary.
    @inline(__always) mutating func putSmall(_ n: Int) {
        begin()
        if !out.reserve(9) { return }
        let p = out.base + out.count
        let word = UInt32(truncatingIfNeeded: n).littleEndian
        if UInt(bitPattern: n) < 256 {
            p[0] = PickleOpcode.binInt1
            p[1] = UInt8(truncatingIfNeeded: n)
            out.count &+= 2
        } else {
            let isShort = UInt(bitPattern: n) < 65536
            p[0] = isShort ? PickleOpcode.binInt2 : PickleOpcode.binInt
            UnsafeMutableRawPointer(p + 1).storeBytes(of: word, as: UInt32.self)
            out.count &+= isShort ? 3 : 5
        }
    }

    private mutating func save(int v: Value) -> Bool {
        if v.isSmallInt {
            let n = v.smallInt
            if n >= Int(Int32.min) && n <= Int(Int32.max) {
                if !bin {
                    op(PickleOpcode.int)
                    out.append(decimal: n)
                    out.append(10)
                } else {
                    putSmall(n)
                }
                return true
            }
        }
        if proto < 2 {
            let text = intToString(t, v, 10)
            if text.isRaised { return false }
            op(PickleOpcode.long)
            put(UnsafePointer(text.strBytes), text.strCount)
            out.append("L\n")
            text.keepAlive
            return true
        }
        let bytes = signedBytes(v)
        if bytes < 256 {
            op(PickleOpcode.long1)
            out.append(UInt8(bytes))
        } else if bytes <= 0x7FFF_FFFF {
            op(PickleOpcode.long4)
            put(bytes, bytes: 4)
        } else {
            _ = raise(t, .overflowError, "int too large to pickle")
            return false
        }
        if !out.reserve(bytes) { return true }
        _ = intToBytes(v, out.base + out.count, bytes, little: true, signed: true)
        out.count &+= bytes
        return true
    }

    /// Bytes of the shortest two's complement form.
    private func signedBytes(_ v: Value) -> Int {
        let bits = intBitLength(v)
        let bytes = bits / 8 + 1
        if bits % 8 != 0 || bits == 0 || intSign(v) >= 0 { return bytes }
        // -2^(8k - 1) fits k bytes: then one less than its magnitude has a bit less.
        let less = intSub(t, intNeg(t, v), .one)
        return intBitLength(less) < bits ? bytes - 1 : bytes
    }

    private mutating func save(float x: Double) -> Bool {
        if bin {
            op(PickleOpcode.binFloat)
            if !out.reserve(8) { return true }
            UnsafeMutableRawPointer(out.base + out.count).storeBytes(of: x.bitPattern.bigEndian, as: UInt64.self)
            out.count &+= 8
            return true
        }
        op(PickleOpcode.float)
        if !out.reserve(32) { return true }
        out.count &+= FloatText.repr(x, into: out.base + out.count)
        out.append(10)
        return true
    }

    // MARK: bytes

    private mutating func save(bytes v: Value) -> Bool {
        if proto < 3 {
            // As text, which is what old versions could read.
            let args: Value
            if v.bytesCount == 0 {
                args = makeTuple(t, builtinType(.bytes).value, ladon_runtime.emptyTuple)
            } else {
                let text = makeString(t, latin1: v.bytesData, count: v.bytesCount)
                args = makeTuple(t, pickleRoots(t)[PickleRoot.encode], makeTuple(t, text, makeString(t, "latin1")))
            }
            v.keepAlive
            return !args.isRaised && saveReduce(args, v)
        }
        return save(bytesAt: v.bytesData, v.bytesCount, of: v)
    }

    mutating func save(bytesAt p: UnsafePointer<UInt8>, _ n: Int, of v: Value) -> Bool {
        let header: (UInt8, Int, Int)
        if n < 256 {
            header = (PickleOpcode.shortBinBytes, n, 1)
        } else if n <= 0xFFFF_FFFF {
            header = (PickleOpcode.binBytes, n, 4)
        } else if proto >= 4 {
            header = (PickleOpcode.binBytes8, n, 8)
        } else {
            _ = raise(t, .overflowError, "serializing a bytes object larger than 4 GiB requires pickle protocol 4 or higher")
            return false
        }
        return putPayload(p, n, header: header, owner: v.isExactly(.bytes) ? v : .none) && memoize(v)
    }

    private mutating func save(bytearray v: Value) -> Bool {
        let contents = byteArrayContents(v)
        if proto < 5 {
            let args = contents.count == 0 ? ladon_runtime.emptyTuple : makeTuple(t, makeBytes(t, contents.base, contents.count))
            let reduced = args.isRaised ? args : makeTuple(t, builtinType(.bytearray).value, args)
            return !reduced.isRaised && saveReduce(reduced, v)
        }
        let done = save(bytearrayAt: contents.base, contents.count, of: v)
        Value(contents.base).keepAlive
        return done
    }

    mutating func save(bytearrayAt p: UnsafePointer<UInt8>, _ n: Int, of v: Value) -> Bool {
        putPayload(p, n, header: (PickleOpcode.byteArray8, n, 8), owner: .none) && memoize(v)
    }

    private mutating func save(buffer v: Value) -> Bool {
        if proto < 5 { return raisePickling(t, "PickleBuffer can only be pickled with protocol >= 5") }
        var buffer = LadonBuffer()
        if getBuffer(t, v, &buffer, flags: LADON_BUFFER_FULL_RO) < 0 { return false }
        defer { releaseBuffer(t, &buffer) }
        if !bufferIsContiguous(buffer) { return raisePickling(t, "PickleBuffer can not be pickled when pointing to a non-contiguous buffer") }
        let callback = loadSlot(&picklerCell(pickler).pointee.bufferCallback)
        var inBand = true
        if !callback.isNone {
            let result = call(t, callback, v)
            let truth = result.isRaised ? -1 : isTrue(t, result)
            if truth < 0 { return false }
            inBand = truth > 0
        }
        if inBand {
            return buffer.isReadOnly != 0 ? save(bytesAt: buffer.bytes, buffer.length, of: v) : save(bytearrayAt: buffer.bytes, buffer.length, of: v)
        }
        op(PickleOpcode.nextBuffer)
        if buffer.isReadOnly != 0 { op(PickleOpcode.readOnlyBuffer) }
        return true
    }

    // MARK: text

    private mutating func save(str v: Value) -> Bool {
        if !bin {
            op(PickleOpcode.unicode)
            rawUnicodeEscape(v)
            out.append(10)
            return memoize(v)
        }
        if v.strIsASCII && proto >= 4 && v.strCount < 256 {
            let n = v.strCount
            begin()
            if !out.reserve(n &+ 10) { return true }
            let p = out.base + out.count
            p[0] = PickleOpcode.shortBinUnicode
            p[1] = UInt8(truncatingIfNeeded: n)
            memcpy(p + 2, v.strData, n)
            out.count &+= n &+ 2
            return memoize(v)
        }
        if v.strIsASCII || v.strCount == 0 {
            let done = save(utf8: UnsafePointer(v.strBytes), v.strCount)
            v.keepAlive
            return done && memoize(v)
        }
        // UTF-8, surrogates like other characters.
        let text = v.text
        var buffer = ByteBuffer(capacity: text.count &* 3)
        defer { buffer.free() }
        for i in 0..<text.count {
            let c = text[i]
            if c < 0x80 {
                buffer.append(UInt8(c))
            } else if c < 0x800 {
                buffer.append(UInt8(0xC0 | c >> 6))
                buffer.append(UInt8(0x80 | c & 0x3F))
            } else if c < 0x10000 {
                buffer.append(UInt8(0xE0 | c >> 12))
                buffer.append(UInt8(0x80 | c >> 6 & 0x3F))
                buffer.append(UInt8(0x80 | c & 0x3F))
            } else {
                buffer.append(UInt8(0xF0 | c >> 18))
                buffer.append(UInt8(0x80 | c >> 12 & 0x3F))
                buffer.append(UInt8(0x80 | c >> 6 & 0x3F))
                buffer.append(UInt8(0x80 | c & 0x3F))
            }
        }
        v.keepAlive
        if buffer.failed {
            _ = raiseMemoryError(t)
            return false
        }
        return save(utf8: buffer.base, buffer.count) && memoize(v)
    }

    private mutating func save(utf8 p: UnsafePointer<UInt8>, _ n: Int) -> Bool {
        let header: (UInt8, Int, Int)
        if n < 256 && proto >= 4 {
            header = (PickleOpcode.shortBinUnicode, n, 1)
        } else if n <= 0xFFFF_FFFF {
            header = (PickleOpcode.binUnicode, n, 4)
        } else if proto >= 4 {
            header = (PickleOpcode.binUnicode8, n, 8)
        } else {
            _ = raise(t, .overflowError, "serializing a string larger than 4 GiB requires pickle protocol 4 or higher")
            return false
        }
        return putPayload(p, n, header: header, owner: .none)
    }

    /// Latin-1, with escapes for the rest and for what would end the line.
    private mutating func rawUnicodeEscape(_ v: Value) {
        let text = v.text
        for i in 0..<text.count {
            let c = text[i]
            if c >= 0x10000 {
                out.append("\\U")
                out.append(hex: c, width: 8)
            } else if c >= 256 || c == 92 || c == 0 || c == 10 || c == 13 || c == 0x1A {
                out.append("\\u")
                out.append(hex: c, width: 4)
            } else {
                out.append(UInt8(c))
            }
        }
        v.keepAlive
    }
}
