import LadonCore
import Testing

@Suite struct SearchTests {
    /// The obvious way.
    private func naive(_ text: [UInt8], _ needle: [UInt8]) -> [Int] {
        guard needle.count <= text.count else { return [] }
        return (0...text.count - needle.count).filter { Array(text[$0..<$0 + needle.count]) == needle }
    }

    @Test func agreesWithTheObviousWay() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<3000 {
            let text = (0..<Int.random(in: 0...80, using: &generator)).map { _ in UInt8.random(in: 97...98, using: &generator) }
            let needle = (0..<Int.random(in: 1...6, using: &generator)).map { _ in UInt8.random(in: 97...98, using: &generator) }
            let all = naive(text, needle)
            let wide = text.map { UInt32($0) }
            #expect(Search.find(text, 0, text.count, needle, needle.count) == all.first ?? -1)
            #expect(Search.rfind(text, 0, text.count, needle, needle.count) == all.last ?? -1)
            #expect(Search.find(wide, 0, text.count, needle, needle.count) == all.first ?? -1)
        }
    }

    /// Needles that make a skip search quadratic.
    @Test func hardNeedlesStayLinear() {
        let count = 200_000
        let text = [UInt8](repeating: 97, count: count)
        let half = count / 2
        let ending = [UInt8](repeating: 97, count: half) + [98]
        let starting = [98] + [UInt8](repeating: 97, count: half)
        #expect(Search.find(text, 0, count, starting, starting.count) == -1)
        #expect(Search.find(text, 0, count, ending, ending.count) == -1)
        #expect(Search.rfind(text, 0, count, starting, starting.count) == -1)
        #expect(Search.rfind(text, 0, count, ending, ending.count) == -1)
        #expect(Search.find(text + ending, 0, count + half + 1, ending, ending.count) == count)
    }

    @Test func emptyNeedles() {
        let text: [UInt8] = [97, 98]
        #expect(Search.find(text, 1, 2, text, 0) == 1)
        #expect(Search.rfind(text, 0, 2, text, 0) == 2)
        #expect(Search.count(text, 0, 2, text, 0) == 3)
        #expect(Search.find(text, 2, 1, text, 0) == -1)
    }

    @Test func linesAndWords() {
        let text = codePoints("a\r\nb\u{2028}c\r")
        let first = Scanning.line(text, 0, text.count), second = Scanning.line(text, 3, text.count)
        #expect(first.end == 1 && first.next == 3)
        #expect(second.end == 4 && second.next == 5)
        let bytes = Scanning.line(text, 3, text.count, .bytes)
        #expect(bytes.end == 6 && bytes.next == 7)
        let spaced = codePoints(" \u{3000}ab ")
        #expect(Scanning.skipSpace(spaced, 0, 5) == 2)
        #expect(Scanning.wordEnd(spaced, 2, 5) == 4)
    }

    @Test func caseMapping() {
        func map(_ mapping: CaseMapping, _ text: String) -> String {
            let codes = codePoints(text)
            return collect { mapping.append(codes, codes.count, to: &$0) }
        }
        #expect(map(.upper, "straße ŉ") == "STRASSE ʼN")
        #expect(map(.lower, "ΑΣ ΑΣΑ Σ") == "ας ασα σ")
        #expect(map(.title, "it's ǆ") == "It'S ǅ")
        #expect(map(.casefold, "ẞꭰ") == "ssᎠ")
        #expect(map(.swapcase, "aBß") == "AbSS")
    }
}
