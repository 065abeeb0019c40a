// Which part of a failed expression is to blame: the operator of a binary operation, the brackets of a subscript.
// The part of the line that the instruction covers is parsed by itself.

import LadonSyntax

/// Characters `left ..< right` of the line are marked `^`, the rest of the expression `~`.
struct ErrorAnchors {
    var left: Int
    var right: Int
}

/// The anchors within characters `start ..< end` of a line, nil when all of it is to blame.
func errorAnchors(_ t: Thread, _ line: Text, _ start: Int, _ end: Int) -> ErrorAnchors? {
    guard start >= 0, start < end, end <= line.count else { return nil }
    var segment: [UInt8] = []
    // The character of the line that each byte belongs to.
    var characters: [Int] = []
    for i in start..<end {
        let c = line[i]
        if c >= 0xD800 && c < 0xE000 { return nil }
        guard let scalar = Unicode.Scalar(c) else { return nil }
        for byte in Unicode.UTF8.encode(scalar).unsafelyUnwrapped { segment.append(byte); characters.append(i) }
    }
    characters.append(end)
    // Only these two kinds have anchors: most segments need no parse.
    guard segment.contains(where: { isOperatorByte($0) }) else { return nil }
    var options = ParseOptions()
    options.stackLimit = UInt(t.pointee.nativeStackLimit)
    guard let result = try? LadonSyntax.parse(source: segment, filename: "", mode: .exec, options: options),
          case .module(let body) = result.mod, body.count == 1, case .expr(let expression) = body[0].kind else { return nil }

    func isSpace(_ i: Int) -> Bool { segment[i] == 32 || segment[i] == 9 || segment[i] == 12 }
    switch expression.kind {
    case .binOp(let left, _, let right):
        var i = left.range.endColumn
        let limit = min(right.range.column, segment.count)
        while i < limit {
            // A closing bracket after the left operand counts as the operator, as in 3.11.
            if isSpace(i) { i += 1; continue }
            let isWide = i + 1 < limit && !isSpace(i + 1)
            return ErrorAnchors(left: characters[i], right: characters[i + (isWide ? 2 : 1)])
        }
        return nil
    case .subscript(let value, let slice, _):
        let left = value.range.endColumn, right = slice.range.endColumn + 1
        return ErrorAnchors(left: characters[min(left, segment.count)], right: characters[min(right, segment.count)])
    default: return nil
    }
}

private func isOperatorByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "*"), UInt8(ascii: "/"), UInt8(ascii: "%"), UInt8(ascii: "@"), UInt8(ascii: "<"),
         UInt8(ascii: ">"), UInt8(ascii: "&"), UInt8(ascii: "|"), UInt8(ascii: "^"), UInt8(ascii: "["): return true
    default: return false
    }
}
