# A folder or archive that is run, and PYTHONPATH, stand in sys.path from the root on.
import os, subprocess, sys, tempfile, zipfile

folder = os.path.realpath(tempfile.mkdtemp())
os.chdir(folder)
os.mkdir('app'); os.mkdir('empty')
with open('app/__main__.py', 'w') as f: f.write('import sys; print(sys.argv, sys.path[0])\n')
with zipfile.ZipFile('app.zip', 'w') as z: z.writestr('__main__.py', 'import sys, lib; print(sys.path[0], lib.__file__)\n'); z.writestr('lib.py', '')

def run(*arguments, **variables):
    p = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, env={**os.environ, **variables})
    print(arguments, p.returncode, (p.stdout + p.stderr.replace(sys.executable, 'EXE')).replace(folder, 'FOLDER'))

for name in 'app', './app', 'app/', 'app.zip', './app.zip', 'empty', '.': run(name)
show = 'import os, sys; print([p for p in sys.path if p.startswith(os.getcwd())])'
run('-c', show, PYTHONPATH='a:./b/../c::a')
run('-S', '-c', 'import sys; print(sys.path[1:3])', PYTHONPATH='a:/b')
