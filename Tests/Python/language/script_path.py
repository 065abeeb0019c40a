"""__file__ of a script given by a relative path is absolute, sys.argv[0] is not; scripts that are no text; -W before compiling."""
import os
import subprocess
import sys
import tempfile


def run(*args):
    r = subprocess.run([sys.executable, *args], capture_output=True, text=True)
    print(r.stdout.replace(os.getcwd(), 'CWD'), r.stderr.replace(os.getcwd(), 'CWD'), r.returncode)


with tempfile.TemporaryDirectory() as d:
    os.chdir(d)
    with open('s.py', 'w') as f:
        f.write('import sys\nprint(__file__, sys.argv)\n(1) / (0)\n')
    run('s.py', 'x')
    run('./s.py')
    with open('bad.py', 'wb') as f:
        f.write(b'x = 1\n\x9e\n')
    run('bad.py')
    with open('w.py', 'w') as f:
        f.write('x = 1 is 1\n')
    run('w.py')
    run('-W', 'ignore', 'w.py')
    run('-W', 'error', 'w.py')
    with open('r.py', 'w') as f:
        f.write('if 1:\n    x = 1\nreturn  x\n')
    run('r.py')
    run('-W', 'xxx', '-c', 'import sys; print(sys.warnoptions)')
    run('-X', 'dev', '-b', '-c', 'import sys, warnings; print(sys.warnoptions, warnings.filters[0])')
