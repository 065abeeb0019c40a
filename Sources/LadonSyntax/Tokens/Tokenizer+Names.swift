/// Identifiers, keywords, and the letters before a string.

/// The letters before a string literal.
struct StringPrefix {
  var isBytes = false
  var isUnicode = false
  var isRaw = false
  var isFormatted = false

  /// Takes one more letter if it may stand here: `u` goes with none, `b` not with `f`.
  mutating func take(_ letter: UInt8) -> Bool {
    switch letter | 0x20 {
    case UInt8(ascii: "b"):
      if isBytes || isUnicode || isFormatted { return false }
      isBytes = true
    case UInt8(ascii: "u"):
      if isBytes || isUnicode || isRaw || isFormatted { return false }
      isUnicode = true
    case UInt8(ascii: "r"):
      if isRaw || isUnicode { return false }
      isRaw = true
    case UInt8(ascii: "f"):
      if isFormatted || isBytes || isUnicode { return false }
      isFormatted = true
    default: return false
    }
    return true
  }
}

extension Tokenizer {
  @inline(__always)
  static func continuesName(_ c: UInt8) -> Bool {
    (c >= 97 && c <= 122) || (c >= 65 && c <= 90) || (c >= 48 && c <= 57) || c == 95 || c >= 128
  }

  mutating func scanName(_ first: UInt8) {
    let start = pos
    if Self.mayPrefix(first) {
      var prefix = StringPrefix()
      var at = pos
      while at < end, prefix.take(base[at]) {
        at += 1
        if at < end, base[at] == 34 || base[at] == 39 {
          pos = at
          scanString(from: start, prefix: prefix)
          return
        }
      }
    }
    var isWide = false
    while pos < end, Self.continuesName(base[pos]) {
      if base[pos] >= 128 { isWide = true }
      pos += 1
    }
    if isWide {
      guard checkName(from: start) else { return }
      emit(.name, from: start)
      tokens[tokens.count - 1].hasWideCharacters = true
    } else {
      emit(Keywords.kind(base + start, pos - start), from: start)
    }
  }

  @inline(__always)
  private static func mayPrefix(_ c: UInt8) -> Bool {
    switch c | 0x20 {
    case UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "r"), UInt8(ascii: "u"): return true
    default: return false
    }
  }

  /// Whether the bytes from `start` to here are an identifier; otherwise fails at the first wrong character.
  private mutating func checkName(from start: Int) -> Bool {
    var at = start
    while at < pos {
      let width = UTF8Scan.width(text.bytes(at, pos))
      if width == 0 {
        failDecoding(from: start, at: at)
        return false
      }
      let point = UTF8Scan.scalar(base + at, width)
      let fits: Bool
      if point < 128 { fits = true } else { fits = at == start ? rules.isStart(point) : rules.isContinue(point) }
      if !fits {
        pos = at + width
        if rules.isPrintable(point), let scalar = Unicode.Scalar(point) {
          raise("invalid character '\(scalar)' (U+\(Self.hex(point)))")
        } else {
          raise("invalid non-printable character U+\(Self.hex(point))")
        }
        return false
      }
      at += width
    }
    return true
  }

  private mutating func failDecoding(from start: Int, at bad: Int) {
    let complaint = UTF8Scan.complaint(text.bytes(bad, pos), at: bad - start)
    let shown = text.string(lineStart, min(text.lineEnd(of: lineStart) + 1, text.count))
    let offset = characters(from: lineStart, to: pos)
    fail(
      .pending(
        SyntaxFailure(
          message: "(unicode error) " + complaint, line: line, offset: offset, endLine: line, endOffset: -1,
          text: shown)))
  }
}
