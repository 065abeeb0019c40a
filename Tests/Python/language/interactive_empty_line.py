# An empty line ends what cannot go on after it, with an error; inside brackets and long texts it does not.
import subprocess
import sys

SESSIONS = [
    'class A:\n\n1\n',
    'if 1:\n  2\nelse:\n\n3\n',
    'try:\n  1\n\n2\n',
    'def f(\n\n):\n  return 7\n\nf()\n',
    '"""a\n\n"""\n',
    'for i in [1]:\n# c\n  i\n\n5\n',
    'if 1:\n  \n\n5\n',
    'match 7:\n\n8\n',
    'if 1:\n',
    'if 1:\n  6\n',
]
for session in SESSIONS:
    print(repr(session), flush=True)
    r = subprocess.run([sys.executable, '-q', '-i', '-c', ''], input=session, capture_output=True, text=True)
    print(r.returncode, r.stdout, r.stderr, flush=True)
