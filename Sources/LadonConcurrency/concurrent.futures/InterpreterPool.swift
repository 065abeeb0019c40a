// The module `concurrent.futures.interpreter` (Python 3.14): a pool of threads, each with an interpreter of its own in which
// it runs what is submitted. Frozen into the binary; and what it adds to `concurrent.futures`.

import LadonLibrary

func amendFuturesPackage(_ t: Thread, _ dict: Value) -> Bool { extendModule(t, dict, packageSource, filename: "<ladon concurrent.futures>") }

private let packageSource: StaticString = #"""
def _extend():
    global __getattr__, __all__
    older = __getattr__

    def __getattr__(name):
        if name == 'InterpreterPoolExecutor':
            from .interpreter import InterpreterPoolExecutor
            globals()[name] = InterpreterPoolExecutor
            return InterpreterPoolExecutor
        return older(name)

    __all__ += ('InterpreterPoolExecutor',)

_extend()
del _extend
"""#

let interpreterPoolSource: StaticString = #"""
"""Implements InterpreterPoolExecutor."""
import itertools as _itertools
import threading as _threading
import weakref as _weakref
from concurrent import interpreters as _interpreters
from concurrent.interpreters import ExecutionFailed
from . import _base, thread as _thread

__all__ = ['InterpreterPoolExecutor', 'BrokenInterpreterPool', 'ExecutionFailed']

_FAILED = 'A thread initializer failed, the thread pool is not usable anymore'

# `interpreter`: the one of this worker.
_worker = _threading.local()


class BrokenInterpreterPool(_thread.BrokenThreadPool):
    """Raised when a worker of an InterpreterPoolExecutor failed initializing."""


def _start_worker(initializer, initargs):
    _worker.interpreter = _interpreters.create()
    if initializer is not None:
        _worker.interpreter._call(initializer, initargs, {}, True)


def _run(fn, args, kwargs):
    return _worker.interpreter._call(fn, args, kwargs, True)


def _work(*args):
    try:
        _thread._worker(*args)
    finally:
        interpreter = getattr(_worker, 'interpreter', None)
        if interpreter is not None:
            del _worker.interpreter
            try:
                interpreter.close()
            except _interpreters.InterpreterError:
                _base.LOGGER.critical('Exception in closing the interpreter of a worker', exc_info=True)


class InterpreterPoolExecutor(_thread.ThreadPoolExecutor):
    """A pool of threads, each of which runs its calls in an interpreter of its own.

    What is called, its arguments and results cross between interpreters: they must be shareable
    or such that they can be pickled."""

    _counter = _itertools.count().__next__

    def __init__(self, max_workers=None, thread_name_prefix='', initializer=None, initargs=()):
        """Initializes a new InterpreterPoolExecutor instance.

        max_workers is how many interpreters work at most; thread_name_prefix begins the names of their
        threads; initializer, with the arguments initargs, is called in each interpreter before
        anything else."""
        super().__init__(max_workers, thread_name_prefix or f'InterpreterPoolExecutor-{self._counter()}', initializer, initargs)

    def submit(self, fn, /, *args, **kwargs):
        if not callable(fn):
            raise TypeError(f'{fn!r} is not callable')
        try:
            return super().submit(_run, fn, args, kwargs)
        except _thread.BrokenThreadPool as e:
            raise BrokenInterpreterPool(*e.args) from None
    submit.__doc__ = _base.Executor.submit.__doc__

    def _adjust_thread_count(self):
        if self._idle_semaphore.acquire(timeout=0):
            return

        def weakref_cb(_, q=self._work_queue):
            q.put(None)

        count = len(self._threads)
        if count < self._max_workers:
            t = _threading.Thread(name=f'{self._thread_name_prefix}_{count}', target=_work,
                                  args=(_weakref.ref(self, weakref_cb), self._work_queue, _start_worker,
                                        (self._initializer, self._initargs)))
            t.start()
            self._threads.add(t)
            _thread._threads_queues[t] = self._work_queue

    def _initializer_failed(self):
        with self._shutdown_lock:
            self._broken = _FAILED
            while True:
                try:
                    item = self._work_queue.get_nowait()
                except _thread.queue.Empty:
                    break
                if item is not None:
                    item.future.set_exception(BrokenInterpreterPool(self._broken))
"""#
