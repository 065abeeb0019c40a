import LadonCore
import Testing

@Suite struct FormatTests {
    private func format(_ value: Double, _ text: String) -> String {
        let codes = codePoints(text)
        var spec = FormatSpec(align: .right, type: 0)
        return collect { out in
            var problem = FormatSpec.parse(codes, codes.count, defaultType: 0, defaultAlign: .right, into: &spec)
            if problem == nil { problem = FormatNumber.append(float: value, spec: spec, to: &out) }
            let name: StaticString = "float"
            problem?.appendMessage(spec: codes, codes.count, typeName: name.utf8Start, name.utf8CodeUnitCount, to: &out)
        }
    }

    @Test(arguments: [
        (1234567.891, ",.2f", "1,234,567.89"), (1.5, "010", "00000001.5"), (-1.5, "*^+9.2f", "**-1.50**"), (1234, "08,", "01,234.0"),
        (0.5, "%", "50.000000%"), (2.5, ".0f", "2"), (2.5, "#.0f", "2."), (100, ".3", "1e+02"), (100, ".4", "100.0"),
        (-0.001, "z.1f", "0.0"), (.nan, "08", "00000nan"), (1e22, "", "1e+22"), (3, "d", "Unknown format code 'd' for object of type 'float'"),
        (3, ",_", "Cannot specify both ',' and '_'."), (3, ",s", "Cannot specify ',' with 's'."), (3, ".", "Format specifier missing precision"),
        (3, "<<<f", "Invalid format specifier '<<<f' for object of type 'float'"),
    ] as [(Double, String, String)])
    func floats(_ value: Double, _ spec: String, _ text: String) {
        #expect(format(value, spec) == text)
    }

    @Test func integersAndLocales() {
        var spec = FormatSpec(align: .right, type: 100)
        let grouped = codePoints("#_x")
        #expect(FormatSpec.parse(grouped, grouped.count, defaultType: 100, defaultAlign: .right, into: &spec) == nil)
        #expect(collect { _ = FormatNumber.append(word: 0xABCDEF, negative: true, base: 16, uppercase: false, prefix: "0x", spec: spec, to: &$0) }
            == "-0xab_cdef")
        // As in de_CH: an apostrophe between thousands; as in India: groups of three, then of two.
        let point: [UInt32] = [44], mark: [UInt32] = [0x2019]
        spec = FormatSpec(align: .right, type: 110)
        for (sizes, text) in [([3, 0], "12’345’678"), ([3, 2, 0], "1’23’45’678"), ([3, 127], "12345’678"), ([0], "12345678")] as [([UInt8], String)] {
            let shown = point.withUnsafeBufferPointer { point in
                mark.withUnsafeBufferPointer { mark in
                    sizes.withUnsafeBufferPointer { sizes in
                        let locale = DigitGrouping(point: point.baseAddress!, 1, separator: mark.baseAddress!, 1, sizes: sizes.baseAddress!)
                        return collect {
                            _ = FormatNumber.append(word: 12345678, negative: false, base: 10, uppercase: false, prefix: "", spec: spec, locale: locale, to: &$0)
                        }
                    }
                }
            }
            #expect(shown == text)
        }
    }

    @Test func complexNumbers() {
        func format(_ real: Double, _ imaginary: Double, _ text: String) -> String {
            let codes = codePoints(text)
            var spec = FormatSpec(align: .right, type: 0)
            _ = FormatSpec.parse(codes, codes.count, defaultType: 0, defaultAlign: .right, into: &spec)
            return collect { _ = FormatNumber.append(complex: real, imaginary, spec: spec, to: &$0) }
        }
        #expect(format(0, 1, "") == "1j")
        #expect(format(-0.0, 1, "") == "(-0+1j)")
        #expect(format(1.5, -2, "10.1f") == "  1.5-2.0j")
    }

    @Test func templates() {
        func pieces(_ text: String) -> String {
            let codes = codePoints(text)
            return codes.withUnsafeBufferPointer { codes in
                var template = FormatTemplate(codes.baseAddress!, 0, codes.count)
                var parts: [String] = []
                while true {
                    switch template.next() {
                    case .end: return parts.joined(separator: "|")
                    case .problem(let problem): return collect { problem.appendMessage(to: &$0) }
                    case .piece(let piece):
                        var part = string(codes[piece.literal])
                        if piece.hasField { part += "<\(string(codes[piece.name])),\(string(codes[piece.spec])),\(piece.conversion)>" }
                        parts.append(part)
                    }
                }
            }
        }
        #expect(pieces("a{{b{0.x[y]!r:>{w}}c") == "a{|b<0.x[y],>{w},114>|c")
        #expect(pieces("}") == "Single '}' encountered in format string")
        #expect(pieces("{!r") == "unmatched '{' in format spec")
        #expect(pieces("{a[}]}") == "<a[}],,0>")
        var numbering = FieldNumbering()
        #expect(numbering.automatic() == 0 && numbering.automatic() == 1 && !numbering.byHand())
    }

    @Test func percentTemplates() {
        let codes = codePoints("%-8.3f|%#06x|%%")
        let text = codes.withUnsafeBufferPointer { codes in
            var template = PercentTemplate(codes.baseAddress!, codes.count)
            return collect { out in
                while case let step = template.next() {
                    switch step {
                    case .literal(let range): out.append(codes.baseAddress! + range.lowerBound, range.count)
                    case .conversion(let spec) where spec.conversion == 102: spec.append(float: -1.5, to: &out)
                    case .conversion(let spec): spec.append(digits: Array("ff".utf8), 2, negative: false, to: &out)
                    default: return
                    }
                }
            }
        }
        #expect(text == "-1.500  |0x00ff|%")
    }
}
