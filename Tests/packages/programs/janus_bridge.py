# janus: queues between threads and coroutines.
import asyncio
import threading

import janus


async def main():
    queue = janus.Queue(maxsize=10)
    back = janus.Queue()

    def producer(first):
        for i in range(first, first + 500):
            queue.sync_q.put(i)

    def doubler():
        while True:
            n = back.sync_q.get()
            if n is None:
                return
            doubled.append(n * 2)

    doubled = []
    loop = asyncio.get_running_loop()
    jobs = [loop.run_in_executor(None, producer, i * 500) for i in range(4)]
    other = threading.Thread(target=doubler)
    other.start()
    got = []
    while len(got) < 2000:
        n = await queue.async_q.get()
        got.append(n)
        queue.async_q.task_done()
        await back.async_q.put(n)
    await asyncio.gather(*jobs)
    await queue.async_q.join()
    await back.async_q.put(None)
    await loop.run_in_executor(None, other.join)
    print(sorted(got) == list(range(2000)), sum(doubled), queue.sync_q.empty())
    try:
        queue.sync_q.get_nowait()
    except janus.SyncQueueEmpty:
        print('empty')
    await queue.aclose()
    await back.aclose()


asyncio.run(main())
