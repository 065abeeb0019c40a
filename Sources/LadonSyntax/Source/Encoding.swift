/// Turns bytes in an encoding that this module doesn't know into UTF-8; `nil` if there is no such codec.
/// Throws a message when the codec can't decode the bytes.
public typealias SourceDecoder = (_ name: String, _ bytes: ArraySlice<UInt8>) throws -> [UInt8]?

/// A decoder's complaint.
public struct SourceDecodingError: Error {
  public var message: String
  public init(message: String) { self.message = message }
}

/// PEP 263: the encoding that a comment in the first two lines declares.
public enum EncodingDeclaration {
  /// The normalised name declared in `bytes`, if any.
  public static func find(in bytes: ArraySlice<UInt8>) -> String? {
    var index = bytes.startIndex
    for _ in 0..<2 {
      var end = index
      while end < bytes.endIndex, bytes[end] != 10, bytes[end] != 13 { end += 1 }
      let line = bytes[index..<end]
      guard let first = line.first(where: { $0 != 32 && $0 != 9 && $0 != 12 }) else {
        if end >= bytes.endIndex { return nil }
        index = end + 1
        if bytes[end] == 13, index < bytes.endIndex, bytes[index] == 10 { index += 1 }
        continue
      }
      // A second line counts only after a line that is blank or a comment.
      guard first == UInt8(ascii: "#") else { return nil }
      if let name = declared(in: line) { return normalised(name) }
      if end >= bytes.endIndex { return nil }
      index = end + 1
      if bytes[end] == 13, index < bytes.endIndex, bytes[index] == 10 { index += 1 }
    }
    return nil
  }

  /// What follows `coding:` or `coding=` in a comment line.
  private static func declared(in line: ArraySlice<UInt8>) -> String? {
    let word: [UInt8] = Array("coding".utf8)
    var at = line.startIndex
    while at + word.count < line.endIndex {
      if line[at..<(at + word.count)].elementsEqual(word) {
        var next = at + word.count
        if line[next] == UInt8(ascii: ":") || line[next] == UInt8(ascii: "=") {
          next += 1
          while next < line.endIndex, line[next] == 32 || line[next] == 9 { next += 1 }
          let begin = next
          while next < line.endIndex, isNameByte(line[next]) { next += 1 }
          if next > begin { return String(decoding: line[begin..<next], as: UTF8.self) }
        }
      }
      at += 1
    }
    return nil
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 48...57, 65...90, 97...122, 45, 95, 46: return true
    default: return false
    }
  }

  /// The two encodings that have many names in practice get one each, as in CPython.
  static func normalised(_ name: String) -> String {
    var folded = ""
    for byte in name.utf8.prefix(12) {
      if byte == 95 { folded.append("-") } else { folded.append(Character(Unicode.Scalar(byte))) }
    }
    folded = folded.lowercased()
    if folded == "utf-8" || folded.hasPrefix("utf-8-") { return "utf-8" }
    for latin in ["latin-1", "iso-8859-1", "iso-latin-1"] where folded == latin || folded.hasPrefix(latin + "-") {
      return "iso-8859-1"
    }
    return name
  }

  /// The name under which an encoding is read here, if it is one of those that need no decoder.
  static func builtIn(_ name: String) -> String? {
    let folded = String(name.lowercased().map { $0 == "_" ? "-" : $0 })
    return folded == "utf-8" || folded == "iso-8859-1" ? folded : aliases[folded]
  }

  private static let aliases: [String: String] = [
    "utf8": "utf-8", "u8": "utf-8", "utf": "utf-8", "cp65001": "utf-8", "utf8-ucs2": "utf-8",
    "latin1": "iso-8859-1", "latin": "iso-8859-1", "l1": "iso-8859-1", "iso8859-1": "iso-8859-1",
    "iso8859": "iso-8859-1", "8859": "iso-8859-1", "cp819": "iso-8859-1", "ascii": "ascii", "us-ascii": "ascii",
    "646": "ascii",
  ]
}
