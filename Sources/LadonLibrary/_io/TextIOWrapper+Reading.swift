// Reading text: chunks of bytes from below, decoded as a whole, given out by characters and lines.

import Glibc

// MARK: the decoder, native or not

/// Feeds bytes to the decoder. A str; 0: raised.
func decodeInput(_ t: Thread, _ w: Wrapper, _ input: Value, final: Bool) -> Value {
    var text: Value
    if w.pointee.codec != TextCodec.object {
        var bytes = input
        if w.pointee.tail.bits != 0 {
            bytes = bytesConcat(t, w.pointee.tail, input)
            if bytes.isRaised { return bytes }
        }
        let encoding = nativeEncoding(w.pointee.codec)
        var consumed = 0
        text = decodeText(t, encoding, bytes, errors: w.pointee.errors, final: final, consumed: &consumed)
        if text.isRaised { return text }
        let count = bytes.bytesCount
        w.pointee.tail = consumed < count ? makeBytes(t, bytes.bytesData + consumed, count - consumed) : .raised
        bytes.keepAlive
    } else {
        text = callMethod(t, w.pointee.decoder, .decode, input, Value(final))
        if text.isRaised { return text }
        if !text.isStr { return raise(t, .typeError, "decoder should return a string result, not '\(typeName(text))'") }
        text = exactString(t, text)
    }
    return w.pointee.readUniversal ? translateNewlines(t, text, &w.pointee.newlines, translate: w.pointee.readTranslate, final: final) : text
}

/// The decoder's state: bytes it holds back, and flags.
func decoderState(_ t: Thread, _ w: Wrapper, _ flags: inout Value) -> Value {
    var held = emptyBytes
    flags = .zero
    if w.pointee.codec != TextCodec.object {
        if w.pointee.tail.bits != 0 { held = w.pointee.tail }
    } else {
        let state = callMethod(t, w.pointee.decoder, .getstate)
        if state.isRaised { return state }
        if !isTuple(state) || state.tupleCount != 2 { return raise(t, .typeError, "illegal decoder state") }
        held = state.tupleItems[0]
        if !held.isBytes { return raise(t, .typeError, "illegal decoder state: the first item should be a bytes object, not '\(typeName(held))'") }
        flags = plainInt(state.tupleItems[1])
    }
    if w.pointee.readUniversal {
        flags = intLshift(t, flags, .one)
        if w.pointee.newlines.pendingCR { flags = intOr(t, flags, .one) }
        if flags.isRaised { return .raised }
    }
    return held
}

func setDecoderState(_ t: Thread, _ w: Wrapper, _ held: Value, _ given: Value) -> Bool {
    var flags = given
    if w.pointee.readUniversal {
        w.pointee.newlines.pendingCR = intIsOdd(flags)
        flags = intRshift(t, flags, .one)
        if flags.isRaised { return false }
    }
    if w.pointee.codec != TextCodec.object {
        w.pointee.tail = held.bytesCount == 0 ? .raised : held
        return true
    }
    let state = makeTuple(t, held, flags)
    return !state.isRaised && !callMethod(t, w.pointee.decoder, .setstate, state).isRaised
}

func resetDecoder(_ t: Thread, _ w: Wrapper) -> Bool {
    w.pointee.newlines = NewlineState(pendingCR: false, seen: w.pointee.readUniversal ? 0 : w.pointee.newlines.seen)
    w.pointee.tail = .raised
    return w.pointee.codec != TextCodec.object || !callMethod(t, w.pointee.decoder, internStatic(t, "reset")).isRaised
}

// MARK: chunks

/// Bytes from below. 0: raised.
private func readBelow(_ t: Thread, _ w: Wrapper, _ size: Int) -> Value {
    let buffer = w.pointee.buffer
    if isPlainBuffered(buffer) { return read1Buffered(t, buffer, size) }
    return callMethod(t, buffer, w.pointee.hasRead1 ? .read1 : .read, makeInt(t, size))
}

/// Whether the next chunk may be read into the str that it probably becomes: what came so far was ASCII, and nothing of it waits.
@inline(__always)
private func expectsASCII(_ w: Wrapper, _ size: Int) -> Bool {
    w.pointee.codec != TextCodec.object && w.pointee.tail.bits == 0 && w.pointee.ratio <= 1 && size <= 1 << 16
        && isPlainBuffered(w.pointee.buffer) && w.pointee.buffer.asBuffered.pointee.isReadable
}

/// As `readBelow`, with neither bytes nor a decoder in between where it can be: a str if all that came was ASCII, else bytes. While
/// lines are iterated over, the same str again and again.
private func readTextBelow(_ t: Thread, _ w: Wrapper, _ size: Int) -> Value {
    let isFree = w.pointee.ownText.bits != 0 && w.pointee.ownRoom >= size && w.available == 0 && w.pointee.snapshotInput.bits == 0
    let text: Value = isFree ? w.pointee.ownText : newString(t, kind: 1, count: size, ascii: true)
    let room = isFree ? w.pointee.ownRoom : size
    if isFree { w.dropDecoded() }
    // A signal's handler may read from this stream meanwhile.
    w.pointee.ownText = .raised
    let n = read1Buffered(t, w.pointee.buffer, into: text.strBytes, size)
    defer { text.keepAlive }
    if n < 0 { return .raised }
    w.pointee.ownText = text
    w.pointee.ownRoom = room
    if n == 0 || CodeUnits.asciiEnd(text.strBytes, 0, n) < n { return makeBytes(t, text.strBytes, n) }
    // What a terminal or a pipe gives at once is short, and should not hold a chunk's memory.
    if n <= size / 2 || n == 1 { return makeString(t, ascii: text.strBytes, count: n) }
    text.cell(as: StrCell.self).pointee.count = n
    return text
}

/// Reads and decodes the next chunk. 1 something may have come, 0 end, -1 raised, -2 nothing now (non-blocking).
func readChunk(_ t: Thread, _ w: Wrapper, _ hint: Int) -> Int {
    if !w.pointee.decodes {
        raiseUnsupported(t, "not readable")
        return -1
    }
    var flags: Value = .zero
    var held: Value = emptyBytes
    if w.pointee.isTelling {
        held = decoderState(t, w, &flags)
        if held.isRaised { return -1 }
    }
    var size = hint
    if size > 0 {
        // As many bytes as the hinted characters may take.
        size = Int(max(w.pointee.ratio, 1.0) * Double(min(hint, 1 << 40)))
    }
    size = max(w.pointee.chunkSize, size)
    let isNative = expectsASCII(w, size)
    let chunk: Value = isNative ? readTextBelow(t, w, size) : readBelow(t, w, size)
    if chunk.isRaised { return -1 }
    if chunk.isNone { return -2 }
    var input = chunk
    let isDecoded = isNative && chunk.isExactly(.str)
    if !isDecoded && !chunk.isExactly(.bytes) {
        if !supportsBuffer(chunk) {
            _ = raise(t, .typeError, "underlying \(w.pointee.hasRead1 ? "read1" : "read")() should have returned a bytes-like object, not '\(typeName(chunk))'")
            return -1
        }
        var b = LadonBuffer()
        if getBuffer(t, chunk, &b) < 0 { return -1 }
        input = makeBytes(t, b.bytes, b.length)
        releaseBuffer(t, &b)
    }
    let count = isDecoded ? input.strCount : input.bytesCount
    let atEnd = count == 0
    let text: Value
    if !isDecoded {
        text = decodeInput(t, w, input, final: atEnd)
    } else if w.pointee.readUniversal {
        text = translateNewlines(t, input, &w.pointee.newlines, translate: w.pointee.readTranslate, final: false)
    } else {
        text = input
    }
    if text.isRaised { return -1 }
    w.pointee.decoded = text
    w.pointee.decodedUsed = 0
    w.pointee.ratio = text.strCount > 0 ? Double(count) / Double(text.strCount) : 0
    if w.pointee.isTelling {
        let fed = held.bytesCount == 0 ? input : bytesConcat(t, held, input)
        if fed.isRaised { return -1 }
        w.pointee.snapshotInput = fed
        w.pointee.snapshotFlags = flags
    }
    return atEnd && text.strCount == 0 ? 0 : 1
}

/// Part of a text, as `substring`; if that is the text itself, it is no more the stream's own.
@inline(__always)
private func cut(_ t: Thread, _ w: Wrapper, _ text: Value, _ from: Int, _ to: Int) -> Value {
    let part = substring(t, text, from, to)
    if part == text { w.pointee.ownText = .raised }
    return part
}

/// At most `n` decoded characters (all: -1), taken out. `.missing`: there are none.
private func takeDecoded(_ t: Thread, _ w: Wrapper, _ n: Int) -> Value {
    let available = w.available
    if available == 0 { return .missing }
    let count = n < 0 || n > available ? available : n
    let from = w.pointee.decodedUsed
    let r = cut(t, w, w.pointee.decoded, from, from + count)
    w.pointee.decodedUsed = from + count
    return r
}

/// `read(n)`.
func readWrapper(_ t: Thread, _ v: Value, _ n: Int) -> Value {
    let w = v.asWrapper
    if !checkWrapperOpen(t, v) { return .raised }
    if !w.pointee.decodes { return raiseUnsupported(t, "not readable") }
    if !enterWrapper(t, v) { return .raised }
    defer { leaveWrapper(t, v) }
    if !writePending(t, w) { return .raised }
    if n < 0 {
        let buffer = w.pointee.buffer
        let bytes: Value = isPlainBuffered(buffer) ? readBuffered(t, buffer, -1) : callMethod(t, buffer, .read)
        if bytes.isRaised { return bytes }
        if bytes.isNone {
            return raiseNothingToRead(t)
        }
        var input = bytes
        if !bytes.isExactly(.bytes) {
            if !bytes.isBytes && !supportsBuffer(bytes) { return raise(t, .typeError, "a bytes-like object is required, not '\(typeName(bytes))'") }
            var b = LadonBuffer()
            if getBuffer(t, bytes, &b) < 0 { return .raised }
            input = makeBytes(t, b.bytes, b.length)
            releaseBuffer(t, &b)
        }
        let text = decodeInput(t, w, input, final: true)
        if text.isRaised { return text }
        let head = takeDecoded(t, w, -1)
        if w.pointee.snapshotInput.bits != 0 {
            w.dropDecoded()
            w.dropSnapshot()
        }
        return head.isMissing ? text : stringConcat(t, head, text)
    }
    if w.available >= n {
        let r = takeDecoded(t, w, n)
        return r.isMissing ? emptyString : r
    }
    var out = StringBuilder(t, capacity: min(n, 8192))
    var left = n
    while left > 0 {
        let part = takeDecoded(t, w, left)
        if part.isRaised { return part }
        if !part.isMissing {
            out.append(part)
            left -= part.strCount
            continue
        }
        let r = readChunk(t, w, left)
        if r == -1 { return .raised }
        if r == 0 || r == -2 { break }
        if !safepoint(t) { return .raised }
    }
    return out.finish()
}

private func raiseNothingToRead(_ t: Thread) -> Value { raise(t, .typeError, "can't concat NoneType to bytes") }

// MARK: lines

/// The end of the first line in `text[from...]`: one past its line end; -1: no line end, and `safe` is up to where none can begin.
@inline(__always)
private func lineEnd(_ w: Wrapper, _ text: Value, _ from: Int, _ safe: inout Int) -> Int {
    let count = text.strCount
    safe = count
    if w.pointee.readTranslate {
        let i = indexOf(text, 10, from, count)
        return i < 0 ? -1 : i + 1
    }
    if w.pointee.readUniversal {
        let feed = indexOf(text, 10, from, count)
        let limit = feed < 0 ? count : feed
        let carriage = indexOf(text, 13, from, limit)
        if carriage < 0 { return feed < 0 ? -1 : feed + 1 }
        // The newline decoder keeps a "\r" back until it knows what follows.
        return carriage + 1 == feed ? feed + 1 : carriage + 1
    }
    let newline = w.pointee.newline
    let length = newline.strCount
    if length == 1 {
        let i = indexOf(text, stringCharAt(newline, 0), from, count)
        return i < 0 ? -1 : i + 1
    }
    var at = from
    while true {
        let i = indexOf(text, 13, at, count)
        if i < 0 { return -1 }
        if i + 1 == count {
            safe = i
            return -1
        }
        if stringCharAt(text, i + 1) == 10 { return i + 2 }
        at = i + 1
    }
}

/// The next line if all of it is among what was decoded, as mostly it is; else `.missing`. The lock is held.
@inline(__always)
private func lineAtHand(_ t: Thread, _ w: Wrapper) -> Value {
    let text = w.pointee.decoded
    if text.bits == 0 || w.pointee.pendingCount != 0 { return .missing }
    let from = w.pointee.decodedUsed
    let end: Int
    if w.pointee.readTranslate {
        let feed = indexOf(text, 10, from, text.strCount)
        if feed < 0 { return .missing }
        end = feed + 1
    } else {
        var safe = 0
        end = lineEnd(w, text, from, &safe)
        if end < 0 { return .missing }
    }
    w.pointee.decodedUsed = end
    return cut(t, w, text, from, end)
}

/// `readline(limit)`: a line that may go on in the next chunk, or may not be taken whole. The lock is held and the stream is open.
@inline(never)
private func gatherLine(_ t: Thread, _ w: Wrapper, _ limit: Int) -> Value {
    if !writePending(t, w) { return .raised }
    var parts = StringBuilder(t, capacity: 0)
    var gathered = 0
    var rest: Value = .raised
    while true {
        while w.available == 0 {
            let r = readChunk(t, w, 0)
            if r == -1 { return .raised }
            if !safepoint(t) { return .raised }
            if r == 0 || r == -2 {
                // The end: what is there is the last line.
                w.dropDecoded()
                w.dropSnapshot()
                if rest.bits != 0 { parts.append(rest) }
                return parts.count == 0 ? emptyString : parts.finish()
            }
        }
        var text = w.pointee.decoded
        var from = w.pointee.decodedUsed
        var shift = 0
        if rest.bits != 0 {
            // Part of a line end was left over.
            let more = cut(t, w, text, from, text.strCount)
            shift = rest.strCount - from
            text = stringConcat(t, rest, more)
            if text.isRaised { return text }
            from = 0
            rest = .raised
        }
        var safe = 0
        let end = lineEnd(w, text, from, &safe)
        if end >= 0 {
            let stop = limit >= 0 && end - from + gathered > limit ? from + limit - gathered : end
            w.pointee.decodedUsed = stop - shift
            let line = cut(t, w, text, from, stop)
            if gathered == 0 { return line }
            parts.append(line)
            return parts.finish()
        }
        if limit >= 0 && text.strCount - from + gathered >= limit {
            let stop = from + limit - gathered
            w.pointee.decodedUsed = stop - shift
            let line = cut(t, w, text, from, stop)
            if gathered == 0 { return line }
            parts.append(line)
            return parts.finish()
        }
        if safe > from {
            parts.append(text, from, safe)
            gathered += safe - from
        }
        if safe < text.strCount { rest = cut(t, w, text, safe, text.strCount) }
        w.dropDecoded()
    }
}

/// `readline(limit)`.
@inline(__always)
func readLineWrapper(_ t: Thread, _ v: Value, _ limit: Int) -> Value {
    let w = v.asWrapper
    if !checkWrapperOpen(t, v) { return .raised }
    if !w.pointee.decodes { return raiseUnsupported(t, "not readable") }
    if !enterWrapper(t, v) { return .raised }
    var line: Value = limit < 0 ? lineAtHand(t, w) : .missing
    if line.isMissing { line = gatherLine(t, w, limit) }
    leaveWrapper(t, v)
    return line
}

func wrapper_next(_ t: Thread, _ v: Value) -> Value {
    let w = v.asWrapper
    let line: Value
    if typeOf(v) == ioTypes.pointee.wrapper {
        if w.pointee.state > 0 { w.pointee.isTelling = false }
        line = readLineWrapper(t, v, -1)
    } else {
        if !checkAttached(t, w) { return .raised }
        w.pointee.isTelling = false
        line = callMethod(t, v, .readline)
        if !line.isRaised && !line.isStr { return raise(t, .osError, "readline() should have returned a str object, not '\(typeName(line))'") }
    }
    if line.isRaised || line.strCount > 0 { return line }
    w.dropSnapshot()
    w.pointee.isTelling = w.pointee.isSeekable
    return .exhausted
}
