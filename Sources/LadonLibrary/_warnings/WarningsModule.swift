// The module `_warnings`: deciding what becomes of a warning. `warnings.py` adds formatting and filters on top.
//
// State: the filter list, the once registry and the default action live in InterpreterState and are shown as
// attributes; when `warnings` is imported its own names (which programs rebind) count instead, as in CPython.

public func warningsModule() -> ModuleDefinition {
    ModuleDefinition("_warnings", doc: "_warnings provides basic warning filtering support.\nIt is a helper module to speed up interpreter start-up.", members: [
        .method("_filters_mutated", "()", { t, a in
            interpreter(t).pointee.warningFiltersVersion += 1
            return .none
        }, ""),
        .method("warn", "(message, category=None, stacklevel=1, source=None)", warnings_warn,
                "Issue a warning, or maybe ignore it or raise an exception."),
        .method("warn_explicit", "(message, category, filename, lineno, module=None, registry=None, module_globals=None, source=None)",
                warnings_warnExplicit, "Issue a warning, or maybe ignore it or raise an exception."),
    ], initialize: { t, a in
        let state = interpreter(t)
        if state.pointee.warningFilters.bits == 0 && !makeWarningState(t) { return .raised }
        let dict = a[0].cell(as: ModuleCell.self).pointee.dict
        let entries: [(StaticString, Value)] = [("filters", state.pointee.warningFilters), ("_onceregistry", state.pointee.warningOnceRegistry),
                                                ("_defaultaction", state.pointee.warningDefaultAction)]
        for (key, value) in entries where dictSet(t, dict, internStatic(t, key), value) < 0 { return .raised }
        return .none
    })
}

/// The default filters of a release build, and empty registries.
private func makeWarningState(_ t: Thread) -> Bool {
    let state = interpreter(t)
    let filters = makeList(t)
    func add(_ action: StaticString, _ category: TypeID, _ module: Value) -> Bool {
        let filter = makeTuple(t, internStatic(t, action), .none, builtinType(category).value, module, .zero)
        return !filter.isRaised && listAppend(t, filters, filter) >= 0
    }
    if state.pointee.flags.devMode == 0 {
        if !add("default", .deprecationWarning, internStatic(t, "__main__")) || !add("ignore", .deprecationWarning, .none)
            || !add("ignore", .pendingDeprecationWarning, .none) || !add("ignore", .importWarning, .none)
            || !add("ignore", .resourceWarning, .none) { return false }
    }
    state.pointee.warningFilters = filters
    state.pointee.warningOnceRegistry = makeDict(t)
    state.pointee.warningDefaultAction = internStatic(t, "default")
    return !state.pointee.warningOnceRegistry.isRaised
}

/// An attribute of `warnings` if that is imported, else the interpreter's own.
private func warningState(_ t: Thread, _ attribute: StaticString, _ own: Value) -> Value {
    let module = dictGetName(t, interpreter(t).pointee.modules, internStatic(t, "warnings"))
    if module.isMissing || !module.isExactly(.module) { return own }
    let v = getAttributeOrMissing(t, module, internStatic(t, attribute))
    return v.isMissing ? own : v
}

// MARK: warn

private func warnings_warn(_ t: Thread, _ a: Values) -> Value {
    guard let level = asInt(t, a[2]) else { return .raised }
    let category = warningCategory(t, a[0], a[1])
    if category.isRaised { return category }
    // The frame that `stacklevel` names; importlib's own frames don't count.
    var frame = currentFrame(t)
    var left = level
    if left <= 0 || frame.map(isImportlibFrame) == true {
        while left > 1, let f = frame { frame = f.caller.flatMap { $0.isBase ? nil : $0 }; left -= 1 }
    } else {
        while left > 1, let f = frame {
            var next = f.caller.flatMap { $0.isBase ? nil : $0 }
            while let n = next, isImportlibFrame(n) { next = n.caller.flatMap { $0.isBase ? nil : $0 } }
            frame = next
            left -= 1
        }
    }
    var globals = interpreter(t).pointee.sysDict, filename = makeString(t, "sys"), line = 1
    if let f = frame {
        globals = f.function.pointee.globals
        filename = f.code.pointee.filename
        line = Int(f.code.position(at: f.savedPC)?.line ?? 1)
    }
    var registry = dictGet(t, globals, name(.__warningregistry__))
    if registry.isRaised { return registry }
    if registry.isMissing {
        registry = makeDict(t)
        if registry.isRaised || dictSet(t, globals, name(.__warningregistry__), registry) < 0 { return .raised }
    }
    var module = dictGet(t, globals, name(.__name__))
    if module.isRaised { return module }
    if module.isMissing || !(module.isNone || isInstanceOf(module, .str)) { module = makeString(t, "<string>") }
    return warnExplicit(t, category, a[0], filename, line, module, registry, .none, a[3])
}

private func isImportlibFrame(_ f: Values) -> Bool {
    let text = swiftString(f.code.pointee.filename)
    return text.contains("importlib") && text.contains("_bootstrap")
}

/// The category that a warning's arguments mean. 0: raised.
private func warningCategory(_ t: Thread, _ message: Value, _ category: Value) -> Value {
    if isSubtype(typeOf(message), builtinType(.warning)) { return typeOf(message).value }
    if category.isNone || category.isMissing { return builtinType(.userWarning).value }
    if isType(category) && isSubtype(category.asType, builtinType(.warning)) { return category }
    return raise(t, .typeError, "category must be a Warning subclass, not '\(typeName(category))'")
}

private func warnings_warnExplicit(_ t: Thread, _ a: Values) -> Value {
    guard let line = asInt(t, a[3]) else { return .raised }
    if !isInstanceOf(a[2], .str) { return raise(t, .typeError, "warn_explicit() argument 'filename' must be str, not \(typeName(a[2]))") }
    if !a[6].isNone && !isInstanceOf(a[6], .dict) { return raise(t, .typeError, "module_globals must be a dict, not '\(typeName(a[6]))'") }
    let category = warningCategory(t, a[0], a[1])
    if category.isRaised { return category }
    var module = a[4]
    if module.isNone {
        var text = swiftString(a[2])
        if text.hasSuffix(".py") { text.removeLast(3) }
        module = makeString(t, text.isEmpty ? "<unknown>" : text)
    }
    return warnExplicit(t, category, a[0], a[2], line, module, a[5], a[6], a[7])
}

/// Decides by the filters, and shows, raises or drops the warning.
private func warnExplicit(_ t: Thread, _ category: Value, _ given: Value, _ filename: Value, _ line: Int, _ module: Value, _ registry: Value,
                          _ globals: Value, _ source: Value) -> Value {
    if module.isNone { return .none }
    if !registry.isNone && !isInstanceOf(registry, .dict) { return raise(t, .typeError, "'registry' must be a dict or None") }
    let isInstance = isSubtype(typeOf(given), builtinType(.warning))
    let text = isInstance ? str(t, given) : given
    let message = isInstance ? given : call(t, category, given)
    if text.isRaised || message.isRaised { return .raised }
    let number = Value(smallInt: line)
    let key = makeTuple(t, text, category, number)
    if key.isRaised { return key }
    if !registry.isNone {
        let known = alreadyWarned(t, registry, key, remember: false)
        if known != 0 { return known < 0 ? .raised : .none }
    }
    let action = findAction(t, category, text, line, module)
    if action.isRaised { return action }
    if !isInstanceOf(action, .str) { return raise(t, .typeError, "action must be a string, not '\(typeName(action))'") }
    switch swiftString(action) {
    case "error": return raiseValue(t, message)
    case "ignore": return .none
    case "always": break
    case "once":
        let once = warningState(t, "onceregistry", interpreter(t).pointee.warningOnceRegistry)
        if once.isRaised { return once }
        let onceKey = makeTuple(t, text, category)
        let known = alreadyWarned(t, once, onceKey, remember: true)
        if known != 0 { return known < 0 ? .raised : .none }
    case "module":
        if !registry.isNone {
            let known = alreadyWarned(t, registry, makeTuple(t, text, category, .zero), remember: true)
            if known != 0 { return known < 0 ? .raised : .none }
        }
    case "default":
        if !registry.isNone && dictSet(t, registry, key, .true) < 0 { return .raised }
    default:
        return raise(t, .runtimeError, "Unrecognized action (\(reprText(t, action))) in warnings.filters:\n \(reprText(t, action))")
    }
    return show(t, category, text, message, filename, line, source)
}

/// 1 when the registry has the key; forgets everything when the filters changed since.
private func alreadyWarned(_ t: Thread, _ registry: Value, _ key: Value, remember: Bool) -> Truth {
    let versionKey = internStatic(t, "version")
    let now = Value(smallInt: interpreter(t).pointee.warningFiltersVersion)
    let version = dictGet(t, registry, versionKey)
    if version.isRaised { return -1 }
    if version != now {
        dictClear(t, registry)
        if dictSet(t, registry, versionKey, now) < 0 { return -1 }
    } else {
        let v = dictGet(t, registry, key)
        if v.isRaised { return -1 }
        if !v.isMissing { return isTrue(t, v) }
    }
    return remember ? (dictSet(t, registry, key, .true) < 0 ? -1 : 0) : 0
}

private func findAction(_ t: Thread, _ category: Value, _ text: Value, _ line: Int, _ module: Value) -> Value {
    let state = interpreter(t)
    if state.pointee.warningFilters.bits == 0 && !makeWarningState(t) { return .raised }
    let filters = warningState(t, "filters", state.pointee.warningFilters)
    if filters.isRaised { return filters }
    if !isInstanceOf(filters, .list) { return raise(t, .valueError, "_warnings.filters must be a list") }
    var i = 0
    while i < listCount(filters) {
        let filter = listGet(t, filters, i)
        guard isInstanceOf(filter, .tuple), filter.tupleCount == 5 else { return raise(t, .valueError, "_warnings.filters item \(i) isn't a 5-tuple") }
        let f = filter.tupleItems
        let good = matches(t, f[1], text), goodModule = good == 1 ? matches(t, f[3], module) : good
        if goodModule < 0 { return .raised }
        guard let filterLine = asInt(t, f[4]) else { return .raised }
        if goodModule == 1 && (filterLine == 0 || filterLine == line) {
            let sub = isSubclass(t, category, f[2])
            if sub < 0 { return .raised }
            if sub == 1 { return f[0] }
        }
        i += 1
    }
    return warningState(t, "defaultaction", state.pointee.warningDefaultAction)
}

/// A filter's pattern against a text: None matches all, a str exactly, anything else by its `match` method.
private func matches(_ t: Thread, _ pattern: Value, _ text: Value) -> Truth {
    if pattern.isNone { return 1 }
    if pattern.isExactly(.str) { return equal(t, pattern, text) }
    let r = callMethod(t, pattern, internStatic(t, "match"), text)
    return r.isRaised ? -1 : isTrue(t, r)
}

private func show(_ t: Thread, _ category: Value, _ text: Value, _ message: Value, _ filename: Value, _ line: Int, _ source: Value) -> Value {
    // `warnings` formats; importing it here is what CPython does when a source object is to be shown.
    let module = dictGetName(t, interpreter(t).pointee.modules, internStatic(t, "warnings"))
    if !module.isMissing && module.isExactly(.module) {
        let showMessage = getAttributeOrMissing(t, module, name(._showwarnmsg))
        if showMessage.isRaised { return showMessage }
        if !showMessage.isMissing {
            let messageType = getAttribute(t, module, internStatic(t, "WarningMessage"))
            if messageType.isRaised { return messageType }
            let object = withUnsafeTemporaryAllocation(of: Value.self, capacity: 7) { buffer -> Value in
                let p = buffer.baseAddress.unsafelyUnwrapped
                p[0] = message; p[1] = category; p[2] = filename; p[3] = Value(smallInt: line); p[4] = .none; p[5] = .none
                p[6] = source.isMissing ? .none : source
                return call(t, messageType, args: p, 7)
            }
            let r = object.isRaised ? object : call(t, showMessage, object)
            return r.isRaised ? r : .none
        }
    }
    var out = "\(swiftString(filename)):\(line): \(swiftString(category.asType.pointee.name)): \(isInstanceOf(text, .str) ? swiftString(text) : reprText(t, text))\n"
    var files = SourceLines()
    if let sourceLine = files.line(t, filename, line) { out += "  \(swiftString(sourceLine))\n" }
    _ = writeError(t, makeString(t, out))
    return .none
}
