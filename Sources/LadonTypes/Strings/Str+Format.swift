// str: format, format_map and __format__ (PEP 3101).

import Glibc
import LadonRuntime

let strFormatMembers: [NativeMember] = [
    .method("format", "(self, /, *args, **kwargs)", { t, a in stringFormat(t, a[0], a[1], a[2], isMapping: false) },
            "S.format(*args, **kwargs) -> str\n\nReturn a formatted version of S, using substitutions from args and kwargs.\nThe substitutions are identified by braces ('{' and '}')."),
    .method("format_map", "(self, mapping, /)", { t, a in stringFormat(t, a[0], .missing, a[1], isMapping: true) },
            "S.format_map(mapping) -> str\n\nReturn a formatted version of S, using substitutions from mapping.\nThe substitutions are identified by braces ('{' and '}')."),
    .method("__format__", "(self, format_spec, /)", str_format, "Return a formatted version of the string as described by format_spec."),
]

func str_format(_ t: Thread, _ a: Values) -> Value {
    let v = a[0], spec = a[1]
    if !requireStr(t, spec, "__format__() argument") { return .raised }
    if spec.strCount == 0 { return v.isExactly(.str) ? v : str(t, v) }
    return formatString(t, v, spec: spec.text)
}

/// format(str, spec) for a specification that is not empty.
func formatString(_ t: Thread, _ v: Value, spec text: Text) -> Value {
    var spec = FormatSpec(align: .left, type: 115)
    var problem: FormatProblem?
    switch text.kind {
    case 1: problem = FormatSpec.parse(text.units(UInt8.self), text.count, defaultType: 115, defaultAlign: .left, into: &spec)
    case 2: problem = FormatSpec.parse(text.units(UInt16.self), text.count, defaultType: 115, defaultAlign: .left, into: &spec)
    default: problem = FormatSpec.parse(text.units(UInt32.self), text.count, defaultType: 115, defaultAlign: .left, into: &spec)
    }
    if let problem { return raiseFormatProblem(t, problem, text, v) }
    if spec.width > v.strCount && !checkTextSize(t, spec.width, 4) { return .raised }
    var buffer = TextBuffer(capacity: max(v.strCount, spec.width) &+ 8)
    defer { buffer.free() }
    switch v.strKind {
    case 1: problem = FormatNumber.append(string: UnsafePointer(v.strBytes), v.strCount, spec: spec, to: &buffer)
    case 2: problem = FormatNumber.append(string: UnsafePointer(v.strHalves), v.strCount, spec: spec, to: &buffer)
    default: problem = FormatNumber.append(string: UnsafePointer(v.strWords), v.strCount, spec: spec, to: &buffer)
    }
    v.keepAlive
    if let problem { return raiseFormatProblem(t, problem, text, v) }
    return finish(t, buffer)
}

/// Raises what is wrong with a format specification for `value`.
public func raiseFormatProblem(_ t: Thread, _ problem: FormatProblem, _ spec: Text, _ value: Value) -> Value {
    if case .noMemory = problem { return raiseMemoryError(t) }
    var buffer = TextBuffer(capacity: 80)
    defer { buffer.free() }
    var name = typeName(value)
    name.withUTF8 { bytes in
        guard let base = bytes.baseAddress else { return }
        switch spec.kind {
        case 1: problem.appendMessage(spec: spec.units(UInt8.self), spec.count, typeName: base, bytes.count, to: &buffer)
        case 2: problem.appendMessage(spec: spec.units(UInt16.self), spec.count, typeName: base, bytes.count, to: &buffer)
        default: problem.appendMessage(spec: spec.units(UInt32.self), spec.count, typeName: base, bytes.count, to: &buffer)
        }
    }
    let message = finish(t, buffer)
    if message.isRaised { return .raised }
    if case .characterRange = problem { return raise(t, .overflowError, payload: message) }
    return raise(t, .valueError, payload: message)
}

/// format(v, spec): what the built-in function and replacement fields do. `spec` is a str.
public func formatObject(_ t: Thread, _ v: Value, _ spec: Value) -> Value {
    if spec.strCount == 0 {
        if v.isExactly(.str) { return v }
        if v.isSmallInt { return intToString(t, v, 10) }
    } else if v.isExactly(.str) {
        return formatString(t, v, spec: spec.text)
    }
    let method = lookupSpecial(t, v, name(.__format__))
    if method.isRaised { return .raised }
    if method.isMissing { return raise(t, .typeError, "Type \(typeName(v)) doesn't define __format__") }
    let result = call(t, method, spec)
    if result.isRaised { return .raised }
    if !result.isStr { return raise(t, .typeError, "__format__ must return a str, not \(typeName(result))") }
    return result
}

// MARK: str.format

func stringFormat(_ t: Thread, _ v: Value, _ args: Value, _ mapping: Value, isMapping: Bool) -> Value {
    var builder = StringBuilder(t, capacity: v.strCount &+ 32)
    var job = FormatJob(t: t, template: v, args: args, mapping: mapping, isMapping: isMapping, numbering: FieldNumbering())
    let done: Bool
    switch v.strKind {
    case 1: done = job.render(UnsafePointer(v.strBytes), 0..<v.strCount, 2, &builder)
    case 2: done = job.render(UnsafePointer(v.strHalves), 0..<v.strCount, 2, &builder)
    default: done = job.render(UnsafePointer(v.strWords), 0..<v.strCount, 2, &builder)
    }
    v.keepAlive
    return done ? builder.finish() : .raised
}

private struct FormatJob {
    let t: Thread
    let template: Value
    let args: Value
    let mapping: Value
    let isMapping: Bool
    var numbering: FieldNumbering

    /// Raises a malformed template's error.
    func fail(_ problem: TemplateProblem) -> Bool {
        var buffer = TextBuffer(capacity: 80)
        defer { buffer.free() }
        problem.appendMessage(to: &buffer)
        let message = finish(t, buffer)
        if !message.isRaised { _ = raise(t, .valueError, payload: message) }
        return false
    }

    mutating func render<U: TextUnit>(_ units: UnsafePointer<U>, _ range: Range<Int>, _ depth: Int, _ out: inout StringBuilder) -> Bool {
        if depth <= 0 { return fail(.tooDeep) }
        var pieces = FormatTemplate(units, range.lowerBound, range.upperBound)
        while true {
            switch pieces.next() {
            case .end: return true
            case .problem(let problem): return fail(problem)
            case .piece(let piece):
                out.append(template, piece.literal.lowerBound, piece.literal.upperBound)
                if piece.hasField && !field(units, piece, depth, &out) { return false }
            }
        }
    }

    mutating func field<U: TextUnit>(_ units: UnsafePointer<U>, _ piece: TemplatePiece, _ depth: Int, _ out: inout StringBuilder) -> Bool {
        var v = object(units, piece.name)
        if v.isRaised { return false }
        switch piece.conversion {
        case 0: break
        case 114: v = repr(t, v)
        case 115: v = str(t, v)
        case 97: v = ascii(t, v)
        default: return fail(.unknownConversion(piece.conversion))
        }
        if v.isRaised { return false }
        let spec: Value
        if piece.specHasFields {
            var inner = StringBuilder(t)
            if !render(units, piece.spec, depth &- 1, &inner) { return false }
            spec = inner.finish()
        } else {
            spec = substring(t, template, piece.spec.lowerBound, piece.spec.upperBound)
        }
        let text = formatObject(t, v, spec)
        if text.isRaised { return false }
        out.append(text)
        return true
    }

    /// The argument that a field's name leads to.
    mutating func object<U: TextUnit>(_ units: UnsafePointer<U>, _ range: Range<Int>) -> Value {
        var path = FieldName(units, range)
        var v: Value
        switch path.first(&numbering) {
        case .problem(let problem): _ = fail(problem); return .raised
        case .index(let i):
            if isMapping { return raise(t, .valueError, "Format string contains positional fields") }
            if i >= args.tupleCount { return raise(t, .indexError, "Replacement index \(i) out of range for positional args tuple") }
            v = args.tupleItems[i]
        case .key(let range):
            let key = substring(t, template, range.lowerBound, range.upperBound)
            if isMapping {
                v = getItem(t, mapping, key)
            } else {
                v = dictGet(t, mapping, key)
                if v.isMissing { return raiseKeyError(t, key) }
            }
        }
        while !v.isRaised {
            switch path.next() {
            case .end: return v
            case .problem(let problem): _ = fail(problem); return .raised
            case .attribute(let range): v = getAttribute(t, v, intern(t, substring(t, template, range.lowerBound, range.upperBound)))
            case .index(let i): v = getItem(t, v, Value(smallInt: i))
            case .key(let range): v = getItem(t, v, substring(t, template, range.lowerBound, range.upperBound))
            }
        }
        return .raised
    }
}
