// The module `concurrent.interpreters` (Python 3.14). Frozen into the binary.

let interpretersSource: StaticString = #"""
"""Several interpreters in one process."""
import queue as _queue
import threading as _threading
import weakref as _weakref
import _interpqueues as _queues
import _interpreters
from types import SimpleNamespace as _SimpleNamespace
from _interpreters import InterpreterError, InterpreterNotFoundError, NotShareableError
from _interpreters_inside import pack as _pack, unpack as _unpack

__all__ = [
    'get_current', 'get_main', 'create', 'list_all', 'is_shareable',
    'Interpreter',
    'InterpreterError', 'InterpreterNotFoundError', 'ExecutionFailed', 'NotShareableError',
    'create_queue', 'Queue', 'QueueEmpty', 'QueueFull',
]


class ExecutionFailed(InterpreterError):
    """An exception that nobody caught left the code that ran in another interpreter.

    The attribute excinfo tells what it was: type (with its names), msg, formatted and errdisplay."""

    def __init__(self, excinfo):
        message = excinfo.formatted
        if not message:
            message = f'{excinfo.type.__name__}: {excinfo.msg}' if excinfo.type and excinfo.msg else excinfo.type.__name__ or excinfo.msg
        super().__init__(message)
        self.excinfo = excinfo

    def __str__(self):
        text = super().__str__()
        shown = getattr(self.excinfo, 'errdisplay', None)
        return f'{text}\n\nUncaught in the interpreter:\n\n{shown}' if shown else text


def _failure(snapshot):
    name, qualified, module, message, formatted, shown = snapshot
    kind = _SimpleNamespace(__name__=name, __qualname__=qualified, __module__=module)
    return ExecutionFailed(_SimpleNamespace(type=kind, msg=message, formatted=formatted, errdisplay=shown))


def create():
    """Return a new (idle) Python interpreter."""
    return Interpreter(_interpreters.create(reqrefs=True))


def list_all():
    """Return all existing interpreters."""
    found = []
    for id, whence in _interpreters.list_all(require_ready=True):
        try:
            found.append(Interpreter(id))
        except InterpreterNotFoundError:
            pass
    return found


def get_current():
    """Return the currently running interpreter."""
    return Interpreter(_interpreters.get_current()[0])


def get_main():
    """Return the main interpreter."""
    return Interpreter(_interpreters.get_main()[0])


def is_shareable(obj):
    """Whether the object crosses to another interpreter without being pickled."""
    return type(obj) in (Queue, Interpreter) or _interpreters.is_shareable(obj)


_WHENCE = {
    _interpreters.WHENCE_UNKNOWN: 'unknown', _interpreters.WHENCE_RUNTIME: 'runtime init',
    _interpreters.WHENCE_LEGACY_CAPI: 'legacy C-API', _interpreters.WHENCE_CAPI: 'C-API',
    _interpreters.WHENCE_XI: 'cross-interpreter C-API', _interpreters.WHENCE_STDLIB: '_interpreters module',
}

_lock = _threading.RLock()


class _Numbered:
    # What all interpreters know by a number; in each there is one object for it at a time, in the class's _known.

    def __new__(cls, id, /):
        if isinstance(id, bool) or not isinstance(id, int):
            raise TypeError(f'id must be an int, got {id!r}')
        with _lock:
            self = cls._known.get(id)
            if self is None:
                self = super().__new__(cls)
                self._open(id)
                self._id = id
                cls._known[id] = self
        return self

    def __repr__(self):
        return f'{type(self).__name__}({self.id})'

    def __hash__(self):
        return hash(self._id)

    def __reduce__(self):
        return (type(self), (self._id,))

    @property
    def id(self):
        return self._id


class Interpreter(_Numbered):
    """One of the interpreters of this process.

    id        its number (read-only)
    whence    where it comes from (read-only)

    Objects are made by create(), get_current(), get_main() and list_all(). An interpreter ends when
    close() is called or when there is no such object left."""

    _known = _weakref.WeakValueDictionary()

    def _open(self, id):
        self._whence = _interpreters.whence(id)
        _interpreters.incref(id)

    def __del__(self):
        id = getattr(self, '_id', None)
        if id is None:
            return
        try:
            if _interpreters._decref(id) == 0 and id != 0:
                _interpreters.destroy(id)
        except InterpreterError:
            # Closed, or running: then nobody waits for it any more.
            pass

    @property
    def whence(self):
        return _WHENCE[self._whence]

    def is_running(self):
        """Return whether or not the identified interpreter is running."""
        return _interpreters.is_running(self._id)

    def close(self):
        """Finalize and destroy the interpreter.

        Attempting to destroy the current interpreter results in an InterpreterError; so does one that is running."""
        return _interpreters.destroy(self._id, restrict=True)

    def prepare_main(self, ns=None, /, **kwargs):
        """Bind the given values into the interpreter's __main__.

        The values must be shareable, or objects that can be pickled."""
        ns = dict(ns, **kwargs) if ns is not None else kwargs
        self._run('run_prepare', tuple([(str(name), _pack(v)) for name, v in ns.items()]))

    def exec(self, code, /):
        """Run the given source code in the interpreter's __main__, in the current thread.

        ExecutionFailed is raised when an exception leaves the code. A function without parameters is
        run like the source that is its body."""
        if not isinstance(code, (str, type(_pack))):
            raise TypeError(f'exec() argument must be a string or a function, not {type(code).__name__}')
        self._run('run_exec', ('same', str(code)) if isinstance(code, str) else _pack(code))

    def call(self, callable, /, *args, **kwargs):
        """Call the object in the interpreter with the given arguments, in the current thread, and return the result.

        Everything that crosses must be shareable, or such that it can be pickled. ExecutionFailed is raised
        when an exception leaves the call."""
        return self._call(callable, args, kwargs)

    def call_in_thread(self, callable, /, *args, **kwargs):
        """Return a new thread that calls the object in the interpreter. Its result is dropped."""
        thread = _threading.Thread(target=self._call, args=(callable, args, kwargs))
        thread.start()
        return thread

    def _call(self, callable, args, kwargs, wants_exception=False):
        packed = tuple([_pack(v) for v in args])
        named = tuple([(name, _pack(v)) for name, v in kwargs.items()])
        return self._run('run_call', _pack(callable), packed, named, wants_exception)

    def _run(self, name, *args):
        result = _interpreters._run(self._id, name, args)
        status = result[0]
        if status == 'done':
            return None if result[1] is None else _unpack(result[1])
        if status == 'unshareable':
            raise NotShareableError(result[1])
        failure = _failure(result[1])
        if result[2] is None:
            raise failure
        try:
            original = _unpack(result[2])
        except Exception:
            original = None
        if not isinstance(original, BaseException):
            raise failure
        raise original from failure


# Queues

class QueueError(Exception):
    """Base of the errors of queues."""


class QueueNotFoundError(QueueError):
    """There is no such queue."""


class QueueEmpty(QueueError, _queue.Empty):
    """Raised from get_nowait() when the queue is empty, and from get() when its time is over."""


class QueueFull(QueueError, _queue.Full):
    """Raised from put_nowait() when the queue is full, and from put() when its time is over."""


class ItemInterpreterDestroyed(QueueError):
    """Raised from get() for an item whose interpreter has ended, if it was put with UNBOUND_ERROR."""


QueueEmptyError = QueueEmpty
QueueFullError = QueueFull


class UnboundItem:
    """What get() gives in the place of an item whose interpreter has ended."""

    __slots__ = ('_name',)

    def __new__(cls):
        return UNBOUND

    def __repr__(self):
        return f'concurrent.interpreters.{self._name}'

    def __reduce__(self):
        return self._name


def _unbound(name):
    item = object.__new__(UnboundItem)
    item._name = name
    return item


UNBOUND = _unbound('UNBOUND')
UNBOUND_ERROR = _unbound('UNBOUND_ERROR')
UNBOUND_REMOVE = _unbound('UNBOUND_REMOVE')
_OPERATIONS = {UNBOUND_REMOVE: 1, UNBOUND_ERROR: 2, UNBOUND: 3}


def _operation(items):
    try:
        return _OPERATIONS[items]
    except (KeyError, TypeError):
        raise NotImplementedError(f'unsupported unbound replacement op {items!r}') from None


def create_queue(maxsize=0, *, unbounditems=UNBOUND):
    """Return a new queue between interpreters.

    It holds at most maxsize items, any number if that is 0 or less. unbounditems says what becomes of
    an item when the interpreter that put it ends: UNBOUND (get() gives that), UNBOUND_ERROR (get()
    raises ItemInterpreterDestroyed) or UNBOUND_REMOVE."""
    return Queue(_queues.create(maxsize, _operation(unbounditems)))


def list_all_queues():
    """Return a list of all queues."""
    return [Queue(id) for id in _queues.list_all()]


_default = object()


class Queue(_Numbered):
    """A queue between interpreters, with the methods of queue.Queue. Made by create_queue()."""

    _known = _weakref.WeakValueDictionary()

    def _open(self, id):
        try:
            self._operation = _queues.get_default(id)
            _queues.bind(id)
        except LookupError:
            raise QueueNotFoundError(f'queue {id} not found') from None

    def __del__(self):
        try:
            _queues.release(self._id)
        except (LookupError, AttributeError):
            pass

    @property
    def unbounditems(self):
        return {operation: item for item, operation in _OPERATIONS.items()}[self._operation]

    @property
    def maxsize(self):
        return self._ask(_queues.get_maxsize)

    def _ask(self, f, *args):
        try:
            return f(self._id, *args)
        except LookupError:
            raise QueueNotFoundError(f'queue {self._id} not found') from None

    def empty(self):
        return self.qsize() == 0

    def full(self):
        limit = self.maxsize
        return limit > 0 and self.qsize() >= limit

    def qsize(self):
        return self._ask(_queues.get_count)

    def put(self, obj, block=True, timeout=None, *, unbounditems=_default):
        """Add the object to the queue.

        Waits while the queue is full, for at most timeout seconds if that is given. The object must be
        shareable, or such that it can be pickled: other interpreters get a copy. unbounditems: as in
        create_queue(), for this item."""
        if not block:
            timeout = 0
        elif timeout is not None and timeout < 0:
            raise ValueError(f'timeout value must be non-negative')
        operation = self._operation if unbounditems is _default else _operation(unbounditems)
        if not self._ask(_queues.put, _pack(obj), timeout, operation):
            raise QueueFull

    def put_nowait(self, obj, *, unbounditems=_default):
        return self.put(obj, False, unbounditems=unbounditems)

    def get(self, block=True, timeout=None):
        """Return the next object from the queue.

        Waits while the queue is empty, for at most timeout seconds if that is given."""
        if not block:
            timeout = 0
        elif timeout is not None and timeout < 0:
            raise ValueError(f'timeout value must be non-negative')
        item = self._ask(_queues.get, timeout)
        if item is None:
            raise QueueEmpty
        if item[0] == 'unbound':
            if item[1] == _OPERATIONS[UNBOUND_ERROR]:
                raise ItemInterpreterDestroyed("item's original interpreter destroyed")
            return UNBOUND
        return _unpack(item)

    def get_nowait(self):
        return self.get(False)
"""#
