// Native slots seen as methods: `int.__add__` (wrapper_descriptor) and `(1).__add__` (method-wrapper).

import LadonCore

/// Calls the native `function` of a slot the way its dunder is called: `arguments` without self.
@inline(never) func callWrapper(_ t: Thread, _ rowIndex: Int, _ function: UnsafeRawPointer, _ v: Value, _ args: Values?, _ count: Int, _ names: Value) -> Value {
    let rows = SlotTable.rows
    let kind = rows[rowIndex].kind
    let op = rows[rowIndex].op
    if kind == .call || kind == .initialize {
        let f = unsafeBitCast(function, to: CallFunction.self)
        return f(t, v, args, count, names)
    }
    if names.bits != 0 && names.tupleCount != 0 {
        return raise(t, .typeError, "wrapper \(rows[rowIndex].name.text)() takes no keyword arguments")
    }
    func expect(_ least: Int, _ most: Int) -> Bool {
        if count >= least && count <= most { return true }
        // CPython checks one argument by hand, more with PyArg_UnpackTuple and an empty name.
        if least == most && most > 1 {
            _ = raise(t, .typeError, " expected \(least) arguments, got \(count)")
        } else if least == most {
            _ = raise(t, .typeError, "expected \(least) argument\(least == 1 ? "" : "s"), got \(count)")
        } else {
            let limit = count < least ? least : most
            _ = raise(t, .typeError, " expected at \(count < least ? "least" : "most") \(limit) argument\(limit == 1 ? "" : "s"), got \(count)")
        }
        return false
    }
    func argument(_ i: Int) -> Value { args.unsafelyUnwrapped[i] }
    switch kind {
    case .unary:
        if !expect(0, 0) { return .raised }
        return unsafeBitCast(function, to: UnaryFunction.self)(t, v)
    case .next:
        if !expect(0, 0) { return .raised }
        let r = unsafeBitCast(function, to: UnaryFunction.self)(t, v)
        return r.isExhausted ? raiseIterationEnd(t, v) : r
    case .finalize:
        if !expect(0, 0) { return .raised }
        let r = unsafeBitCast(function, to: UnaryFunction.self)(t, v)
        return r.isRaised ? r : .none
    case .binary:
        if !expect(1, 1) { return .raised }
        return unsafeBitCast(function, to: BinaryFunction.self)(t, v, argument(0))
    case .binaryRight:
        if !expect(1, 1) { return .raised }
        return unsafeBitCast(function, to: BinaryFunction.self)(t, argument(0), v)
    case .ternary:
        if rows[rowIndex].slot == .inplacePower {
            if !expect(1, 1) { return .raised }
            return unsafeBitCast(function, to: TernaryFunction.self)(t, v, argument(0), .none)
        }
        if !expect(1, 2) { return .raised }
        return unsafeBitCast(function, to: TernaryFunction.self)(t, v, argument(0), count > 1 ? argument(1) : .none)
    case .ternaryRight:
        if !expect(1, 2) { return .raised }
        return unsafeBitCast(function, to: TernaryFunction.self)(t, argument(0), v, count > 1 ? argument(1) : .none)
    case .compare:
        if !expect(1, 1) { return .raised }
        return unsafeBitCast(function, to: TernaryFunction.self)(t, v, argument(0), Value(smallInt: op.rawValue))
    case .setItem, .set, .setAttribute:
        if !expect(2, 2) { return .raised }
        if kind == .setAttribute && !mayApplySetAttribute(t, v, function, "__setattr__") { return .raised }
        let r = unsafeBitCast(function, to: TernaryFunction.self)(t, v, argument(0), argument(1))
        return r.isRaised ? r : .none
    case .deleteItem, .delete, .deleteAttribute:
        if !expect(1, 1) { return .raised }
        if kind == .deleteAttribute && !mayApplySetAttribute(t, v, function, "__delattr__") { return .raised }
        let r = unsafeBitCast(function, to: TernaryFunction.self)(t, v, argument(0), .missing)
        return r.isRaised ? r : .none
    case .get:
        if !expect(1, 2) { return .raised }
        let instance = argument(0)
        let type = count > 1 ? argument(1) : .none
        if instance.isNone && type.isNone { return raise(t, .typeError, "__get__(None, None) is invalid") }
        return unsafeBitCast(function, to: TernaryFunction.self)(t, v, instance, type)
    case .call, .initialize, .new:
        return raise(t, .systemError, "unreachable wrapper")
    }
}

/// Carlo Verre's hack: `object.__setattr__(int, …)` must not get round a type's own `__setattr__`.
private func mayApplySetAttribute(_ t: Thread, _ v: Value, _ function: UnsafeRawPointer, _ n: String) -> Bool {
    let type = typeOf(v)
    if !type.hasFlag(.typeSubclass) || function != objectModel.pointee.objectSetAttribute { return true }
    _ = raise(t, .typeError, "can't apply this \(n) to \(type.nameText) object")
    return false
}

func makeWrapperDescriptor(_ t: Thread, _ type: TypePointer, _ rowIndex: Int, _ function: UnsafeRawPointer) -> Value {
    let w = allocate(t, id: TypeID.wrapperDescriptor.rawValue, bytes: MemoryLayout<WrapperDescriptorCell>.size).assumingMemoryBound(to: WrapperDescriptorCell.self)
    w.pointee.owner = Value(type)
    w.pointee.name = objectModel.pointee.rowNames[rowIndex]
    w.pointee.row = rowIndex
    w.pointee.function = function
    return Value(w)
}

func makeMethodWrapper(_ t: Thread, _ descriptor: Value, _ v: Value) -> Value {
    let w = allocate(t, id: TypeID.methodWrapper.rawValue, bytes: MemoryLayout<MethodWrapperCell>.size).assumingMemoryBound(to: MethodWrapperCell.self)
    w.pointee.descriptor = descriptor
    w.pointee.receiver = v
    return Value(w)
}

// MARK: slots of wrapper_descriptor and method-wrapper

/// "descriptor 'x' requires a 'T' object but received a 'U'".
func checkReceiver(_ t: Thread, _ descriptorName: Value, _ owner: Value, _ v: Value) -> Bool {
    if isSubtype(typeOf(v), owner.asType) { return true }
    _ = raise(t, .typeError, "descriptor '\(swiftString(descriptorName))' requires a '\(owner.asType.nameText)' object but received a '\(typeName(v))'")
    return false
}

public func wrapperDescriptor_call(_ t: Thread, _ d: Value, _ args: Values?, _ count: Int, _ names: Value) -> Value {
    let w = d.asWrapperDescriptor
    guard count >= 1, let args else {
        return raise(t, .typeError, "descriptor '\(swiftString(w.pointee.name))' of '\(w.pointee.owner.asType.nameText)' object needs an argument")
    }
    if !checkReceiver(t, w.pointee.name, w.pointee.owner, args[0]) { return .raised }
    return callWrapper(t, w.pointee.row, w.pointee.function, args[0], args + 1, count - 1, names)
}

public func wrapperDescriptor_get(_ t: Thread, _ d: Value, _ v: Value, _ type: Value) -> Value {
    if v.isNone && !isNoneType(type) { return d }
    let w = d.asWrapperDescriptor
    if !isSubtype(typeOf(v), w.pointee.owner.asType) {
        return raise(t, .typeError, "descriptor '\(swiftString(w.pointee.name))' for '\(w.pointee.owner.asType.nameText)' objects doesn't apply to a '\(typeName(v))' object")
    }
    return makeMethodWrapper(t, d, v)
}

/// `__get__(None, NoneType)` means the instance None.
@inline(__always) func isNoneType(_ type: Value) -> Bool { type.bits == Value(builtinType(.noneType)).bits }

public func methodWrapper_call(_ t: Thread, _ w: Value, _ args: Values?, _ count: Int, _ names: Value) -> Value {
    let m = w.cell(as: MethodWrapperCell.self)
    let d = m.pointee.descriptor.asWrapperDescriptor
    return callWrapper(t, d.pointee.row, d.pointee.function, m.pointee.receiver, args, count, names)
}

/// Documentation and signature of a slot wrapper.
public func wrapperText(_ d: Value) -> (doc: StaticString, signature: StaticString) {
    let rows = SlotTable.rows
    let row = rows[d.asWrapperDescriptor.pointee.row]
    return (row.doc, row.signature)
}
