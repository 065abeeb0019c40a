// "Did you mean: 'x'?" for NameError and AttributeError: the name nearest to the one that was not found.

/// The suggestion for an exception, a str, or nil. Raises nothing.
func suggestion(_ t: Thread, for e: Value) -> Value? {
    let found: Value
    if e.isCell && typeOf(e) == builtinType(.attributeError) { found = attributeSuggestion(t, e) }
    else if e.isCell && typeOf(e) == builtinType(.nameError) { found = nameSuggestion(t, e) }
    else { return nil }
    clearException(t)
    return found.isRaised || found.isMissing ? nil : found
}

private func attributeSuggestion(_ t: Thread, _ e: Value) -> Value {
    let wanted = loadSlot(e.exceptionFields + ExceptionField.attributeName)
    let object = loadSlot(e.exceptionFields + ExceptionField.attributeObject)
    if wanted.bits == 0 || object.bits == 0 || !wanted.isExactly(.str) { return .missing }
    let names = callSpecial(t, object, name(.__dir__))
    if names.isRaised || names.isMissing { return .missing }
    let list = iterateToList(t, names)
    if list.isRaised || callMethod(t, list, .sort).isRaised { return .missing }
    return nearest(t, wanted, in: list)
}

private func nameSuggestion(_ t: Thread, _ e: Value) -> Value {
    let wanted = loadSlot(e.exceptionFields + ExceptionField.nameErrorName)
    var entry = loadSlot(&e.asException.pointee.traceback)
    if wanted.bits == 0 || !wanted.isExactly(.str) || entry.bits == 0 || entry.isNone { return .missing }
    while true {
        let next = loadSlot(&entry.asTraceback.pointee.next)
        if next.bits == 0 || next.isNone { break }
        entry = next
    }
    let frame = entry.asTraceback.pointee.frame.asFrame
    var list = iterateToList(t, frame.pointee.code.asCode.pointee.localNames)
    if list.isRaised { return .missing }
    let local = nearest(t, wanted, in: list)
    if !local.isMissing { return local }
    let function = frame.pointee.function.asFunction
    for dict in 0..<2 {
        let scope = dict == 0 ? function.pointee.globals : function.pointee.builtins
        if !isInstanceOf(scope, .dict) { continue }
        list = dictKeysToList(t, scope)
        if list.isRaised { return .missing }
        let found = nearest(t, wanted, in: list)
        if !found.isMissing { return found }
    }
    return .missing
}

private let maximumCandidates = 750, maximumLength = 40, moveCost = 2, caseCost = 1

/// The str in a list that is nearest to `wanted`, at most a third of the characters changed; `.missing` when none is near enough.
private func nearest(_ t: Thread, _ wanted: Value, in list: Value) -> Value {
    let count = listCount(list)
    if count >= maximumCandidates { return .missing }
    let target = Array(swiftString(wanted).utf8)
    var best = Value.missing
    var bestDistance = Int.max
    for i in 0..<count {
        let item = listGet(t, list, i)
        if item.isMissing || !isInstanceOf(item, .str) { return .missing }
        if stringEqual(item, wanted) { continue }
        let candidate = Array(swiftString(item).utf8)
        let limit = min((target.count + candidate.count + 3) * moveCost / 6, bestDistance - 1)
        let distance = editDistance(target[...], candidate[...], limit)
        if distance > limit { continue }
        best = item
        bestDistance = distance
    }
    return best
}

/// Levenshtein's distance, a change of case costing half; anything above `limit` when it is greater than that.
private func editDistance(_ first: ArraySlice<UInt8>, _ second: ArraySlice<UInt8>, _ limit: Int) -> Int {
    var a = first, b = second
    while let x = a.first, let y = b.first, x == y { a.removeFirst(); b.removeFirst() }
    while let x = a.last, let y = b.last, x == y { a.removeLast(); b.removeLast() }
    if a.isEmpty || b.isEmpty { return (a.count + b.count) * moveCost }
    if a.count > maximumLength || b.count > maximumLength { return limit + 1 }
    if b.count < a.count { swap(&a, &b) }
    if (b.count - a.count) * moveCost > limit { return limit + 1 }
    let short = Array(a), long = Array(b)
    // One row of the matrix, updated in place.
    var row = (1...short.count).map { $0 * moveCost }
    var result = 0
    for (j, code) in long.enumerated() {
        var diagonal = j * moveCost
        result = diagonal
        var least = Int.max
        for i in 0..<short.count {
            let substitute = diagonal + substitutionCost(code, short[i])
            diagonal = row[i]
            result = min(min(result, diagonal) + moveCost, substitute)
            row[i] = result
            least = min(least, result)
        }
        if least > limit { return limit + 1 }
    }
    return result
}

private func substitutionCost(_ a: UInt8, _ b: UInt8) -> Int {
    if a & 31 != b & 31 { return moveCost }
    if a == b { return 0 }
    func lower(_ c: UInt8) -> UInt8 { c >= 65 && c <= 90 ? c + 32 : c }
    return lower(a) == lower(b) ? caseCost : moveCost
}
