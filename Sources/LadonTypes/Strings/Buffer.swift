// The buffer protocol: bytes-like objects lend their memory. What a buffer points to stays where it is until the buffer
// is released; the borrower may use it while detached.

import Glibc
import LadonRuntime

/// Whether a value is bytes-like.
public func supportsBuffer(_ v: Value) -> Bool { v.isCell && typeOf(v).has(.getBuffer) }

/// Borrows the memory of `v` with the layout that `flags` allow (LADON_BUFFER_…). 1, or -1: raised.
public func getBuffer(_ t: Thread, _ v: Value, _ buffer: inout LadonBuffer, flags: Int) -> Truth {
    guard v.isCell, let function = typeOf(v).ternary(.getBuffer) else {
        _ = raise(t, .typeError, "a bytes-like object is required, not '\(typeName(v))'")
        return -1
    }
    buffer = LadonBuffer()
    let result = withUnsafeMutablePointer(to: &buffer) { pointer in
        function(t, v, Value(bits: UInt(bitPattern: pointer)), Value(smallInt: flags))
    }
    return result.isRaised ? -1 : 1
}

/// Borrows the memory of `v` as contiguous bytes: `data` and `length`. 1, or -1: raised. With `writable`, an object that
/// cannot be written is refused with TypeError "<argument> must be read-write bytes-like object, not x".
public func getBuffer(_ t: Thread, _ v: Value, _ buffer: inout LadonBuffer, writable: Bool = false, argument: String = "argument") -> Truth {
    if v.isExactly(.bytes) && !writable {
        buffer = LadonBuffer()
        fillBuffer(&buffer, v, UnsafeMutableRawPointer(v.bytesData), v.bytesCount, isReadOnly: true)
        return 1
    }
    if writable {
        if !supportsBuffer(v) || v.isBytes {
            _ = raise(t, .typeError, "\(argument) must be read-write bytes-like object, not \(typeName(v))")
            return -1
        }
        let result = getBuffer(t, v, &buffer, flags: LADON_BUFFER_WRITABLE)
        if result < 0 && exceptionMatches(t, .bufferError) {
            clearException(t)
            _ = raise(t, .typeError, "\(argument) must be read-write bytes-like object, not \(typeName(v))")
        }
        return result
    }
    return getBuffer(t, v, &buffer, flags: LADON_BUFFER_SIMPLE)
}

/// Gives borrowed memory back. Safe to call twice.
public func releaseBuffer(_ t: Thread, _ buffer: inout LadonBuffer) {
    let object = buffer.object
    if object.bits == 0 { return }
    if !object.isExactly(.bytes), let function = typeOf(object).ternary(.releaseBuffer) {
        _ = withUnsafeMutablePointer(to: &buffer) { pointer in
            function(t, object, Value(bits: UInt(bitPattern: pointer)), .none)
        }
    }
    buffer.object = .raised
}

/// Fills in a buffer of plain bytes.
public func fillBuffer(_ buffer: inout LadonBuffer, _ object: Value, _ data: UnsafeMutableRawPointer, _ length: Int, isReadOnly: Bool) {
    buffer.object = object
    buffer.data = data
    buffer.length = length
    buffer.itemSize = 1
    buffer.format = nil
    buffer.dimensions = 1
    buffer.isReadOnly = isReadOnly ? 1 : 0
    buffer.shape = nil
    buffer.strides = nil
    buffer.keeper = .raised
    buffer.private1 = 0
}

/// Runs `body` with the contiguous bytes of a bytes-like object; `.raised` if it is none.
@inline(__always)
func withBytes(_ t: Thread, _ v: Value, _ body: (Text) -> Value) -> Value {
    if v.isExactly(.bytes) {
        let result = body(Text(base: UnsafeRawPointer(v.bytesData), count: v.bytesCount, kind: 1))
        v.keepAlive
        return result
    }
    var buffer = LadonBuffer()
    if getBuffer(t, v, &buffer) < 0 { return .raised }
    let result = body(buffer.text)
    releaseBuffer(t, &buffer)
    v.keepAlive
    return result
}

extension LadonBuffer {
    /// The bytes of a contiguous buffer.
    public var text: Text {
        Text(base: data == nil ? UnsafeRawPointer(emptyBytes.bytesData) : UnsafeRawPointer(data), count: length, kind: 1)
    }
    public var bytes: UnsafeMutablePointer<UInt8> { UnsafeMutableRawPointer(mutating: text.base).assumingMemoryBound(to: UInt8.self) }
}

// MARK: bytes

func bytes_getBuffer(_ t: Thread, _ v: Value, _ buffer: Value, _ flags: Value) -> Value {
    let out = UnsafeMutablePointer<LadonBuffer>(bitPattern: buffer.bits).unsafelyUnwrapped
    if flags.smallInt & LADON_BUFFER_WRITABLE != 0 { return raise(t, .bufferError, "Object is not writable.") }
    fillBuffer(&out.pointee, v, UnsafeMutableRawPointer(v.bytesData), v.bytesCount, isReadOnly: true)
    return .none
}
