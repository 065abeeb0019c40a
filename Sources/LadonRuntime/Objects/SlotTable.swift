// The one table that connects native slots with `__dunder__` methods: for each row the slot, the name, how a
// native function of the slot is called as a method (`WrapperKind`), the function that a class with the dunder
// gets in the slot, and the text of `help()`.
//
// Rows of one slot stand together in the order in which they are consulted. `concat`, `repeat` and their
// in-place forms have no generic function: a Python class's `__add__` is a number's.

import LadonCore

/// How a native slot function appears as a method.
enum WrapperKind: UInt8 {
    case unary, binary, binaryRight, ternary, ternaryRight, compare, next
    case setItem, deleteItem, setAttribute, deleteAttribute, get, set, delete, call, initialize, new, finalize
}

struct SlotRow {
    var slot: Slot
    var name: Name
    var kind: WrapperKind
    var generic: UnsafeRawPointer?
    var signature: StaticString
    var doc: StaticString
    var op: CompareOp = .eq

    static func unary(_ s: Slot, _ n: Name, _ doc: StaticString, _ f: @escaping UnaryFunction) -> SlotRow {
        SlotRow(slot: s, name: n, kind: .unary, generic: unsafeBitCast(f, to: UnsafeRawPointer.self), signature: "($self, /)", doc: doc)
    }
    static func binary(_ s: Slot, _ n: Name, _ signature: StaticString, _ doc: StaticString, _ f: @escaping BinaryFunction) -> SlotRow {
        SlotRow(slot: s, name: n, kind: .binary, generic: unsafeBitCast(f, to: UnsafeRawPointer.self), signature: signature, doc: doc)
    }
    static func infix(_ s: Slot, _ n: Name, _ doc: StaticString, _ f: @escaping BinaryFunction, reflected: Name, _ reflectedDoc: StaticString) -> [SlotRow] {
        let raw = unsafeBitCast(f, to: UnsafeRawPointer.self)
        return [SlotRow(slot: s, name: n, kind: .binary, generic: raw, signature: "($self, value, /)", doc: doc),
                SlotRow(slot: s, name: reflected, kind: .binaryRight, generic: raw, signature: "($self, value, /)", doc: reflectedDoc)]
    }
    static func compare(_ op: CompareOp, _ n: Name, _ doc: StaticString) -> SlotRow {
        let f: @convention(c) (Thread, Value, Value, Value) -> Value = slot_compare
        return SlotRow(slot: .compare, name: n, kind: .compare, generic: unsafeBitCast(f, to: UnsafeRawPointer.self), signature: "($self, value, /)", doc: doc, op: op)
    }
    static func ternary(_ s: Slot, _ n: Name, _ kind: WrapperKind, _ signature: StaticString, _ doc: StaticString, _ f: @escaping TernaryFunction) -> SlotRow {
        SlotRow(slot: s, name: n, kind: kind, generic: unsafeBitCast(f, to: UnsafeRawPointer.self), signature: signature, doc: doc)
    }
    static func call(_ s: Slot, _ n: Name, _ kind: WrapperKind, _ signature: StaticString, _ doc: StaticString, _ f: @escaping CallFunction) -> SlotRow {
        SlotRow(slot: s, name: n, kind: kind, generic: unsafeBitCast(f, to: UnsafeRawPointer.self), signature: signature, doc: doc)
    }
    static func plain(_ s: Slot, _ n: Name, _ kind: WrapperKind, _ doc: StaticString) -> SlotRow {
        SlotRow(slot: s, name: n, kind: kind, generic: nil, signature: "($self, value, /)", doc: doc)
    }
}

enum SlotTable {
    static let rows: [SlotRow] = makeRows()

    private static func makeRows() -> [SlotRow] {
        var r: [SlotRow] = []
        r.reserveCapacity(100)
        r += [
            .binary(.getAttribute, .__getattribute__, "($self, name, /)", "Return getattr(self, name).", slot_getAttribute),
            .binary(.getAttr, .__getattr__, "($self, name, /)", "", slot_getAttr),
            .ternary(.setAttribute, .__setattr__, .setAttribute, "($self, name, value, /)", "Implement setattr(self, name, value).", slot_setAttribute),
            .ternary(.setAttribute, .__delattr__, .deleteAttribute, "($self, name, /)", "Implement delattr(self, name).", slot_setAttribute),
            .unary(.repr, .__repr__, "Return repr(self).", slot_repr),
            .unary(.hash, .__hash__, "Return hash(self).", slot_hash),
            .call(.call, .__call__, .call, "($self, /, *args, **kwargs)", "Call self as a function.", slot_call),
            .unary(.str, .__str__, "Return str(self).", slot_str),
            .compare(.lt, .__lt__, "Return self<value."), .compare(.le, .__le__, "Return self<=value."),
            .compare(.eq, .__eq__, "Return self==value."), .compare(.ne, .__ne__, "Return self!=value."),
            .compare(.gt, .__gt__, "Return self>value."), .compare(.ge, .__ge__, "Return self>=value."),
            .unary(.iter, .__iter__, "Implement iter(self).", slot_iter),
        ]
        let next: UnaryFunction = slot_next
        r.append(SlotRow(slot: .next, name: .__next__, kind: .next, generic: unsafeBitCast(next, to: UnsafeRawPointer.self), signature: "($self, /)", doc: "Implement next(self)."))
        r += [
            .ternary(.descriptorGet, .__get__, .get, "($self, instance, owner=None, /)", "Return an attribute of instance, which is of type owner.", slot_descriptorGet),
            .ternary(.descriptorSet, .__set__, .set, "($self, instance, value, /)", "Set an attribute of instance to value.", slot_descriptorSet),
            .ternary(.descriptorSet, .__delete__, .delete, "($self, instance, /)", "Delete an attribute of instance.", slot_descriptorSet),
            .call(.initialize, .__init__, .initialize, "($self, /, *args, **kwargs)", "Initialize self.  See help(type(self)) for accurate signature.", slot_initialize),
            .call(.new, .__new__, .new, "($type, *args, **kwargs)", "Create and return a new object.  See help(type) for accurate signature.", slot_new),
        ]
        let finalize: UnaryFunction = slot_finalize
        r.append(SlotRow(slot: .finalize, name: .__del__, kind: .finalize, generic: unsafeBitCast(finalize, to: UnsafeRawPointer.self), signature: "", doc: ""))
        r += [
            .unary(.await, .__await__, "Return an iterator to be used in await expression.") { t, v in genericUnary(t, v, .__await__) },
            .unary(.aiter, .__aiter__, "Return an awaitable, that resolves in asynchronous iterator.") { t, v in genericUnary(t, v, .__aiter__) },
            .unary(.anext, .__anext__, "Return a value or raise StopAsyncIteration.") { t, v in genericUnary(t, v, .__anext__) },
        ]
        r += SlotRow.infix(.add, .__add__, "Return self+value.", { t, a, b in genericBinary(t, a, b, .add, .__add__, .__radd__) }, reflected: .__radd__, "Return value+self.")
        r += SlotRow.infix(.subtract, .__sub__, "Return self-value.", { t, a, b in genericBinary(t, a, b, .subtract, .__sub__, .__rsub__) }, reflected: .__rsub__, "Return value-self.")
        r += SlotRow.infix(.multiply, .__mul__, "Return self*value.", { t, a, b in genericBinary(t, a, b, .multiply, .__mul__, .__rmul__) }, reflected: .__rmul__, "Return value*self.")
        r += SlotRow.infix(.modulo, .__mod__, "Return self%value.", { t, a, b in genericBinary(t, a, b, .modulo, .__mod__, .__rmod__) }, reflected: .__rmod__, "Return value%self.")
        r += SlotRow.infix(.divmod, .__divmod__, "Return divmod(self, value).", { t, a, b in genericBinary(t, a, b, .divmod, .__divmod__, .__rdivmod__) }, reflected: .__rdivmod__, "Return divmod(value, self).")
        r += [
            .ternary(.power, .__pow__, .ternary, "($self, value, mod=None, /)", "Return pow(self, value, mod).", slot_power),
            .ternary(.power, .__rpow__, .ternaryRight, "($self, value, mod=None, /)", "Return pow(value, self, mod).", slot_power),
            .unary(.negative, .__neg__, "-self") { t, v in genericUnary(t, v, .__neg__) },
            .unary(.positive, .__pos__, "+self") { t, v in genericUnary(t, v, .__pos__) },
            .unary(.absolute, .__abs__, "abs(self)") { t, v in genericUnary(t, v, .__abs__) },
            .unary(.bool, .__bool__, "True if self else False", slot_bool),
            .unary(.invert, .__invert__, "~self") { t, v in genericUnary(t, v, .__invert__) },
        ]
        r += SlotRow.infix(.leftShift, .__lshift__, "Return self<<value.", { t, a, b in genericBinary(t, a, b, .leftShift, .__lshift__, .__rlshift__) }, reflected: .__rlshift__, "Return value<<self.")
        r += SlotRow.infix(.rightShift, .__rshift__, "Return self>>value.", { t, a, b in genericBinary(t, a, b, .rightShift, .__rshift__, .__rrshift__) }, reflected: .__rrshift__, "Return value>>self.")
        r += SlotRow.infix(.and, .__and__, "Return self&value.", { t, a, b in genericBinary(t, a, b, .and, .__and__, .__rand__) }, reflected: .__rand__, "Return value&self.")
        r += SlotRow.infix(.xor, .__xor__, "Return self^value.", { t, a, b in genericBinary(t, a, b, .xor, .__xor__, .__rxor__) }, reflected: .__rxor__, "Return value^self.")
        r += SlotRow.infix(.or, .__or__, "Return self|value.", { t, a, b in genericBinary(t, a, b, .or, .__or__, .__ror__) }, reflected: .__ror__, "Return value|self.")
        r += [
            .unary(.int, .__int__, "int(self)") { t, v in genericUnary(t, v, .__int__) },
            .unary(.float, .__float__, "float(self)") { t, v in genericUnary(t, v, .__float__) },
            .binary(.inplaceAdd, .__iadd__, "($self, value, /)", "Return self+=value.") { t, a, b in genericInplace(t, a, b, .__iadd__) },
            .binary(.inplaceSubtract, .__isub__, "($self, value, /)", "Return self-=value.") { t, a, b in genericInplace(t, a, b, .__isub__) },
            .binary(.inplaceMultiply, .__imul__, "($self, value, /)", "Return self*=value.") { t, a, b in genericInplace(t, a, b, .__imul__) },
            .binary(.inplaceModulo, .__imod__, "($self, value, /)", "Return self%=value.") { t, a, b in genericInplace(t, a, b, .__imod__) },
            .ternary(.inplacePower, .__ipow__, .ternary, "($self, value, /)", "Return self**=value.") { t, a, b, _ in genericInplace(t, a, b, .__ipow__) },
            .binary(.inplaceLeftShift, .__ilshift__, "($self, value, /)", "Return self<<=value.") { t, a, b in genericInplace(t, a, b, .__ilshift__) },
            .binary(.inplaceRightShift, .__irshift__, "($self, value, /)", "Return self>>=value.") { t, a, b in genericInplace(t, a, b, .__irshift__) },
            .binary(.inplaceAnd, .__iand__, "($self, value, /)", "Return self&=value.") { t, a, b in genericInplace(t, a, b, .__iand__) },
            .binary(.inplaceXor, .__ixor__, "($self, value, /)", "Return self^=value.") { t, a, b in genericInplace(t, a, b, .__ixor__) },
            .binary(.inplaceOr, .__ior__, "($self, value, /)", "Return self|=value.") { t, a, b in genericInplace(t, a, b, .__ior__) },
        ]
        r += SlotRow.infix(.floorDivide, .__floordiv__, "Return self//value.", { t, a, b in genericBinary(t, a, b, .floorDivide, .__floordiv__, .__rfloordiv__) }, reflected: .__rfloordiv__, "Return value//self.")
        r += SlotRow.infix(.trueDivide, .__truediv__, "Return self/value.", { t, a, b in genericBinary(t, a, b, .trueDivide, .__truediv__, .__rtruediv__) }, reflected: .__rtruediv__, "Return value/self.")
        r += [
            .binary(.inplaceFloorDivide, .__ifloordiv__, "($self, value, /)", "Return self//=value.") { t, a, b in genericInplace(t, a, b, .__ifloordiv__) },
            .binary(.inplaceTrueDivide, .__itruediv__, "($self, value, /)", "Return self/=value.") { t, a, b in genericInplace(t, a, b, .__itruediv__) },
            .unary(.index, .__index__, "Return self converted to an integer, if self is suitable for use as an index into a list.") { t, v in genericUnary(t, v, .__index__) },
        ]
        r += SlotRow.infix(.matrixMultiply, .__matmul__, "Return self@value.", { t, a, b in genericBinary(t, a, b, .matrixMultiply, .__matmul__, .__rmatmul__) }, reflected: .__rmatmul__, "Return value@self.")
        r += [
            .binary(.inplaceMatrixMultiply, .__imatmul__, "($self, value, /)", "Return self@=value.") { t, a, b in genericInplace(t, a, b, .__imatmul__) },
            .unary(.length, .__len__, "Return len(self).", slot_length),
            .binary(.getItem, .__getitem__, "($self, key, /)", "Return self[key].") { t, a, b in genericInplace(t, a, b, .__getitem__) },
            .ternary(.setItem, .__setitem__, .setItem, "($self, key, value, /)", "Set self[key] to value.", slot_setItem),
            .ternary(.setItem, .__delitem__, .deleteItem, "($self, key, /)", "Delete self[key].", slot_setItem),
            .plain(.concat, .__add__, .binary, "Return self+value."),
            .plain(.repeat, .__mul__, .binary, "Return self*value."),
            .plain(.repeat, .__rmul__, .binary, "Return value*self."),
            .binary(.contains, .__contains__, "($self, key, /)", "Return key in self.", slot_contains),
            .plain(.inplaceConcat, .__iadd__, .binary, "Implement self+=value."),
            .plain(.inplaceRepeat, .__imul__, .binary, "Implement self*=value."),
        ]
        return r
    }

    /// Fills the process-wide indexes of the table; part of `bootstrapTypes`.
    static func index(_ m: UnsafeMutablePointer<ObjectModel>) {
        let all = rows
        m.pointee.rowCount = all.count
        m.pointee.rowNames = Values.allocate(capacity: all.count)
        m.pointee.genericSlots = UnsafeMutablePointer<UnsafeRawPointer?>.allocate(capacity: Slot.count)
        m.pointee.genericSlots.initialize(repeating: nil, count: Slot.count)
        m.pointee.rowIndex = UnsafeMutablePointer<(UInt, Int)>.allocate(capacity: rowIndexSize)
        m.pointee.rowIndex.initialize(repeating: (0, 0), count: rowIndexSize)
        for i in 0..<all.count {
            let n = name(all[i].name)
            m.pointee.rowNames[i] = n
            if let g = all[i].generic { m.pointee.genericSlots[all[i].slot.rawValue] = g }
            if firstRow(n, m) >= 0 { continue }
            var place = Int(truncatingIfNeeded: n.bits >> 4) & (rowIndexSize - 1)
            while m.pointee.rowIndex[place].0 != 0 { place = (place + 1) & (rowIndexSize - 1) }
            m.pointee.rowIndex[place] = (n.bits, i + 1)
        }
    }

    /// The first row of a dunder (interned); -1: the name has no slot.
    static func firstRow(_ n: Value, _ m: UnsafeMutablePointer<ObjectModel> = objectModel) -> Int {
        var place = Int(truncatingIfNeeded: n.bits >> 4) & (rowIndexSize - 1)
        while m.pointee.rowIndex[place].0 != 0 {
            if m.pointee.rowIndex[place].0 == n.bits { return m.pointee.rowIndex[place].1 - 1 }
            place = (place + 1) & (rowIndexSize - 1)
        }
        return -1
    }
}
