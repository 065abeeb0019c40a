// Chains of filters: what Python's dicts say, as liblzma's structures.

import CLzma
import Glibc
import LadonLibrary

nonisolated(unsafe) var lzmaErrorType: TypePointer! = nil

func raiseLzma(_ t: Thread, _ message: String) -> Value {
    let e = call(t, lzmaErrorType.value, makeString(t, message))
    return e.isRaised ? e : raiseValue(t, e)
}

/// What a code of the library's means. `.none`: nothing wrong.
func checkLzma(_ t: Thread, _ code: lzma_ret) -> Value {
    switch code {
    case LZMA_OK, LZMA_GET_CHECK, LZMA_NO_CHECK, LZMA_STREAM_END: return .none
    case LZMA_UNSUPPORTED_CHECK: return raiseLzma(t, "Unsupported integrity check")
    case LZMA_MEM_ERROR: return raiseMemoryError(t)
    case LZMA_MEMLIMIT_ERROR: return raiseLzma(t, "Memory usage limit exceeded")
    case LZMA_FORMAT_ERROR: return raiseLzma(t, "Input format not supported by decoder")
    case LZMA_OPTIONS_ERROR: return raiseLzma(t, "Invalid or unsupported options")
    case LZMA_DATA_ERROR: return raiseLzma(t, "Corrupt input data")
    case LZMA_BUF_ERROR: return raiseLzma(t, "Insufficient buffer space")
    case LZMA_PROG_ERROR: return raiseLzma(t, "Internal error")
    default: return raiseLzma(t, "Unrecognized error from liblzma: \(code.rawValue)")
    }
}

/// Up to four filters and the end mark, with their options in malloc memory.
struct LzmaFilterChain {
    let filters: UnsafeMutablePointer<lzma_filter>
    private(set) var count = 0

    init() {
        filters = .allocate(capacity: 5)
        for i in 0..<5 { filters[i] = lzma_filter(id: ladon_lzma_unknown_filter, options: nil) }
    }
    mutating func append(_ filter: lzma_filter) {
        filters[count] = filter
        count += 1
    }
    func free() {
        for i in 0..<count { Glibc.free(filters[i].options) }
        filters.deallocate()
    }
}

private func asUInt32(_ t: Thread, _ v: Value) -> UInt32? {
    guard let n = asUInt(t, v) else { return nil }
    if n > UInt(UInt32.max) {
        raise(t, .overflowError, "Value too large for uint32_t type")
        return nil
    }
    return UInt32(n)
}

/// A preset argument. nil: raised.
func lzmaPreset(_ t: Thread, _ v: Value) -> UInt32? { v.isNone || v.isMissing ? UInt32(6) : asUInt32(t, v) }

/// An entry of a dict that is optional, else `fallback`. nil: raised.
private func entry(_ t: Thread, _ spec: Value, _ key: StaticString, _ fallback: UInt32) -> UInt32? {
    let has = contains(t, spec, internStatic(t, key))
    if has < 0 { return nil }
    if has == 0 { return fallback }
    let v = getItem(t, spec, internStatic(t, key))
    return v.isRaised ? nil : asUInt32(t, v)
}

/// Whether a dict has only these keys; raises ValueError(message) if not.
private func hasOnly(_ t: Thread, _ spec: Value, _ keys: [StaticString], _ message: String) -> Bool {
    let list = iterateToList(t, spec)
    if list.isRaised { return false }
    for i in 0..<listCount(list) {
        let key = listGet(t, list, i)
        guard key.isCell, key.isStr, keys.contains(where: { $0.description == swiftString(key) }) else {
            raise(t, .valueError, message)
            return false
        }
    }
    return true
}

/// One filter; its options are malloc memory of the caller's. nil: raised.
func lzmaFilter(_ t: Thread, _ spec: Value) -> lzma_filter? {
    if !spec.isCell || !typeOf(spec).has(.getItem) || isSubtype(typeOf(spec), builtinType(.list)) || isSubtype(typeOf(spec), builtinType(.tuple)) || spec.isStr || spec.isBytes {
        raise(t, .typeError, "Filter specifier must be a dict or dict-like object")
        return nil
    }
    let idValue = getItem(t, spec, internStatic(t, "id"))
    if idValue.isRaised {
        if exceptionMatches(t, .keyError) {
            clearException(t)
            raise(t, .valueError, "Filter specifier must have an \"id\" entry")
        }
        return nil
    }
    guard let wide = asUInt(t, idValue) else { return nil }
    let id = UInt64(wide)
    switch id {
    case ladon_lzma_filter_lzma1, ladon_lzma_filter_lzma2:
        guard let preset = entry(t, spec, "preset", UInt32(6)) else { return nil }
        var o = lzma_options_lzma()
        if lzma.lzma_lzma_preset(&o, preset) != 0 {
            _ = raiseLzma(t, "Invalid compression preset: \(preset)")
            return nil
        }
        if !hasOnly(t, spec, ["id", "preset", "dict_size", "lc", "lp", "pb", "mode", "nice_len", "mf", "depth"], "Invalid filter specifier for LZMA filter") { return nil }
        guard let size = entry(t, spec, "dict_size", o.dict_size), let lc = entry(t, spec, "lc", o.lc), let lp = entry(t, spec, "lp", o.lp),
              let pb = entry(t, spec, "pb", o.pb), let mode = entry(t, spec, "mode", o.mode.rawValue), let nice = entry(t, spec, "nice_len", o.nice_len),
              let mf = entry(t, spec, "mf", o.mf.rawValue), let depth = entry(t, spec, "depth", o.depth) else { return nil }
        o.dict_size = size
        o.lc = lc
        o.lp = lp
        o.pb = pb
        o.mode = lzma_mode(rawValue: mode)
        o.nice_len = nice
        o.mf = lzma_match_finder(rawValue: mf)
        o.depth = depth
        let p = malloc(MemoryLayout<lzma_options_lzma>.size).unsafelyUnwrapped
        p.storeBytes(of: o, as: lzma_options_lzma.self)
        return lzma_filter(id: id, options: p)
    case ladon_lzma_filter_delta:
        if !hasOnly(t, spec, ["id", "dist"], "Invalid filter specifier for delta filter") { return nil }
        guard let distance = entry(t, spec, "dist", 1) else { return nil }
        var o = lzma_options_delta()
        o.type = LZMA_DELTA_TYPE_BYTE
        o.dist = distance
        let p = malloc(MemoryLayout<lzma_options_delta>.size).unsafelyUnwrapped
        p.storeBytes(of: o, as: lzma_options_delta.self)
        return lzma_filter(id: id, options: p)
    case ladon_lzma_filter_x86, ladon_lzma_filter_powerpc, ladon_lzma_filter_ia64, ladon_lzma_filter_arm, ladon_lzma_filter_armthumb, ladon_lzma_filter_sparc:
        if !hasOnly(t, spec, ["id", "start_offset"], "Invalid filter specifier for BCJ filter") { return nil }
        guard let offset = entry(t, spec, "start_offset", 0) else { return nil }
        var o = lzma_options_bcj()
        o.start_offset = offset
        let p = malloc(MemoryLayout<lzma_options_bcj>.size).unsafelyUnwrapped
        p.storeBytes(of: o, as: lzma_options_bcj.self)
        return lzma_filter(id: id, options: p)
    default:
        raise(t, .valueError, "Invalid filter ID: \(id)")
        return nil
    }
}

/// A chain of filters. nil: raised.
func lzmaFilters(_ t: Thread, _ specs: Value) -> LzmaFilterChain? {
    if !specs.isCell || !isSequence(specs) {
        raise(t, .typeError, "\(typeName(specs)) is not a sequence")
        return nil
    }
    let n = length(t, specs)
    if n < 0 { return nil }
    if n > 4 {
        raise(t, .valueError, "Too many filters - liblzma supports a maximum of 4")
        return nil
    }
    var chain = LzmaFilterChain()
    for i in 0..<n {
        let spec = getItem(t, specs, Value(smallInt: i))
        guard !spec.isRaised, let filter = lzmaFilter(t, spec) else {
            chain.free()
            return nil
        }
        chain.append(filter)
    }
    return chain
}

/// The dict of a filter's options.
func lzmaFilterDict(_ t: Thread, _ filter: lzma_filter) -> Value {
    let d = makeDict(t)
    func put(_ key: StaticString, _ n: UInt64) -> Bool { dictSet(t, d, internStatic(t, key), makeInt(t, UInt(n))) >= 0 }
    if d.isRaised || !put("id", filter.id) { return .raised }
    guard let p = filter.options else { return d }
    switch filter.id {
    case ladon_lzma_filter_lzma1:
        let o = p.load(as: lzma_options_lzma.self)
        return put("dict_size", UInt64(o.dict_size)) && put("lc", UInt64(o.lc)) && put("lp", UInt64(o.lp)) && put("pb", UInt64(o.pb)) ? d : .raised
    case ladon_lzma_filter_lzma2: return put("dict_size", UInt64(p.load(as: lzma_options_lzma.self).dict_size)) ? d : .raised
    case ladon_lzma_filter_delta: return put("dist", UInt64(p.load(as: lzma_options_delta.self).dist)) ? d : .raised
    default: return put("start_offset", UInt64(p.load(as: lzma_options_bcj.self).start_offset)) ? d : .raised
    }
}
