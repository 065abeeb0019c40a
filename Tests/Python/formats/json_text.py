# _json: what is read and written, and where errors are.
import json
import _json
from json import JSONDecodeError


def show(f):
    try:
        print(repr(f()))
    except BaseException as e:
        print(type(e).__name__, e)


scan = _json.scanstring
for f in [lambda: scan('abc', 0), lambda: scan('abc"', 0), lambda: scan('a\\q"', 0), lambda: scan('a\\u12"', 0), lambda: scan('a\\u12zz"', 0),
          lambda: scan('\\ud800\\u12zz"', 0), lambda: scan('a\nb"', 0), lambda: scan('a\nb"', 0, False), lambda: scan('a', 5), lambda: scan('a', -1),
          lambda: scan(1, 2), lambda: scan('a\\', 0), lambda: scan('\\ud834\\udd20"', 0), lambda: scan('\\ud834\\ud834\\udd20x"', 0),
          lambda: scan('é\\n€\U0001f600"', 0), lambda: scan('x' * 40 + 'é' * 40 + '"', 0)]:
    show(f)
for text in ['{', '{"a"', '{"a":', '{"a":1', '{"a":1,}', '[1,]', '[1', '[1 2', '-', '1e', '1.', '01', 'NaN', '-Infinity', '"\\q"', '"a', '1' * 5000,
             '', 'nul', '1e400', '-0', '-0.0', '1E+2', '123456789012345678', '1234567890123456789', '9' * 40, '0.1', '1.7976931348623157e308',
             '4.9e-324', '0.8444218515250481', '123456789.123456789', '1e22', '1e23', ' [ ] ', '{ }', '{"é":"€","😀":[{},[],null,true,false]}',
             '\ufeff1', '{"a":1,"a":2}', '{1:2}', '[' * 5000, '{"a":' * 5000]:
    show(lambda: json.loads(text))
print(json.loads('[{"key":1,"b":2},{"key":3}]', object_pairs_hook=list), json.loads('{"a":{"b":1}}', object_hook=sorted))
print(json.loads('[1.5,2,NaN]', parse_float=str, parse_int=repr, parse_constant=lambda s: 'const ' + s))
a, b = json.loads('[{"name":1},{"name":2}]')
print(next(iter(a)) is next(iter(b)))


class Number(int):
    def __repr__(self):
        return 'no'


class Real(float):
    def __repr__(self):
        return 'no'


class Text(str):
    pass


for value in [{(1, 2): 1}, {1: 2, None: 3, True: 4, 2.5: 6, 'a': 7}, [float('nan'), float('inf'), -float('inf')], object(), Number(5), Real(1.5),
              {Number(1): Real(2), Text('x'): Text('y')}, 1 << 70, -(1 << 62), 1e16, 1e-7, '\x00\x7f\x80€😀"\\\b\f\n\r\t/\ud800', 'x' * 30 + '"' + 'y' * 9,
              [], {}, (), [[]], [{}], {'a': []}, {'é': '€', 'b': ['😀', 'plain']}]:
    show(lambda: json.dumps(value))
    show(lambda: json.dumps(value, ensure_ascii=False, separators=(',', ':')))
show(lambda: json.dumps({(1, 2): 1, 'a': 2, b'x': 3}, skipkeys=True))
show(lambda: json.dumps({1: 2, 'a': 3}, sort_keys=True))
show(lambda: json.dumps({'b': 2, 'a': 3}, sort_keys=True))
show(lambda: json.dumps(float('nan'), allow_nan=False))
show(lambda: json.dumps({float('nan'): 1}, allow_nan=False))
show(lambda: json.dumps([1, {'a': (2, 3)}], indent=2))
x = []
x.append(x)
show(lambda: json.dumps(x))
show(lambda: json.dumps(x, check_circular=False))


class Grows(json.JSONEncoder):
    def default(self, o):
        d.update((str(i), i) for i in range(50))
        return 'grown'


d = {'first': object()}
print(len(json.loads(Grows().encode(d))))
encoder = _json.make_encoder(None, None, lambda s: '<' + s + '>', None, ': ', ', ', False, False, True)
print(''.join(encoder({'a': 'b', 1: 2.5, None: [True]}, 0)))
