# Source that the runtime brings with it in place of native code leaves no frames in tracebacks, and f_back passes it over.
import asyncio
import sys
import traceback


async def fail():
    await asyncio.sleep(0)
    raise ValueError("boom")


try:
    asyncio.run(fail())
except ValueError:
    traceback.print_exc(file=sys.stdout)


async def stack():
    frame, files = sys._getframe(), []
    while frame:
        files.append(frame.f_code.co_filename)
        frame = frame.f_back
    return any("ladon " in name for name in files), "runners.py" in "".join(files)


print(asyncio.run(stack()))


async def half():
    reader = asyncio.StreamReader()
    reader.feed_data(b"12")
    reader.feed_eof()
    await reader.readexactly(3)


try:
    asyncio.run(half())
except asyncio.IncompleteReadError as e:
    print(e, [entry.name for entry in traceback.extract_tb(e.__traceback__) if "streams" not in entry.filename])
