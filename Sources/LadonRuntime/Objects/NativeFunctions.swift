// Calling functions of native tables: builtin_function_or_method, method_descriptor, classmethod_descriptor,
// getset_descriptor. All their state is immutable, so there is nothing to lock.

import LadonCore

/// A CallFunction's count, which leaves out the keyword values that `call(_:_:args:_:_:)` counts.
@inline(__always) func positionalCount(_ count: Int, _ names: Value) -> Int { names.bits == 0 ? count : count &- names.tupleCount }

/// The record behind every `__new__` that stands for a native `new` slot.
nonisolated(unsafe) let newRecord: NativeRecordPointer = {
    let p = NativeRecordPointer.allocate(capacity: 1)
    p.initialize(to: NativeRecord(.staticMethod("__new__", "($type, *args, **kwargs)", { t, _ in raise(t, .systemError, "__new__ called without its type") },
                                                "Create and return a new object.  See help(type) for accurate signature.")))
    return p
}()

/// Marks (header.small) a `__new__` given by a table: its first argument must be a subtype of `owner`.
let checksNewType: UInt8 = 1

public func makeRecord(_ member: NativeMember) -> NativeRecordPointer {
    let p = NativeRecordPointer.allocate(capacity: 1)
    p.initialize(to: NativeRecord(member))
    return p
}

/// What the function of a table takes.
public func nativeSignature(_ t: Thread, _ record: NativeRecordPointer) -> SignaturePointer { recordSignature(t, record) }

@inline(never) func recordSignature(_ t: Thread, _ record: NativeRecordPointer) -> SignaturePointer {
    if let s = record.pointee.signature { return s }
    let s = parseSignature(t, record.pointee.member.signature)
    record.pointee.signature = s
    // The function needs its receiver too when it is implied; both callers count it.
    record.pointee.exactCount = s.pointee.exactCount
    return s
}

/// Calls the function behind a record with arguments that include self: straight when the count fits, else bound.
@inline(__always) func callRecord(_ t: Thread, _ record: NativeRecordPointer, _ owner: Value, _ args: Values?, _ count: Int, _ names: Value) -> Value {
    if names.bits == 0 {
        if Int(record.pointee.exactCount) == count { return record.pointee.function(t, args.unsafelyUnwrapped) }
        if Int(record.pointee.shortCount) == count { return record.pointee.shortFunction(t, args.unsafelyUnwrapped) }
    }
    return callRecordBinding(t, record, owner, args, count, names)
}

nonisolated(unsafe) private let noArguments: Values = {
    let p = Values.allocate(capacity: 1)
    p.initialize(to: Value(bits: 0))
    return p
}()

@inline(never) func callRecordBinding(_ t: Thread, _ record: NativeRecordPointer, _ owner: Value, _ args: Values?, _ count: Int, _ names: Value) -> Value {
    let s = recordSignature(t, record)
    if (names.bits == 0 || names.tupleCount == 0) && Int(record.pointee.exactCount) == count { return record.pointee.function(t, args ?? noArguments) }
    return withUnsafeTemporaryAllocation(of: Value.self, capacity: s.pointee.count + 1) { buffer -> Value in
        let bound = buffer.baseAddress.unsafelyUnwrapped
        // The common case: some of the last positional parameters left out.
        if names.bits == 0, let args, s.pointee.count == s.pointee.positional, count >= s.pointee.required, count <= s.pointee.positional, s.pointee.varPositional < 0 {
            var i = 0
            while i < count { bound[i] = args[i]; i += 1 }
            while i < s.pointee.count { bound[i] = s.pointee.parameters[i].fallback; i += 1 }
            if record.pointee.auditedFunction >= 0 && !auditCall(t, record, bound) { return .raised }
            return record.pointee.function(t, bound)
        }
        if !bindArguments(t, s, CalleeName(record: record, owner: owner), args, count, names, into: bound) { return .raised }
        if record.pointee.auditedFunction >= 0 && !auditCall(t, record, bound) { return .raised }
        return record.pointee.function(t, bound)
    }
}

/// Calls a builtin_function_or_method.
@inline(__always) public func callNative(_ t: Thread, _ f: Value, _ args: Values?, _ count: Int, _ names: Value) -> Value {
    let c = f.asNativeFunction
    let record = c.pointee.record
    if names.bits == 0 && c.pointee.receiver.bits == 0 && Int(record.pointee.exactCount) == count && f.header.pointee.small == 0 {
        return record.pointee.function(t, args ?? noArguments)
    }
    return callNativeSlow(t, f, args, count, names)
}

@inline(never) func callNativeSlow(_ t: Thread, _ f: Value, _ args: Values?, _ count: Int, _ names: Value) -> Value {
    let c = f.asNativeFunction
    let record = c.pointee.record
    let receiver = c.pointee.receiver
    if record == newRecord { return callNewWrapper(t, receiver.asType, args, count, names) }
    if receiver.bits == 0 {
        if f.header.pointee.small == checksNewType && !checkNewType(t, c.pointee.owner.asType, args, count) { return .raised }
        return callRecordBinding(t, record, ownerForNames(c), args, count, names)
    }
    if names.bits == 0 && count < 3 {
        var few = (receiver, Value.none, Value.none)
        return withUnsafeMutablePointer(to: &few) { p in
            let all = UnsafeMutableRawPointer(p).assumingMemoryBound(to: Value.self)
            var i = 0
            while i < count { all[i + 1] = args.unsafelyUnwrapped[i]; i += 1 }
            let result = Int(record.pointee.exactCount) == count + 1 || Int(record.pointee.shortCount) == count + 1
                ? callRecord(t, record, receiver, all, count + 1, names) : callRecordBinding(t, record, ownerForNames(c), all, count + 1, names)
            ladon_keep_alive(Value(bits: UInt(bitPattern: p)))
            return result
        }
    }
    let total = count + (names.bits == 0 ? 0 : names.tupleCount)
    return withScratch(t, total + 1, failed: .raised) { all in
        all[0] = receiver
        var i = 0
        while i < total { all[i + 1] = args.unsafelyUnwrapped[i]; i += 1 }
        return callRecord(t, record, ownerForNames(c), all, count + 1, names)
    }
}

/// What messages put before the name: the type of a method's receiver, a module's name.
private func ownerForNames(_ c: UnsafeMutablePointer<NativeFunctionCell>) -> Value {
    if c.pointee.owner.bits != 0 && isType(c.pointee.owner) { return c.pointee.owner }
    let receiver = c.pointee.receiver
    if receiver.bits != 0 && !isInstanceOf(receiver, .module) { return isType(receiver) ? receiver : Value(typeOf(receiver)) }
    return c.pointee.module.bits != 0 && c.pointee.module.isCell ? c.pointee.module : Value(bits: 0)
}

private func checkNewType(_ t: Thread, _ owner: TypePointer, _ args: Values?, _ count: Int) -> Bool {
    let n = owner.nameText
    if count < 1 {
        _ = raise(t, .typeError, "\(n).__new__(): not enough arguments")
        return false
    }
    let type = args.unsafelyUnwrapped[0]
    if !isType(type) {
        _ = raise(t, .typeError, "\(n).__new__(X): X is not a type object (\(typeName(type)))")
        return false
    }
    let subtype = type.asType
    if !isSubtype(subtype, owner) {
        _ = raise(t, .typeError, "\(n).__new__(\(subtype.nameText)): \(subtype.nameText) is not a subtype of \(n)")
        return false
    }
    // The most derived native base must agree, or the layout would be wrong.
    var base: TypePointer? = subtype
    while let b = base, b.hasFlag(.heapType) { base = b.basePointer }
    if let b = base, b != owner, b.slot(.new) != owner.slot(.new) {
        _ = raise(t, .typeError, "\(n).__new__(\(subtype.nameText)) is not safe, use \(b.nameText).__new__()")
        return false
    }
    return true
}

/// `T.__new__(cls, …)` for a native `new` slot.
func callNewWrapper(_ t: Thread, _ owner: TypePointer, _ args: Values?, _ count: Int, _ names: Value) -> Value {
    if !checkNewType(t, owner, args, count) { return .raised }
    guard let f = owner.callSlot(.new) else { return raise(t, .typeError, "cannot create '\(owner.nameText)' instances") }
    return f(t, args.unsafelyUnwrapped[0], args.unsafelyUnwrapped + 1, count - 1, names)
}

/// Calls a method_descriptor: args[0] is self.
@inline(__always) public func callMethodDescriptor(_ t: Thread, _ d: Value, _ args: Values?, _ count: Int, _ names: Value) -> Value {
    let c = d.asMethodDescriptor
    let record = c.pointee.record
    if let args, count > 0, typeOrShapeID(args[0]) == c.pointee.owner.asType.pointee.id {
        return callRecord(t, record, c.pointee.owner, args, count, names)
    }
    return callMethodDescriptorSlow(t, d, args, count, names)
}

@inline(never) func callMethodDescriptorSlow(_ t: Thread, _ d: Value, _ args: Values?, _ count: Int, _ names: Value) -> Value {
    let c = d.asMethodDescriptor
    let owner = c.pointee.owner
    guard count > 0, let args else {
        return raise(t, .typeError, "unbound method \(owner.asType.nameText).\(swiftString(c.pointee.name))() needs an argument")
    }
    if !isSubtype(typeOf(args[0]), owner.asType) { return raiseDescriptorMismatch(t, c.pointee.name, owner, args[0]) }
    return callRecord(t, c.pointee.record, owner, args, count, names)
}

@inline(never) func raiseDescriptorMismatch(_ t: Thread, _ n: Value, _ owner: Value, _ v: Value) -> Value {
    raise(t, .typeError, "descriptor '\(swiftString(n))' for '\(owner.asType.nameText)' objects doesn't apply to a '\(typeName(v))' object")
}

/// Reads a native attribute.
@inline(__always) func callGetter(_ t: Thread, _ record: NativeRecordPointer, _ v: Value) -> Value {
    var receiver = v
    return withUnsafeMutablePointer(to: &receiver) { record.pointee.function(t, $0) }
}

func callSetter(_ t: Thread, _ f: NativeFunction, _ v: Value, _ value: Value) -> Value {
    var pair = (v, value)
    return withUnsafeMutablePointer(to: &pair) { p in
        p.withMemoryRebound(to: Value.self, capacity: 2) { f(t, $0) }
    }
}

// MARK: making

/// A function of a native table. `receiver` 0 for functions that get their arguments as they are.
public func makeNativeFunction(_ t: Thread, _ record: NativeRecordPointer, receiver: Value, module: Value, owner: Value = Value(bits: 0)) -> Value {
    let c = allocate(t, id: TypeID.nativeFunction.rawValue, bytes: MemoryLayout<NativeFunctionCell>.size).assumingMemoryBound(to: NativeFunctionCell.self)
    c.pointee.receiver = receiver
    c.pointee.module = module
    c.pointee.owner = owner
    c.pointee.record = record
    return Value(c)
}

/// A function outside of any table. Its record is never freed: don't make these in a loop.
/// `globals`: the dictionary of the module in which it takes a Python function's place.
public func makeNativeFunction(_ t: Thread, _ n: StaticString, _ signature: StaticString, _ doc: StaticString = "", in globals: Value = .raised,
                               _ f: @escaping NativeFunction) -> Value {
    let module = globals.bits == 0 ? Value.missing : dictGetName(t, globals, name(.__name__))
    return makeNativeFunction(t, makeRecord(.staticMethod(n, signature, f, doc)), receiver: Value(bits: 0), module: module.isMissing ? Value(bits: 0) : module)
}

/// A built-in method bound to `receiver`, without a table; `record` should be kept by the caller.
public func makeBoundNative(_ t: Thread, _ record: NativeRecordPointer, _ receiver: Value) -> Value {
    makeNativeFunction(t, record, receiver: receiver, module: Value(bits: 0))
}

/// The receiver of a method of the native function behind `record`, bound, as a built-in's or as a stand-in's; else nil.
public func boundReceiver(_ v: Value, _ record: NativeRecordPointer) -> Value? {
    if v.isExactly(.nativeFunction) { return v.asNativeFunction.pointee.record == record ? v.asNativeFunction.pointee.receiver : nil }
    guard v.isExactly(.method), v.asMethod.pointee.function.isExactly(.methodDescriptor),
          v.asMethod.pointee.function.asMethodDescriptor.pointee.record == record else { return nil }
    return v.asMethod.pointee.receiver
}

/// A method of a native function for any class, Python classes included.
public func makeDescriptor(_ t: Thread, _ id: TypeID, _ type: TypePointer, _ n: Value, _ record: NativeRecordPointer) -> Value {
    let c = allocate(t, id: id.rawValue, bytes: MemoryLayout<MethodDescriptorCell>.size).assumingMemoryBound(to: MethodDescriptorCell.self)
    c.pointee.owner = Value(type)
    c.pointee.name = n
    c.pointee.record = record
    return Value(c)
}

/// A bound method of a Python function.
@inline(__always) public func makeMethod(_ t: Thread, _ function: Value, _ receiver: Value) -> Value {
    // A built-in's method bound to an object is a built-in function, as in CPython.
    if function.isExactly(.methodDescriptor) { return methodDescriptor_get(t, function, receiver, .none) }
    if function.isExactly(.wrapperDescriptor) { return makeMethodWrapper(t, function, receiver) }
    return makeMethodCell(t, function, receiver)
}

@inline(__always) private func makeMethodCell(_ t: Thread, _ function: Value, _ receiver: Value) -> Value {
    let m = allocate(t, id: TypeID.method.rawValue, bytes: MemoryLayout<MethodCell>.size).assumingMemoryBound(to: MethodCell.self)
    m.pointee.function = function
    m.pointee.receiver = receiver
    return Value(m)
}

// MARK: descriptor slots

public func methodDescriptor_get(_ t: Thread, _ d: Value, _ v: Value, _ type: Value) -> Value {
    if v.isNone && !isNoneType(type) && d.asMethodDescriptor.pointee.owner != Value(builtinType(.noneType)) { return d }
    let c = d.asMethodDescriptor
    if !isSubtype(typeOf(v), c.pointee.owner.asType) { return raiseDescriptorMismatch(t, c.pointee.name, c.pointee.owner, v) }
    if c.pointee.original.bits != 0 { return makeMethodCell(t, d, v) }
    return makeNativeFunction(t, c.pointee.record, receiver: v, module: Value(bits: 0), owner: c.pointee.owner)
}

public func classMethodDescriptor_get(_ t: Thread, _ d: Value, _ v: Value, _ given: Value) -> Value {
    let c = d.asMethodDescriptor
    var type = given
    if type.isNone || type.bits == 0 {
        if v.isNone { return raise(t, .typeError, "descriptor '\(swiftString(c.pointee.name))' for type '\(c.pointee.owner.asType.nameText)' needs either an object or a type") }
        type = Value(typeOf(v))
    }
    if !isType(type) { return raise(t, .typeError, "descriptor '\(swiftString(c.pointee.name))' for type '\(c.pointee.owner.asType.nameText)' needs a type, not a '\(typeName(type))' as arg 2") }
    if !isSubtype(type.asType, c.pointee.owner.asType) {
        return raise(t, .typeError, "descriptor '\(swiftString(c.pointee.name))' requires a subtype of '\(c.pointee.owner.asType.nameText)' but received '\(type.asType.nameText)'")
    }
    return makeNativeFunction(t, c.pointee.record, receiver: type, module: Value(bits: 0))
}

public func classMethodDescriptor_call(_ t: Thread, _ d: Value, _ args: Values?, _ count: Int, _ names: Value) -> Value {
    let c = d.asMethodDescriptor
    guard count > 0, let args else {
        return raise(t, .typeError, "descriptor '\(swiftString(c.pointee.name))' of '\(c.pointee.owner.asType.nameText)' object needs an argument")
    }
    let bound = classMethodDescriptor_get(t, d, .none, args[0])
    return bound.isRaised ? bound : callNativeSlow(t, bound, args + 1, count - 1, names)
}

public func getSetDescriptor_get(_ t: Thread, _ d: Value, _ v: Value, _ type: Value) -> Value {
    let c = d.asMethodDescriptor
    if v.isNone && !isNoneType(type) { return d }
    if !isSubtype(typeOf(v), c.pointee.owner.asType) { return raiseDescriptorMismatch(t, c.pointee.name, c.pointee.owner, v) }
    return callGetter(t, c.pointee.record, v)
}

public func getSetDescriptor_set(_ t: Thread, _ d: Value, _ v: Value, _ value: Value) -> Value {
    let c = d.asMethodDescriptor
    if !isSubtype(typeOf(v), c.pointee.owner.asType) { return raiseDescriptorMismatch(t, c.pointee.name, c.pointee.owner, v) }
    guard let set = c.pointee.record.pointee.member.setter else {
        return raise(t, .attributeError, "attribute '\(swiftString(c.pointee.name))' of '\(c.pointee.owner.asType.nameText)' objects is not writable")
    }
    return callSetter(t, set, v, value)
}

public func memberDescriptor_get(_ t: Thread, _ d: Value, _ v: Value, _ type: Value) -> Value {
    let m = d.cell(as: MemberDescriptorCell.self)
    if v.isNone && !isNoneType(type) { return d }
    if !isSubtype(typeOf(v), m.pointee.owner.asType) { return raiseDescriptorMismatch(t, m.pointee.name, m.pointee.owner, v) }
    if let record = m.pointee.record { return callGetter(t, record, v) }
    let found = loadSlot(fieldAddress(v, m.pointee.offset))
    if found.bits != 0 { return found }
    if m.pointee.flags & MemberDescriptorCell.noneWhenEmpty != 0 { return .none }
    return raiseAttributeError(t, v, m.pointee.name)
}

public func memberDescriptor_set(_ t: Thread, _ d: Value, _ v: Value, _ value: Value) -> Value {
    let m = d.cell(as: MemberDescriptorCell.self)
    if !isSubtype(typeOf(v), m.pointee.owner.asType) { return raiseDescriptorMismatch(t, m.pointee.name, m.pointee.owner, v) }
    if m.pointee.flags & MemberDescriptorCell.readOnly != 0 { return raise(t, .attributeError, "readonly attribute") }
    if let record = m.pointee.record {
        guard let set = record.pointee.member.setter else { return raise(t, .attributeError, "readonly attribute") }
        return callSetter(t, set, v, value)
    }
    let at = fieldAddress(v, m.pointee.offset)
    lockCell(t, v)
    let old = at.pointee
    storeSlot(at, value.isMissing ? Value(bits: 0) : value)
    unlockCell(t, v)
    if value.isMissing && old.bits == 0 { return raise(t, .attributeError, swiftString(m.pointee.name)) }
    return .none
}

public func makeMemberDescriptor(_ t: Thread, _ owner: TypePointer, _ n: Value, offset: UInt32, flags: UInt32 = 0) -> Value {
    let m = allocate(t, id: TypeID.memberDescriptor.rawValue, bytes: MemoryLayout<MemberDescriptorCell>.size).assumingMemoryBound(to: MemberDescriptorCell.self)
    m.pointee.owner = Value(owner)
    m.pointee.name = n
    m.pointee.doc = .none
    m.pointee.offset = offset
    m.pointee.flags = flags
    return Value(m)
}

/// A member_descriptor over native functions.
func makeMemberDescriptor(_ t: Thread, _ owner: TypePointer, _ n: Value, _ record: NativeRecordPointer) -> Value {
    let v = makeMemberDescriptor(t, owner, n, offset: 0, flags: MemberDescriptorCell.native)
    let m = v.cell(as: MemberDescriptorCell.self)
    m.pointee.record = record
    if record.pointee.member.doc.utf8CodeUnitCount > 0 { m.pointee.doc = makeString(t, record.pointee.member.doc) }
    return v
}
