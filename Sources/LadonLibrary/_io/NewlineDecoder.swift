// Newlines: the state of a universal-newline translation, and IncrementalNewlineDecoder, which puts it on top of a decoder.

/// Which line ends were seen (bits), as CPython numbers them.
enum SeenNewlines {
    static let cr: UInt8 = 1, lf: UInt8 = 2, crlf: UInt8 = 4
}

struct NewlineState {
    var pendingCR: Bool
    var seen: UInt8
}

/// What `newlines` shows.
func seenNewlines(_ t: Thread, _ seen: UInt8) -> Value {
    func text(_ bit: UInt8) -> Value { makeString(t, bit == SeenNewlines.cr ? "\r" : bit == SeenNewlines.lf ? "\n" : "\r\n") }
    switch seen {
    case 0: return .none
    case 1, 2, 4: return text(seen)
    case 3: return makeTuple(t, text(1), text(2))
    case 5: return makeTuple(t, text(1), text(4))
    case 6: return makeTuple(t, text(2), text(4))
    default: return makeTuple(t, text(1), text(2), text(4))
    }
}

/// Decoded text with the translation applied: a "\r" at the end waits for what follows, unless `final`; line ends are noted; with
/// `translate` all become "\n".
func translateNewlines(_ t: Thread, _ given: Value, _ state: inout NewlineState, translate: Bool, final: Bool) -> Value {
    var text = given
    if state.pendingCR && (final || text.strCount > 0) {
        text = stringConcat(t, makeString(t, codePoint: 13), text)
        if text.isRaised { return text }
        state.pendingCR = false
    }
    var count = text.strCount
    if !final && count > 0 && stringCharAt(text, count - 1) == 13 {
        text = substring(t, text, 0, count - 1)
        state.pendingCR = true
        count -= 1
    }
    if count == 0 { return text }
    let all = SeenNewlines.cr | SeenNewlines.lf | SeenNewlines.crlf
    let hasCR = indexOf(text, 13, 0, count) >= 0
    if !hasCR {
        if state.seen & SeenNewlines.lf == 0 && indexOf(text, 10, 0, count) >= 0 { state.seen |= SeenNewlines.lf }
        return text
    }
    if !translate {
        if state.seen != all { noteNewlines(text, &state.seen) }
        return text
    }
    var out = StringBuilder(t, capacity: count, kind: text.strKind)
    let source = text.text
    var i = 0
    var from = 0
    while i < count {
        let c = source[i]
        if c == 10 {
            state.seen |= SeenNewlines.lf
        } else if c == 13 {
            if i > from { out.append(text, from, i) }
            out.append(10)
            if i + 1 < count && source[i + 1] == 10 {
                state.seen |= SeenNewlines.crlf
                i += 1
            } else {
                state.seen |= SeenNewlines.cr
            }
            from = i + 1
        }
        i += 1
    }
    if from < count { out.append(text, from, count) }
    text.keepAlive
    return out.finish()
}

private func noteNewlines(_ text: Value, _ seen: inout UInt8) {
    let source = text.text
    var i = 0
    while i < source.count {
        let c = source[i]
        if c == 10 {
            seen |= SeenNewlines.lf
        } else if c == 13 {
            if i + 1 < source.count && source[i + 1] == 10 {
                seen |= SeenNewlines.crlf
                i += 1
            } else {
                seen |= SeenNewlines.cr
            }
        }
        i += 1
    }
    text.keepAlive
}

/// The index of a code point in part of a str; -1: not there.
@inline(__always)
func indexOf(_ v: Value, _ cp: UInt32, _ from: Int, _ to: Int) -> Int {
    let r: Int
    switch v.strKind {
    case 1: r = Search.index(of: cp, in: UnsafePointer(v.strBytes), from, to)
    case 2: r = Search.index(of: cp, in: UnsafePointer(v.strHalves), from, to)
    default: r = Search.index(of: cp, in: UnsafePointer(v.strWords), from, to)
    }
    v.keepAlive
    return r
}

// MARK: IncrementalNewlineDecoder

struct NewlineDecoderCell {
    var header: CellHeader
    /// A decoder, or None.
    var decoder: Value
    var errors: Value
    // raw
    var state: NewlineState
    var translates: Bool
}

func newlineDecoderDefinition() -> TypeDefinition {
    TypeDefinition(nil, "_io.IncrementalNewlineDecoder", flags: [.baseType], doc: "Codec used when reading a file in universal newlines mode.",
                   signature: "(decoder, translate, errors='strict')", size: MemoryLayout<NewlineDecoderCell>.stride,
                   layout: Layout(prefix: 2, base: MemoryLayout<NewlineDecoderCell>.stride / 8, flags: .container),
                   slots: [.call(.new, ioBase_new)], members: [
        .method("__init__", "(self, decoder, translate, errors='strict')", { t, a in
            let translate = isTrue(t, a[2])
            if translate < 0 { return .raised }
            let c = a[0].cell(as: NewlineDecoderCell.self)
            c.pointee.translates = translate == 1
            c.pointee.state = NewlineState(pendingCR: false, seen: 0)
            storeSlot(&c.pointee.errors, a[3])
            storeSlot(&c.pointee.decoder, a[1])
            return .none
        }),
        .method("decode", "(self, /, input, final=False)", { t, a in
            guard let c = newlineCell(t, a[0]) else { return .raised }
            let final = isTrue(t, a[2])
            if final < 0 { return .raised }
            var text = a[1]
            if !c.pointee.decoder.isNone {
                text = callMethod(t, c.pointee.decoder, .decode, a[1], Value(final == 1))
                if text.isRaised { return text }
            }
            if !text.isStr { return raise(t, .typeError, "decoder should return a string result, not '\(typeName(text))'") }
            return translateNewlines(t, exactString(t, text), &c.pointee.state, translate: c.pointee.translates, final: final == 1)
        }),
        .method("getstate", "(self, /)", { t, a in
            guard let c = newlineCell(t, a[0]) else { return .raised }
            var buffer = emptyBytes
            var flag: Value = .zero
            if !c.pointee.decoder.isNone {
                let state = callMethod(t, c.pointee.decoder, .getstate)
                if state.isRaised { return state }
                if !isTuple(state) || state.tupleCount != 2 { return raise(t, .typeError, "illegal decoder state") }
                buffer = state.tupleItems[0]
                flag = plainInt(state.tupleItems[1])
            }
            flag = intLshift(t, flag, .one)
            if flag.isRaised { return flag }
            if c.pointee.state.pendingCR { flag = intOr(t, flag, .one) }
            return flag.isRaised ? flag : makeTuple(t, buffer, flag)
        }),
        .method("setstate", "(self, state, /)", { t, a in
            guard let c = newlineCell(t, a[0]) else { return .raised }
            if !isTuple(a[1]) { return raise(t, .typeError, "state argument must be a tuple") }
            if a[1].tupleCount != 2 { return raise(t, .typeError, "setstate(): illegal state argument") }
            let flag = plainInt(a[1].tupleItems[1])
            c.pointee.state.pendingCR = intIsOdd(flag)
            if c.pointee.decoder.isNone { return .none }
            let rest = intRshift(t, flag, .one)
            let inner = rest.isRaised ? rest : makeTuple(t, a[1].tupleItems[0], rest)
            return inner.isRaised ? inner : callMethod(t, c.pointee.decoder, .setstate, inner)
        }),
        .method("reset", "(self, /)", { t, a in
            guard let c = newlineCell(t, a[0]) else { return .raised }
            c.pointee.state = NewlineState(pendingCR: false, seen: 0)
            return c.pointee.decoder.isNone ? .none : callMethod(t, c.pointee.decoder, internStatic(t, "reset"))
        }),
        .attribute("newlines", get: { t, a in
            guard let c = newlineCell(t, a[0]) else { return .raised }
            return seenNewlines(t, c.pointee.state.seen)
        }),
    ])
}

private func newlineCell(_ t: Thread, _ v: Value) -> UnsafeMutablePointer<NewlineDecoderCell>? {
    let c = v.cell(as: NewlineDecoderCell.self)
    if c.pointee.decoder.bits != 0 { return c }
    _ = raise(t, .valueError, "IncrementalNewlineDecoder.__init__() not called")
    return nil
}
