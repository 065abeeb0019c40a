"""mock.create_autospec and patch over classes whose methods are native here."""
import asyncio
import concurrent.futures
import concurrent.futures.thread
import queue
import threading
from unittest import mock

calls = {
    threading.Event: ['wait(1)', 'wait(1, 2)', 'set()', 'set(1)', 'wait(timeout=2)'],
    threading.Condition: ['wait(1)', 'wait(timeout=1)', 'notify(2)', 'notify_all()', 'notify_all(1)', 'wait_for(len, 3)'],
    threading.Thread: ['start()', 'join(2)', 'join(1, 2)', 'run()'],
    queue.Queue: ['put(1)', 'put(1, True, 2)', 'put()', 'get()', 'get(1, 2, 3)', 'qsize()', 'qsize(1)'],
    queue.SimpleQueue: ['put(1)', 'get(timeout=1)'],
    concurrent.futures.Future: ['result(1)', 'result(timeout=1)', 'result()', 'result(1, 2)', 'add_done_callback()', 'set_result(2)'],
    concurrent.futures.ThreadPoolExecutor: ['submit(1)', 'submit(1, 2, 3, a=4)', 'submit()', 'shutdown(wait=True)'],
    asyncio.SelectorEventLoop: ['call_soon(1)', 'call_soon(print, 2, context=1)', 'call_later(1, print)', 'call_later()', 'run_forever(1)'],
    asyncio.Queue: ['get_nowait()', 'put_nowait(1)', 'put_nowait()'],
    asyncio.StreamReader: ['feed_data(b"")', 'feed_data()'],
    asyncio.Handle: ['cancel()', 'cancel(1)'],
}
for cls, texts in calls.items():
    for spec in mock.create_autospec(cls, instance=True), mock.create_autospec(cls):
        for text in texts:
            try:
                eval('spec.' + text)
                print(cls.__name__, text, 'ok')
            except TypeError as e:
                print(cls.__name__, text, e)

# Patched methods get the object, and the library calls them.
with mock.patch.object(queue.Queue, 'put', autospec=True) as put:
    q = queue.Queue()
    q.put(5)
    put.assert_called_once_with(q, 5)
q.put(6)
print(q.get(), type(put).__name__)


def counting(cls, name):
    seen = []
    original = getattr(cls, name)

    def replacement(self, *args):
        seen.append(name)
        return original(self, *args)
    return mock.patch.object(cls, name, replacement), seen


def run_pool():
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        return pool.submit(len, 'abc').result()


async def give_way():
    await asyncio.sleep(0)


for cls, name in (concurrent.futures.Future, 'set_result'), (concurrent.futures.thread._WorkItem, 'run'), (concurrent.futures.Future, 'result'):
    patch, seen = counting(cls, name)
    with patch:
        print(run_pool(), seen)
    print(run_pool(), seen)
for name in '_run', '__repr__':
    patch, seen = counting(asyncio.Handle, name)
    with patch:
        asyncio.run(give_way())
        print(name, bool(seen))
    del seen[:]
    asyncio.run(give_way())
    print(name, seen)
