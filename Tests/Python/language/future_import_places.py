"""Where `from __future__` may stand, and the positions in its errors."""
for s in ('"doc"\nx=1\nfrom __future__ import annotations\n', '"doc"\n"doc2"\nfrom __future__ import annotations\n',
          'from __future__ import annotations\n"doc"\nfrom __future__ import division', 'x=1;from __future__ import division',
          'from __future__ import nope', 'from __future__ import braces', 'from __future__ import (annotations, barry_as_FLUFL)\n1 <> 2',
          'from __future__ import *', 'import x\nfrom __future__ import division', 'def f():\n  from __future__ import division',
          '"a" "b"\nfrom __future__ import division', '1\nfrom __future__ import division', 'b"x"\nfrom __future__ import division',
          'f"x"\nfrom __future__ import division', 'from . import __future__'):
    try:
        print('compiles', compile(s, 'n', 'exec').co_flags & 0x1ff0000)
    except SyntaxError as e:
        print(e.msg, e.lineno, e.offset, e.end_lineno, e.end_offset, e.text)
for s in (b'# coding: utf8\nx="\xe9"', b'#coding=ascii\n\xe9', b'# coding: foo\n', b'# coding: utf-16\n', b'# coding: UTF_8\nx="\xe9"'):
    try:
        compile(s, 'n', 'exec')
    except SyntaxError as e:
        print(e.args)
