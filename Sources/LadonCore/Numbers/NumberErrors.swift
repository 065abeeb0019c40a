// How the number kernels raise. Exceptions are made in LadonRuntime, which this module can't import, so
// the raising function is reached by its symbol: LadonRuntime (or a test) defines `ladon_raise_message`.

@_silgen_name("ladon_raise_message")
func raiseMessage(_ t: Thread, _ type: UInt32, _ utf8: UnsafePointer<UInt8>, _ count: Int)

/// Sets an exception of a built-in type with `message` as its only argument (none when empty); returns `.raised`.
@inline(never)
func fail(_ t: Thread, _ type: TypeID, _ message: String) -> Value {
    var text: String = message
    text.withUTF8 { bytes in
        var nothing: UInt8 = 0
        if let base = bytes.baseAddress {
            raiseMessage(t, type.rawValue, base, bytes.count)
        } else {
            raiseMessage(t, type.rawValue, &nothing, 0)
        }
    }
    return .raised
}

@inline(never)
func failMemory(_ t: Thread) -> Value { fail(t, .memoryError, "") }

@_silgen_name("ladon_warn_message")
func warnMessage(_ t: Thread, _ type: UInt32, _ utf8: UnsafePointer<UInt8>, _ count: Int) -> Bool

/// A DeprecationWarning with stack level 1; false when a filter turned it into an exception.
@inline(never)
func warnDeprecated(_ t: Thread, _ message: String) -> Bool {
    var text: String = message
    return text.withUTF8 { warnMessage(t, TypeID.deprecationWarning.rawValue, $0.baseAddress.unsafelyUnwrapped, $0.count) }
}

/// `type(v).__name__`, for messages.
func typeNameText(_ v: Value) -> String { swiftString(typeOf(v).pointee.name) }
