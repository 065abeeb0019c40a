# ladon: timeout=120
"""Nobody should, but: callbacks added to futures by several threads while another finishes them are called once each; handles
cancelled by another thread run or don't; the current task can be asked for from anywhere."""
import asyncio
import threading

ROUNDS, THREADS = 300, 3

loop = asyncio.new_event_loop()
called = []


def add(future, barrier, number):
    barrier.wait()
    for i in range(10):
        future.add_done_callback(lambda f, n=(number, i): called.append(n))


def finish(future, barrier):
    barrier.wait()
    future.set_result(None)


wrong = 0
for r in range(ROUNDS):
    del called[:]
    future = loop.create_future()
    barrier = threading.Barrier(THREADS + 1)
    threads = [threading.Thread(target=add, args=(future, barrier, n)) for n in range(THREADS)]
    threads.append(threading.Thread(target=finish, args=(future, barrier)))
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    loop.call_soon(loop.stop)
    loop.run_forever()
    wrong += sorted(called) != [(n, i) for n in range(THREADS) for i in range(10)]
print('callbacks lost or called twice:', wrong)

# Removing beside adding: what is left is what was not removed.
wrong = 0
for r in range(ROUNDS):
    del called[:]
    future = loop.create_future()
    barrier = threading.Barrier(2)

    def gone(f):
        called.append('gone')

    def drop():
        barrier.wait()
        for i in range(20):
            future.remove_done_callback(gone)

    for i in range(20):
        future.add_done_callback(gone)
    threads = [threading.Thread(target=add, args=(future, barrier, 0)), threading.Thread(target=drop)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    future.set_result(None)
    loop.call_soon(loop.stop)
    loop.run_forever()
    wrong += called != [(0, i) for i in range(10)]
print('wrong after removal:', wrong)
loop.set_exception_handler(lambda loop, context: None)
loop.close()

# A watchdog asks which task runs, and cancels what is about to run.
loop = asyncio.new_event_loop()
loop.set_exception_handler(lambda loop, context: None)
stop = threading.Event()
handles = []
seen = set()


def watch():
    while not stop.is_set():
        task = asyncio.current_task(loop)
        seen.add(type(task).__name__)
        try:
            while True:
                handles.pop().cancel()
        except IndexError:
            pass
        len(asyncio.all_tasks(loop))


async def work():
    for i in range(2000):
        handles.append(loop.call_soon(int, 5))
        handles.append(loop.call_later(0, int, 5))
        await asyncio.sleep(0)


watchers = [threading.Thread(target=watch) for i in range(2)]
for t in watchers:
    t.start()
loop.run_until_complete(asyncio.wait_for(work(), 100))
stop.set()
for t in watchers:
    t.join()
loop.close()
print(seen <= {'NoneType', 'Task'})
