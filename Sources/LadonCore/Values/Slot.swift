// The operations that native code asks of a value's type, one function pointer each in the type cell.
//
// The table of dunders that corresponds (name, wrapper, reflected name, text signature) is
// LadonRuntime/Objects/SlotTable.swift; this file gives indexes and C types only.

@frozen public enum Slot: Int, CaseIterable {
    // unary (t, v)
    case repr, str, hash, iter, next, bool, length, negative, positive, absolute, invert, int, float, index
    case await, aiter, anext
    /// Native finaliser `__del__`; returns anything.
    case finalize
    // binary (t, a, b); the arithmetic ones are called for the left operand's type and for the right's, like CPython's nb_ slots
    case getAttribute, getAttr, getItem, contains
    case add, subtract, multiply, matrixMultiply, trueDivide, floorDivide, modulo, divmod, leftShift, rightShift, and, or, xor
    case inplaceAdd, inplaceSubtract, inplaceMultiply, inplaceMatrixMultiply, inplaceTrueDivide, inplaceFloorDivide, inplaceModulo
    case inplaceLeftShift, inplaceRightShift, inplaceAnd, inplaceOr, inplaceXor
    /// Sequence concatenation and repetition, tried after add and multiply.
    case concat, `repeat`, inplaceConcat, inplaceRepeat
    // ternary (t, a, b, c)
    case power, inplacePower
    /// (t, a, b, op: Value smallInt of CompareOp)
    case compare
    /// (t, o, key, value or .missing to delete)
    case setItem
    /// (t, o, name, value or .missing to delete)
    case setAttribute
    /// (t, descriptor, instance or .none, type or .none)
    case descriptorGet
    /// (t, descriptor, instance, value or .missing to delete)
    case descriptorSet
    // call (t, callable, args, count, keyword names tuple or 0): keyword values follow the positional ones
    case call
    /// (t, self, args, count, keyword names or 0)
    case initialize
    /// (t, type, args, count, keyword names or 0)
    case new
    /// Buffer protocol: (t, o, LadonBuffer *, flags as smallInt)
    case getBuffer, releaseBuffer
    /// binary (t, iterator, sent): one step of an awaited object. The yielded value; `.exhausted` with the result in `t.pointee.result`;
    /// or 0. For native awaitables, which need no StopIteration then; has no dunder.
    case send

    public static let count = Slot.allCases.count
}

public typealias UnaryFunction = @convention(c) (Thread, Value) -> Value
public typealias BinaryFunction = @convention(c) (Thread, Value, Value) -> Value
public typealias TernaryFunction = @convention(c) (Thread, Value, Value, Value) -> Value
/// `count` positional arguments, then one value per name in `names` (a tuple of str, or 0 for none).
public typealias CallFunction = @convention(c) (Thread, _ callee: Value, _ arguments: Values?, _ count: Int, _ names: Value) -> Value
/// A function with a signature: `arguments` holds one bound value per parameter in the order of the signature
/// (`.missing` for an omitted optional one without a simple default; a tuple for *args; a dict for **kwargs).
public typealias NativeFunction = @convention(c) (Thread, _ arguments: Values) -> Value

@frozen public enum CompareOp: Int {
    case lt, le, eq, ne, gt, ge
    @inlinable public var swapped: CompareOp {
        switch self { case .lt: return .gt; case .le: return .ge; case .gt: return .lt; case .ge: return .le; default: return self }
    }
    @inlinable public var symbol: String {
        switch self { case .lt: return "<"; case .le: return "<="; case .eq: return "=="; case .ne: return "!="; case .gt: return ">"; case .ge: return ">=" }
    }
}

extension UnsafeMutablePointer where Pointee == TypeCell {
    /// The address of the slot table; never a typed negative offset.
    @inlinable @inline(__always) public var slotTable: UnsafeMutablePointer<UnsafeRawPointer?> {
        (UnsafeMutableRawPointer(self) + (MemoryLayout<TypeCell>.offset(of: \TypeCell.slots)).unsafelyUnwrapped)
            .assumingMemoryBound(to: UnsafeRawPointer?.self)
    }
    @inlinable @inline(__always) public func slot(_ s: Slot) -> UnsafeRawPointer? { slotTable[s.rawValue] }
    @inlinable @inline(__always) public func has(_ s: Slot) -> Bool { slotTable[s.rawValue] != nil }
    @inlinable @inline(__always) public func unary(_ s: Slot) -> UnaryFunction? { unsafeBitCast(slotTable[s.rawValue], to: UnaryFunction?.self) }
    @inlinable @inline(__always) public func binary(_ s: Slot) -> BinaryFunction? { unsafeBitCast(slotTable[s.rawValue], to: BinaryFunction?.self) }
    @inlinable @inline(__always) public func ternary(_ s: Slot) -> TernaryFunction? { unsafeBitCast(slotTable[s.rawValue], to: TernaryFunction?.self) }
    @inlinable @inline(__always) public func callSlot(_ s: Slot) -> CallFunction? { unsafeBitCast(slotTable[s.rawValue], to: CallFunction?.self) }
    @inlinable @inline(__always) public var value: Value { Value(self) }
    /// Bytes of a TypeCell with its slots.
    public static var cellSize: Int { MemoryLayout<TypeCell>.offset(of: \TypeCell.slots)! + Slot.count * 8 }
}
