# Every method of str over a set of texts of all widths.

texts = ['', 'a', 'abc', 'aXbXc', '  pad\t\n', 'Hello World', 'ŁÓDŹ łódź', 'straße ǅ ﬁ', 'αβγΣΑΣ ΟΔΟΣ', '日本語 テキスト', '🐍 snake 🐍',
         'a\nb\r\nc\x0bd\x1ce\u2028f', '0123', '٣٤½²', 'x' * 40, 'tab\tsep\t\t', 'İstanbul', '\u00a0nbsp\u3000', 'mixed日X🐍', 'ab\x00cd']
parts = ['', 'a', 'X', 'b', 'c', 'Σ', '日', '🐍', 'ab', ' ', '\n', 'zz']

for t in texts:
    print(repr(t), ascii(t), len(t), t[::-1], t[1:3], t[-3:], t[::2], t[5:1:-2])
    print([t.upper(), t.lower(), t.title(), t.capitalize(), t.swapcase(), t.casefold()])
    print([t.isalpha(), t.isalnum(), t.isdecimal(), t.isdigit(), t.isnumeric(), t.isspace(), t.islower(), t.isupper(),
           t.istitle(), t.isidentifier(), t.isprintable(), t.isascii()])
    print([t.strip(), t.lstrip(), t.rstrip(), t.strip('aX '), t.lstrip('a🐍'), t.rstrip('c日🐍 ')])
    print([t.split(), t.rsplit(), t.split(None, 1), t.rsplit(None, 1), t.splitlines(), t.splitlines(True)])
    print([t.center(12), t.center(13, '*'), t.ljust(12, '日'), t.rjust(12, '🐍'), t.zfill(8), t.expandtabs(), t.expandtabs(3)])
    print([t.encode('utf-8'), t.encode('utf-16-le'), t.encode('utf-32-be'), t.encode('ascii', 'replace'), t.encode('latin-1', 'xmlcharrefreplace')])
    print([t * 0, t * 1, t * 3, t + 'é', 'é' + t, t + t, hash(t) == hash(t[:] + '')])
    for p in parts:
        print(repr(p), [t.find(p), t.rfind(p), t.count(p), p in t, t.startswith(p), t.endswith(p), t.find(p, 2), t.rfind(p, 0, -1),
                        t.count(p, 1, 5), t.startswith(p, 1), t.endswith(p, 0, 2)],
              t.replace(p, '<>'), t.replace(p, '', 1), t.replace(p, '🐍', 2), t.removeprefix(p), t.removesuffix(p))
        if p:
            print(t.split(p), t.rsplit(p), t.split(p, 1), t.rsplit(p, 1), t.partition(p), t.rpartition(p), p.join(t), p.join([t, p, t]))
    for u in texts:
        print((t < u) + 2 * (t <= u) + 4 * (t == u) + 8 * (t != u) + 16 * (t > u) + 32 * (t >= u), end=' ')
    print()

for v in ['-12', '+12', '12', '-', '']:
    print([v.zfill(n) for n in range(6)])

table = str.maketrans({'a': 'AA', 'b': None, 'c': 100, 0x65e5: '<日>', 'X': '🐍'})
print([t.translate(table) for t in texts])
print(str.maketrans('abc', 'xyz', 'd'), 'abcd'.translate(str.maketrans('abc', 'xyz', 'd')))


class Table:
    def __getitem__(self, key):
        if key == 97:
            raise LookupError
        if key == 98:
            return None
        return chr(key + 1) if key < 1000 else key


print([t.translate(Table()) for t in texts])


class S(str):
    pass


s = S('sub日')
print(type(s), s, repr(s), type(s[:]), type(s + ''), type(s * 1), type(s.strip()), type(s.replace('x', 'y')), type(str(s)), s == 'sub日', hash(s) == hash('sub日'))
s.attribute = 1
print(s.attribute, s.__dict__, S('x', ), S(b'abc', 'ascii'), S(), S(object=5))
print({s: 1}['sub日'], len(s), s[3], list(s), S('a') < S('b'), isinstance(s, str))
print(','.join([S('a')]), type(''.join([S('a')])))
print(type(S('abc').upper()), type(S('abc').center(3)), type(S('abc').__str__()))

print(list('aé日🐍'), list(reversed('aé日🐍')), iter('abc').__length_hint__())
it = iter('abc')
next(it)
print(it.__reduce__()[1:], it.__length_hint__())
print(sorted(['b', 'a', 'é', 'Z', '日']), min('hello'), max('hello'))
print('%s' % 'x', 'abc'.__getnewargs__(), 'a'.__contains__('a'), 'a'.__len__(), 'abc'.__getitem__(1), 'a'.__add__('b'), 'a'.__mul__(2), 'a'.__rmul__(2))
print('a'.__lt__('b'), 'a'.__lt__(1), 'a'.__eq__(b'a'), 'a' == 1, 'a' != 1)
print([chr(i) for i in (0, 65, 255, 256, 0xffff, 0x10000, 0x10ffff)], [ord(c) for c in '\0é日🐍'])
print([repr(chr(i)) for i in list(range(0, 35)) + [39, 92, 127, 128, 160, 173, 0x378, 0xd800, 0xe000, 0x2028, 0x1f40d, 0x10ffff]])
print(repr('it\'s'), repr('"q"'), repr('\'"'), ascii('日🐍\'"'))

# Growing strings share a buffer; every prefix must stay what it was.
kept = []
s = ''
for i in range(3000):
    s += str(i % 10)
    if i % 500 == 0:
        kept.append(s)
a = s + 'A'
b = s + 'B'
print([len(k) for k in kept], kept[1][-5:], a[-3:], b[-3:], a[:-1] == b[:-1], len(s), hash(s) == hash(''.join(str(i % 10) for i in range(3000))))
s += '日'
for i in range(300):
    s += '🐍' if i == 200 else 'x'
print(len(s), s[3000], s[3201], s.count('x'), s == s[:1000] + s[1000:], s.encode()[-4:])
