# The iterator of a generic alias can be copied and pickled; at its end it says so less clearly.
import copy
import pickle

iterator = iter(tuple[int])
print(type(iterator).__name__, [n for n in type(iterator).__dict__ if n != '__doc__'] == ['__getattribute__', '__iter__', '__next__', '__reduce__'])
print(iterator.__reduce__(), list(copy.copy(iterator)), list(copy.deepcopy(iterator)))
for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
    print(list(pickle.loads(pickle.dumps(iterator, protocol))))
print(next(iterator), next(iterator, 'end'), list(iterator), iter(iterator) is iterator)
for action in (iterator.__reduce__, lambda: copy.copy(iterator)):
    try:
        print(action())
    except BaseException as e:
        print(type(e).__name__, e)
try:
    type(iterator)()
except TypeError as e:
    print(e)
starred = next(iter(list[int]))
print(starred, copy.copy(starred), pickle.loads(pickle.dumps(starred)) == starred, hash(starred) == hash(copy.copy(starred)))
print(*tuple[int], [*list[str]], (*dict[int, str],))
