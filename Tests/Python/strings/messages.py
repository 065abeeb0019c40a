# Messages and results of single expressions over str, bytes, bytearray and memoryview.


class S(str):
    pass


ba = bytearray(b'abc')
mv = memoryview(b'abc')


def show(source):
    try:
        print(source, '->', repr(eval(source, globals()))[:100])
    except BaseException as error:
        print(source, '!!', type(error).__name__, error)


for line in '''
'a'.find(1)
'a'.find('a','b')
'a'.index('b')
'a'.rindex('b')
'a'.count(1)
'a'.replace(1,2)
'a'.replace('a',2)
'a'.split(1)
'a'.split('')
'a'.rsplit('')
'a'.strip(1)
'a'.lstrip(1)
'a'.partition(1)
'a'.partition('')
'a'.startswith(1)
'a'.startswith((1,))
'a'.endswith(1)
'a'.endswith(('b',2))
'a'.join([1])
'a'.join(1)
'a'+1
1 in 'a'
'a'[5]
'a'[1<<80]
'a'*'b'
'a'*(1<<70)
'a'*(1<<62)
'a'.center('x')
'a'.center(5,'ab')
'a'.center(5,1)
'a'.ljust(5,b'x')
'a'.expandtabs('x')
'a'.translate(1)
'a'.translate({97:'x'*3})
'a'.translate({97:-1})
'a'.translate({97:b'x'})
'a'.translate({97:0x110000})
str.maketrans(1)
str.maketrans({'ab':1})
str.maketrans({1.0:1})
str.maketrans('a','bc')
str.maketrans('a',1)
str.maketrans(1,'a')
str.maketrans('a','b',1)
'a'.encode(1)
'a'.encode('utf8',1)
'a'.encode('x\\0')
'a'.encode('nope')
'\\ud800'.encode()
'é'.encode('ascii')
'éü'.encode('ascii')
'€x'.encode('latin-1')
b'\\xff'.decode()
b'\\xe2\\x82'.decode()
b'\\xff'.decode('ascii')
b'a'.decode('hex')
'a'.encode('rot13')
str(b'a',1)
str(1,'ascii')
str('a','ascii')
str(b'a','ascii','x')
str(b'\\xff','ascii','x')
str(1,2,3,4)
str(foo=1)
str(object='x')
str(encoding='utf8')
str(b'a',errors='strict')
'{'.format()
'}'.format()
'{0'.format()
'{!x}'.format(1)
'{!}'.format(1)
'{!r'.format(1)
'{!rx}'.format(1)
'{}{1}'.format(1,2)
'{1}{}'.format(1,2)
'{}'.format()
'{a}'.format()
'{0.x}'.format(1)
'{0[}'.format(1)
'{0[]}'.format([1])
'{0[x]}'.format([1])
'{0[a'.format([1])
'{0.}'.format(1)
'{0x}'.format(1)
'{:{:{}}}'.format(1,2,3)
'{:{}}'.format(1,5)
'{!r:{}}'.format(1,5)
'{a.b[c]}'.format_map({'a':1})
'{0[0]a}'.format([1])
'{99999999999999999999999}'.format(1)
'{0[9999999999999999999999]}'.format([1])
format('a','d')
format('a','=5')
format('a','05')
format('a','+')
format('a',' ')
format('a','#')
format('a',',')
format('a','_')
format('a','z')
format('a','.')
format('a','5.2s')
format('abc','.9999999999999999999999')
format('abc','9999999999999999999999')
format('a','\\u20acd')
format('a','xx')
format('abc','*^9.2')
'%d' % 'a'
'%d' % 1.5
'%x' % 1.5
'%c' % 'ab'
'%c' % -1
'%c' % 1.5
'%c' % 0x110000
'%s'
'%s' % ()
'%s %s' % 1
'%s' % (1,2)
'a' % 1
'a' % {}
'a' % [1]
'%(a)s' % 1
'%(a)s' % {}
'%(a' % {}
'%z' % 1
'%' % 1
'%(a)' % {'a':1}
'%*d' % ('a',1)
'%*d' % (5,1)
'%.*f' % (2,1.5)
'%-5d|%05d|%+d|% d|%#x|%#o|%#X' % (1,2,3,4,255,8,255)
'%i %u %ld %lld' % (1,2,3,4)
'%r %a %s' % ('é','é','é')
'%5.2s|' % 'abc'
'%e %E %g %G %f %F' % (1.5,1.5,1.5,1.5,1.5,1.5)
'%f' % 'a'
'%f' % None
'%99999999999999999999d' % 1
'%.99999999999999999999d' % 1
'%.5d' % 42
'%#.5x' % 42
'%05d' % -42
'%b' % 1
'%é' % 1
'%(é)s' % {'é':3}
'%(a(b)c)s' % {'a(b)c':3}
'%d' % True
'%s' % S('q')
b'%d' % 'a'
b'%s' % 'a'
b'%s' % 1
b'%b' % 1
b'%a' % 'é'
b'%c' % 256
b'%c' % b'ab'
b'%c' % 'a'
b'%r' % 'é'
b'%s' % b'x'
b'%(a)s' % {b'a':b'x'}
b'%s %s' % b'x'
b'a' % 1
b'a'.find(256)
b'a'.find('a')
b'a'.index(b'b')
b'a'.split('a')
b'a'.split(b'')
b'a'.join(['a'])
b'a'.join([b'a',1])
b'a'+'a'
b'a'+1
1.0 in b'a'
256 in b'a'
'a' in b'a'
b'a'[9]
bytes('a')
bytes(-1)
bytes(1<<70)
bytes([256])
bytes(['a'])
bytes(1.5)
bytes(1,'a')
bytes('a',1)
bytes(encoding='a')
bytes('a','ascii','strict',1)
bytes(b'a',errors='x')
bytes.fromhex('a')
bytes.fromhex('a g')
bytes.fromhex(1)
bytes.fromhex('é0')
b'abc'.hex('')
b'abc'.hex('ab')
b'abc'.hex('é')
b'abc'.hex(1)
b'abc'.hex(':',2)
b'abc'.hex(':',-2)
b'abc'.hex(b':',1<<70)
b'a'.center(5,b'ab')
b'a'.center(5,'a')
b'a'.translate(b'a')
b'a'.translate(None,b'a')
b'a'.translate('a')
b'a'.startswith('a')
b'a'.startswith((1,))
b'a'.strip('a')
b'a'.replace(b'a','b')
b'a'.partition('a')
b'a'.partition(b'')
b'a'.zfill('a')
b'a'.expandtabs('a')
bytes.maketrans(b'a',b'ab')
bytes.maketrans('a',b'ab')
b'a'.removeprefix('a')
b'a' < 'a'
b'a' == 'a'
ba.append(256)
ba.append('a')
ba.extend(1)
ba.extend('a')
ba.extend([1,'a'])
ba.insert(0,256)
ba.pop(10)
bytearray().pop()
ba.remove(256)
ba.remove(0)
ba.__setitem__(9,1)
ba.__setitem__(0,256)
ba.__setitem__(0,'a')
ba.__setitem__('a',1)
ba.__setitem__(slice(0,1),'a')
ba.__setitem__(slice(0,1),1)
ba.__setitem__(slice(0,3,2),b'abc')
ba.__delitem__(9)
ba.__delitem__('a')
bytearray('a')
bytearray(-1)
bytearray([256])
bytearray(1.5)
bytearray(1,'a')
ba.__init__('a','b','c','d')
ba*'a'
ba.__iadd__(1)
ba.__imul__('a')
ba.__reduce__()
ba.__reduce_ex__(2)
ba.__reduce_ex__(3)
S('a').__getnewargs__()
memoryview(1)
mv['a']
mv[9]
mv[0,0]
mv[...]
mv[0:1,0:1]
mv.__setitem__(0,1)
memoryview(ba).__setitem__(0,256)
memoryview(ba).__setitem__(0,'a')
memoryview(ba).__setitem__(slice(0,2),b'a')
memoryview(ba).__setitem__(slice(0,2),1)
memoryview(ba).__delitem__(0)
mv.cast('x')
mv.cast('I')
mv.cast('B',[2])
mv.cast('B',[0])
mv.cast('B',[-1])
mv.cast('B',['a'])
mv.cast('B',1)
mv.cast(1)
mv.cast('I').cast('H')
memoryview(b'abcdef').cast('B',[2,3]).tolist()
memoryview(b'abcdef').cast('B',[2,3])[1]
memoryview(b'abcdef').cast('B',[2,3])[1,2]
memoryview(b'abcdef').cast('B',[2,3])[1,2,3]
memoryview(b'abcdef').cast('B',[2,3])[1,9]
memoryview(b'abcdef').cast('B',[2,3]).cast('B').tolist()
memoryview(b'abcdef').cast('B',[2,3]).tobytes('F')
memoryview(b'abcdef')[::2].tobytes()
memoryview(b'abcdef')[::2].cast('B')
memoryview(b'abcdef')[::2].c_contiguous
memoryview(b'abcd').cast('f').tolist()
memoryview(b'abcd').cast('c').tolist()
memoryview(b'abcd').cast('?').tolist()
memoryview(b'abcd').cast('@H').format
memoryview(b'abcd').cast('<H')
memoryview(b'').cast('B',[])
memoryview(b'a').cast('B',[]).tolist()
memoryview(b'a').cast('B',[])[()]
len(memoryview(b'a').cast('B',[]))
hash(memoryview(ba))
hash(memoryview(b'abcd').cast('H'))
memoryview(b'abcd').tobytes('X')
mv.obj, mv.nbytes, mv.itemsize, mv.ndim, mv.shape, mv.strides, mv.suboffsets, mv.readonly, mv.contiguous
'a'.splitlines(1,2)
'a'.zfill('x')
'abc'.removeprefix(1)
'a'.casefold(1)
'a'.isalpha(1)
ord('ab')
ord(b'ab')
'a'.__getnewargs__()
'a'.__contains__(1)
'a'.__mod__(1)
'a'.__rmod__('%s')
'a'.__add__(1)
'a'.__mul__(1.0)
'a'.__eq__(1)
'a' < 1
'a'.__format__(1)
'a'.__class_getitem__
'''.strip().split('\n'):
    show(line)
