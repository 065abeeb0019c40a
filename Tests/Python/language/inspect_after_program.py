# -i shows where SystemExit came from; PYTHONINSPECT needs a terminal; what is typed afterwards stands in no file.
import os, subprocess, sys, tempfile

path = os.path.join(tempfile.mkdtemp(), 'p.py')
with open(path, 'w') as f: f.write('x = 5\nraise SystemExit("bye")\n')
def run(*arguments, **variables):
    p = subprocess.run([sys.executable, *arguments], input='print("__file__" in globals(), x)\n', capture_output=True, text=True, env={**os.environ, **variables})
    print(p.returncode, p.stdout, p.stderr.replace(path, 'PATH').count('SystemExit'), 'bye' in p.stderr)
run('-i', path)
run(path, PYTHONINSPECT='1')
run('-c', 'x = 1', PYTHONINSPECT='1')
