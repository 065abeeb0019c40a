# What a source is warned about on the way to its syntax error is said too, and before it.
import warnings

for source in ["'\\e' 1", "x = '\\d'\ny = = 1", "x = = '\\d'", "if 1is 2: (", "0x1for x in y = 3", "f'\\d' +", "'''\\q\n''' $",
               "def f(:\n  '\\w'\n", "x = 1\n1or 2 3\n'\\s'\n"]:
    for action in ('always', 'error'):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter(action)
            try:
                compile(source, '<source>', 'exec')
            except SyntaxError as e:
                print(repr(source), action, e.msg, e.lineno, e.offset)
        # (This CPython's second pass may say things again.)
        print(list(dict.fromkeys((w.category.__name__, str(w.message), w.filename, w.lineno) for w in caught)))
