import LadonCore
import Testing

@Suite struct CodecTests {
    /// Errors as "start-end reason", each replaced, and the text.
    private func utf8(_ bytes: [UInt8], final: Bool = true) -> (text: String, errors: [String]) {
        var text: [UInt32] = [], errors: [String] = []
        var at = 0
        while true {
            let step = UTF8Codec.scan(bytes, at, bytes.count, final: final)
            var part = [UInt32](repeating: 0, count: step.produced)
            #expect(UTF8Codec.fill(bytes, at, step.consumed, into: &part) == step.produced)
            text += part
            if !step.failed { break }
            errors.append("\(step.errorStart)-\(step.errorEnd) \(step.reason)")
            text.append(0xFFFD)
            at = step.errorEnd
        }
        return (string(text), errors)
    }

    @Test func utf8DecodesEveryLength() {
        let text = "abcdefghijklm é \u{7FF}\u{800}\u{FFFF}\u{10000}\u{10FFFF} and some more ASCII text"
        #expect(utf8(Array(text.utf8)).text == text)
        #expect(utf8(Array(text.utf8)).errors.isEmpty)
    }

    @Test(arguments: [
        ([0x80], "0-1 invalid start byte"), ([0xC1, 0x80], "0-1 invalid start byte"),
        ([0xE2, 0x82], "0-2 unexpected end of data"), ([0xE2, 0x41, 0x41], "0-1 invalid continuation byte"),
        ([0xE2, 0x82, 0x41], "0-2 invalid continuation byte"), ([0xED, 0xA0, 0x80], "0-1 invalid continuation byte"),
        ([0xF0, 0x9F, 0x98, 0x41], "0-3 invalid continuation byte"), ([0xF4, 0x90, 0x80, 0x80], "0-1 invalid continuation byte"),
        ([0xF5], "0-1 invalid start byte"), ([0xF0, 0x9F], "0-2 unexpected end of data"),
    ] as [([UInt8], String)])
    func utf8ErrorsAreCPythons(_ bytes: [UInt8], _ error: String) {
        #expect(utf8(bytes).errors.first == error)
    }

    @Test func utf8LeavesAnIncompleteTail() {
        let bytes: [UInt8] = [0x61, 0xE2, 0x82]
        let step = UTF8Codec.scan(bytes, 0, 3, final: false)
        #expect(!step.failed && step.consumed == 1 && step.produced == 1)
    }

    @Test func utf8EncodingStopsAtSurrogates() {
        let text: [UInt32] = [0x61, 0xE9, 0xD800, 0xDFFF, 0x62]
        let step = UTF8Codec.measure(text, 0, text.count)
        #expect(step.consumed == 2 && step.produced == 3 && step.errorEnd == 4 && step.failed)
        var out = [UInt8](repeating: 0, count: 20)
        #expect(UTF8Codec.encode(text, 2, 3, into: &out) == 3)
        #expect(UTF8Codec.encodedSurrogate(out, 0, 3) == 0xD800)
    }

    @Test func utf16PairsAndErrors() {
        var out = [UInt32](repeating: 0, count: 8)
        let pair: [UInt8] = [0x3D, 0xD8, 0x00, 0xDE, 0x41, 0x00]
        let step = UTF16Codec.decode(pair, 0, 6, .little, into: &out)
        #expect(step.produced == 2 && out[0] == 0x1F600 && out[1] == 0x41)
        let lone: [UInt8] = [0x00, 0xD8, 0x41, 0x00]
        let bad = UTF16Codec.decode(lone, 0, 4, .little, into: &out)
        #expect(bad.failed && "\(bad.reason)" == "illegal UTF-16 surrogate" && bad.errorEnd == 2)
        #expect(UTF16Codec.byteOrderMark([0xFE, 0xFF], 2) == .big)
    }

    @Test func utf7() {
        let bytes = Array("Hi +AOk- +2D3eAA-+-".utf8)
        var out = [UInt32](repeating: 0, count: bytes.count)
        let step = UTF7Codec.decode(bytes, 0, bytes.count, into: &out)
        #expect(string(out[..<step.produced]) == "Hi é \u{1F600}+")
        var encoded = ByteBuffer()
        defer { encoded.free() }
        let text = codePoints("é-+b")
        UTF7Codec.encode(text, 0, text.count, to: &encoded)
        #expect(String(decoding: UnsafeBufferPointer(start: encoded.base, count: encoded.count), as: UTF8.self) == "+AOk--+-b")
    }

    @Test func unicodeEscape() {
        let bytes = Array(#"\x41\u00e9\U0001f600\N{BULLET}\101\q"#.utf8)
        var out = [UInt32](repeating: 0, count: bytes.count)
        var unknown = -1
        let step = EscapeCodec.decode(bytes, 0, bytes.count, into: &out, unknownEscape: &unknown)
        #expect(string(out[..<step.produced]) == "Aé\u{1F600}•A\\q")
        #expect(unknown == bytes.count - 1)
    }

    @Test func reprChoosesQuotes() {
        func repr(_ text: String) -> String {
            let codes = codePoints(text)
            return collect { TextRepr.append(string: codes, codes.count, to: &$0) }
        }
        #expect(repr("it's") == #""it's""#)
        #expect(repr(#"'""#) == #"'\'"'"#)
        #expect(repr("a\n\u{7F}\u{AD}é") == #"'a\n\x7f\xadé'"#)
    }
}
