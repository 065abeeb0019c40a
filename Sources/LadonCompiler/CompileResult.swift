import LadonSyntax

/// What `compile()`'s caller chooses.
public struct CompileOptions {
  public var filename: String
  /// 0: everything; 1: no asserts, `__debug__` false; 2: no docstrings either.
  public var optimize: Int
  /// Future features that are on from the start (`compile(flags=)`, or those of the calling code block).
  public var futures: CodeFlags
  /// PyCF_ALLOW_TOP_LEVEL_AWAIT.
  public var allowsTopLevelAwait: Bool
  /// The address that the native stack must not grow below; 0: what the operating system says of this thread (on a main thread
  /// that takes as long as compiling a small module).
  public var stackLimit: UInt

  public init(filename: String, optimize: Int = 0, futures: CodeFlags = [], allowsTopLevelAwait: Bool = false, stackLimit: UInt = 0) {
    self.filename = filename
    self.optimize = optimize
    self.futures = futures.intersection(.futureMask)
    self.allowsTopLevelAwait = allowsTopLevelAwait
    self.stackLimit = stackLimit
  }
}

/// A SyntaxWarning that the compiler found; positions as for errors.
public struct CompileWarning {
  public var message: String
  public var range: SourceRange
}

public struct CompileResult {
  public var code: CodeUnit
  public var warnings: [CompileWarning]
  /// Future features in force at the end, for a console that keeps them from input to input.
  public var futures: CodeFlags
}

/// Why a tree can't be compiled.
public struct CompileFailure: Error {
  public enum Kind {
    case syntax
    /// Nested too deeply: RecursionError.
    case recursion
    /// More registers, constants or nested blocks than the code format holds: SystemError or MemoryError in CPython.
    case limit
  }

  public var kind: Kind
  public var message: String
  /// Line 0: no position.
  public var range: SourceRange

  public init(_ message: String, _ range: SourceRange, kind: Kind = .syntax) {
    self.kind = kind
    self.message = message
    self.range = range
  }
}
