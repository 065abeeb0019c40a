# The locale at start: C becomes C.UTF-8 or UTF-8 mode; what the standard streams call their encodings.
import os
import subprocess
import sys

CODE = """if True:
    import locale, os, sys, _locale
    streams = [(s.encoding, s.errors) for s in (sys.stdin, sys.stdout, sys.stderr)]
    print(sys.flags.utf8_mode, streams, locale.getpreferredencoding(), locale.getencoding(), _locale.setlocale(0), os.environ.get('LC_CTYPE'))
    with open(os.devnull) as f, open(os.devnull, encoding='locale') as g:
        print(f.encoding, g.encoding)
"""


def run(options, **variables):
    print(options, variables, flush=True)
    base = {k: v for k, v in os.environ.items() if k not in ('LANG', 'LANGUAGE', 'PYTHONUTF8', 'PYTHONIOENCODING') and not k.startswith('LC_')}
    r = subprocess.run([sys.executable, *options, '-c', CODE], env={**base, **variables}, capture_output=True, encoding='latin-1', stdin=subprocess.DEVNULL)
    print(r.returncode, r.stdout, r.stderr.split('\n\n')[0].replace('Python runtime state: preinitializing', '').strip(), flush=True)


for options in ([], ['-X', 'utf8=0'], ['-X', 'utf8'], ['-E']):
    for variables in ({}, {'LC_ALL': 'C'}, {'LANG': 'C'}, {'LC_ALL': 'C.UTF-8'}, {'LC_ALL': 'C', 'PYTHONUTF8': '0'},
                      {'PYTHONCOERCECLOCALE': '0', 'PYTHONUTF8': '0'}, {'PYTHONCOERCECLOCALE': 'warn'}, {'LC_ALL': 'C', 'PYTHONCOERCECLOCALE': 'warn'}):
        run(options, **variables)
run([], LC_ALL='POSIX')
run([], LC_ALL='xx_YY')
run([], LANG='C.UTF-8')
for encoding in ('latin1', 'latin1:replace', ':replace', 'Latin-1', 'UTF8', 'cp1252', 'ascii', 'utf_8', 'ISO-8859-15', ''):
    run([], PYTHONIOENCODING=encoding)
run([], PYTHONIOENCODING='bogus')
run([], PYTHONUTF8='x')
