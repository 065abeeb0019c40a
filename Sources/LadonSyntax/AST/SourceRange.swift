/// Where a node stands in its source, in CPython's units: lines from 1, columns in UTF-8 bytes from 0,
/// the end exclusive.
public struct SourceRange: Equatable, Hashable {
  /// Kept narrow: every node of every tree carries one.
  @usableFromInline var storage: (Int32, Int32, Int32, Int32)

  /// `lineno`.
  @inlinable public var line: Int {
    get { Int(storage.0) }
    set { storage.0 = Int32(truncatingIfNeeded: newValue) }
  }
  /// `col_offset`.
  @inlinable public var column: Int {
    get { Int(storage.1) }
    set { storage.1 = Int32(truncatingIfNeeded: newValue) }
  }
  /// `end_lineno`.
  @inlinable public var endLine: Int {
    get { Int(storage.2) }
    set { storage.2 = Int32(truncatingIfNeeded: newValue) }
  }
  /// `end_col_offset`.
  @inlinable public var endColumn: Int {
    get { Int(storage.3) }
    set { storage.3 = Int32(truncatingIfNeeded: newValue) }
  }

  @inlinable
  public init(line: Int, column: Int, endLine: Int, endColumn: Int) {
    storage = (
      Int32(truncatingIfNeeded: line), Int32(truncatingIfNeeded: column),
      Int32(truncatingIfNeeded: endLine), Int32(truncatingIfNeeded: endColumn)
    )
  }

  /// From the start of one range to the end of another.
  @inlinable
  public init(from first: SourceRange, to last: SourceRange) {
    storage = (first.storage.0, first.storage.1, last.storage.2, last.storage.3)
  }

  /// For nodes made up by a tool, without a source.
  public static let none = SourceRange(line: 1, column: 0, endLine: 1, endColumn: 0)

  public static func == (a: SourceRange, b: SourceRange) -> Bool { a.storage == b.storage }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(storage.0)
    hasher.combine(storage.1)
    hasher.combine(storage.2)
    hasher.combine(storage.3)
  }
}
