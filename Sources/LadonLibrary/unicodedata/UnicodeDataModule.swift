// The module `unicodedata`: its whole surface. Each function exists twice: in the module (Unicode 14) and as a method of the
// database object `ucd_3_2_0`.

import CLadonUnicode
import Glibc
import LadonRuntime
import LadonTypes

/// The module `unicodedata`.
public func unicodedataModule() -> ModuleDefinition {
    ModuleDefinition(
        "unicodedata",
        doc: "This module provides access to the Unicode Character Database which\ndefines character properties for all Unicode characters. The data in\nthis database is based on the UnicodeData.txt file version\n14.0.0 which is publicly available from the Unicode Consortium\nat ftp://ftp.unicode.org/.\n\nThe module uses the same names and symbols as defined by the\nUnicodeData File Format 14.0.0.",
        members: [
            .method("category", "(chr, /)", { t, a in category(t, a, false) }, categoryDoc),
            .method("bidirectional", "(chr, /)", { t, a in bidirectional(t, a, false) }, bidirectionalDoc),
            .method("combining", "(chr, /)", { t, a in combining(t, a, false) }, combiningDoc),
            .method("mirrored", "(chr, /)", { t, a in mirrored(t, a, false) }, mirroredDoc),
            .method("east_asian_width", "(chr, /)", { t, a in eastAsianWidth(t, a, false) }, widthDoc),
            .method("decomposition", "(chr, /)", { t, a in decomposition(t, a, false) }, decompositionDoc),
            .method("decimal", "(chr, default=<unrepresentable>, /)", { t, a in decimal(t, a, false) }, decimalDoc),
            .method("digit", "(chr, default=<unrepresentable>, /)", { t, a in digit(t, a, false) }, digitDoc),
            .method("numeric", "(chr, default=<unrepresentable>, /)", { t, a in numeric(t, a, false) }, numericDoc),
            .method("name", "(chr, default=<unrepresentable>, /)", { t, a in characterName(t, a, false) }, nameDoc),
            .method("lookup", "(name, /)", { t, a in lookup(t, a, false) }, lookupDoc),
            .method("normalize", "(form, unistr, /)", { t, a in normalize(t, a, false) }, normalizeDoc),
            .method("is_normalized", "(form, unistr, /)", { t, a in isNormalized(t, a, false) }, isNormalizedDoc),
            .constant("unidata_version") { t, a in internStatic(t, "14.0.0") },
        ],
        types: [databaseDefinition],
        initialize: { t, a in
            // The type's own constructor is closed to programs.
            let type = getAttribute(t, a[0], internStatic(t, "UCD"))
            if type.isRaised { return .raised }
            let database = allocateInstance(t, type.asType, variableItems: 0)
            if database.isRaised { return .raised }
            return setAttribute(t, a[0], internStatic(t, "ucd_3_2_0"), database) < 0 ? .raised : .none
        })
}

private func databaseDefinition() -> TypeDefinition {
    TypeDefinition(
        nil, "unicodedata.UCD", flags: [.disallowInstantiation, .immutable],
        members: [
            .method("category", "(self, chr, /)", { t, a in category(t, a + 1, true) }, categoryDoc),
            .method("bidirectional", "(self, chr, /)", { t, a in bidirectional(t, a + 1, true) }, bidirectionalDoc),
            .method("combining", "(self, chr, /)", { t, a in combining(t, a + 1, true) }, combiningDoc),
            .method("mirrored", "(self, chr, /)", { t, a in mirrored(t, a + 1, true) }, mirroredDoc),
            .method("east_asian_width", "(self, chr, /)", { t, a in eastAsianWidth(t, a + 1, true) }, widthDoc),
            .method("decomposition", "(self, chr, /)", { t, a in decomposition(t, a + 1, true) }, decompositionDoc),
            .method("decimal", "(self, chr, default=<unrepresentable>, /)", { t, a in decimal(t, a + 1, true) }, decimalDoc),
            .method("digit", "(self, chr, default=<unrepresentable>, /)", { t, a in digit(t, a + 1, true) }, digitDoc),
            .method("numeric", "(self, chr, default=<unrepresentable>, /)", { t, a in numeric(t, a + 1, true) }, numericDoc),
            .method("name", "(self, chr, default=<unrepresentable>, /)", { t, a in characterName(t, a + 1, true) }, nameDoc),
            .method("lookup", "(self, name, /)", { t, a in lookup(t, a + 1, true) }, lookupDoc),
            .method("normalize", "(self, form, unistr, /)", { t, a in normalize(t, a + 1, true) }, normalizeDoc),
            .method("is_normalized", "(self, form, unistr, /)", { t, a in isNormalized(t, a + 1, true) }, isNormalizedDoc),
            .member("unidata_version", get: { t, a in internStatic(t, "3.2.0") }),
        ])
}

private let categoryDoc: StaticString = "Returns the general category assigned to the character chr as string."
private let bidirectionalDoc: StaticString = "Returns the bidirectional class assigned to the character chr as string.\n\nIf no such value is defined, an empty string is returned."
private let combiningDoc: StaticString = "Returns the canonical combining class assigned to the character chr as integer.\n\nReturns 0 if no combining class is defined."
private let mirroredDoc: StaticString = "Returns the mirrored property assigned to the character chr as integer.\n\nReturns 1 if the character has been identified as a \"mirrored\"\ncharacter in bidirectional text, 0 otherwise."
private let widthDoc: StaticString = "Returns the east asian width assigned to the character chr as string."
private let decompositionDoc: StaticString = "Returns the character decomposition mapping assigned to the character chr as string.\n\nAn empty string is returned in case no such mapping is defined."
private let decimalDoc: StaticString = "Converts a Unicode character into its equivalent decimal value.\n\nReturns the decimal value assigned to the character chr as integer.\nIf no such value is defined, default is returned, or, if not given,\nValueError is raised."
private let digitDoc: StaticString = "Converts a Unicode character into its equivalent digit value.\n\nReturns the digit value assigned to the character chr as integer.\nIf no such value is defined, default is returned, or, if not given,\nValueError is raised."
private let numericDoc: StaticString = "Converts a Unicode character into its equivalent numeric value.\n\nReturns the numeric value assigned to the character chr as float.\nIf no such value is defined, default is returned, or, if not given,\nValueError is raised."
private let nameDoc: StaticString = "Returns the name assigned to the character chr as a string.\n\nIf no name is defined, default is returned, or, if not given,\nValueError is raised."
private let lookupDoc: StaticString = "Look up character by name.\n\nIf a character with the given name is found, return the\ncorresponding character.  If not found, KeyError is raised."
private let normalizeDoc: StaticString = "Return the normal form 'form' for the Unicode string unistr.\n\nValid values for form are 'NFC', 'NFKC', 'NFD', and 'NFKD'."
private let isNormalizedDoc: StaticString = "Return whether the Unicode string unistr is in the normal form 'form'.\n\nValid values for form are 'NFC', 'NFKC', 'NFD', and 'NFKD'."

/// The one character that an argument must be. nil: raised.
private func character(_ t: Thread, _ v: Value, _ function: String, _ argument: String = "argument") -> UInt32? {
    if v.isCell && v.isStr && v.strCount == 1 { return stringCharAt(v, 0) }
    _ = raise(t, .typeError, "\(function)() \(argument) must be a unicode character, not \(typeName(v))")
    return nil
}

private func text(_ t: Thread, _ c: UnsafePointer<CChar>?) -> Value {
    guard let c else { return emptyString }
    return intern(t, String(cString: c))
}

private func category(_ t: Thread, _ a: Values, _ old: Bool) -> Value {
    guard let cp = character(t, a[0], "category") else { return .raised }
    return text(t, old ? ladon_uc32_category(cp) : ladon_uc_category(cp))
}

private func bidirectional(_ t: Thread, _ a: Values, _ old: Bool) -> Value {
    guard let cp = character(t, a[0], "bidirectional") else { return .raised }
    return text(t, old ? ladon_uc32_bidirectional(cp) : ladon_uc_bidirectional(cp))
}

private func combining(_ t: Thread, _ a: Values, _ old: Bool) -> Value {
    guard let cp = character(t, a[0], "combining") else { return .raised }
    return Value(smallInt: old && !ladon_uc32_assigned(cp) ? 0 : Int(ladon_uc_combining(cp)))
}

private func mirrored(_ t: Thread, _ a: Values, _ old: Bool) -> Value {
    guard let cp = character(t, a[0], "mirrored") else { return .raised }
    return Value(smallInt: (old ? ladon_uc32_mirrored(cp) : ladon_uc_mirrored(cp)) ? 1 : 0)
}

private func eastAsianWidth(_ t: Thread, _ a: Values, _ old: Bool) -> Value {
    guard let cp = character(t, a[0], "east_asian_width") else { return .raised }
    return text(t, old ? ladon_uc32_east_asian_width(cp) : ladon_uc_east_asian_width(cp))
}

private func decomposition(_ t: Thread, _ a: Values, _ old: Bool) -> Value {
    guard let cp = character(t, a[0], "decomposition") else { return .raised }
    if old && !ladon_uc32_assigned(cp) { return emptyString }
    var tag: UnsafePointer<CChar>?
    var codes: UnsafePointer<UInt32>?
    let count = ladon_uc_decomposition(cp, &tag, &codes)
    guard count > 0, let codes else { return emptyString }
    var result = tag.map { String(cString: $0) } ?? ""
    for i in 0..<Int(count) {
        if !result.isEmpty { result += " " }
        let digits = String(codes[i], radix: 16, uppercase: true)
        result += String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
    }
    return makeString(t, result)
}

private func decimal(_ t: Thread, _ a: Values, _ old: Bool) -> Value {
    guard let cp = character(t, a[0], "decimal", "argument 1") else { return .raised }
    let n = old ? ladon_uc32_decimal(cp) : ladon_uc_decimal(cp)
    if n >= 0 { return Value(smallInt: Int(n)) }
    return a[1].isMissing ? raise(t, .valueError, "not a decimal") : a[1]
}

private func digit(_ t: Thread, _ a: Values, _ old: Bool) -> Value {
    guard let cp = character(t, a[0], "digit", "argument 1") else { return .raised }
    let n = ladon_uc_digit(cp)
    if n >= 0 { return Value(smallInt: Int(n)) }
    return a[1].isMissing ? raise(t, .valueError, "not a digit") : a[1]
}

private func numeric(_ t: Thread, _ a: Values, _ old: Bool) -> Value {
    guard let cp = character(t, a[0], "numeric", "argument 1") else { return .raised }
    if old {
        var x = 0.0
        if ladon_uc32_number(cp, &x) { return makeFloat(t, x) }
    } else if ladon_uc_flags(cp) & LADON_UC_NUMERIC != 0 {
        return makeFloat(t, ladon_uc_number(cp))
    }
    return a[1].isMissing ? raise(t, .valueError, "not a numeric character") : a[1]
}

private func characterName(_ t: Thread, _ a: Values, _ old: Bool) -> Value {
    guard let cp = character(t, a[0], "name", "argument 1") else { return .raised }
    let found: Value = withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(LADON_UC_NAME_MAX)) { buffer in
        let count = old && !ladon_uc32_assigned(cp) ? 0 : ladon_uc_name(cp, buffer.baseAddress)
        if count == 0 { return .missing }
        return UnsafeRawPointer(buffer.baseAddress.unsafelyUnwrapped).withMemoryRebound(to: UInt8.self, capacity: count) {
            makeString(t, ascii: $0, count: count)
        }
    }
    if !found.isMissing { return found }
    return a[1].isMissing ? raise(t, .valueError, "no such name") : a[1]
}

private func lookup(_ t: Thread, _ a: Values, _ old: Bool) -> Value {
    let v = a[0]
    if !v.isCell || !v.isStr && !v.isBytes { return raise(t, .typeError, "lookup() argument must be str, not \(typeName(v))") }
    let shown = v.isStr ? swiftString(v) : String(decoding: UnsafeBufferPointer(start: v.bytesData, count: v.bytesCount), as: UTF8.self)
    var codes: (UInt32, UInt32, UInt32, UInt32) = (0, 0, 0, 0)
    var name = shown
    let count = withUnsafeMutableBytes(of: &codes) { raw in
        name.withUTF8 { bytes -> UInt32 in
            guard let base = bytes.baseAddress else { return 0 }
            return UnsafeRawPointer(base).withMemoryRebound(to: CChar.self, capacity: bytes.count) {
                ladon_uc_lookup($0, bytes.count, true, raw.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: UInt32.self))
            }
        }
    }
    if count == 0 || (old && (count > 1 || !ladon_uc32_assigned(codes.0) || !isProperName(shown, codes.0))) {
        return raise(t, .keyError, payload: makeString(t, "undefined character name '\(shown)'"))
    }
    return withUnsafeBytes(of: &codes) { raw in
        makeString(t, codePoints: raw.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: UInt32.self), count: Int(count))
    }
}

/// Whether a name that was found is no alias: Unicode 3.2 had none.
private func isProperName(_ name: String, _ codePoint: UInt32) -> Bool {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer -> Bool in
        let count = ladon_uc_name(codePoint, buffer.baseAddress)
        return name.uppercased().utf8.elementsEqual(buffer[..<count].lazy.map { UInt8(bitPattern: $0) })
    }
}

private func form(_ t: Thread, _ v: Value, _ function: String) -> ladon_uc_form? {
    if !v.isCell || !v.isStr {
        _ = raise(t, .typeError, "\(function)() argument 1 must be str, not \(typeName(v))")
        return nil
    }
    if stringEqual(v, "NFC") { return LADON_UC_NFC }
    if stringEqual(v, "NFKC") { return LADON_UC_NFKC }
    if stringEqual(v, "NFD") { return LADON_UC_NFD }
    if stringEqual(v, "NFKD") { return LADON_UC_NFKD }
    _ = raise(t, .valueError, "invalid normalization form")
    return nil
}

private func normalize(_ t: Thread, _ a: Values, _ old: Bool) -> Value {
    guard let form = form(t, a[0], "normalize") else { return .raised }
    if !a[1].isCell || !a[1].isStr { return raise(t, .typeError, "normalize() argument 2 must be str, not \(typeName(a[1]))") }
    return normalized(t, a[1], form, old)
}

private func normalized(_ t: Thread, _ v: Value, _ form: ladon_uc_form, _ old: Bool) -> Value {
    // ASCII is in every form.
    if v.strIsASCII { return exactString(t, v) }
    let count = v.strCount
    return withUnsafeTemporaryAllocation(of: UInt32.self, capacity: count) { buffer in
        let codes = buffer.baseAddress.unsafelyUnwrapped
        v.text.copy(to: codes, kind: 4)
        v.keepAlive
        if !old && ladon_uc_quick_check(form, codes, count) == 0 { return exactString(t, v) }
        var length = 0
        guard let result = ladon_uc_normalize(form, old, codes, count, &length) else { return raiseMemoryError(t) }
        let made = makeString(t, codePoints: result, count: length)
        free(result)
        return made
    }
}

private func isNormalized(_ t: Thread, _ a: Values, _ old: Bool) -> Value {
    guard let form = form(t, a[0], "is_normalized") else { return .raised }
    if !a[1].isCell || !a[1].isStr { return raise(t, .typeError, "is_normalized() argument 2 must be str, not \(typeName(a[1]))") }
    let result = normalized(t, a[1], form, old)
    return result.isRaised ? .raised : Value(stringEqual(result, a[1]))
}
