import LadonSyntax

/// `repr()` of constants.
enum PythonLiteral {
  static func string(_ points: [UInt32]) -> [UInt32] {
    let single: UInt32 = 0x27
    let double: UInt32 = 0x22
    let quote = points.contains(single) && !points.contains(double) ? double : single
    var result: [UInt32] = [quote]
    func add(_ text: String, _ result: inout [UInt32]) {
      for scalar in text.unicodeScalars { result.append(scalar.value) }
    }
    for point in points {
      switch point {
      case quote, 0x5C:
        result.append(0x5C)
        result.append(point)
      case 0x0A: add("\\n", &result)
      case 0x0D: add("\\r", &result)
      case 0x09: add("\\t", &result)
      case 0x20...0x7E: result.append(point)
      default:
        if isPrintable(point) {
          result.append(point)
        } else if point <= 0xFF {
          add("\\x" + hex(point, 2), &result)
        } else if point <= 0xFFFF {
          add("\\u" + hex(point, 4), &result)
        } else {
          add("\\U" + hex(point, 8), &result)
        }
      }
    }
    result.append(quote)
    return result
  }

  private static func hex(_ value: UInt32, _ width: Int) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
  }

  private static func isPrintable(_ point: UInt32) -> Bool {
    guard let scalar = Unicode.Scalar(point) else { return false }
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator, .spaceSeparator:
      return false
    default: return true
    }
  }

  static func bytes(_ data: [UInt8]) -> String {
    let hasSingle = data.contains(0x27)
    let hasDouble = data.contains(0x22)
    let quote: UInt8 = hasSingle && !hasDouble ? 0x22 : 0x27
    var result = "b" + String(Unicode.Scalar(quote))
    for byte in data {
      switch byte {
      case quote, 0x5C: result += "\\" + String(Unicode.Scalar(byte))
      case 0x0A: result += "\\n"
      case 0x0D: result += "\\r"
      case 0x09: result += "\\t"
      case 0x20...0x7E: result += String(Unicode.Scalar(byte))
      default: result += "\\x" + hex(UInt32(byte), 2)
      }
    }
    return result + String(Unicode.Scalar(quote))
  }

  static func integer(_ constant: CodeConstant) -> String {
    guard let value = BigInteger(constant) else { return "" }
    if let small = value.small { return String(small) }
    // Nine digits at a time.
    var limbs = value.limbs
    var chunks: [String] = []
    while !limbs.isEmpty {
      var remainder: UInt64 = 0
      for index in limbs.indices.reversed() {
        let current = remainder << 32 | UInt64(limbs[index])
        limbs[index] = UInt32(current / 1_000_000_000)
        remainder = current % 1_000_000_000
      }
      while limbs.last == 0 { limbs.removeLast() }
      let digits = String(remainder)
      chunks.append(limbs.isEmpty ? digits : String(repeating: "0", count: 9 - digits.utf8.count) + digits)
    }
    return (value.isNegative ? "-" : "") + chunks.reversed().joined()
  }

  static func float(_ value: Double, infinity: String = "inf") -> String {
    if value.isNaN { return "nan" }
    if value.isInfinite { return value < 0 ? "-" + infinity : infinity }
    if value == 0 { return value.sign == .minus ? "-0.0" : "0.0" }
    // Swift gives the shortest digits too; only the layout differs.
    var digits: [UInt8] = []
    var exponent = 0
    var pointAt: Int?
    let text = Array(value.magnitude.description.utf8)
    var index = 0
    while index < text.count {
      let character = text[index]
      if character == UInt8(ascii: ".") {
        pointAt = digits.count
      } else if character == UInt8(ascii: "e") {
        exponent = Int(String(decoding: text[(index + 1)...], as: UTF8.self)) ?? 0
        break
      } else {
        digits.append(character)
      }
      index += 1
    }
    // The value is 0.DIGITS times ten to `scale`.
    var scale = (pointAt ?? digits.count) + exponent
    while digits.count > 1, digits.first == UInt8(ascii: "0") {
      digits.removeFirst()
      scale -= 1
    }
    while digits.count > 1, digits.last == UInt8(ascii: "0") { digits.removeLast() }
    let plain = String(decoding: digits, as: UTF8.self)
    let sign = value < 0 ? "-" : ""
    if scale > 16 || scale < -3 {
      let power = scale - 1
      var mantissa = String(plain.prefix(1))
      if digits.count > 1 { mantissa += "." + plain.dropFirst() }
      let magnitude = String(power.magnitude)
      return sign + mantissa + "e" + (power < 0 ? "-" : "+") + (magnitude.utf8.count < 2 ? "0" : "") + magnitude
    }
    if scale <= 0 { return sign + "0." + String(repeating: "0", count: -scale) + plain }
    if scale >= digits.count { return sign + plain + String(repeating: "0", count: scale - digits.count) + ".0" }
    return sign + plain.prefix(scale) + "." + plain.dropFirst(scale)
  }

  static func complex(_ real: Double, _ imaginary: Double, infinity: String = "inf") -> String {
    func part(_ value: Double) -> String {
      let text = float(value, infinity: infinity)
      return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
    if real == 0, real.sign == .plus { return part(imaginary) + "j" }
    let second = part(imaginary)
    let isSigned = second.hasPrefix("-")
    return "(" + part(real) + (isSigned ? "" : "+") + second + "j)"
  }
}
