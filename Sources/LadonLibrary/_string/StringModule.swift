// The module `_string`: the parts of str.format that `string.Formatter` builds on.

import LadonRuntime
import LadonTypes

/// The module `_string`.
public func stringHelperModule() -> ModuleDefinition {
    ModuleDefinition("_string", doc: "string helper module", members: [
        .method("formatter_field_name_split", "(fieldName, /)", { t, a in
            if !a[0].isStr { return raise(t, .typeError, "expected str, got \(typeName(a[0]))") }
            let v = exactString(t, a[0])
            switch v.strKind {
            case 1: return splitFieldName(t, v, UnsafePointer(v.strBytes))
            case 2: return splitFieldName(t, v, UnsafePointer(v.strHalves))
            default: return splitFieldName(t, v, UnsafePointer(v.strWords))
            }
        }, "split the argument as a field name"),
        .method("formatter_parser", "(format, /)", { t, a in
            if !a[0].isStr { return raise(t, .typeError, "expected str, got \(typeName(a[0]))") }
            let v = exactString(t, a[0])
            let list: Value
            switch v.strKind {
            case 1: list = parseTemplate(t, v, UnsafePointer(v.strBytes))
            case 2: list = parseTemplate(t, v, UnsafePointer(v.strHalves))
            default: list = parseTemplate(t, v, UnsafePointer(v.strWords))
            }
            return list.isRaised ? .raised : iterate(t, list)
        }, "parse the argument as a format string"),
    ])
}

private func fail(_ t: Thread, _ problem: TemplateProblem) -> Value {
    var buffer = TextBuffer(capacity: 80)
    defer { buffer.free() }
    problem.appendMessage(to: &buffer)
    if buffer.failed { return raiseMemoryError(t) }
    return raise(t, .valueError, payload: makeString(t, codePoints: buffer.base, count: buffer.count))
}

/// (first, iterator of (is attribute, name or index))
private func splitFieldName<U: TextUnit>(_ t: Thread, _ v: Value, _ units: UnsafePointer<U>) -> Value {
    var path = FieldName(units, 0..<v.strCount)
    let first: Value
    switch path.first() {
    case .problem(let problem): return fail(t, problem)
    case .index(let i): first = Value(smallInt: i)
    case .key(let range): first = substring(t, v, range.lowerBound, range.upperBound)
    }
    let rest = makeList(t)
    if rest.isRaised { return .raised }
    while true {
        let item: Value
        switch path.next() {
        case .end: return makeTuple(t, first, iterate(t, rest))
        case .problem(let problem): return fail(t, problem)
        case .attribute(let range): item = makeTuple(t, .true, substring(t, v, range.lowerBound, range.upperBound))
        case .index(let i): item = makeTuple(t, .false, Value(smallInt: i))
        case .key(let range): item = makeTuple(t, .false, substring(t, v, range.lowerBound, range.upperBound))
        }
        if item.isRaised || listAppend(t, rest, item) < 0 { return .raised }
    }
}

/// A list of (literal, field name, specification, conversion), the last three None for a piece without a field.
private func parseTemplate<U: TextUnit>(_ t: Thread, _ v: Value, _ units: UnsafePointer<U>) -> Value {
    let list = makeList(t)
    if list.isRaised { return .raised }
    var pieces = FormatTemplate(units, 0, v.strCount)
    while true {
        switch pieces.next() {
        case .end:
            v.keepAlive
            return list
        case .problem(let problem): return fail(t, problem)
        case .piece(let piece):
            let literal = substring(t, v, piece.literal.lowerBound, piece.literal.upperBound)
            let item: Value
            if piece.hasField {
                let name = substring(t, v, piece.name.lowerBound, piece.name.upperBound)
                let spec = substring(t, v, piece.spec.lowerBound, piece.spec.upperBound)
                let conversion = piece.conversion == 0 ? Value.none : makeString(t, codePoint: piece.conversion)
                item = makeTuple(t, literal, name, spec, conversion)
            } else {
                item = makeTuple(t, literal, .none, .none, .none)
            }
            if item.isRaised || listAppend(t, list, item) < 0 { return .raised }
        }
    }
}
