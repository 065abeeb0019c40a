// The type codes of arrays: sizes, and conversion of single items.

import Glibc
import LadonLibrary

struct ArrayCode {
    var letter: UInt8
    var size: Int
    /// What a memoryview calls it.
    var bufferFormat: StaticString
    /// The machine format code of pickles, on a little-endian machine.
    var machineFormat: Int
    var isSigned: Bool
    var isInteger: Bool

    init(_ letter: StaticString, _ size: Int, _ machineFormat: Int, signed: Bool = false, integer: Bool = true, format: StaticString? = nil) {
        self.letter = letter.utf8Start[0]
        self.size = size
        self.machineFormat = machineFormat
        bufferFormat = format ?? letter
        isSigned = signed
        isInteger = integer
    }
}

/// In the order of `array.typecodes`.
nonisolated(unsafe) let arrayCodes: UnsafeMutablePointer<ArrayCode> = {
    let rows: [ArrayCode] = [
        ArrayCode("b", 1, 1, signed: true), ArrayCode("B", 1, 0), ArrayCode("u", 4, 20, integer: false, format: "w"),
        ArrayCode("h", 2, 4, signed: true), ArrayCode("H", 2, 2), ArrayCode("i", 4, 8, signed: true), ArrayCode("I", 4, 6),
        ArrayCode("l", 8, 12, signed: true), ArrayCode("L", 8, 10), ArrayCode("q", 8, 12, signed: true), ArrayCode("Q", 8, 10),
        ArrayCode("f", 4, 14, integer: false), ArrayCode("d", 8, 16, integer: false),
    ]
    let p = UnsafeMutablePointer<ArrayCode>.allocate(capacity: rows.count)
    p.initialize(from: rows, count: rows.count)
    return p
}()
let arrayCodeCount = 13
let arrayUnicode = 2

/// The index of a type code; -1: there is none.
func arrayCodeIndex(_ letter: UInt32) -> Int {
    var i = 0
    while i < arrayCodeCount {
        if UInt32(arrayCodes[i].letter) == letter { return i }
        i += 1
    }
    return -1
}

/// The item at `p`. 0: raised (a character beyond Unicode).
@inline(__always)
func unpackArrayItem(_ t: Thread, _ p: UnsafeRawPointer, _ letter: UInt8) -> Value {
    switch letter {
    case UInt8(ascii: "b"): return Value(smallInt: Int(p.load(as: Int8.self)))
    case UInt8(ascii: "B"): return Value(smallInt: Int(p.load(as: UInt8.self)))
    case UInt8(ascii: "h"): return Value(smallInt: Int(p.load(as: Int16.self)))
    case UInt8(ascii: "H"): return Value(smallInt: Int(p.load(as: UInt16.self)))
    case UInt8(ascii: "i"): return Value(smallInt: Int(p.load(as: Int32.self)))
    case UInt8(ascii: "I"): return Value(smallInt: Int(p.load(as: UInt32.self)))
    case UInt8(ascii: "l"), UInt8(ascii: "q"): return makeInt(t, p.load(as: Int.self))
    case UInt8(ascii: "L"), UInt8(ascii: "Q"): return makeInt(t, p.load(as: UInt.self))
    case UInt8(ascii: "f"): return makeFloat(t, Double(p.load(as: Float.self)))
    case UInt8(ascii: "d"): return makeFloat(t, p.load(as: Double.self))
    default:
        let cp = p.load(as: UInt32.self)
        if cp > 0x10FFFF { return raise(t, .valueError, "chr() arg not in range(0x110000)") }
        return makeString(t, codePoint: cp)
    }
}

/// Stores `v` as an item at `p` (private memory of 8 bytes). False: raised.
@inline(__always)
func packArrayItem(_ t: Thread, _ p: UnsafeMutableRawPointer, _ letter: UInt8, _ v: Value) -> Bool {
    if letter == UInt8(ascii: "d") || letter == UInt8(ascii: "f") {
        guard let x = v.isExactly(.float) ? v.asFloat : asDouble(t, v) else { return false }
        if letter == UInt8(ascii: "d") { p.storeBytes(of: x, as: Double.self) } else { p.storeBytes(of: Float(x), as: Float.self) }
        return true
    }
    if letter == UInt8(ascii: "u") {
        if !v.isCell || !v.isStr || v.strCount != 1 {
            _ = raise(t, .typeError, "array item must be unicode character")
            return false
        }
        p.storeBytes(of: stringCharAt(v, 0), as: UInt32.self)
        return true
    }
    if v.isSmallInt {
        let n = v.smallInt
        switch letter {
        case UInt8(ascii: "b"): if let x = Int8(exactly: n) { p.storeBytes(of: x, as: Int8.self); return true }
        case UInt8(ascii: "B"): if let x = UInt8(exactly: n) { p.storeBytes(of: x, as: UInt8.self); return true }
        case UInt8(ascii: "h"): if let x = Int16(exactly: n) { p.storeBytes(of: x, as: Int16.self); return true }
        case UInt8(ascii: "H"): if let x = UInt16(exactly: n) { p.storeBytes(of: x, as: UInt16.self); return true }
        case UInt8(ascii: "i"): if let x = Int32(exactly: n) { p.storeBytes(of: x, as: Int32.self); return true }
        case UInt8(ascii: "I"): if let x = UInt32(exactly: n) { p.storeBytes(of: x, as: UInt32.self); return true }
        case UInt8(ascii: "l"), UInt8(ascii: "q"): p.storeBytes(of: n, as: Int.self); return true
        default: if n >= 0 { p.storeBytes(of: n, as: Int.self); return true }
        }
    }
    return packArrayInteger(t, p, letter, v)
}

@inline(never)
private func packArrayInteger(_ t: Thread, _ p: UnsafeMutableRawPointer, _ letter: UInt8, _ v: Value) -> Bool {
    func overflow(_ message: String) -> Bool {
        _ = raise(t, .overflowError, message)
        return false
    }
    let n = plainIndex(t, v)
    if n.isRaised { return false }
    switch letter {
    case UInt8(ascii: "I"), UInt8(ascii: "L"):
        if intSign(n) < 0 { return overflow("can't convert negative value to unsigned int") }
        guard let word = intAsUnsignedWord(n) else { return overflow("Python int too large to convert to C unsigned long") }
        if letter == UInt8(ascii: "L") { p.storeBytes(of: word, as: UInt.self); return true }
        guard let x = UInt32(exactly: word) else { return overflow("unsigned int is greater than maximum") }
        p.storeBytes(of: x, as: UInt32.self)
        return true
    case UInt8(ascii: "Q"):
        if intSign(n) < 0 { return overflow("can't convert negative int to unsigned") }
        guard let word = intAsUnsignedWord(n) else { return overflow("int too big to convert") }
        p.storeBytes(of: word, as: UInt.self)
        return true
    default: break
    }
    guard let word = intAsWord(n) else {
        return overflow(letter == UInt8(ascii: "q") ? "int too big to convert" : "Python int too large to convert to C long")
    }
    // The C conversion behind a code checks its own range first, then the code's.
    switch letter {
    case UInt8(ascii: "b"):
        if word < Int(Int16.min) { return overflow("signed short integer is less than minimum") }
        if word > Int(Int16.max) { return overflow("signed short integer is greater than maximum") }
        if word < -128 { return overflow("signed char is less than minimum") }
        if word > 127 { return overflow("signed char is greater than maximum") }
        p.storeBytes(of: Int8(word), as: Int8.self)
    case UInt8(ascii: "B"):
        if word < 0 { return overflow("unsigned byte integer is less than minimum") }
        if word > 255 { return overflow("unsigned byte integer is greater than maximum") }
        p.storeBytes(of: UInt8(word), as: UInt8.self)
    case UInt8(ascii: "h"):
        if word < Int(Int16.min) { return overflow("signed short integer is less than minimum") }
        if word > Int(Int16.max) { return overflow("signed short integer is greater than maximum") }
        p.storeBytes(of: Int16(word), as: Int16.self)
    case UInt8(ascii: "l"), UInt8(ascii: "q"):
        p.storeBytes(of: word, as: Int.self)
    default:
        if word < Int(Int32.min) { return overflow("signed integer is less than minimum") }
        if word > Int(Int32.max) { return overflow("signed integer is greater than maximum") }
        if letter == UInt8(ascii: "i") { p.storeBytes(of: Int32(word), as: Int32.self); return true }
        if word < 0 { return overflow("unsigned short is less than minimum") }
        if word > 65535 { return overflow("unsigned short is greater than maximum") }
        p.storeBytes(of: UInt16(word), as: UInt16.self)
    }
    return true
}

/// Converts and appends one item. False: raised.
@inline(__always)
func arrayAppendItem(_ t: Thread, _ v: Value, _ x: Value) -> Bool {
    var item: UInt64 = 0
    if !packArrayItem(t, &item, arrayLetter(v), x) { return false }
    return arrayAppend(t, v, &item, 1)
}

/// Turns each item's bytes around.
func reverseArrayItems(_ p: UnsafeMutableRawPointer, _ count: Int, _ size: Int) {
    var i = 0
    switch size {
    case 2: while i < count { let q = p + i &* 2; q.storeBytes(of: q.load(as: UInt16.self).byteSwapped, as: UInt16.self); i += 1 }
    case 4: while i < count { let q = p + i &* 4; q.storeBytes(of: q.load(as: UInt32.self).byteSwapped, as: UInt32.self); i += 1 }
    case 8: while i < count { let q = p + i &* 8; q.storeBytes(of: q.load(as: UInt64.self).byteSwapped, as: UInt64.self); i += 1 }
    default: break
    }
}
