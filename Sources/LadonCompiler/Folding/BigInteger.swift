import LadonSyntax

/// Sign and magnitude integers for literals and constant folding: small, and slow on large numbers, which
/// folding never makes.
struct BigInteger: Equatable {
  var isNegative = false
  /// 32-bit limbs, the least significant first, no zero at the end; empty is zero.
  var limbs: [UInt32] = []

  init(_ value: Int) {
    isNegative = value < 0
    var rest = value.magnitude
    while rest != 0 {
      limbs.append(UInt32(truncatingIfNeeded: rest))
      rest >>= 32
    }
  }

  init(isNegative: Bool, limbs: [UInt32]) {
    self.limbs = limbs
    while self.limbs.last == 0 { self.limbs.removeLast() }
    self.isNegative = isNegative && !self.limbs.isEmpty
  }

  init(_ literal: BigIntConstant) {
    // Chunks of digits keep the number of passes over the limbs low.
    let chunkLength = literal.radix == 10 ? 9 : literal.radix == 16 ? 7 : literal.radix == 8 ? 10 : 30
    var magnitude: [UInt32] = []
    var chunk: UInt64 = 0
    var scale: UInt64 = 1
    var length = 0
    func flush() {
      var carry = chunk
      for index in magnitude.indices {
        let product = UInt64(magnitude[index]) * scale + carry
        magnitude[index] = UInt32(truncatingIfNeeded: product)
        carry = product >> 32
      }
      if carry != 0 { magnitude.append(UInt32(carry)) }
    }
    for character in literal.digits.utf8 {
      let digit: UInt64
      switch character {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = UInt64(character - UInt8(ascii: "0"))
      case UInt8(ascii: "a")...UInt8(ascii: "z"): digit = UInt64(character - UInt8(ascii: "a")) + 10
      default: continue
      }
      chunk = chunk * UInt64(literal.radix) + digit
      scale *= UInt64(literal.radix)
      length += 1
      if length == chunkLength {
        flush()
        chunk = 0
        scale = 1
        length = 0
      }
    }
    if length > 0 { flush() }
    self.init(isNegative: literal.isNegative, limbs: magnitude)
  }

  init?(_ constant: CodeConstant) {
    switch constant {
    case .int(let value): self.init(value)
    case .true: self.init(1)
    case .false: self.init(0)
    case .bigInt(let isNegative, let wide):
      var narrow: [UInt32] = []
      for limb in wide {
        narrow.append(UInt32(truncatingIfNeeded: limb))
        narrow.append(UInt32(truncatingIfNeeded: limb >> 32))
      }
      self.init(isNegative: isNegative, limbs: narrow)
    default: return nil
    }
  }

  var isZero: Bool { limbs.isEmpty }

  var bitLength: Int {
    guard let last = limbs.last else { return 0 }
    return limbs.count * 32 - last.leadingZeroBitCount
  }

  /// The value if it fits.
  var small: Int? {
    if limbs.count > 2 { return nil }
    var magnitude: UInt64 = 0
    for (index, limb) in limbs.enumerated() { magnitude |= UInt64(limb) << UInt64(32 * index) }
    if isNegative {
      if magnitude > UInt64(1) << 63 { return nil }
      return Int(truncatingIfNeeded: ~magnitude &+ 1)
    }
    return Int(exactly: magnitude)
  }

  var constant: CodeConstant {
    if let small { return .int(small) }
    var wide: [UInt64] = []
    var index = 0
    while index < limbs.count {
      let high: UInt64 = index + 1 < limbs.count ? UInt64(limbs[index + 1]) : 0
      wide.append(UInt64(limbs[index]) | high << 32)
      index += 2
    }
    return .bigInt(isNegative: isNegative, limbs: wide)
  }

  static prefix func - (value: BigInteger) -> BigInteger {
    BigInteger(isNegative: !value.isNegative, limbs: value.limbs)
  }

  private static func compareMagnitudes(_ a: [UInt32], _ b: [UInt32]) -> Int {
    if a.count != b.count { return a.count < b.count ? -1 : 1 }
    for index in a.indices.reversed() where a[index] != b[index] { return a[index] < b[index] ? -1 : 1 }
    return 0
  }

  private static func addMagnitudes(_ a: [UInt32], _ b: [UInt32]) -> [UInt32] {
    var result: [UInt32] = []
    var carry: UInt64 = 0
    for index in 0..<max(a.count, b.count) {
      let left: UInt64 = index < a.count ? UInt64(a[index]) : 0
      let right: UInt64 = index < b.count ? UInt64(b[index]) : 0
      let sum = left + right + carry
      result.append(UInt32(truncatingIfNeeded: sum))
      carry = sum >> 32
    }
    if carry != 0 { result.append(UInt32(carry)) }
    return result
  }

  /// a - b for a >= b.
  private static func subtractMagnitudes(_ a: [UInt32], _ b: [UInt32]) -> [UInt32] {
    var result: [UInt32] = []
    var borrow: Int64 = 0
    for index in a.indices {
      let right: Int64 = index < b.count ? Int64(b[index]) : 0
      var difference = Int64(a[index]) - right - borrow
      borrow = difference < 0 ? 1 : 0
      if difference < 0 { difference += 1 << 32 }
      result.append(UInt32(difference))
    }
    return result
  }

  static func + (a: BigInteger, b: BigInteger) -> BigInteger {
    if a.isNegative == b.isNegative {
      return BigInteger(isNegative: a.isNegative, limbs: addMagnitudes(a.limbs, b.limbs))
    }
    if compareMagnitudes(a.limbs, b.limbs) >= 0 {
      return BigInteger(isNegative: a.isNegative, limbs: subtractMagnitudes(a.limbs, b.limbs))
    }
    return BigInteger(isNegative: b.isNegative, limbs: subtractMagnitudes(b.limbs, a.limbs))
  }

  static func - (a: BigInteger, b: BigInteger) -> BigInteger { a + (-b) }

  static func * (a: BigInteger, b: BigInteger) -> BigInteger {
    var result = [UInt32](repeating: 0, count: a.limbs.count + b.limbs.count)
    for i in a.limbs.indices {
      var carry: UInt64 = 0
      for j in b.limbs.indices {
        let sum = UInt64(a.limbs[i]) * UInt64(b.limbs[j]) + UInt64(result[i + j]) + carry
        result[i + j] = UInt32(truncatingIfNeeded: sum)
        carry = sum >> 32
      }
      result[i + b.limbs.count] = UInt32(carry)
    }
    return BigInteger(isNegative: a.isNegative != b.isNegative, limbs: result)
  }

  func shiftedLeft(_ count: Int) -> BigInteger {
    var factor = [UInt32](repeating: 0, count: count / 32 + 1)
    factor[count / 32] = 1 << UInt32(count % 32)
    return self * BigInteger(isNegative: false, limbs: factor)
  }

  func raised(to exponent: Int) -> BigInteger {
    var result = BigInteger(1)
    for _ in 0..<exponent { result = result * self }
    return result
  }
}
