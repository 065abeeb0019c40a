# What sys.excepthook prints, line by line.
import sys

class Catcher:
    def __init__(self): self.parts = []
    def write(self, s): self.parts.append(s)
    def flush(self): pass
sys.stderr = Catcher()
def t(f,*a):
    try: f(*a)
    except BaseException as e:
        e.__traceback__=e.__traceback__.tb_next
        sys.excepthook(type(e),e,e.__traceback__)
def f1(a,b): return (a+b) / (b)
def f2(a): return a[1][2]
def f3(a): return (a)[1]
def f4(a): return a + (1)
def f5(a): return (a . b) // 0
def f6(a): 
    return a(1,
       2)
def f7(a): x = a.foo
def f8(): raise ValueError("x\ny")
def f9(): e=ValueError("a"); e.__notes__=3; raise e
def f10(): e=ValueError("a"); e.__notes__=['n1\nn2','',4]; raise e
def f11(): assert 1==2, "é"
def f12(): é = "ééé" + 1
def f13(a): return a[1:2 ]
def f14(): foo_bar=1; return foo_baz
def f15(): return sys.exitt
def f16(n): 
    return f16(n-1) if n else 1/0
class E(Exception):
    def __str__(self): 1/0
def f17(): raise E
def f18(): e=ValueError("a"); e.__notes__='abc'; raise e
t(f1,1,0);t(f2,[1,2]);t(f3,[]);t(f4,'');t(f5,1);t(f6,3);t(f7,3);t(f8);t(f9);t(f10);t(f11);t(f12);t(f13,3);t(f14);t(f15);t(f16,10);t(f17);t(f18)
t(compile,"a b","f",'exec'); t(compile,"  a","f",'exec'); t(compile,"x = (1,\n","f",'exec'); t(compile,"é = é é","f",'exec');t(compile,"if 1:\n\tx\n        y","f",'exec')
def s(*a): raise SyntaxError(*a)
t(s,'m',('f',1,2,'  abc\n')); t(s,'m',('f',None,2,'abc')); t(s,'m',(None,1,None,'abc')); t(s,'m',('f',1,20,'abc',1,22));t(s,'m',('f',1,0,'abc',1,2)); t(s,'m',('f',2,2,'abc\ndef',3,2)); t(s,'m'); t(s); t(s,'m',('f',1,2,None))
class M(Exception): __module__='foo.bar'
class N(Exception): __module__=3
def r(x): raise x
t(r,M(1)); t(r,N(1))
sys.excepthook(1,2,3)
sys.excepthook(ValueError,ValueError(3),None)
try: sys.excepthook(1)
except Exception as e: print(e)
print("".join(sys.stderr.parts).replace(__file__.rpartition("/")[0], "DIR"))
