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
    // The general case works on a copy, because the registers are overwritten in another order.
    return withUnsafeTemporaryAllocation(of: Value.self, capacity: max(count, 1)) { buffer -> Bool in
        let arguments = buffer.baseAddress.unsafelyUnwrapped
        for i in 0..<count { arguments[i] = source[i] }
        let ok = bindGeneral(t, function, registers, arguments, count, names)
        ladon_keep_alive(Value(bits: UInt(bitPattern: arguments)))
        return ok
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
