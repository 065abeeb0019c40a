// The module `_sre`: its whole surface.

import CLadonUnicode
import Glibc
import LadonRuntime
import LadonTypes

/// The module `_sre`.
public func sreModule() -> ModuleDefinition {
    ModuleDefinition("_sre", members: [
        .method("compile", "($module, /, pattern, flags, code, groups, groupindex, indexgroup)", { t, a in compilePattern(t, a) }),
        .method("getcodesize", "()", { t, a in Value(smallInt: 4) }),
        .method("ascii_iscased", "(character, /)", { t, a in
            guard let cp = codePoint(t, a[0]) else { return .raised }
            return Value(cp < 128 && (cp | 32) &- 97 < 26)
        }),
        .method("unicode_iscased", "(character, /)", { t, a in
            guard let cp = codePoint(t, a[0]) else { return .raised }
            return Value(sreLowerUnicode(cp) != cp || sreUpperUnicode(cp) != cp)
        }),
        .method("ascii_tolower", "(character, /)", { t, a in
            guard let cp = codePoint(t, a[0]) else { return .raised }
            return Value(smallInt: Int(sreLowerASCII(cp)))
        }),
        .method("unicode_tolower", "(character, /)", { t, a in
            guard let cp = codePoint(t, a[0]) else { return .raised }
            return Value(smallInt: Int(sreLowerUnicode(cp)))
        }),
        .constant("MAGIC") { t, a in Value(smallInt: 20220615) },
        .constant("CODESIZE") { t, a in Value(smallInt: 4) },
        .constant("MAXREPEAT") { t, a in Value(smallInt: Int(sreMaxRepeat)) },
        .constant("MAXGROUPS") { t, a in Value(smallInt: Int(Int32.max) / 2) },
        .constant("copyright") { t, a in makeString(t, " SRE 2.2.2 Copyright (c) 1997-2002 by Secret Labs AB ") },
    ], types: [patternDefinition, matchDefinition, scannerDefinition])
}

private func codePoint(_ t: Thread, _ v: Value) -> UInt32? {
    guard let n = asInt32(t, v) else { return nil }
    return n >= 0 && n < 0x110000 ? UInt32(n) : 0
}

/// compile(pattern, flags, code, groups, groupindex, indexgroup); a[0] is the module.
private func compilePattern(_ t: Thread, _ a: Values) -> Value {
    let source = a[1], words = a[3], groupIndex = a[5], indexGroup = a[6]
    guard let flags = asInt(t, a[2]) else { return .raised }
    if !isList(words) { return raise(t, .typeError, "compile() argument 'code' must be list, not \(typeName(words))") }
    guard let groups = asInt(t, a[4]) else { return .raised }
    if !isDict(groupIndex) { return raise(t, .typeError, "compile() argument 'groupindex' must be dict, not \(typeName(groupIndex))") }
    if !isTuple(indexGroup) { return raise(t, .typeError, "compile() argument 'indexgroup' must be tuple, not \(typeName(indexGroup))") }
    let items = sequenceToTuple(t, words)
    if items.isRaised { return .raised }
    let count = items.tupleCount
    let storage = newTextBuffer(t, capacity: SetBitmaps.storageSize(count) + 8, fill: 0)
    let code = (storage + MemoryLayout<TextBufferCell>.size).assumingMemoryBound(to: UInt32.self)
    for i in 0..<count {
        let n = items.tupleItems[i]
        // The words are ints, named ones (of a subclass) for the operations.
        guard isInt(n), let word = intAsWord(plainInt(n)), let unit = UInt32(exactly: word) else {
            return raise(t, .overflowError, "regular expression code size limit exceeded")
        }
        code[i] = unit
    }
    SetBitmaps.prepare(code, count)
    var isBytes = -1
    if !source.isNone {
        if source.isStr {
            isBytes = 0
        } else if supportsBuffer(source) {
            isBytes = 1
        } else {
            return raise(t, .typeError, "expected string or bytes-like object, got '\(typeName(source))'")
        }
    }
    if groups < 0 || groups > Int(Int32.max) / 2 || !CodeValidator(code: code, count: count, groups: groups).isValid() {
        return raise(t, .runtimeError, "invalid SRE code")
    }
    let type = getAttribute(t, a[0], internStatic(t, "Pattern"))
    let matchType = getAttribute(t, a[0], internStatic(t, "Match"))
    let scannerType = getAttribute(t, a[0], internStatic(t, "SRE_Scanner"))
    if type.isRaised || matchType.isRaised || scannerType.isRaised { return .raised }
    let pattern = allocateInstance(t, type.asType, variableItems: 0)
    if pattern.isRaised { return .raised }
    let p = pattern.asPattern
    p.pointee.pattern = source
    p.pointee.groupIndex = groupIndex
    p.pointee.indexGroup = indexGroup
    p.pointee.codeOwner = Value(storage)
    p.pointee.matchType = matchType
    p.pointee.scannerType = scannerType
    p.pointee.flags = flags
    p.pointee.groups = groups
    p.pointee.codeSize = count
    p.pointee.isBytes = isBytes
    return pattern
}
