"""Warnings about source text that are turned into errors are SyntaxErrors with a position."""
import warnings

for source in ('0xfor x', '1or x', 'y = [0x1for x in ()]', 'x = a + 0xfor x', 'x = "\\d"', 'x = a + b"\\d"', '"\\400"', 'x = 1 is 1', 'assert (1, 2)', 'f"\\d{1}"'):
    with warnings.catch_warnings():
        warnings.simplefilter('error')
        try:
            compile(source, 'name', 'exec')
        except SyntaxError as e:
            print(repr(source), type(e).__name__, e.msg, e.filename, e.lineno, e.offset)
    with warnings.catch_warnings(record=True) as w:
        warnings.simplefilter('always')
        compile(source, 'name', 'exec')
        print([(x.category.__name__, str(x.message), x.filename, x.lineno) for x in w])
for source in (b'\xef\xbb\xbf#coding: latin1\n', b'#coding: nothing\n', b'\xff\n', 'a\0b'):
    try:
        compile(source, 'name', 'exec')
    except (SyntaxError, ValueError) as e:
        print(type(e).__name__, e.args)
