// Binding a call's arguments to a Python function's parameters, with CPython's error messages.
//
// The parameters are the first registers of the new frame: positional ones, keyword-only ones, then *args,
// then **kwargs. `source` may be the very registers that are filled.

/// Fills the parameter registers of `frame` and clears its other variables. `names` is 0 or a tuple of str for
/// the last values of `source`. False: raised.
func bindArguments(_ t: Thread, _ function: Value, _ frame: Values, _ source: Values, _ count: Int, _ names: Value) -> Bool {
    let code = function.asFunction.pointee.code.asCode
    let registers = frame + Frame.headerSize
    let positional = code.pointee.argumentCount
    let variables = code.pointee.variableCount
    if names.isRaised && code.pointee.parameterCount == positional && count <= positional {
        // Only plain parameters, given by position: in place, then defaults.
        if source != registers { for i in 0..<count { registers[i] = source[i] } }
        if count < positional {
            let defaults = function.asFunction.pointee.defaults
            let available = defaults.bits == 0 ? 0 : defaults.tupleCount
            let firstDefault = positional - available
            if count < firstDefault {
                for i in count..<positional { registers[i] = i >= firstDefault ? defaults.tupleItems[i - firstDefault] : .raised }
                return missingPositional(t, function, registers)
            }
            for i in count..<positional { registers[i] = defaults.tupleItems[i - firstDefault] }
        }
        if positional < variables { for i in positional..<variables { registers[i] = .raised } }
        return true
    }
    let named = names.isRaised ? 0 : names.tupleCount
    if code.pointee.parameterCount == positional + code.pointee.keywordOnlyCount && count - named <= positional && named <= 8 && source >= registers {
        switch bindNamed(t, function, code, registers, source, count - named, names, named) {
        case 1: return true
        case 0: return false
        default: break
        }
    }
    // The general case works on a copy, because the registers are overwritten in another order.
    return withScratch(t, count, failed: false) { arguments in
        for i in 0..<count { arguments[i] = source[i] }
        return bindGeneral(t, function, registers, arguments, count, names)
    }
}

/// Neither *args nor **kwargs, and not too many positional arguments: everything has a register of its own, so only the
/// named values, at most eight, are copied aside. 1: bound; 0: raised; -1: unusual (a name that is no parameter's own
/// object, a value given twice, a value missing), the registers from `source` on are as they were.
@inline(__always)
private func bindNamed(_ t: Thread, _ function: Value, _ code: CodePointer, _ registers: Values, _ source: Values, _ given: Int, _ names: Value, _ named: Int) -> Int {
    let positional = code.pointee.argumentCount
    let total = positional + code.pointee.keywordOnlyCount
    let first = code.pointee.positionalOnlyCount
    let localNames = code.pointee.localNames.tupleItems
    // Where each named value goes; a register must not be meant twice.
    var targets: (UInt64, UInt64) = (0, 0)
    var seen: UInt64 = 0
    if total > 64 { return -1 }
    return withUnsafeMutableBytes(of: &targets) { raw -> Int in
        let target = raw.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: UInt8.self)
        for k in 0..<named {
            let keyword = names.tupleItems[k]
            var i = first
            while i < total && localNames[i] != keyword { i += 1 }
            if i >= total || i < given || seen & (1 << UInt64(i)) != 0 { return -1 }
            seen |= 1 << UInt64(i)
            target[k] = UInt8(truncatingIfNeeded: i)
        }
        // Whether all the rest has defaults, before anything is overwritten.
        let defaults = function.asFunction.pointee.defaults
        let firstDefault = positional - (defaults.bits == 0 ? 0 : defaults.tupleCount)
        var i = given
        while i < min(firstDefault, positional) {
            if seen & (1 << UInt64(i)) == 0 { return -1 }
            i += 1
        }
        let keywordDefaults = function.asFunction.pointee.kwDefaults
        if total > positional && keywordDefaults.bits != 0 && !keywordDefaults.isExactly(.dict) { return -1 }
        i = positional
        while i < total {
            if seen & (1 << UInt64(i)) == 0 && (keywordDefaults.bits == 0 || dictGetName(t, keywordDefaults, localNames[i]).isMissing) { return -1 }
            i += 1
        }

        var values = (Value.raised, Value.raised, Value.raised, Value.raised, Value.raised, Value.raised, Value.raised, Value.raised)
        return withUnsafeMutableBytes(of: &values) { raw -> Int in
            let aside = raw.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: Value.self)
            for k in 0..<named { aside[k] = source[given + k] }
            if source != registers { for i in 0..<given { registers[i] = source[i] } }
            var i = given
            while i < code.pointee.variableCount { registers[i] = .raised; i += 1 }
            for k in 0..<named { registers[Int(target[k])] = aside[k] }
            i = max(given, firstDefault)
            while i < positional {
                if registers[i].bits == 0 { registers[i] = defaults.tupleItems[i - firstDefault] }
                i += 1
            }
            i = positional
            while i < total {
                if registers[i].bits == 0 {
                    let v = dictGetName(t, keywordDefaults, localNames[i])
                    // Another thread took it out meanwhile.
                    if v.isMissing { return missingKeywordOnly(t, function, registers) ? 1 : 0 }
                    registers[i] = v
                }
                i += 1
            }
            return 1
        }
    }
}

private func bindGeneral(_ t: Thread, _ function: Value, _ registers: Values, _ arguments: Values, _ count: Int, _ names: Value) -> Bool {
    let code = function.asFunction.pointee.code.asCode
    let positional = code.pointee.argumentCount, keywordOnly = code.pointee.keywordOnlyCount
    let total = positional + keywordOnly
    let hasVarArguments = code.codeFlags.contains(.varArguments), hasVarKeywords = code.codeFlags.contains(.varKeywords)
    let named = names.isRaised ? 0 : names.tupleCount
    let given = count - named
    for i in 0..<code.pointee.variableCount { registers[i] = .raised }

    // The registers may lie above the running frame's top, where the collector does not look yet: what is only
    // there is kept alive by these locals.
    var keywords = Value.raised, rest = Value.raised
    defer {
        ladon_keep_alive(keywords)
        ladon_keep_alive(rest)
    }
    if hasVarKeywords {
        keywords = makeDict(t)
        if keywords.isRaised { return false }
        registers[total + (hasVarArguments ? 1 : 0)] = keywords
    }
    for i in 0..<min(given, positional) { registers[i] = arguments[i] }
    if hasVarArguments {
        let extra = max(given - positional, 0)
        let tuple = makeTuple(t, extra)
        if tuple.isRaised { return false }
        for i in 0..<extra { tuple.tupleItems[i] = arguments[positional + i] }
        registers[total] = tuple
        rest = tuple
    }
    let localNames = code.pointee.localNames
    let positionalOnly = code.pointee.positionalOnlyCount
    for k in 0..<named {
        let keyword = names.tupleItems[k], value = arguments[given + k]
        guard isInstanceOf(keyword, .str) else {
            _ = raise(t, .typeError, "\(functionName(function))() keywords must be strings")
            return false
        }
        var index = -1
        for i in positionalOnly..<max(total, positionalOnly) where localNames.tupleItems[i] == keyword { index = i; break }
        if index < 0 {
            for i in positionalOnly..<max(total, positionalOnly) where stringEqual(localNames.tupleItems[i], keyword) { index = i; break }
        }
        if index >= 0 {
            if registers[index].bits != 0 {
                _ = raise(t, .typeError, "\(functionName(function))() got multiple values for argument '\(swiftString(keyword))'")
                return false
            }
            registers[index] = value
            continue
        }
        if keywords.bits == 0 {
            unexpectedKeyword(t, function, keyword, names)
            return false
        }
        if dictSet(t, keywords, keyword, value) < 0 { return false }
    }
    if given > positional && !hasVarArguments {
        tooManyPositional(t, function, registers, given)
        return false
    }
    if given < positional {
        let defaults = function.asFunction.pointee.defaults
        let available = defaults.bits == 0 ? 0 : defaults.tupleCount
        let firstDefault = positional - available
        var missing = false
        for i in 0..<positional where registers[i].bits == 0 {
            if i >= firstDefault { registers[i] = defaults.tupleItems[i - firstDefault] } else { missing = true }
        }
        if missing { return missingPositional(t, function, registers) }
    }
    if keywordOnly > 0 {
        let defaults = function.asFunction.pointee.kwDefaults
        var missing = false
        for i in positional..<total where registers[i].bits == 0 {
            let v = defaults.bits == 0 ? Value.missing : dictGet(t, defaults, localNames.tupleItems[i])
            if v.isRaised { return false }
            if v.isMissing { missing = true } else { registers[i] = v }
        }
        if missing { return missingKeywordOnly(t, function, registers) }
    }
    return true
}

/// The qualified name that messages use.
func functionName(_ function: Value) -> String { swiftString(function.asFunction.pointee.qualname) }

private func listed(_ names: [String]) -> String {
    switch names.count {
    case 1: return names[0]
    case 2: return "\(names[0]) and \(names[1])"
    default: return names.dropLast().joined(separator: ", ") + ", and " + names[names.count - 1]
    }
}

private func missingPositional(_ t: Thread, _ function: Value, _ registers: Values) -> Bool {
    let code = function.asFunction.pointee.code.asCode
    let names = (0..<code.pointee.argumentCount).filter { registers[$0].bits == 0 }.map { "'\(swiftString(code.pointee.localNames.tupleItems[$0]))'" }
    _ = raise(t, .typeError, "\(functionName(function))() missing \(names.count) required positional argument\(names.count == 1 ? "" : "s"): \(listed(names))")
    return false
}

private func missingKeywordOnly(_ t: Thread, _ function: Value, _ registers: Values) -> Bool {
    let code = function.asFunction.pointee.code.asCode
    let first = code.pointee.argumentCount
    let names = (first..<first + code.pointee.keywordOnlyCount).filter { registers[$0].bits == 0 }.map { "'\(swiftString(code.pointee.localNames.tupleItems[$0]))'" }
    _ = raise(t, .typeError, "\(functionName(function))() missing \(names.count) required keyword-only argument\(names.count == 1 ? "" : "s"): \(listed(names))")
    return false
}

private func tooManyPositional(_ t: Thread, _ function: Value, _ registers: Values, _ given: Int) {
    let code = function.asFunction.pointee.code.asCode
    let defaults = function.asFunction.pointee.defaults
    let available = defaults.bits == 0 ? 0 : defaults.tupleCount
    let positional = code.pointee.argumentCount
    let keywordGiven = (positional..<positional + code.pointee.keywordOnlyCount).filter { registers[$0].bits != 0 }.count
    let plural = available > 0 || positional != 1
    let takes = available > 0 ? "from \(positional - available) to \(positional)" : "\(positional)"
    var givenText = "\(given)"
    if keywordGiven > 0 {
        givenText += " positional argument\(given == 1 ? "" : "s") (and \(keywordGiven) keyword-only argument\(keywordGiven == 1 ? "" : "s"))"
    }
    _ = raise(t, .typeError, "\(functionName(function))() takes \(takes) positional argument\(plural ? "s" : "") but \(givenText) \(given == 1 && keywordGiven == 0 ? "was" : "were") given")
}

private func unexpectedKeyword(_ t: Thread, _ function: Value, _ keyword: Value, _ names: Value) {
    let code = function.asFunction.pointee.code.asCode
    // Positional-only parameters passed by keyword have a message of their own.
    var clashes: [String] = []
    for i in 0..<code.pointee.positionalOnlyCount {
        for k in 0..<names.tupleCount where stringEqual(code.pointee.localNames.tupleItems[i], names.tupleItems[k]) {
            clashes.append(swiftString(names.tupleItems[k]))
        }
    }
    if !clashes.isEmpty {
        _ = raise(t, .typeError, "\(functionName(function))() got some positional-only arguments passed as keyword arguments: '\(clashes.joined(separator: ", "))'")
        return
    }
    _ = raise(t, .typeError, "\(functionName(function))() got an unexpected keyword argument '\(swiftString(keyword))'")
}
