# The library's tools that trace: bdb and pdb, trace, profile, doctest.
import bdb
import doctest
import io
import pdb
import profile
import pstats
import sys
import trace


def add(a, b):
    """Adds.

    >>> add(1, 2)
    3
    >>> for i in range(2):
    ...     print(add(i, 1))
    1
    2
    >>> add(1, '')
    Traceback (most recent call last):
    TypeError: unsupported operand type(s) for +: 'int' and 'str'
    """
    c = a + b
    return c


def loop(n):
    total = 0
    for i in range(n):
        total = add(total, i)
    return total


print(doctest.testmod())

out = io.StringIO()
commands = '''step
step
where
next
p a, b
a
return
args
up
down
until
break add
continue
continue
clear 1
jump 1
!c = 100
retval
continue
'''
debugger = pdb.Pdb(stdin=io.StringIO(commands), stdout=out, nosigint=True, readrc=False)
debugger.use_rawinput = False
debugger.prompt = '(P) '
try:
    print('result', debugger.runcall(loop, 2))
except bdb.BdbQuit:
    print('quit')
print(out.getvalue().replace(__file__, 'FILE').replace(pdb.__file__, 'PDB'))

tracer = trace.Trace(count=1, trace=0, countfuncs=0)
tracer.runfunc(loop, 3)
counts = tracer.results().counts
print(sorted((line - add.__code__.co_firstlineno, n) for (file, line), n in counts.items() if file == __file__))
tracer = trace.Trace(count=0, trace=0, countfuncs=1)
tracer.runfunc(loop, 3)
print(sorted(name for _, _, name in tracer.results().calledfuncs if name in ('add', 'loop')))
tracer = trace.Trace(count=0, trace=0, countcallers=1)
tracer.runfunc(loop, 3)
print(sorted((a[2], b[2]) for a, b in tracer.results().callers if b[2] == 'add'))

p = profile.Profile()
p.runcall(loop, 50)
s = pstats.Stats(p, stream=io.StringIO())
print(sorted((name, calls[0], calls[1]) for (_, _, name), calls in s.stats.items() if name in ('add', 'loop')))


class Recorder(bdb.Bdb):
    def __init__(self):
        super().__init__()
        self.log = []

    def user_call(self, frame, args):
        self.log.append(('call', frame.f_code.co_name))
        self.set_step()

    def user_line(self, frame):
        self.log.append(('line', frame.f_code.co_name, frame.f_lineno - frame.f_code.co_firstlineno))
        self.set_step()

    def user_return(self, frame, value):
        self.log.append(('return', frame.f_code.co_name, value))
        self.set_step()


r = Recorder()
r.runcall(add, 3, 4)
print(r.log)
