/// String literals: where they end.
extension Tokenizer {
  /// `pos` is at the opening quote, `start` at the prefix.
  mutating func scanString(from start: Int, prefix: StringPrefix) {
    let quote = base[pos]
    let isTriple = peek(1) == quote && peek(2) == quote
    let firstLine = line
    let firstLineStart = lineStart
    let body = pos + (isTriple ? 3 : 1)
    var finish: Int?
    if prefix.isFormatted {
      let scanner = FStringScanner(base: base, end: end)
      finish = scanner.literalEnd(from: body, quote: quote, isTriple: isTriple, isRaw: prefix.isRaw)
    }
    if let found = finish {
      for at in body..<found where base[at] == 10 {
        line += 1
        lineStart = at + 1
      }
      pos = found
    } else {
      pos = body
      guard scanPlainString(quote, isTriple, start, firstLine, firstLineStart) else { return }
    }
    tokens.append(
      Token(
        kind: .string, level: UInt16(truncatingIfNeeded: level), start: Int32(truncatingIfNeeded: start),
        end: Int32(truncatingIfNeeded: pos), line: Int32(truncatingIfNeeded: firstLine),
        column: Int32(truncatingIfNeeded: start - firstLineStart), endLine: Int32(truncatingIfNeeded: line),
        endColumn: Int32(truncatingIfNeeded: pos - lineStart)))
  }

  private mutating func scanPlainString(
    _ quote: UInt8, _ isTriple: Bool, _ start: Int, _ firstLine: Int, _ firstLineStart: Int
  ) -> Bool {
    while true {
      let atEnd = pos >= end
      let c = atEnd ? 0 : base[pos]
      if atEnd || (c == 10 && !isTriple) {
        // CPython has then not gone on to a line of its own after the last newline.
        let lastLine = atEnd && pos == lineStart && line > firstLine ? line - 1 : line
        let endedSource = atEnd
        line = firstLine
        lineStart = firstLineStart
        pos = start + 1
        let kind = isTriple ? "triple-quoted string" : "string"
        raise("unterminated \(kind) literal (detected at line \(lastLine))")
        if endedSource, case .raised(var failure)? = failure {
          failure.isIncomplete = true
          self.failure = .raised(failure)
        }
        return false
      }
      pos += 1
      if c == quote {
        if !isTriple { return true }
        if peek() == quote, peek(1) == quote {
          pos += 2
          return true
        }
      } else if c == 92 {
        if pos < end {
          if base[pos] == 10 {
            line += 1
            lineStart = pos + 1
          }
          pos += 1
        }
      } else if c == 10 {
        line += 1
        lineStart = pos
      }
    }
  }
}

/// Finds the end of an f-string whose replacement fields may hold anything, its own quotes included
/// (PEP 701). A `nil` answer means that the fields don't close; the caller then takes the string for a
/// plain one, so that errors are those of Python 3.11.
struct FStringScanner {
  let base: UnsafePointer<UInt8>
  let end: Int

  private func at(_ index: Int) -> UInt8 { index < end ? base[index] : 0 }

  private func closes(_ index: Int, _ quote: UInt8, _ isTriple: Bool) -> Bool {
    if at(index) != quote { return false }
    return !isTriple || (at(index + 1) == quote && at(index + 2) == quote)
  }

  /// The offset after the closing quotes.
  func literalEnd(from start: Int, quote: UInt8, isTriple: Bool, isRaw: Bool, depth: Int = 0) -> Int? {
    if depth > 50 { return nil }
    var pos = start
    while pos < end {
      let c = base[pos]
      if c == 92 {
        pos = skipEscape(pos, isRaw)
      } else if c == 10, !isTriple {
        return nil
      } else if closes(pos, quote, isTriple) {
        return pos + (isTriple ? 3 : 1)
      } else if c == UInt8(ascii: "{") {
        if at(pos + 1) == c {
          pos += 2
          continue
        }
        guard let next = fieldEnd(from: pos + 1, quote, isTriple, isRaw, depth, 0) else { return nil }
        pos = next
      } else {
        pos += 1
      }
    }
    return nil
  }

  private func skipEscape(_ pos: Int, _ isRaw: Bool) -> Int {
    let next = at(pos + 1)
    if next == UInt8(ascii: "{") || next == UInt8(ascii: "}") { return pos + 1 }
    if !isRaw, next == UInt8(ascii: "N"), at(pos + 2) == UInt8(ascii: "{") {
      var index = pos + 3
      while index < end, base[index] != UInt8(ascii: "}"), base[index] != 10 { index += 1 }
      return index + 1
    }
    return pos + 2
  }

  /// The offset after the brace that closes the field whose expression starts at `start`.
  private func fieldEnd(
    from start: Int, _ quote: UInt8, _ isTriple: Bool, _ isRaw: Bool, _ depth: Int, _ nesting: Int
  ) -> Int? {
    guard nesting <= 8, let pos = expressionEnd(from: start, depth: depth) else { return nil }
    var index = pos
    if at(index) == UInt8(ascii: "=") {
      index += 1
      while at(index) == 32 || at(index) == 9 || at(index) == 10 || at(index) == 12 { index += 1 }
    }
    if at(index) == UInt8(ascii: "!") {
      index += 1
      while index < end, base[index] != UInt8(ascii: ":"), base[index] != UInt8(ascii: "}") {
        if closes(index, quote, isTriple) || base[index] == 10 { return nil }
        index += 1
      }
    }
    if at(index) == UInt8(ascii: ":") {
      index += 1
      while index < end, base[index] != UInt8(ascii: "}") {
        let c = base[index]
        if c == 92 {
          index = skipEscape(index, isRaw)
        } else if closes(index, quote, isTriple) || (c == 10 && !isTriple) {
          return nil
        } else if c == UInt8(ascii: "{") {
          guard let next = fieldEnd(from: index + 1, quote, isTriple, isRaw, depth, nesting + 1) else {
            return nil
          }
          index = next
        } else {
          index += 1
        }
      }
    }
    return at(index) == UInt8(ascii: "}") ? index + 1 : nil
  }

  /// Where the expression of a field ends: at the `!`, `:`, `=` or `}` that is not part of it.
  func expressionEnd(from start: Int, depth: Int) -> Int? {
    var pos = start
    var open: [UInt8] = []
    while pos < end {
      let c = base[pos]
      switch c {
      case 34, 39:
        guard let next = stringEnd(at: pos, notBefore: start, depth: depth) else { return nil }
        pos = next
        continue
      case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"): open.append(c)
      case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"):
        guard let last = open.popLast() else { return c == UInt8(ascii: "}") ? pos : nil }
        if c != (last == 40 ? 41 : last + 2) { return nil }
      case UInt8(ascii: "#"):
        while pos < end, base[pos] != 10 { pos += 1 }
        continue
      case UInt8(ascii: "!"), UInt8(ascii: "="), UInt8(ascii: "<"), UInt8(ascii: ">"):
        if at(pos + 1) == UInt8(ascii: "=") {
          pos += 2
          continue
        }
        if open.isEmpty, c == UInt8(ascii: "!") || c == UInt8(ascii: "=") { return pos }
      case UInt8(ascii: ":"): if open.isEmpty { return pos }
      case 92:
        // Only a line continuation can stand outside a string.
        if at(pos + 1) != 10 { return nil }
        pos += 1
      default: break
      }
      pos += 1
    }
    return nil
  }

  /// The end of a string inside a field; its prefix lies between `notBefore` and `quoteAt`.
  func stringEnd(at quoteAt: Int, notBefore: Int, depth: Int) -> Int? {
    let quote = base[quoteAt]
    let isTriple = at(quoteAt + 1) == quote && at(quoteAt + 2) == quote
    var first = quoteAt
    while first > notBefore, Tokenizer.continuesName(base[first - 1]) { first -= 1 }
    var prefix = StringPrefix()
    var index = first
    while index < quoteAt, prefix.take(base[index]) { index += 1 }
    let isPrefix = index == quoteAt
    let body = quoteAt + (isTriple ? 3 : 1)
    if isPrefix, prefix.isFormatted {
      return literalEnd(from: body, quote: quote, isTriple: isTriple, isRaw: prefix.isRaw, depth: depth + 1)
    }
    var pos = body
    while pos < end {
      if base[pos] == 92 {
        pos += 2
      } else if base[pos] == 10, !isTriple {
        return nil
      } else if closes(pos, quote, isTriple) {
        return pos + (isTriple ? 3 : 1)
      } else {
        pos += 1
      }
    }
    return nil
  }
}
