import LadonCore

// Conversions between Swift strings and the raw storage that the kernels work on.

func codePoints(_ text: String) -> [UInt32] { text.unicodeScalars.map(\.value) }

func string(_ codes: some Sequence<UInt32>) -> String {
    var text = String.UnicodeScalarView()
    for code in codes { text.append(Unicode.Scalar(code) ?? "\u{FFFD}") }
    return String(text)
}

func string(_ buffer: TextBuffer) -> String {
    string(UnsafeBufferPointer(start: buffer.base, count: buffer.count))
}

/// What a kernel appends to a buffer, as a string.
func collect(_ body: (inout TextBuffer) -> Void) -> String {
    var buffer = TextBuffer()
    defer { buffer.free() }
    body(&buffer)
    return string(buffer)
}

/// What a kernel writes into scratch memory, as a string.
func written(_ body: (UnsafeMutablePointer<UInt8>) -> Int) -> String {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 512) { scratch in
        let count = body(scratch.baseAddress!)
        return String(decoding: scratch[..<count], as: UTF8.self)
    }
}
