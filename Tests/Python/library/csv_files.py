"""csv: dialects, readers and writers, DictReader and DictWriter, Sniffer."""
import csv, io, _csv


def attempt(f):
    try:
        print(repr(f()))
    except Exception as e:
        print(type(e).__module__, type(e).__name__, e)


for k in (dict(delimiter=3), dict(delimiter=''), dict(delimiter=None), dict(quotechar=3), dict(quotechar=''), dict(quotechar=None), dict(escapechar='ab'),
          dict(quoting='a'), dict(quoting=7), dict(lineterminator=None), dict(lineterminator=3), dict(quotechar=None, quoting=1), dict(x=3), dict(strict='a'),
          dict(doublequote=None), dict(quoting=True), dict(skipinitialspace=2)):
    attempt(lambda: [getattr(_csv.Dialect(**k), a) for a in 'delimiter quotechar escapechar quoting lineterminator doublequote skipinitialspace strict'.split()])
d = _csv.Dialect()
print(_csv.Dialect(d) is d, _csv.Dialect(d, delimiter=';') is d, csv.list_dialects(), csv.get_dialect('excel-tab').delimiter)
for f in (lambda: setattr(d, 'delimiter', 1), lambda: csv.reader(), lambda: csv.reader(3), lambda: csv.reader([], 'foo'), lambda: csv.reader([], foo=3),
          lambda: csv.writer(3), lambda: csv.get_dialect('x'), lambda: csv.register_dialect(3), lambda: next(csv.reader([]))):
    attempt(f)
csv.register_dialect('bars', delimiter='|')
print(list(csv.reader(['a|b']  , 'bars')), csv.unregister_dialect('bars'), csv.list_dialects())


def read(*lines, **k):
    attempt(lambda: list(csv.reader(lines, **k)))


read('a,"b\n', 'c",d\n', 'e')
read('"a')
read('"a', strict=True)
read('"a"b,c')
read('"a"b,c', strict=True)
read('a\rb')
read('a\r\n', '\n', '')
read('a\\,b,c\\', escapechar='\\')
read('"a\\"b"', escapechar='\\')
read('1,"2",x', quoting=csv.QUOTE_NONNUMERIC)
read('1,"2",3.5', quoting=csv.QUOTE_NONNUMERIC)
read('a, b,  "c"', skipinitialspace=True)
read('"a""b",c', doublequote=False)
read('"a""b",c')
read("'a',b", quoting=csv.QUOTE_NONE, quotechar=None)
read('a\0b,c', 'a"b"c', ',,', '', ' ', '"a",', 'é,😀,"ü"')
read('a\\\n', 'b,c', escapechar='\\')
read('a,b\nc,d')
read(b'a')
print(csv.field_size_limit(5))
read('abcdef')
read('abcde')
read('"abcdef"')
csv.field_size_limit(131072)
attempt(lambda: csv.field_size_limit('a'))


def write(*rows, **k):
    s = io.StringIO()

    def run():
        csv.writer(s, **k).writerows(rows)
        return s.getvalue()
    attempt(run)


write(['a', 'b'], ['a,b', 'c"d', 'e\nf', 'g\rh'], [1, 2.5, None, True, ''], [], [''], [None])
write([''], quoting=csv.QUOTE_NONE)
write(['a,b'], quoting=csv.QUOTE_NONE)
write(['a,b', '"'], quoting=csv.QUOTE_NONE, escapechar='\\')
write(['a"b'], doublequote=False)
write(['a"b'], doublequote=False, escapechar='\\')
write(['a\\b'], escapechar='\\')
write([1, 'a', 2.5, None], quoting=csv.QUOTE_NONNUMERIC)
write([1, 'a', None], quoting=csv.QUOTE_ALL)
write(3)
write('abc', [['x']], ['a b'], delimiter=' ')
write(['a\nb', '|'], lineterminator='|')
s = io.StringIO()
w = csv.DictWriter(s, ['a', 'b'], restval='-', extrasaction='ignore')
w.writeheader()
w.writerow({'a': 1, 'c': 2})
w.writerows([{'b': 'x,y'}, {'a': 3, 'b': 4}])
print(repr(s.getvalue()))
s.seek(0)
print(list(csv.DictReader(s)), list(csv.DictReader(['1,2,3', '4'], ['a', 'b'], restkey='rest', restval='none')))
sniffed = csv.Sniffer().sniff('a;b;c\n1;2;3\n4;5;6\n')
print(sniffed.delimiter, csv.Sniffer().has_header('name,age\nbob,3\nann,4\n'))
print(w.writer.dialect.lineterminator.encode(), csv.reader(['a']).line_num)
import copy
attempt(lambda: copy.copy(d))
