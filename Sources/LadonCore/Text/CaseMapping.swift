// upper, lower, title, capitalize, swapcase, casefold.

import CLadonUnicode

/// The methods of str that map case.
@frozen public enum CaseMapping {
    case upper, lower, title, capitalize, swapcase, casefold

    /// Appends the mapped text.
    @inlinable public func append<U: CodeUnit>(_ text: UnsafePointer<U>, _ count: Int, to out: inout TextBuffer) {
        if !out.reserve(count) { return }
        var afterCased = false
        for i in 0..<count {
            let cp = text[i].codePoint
            var step = self
            switch self {
            case .capitalize: step = i == 0 ? .title : .lower
            case .title:
                step = afterCased ? .lower : .title
                afterCased = Self.flags(cp) & LADON_UC_CASED != 0
            case .swapcase:
                let flags = Self.flags(cp)
                if flags & LADON_UC_UPPER != 0 {
                    step = .lower
                } else if flags & LADON_UC_LOWER != 0 {
                    step = .upper
                } else {
                    out.append(cp)
                    continue
                }
            default: break
            }
            if cp < 128 {
                let isUpper = cp &- 65 < 26, isLower = cp &- 97 < 26
                switch step {
                case .lower, .casefold: out.append(isUpper ? cp | 32 : cp)
                default: out.append(isLower ? cp & ~32 : cp)
                }
                continue
            }
            if step == .lower && cp == 0x3A3 {
                out.append(Self.isFinalSigma(text, i, count) ? 0x3C2 : 0x3C3)
                continue
            }
            var mapped: (UInt32, UInt32, UInt32) = (0, 0, 0)
            let length = withUnsafeMutableBytes(of: &mapped) { raw in
                let codes = raw.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: UInt32.self)
                switch step {
                case .upper: return ladon_uc_full_upper(cp, codes)
                case .lower: return ladon_uc_full_lower(cp, codes)
                case .casefold: return ladon_uc_full_casefold(cp, codes)
                default: return ladon_uc_full_title(cp, codes)
                }
            }
            out.append(mapped.0)
            if length > 1 { out.append(mapped.1) }
            if length > 2 { out.append(mapped.2) }
        }
    }

    @inlinable @inline(__always) static func flags(_ cp: UInt32) -> UInt32 { ladon_uc_flags(cp) }

    /// Whether the capital sigma at `at` ends a word: a cased letter before it and none behind, not counting
    /// what is case-ignorable (Unicode's Final_Sigma).
    @inlinable static func isFinalSigma<U: CodeUnit>(_ text: UnsafePointer<U>, _ at: Int, _ count: Int) -> Bool {
        var before = at &- 1
        while before >= 0 && flags(text[before].codePoint) & LADON_UC_CASE_IGNORABLE != 0 { before &-= 1 }
        if before < 0 || flags(text[before].codePoint) & LADON_UC_CASED == 0 { return false }
        var after = at &+ 1
        while after < count && flags(text[after].codePoint) & LADON_UC_CASE_IGNORABLE != 0 { after &+= 1 }
        return after == count || flags(text[after].codePoint) & LADON_UC_CASED == 0
    }

    /// Maps ASCII (bytes too) in place of a buffer of the same length: upper, lower, or swapcase.
    @inlinable public func mapASCII(_ bytes: UnsafePointer<UInt8>, _ count: Int, into out: UnsafeMutablePointer<UInt8>) {
        for i in 0..<count {
            let byte = bytes[i]
            let isUpper = byte &- 65 < 26, isLower = byte &- 97 < 26
            let flip: Bool
            switch self {
            case .upper: flip = isLower
            case .lower, .casefold: flip = isUpper
            case .swapcase: flip = isUpper || isLower
            case .title, .capitalize:
                let previous = i > 0 && (self == .capitalize || (bytes[i &- 1] | 32) &- 97 < 26)
                flip = previous ? isUpper : isLower
            }
            out[i] = flip ? byte ^ 32 : byte
        }
    }
}
