# A text is no mapping for the % of bytes: `b"x" % "a"` gave b"x" without a word.
for template in (b"x", bytearray(b"x"), b"%(a)s", b"%s", "x", "%(a)s"):
    for argument in ("a", b"a", bytearray(b"a"), {}, [], (), 1, range(2), memoryview(b"a")):
        try:
            print(template, argument if not isinstance(argument, memoryview) else "memoryview", template % argument if argument != b"a" else 0)
        except (TypeError, KeyError) as e:
            print(type(e).__name__, e)
