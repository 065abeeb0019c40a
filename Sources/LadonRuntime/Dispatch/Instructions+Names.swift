// Global and builtin names, and names looked up through a mapping (modules, class bodies, exec).
//
// Cache words of LOAD_GLOBAL and LOAD_NAME: word 1 holds {globals keys version : 32, entry index : 32} when the
// name was found in the globals; when it was found in the builtins, word 1 holds {globals version, 0xFFFFFFFF}
// and word 2 {builtins version, entry index}. A keys version is unique in the process and changes with the set
// of keys, so an equal version means that the name still is (or is not) there. Each word is stored with one
// release store; word 2 before word 1. Readers that see a mixture see a version that does not match.

private let absentIndex: UInt64 = 0xFFFF_FFFF

extension Instructions {
    @inline(__always) static func loadGlobal(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        let cache = UInt64(ladon_load_acquire(pc + 1))
        let function = f.function
        let version = UInt32(truncatingIfNeeded: cache)
        let index = cache >> 32
        if index != absentIndex {
            if version != 0 {
                let v = dictGetCached(function.pointee.globals, version, Int(truncatingIfNeeded: index))
                if v.bits != 0 { f[opA(w)] = v; return pc + 3 }
            }
        } else if dictKeysVersion(function.pointee.globals) == version {
            let second = UInt64(ladon_load_acquire(pc + 2))
            let v = dictGetCached(function.pointee.builtins, UInt32(truncatingIfNeeded: second), Int(truncatingIfNeeded: second >> 32))
            if v.bits != 0 { f[opA(w)] = v; return pc + 3 }
        }
        return loadGlobalSlow(t, f, pc, w)
    }

    @inline(never) static func loadGlobalSlow(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        f.savedPC = pc
        return finish(t, f, pc, w, findGlobal(t, f, pc, constant(f, wideIndex(w))), 3)
    }

    /// Looks a name up in globals, then builtins; fills the cache at `pc` when both are exact dicts.
    static func findGlobal(_ t: Thread, _ f: Values, _ pc: PC, _ name: Value) -> Value {
        let globals = f.function.pointee.globals, builtins = f.function.pointee.builtins
        let exact = globals.isExactly(.dict)
        if !exact {
            // A dict subclass may look its items up in its own way.
            let v = mappingGet(t, globals, name)
            if !v.isMissing { return v }
        }
        let globalsVersion = exact ? dictVersion(t, globals) : 0
        if exact, let index = dictFindIndex(t, globals, name) {
            let v = dictEntryValue(globals, index)
            if v.bits != 0 {
                if globalsVersion != 0 && dictVersion(t, globals) == globalsVersion && UInt64(index) < absentIndex {
                    ladon_store_release(pc + 1, UInt(globalsVersion) | UInt(index) << 32)
                }
                return v
            }
        }
        if builtins.isExactly(.dict) {
            let builtinsVersion = dictVersion(t, builtins)
            if let index = dictFindIndex(t, builtins, name) {
                let v = dictEntryValue(builtins, index)
                if v.bits != 0 {
                    if globalsVersion != 0 && builtinsVersion != 0 && UInt64(index) < absentIndex {
                        ladon_store_release(pc + 2, UInt(builtinsVersion) | UInt(index) << 32)
                        ladon_store_release(pc + 1, UInt(globalsVersion) | UInt(absentIndex) << 32)
                    }
                    return v
                }
            }
        } else {
            let v = mappingGet(t, builtins, name)
            if !v.isMissing { return v }
        }
        return raiseNameError(t, .nameError, name, "name '\(swiftString(name))' is not defined")
    }

    @inline(__always) static func storeGlobal(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC { storeGlobalSlow(t, f, pc, w) }
    @inline(never) static func storeGlobalSlow(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        f.savedPC = pc
        return finish(t, f, pc, truth: dictSet(t, f.function.pointee.globals, constant(f, wideIndex(w)), f[opA(w)]), 2)
    }
    @inline(never) static func deleteGlobal(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        f.savedPC = pc
        let name = constant(f, wideIndex(w))
        let deleted = dictDelete(t, f.function.pointee.globals, name)
        if deleted == 0 { _ = raiseNameError(t, .nameError, name, "name '\(swiftString(name))' is not defined") }
        return deleted == 1 ? pc + 1 : unwind(t, f, pc)
    }

    // MARK: names through a mapping

    @inline(__always) static func loadName(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        if f.flags & FrameFlags.mapping == 0 { return loadGlobal(t, f, pc, w) }
        return loadNameSlow(t, f, pc, w)
    }
    @inline(never) static func loadNameSlow(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        f.savedPC = pc
        let name = constant(f, wideIndex(w))
        let v = mappingGet(t, localsMapping(t, f), name)
        if v.isRaised { return unwind(t, f, pc) }
        if !v.isMissing { f[opA(w)] = v; return pc + 3 }
        return finish(t, f, pc, w, findGlobal(t, f, pc, name), 3)
    }
    @inline(never) static func storeName(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        f.savedPC = pc
        let mapping = localsMapping(t, f), name = constant(f, wideIndex(w))
        if mapping.isExactly(.dict) { return finish(t, f, pc, truth: dictSet(t, mapping, name, f[opA(w)]), 2) }
        return finish(t, f, pc, truth: LadonRuntime.setItem(t, mapping, name, f[opA(w)]), 2)
    }
    @inline(never) static func deleteName(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        f.savedPC = pc
        let mapping = localsMapping(t, f), name = constant(f, wideIndex(w))
        if mapping.isExactly(.dict) {
            let deleted = dictDelete(t, mapping, name)
            if deleted == 1 { return pc + 1 }
            if deleted < 0 { return unwind(t, f, pc) }
        } else {
            if LadonRuntime.deleteItem(t, mapping, name) >= 0 { return pc + 1 }
            if !exceptionMatches(t, .keyError) { return unwind(t, f, pc) }
            clearException(t)
        }
        _ = raiseNameError(t, .nameError, name, "name '\(swiftString(name))' is not defined")
        return unwind(t, f, pc)
    }
    @inline(never) static func loadBuildClass(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        f.savedPC = pc
        let v = mappingGet(t, f.function.pointee.builtins, name(.__build_class__))
        if v.isMissing { return finish(t, f, pc, w, LadonRuntime.raise(t, .nameError, "__build_class__ not found")) }
        return finish(t, f, pc, w, v)
    }
    @inline(never) static func loadLocals(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        f.savedPC = pc
        return finish(t, f, pc, w, localsMapping(t, f))
    }
    @inline(__always) static func loadAssertionError(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        f[opA(w)] = builtinType(.assertionError).value
        return pc + 1
    }
    @inline(never) static func setupAnnotations(_ t: Thread, _ f: Values, _ pc: PC, _ w: UInt64) -> PC {
        f.savedPC = pc
        let mapping = localsMapping(t, f)
        let found = mappingGet(t, mapping, name(.__annotations__))
        if found.isRaised { return unwind(t, f, pc) }
        if !found.isMissing { return pc + 1 }
        return finish(t, f, pc, truth: LadonRuntime.setItem(t, mapping, name(.__annotations__), makeDict(t)))
    }
}

/// The locals of a frame whose code keeps them in a mapping: the mapping given, or the globals.
func localsMapping(_ t: Thread, _ f: Values) -> Value {
    if f.flags & FrameFlags.mapping != 0, let object = f.object { return object.pointee.locals }
    return f.function.pointee.globals
}

/// `mapping[name]`, or `.missing` when it raises KeyError.
public func mappingGet(_ t: Thread, _ mapping: Value, _ name: Value) -> Value {
    if mapping.isExactly(.dict) { return dictGet(t, mapping, name) }
    let v = getItem(t, mapping, name)
    if !v.isRaised { return v }
    guard exceptionMatches(t, .keyError) else { return .raised }
    clearException(t)
    return .missing
}

/// The keys version in a dict's cell; 0 when caches may not use it.
@inline(__always) private func dictKeysVersion(_ d: Value) -> UInt32 {
    ladon_load32_acquire(d.cell + MemoryLayout<DictCell>.offset(of: \DictCell.keysVersion).unsafelyUnwrapped)
}
