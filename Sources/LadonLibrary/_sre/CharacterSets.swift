// Single characters: categories, case, and membership in the sets of compiled patterns.

import CLadonUnicode
import Glibc

@inline(__always) private func flags(_ cp: UInt32) -> UInt32 { ladon_uc_flags(cp) }

@inline(__always) func sreIsASCIIWord(_ cp: UInt32) -> Bool {
    (cp | 32) &- 97 < 26 && cp < 128 || cp &- 48 < 10 || cp == 95
}

@inline(__always) func sreIsUnicodeWord(_ cp: UInt32) -> Bool {
    if cp < 128 { return sreIsASCIIWord(cp) }
    return flags(cp) & LADON_UC_ALNUM_FLAGS != 0
}

private let LADON_UC_ALNUM_FLAGS: UInt32 = LADON_UC_ALPHA | LADON_UC_DECIMAL | LADON_UC_DIGIT | LADON_UC_NUMERIC

func sreIsLocaleWord(_ cp: UInt32) -> Bool { cp < 256 && isalnum(Int32(cp)) != 0 || cp == 95 }

/// Whether a character belongs to a category (\d, \w and their like).
@inline(__always) func sreCategory(_ category: UInt32, _ cp: UInt32) -> Bool {
    switch category {
    case 0: return cp &- 48 < 10
    case 1: return cp &- 48 >= 10
    case 2: return cp == 32 || cp &- 9 < 5
    case 3: return !(cp == 32 || cp &- 9 < 5)
    case 4: return sreIsASCIIWord(cp)
    case 5: return !sreIsASCIIWord(cp)
    case 6: return cp == 10
    case 7: return cp != 10
    case 8: return sreIsLocaleWord(cp)
    case 9: return !sreIsLocaleWord(cp)
    case 10: return cp < 128 ? cp &- 48 < 10 : flags(cp) & LADON_UC_DECIMAL != 0
    case 11: return !(cp < 128 ? cp &- 48 < 10 : flags(cp) & LADON_UC_DECIMAL != 0)
    case 12: return flags(cp) & LADON_UC_SPACE != 0
    case 13: return flags(cp) & LADON_UC_SPACE == 0
    case 14: return sreIsUnicodeWord(cp)
    case 15: return !sreIsUnicodeWord(cp)
    case 16: return flags(cp) & LADON_UC_LINEBREAK != 0
    default: return flags(cp) & LADON_UC_LINEBREAK == 0
    }
}

@inline(__always) func sreLowerASCII(_ cp: UInt32) -> UInt32 { cp &- 65 < 26 ? cp | 32 : cp }
@inline(__always) func sreLowerUnicode(_ cp: UInt32) -> UInt32 { cp < 128 ? sreLowerASCII(cp) : sreMapped(cp, ladon_uc_full_lower) }
@inline(__always) func sreUpperUnicode(_ cp: UInt32) -> UInt32 { sreMapped(cp, ladon_uc_full_upper) }

/// The first character of a full case mapping: what CPython's one-to-one mappings give.
@inline(__always) private func sreMapped(_ cp: UInt32, _ map: (UInt32, UnsafeMutablePointer<UInt32>) -> UInt32) -> UInt32 {
    var codes: (UInt32, UInt32, UInt32) = (0, 0, 0)
    return withUnsafeMutableBytes(of: &codes) { raw in
        let p = raw.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: UInt32.self)
        _ = map(cp, p)
        return p[0]
    }
}
func sreLowerLocale(_ cp: UInt32) -> UInt32 { cp < 256 ? UInt32(bitPattern: tolower(Int32(cp))) : cp }
func sreUpperLocale(_ cp: UInt32) -> UInt32 { cp < 256 ? UInt32(bitPattern: toupper(Int32(cp))) : cp }

/// Whether a character is the pattern's in either case of the locale.
func sreEqualLocale(_ pattern: UInt32, _ cp: UInt32) -> Bool {
    cp == pattern || sreLowerLocale(cp) == pattern || sreUpperLocale(cp) == pattern
}

/// Whether a character is in the set at `set`, which ends with FAILURE.
func sreCharset(_ set: UnsafePointer<UInt32>, _ cp: UInt32) -> Bool {
    var p = set
    var hit = true
    while true {
        switch p[0] {
        case SREOp.failure: return !hit
        case SREOp.literal:
            if cp == p[1] { return hit }
            p += 2
        case SREOp.range:
            if cp &- p[1] <= p[2] &- p[1] { return hit }
            p += 3
        case SREOp.category:
            if sreCategory(p[1], cp) { return hit }
            p += 2
        case SREOp.charset:
            if cp < 256 && p[1 &+ Int(cp >> 5)] >> (cp & 31) & 1 != 0 { return hit }
            p += 9
        case SREOp.negate:
            hit.toggle()
            p += 1
        case SREOp.rangeUniIgnore:
            if cp &- p[1] <= p[2] &- p[1] { return hit }
            let upper = sreUpperUnicode(cp)
            if upper &- p[1] <= p[2] &- p[1] { return hit }
            p += 3
        case SREOp.bigCharset:
            // A block number for each high byte, then the blocks of 256 bits.
            let blocks = Int(p[1])
            if cp < 0x10000 {
                let block = Int(UnsafeRawPointer(p + 2).load(fromByteOffset: Int(cp >> 8), as: UInt8.self))
                let word = p[66 &+ block &* 8 &+ Int((cp & 255) >> 5)]
                if word >> (cp & 31) & 1 != 0 { return hit }
            }
            p += 66 + blocks * 8
        default: return false
        }
    }
}

/// The same under IGNORECASE and LOCALE.
func sreCharsetLocale(_ set: UnsafePointer<UInt32>, _ cp: UInt32) -> Bool {
    let lower = sreLowerLocale(cp)
    if sreCharset(set, lower) { return true }
    let upper = sreUpperLocale(cp)
    return upper != lower && sreCharset(set, upper)
}

/// Whether a character matches the single-character operation at `op`.
func sreItem(_ op: UnsafePointer<UInt32>, _ cp: UInt32) -> Bool {
    let argument = op[1]
    switch op[0] {
    case SREOp.literal: return cp == argument
    case SREOp.notLiteral: return cp != argument
    case SREOp.any: return cp != 10
    case SREOp.anyAll: return true
    case SREOp.category: return sreCategory(argument, cp)
    case SREOp.inIgnore: return sreCharset(op + 2, sreLowerASCII(cp))
    case SREOp.inUniIgnore: return sreCharset(op + 2, sreLowerUnicode(cp))
    case SREOp.inLocIgnore: return sreCharsetLocale(op + 2, cp)
    case SREOp.literalIgnore: return sreLowerASCII(cp) == argument
    case SREOp.notLiteralIgnore: return sreLowerASCII(cp) != argument
    case SREOp.literalUniIgnore: return sreLowerUnicode(cp) == argument
    case SREOp.notLiteralUniIgnore: return sreLowerUnicode(cp) != argument
    case SREOp.literalLocIgnore: return sreEqualLocale(argument, cp)
    case SREOp.notLiteralLocIgnore: return !sreEqualLocale(argument, cp)
    default: return sreCharset(op + 2, cp)
    }
}
