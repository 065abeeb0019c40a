# Where a decorated definition is made: its decorators' lines, its own line before and after they are called, its defaults' lines.
import sys
def deco(f): return f
def deco2(x):
    return deco
def main():
    @deco
    @deco2(
      1)
    def f(
        a=1,
        b=2):
        pass
    @deco
    class C(
        object):
        x = 1
        @deco
        def g(self): pass
    @deco
    async def h(): pass
    def plain(): pass
    class Plain: pass
    class P2(deco(
         object),
         metaclass=type):
        y = 1
    f()
    C().g()
    return 1
def tr(fr,ev,arg):
    if fr.f_code.co_filename==__file__: print(fr.f_code.co_name, ev, fr.f_lineno)
    return tr
sys.settrace(tr)
main()
sys.settrace(None)
print([f.co_firstlineno for f in main.__code__.co_consts if hasattr(f,'co_code')])
