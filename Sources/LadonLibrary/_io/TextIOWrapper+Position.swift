// seek and tell of text: a position is an opaque integer that says where in the bytes to start, the decoder's state there,
// how many bytes to feed and how many characters to skip then. The layout is CPython's: 64 bits of position, then 32 of
// decoder flags, 32 of bytes to feed, 32 of characters to skip, 8 that say whether the end of input is to be signalled.

import Glibc

private struct Cookie {
    var start = 0
    var flags: Value = .zero
    var bytesToFeed = 0
    var charactersToSkip = 0
    var needsEnd = false

    func pack(_ t: Thread) -> Value {
        var v = makeInt(t, start)
        func add(_ n: Value, _ bits: Int) -> Bool {
            let shifted = intLshift(t, n, Value(smallInt: bits))
            v = shifted.isRaised ? shifted : intOr(t, v, shifted)
            return !v.isRaised
        }
        if !add(flags, 64) || !add(Value(smallInt: bytesToFeed), 96) || !add(Value(smallInt: charactersToSkip), 128)
            || !add(Value(smallInt: needsEnd ? 1 : 0), 160) { return .raised }
        return v
    }

    init() {}
    init?(_ t: Thread, _ v: Value) {
        func field(_ from: Int, _ bits: Int) -> Int? {
            let shifted = intRshift(t, v, Value(smallInt: from))
            if shifted.isRaised { return nil }
            return Int(bitPattern: intTruncated(shifted) & (bits == 64 ? UInt.max : (1 << UInt(bits)) - 1))
        }
        guard let s = field(0, 64), let f = field(64, 32), let b = field(96, 32), let c = field(128, 32), let e = field(160, 8) else { return nil }
        start = s
        flags = Value(smallInt: f)
        bytesToFeed = b
        charactersToSkip = c
        needsEnd = e != 0
    }
}

func tellWrapper(_ t: Thread, _ v: Value) -> Value {
    let w = v.asWrapper
    if !checkWrapperOpen(t, v) { return .raised }
    if !enterWrapper(t, v) { return .raised }
    defer { leaveWrapper(t, v) }
    if !w.pointee.isSeekable { return raiseUnsupported(t, "underlying stream is not seekable") }
    if !w.pointee.isTelling { return raise(t, .osError, "telling position disabled by next() call") }
    if !writePending(t, w) || callMethod(t, v, .flush).isRaised { return .raised }
    let position = callMethod(t, w.pointee.buffer, .tell)
    if position.isRaised { return position }
    if !w.pointee.decodes || w.pointee.snapshotInput.bits == 0 { return position }
    guard let end = asInt(t, position) else { return .raised }
    var input = w.pointee.snapshotInput
    if input.isStr {
        input = makeBytes(t, input.strData, input.strCount)
        w.pointee.snapshotInput = input
    }
    var cookie = Cookie()
    cookie.start = end - input.bytesCount
    cookie.flags = w.pointee.snapshotFlags
    let wanted = w.pointee.decodedUsed
    if wanted == 0 || w.pointee.decoded.bits == 0 { return cookie.pack(t) }

    var heldFlags: Value = .zero
    let held = decoderState(t, w, &heldFlags)
    if held.isRaised { return held }
    let seen = w.pointee.newlines.seen
    let found = locate(t, w, input, wanted, &cookie)
    let first: Value = found ? .raised : takeException(t)
    if !setDecoderState(t, w, held, heldFlags) { return .raised }
    w.pointee.newlines.seen = seen
    if first.bits != 0 {
        restoreException(t, first)
        return .raised
    }
    return cookie.pack(t)
}

/// Finds a place in `input` where the decoder is in a state that can be put into the cookie, at or before `wanted` characters.
private func locate(_ t: Thread, _ w: Wrapper, _ input: Value, _ wanted: Int, _ cookie: inout Cookie) -> Bool {
    let count = input.bytesCount
    var characters = wanted
    // A guess from the bytes per character of the chunk, then smaller steps until the decoder holds nothing back.
    var skip = max(Int(w.pointee.ratio * Double(wanted)), 0)
    var back = 1
    if skip > count { skip = count }
    let startFlags = cookie.flags
    var settled = false
    while skip > 0 {
        if !setDecoderState(t, w, emptyBytes, startFlags) { return false }
        let n = decodedCount(t, w, input, 0, skip, final: false)
        if n < 0 { return false }
        if n <= characters {
            var flags: Value = .zero
            let held = decoderState(t, w, &flags)
            if held.isRaised { return false }
            if held.bytesCount == 0 {
                cookie.flags = flags
                characters -= n
                settled = true
                break
            }
            skip -= held.bytesCount
            back = 1
        } else {
            skip -= back
            back *= 2
        }
    }
    if !settled {
        skip = 0
        if !setDecoderState(t, w, emptyBytes, startFlags) { return false }
    }
    cookie.start += skip
    cookie.charactersToSkip = characters
    if characters == 0 { return true }

    // Byte by byte from there; every place where nothing is held back is a new start.
    var fed = 0
    var decoded = 0
    var i = skip
    while i < count {
        fed += 1
        let n = decodedCount(t, w, input, i, i + 1, final: false)
        if n < 0 { return false }
        decoded += n
        cookie.bytesToFeed += 1
        var flags: Value = .zero
        let held = decoderState(t, w, &flags)
        if held.isRaised { return false }
        if held.bytesCount == 0 && decoded <= characters {
            cookie.start += cookie.bytesToFeed
            characters -= decoded
            cookie.flags = flags
            cookie.bytesToFeed = 0
            decoded = 0
        }
        i += 1
        if decoded >= characters { break }
    }
    if i >= count && decoded < characters {
        let n = decodedCount(t, w, emptyBytes, 0, 0, final: true)
        if n < 0 { return false }
        decoded += n
        cookie.needsEnd = true
        if decoded < characters {
            _ = raise(t, .osError, "can't reconstruct logical file position")
            return false
        }
    }
    cookie.charactersToSkip = characters
    return true
}

private func decodedCount(_ t: Thread, _ w: Wrapper, _ input: Value, _ from: Int, _ to: Int, final: Bool) -> Int {
    let part = makeBytes(t, input.bytesData + from, to - from)
    let text = decodeInput(t, w, part, final: final)
    return text.isRaised ? -1 : text.strCount
}

func seekWrapper(_ t: Thread, _ v: Value, _ given: Value, _ whence: Int) -> Value {
    let w = v.asWrapper
    if !checkWrapperOpen(t, v) { return .raised }
    if !w.pointee.isSeekable { return raiseUnsupported(t, "underlying stream is not seekable") }
    if !enterWrapper(t, v) { return .raised }
    defer { leaveWrapper(t, v) }
    var target = given
    switch whence {
    case 0: break
    case 1:
        let zero = equal(t, target, .zero)
        if zero < 0 { return .raised }
        if zero == 0 { return raiseUnsupported(t, "can't do nonzero cur-relative seeks") }
        target = callMethod(t, v, .tell)
        if target.isRaised { return target }
    case 2:
        let zero = equal(t, target, .zero)
        if zero < 0 { return .raised }
        if zero == 0 { return raiseUnsupported(t, "can't do nonzero end-relative seeks") }
        if callMethod(t, v, .flush).isRaised { return .raised }
        w.dropDecoded()
        w.dropSnapshot()
        if w.pointee.decodes && !resetDecoder(t, w) { return .raised }
        let r = callMethod(t, w.pointee.buffer, .seek, .zero, Value(smallInt: 2))
        if r.isRaised { return r }
        if w.pointee.encodes {
            let atStart = equal(t, r, .zero)
            if atStart < 0 || !resetEncoder(t, w, atStart: atStart == 1) { return .raised }
        }
        return r
    default:
        return raise(t, .valueError, "invalid whence (\(whence), should be 0, 1 or 2)")
    }
    let position = index(t, target)
    if position.isRaised { return position }
    if intSign(position) < 0 { return raise(t, .valueError, "negative seek position \(reprText(t, target))") }
    if callMethod(t, v, .flush).isRaised { return .raised }
    guard let cookie = Cookie(t, position) else { return .raised }
    if callMethod(t, w.pointee.buffer, .seek, makeInt(t, cookie.start)).isRaised { return .raised }
    w.dropDecoded()
    w.dropSnapshot()
    if w.pointee.decodes {
        let atStart = cookie.start == 0 && cookie.flags == .zero
        if atStart ? !resetDecoder(t, w) : !setDecoderState(t, w, emptyBytes, cookie.flags) { return .raised }
        if cookie.charactersToSkip > 0 || cookie.bytesToFeed > 0 {
            let input = callMethod(t, w.pointee.buffer, .read, Value(smallInt: cookie.bytesToFeed))
            if input.isRaised { return input }
            if !input.isBytes { return raise(t, .typeError, "underlying read() should have returned a bytes object, not '\(typeName(input))'") }
            w.pointee.snapshotFlags = cookie.flags
            w.pointee.snapshotInput = input
            let text = decodeInput(t, w, input, final: cookie.needsEnd)
            if text.isRaised { return text }
            w.pointee.decoded = text
            w.pointee.decodedUsed = 0
            if text.strCount < cookie.charactersToSkip { return raise(t, .osError, "can't restore logical file position") }
            w.pointee.decodedUsed = cookie.charactersToSkip
        } else {
            w.pointee.snapshotFlags = cookie.flags
            w.pointee.snapshotInput = emptyBytes
        }
    }
    if w.pointee.encodes && !resetEncoder(t, w, atStart: cookie.start == 0 && cookie.flags == .zero) { return .raised }
    return target
}

private func resetEncoder(_ t: Thread, _ w: Wrapper, atStart: Bool) -> Bool {
    w.pointee.startsStream = atStart
    if w.pointee.codec != TextCodec.object { return true }
    if atStart { return !callMethod(t, w.pointee.encoder, internStatic(t, "reset")).isRaised }
    return !callMethod(t, w.pointee.encoder, .setstate, .zero).isRaised
}
