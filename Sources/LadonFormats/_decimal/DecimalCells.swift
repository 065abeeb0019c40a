// The cells of the module's types, what the module keeps, and the way between cells and numbers.
//
// A Decimal never changes once it is published. A context is a handful of words that are changed one by one, each valid
// whatever the others are: threads that use one context see each setting before or after a change, and flags are only ever
// added by an atomic "or" or cleared. Nothing about it needs a lock.

import LadonLibrary

struct DecimalCell {
    var header: CellHeader
    /// Traced: an int of more than two words, or 0 where `low` has the coefficient.
    var big: Value
    var exponent: Int
    var kind: UInt8
    var isNegative: UInt8
    var unused1: UInt16
    var unused2: UInt32
    var low, high: UInt
}

struct DecimalContextCell {
    var header: CellHeader
    /// Traced: the SignalDicts over this context, made with it.
    var trapDict, flagDict: Value
    var precision, emax, emin: Int
    /// Conditions.
    var traps, flags: UInt32
    var rounding: UInt8
    var clamp: UInt8
    var capitals: UInt8
    var unused: UInt8
}

/// A view of one of a context's two sets of conditions.
struct SignalDictCell {
    var header: CellHeader
    /// Traced; 0: made by a call of the type, of no use.
    var context: Value
    var isTraps: UInt
}

struct ContextManagerCell {
    var header: CellHeader
    /// Traced: the context inside the block, and the one from before.
    var local, global: Value
}

let decimalLayout = Layout(prefix: 1, base: MemoryLayout<DecimalCell>.stride / 8)
let decimalContextLayout = Layout(prefix: 2, base: MemoryLayout<DecimalContextCell>.stride / 8)
let signalDictLayout = Layout(prefix: 1, base: MemoryLayout<SignalDictCell>.stride / 8)

/// What the module keeps for ever: types, and values as roots. Made with its first import.
struct DecimalModule {
    var decimal, context, signalDict, contextManager: TypePointer
    /// The id of Decimal's own instances.
    var decimalID: UInt32
    var roots: Values
}

/// Values that native code needs.
enum DecimalRoot: Int, CaseIterable {
    case contextVariable, defaultContext, basicContext, extendedContext
    case decimalTuple, signalDictType
    case decimalException, clamped, rounded, inexact, subnormal, underflow, overflow, divisionByZero, floatOperation
    case invalidOperation, conversionSyntax, divisionImpossible, divisionUndefined, invalidContext

    @inline(__always) var value: Value { loadSlot(decimals.pointee.roots + rawValue) }
    func set(_ v: Value) { storeSlot(decimals.pointee.roots + rawValue, v) }
}

nonisolated(unsafe) private var installed: UnsafeMutablePointer<DecimalModule>?
@inline(__always) var decimals: UnsafeMutablePointer<DecimalModule> { installed.unsafelyUnwrapped }

/// Makes the types unless they are there. Called under the module's import lock. True: they are new.
func installDecimalTypes(_ t: Thread) -> Bool {
    if installed != nil { return false }
    installPowersOfTen()
    FixedPoint.install()
    let p = UnsafeMutablePointer<DecimalModule>.allocate(capacity: 1)
    func type(_ d: TypeDefinition) -> TypePointer {
        let p = installType(t, d)
        makeImmortal(p.value)
        return p
    }
    let decimal: TypePointer = type(decimalDefinition())
    p.initialize(to: DecimalModule(
        decimal: decimal, context: type(contextDefinition()), signalDict: type(signalDictDefinition()),
            contextManager: type(contextManagerDefinition()),
        decimalID: 0, roots: makeRoots(DecimalRoot.allCases.count)))
    installed = p
    let sample: Value = allocateInstance(t, decimal)
    p.pointee.decimalID = sample.id
    sample.keepAlive
    return true
}

// MARK: what a value is

@inline(__always) func isDecimal(_ v: Value) -> Bool {
    if !v.isCell { return false }
    if v.id == decimals.pointee.decimalID { return true }
    return isSubtype(typeOf(v), decimals.pointee.decimal)
}
@inline(__always) func isContext(_ v: Value) -> Bool {
    if !v.isCell { return false }
    let own: TypePointer = typeOf(v)
    return own == decimals.pointee.context || isSubtype(own, decimals.pointee.context)
}

extension Value {
    @inline(__always) var asDecimal: UnsafeMutablePointer<DecimalCell> { cell(as: DecimalCell.self) }
    @inline(__always) var asDecimalContext: UnsafeMutablePointer<DecimalContextCell> { cell(as: DecimalContextCell.self) }
    @inline(__always) var asSignalDict: UnsafeMutablePointer<SignalDictCell> { cell(as: SignalDictCell.self) }
}

// MARK: from and to numbers

/// A Decimal's number.
@inline(__always) func number(_ v: Value) -> Number {
    let c = v.asDecimal
    var n = Number(Coefficient(UInt128(c.pointee.high) << 64 | UInt128(c.pointee.low)), c.pointee.exponent,
        negative: c.pointee.isNegative != 0)
    n.kind = Number.Kind(rawValue: c.pointee.kind).unsafelyUnwrapped
    if c.pointee.big.bits != 0 { n.coefficient = coefficient(of: c.pointee.big) }
    return n
}

/// An int's magnitude.
func coefficient(of v: Value) -> Coefficient {
    withLimbs(v) { limbs, count, _ in Coefficient(limbs: limbs, count: count) }
}

/// An int's number.
func number(int v: Value) -> Number {
    if v.isSmallInt { return Number(v.smallInt) }
    return Number(coefficient(of: v), 0, negative: intSign(v) < 0)
}

/// A Decimal, or an instance of a subclass.
@inline(__always) func makeDecimal(_ t: Thread, _ n: Number, _ type: TypePointer? = nil) -> Value {
    if let big = n.coefficient.big { return makeBigDecimal(t, n, big, type) }
    let v: Value
    if type == nil || type == decimals.pointee.decimal {
        v = Value(allocate(t, id: decimals.pointee.decimalID, bytes: MemoryLayout<DecimalCell>.size))
    } else {
        v = allocateInstance(t, type.unsafelyUnwrapped)
        if v.isRaised { return v }
    }
    let c = v.asDecimal
    c.pointee.exponent = n.exponent
    c.pointee.kind = n.kind.rawValue
    c.pointee.isNegative = n.isNegative ? 1 : 0
    c.pointee.low = UInt(truncatingIfNeeded: n.coefficient.low)
    c.pointee.high = UInt(truncatingIfNeeded: n.coefficient.low >> 64)
    return v
}

@inline(never)
private func makeBigDecimal(_ t: Thread, _ n: Number, _ big: BigInteger, _ type: TypePointer?) -> Value {
    let int: Value = makeInt(t, limbs: big.z.pointee._mp_d, count: big.size, negative: false)
    withExtendedLifetime(big) {}
    if int.isRaised { return int }
    let v: Value = allocateInstance(t, type ?? decimals.pointee.decimal)
    if v.isRaised { return v }
    let c = v.asDecimal
    c.pointee.exponent = n.exponent
    c.pointee.kind = n.kind.rawValue
    c.pointee.isNegative = n.isNegative ? 1 : 0
    c.pointee.big = int
    return v
}

/// An int of a coefficient.
func makeInt(_ t: Thread, _ c: Coefficient, negative: Bool) -> Value {
    guard let big = c.big else {
        return makeInt(t, high: UInt(truncatingIfNeeded: c.low >> 64), low: UInt(truncatingIfNeeded: c.low), negative: negative)
    }
    let v: Value = makeInt(t, limbs: big.z.pointee._mp_d, count: big.size, negative: negative)
    withExtendedLifetime(big) {}
    return v
}
