// The decimals of the arithmetic: sign, coefficient, exponent. No cells: all of this runs detached from the heap when it takes long.

/// What happened in an operation: the signals and conditions of the specification, a bit each.
struct Conditions: OptionSet {
    var rawValue: UInt32

    static let clamped = Conditions(rawValue: 0x1)
    static let conversionSyntax = Conditions(rawValue: 0x2)
    static let divisionByZero = Conditions(rawValue: 0x4)
    static let divisionImpossible = Conditions(rawValue: 0x8)
    static let divisionUndefined = Conditions(rawValue: 0x10)
    static let inexact = Conditions(rawValue: 0x40)
    static let invalidContext = Conditions(rawValue: 0x80)
    static let invalidOperation = Conditions(rawValue: 0x100)
    /// MemoryError, whatever the traps.
    static let noMemory = Conditions(rawValue: 0x200)
    static let floatOperation = Conditions(rawValue: 0x400)
    static let overflow = Conditions(rawValue: 0x800)
    static let rounded = Conditions(rawValue: 0x1000)
    static let subnormal = Conditions(rawValue: 0x2000)
    static let underflow = Conditions(rawValue: 0x4000)

    /// All that the signal InvalidOperation stands for.
    static let invalid: Conditions = [.conversionSyntax, .divisionImpossible, .divisionUndefined, .invalidContext, .invalidOperation,
        .noMemory]
    static let errors: Conditions = [.invalid, .divisionByZero]
}

enum Rounding: Int {
    case up, down, ceiling, floor, halfUp, halfDown, halfEven, zeroFiveUp
}

let maximumPrecision = 999_999_999_999_999_999
let maximumExponent = 999_999_999_999_999_999
let minimumExponent = -999_999_999_999_999_999
let minimumTiny = minimumExponent - (maximumPrecision - 1)

/// What an operation takes of a context.
struct Rules {
    var precision: Int
    var emax: Int
    var emin: Int
    var rounding: Rounding
    var clamp: Bool

    /// The lowest exponent of subnormal results.
    var tiny: Int { emin - (precision - 1) }
    /// The highest exponent when clamping.
    var top: Int { emax - (precision - 1) }

    /// The widest: whatever fits here is exact.
    static var widest: Rules { Rules(precision: maximumPrecision, emax: maximumExponent, emin: minimumExponent, rounding: .halfEven,
        clamp: false) }
    /// For intermediate results of this many digits.
    static func working(_ precision: Int) -> Rules {
        Rules(precision: precision, emax: maximumExponent, emin: minimumExponent, rounding: .halfEven, clamp: false)
    }
    func with(_ r: Rounding) -> Rules {
        var copy = self
        copy.rounding = r
        return copy
    }
}

struct Number {
    enum Kind: UInt8 {
        case finite, infinity, quietNaN, signalingNaN
    }

    var coefficient: Coefficient
    /// 0 unless finite.
    var exponent: Int
    var kind: Kind
    var isNegative: Bool

    @inline(__always) init(_ coefficient: Coefficient, _ exponent: Int, negative: Bool = false) {
        self.coefficient = coefficient
        self.exponent = exponent
        kind = .finite
        isNegative = negative
    }
    @inline(__always) init(_ n: Int) {
        self.init(Coefficient(UInt128(n.magnitude)), 0, negative: n < 0)
    }
    init(special: Kind, negative: Bool = false, payload: Coefficient = .zero) {
        coefficient = payload
        exponent = 0
        kind = special
        isNegative = negative
    }

    static var one: Number { Number(1) }
    static var nan: Number { Number(special: .quietNaN) }
    static func infinity(_ negative: Bool) -> Number { Number(special: .infinity, negative: negative) }
    static func zero(_ exponent: Int = 0, negative: Bool = false) -> Number { Number(.zero, exponent, negative: negative) }

    @inline(__always) var isFinite: Bool { kind == .finite }
    @inline(__always) var isSpecial: Bool { kind != .finite }
    var isInfinite: Bool { kind == .infinity }
    var isNaN: Bool { kind.rawValue >= 2 }
    var isSignaling: Bool { kind == .signalingNaN }
    @inline(__always) var isZero: Bool { kind == .finite && coefficient.isZero }
    /// Of a finite number: the exponent of its first digit.
    @inline(__always) var adjusted: Int { exponent + coefficient.digits - 1 }
    /// -1, 0, 1.
    var signum: Int { isZero ? 0 : isNegative ? -1 : 1 }

    /// Without a fraction.
    var isInteger: Bool {
        if kind != .finite { return false }
        if coefficient.isZero || exponent >= 0 { return true }
        let k: Int = -exponent
        if k >= coefficient.digits { return false }
        return coefficient.dropping(k).1 == .nothing
    }
    /// Of an integer.
    var isOdd: Bool {
        if coefficient.isZero || exponent > 0 { return false }
        return coefficient.dropping(-exponent).0.isOdd
    }
    /// Of an integer: the value as an Int if it fits.
    var word: Int? {
        if kind != .finite { return nil }
        if coefficient.isZero { return 0 }
        var c: Coefficient = coefficient
        if exponent > 0 {
            if exponent > 18 { return nil }
            c = c.scaled(exponent)
        } else if exponent < 0 {
            c = c.dropping(-exponent).0
        }
        guard let n = c.word else { return nil }
        return isNegative ? -n : n
    }

    var negated: Number {
        var n = self
        n.isNegative.toggle()
        return n
    }
    var magnitude: Number {
        var n = self
        n.isNegative = false
        return n
    }
}

/// An invalid operation's result.
func invalid(_ status: inout Conditions, _ condition: Conditions = .invalidOperation) -> Number {
    status.insert(condition)
    return .nan
}

/// Whether a coefficient of so many digits can be had; otherwise the operation ends in MemoryError.
@inline(__always) func hasRoom(_ digits: Int, _ status: inout Conditions) -> Bool {
    if digits <= 64 { return true }
    if digits > maximumDigits {
        status.formUnion([.noMemory])
        return false
    }
    return true
}
