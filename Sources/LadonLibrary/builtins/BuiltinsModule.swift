// The module `builtins`: its functions, and the built-in types under their names.

import LadonSyntax

public func builtinsModule() -> ModuleDefinition {
    ModuleDefinition("builtins", doc: "Built-in functions, types, exceptions, and other objects.\n\nThis module provides direct access to all 'built-in'\nidentifiers of Python; for example, builtins.len is\nthe full name for the built-in function len().",
                     members: builtinFunctions(), initialize: { t, a in installTypeNames(t, a[0]) })
}

/// The functions, name by name.
private func builtinFunctions() -> [NativeMember] {
    [
        .method("__build_class__", "(func, name, /, *bases, **kwds)", builtin_buildClass, "__build_class__(func, name, /, *bases, [metaclass], **kwds) -> class\n\nInternal helper function used by the class statement."),
        .method("__import__", "(name, globals=None, locals=None, fromlist=(), level=0)", builtin_import, "Import a module."),
        .method("abs", "(x, /)", builtin_abs, "Return the absolute value of the argument."),
        .method("aiter", "(async_iterable, /)", builtin_aiter, "Return an AsyncIterator for an AsyncIterable object."),
        .method("all", "(iterable, /)", builtin_all, "Return True if bool(x) is True for all values x in the iterable.\n\nIf the iterable is empty, return True."),
        .method("anext", "(aiterator, default=<unrepresentable>, /)", builtin_anext, "Return the next item from the async iterator."),
        .method("any", "(iterable, /)", builtin_any, "Return True if bool(x) is True for any x in the iterable.\n\nIf the iterable is empty, return False."),
        .method("ascii", "(obj, /)", builtin_ascii, "Return an ASCII-only representation of an object."),
        .method("bin", "(number, /)", builtin_bin, "Return the binary representation of an integer."),
        .method("breakpoint", "(*args, **kws)", builtin_breakpoint, "Call sys.breakpointhook(*args, **kws)."),
        .method("callable", "(obj, /)", builtin_callable, "Return whether the object is callable (i.e., some kind of function)."),
        .method("chr", "(i, /)", builtin_chr, "Return a Unicode string of one character with ordinal i; 0 <= i <= 0x10ffff."),
        .method("compile", "(source, filename, mode, flags=0, dont_inherit=False, optimize=-1, *, _feature_version=-1)", builtin_compile, "Compile source into a code object that can be executed by exec() or eval()."),
        .method("delattr", "(obj, name, /)", builtin_delattr, "Deletes the named attribute from the given object."),
        .method("dir", "(object=<unrepresentable>, /)", builtin_dir, "Return the names of the current scope, or the attributes of the object."),
        .method("divmod", "(x, y, /)", builtin_divmod, "Return the tuple (x//y, x%y).  Invariant: div*y + mod == x."),
        .method("eval", "(source, globals=None, locals=None, /)", builtin_eval, "Evaluate the given source in the context of globals and locals."),
        .method("exec", "(source, globals=None, locals=None, /, *, closure=None)", builtin_exec, "Execute the given source in the context of globals and locals."),
        .method("format", "(value, format_spec='', /)", builtin_format, "Return type(value).__format__(value, format_spec)"),
        .method("getattr", "(object, name, default=<unrepresentable>, /)", builtin_getattr, "Get a named attribute from an object; getattr(x, 'y') is equivalent to x.y."),
        .method("globals", "()", builtin_globals, "Return the dictionary containing the current scope's global variables."),
        .method("hasattr", "(obj, name, /)", builtin_hasattr, "Return whether the object has an attribute with the given name."),
        .method("hash", "(obj, /)", builtin_hash, "Return the hash value for the given object."),
        .method("hex", "(number, /)", builtin_hex, "Return the hexadecimal representation of an integer."),
        .method("id", "(obj, /)", builtin_id, "Return the identity of an object."),
        .method("input", "(prompt='', /)", builtin_input, "Read a string from standard input.  The trailing newline is stripped."),
        .method("isinstance", "(obj, class_or_tuple, /)", builtin_isinstance, "Return whether an object is an instance of a class or of a subclass thereof."),
        .method("issubclass", "(cls, class_or_tuple, /)", builtin_issubclass, "Return whether 'cls' is derived from another class or is the same class."),
        .method("iter", "(object, sentinel=<unrepresentable>, /)", builtin_iter, "Get an iterator from an object."),
        .method("len", "(obj, /)", builtin_len, "Return the number of items in a container."),
        .method("locals", "()", builtin_locals, "Return a dictionary containing the current scope's local variables."),
        .method("max", "(*args, key=None, default=<unrepresentable>)", builtin_max,
                "max(iterable, *[, default=obj, key=func]) -> value\nmax(arg1, arg2, *args, *[, key=func]) -> value\n\nWith one argument, its biggest item, or default if it is empty and default is given. With more, the biggest of them."),
        .method("min", "(*args, key=None, default=<unrepresentable>)", builtin_min,
                "min(iterable, *[, default=obj, key=func]) -> value\nmin(arg1, arg2, *args, *[, key=func]) -> value\n\nWith one argument, its smallest item, or default if it is empty and default is given. With more, the smallest of them."),
        .method("next", "(iterator, default=<unrepresentable>, /)", builtin_next, "Return the next item from the iterator."),
        .method("oct", "(number, /)", builtin_oct, "Return the octal representation of an integer."),
        .method("open", "(file, mode='r', buffering=-1, encoding=None, errors=None, newline=None, closefd=True, opener=None)", builtin_open, "Open file and return a stream.  Raise OSError upon failure."),
        .method("ord", "(c, /)", builtin_ord, "Return the Unicode code point for a one-character string."),
        .method("pow", "(base, exp, mod=None)", builtin_pow, "Equivalent to base**exp with 2 arguments or base**exp % mod with 3 arguments."),
        .method("print", "(*args, sep=' ', end='\\n', file=None, flush=False)", builtin_print, "Prints the values to a stream, or to sys.stdout by default."),
        .method("repr", "(obj, /)", builtin_repr, "Return the canonical string representation of the object."),
        .method("round", "(number, ndigits=None)", builtin_round, "Round a number to a given precision in decimal digits."),
        .method("setattr", "(obj, name, value, /)", builtin_setattr, "Sets the named attribute on the given object to the specified value."),
        .method("sorted", "(iterable, /, *, key=None, reverse=False)", builtin_sorted, "Return a new list containing all items from the iterable in ascending order."),
        .method("sum", "(iterable, /, start=0)", builtin_sum, "Return the sum of a 'start' value (default: 0) plus an iterable of numbers"),
        .method("vars", "(object=<unrepresentable>, /)", builtin_vars, "Without arguments, equivalent to locals()."),
    ]
}

/// Types and constants that `builtins` shows, by name.
private func installTypeNames(_ t: Thread, _ module: Value) -> Value {
    let types: [TypeID] = [.object, .type, .int, .bool, .float, .complex, .str, .bytes, .bytearray, .memoryview, .list, .tuple, .dict, .set,
                           .frozenset, .range, .slice, .property, .classMethod, .staticMethod, .super, .enumerate, .zip, .map, .filter, .reversed]
    let dict = module.cell(as: ModuleCell.self).pointee.dict
    for id in types where dictSet(t, dict, intern(t, builtinType(id).pointee.name), builtinType(id).value) < 0 { return .raised }
    var id = TypeID.baseException.rawValue
    while id <= TypeID.userWarning.rawValue {
        let type = shape(ofID: id).pointee.type.asType
        if dictSet(t, dict, intern(t, type.pointee.name), type.value) < 0 { return .raised }
        id += 1
    }
    for alias in ["EnvironmentError", "IOError"] where dictSet(t, dict, intern(t, alias), builtinType(.osError).value) < 0 { return .raised }
    let constants: [(String, Value)] = [("None", .none), ("True", .true), ("False", .false), ("Ellipsis", .ellipsis),
                                        ("NotImplemented", .notImplemented), ("__debug__", Value(interpreter(t).pointee.flags.optimize == 0))]
    for (text, value) in constants where dictSet(t, dict, intern(t, text), value) < 0 { return .raised }
    return .none
}
