// What the import instructions do with a module that is there: `from m import name` and `from m import *`.

/// `from module import name`: the attribute, else the submodule in sys.modules (circular imports), else ImportError.
func importFromModule(_ t: Thread, _ module: Value, _ attribute: Value) -> Value {
    let v = getAttributeOrMissing(t, module, attribute)
    if !v.isMissing { return v }
    let packageName = getAttributeOrMissing(t, module, name(.__name__))
    if packageName.isRaised { return packageName }
    let isNamed = !packageName.isMissing && isInstanceOf(packageName, .str)
    if isNamed {
        let full = stringConcat(t, stringConcat(t, packageName, makeString(t, ".")), attribute)
        let modules = dictGet(t, interpreter(t).pointee.sysDict, name(.modules))
        let found = modules.isMissing || modules.isRaised ? modules : mappingGet(t, modules, full)
        if found.isRaised { return found }
        if !found.isMissing { return found }
    }
    let owner = isNamed ? reprText(t, packageName) : "'<unknown module name>'"
    let path = getAttributeOrMissing(t, module, name(.__file__))
    if path.isRaised { return path }
    let place = path.isMissing || !isInstanceOf(path, .str) ? "unknown location" : swiftString(path)
    var message = "cannot import name \(reprText(t, attribute)) from \(owner) (\(place))"
    let spec = getAttributeOrMissing(t, module, name(.__spec__))
    if spec.isRaised { return spec }
    if !spec.isMissing && !spec.isNone {
        let initializing = getAttributeOrMissing(t, spec, name(._initializing))
        if initializing.isRaised { return initializing }
        if !initializing.isMissing && isTrue(t, initializing) == 1 {
            message = "cannot import name \(reprText(t, attribute)) from partially initialized module \(owner) (most likely due to a circular import) (\(place))"
        }
    }
    let e = makeException(t, .importError, message)
    if e.isRaised { return e }
    e.exceptionFields[ExceptionField.importName] = isNamed ? packageName : .none
    e.exceptionFields[ExceptionField.importPath] = path.isMissing ? .none : path
    return raiseInstance(t, e)
}

/// `from module import *` into a namespace: `__all__`, or all names that don't begin with an underscore.
func importAll(_ t: Thread, _ module: Value, into namespace: Value) -> Truth {
    var names = getAttributeOrMissing(t, module, name(.__all__))
    if names.isRaised { return -1 }
    let skipsPrivate = names.isMissing
    if skipsPrivate {
        let dict = getAttributeOrMissing(t, module, name(.__dict__))
        if dict.isRaised { return -1 }
        if dict.isMissing { raise(t, .importError, "from-import-* object has no __dict__ and no __all__"); return -1 }
        names = callMethod(t, dict, .keys)
        if names.isRaised { return -1 }
    }
    let list = iterateToList(t, names)
    if list.isRaised { return -1 }
    for i in 0..<listCount(list) {
        let attribute = listGet(t, list, i)
        if !isInstanceOf(attribute, .str) {
            let owner = getAttributeOrMissing(t, module, name(.__name__))
            let ownerText = owner.isMissing || owner.isRaised ? "module" : swiftString(owner)
            clearException(t)
            raise(t, .typeError, "\(skipsPrivate ? "Key" : "Item") in \(ownerText).\(skipsPrivate ? "__dict__" : "__all__") must be str, not \(typeName(attribute))")
            return -1
        }
        if skipsPrivate && attribute.strCount > 0 && stringCharAt(attribute, 0) == 95 { continue }
        let v = getAttribute(t, module, attribute)
        if v.isRaised { return -1 }
        let stored = namespace.isExactly(.dict) ? dictSet(t, namespace, attribute, v) : setItem(t, namespace, attribute, v)
        if stored < 0 { return -1 }
    }
    return 1
}
