// What a decoder or an encoder reports when it stops. Codecs never call an error handler: they stop at an
// error and say where and why; the caller runs Python's handler and starts them again behind it.

/// How far a decoder came.
@frozen public struct DecodeStep {
    /// The index in the input where decoding stopped: its end, the start of an error, or the start of an
    /// incomplete sequence when the input is not final.
    public var consumed: Int
    /// Code points written (or counted).
    public var produced: Int
    /// All code points or-ed together (see `CodeUnits.union`).
    public var union: UInt32
    /// The bytes in error, `errorStart..<errorEnd`; meaningful only if `failed`.
    public var errorStart: Int
    public var errorEnd: Int
    /// CPython's text for it.
    public var reason: StaticString
    public var failed: Bool

    /// Stopped without an error.
    @inlinable @inline(__always)
    public init(consumed: Int, produced: Int, union: UInt32) {
        self.consumed = consumed
        self.produced = produced
        self.union = union
        errorStart = 0
        errorEnd = 0
        reason = ""
        failed = false
    }

    /// Stopped at an error; `consumed` is its start.
    @inlinable @inline(__always)
    public init(error: Range<Int>, _ reason: StaticString, produced: Int, union: UInt32) {
        consumed = error.lowerBound
        self.produced = produced
        self.union = union
        errorStart = error.lowerBound
        errorEnd = error.upperBound
        self.reason = reason
        failed = true
    }
}

/// How far an encoder came.
@frozen public struct EncodeStep {
    /// The index of the first code point not encoded: the end, or the start of an error.
    public var consumed: Int
    /// Bytes written (or counted).
    public var produced: Int
    /// The end of the run of code points in error, which starts at `consumed`; equal to it if there is none.
    public var errorEnd: Int

    @inlinable @inline(__always) public var failed: Bool { errorEnd != consumed }

    @inlinable @inline(__always)
    public init(consumed: Int, produced: Int, errorEnd: Int) {
        self.consumed = consumed
        self.produced = produced
        self.errorEnd = errorEnd
    }
}
