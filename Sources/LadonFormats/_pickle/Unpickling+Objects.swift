// The opcodes that fill containers and make objects.

import LadonLibrary

extension Unpickling {
    /// Opcodes for classes, sets, old instances and persistent objects.
    mutating func objectStep(_ code: UInt8) -> Bool {
        switch code {
        case PickleOpcode.stackGlobal:
            guard let globalName = pop(), let moduleName = pop() else { return false }
            if !moduleName.isExactly(.str) || !globalName.isExactly(.str) { return raiseUnpickling(t, "STACK_GLOBAL requires str") }
            return push(findClass(moduleName, globalName))
        case PickleOpcode.global:
            guard let (moduleName, globalName) = twoLines() else { return false }
            return push(findClass(moduleName, globalName))
        case PickleOpcode.newObjectEx: return newObject(keywords: true)
        case PickleOpcode.emptySet: return push(makeSet(t))
        case PickleOpcode.frozenSet:
            guard let start = popMark() else { return false }
            let items = popTuple(start)
            return items.isRaised ? false : push(call(t, builtinType(.frozenset).value, items))
        case PickleOpcode.addItems: return addItems()
        case PickleOpcode.list:
            guard let start = popMark() else { return false }
            return push(popList(start))
        case PickleOpcode.dict: return makeDictOfItems()
        case PickleOpcode.inst:
            guard let start = popMark() else { return false }
            guard let (moduleName, globalName) = twoLines() else { return false }
            let cls = findClass(moduleName, globalName)
            if cls.isRaised { return false }
            let args = popTuple(start)
            return args.isRaised ? false : push(instantiate(cls, args))
        case PickleOpcode.obj:
            guard let start = popMark() else { return false }
            if count - start < 1 { return underflow() }
            let args = popTuple(start + 1)
            if args.isRaised { return false }
            guard let cls = pop() else { return false }
            return push(instantiate(cls, args))
        case PickleOpcode.persistent, PickleOpcode.binPersistent: return persistentObject(code)
        case PickleOpcode.extension1, PickleOpcode.extension2, PickleOpcode.extension4:
            guard var number = unsigned(code == PickleOpcode.extension1 ? 1 : code == PickleOpcode.extension2 ? 2 : 4) else { return false }
            if code == PickleOpcode.extension4 { number = Int(Int32(truncatingIfNeeded: number)) }
            return extended(number)
        default:
            if code >= 0x20 && code <= 0x7E && code != 39 && code != 92 {
                return raiseUnpickling(t, "invalid load key, '\(Character(UnicodeScalar(code)))'.")
            }
            let digits = String(code, radix: 16)
            return raiseUnpickling(t, "invalid load key, '\\x\(digits.count < 2 ? "0" : "")\(digits)'.")
        }
    }

    private func findClass(_ moduleName: Value, _ globalName: Value) -> Value {
        if typeOf(unpickler) == pickleTypes.unpickler { return findPickledClass(t, unpickler, moduleName, globalName) }
        return callMethod(t, unpickler, .find_class, moduleName, globalName)
    }

    private mutating func twoLines() -> (Value, Value)? {
        guard let (p, n) = readLine() else { return nil }
        let first = decodeUTF8(t, p, n)
        if first.isRaised { return nil }
        guard let (q, m) = readLine() else { return nil }
        let second = decodeUTF8(t, q, m)
        return second.isRaised ? nil : (first, second)
    }

    private mutating func persistentObject(_ code: UInt8) -> Bool {
        let loader = loadSlot(&cell.pointee.persistent)
        if loader.bits == 0 {
            return raiseUnpickling(t, "A load persistent id instruction was encountered,\nbut no persistent_load function was specified.")
        }
        let pid: Value
        if code == PickleOpcode.persistent {
            guard let (p, n) = readLine() else { return false }
            for i in 0..<n where p[i] >= 0x80 { return raiseUnpickling(t, "persistent IDs in protocol 0 must be ASCII strings") }
            pid = makeString(t, ascii: p, count: n)
        } else {
            guard let v = pop() else { return false }
            pid = v
        }
        return push(call(t, loader, pid))
    }

    /// A class that copyreg knows by number.
    private mutating func extended(_ number: Int) -> Bool {
        if number <= 0 { return raiseUnpickling(t, "EXT specifies code <= 0") }
        let key = Value(smallInt: number)
        let cached = dictGet(t, pickleRoots(t)[PickleRoot.extensionCache], key)
        if !cached.isMissing { return push(cached) }
        let pair = dictGet(t, pickleRoots(t)[PickleRoot.invertedRegistry], key)
        if pair.isRaised { return false }
        if pair.isMissing {
            _ = raise(t, .valueError, "unregistered extension code \(number)")
            return false
        }
        if !isTuple(pair) || pair.tupleCount != 2 || !pair.tupleItems[0].isExactly(.str) || !pair.tupleItems[1].isExactly(.str) {
            _ = raise(t, .valueError, "_inverted_registry[\(number)] isn't a 2-tuple of strings")
            return false
        }
        let found = findClass(pair.tupleItems[0], pair.tupleItems[1])
        if found.isRaised || dictSet(t, pickleRoots(t)[PickleRoot.extensionCache], key, found) < 0 { return false }
        return push(found)
    }

    // MARK: containers

    /// Adds the values from `start` on to the list below them.
    mutating func append(_ start: Int) -> Bool {
        if start > count || start <= fence { return underflow() }
        if start == count { return true }
        let list = stack[start - 1]
        if list.isExactly(.list) {
            if count - start == 1 && listAppendFast(t, list, stack[start]) {
                cut(start)
                return true
            }
            if listAppend(t, list, contentsOf: stack + start, count - start) < 0 { return false }
            cut(start)
            return true
        }
        let extend = getAttributeOrMissing(t, list, .extend)
        if extend.isRaised { return false }
        if !extend.isMissing {
            let items = popList(start)
            return !items.isRaised && !call(t, extend, items).isRaised
        }
        let append = getAttribute(t, list, .append)
        if append.isRaised { return false }
        for i in start..<count where call(t, append, stack[i]).isRaised { return false }
        cut(start)
        return true
    }

    /// Sets the pairs from `start` on in the dict below them.
    mutating func setItems(_ start: Int) -> Bool {
        if start > count || start <= fence { return underflow() }
        if start == count { return true }
        if (count - start) % 2 != 0 { return raiseUnpickling(t, "odd number of items for SETITEMS") }
        let dict = stack[start - 1]
        let isExact = dict.isExactly(.dict)
        var i = start
        if isExact && count - start > 10 && dictReserve(t, dict, (count - start) / 2) < 0 { return false }
        while i < count {
            let done = isExact ? dictSet(t, dict, stack[i], stack[i + 1]) : setItem(t, dict, stack[i], stack[i + 1])
            if done < 0 { return false }
            i += 2
        }
        cut(start)
        return true
    }

    private mutating func makeDictOfItems() -> Bool {
        guard let start = popMark() else { return false }
        if (count - start) % 2 != 0 { return raiseUnpickling(t, "odd number of items for DICT") }
        let dict = makeDict(t)
        if dict.isRaised { return false }
        var i = start
        while i < count {
            if dictSet(t, dict, stack[i], stack[i + 1]) < 0 { return false }
            i += 2
        }
        cut(start)
        return push(dict)
    }

    private mutating func addItems() -> Bool {
        guard let start = popMark() else { return false }
        if start > count || start <= fence { return underflow() }
        if start == count { return true }
        let set = stack[start - 1]
        if set.isExactly(.set) {
            for i in start..<count where setAdd(t, set, stack[i]) < 0 { return false }
        } else if isInstanceOf(set, .set) {
            let items = makeTuple(t, stack + start, count - start)
            if items.isRaised || setUpdate(t, set, items) < 0 { return false }
        } else {
            let add = getAttribute(t, set, .add)
            if add.isRaised { return false }
            for i in start..<count where call(t, add, stack[i]).isRaised { return false }
        }
        cut(start)
        return true
    }

    // MARK: objects

    /// An instance as protocols 0 and 1 make one.
    private func instantiate(_ cls: Value, _ args: Value) -> Value {
        if args.tupleCount == 0 && isType(cls) {
            let initial = getAttributeOrMissing(t, cls, internStatic(t, "__getinitargs__"))
            if initial.isRaised { return initial }
            if initial.isMissing { return callMethod(t, cls, .__new__, cls) }
        }
        return callWithTuple(t, cls, args)
    }

    mutating func newObject(keywords hasKeywords: Bool) -> Bool {
        var keywords = Value.raised
        if hasKeywords {
            guard let v = pop() else { return false }
            keywords = v
        }
        guard let args = pop(), let cls = pop() else { return false }
        let what = hasKeywords ? "NEWOBJ_EX" : "NEWOBJ"
        if !isType(cls) { return raiseUnpickling(t, "\(what) class argument must be a type, not \(typeName(cls))") }
        guard let new = cls.asType.callSlot(.new) else {
            return raiseUnpickling(t, "\(what) class argument '\(swiftString(cls.asType.pointee.name))' doesn't have __new__")
        }
        if !isTuple(args) { return raiseUnpickling(t, "\(what) args argument must be a tuple, not \(typeName(args))") }
        if !hasKeywords || (isDict(keywords) && dictCount(keywords) == 0) {
            return push(new(t, cls, args.tupleItems, args.tupleCount, .raised))
        }
        if !isDict(keywords) { return raiseUnpickling(t, "NEWOBJ_EX kwargs argument must be a dict, not \(typeName(keywords))") }
        let function = getAttribute(t, cls, .__new__)
        if function.isRaised { return false }
        let all = makeTuple(t, args.tupleCount + 1)
        if all.isRaised { return false }
        all.tupleItems[0] = cls
        for i in 0..<args.tupleCount { all.tupleItems[i + 1] = args.tupleItems[i] }
        return push(callWithTuple(t, function, all, keywords))
    }

    mutating func reduce() -> Bool {
        guard let args = pop(), let function = pop() else { return false }
        if !isTuple(args) {
            _ = raise(t, .typeError, "argument list must be a tuple")
            return false
        }
        return push(call(t, function, args: args.tupleItems, args.tupleCount))
    }

    mutating func build() -> Bool {
        if count - 2 < fence { return underflow() }
        guard let given = pop() else { return false }
        if count <= fence { return underflow() }
        let instance = stack[count - 1]
        let setState = getAttributeOrMissing(t, instance, .__setstate__)
        if setState.isRaised { return false }
        if !setState.isMissing { return !call(t, setState, given).isRaised }
        var state = given, slots = Value.none
        if isTuple(given) && given.tupleCount == 2 {
            state = given.tupleItems[0]
            slots = given.tupleItems[1]
        }
        if !state.isNone {
            if !isDict(state) { return raiseUnpickling(t, "state is not a dictionary") }
            if !setAttributes(instance, state) { return false }
        }
        if slots.isNone { return true }
        if !isDict(slots) { return raiseUnpickling(t, "slot state is not a dictionary") }
        var entries = DictSnapshot(slots)
        var key = Value.none, x = Value.none
        while entries.next(&key, &x) {
            if setAttribute(t, instance, key, x) < 0 { return false }
        }
        return true
    }

    /// The items of `state` become the instance's own attributes, whatever its class makes of assignments.
    private func setAttributes(_ instance: Value, _ state: Value) -> Bool {
        let type = typeOf(instance)
        let plain = instance.isCell && hasInstanceDict(type) && lookupType(t, type, name(.__dict__)).isExactly(.getSetDescriptor)
        var dict = Value.none
        var entries = DictSnapshot(state)
        var key = Value.none, x = Value.none
        while entries.next(&key, &x) {
            if key.isExactly(.str) { key = intern(t, key) }
            if plain && key.isExactly(.str) {
                let done = setInstanceAttribute(t, instance, key, x)
                if done < 0 { return false }
                if done > 0 { continue }
            }
            if dict.isNone {
                dict = getAttribute(t, instance, .__dict__)
                if dict.isRaised { return false }
            }
            if setItem(t, dict, key, x) < 0 { return false }
        }
        return true
    }
}
