// Signatures of native functions, parsed from the text that Python prints, and the binding of arguments to them.
//
// A signature is parsed once, at the first call that needs it, into malloc'ed memory that is never freed; the
// names and string defaults in it are interned and immortal. Binding allocates only for *args and **kwargs.
// The messages are those of CPython's Argument Clinic for a function of the same shape.

import LadonCore

public struct Parameter {
    /// Interned name.
    public var name: Value
    /// What an omitted argument is bound to; `.missing` when it has no simple default.
    public var fallback: Value
    public var required: Bool
}

public struct Signature {
    /// All parameters, self included: how many values are bound.
    public var count = 0
    /// 1 when the first parameter is self, the class or the module.
    public var implicit = 0
    public var positionalOnly = 0
    /// Positional parameters, positional-only ones included.
    public var positional = 0
    /// Leading positional parameters that must be given.
    public var required = 0
    /// Positional-only parameters that must be given.
    public var requiredPositionalOnly = 0
    public var varPositional = -1
    public var varKeyword = -1
    /// Counts are checked in the words of PyArg_ParseTuple: "find() takes at least 1 argument (0 given)".
    public var countsInWords = false
    public var parameters: UnsafeMutablePointer<Parameter>

    /// Parameters that can be given by name are there.
    var takesKeywords: Bool { positional > positionalOnly || varKeyword >= 0 || count > positional + (varPositional >= 0 ? 1 : 0) }
    var exactCount: Int32 { varPositional >= 0 || varKeyword >= 0 || count != positional ? -1 : Int32(count) }
    /// Parameters other than *args and **kwargs, without self.
    var plainCount: Int { count - implicit - (varPositional >= 0 ? 1 : 0) - (varKeyword >= 0 ? 1 : 0) }
}

public typealias SignaturePointer = UnsafeMutablePointer<Signature>

/// Parses "(self, index=-1, /, *args, key=None, **kwargs)". The text must be well-formed: it stands in our tables.
/// "!" before it: a function that CPython gives no text signature, and whose messages are PyArg_ParseTuple's. "?": only the former.
public func parseSignature(_ t: Thread, _ text: StaticString) -> SignaturePointer {
    let inWords = text.utf8CodeUnitCount > 0 && text.utf8Start.pointee == 0x21
    let marks = inWords || text.utf8CodeUnitCount > 0 && text.utf8Start.pointee == 0x3F ? 1 : 0
    let source = UnsafeBufferPointer(start: text.utf8Start + marks, count: text.utf8CodeUnitCount - marks)
    let result = SignaturePointer.allocate(capacity: 1)
    var commas = 1
    for c in source where c == 0x2C { commas += 1 }
    result.initialize(to: Signature(parameters: UnsafeMutablePointer<Parameter>.allocate(capacity: commas + 1)))
    result.pointee.countsInWords = inWords
    var i = source.isEmpty ? 0 : 1
    let end = source.isEmpty ? 0 : source.count - 1
    var keywordOnly = false
    while i < end {
        while i < end && (source[i] == 0x20 || source[i] == 0x2C) { i += 1 }
        if i >= end { break }
        let start = i
        var depth = 0
        var quote: UInt8 = 0
        var equals = -1
        while i < end {
            let c = source[i]
            if quote != 0 {
                if c == 0x5C { i += 1 } else if c == quote { quote = 0 }
            } else if c == 0x27 || c == 0x22 {
                quote = c
            } else if c == 0x28 || c == 0x5B || c == 0x7B || c == 0x3C {
                depth += 1
            } else if c == 0x29 || c == 0x5D || c == 0x7D || c == 0x3E {
                depth -= 1
            } else if c == 0x2C && depth == 0 {
                break
            } else if c == 0x3D && depth == 0 && equals < 0 {
                equals = i
            }
            i += 1
        }
        addParameter(t, result, source, start, i, equals, &keywordOnly)
    }
    for p in 0..<result.pointee.positional where result.pointee.parameters[p].required { result.pointee.required = p + 1 }
    for p in 0..<result.pointee.positionalOnly where result.pointee.parameters[p].required { result.pointee.requiredPositionalOnly = p + 1 }
    return result
}

private func addParameter(_ t: Thread, _ s: SignaturePointer, _ source: UnsafeBufferPointer<UInt8>, _ from: Int, _ to: Int, _ equals: Int, _ keywordOnly: inout Bool) {
    var start = from
    var end = equals >= 0 ? equals : to
    while end > start && source[end - 1] == 0x20 { end -= 1 }
    if source[start] == 0x2F {
        s.pointee.positionalOnly = s.pointee.count
        return
    }
    var stars = 0
    while start < end && source[start] == 0x2A { stars += 1; start += 1 }
    if stars == 1 && start == end {
        keywordOnly = true
        return
    }
    var marked = false
    if source[start] == 0x24 { marked = true; start += 1 }
    var colon = start
    while colon < end && source[colon] != 0x3A { colon += 1 }
    end = colon
    let n = internImmortal(t, makeString(t, utf8: source.baseAddress.unsafelyUnwrapped + start, count: end - start))
    let index = s.pointee.count
    s.pointee.count += 1
    var p = Parameter(name: n, fallback: .missing, required: equals < 0)
    if stars == 1 {
        s.pointee.varPositional = index
        keywordOnly = true
        p.required = false
    } else if stars == 2 {
        s.pointee.varKeyword = index
        p.required = false
    } else {
        if equals >= 0 {
            var d = equals + 1
            while d < to && source[d] == 0x20 { d += 1 }
            p.fallback = defaultValue(t, UnsafeBufferPointer(rebasing: source[d..<to]))
        }
        if !keywordOnly { s.pointee.positional += 1 }
        if index == 0 {
            if marked || n == name(.`self`) || equalsText(n, "cls") || equalsText(n, "type") && marked { s.pointee.implicit = 1 }
            if marked { s.pointee.positionalOnly = 1 }
        }
    }
    s.pointee.parameters[index] = p
    if s.pointee.implicit == 1 && s.pointee.positionalOnly == 0 { s.pointee.positionalOnly = 1 }
}

private func equalsText(_ v: Value, _ text: StaticString) -> Bool {
    if v.strCount != text.utf8CodeUnitCount || !v.strIsASCII { return false }
    let p = v.strData.assumingMemoryBound(to: UInt8.self)
    for i in 0..<v.strCount where p[i] != text.utf8Start[i] { return false }
    return true
}

/// An interned string that is never freed.
func internImmortal(_ t: Thread, _ v: Value) -> Value {
    let n = intern(t, v)
    if n.header.pointee.flags & HeaderFlags.immortal == 0 { makeImmortal(n) }
    return n
}

private func defaultValue(_ t: Thread, _ raw: UnsafeBufferPointer<UInt8>) -> Value {
    var text = raw
    while let last = text.last, last == 0x20 { text = UnsafeBufferPointer(rebasing: text.dropLast()) }
    guard let first = text.first else { return .missing }
    if first == 0x27 || first == 0x22 {
        if text.contains(0x5C) { return .missing }
        return internImmortal(t, makeString(t, utf8: text.baseAddress.unsafelyUnwrapped + 1, count: text.count - 2))
    }
    let word = String(decoding: text, as: UTF8.self)
    switch word {
    case "None": return .none
    case "True": return .true
    case "False": return .false
    case "()": return ladon_runtime.emptyTuple
    case "b''", "b\"\"": return ladon_runtime.emptyBytes
    default:
        if let n = Int(word), Value.fitsSmallInt(n) { return Value(smallInt: n) }
        return .missing
    }
}

/// A signature for functions that bind by hand; keep the pointer in a global that is made once.
public func nativeSignature(_ t: Thread, _ cache: inout SignaturePointer?, _ text: StaticString) -> SignaturePointer {
    if let s = cache { return s }
    let s = parseSignature(t, text)
    cache = s
    return s
}

/// Who is called, for messages: the plain name ("pop") and, for functions that take no keywords, the full one ("list.pop").
public struct CalleeName {
    var short: StaticString
    var record: NativeRecordPointer?
    /// A type, a module's name (str), or 0.
    var owner: Value

    public init(_ short: StaticString) { self.short = short; record = nil; owner = Value(bits: 0) }
    init(record: NativeRecordPointer, owner: Value) { short = record.pointee.member.name; self.record = record; self.owner = owner }

    private var isConstructor: Bool {
        short.utf8CodeUnitCount >= 7 && (short.description == "__new__" || short.description == "__init__") && owner.bits != 0
    }
    var plain: String { isConstructor && isType(owner) ? owner.asType.shortNameText : short.description }
    /// Constructors are checked in another style.
    var checksLikeConstructor: Bool { record == nil || isConstructor }
    var full: String {
        if owner.bits == 0 || isConstructor { return plain }
        if isType(owner) { return owner.asType.shortNameText + "." + short.description }
        let module = swiftString(owner)
        return module == "builtins" ? short.description : module + "." + short.description
    }
}

private func plural(_ n: Int) -> String { n == 1 ? "" : "s" }

/// Binds `count` positional arguments, then one per name in `names`, to the parameters: `into` has room for `signature.count` values. False: raised.
@inline(never) public func bindArguments(_ t: Thread, _ signature: SignaturePointer, _ callee: CalleeName, _ args: Values?, _ count: Int, _ names: Value, into out: Values) -> Bool {
    let s = signature.pointee
    let keywords = names.bits == 0 ? 0 : names.tupleCount
    if !s.takesKeywords {
        if keywords != 0 {
            _ = raise(t, .typeError, "\(callee.full)() takes no keyword arguments")
            return false
        }
        if count < s.required || (count > s.positional && s.varPositional < 0) { return raisePositionalCount(t, s, callee, count) }
    } else if !checkKeywordCounts(t, s, callee, count, keywords) {
        return false
    }
    let given = min(count, s.positional)
    var i = 0
    while i < given { out[i] = args.unsafelyUnwrapped[i]; i += 1 }
    while i < s.count { out[i] = Value(bits: 0); i += 1 }
    if s.varPositional >= 0 {
        let extra = max(0, count - s.positional)
        let rest = extra == 0 ? ladon_runtime.emptyTuple : makeTuple(t, args.unsafelyUnwrapped + s.positional, extra)
        if rest.isRaised { return false }
        out[s.varPositional] = rest
    }
    if s.varKeyword >= 0 {
        let d = makeDict(t)
        if d.isRaised { return false }
        out[s.varKeyword] = d
    }
    var unknown = Value(bits: 0)
    var k = 0
    while k < keywords {
        let n = names.tupleItems[k]
        let value = args.unsafelyUnwrapped[count + k]
        k += 1
        let p = parameterIndex(s, n)
        if p < 0 {
            if s.varKeyword >= 0 {
                if dictSet(t, out[s.varKeyword], n, value) < 0 { return false }
            } else if unknown.bits == 0 {
                unknown = n
            }
            continue
        }
        if out[p].bits != 0 {
            _ = raise(t, .typeError, "argument for \(callee.plain)() given by name ('\(swiftString(n))') and position (\(p - s.implicit + 1))")
            return false
        }
        out[p] = value
    }
    i = given
    while i < s.count {
        if out[i].bits == 0 {
            if s.parameters[i].required {
                if s.positional > i {
                    _ = raise(t, .typeError, "\(callee.plain)() missing required argument '\(swiftString(s.parameters[i].name))' (pos \(i - s.implicit + 1))")
                } else {
                    _ = raise(t, .typeError, "\(callee.plain)() missing required keyword-only argument: '\(swiftString(s.parameters[i].name))'")
                }
                return false
            }
            out[i] = s.parameters[i].fallback
        }
        i += 1
    }
    if unknown.bits != 0 {
        _ = raise(t, .typeError, "'\(swiftString(unknown))' is an invalid keyword argument for \(callee.plain)()")
        return false
    }
    return true
}

private func parameterIndex(_ s: Signature, _ n: Value) -> Int {
    var i = s.positionalOnly
    while i < s.count {
        if i != s.varPositional && i != s.varKeyword {
            let p = s.parameters[i].name
            if p == n || (n.isCell && p != n && n.strCount == p.strCount && stringEqual(p, n)) { return i }
        }
        i += 1
    }
    return -1
}

private func raisePositionalCount(_ t: Thread, _ s: Signature, _ callee: CalleeName, _ count: Int) -> Bool {
    let given = count - s.implicit
    let most = s.positional - s.implicit
    let least = s.required - s.implicit
    if given < 0 {
        _ = raise(t, .typeError, "unbound method \(callee.full)() needs an argument")
        return false
    }
    if s.countsInWords {
        let limit = given < least ? least : most
        _ = raise(t, .typeError, "\(callee.plain)() takes \(least == most ? "exactly" : given < least ? "at least" : "at most") \(limit) argument\(plural(limit)) (\(given) given)")
        return false
    }
    if s.varPositional < 0 && !callee.checksLikeConstructor {
        if most == 0 {
            _ = raise(t, .typeError, "\(callee.full)() takes no arguments (\(given) given)")
            return false
        }
        if most == 1 && least == 1 {
            _ = raise(t, .typeError, "\(callee.full)() takes exactly one argument (\(given) given)")
            return false
        }
    }
    let limit = given < least ? least : most
    let bound = least == most && s.varPositional < 0 ? "" : given < least ? "at least " : "at most "
    _ = raise(t, .typeError, "\(callee.plain) expected \(bound)\(limit) argument\(plural(limit)), got \(given)")
    return false
}

private func checkKeywordCounts(_ t: Thread, _ s: Signature, _ callee: CalleeName, _ count: Int, _ keywords: Int) -> Bool {
    let given = count - s.implicit
    if given < 0 {
        _ = raise(t, .typeError, "unbound method \(callee.full)() needs an argument")
        return false
    }
    let most = s.positional - s.implicit
    if s.varPositional < 0 {
        let total = s.plainCount
        if s.varKeyword < 0 && given + keywords > total {
            var least = s.required - s.implicit
            for i in s.positional..<max(s.positional, s.count) where s.parameters[i].required { least += 1 }
            let bound = least == total ? "exactly" : "at most"
            if given > most && most < total && keywords == 0 && given <= total { return raiseTooManyPositional(t, s, callee, given, most) }
            if most == 0 && given > 0 {
                _ = raise(t, .typeError, "\(callee.plain)() takes no positional arguments")
                return false
            }
            _ = raise(t, .typeError, "\(callee.plain)() takes \(bound) \(total) \(given == 0 ? "keyword " : "")argument\(plural(total)) (\(given + keywords) given)")
            return false
        }
        if given > most { return raiseTooManyPositional(t, s, callee, given, most) }
    }
    let least = s.requiredPositionalOnly - s.implicit
    if given < least {
        let bound = least < most || s.varPositional >= 0 ? "at least" : "exactly"
        _ = raise(t, .typeError, "\(callee.plain)() takes \(bound) \(least) positional argument\(plural(least)) (\(given) given)")
        return false
    }
    return true
}

private func raiseTooManyPositional(_ t: Thread, _ s: Signature, _ callee: CalleeName, _ given: Int, _ most: Int) -> Bool {
    if most == 0 {
        _ = raise(t, .typeError, "\(callee.plain)() takes no positional arguments")
    } else {
        let least = s.required - s.implicit
        _ = raise(t, .typeError, "\(callee.plain)() takes \(least < most ? "at most" : "exactly") \(most) positional argument\(plural(most)) (\(given) given)")
    }
    return false
}

// MARK: for slots that bind by hand

/// TypeError "list() takes no keyword arguments" when there are any; true when there are none.
public func noKeywords(_ t: Thread, _ callee: StaticString, _ names: Value) -> Bool {
    if names.bits == 0 || names.tupleCount == 0 { return true }
    _ = raise(t, .typeError, "\(callee)() takes no keyword arguments")
    return false
}

/// TypeError "list expected at most 1 argument, got 2" unless `least <= count <= most`.
public func checkPositional(_ t: Thread, _ callee: StaticString, _ count: Int, _ least: Int, _ most: Int) -> Bool {
    if count >= least && count <= most { return true }
    let limit = count < least ? least : most
    let bound = least == most ? "" : count < least ? "at least " : "at most "
    _ = raise(t, .typeError, "\(callee) expected \(bound)\(limit) argument\(plural(limit)), got \(count)")
    return false
}
