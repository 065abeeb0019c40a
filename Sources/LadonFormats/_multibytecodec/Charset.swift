// The code tables of the East Asian codecs that have one code for each character, made from CharsetTables.swift when a codec
// is first used. A table never changes and is never freed; two threads that make the same one: the second throws its own away.

import Glibc
import LadonLibrary

enum CharsetID: Int {
    case gb18030, gbk, gb2312, euckr, cp949, johab, big5, cp950, big5hkscs, eucjp, eucjis2004, eucjisx0213, shiftjis, cp932, shiftjis2004
    case shiftjisx0213

    static let count = 16

    var changes: CharsetChanges {
        switch self {
        case .gb18030: return gb18030Changes
        case .gbk: return gbkChanges
        case .gb2312: return gb2312Changes
        case .euckr: return euckrChanges
        case .cp949: return cp949Changes
        case .johab: return johabChanges
        case .big5: return big5Changes
        case .cp950: return cp950Changes
        case .big5hkscs: return big5hkscsChanges
        case .eucjp: return eucjpChanges
        case .eucjis2004: return eucjis2004Changes
        case .eucjisx0213: return eucjisx0213Changes
        case .shiftjis: return shiftjisChanges
        case .cp932: return cp932Changes
        case .shiftjis2004: return shiftjis2004Changes
        case .shiftjisx0213: return shiftjisx0213Changes
        }
    }

    /// The table that this one is derived from.
    var base: CharsetID? {
        switch self {
        case .gb18030, .euckr, .johab, .big5, .eucjp: return nil
        case .gbk: return .gb18030
        case .gb2312: return .gbk
        case .cp949: return .euckr
        case .cp950, .big5hkscs: return .big5
        case .eucjis2004, .shiftjis: return .eucjp
        case .eucjisx0213, .shiftjis2004: return .eucjis2004
        case .cp932: return .shiftjis
        case .shiftjisx0213: return .shiftjis2004
        }
    }

    /// Has codes of three bytes, 8F and two more; in tables the second of these lacks its high bit.
    var hasThreeBytes: Bool { self == .eucjp || self == .eucjis2004 || self == .eucjisx0213 }

    /// The second byte after another one, in the order of the tables; 0 when that was the last, -1 for no second byte at all.
    func byte(after byte: Int) -> Int {
        func step(_ a: Int, _ b: Int, _ c: Int, _ d: Int) -> Int {
            if byte < a || byte > d || (byte > b && byte < c) { return -1 }
            return byte == d ? 0 : byte == b ? c : byte + 1
        }
        switch self {
        case .gb18030, .gbk, .gb2312, .cp949: return step(0x40, 0x7E, 0x80, 0xFE)
        case .euckr: return step(0xA1, 0xFD, 0xFE, 0xFE)
        case .johab: return step(0x31, 0x7E, 0x80, 0xFE)
        case .big5, .cp950, .big5hkscs: return step(0x40, 0x7E, 0xA1, 0xFE)
        case .shiftjis, .cp932, .shiftjis2004, .shiftjisx0213: return step(0x40, 0x7E, 0x80, 0xFC)
        case .eucjp, .eucjis2004, .eucjisx0213:
            if byte >= 0xA1 && byte <= 0xFE { return byte == 0xFE ? 0x21 : byte + 1 }
            return byte >= 0x21 && byte <= 0x7E ? (byte == 0x7E ? 0 : byte + 1) : -1
        }
    }

    var firstSecondByte: Int {
        switch self {
        case .euckr, .eucjp, .eucjis2004, .eucjisx0213: return 0xA1
        case .johab: return 0x31
        default: return 0x40
        }
    }
}

struct Charset {
    let id: CharsetID
    /// Code to character; 0: none; beyond Unicode: two characters, the first in the upper half.
    let decoding: UnsafeMutablePointer<UInt32>
    /// Pages of 256 characters each: character to code; 0: none.
    let encoding: UnsafeMutablePointer<UnsafeMutablePointer<UInt16>?>
    /// The codes of two characters.
    let pairs: UnsafeMutablePointer<UInt16>
    private(set) var pairCount = 0
    /// GB 18030's codes of four bytes for characters below 0x10000: their number to the character, and back.
    let linear: UnsafeMutablePointer<UInt16>?
    let linearIndex: UnsafeMutablePointer<UInt16>?

    static let linearCount = 39420

    private init(_ id: CharsetID) {
        self.id = id
        func zeros<T>(_ type: T.Type, _ count: Int) -> UnsafeMutablePointer<T> {
            calloc(count, MemoryLayout<T>.stride).unsafelyUnwrapped.assumingMemoryBound(to: T.self)
        }
        decoding = zeros(UInt32.self, 1 << 16)
        encoding = zeros(UnsafeMutablePointer<UInt16>?.self, 0x110000 >> 8)
        pairs = zeros(UInt16.self, 64)
        linear = id == .gb18030 ? zeros(UInt16.self, Charset.linearCount) : nil
        linearIndex = id == .gb18030 ? zeros(UInt16.self, 1 << 16) : nil
        derive()
        change(id.changes.decoding) { [decoding] code, character in decoding[code] = character }
        invert()
        for i in 0..<128 { setCode(UInt32(i), i) }
        change(id.changes.encoding) { [encoding] code, character in Charset.set(encoding, character, code) }
        if id == .gb18030 { numberTheRest() }
    }

    // MARK: look-up

    @inline(__always) func code(_ character: UInt32) -> Int {
        guard character < 0x110000, let page = encoding[Int(character >> 8)] else { return 0 }
        return Int(page[Int(character & 255)])
    }

    /// Whether two characters that begin with this one may have a code together.
    func beginsPair(_ character: UInt32) -> Bool {
        for i in 0..<pairCount where decoding[Int(pairs[i])] >> 16 == character { return true }
        return false
    }

    func code(_ first: UInt32, _ second: UInt32) -> Int {
        for i in 0..<pairCount where decoding[Int(pairs[i])] == first << 16 | second { return Int(pairs[i]) }
        return 0
    }

    // MARK: making

    private static func set(_ encoding: UnsafeMutablePointer<UnsafeMutablePointer<UInt16>?>, _ character: UInt32, _ code: Int) {
        let page = Int(character >> 8)
        if encoding[page] == nil { encoding[page] = calloc(256, 2).unsafelyUnwrapped.assumingMemoryBound(to: UInt16.self) }
        encoding[page].unsafelyUnwrapped[Int(character & 255)] = UInt16(code)
    }
    private func setCode(_ character: UInt32, _ code: Int) { Charset.set(encoding, character, code) }

    /// What follows from the table that this one is derived from.
    private func derive() {
        guard let baseID = id.base else { return }
        let base = charset(baseID).pointee.decoding
        switch id {
        case .gbk:
            for code in 0..<65536 where !(base[code] >= 0xE000 && base[code] <= 0xF8FF) { decoding[code] = base[code] }
        case .gb2312:
            for code in 0xA100..<0xF800 where code & 0xFF >= 0xA1 { decoding[code] = base[code] }
        case .shiftjis, .shiftjis2004:
            for code in 0xA100..<0x10000 where base[code] != 0 && code & 0xFF >= 0xA1 { decoding[shiftedCode(code)] = base[code] }
            for code in 0xA1...0xDF { decoding[code] = UInt32(0xFF61 + code - 0xA1) }
        default:
            memcpy(decoding, base, 65536 * 4)
        }
        if id == .cp949 { addSyllables() }
    }

    /// Unified Hangul Code: the syllables that KS X 1001 lacks, in order, in the places that it leaves.
    private func addSyllables() {
        var isThere = [Bool](repeating: false, count: 11172)
        for code in 0..<65536 where decoding[code] >= 0xAC00 && decoding[code] <= 0xD7A3 { isThere[Int(decoding[code]) - 0xAC00] = true }
        var next = 0
        for lead in 0x81..<0xC7 {
            for trail in 0x41..<0xFF where (trail < 0x5B || trail > 0x60) && (trail < 0x7B || trail > 0x80) && (lead < 0xA1 || trail < 0xA1) {
                while next < 11172 && isThere[next] { next += 1 }
                if next == 11172 { return }
                decoding[lead << 8 | trail] = UInt32(0xAC00 + next)
                next += 1
            }
        }
    }

    /// Reads a table's text: see Scripts/generate-cjk-tables.
    private func change(_ text: StaticString, _ set: (Int, UInt32) -> Void) {
        var p = text.utf8Start
        let end = p + text.utf8CodeUnitCount
        var code = 0
        let isDecoding = text.utf8Start == id.changes.decoding.utf8Start
        func character() -> UInt32 {
            let lead = UInt32(p[0])
            let length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
            var value = length == 1 ? lead : lead & (0x7F >> UInt32(length))
            for i in 1..<max(length, 1) { value = value << 6 | UInt32(p[i] & 0x3F) }
            p += length
            return value
        }
        while p < end {
            switch p[0] {
            case 0x0A: p += 1
            case 0x40:
                code = 0
                for i in 1...4 { code = code << 4 | Int(p[i] < 0x3A ? p[i] - 0x30 : p[i] - 0x57) }
                p += 5
            default:
                let value: UInt32
                if p[0] == 0x2E {
                    p += 1
                    value = 0
                } else if p[0] == 0x28 {
                    p += 1
                    let first = character()
                    value = first << 16 | character()
                    p += 1
                } else {
                    value = character()
                }
                set(code, value)
                if !isDecoding { continue }
                let next = code > 0xFF ? id.byte(after: code & 0xFF) : -1
                code = next < 0 ? code + 1 : next == 0 ? (code & 0xFF00) + 0x100 + id.firstSecondByte : code & 0xFF00 | next
            }
        }
    }

    /// The encoding table from the decoding table: the lowest code wins; but two bytes before three, and of three those first
    /// that euc_jp does not have.
    private mutating func invert() {
        let old = id == .eucjis2004 || id == .eucjisx0213 ? charset(.eucjp).pointee.decoding : nil
        for rank in 0..<(id.hasThreeBytes ? 3 : 1) {
            for code in 1..<65536 where decoding[code] != 0 {
                let value = decoding[code]
                if id.hasThreeBytes {
                    let own = code & 0x80 != 0 ? 0 : (old ?? decoding)[code] == value ? 2 : 1
                    if own != rank { continue }
                }
                if value > 0x10FFFF {
                    pairs[pairCount] = UInt16(code)
                    pairCount += 1
                } else if self.code(value) == 0 {
                    setCode(value, code)
                }
            }
        }
    }

    /// GB 18030: what has no code of two bytes is numbered in order.
    private func numberTheRest() {
        var n = 0
        for character in 0x80..<0x10000 where !(0xD800...0xDFFF).contains(character) && code(UInt32(character)) == 0 && n < Charset.linearCount {
            linear.unsafelyUnwrapped[n] = UInt16(character)
            linearIndex.unsafelyUnwrapped[character] = UInt16(n + 1)
            n += 1
        }
    }

    // MARK: the tables that exist

    private static let made = UnsafeMutablePointer<UInt>.allocate(capacity: CharsetID.count)
    private static let initialized: Void = made.initialize(repeating: 0, count: CharsetID.count)

    static func find(_ id: CharsetID) -> UnsafePointer<Charset> {
        initialized
        let slot = made + id.rawValue
        if let there = UnsafePointer<Charset>(bitPattern: ladon_load_acquire(slot)) { return there }
        let fresh = UnsafeMutablePointer<Charset>.allocate(capacity: 1)
        fresh.initialize(to: Charset(id))
        if ladon_cas(slot, 0, UInt(bitPattern: fresh)) { return UnsafePointer(fresh) }
        fresh.pointee.dispose()
        fresh.deallocate()
        return UnsafePointer<Charset>(bitPattern: ladon_load_acquire(slot)).unsafelyUnwrapped
    }

    private func dispose() {
        for i in 0..<(0x110000 >> 8) { free(encoding[i]) }
        free(encoding)
        free(decoding)
        free(pairs)
        free(linear)
        free(linearIndex)
    }
}

/// A code table; made at its first use.
func charset(_ id: CharsetID) -> UnsafePointer<Charset> { Charset.find(id) }

/// The Shift JIS code of a code of EUC-JP's first plane.
private func shiftedCode(_ code: Int) -> Int {
    let row = (code >> 8) - 0xA1, cell = (code & 0xFF) - 0xA1
    let lead = (row >> 1) + (row < 62 ? 0x81 : 0xC1)
    let trail = cell + (row & 1 != 0 ? 0x9F : cell < 63 ? 0x40 : 0x41)
    return lead << 8 | trail
}
