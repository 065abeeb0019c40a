# `-m pip` finds the system's pip where none is installed for the Python at hand, and puts packages where it is told to.
import os
import subprocess
import sys
import zipfile

os.mkdir('wheels')
with zipfile.ZipFile('wheels/greeting-1.0-py3-none-any.whl', 'w') as wheel:
    wheel.writestr('greeting.py', 'word = "hello"\n')
    wheel.writestr('greeting-1.0.dist-info/METADATA', 'Metadata-Version: 2.1\nName: greeting\nVersion: 1.0\n')
    wheel.writestr('greeting-1.0.dist-info/WHEEL', 'Wheel-Version: 1.0\nGenerator: by hand\nRoot-Is-Purelib: true\nTag: py3-none-any\n')
    wheel.writestr('greeting-1.0.dist-info/RECORD', '')


def pip(*arguments):
    environment = {**os.environ, 'PIP_DISABLE_PIP_VERSION_CHECK': '1', 'PIP_ROOT_USER_ACTION': 'ignore'}
    return subprocess.run([sys.executable, '-m', 'pip', *arguments], capture_output=True, text=True, env=environment)


print(pip('--version').stdout.split()[0])
done = pip('install', '--no-index', '--find-links', 'wheels', '--target', 'site', 'greeting')
print(done.returncode, done.stdout.splitlines()[-1:], done.stderr)
print(sorted(os.listdir('site')))
sys.path.append('site')
import greeting
print(greeting.word)
print(pip('install', '--no-index', '--target', 'site', 'no-such-package').returncode)
