// How LadonCore, which lies below the exceptions, raises and warns.

@_silgen_name("ladon_raise_message")
public func ladonRaiseMessage(_ t: Thread, _ type: UInt32, _ utf8: UnsafePointer<UInt8>, _ count: Int) {
    let id = TypeID(rawValue: type) ?? .systemError
    if id == .memoryError { raiseMemoryError(t); return }
    if count == 0 { raise(t, id); return }
    raise(t, id, String(decoding: UnsafeBufferPointer(start: utf8, count: count), as: UTF8.self))
}

@_silgen_name("ladon_warn_message")
public func ladonWarnMessage(_ t: Thread, _ type: UInt32, _ utf8: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    warn(t, TypeID(rawValue: type) ?? .warning, String(decoding: UnsafeBufferPointer(start: utf8, count: count), as: UTF8.self), 1) >= 0
}

/// Issues a warning through the `warnings` machinery as the caller of native code sees it. -1: raised.
@discardableResult
public func warn(_ t: Thread, _ category: TypeID, _ message: String, _ stackLevel: Int = 1) -> Truth {
    let warnings = importedModule(t, "_warnings")
    if warnings.isRaised { return -1 }
    let function = getAttribute(t, warnings, name(.warn))
    if function.isRaised { return -1 }
    let r = call(t, function, makeString(t, message), builtinType(category).value, Value(smallInt: stackLevel))
    return r.isRaised ? -1 : 1
}
