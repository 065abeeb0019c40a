// From values to text: one buffer for the whole document, written front to back.

import Glibc
import LadonLibrary

struct JSONEncoderCell {
    var header: CellHeader
    var markers: Value
    var defaultFunction: Value
    var encoder: Value
    var indent: Value
    var keySeparator: Value
    var itemSeparator: Value
    var sortKeys: Value
    var skipKeys: Value
    var allowNaN: Value
}

func jsonEncoderDefinition() -> TypeDefinition {
    TypeDefinition(nil, "_json.Encoder", flags: [], doc: "_iterencode(obj, _current_indent_level) -> iterable",
                   size: MemoryLayout<JSONEncoderCell>.size, layout: Layout(prefix: 9),
                   slots: [.call(.new, jsonEncoder_new), .call(.call, jsonEncoder_call)],
                   members: [
                       .member("markers", get: { _, a in a[0].cell(as: JSONEncoderCell.self).pointee.markers }, set: readonlyMember, "markers"),
                       .member("default", get: { _, a in a[0].cell(as: JSONEncoderCell.self).pointee.defaultFunction }, set: readonlyMember, "default"),
                       .member("encoder", get: { _, a in a[0].cell(as: JSONEncoderCell.self).pointee.encoder }, set: readonlyMember, "encoder"),
                       .member("indent", get: { _, a in a[0].cell(as: JSONEncoderCell.self).pointee.indent }, set: readonlyMember, "indent"),
                       .member("key_separator", get: { _, a in a[0].cell(as: JSONEncoderCell.self).pointee.keySeparator }, set: readonlyMember, "key_separator"),
                       .member("item_separator", get: { _, a in a[0].cell(as: JSONEncoderCell.self).pointee.itemSeparator }, set: readonlyMember,
                                  "item_separator"),
                       .member("sort_keys", get: { _, a in a[0].cell(as: JSONEncoderCell.self).pointee.sortKeys }, set: readonlyMember, "sort_keys"),
                       .member("skipkeys", get: { _, a in a[0].cell(as: JSONEncoderCell.self).pointee.skipKeys }, set: readonlyMember, "skipkeys"),
                   ])
}

private nonisolated(unsafe) var newSignature: SignaturePointer?
private nonisolated(unsafe) var callSignature: SignaturePointer?

private func jsonEncoder_new(_ t: Thread, _ type: Value, _ a: Values?, _ n: Int, _ names: Value) -> Value {
    let v = allocateInstance(t, type.asType)
    if v.isRaised { return v }
    // The parameters in the order of the cell's fields.
    let fields = (v.cell + MemoryLayout<JSONEncoderCell>.offset(of: \JSONEncoderCell.markers).unsafelyUnwrapped).assumingMemoryBound(to: Value.self)
    let signature = nativeSignature(t, &newSignature,
                                    "(markers, default, encoder, indent, key_separator, item_separator, sort_keys, skipkeys, allow_nan)")
    if !bindArguments(t, signature, CalleeName("make_encoder"), a, n, names, into: fields) { return .raised }
    for i in 4...5 where !fields[i].isCell || !fields[i].isStr {
        return raise(t, .typeError, "make_encoder() argument \(i + 1) must be str, not \(typeName(fields[i]))")
    }
    for i in 6...8 {
        let truth = isTrue(t, fields[i])
        if truth < 0 { return .raised }
        fields[i] = Value(truth > 0)
    }
    if !fields[0].isNone && !isDict(fields[0]) {
        return raise(t, .typeError, "make_encoder() argument 1 must be dict or None, not \(typeName(fields[0]))")
    }
    return v
}

private func jsonEncoder_call(_ t: Thread, _ v: Value, _ a: Values?, _ n: Int, _ names: Value) -> Value {
    var bound = (Value.missing, Value.missing)
    let given = withUnsafeMutableBytes(of: &bound) { p in
        bindArguments(t, nativeSignature(t, &callSignature, "(obj, _current_indent_level)"), CalleeName("_iterencode"), a, n, names,
                      into: p.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: Value.self))
    }
    if !given || asInt(t, bound.1) == nil { return .raised }
    var run = JSONWriting(t: t, encoder: v)
    defer { run.free() }
    if !run.write(bound.0) { return .raised }
    let text = run.text.finish(t)
    if text.isRaised { return text }
    let list = makeList(t, capacity: 1)
    return list.isRaised || listAppend(t, list, text) < 0 ? .raised : list
}

/// How strings are written.
private enum JSONStrings { case ascii, plain, custom }

/// Which of our own encoders a callable is.
private func stringEncoder(_ f: Value) -> JSONStrings {
    if !f.isExactly(.nativeFunction) { return .custom }
    let function = unsafeBitCast(f.cell(as: NativeFunctionCell.self).pointee.record.pointee.function, to: UInt.self)
    if function == unsafeBitCast(json_encodeASCII as NativeFunction, to: UInt.self) { return .ascii }
    return function == unsafeBitCast(json_encodePlain as NativeFunction, to: UInt.self) ? .plain : .custom
}

/// One call of an encoder. Lives on the native stack.
private struct JSONWriting {
    let t: Thread
    let encoder: Value
    let strings: JSONStrings
    let checksCircles: Bool
    let sortKeys: Bool
    let skipKeys: Bool
    let allowNaN: Bool
    let keySeparator: Value
    let itemSeparator: Value
    var text = JSONText()
    /// Addresses of the containers that are being written, the outermost first; reachable from the value being written.
    private var open: UnsafeMutablePointer<UInt>
    private var depth = 0
    private var room = 32

    init(t: Thread, encoder: Value) {
        let c = encoder.cell(as: JSONEncoderCell.self)
        self.t = t
        self.encoder = encoder
        strings = stringEncoder(c.pointee.encoder)
        checksCircles = !c.pointee.markers.isNone
        sortKeys = c.pointee.sortKeys.isTrue
        skipKeys = c.pointee.skipKeys.isTrue
        allowNaN = c.pointee.allowNaN.isTrue
        keySeparator = c.pointee.keySeparator
        itemSeparator = c.pointee.itemSeparator
        open = UnsafeMutablePointer<UInt>.allocate(capacity: 32)
    }

    func free() {
        text.free()
        open.deallocate()
    }

    /// Notes that `v` is being written. False: raised, it is inside itself.
    private mutating func enter(_ v: Value) -> Bool {
        if ladon_stack_pointer() <= t.pointee.nativeStackLimit {
            _ = raiseRecursionError(t, " while encoding a JSON object")
            return false
        }
        if !checksCircles { return true }
        var i = depth
        while i > 0 {
            i &-= 1
            if open[i] == v.bits {
                _ = raise(t, .valueError, "Circular reference detected")
                return false
            }
        }
        if depth == room {
            let more = UnsafeMutablePointer<UInt>.allocate(capacity: room * 2)
            more.update(from: open, count: depth)
            open.deallocate()
            open = more
            room *= 2
        }
        open[depth] = v.bits
        depth &+= 1
        return true
    }

    @inline(__always) private mutating func leave() { if checksCircles { depth &-= 1 } }

    /// Writes any value. False: raised.
    mutating func write(_ v: Value) -> Bool {
        if v.isSmallInt {
            text.append(decimal: v.smallInt)
            return true
        }
        if v.isCell {
            switch v.id {
            case TypeID.str.rawValue: return write(string: v)
            case TypeID.float.rawValue: return write(float: v.asFloat)
            case TypeID.dict.rawValue: return write(dict: v)
            case TypeID.list.rawValue, TypeID.tuple.rawValue: return write(sequence: v)
            default: break
            }
        } else if v.isNone {
            text.append("null")
            return true
        } else if v.isBool {
            text.append(v.isTrue ? "true" : "false")
            return true
        }
        return write(other: v)
    }

    @inline(never)
    private mutating func write(other v: Value) -> Bool {
        if v.isCell {
            if v.isStr { return write(string: v) }
            if isInt(v) { return write(integer: v) }
            if isInstanceOf(v, .float) { return write(float: v.asFloat) }
            if isInstanceOf(v, .list) || isInstanceOf(v, .tuple) { return write(sequence: v) }
            if isDict(v) { return write(dict: v) }
        }
        if !enter(v) { return false }
        let replaced = call(t, encoder.cell(as: JSONEncoderCell.self).pointee.defaultFunction, v)
        if replaced.isRaised || !write(replaced) { return false }
        leave()
        return true
    }

    private mutating func write(integer v: Value) -> Bool {
        if let n = intAsWord(plainInt(v)) {
            text.append(decimal: n)
            return true
        }
        let s = intToString(t, plainInt(v), 10)
        if s.isRaised { return false }
        text.append(s)
        return true
    }

    private mutating func write(float x: Double) -> Bool {
        if !x.isFinite {
            if !allowNaN {
                _ = raise(t, .valueError, "Out of range float values are not JSON compliant")
                return false
            }
            text.append(x.isNaN ? "NaN" : x > 0 ? "Infinity" : "-Infinity")
            return true
        }
        text.append(float: x)
        return true
    }

    private mutating func write(string v: Value) -> Bool {
        switch strings {
        case .ascii: text.append(jsonASCII: v)
        case .plain: text.append(json: v)
        case .custom:
            let s = call(t, encoder.cell(as: JSONEncoderCell.self).pointee.encoder, v)
            if s.isRaised { return false }
            if !s.isCell || !s.isStr {
                _ = raise(t, .typeError, "encoder() must return a string, not \(typeName(s))")
                return false
            }
            text.append(s)
        }
        v.keepAlive
        return true
    }

    @inline(never)
    private mutating func write(sequence v: Value) -> Bool {
        let isList = !isTuple(v)
        if (isList ? listCount(v) : v.tupleCount) == 0 {
            text.append("[]")
            return true
        }
        if !enter(v) { return false }
        text.append("[")
        var i = 0
        while true {
            let x: Value = isList ? listGet(t, v, i) : i < v.tupleCount ? v.tupleItems[i] : .missing
            if x.isMissing { break }
            if i > 0 { text.append(itemSeparator) }
            if !write(x) { return false }
            i &+= 1
        }
        text.append("]")
        leave()
        return safepoint(t)
    }

    @inline(never)
    private mutating func write(dict v: Value) -> Bool {
        if dictCount(v) == 0 {
            text.append("{}")
            return true
        }
        if !enter(v) { return false }
        if sortKeys || !v.isExactly(.dict) {
            if !write(itemsOf: v) { return false }
        } else {
            // The entries as they are now, whatever a default function or another thread does to the dict.
            var entries = DictSnapshot(v)
            text.append("{")
            var first = true
            var key = Value.none, x = Value.none
            while entries.next(&key, &x) {
                if !write(key: key, value: x, &first) { return false }
            }
            text.append("}")
        }
        leave()
        return safepoint(t)
    }

    private mutating func write(itemsOf v: Value) -> Bool {
        var items: Value
        if v.isExactly(.dict) {
            items = dictToList(t, v, .items)
        } else {
            items = callMethod(t, v, .items)
            if !items.isRaised { items = iterateToList(t, items) }
        }
        if items.isRaised { return false }
        if sortKeys && !sortList(t, items, key: .none, reverse: false) { return false }
        text.append("{")
        var i = 0, first = true
        while true {
            let item = listGet(t, items, i)
            if item.isMissing { break }
            if !isTuple(item) || item.tupleCount != 2 {
                _ = raise(t, .valueError, "items must return 2-tuples")
                return false
            }
            if !write(key: item.tupleItems[0], value: item.tupleItems[1], &first) { return false }
            i &+= 1
        }
        text.append("}")
        return true
    }

    @inline(__always)
    private mutating func write(key: Value, value: Value, _ first: inout Bool) -> Bool {
        if key.isExactly(.str) {
            if !first { text.append(itemSeparator) }
            first = false
            if !write(string: key) { return false }
        } else {
            let skipped = write(oddKey: key, &first)
            if skipped != 0 { return skipped > 0 }
        }
        text.append(keySeparator)
        return write(value)
    }

    /// A key that is no plain string. 0: written, 1: skipped, -1: raised.
    @inline(never)
    private mutating func write(oddKey key: Value, _ first: inout Bool) -> Truth {
        let isText = key.isCell && key.isStr
        let isNumber = isInt(key) || isInstanceOf(key, .float)
        if !isText && !isNumber && !key.isNone {
            if skipKeys { return 1 }
            _ = raise(t, .typeError, "keys must be str, int, float, bool or None, not \(typeName(key))")
            return -1
        }
        if isText {
            if !first { text.append(itemSeparator) }
            first = false
            return write(string: key) ? 0 : -1
        }
        // As a custom encoder must see it: a string.
        let mark = text.mark
        if !first { text.append(itemSeparator) }
        first = false
        if strings != .custom { text.append("\"") }
        let start = text.mark
        if key.isNone {
            text.append("null")
        } else if key.isBool {
            text.append(key.isTrue ? "true" : "false")
        } else if key.isSmallInt {
            text.append(decimal: key.smallInt)
        } else if isInt(key) {
            if !write(integer: key) { return -1 }
        } else if !write(float: key.asFloat) {
            return -1
        }
        if strings != .custom {
            text.append("\"")
            return 0
        }
        let s = text.take(t, from: start)
        text.cut(mark)
        if s.isRaised { return -1 }
        if mark != start { text.append(itemSeparator) }
        return write(string: s) ? 0 : -1
    }
}
