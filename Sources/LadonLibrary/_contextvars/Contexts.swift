// Contexts (PEP 567): the cells, and what native code does with them.
//
// A context's values are a dict by variable. Copying a context shares the dict and marks both as sharing; who
// writes next takes a copy of its own. A context is entered by one thread at a time, so its writer is alone;
// readers in other threads see one dict or the other.

import LadonTypes

struct ContextCell {
    var header: CellHeader
    /// A dict, or 0 while there is nothing.
    var values: Value
    /// The context that was current before this one was entered, or 0.
    var previous: Value
    // raw
    var entered: UInt32
    /// `values` is another context's too.
    var shared: UInt32
}

struct ContextVarCell {
    var header: CellHeader
    var name: Value
    /// 0: none.
    var fallback: Value
}

struct ContextTokenCell {
    var header: CellHeader
    var variable: Value
    var context: Value
    /// 0: there was none.
    var old: Value
    // raw
    var used: UInt32
    var reserved: UInt32
}

extension Value {
    @inline(__always) var asContext: UnsafeMutablePointer<ContextCell> { cell(as: ContextCell.self) }
    @inline(__always) var asContextVar: UnsafeMutablePointer<ContextVarCell> { cell(as: ContextVarCell.self) }
    @inline(__always) var asContextToken: UnsafeMutablePointer<ContextTokenCell> { cell(as: ContextTokenCell.self) }
}

/// An empty context. 0: raised.
public func makeContext(_ t: Thread) -> Value {
    prepareContextTypes(t)
    return Value(allocate(t, id: TypeID.context.rawValue, bytes: MemoryLayout<ContextCell>.size))
}

/// The current context, made if there is none.
public func currentContext(_ t: Thread) -> Value {
    if t.pointee.context.bits == 0 { t.pointee.context = makeContext(t) }
    return t.pointee.context
}

/// `contextvars.copy_context()`.
public func copyCurrentContext(_ t: Thread) -> Value { copyContext(t, currentContext(t)) }

func copyContext(_ t: Thread, _ other: Value) -> Value {
    let v = makeContext(t)
    if v.isRaised { return v }
    let values = loadSlot(&other.asContext.pointee.values)
    if values.bits != 0 {
        other.asContext.pointee.shared = 1
        v.asContext.pointee.shared = 1
        v.asContext.pointee.values = values
    }
    return v
}

/// Makes a context the thread's current one. False: RuntimeError raised, it is in use.
public func enterContext(_ t: Thread, _ v: Value) -> Bool {
    if !ladon_cas32(&v.asContext.pointee.entered, 0, 1) {
        raise(t, .runtimeError, "cannot enter context: \(reprText(t, v)) is already entered")
        return false
    }
    v.asContext.pointee.previous = t.pointee.context
    forgetReadValue(t)
    t.pointee.context = v
    return true
}

public func leaveContext(_ t: Thread, _ v: Value) {
    forgetReadValue(t)
    t.pointee.context = v.asContext.pointee.previous
    v.asContext.pointee.previous = .raised
    ladon_store32_release(&v.asContext.pointee.entered, 0)
}

/// A variable's value in the current context; `.missing` when it has none there. 0: raised.
@inlinable @inline(__always) public func contextValue(_ t: Thread, _ variable: Value) -> Value {
    t.pointee.readVariable == variable ? t.pointee.readValue : lookUpContextValue(t, variable)
}

@usableFromInline @inline(never) func lookUpContextValue(_ t: Thread, _ variable: Value) -> Value {
    let context = t.pointee.context
    if context.bits == 0 { return .missing }
    let values = context.asContext.pointee.values
    if values.bits == 0 { return .missing }
    let found = dictGet(t, values, variable)
    if !found.isRaised && !found.isMissing {
        t.pointee.readVariable = variable
        t.pointee.readValue = found
    }
    return found
}

/// Whatever was read may have another value now: before every change of the current context or of its variables.
@inline(__always) private func forgetReadValue(_ t: Thread) {
    t.pointee.readVariable = .raised
    t.pointee.readValue = .raised
}

/// A dict of the current context that may be written. 0: raised.
func writableValues(_ t: Thread) -> Value {
    let context = currentContext(t)
    if context.isRaised { return context }
    forgetReadValue(t)
    let c = context.asContext
    if c.pointee.values.bits != 0 && c.pointee.shared == 0 { return c.pointee.values }
    let fresh = c.pointee.values.bits == 0 ? makeDict(t) : dictCopy(t, c.pointee.values)
    if fresh.isRaised { return fresh }
    c.pointee.shared = 0
    storeSlot(&c.pointee.values, fresh)
    return fresh
}

/// Gives a variable a value in the current context. False: raised.
public func setContextValue(_ t: Thread, _ variable: Value, _ v: Value) -> Bool {
    let values = writableValues(t)
    return !values.isRaised && dictSet(t, values, variable, v) >= 0
}
