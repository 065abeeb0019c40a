// Codecs by a table: what most of the encodings package's 8-bit codecs are made of.

import Glibc
import LadonRuntime

/// charmap_decode(data, errors, mapping): (str). `mapping` is a str of up to 256 characters (U+FFFE: undefined) or a mapping from
/// byte to int, str or None.
public func charmapDecode(_ t: Thread, _ data: Value, _ errors: Value, _ mapping: Value) -> Value {
    withBytes(t, data) { text in
        let table: Text? = mapping.isExactly(.str) ? mapping.text : nil
        var out = TextBuffer(capacity: text.count)
        defer { out.free() }
        var job = DecodeJob(t, .charmap, text, object: data, errors: errors)
        var at = 0
        while at < job.count {
            let byte = job.bytes[at]
            if let table {
                let cp = Int(byte) < table.count ? table[Int(byte)] : 0xFFFE
                if cp != 0xFFFE {
                    out.append(cp)
                    at += 1
                    continue
                }
            } else {
                let found = getItem(t, mapping, Value(smallInt: Int(byte)))
                if found.isRaised {
                    if !exceptionMatches(t, .lookupError) { return .raised }
                    clearException(t)
                } else if isInt(found) {
                    let cp = clampedInt(plainInt(found))
                    if cp < 0 || cp > 0x10FFFF { return raise(t, .typeError, "character mapping must be in range(0x110000)") }
                    if cp != 0xFFFE {
                        out.append(UInt32(cp))
                        at += 1
                        continue
                    }
                } else if found.isStr {
                    if !(found.strCount == 1 && stringCharAt(found, 0) == 0xFFFE) {
                        append(found, to: &out)
                        at += 1
                        continue
                    }
                } else if !found.isNone {
                    return raise(t, .typeError, "character mapping must return integer, None or str")
                }
            }
            guard let next = job.handle(at, at + 1, "character maps to <undefined>", &out) else { return .raised }
            at = next
        }
        mapping.keepAlive
        job.object.keepAlive
        return finish(t, out)
    }
}

/// charmap_encode(str, errors, mapping): the bytes. `mapping` maps code points to int (a byte), bytes or None.
public func charmapEncode(_ t: Thread, _ v: Value, _ errors: Value, _ mapping: Value) -> Value {
    let text = v.text
    var out = ByteBuffer(capacity: text.count + 8)
    defer { out.free() }
    var replacement = TextBuffer(capacity: 16)
    defer { replacement.free() }
    var job = EncodeJob(t, .charmap, v, errors: errors)
    let reason: StaticString = "character maps to <undefined>"
    var at = 0
    while at < text.count {
        switch charmapByte(t, mapping, text[at], &out) {
        case 1: at += 1; continue
        case -1: return .raised
        default: break
        }
        var end = at + 1
        while end < text.count {
            let mark = out.count
            let known = charmapByte(t, mapping, text[end], &out)
            if known < 0 { return .raised }
            out.count = mark
            if known == 1 { break }
            end += 1
        }
        replacement.removeAll()
        var next = end
        guard let kind = job.handle(at, end, reason, &out, &replacement, &next) else { return .raised }
        if case .text = kind {
            for i in 0..<replacement.count {
                let done = charmapByte(t, mapping, replacement.base[i], &out)
                if done < 0 { return .raised }
                if done == 0 { return raiseUnicodeEncodeError(t, "charmap", v, at, end, "\(reason)") }
            }
        }
        at = next
    }
    v.keepAlive
    if out.failed { return raiseMemoryError(t) }
    return makeBytes(t, out.base, out.count)
}

/// Appends what a character maps to: 1, 0: undefined, -1: raised.
private func charmapByte(_ t: Thread, _ mapping: Value, _ cp: UInt32, _ out: inout ByteBuffer) -> Int {
    let key = Value(smallInt: Int(cp))
    let found: Value
    if mapping.isExactly(.dict) {
        found = dictGet(t, mapping, key)
        if found.isMissing { return 0 }
    } else {
        found = getItem(t, mapping, key)
    }
    if found.isRaised {
        if !exceptionMatches(t, .lookupError) { return -1 }
        clearException(t)
        return 0
    }
    if found.isNone { return 0 }
    if isInt(found) {
        let byte = clampedInt(plainInt(found))
        if byte < 0 || byte > 255 {
            _ = raise(t, .typeError, "character mapping must be in range(256)")
            return -1
        }
        out.append(UInt8(byte))
        return 1
    }
    if found.isBytes {
        out.append(found.bytesData, found.bytesCount)
        return 1
    }
    _ = raise(t, .typeError, "character mapping must return integer, bytes or None, not \(typeName(found))")
    return -1
}

/// charmap_build(table): the encoding map of a decoding table.
public func charmapBuild(_ t: Thread, _ table: Value) -> Value {
    let result = makeDict(t)
    if result.isRaised { return .raised }
    for i in 0..<min(table.strCount, 256) {
        let cp = stringCharAt(table, i)
        if cp == 0xFFFE { continue }
        if dictSet(t, result, Value(smallInt: Int(cp)), Value(smallInt: i)) < 0 { return .raised }
    }
    return result
}
