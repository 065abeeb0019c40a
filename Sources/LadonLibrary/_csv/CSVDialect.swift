// `_csv.Dialect`: an immutable set of rules, made of another dialect's attributes and keyword arguments.

import LadonTypes

enum CSVQuoting {
    static let minimal = 0, all = 1, nonNumeric = 2, none = 3
}

struct DialectCell {
    var header: CellHeader
    /// A str.
    var lineTerminator: Value
    /// Code points; `noCharacter` where there is none.
    var delimiter: UInt32
    var quoteCharacter: UInt32
    var escapeCharacter: UInt32
    var quoting: UInt8
    var doubleQuote: Bool
    var skipsInitialSpace: Bool
    var isStrict: Bool
}

/// No code point, nor the end of a line (`CSVReader.endOfLine`).
let noCharacter: UInt32 = 0xFFFF_FFFF

@inline(__always) func dialectCell(_ v: Value) -> UnsafeMutablePointer<DialectCell> { v.cell(as: DialectCell.self) }

private let fieldNames: [StaticString] = [
    "delimiter", "doublequote", "escapechar", "lineterminator", "quotechar", "quoting", "skipinitialspace", "strict",
]

private func characterOrNone(_ t: Thread, _ c: UInt32) -> Value { c == noCharacter ? .none : makeString(t, codePoint: c) }

func dialectDefinition() -> TypeDefinition {
    let noPickle: NativeFunction = { t, a in raise(t, .typeError, "cannot pickle '\(typeOf(a[0]).shortNameText)' instances") }
    return TypeDefinition(nil, "_csv.Dialect", flags: [.baseType], doc: "CSV dialect\n\nThe Dialect type records CSV parsing and generation options.\n",
                          size: MemoryLayout<DialectCell>.size, layout: Layout(prefix: 1), slots: [.call(.new, dialect_new)], members: [
                              .attribute("delimiter", get: { t, a in characterOrNone(t, dialectCell(a[0]).pointee.delimiter) }),
                              .attribute("quotechar", get: { t, a in characterOrNone(t, dialectCell(a[0]).pointee.quoteCharacter) }),
                              .attribute("escapechar", get: { t, a in characterOrNone(t, dialectCell(a[0]).pointee.escapeCharacter) }),
                              .attribute("lineterminator", get: { t, a in dialectCell(a[0]).pointee.lineTerminator }),
                              .attribute("quoting", get: { t, a in Value(smallInt: Int(dialectCell(a[0]).pointee.quoting)) }),
                              .member("doublequote", get: { t, a in Value(dialectCell(a[0]).pointee.doubleQuote) }),
                              .member("skipinitialspace", get: { t, a in Value(dialectCell(a[0]).pointee.skipsInitialSpace) }),
                              .member("strict", get: { t, a in Value(dialectCell(a[0]).pointee.isStrict) }),
                              .method("__reduce__", "(self, /)", noPickle, "raises an exception to avoid pickling"),
                              .method("__reduce_ex__", "(self, protocol, /)", noPickle, "raises an exception to avoid pickling"),
                          ])
}

/// A one-character argument. nil: raised.
private func character(_ t: Thread, _ v: Value, _ field: StaticString, _ fallback: UInt32, noneAllowed: Bool) -> UInt32? {
    if v.isMissing { return fallback }
    if v.isNone && noneAllowed { return noCharacter }
    if !isInstanceOf(v, .str) {
        raise(t, .typeError, "\"\(field)\" must be string\(noneAllowed ? " or None" : ""), not \(typeName(v))")
        return nil
    }
    if v.strCount != 1 {
        raise(t, .typeError, "\"\(field)\" must be a 1-character string")
        return nil
    }
    return stringCharAt(v, 0)
}

private func dialect_new(_ t: Thread, _ type: Value, _ a: Values?, _ n: Int, _ names: Value) -> Value {
    let named = names.bits == 0 ? 0 : names.tupleCount
    if n + named > 9 { return raise(t, .typeError, "function takes at most 9 arguments (\(n + named) given)") }
    return withUnsafeTemporaryAllocation(of: Value.self, capacity: 9) { space -> Value in
        // The dialect, then the fields in the order of fieldNames.
        let v = space.baseAddress.unsafelyUnwrapped
        v.initialize(repeating: .missing, count: 9)
        for i in 0..<n { v[i] = a.unsafelyUnwrapped[i] }
        for i in 0..<named {
            let key = names.tupleItems[i]
            var at = stringEqual(key, "dialect") ? 0 : -1
            for (f, field) in fieldNames.enumerated() where stringEqual(key, field) { at = f + 1 }
            if at < 0 { return raise(t, .typeError, "'\(swiftString(key))' is an invalid keyword argument for this function") }
            if !v[at].isMissing { return raise(t, .typeError, "argument for function given by name ('\(swiftString(key))') and position (\(at + 1))") }
            v[at] = a.unsafelyUnwrapped[n + i]
        }
        let result = makeDialectCell(t, type, v)
        ladon_keep_alive(Value(bits: UInt(bitPattern: v)))
        return result
    }
}

private func makeDialectCell(_ t: Thread, _ type: Value, _ v: Values) -> Value {
    if !v[0].isMissing && !v[0].isNone {
        if isInstanceOf(v[0], .str) {
            v[0] = csvDialect(t, named: v[0])
            if v[0].isRaised { return .raised }
        }
        var hasFields = false
        for i in 1..<9 where !v[i].isMissing { hasFields = true }
        if !hasFields && typeOf(v[0]) == csvTypes.dialect && type == csvTypes.dialect.unsafelyUnwrapped.value { return v[0] }
        for i in 1..<9 where v[i].isMissing {
            v[i] = getAttributeOrMissing(t, v[0], internStatic(t, fieldNames[i - 1]))
            if v[i].isRaised {
                // Whatever is wrong with an attribute of a dialect object, it counts as absent.
                clearException(t)
                v[i] = .missing
            }
        }
    }
    guard let delimiter = character(t, v[1], "delimiter", 0x2C, noneAllowed: false) else { return .raised }
    let doubleQuote = v[2].isMissing ? 1 : isTrue(t, v[2])
    if doubleQuote < 0 { return .raised }
    guard let escape = character(t, v[3], "escapechar", noCharacter, noneAllowed: true) else { return .raised }
    var terminator = v[4]
    if terminator.isMissing { terminator = makeString(t, "\r\n") } else if !terminator.isNone && !isInstanceOf(terminator, .str) {
        return raise(t, .typeError, "\"lineterminator\" must be a string")
    }
    guard let quote = character(t, v[5], "quotechar", 0x22, noneAllowed: true) else { return .raised }
    var quoting = CSVQuoting.minimal
    if !v[6].isMissing {
        if !isInt(v[6]) || v[6].isBool { return raise(t, .typeError, "\"quoting\" must be an integer") }
        guard let number = asInt32(t, v[6]) else { return .raised }
        if number < 0 || number > 3 { return raise(t, .typeError, "bad \"quoting\" value") }
        quoting = Int(number)
    } else if v[5].isNone { quoting = CSVQuoting.none }
    let skips = v[7].isMissing ? 0 : isTrue(t, v[7])
    let strict = v[8].isMissing ? 0 : isTrue(t, v[8])
    if skips < 0 || strict < 0 { return .raised }
    if quoting != CSVQuoting.none && quote == noCharacter { return raise(t, .typeError, "quotechar must be set if quoting enabled") }
    if terminator.isNone { return raise(t, .typeError, "lineterminator must be set") }

    let d = allocateInstance(t, type.asType, variableItems: 0)
    if d.isRaised { return d }
    let c = dialectCell(d)
    c.pointee.lineTerminator = terminator
    c.pointee.delimiter = delimiter
    c.pointee.quoteCharacter = quote
    c.pointee.escapeCharacter = escape
    c.pointee.quoting = UInt8(quoting)
    c.pointee.doubleQuote = doubleQuote == 1
    c.pointee.skipsInitialSpace = skips == 1
    c.pointee.isStrict = strict == 1
    return d
}
