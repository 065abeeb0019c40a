// Words of the command line and values of environment variables: bytes, which need not be UTF-8 (PEP 383).

import Glibc

public struct CommandWord {
    /// Without the NUL at the end.
    public let bytes: [UInt8]

    public init(_ c: UnsafePointer<CChar>) { bytes = [UInt8](UnsafeBufferPointer(start: UnsafeRawPointer(c).assumingMemoryBound(to: UInt8.self), count: strlen(c))) }
    public init(_ text: String) { bytes = [UInt8](text.utf8) }
    public init(_ bytes: some Sequence<UInt8>) { self.bytes = [UInt8](bytes) }

    /// As text; bytes that are not UTF-8 replaced.
    public var text: String { String(decoding: bytes, as: UTF8.self) }

    /// The path that it is, from the root on; as it is where the working folder has none.
    public var absolute: CommandWord {
        let slash = UInt8(ascii: "/")
        guard bytes.first != slash, let folder = getcwd(nil, 0) else { return self }
        defer { free(folder) }
        if bytes.isEmpty || bytes == [UInt8(ascii: ".")] { return CommandWord(folder) }
        return CommandWord(CommandWord(folder).bytes + [slash] + bytes)
    }

    /// The absolute path without ".", ".." and double slashes, as os.path.abspath makes it.
    var normalized: CommandWord {
        var parts: [ArraySlice<UInt8>] = []
        for part in absolute.bytes.split(separator: UInt8(ascii: "/")) {
            if part.elementsEqual("..".utf8) { _ = parts.popLast() } else if !part.elementsEqual(".".utf8) { parts.append(part) }
        }
        return CommandWord([UInt8(ascii: "/")] + parts.joined(separator: [UInt8(ascii: "/")]))
    }

    /// Calls `body` with the word as a C string.
    public func withCString<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
        (bytes + [0]).withUnsafeBytes { body($0.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: CChar.self)) }
    }

    /// The str, with surrogates for bytes that are not UTF-8.
    func string(_ t: Thread) -> Value { withCString { makeString(t, fileSystem: $0) } }
}

extension StartFlags {
    /// The value of an environment variable that is Python's: nil when it is empty or not set, or -E says that none counts.
    func variable(_ name: String) -> UnsafePointer<CChar>? {
        guard ignoreEnvironment == 0, let value = getenv(name), value.pointee != 0 else { return nil }
        return UnsafePointer(value)
    }

    /// PYTHONHOME's first part, under which the library lies (prefix:exec_prefix).
    var home: String? { variable("PYTHONHOME").map { String(String(cString: $0).prefix { $0 != ":" }) } }
}
