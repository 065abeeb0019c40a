# ladon: peer=no
# The reader of standard output goes away: the program ends quietly (docs/divergences/closed-output.md).
import os, subprocess, sys

def run(source, closed=True):
    p = subprocess.Popen([sys.executable, '-c', source], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                         env={**os.environ, 'PYTHONUNBUFFERED': ''})
    if closed: p.stdout.close()
    errors = p.stderr.read()
    if not closed: p.stdout.close()
    p.stderr.close()
    return p.wait(), errors

wait = 'import time, select\np = select.poll(); p.register(1, 0)\nwhile not p.poll(100): pass\n'
assert run(wait + 'for i in range(100000): print(i)') == (1, b''), 'a print that fails'
assert run(wait + 'print("once")') == (120, b''), 'the last flush fails'
status, errors = run('import os\nr, w = os.pipe()\nos.close(r)\nos.write(w, b"x")', closed=False)
assert status == 1 and b'BrokenPipeError' in errors, 'another pipe is reported'
assert run(wait + 'raise ValueError(1)')[1].startswith(b'Traceback'), 'other errors are reported'
