// Calls and returns inside the dispatch loop.
//
// The callee's frame starts at the call's window, so that arguments need no copying; a generator's frame
// lies in its heap cell, so calls from it copy their arguments to the register stack's top.

extension Instructions {
    @inline(__always) static func call(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        let window = f + opB(w)
        let callee = window[Frame.function]
        if callee.isPointer && callee.id == TypeID.function.rawValue {
            let codeValue = callee.asFunction.pointee.code
            let code = codeValue.asCode
            if code.pointee.isSimple != 0 && code.pointee.argumentCount == opC(w) && f.flags & FrameFlags.generator == 0 {
                let top = window + code.pointee.frameSize
                if top <= t.pointee.stackLimit.unsafelyUnwrapped && t.pointee.depth < t.pointee.depthLimit
                    && ladon_load32_relaxed(pendingAddress(t)) == 0 {
                    f.savedPC = pc
                    window.caller = f
                    window[Frame.code] = codeValue
                    window.top = top
                    window.flags = 0
                    var i = Frame.headerSize + opC(w)
                    let end = Frame.headerSize + code.pointee.variableCount
                    while i < end { window[i] = .raised; i += 1 }
                    t.pointee.frame = window
                    t.pointee.depth += 1
                    return code.pointee.words
                }
            }
        }
        return callSlow(t, f, pc, w)
    }

    /// A plain call of a plain function from a generator's frame, which lies in its cell: the arguments are copied to the register
    /// stack's top. nil: the general way must do it.
    @inline(__always) private static func callFromGenerator(_ t: Thread, _ f: Values, _ pc: PC, _ callee: Value, _ arguments: Values, _ count: Int) -> PC? {
        if !callee.isPointer || callee.id != TypeID.function.rawValue || f.flags & FrameFlags.generator == 0 { return nil }
        let codeValue = callee.asFunction.pointee.code
        let code = codeValue.asCode
        if code.pointee.isSimple == 0 || code.pointee.argumentCount != count { return nil }
        let frame = f.top
        let top = frame + code.pointee.frameSize
        if top > t.pointee.stackLimit.unsafelyUnwrapped || t.pointee.depth >= t.pointee.depthLimit || ladon_load32_relaxed(pendingAddress(t)) != 0 { return nil }
        f.savedPC = pc
        frame.caller = f
        frame[Frame.code] = codeValue
        frame[Frame.function] = callee
        frame.top = top
        frame.flags = 0
        let registers = frame + Frame.headerSize
        var i = 0
        while i < count { registers[i] = arguments[i]; i &+= 1 }
        let end = code.pointee.variableCount
        while i < end { registers[i] = .raised; i &+= 1 }
        t.pointee.frame = frame
        t.pointee.depth += 1
        return code.pointee.words
    }

    @inline(never) static func callSlow(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        let window = f + opB(w)
        let callee = window[Frame.function]
        // A native function that takes just these arguments needs nothing of what `enter` sets up.
        if callee.isPointer && callee.id == TypeID.nativeFunction.rawValue && ladon_load32_relaxed(pendingAddress(t)) == 0 {
            let native = callee.asNativeFunction
            let record = native.pointee.record
            if native.pointee.receiver.bits == 0 && Int(record.pointee.exactCount) == opC(w) && callee.header.pointee.small == 0 {
                f.savedPC = pc
                return finish(t, f, pc, w, record.pointee.function(t, window + Frame.headerSize), 2)
            }
        }
        if let entered = callFromGenerator(t, f, pc, window[Frame.function], window + Frame.headerSize, opC(w)) { return entered }
        return enter(t, f, pc, w, window[Frame.function], window + Frame.headerSize, opC(w), .raised)
    }

    @inline(__always) static func callMethod(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        let window = f + opB(w)
        let callee = window[Frame.function]
        if callee.isPointer && callee.id == TypeID.function.rawValue && window[Frame.headerSize].bits != 0 {
            let codeValue = callee.asFunction.pointee.code
            let code = codeValue.asCode
            let count = opC(w) + 1
            if code.pointee.isSimple != 0 && code.pointee.argumentCount == count && f.flags & FrameFlags.generator == 0 {
                let top = window + code.pointee.frameSize
                if top <= t.pointee.stackLimit.unsafelyUnwrapped && t.pointee.depth < t.pointee.depthLimit
                    && ladon_load32_relaxed(pendingAddress(t)) == 0 {
                    f.savedPC = pc
                    window.caller = f
                    window[Frame.code] = codeValue
                    window.top = top
                    window.flags = 0
                    var i = Frame.headerSize + count
                    let end = Frame.headerSize + code.pointee.variableCount
                    while i < end { window[i] = .raised; i += 1 }
                    t.pointee.frame = window
                    t.pointee.depth += 1
                    return code.pointee.words
                }
            }
        }
        return callMethodSlow(t, f, pc, w)
    }
    @inline(never) static func callMethodSlow(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        let window = f + opB(w)
        let receiver = window[Frame.headerSize]
        let hasSelf = receiver.bits != 0
        let callee = window[Frame.function]
        if hasSelf && callee.isPointer && callee.id == TypeID.methodDescriptor.rawValue && ladon_load32_relaxed(pendingAddress(t)) == 0 {
            let descriptor = callee.asMethodDescriptor
            let record = descriptor.pointee.record
            let given = opC(w) + 1
            let isExact = Int(record.pointee.exactCount) == given
            if (isExact || Int(record.pointee.shortCount) == given) && typeOrShapeID(receiver) == descriptor.pointee.owner.asType.pointee.id {
                f.savedPC = pc
                let function = isExact ? record.pointee.function : record.pointee.shortFunction
                return finish(t, f, pc, w, function(t, window + Frame.headerSize), 2)
            }
        }
        let arguments = window + (hasSelf ? Frame.headerSize : Frame.headerSize + 1)
        let count = hasSelf ? opC(w) + 1 : opC(w)
        if let entered = callFromGenerator(t, f, pc, window[Frame.function], arguments, count) { return entered }
        return enter(t, f, pc, w, window[Frame.function], arguments, count, .raised)
    }
    @inline(never) static func callKw(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        let window = f + opB(w)
        return enter(t, f, pc, w, window[Frame.function], window + Frame.headerSize, opC(w), window[4])
    }
    @inline(never) static func callMethodKw(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        let window = f + opB(w)
        let hasSelf = window[Frame.headerSize].bits != 0
        let arguments = window + (hasSelf ? Frame.headerSize : Frame.headerSize + 1)
        return enter(t, f, pc, w, window[Frame.function], arguments, hasSelf ? opC(w) + 1 : opC(w), window[4])
    }

    /// Any call: pushes a frame for a Python function (or a class's Python `__init__`), else calls natively and stores the result.
    @inline(never) static func enter(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64, _ callee: Value, _ arguments: Values, _ count: Int, _ names: Value) -> PC {
        f.savedPC = pc
        if ladon_load32_relaxed(pendingAddress(t)) != 0 && !safepoint(t) { return unwind(t, f, pc) }
        if callee.isCell {
            let id = callee.id
            if id == TypeID.function.rawValue {
                let address = f.flags & FrameFlags.generator == 0 ? f + opB(w) : f.top
                guard let frame = pushFrame(t, callee, at: address, arguments, count, names, flags: 0) else { return unwind(t, f, pc) }
                return frame.code.pointee.words
            }
            if id == TypeID.nativeFunction.rawValue {
                return finish(t, f, pc, w, callNative(t, callee, arguments, positionalCount(count, names), names), 2)
            }
            if id == TypeID.methodDescriptor.rawValue {
                return finish(t, f, pc, w, callMethodDescriptor(t, callee, arguments, positionalCount(count, names), names), 2)
            }
            if id == TypeID.method.rawValue && callee.cell(as: MethodCell.self).pointee.function.isExactly(.function) {
                let method = callee.cell(as: MethodCell.self)
                return enterPrepending(t, f, pc, w, method.pointee.function, method.pointee.receiver, arguments, count, names, flags: 0)
            }
            if let initializer = constructorInitializer(callee) {
                let instance = allocateInstance(t, callee.asType, variableItems: 0)
                if instance.isRaised { return unwind(t, f, pc) }
                return enterPrepending(t, f, pc, w, initializer, instance, arguments, count, names, flags: FrameFlags.constructor)
            }
            if typeOf(callee) == builtinType(.type) { return finish(t, f, pc, w, type_call(t, callee, arguments, positionalCount(count, names), names), 2) }
        }
        return finish(t, f, pc, w, LadonRuntime.call(t, callee, args: arguments, count, names), 2)
    }

    /// Pushes a frame of `function` with `first` before the arguments.
    static func enterPrepending(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64, _ function: Value, _ first: Value,
                                _ arguments: Values, _ count: Int, _ names: Value, flags: UInt) -> PC {
        let address = f.flags & FrameFlags.generator == 0 ? f + opB(w) : f.top
        let code = function.asFunction.pointee.code.asCode
        if code.pointee.isSimple != 0 && code.pointee.argumentCount == count + 1 && names.isRaised
            && address + code.pointee.frameSize <= t.pointee.stackLimit.unsafelyUnwrapped && t.pointee.depth < t.pointee.depthLimit {
            let registers = address + Frame.headerSize
            var i = count
            // The arguments may lie one register before or in these registers: move from the end.
            if registers + 1 > arguments { while i > 0 { registers[i] = arguments[i - 1]; i -= 1 } } else {
                var k = 0
                while k < count { registers[k + 1] = arguments[k]; k += 1 }
            }
            registers[0] = first
            i = count + 1
            while i < code.pointee.variableCount { registers[i] = .raised; i += 1 }
            address.caller = f
            address.savedPC = code.pointee.words
            address[Frame.code] = function.asFunction.pointee.code
            address[Frame.function] = function
            address.top = address + code.pointee.frameSize
            address.flags = flags
            address[Frame.extra] = first
            t.pointee.frame = address
            t.pointee.depth += 1
            return code.pointee.words
        }
        return withScratch(t, count + 1, failed: unwind(t, f, pc)) { all in
            all[0] = first
            for i in 0..<count { all[i + 1] = arguments[i] }
            guard let frame = pushFrame(t, function, at: address, all, count + 1, names, flags: flags) else { return unwind(t, f, pc) }
            frame[Frame.extra] = first
            return frame.code.pointee.words
        }
    }

    @inline(never) static func callEx(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        f.savedPC = pc
        return callExpanded(t, f, pc, w) { enter(t, f, pc, w, $0, $1, $2, $3) }
    }

    /// Lays out the arguments of CALL_EX and hands callee, arguments, count and names to `body`.
    @inline(__always) static func callExpanded(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64, _ body: (Value, Values, Int, Value) -> PC) -> PC {
        let window = f + opB(w)
        let callee = window[Frame.function]
        var arguments = window[Frame.headerSize]
        if !arguments.isExactly(.tuple) {
            if !isIterable(arguments) {
                return finish(t, f, pc, w, LadonRuntime.raise(t, .typeError, "\(calleeDescription(t, callee)) argument after * must be an iterable, not \(typeName(arguments))"), 2)
            }
            arguments = sequenceToTuple(t, arguments)
            if arguments.isRaised { return unwind(t, f, pc) }
        }
        var keywords = Value.raised
        if opC(w) & 1 != 0 {
            keywords = window[Frame.headerSize + 1]
            if !keywords.isExactly(.dict) {
                let copy = makeDict(t)
                if copy.isRaised || dictMergeForCall(t, copy, keywords, callee) < 0 { return unwind(t, f, pc) }
                keywords = copy
            }
            if dictCount(keywords) == 0 { keywords = .raised }
        }
        window[Frame.headerSize] = arguments
        if keywords.bits == 0 { return body(callee, arguments.tupleItems, arguments.tupleCount, .raised) }
        // Names and values laid out behind one another, in a storage cell that the window keeps alive.
        let positional = arguments.tupleCount, named = dictCount(keywords)
        let all = makeStorage(t, capacity: positional + named)
        let names = all.isRaised ? all : makeTuple(t, named)
        if names.isRaised { return unwind(t, f, pc) }
        for i in 0..<positional { all.storageItems[i] = arguments.tupleItems[i] }
        var position = 0, found = 0
        var key = Value.none, value = Value.none
        while found < named && dictNext(keywords, &position, &key, &value) {
            if !isInstanceOf(key, .str) { return finish(t, f, pc, w, LadonRuntime.raise(t, .typeError, "keywords must be strings"), 2) }
            names.tupleItems[found] = key
            all.storageItems[positional + found] = value
            found += 1
        }
        // Another thread shrank the mapping meanwhile: what is not there is not passed.
        let passed = found == named ? names : tupleSlice(t, names, 0, found)
        if passed.isRaised { return unwind(t, f, pc) }
        let next = body(callee, all.storageItems, positional + found, passed)
        ladon_keep_alive(all)
        return next
    }

    // MARK: returns

    @inline(__always) static func `return`(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        let v = f[opA(w)]
        if f.flags == 0 {
            let caller = f.caller.unsafelyUnwrapped
            t.pointee.frame = caller
            t.pointee.depth -= 1
            let callPC = caller.savedPC
            caller[opA(callPC.pointee)] = v
            return callPC + 2
        }
        return returnSlow(t, f, pc, v)
    }
    @inline(__always) static func returnNone(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        if f.flags == 0 {
            let caller = f.caller.unsafelyUnwrapped
            t.pointee.frame = caller
            t.pointee.depth -= 1
            let callPC = caller.savedPC
            caller[opA(callPC.pointee)] = .none
            return callPC + 2
        }
        return returnSlow(t, f, pc, .none)
    }

    @inline(never) static func returnSlow(_ t: Thread, _ f: Values, _ pc: PC, _ v: Value) -> PC {
        f.savedPC = pc
        if f.flags & FrameFlags.generator != 0 { return generatorReturn(t, f, v) }
        if f.flags & FrameFlags.hasObject != 0 { detachFrameObject(t, f) }
        var result = v
        if f.flags & FrameFlags.constructor != 0 {
            if !v.isNone {
                _ = LadonRuntime.raise(t, .typeError, "__init__() should return None, not '\(typeName(v))'")
                // The error belongs to the caller's line: the frame is done.
                return popRaising(t, f)
            }
            result = f[Frame.extra]
        }
        let caller = f.caller.unsafelyUnwrapped
        t.pointee.frame = caller
        t.pointee.depth -= 1
        if f.flags & FrameFlags.entry != 0 {
            t.pointee.result = result
            return PC(ladon_exit_word())
        }
        let callPC = caller.savedPC
        caller[opA(callPC.pointee)] = result
        return callPC + 2
    }
}

/// The Python `__init__` to run on a fresh instance when `callee` is a class whose construction is the default
/// one (type.__call__, object.__new__), or nil. The answer is cached in the type by version.
@inline(__always)
func constructorInitializer(_ callee: Value) -> Value? {
    guard typeOf(callee).pointee.flags.contains(.typeSubclass) else { return nil }
    let type = callee.asType
    if type.pointee.nativeID != TypeID.object.rawValue { return nil }
    let cache = type.pointee.constructorCache
    guard cache.bits != 0 else { return fillConstructorCache(type) }
    let entry = cache.tupleItems
    if entry[0].smallInt == Int(ladon_load32_acquire(typeVersionAddress(type))) && entry[0].smallInt != 0 { return entry[1].isNone ? nil : entry[1] }
    return fillConstructorCache(type)
}

@inline(__always) func typeVersionAddress(_ type: TypePointer) -> UnsafeRawPointer {
    UnsafeRawPointer(type) + MemoryLayout<TypeCell>.offset(of: \TypeCell.version).unsafelyUnwrapped
}

@inline(never)
private func fillConstructorCache(_ type: TypePointer) -> Value? {
    guard let t = ladon_get_current_thread() else { return nil }
    let version = ladon_load32_acquire(typeVersionAddress(type))
    guard version != 0, typeOf(type.value) == builtinType(.type), !type.pointee.flags.contains(.abstract),
          type.pointee.nativeID == TypeID.object.rawValue,
          type.slot(.new) == builtinType(.object).slot(.new) else { return nil }
    let initializer = lookupType(type, name(.__init__))
    let usable = initializer.isExactly(.function)
    let entry = makeTuple(t, 2)
    if entry.isRaised { clearException(t); return nil }
    entry.tupleItems[0] = Value(smallInt: Int(version))
    entry.tupleItems[1] = usable ? initializer : .none
    withUnsafeMutablePointer(to: &type.pointee.constructorCache) { storeSlot($0, entry) }
    return usable ? initializer : nil
}

/// "f()" or "Class.f()" for messages about the arguments of a call, as CPython's _PyObject_FunctionStr.
func calleeDescription(_ t: Thread, _ callee: Value) -> String {
    let qualname = getAttributeOrMissing(t, callee, name(.__qualname__))
    if qualname.isRaised || qualname.isMissing || !isInstanceOf(qualname, .str) {
        clearException(t)
        let text = str(t, callee)
        if text.isRaised { clearException(t); return "object" }
        return swiftString(text)
    }
    let module = getAttributeOrMissing(t, callee, name(.__module__))
    if module.isRaised { clearException(t) }
    if !module.isRaised && !module.isMissing && isInstanceOf(module, .str) {
        let text = swiftString(module)
        if text != "builtins" { return "\(text).\(swiftString(qualname))()" }
    }
    return "\(swiftString(qualname))()"
}
