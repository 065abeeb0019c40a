/// A source in memory: UTF-8 with `\n` line ends, zero bytes after it so that scanning needs no bounds.
///
/// It owns its bytes; tokens hold offsets into it.
final class SourceText {
  let base: UnsafeMutablePointer<UInt8>
  let count: Int
  let filename: String
  /// The line number of the first byte; replacement fields of f-strings start elsewhere.
  let firstLine: Int
  /// Whether the source's encoding is known. CPython reports columns in bytes where it is not: in byte strings
  /// without a declaration.
  let hasEncoding: Bool
  /// The most digits that a decimal integer literal may have; 0 for no limit.
  var maximumDigits = NumberLiteral.maximumDigits
  static let padding = 8

  init(normalised bytes: [UInt8], filename: String, firstLine: Int = 1, hasEncoding: Bool = true) {
    self.hasEncoding = hasEncoding
    count = bytes.count
    self.filename = filename
    self.firstLine = firstLine
    base = UnsafeMutablePointer<UInt8>.allocate(capacity: bytes.count + Self.padding)
    bytes.withUnsafeBufferPointer { buffer in
      if let start = buffer.baseAddress { base.update(from: start, count: buffer.count) }
    }
    (base + bytes.count).update(repeating: 0, count: Self.padding)
  }

  deinit { base.deallocate() }

  func bytes(_ start: Int, _ end: Int) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: base + start, count: max(0, end - start))
  }

  func string(_ start: Int, _ end: Int) -> String {
    String(decoding: bytes(start, end), as: UTF8.self)
  }

  /// The offset where the line that holds `offset` begins.
  func lineStart(of offset: Int) -> Int {
    var at = offset
    while at > 0, base[at - 1] != 10 { at -= 1 }
    return at
  }

  /// The offset of the newline that ends the line at `offset`, or of the end of the source.
  func lineEnd(of offset: Int) -> Int {
    var at = offset
    while at < count, base[at] != 10 { at += 1 }
    return at
  }

  /// Where a line begins, given its number; the end of the source if there is no such line.
  func offset(ofLine line: Int) -> Int {
    var remaining = line - firstLine
    var at = 0
    while remaining > 0, at < count {
      if base[at] == 10 { remaining -= 1 }
      at += 1
    }
    return remaining > 0 ? count : at
  }
}

/// How a source came in.
struct SourcePreparation {
  var bytes: [UInt8]
  var failure: SyntaxFailure?
  var hasEncoding = true
}

extension SourcePreparation {
  /// Decodes and normalises. `isText`: the bytes are UTF-8 already and a declaration is only a comment.
  init(
    source: [UInt8], isText: Bool, isFile: Bool, filename: String, addsNewline: Bool, decoder: SourceDecoder?
  ) {
    bytes = []
    failure = nil
    let hasNull = source.contains(0)
    if hasNull && !isFile {
      failure = Self.nullFailure(.nullBytes, "source code string cannot contain null bytes")
      return
    }
    var content = source[...]
    var decoded: [UInt8]?
    if !isText {
      let hasMark = source.count >= 3 && source[0] == 0xEF && source[1] == 0xBB && source[2] == 0xBF
      if hasMark { content = source[3...] }
      let declared = EncodingDeclaration.find(in: content)
      hasEncoding = isFile || hasMark || declared != nil
      if let name = declared, name != "utf-8" {
        if hasMark {
          failure = Self.decodingFailure("encoding problem: \(name) with BOM")
          return
        }
        do {
          decoded = try Self.decode(content, from: EncodingDeclaration.builtIn(name) ?? name, with: decoder)
        } catch {
          let reason = (error as? SourceDecodingError)?.message ?? "unknown encoding: \(name)"
          failure = Self.decodingFailure(isFile ? "encoding problem: \(name)" : reason)
          return
        }
        if decoded == nil {
          failure = Self.decodingFailure((isFile ? "encoding problem: " : "unknown encoding: ") + name)
          return
        }
      } else if isFile, declared == nil, let bad = Self.firstInvalid(content) {
        var line = 1
        for byte in content[content.startIndex..<bad] where byte == 10 { line += 1 }
        let digits = String(content[bad], radix: 16)
        let code = digits.count < 2 ? "0" + digits : digits
        var message = "Non-UTF-8 code starting with '\\x\(code)' in file \(filename) on line \(line), "
        message += "but no encoding declared; see https://peps.python.org/pep-0263/ for details"
        failure = Self.decodingFailure(message)
        return
      }
    }
    // Bytes that can't be decoded are reported first.
    if hasNull {
      failure = Self.nullFailure(.syntax, "source code cannot contain null bytes")
      return
    }
    if let text = decoded { bytes = Self.normalise(text[...], addsNewline) } else {
      bytes = Self.normalise(content, addsNewline)
    }
  }

  private static func nullFailure(_ kind: SyntaxFailure.Kind, _ message: String) -> SyntaxFailure {
    var failure = SyntaxFailure(kind: kind, message: message, line: 0, offset: 0, endLine: 0, endOffset: 0, text: nil)
    failure.lacksEnd = true
    return failure
  }

  private static func decodingFailure(_ message: String) -> SyntaxFailure {
    var failure = SyntaxFailure(message: message, line: 0, offset: -1, endLine: 0, endOffset: 0, text: nil)
    failure.lacksEnd = true
    return failure
  }

  private static func decode(
    _ bytes: ArraySlice<UInt8>, from name: String, with decoder: SourceDecoder?
  ) throws -> [UInt8]? {
    if name == "iso-8859-1" {
      var result: [UInt8] = []
      result.reserveCapacity(bytes.count + 16)
      for byte in bytes {
        if byte < 0x80 { result.append(byte) } else {
          result.append(0xC0 | (byte >> 6))
          result.append(0x80 | (byte & 0x3F))
        }
      }
      return result
    }
    // Names like utf8 go through the codec in CPython, whose complaint is about the whole source.
    if name == "utf-8", decoder == nil || firstInvalid(bytes) == nil { return Array(bytes) }
    if name == "ascii" {
      if let bad = bytes.firstIndex(where: { $0 >= 0x80 }) {
        let code = String(bytes[bad], radix: 16)
        let position = bad - bytes.startIndex
        throw SourceDecodingError(
          message: "'ascii' codec can't decode byte 0x\(code) in position \(position): ordinal not in range(128)")
      }
      return Array(bytes)
    }
    guard let decoder = decoder else { return nil }
    return try decoder(name, bytes)
  }

  /// `\r\n` and `\r` become `\n`.
  private static func normalise(_ source: ArraySlice<UInt8>, _ addsNewline: Bool) -> [UInt8] {
    var result: [UInt8]
    if source.contains(13) {
      result = []
      result.reserveCapacity(source.count + 1)
      var previous: UInt8 = 0
      for byte in source {
        if byte == 13 { result.append(10) } else if byte != 10 || previous != 13 { result.append(byte) }
        previous = byte
      }
    } else {
      result = Array(source)
    }
    // CPython's own translation also adds one after a final `\r\n`, which shows in positions at the end.
    if addsNewline, let last = result.last, last != 10 || source.suffix(2).elementsEqual([13, 10]) {
      result.append(10)
    }
    return result
  }

  /// The index of the first byte that isn't part of well-formed UTF-8.
  private static func firstInvalid(_ bytes: ArraySlice<UInt8>) -> Int? {
    var at = bytes.startIndex
    while at < bytes.endIndex {
      if bytes[at] < 0x80 {
        at += 1
        continue
      }
      let width = UTF8Scan.width(bytes, at)
      if width == 0 { return at }
      at += width
    }
    return nil
  }
}

/// Well-formedness of UTF-8, scalar by scalar.
enum UTF8Scan {
  /// How many bytes the scalar at `at` has; 0 if it is malformed.
  static func width(_ bytes: ArraySlice<UInt8>, _ at: Int) -> Int {
    bytes.withUnsafeBufferPointer { buffer in
      width(UnsafeBufferPointer(rebasing: buffer[(at - bytes.startIndex)...]))
    }
  }

  static func width(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
    guard let lead = bytes.first else { return 0 }
    if lead < 0x80 { return 1 }
    let length: Int
    var low: UInt8 = 0x80
    var high: UInt8 = 0xBF
    switch lead {
    case 0xC2...0xDF: length = 2
    case 0xE0:
      length = 3
      low = 0xA0
    case 0xED:
      length = 3
      high = 0x9F
    case 0xE1...0xEF: length = 3
    case 0xF0:
      length = 4
      low = 0x90
    case 0xF4:
      length = 4
      high = 0x8F
    case 0xF1...0xF3: length = 4
    default: return 0
    }
    if bytes.count < length { return 0 }
    if bytes[1] < low || bytes[1] > high { return 0 }
    var at = 2
    while at < length {
      if bytes[at] & 0xC0 != 0x80 { return 0 }
      at += 1
    }
    return length
  }

  /// The scalar of `width` bytes at `pointer`, which is well-formed.
  static func scalar(_ pointer: UnsafePointer<UInt8>, _ width: Int) -> UInt32 {
    switch width {
    case 1: return UInt32(pointer[0])
    case 2: return (UInt32(pointer[0] & 0x1F) << 6) | UInt32(pointer[1] & 0x3F)
    case 3:
      let upper = (UInt32(pointer[0] & 0x0F) << 12) | (UInt32(pointer[1] & 0x3F) << 6)
      return upper | UInt32(pointer[2] & 0x3F)
    default:
      let upper = (UInt32(pointer[0] & 0x07) << 18) | (UInt32(pointer[1] & 0x3F) << 12)
      return upper | (UInt32(pointer[2] & 0x3F) << 6) | UInt32(pointer[3] & 0x3F)
    }
  }

  /// What CPython's codec says about the malformed bytes at the start of `bytes`.
  static func complaint(_ bytes: UnsafeBufferPointer<UInt8>, at position: Int) -> String {
    let lead = bytes[0]
    let code = String(lead, radix: 16)
    let valid = (lead >= 0xC2 && lead <= 0xF4)
    if !valid {
      return "'utf-8' codec can't decode byte 0x\(code) in position \(position): invalid start byte"
    }
    let needed = lead < 0xE0 ? 2 : (lead < 0xF0 ? 3 : 4)
    var good = 1
    while good < needed, good < bytes.count, bytes[good] & 0xC0 == 0x80 { good += 1 }
    if bytes.count < needed, good == bytes.count {
      if good == 1 {
        return "'utf-8' codec can't decode byte 0x\(code) in position \(position): unexpected end of data"
      }
      let last = position + good - 1
      return "'utf-8' codec can't decode bytes in position \(position)-\(last): unexpected end of data"
    }
    if good == 1 || good == needed {
      return "'utf-8' codec can't decode byte 0x\(code) in position \(position): invalid continuation byte"
    }
    let last = position + good - 1
    return "'utf-8' codec can't decode bytes in position \(position)-\(last): invalid continuation byte"
  }
}
