// repr, str, ascii and format of any objects, and the guard against objects that contain themselves.

import LadonCore

/// repr(v).
public func repr(_ t: Thread, _ v: Value) -> Value {
    guard let f = typeOf(v).unary(.repr) else { return object_repr(t, v) }
    if !enterNative(t, " while getting the repr of an object") { return .raised }
    let r = f(t, v)
    leaveNative(t)
    if r.isRaised || r.isExactly(.str) { return r }
    if !r.isCell || !typeOf(r).hasFlag(.strSubclass) { return raise(t, .typeError, "__repr__ returned non-string (type \(typeName(r)))") }
    return r
}

/// str(v).
public func str(_ t: Thread, _ v: Value) -> Value {
    if v.isExactly(.str) { return v }
    guard let f = typeOf(v).unary(.str) else { return repr(t, v) }
    if !enterNative(t, " while getting the str of an object") { return .raised }
    let r = f(t, v)
    leaveNative(t)
    if r.isRaised || r.isExactly(.str) { return r }
    if !r.isCell || !typeOf(r).hasFlag(.strSubclass) { return raise(t, .typeError, "__str__ returned non-string (type \(typeName(r)))") }
    return r
}

/// ascii(v): repr with everything beyond ASCII escaped.
public func ascii(_ t: Thread, _ v: Value) -> Value {
    let r = repr(t, v)
    if r.isRaised || r.strIsASCII { return r }
    var b = StringBuilder(t)
    for i in 0..<r.strCount {
        let c = stringCharAt(r, i)
        if c < 0x80 { b.append(c); continue }
        let digits = c < 0x100 ? 2 : c < 0x10000 ? 4 : 8
        b.append(c < 0x100 ? "\\x" : c < 0x10000 ? "\\u" : "\\U")
        let hex = String(c, radix: 16)
        b.append(String(repeating: "0", count: digits - hex.utf8.count) + hex)
    }
    return b.finish()
}

/// format(v, spec); spec a str.
public func format(_ t: Thread, _ v: Value, _ spec: Value) -> Value {
    if spec.isCell && spec.strCount == 0 {
        if v.isExactly(.str) { return v }
        if v.isSmallInt { return str(t, v) }
    }
    var unbound = false
    let f = lookupSpecial(t, v, name(.__format__), &unbound)
    if f.isRaised { return f }
    if f.isMissing { return raise(t, .typeError, "Type \(typeName(v)) doesn't define __format__") }
    let r = unbound ? call(t, f, v, spec) : call(t, f, spec)
    if r.isRaised || r.isExactly(.str) { return r }
    if !r.isCell || !typeOf(r).hasFlag(.strSubclass) { return raise(t, .typeError, "__format__ must return a str, not \(typeName(r))") }
    return r
}

/// Begins the repr of a container: 0 go on (and call `reprLeave`), 1 it is being represented already, -1 raised.
public func reprEnter(_ t: Thread, _ v: Value) -> Truth {
    var stack = t.pointee.reprStack
    if stack.bits == 0 {
        stack = makeList(t)
        if stack.isRaised { return -1 }
        t.pointee.reprStack = stack
    }
    var i = listCount(stack) - 1
    while i >= 0 {
        if listGet(t, stack, i) == v { return 1 }
        i -= 1
    }
    return listAppend(t, stack, v) < 0 ? -1 : 0
}

public func reprLeave(_ t: Thread, _ v: Value) {
    let stack = t.pointee.reprStack
    var i = listCount(stack) - 1
    while i >= 0 {
        if listGet(t, stack, i) == v {
            _ = listRemove(t, stack, at: i)
            return
        }
        i -= 1
    }
}
