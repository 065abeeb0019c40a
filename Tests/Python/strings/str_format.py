# str.format, format_map, __format__ and the % operator.


class Point:
    x = 3
    items = {'k': [10, 20], '1': 'one'}

    def __format__(self, spec):
        return 'P<%s>' % spec

    def __repr__(self):
        return 'Point()'

    def __str__(self):
        return 'pt日'


p = Point()


def show(f, *args):
    try:
        print(repr(f(*args)))
    except Exception as e:
        print(type(e).__name__, e)


for template in ['{}', '{0}{1}{0}', '{a}-{b}', '{{}}', '{{{0}}}', '{0.x}', '{0.items[k][1]}', '{0.items[1]}', '{0!r}', '{0!s}', '{0!a}', '{0:>5}', '{0!r:>12}',
                 '{1:{2}}', '{1:{2}.{3}}', '{:日^10}', '{0:}', 'é{0}日', '{0!s:*<10}', '{1[0]}', '{', '}', '{0', '{0!}', '{0!z}', '{5}', '{zz}', '{0.zz}', '{1[9]}',
                 '{0[}', '{:}{0}', '{0}{}', '{}{}', '{!r:^{width}}', '{a[', '{a.}', '{0:{{}}}']:
    show(template.format, p, 'text', 8, 3)
    show(lambda t: t.format(p, 'text', 8, 3, a='A', b=2.5, width=20), template)
show('{a}{b[0]}'.format_map, {'a': 1, 'b': 'xy'})
show('{}'.format_map, {'a': 1})
show('{a}'.format_map, {})


class Default(dict):
    def __missing__(self, key):
        return '<' + key + '>'


show('{a} {b} {b.c}'.format_map, Default(a=1))
for spec in ['', '5', '<5', '>5', '^5', '*^7', '日<4', '.1', '5.1', 's', '5s', '.0', '05', '=5', '+', ' ', '#', ',', 'd', 'x', '🐍>6']:
    show(format, 'abc', spec)
    show(format, '日本', spec)
print(f'{p}', f'{p:x}', f'{p!r}', f'{p!s:>6}', f'{"a":>{3}}', f'{3.14159:.2f}', f'{42:#x}', f'{"é"!a}', f'{p=}')

values = [0, 1, -1, 255, -255, 12345678901234567890123, 1.5, -2.0, 1e100, 'a', '日', b'b', None, True, [1], (1,), p]
for conversion in 'sradiuoxXeEfFgGc':
    for flags in ['', '-', '+', ' ', '#', '0', '-#0+ ']:
        for size in ['', '8', '.3', '12.4', '.0']:
            template = '%' + flags + size + conversion + '|'
            for v in values:
                try:
                    print(template, repr(v)[:20], '->', template % (v,))
                except Exception as e:
                    print(template, repr(v)[:20], '!!', type(e).__name__, e)
for template, args in [('%(a)s %(b)5.2f', {'a': 1, 'b': 2}), ('%(a)s', []), ('%s %s', (1,)), ('%s', (1, 2)), ('%%', ()), ('%%', (1,)), ('100%', ()), ('%*d', (5, 3)),
                       ('%-*d|', (5, 3)), ('%*d|', (-5, 3)), ('%.*f', (2, 1.239)), ('%*s', ('x', 1)), ('%(a)', {'a': 1}), ('%(a', {'a': 1}), ('%(a)d', {'a': 'x'}), ('%y', 1), ('%s', {}),
                       ('%s', []), ('x', {}), ('x', [1]), ('x', 5), ('%s%%%s', (1, 2)), ('%5%|', ()), ('日%s本', '語'), ('%(日)s', {'日': 1}), ('%c%c', (65, '日')), ('%c', 'ab'), ('%c', 1114112),
                       ('%#x %#o %#X', (10, 10, 10)), ('%ld %hd', (1, 2)), ('%.3s', 'abcdef'), ('%s', 'a' * 3), ('%r', "'"), ('%a', 'é日🐍')]:
    try:
        print(template, '->', template % args)
    except Exception as e:
        print(template, '!!', type(e).__name__, e)


class Int:
    def __index__(self):
        return 7


class IntInt:
    def __int__(self):
        return 8


class Float:
    def __float__(self):
        return 2.5


for v in [Int(), IntInt(), Float()]:
    for c in 'dxfc':
        try:
            print(c, ('%' + c) % v)
        except Exception as e:
            print(c, type(e).__name__, e)


class M:
    def __getitem__(self, k):
        return k * 2


print('%(ab)s' % M(), 'x' % M())


class R(str):
    def __rmod__(self, other):
        return 'rmod'


print('%s' % R('x'))
