/// The value of a number literal whose form the tokenizer has checked.
enum NumberLiteral {
  /// CPython's default for `sys.set_int_max_str_digits`.
  static let maximumDigits = 4300

  static func constant(_ bytes: UnsafeBufferPointer<UInt8>, limit: Int) throws(LiteralFailure) -> Constant {
    var value = 0
    var isSmall = bytes.count < 19
    if isSmall {
      for byte in bytes {
        if byte < 48 || byte > 57 {
          isSmall = false
          break
        }
        value = value * 10 + Int(byte - 48)
      }
      if isSmall { return .int(value) }
    }
    if bytes.count > 2, bytes[0] == 48 {
      switch bytes[1] | 0x20 {
      case UInt8(ascii: "x"): return integer(bytes, from: 2, radix: 16)
      case UInt8(ascii: "o"): return integer(bytes, from: 2, radix: 8)
      case UInt8(ascii: "b"): return integer(bytes, from: 2, radix: 2)
      default: break
      }
    }
    var isFloat = false
    var isImaginary = false
    var digits = ""
    digits.reserveCapacity(bytes.count)
    var digitCount = 0
    for byte in bytes {
      switch byte {
      case 95: continue
      case 46, 101, 69: isFloat = true
      case 106, 74:
        isImaginary = true
        continue
      default: digitCount += 1
      }
      digits.unicodeScalars.append(Unicode.Scalar(byte))
    }
    if isFloat || isImaginary {
      let number = double(digits)
      return isImaginary ? .complex(number) : .float(number)
    }
    if limit > 0, digitCount > limit {
      var message = "Exceeds the limit (\(limit) digits) for integer string conversion: value has "
      message += "\(digitCount) digits; use sys.set_int_max_str_digits() to increase the limit"
      message += " - Consider hexadecimal for huge integer literals to avoid decimal conversion limits."
      throw .lineOnly(message)
    }
    return integer(bytes, from: 0, radix: 10)
  }

  /// `digits` may start or end with the point, which Swift's conversion takes as strtod does.
  private static func double(_ digits: String) -> Double {
    if let value = Double(digits) { return value }
    return Double("0" + digits) ?? 0
  }

  private static func integer(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int, radix: Int) -> Constant {
    var digits: [UInt8] = []
    digits.reserveCapacity(bytes.count)
    for byte in bytes[start...] where byte != 95 {
      if digits.isEmpty, byte == 48 { continue }
      digits.append(byte >= 65 && byte <= 90 ? byte | 0x20 : byte)
    }
    if digits.isEmpty { return .int(0) }
    let text = String(decoding: digits, as: UTF8.self)
    if let value = Int(text, radix: radix) { return .int(value) }
    return .bigInt(BigIntConstant(digits: text, radix: radix))
  }
}
