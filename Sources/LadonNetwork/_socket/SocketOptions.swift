// Options of sockets.

import CLadonNetwork
import Glibc
import LadonLibrary

func socket_getsockopt(_ t: Thread, _ a: Values) -> Value {
    guard let level = asInt32(t, a[1]), let option = asInt32(t, a[2]), let size = asInt32(t, a[3]) else { return .raised }
    let fd = a[0].asSocket.currentFD
    let isVSOCK = a[0].asSocket.pointee.family == 40
    if size == 0 {
        if isVSOCK {
            var wide: UInt64 = 0
            var length = socklen_t(8)
            return getsockopt(fd, level, option, &wide, &length) < 0 ? raiseErrno(t) : makeInt(t, UInt(wide))
        }
        var value: Int32 = 0
        var length = socklen_t(4)
        return getsockopt(fd, level, option, &value, &length) < 0 ? raiseErrno(t) : Value(smallInt: Int(value))
    }
    if isVSOCK { return raise(t, .osError, "getsockopt string buffer not allowed") }
    if size < 0 || size > 1024 { return raise(t, .osError, "getsockopt buflen out of range") }
    var length = socklen_t(size)
    let bytes = newBytes(t, count: Int(size))
    if bytes.isRaised { return bytes }
    if getsockopt(fd, level, option, bytes.bytesData, &length) < 0 { return raiseErrno(t) }
    return shrinkBytes(t, bytes, to: Int(length))
}

func socket_setsockopt(_ t: Thread, _ a: Values) -> Value {
    let fd = a[0].asSocket.currentFD
    guard let level = asInt32(t, a[1]), let option = asInt32(t, a[2]) else { return .raised }
    let value = a[3]
    let r: Int32
    if a[4].isMissing && (isInt(value) || (value.isCell && typeOf(value).has(.index) && !supportsBuffer(value))) {
        if a[0].asSocket.pointee.family == 40 && level == 40 {
            guard let n = asUInt(t, value) else { return .raised }
            var wide = UInt64(n)
            r = setsockopt(fd, level, option, &wide, 8)
        } else {
            guard var n = asInt32(t, value) else { return .raised }
            r = setsockopt(fd, level, option, &n, 4)
        }
    } else if !a[4].isMissing {
        // The value is a null pointer with a length.
        if !value.isNone { return raise(t, .typeError, "setsockopt() argument 3 must be None, not \(typeName(value))") }
        guard let length = wrapping32(t, a[4]) else { return .raised }
        r = setsockopt(fd, level, option, nil, length)
    } else {
        var buffer = LadonBuffer()
        if getBuffer(t, value, &buffer) < 0 { return .raised }
        r = setsockopt(fd, level, option, buffer.bytes, socklen_t(buffer.length))
        releaseBuffer(t, &buffer)
    }
    return r < 0 ? raiseErrno(t) : .none
}
