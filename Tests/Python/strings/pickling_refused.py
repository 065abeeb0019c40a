# The words with which objects of varying size refuse to be copied and pickled.
import copy
import pickle

for v in (memoryview(b"a"), (lambda: 0).__code__):
    for f in (lambda v: v.__reduce_ex__(2), lambda v: v.__reduce_ex__(4), lambda v: pickle.dumps(v, 4)):
        try:
            print(f(v))
        except TypeError as e:
            print(e)
try:
    copy.copy(memoryview(b""))
except TypeError as e:
    print(e)
