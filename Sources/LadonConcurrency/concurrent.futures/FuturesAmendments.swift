// What is changed in the library's `concurrent.futures` once its code has run: the native Future, `map` with a bound on
// how far it runs ahead, ways to end the workers of a process pool (both newer than 3.11), when a worker counts as idle, and a lock that may be taken again.

import LadonLibrary

func amendFutures(_ t: Thread, _ dict: Value) -> Bool {
    func text(_ s: StaticString) -> Value { lastingName(t, s) }
    if futures.type.bits == 0 {
        futures.states = FutureStates(pending: text("PENDING"), running: text("RUNNING"), cancelled: text("CANCELLED"),
                                      notified: text("CANCELLED_AND_NOTIFIED"), finished: text("FINISHED"))
        let type = installType(t, futureType())
        futures.type = Value(type)
        futures.futureID = type.pointee.id
        adoptMethods(t, type, of: dictGetName(t, dict, intern(t, "Future")))
    }
    if !extendModule(t, dict, baseSource, filename: "<ladon concurrent.futures._base>") { return false }
    futuresNames[t].pointee.cancelledError = dictGetName(t, dict, intern(t, "CancelledError"))
    futuresNames[t].pointee.invalidStateError = dictGetName(t, dict, intern(t, "InvalidStateError"))
    futuresNames[t].pointee.reportCallback = dictGetName(t, dict, intern(t, "_report_callback"))
    futuresNames[t].pointee.reportState = dictGetName(t, dict, intern(t, "_report_state"))
    return dictSet(t, dict, intern(t, "Future"), futures.type) >= 0
}

func amendProcessPool(_ t: Thread, _ dict: Value) -> Bool { extendModule(t, dict, processSource, filename: "<ladon concurrent.futures.process>") }

private let baseSource: StaticString = #"""
def _report_callback(future, exception):
    LOGGER.error('exception calling callback for %r', future, exc_info=exception)

def _report_state(future):
    LOGGER.critical('Future %s in unexpected state: %s', id(future), future._state)

def _extend_executor():
    import weakref
    from collections import deque
    from itertools import islice

    def results(executor, fn, waiting, pending, end_time):
        # A generator must not keep the executor alive.
        try:
            while pending:
                if waiting is not None:
                    alive = executor()
                    if alive is not None:
                        for args in waiting:
                            pending.append(alive.submit(fn, *args))
                            break
                    del alive
                if end_time is None:
                    yield _result_or_cancel(pending.popleft())
                else:
                    yield _result_or_cancel(pending.popleft(), end_time - time.monotonic())
        finally:
            for future in pending:
                future.cancel()

    def map(self, fn, *iterables, timeout=None, chunksize=1, buffersize=None):
        """Returns an iterator equivalent to map(fn, iter).

        Args:
            fn: A callable that will take as many arguments as there are
                passed iterables.
            timeout: The maximum number of seconds to wait. If None, then there
                is no limit on the wait time.
            chunksize: The size of the chunks the iterable will be broken into
                before being passed to a child process. It has no effect for
                pools of threads.
            buffersize: How many submitted calls may be without a yielded
                result. None: everything is submitted at once.

        Raises:
            TimeoutError: If the results were not there before the timeout.
            Exception: If fn(*args) raises for any values.
        """
        if buffersize is not None:
            if not isinstance(buffersize, int):
                raise TypeError("buffersize must be an integer or None")
            if buffersize < 1:
                raise ValueError("buffersize must be None or > 0")
        end_time = None if timeout is None else timeout + time.monotonic()
        waiting = zip(*iterables)
        first = waiting if buffersize is None else islice(waiting, buffersize)
        pending = deque([self.submit(fn, *args) for args in first])
        return results(weakref.ref(self), fn, None if buffersize is None else waiting, pending, end_time)

    map.__qualname__ = 'Executor.map'
    Executor.map = map

_extend_executor()
del _extend_executor
"""#

private let processSource: StaticString = #"""
def _extend_process_pool():
    from functools import update_wrapper

    def map(self, fn, *iterables, timeout=None, chunksize=1, buffersize=None):
        if chunksize < 1:
            raise ValueError("chunksize must be >= 1.")
        chunks = super(ProcessPoolExecutor, self).map(
            partial(_process_chunk, fn), _get_chunks(*iterables, chunksize=chunksize),
            timeout=timeout, buffersize=buffersize)
        return _chain_from_iterable_of_lists(chunks)

    class IdleWorkers(threading.Semaphore):
        # The manager's thread counts a worker as idle after it has given the result out. Whoever waits for the result may
        # run at once here and submit again: the worker is counted before, and what the manager does afterwards is left out.
        counted = 0

        def count(self):
            super().release()
            self.counted += 1

        def release(self, n=1):
            if self.counted:
                self.counted -= 1
            else:
                super().release(n)

    initialize = ProcessPoolExecutor.__init__
    process_result_item = _ExecutorManagerThread.process_result_item

    def __init__(self, *args, **kwargs):
        initialize(self, *args, **kwargs)
        self._idle_worker_semaphore = IdleWorkers(0)
        # The executor is found dead at any safepoint, also of the manager's thread while that holds this lock: what it then
        # runs, the callback of its weak reference, takes the lock, too.
        self._shutdown_lock = self._call_queue.shutdown_lock = threading.RLock()

    def process_and_count(self, result_item):
        if getattr(result_item, 'exit_pid', 0) is None:
            executor = self.executor_reference()
            if executor is not None:
                executor._idle_worker_semaphore.count()
            del executor
        process_result_item(self, result_item)

    update_wrapper(__init__, initialize)
    ProcessPoolExecutor.__init__ = __init__
    _ExecutorManagerThread.process_result_item = update_wrapper(process_and_count, process_result_item)

    def end(executor, how):
        workers = list((executor._processes or {}).values())
        # Not waiting: a worker may never come to an end by itself.
        executor.shutdown(wait=False, cancel_futures=True)
        for worker in workers:
            try:
                if worker.is_alive():
                    getattr(worker, how)()
            except (ValueError, ProcessLookupError):
                pass    # It has ended meanwhile.

    def terminate_workers(self):
        """Attempts to terminate the executor's workers.

        After this the executor is broken: nothing more may be submitted.
        """
        end(self, 'terminate')

    def kill_workers(self):
        """Attempts to kill the executor's workers.

        After this the executor is broken: nothing more may be submitted.
        """
        end(self, 'kill')

    map.__doc__ = _base.Executor.map.__doc__
    for function in map, terminate_workers, kill_workers:
        function.__qualname__ = 'ProcessPoolExecutor.' + function.__name__
        setattr(ProcessPoolExecutor, function.__name__, function)

_extend_process_pool()
del _extend_process_pool
"""#
