// What Python 3.12 to 3.14 added to asyncio, on top of the 3.11 library: Python source of our own that runs at the
// end of the module it belongs to.

import LadonLibrary

/// 3.12: tasks that begin at once.
private let tasksSource: StaticString = """
def create_eager_task_factory(custom_task_constructor):
    \"""A task factory whose tasks run their first step when they are created.

    The constructor must accept what Task accepts, `eager_start` among it.
    \"""
    def factory(loop, coro, *, name=None, context=None, eager_start=True):
        return custom_task_constructor(coro, loop=loop, name=name, context=context, eager_start=eager_start)

    return factory


eager_task_factory = create_eager_task_factory(Task)


def _with_graph(gather_plain, add):
    # The call graph sees through gather.
    def gather(*coros_or_futures, return_exceptions=False):
        outer = gather_plain(*coros_or_futures, return_exceptions=return_exceptions)
        for child in getattr(outer, '_children', ()):
            add(child, outer)
        return outer

    gather.__doc__ = gather_plain.__doc__
    gather.__qualname__ = 'gather'
    return gather


gather = _with_graph(gather, __import__('_asyncio').future_add_to_awaited_by)
del _with_graph
__all__ += ('create_eager_task_factory', 'eager_task_factory')
"""

/// 3.13: queues that end.
private let queuesSource: StaticString = """
class QueueShutDown(Exception):
    \"""Raised by put and get on a queue that has been shut down.\"""


class _Shutdown:
    # Becomes part of Queue: the methods that know a queue's end.

    _is_shutdown = False

    def shutdown(self, immediate=False):
        \"""Ends the queue: putting raises QueueShutDown from now on, getting does when the queue is empty.

        With `immediate` the queue is emptied first, and its items count as done for join().
        \"""
        self._is_shutdown = True
        if immediate:
            while not self.empty():
                self._get()
                if self._unfinished_tasks > 0:
                    self._unfinished_tasks -= 1
            if self._unfinished_tasks == 0:
                self._finished.set()
        for waiters in (self._getters, self._putters):
            while waiters:
                waiter = waiters.popleft()
                if not waiter.done():
                    waiter.set_result(None)

    def put_nowait(self, item):
        \"""Put an item into the queue without blocking.

        If no free slot is immediately available, raise QueueFull; if the queue has been shut down, QueueShutDown.
        \"""
        if self._is_shutdown:
            raise QueueShutDown
        if self._maxsize > 0 and self.full():
            raise QueueFull
        self._put(item)
        self._unfinished_tasks += 1
        self._finished.clear()
        if self._getters:
            self._wakeup_next(self._getters)

    def get_nowait(self):
        \"""Remove and return an item from the queue.

        If there is none, raise QueueEmpty, or QueueShutDown when none can come any more.
        \"""
        if self.empty():
            raise QueueShutDown if self._is_shutdown else QueueEmpty
        item = self._get()
        if self._putters:
            self._wakeup_next(self._putters)
        return item

    async def put(self, item):
        \"""Put an item into the queue.

        If the queue is full, wait until there is room. Raise QueueShutDown if the queue has been shut down.
        \"""
        while self._maxsize > 0 and (turn := self._turn_to_put()) is not None:
            try:
                await turn
            except BaseException:
                self._give_up(turn, self._putters, self.full)
                raise
        self.put_nowait(item)

    async def get(self):
        \"""Remove and return an item from the queue.

        If the queue is empty, wait until there is one. Raise QueueShutDown if none can come any more.
        \"""
        while (turn := self._turn_to_get()) is not None:
            try:
                await turn
            except BaseException:
                self._give_up(turn, self._getters, self.empty)
                raise
        return self.get_nowait()

    # Native as a rule (QueueMethods.swift), as put_nowait and get_nowait: a future to wait for, or None.

    def _turn_to_put(self):
        if not self.full():
            return None
        if self._is_shutdown:
            raise QueueShutDown
        turn = self._get_loop().create_future()
        self._putters.append(turn)
        return turn

    def _turn_to_get(self):
        if not self.empty():
            return None
        if self._is_shutdown:
            raise QueueShutDown
        turn = self._get_loop().create_future()
        self._getters.append(turn)
        return turn

    def _give_up(self, turn, waiters, is_blocked):
        # A waiter that is cancelled leaves the line; a wake-up that it had already is the next one's.
        turn.cancel()
        try:
            waiters.remove(turn)
        except ValueError:
            pass
        if not is_blocked() and not turn.cancelled():
            self._wakeup_next(waiters)


def _add_shutdown():
    for name, value in vars(_Shutdown).items():
        if name in ('__module__', '__qualname__', '__doc__', '__dict__', '__weakref__'):
            continue
        if hasattr(value, '__qualname__'):
            value.__qualname__ = 'Queue.' + name
        setattr(Queue, name, value)
    format_parts = Queue._format

    def _format(self):
        text = format_parts(self)
        return text + ' shutdown' if self._is_shutdown else text

    _format.__qualname__ = 'Queue._format'
    Queue._format = _format


_add_shutdown()
del _Shutdown, _add_shutdown
__all__ += ('QueueShutDown',)
"""

/// 3.12: asyncio.run(loop_factory=…).
private let runnersSource: StaticString = """
def _with_loop_factory(run_without):
    def run(main, *, debug=None, loop_factory=None):
        if loop_factory is None:
            return run_without(main, debug=debug)
        if events._get_running_loop() is not None:
            raise RuntimeError("asyncio.run() cannot be called from a running event loop")
        with Runner(debug=debug, loop_factory=loop_factory) as runner:
            return runner.run(main)

    run.__qualname__ = 'run'
    run.__doc__ = run_without.__doc__ + \"""
    With loop_factory, that makes the event loop.
    \"""
    return run


run = _with_loop_factory(run)
del _with_loop_factory
"""

/// 3.13: the platform's event loop under one name.
private let unixEventsSource: StaticString = """
EventLoop = SelectorEventLoop
__all__ += ('EventLoop',)
"""

/// 3.13: TaskGroup.create_task hands everything on.
private let taskGroupsSource: StaticString = """
def _with_keywords(create_plain, add):
    def create_task(self, coro, *, name=None, context=None, **kwargs):
        if not kwargs:
            task = create_plain(self, coro, name=name, context=context)
            add(task, self._parent_task)
            return task
        loop = self._loop
        if self._entered:
            self._loop = _KeywordLoop(loop, kwargs)
        try:
            return create_plain(self, coro, name=name, context=context)
        finally:
            self._loop = loop

    create_task.__qualname__ = 'TaskGroup.create_task'
    return create_task


class _KeywordLoop:
    # Stands in for the loop while a task with further keywords is made.

    def __init__(self, loop, keywords):
        self._real = loop
        self._keywords = keywords

    def create_task(self, coro, **kwargs):
        return self._real.create_task(coro, **kwargs, **self._keywords)

    def __getattr__(self, name):
        return getattr(self._real, name)


TaskGroup.create_task = _with_keywords(TaskGroup.create_task, __import__('_asyncio').future_add_to_awaited_by)
del _with_keywords
"""

/// 3.14: who waits for whom.
private let graphSource: StaticString = """
def _define_graph(module):
    import sys
    import types
    from collections import namedtuple
    from _asyncio import future_add_to_awaited_by, future_discard_from_awaited_by

    FrameCallGraphEntry = namedtuple('FrameCallGraphEntry', 'frame')
    FutureCallGraph = namedtuple('FutureCallGraph', 'future call_stack awaited_by')

    def shorten(entries, limit):
        if limit is None:
            return entries
        return entries[:limit] if limit >= 0 else entries[limit:]

    def graph_of(future, limit, seen):
        entries = []
        awaited = getattr(future, 'get_coro', lambda: None)()
        while awaited is not None:
            for prefix in ('cr', 'ag', 'gi'):
                frame = getattr(awaited, prefix + '_frame', None)
                if frame is not None:
                    entries.append(FrameCallGraphEntry(frame))
                    awaited = getattr(awaited, prefix + ('_yieldfrom' if prefix == 'gi' else '_await'))
                    break
            else:
                awaited = None
        entries.reverse()
        return FutureCallGraph(future, tuple(shorten(entries, limit)), waiters_of(future, limit, seen))

    def waiters_of(future, limit, seen):
        seen = seen | {future}
        return tuple(graph_of(w, limit, seen) for w in getattr(future, '_asyncio_awaited_by', None) or () if w not in seen)

    def capture_call_graph(future=None, /, *, depth=1, limit=None):
        \"""The call stack of a task (of the running one without argument), and of those that wait for it.

        None when no task is running. `depth` leaves out the innermost frames of the running task; `limit`
        keeps so many frames, the innermost, or when it is negative the outermost.
        \"""
        loop = events._get_running_loop()
        current = current_task() if loop is not None else None
        if future is None:
            if loop is None:
                raise RuntimeError('capture_call_graph() is called outside of a running event loop and no *future* to introspect was provided')
            future = current
            if future is None:
                return None
        elif not isfuture(future):
            raise TypeError(f'{future!r} object does not appear to be compatible with asyncio.Future')
        if future is not current:
            return graph_of(future, limit, frozenset())
        outermost = getattr(future.get_coro(), 'cr_frame', None)
        entries = []
        frame = sys._getframe(depth)
        while frame is not None:
            entries.append(FrameCallGraphEntry(frame))
            if frame is outermost:
                break
            frame = frame.f_back
        return FutureCallGraph(future, tuple(shorten(entries, limit)), waiters_of(future, limit, frozenset()))

    def lines_of(graph, level):
        margin = '     ' * level
        future = graph.future
        kind = type(future).__name__
        label = f"name={future.get_name()!r}, " if hasattr(future, 'get_name') else ''
        yield f'{margin}* {kind}({label}id={id(future):#x})'
        if graph.call_stack:
            yield f'{margin}  + Call stack:'
        for entry in graph.call_stack:
            code = entry.frame.f_code
            kind = 'async ' if code.co_flags & 0x280 else ''
            yield f'{margin}  |   File {code.co_filename!r}, line {entry.frame.f_lineno}, in {kind}{code.co_qualname}()'
        if graph.awaited_by:
            yield f'{margin}  + Awaited by:'
        for waiter in graph.awaited_by:
            yield from lines_of(waiter, level + 1)

    def format_call_graph(future=None, /, *, depth=1, limit=None):
        \"""The call graph as text, '' when no task is running.\"""
        graph = capture_call_graph(future, depth=depth + 1, limit=limit)
        return '' if graph is None else '\\n'.join(lines_of(graph, 0))

    def print_call_graph(future=None, /, *, file=None, depth=1, limit=None):
        \"""Prints the call graph of a task or future, or of the running task.\"""
        print(format_call_graph(future, depth=depth + 1, limit=limit), file=file)

    for public in (FrameCallGraphEntry, FutureCallGraph, capture_call_graph, format_call_graph, print_call_graph,
                   future_add_to_awaited_by, future_discard_from_awaited_by):
        if isinstance(public, (type, types.FunctionType)):
            public.__qualname__ = public.__name__
            public.__module__ = 'asyncio'
        module[public.__name__] = public
        module['__all__'] += (public.__name__,)


_define_graph(globals())
del _define_graph
"""

private func extend(_ t: Thread, _ dict: Value, _ source: StaticString, _ module: String) -> Bool {
    extendModule(t, dict, source, filename: "<ladon \(module)>")
}

/// Rows of the table of amendments.
nonisolated(unsafe) let newerNames: [(StaticString, Amendment)] = [
    ("asyncio", { t, dict in extend(t, dict, graphSource, "asyncio") }),
    ("asyncio.queues", { t, dict in extend(t, dict, queuesSource, "asyncio.queues") && amendAsyncQueues(t, dict) }),
    ("asyncio.runners", { t, dict in extend(t, dict, runnersSource, "asyncio.runners") }),
    ("asyncio.unix_events", { t, dict in extend(t, dict, unixEventsSource, "asyncio.unix_events") }),
    ("asyncio.taskgroups", { t, dict in extend(t, dict, taskGroupsSource, "asyncio.taskgroups") }),
]

/// The end of asyncio.tasks.
func extendTasks(_ t: Thread, _ dict: Value) -> Bool { extend(t, dict, tasksSource, "asyncio.tasks") }
