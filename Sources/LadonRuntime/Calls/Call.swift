// Calling any value from native code.
//
// A Python function called from here runs in a nested dispatch loop on the same register stack: its frame
// starts at the running frame's `top` and carries FrameFlags.entry, so that returning leaves the loop.
// Calls from Python code to Python functions do not come here (see Dispatch/Instructions+Calls.swift).

/// Calls `callee`. `count` values lie at `arguments`, the last `names.tupleCount` of them named by `names` (0: none).
public func call(_ t: Thread, _ callee: Value, args arguments: Values?, _ count: Int, _ names: Value = .raised) -> Value {
    if callee.isCell {
        let id = callee.id
        if id == TypeID.function.rawValue { return callFunction(t, callee, arguments, count, names) }
        if id == TypeID.nativeFunction.rawValue { return callNative(t, callee, arguments ?? noArguments, positionalCount(count, names), names) }
        if id == TypeID.methodDescriptor.rawValue { return callMethodDescriptor(t, callee, arguments ?? noArguments, positionalCount(count, names), names) }
        if id == TypeID.method.rawValue {
            let method = callee.cell(as: MethodCell.self)
            if count < 3 && names.bits == 0 && method.pointee.function.isExactly(.methodDescriptor) { return callStandIn(t, method, arguments, count) }
            return callPrepending(t, method.pointee.function, method.pointee.receiver, arguments, count, names)
        }
    }
    guard let function = typeOf(callee).callSlot(.call) else { return raise(t, .typeError, "'\(typeName(callee))' object is not callable") }
    if !enterNative(t, " while calling a Python object") { return .raised }
    let result = function(t, callee, arguments, positionalCount(count, names), names)
    leaveNative(t)
    return result
}

/// A bound method of a native function that stands in for a Python one, with few arguments.
private func callStandIn(_ t: Thread, _ method: UnsafeMutablePointer<MethodCell>, _ arguments: Values?, _ count: Int) -> Value {
    var few = (method.pointee.receiver, Value.none, Value.none)
    return withUnsafeMutablePointer(to: &few) { p in
        let all = UnsafeMutableRawPointer(p).assumingMemoryBound(to: Value.self)
        var i = 0
        while i < count { all[i + 1] = arguments.unsafelyUnwrapped[i]; i += 1 }
        let result = callMethodDescriptor(t, method.pointee.function, all, count + 1, .raised)
        ladon_keep_alive(Value(bits: UInt(bitPattern: p)))
        return result
    }
}

/// A valid address for "no arguments".
nonisolated(unsafe) private let noArguments = Values(bitPattern: 16).unsafelyUnwrapped

/// Calls `callee` with `first` put before the arguments.
public func callPrepending(_ t: Thread, _ callee: Value, _ first: Value, _ arguments: Values?, _ count: Int, _ names: Value) -> Value {
    withScratch(t, count + 1, failed: .raised) { all in
        all[0] = first
        for i in 0..<count { all[i + 1] = arguments.unsafelyUnwrapped[i] }
        return call(t, callee, args: all, count + 1, names)
    }
}

/// Calls a Python function in a nested loop.
@inline(never)
public func callFunction(_ t: Thread, _ function: Value, _ arguments: Values?, _ count: Int, _ names: Value) -> Value {
    if !hasNativeRoom(t) { return .raised }
    let caller = t.pointee.frame.unsafelyUnwrapped
    guard let frame = pushFrame(t, function, at: caller.top, arguments ?? noArguments, count, names, flags: FrameFlags.entry) else { return .raised }
    return run(t, frame, frame.code.pointee.words)
}

/// Runs a frame that was pushed with FrameFlags.entry until it returns.
func run(_ t: Thread, _ frame: Values, _ pc: PC) -> Value {
    runLoop(t, frame, pc)
    return t.pointee.result
}

/// Makes a frame at `address` the running one: binds arguments, checks the depth and the register stack. nil: raised.
func pushFrame(_ t: Thread, _ function: Value, at address: Values, _ arguments: Values, _ count: Int, _ names: Value, flags: UInt) -> Values? {
    let caller = t.pointee.frame.unsafelyUnwrapped
    let code = function.asFunction.pointee.code.asCode
    let top = address + code.pointee.frameSize
    if top > t.pointee.stackLimit.unsafelyUnwrapped || t.pointee.depth >= t.pointee.depthLimit {
        _ = raiseRecursionError(t, "")
        return nil
    }
    if !bindArguments(t, function, address, arguments, count, names) { return nil }
    address.caller = caller
    address.savedPC = code.pointee.words
    address[Frame.code] = function.asFunction.pointee.code
    address[Frame.function] = function
    address.top = top
    address.flags = flags
    t.pointee.frame = address
    t.pointee.depth += 1
    return address
}

/// Runs code that is no function's (a module, a class body, exec): `locals` 0 or identical to globals for module level.
public func runCode(_ t: Thread, _ code: Value, globals: Value, builtins: Value, locals: Value, closure: Value = .raised) -> Value {
    let function = makeFunction(t, code, globals: globals, builtins: builtins)
    if function.isRaised { return .raised }
    function.asFunction.pointee.closure = closure
    return runFunction(t, function, locals: locals)
}

/// Calls a function without arguments, with a locals mapping.
func runFunction(_ t: Thread, _ function: Value, locals: Value) -> Value {
    if !hasNativeRoom(t) { return .raised }
    let caller = t.pointee.frame.unsafelyUnwrapped
    guard let frame = pushFrame(t, function, at: caller.top, noArguments, 0, .raised, flags: FrameFlags.entry) else { return .raised }
    let globals = function.asFunction.pointee.globals
    if (locals.bits != 0 && locals != globals) || !globals.isExactly(.dict) {
        let object = frameObject(t, frame)
        object.asFrame.pointee.locals = locals.bits != 0 ? locals : globals
        frame.flags |= FrameFlags.mapping
    }
    return run(t, frame, frame.code.pointee.words)
}

// MARK: conveniences

@inline(__always)
private func withArguments(_ a: Value, _ b: Value, _ c: Value, _ d: Value, _ body: (Values) -> Value) -> Value {
    withUnsafeTemporaryAllocation(of: Value.self, capacity: 4) { buffer -> Value in
        let p = buffer.baseAddress.unsafelyUnwrapped
        p[0] = a; p[1] = b; p[2] = c; p[3] = d
        let result = body(p)
        ladon_keep_alive(Value(bits: UInt(bitPattern: p)))
        return result
    }
}

public func call(_ t: Thread, _ f: Value) -> Value { call(t, f, args: nil, 0) }
public func call(_ t: Thread, _ f: Value, _ a: Value) -> Value { withArguments(a, .none, .none, .none) { call(t, f, args: $0, 1) } }
public func call(_ t: Thread, _ f: Value, _ a: Value, _ b: Value) -> Value { withArguments(a, b, .none, .none) { call(t, f, args: $0, 2) } }
public func call(_ t: Thread, _ f: Value, _ a: Value, _ b: Value, _ c: Value) -> Value { withArguments(a, b, c, .none) { call(t, f, args: $0, 3) } }
public func call(_ t: Thread, _ f: Value, _ a: Value, _ b: Value, _ c: Value, _ d: Value) -> Value { withArguments(a, b, c, d) { call(t, f, args: $0, 4) } }

public func callMethod(_ t: Thread, _ v: Value, _ n: Name) -> Value { callMethod(t, v, name(n)) }
public func callMethod(_ t: Thread, _ v: Value, _ n: Name, _ a: Value) -> Value { callMethod(t, v, name(n), a) }
public func callMethod(_ t: Thread, _ v: Value, _ n: Name, _ a: Value, _ b: Value) -> Value {
    let f = getAttribute(t, v, name(n))
    return f.isRaised ? f : call(t, f, a, b)
}
public func callMethod(_ t: Thread, _ v: Value, _ n: Name, _ a: Value, _ b: Value, _ c: Value) -> Value {
    let f = getAttribute(t, v, name(n))
    return f.isRaised ? f : call(t, f, a, b, c)
}
public func callMethod(_ t: Thread, _ v: Value, _ n: Value) -> Value {
    let f = getAttribute(t, v, n)
    return f.isRaised ? f : call(t, f)
}
public func callMethod(_ t: Thread, _ v: Value, _ n: Value, _ a: Value) -> Value {
    let f = getAttribute(t, v, n)
    return f.isRaised ? f : call(t, f, a)
}

/// `f(*args, **kwargs)`: `args` a tuple, `kwargs` a dict or 0.
public func callWithTuple(_ t: Thread, _ f: Value, _ args: Value, _ kwargs: Value = .raised) -> Value {
    let positional = args.tupleCount
    let named = kwargs.bits == 0 ? 0 : dictCount(kwargs)
    if named == 0 {
        let result = call(t, f, args: args.tupleItems, positional)
        ladon_keep_alive(args)
        return result
    }
    let names = makeTuple(t, named)
    if names.isRaised { return names }
    return withScratch(t, positional + named, failed: .raised) { all -> Value in
        for i in 0..<positional { all[i] = args.tupleItems[i] }
        var position = 0, found = 0
        var key = Value.none, value = Value.none
        while found < named && dictNext(kwargs, &position, &key, &value) {
            if !isInstanceOf(key, .str) { return raise(t, .typeError, "keywords must be strings") }
            names.tupleItems[found] = key
            all[positional + found] = value
            found += 1
        }
        while found < named { names.tupleItems[found] = name(.self); all[positional + found] = .none; found += 1 }
        return call(t, f, args: all, positional + named, names)
    }
}

// MARK: the native recursion guard

/// False, with RecursionError raised, when the native stack is nearly used up. For native recursion that pushes Python frames
/// (these count against the recursion limit themselves) or whose depth the source text bounds.
@inline(__always)
public func hasNativeRoom(_ t: Thread) -> Bool {
    if ladon_stack_pointer() > t.pointee.nativeStackLimit { return true }
    _ = raiseRecursionError(t, "")
    return false
}

/// One level of native recursion through Python objects: it counts against `sys.setrecursionlimit` as a Python call does.
/// False: RecursionError was raised, with `context` after its message. After true, `leaveNative` must follow.
@inline(__always)
public func enterNative(_ t: Thread, _ context: StaticString) -> Bool {
    if ladon_stack_pointer() > t.pointee.nativeStackLimit && t.pointee.depth < t.pointee.depthLimit {
        t.pointee.depth += 1
        return true
    }
    return nativeTooDeep(t, context)
}
@inline(__always) public func leaveNative(_ t: Thread) { t.pointee.depth -= 1 }

@inline(never)
private func nativeTooDeep(_ t: Thread, _ context: StaticString) -> Bool {
    _ = raiseRecursionError(t, context.description)
    return false
}

/// Runs a class body's function with `namespace` as its locals: the `__class__` cell or None that it returns.
public func callClassBody(_ t: Thread, _ function: Value, _ namespace: Value) -> Value { runFunction(t, function, locals: namespace) }
