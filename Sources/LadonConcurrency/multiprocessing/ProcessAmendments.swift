// What is changed in the library's `multiprocessing` once its code has run.
//
// Finalisers. In CPython an object's finaliser mostly runs where its last reference went. Here it runs in whichever thread comes to a safepoint
// first, also in the middle of a `with lock:` of that thread; if it takes the same lock, the thread waits for itself. So locks
// that the library's own finalisers take are either recursive, or left to another thread.
//
// Pools. The thread that looks after a pool's workers is not woken by results.

import LadonLibrary

func amendQueues(_ t: Thread, _ dict: Value) -> Bool { extendModule(t, dict, queuesSource, filename: "<ladon multiprocessing.queues>") }
func amendResourceTracker(_ t: Thread, _ dict: Value) -> Bool { extendModule(t, dict, trackerSource, filename: "<ladon multiprocessing.resource_tracker>") }
func amendPool(_ t: Thread, _ dict: Value) -> Bool { extendModule(t, dict, poolSource, filename: "<ladon multiprocessing.pool>") }

/// A Queue that is found dead while its feeder holds the lock, in the feeder: a recursive lock would not do, since the feeder has perhaps
/// seen an empty buffer and goes to sleep next.
private let queuesSource: StaticString = """
def _extend_queue():
    from functools import update_wrapper
    feed, finalize_close = Queue._feed, Queue._finalize_close

    def _feed(buffer, notempty, *args):
        notempty.feeder = threading.get_ident()
        feed(buffer, notempty, *args)

    def _finalize_close(buffer, notempty):
        if getattr(notempty, 'feeder', None) == threading.get_ident():
            threading.Thread(target=finalize_close, args=(buffer, notempty), daemon=True).start()
        else:
            finalize_close(buffer, notempty)

    Queue._feed = staticmethod(update_wrapper(_feed, feed))
    Queue._finalize_close = staticmethod(update_wrapper(_finalize_close, finalize_close))

_extend_queue()
del _extend_queue
"""

/// A SemLock that is found dead while the tracker is told of another one.
private let trackerSource: StaticString = """
_resource_tracker._lock = threading.RLock()
"""

/// A pool that is found dead while one of its threads puts something into the queues that ending it puts something into. (A nested put comes
/// before the outer one or after it: nothing runs between the parts of a message.)
private let poolSource: StaticString = """
def _extend_pool():
    from functools import update_wrapper
    initialize, setup_queues = Pool.__init__, Pool._setup_queues

    def __init__(self, *args, **kwargs):
        initialize(self, *args, **kwargs)
        # There are no tasks yet, so nobody holds it.
        self._change_notifier._wlock = self._ctx.RLock()

    def _setup_queues(self):
        setup_queues(self)
        self._outqueue._wlock = self._ctx.RLock()

    def _get_sentinels(self):
        # Not the results: they change nothing that the handler of workers looks at, and as long as one waits to be read, it would
        # run in circles. That all are there, and what close() and terminate() change, it is told through this queue.
        return [self._change_notifier._reader]

    Pool.__init__ = update_wrapper(__init__, initialize)
    Pool._setup_queues = update_wrapper(_setup_queues, setup_queues)
    Pool._get_sentinels = update_wrapper(_get_sentinels, Pool._get_sentinels)

_extend_pool()
del _extend_pool
"""
