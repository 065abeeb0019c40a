# What is typed line by line: a block ends with an empty line, an error anywhere in it is told with its own line.
import subprocess
import sys

SESSIONS = [
    'def f():\n    print(0)\n    return yield 42\nprint("on")\n',
    'def f():\n    x = 1\n\n    return x\n',
    'def f():\n    x = 1\n    return x\n\nprint(f())\n',
    'if 1:\n  print("yes")\nelse:\n  print("no")\n\nprint("end")\n',
    'for x in (1,\n  2):\n  print(x)\n\n"a" + \\\n"b"\n',
    'x = """\n\ntext\n"""\nx\n',
    '@property\ndef f(self): pass\n\nf.__class__\n',
    'class C:\n  a = 1\n\n  b = 2\n\nC.a\n',
    'try:\n  1/0\nexcept ZeroDivisionError as e:\n  print(e)\n\n',
    'def f(): return 1\n\nf()\n',
    'x = 1; y = 2\nx, y\n(\n1\n)\n',
    'while 1: break\n\nprint("out")\n',
    '# comment\n\n1\n',
    'if 1:\n  # comment\n  2\n\n',
]
for session in SESSIONS:
    print(repr(session), flush=True)
    r = subprocess.run([sys.executable, '-q', '-i', '-c', ''], input=session, capture_output=True, text=True)
    print(r.returncode, r.stdout, r.stderr, flush=True)
