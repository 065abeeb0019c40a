// Items of a memoryview by native format: to Python values and back.

import Glibc
import LadonRuntime

/// The value of the item at `p`. 0: raised.
func unpackItem(_ t: Thread, _ p: UnsafeRawPointer, _ code: UInt8) -> Value {
    switch code {
    case UInt8(ascii: "B"): return Value(smallInt: Int(p.load(as: UInt8.self)))
    case UInt8(ascii: "b"): return Value(smallInt: Int(p.load(as: Int8.self)))
    case UInt8(ascii: "c"): return ladon_runtime.singleBytes[Int(p.load(as: UInt8.self))]
    case UInt8(ascii: "?"): return Value(p.load(as: UInt8.self) != 0)
    case UInt8(ascii: "h"): return Value(smallInt: Int(p.loadUnaligned(as: Int16.self)))
    case UInt8(ascii: "H"): return Value(smallInt: Int(p.loadUnaligned(as: UInt16.self)))
    case UInt8(ascii: "i"): return Value(smallInt: Int(p.loadUnaligned(as: Int32.self)))
    case UInt8(ascii: "I"): return Value(smallInt: Int(p.loadUnaligned(as: UInt32.self)))
    case UInt8(ascii: "l"), UInt8(ascii: "q"), UInt8(ascii: "n"): return makeInt(t, p.loadUnaligned(as: Int.self))
    case UInt8(ascii: "L"), UInt8(ascii: "Q"), UInt8(ascii: "N"), UInt8(ascii: "P"): return makeInt(t, p.loadUnaligned(as: UInt.self))
    case UInt8(ascii: "f"): return makeFloat(t, Double(Float(bitPattern: p.loadUnaligned(as: UInt32.self))))
    case UInt8(ascii: "d"): return makeFloat(t, Double(bitPattern: p.loadUnaligned(as: UInt64.self)))
    default: return raise(t, .notImplementedError, "memoryview: format not supported")
    }
}

/// Stores a value as the item at `p`. False: raised.
func packItem(_ t: Thread, _ p: UnsafeMutableRawPointer, _ code: UInt8, _ v: Value, _ format: String) -> Bool {
    func invalidType() -> Bool {
        _ = raise(t, .typeError, "memoryview: invalid type for format '\(format)'")
        return false
    }
    func invalidValue() -> Bool {
        _ = raise(t, .valueError, "memoryview: invalid value for format '\(format)'")
        return false
    }
    switch code {
    case UInt8(ascii: "c"):
        if !v.isCell || !v.isBytes { return invalidType() }
        if v.bytesCount != 1 { return invalidValue() }
        p.storeBytes(of: v.bytesData[0], as: UInt8.self)
        return true
    case UInt8(ascii: "?"):
        let truth = isTrue(t, v)
        if truth < 0 { return false }
        p.storeBytes(of: UInt8(truth), as: UInt8.self)
        return true
    case UInt8(ascii: "f"), UInt8(ascii: "d"):
        guard let x = asDouble(t, v) else {
            if exceptionMatches(t, .typeError) { clearException(t); return invalidType() }
            return false
        }
        if code == UInt8(ascii: "d") { p.storeBytes(of: x.bitPattern, as: UInt64.self); return true }
        p.storeBytes(of: Float(x).bitPattern, as: UInt32.self)
        return true
    default: break
    }
    if !isInt(v) && !typeOf(v).has(.index) { return invalidType() }
    let n = index(t, v)
    if n.isRaised {
        if exceptionMatches(t, .typeError) { clearException(t); return invalidType() }
        return false
    }
    let unsigned = code == UInt8(ascii: "L") || code == UInt8(ascii: "Q") || code == UInt8(ascii: "N") || code == UInt8(ascii: "P")
    if unsigned {
        guard let word = intAsUnsignedWord(plainInt(n)) else { return invalidValue() }
        p.storeBytes(of: word, as: UInt.self)
        return true
    }
    guard let word = intAsWord(plainInt(n)) else { return invalidValue() }
    switch code {
    case UInt8(ascii: "B"):
        guard let x = UInt8(exactly: word) else { return invalidValue() }
        p.storeBytes(of: x, as: UInt8.self)
    case UInt8(ascii: "b"):
        guard let x = Int8(exactly: word) else { return invalidValue() }
        p.storeBytes(of: x, as: Int8.self)
    case UInt8(ascii: "h"):
        guard let x = Int16(exactly: word) else { return invalidValue() }
        p.storeBytes(of: x, as: Int16.self)
    case UInt8(ascii: "H"):
        guard let x = UInt16(exactly: word) else { return invalidValue() }
        p.storeBytes(of: x, as: UInt16.self)
    case UInt8(ascii: "i"):
        guard let x = Int32(exactly: word) else { return invalidValue() }
        p.storeBytes(of: x, as: Int32.self)
    case UInt8(ascii: "I"):
        guard let x = UInt32(exactly: word) else { return invalidValue() }
        p.storeBytes(of: x, as: UInt32.self)
    default:
        p.storeBytes(of: word, as: Int.self)
    }
    return true
}

/// NotImplementedError for a format that is not one native letter; the letter otherwise, 0 if raised.
func requireNativeFormat(_ t: Thread, _ v: MemoryViewPointer) -> UInt8 {
    let code = v.formatCode
    if code == 0 { _ = raise(t, .notImplementedError, "memoryview: unsupported format \(v.formatName)") }
    return code
}
