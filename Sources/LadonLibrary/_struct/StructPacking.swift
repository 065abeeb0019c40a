// Values to bytes and back, one field at a time.

import LadonRuntime
import LadonTypes
import Glibc

/// Raises `struct.error`.
func structError(_ t: Thread, _ message: String) -> Value {
    let s: Value = makeString(t, message)
    if s.isRaised { return s }
    let e: Value = call(t, structRoots[StructRoot.error], s)
    return e.isRaised ? e : raiseValue(t, e)
}

@inline(__always)
func storeStructBits(_ out: UnsafeMutablePointer<UInt8>, _ bits: UInt, _ size: Int, _ mode: StructMode) {
    let p = UnsafeMutableRawPointer(out)
    let isBig: Bool = mode == .big
    switch size {
    case 1: out[0] = UInt8(truncatingIfNeeded: bits)
    case 2:
        let n = UInt16(truncatingIfNeeded: bits)
        p.storeBytes(of: isBig ? n.bigEndian : n.littleEndian, as: UInt16.self)
    case 4:
        let n = UInt32(truncatingIfNeeded: bits)
        p.storeBytes(of: isBig ? n.bigEndian : n.littleEndian, as: UInt32.self)
    default: p.storeBytes(of: isBig ? bits.bigEndian : bits.littleEndian, as: UInt.self)
    }
}

@inline(__always)
func loadStructBits(_ p: UnsafePointer<UInt8>, _ size: Int, _ mode: StructMode) -> UInt {
    let raw = UnsafeRawPointer(p)
    let isBig: Bool = mode == .big
    switch size {
    case 1: return UInt(p[0])
    case 2:
        let n = raw.loadUnaligned(as: UInt16.self)
        return UInt(isBig ? n.byteSwapped : n)
    case 4:
        let n = raw.loadUnaligned(as: UInt32.self)
        return UInt(isBig ? n.byteSwapped : n)
    default:
        let n = raw.loadUnaligned(as: UInt.self)
        return isBig ? n.byteSwapped : n
    }
}

/// The argument of an integer format as a canonical int; `.raised` after an error.
private func integerArgument(_ t: Thread, _ v: Value) -> Value {
    if v.isSmallInt { return v }
    if isInt(v) { return plainInt(v) }
    if !typeOf(v).has(.index) { return structError(t, "required argument is not an integer") }
    return index(t, v)
}

/// The bits of an integer field, checked as CPython checks them.
private func integerBits(_ t: Thread, _ v: Value, _ field: StructField, _ bits: inout UInt) -> Bool {
    let n: Value = integerArgument(t, v)
    if n.isRaised { return false }
    let size: Int = field.size
    let isUnsigned: Bool = field.integers != .signed
    if size == 8 {
        if field.code == 80 {
            // A pointer: either sign, any bits.
            if let word: Int = intAsWord(n) { bits = UInt(bitPattern: word); return true }
            if let word: UInt = intAsUnsignedWord(n) { bits = word; return true }
            _ = structError(t, "int too large to convert")
            return false
        }
        if isUnsigned, let word: UInt = intAsUnsignedWord(n) { bits = word; return true }
        if !isUnsigned, let word: Int = intAsWord(n) { bits = UInt(bitPattern: word); return true }
        _ = structError(t, field.mode == .big ? "int too large to convert" : "argument out of range")
        return false
    }
    let limit: Int = 1 << (size * 8)
    let low: Int = isUnsigned ? 0 : -(limit / 2)
    let high: Int = isUnsigned ? limit - 1 : limit / 2 - 1
    if let word: Int = intAsWord(n) {
        if word >= low && word <= high { bits = UInt(bitPattern: word); return true }
        // The C functions behind wide unsigned formats refuse negative numbers before they know the range.
        let named: Bool = size == 1 || (size == 2 && field.mode != .big)
        if !(isUnsigned && word < 0 && !named) {
            var format: String = "'\(Character(UnicodeScalar(field.code)))'"
            if named {
                format = size == 1 ? "byte" : "short"
                if isUnsigned { format = "u" + format }
            }
            _ = structError(t, "\(format) format requires \(low) <= number <= \(high)")
            return false
        }
    } else if isUnsigned, size == 4 || (size == 2 && field.mode == .big), intAsUnsignedWord(n) != nil {
        _ = structError(t, "'\(Character(UnicodeScalar(field.code)))' format requires \(low) <= number <= \(high)")
        return false
    }
    _ = structError(t, "argument out of range")
    return false
}

/// Packs a value that is as common as simple, an int of 63 bits in range or a float; false: it isn't one, nothing was done.
@inline(__always)
func packCommonValue(_ v: Value, _ field: StructField, _ out: UnsafeMutablePointer<UInt8>) -> Bool {
    if v.isSmallInt {
        let word: Int = v.smallInt
        let spare: Int = 64 - field.size &* 8
        switch field.integers {
        case .signed: if (word << spare) >> spare != word { return false }
        case .unsigned: if Int(bitPattern: UInt(bitPattern: word << spare) >> UInt(spare)) != word || word < 0 { return false }
        case .none: return false
        }
        storeStructBits(out, UInt(bitPattern: word), field.size, field.mode)
        return true
    }
    if field.code == 100 && v.isExactly(.float) {
        storeStructBits(out, UInt(v.asFloat.bitPattern), 8, field.mode)
        return true
    }
    return false
}

/// Packs one value of a field into `out`; false after raising.
func packStructValue(_ t: Thread, _ v: Value, _ field: StructField, _ out: UnsafeMutablePointer<UInt8>) -> Bool {
    switch field.code {
    case 63:
        let truth: Truth = isTrue(t, v)
        if truth < 0 { return false }
        out[0] = UInt8(truth)
        return true
    case 99:
        var byte: UInt8 = 0
        if !oneByte(v, &byte) { _ = structError(t, "char format requires a bytes object of length 1"); return false }
        out[0] = byte
        return true
    case 115, 112:
        return packText(t, v, field, out)
    case 100, 102, 101:
        return packFloat(t, v, field, out)
    default:
        var bits: UInt = 0
        if !integerBits(t, v, field, &bits) { return false }
        storeStructBits(out, bits, field.size, field.mode)
        return true
    }
}

private func oneByte(_ v: Value, _ byte: inout UInt8) -> Bool {
    if !v.isBytes || v.bytesCount != 1 { return false }
    byte = v.bytesData[0]
    return true
}

private func packText(_ t: Thread, _ v: Value, _ field: StructField, _ out: UnsafeMutablePointer<UInt8>) -> Bool {
    let source: UnsafePointer<UInt8>
    let length: Int
    if v.isBytes {
        source = UnsafePointer(v.bytesData)
        length = v.bytesCount
    } else if isInstanceOf(v, .bytearray) {
        let contents = byteArrayContents(v)
        source = UnsafePointer(contents.base)
        length = contents.count
    } else {
        _ = structError(t, "argument for '\(field.code == 115 ? "s" : "p")' must be a bytes object")
        return false
    }
    if field.code == 115 {
        out.update(from: source, count: min(length, field.size))
    } else if field.size > 0 {
        // A length byte, at most 255, then what fits.
        let n: Int = min(length, field.size - 1)
        (out + 1).update(from: source, count: n)
        out[0] = UInt8(min(n, 255))
    }
    ladon_keep_alive(v)
    return true
}

private func packFloat(_ t: Thread, _ v: Value, _ field: StructField, _ out: UnsafeMutablePointer<UInt8>) -> Bool {
    guard let d: Double = asDouble(t, v) else {
        clearException(t)
        _ = structError(t, "required argument is not a float")
        return false
    }
    var bits: UInt
    switch field.code {
    case 100: bits = UInt(d.bitPattern)
    case 102:
        let single = Float(d)
        if field.mode != .native && single.isInfinite && d.isFinite { return tooLarge(t, v, "f") }
        bits = UInt(single.bitPattern)
    default:
        guard let half: UInt16 = halfBits(d) else { return tooLarge(t, v, "e") }
        bits = UInt(half)
    }
    storeStructBits(out, bits, field.size, field.mode)
    return true
}

private func tooLarge(_ t: Thread, _ v: Value, _ code: String) -> Bool {
    if isInt(v) {
        _ = structError(t, "int too large to convert")
    } else {
        _ = raise(t, .overflowError, "float too large to pack with \(code) format")
    }
    return false
}

/// IEEE 754 half precision, rounded half to even; nil when the number is too large.
func halfBits(_ x: Double) -> UInt16? {
    let sign: UInt16 = x.sign == .minus ? 0x8000 : 0
    if x.isNaN { return sign | 0x7e00 }
    if x.isInfinite { return sign | 0x7c00 }
    if x == 0 { return sign }
    // Units of the last place: 2^-24 for subnormals, else 2^(e - 10).
    let exponent: Int = max(Int(x.magnitude.exponent), -14)
    if exponent > 15 { return nil }
    let scaled: Double = scalbn(x.magnitude, Int32(10 - exponent)).rounded(.toNearestOrEven)
    var units = UInt16(scaled)
    // Rounding may reach the next power of two: adding does the carry into the exponent.
    if units >= 1024 { units += UInt16((exponent + 14) << 10) } else if exponent != -14 { return nil }
    return units >= 0x7c00 ? nil : sign | units
}

func doubleFromHalf(_ h: UInt16) -> Double {
    let exponent = Int(h >> 10) & 0x1f
    let fraction = Double(h & 0x3ff)
    let magnitude: Double
    if exponent == 31 {
        magnitude = fraction == 0 ? .infinity : .nan
    } else if exponent == 0 {
        magnitude = scalbn(fraction, -24)
    } else {
        magnitude = scalbn(1024 + fraction, Int32(exponent - 25))
    }
    return h >> 15 != 0 ? -magnitude : magnitude
}

/// One value of a field.
func unpackStructValue(_ t: Thread, _ field: StructField, _ p: UnsafePointer<UInt8>) -> Value {
    switch field.code {
    case 63: return Value(p[0] != 0)
    case 99: return ladon_runtime.singleBytes[Int(p[0])]
    case 115: return makeBytes(t, p, field.size)
    case 112:
        if field.size == 0 { return emptyBytes }
        return makeBytes(t, p + 1, min(Int(p[0]), field.size - 1))
    case 100: return makeFloat(t, Double(bitPattern: UInt64(loadStructBits(p, 8, field.mode))))
    case 102: return makeFloat(t, Double(Float(bitPattern: UInt32(loadStructBits(p, 4, field.mode)))))
    case 101: return makeFloat(t, doubleFromHalf(UInt16(loadStructBits(p, 2, field.mode))))
    case 66, 72, 73, 76, 81, 78, 80: return makeInt(t, loadStructBits(p, field.size, field.mode))
    default:
        let bits: UInt = loadStructBits(p, field.size, field.mode)
        let shift = 64 - field.size * 8
        return makeInt(t, Int(bitPattern: bits << UInt(shift)) >> shift)
    }
}
