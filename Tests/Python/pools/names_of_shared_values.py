# Shared values call themselves what they are called in ctypes.
from multiprocessing import Value
for code, value in ('i', 3), ('I', 3), ('h', -1), ('b', 1), ('d', 1.5), ('f', 0.5), ('l', 5), ('q', 7):
    print(Value(code, value), Value(code, value, lock=False))
