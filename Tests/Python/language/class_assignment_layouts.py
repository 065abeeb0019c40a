"""Which classes an object may change to: what a class adds to its base must be the same, on the same base."""
class A: pass
class B(A): __slots__=()
class C(A): pass
class D: pass
class E: __slots__=('__dict__',)
class F: __slots__=('__weakref__',)
class G: __slots__=('__dict__','__weakref__')
class H: __slots__=()
class I(H): pass
class J(H): __slots__=('__dict__',)
class K(E): __slots__=('__weakref__',)
class L(F): __slots__=('__dict__',)
class M(E): pass
class N2(int): pass
class O(int): __slots__=()
cs=[A,B,C,D,E,F,G,H,I,J,K,L,M,N2,O]
for x in cs:
    row=[]
    for y in cs:
        try: o=x(); o.__class__=y; row.append('y')
        except TypeError as e: row.append('.')
    print(x.__name__.ljust(3),''.join(row))
