// `sqlite3.Row`: a row as a sequence and by its columns' names. Immutable.

import LadonLibrary
import Glibc

struct RowCell {
    var header: CellHeader
    /// The values, a tuple; the cursor's description, a tuple or None.
    var data: Value
    var description: Value
}

nonisolated(unsafe) var rowType: TypePointer! = nil

extension Value {
    fileprivate var asRow: UnsafeMutablePointer<RowCell> { cell(as: RowCell.self) }
}

func rowDefinition() -> TypeDefinition {
    TypeDefinition(nil, "sqlite3.Row", flags: [.baseType], size: MemoryLayout<RowCell>.size, layout: Layout(prefix: 2, base: 3, flags: [.container]),
                   slots: [
                       .call(.new, row_new), .unary(.length, { _, v in Value(smallInt: v.asRow.pointee.data.tupleCount) }),
                       .unary(.iter, { t, v in iterate(t, v.asRow.pointee.data) }), .binary(.getItem, row_getItem),
                       .unary(.hash, { t, v in
                           let a = hash(t, v.asRow.pointee.description)
                           if a == -1 { return .raised }
                           let b = hash(t, v.asRow.pointee.data)
                           return b == -1 ? .raised : makeInt(t, a ^ b)
                       }),
                       .ternary(.compare, row_compare),
                   ],
                   members: [
                       .ownModule,
                       .method("keys", "(self, /)", { t, a in
                           let list = makeList(t), description = a[0].asRow.pointee.description
                           if list.isRaised || description.isNone { return list }
                           for i in 0..<description.tupleCount where listAppend(t, list, description.tupleItems[i].tupleItems[0]) < 0 { return .raised }
                           return list
                       }, "Returns the keys of the row."),
                   ])
}

private func row_new(_ t: Thread, _ type: Value, _ a: Values?, _ n: Int, _ names: Value) -> Value {
    if !noKeywords(t, "Row", names) { return .raised }
    if n != 2 { return raise(t, .typeError, "Row expected 2 arguments, got \(n)") }
    let p = a.unsafelyUnwrapped
    if !p[0].isCell || !isSubtype(typeOf(p[0]), cursorType) {
        return raise(t, .typeError, "Row() argument 1 must be sqlite3.Cursor, not \(p[0].isNone ? "None" : typeName(p[0]))")
    }
    if !isTuple(p[1]) { return raise(t, .typeError, "Row() argument 2 must be tuple, not \(p[1].isNone ? "None" : typeName(p[1]))") }
    let v = allocateInstance(t, type.asType)
    if v.isRaised { return v }
    let description = loadSlot(&p[0].asCursor.pointee.description)
    v.asRow.pointee.data = p[1]
    v.asRow.pointee.description = description.bits == 0 ? .none : description
    return v
}

/// Names are alike when ASCII case is all that they differ in.
private func isSameName(_ a: Value, _ b: Value) -> Bool { stringEqual(a, b) || strcasecmp(swiftString(a), swiftString(b)) == 0 }

private func row_getItem(_ t: Thread, _ v: Value, _ key: Value) -> Value {
    let data = v.asRow.pointee.data
    if isInt(key) {
        guard let given = wordOf(key) else { return raise(t, .indexError, "cannot fit 'int' into an index-sized integer") }
        let i = given < 0 ? given + data.tupleCount : given
        return i >= 0 && i < data.tupleCount ? data.tupleItems[i] : raise(t, .indexError, "tuple index out of range")
    }
    if key.isStr {
        let description = v.asRow.pointee.description
        if !description.isNone {
            for i in 0..<min(description.tupleCount, data.tupleCount) where isSameName(description.tupleItems[i].tupleItems[0], key) { return data.tupleItems[i] }
        }
        return raise(t, .indexError, "No item with that key")
    }
    if isInstanceOf(key, .slice) { return getItem(t, data, key) }
    return raise(t, .indexError, "Index must be int or string")
}

private func row_compare(_ t: Thread, _ a: Value, _ b: Value, _ op: Value) -> Value {
    let op = CompareOp(rawValue: op.smallInt).unsafelyUnwrapped
    if op != .eq && op != .ne || !b.isCell || !isSubtype(typeOf(b), rowType) { return .notImplemented }
    let names = equal(t, a.asRow.pointee.description, b.asRow.pointee.description)
    if names < 0 { return .raised }
    if names == 0 { return Value(op == .ne) }
    return compare(t, a.asRow.pointee.data, b.asRow.pointee.data, op)
}
