/// Constants as Python's `repr` shows them.
enum PythonLiteral {
  static func text(_ value: Constant) -> String {
    switch value {
    case .none: return "None"
    case .true: return "True"
    case .false: return "False"
    case .ellipsis: return "Ellipsis"
    case .int(let number): return String(number)
    case .bigInt(let number): return (number.isNegative ? "-" : "") + decimal(number)
    case .float(let number): return float(number)
    case .complex(let number):
      let shown = float(number)
      return (shown.hasSuffix(".0") ? String(shown.dropLast(2)) : shown) + "j"
    case .string(let string): return self.string(string)
    case .bytes(let bytes): return self.bytes(bytes)
    case .tuple(let items):
      let inner = items.map { text($0) }.joined(separator: ", ")
      return items.count == 1 ? "(\(inner),)" : "(\(inner))"
    case .frozenset(let items):
      return items.isEmpty ? "frozenset()" : "frozenset({\(items.map { text($0) }.joined(separator: ", "))})"
    }
  }

  /// Decimal digits of a large integer: schoolbook conversion by chunks, good enough for literals.
  private static func decimal(_ number: BigIntConstant) -> String {
    if number.radix == 10 { return number.digits }
    var limbs: [UInt64] = [0]
    let chunk: UInt64 = 1_000_000_000
    for character in number.digits.utf8 {
      var carry = UInt64(character <= 57 ? character - 48 : character - 87)
      for index in limbs.indices {
        let total = limbs[index] * UInt64(number.radix) + carry
        limbs[index] = total % chunk
        carry = total / chunk
      }
      if carry > 0 { limbs.append(carry) }
    }
    var result = String(limbs.last!)
    for limb in limbs.dropLast().reversed() {
      let digits = String(limb)
      result += String(repeating: "0", count: 9 - digits.utf8.count) + digits
    }
    return result
  }

  /// Shortest digits that read back, in Python's layout: an exponent below 1e-4 and from 1e16 on.
  static func float(_ value: Double) -> String {
    if value.isInfinite { return value < 0 ? "-inf" : "inf" }
    if value.isNaN { return "nan" }
    var text = value.description
    var sign = ""
    if text.hasPrefix("-") {
      sign = "-"
      text.removeFirst()
    }
    var exponent = 0
    if let mark = text.firstIndex(of: "e") {
      exponent = Int(text[text.index(after: mark)...]) ?? 0
      text = String(text[..<mark])
    }
    var whole = text
    var fraction = ""
    if let point = text.firstIndex(of: ".") {
      whole = String(text[..<point])
      fraction = String(text[text.index(after: point)...])
    }
    if fraction == "0" { fraction = "" }
    // digits * 10 ** (decimalPoint - digits.count)
    var digits = whole + fraction
    var decimalPoint = whole.utf8.count + exponent
    while digits.hasPrefix("0"), digits.utf8.count > 1 {
      digits.removeFirst()
      decimalPoint -= 1
    }
    while digits.hasSuffix("0"), digits.utf8.count > 1 { digits.removeLast() }
    if digits == "0" { return sign + "0.0" }
    let count = digits.utf8.count
    if decimalPoint > 16 || decimalPoint < -3 {
      let power = decimalPoint - 1
      let magnitude = String(abs(power))
      var result = sign + String(digits.first!)
      if count > 1 { result += "." + digits.dropFirst() }
      result += power < 0 ? "e-" : "e+"
      result += magnitude.utf8.count < 2 ? "0" + magnitude : magnitude
      return result
    }
    if decimalPoint <= 0 { return sign + "0." + String(repeating: "0", count: -decimalPoint) + digits }
    if decimalPoint >= count {
      return sign + digits + String(repeating: "0", count: decimalPoint - count) + ".0"
    }
    let index = digits.index(digits.startIndex, offsetBy: decimalPoint)
    return sign + digits[..<index] + "." + digits[index...]
  }

  private static func hex(_ value: UInt32, _ width: Int) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
  }

  static func string(_ value: StringConstant) -> String {
    let points = value.codePoints
    let quote: UInt32 = points.contains(39) && !points.contains(34) ? 34 : 39
    let isPrintable = IdentifierRules.database.isPrintable
    var result = String.UnicodeScalarView()
    func append(_ text: String) { result.append(contentsOf: text.unicodeScalars) }
    result.append(Unicode.Scalar(quote)!)
    for point in points {
      switch point {
      case quote, 92:
        result.append("\\")
        result.append(Unicode.Scalar(point)!)
      case 9: append("\\t")
      case 10: append("\\n")
      case 13: append("\\r")
      case 32..<127: result.append(Unicode.Scalar(point)!)
      default:
        if point >= 127, isPrintable(point), let scalar = Unicode.Scalar(point) {
          result.append(scalar)
        } else if point < 0x100 {
          append("\\x" + hex(point, 2))
        } else if point < 0x10000 {
          append("\\u" + hex(point, 4))
        } else {
          append("\\U" + hex(point, 8))
        }
      }
    }
    result.append(Unicode.Scalar(quote)!)
    return String(result)
  }

  static func bytes(_ value: [UInt8]) -> String {
    let quote: UInt8 = value.contains(39) && !value.contains(34) ? 34 : 39
    let mark = Character(Unicode.Scalar(quote))
    var result = "b"
    result.append(mark)
    for byte in value {
      switch byte {
      case quote, 92:
        result.append("\\")
        result.append(Character(Unicode.Scalar(byte)))
      case 9: result += "\\t"
      case 10: result += "\\n"
      case 13: result += "\\r"
      case 32..<127: result.append(Character(Unicode.Scalar(byte)))
      default: result += "\\x" + hex(UInt32(byte), 2)
      }
    }
    result.append(mark)
    return result
  }
}
