# Merging a dict into another must not notice that a collection on the way found the program single-threaded again.

import gc
import threading

words = {n: str(n) for n in range(512)}


def merge(times):
    for _ in range(times):
        merged = words | words
        if len(merged) != 512:
            print("lost entries")


for _ in range(20):
    threads = [threading.Thread(target=merge, args=(20,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    merge(200)
gc.collect()
print("merged")
