// The behaviour of `object`: what every type inherits.

import LadonCore

private func excessArguments(_ count: Int, _ names: Value) -> Bool { count > 0 || (names.bits != 0 && names.tupleCount > 0) }

/// `object.__new__`: refuses arguments that nobody will use, and abstract classes.
public func object_new(_ t: Thread, _ typeValue: Value, _ args: Values?, _ count: Int, _ names: Value) -> Value {
    let type = typeValue.asType
    if excessArguments(count, names) {
        if !makesPlainObjects(type) {
            return raise(t, .typeError, "object.__new__() takes exactly one argument (the type to instantiate)")
        }
        if type.slot(.initialize) == objectInitializeSlot {
            return raise(t, .typeError, "\(type.nameText)() takes no arguments")
        }
    }
    if type.hasFlag(.abstract) { return raiseAbstract(t, type) }
    return allocateInstance(t, type)
}

/// `object.__init__` as a raw pointer, to recognise it.
var objectInitializeSlot: UnsafeRawPointer {
    let f: CallFunction = object_initialize
    return unsafeBitCast(f, to: UnsafeRawPointer.self)
}

/// Whether `__new__` is object's.
func makesPlainObjects(_ type: TypePointer) -> Bool {
    let f: CallFunction = object_new
    return type.slot(.new) == unsafeBitCast(f, to: UnsafeRawPointer.self)
}

private func raiseAbstract(_ t: Thread, _ type: TypePointer) -> Value {
    let methods = typeDictEntry(t, type, .__abstractmethods__)
    if methods.isMissing { return raise(t, .typeError, "Can't instantiate abstract class \(type.nameText)") }
    let list = iterateToList(t, methods)
    if list.isRaised { return list }
    var texts: [String] = []
    for i in 0..<listCount(list) {
        let item = listGet(t, list, i)
        if !item.isCell || !typeOf(item).hasFlag(.strSubclass) {
            return raise(t, .typeError, "sequence item \(i): expected str instance, \(typeName(item)) found")
        }
        texts.append(swiftString(item))
    }
    texts.sort { Array($0.unicodeScalars.map { $0.value }).lexicographicallyPrecedes(Array($1.unicodeScalars.map { $0.value })) }
    return raise(t, .typeError, "Can't instantiate abstract class \(type.nameText) with abstract method\(texts.count > 1 ? "s" : "") \(texts.joined(separator: ", "))")
}

public func object_initialize(_ t: Thread, _ v: Value, _ args: Values?, _ count: Int, _ names: Value) -> Value {
    if excessArguments(count, names) {
        let type = typeOf(v)
        if type.slot(.initialize) != objectInitializeSlot {
            return raise(t, .typeError, "object.__init__() takes exactly one argument (the instance to initialize)")
        }
        if makesPlainObjects(type) {
            return raise(t, .typeError, "\(type.nameText).__init__() takes exactly one argument (the instance to initialize)")
        }
    }
    return .none
}

func hexText(_ v: Value) -> String { "0x" + String(v.bits, radix: 16) }

/// The address that repr shows.
public func addressText(_ v: Value) -> String {
    let digits = String(v.bits, radix: 16)
    return "0x" + String(repeating: "0", count: max(0, 12 - digits.utf8.count)) + digits
}

public func object_repr(_ t: Thread, _ v: Value) -> Value {
    let type = typeOf(v)
    let module = typeModule(t, type)
    if module.isRaised { clearException(t) }
    let qualname = swiftString(loadSlot(type.address(TypeField.qualname)))
    if !module.isRaised && module.isCell && typeOf(module).hasFlag(.strSubclass) {
        let text = swiftString(module)
        if text != "builtins" { return makeString(t, "<\(text).\(qualname) object at \(addressText(v))>") }
    }
    return makeString(t, "<\(type.nameText) object at \(addressText(v))>")
}

public func object_str(_ t: Thread, _ v: Value) -> Value {
    guard let f = typeOf(v).unary(.repr) else { return object_repr(t, v) }
    return f(t, v)
}

/// Identity hash: the address, rotated so that its low zero bits go to the top.
@inline(__always) public func identityHash(_ v: Value) -> Int {
    let h = Int(bitPattern: v.bits >> 4 | v.bits << 56) & (1 << 62 - 1)
    return h == -1 ? -2 : h
}

public func object_hash(_ t: Thread, _ v: Value) -> Value { Value(smallInt: identityHash(v)) }

public func object_compare(_ t: Thread, _ a: Value, _ b: Value, _ op: Value) -> Value {
    switch CompareOp(rawValue: op.smallInt).unsafelyUnwrapped {
    case .eq: return a == b ? .true : .notImplemented
    case .ne:
        // The inverse of `__eq__`, unless that does not know.
        guard let f = typeOf(a).ternary(.compare) else { return .notImplemented }
        let r = f(t, a, b, Value(smallInt: CompareOp.eq.rawValue))
        if r.isRaised || r.isNotImplemented { return r }
        let yes = isTrue(t, r)
        return yes < 0 ? .raised : Value(yes == 0)
    default: return .notImplemented
    }
}

public func object_getAttributeSlot(_ t: Thread, _ v: Value, _ n: Value) -> Value { object_getAttribute(t, v, n) }
public func object_setAttributeSlot(_ t: Thread, _ v: Value, _ n: Value, _ value: Value) -> Value { object_setAttribute(t, v, n, value) }

/// The slots of `object`.
public func objectSlots() -> [SlotEntry] {
    [.binary(.getAttribute, object_getAttribute), .ternary(.setAttribute, object_setAttribute), .unary(.repr, object_repr), .unary(.str, object_str),
     .unary(.hash, object_hash), .ternary(.compare, object_compare), .call(.initialize, object_initialize), .call(.new, object_new)]
}

/// The slots of `type`.
public func typeSlots() -> [SlotEntry] {
    [.binary(.getAttribute, type_getAttribute), .ternary(.setAttribute, type_setAttribute), .unary(.repr, type_repr), .call(.call, type_call),
     .call(.new, type_new), .call(.initialize, type_initialize), .binary(.or, type_or)]
}

/// The slots of `module` that the object model knows.
public func moduleSlots() -> [SlotEntry] { [.binary(.getAttribute, module_getAttribute)] }
