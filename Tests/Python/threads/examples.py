"""The programs of Examples/, scaled down."""
# ladon: timeout=60
import os
import re
import runpy
import sys
import io
from contextlib import redirect_stdout

folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', '..', 'Examples')
for name, arguments in (('paradox', ['100000']), ('contention', ['100000']), ('pipeline', []), ('races', [])):
    sys.argv = [name] + arguments
    out = io.StringIO()
    with redirect_stdout(out):
        runpy.run_path(os.path.join(folder, name + '.py'), run_name='__main__')
    shape = re.sub(r'\d+(\.\d+)?', '#', out.getvalue())
    print(name, shape)
