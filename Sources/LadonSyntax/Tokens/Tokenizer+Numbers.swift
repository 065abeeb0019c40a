/// Number literals: their extent and their errors. Values are made later, from the tokens.
extension Tokenizer {
  @inline(__always) private static func isDigit(_ c: UInt8) -> Bool { c >= 48 && c <= 57 }

  private static func isHexDigit(_ c: UInt8) -> Bool {
    isDigit(c) || (c >= 97 && c <= 102) || (c >= 65 && c <= 70)
  }

  mutating func scanNumber() {
    let start = pos
    var hasFraction = false
    if peek() == 46 {
      hasFraction = true
    } else if peek() == 48 {
      switch peek(1) | 0x20 {
      case UInt8(ascii: "x"): return scanRadix(16, "hexadecimal", from: start)
      case UInt8(ascii: "o"): return scanRadix(8, "octal", from: start)
      case UInt8(ascii: "b"): return scanRadix(2, "binary", from: start)
      default: break
      }
      guard let isOctalLike = scanZeros() else { return }
      if isOctalLike.nonZero {
        switch peek() {
        case 46, 101, 69, 106, 74: break
        default:
          raise(
            "leading zeros in decimal integer literals are not permitted; use an 0o prefix for octal integers",
            offset: characters(from: lineStart, to: start) + 1,
            endOffset: characters(from: lineStart, to: isOctalLike.zerosEnd))
          return
        }
      }
    } else {
      guard scanDigits() else { return }
    }
    if hasFraction || peek() == 46 {
      pos += 1
      if Self.isDigit(peek()) { guard scanDigits() else { return } }
    }
    let letter = peek()
    if letter == 101 || letter == 69 {
      let exponent = pos
      pos += 1
      if peek() == 43 || peek() == 45 {
        pos += 1
        if !Self.isDigit(peek()) {
          raise("invalid decimal literal")
          return
        }
      } else if !Self.isDigit(peek()) {
        pos = exponent
        guard endsNumber("decimal") else { return }
        emit(.number, from: start)
        return
      }
      guard scanDigits() else { return }
    }
    if peek() == 106 || peek() == 74 {
      pos += 1
      guard endsNumber("imaginary") else { return }
    } else {
      guard endsNumber("decimal") else { return }
    }
    emit(.number, from: start)
  }

  /// Digits with single underscores between them.
  private mutating func scanDigits() -> Bool {
    while true {
      while Self.isDigit(peek()) { pos += 1 }
      if peek() != 95 { return true }
      pos += 1
      if !Self.isDigit(peek()) {
        raise("invalid decimal literal")
        return false
      }
    }
  }

  /// A number that starts with 0: zeros may repeat, but other digits may follow only in a float.
  private mutating func scanZeros() -> (nonZero: Bool, zerosEnd: Int)? {
    while true {
      while peek() == 48 { pos += 1 }
      if peek() != 95 { break }
      pos += 1
      if !Self.isDigit(peek()) {
        raise("invalid decimal literal")
        return nil
      }
    }
    // CPython's own end of this range counts the character after the zeros.
    let zerosEnd = min(pos + 1, end)
    if Self.isDigit(peek()) {
      guard scanDigits() else { return nil }
      return (true, zerosEnd)
    }
    return (false, zerosEnd)
  }

  private mutating func scanRadix(_ radix: Int, _ name: String, from start: Int) {
    pos += 2
    repeat {
      if peek() == 95 { pos += 1 }
      if !Self.isDigit(peek(), radix) {
        if radix < 10, Self.isDigit(peek()) { return raiseDigit(name) }
        raise("invalid \(name) literal")
        return
      }
      while Self.isDigit(peek(), radix) { pos += 1 }
    } while peek() == 95
    if radix < 10, Self.isDigit(peek()) { return raiseDigit(name) }
    guard endsNumber(name) else { return }
    emit(.number, from: start)
  }

  private static func isDigit(_ c: UInt8, _ radix: Int) -> Bool {
    radix == 16 ? isHexDigit(c) : c >= 48 && c < 48 + UInt8(radix)
  }

  private mutating func raiseDigit(_ name: String) {
    let digit = Character(Unicode.Scalar(peek()))
    pos += 1
    raise("invalid digit '\(digit)' in \(name) literal")
  }

  /// A keyword may follow a number directly, with a warning; any other letter may not.
  private mutating func endsNumber(_ name: String) -> Bool {
    let c = peek()
    if !Self.continuesName(c) { return true }
    let follows: Bool
    switch c {
    case UInt8(ascii: "a"): follows = matches("and")
    case UInt8(ascii: "e"): follows = matches("else")
    case UInt8(ascii: "f"): follows = matches("for")
    case UInt8(ascii: "i"):
      // CPython looks at two letters here, so that any word that begins with them follows.
      let next = peek(1)
      follows = next == UInt8(ascii: "f") || next == UInt8(ascii: "n") || next == UInt8(ascii: "s")
    case UInt8(ascii: "n"): follows = matches("not")
    case UInt8(ascii: "o"): follows = matches("or")
    default: follows = false
    }
    if follows {
      let offset = characters(from: lineStart, to: pos)
      let message = "invalid \(name) literal"
      let failure = SyntaxFailure(
        message: message, line: line, offset: offset, endLine: line, endOffset: offset,
        text: text.string(lineStart, text.lineEnd(of: lineStart)))
      warnings.append(SourceWarning(category: .syntax, message: message, line: line, failure: failure))
      return true
    }
    raise("invalid \(name) literal")
    return false
  }

  private func matches(_ word: StaticString) -> Bool {
    for index in 0..<word.utf8CodeUnitCount where peek(index) != word.utf8Start[index] { return false }
    return !Self.continuesName(peek(word.utf8CodeUnitCount))
  }
}
