"""Methods of the library's classes are functions for whoever looks: inspect, pickle, copy, weakref, help."""
import asyncio
import concurrent.futures
import copy
import functools
import inspect
import multiprocessing.connection
import pickle
import pydoc
import queue
import threading
import types
import weakref

q = queue.Queue()
m = weakref.WeakMethod(q.put)
m()(3)
print(q.get(), type(q.put) is types.MethodType, inspect.isfunction(queue.Queue.put), inspect.ismethod(q.get))
print(q.put == q.put, q.put != q.get, hash(q.put) == hash(q.put), q.put.__func__ is queue.Queue.put, q.put.__self__ is q)
print(inspect.signature(queue.Queue.put), inspect.signature(q.put), queue.Queue.put.__module__, queue.Queue.put.__qualname__)
for f in queue.Queue.put, concurrent.futures.Future.result, asyncio.BaseEventLoop.call_soon, threading.Condition.wait:
    print(pickle.loads(pickle.dumps(f)) is f, copy.copy(f) is f, copy.deepcopy(f) is f, repr(f).split(' at ')[0])
print(repr(q.put)[:30])
print(inspect.getsource(queue.Queue.put).splitlines()[0])
print(queue.Queue.put.__code__.co_varnames[:4], queue.Queue.put.__defaults__)


class Loud(queue.Queue):
    def put(self, *args, **kwargs):
        print('put', args)
        return super().put(*args, **kwargs)


c = Loud()
c.put(4)
print(c.get())
queue.Queue.put.note = 5
print(queue.Queue.put.note, q.put.note)
del queue.Queue.put.note
print(hasattr(queue.Queue.put, 'note'), hasattr(list.append, '__code__'), hasattr(queue.Queue.put, '__objclass__'))
functools.partial(queue.Queue.put, q)(9)
print(q.get())
put = q.put
for i in range(1000):
    put(i)
print(sum(q.get() for i in range(1000)))
e = threading.Event()
t = threading.Thread(target=e.set)
t.start()
t.join()
print(e.is_set())
for f in lambda: setattr(list.append, 'x', 1), lambda: delattr(list.append, 'x'):
    try:
        f()
    except AttributeError as x:
        print(x)
print(inspect.getattr_static(queue.Queue, 'put') is queue.Queue.put)
for cls in (threading.Condition, threading.Event, threading.Semaphore, queue.Queue, asyncio.Queue, asyncio.Handle, asyncio.TimerHandle,
            asyncio.StreamReader, multiprocessing.connection.Connection, concurrent.futures.Future, concurrent.futures.ThreadPoolExecutor):
    print(cls.__name__, sorted(n for n, v in inspect.getmembers(cls, inspect.isfunction) if not n.startswith('_') and n != 'shutdown'))
    for name in 'wait', 'notify', 'set', 'acquire', 'release', 'qsize', 'get_nowait', 'cancel', 'feed_data', 'send', 'result', 'submit':
        f = getattr(cls, name, None)
        if f is not None:
            print(' ', name, inspect.signature(f), f.__module__, cls is asyncio.Queue or len(inspect.getdoc(f) or ''))
print([k.name + ':' + k.kind for k in inspect.classify_class_attrs(threading.Event) if not k.name.startswith('_')])
print(pydoc.render_doc(threading.Condition.wait, renderer=pydoc.plaintext))
