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
def s(*a): 
    e=SyntaxError(*a); sys.excepthook(SyntaxError,e,None)
s('m',('f',1,2,'abc',1,22)); s('m',('f',1,2,'abc\n',1,22)); s('m',('f',1,2,'éééabc\n',1,22)); s('m',('f',1,30,'éééabc\n',1,32)); s('m',('f',1,3,'éééabc',2,32));s('m',('f',1,5,'abc',1,0));s('m',('f',1,5,'abc\n',1,9));s('m',('f',1,2,'abc',1,-1));s('m',('f',1,3,'  abc d',1,5))
a='';b=0
def g(a,b):
  try: a+(b)
  except Exception as e: sys.excepthook(type(e),e,e.__traceback__)
  try: (a)+(b)
  except Exception as e: sys.excepthook(type(e),e,e.__traceback__)
  try: (a)**(b)
  except Exception as e: sys.excepthook(type(e),e,e.__traceback__)
  try: a//(b)
  except Exception as e: sys.excepthook(type(e),e,e.__traceback__)
  try: ((a)) // b
  except Exception as e: sys.excepthook(type(e),e,e.__traceback__)
  try: ( a ) //b
  except Exception as e: sys.excepthook(type(e),e,e.__traceback__)
  try: a // -b
  except Exception as e: sys.excepthook(type(e),e,e.__traceback__)
  try: a-b-1
  except Exception as e: sys.excepthook(type(e),e,e.__traceback__)
  try: ( (a) [ 1 ] ) 
  except Exception as e: sys.excepthook(type(e),e,e.__traceback__)
  try: a[(1)]
  except Exception as e: sys.excepthook(type(e),e,e.__traceback__)
  try: a[(1),(2)]
  except Exception as e: sys.excepthook(type(e),e,e.__traceback__)
  try: b[1:(2)]
  except Exception as e: sys.excepthook(type(e),e,e.__traceback__)
  try: (a)[b](b)+(b)
  except Exception as e: sys.excepthook(type(e),e,e.__traceback__)
  try: a [b] = 3
  except Exception as e: sys.excepthook(type(e),e,e.__traceback__)
  try: del a[b]
  except Exception as e: sys.excepthook(type(e),e,e.__traceback__)
  try: a += b
  except Exception as e: sys.excepthook(type(e),e,e.__traceback__)
  try: a @ \
         b
  except Exception as e: sys.excepthook(type(e),e,e.__traceback__)
  try: x = "ééé" + a @  b # c
  except Exception as e: sys.excepthook(type(e),e,e.__traceback__)
  try: a < b
  except Exception as e: sys.excepthook(type(e),e,e.__traceback__)
  try: f"{a-b}"
  except Exception as e: sys.excepthook(type(e),e,e.__traceback__)
  try: a@(yy := b)
  except Exception as e: sys.excepthook(type(e),e,e.__traceback__)
  try: a@ \
         b; raise
  except Exception as e: sys.excepthook(type(e),e,e.__traceback__)
  try:
     raise
  except Exception as e: sys.excepthook(type(e),e,e.__traceback__)
  try:
     a.x   
  except Exception as e: sys.excepthook(type(e),e,e.__traceback__)
g('',0)
def chain():
    try:
        try: 1/0
        except Exception as e: raise KeyError('x') from e
    except Exception: raise ValueError
t(chain)
def grp():
    try: 1/0
    except Exception as e: x=e
    try: raise TypeError('t\nu')
    except Exception as e: y=e; y.add_note('note\nmore')
    try: 
        try: raise KeyError(1)
        except Exception as e: raise IndexError from e
    except Exception as e: z=e
    raise ExceptionGroup('m',[x,y,z,ExceptionGroup('inner',[ValueError(1),y]),ExceptionGroup('w',[ValueError(i) for i in range(18)])])
t(grp)
def grp2():
    e=ValueError(1)
    for i in range(13): e=ExceptionGroup(str(i),[e, SyntaxError('m',('f',1,3,'  abc d',1,5))] if i==9 else [e])
    try: 1/0
    except Exception: raise e
t(grp2)
def grp3():
    try: raise ExceptionGroup('a',[ValueError()])
    except ExceptionGroup as e: raise ExceptionGroup('b',[KeyError()]) from e
t(grp3)
sys.tracebacklimit=1
t(chain)
sys.tracebacklimit=0
t(chain)
print("".join(sys.stderr.parts).replace(__file__.rpartition("/")[0], "DIR"))
