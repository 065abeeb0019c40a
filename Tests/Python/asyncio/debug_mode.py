"""Debug mode: where tasks were made, slow callbacks, wrong threads, coroutines never awaited; exceptions nobody asked for."""
import asyncio
import gc
import logging
import re
import threading
import time


class Keep(logging.Handler):
    def emit(self, record):
        text = re.sub(r'0x[0-9a-f]+', 'ADDRESS', record.getMessage())
        print('log:', re.sub(r'took \d\.\d+', 'took TIME', re.sub(r'/\S*/', '', text)).splitlines()[0])


logger = logging.getLogger('asyncio')
logger.addHandler(Keep())
logger.propagate = False


def slow():
    time.sleep(0.12)


async def main():
    loop = asyncio.get_running_loop()
    print(loop.get_debug())
    task = asyncio.create_task(asyncio.sleep(0), name='sleeper')
    print('created at' in repr(task), len(task._source_traceback) > 0)
    await task
    loop.call_soon(slow)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    errors = []

    def elsewhere():
        try:
            loop.call_soon(print)
        except RuntimeError as e:
            errors.append(str(e))
    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    print(errors)
    for call in (lambda: loop.call_soon(main), lambda: loop.call_later(1, 5), lambda: loop.call_soon_threadsafe(None)):
        try:
            call()
        except TypeError as e:
            print(re.sub(r'0x[0-9a-f]+', 'ADDRESS', str(e)))
    handle = loop.call_later(50, print, 'never')
    print(re.sub(r'when=\S+|created at .*|/\S*/', '', repr(handle)))
    handle.cancel()
    print(handle.cancelled(), 'cancelled' in repr(handle))


async def unretrieved():
    async def fail():
        raise ValueError('lost')
    task = asyncio.create_task(fail())
    await asyncio.sleep(0.001)
    del task


async def handler_of_ones_own():
    loop = asyncio.get_running_loop()
    seen = []
    loop.set_exception_handler(lambda loop, context: seen.append(sorted(context)))
    loop.call_soon(lambda: 1 / 0)
    await asyncio.sleep(0)
    future = loop.create_future()
    future.set_exception(OSError('x'))
    del future
    for _ in range(3):
        gc.collect()
    await asyncio.sleep(0)
    print(seen)


async def wrong_things():
    async def yields():
        class Bad:
            def __await__(self):
                yield 5
        await Bad()

    async def itself():
        await asyncio.current_task()

    for f in (yields, itself):
        try:
            await asyncio.create_task(f())
        except RuntimeError as e:
            print(re.sub(r'<.*>', '<task>', str(e)))
    other = asyncio.new_event_loop()
    try:
        await other.create_future()
    except RuntimeError as e:
        print('different loop' in str(e))
    other.close()


asyncio.run(main(), debug=True)
asyncio.run(unretrieved())
gc.collect()
asyncio.run(handler_of_ones_own())
asyncio.run(wrong_things())
