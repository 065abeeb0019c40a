# What asyncio makes for itself when it is imported lives on, wherever a collection falls: a run of its own for each of a few places.
import os
import random
import subprocess
import sys

source = '''
def make():
    x = 1
    return lambda: x

def deep(n):
    if n:
        return deep(n - 1)
    import asyncio
    return asyncio

asyncio = deep(int(__import__("sys").argv[1]))
keep = [make() for _ in range(2000)]
print(list(asyncio.tasks._all_tasks), dict(asyncio.tasks._current_tasks))
'''
for i in range(16):
    environment = {**os.environ, 'LADON_GC_STRESS': str(random.randrange(200, 3200))}
    done = subprocess.run([sys.executable, '-c', source, str(i * 2)], capture_output=True, text=True, env=environment)
    if (done.returncode, done.stdout) != (0, '[] {}\n'):
        print(environment['LADON_GC_STRESS'], done)
print('end')
