// Making functions, importing, pattern matching, and the interactive echo.

/// A function object over `code`. 0: MemoryError raised.
public func makeFunction(_ t: Thread, _ code: Value, globals: Value, builtins: Value) -> Value {
    let p = allocate(t, id: TypeID.function.rawValue, bytes: MemoryLayout<FunctionCell>.size)
    let function = p.assumingMemoryBound(to: FunctionCell.self)
    function.pointee.code = code
    function.pointee.globals = globals
    function.pointee.builtins = builtins
    function.pointee.name = code.asCode.pointee.name
    function.pointee.qualname = code.asCode.pointee.qualname
    if code.asCode.pointee.hasDocstring != 0 {
        function.pointee.doc = code.asCode.pointee.constantItems[code.asCode.pointee.nameConstantCount]
    } else { function.pointee.doc = .none }
    let module = globals.isExactly(.dict) ? dictGetName(t, globals, name(.__name__)) : .missing
    function.pointee.module = module.isMissing ? .none : module
    return Value(p)
}

extension Instructions {
    @inline(never) static func makeFunction(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        f.savedPC = pc
        let code = constant(f, Int(truncatingIfNeeded: pc[1]))
        let current = f.function
        let v = LadonRuntime.makeFunction(t, code, globals: current.pointee.globals, builtins: current.pointee.builtins)
        if v.isRaised { return unwind(t, f, pc) }
        let from = f + opB(w), flags = opC(w)
        let function = v.asFunction
        if flags & 1 != 0 { function.pointee.defaults = from[0] }
        if flags & 2 != 0 { function.pointee.kwDefaults = from[1] }
        if flags & 4 != 0 { function.pointee.annotations = from[2] }
        if flags & 8 != 0 { function.pointee.closure = from[3] }
        f[opA(w)] = v
        return pc + 2
    }

    // MARK: imports

    @inline(never) static func importName(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        f.savedPC = pc
        let importer = mappingGet(t, f.function.pointee.builtins, name(.__import__))
        if importer.isRaised { return unwind(t, f, pc) }
        if importer.isMissing { return finish(t, f, pc, w, LadonRuntime.raise(t, .importError, "__import__ not found")) }
        let level = f[opB(w)], fromList = f[opB(w) + 1], module = constant(f, opC(w))
        let locals = f.flags & FrameFlags.mapping != 0 ? localsMapping(t, f) : .none
        let result = withUnsafeTemporaryAllocation(of: Value.self, capacity: 5) { buffer -> Value in
            let a = buffer.baseAddress.unsafelyUnwrapped
            a[0] = module; a[1] = f.function.pointee.globals; a[2] = locals; a[3] = fromList; a[4] = level
            return LadonRuntime.call(t, importer, args: a, 5)
        }
        return finish(t, f, pc, w, result)
    }
    @inline(never) static func importFrom(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        f.savedPC = pc
        return finish(t, f, pc, w, importFromModule(t, f[opB(w)], constant(f, opC(w))))
    }
    @inline(never) static func importStar(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        f.savedPC = pc
        return finish(t, f, pc, truth: importAll(t, f[opA(w)], into: localsMapping(t, f)))
    }

    // MARK: pattern matching

    @inline(never) static func matchSequence(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        f[opA(w)] = Value(typeOf(f[opB(w)]).pointee.flags.contains(.sequence))
        return pc + 1
    }
    @inline(never) static func matchMapping(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        f[opA(w)] = Value(typeOf(f[opB(w)]).pointee.flags.contains(.mapping))
        return pc + 1
    }
    @inline(never) static func getLength(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        f.savedPC = pc
        let n = length(t, f[opB(w)])
        return n < 0 ? unwind(t, f, pc) : finish(t, f, pc, w, Value(smallInt: n))
    }
    @inline(never) static func matchKeys(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        f.savedPC = pc
        return finish(t, f, pc, w, valuesForKeys(t, f[opB(w)], f[opC(w)]))
    }
    @inline(never) static func matchClass(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        f.savedPC = pc
        let from = f + opB(w)
        return finish(t, f, pc, w, classPatternAttributes(t, from[0], from[1], from[2], opC(w)))
    }

    @inline(never) static func printExpression(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        f.savedPC = pc
        let hook = dictGet(t, interpreter(t).pointee.sysDict, name(.displayhook))
        if hook.isMissing { return finish(t, f, pc, w, LadonRuntime.raise(t, .runtimeError, "lost sys.displayhook")) }
        let r = LadonRuntime.call(t, hook, f[opA(w)])
        return r.isRaised ? unwind(t, f, pc) : pc + 1
    }
}
