"""Recursion through native code counts against sys.setrecursionlimit, whatever room the native stack has."""
import sys


def kind(f):
    try:
        f()
    except RecursionError as e:
        return str(e)
    return 'none'


class A:
    pass


A.__call__ = A()
print(kind(A()))

deep = []
for _ in range(100000):
    deep = [deep]
print(kind(lambda: repr(deep)))
print(kind(lambda: str((deep,))))
other = []
for _ in range(100000):
    other = [other]
print(kind(lambda: deep == other))
print(kind(lambda: {1: deep} == {1: other}))

nested = (int,)
for _ in range(5000):
    nested = (nested,)
print(kind(lambda: isinstance('', nested)))
print(kind(lambda: issubclass(str, nested)))


class Equal:
    def __eq__(self, other):
        return self == other


print(kind(lambda: Equal() == Equal()))


class Missing:
    def __getattr__(self, name):
        return self.other


print(kind(lambda: Missing().x))

# A higher limit gives deeper structures their text.
shallow = []
for _ in range(1500):
    shallow = [shallow]
print(kind(lambda: repr(shallow)))
sys.setrecursionlimit(3000)
print(len(repr(shallow)))
sys.setrecursionlimit(2**31 - 1)
print(sys.getrecursionlimit(), len(repr(shallow)))
