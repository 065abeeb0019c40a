import LadonCore
import Testing

@Suite struct NumberTextTests {
    @Test(arguments: [
        (0.1, "0.1"), (-0.0, "-0.0"), (1e16, "1e+16"), (9999999999999998, "9999999999999998.0"), (0.0001, "0.0001"),
        (0.00001, "1e-05"), (5e-324, "5e-324"), (1.7976931348623157e308, "1.7976931348623157e+308"), (100, "100.0"),
        (.infinity, "inf"), (.nan, "nan"),
    ] as [(Double, String)])
    func floatRepr(_ value: Double, _ text: String) {
        #expect(written { FloatText.repr(value, into: $0) } == text)
    }

    private func parse(_ text: String) -> Double? {
        let codes = codePoints(text)
        if case .value(let value) = FloatText.parse(codes, codes.count) { return value }
        return nil
    }

    @Test func floatParsing() {
        #expect(parse(" 1_0.5e-1\u{3000}") == 1.05)
        #expect(parse("٣.٥") == 3.5)
        #expect(parse("-Infinity") == -.infinity)
        #expect(parse("1e400") == .infinity)
        #expect(parse("0.1000000000000000055511151231257827") == 0.1)
        for bad in ["", "_1", "1_", "1__0", "1_.0", "0x10", "1e", ".", "inf1", "1 2", "nan(1)"] { #expect(parse(bad) == nil, "\(bad)") }
    }

    @Test func hexadecimalFloats() {
        #expect(written { FloatText.hex(-0.1, into: $0) } == "-0x1.999999999999ap-4")
        #expect(written { FloatText.hex(5e-324, into: $0) } == "0x0.0000000000001p-1022")
        func parse(_ text: String) -> String {
            let codes = codePoints(text)
            return "\(FloatText.parseHex(codes, codes.count))"
        }
        #expect(parse("0x1.8p1") == "value(3.0)")
        #expect(parse("0x1.fffffffffffff8p1023") == "tooLarge")
        #expect(parse("0x1p-1075") == "value(0.0)")
        #expect(parse("0x1.0000000000001p-1075") == "value(5e-324)")
        #expect(parse("0x") == "invalid")
    }

    @Test func integers() {
        for value in [0, 9, 10, 99, 100, 12345, UInt.max, 9_999_999_999_999_999_999, 10_000_000_000_000_000_000] as [UInt] {
            #expect(written { IntegerText.writeDecimal(value, into: $0) } == "\(value)")
            #expect(written { IntegerText.write(value, bits: 4, uppercase: true, into: $0) } == String(value, radix: 16, uppercase: true))
        }
        func parse(_ text: String, _ base: Int) -> String {
            let codes = codePoints(text)
            var scratch = [UInt8](repeating: 0, count: codes.count + 1)
            let result = IntegerText.parse(codes, codes.count, base: base, scratch: &scratch)
            return "\(result.kind) \(result.negative ? "-" : "")\(result.magnitude)"
        }
        #expect(parse(" -0x_ff ", 0) == "word -255")
        #expect(parse("٣٤", 10) == "word 34")
        #expect(parse("0b1", 16) == "word 177")
        #expect(parse("012", 0).hasPrefix("invalid"))
        #expect(parse("1__2", 10).hasPrefix("invalid"))
        #expect(parse("99999999999999999999", 10).hasPrefix("long"))
    }

    /// Values that CPython 3.11 prints on a 64-bit machine.
    @Test func hashesAreCPythons() {
        #expect(Hashing.float(1.5, identity: 0) == 1152921504606846977)
        #expect(Hashing.float(-1, identity: 0) == -2)
        #expect(Hashing.int(-1) == -2)
        #expect(Hashing.int((1 << 61) - 1) == 0)
        let googol: [UInt64] = [0x4674_EDEA_4000_0000, 0xC9F2_C9CD_0] // 10**30
        #expect(Hashing.int(limbs: googol, 2, negative: false) == 465258685558744706)
        var pair = TupleHasher()
        pair.combine(1)
        pair.combine(2)
        #expect(pair.finish() == -3550055125485641917)
        #expect(TupleHasher().finish() == 5740354900026072187)
        let abc: [UInt8] = [97, 98, 99]
        #expect(Hashing.bytes(abc, 3, HashKey(seed: 0)) == -4594863902769663758)
    }
}
