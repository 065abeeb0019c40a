// ISO 2022: character sets of 94 or 94 x 94 characters in 7 bits, announced by escape sequences.
//
// The state's bytes: the sets in G0 to G3 (the final byte of the escape sequence, with the high bit for two bytes a
// character), then flags.

import LadonLibrary

private let escape: UInt8 = 0x1B, shiftOut: UInt8 = 0x0E, shiftIn: UInt8 = 0x0F
private let ascii: UInt8 = 0x42
private let flags = 4
private let shifted: UInt8 = 1, throughEscape: UInt8 = 2

/// A set, as a variant uses it.
private enum SetInUse: UInt8 {
    case latin1 = 0x41, greek = 0x46, katakana = 0x49, roman = 0x4A
    case jisx0208Old = 0xC0, gb2312 = 0xC1, jisx0208 = 0xC2, ksx1001 = 0xC3, jisx0212 = 0xC4
    case jisx0213of2000Plane1 = 0xCF, jisx0213Plane2 = 0xD0, jisx0213of2004Plane1 = 0xD1

    var mark: UInt8 { rawValue }
    var width: Int { rawValue & 0x80 != 0 ? 2 : 1 }

    /// `edition`: the table of JIS X 0213.
    func decode(_ a: UInt8, _ b: UInt8, _ edition: CharsetID) -> UInt32 {
        let code = (Int(a) << 8 | Int(b)) | 0x8080
        if width == 2 && (a < 0x21 || a > 0x7E || b < 0x21 || b > 0x7E) { return 0 }
        switch self {
        case .latin1, .greek: return 0
        case .roman: return a == 0x5C ? 0xA5 : a == 0x7E ? 0x203E : a < 0x80 ? UInt32(a) : 0
        case .katakana: return a >= 0x21 && a <= 0x5F ? UInt32(a) + 0xFF40 : 0
        case .jisx0208, .jisx0208Old: return charset(.eucjp).pointee.decoding[code]
        case .jisx0212: return charset(.eucjp).pointee.decoding[code & 0xFF7F]
        case .gb2312: return charset(.gb2312).pointee.decoding[code]
        case .ksx1001: return charset(.euckr).pointee.decoding[code]
        case .jisx0213of2000Plane1, .jisx0213of2004Plane1: return charset(edition).pointee.decoding[code]
        case .jisx0213Plane2: return isInPlane2(code & 0xFF7F) ? charset(edition).pointee.decoding[code & 0xFF7F] : 0
        }
    }

    /// A character's code without high bits; 0: none.
    func encode(_ character: UInt32, _ edition: CharsetID) -> Int {
        func plain(_ id: CharsetID, three: Bool = false) -> Int {
            let code = charset(id).pointee.code(character)
            if code < 0xA100 || (code & 0x80 == 0) != three { return 0 }
            return code & 0x7F7F
        }
        switch self {
        case .latin1, .greek: return 0
        case .roman: return character == 0xA5 ? 0x5C : character == 0x203E ? 0x7E : 0
        case .katakana: return character >= 0xFF61 && character <= 0xFF9F ? Int(character - 0xFF40) : 0
        case .jisx0208, .jisx0208Old: return plain(.eucjp)
        case .jisx0212: return plain(.eucjp, three: true)
        case .gb2312: return plain(.gb2312)
        case .ksx1001: return plain(.euckr)
        case .jisx0213of2000Plane1, .jisx0213of2004Plane1:
            // A code of EUC's alone.
            return character == 0xFF5E ? 0 : plain(edition)
        case .jisx0213Plane2:
            let code = plain(edition, three: true)
            return code != 0 && isInPlane2(code | 0x8000) ? code : 0
        }
    }
}

/// Whether a code of three bytes is JIS X 0213's, whose second plane has the rows that JIS X 0212 leaves.
private func isInPlane2(_ code: Int) -> Bool {
    let row = (code >> 8) - 0xA0
    return row == 1 || (row >= 3 && row <= 5) || row == 8 || (row >= 12 && row <= 15) || row >= 78
}

enum ISO2022 {
    case kr, jp, jp1, jp2, jp2004, jp3, jpExt

    static func named(_ title: String) -> ISO2022? {
        switch title {
        case "iso2022_kr": return .kr
        case "iso2022_jp": return .jp
        case "iso2022_jp_1": return .jp1
        case "iso2022_jp_2": return .jp2
        case "iso2022_jp_2004": return .jp2004
        case "iso2022_jp_3": return .jp3
        case "iso2022_jp_ext": return .jpExt
        default: return nil
        }
    }

    static var initialState: MultibyteState {
        var state = MultibyteState()
        state[0] = ascii
        state[1] = ascii
        return state
    }

    /// In the order in which the encoder tries them.
    private var sets: [SetInUse] {
        switch self {
        case .kr: return [.ksx1001]
        case .jp: return [.jisx0208, .roman, .jisx0208Old]
        case .jp1: return [.jisx0208, .jisx0212, .roman, .jisx0208Old]
        case .jp2: return [.jisx0208, .jisx0212, .ksx1001, .gb2312, .roman, .jisx0208Old, .latin1, .greek]
        case .jp2004: return [.jisx0208, .jisx0213of2004Plane1, .jisx0213Plane2]
        case .jp3: return [.jisx0208, .jisx0213of2000Plane1, .jisx0213Plane2]
        case .jpExt: return [.jisx0208, .jisx0212, .roman, .katakana, .jisx0208Old]
        }
    }

    /// Whose tables JIS X 0213's are.
    private var edition: CharsetID { self == .jp3 ? .eucjisx0213 : .eucjis2004 }

    // MARK: decoding

    func decode(_ p: UnsafePointer<UInt8>, _ n: Int, _ state: inout MultibyteState, _ emit: (UInt32) -> Void) -> MultibyteStep {
        let c = p[0]
        if state[flags] & throughEscape != 0 {
            emit(UInt32(c))
            if isEscapeEnd(c) { state[flags] &= ~throughEscape }
            return .taken(1)
        }
        switch c {
        case escape:
            if n < 2 { return .tooFew }
            switch p[1] {
            case 0x28, 0x29, 0x24, 0x2E, 0x26: return designate(p, n, &state)
            case 0x4E where self == .jp2: return decodeG2(p, n, state, emit)
            default:
                // An escape sequence of somebody else's.
                emit(UInt32(c))
                state[flags] |= throughEscape
                return .taken(1)
            }
        case shiftIn where self == .kr:
            state[flags] &= ~shifted
            return .taken(1)
        case shiftOut where self == .kr:
            state[flags] |= shifted
            return .taken(1)
        case 0x0A:
            state[flags] &= ~shifted
            emit(10)
            return .taken(1)
        default: break
        }
        if c >= 0x80 { return .wrong(1) }
        let mark = state[flags] & shifted != 0 ? state[1] : state[0]
        guard c >= 0x20, mark != ascii, let set = SetInUse(rawValue: mark) else {
            emit(UInt32(c))
            return .taken(1)
        }
        if n < set.width { return .tooFew }
        let character = set.decode(c, set.width == 2 ? p[1] : 0, edition)
        if character == 0 { return .wrong(set.width) }
        if character > 0x10FFFF {
            emit(character >> 16)
            emit(character & 0xFFFF)
        } else {
            emit(character)
        }
        return .taken(set.width)
    }

    private func isEscapeEnd(_ c: UInt8) -> Bool { c >= 0x40 && c <= 0x5A }

    /// An escape sequence that puts a set into one of G0 to G2.
    private func designate(_ p: UnsafePointer<UInt8>, _ n: Int, _ state: inout MultibyteState) -> MultibyteStep {
        var length = 0, i = 1
        while i < 16 {
            if i >= n { return .tooFew }
            if isEscapeEnd(p[i]) {
                length = i + 1
                break
            }
            // "ESC & @ ESC $ B" announces a revision of JIS X 0208.
            if self != .kr && i + 1 < n && p[i] == 0x26 && p[i + 1] == 0x40 { i += 2 }
            i += 1
        }
        let mark: UInt8, place: Int
        switch length {
        case 0: return .wrong(1)
        case 3:
            if p[1] == 0x24 {
                mark = p[2] | 0x80
                place = 0
            } else {
                mark = p[2]
                if p[1] == 0x28 { place = 0 } else if p[1] == 0x29 { place = 1 } else if p[1] == 0x2E && self == .jp2 { place = 2 } else { return .wrong(3) }
            }
        case 4:
            if p[1] != 0x24 { return .wrong(4) }
            mark = p[3] | 0x80
            if p[2] == 0x28 { place = 0 } else if p[2] == 0x29 { place = 1 } else { return .wrong(4) }
        case 6 where self != .kr && p[3] == escape && p[4] == 0x24 && p[5] == 0x42:
            mark = SetInUse.jisx0208.mark
            place = 0
        default: return .wrong(length)
        }
        if mark != ascii && !sets.contains(where: { $0.mark == mark }) { return .wrong(length) }
        state[place] = mark
        return .taken(length)
    }

    /// One character of G2, "ESC N" before it.
    private func decodeG2(_ p: UnsafePointer<UInt8>, _ n: Int, _ state: MultibyteState, _ emit: (UInt32) -> Void) -> MultibyteStep {
        if n < 3 { return .tooFew }
        let c = p[2]
        if c & 0x80 != 0 { return .wrong(3) }
        switch state[2] {
        case SetInUse.latin1.mark: emit(UInt32(c) + 0x80)
        case SetInUse.greek.mark:
            let character = greek(c)
            if character == 0 { return .wrong(3) }
            emit(character)
        case ascii, 0: emit(UInt32(c))
        default: return .wrong(3)
        }
        return .taken(3)
    }

    /// ISO 8859-7's upper half, of 1987.
    private func greek(_ c: UInt8) -> UInt32 {
        switch c {
        case 0x00...0x20, 0x23, 0x26...0x29, 0x2B...0x2D, 0x30...0x33, 0x37, 0x3B, 0x3D: return UInt32(c) + 0x80
        case 0x21: return 0x2018
        case 0x22: return 0x2019
        case 0x2F: return 0x2015
        case 0x34...0x36, 0x38...0x3A, 0x3C, 0x3E...0x51, 0x53...0x7E: return UInt32(c) + 0x0350
        default: return 0
        }
    }

    // MARK: encoding

    func encode(_ character: UInt32, _ state: inout MultibyteState, _ out: inout MultibyteOutput) -> MultibyteStep {
        if character < 0x80 {
            if state[0] != ascii { announce(ascii, width: 1, 0, &state, &out) }
            if state[flags] & shifted != 0 {
                out.append(UInt32(shiftIn))
                state[flags] &= ~shifted
            }
            out.append(character)
            return .taken(1)
        }
        // JIS X 0213's codes of two characters are decoded, but never written: so CPython.
        var found: SetInUse? = nil
        var code = 0
        for set in sets {
            code = set.encode(character, edition)
            if code != 0 {
                found = set
                break
            }
        }
        guard let set = found else { return .wrong(1) }
        if self == .kr {
            if state[1] != set.mark { announce(set.mark, width: 2, 1, &state, &out) }
            if state[flags] & shifted == 0 {
                out.append(UInt32(shiftOut))
                state[flags] |= shifted
            }
        } else if state[0] != set.mark {
            announce(set.mark, width: set.width, 0, &state, &out)
        }
        if set.width == 2 { out.append(UInt32(code >> 8)) }
        out.append(UInt32(code & 0xFF))
        return .taken(1)
    }

    /// Puts a set into G0 or G1.
    private func announce(_ mark: UInt8, width: Int, _ place: Int, _ state: inout MultibyteState, _ out: inout MultibyteOutput) {
        out.append(UInt32(escape))
        if width == 2 { out.append(0x24) }
        // JIS X 0208 is announced in the older form, without a place.
        if mark != SetInUse.jisx0208.mark { out.append(place == 0 ? 0x28 : 0x29) }
        out.append(UInt32(mark & 0x7F))
        state[place] = mark
    }

    static func reset(_ state: inout MultibyteState, _ out: inout MultibyteOutput) {
        if state[flags] & shifted != 0 {
            out.append(UInt32(shiftIn))
            state[flags] &= ~shifted
        }
        if state[0] != ascii {
            out.append(UInt32(escape))
            out.append(0x28)
            out.append(UInt32(ascii))
            state[0] = ascii
        }
    }
}
