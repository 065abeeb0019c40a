// Types like os.stat_result: tuples whose items also have names, some of them by name only.
//
// An instance is a tuple of the visible fields; the hidden ones follow the items in the same cell, and all are
// traced. What a type knows about its fields stands in its dict, as in CPython: n_fields, n_sequence_fields,
// n_unnamed_fields.

import LadonCore

/// A structure sequence type. `visible` fields are items; the rest are attributes only. A field named "" is an item without a name.
/// `sealed`: programs can make no instances.
public func makeStructSequenceType(_ t: Thread, _ n: StaticString, _ doc: StaticString, fields: [(StaticString, StaticString)], visible: Int,
                                   baseType: Bool = false, sealed: Bool = false) -> TypePointer {
    let flags: TypeFlags = sealed ? [.disallowInstantiation] : baseType ? [.baseType] : []
    var definition = TypeDefinition(nil, n, base: .tuple, flags: flags, doc: doc, layout: Layout(prefix: 0, base: 1, flags: .container))
    definition.slots = [.unary(.repr, structSequence_repr)]
    if !sealed { definition.slots.append(.call(.new, structSequence_new)) }
    definition.members = [
        .method("__reduce__", "(self, /)", { t, a in structSequence_reduce(t, a[0]) }),
        .constant("__match_args__") { t, a in .none },
    ]
    // Those of `sys` are static types in CPython.
    if !definition.name.description.hasPrefix("sys.") { definition.members.append(.ownModule) }
    let type = installType(t, definition)
    let dict = typeDictionary(t, type)
    let named = fields.count
    _ = dictSet(t, dict, intern(t, makeString(t, "n_fields")), Value(smallInt: named))
    _ = dictSet(t, dict, intern(t, makeString(t, "n_sequence_fields")), Value(smallInt: visible))
    var unnamed = 0
    let matchArgs = makeTuple(t, fields.prefix(visible).filter { $0.0.utf8CodeUnitCount > 0 }.count)
    var position = 0
    for i in 0..<fields.count {
        if fields[i].0.utf8CodeUnitCount == 0 { unnamed += 1; continue }
        let field = intern(t, makeString(t, fields[i].0))
        let member = makeMemberDescriptor(t, type, field, offset: UInt32(16 + i * 8), flags: MemberDescriptorCell.readOnly | MemberDescriptorCell.noneWhenEmpty)
        if fields[i].1.utf8CodeUnitCount > 0 { member.cell(as: MemberDescriptorCell.self).pointee.doc = makeString(t, fields[i].1) }
        _ = dictSet(t, dict, field, member)
        if i < visible {
            matchArgs.tupleItems[position] = field
            position += 1
        }
    }
    _ = dictSet(t, dict, intern(t, makeString(t, "n_unnamed_fields")), Value(smallInt: unnamed))
    _ = dictSet(t, dict, name(.__match_args__), matchArgs)
    return type
}

private func typeNumber(_ t: Thread, _ type: TypePointer, _ n: StaticString) -> Int {
    let v = lookupType(t, type, intern(t, makeString(t, n)))
    return v.isSmallInt ? v.smallInt : 0
}

/// An instance with empty fields; fill `structSequenceItems` at once.
public func makeStructSequence(_ t: Thread, _ type: TypePointer) -> Value {
    let all = typeNumber(t, type, "n_fields")
    let visible = typeNumber(t, type, "n_sequence_fields")
    let v = allocateInstance(t, type, variableItems: all)
    if v.isRaised { return v }
    v.cell(as: TupleCell.self).pointee.count = visible
    // An exception between here and the filling must not leave items without a value.
    for i in 0..<all { v.tupleItems[i] = .none }
    return v
}

/// All fields, hidden ones included.
public func structSequenceItems(_ v: Value) -> Values { v.tupleItems }

func structSequence_new(_ t: Thread, _ typeValue: Value, _ args: Values?, _ count: Int, _ names: Value) -> Value {
    let type = typeValue.asType
    var sequence = Value.missing, dict = Value.missing
    let named = names.bits == 0 ? 0 : names.tupleCount
    if count + named > 2 { return raise(t, .typeError, "structseq() takes at most 2 arguments (\(count + named) given)") }
    if count > 0 { sequence = args.unsafelyUnwrapped[0] }
    if count > 1 { dict = args.unsafelyUnwrapped[1] }
    for i in 0..<named {
        let n = swiftString(names.tupleItems[i])
        if n == "sequence" { sequence = args.unsafelyUnwrapped[count + i] } else if n == "dict" { dict = args.unsafelyUnwrapped[count + i] } else {
            return raise(t, .typeError, "'\(n)' is an invalid keyword argument for structseq()")
        }
    }
    if sequence.isMissing { return raise(t, .typeError, "structseq() missing required argument 'sequence' (pos 1)") }
    if !typeOf(sequence).has(.iter) && !isSequence(sequence) { return raise(t, .typeError, "constructor requires a sequence") }
    let items = sequenceToTuple(t, sequence)
    if items.isRaised { return items }
    let short = shortTypeName(t, type)
    if !dict.isMissing && !isDict(dict) { return raise(t, .typeError, "\(short)() takes a dict as second arg, if any") }
    let all = typeNumber(t, type, "n_fields"), visible = typeNumber(t, type, "n_sequence_fields")
    let n = items.tupleCount
    if n < visible {
        return raise(t, .typeError, "\(short)() takes \(all == visible ? "a" : "an at least") \(visible)-sequence (\(n)-sequence given)")
    }
    if n > all { return raise(t, .typeError, "\(short)() takes \(all == visible ? "a" : "an at most") \(all)-sequence (\(n)-sequence given)") }
    let v = makeStructSequence(t, type)
    if v.isRaised { return v }
    for i in 0..<n { v.tupleItems[i] = items.tupleItems[i] }
    if n < all && !dict.isMissing {
        for i in n..<all {
            let field = fieldName(t, type, i)
            if field.isMissing { continue }
            let given = dictGet(t, dict, field)
            if given.isRaised { return given }
            if !given.isMissing { v.tupleItems[i] = given }
        }
    }
    return v
}

private func shortTypeName(_ t: Thread, _ type: TypePointer) -> String { qualifiedTypeName(t, type) }

/// The name of field `i`: that of the member descriptor with its offset.
private func fieldName(_ t: Thread, _ type: TypePointer, _ i: Int) -> Value {
    for k in 0..<type.mroTuple.tupleCount {
        let dict = typeDictionary(t, type.mroTuple.tupleItems[k].asType)
        var position = 0
        var key = Value.none, value = Value.none
        while dictNext(dict, &position, &key, &value) {
            if value.isExactly(.memberDescriptor) && value.cell(as: MemberDescriptorCell.self).pointee.offset == UInt32(16 + i * 8) { return key }
        }
    }
    return .missing
}

func structSequence_repr(_ t: Thread, _ v: Value) -> Value {
    let type = typeOf(v)
    var b = StringBuilder(t)
    b.append(shortTypeName(t, type))
    b.append("(")
    // CPython shows item i under the name of the i-th named field: stat_result's unnamed times under those of the floats.
    let all = typeNumber(t, type, "n_fields")
    var position = 0
    for i in 0..<v.tupleCount {
        if i > 0 { b.append(", ") }
        var field = Value.missing
        while position < all && field.isMissing {
            field = fieldName(t, type, position)
            position += 1
        }
        if !field.isMissing { b.append(field) }
        b.append("=")
        let r = repr(t, v.tupleItems[i])
        if r.isRaised { return r }
        b.append(r)
    }
    b.append(")")
    return b.finish()
}

private func structSequence_reduce(_ t: Thread, _ v: Value) -> Value {
    let type = typeOf(v)
    let visible = v.tupleCount, all = typeNumber(t, type, "n_fields")
    let items = makeTuple(t, v.tupleItems, visible)
    let dict = makeDict(t)
    if items.isRaised || dict.isRaised { return .raised }
    for i in visible..<max(all, visible) {
        let field = fieldName(t, type, i)
        if !field.isMissing && dictSet(t, dict, field, v.tupleItems[i]) < 0 { return .raised }
    }
    let args = makeTuple(t, items, dict)
    return args.isRaised ? args : makeTuple(t, Value(type), args)
}
