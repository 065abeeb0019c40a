// Whole texts through a multibyte codec: the loops, and what is done about errors.

import Glibc
import LadonLibrary

/// A codec object's codec and name, and what an operation keeps.
struct MultibyteCoding {
    let t: Thread
    let codec: MultibyteCodec
    let title: String
    /// str, or None: strict.
    let errors: Value
    var state: MultibyteState

    private var isStrict: Bool { errors.isNone || errors.isMissing || stringEqual(errors, "strict") }
    /// Bytes below 128 are ASCII wherever a character begins.
    private var isASCIIPlain: Bool {
        guard case .table(let id) = codec else { return false }
        return id != .shiftjis2004 && id != .shiftjisx0213
    }
    private func errorsAre(_ text: StaticString) -> Bool { errors.isStr && stringEqual(errors, text) }

    /// Calls the registered handler with an exception that has been raised. (replacement, position); nil: raised.
    private func callHandler(_ what: StaticString, _ length: Int, takesBytes: Bool) -> (Value, Int)? {
        let exception = takeException(t)
        let handler = lookupErrorHandler(t, errors)
        if handler.isRaised { return nil }
        let answer = call(t, handler, exception)
        if answer.isRaised { return nil }
        guard isTuple(answer), answer.tupleCount == 2, answer.tupleItems[0].isStr || (takesBytes && answer.tupleItems[0].isBytes),
              isInt(answer.tupleItems[1]) else {
            _ = raise(t, .typeError, "\(what) error handler must return (str, int) tuple")
            return nil
        }
        guard var position = asIndex(t, answer.tupleItems[1], .indexError) else { return nil }
        if position < 0 { position += length }
        if position < 0 || position > length {
            _ = raise(t, .indexError, "position \(position) from error handler out of bounds")
            return nil
        }
        return (answer.tupleItems[0], position)
    }

    // MARK: encoding

    /// Encodes from `at` on. `isLast`: nothing follows, and with `resets` the codec goes back to its first state. Answers where it
    /// stopped (a character may wait for the next); -1: raised.
    mutating func encode(_ object: Value, from start: Int, isLast: Bool, resets: Bool, _ out: inout ByteBuffer) -> Int {
        var at = start
        let text = object.text
        while at < text.count {
            if case .table = codec {
                // What is ASCII is itself, but for a code that moved.
                while at < text.count && text[at] < 0x80 && text[at] != 0x5C && text[at] != 0x7E {
                    out.append(UInt8(truncatingIfNeeded: text[at]))
                    at += 1
                }
                if at == text.count { break }
            }
            var bytes = MultibyteOutput()
            switch codec.encode(text, at, isLast: isLast, &state, &bytes) {
            case .taken(let count):
                for i in 0..<bytes.count { out.append(bytes[i]) }
                at += count
            case .tooFew: return at
            case .wrong(let count):
                at = encodeWrong(object, at, at + count, &out)
                if at < 0 { return -1 }
            }
        }
        if isLast && resets { appendReset(&out) }
        object.keepAlive
        return at
    }

    private mutating func appendReset(_ out: inout ByteBuffer) {
        var bytes = MultibyteOutput()
        codec.reset(&state, &bytes)
        for i in 0..<bytes.count { out.append(bytes[i]) }
    }

    /// Deals with characters that have no code. Where to go on; -1: raised.
    private mutating func encodeWrong(_ object: Value, _ start: Int, _ end: Int, _ out: inout ByteBuffer) -> Int {
        if errorsAre("ignore") { return end }
        if errorsAre("replace") {
            let mark = makeString(t, codePoint: 0x3F)
            var bytes = MultibyteOutput()
            if case .taken = codec.encode(mark.text, 0, isLast: true, &state, &bytes) {
                for i in 0..<bytes.count { out.append(bytes[i]) }
            } else {
                out.append(UInt8(ascii: "?"))
            }
            return end
        }
        _ = raiseUnicodeEncodeError(t, title, object, start, end, "illegal multibyte sequence")
        if isStrict { return -1 }
        guard let (replacement, position) = callHandler("encoding", object.strCount, takesBytes: true) else { return -1 }
        if replacement.isBytes {
            out.append(replacement.bytesData, replacement.bytesCount)
            replacement.keepAlive
            return position
        }
        var strict = MultibyteCoding(t: t, codec: codec, title: title, errors: .none, state: state)
        if strict.encode(replacement, from: 0, isLast: true, resets: false, &out) < 0 { return -1 }
        state = strict.state
        return position
    }

    // MARK: decoding

    /// Decodes `count` bytes; what is incomplete at the end is left, unless `isLast`. How many bytes were taken; -1: raised.
    /// `object`: the bytes, for exceptions; `.missing` when they are not an object yet.
    mutating func decode(_ bytes: UnsafePointer<UInt8>, _ count: Int, object: Value, isLast: Bool, _ out: inout TextBuffer) -> Int {
        var at = 0
        while at < count {
            if isASCIIPlain {
                let end = CodeUnits.asciiEnd(bytes, at, count)
                if end > at {
                    out.append(bytes + at, end - at)
                    at = end
                    if at == count { break }
                }
            }
            let step = codec.decode(bytes + at, count - at, &state) { out.append($0) }
            let end: Int, reason: String
            switch step {
            case .taken(let n):
                at += n
                continue
            case .tooFew:
                if !isLast { return at }
                end = count
                reason = "incomplete multibyte sequence"
            case .wrong(let n):
                end = at + n
                reason = "illegal multibyte sequence"
            }
            if errorsAre("ignore") {
                at = end
            } else if errorsAre("replace") {
                out.append(0xFFFD)
                at = end
            } else {
                _ = raiseUnicodeDecodeError(t, title, object.isBytes ? object : makeBytes(t, bytes, count), at, end, reason)
                if isStrict { return -1 }
                guard let (replacement, position) = callHandler("decoding", count, takesBytes: false) else { return -1 }
                switch replacement.strKind {
                case 1: out.append(replacement.strBytes, replacement.strCount)
                case 2: out.append(replacement.strHalves, replacement.strCount)
                default: out.append(replacement.strWords, replacement.strCount)
                }
                replacement.keepAlive
                at = position
            }
        }
        return at
    }
}

/// What was gathered, as an object; its memory is freed. `.raised`: no memory.
func takeBytes(_ t: Thread, _ out: inout ByteBuffer) -> Value {
    defer { out.free() }
    if out.failed { return raiseMemoryError(t) }
    return out.count == 0 ? emptyBytes : makeBytes(t, out.base, out.count)
}
func takeText(_ t: Thread, _ out: inout TextBuffer) -> Value {
    defer { out.free() }
    if out.failed { return raiseMemoryError(t) }
    return makeString(t, codePoints: out.base, count: out.count)
}
