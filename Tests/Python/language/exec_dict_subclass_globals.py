"""exec with a subclass of dict as globals asks its own __getitem__ and __setitem__."""


class Loud(dict):
    def __getitem__(self, key):
        print('get', key)
        return dict.__getitem__(self, key)

    def __setitem__(self, key, value):
        print('set', key)
        dict.__setitem__(self, key, value)

    def __delitem__(self, key):
        print('del', key)
        dict.__delitem__(self, key)


class Failing(dict):
    def __getitem__(self, key):
        raise LookupError(key)


ns = Loud(a=1)
exec('b = a + 1\ndel b\ndef f(): return a\nx = f()', ns)
print(sorted(k for k in ns if k != '__builtins__'), ns['x'])
for source, globals_ in (('name', Failing(name=1)), ('name', {'__builtins__': Failing(name=1)}), ('1', Failing())):
    try:
        print(eval(source, globals_))
    except LookupError as e:
        print(repr(e))
