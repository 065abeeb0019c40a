/// The contents of string and bytes literals.
struct EscapeDecoder {
  let rules: IdentifierRules
  /// The first escape that means nothing, for the warning: its message.
  var invalidEscape: String?

  init(rules: IdentifierRules) { self.rules = rules }

  // MARK: Text

  /// Appends the text of a literal without escapes.
  static func appendRaw(
    _ bytes: UnsafeBufferPointer<UInt8>, to result: inout [UInt32]
  ) throws(LiteralFailure) {
    var at = 0
    result.reserveCapacity(result.count + bytes.count)
    while at < bytes.count {
      let byte = bytes[at]
      if byte < 0x80 {
        result.append(UInt32(byte))
        at += 1
      } else {
        let rest = UnsafeBufferPointer(rebasing: bytes[at...])
        let width = UTF8Scan.width(rest)
        if width == 0 { throw .message("(unicode error) " + UTF8Scan.complaint(rest, at: at)) }
        result.append(UTF8Scan.scalar(rest.baseAddress!, width))
        at += width
      }
    }
  }

  /// Appends the text of a literal with its escapes decoded.
  mutating func append(
    _ bytes: UnsafeBufferPointer<UInt8>, to result: inout [UInt32]
  ) throws(LiteralFailure) {
    guard let first = bytes.firstIndex(of: 92) else { return try Self.appendRaw(bytes, to: &result) }
    var at = first
    try Self.appendRaw(UnsafeBufferPointer(rebasing: bytes[..<first]), to: &result)
    // Positions in messages count as in CPython, where each character beyond ASCII was made a \U escape.
    var shift = 0
    for byte in bytes[..<first] where byte >= 0x80 { shift += (byte & 0xC0 == 0x80) ? -1 : 9 }
    while at < bytes.count {
      let byte = bytes[at]
      if byte >= 0x80 {
        let rest = UnsafeBufferPointer(rebasing: bytes[at...])
        let width = UTF8Scan.width(rest)
        if width == 0 { throw .message("(unicode error) " + UTF8Scan.complaint(rest, at: at)) }
        result.append(UTF8Scan.scalar(rest.baseAddress!, width))
        shift += 10 - width
        at += width
      } else if byte != 92 {
        result.append(UInt32(byte))
        at += 1
      } else if at + 1 >= bytes.count || bytes[at + 1] >= 0x80 {
        result.append(92)
        shift += 5
        at += 1
      } else {
        at = try appendEscape(bytes, at, shift, to: &result)
      }
    }
  }

  /// Decodes the escape whose backslash is at `start`; answers the offset after it.
  private mutating func appendEscape(
    _ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ shift: Int, to result: inout [UInt32]
  ) throws(LiteralFailure) -> Int {
    let letter = bytes[start + 1]
    let next = start + 2
    switch letter {
    case 10: break
    case 92, 39, 34: result.append(UInt32(letter))
    case UInt8(ascii: "a"): result.append(7)
    case UInt8(ascii: "b"): result.append(8)
    case UInt8(ascii: "f"): result.append(12)
    case UInt8(ascii: "n"): result.append(10)
    case UInt8(ascii: "r"): result.append(13)
    case UInt8(ascii: "t"): result.append(9)
    case UInt8(ascii: "v"): result.append(11)
    case 48...55:
      let (value, end) = octal(bytes, start + 1)
      result.append(value)
      return end
    case UInt8(ascii: "x"): return try appendHex(bytes, start, shift, 2, "\\xXX", to: &result)
    case UInt8(ascii: "u"): return try appendHex(bytes, start, shift, 4, "\\uXXXX", to: &result)
    case UInt8(ascii: "U"): return try appendHex(bytes, start, shift, 8, "\\UXXXXXXXX", to: &result)
    case UInt8(ascii: "N"): return try appendNamed(bytes, start, shift, to: &result)
    default:
      note("invalid escape sequence '\\\(Character(Unicode.Scalar(letter)))'")
      result.append(92)
      result.append(UInt32(letter))
    }
    return next
  }

  private mutating func note(_ message: String) {
    if invalidEscape == nil { invalidEscape = message }
  }

  private mutating func octal(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) -> (UInt32, Int) {
    var value: UInt32 = 0
    var at = start
    while at < bytes.count, at < start + 3, bytes[at] >= 48, bytes[at] <= 55 {
      value = value * 8 + UInt32(bytes[at] - 48)
      at += 1
    }
    if value > 0xFF {
      note("invalid octal escape sequence '\\\(String(decoding: bytes[start..<at], as: UTF8.self))'")
    }
    return (value, at)
  }

  private static func hexValue(_ c: UInt8) -> UInt32? {
    switch c {
    case 48...57: return UInt32(c - 48)
    case 97...102: return UInt32(c - 87)
    case 65...70: return UInt32(c - 55)
    default: return nil
    }
  }

  private func undecodable(_ start: Int, _ end: Int, _ reason: String) -> LiteralFailure {
    .message(
      "(unicode error) 'unicodeescape' codec can't decode bytes in position \(start)-\(end - 1): \(reason)")
  }

  private func appendHex(
    _ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ shift: Int, _ count: Int, _ form: String,
    to result: inout [UInt32]
  ) throws(LiteralFailure) -> Int {
    var value: UInt32 = 0
    var at = start + 2
    while at < start + 2 + count {
      guard at < bytes.count, let digit = Self.hexValue(bytes[at]) else {
        throw undecodable(start + shift, at + shift, "truncated \(form) escape")
      }
      value = (value << 4) | digit
      at += 1
    }
    if value > 0x10FFFF { throw undecodable(start + shift, at + shift, "illegal Unicode character") }
    result.append(value)
    return at
  }

  private func appendNamed(
    _ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ shift: Int, to result: inout [UInt32]
  ) throws(LiteralFailure) -> Int {
    var at = start + 2
    if at < bytes.count, bytes[at] == UInt8(ascii: "{") {
      at += 1
      let nameStart = at
      while at < bytes.count, bytes[at] != UInt8(ascii: "}") { at += 1 }
      if at > nameStart, at < bytes.count {
        let name = String(decoding: bytes[nameStart..<at], as: UTF8.self)
        at += 1
        guard let point = rules.lookUpName(name) else {
          throw undecodable(start + shift, at + shift, "unknown Unicode character name")
        }
        result.append(point)
        return at
      }
    }
    throw undecodable(start + shift, at + shift, "malformed \\N character escape")
  }

  // MARK: Bytes

  mutating func appendBytes(
    _ bytes: UnsafeBufferPointer<UInt8>, isRaw: Bool, to result: inout [UInt8]
  ) throws(LiteralFailure) {
    for byte in bytes where byte >= 0x80 {
      throw .message("bytes can only contain ASCII literal characters")
    }
    if isRaw || !bytes.contains(92) {
      result.append(contentsOf: bytes)
      return
    }
    var at = 0
    while at < bytes.count {
      let byte = bytes[at]
      if byte != 92 || at + 1 >= bytes.count {
        result.append(byte)
        at += 1
        continue
      }
      let letter = bytes[at + 1]
      at += 2
      switch letter {
      case 10: break
      case 92, 39, 34: result.append(letter)
      case UInt8(ascii: "a"): result.append(7)
      case UInt8(ascii: "b"): result.append(8)
      case UInt8(ascii: "f"): result.append(12)
      case UInt8(ascii: "n"): result.append(10)
      case UInt8(ascii: "r"): result.append(13)
      case UInt8(ascii: "t"): result.append(9)
      case UInt8(ascii: "v"): result.append(11)
      case 48...55:
        let (value, end) = octal(bytes, at - 1)
        result.append(UInt8(truncatingIfNeeded: value))
        at = end
      case UInt8(ascii: "x"):
        guard at + 1 < bytes.count, let high = Self.hexValue(bytes[at]), let low = Self.hexValue(bytes[at + 1])
        else { throw .message("(value error) invalid \\x escape at position \(at - 2)") }
        result.append(UInt8(high << 4 | low))
        at += 2
      default:
        note("invalid escape sequence '\\\(Character(Unicode.Scalar(letter)))'")
        result.append(92)
        result.append(letter)
      }
    }
  }
}
