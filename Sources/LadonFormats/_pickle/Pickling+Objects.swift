// Writing everything else: classes and functions by name, objects by what `__reduce_ex__` says.

import LadonLibrary

extension Pickling {
    mutating func saveByReducing(_ v: Value) -> Bool {
        let type = typeOf(v)
        var reduced = Value.notImplemented
        if !reducerOverride.isMissing {
            reduced = call(t, reducerOverride, v)
            if reduced.isRaised { return false }
        }
        if reduced.isNotImplemented {
            if type == builtinType(.type) { return save(type: v) }
            if type == builtinType(.function) { return save(global: v, as: .missing) }
            var reducer: Value
            if dispatchTable.bits == 0 {
                reducer = dictGet(t, pickleRoots(t)[PickleRoot.dispatchTable], type.value)
                if reducer.isRaised { return false }
            } else if !secondTable.isMissing {
                reducer = dictGet(t, dispatchTable, type.value)
                if reducer.isMissing { reducer = dictGet(t, secondTable, type.value) }
                if reducer.isRaised { return false }
            } else {
                reducer = getItem(t, dispatchTable, type.value)
                if reducer.isRaised {
                    if !exceptionMatches(t, .keyError) { return false }
                    clearException(t)
                    reducer = .missing
                }
            }
            if !reducer.isMissing {
                reduced = call(t, reducer, v)
            } else if type.hasFlag(.typeSubclass) {
                return save(global: v, as: .missing)
            } else {
                if proto >= 2 && v.isCell {
                    let plain = isPlainInstance(v, type)
                    if plain { return save(plainInstance: v, type) }
                }
                reducer = getAttributeOrMissing(t, v, .__reduce_ex__)
                if reducer.isRaised { return false }
                if !reducer.isMissing {
                    reduced = call(t, reducer, Value(smallInt: proto))
                } else {
                    reducer = getAttributeOrMissing(t, v, .__reduce__)
                    if reducer.isRaised { return false }
                    if reducer.isMissing {
                        guard let shown = pickleRepr(t, v) else { return false }
                        return raisePickling(t, "can't pickle '\(typeName(v))' object: \(shown)")
                    }
                    reduced = call(t, reducer)
                }
            }
            if reduced.isRaised { return false }
        }
        if reduced.isCell && reduced.isStr { return save(global: v, as: reduced) }
        if !isTuple(reduced) { return raisePickling(t, "__reduce__ must return a string or tuple") }
        return saveReduce(reduced, v)
    }

    // MARK: plain instances

    /// Whether `object.__reduce_ex__` would say: this class, no arguments, these attributes. Nothing of it is overridden then.
    private mutating func isPlainInstance(_ v: Value, _ type: TypePointer) -> Bool {
        if type.pointee.id == plainType && plainType != 0 { return instanceAttribute(t, v, name(.__reduce_ex__)).isMissing }
        let flags = type.pointee.flags
        if !flags.contains(.heapType) || type.pointee.nativeID != TypeID.object.rawValue || flags.contains(.customGetAttribute) { return false }
        let object = builtinType(.object)
        for n in [Name.__reduce_ex__, .__reduce__, .__getstate__, .__class__] where lookupType(t, type, name(n)) != lookupType(t, object, name(n)) { return false }
        for n in [Name.__getnewargs_ex__, .__getnewargs__] where !lookupType(t, type, name(n)).isMissing { return false }
        if !instanceAttribute(t, v, name(.__reduce_ex__)).isMissing { return false }
        let slots = slotNamesOf(t, type.value)
        if slots.isRaised { clearException(t) }
        if slots.isRaised || (!slots.isNone && listCount(slots) > 0) { return false }
        plainType = type.pointee.id
        return true
    }

    /// The same bytes that the tuple of `object.__reduce_ex__` leads to, without making it.
    private mutating func save(plainInstance v: Value, _ type: TypePointer) -> Bool {
        // Attributes in slots are written as the dict that they would make.
        let done: Truth = withUnsafeTemporaryAllocation(of: Value.self, capacity: 64) { buffer -> Truth in
            let names = buffer.baseAddress.unsafelyUnwrapped, values = names + 32
            let n = copyInstanceAttributes(t, v, names, values, 32)
            if n < 0 || fast || !bin { return -2 }
            if !saveNew(v, type) { return -1 }
            if n == 0 { return 1 }
            op(PickleOpcode.emptyDict)
            memoizeNothing()
            if n > 1 { op(PickleOpcode.mark) }
            for i in 0..<n where !save(names[i]) || !save(values[i]) { return -1 }
            op(n > 1 ? PickleOpcode.setItems : PickleOpcode.setItem)
            op(PickleOpcode.build)
            return 1
        }
        if done != -2 { return done > 0 }
        let state = defaultState(t, v, required: true)
        if state.isRaised || !save(type.value) { return false }
        op(PickleOpcode.emptyTuple)
        op(PickleOpcode.newObject)
        let number = known(v)
        if number >= 0 {
            op(PickleOpcode.pop)
            return fetch(number)
        }
        if !memoize(v) { return false }
        if state.isNone { return true }
        if !save(state) { return false }
        op(PickleOpcode.build)
        return true
    }

    /// The class, no arguments, NEWOBJ.
    private mutating func saveNew(_ v: Value, _ type: TypePointer) -> Bool {
        if !save(type.value) { return false }
        op(PickleOpcode.emptyTuple)
        op(PickleOpcode.newObject)
        return memoize(v)
    }

    // MARK: what __reduce__ returned

    /// `v` is `.missing` when the result is no object that may be met again.
    mutating func saveReduce(_ args: Value, _ v: Value) -> Bool {
        let n = args.tupleCount
        if n < 2 || n > 6 { return raisePickling(t, "tuple returned by __reduce__ must contain 2 through 6 elements") }
        func item(_ i: Int) -> Value { i < n ? args.tupleItems[i] : .none }
        let callable = item(0), arguments = item(1), state = item(2), listItems = item(3), dictItems = item(4), stateSetter = item(5)
        if !isCallable(callable) { return raisePickling(t, "first item of the tuple returned by __reduce__ must be callable") }
        if !isTuple(arguments) { return raisePickling(t, "second item of the tuple returned by __reduce__ must be a tuple") }
        if !listItems.isNone && !isIterator(listItems) {
            return raisePickling(t, "fourth element of the tuple returned by __reduce__ must be an iterator, not \(typeName(listItems))")
        }
        if !dictItems.isNone && !isIterator(dictItems) {
            return raisePickling(t, "fifth element of the tuple returned by __reduce__ must be an iterator, not \(typeName(dictItems))")
        }
        if !stateSetter.isNone && !isCallable(stateSetter) {
            return raisePickling(t, "sixth element of the tuple returned by __reduce__ must be a function, not \(typeName(stateSetter))")
        }
        var isNew = false, isNewEx = false
        if proto >= 2 {
            let n = getAttributeOrMissing(t, callable, .__name__)
            if n.isRaised { return false }
            if n.isCell && n.isStr {
                isNewEx = stringEqual(n, "__newobj_ex__")
                isNew = !isNewEx && stringEqual(n, "__newobj__")
            }
        }
        if isNewEx {
            if !save(newObjectEx: arguments) { return false }
        } else if isNew {
            if arguments.tupleCount < 1 { return raisePickling(t, "__newobj__ arglist is empty") }
            let cls = arguments.tupleItems[0]
            if !isType(cls) { return raisePickling(t, "args[0] from __newobj__ args is not a type") }
            if !v.isMissing {
                let own = getAttribute(t, v, .__class__)
                if own.isRaised { return false }
                if own != cls { return raisePickling(t, "args[0] from __newobj__ args has the wrong class") }
            }
            let rest = tupleSlice(t, arguments, 1, arguments.tupleCount - 1)
            if rest.isRaised || !save(cls) || !save(rest) { return false }
            op(PickleOpcode.newObject)
        } else {
            if !save(callable) || !save(arguments) { return false }
            op(PickleOpcode.reduce)
        }
        if !v.isMissing {
            let number = known(v)
            if number >= 0 {
                // The arguments contain the object, which was made with them: that one is it.
                op(PickleOpcode.pop)
                return fetch(number)
            }
            if !memoize(v) { return false }
        }
        if !listItems.isNone && !append(itemsOf: listItems) { return false }
        if !dictItems.isNone && !set(pairsOf: dictItems) { return false }
        if state.isNone { return true }
        if stateSetter.isNone {
            if !save(state) { return false }
            op(PickleOpcode.build)
            return true
        }
        // stateSetter(object, state), whose result is thrown away.
        if !save(stateSetter) || !save(v) || !save(state) { return false }
        op(PickleOpcode.tuple2)
        op(PickleOpcode.reduce)
        op(PickleOpcode.pop)
        return true
    }

    private mutating func save(newObjectEx arguments: Value) -> Bool {
        if arguments.tupleCount != 3 {
            return raisePickling(t, "length of the NEWOBJ_EX argument tuple must be exactly 3, not \(arguments.tupleCount)")
        }
        let cls = arguments.tupleItems[0], args = arguments.tupleItems[1], keywords = arguments.tupleItems[2]
        if !isType(cls) { return raisePickling(t, "first item from NEWOBJ_EX argument tuple must be a class, not \(typeName(cls))") }
        if !isTuple(args) { return raisePickling(t, "second item from NEWOBJ_EX argument tuple must be a tuple, not \(typeName(args))") }
        if !isDict(keywords) { return raisePickling(t, "third item from NEWOBJ_EX argument tuple must be a dict, not \(typeName(keywords))") }
        if proto >= 4 {
            if !save(cls) || !save(args) || !save(keywords) { return false }
            op(PickleOpcode.newObjectEx)
            return true
        }
        // partial(cls.__new__, cls, *args, **keywords)()
        let new = getAttribute(t, cls, .__new__)
        if new.isRaised { return false }
        let n = args.tupleCount
        let all = makeTuple(t, n + 2)
        if all.isRaised { return false }
        all.tupleItems[0] = new
        all.tupleItems[1] = cls
        for i in 0..<n { all.tupleItems[i + 2] = args.tupleItems[i] }
        let callable = callWithTuple(t, pickleRoots(t)[PickleRoot.partial], all, keywords)
        if callable.isRaised || !save(callable) || !save(ladon_runtime.emptyTuple) { return false }
        op(PickleOpcode.reduce)
        return true
    }

    // MARK: classes and functions

    private mutating func save(type v: Value) -> Bool {
        let constant: Value
        if v == builtinType(.noneType).value {
            constant = .none
        } else if v == builtinType(.ellipsisType).value {
            constant = .ellipsis
        } else if v == builtinType(.notImplementedType).value {
            constant = .notImplemented
        } else {
            return save(global: v, as: .missing)
        }
        let args = makeTuple(t, builtinType(.type).value, makeTuple(t, constant))
        return !args.isRaised && saveReduce(args, v)
    }

    /// An object by the name under which its module has it.
    mutating func save(global v: Value, as given: Value) -> Bool {
        var globalName = given
        if globalName.isMissing {
            globalName = getAttributeOrMissing(t, v, .__qualname__)
            if globalName.isMissing { globalName = getAttribute(t, v, .__name__) }
            if globalName.isRaised { return false }
        }
        if !globalName.isCell || !globalName.isStr { return raisePickling(t, "Can't pickle an object whose name is no string") }
        if !pickleNameIsGlobal(t, globalName, of: .missing) { return false }
        var moduleName = moduleOf(v, globalName)
        if moduleName.isRaised { return false }
        let module = moduleName.isCell && moduleName.isStr ? importModule(t, moduleName) : .raised
        if module.isRaised {
            let cause = takeException(t)
            guard let shown = pickleRepr(t, v), let at = text(moduleName) else { return false }
            raisePickling(t, "Can't pickle \(shown): import of module \(pickleRepr(t, moduleName) ?? at) failed")
            _ = cause
            return false
        }
        var parent = Value.none
        let found = pickleAttribute(t, module, globalName, &parent)
        if found.isRaised { return false }
        if found.isMissing {
            guard let shown = pickleRepr(t, v), let what = text(globalName), let at = text(moduleName) else { return false }
            return raisePickling(t, "Can't pickle \(shown): attribute lookup \(what) on \(at) failed")
        }
        if found != v {
            guard let shown = pickleRepr(t, v), let what = text(globalName), let at = text(moduleName) else { return false }
            return raisePickling(t, "Can't pickle \(shown): it's not the same object as \(at).\(what)")
        }
        if proto >= 2 {
            let done = saveExtension(moduleName, globalName)
            if done != 0 { return done > 0 }
        }
        if parent == module { globalName = lastPart(globalName) }
        if proto >= 4 {
            if !save(moduleName) || !save(globalName) { return false }
            op(PickleOpcode.stackGlobal)
        } else if parent != module {
            let last = lastPart(globalName)
            let args = makeTuple(t, pickleRoots(t)[PickleRoot.getattr], makeTuple(t, parent, last))
            return !args.isRaised && saveReduce(args, .missing) && memoize(v)
        } else {
            if fixImports && !oldNames(&moduleName, &globalName) { return false }
            op(PickleOpcode.global)
            if !putLine(moduleName, "module") || !putLine(globalName, "global") { return false }
        }
        return memoize(v)
    }

    private func text(_ v: Value) -> String? {
        let s = str(t, v)
        return s.isRaised ? nil : swiftString(s)
    }

    private func lastPart(_ dotted: Value) -> Value {
        var from = dotted.strCount
        if from > 0 && swiftString(dotted).utf8.firstIndex(of: 46) == nil { return dotted }
        while from > 0 && stringCharAt(dotted, from - 1) != 46 { from -= 1 }
        return substring(t, dotted, from, dotted.strCount)
    }

    private mutating func putLine(_ s: Value, _ what: String) -> Bool {
        let isPlain = s.strIsASCII || s.strCount == 0
        if isPlain {
            put(UnsafePointer(s.strBytes), s.strCount)
        } else {
            if proto < 3 {
                return raisePickling(t, "can't pickle \(what) identifier '\(swiftString(s))' using pickle protocol \(proto)")
            }
            let encoded = encodeString(t, s, encoding: .missing, errors: .missing)
            if encoded.isRaised {
                if !exceptionMatches(t, .unicodeEncodeError) { return false }
                clearException(t)
                return raisePickling(t, "can't pickle \(what) identifier '\(swiftString(s))' using pickle protocol \(proto)")
            }
            put(UnsafePointer(encoded.bytesData), encoded.bytesCount)
            encoded.keepAlive
        }
        out.append(10)
        s.keepAlive
        return true
    }

    /// Names as Python 2 had them.
    private func oldNames(_ moduleName: inout Value, _ globalName: inout Value) -> Bool {
        let key = makeTuple(t, moduleName, globalName)
        if key.isRaised { return false }
        let both = dictGet(t, pickleRoots(t)[PickleRoot.names3to2], key)
        if both.isRaised { return false }
        if !both.isMissing {
            if !isTuple(both) || both.tupleCount != 2 {
                _ = raise(t, .runtimeError, "_compat_pickle.REVERSE_NAME_MAPPING values should be 2-tuples, not \(typeName(both))")
                return false
            }
            moduleName = both.tupleItems[0]
            globalName = both.tupleItems[1]
            if moduleName.isCell && moduleName.isStr && globalName.isCell && globalName.isStr { return true }
            _ = raise(t, .runtimeError, "_compat_pickle.REVERSE_NAME_MAPPING values should be pairs of str, not (\(typeName(moduleName)), \(typeName(globalName)))")
            return false
        }
        let old = dictGet(t, pickleRoots(t)[PickleRoot.imports3to2], moduleName)
        if old.isRaised { return false }
        if old.isMissing { return true }
        if !old.isCell || !old.isStr {
            _ = raise(t, .runtimeError, "_compat_pickle.REVERSE_IMPORT_MAPPING values should be strings, not \(typeName(old))")
            return false
        }
        moduleName = old
        return true
    }

    /// 1 written as a registered number, 0 there is none, -1 raised.
    private mutating func saveExtension(_ moduleName: Value, _ globalName: Value) -> Truth {
        let registry = pickleRoots(t)[PickleRoot.extensionRegistry]
        if dictCount(registry) == 0 { return 0 }
        let key = makeTuple(t, moduleName, globalName)
        if key.isRaised { return -1 }
        let number = dictGet(t, registry, key)
        if number.isMissing { return 0 }
        if number.isRaised { return -1 }
        if !isInt(number) {
            raisePickling(t, "Can't pickle \(swiftString(moduleName)).\(swiftString(globalName)): extension code \(typeName(number)) isn't an integer")
            return -1
        }
        guard let code = asInt(t, number) else { return -1 }
        if code <= 0 || code > 0x7FFF_FFFF {
            _ = raise(t, .runtimeError, "extension code \(code) is out of range")
            return -1
        }
        if code <= 0xFF {
            op(PickleOpcode.extension1)
            out.append(UInt8(code))
        } else if code <= 0xFFFF {
            op(PickleOpcode.extension2)
            put(code, bytes: 2)
        } else {
            op(PickleOpcode.extension4)
            put(code, bytes: 4)
        }
        return 1
    }

    /// The name of the module that has an object: its `__module__`, else the first module where it is found.
    private func moduleOf(_ v: Value, _ globalName: Value) -> Value {
        let own = getAttributeOrMissing(t, v, .__module__)
        if own.isRaised { return own }
        if !own.isMissing && !own.isNone { return own }
        let modules = modulesMapping(t)
        if !isDict(modules) { return raise(t, .runtimeError, "unable to get sys.modules") }
        var entries = DictSnapshot(modules)
        var key = Value.none, module = Value.none
        while entries.next(&key, &module) {
            if module.isNone || !key.isCell || !key.isStr || stringEqual(key, "__main__") { continue }
            var parent = Value.none
            let found = pickleAttribute(t, module, globalName, &parent)
            if found.isRaised { return found }
            if found == v { return key }
        }
        return name(.__main__)
    }
}
