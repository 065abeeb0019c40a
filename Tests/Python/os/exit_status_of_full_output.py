# What could not be written counts more than how the program ended: status 120.
import os, subprocess, sys

environment = {k: v for k, v in os.environ.items() if k != 'PYTHONUNBUFFERED'}
for source in 'print(1)', 'print(1, flush=True)', 'import sys; print(1); sys.exit(3)', 'print(1); 1/0', 'import sys; sys.exit(3)':
    with open('/dev/full', 'w') as full:
        print(source, subprocess.run([sys.executable, '-c', source], stdout=full, stderr=subprocess.DEVNULL, env=environment).returncode)
