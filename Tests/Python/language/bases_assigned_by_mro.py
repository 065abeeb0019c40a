"""A metaclass's mro() that assigns __bases__ itself: no cycle, and the newer bases stay."""


class M(type):
    def mro(cls):
        hook = M.hook
        if hook is not None:
            hook(cls)
        return type.mro(cls)


def scenario(hook, bases=None):
    M.hook = None

    class A(metaclass=M):
        pass

    class B1(A):
        pass

    class B2(A):
        pass

    class C(A):
        pass
    env = dict(A=A, B1=B1, B2=B2, C=C, busy=[True])
    M.hook = lambda cls: hook(cls, env)
    return env


def cycle(cls, env):
    if cls.__name__ == 'B1':
        env['B2'].__bases__ = (env['B1'],)
    if cls.__name__ == 'B2':
        env['B1'].__bases__ = (env['B2'],)


env = scenario(cycle)
try:
    env['B1'].__bases__ += ()
except TypeError as e:
    print(e)


def replace(cls, env):
    if env['busy'] and cls.__name__ == 'C':
        env['busy'].clear()
        env['C'].__bases__ = (env['B2'],)


env = scenario(replace)
env['C'].__bases__ = (env['B1'],)
env['B1'].__bases__ = (env['C'],)
print([c.__name__ for c in env['C'].__bases__], [c.__name__ for c in env['B2'].__subclasses__()])
print([c.__name__ for c in env['B1'].__mro__], env['B1'].__subclasses__() == [])


def fail(cls, env):
    if env['busy'] and cls.__name__ == 'C':
        if env['C'].__bases__ == (env['B2'],):
            env['busy'].clear()
        else:
            env['C'].__bases__ = (env['B2'],)
            raise KeyError('mro')


env = scenario(fail)
try:
    env['C'].__bases__ = (env['B1'],)
except KeyError as e:
    print(repr(e))
print([c.__name__ for c in env['C'].__mro__], env['C'].__mro__ == tuple(type.mro(env['C'])))

M.hook = None
try:
    class D(metaclass=type('N', (type,), {'mro': lambda cls: (M, object)[1:]})):
        pass
except TypeError as e:
    print(e)
