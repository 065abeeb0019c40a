// The types Unpickler and UnpicklerMemoProxy, and `load` and `loads`.

import LadonLibrary

struct UnpicklerCell {
    var header: CellHeader
    /// StorageCell: objects by number, 0 where there is none.
    var memo: Value
    /// A dict for numbers that are out of proportion; 0 before there is one.
    var farMemo: Value
    var read: Value
    var readline: Value
    /// 0: the file has none.
    var peek: Value
    /// persistent_load, or 0.
    var persistent: Value
    var encoding: Value
    var errors: Value
    /// An iterator, or 0.
    var buffers: Value
    /// What was read from the file and not used, a bytes object or 0.
    var rest: Value
    // raw
    var memoCount: Int
    var restStart: Int
    var fixImports: Int
    var proto: Int
}

@inline(__always) func unpicklerCell(_ v: Value) -> UnsafeMutablePointer<UnpicklerCell> { v.cell(as: UnpicklerCell.self) }

func unpicklerDefinition() -> TypeDefinition {
    TypeDefinition(nil, "_pickle.Unpickler", flags: [.baseType], doc: "This takes a binary file for reading a pickle data stream.",
                   signature: "(file, *, fix_imports=True, encoding='ASCII', errors='strict', buffers=())",
                   size: MemoryLayout<UnpicklerCell>.size, layout: Layout(prefix: 10, base: 15, flags: [.container]),
                   slots: [.call(.new, { t, type, _, _, _ in newUnpickler(t, type.asType) })],
                   members: [
                       .method("__init__", "(self, file, *, fix_imports=True, encoding='ASCII', errors='strict', buffers=())", unpickler_init),
                       .method("load", "(self, /)", unpickler_load, "Load a pickle.\n\nRead a pickled object representation from the open file object given in\nthe constructor, and return the reconstituted object hierarchy specified\ntherein."),
                       .method("find_class", "(self, module_name, global_name, /)", { t, a in findPickledClass(t, a[0], a[1], a[2]) },
                               "Return an object from a specified module.\n\nIf necessary, the module will be imported."),
                       .method("__sizeof__", "(self, /)", { t, a in Value(smallInt: cellCapacity(a[0]) + cellCapacity(unpicklerCell(a[0]).pointee.memo)) },
                               "Returns size in memory, in bytes."),
                       .attribute("memo", get: unpickler_memo, set: unpickler_setMemo),
                       .attribute("persistent_load", get: unpickler_persistent, set: unpickler_setPersistent),
                   ])
}

func newUnpickler(_ t: Thread, _ type: TypePointer) -> Value {
    let v = allocateInstance(t, type)
    // Storage without room.
    if !v.isRaised { unpicklerCell(v).pointee.memo = ladon_runtime.emptyTuple }
    return v
}

/// fix_imports, encoding, errors, buffers. False: raised.
private func configure(_ t: Thread, _ v: Value, _ fixImports: Value, _ encoding: Value, _ errors: Value, _ buffers: Value, _ function: StaticString) -> Bool {
    let c = unpicklerCell(v)
    let fix = isTrue(t, fixImports)
    if fix < 0 { return false }
    if !encoding.isCell || !encoding.isStr || !errors.isCell || !errors.isStr {
        let isEncoding = !encoding.isCell || !encoding.isStr
        _ = raise(t, .typeError, "\(function)() argument '\(isEncoding ? "encoding" : "errors")' must be str, not \(typeName(isEncoding ? encoding : errors))")
        return false
    }
    var iterator = Value.raised
    // An empty tuple is the default, which stands for none.
    if !buffers.isNone && buffers != ladon_runtime.emptyTuple {
        iterator = iterate(t, buffers)
        if iterator.isRaised { return false }
    }
    c.pointee.fixImports = fix
    storeSlot(&c.pointee.encoding, encoding)
    storeSlot(&c.pointee.errors, errors)
    storeSlot(&c.pointee.buffers, iterator)
    c.pointee.proto = 0
    storeSlot(&c.pointee.rest, .raised)
    return true
}

/// The file's methods. False: raised.
private func setInput(_ t: Thread, _ v: Value, _ file: Value) -> Bool {
    let c = unpicklerCell(v)
    let peek = getAttributeOrMissing(t, file, internStatic(t, "peek"))
    if peek.isRaised { return false }
    let read = getAttributeOrMissing(t, file, name(.read))
    if read.isRaised { return false }
    let readline = getAttributeOrMissing(t, file, name(.readline))
    if readline.isRaised { return false }
    if read.isMissing || readline.isMissing {
        _ = raise(t, .typeError, "file must have 'read' and 'readline' attributes")
        return false
    }
    storeSlot(&c.pointee.peek, peek.isMissing ? .raised : peek)
    storeSlot(&c.pointee.readline, readline)
    storeSlot(&c.pointee.read, read)
    return true
}

private func unpickler_init(_ t: Thread, _ a: Values) -> Value {
    let v = a[0]
    let c = unpicklerCell(v)
    storeSlot(&c.pointee.read, .raised)
    if !configure(t, v, a[2], a[3], a[4], a[5], "Unpickler") || !setInput(t, v, a[1]) { return .raised }
    clearUnpicklerMemo(t, v)
    if typeOf(v) != pickleTypes.unpickler {
        let persistent = getAttributeOrMissing(t, v, internStatic(t, "persistent_load"))
        if persistent.isRaised { return persistent }
        storeSlot(&c.pointee.persistent, persistent.isMissing ? .raised : persistent)
    }
    return .none
}

private func unpickler_load(_ t: Thread, _ a: Values) -> Value {
    if loadSlot(&unpicklerCell(a[0]).pointee.read).bits == 0 {
        raiseUnpickling(t, "Unpickler.__init__() was not called by \(swiftString(typeOf(a[0]).pointee.name)).__init__()")
        return .raised
    }
    return runUnpickler(t, a[0], nil, 0)
}

/// Loads from the unpickler's file, or from `bytes`.
private func runUnpickler(_ t: Thread, _ v: Value, _ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Value {
    withUnsafeTemporaryAllocation(of: Value.self, capacity: Unpickling.scratchWords) { buffer -> Value in
        var run = Unpickling(t, v, scratch: buffer.baseAddress.unsafelyUnwrapped)
        defer { run.free() }
        if let bytes { run.setInput(bytes, count) }
        return run.load()
    }
}

/// load(file, *, fix_imports=True, encoding='ASCII', errors='strict', buffers=())
func pickle_load(_ t: Thread, _ a: Values) -> Value {
    let v = newUnpickler(t, pickleTypes.unpickler)
    if v.isRaised || !setInput(t, v, a[1]) || !configure(t, v, a[2], a[3], a[4], a[5], "load") { return .raised }
    return runUnpickler(t, v, nil, 0)
}

/// loads(data, /, *, fix_imports=True, encoding='ASCII', errors='strict', buffers=())
func pickle_loads(_ t: Thread, _ a: Values) -> Value {
    let v = newUnpickler(t, pickleTypes.unpickler)
    if v.isRaised || !configure(t, v, a[2], a[3], a[4], a[5], "loads") { return .raised }
    var buffer = LadonBuffer()
    if getBuffer(t, a[1], &buffer) < 0 { return .raised }
    defer { releaseBuffer(t, &buffer) }
    let result = runUnpickler(t, v, UnsafePointer(buffer.bytes), buffer.length)
    a[1].keepAlive
    return result
}

// MARK: classes

/// The object that a module has under a name; with protocol 4, a dotted one.
func findPickledClass(_ t: Thread, _ v: Value, _ givenModule: Value, _ givenName: Value) -> Value {
    var moduleName = givenModule, globalName = givenName
    if !moduleName.isCell || !moduleName.isStr || !globalName.isCell || !globalName.isStr {
        let wrong = moduleName.isCell && moduleName.isStr ? globalName : moduleName
        return raise(t, .typeError, "find_class() arguments must be str, not \(typeName(wrong))")
    }
    if isAuditing && !audit(t, "pickle.find_class", moduleName, globalName) { return .raised }
    let c = unpicklerCell(v)
    if c.pointee.proto < 3 && c.pointee.fixImports != 0 {
        let key = makeTuple(t, moduleName, globalName)
        if key.isRaised { return key }
        let both = dictGet(t, pickleRoots(t)[PickleRoot.names2to3], key)
        if both.isRaised { return both }
        if !both.isMissing {
            if !isTuple(both) || both.tupleCount != 2 {
                return raise(t, .runtimeError, "_compat_pickle.NAME_MAPPING values should be 2-tuples, not \(typeName(both))")
            }
            moduleName = both.tupleItems[0]
            globalName = both.tupleItems[1]
            if !(moduleName.isCell && moduleName.isStr && globalName.isCell && globalName.isStr) {
                return raise(t, .runtimeError, "_compat_pickle.NAME_MAPPING values should be pairs of str, not (\(typeName(moduleName)), \(typeName(globalName)))")
            }
        } else {
            let new = dictGet(t, pickleRoots(t)[PickleRoot.imports2to3], moduleName)
            if new.isRaised { return new }
            if !new.isMissing {
                if !new.isCell || !new.isStr {
                    return raise(t, .runtimeError, "_compat_pickle.IMPORT_MAPPING values should be strings, not \(typeName(new))")
                }
                moduleName = new
            }
        }
    }
    let module = importModule(t, moduleName)
    if module.isRaised { return module }
    var parent = Value.none
    let found: Value
    if c.pointee.proto >= 4 {
        if !pickleNameIsGlobal(t, globalName, of: module) { return .raised }
        found = pickleAttribute(t, module, globalName, &parent)
    } else {
        parent = module
        found = getAttributeOrMissing(t, module, intern(t, exactString(t, globalName)))
    }
    if !found.isMissing { return found }
    guard let shown = pickleRepr(t, globalName), let owner = pickleRepr(t, parent) else { return .raised }
    return raise(t, .attributeError, "Can't get attribute \(shown) on \(owner)")
}

// MARK: attributes

private func unpickler_persistent(_ t: Thread, _ a: Values) -> Value {
    let v = loadSlot(&unpicklerCell(a[0]).pointee.persistent)
    return v.bits == 0 ? raise(t, .attributeError, "persistent_load") : v
}

private func unpickler_setPersistent(_ t: Thread, _ a: Values) -> Value {
    if a[1].isMissing { return raise(t, .typeError, "attribute deletion is not supported") }
    if !isCallable(a[1]) { return raise(t, .typeError, "persistent_load must be a callable taking one argument") }
    storeSlot(&unpicklerCell(a[0]).pointee.persistent, a[1])
    return .none
}

// MARK: the memo

@inline(__always) func unpicklerMemoGet(_ t: Thread, _ v: Value, _ n: Int) -> Value {
    let table = loadSlot(&unpicklerCell(v).pointee.memo)
    if n >= 0 && n < table.cell(as: StorageCell.self).pointee.capacity {
        let x = loadSlot(table.storageItems + n)
        if x.bits != 0 { return x }
    }
    let far = loadSlot(&unpicklerCell(v).pointee.farMemo)
    return far.bits == 0 ? .missing : dictGet(t, far, Value(smallInt: n))
}

/// False: no memory (raised).
@inline(__always) func unpicklerMemoSet(_ t: Thread, _ v: Value, _ n: Int, _ x: Value) -> Bool {
    let c = unpicklerCell(v)
    let table = loadSlot(&c.pointee.memo)
    if n < table.cell(as: StorageCell.self).pointee.capacity {
        if table.storageItems[n].bits == 0 { c.pointee.memoCount &+= 1 }
        storeSlot(table.storageItems + n, x)
        return true
    }
    return memoSetSlow(t, v, n, x)
}

@inline(never) private func memoSetSlow(_ t: Thread, _ v: Value, _ n: Int, _ x: Value) -> Bool {
    let c = unpicklerCell(v)
    while true {
        let table = loadSlot(&c.pointee.memo)
        let size = table.cell(as: StorageCell.self).pointee.capacity
        if n < size { return unpicklerMemoSet(t, v, n, x) }
        if n > size &* 4 &+ 4096 {
            var far = loadSlot(&c.pointee.farMemo)
            if far.bits == 0 {
                far = makeDict(t)
                if far.isRaised { return false }
                storeSlot(&c.pointee.farMemo, far)
            }
            c.pointee.memoCount &+= 1
            return dictSet(t, far, Value(smallInt: n), x) >= 0
        }
        let fresh = makeStorage(t, max(size &* 4, n &+ 1, 8))
        if fresh.isRaised {
            _ = raiseMemoryError(t)
            return false
        }
        lockCell(t, v)
        if c.pointee.memo == table {
            for i in 0..<size { fresh.storageItems[i] = table.storageItems[i] }
            storeSlot(&c.pointee.memo, fresh)
        }
        unlockCell(t, v)
    }
}

func clearUnpicklerMemo(_ t: Thread, _ v: Value) {
    let c = unpicklerCell(v)
    storeSlot(&c.pointee.memo, ladon_runtime.emptyTuple)
    storeSlot(&c.pointee.farMemo, .raised)
    c.pointee.memoCount = 0
}

private func unpickler_memo(_ t: Thread, _ a: Values) -> Value {
    let v = allocateInstance(t, pickleTypes.unpicklerMemo)
    if !v.isRaised { v.cell(as: MemoProxyCell.self).pointee.owner = a[0] }
    return v
}

private func unpickler_setMemo(_ t: Thread, _ a: Values) -> Value {
    if a[1].isMissing { return raise(t, .typeError, "attribute deletion is not supported") }
    let source: Value
    if a[1].isCell && typeOf(a[1]) == pickleTypes.unpicklerMemo {
        source = unpicklerMemoCopy(t, a[1].cell(as: MemoProxyCell.self).pointee.owner)
        if source.isRaised { return source }
    } else if isDict(a[1]) {
        source = a[1]
    } else {
        return raise(t, .typeError, "'memo' attribute must be an UnpicklerMemoProxy object or dict, not \(typeName(a[1]))")
    }
    var entries = DictSnapshot(source)
    var key = Value.none, x = Value.none
    while entries.next(&key, &x) {
        if !isInt(key) { return raise(t, .typeError, "memo key must be integers") }
        guard let n = asInt(t, key) else { return .raised }
        if n < 0 { return raise(t, .valueError, "memo key must be positive integers.") }
    }
    clearUnpicklerMemo(t, a[0])
    entries = DictSnapshot(source)
    while entries.next(&key, &x) {
        guard let n = asInt(t, key) else { return .raised }
        if !unpicklerMemoSet(t, a[0], n, x) { return .raised }
    }
    return .none
}

private func unpicklerMemoCopy(_ t: Thread, _ v: Value) -> Value {
    let c = unpicklerCell(v)
    let far = loadSlot(&c.pointee.farMemo)
    let copy = far.bits == 0 ? makeDict(t) : dictCopy(t, far)
    if copy.isRaised { return copy }
    let table = loadSlot(&c.pointee.memo)
    for i in 0..<table.cell(as: StorageCell.self).pointee.capacity {
        let x = loadSlot(table.storageItems + i)
        if x.bits != 0 && dictSet(t, copy, Value(smallInt: i), x) < 0 { return .raised }
    }
    table.keepAlive
    return copy
}

func unpicklerMemoDefinition() -> TypeDefinition {
    TypeDefinition(nil, "_pickle.UnpicklerMemoProxy", flags: [.disallowInstantiation], size: MemoryLayout<MemoProxyCell>.size, layout: Layout(prefix: 1),
                   slots: [.unary(.hash, unhashable)],
                   members: [
                       .constant("__hash__", noneConstant),
                       .method("clear", "(self, /)", { t, a in
                           clearUnpicklerMemo(t, a[0].cell(as: MemoProxyCell.self).pointee.owner)
                           return .none
                       }, "Remove all items from memo."),
                       .method("copy", "(self, /)", { t, a in unpicklerMemoCopy(t, a[0].cell(as: MemoProxyCell.self).pointee.owner) },
                               "Copy the memo to a new object."),
                       .method("__reduce__", "(self, /)", { t, a in
                           let copy = unpicklerMemoCopy(t, a[0].cell(as: MemoProxyCell.self).pointee.owner)
                           return copy.isRaised ? copy : makeTuple(t, builtinType(.dict).value, makeTuple(t, copy))
                       }, "Implement pickling support."),
                   ])
}
