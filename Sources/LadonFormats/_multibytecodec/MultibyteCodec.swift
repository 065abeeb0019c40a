// One step of each East Asian codec: a character decoded from bytes, or encoded to bytes. How errors are handled, and what
// is kept between calls, is in MultibyteCoding.swift.

import LadonLibrary

enum MultibyteCodec {
    /// Codes of one to four bytes, without state.
    case table(CharsetID)
    case hz
    case iso2022(ISO2022)

    /// The codec of a module's `getcodec`; nil: no such name.
    static func named(_ title: String, _ module: MultibyteFamily) -> MultibyteCodec? {
        switch (module, title) {
        case (.china, "gb2312"): return .table(.gb2312)
        case (.china, "gbk"): return .table(.gbk)
        case (.china, "gb18030"): return .table(.gb18030)
        case (.china, "hz"): return .hz
        case (.hongKong, "big5hkscs"): return .table(.big5hkscs)
        case (.japan, "shift_jis"): return .table(.shiftjis)
        case (.japan, "cp932"): return .table(.cp932)
        case (.japan, "euc_jp"): return .table(.eucjp)
        case (.japan, "shift_jis_2004"): return .table(.shiftjis2004)
        case (.japan, "euc_jis_2004"): return .table(.eucjis2004)
        case (.japan, "euc_jisx0213"): return .table(.eucjisx0213)
        case (.japan, "shift_jisx0213"): return .table(.shiftjisx0213)
        case (.korea, "euc_kr"): return .table(.euckr)
        case (.korea, "cp949"): return .table(.cp949)
        case (.korea, "johab"): return .table(.johab)
        case (.taiwan, "big5"): return .table(.big5)
        case (.taiwan, "cp950"): return .table(.cp950)
        case (.iso2022, _): return ISO2022.named(title).map { .iso2022($0) }
        default: return nil
        }
    }
}

enum MultibyteFamily { case china, hongKong, japan, korea, taiwan, iso2022 }

/// What a step did.
enum MultibyteStep {
    /// So many bytes (characters) were taken.
    case taken(Int)
    /// What there is may become something with more.
    case tooFew
    /// So many are wrong.
    case wrong(Int)
}

/// What is remembered from one character to the next: the eight bytes that `getstate` shows.
struct MultibyteState {
    var bits: UInt64 = 0
    subscript(i: Int) -> UInt8 {
        get { UInt8(truncatingIfNeeded: bits >> UInt64(i * 8)) }
        set { bits = bits & ~(0xFF << UInt64(i * 8)) | UInt64(newValue) << UInt64(i * 8) }
    }
}

/// At most two characters, or ten bytes with an escape sequence before them.
struct MultibyteOutput {
    private var storage: (UInt64, UInt64) = (0, 0)
    private(set) var count = 0
    mutating func append(_ unit: UInt32) {
        withUnsafeMutableBytes(of: &storage) { $0[count] = UInt8(truncatingIfNeeded: unit) }
        count += 1
    }
    subscript(i: Int) -> UInt8 { withUnsafeBytes(of: storage) { $0[i] } }
}

extension MultibyteCodec {
    /// The state at the beginning.
    var initialState: MultibyteState {
        if case .iso2022 = self { return ISO2022.initialState }
        return MultibyteState()
    }

    // MARK: decoding

    @inline(__always)
    func decode(_ p: UnsafePointer<UInt8>, _ n: Int, _ state: inout MultibyteState, _ emit: (UInt32) -> Void) -> MultibyteStep {
        switch self {
        case .table(let id): return decodeCode(charset(id), p, n, emit)
        case .hz: return decodeHZ(p, n, &state, emit)
        case .iso2022(let variant): return variant.decode(p, n, &state, emit)
        }
    }

    private func decodeCode(_ set: UnsafePointer<Charset>, _ p: UnsafePointer<UInt8>, _ n: Int, _ emit: (UInt32) -> Void) -> MultibyteStep {
        let lead = Int(p[0])
        let table = set.pointee.decoding
        if table[lead] != 0 || lead < 0x80 {
            emit(table[lead] != 0 ? table[lead] : UInt32(lead))
            return .taken(1)
        }
        var code: Int, length = 2
        switch set.pointee.id {
        case .shiftjis, .shiftjis2004, .shiftjisx0213:
            if lead == 0x80 || lead == 0xA0 || lead > (set.pointee.id == .shiftjis ? 0xEA : 0xFC) { return .wrong(1) }
        case .gb18030:
            if n >= 2 && p[1] >= 0x30 && p[1] <= 0x39 { return decodeFour(set, p, n, emit) }
        case .euckr:
            if n >= 2 && lead == 0xA4 && p[1] == 0xD4 { return decodeMadeUp(p, n, emit) }
        case .eucjp, .eucjis2004, .eucjisx0213:
            if lead == 0x8F { length = 3 }
        default: break
        }
        if n < length { return .tooFew }
        if length == 3 {
            if p[1] < 0xA1 || p[2] < 0xA1 { return .wrong(1) }
            code = Int(p[1]) << 8 | Int(p[2] & 0x7F)
        } else {
            code = lead << 8 | Int(p[1])
            if set.pointee.id.hasThreeBytes && p[1] < 0x80 { return .wrong(1) }
        }
        let character = table[code]
        if character == 0 { return .wrong(length == 2 ? isAddedIn2004(set.pointee.id, code) ? 2 : 1 : 1) }
        if character > 0x10FFFF {
            emit(character >> 16)
            emit(character & 0xFFFF)
        } else {
            emit(character)
        }
        return .taken(length)
    }

    /// Whether a code that the edition of 2000 lacks is in the one of 2004: such a code is wrong as a whole.
    private func isAddedIn2004(_ id: CharsetID, _ code: Int) -> Bool {
        switch id {
        case .eucjisx0213: return code & 0x80 != 0 && charset(.eucjis2004).pointee.decoding[code] != 0
        case .shiftjisx0213: return charset(.shiftjis2004).pointee.decoding[code] != 0
        default: return false
        }
    }

    /// GB 18030's codes of four bytes.
    private func decodeFour(_ set: UnsafePointer<Charset>, _ p: UnsafePointer<UInt8>, _ n: Int, _ emit: (UInt32) -> Void) -> MultibyteStep {
        if n < 4 { return .tooFew }
        if p[0] < 0x81 || p[0] > 0xFE || p[2] < 0x81 || p[2] > 0xFE || p[3] < 0x30 || p[3] > 0x39 { return .wrong(1) }
        let high = (Int(p[0]) - 0x81) * 10 + Int(p[1]) - 0x30
        let number = (high * 126 + Int(p[2]) - 0x81) * 10 + Int(p[3]) - 0x30
        if number < Charset.linearCount {
            emit(UInt32(set.pointee.linear.unsafelyUnwrapped[number]))
            return .taken(4)
        }
        let beyond = number - 189_000
        if beyond < 0 || beyond > 0xFFFFF { return .wrong(1) }
        emit(UInt32(beyond + 0x10000))
        return .taken(4)
    }

    // MARK: encoding

    @inline(__always)
    func encode(_ text: Text, _ at: Int, isLast: Bool, _ state: inout MultibyteState, _ out: inout MultibyteOutput) -> MultibyteStep {
        switch self {
        case .table(let id): return encodeCode(charset(id), text, at, isLast, &out)
        case .hz: return encodeHZ(text[at], &state, &out)
        case .iso2022(let variant): return variant.encode(text[at], &state, &out)
        }
    }

    private func encodeCode(_ set: UnsafePointer<Charset>, _ text: Text, _ at: Int, _ isLast: Bool, _ out: inout MultibyteOutput) -> MultibyteStep {
        let character = text[at]
        if character == 0 {
            out.append(0)
            return .taken(1)
        }
        var code = 0, taken = 1
        if set.pointee.pairCount > 0 && set.pointee.beginsPair(character) {
            if at + 1 < text.count {
                code = set.pointee.code(character, text[at + 1])
                if code != 0 { taken = 2 }
            } else if !isLast {
                return .tooFew
            }
        }
        if code == 0 { code = set.pointee.code(character) }
        if code == 0 {
            if set.pointee.id == .gb18030 { return encodeFour(set, character, &out) }
            if set.pointee.id == .euckr { return encodeMadeUp(character, &out) }
            return .wrong(1)
        }
        if code > 0xFF {
            if set.pointee.id.hasThreeBytes && code & 0x80 == 0 {
                out.append(0x8F)
                code |= 0x80
            }
            out.append(UInt32(code >> 8))
        }
        out.append(UInt32(code & 0xFF))
        return .taken(taken)
    }

    private func encodeFour(_ set: UnsafePointer<Charset>, _ character: UInt32, _ out: inout MultibyteOutput) -> MultibyteStep {
        var number: Int
        if character >= 0x10000 {
            number = Int(character) - 0x10000 + 189_000
        } else {
            number = Int(set.pointee.linearIndex.unsafelyUnwrapped[Int(character)]) - 1
            if number < 0 { return .wrong(1) }
        }
        let d = number % 10
        number /= 10
        let c = number % 126
        number /= 126
        out.append(UInt32(number / 10 + 0x81))
        out.append(UInt32(number % 10 + 0x30))
        out.append(UInt32(c + 0x81))
        out.append(UInt32(d + 0x30))
        return .taken(1)
    }

    /// What the encoder must write to end in the state that it began in.
    func reset(_ state: inout MultibyteState, _ out: inout MultibyteOutput) {
        switch self {
        case .table: break
        case .hz:
            if state[0] != 0 {
                out.append(0x7E)
                out.append(0x7D)
                state[0] = 0
            }
        case .iso2022: ISO2022.reset(&state, &out)
        }
    }
}

// MARK: Hangul syllables of several jamo

/// KS X 1001 writes a syllable that it has no code for as four: a filler, then its three jamo.
private let leading: [UInt8] = [0xA1, 0xA2, 0xA4, 0xA7, 0xA8, 0xA9, 0xB1, 0xB2, 0xB3, 0xB5, 0xB6, 0xB7, 0xB8, 0xB9, 0xBA, 0xBB, 0xBC, 0xBD, 0xBE]
private let trailing: [UInt8] = [0xD4, 0xA1, 0xA2, 0xA3, 0xA4, 0xA5, 0xA6, 0xA7, 0xA9, 0xAA, 0xAB, 0xAC, 0xAD, 0xAE, 0xAF, 0xB0, 0xB1, 0xB2, 0xB4, 0xB5,
                                 0xB6, 0xB7, 0xB8, 0xBA, 0xBB, 0xBC, 0xBD, 0xBE]

private func decodeMadeUp(_ p: UnsafePointer<UInt8>, _ n: Int, _ emit: (UInt32) -> Void) -> MultibyteStep {
    if n < 8 { return .tooFew }
    guard p[2] == 0xA4, p[4] == 0xA4, p[6] == 0xA4, let first = leading.firstIndex(of: p[3]), p[5] >= 0xBF, p[5] <= 0xD3,
          let last = trailing.firstIndex(of: p[7]) else { return .wrong(1) }
    emit(UInt32(0xAC00 + (first * 21 + Int(p[5] - 0xBF)) * 28 + last))
    return .taken(8)
}

private func encodeMadeUp(_ character: UInt32, _ out: inout MultibyteOutput) -> MultibyteStep {
    if character < 0xAC00 || character > 0xD7A3 { return .wrong(1) }
    let syllable = Int(character) - 0xAC00
    for jamo in [0xD4, leading[syllable / 588], UInt8(syllable / 28 % 21) + 0xBF, trailing[syllable % 28]] {
        out.append(0xA4)
        out.append(UInt32(jamo))
    }
    return .taken(1)
}

// MARK: HZ

/// GB 2312 without high bits, between "~{" and "~}". state[0]: between them.
private func decodeHZ(_ p: UnsafePointer<UInt8>, _ n: Int, _ state: inout MultibyteState, _ emit: (UInt32) -> Void) -> MultibyteStep {
    let lead = p[0]
    if lead == 0x7E {
        if n < 2 { return .tooFew }
        switch (p[1], state[0]) {
        case (0x7E, 0): emit(0x7E)
        case (0x7B, 0): state[0] = 1
        case (0x0A, 0): break
        case (0x7D, 1): state[0] = 0
        default: return .wrong(1)
        }
        return .taken(2)
    }
    if lead & 0x80 != 0 { return .wrong(1) }
    if state[0] == 0 {
        emit(UInt32(lead))
        return .taken(1)
    }
    if n < 2 { return .tooFew }
    let character = charset(.gb2312).pointee.decoding[(Int(lead) << 8 | Int(p[1])) | 0x8080]
    if character == 0 || p[1] & 0x80 != 0 { return .wrong(1) }
    emit(character)
    return .taken(2)
}

private func encodeHZ(_ character: UInt32, _ state: inout MultibyteState, _ out: inout MultibyteOutput) -> MultibyteStep {
    if character < 0x80 {
        if state[0] != 0 {
            out.append(0x7E)
            out.append(0x7D)
            state[0] = 0
        }
        out.append(character)
        if character == 0x7E { out.append(0x7E) }
        return .taken(1)
    }
    let code = charset(.gb2312).pointee.code(character)
    if code < 0x8080 { return .wrong(1) }
    if state[0] == 0 {
        out.append(0x7E)
        out.append(0x7B)
        state[0] = 1
    }
    out.append(UInt32(code >> 8 & 0x7F))
    out.append(UInt32(code & 0x7F))
    return .taken(1)
}
