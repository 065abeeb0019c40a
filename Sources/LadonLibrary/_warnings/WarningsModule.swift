// The module `_warnings`: what is done with a warning, decided by the filters.
//
// The module `warnings`, once imported, is the authority: its filters, defaultaction, onceregistry and
// _showwarnmsg are looked up there each time, and our own used while it is not there.

import LadonTypes

public func warningsModule() -> ModuleDefinition {
    ModuleDefinition("_warnings", doc: "_warnings provides basic warning filtering support.\nIt is a helper module to speed up interpreter start-up.", members: [
        .method("warn", "(message, category=None, stacklevel=1, source=None)", warnings_warn, "Issue a warning, or maybe ignore it or raise an exception."),
        .method("warn_explicit", "(message, category, filename, lineno, module=<unrepresentable>, registry=None, module_globals=None, source=None)", warnings_warnExplicit,
                "Low-level interface to warnings functionality."),
        .method("_filters_mutated", "()", { t, a in
            interpreter(t).pointee.warningFiltersVersion += 1
            return .none
        }),
        .constant("filters") { t, a in
            initializeWarnings(t)
            return interpreter(t).pointee.warningFilters
        },
        .constant("_onceregistry") { t, a in interpreter(t).pointee.warningOnceRegistry },
        .constant("_defaultaction") { t, a in interpreter(t).pointee.warningDefaultAction },
    ])
}

/// The filters that a release build of CPython starts with. Once per interpreter.
private func initializeWarnings(_ t: Thread) {
    let state = interpreter(t)
    if state.pointee.warningFilters.bits != 0 { return }
    let list = makeList(t)
    func add(_ action: String, _ category: TypeID, _ module: Value) {
        _ = listAppend(t, list, makeTuple(t, intern(t, action), .none, Value(builtinType(category)), module, .zero))
    }
    add("default", .deprecationWarning, name(.__main__))
    add("ignore", .deprecationWarning, .none)
    add("ignore", .pendingDeprecationWarning, .none)
    add("ignore", .importWarning, .none)
    add("ignore", .resourceWarning, .none)
    state.pointee.warningOnceRegistry = makeDict(t)
    state.pointee.warningDefaultAction = intern(t, "default")
    storeSlot(&state.pointee.warningFilters, list)
}

private func warnings_warn(_ t: Thread, _ a: Values) -> Value {
    guard let level = asInt(t, a[2]) else { return .raised }
    let message = a[0]
    let isWarning = isInstance(t, message, Value(builtinType(.warning)))
    if isWarning < 0 { return .raised }
    var category = a[1]
    if isWarning == 1 { category = Value(typeOf(message)) } else if category.isNone { category = Value(builtinType(.userWarning)) }
    if !isType(category) || !isSubtype(category.asType, builtinType(.warning)) {
        return raise(t, .typeError, "category must be a Warning subclass, not '\(typeName(category))'")
    }
    var origin = WarningOrigin()
    if !findOrigin(t, level, &origin) { return .raised }
    return warnExplicitly(t, category, message, origin, a[3])
}

private func warnings_warnExplicit(_ t: Thread, _ a: Values) -> Value {
    var origin = WarningOrigin()
    if !isInstanceOf(a[2], .str) { return raise(t, .typeError, "warn_explicit() argument 3 must be str, not \(typeName(a[2]))") }
    origin.filename = a[2]
    guard let line = asInt32(t, a[3]) else { return .raised }
    origin.line = Int(line)
    origin.module = a[4]
    origin.registry = a[5]
    if !a[6].isNone && !isDict(a[6]) { return raise(t, .typeError, "module_globals must be a dict, not '\(typeName(a[6]))'") }
    return warnExplicitly(t, a[1], a[0], origin, a[7])
}

/// Where a warning comes from.
struct WarningOrigin {
    var filename = Value.none
    var line = 0
    /// `.missing`: from the file's name.
    var module = Value.missing
    var registry = Value.none
}

// MARK: whose warning it is

private func contains(_ v: Value, _ word: StaticString) -> Bool {
    let n = word.utf8CodeUnitCount
    if v.strCount < n { return false }
    var i = 0
    while i + n <= v.strCount {
        var k = 0
        while k < n && stringCharAt(v, i + k) == UInt32(word.utf8Start[k]) { k += 1 }
        if k == n { return true }
        i += 1
    }
    return false
}

private func isInternal(_ f: Values) -> Bool {
    let filename = f.code.pointee.filename
    return isInstanceOf(filename, .str) && contains(filename, "importlib") && contains(filename, "_bootstrap")
}

private func callerOf(_ f: Values) -> Values? { f.caller.flatMap { $0.isBase ? nil : $0 } }

private func findOrigin(_ t: Thread, _ stackLevel: Int, _ origin: inout WarningOrigin) -> Bool {
    var frame = currentFrame(t)
    var level = stackLevel
    if level <= 0 || frame.map(isInternal) ?? false {
        level -= 1
        while level > 0, let f = frame { frame = callerOf(f); level -= 1 }
    } else {
        level -= 1
        while level > 0, let f = frame {
            var next = callerOf(f)
            while let n = next, isInternal(n) { next = callerOf(n) }
            frame = next
            level -= 1
        }
    }
    var globals = interpreter(t).pointee.sysDict
    if let f = frame {
        globals = f.globals
        origin.filename = f.code.pointee.filename
        origin.line = Int(f.code.position(at: f.savedPC)?.line ?? 0)
    } else {
        origin.filename = intern(t, "sys")
        origin.line = 1
    }
    let key = name(.__warningregistry__)
    origin.registry = dictGet(t, globals, key)
    if origin.registry.isMissing {
        let fresh = makeDict(t)
        if fresh.isRaised { return false }
        origin.registry = dictSetDefault(t, globals, key, fresh)
    }
    if origin.registry.isRaised { return false }
    let module = dictGet(t, globals, name(.__name__))
    if module.isRaised { return false }
    origin.module = module.isNone || (module.isCell && isInstanceOf(module, .str)) ? module : makeString(t, "<string>")
    return true
}

private func moduleName(_ t: Thread, _ filename: Value) -> Value {
    let n = filename.strCount
    if n == 0 { return makeString(t, "<unknown>") }
    if n >= 3 && stringCharAt(filename, n - 3) == 0x2E && stringCharAt(filename, n - 2) == 0x70 && stringCharAt(filename, n - 1) == 0x79 {
        return substring(t, filename, 0, n - 3)
    }
    return filename
}

// MARK: the filters

/// An attribute of the module `warnings`; `.missing` when the module or the attribute is not there.
private func warningsAttribute(_ t: Thread, _ n: String, importing: Bool = false) -> Value {
    var module: Value
    if importing && interpreter(t).pointee.finalizing == 0 {
        module = importedModule(t, "warnings")
        if module.isRaised {
            if exceptionMatches(t, .importError) { clearException(t); return .missing }
            return module
        }
    } else {
        let modules = modulesMapping(t)
        module = isDict(modules) ? dictGet(t, modules, name(.warnings)) : .missing
        if module.isRaised { clearException(t) }
        if module.isRaised || module.isMissing || module.isNone { return .missing }
    }
    return getAttributeOrMissing(t, module, intern(t, n))
}

private func matches(_ t: Thread, _ pattern: Value, _ text: Value) -> Truth {
    if pattern.isNone { return 1 }
    if pattern.isExactly(.str) { return equal(t, pattern, text) }
    let r = callMethod(t, pattern, intern(t, "match"), text)
    return r.isRaised ? -1 : isTrue(t, r)
}

/// The action for a warning, and the filter that says so (None: the default). 0: raised.
private func chooseAction(_ t: Thread, _ category: Value, _ text: Value, _ line: Int, _ module: Value, _ item: inout Value) -> Value {
    item = .none
    var filters = warningsAttribute(t, "filters")
    if filters.isRaised { return filters }
    // The list that the module had last counts when it has none any more.
    if filters.isMissing { filters = interpreter(t).pointee.warningFilters } else { storeSlot(&interpreter(t).pointee.warningFilters, filters) }
    if !isList(filters) { return raise(t, .valueError, "_warnings.filters must be a list") }
    var i = 0
    while i < listCount(filters) {
        let filter = listGet(t, filters, i)
        if filter.isMissing { break }
        if !isTuple(filter) || filter.tupleCount != 5 { return raise(t, .valueError, "_warnings.filters item \(i) isn't a 5-tuple") }
        i += 1
        let f = filter.tupleItems
        if !isInstanceOf(f[0], .str) { return raise(t, .typeError, "action must be a string, not '\(typeName(f[0]))'") }
        let goodMessage = matches(t, f[1], text)
        if goodMessage < 0 { return .raised }
        let goodModule = matches(t, f[3], module)
        if goodModule < 0 { return .raised }
        let goodCategory = isSubclass(t, category, f[2])
        if goodCategory < 0 { return .raised }
        guard let goodLine = asInt(t, f[4]) else { return .raised }
        if goodMessage == 1 && goodModule == 1 && goodCategory == 1 && (goodLine == 0 || goodLine == line) {
            item = filter
            return f[0]
        }
    }
    var action = warningsAttribute(t, "defaultaction")
    if action.isRaised { return action }
    if action.isMissing { action = interpreter(t).pointee.warningDefaultAction }
    return isInstanceOf(action, .str) ? action : raise(t, .typeError, "_warnings.defaultaction must be a string, not '\(typeName(action))'")
}

/// Whether the registry has the key (1), after `version` was checked; sets it when asked to.
private func alreadyWarned(_ t: Thread, _ registry: Value, _ key: Value, set: Bool) -> Truth {
    let versionKey = name(.version)
    let current = Value(smallInt: interpreter(t).pointee.warningFiltersVersion)
    let version = dictGet(t, registry, versionKey)
    if version.isRaised { return -1 }
    if version != current {
        dictClear(t, registry)
        if dictSet(t, registry, versionKey, current) < 0 { return -1 }
    } else {
        let found = dictGet(t, registry, key)
        if found.isRaised { return -1 }
        if !found.isMissing {
            let truth = isTrue(t, found)
            if truth != 0 { return truth }
        }
    }
    return set && dictSet(t, registry, key, .true) < 0 ? -1 : 0
}

// MARK: the decision

private func warnExplicitly(_ t: Thread, _ givenCategory: Value, _ given: Value, _ origin: WarningOrigin, _ source: Value) -> Value {
    // Late in the shutdown a module may have no name any more.
    if origin.module.isNone { return .none }
    let registry = origin.registry
    if !registry.isNone && !isDict(registry) { return raise(t, .typeError, "'registry' must be a dict or None") }
    let module = origin.module.isMissing ? moduleName(t, origin.filename) : origin.module
    if module.isRaised { return module }
    let isWarning = isInstance(t, given, Value(builtinType(.warning)))
    if isWarning < 0 { return .raised }
    var category = givenCategory, message = given, text = given
    if isWarning == 1 {
        text = str(t, given)
        category = Value(typeOf(given))
    } else {
        message = call(t, category, given)
    }
    if text.isRaised || message.isRaised { return .raised }
    let line = Value(smallInt: origin.line)
    let key = makeTuple(t, text, category, line)
    if key.isRaised { return key }
    if !registry.isNone {
        let already = alreadyWarned(t, registry, key, set: false)
        if already != 0 { return already < 0 ? .raised : .none }
    }
    var item = Value.none
    let action = chooseAction(t, category, text, origin.line, module, &item)
    if action.isRaised { return action }
    if stringEqual(action, "error") { return raiseValue(t, message) }
    if stringEqual(action, "ignore") { return .none }
    var seen = 0
    if !stringEqual(action, "always") {
        if !registry.isNone && dictSet(t, registry, key, .true) < 0 { return .raised }
        let isOnce = stringEqual(action, "once")
        if isOnce || stringEqual(action, "module") {
            var where_ = registry
            if isOnce && registry.isNone {
                where_ = onceRegistry(t)
                if where_.isRaised { return where_ }
            }
            if !where_.isNone {
                let short = makeTuple(t, text, category)
                if short.isRaised { return short }
                seen = alreadyWarned(t, where_, short, set: true)
            }
        } else if !stringEqual(action, "default") {
            return raise(t, .runtimeError, "Unrecognized action (\(reprText(t, action))) in warnings.filters:\n \(reprText(t, item))")
        }
    }
    if seen != 0 { return seen < 0 ? .raised : .none }
    return showWarning(t, category, text, message, origin.filename, line, source)
}

private func onceRegistry(_ t: Thread) -> Value {
    var registry = warningsAttribute(t, "onceregistry")
    if registry.isMissing { registry = interpreter(t).pointee.warningOnceRegistry }
    if registry.isRaised || isDict(registry) { return registry }
    return raise(t, .typeError, "_warnings.onceregistry must be a dict, not '\(typeName(registry))'")
}

private func showWarning(_ t: Thread, _ category: Value, _ text: Value, _ message: Value, _ filename: Value, _ line: Value, _ source: Value) -> Value {
    let hasSource = !source.isNone && !source.isMissing
    let show = warningsAttribute(t, "_showwarnmsg", importing: hasSource)
    if show.isRaised { return show }
    if show.isMissing { return showNatively(t, category, text, filename, line) }
    if !isCallable(show) { return raise(t, .typeError, "warnings._showwarnmsg() must be set to a callable") }
    let recordClass = warningsAttribute(t, "WarningMessage")
    if recordClass.isRaised { return recordClass }
    if recordClass.isMissing { return raise(t, .runtimeError, "unable to get warnings.WarningMessage") }
    let record = withUnsafeTemporaryAllocation(of: Value.self, capacity: 7) { buffer -> Value in
        let p = buffer.baseAddress.unsafelyUnwrapped
        p[0] = message; p[1] = category; p[2] = filename; p[3] = line
        p[4] = .none; p[5] = .none; p[6] = hasSource ? source : .none
        return call(t, recordClass, args: p, 7)
    }
    return record.isRaised || call(t, show, record).isRaised ? .raised : .none
}

/// "file:line: Category: text" and the source line.
private func showNatively(_ t: Thread, _ category: Value, _ text: Value, _ filename: Value, _ line: Value) -> Value {
    let categoryName = getAttribute(t, category, name(.__name__))
    if categoryName.isRaised { return categoryName }
    let shown = str(t, text)
    if shown.isRaised { return shown }
    var b = StringBuilder(t)
    b.append(filename)
    b.append(":\(line.smallInt): ")
    b.append(categoryName)
    b.append(": ")
    b.append(shown)
    b.append("\n")
    var lines = SourceLines()
    if let source = lines.line(t, filename, line.smallInt) {
        var start = 0
        while start < source.strCount, [0x20, 0x09, 0x0C].contains(stringCharAt(source, start)) { start += 1 }
        if start < source.strCount {
            b.append("  ")
            b.append(substring(t, source, start, source.strCount))
            b.append("\n")
        }
    }
    let result = b.finish()
    if result.isRaised { return result }
    writeError(t, result)
    return .none
}
