"""Subclasses of str, bytes and bytearray with a __len__ of their own are true or false by it."""


class S(str):
    def __len__(self):
        return 0


class B(bytes):
    def __len__(self):
        return 0


class A(bytearray):
    def __len__(self):
        return 3


print(bool(S('a')), bool(B(b'a')), bool(A()), not S('x'), [x for x in (S('a'), 'a', '', b'', b'x', bytearray()) if x])
print('yes' if S('abc') else 'no', S('abc') or 'other', hasattr(str, '__bool__'), hasattr(bytes, '__bool__'))


class T(S):
    def __bool__(self):
        return True


print(bool(T()))
for f in (lambda: b'ab'.translate(b'1', 1), lambda: b'ab'.translate(b'1' * 256, 1), lambda: bytearray(b'ab').translate(None, b'a')):
    try:
        print(f())
    except (TypeError, ValueError) as e:
        print(type(e).__name__, e)
