// Interned strings that native code names: attribute names, keywords, common words. A case here is a str made
// once at start; `name(.__init__)` is that Value. Add a case where one is needed; nothing else lists them.

@frozen public enum Name: UInt16, CaseIterable {
    case __abs__, __add__, __aenter__, __aexit__, __aiter__, __all__, __and__, __anext__, __annotations__, __args__, __await__
    case __bases__, __bool__, __build_class__, __builtins__, __bytes__, __cached__, __call__, __cause__, __ceil__, __class__
    case __class_getitem__, __classcell__, __closure__, __code__, __complex__, __contains__, __context__, __copy__, __debug__
    case __deepcopy__, __defaults__, __del__, __delattr__, __delete__, __delitem__, __dict__, __dir__, __divmod__, __doc__
    case __enter__, __eq__, __exit__, __file__, __float__, __floor__, __floordiv__, __format__, __fspath__, __func__, __ge__
    case __get__, __getattr__, __getattribute__, __getitem__, __getnewargs__, __getnewargs_ex__, __getstate__, __globals__, __gt__
    case __hash__, __iadd__, __iand__, __ifloordiv__, __ilshift__, __imatmul__, __imod__, __import__, __imul__, __index__
    case __init__, __init_subclass__, __instancecheck__, __int__, __invert__, __ior__, __ipow__, __irshift__, __isabstractmethod__
    case __isub__, __iter__, __itruediv__, __ixor__, __kwdefaults__, __le__, __len__, __length_hint__, __loader__, __lshift__
    case __lt__, __main__, __match_args__, __matmul__, __metaclass__, __missing__, __mod__, __module__, __mro__, __mro_entries__
    case __mul__, __name__, __ne__, __neg__, __new__, __newobj__, __newobj_ex__, __next__, __notes__, __objclass__, __or__
    case __origin__, __parameters__, __path__, __pos__, __pow__, __prepare__, __package__, __qualname__, __radd__, __rand__
    case __rdivmod__, __reduce__, __reduce_ex__, __repr__, __reversed__, __rfloordiv__, __rlshift__, __rmatmul__, __rmod__
    case __rmul__, __ror__, __round__, __rpow__, __rrshift__, __rshift__, __rsub__, __rtruediv__, __rxor__, __self__, __set__
    case __set_name__, __setattr__, __setitem__, __setstate__, __sizeof__, __slots__, __spec__, __str__, __sub__
    case __subclasscheck__, __subclasses__, __subclasshook__, __suppress_context__, __text_signature__, __traceback__, __truediv__
    case __trunc__, __type_params__, __typing_subst__, __typing_unpacked_tuple_args__, __typing_prepare_subst__
    case __typing_is_unpacked_typevartuple__, __unpacked__, __warningregistry__, __weakref__, __wrapped__, __xor__, __thisclass__
    case __self_class__, __abstractmethods__, __orig_bases__, __orig_class__, __static_attributes__, __ctypes_from_outparam__
    case _abc, _blksize, _bootstrap, _find_and_load, _fix_up_module, _handle_fromlist, _initializing, _is_text_encoding
    case _lock_unlock_module, _shutdown, _showwarnmsg, _warn_unawaited_coroutine, _io, _uninitialized_submodules, _type_, _fields
    case _field_types, _attributes, _as_parameter_, _dealloc_warn, _finalizing, _check_retval_, a, add, append, args, argv
    case as_integer_ratio, b, base, big, bool, buffer, buffering, builtins, byteorder, bytes, c, call, cancel, category, charmap
    case chunksize, clear, close, closed, closefd, code, context, copy, count, d, decode, `default`, defaultaction, dict
    case displayhook, dont_write_bytecode, dot, dot_locals, delta, difference, discard, done, e, encode, encoding, end, endpos
    case env, errors, exc_type, exc_value, excepthook, exception, exceptions, exec_module, exp, extend, f, fd, file, fileno
    case filename, filename2, filters, find_spec, find_class, flags, flush, format, fromlist, frozenset, `func`, function, g, get
    case get_source, getattr, getpreferredencoding, getstate, gi_running, globals, hash, h, i, ignore, imag, importlib, index, inf
    case initial, insert, inserted_pks, isatty, items, iter, j, join, k, key, keyfunc, keys, kwargs, lambda, last_traceback
    case last_type, last_value, left, len, level, line, lineno, lineterm, list, little, locale, locals, lower, maxsplit, maxvalue
    case memlimit, message, metaclass, method, mode, modules, msg, mro, n, name, nan, newline, newlines, next, obj, object, offset
    case end_lineno, end_offset, onceregistry, only, opener, open, ord, original, ord_, origin, parent, partial, path, pop, pos
    case print, print_file_and_line, ps1, ps2, reason, raw, read, read1, readable, readall, readinto, readinto1, readline
    case readlines, real, reload, remove, `repeat`, replace, reset_mock, return_, reverse, reversed, round, s, seek, seekable
    case `self`, send, sep, sequence, set, setdefault, setstate, shape, signed, size, sizehint, sort, source, source_traceback
    case split, start, stderr, stdin, stdout, step, stop, str, strerror, strict, string, submodule_search_locations, sum
    case surrogateescape, symmetric_difference_update, sys, tabsize, tag, target, tell, text, threading, `throw`, time, timeout
    case times, tp_name, tracebacklimit, truncate, type, types, typing, union, unraisablehook, update, utf_8, value, values
    case version, w, warn, warn_explicit, warnings, warnoptions, width, winerror, writable, write, writelines, x, y, z, zip, errno
    case ps3, signal, tb_next, data, total
}

extension Name {
    /// The text of the name, equal to the case's own spelling.
    public var text: String { String(describing: self) }
}

/// The interned str for a name. O(1), immutable after start.
@inlinable @inline(__always) public func name(_ n: Name) -> Value { ladon_runtime.names[Int(n.rawValue)] }
