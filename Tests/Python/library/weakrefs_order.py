"""getweakrefs: the shared reference and proxy first, then the others."""
import weakref


class O:
    def f(self):
        pass


class Ref(weakref.ref):
    pass


o = O()
made = [Ref(o), weakref.ref(o), Ref(o), weakref.ref(o, id), weakref.proxy(o), weakref.proxy(o, id), weakref.ref(o, str)]
order = [[i for i, y in enumerate(made) if x is y][0] for x in weakref.getweakrefs(o)]
print(order[:2], sorted(order[2:]))
print(weakref.getweakrefcount(o), weakref.ref(o) is made[1], weakref.proxy(o) is made[4])
code = O.f.__code__
print(weakref.ref(code)() is code)
