"""Subprocesses, their pipes and ends; signal handlers in a loop; Ctrl-C ends asyncio.run."""
import asyncio
import os
import signal
import sys


async def processes():
    p = await asyncio.create_subprocess_exec('/bin/cat', stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE)
    out, err = await p.communicate(b'x' * 300_000)
    print(len(out), err, p.returncode)
    p = await asyncio.create_subprocess_shell('echo out; echo err >&2; exit 3', stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE)
    print(await p.communicate(), await p.wait())
    p = await asyncio.create_subprocess_exec('/bin/sleep', '60')
    p.terminate()
    print(await p.wait() == -signal.SIGTERM)
    outs = await asyncio.gather(*(many(i) for i in range(8)))
    print(outs)
    try:
        await asyncio.create_subprocess_exec('/nonexistent/program')
    except FileNotFoundError as e:
        print(e.errno)
    p = await asyncio.create_subprocess_exec('/bin/sh', '-c', 'while read line; do echo "<$line>"; done', stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE)
    for i in range(5):
        p.stdin.write(b'%d\n' % i)
        await p.stdin.drain()
        print((await p.stdout.readline()).decode().strip(), end=' ')
    p.stdin.close()
    print(await p.wait())


async def many(i):
    p = await asyncio.create_subprocess_exec('/bin/sh', '-c', f'exit {i}')
    return await p.wait()


async def signals():
    loop = asyncio.get_running_loop()
    got = asyncio.Queue()
    loop.add_signal_handler(signal.SIGUSR1, got.put_nowait, 'usr1')
    for _ in range(3):
        os.kill(os.getpid(), signal.SIGUSR1)
        print(await got.get(), end=' ')
    print(loop.remove_signal_handler(signal.SIGUSR1), loop.remove_signal_handler(signal.SIGUSR1))


async def interrupted():
    try:
        asyncio.get_running_loop().call_later(0.01, os.kill, os.getpid(), signal.SIGINT)
        await asyncio.sleep(30)
    except asyncio.CancelledError:
        print('main was cancelled')
        raise


asyncio.run(processes())
asyncio.run(signals())
try:
    asyncio.run(interrupted())
except KeyboardInterrupt:
    print('KeyboardInterrupt')
