# Arguments that are C ints: chr() of a too large number raised ValueError, splitlines() took anything that has a truth.
class Index:
    def __index__(self):
        return 1


class Bad:
    def __index__(self):
        raise OverflowError("mine")


for n in (0, True, -1, 2**31 - 1, 2**31, -2**31 - 1, 2**40, 10**30, 1.5, None, "a", [], Index(), Bad()):
    for name, f in (("chr", chr), ("str.splitlines", "a\nb".splitlines), ("bytes.splitlines", b"a\nb".splitlines),
                    ("bytearray.splitlines", bytearray(b"a\n").splitlines), ("str.expandtabs", "a".expandtabs), ("bytes.expandtabs", b"a".expandtabs)):
        try:
            print(name, ascii(f(n)))
        except (TypeError, ValueError, OverflowError) as e:
            print(name, type(e).__name__, e)
for f, words in ((bytes.fromhex, ()), (bytes.fromhex, ("a", "b")), (bytearray.fromhex, ()), (bytes.fromhex, (None,)), (str.encode, ("", None)), (format, ("", None))):
    try:
        print(f(*words))
    except TypeError as e:
        print(e)
