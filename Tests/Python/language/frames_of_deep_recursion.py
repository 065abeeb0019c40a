"""Frame objects of deep calls hold nothing that was never stored: collections after them used to end the process."""
import gc
import sys


def g():
    try:
        return g()
    except RecursionError:
        return sys.exc_info()


def deep(n):
    x = object()
    return deep(n + 1)


kept = []
for _ in range(6):
    kept.append(g())
    try:
        deep(0)
    except RecursionError as e:
        kept.append(e)
    gc.collect()
count = 0
frame = kept[0][2].tb_frame
while frame is not None:
    count += 1
    frame = frame.f_back
print(count > 500, [type(k).__name__ for k in kept[:2]])
kept.clear()
gc.collect()
print('end')
