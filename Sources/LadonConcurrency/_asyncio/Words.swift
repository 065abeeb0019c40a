// Names and library objects that the native half of asyncio uses again and again.

import LadonLibrary

/// Interned strings beyond those of `Name`; `word(.call_soon)` is one.
enum Word: Int, CaseIterable {
    case call_soon, _call_soon, _check_closed, get_debug, call_exception_handler, _asyncio_future_blocking, get_loop, _loop, add_done_callback
    case result, done, cancel, msg, message, exception, future, task, source_traceback, handle, call_at, call_later, time, monotonic
    case _ready, _scheduled, _closed, _debug, _stopping, _selector, _timer_cancelled_count, _clock_resolution, _task_factory, _run_once
    case _process_events, _add_callback, _timer_handle_cancelled, _remove_reader, _remove_writer, _fd_to_key, select, _key_from_fd, _run
    case create_task, create_future, run, get_event_loop, _repr_info, _cancelled, set_name, with_traceback
    case BaseEventLoop, BaseSelectorEventLoop, EpollSelector, Handle, TimerHandle, WeakSet, heapq, loop, coro, name, eager_start
    case _sock, _protocol, _conn_lost, _buffer, _eof, _empty_waiter, _closing, _sock_fd, max_size, _fatal_error, _read_ready__on_eof, _write_ready
    case _maybe_pause_protocol, is_closing, _add_writer, _SelectorSocketTransport, socket, recv, _read_ready, _read_ready_cb
    case _waiter, _exception, _paused, _limit, _transport, feed_data, _wakeup_waiter, _wait_for_data, _maybe_resume_transport, data_received
    case _stream_reader_wr, _stream_reader, _connection_lost, _drain_helper, _reader, StreamReader, StreamWriter, StreamReaderProtocol
    case _native_take, _native_may_pass
    case register, unregister, modify, get_key, get_map, SelectorKey, weakref, WeakValueDictionary, data, fileno, _transports
}

nonisolated(unsafe) private var words: Values?

@inline(__always) func word(_ w: Word) -> Value { words.unsafelyUnwrapped[w.rawValue] }

/// Things of the library's Python modules, looked up when they are first needed.
enum LibraryObject: Int, CaseIterable {
    case futureRepr, taskRepr, taskGetStack, taskPrintStack, cancelledError, invalidStateError, isCoroutine, extractStack, handleExtractStack
    case getEventLoopPolicy, formatCallback, weakSet, incompleteReadError

    var place: (module: String, name: String) {
        switch self {
        case .futureRepr: return ("asyncio.base_futures", "_future_repr")
        case .taskRepr: return ("asyncio.base_tasks", "_task_repr")
        case .taskGetStack: return ("asyncio.base_tasks", "_task_get_stack")
        case .taskPrintStack: return ("asyncio.base_tasks", "_task_print_stack")
        case .cancelledError: return ("asyncio.exceptions", "CancelledError")
        case .invalidStateError: return ("asyncio.exceptions", "InvalidStateError")
        case .isCoroutine: return ("asyncio.coroutines", "iscoroutine")
        case .extractStack: return ("traceback", "extract_stack")
        case .handleExtractStack: return ("asyncio.format_helpers", "extract_stack")
        case .getEventLoopPolicy: return ("asyncio.events", "get_event_loop_policy")
        case .formatCallback: return ("asyncio.format_helpers", "_format_callback_source")
        case .weakSet: return ("weakref", "WeakSet")
        case .incompleteReadError: return ("asyncio.exceptions", "IncompleteReadError")
        }
    }
}

/// As many words as there are cases.
private typealias LibraryObjects = (Value, Value, Value, Value, Value, Value, Value, Value, Value, Value, Value, Value, Value)
private let libraryObjects = PerInterpreter<LibraryObjects>(.asyncioObjects)

@inline(__always) private func slot(_ t: Thread, _ object: LibraryObject) -> Values {
    UnsafeMutableRawPointer(libraryObjects[t]).assumingMemoryBound(to: Value.self) + object.rawValue
}

/// 0: raised (the import failed).
@inline(__always) func library(_ t: Thread, _ object: LibraryObject) -> Value {
    let found = loadSlot(slot(t, object))
    return found.bits != 0 ? found : findLibraryObject(t, object)
}

@inline(never) private func findLibraryObject(_ t: Thread, _ object: LibraryObject) -> Value {
    let place = object.place
    let module = importModule(t, place.module)
    if module.isRaised { return module }
    let v = getAttribute(t, module, intern(t, place.name))
    if !v.isRaised { storeSlot(slot(t, object), v) }
    return v
}

/// Once, when the module or an amendment first needs them.
func prepareWords(_ t: Thread) {
    if words != nil { return }
    let table = Values.allocate(capacity: Word.allCases.count)
    table.initialize(repeating: .none, count: Word.allCases.count)
    addRootRange(table, count: Word.allCases.count)
    for w in Word.allCases { table[w.rawValue] = intern(t, makeString(t, String(describing: w))) }
    precondition(MemoryLayout<LibraryObjects>.size == LibraryObject.allCases.count * 8)
    words = table
}

@inline(__always) func isKind(_ e: Value, _ type: TypeID) -> Bool { isSubtype(typeOf(e), builtinType(type)) }

/// `type(v).__name__`.
func shortTypeName(_ v: Value) -> String { swiftString(loadSlot(&typeOf(v).pointee.name)) }

/// Whether an exception instance is an asyncio CancelledError.
@inline(__always) func isCancelledError(_ t: Thread, _ e: Value) -> Bool {
    let type = library(t, .cancelledError)
    if type.isRaised { clearException(t); return false }
    return isSubtype(typeOf(e), type.asType)
}

@discardableResult
func raiseInvalidState(_ t: Thread, _ message: String) -> Value {
    let type = library(t, .invalidStateError)
    if type.isRaised { return type }
    let e = call(t, type, makeString(t, message))
    return e.isRaised ? e : raiseInstance(t, e)
}

/// `f(args…, name=value)` with one keyword argument.
func callNamed(_ t: Thread, _ f: Value, _ args: (Value, Value), _ count: Int, _ n: Value, _ value: Value) -> Value {
    let names = makeTuple(t, n)
    if names.isRaised { return names }
    return withUnsafeTemporaryAllocation(of: Value.self, capacity: 4) { buffer -> Value in
        let p = buffer.baseAddress.unsafelyUnwrapped
        p[0] = args.0
        p[1] = args.1
        p[count] = value
        let r = call(t, f, args: p, count + 1, names)
        ladon_keep_alive(Value(bits: UInt(bitPattern: p)))
        return r
    }
}
