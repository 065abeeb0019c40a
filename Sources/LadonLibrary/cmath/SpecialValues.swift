// Values of the complex functions where a part of the argument is an infinity or a NaN, as C99's Annex G fixes them.
//
// One table per function: a row per real part, a column per imaginary part, both in the order
// -inf, negative, -0, +0, positive, +inf, NaN. An entry is two letters, real part and imaginary part:
//   n NaN   I inf   O 0   1 one   P pi   H pi/2   Q pi/4   T 3 pi/4   (i o - p h q t: the same, negative)
//   !! domain error   .. finite argument, or one that the function treats by a formula

struct SpecialValues {
    private let table: StaticString

    private init(_ table: StaticString) { self.table = table }

    /// The entry for an argument that is not finite.
    func value(_ z: ComplexNumber, _ problem: inout MathProblem) -> ComplexNumber {
        // Three bytes an entry, "ab ", and the same at the end of a row.
        let at: Int = (SpecialValues.kind(z.real) * 7 + SpecialValues.kind(z.imaginary)) * 3
        let p = table.utf8Start + at
        if p[0] == 33 {
            problem = .domain
            return ComplexNumber(.nan, .nan)
        }
        return ComplexNumber(SpecialValues.number(p[0]), SpecialValues.number(p[1]))
    }

    private static func kind(_ x: Double) -> Int {
        if x.isNaN { return 6 }
        if x.isInfinite { return x < 0 ? 0 : 5 }
        if x == 0 { return x.sign == .minus ? 2 : 3 }
        return x < 0 ? 1 : 4
    }

    private static func number(_ letter: UInt8) -> Double {
        switch letter {
        case 110: return .nan
        case 73: return .infinity
        case 105: return -.infinity
        case 79: return 0
        case 111: return -0.0
        case 49: return 1
        case 45: return -1
        default: break
        }
        let angle: Double
        switch letter | 0x20 {
        case 112: angle = .piNearest
        case 104: angle = .piNearest / 2
        case 113: angle = .piNearest / 4
        default: angle = 3 * .piNearest / 4
        }
        return letter & 0x20 == 0 ? angle : -angle
    }

    static let acos = SpecialValues("""
        TI PI PI Pi Pi Ti nI
        HI .. .. .. .. Hi nn
        HI .. .. .. .. Hi Hn
        HI .. .. .. .. Hi Hn
        HI .. .. .. .. Hi nn
        QI OI OI Oi Oi Qi nI
        nI nn nn nn nn ni nn
        """)
    static let acosh = SpecialValues("""
        It Ip Ip IP IP IT In
        Ih .. .. .. .. IH nn
        Ih .. .. .. .. IH nn
        Ih .. .. .. .. IH nn
        Ih .. .. .. .. IH nn
        Iq Io Io IO IO IQ In
        In nn nn nn nn In nn
        """)
    static let asinh = SpecialValues("""
        iq io io iO iO iQ in
        ih .. .. .. .. iH nn
        ih .. .. .. .. iH nn
        Ih .. .. .. .. IH nn
        Ih .. .. .. .. IH nn
        Iq Io Io IO IO IQ In
        In nn no nO nn In nn
        """)
    static let atanh = SpecialValues("""
        oh oh oh oH oH oH on
        oh .. .. .. .. oH nn
        oh .. .. .. .. oH on
        Oh .. .. .. .. OH On
        Oh .. .. .. .. OH nn
        Oh Oh Oh OH OH OH On
        Oh nn nn nn nn OH nn
        """)
    static let cosh = SpecialValues("""
        !! .. IO Io .. !! In
        !! .. .. .. .. !! nn
        !! .. .. .. .. !! nO
        !! .. .. .. .. !! nO
        !! .. .. .. .. !! nn
        !! .. Io IO .. !! In
        nn nn nO nO nn nn nn
        """)
    static let sinh = SpecialValues("""
        !! .. io iO .. !! In
        !! .. .. .. .. !! nn
        !! .. .. .. .. !! On
        !! .. .. .. .. !! On
        !! .. .. .. .. !! nn
        !! .. Io IO .. !! In
        nn nn no nO nn nn nn
        """)
    static let exp = SpecialValues("""
        OO .. Oo OO .. OO OO
        !! .. .. .. .. !! nn
        !! .. .. .. .. !! nn
        !! .. .. .. .. !! nn
        !! .. .. .. .. !! nn
        !! .. Io IO .. !! In
        nn nn no nO nn nn nn
        """)
    static let log = SpecialValues("""
        It Ip Ip IP IP IT In
        Ih .. .. .. .. IH nn
        Ih .. .. .. .. IH nn
        Ih .. .. .. .. IH nn
        Ih .. .. .. .. IH nn
        Iq Io Io IO IO IQ In
        In nn nn nn nn In nn
        """)
    static let sqrt = SpecialValues("""
        Ii Oi Oi OI OI II nI
        Ii .. .. .. .. II nn
        Ii .. .. .. .. II nn
        Ii .. .. .. .. II nn
        Ii .. .. .. .. II nn
        Ii Io Io IO IO II In
        Ii nn nn nn nn II nn
        """)
    static let tanh = SpecialValues("""
        -O .. -o -O .. -O -O
        !! .. .. .. .. !! nn
        !! .. .. .. .. !! nn
        !! .. .. .. .. !! nn
        !! .. .. .. .. !! nn
        1O .. 1o 1O .. 1O 1O
        nn nn no nO nn nn nn
        """)
    static let rect = SpecialValues("""
        !! .. iO io .. !! In
        !! .. .. .. .. !! nn
        OO .. .. .. .. OO OO
        OO .. .. .. .. OO OO
        !! .. .. .. .. !! nn
        !! .. Io IO .. !! In
        nn nn nO nO nn nn nn
        """)
}
