// The module `_weakref`. The types are those of LadonTypes/Objects/WeakReference.swift.

import LadonTypes

public func weakrefModule() -> ModuleDefinition {
    ModuleDefinition("_weakref", doc: "Weak-reference support module.", members: [
        .method("getweakrefcount", "(object, /)", { t, a in makeInt(t, weakReferenceCount(of: a[0])) }, "Return the number of weak references to 'object'."),
        .method("getweakrefs", "(object, /)", { t, a in
            let list = makeList(t)
            if list.isRaised || !a[0].isCell { return list }
            let found = weakReferences(t, of: a[0])
            if !found.isValid { return raiseMemoryError(t) }
            // First the reference and the proxy that everybody shares, then the others.
            for kind in [TypeID.weakReference, .weakProxy, .weakCallableProxy] {
                for i in 0 ..< found.count where found[i].isExactly(kind) && isShared(found[i]) && listAppend(t, list, found[i]) < 0 { return .raised }
            }
            for i in 0 ..< found.count where !isShared(found[i]) && listAppend(t, list, found[i]) < 0 { return .raised }
            found.keepAlive
            return list
        }, "Return a list of all weak reference objects pointing to 'object'."),
        .method("proxy", "(object, callback=None, /)", { t, a in makeWeakProxy(t, a[0], a[1]) },
                "Create a proxy object that weakly references 'object'.\n\n'callback', if given, is called with a reference to the\nproxy when 'object' is about to be finalized."),
        .method("_remove_dead_weakref", "(dct, key, /)", weakref_removeDead, "Atomically remove key from dict if it points to a dead weakref."),
        .constant("ref") { t, a in Value(builtinType(.weakReference)) },
        .constant("ReferenceType") { t, a in Value(builtinType(.weakReference)) },
        .constant("ProxyType") { t, a in Value(builtinType(.weakProxy)) },
        .constant("CallableProxyType") { t, a in Value(builtinType(.weakCallableProxy)) },
    ])
}

private func weakref_removeDead(_ t: Thread, _ a: Values) -> Value {
    if !isDict(a[0]) { return raise(t, .typeError, "_remove_dead_weakref() argument 1 must be dict, not \(typeName(a[0]))") }
    let found = dictGet(t, a[0], a[1])
    if found.isRaised { return found }
    if found.isMissing { return .none }
    if !isInstanceOf(found, .weakReference) { return raise(t, .typeError, "not a weakref") }
    if !weakReferent(found).isNone { return .none }
    return dictRemove(t, a[0], a[1], ifItIs: found) < 0 ? .raised : .none
}

/// A plain reference or proxy without a callback: there is one of each kind per object.
private func isShared(_ r: Value) -> Bool {
    (r.isExactly(.weakReference) || r.isExactly(.weakProxy) || r.isExactly(.weakCallableProxy))
        && (r.cell(as: WeakReferenceCell.self).pointee.callback.bits == 0 || r.cell(as: WeakReferenceCell.self).pointee.callback.isNone)
}
