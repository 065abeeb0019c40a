// A word of the command line or an environment variable's value: bytes, which need not be UTF-8 (PEP 383).

import Glibc

public struct CommandWord {
    /// Without the NUL at the end.
    public let bytes: [UInt8]

    public init(_ c: UnsafePointer<CChar>) { bytes = [UInt8](UnsafeBufferPointer(start: UnsafeRawPointer(c).assumingMemoryBound(to: UInt8.self), count: strlen(c))) }
    public init(_ text: String) { bytes = [UInt8](text.utf8) }
    public init(_ bytes: some Sequence<UInt8>) { self.bytes = [UInt8](bytes) }

    /// As text; bytes that are not UTF-8 replaced.
    public var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Calls `body` with the word as a C string.
    public func withCString<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
        (bytes + [0]).withUnsafeBytes { body($0.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: CChar.self)) }
    }

    /// The str, with surrogates for bytes that are not UTF-8.
    func string(_ t: Thread) -> Value { withCString { makeString(t, fileSystem: $0) } }
}
