"""The programs of Examples/, scaled down."""
# ladon: timeout=60
import os
import re
import runpy
import sys
import io
from contextlib import redirect_stdout

folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', '..', 'Examples')
for name, arguments in (('paradox', ['100000']), ('contention', ['100000']), ('waiting', []), ('pipeline', []), ('races', []),
                        ('executors', ['20000'])):
    sys.argv = [name] + arguments
    out = io.StringIO()
    with redirect_stdout(out):
        runpy.run_path(os.path.join(folder, name + '.py'), run_name='__main__')
    # Lines for quickstart's table hold what was seen, which is not the same everywhere.
    shown = [line for line in out.getvalue().splitlines() if not line.startswith('@ ')]
    marked = [line for line in out.getvalue().splitlines() if line.startswith('@ claim ')]
    assert len(marked) == 1 and marked[0].endswith((': confirmed', ': overturned')), marked
    print(name, re.sub(r'\d+(\.\d+)?', '#', '\n'.join(shown)))
