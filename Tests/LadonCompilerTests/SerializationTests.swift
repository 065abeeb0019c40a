import LadonCompiler
import LadonSyntax
import Testing

@Suite struct SerializationTests {
  private static let headerLength = 40

  /// The checksum of the format, computed here again so that damage behind it can be tested.
  private func sealed(_ bytes: [UInt8]) -> [UInt8] {
    var result = bytes
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in bytes[SerializationTests.headerLength...] { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
    let count = UInt64(bytes.count - SerializationTests.headerLength)
    for index in 0..<8 {
      result[24 + index] = UInt8(truncatingIfNeeded: count >> UInt64(8 * index))
      result[32 + index] = UInt8(truncatingIfNeeded: hash >> UInt64(8 * index))
    }
    return result
  }

  @Test func damageIsNoticed() throws {
    let bytes = try compiled(CodeTests.sources[4]).code.serialized()
    for index in stride(from: 0, to: bytes.count, by: 3) {
      var damaged = bytes
      damaged[index] ^= 0x10
      #expect(CodeUnit(serialized: damaged) == nil)
    }
    for length in stride(from: 0, to: bytes.count, by: 7) { #expect(CodeUnit(serialized: Array(bytes[..<length])) == nil) }
  }

  /// Bytes with a right checksum but nonsense inside must not crash the reader or the verifier.
  @Test func nonsenseIsSurvived() throws {
    var generator = SystemRandomNumberGenerator()
    for source in CodeTests.sources {
      let bytes = try compiled(source).code.serialized()
      #expect(CodeUnit(serialized: sealed(bytes)) != nil)
      for _ in 0..<300 {
        var damaged = bytes
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
          let index = Int.random(in: SerializationTests.headerLength..<bytes.count, using: &generator)
          damaged[index] = UInt8.random(in: 0...255, using: &generator)
        }
        if let unit = CodeUnit(serialized: sealed(damaged)) { _ = unit.verify() }
      }
    }
  }
}
