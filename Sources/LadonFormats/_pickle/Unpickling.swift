// One run of an unpickler: its input, its stack, and the opcodes that make plain values.

import Glibc
import LadonLibrary

/// Lives on the native stack, which the collector scans; the memo is the unpickler's.
struct Unpickling {
    let t: Thread
    let unpickler: Value
    let cell: UnsafeMutablePointer<UnpicklerCell>
    /// The values on the machine's stack: at first in the native stack's memory (`scratch`), then in a StorageCell.
    private var stackCell = Value.none
    var stack: Values
    var count = 0
    private var room: Int
    /// Where marks are: counts of values below them.
    private var marks: UnsafeMutablePointer<Int>
    private let firstMarks: UnsafeMutablePointer<Int>
    private(set) var markCount = 0
    private var markRoom = 16
    /// Values below belong to an outer mark.
    private(set) var fence = 0
    // Input: `input[next ..< length]` is there to be read.
    private var input: UnsafePointer<UInt8>
    private var length = 0
    private var next = 0
    /// The bytes object that `input` lies in; none for `loads`.
    private var holder = Value.none
    /// Up to here the file itself was read; beyond, its data was only looked at with peek(). -1: without peek.
    private var consumed = -1
    private let fromFile: Bool

    /// Words that the caller has on its native stack.
    static let scratchWords = 112

    init(_ t: Thread, _ unpickler: Value, scratch: Values) {
        self.t = t
        self.unpickler = unpickler
        cell = unpicklerCell(unpickler)
        room = 96
        stack = scratch
        marks = UnsafeMutableRawPointer(scratch + 96).assumingMemoryBound(to: Int.self)
        firstMarks = marks
        fromFile = cell.pointee.read.bits != 0
        input = UnsafePointer(emptyBytes.bytesData)
        let rest = loadSlot(&cell.pointee.rest)
        if rest.bits != 0 {
            holder = rest
            input = UnsafePointer(rest.bytesData)
            length = rest.bytesCount
            next = min(max(cell.pointee.restStart, 0), length)
            storeSlot(&cell.pointee.rest, .raised)
        }
    }

    func free() { if marks != firstMarks { marks.deallocate() } }

    mutating func setInput(_ p: UnsafePointer<UInt8>, _ n: Int) {
        input = p
        length = n
        next = 0
    }

    // MARK: input

    private func truncated() { raiseUnpickling(t, "pickle data was truncated") }

    /// The next `n` bytes; nil: raised.
    @inline(__always) mutating func read(_ n: Int) -> UnsafePointer<UInt8>? {
        if n >= 0 && n <= length &- next {
            let p = input + next
            next &+= n
            return p
        }
        return readMore(n)
    }

    @inline(never) private mutating func readMore(_ n: Int) -> UnsafePointer<UInt8>? {
        if n < 0 || n > Int.max / 2 {
            raiseUnpickling(t, "read would overflow (invalid bytecode)")
            return nil
        }
        if !fromFile {
            truncated()
            return nil
        }
        if !refill(n) { return nil }
        if n > length {
            truncated()
            return nil
        }
        next = n
        return input
    }

    private static let prefetch = 128 * 1024

    /// Fills the input from the file with at least `n` bytes if it has them, or one line (-1).
    private mutating func refill(_ n: Int) -> Bool {
        if !takePeeked() { return false }
        let data: Value
        let peek = loadSlot(&cell.pointee.peek)
        if n < 0 {
            data = call(t, loadSlot(&cell.pointee.readline))
        } else {
            if peek.bits != 0 && n < Unpickling.prefetch {
                let seen = call(t, peek, Value(smallInt: Unpickling.prefetch))
                if seen.isRaised {
                    // A file whose peek() does not work is read as if it had none.
                    if !exceptionMatches(t, .notImplementedError) { return false }
                    clearException(t)
                    storeSlot(&cell.pointee.peek, .raised)
                } else {
                    guard let bytes = asBytes(seen) else { return false }
                    if bytes.bytesCount >= n && bytes.bytesCount > 0 {
                        hold(bytes)
                        consumed = 0
                        return true
                    }
                }
            }
            let read = loadSlot(&cell.pointee.read)
            data = call(t, read, makeInt(t, n))
        }
        if data.isRaised { return false }
        guard let bytes = asBytes(data) else { return false }
        hold(bytes)
        consumed = -1
        return true
    }

    private mutating func hold(_ bytes: Value) {
        holder = bytes
        input = UnsafePointer(bytes.bytesData)
        length = bytes.bytesCount
        next = 0
    }

    private func asBytes(_ v: Value) -> Value? {
        if v.isCell && v.isBytes { return v }
        var buffer = LadonBuffer()
        if getBuffer(t, v, &buffer) < 0 { return nil }
        let copy = makeBytes(t, buffer.bytes, buffer.length)
        releaseBuffer(t, &buffer)
        return copy.isRaised ? nil : copy
    }

    /// Reads from the file what was used of the data that was only looked at.
    private mutating func takePeeked() -> Bool {
        if consumed < 0 || next <= consumed { return true }
        let n = next - consumed
        consumed = next
        return !call(t, loadSlot(&cell.pointee.read), Value(smallInt: n)).isRaised
    }

    /// The next line without its end; the bytes stay good until the next reading. nil: raised.
    mutating func readLine() -> (UnsafePointer<UInt8>, Int)? {
        var i = next
        while i < length {
            if input[i] == 10 {
                let p = input + next, n = i - next
                next = i + 1
                return (p, n)
            }
            i += 1
        }
        if !fromFile {
            truncated()
            return nil
        }
        // What is left without a line's end belongs to the line that the file goes on with, if the file itself was read.
        if !refill(-1) { return nil }
        if length == 0 || input[length - 1] != 10 {
            truncated()
            return nil
        }
        next = length
        return (input, length - 1)
    }

    @inline(__always) mutating func unsigned(_ bytes: Int) -> Int? {
        guard let p = read(bytes) else { return nil }
        var n: UInt64 = 0
        var i = bytes
        while i > 0 {
            i &-= 1
            n = n << 8 | UInt64(p[i])
        }
        return Int(Int64(bitPattern: n))
    }

    // MARK: the stack

    @inline(__always) mutating func push(_ v: Value) -> Bool {
        if v.isRaised { return false }
        if count == room && !grow(v) { return false }
        stack[count] = v
        count &+= 1
        return true
    }

    @inline(never) private mutating func grow(_ v: Value) -> Bool {
        let more = makeStorage(t, room * 2)
        if more.isRaised {
            _ = raiseMemoryError(t)
            return false
        }
        for i in 0..<count { more.storageItems[i] = stack[i] }
        releaseCell(t, stackCell)
        stackCell = more
        stack = more.storageItems
        room *= 2
        v.keepAlive
        return true
    }

    /// Forgets the values from `n` on.
    @inline(__always) mutating func cut(_ n: Int) {
        while count > n {
            count &-= 1
            stack[count] = .raised
        }
    }

    /// The value on top, taken off; nil: raised.
    @inline(__always) mutating func pop() -> Value? {
        if count <= fence {
            underflow()
            return nil
        }
        count &-= 1
        let v = stack[count]
        stack[count] = .raised
        return v
    }

    @discardableResult func underflow() -> Bool { raiseUnpickling(t, markCount > 0 ? "unexpected MARK found" : "unpickling stack underflow") }

    private mutating func pushMark() {
        if markCount == markRoom {
            let more = UnsafeMutablePointer<Int>.allocate(capacity: markRoom * 2)
            more.update(from: marks, count: markCount)
            if marks != firstMarks { marks.deallocate() }
            marks = more
            markRoom *= 2
        }
        marks[markCount] = count
        markCount += 1
        fence = count
    }

    /// Takes the last mark off and says how many values lie below it; nil: raised.
    mutating func popMark() -> Int? {
        if markCount < 1 {
            raiseUnpickling(t, "could not find MARK")
            return nil
        }
        markCount -= 1
        fence = markCount > 0 ? marks[markCount - 1] : 0
        return marks[markCount]
    }

    /// The values from `start` on as a tuple, taken off; 0: raised.
    mutating func popTuple(_ start: Int) -> Value {
        if start < fence || start > count {
            underflow()
            return .raised
        }
        let result = start == count ? ladon_runtime.emptyTuple : makeTuple(t, stack + start, count - start)
        cut(start)
        return result
    }

    mutating func popList(_ start: Int) -> Value {
        if start < fence || start > count {
            underflow()
            return .raised
        }
        let result = makeList(t, stack + start, count - start)
        cut(start)
        return result
    }

    // MARK: the machine

    /// Runs opcodes up to STOP: the value on top. 0: raised.
    mutating func load() -> Value {
        cell.pointee.proto = 0
        let result = run()
        releaseCell(t, stackCell)
        holder.keepAlive
        if result.isRaised { return result }
        if fromFile {
            if consumed >= 0 {
                if !takePeeked() { return .raised }
            } else if next < length && holder.isCell {
                storeSlot(&cell.pointee.rest, holder)
                cell.pointee.restStart = next
            }
        }
        return result
    }

    private mutating func run() -> Value {
        var steps = 0
        while true {
            steps &+= 1
            if steps & 1023 == 0 && !safepoint(t) { return .raised }
            guard let p = read(1) else {
                // The end of the data where an opcode should be.
                if t.pointee.exception.isCell && typeOf(t.pointee.exception) == pickleTypes.unpicklingError {
                    clearException(t)
                    return raise(t, .eofError, "Ran out of input")
                }
                return .raised
            }
            let code = p[0]
            if code == PickleOpcode.stop { return pop() ?? .raised }
            if !step(code) { return .raised }
        }
    }

    @inline(__always) private mutating func step(_ code: UInt8) -> Bool {
        switch code {
        case PickleOpcode.none: return push(.none)
        case PickleOpcode.newTrue: return push(.true)
        case PickleOpcode.newFalse: return push(.false)
        case PickleOpcode.binInt1:
            guard let n = unsigned(1) else { return false }
            return push(Value(smallInt: n))
        case PickleOpcode.binInt2:
            guard let n = unsigned(2) else { return false }
            return push(Value(smallInt: n))
        case PickleOpcode.binInt:
            guard let n = unsigned(4) else { return false }
            return push(Value(smallInt: Int(Int32(truncatingIfNeeded: n))))
        case PickleOpcode.binFloat:
            guard let p = read(8) else { return false }
            return push(makeFloat(t, Double(bitPattern: UInt64(bigEndian: UnsafeRawPointer(p).loadUnaligned(as: UInt64.self)))))
        case PickleOpcode.shortBinUnicode: return text(sizeBytes: 1)
        case PickleOpcode.binUnicode: return text(sizeBytes: 4)
        case PickleOpcode.binUnicode8: return text(sizeBytes: 8)
        case PickleOpcode.memoize:
            if count <= fence { return underflow() }
            return unpicklerMemoSet(t, unpickler, cell.pointee.memoCount, stack[count &- 1])
        case PickleOpcode.binGet:
            guard let n = unsigned(1) else { return false }
            return fetch(n)
        case PickleOpcode.longBinGet:
            guard let n = unsigned(4) else { return false }
            return fetch(n)
        case PickleOpcode.binPut:
            guard let n = unsigned(1) else { return false }
            return note(n)
        case PickleOpcode.longBinPut:
            guard let n = unsigned(4) else { return false }
            return note(n)
        case PickleOpcode.mark:
            pushMark()
            return true
        case PickleOpcode.emptyTuple: return push(ladon_runtime.emptyTuple)
        case PickleOpcode.emptyList: return push(makeList(t))
        case PickleOpcode.emptyDict: return push(makeDict(t))
        case PickleOpcode.tuple1: return shortTuple(1)
        case PickleOpcode.tuple2: return shortTuple(2)
        case PickleOpcode.tuple3: return shortTuple(3)
        case PickleOpcode.tuple:
            guard let start = popMark() else { return false }
            return push(popTuple(start))
        case PickleOpcode.append: return append(count - 1)
        case PickleOpcode.appends:
            guard let start = popMark() else { return false }
            return append(start)
        case PickleOpcode.setItem: return setItems(count - 2)
        case PickleOpcode.setItems:
            guard let start = popMark() else { return false }
            return setItems(start)
        case PickleOpcode.newObject: return newObject(keywords: false)
        case PickleOpcode.build: return build()
        case PickleOpcode.reduce: return reduce()
        case PickleOpcode.frame:
            guard let n = unsigned(8) else { return false }
            if n < 0 {
                _ = raise(t, .overflowError, "FRAME length exceeds system's maximum of \(Int.max) bytes")
                return false
            }
            if read(n) == nil { return false }
            next &-= n
            return true
        default: return rareStep(code)
        }
    }

    private mutating func shortTuple(_ n: Int) -> Bool {
        if count - fence < n { return underflow() }
        let v = makeTuple(t, stack + (count - n), n)
        cut(count - n)
        return push(v)
    }

    // MARK: text and numbers

    @inline(__always) private mutating func text(sizeBytes: Int) -> Bool {
        guard let n = unsigned(sizeBytes) else { return false }
        if n < 0 {
            _ = raise(t, .overflowError, "BINUNICODE exceeds system's maximum size of \(Int.max) bytes")
            return false
        }
        guard let p = read(n) else { return false }
        if CodeUnits.asciiEnd(p, 0, n) == n { return push(makeString(t, ascii: p, count: n)) }
        return push(decodeUTF8(t, p, n, errors: pickleRoots(t)[PickleRoot.surrogatePass]))
    }

    @inline(__always) private mutating func fetch(_ n: Int) -> Bool {
        let v = unpicklerMemoGet(t, unpickler, n)
        if v.isMissing { return raiseUnpickling(t, "Memo value not found at index \(n)") }
        return push(v)
    }

    private mutating func note(_ n: Int) -> Bool {
        if count <= fence { return underflow() }
        return unpicklerMemoSet(t, unpickler, n, stack[count - 1])
    }

    /// A decimal number on a line of its own. nil: raised.
    private mutating func lineNumber() -> Int? {
        guard let (p, n) = readLine() else { return nil }
        let text = makeString(t, latin1: p, count: n)
        let v = intFromObject(t, text)
        return v.isRaised ? nil : asInt(t, v)
    }

    private mutating func bytes(sizeBytes: Int, _ what: String) -> Bool {
        guard let n = unsigned(sizeBytes) else { return false }
        if n < 0 {
            _ = raise(t, .overflowError, "\(what) exceeds system's maximum size of \(Int.max) bytes")
            return false
        }
        if n > maximumTextBytes && n > length - next && !fromFile {
            truncated()
            return false
        }
        guard let p = read(n) else { return false }
        return push(what == "BYTEARRAY8" ? makeByteArray(t, p, n) : makeBytes(t, p, n))
    }

    @inline(never) private mutating func rareStep(_ code: UInt8) -> Bool {
        switch code {
        case PickleOpcode.int, PickleOpcode.long: return decimal(isLong: code == PickleOpcode.long)
        case PickleOpcode.long1, PickleOpcode.long4:
            guard var n = unsigned(code == PickleOpcode.long1 ? 1 : 4) else { return false }
            if code == PickleOpcode.long4 { n = Int(Int32(truncatingIfNeeded: n)) }
            if n < 0 { return raiseUnpickling(t, "LONG pickle has negative byte count") }
            guard let p = read(n) else { return false }
            return push(intFromBytes(t, p, n, little: true, signed: true))
        case PickleOpcode.float:
            guard let (p, n) = readLine() else { return false }
            if n > 0 && (p[0] == 32 || p[n - 1] == 32) || n == 0 {
                _ = raise(t, .valueError, "could not convert string to float")
                return false
            }
            let x = call(t, builtinType(.float).value, makeString(t, latin1: p, count: n))
            if x.isRaised && exceptionMatches(t, .valueError) {
                clearException(t)
                _ = raise(t, .valueError, "could not convert string to float: '\(swiftString(makeString(t, latin1: p, count: n)))\n'")
            }
            return push(x)
        case PickleOpcode.shortBinBytes: return bytes(sizeBytes: 1, "BINBYTES")
        case PickleOpcode.binBytes: return bytes(sizeBytes: 4, "BINBYTES")
        case PickleOpcode.binBytes8: return bytes(sizeBytes: 8, "BINBYTES")
        case PickleOpcode.byteArray8: return bytes(sizeBytes: 8, "BYTEARRAY8")
        case PickleOpcode.string: return quotedString()
        case PickleOpcode.shortBinString, PickleOpcode.binString:
            guard var n = unsigned(code == PickleOpcode.binString ? 4 : 1) else { return false }
            if code == PickleOpcode.binString { n = Int(Int32(truncatingIfNeeded: n)) }
            if n < 0 { return raiseUnpickling(t, "BINSTRING pickle has negative byte count") }
            guard let p = read(n) else { return false }
            return oldString(makeBytes(t, p, n))
        case PickleOpcode.unicode:
            guard let (p, n) = readLine() else { return false }
            return push(decodeBytes(t, makeBytes(t, p, n), encoding: makeString(t, "raw-unicode-escape"), errors: .missing))
        case PickleOpcode.nextBuffer: return nextBuffer()
        case PickleOpcode.readOnlyBuffer: return readOnlyBuffer()
        case PickleOpcode.get:
            guard let n = lineNumber() else { return false }
            return fetch(n)
        case PickleOpcode.put:
            guard let n = lineNumber() else { return false }
            if count <= fence { return underflow() }
            if n < 0 {
                _ = raise(t, .valueError, "negative PUT argument")
                return false
            }
            return note(n)
        case PickleOpcode.pop:
            // A mark on top counts as what is popped.
            if markCount > 0 && marks[markCount - 1] == count { return popMark() != nil }
            return pop() != nil
        case PickleOpcode.popMark:
            guard let start = popMark() else { return false }
            cut(start)
            return true
        case PickleOpcode.dup:
            if count <= fence { return underflow() }
            return push(stack[count - 1])
        case PickleOpcode.proto:
            guard let n = unsigned(1) else { return false }
            if n > PickleOpcode.highestProtocol {
                _ = raise(t, .valueError, "unsupported pickle protocol: \(n)")
                return false
            }
            cell.pointee.proto = n
            return true
        default: return objectStep(code)
        }
    }

    private mutating func decimal(isLong: Bool) -> Bool {
        guard let (p, given) = readLine() else { return false }
        var n = given
        if n == 0 {
            truncated()
            return false
        }
        if !isLong && n == 2 && p[0] == 48 && (p[1] == 48 || p[1] == 49) { return push(Value(p[1] == 49)) }
        if isLong && p[n - 1] == 76 { n -= 1 }
        let text = makeString(t, latin1: p, count: n)
        let v = call(t, builtinType(.int).value, text, .zero)
        if v.isRaised && exceptionMatches(t, .valueError) && !isLong {
            clearException(t)
            _ = raise(t, .valueError, "could not convert string to int")
            return false
        }
        return push(v)
    }

    /// A str of Python 2, which was bytes.
    private mutating func oldString(_ v: Value) -> Bool {
        if v.isRaised { return false }
        let encoding = loadSlot(&cell.pointee.encoding)
        if stringEqual(encoding, "bytes") { return push(v) }
        return push(decodeBytes(t, v, encoding: encoding, errors: loadSlot(&cell.pointee.errors)))
    }

    private mutating func quotedString() -> Bool {
        guard var (p, n) = readLine() else { return false }
        while n > 0 && (p[n - 1] == 13 || p[n - 1] == 10) { n -= 1 }
        if n < 2 || p[0] != p[n - 1] || (p[0] != 34 && p[0] != 39) { return raiseUnpickling(t, "the STRING opcode argument must be quoted") }
        p += 1
        n -= 2
        let bytes = makeBytes(t, p, n)
        let codecs = importModule(t, "codecs")
        if bytes.isRaised || codecs.isRaised { return false }
        let pair = callMethod(t, codecs, internStatic(t, "escape_decode"), bytes)
        if pair.isRaised { return false }
        return oldString(pair.tupleItems[0])
    }

    private mutating func nextBuffer() -> Bool {
        let buffers = loadSlot(&cell.pointee.buffers)
        if buffers.bits == 0 { return raiseUnpickling(t, "pickle stream refers to out-of-band data but no *buffers* argument was given") }
        let v = LadonRuntime.next(t, buffers)
        if v.isExhausted { return raiseUnpickling(t, "not enough out-of-band buffers") }
        return push(v)
    }

    private mutating func readOnlyBuffer() -> Bool {
        if count <= fence { return underflow() }
        let view = makeMemoryView(t, stack[count - 1])
        if view.isRaised { return false }
        let isReadOnly = getAttribute(t, view, internStatic(t, "readonly"))
        if isReadOnly.isRaised { return false }
        if isReadOnly.isTrue { return true }
        let only = callMethod(t, view, internStatic(t, "toreadonly"))
        if only.isRaised { return false }
        stack[count - 1] = only
        return true
    }
}
