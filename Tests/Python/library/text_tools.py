"""json, re, textwrap, string, difflib, html, urllib.parse, base64, pprint, shlex, fnmatch."""
import json, re, textwrap, string, difflib, html, urllib.parse, base64, pprint, shlex, fnmatch, html.parser, quopri
data = {'a': [1, 2.5, None, True, 'é"\n😀'], 'b': {'c': {}, 'd': []}, '1': 1e300, 'n': float('inf')}
for k in ({}, dict(indent=2), dict(sort_keys=True, separators=(',', ':')), dict(ensure_ascii=False, indent='\t')):
    s = json.dumps(data, **k)
    print(s)
    assert json.loads(s) == data
print(json.loads('[1, -2, 3.5e2, "\\u00e9\\ud83d\\ude00", true, null, {"a": {}}, NaN]'), json.loads(b'{"x": 1}'), json.dumps({1: 2, None: 3, True: 4, 2.5: 5}))
for bad in ('', '{', '[1,]', '{"a" 1}', '"abc', '[1] x', "{'a': 1}", 'nul'):
    try:
        print(json.loads(bad))
    except json.JSONDecodeError as e:
        print(e, e.pos, e.lineno, e.colno)
for bad in ({1, 2}, {(1,): 2}):
    try:
        print(json.dumps(bad, allow_nan=False))
    except Exception as e:
        print(type(e).__name__, e)
loop = []
loop.append(loop)
try:
    json.dumps(loop)
except ValueError as e:
    print(e)
print(json.dumps({1, 2}, default=sorted), json.loads('{"a": 1.5}', parse_float=str, object_pairs_hook=list), json.loads('[1]', parse_int=float))


class Enc(json.JSONEncoder):
    def default(self, o):
        return repr(o)


print(Enc().encode([1j]), ''.join(json.JSONEncoder(indent=1).iterencode({'a': [1]})))
print(json.JSONDecoder().raw_decode('{"a": 1} tail'))

m = re.match(r'(?P<y>\d{4})-(?P<m>\d\d)', '2024-05-06')
print(m.groupdict(), m.span('m'), m[0], re.sub(r'(\w)(\w)', r'\2\1', 'abcd'), re.findall(r'[a-z]+|\d+', 'ab12cd'), re.split(r'[,;]\s*', 'a, b;c', maxsplit=1))
print(re.compile('a.b', re.S | re.I), re.fullmatch('(?i)AB+', 'abbb'), re.escape('a.b*c'), [x.start() for x in re.finditer('(?<=a)b', 'abxab')])
print(re.sub('x', lambda m: str(m.start()), 'xaxx'), re.subn('a', 'b', 'aaa', 2), re.search(r'(a)|(b)', 'b').groups('none'), re.compile(r'(?P<n>a)').groupindex)
for bad in '(', '*a', '[z-a]', '(?P<1>a)', '(?<=a+)b', '\\':
    try:
        re.compile(bad)
    except re.error as e:
        print(e)
print(re.compile(r'''
    \d+  # digits
    \s*  # space
    ''', re.X).findall('12 3'))

text = 'The quick brown fox jumps over the lazy dog. ' * 4
print(textwrap.fill(text, 30, initial_indent='* ', subsequent_indent='  '), textwrap.shorten(text, 30), textwrap.dedent('  a\n    b\n  c'), textwrap.indent('a\n\nb', '> '))
print(string.Template('$a ${b} $$ $c').safe_substitute(a=1, b=2), string.capwords('a bc d'), string.Formatter().format('{0!r:>5} {x[1]} {y.real}', 'a', x=[1, 2], y=3))
try:
    string.Template('$a $1').substitute(a=1)
except ValueError as e:
    print(e)
a, b = 'one two three four'.split(), 'one 2 three four five'.split()
print('\n'.join(difflib.unified_diff(a, b, 'a', 'b', lineterm='')), list(difflib.ndiff(a, b)), difflib.get_close_matches('appel', ['ape', 'apple', 'peach']))
print(difflib.SequenceMatcher(None, 'abcd', 'bcde').ratio(), difflib.SequenceMatcher(None, 'qabxcd', 'abycdf').get_opcodes())
print(html.escape('<a href="x">&\'</a>'), html.unescape('&lt;&eacute;&#128512;&notit;&#x41;&amp'))


class HP(html.parser.HTMLParser):
    def handle_starttag(self, tag, attrs): print('start', tag, attrs)
    def handle_endtag(self, tag): print('end', tag)
    def handle_data(self, d): print('data', repr(d))


HP().feed('<p class="a" id=b>Hi &amp; <br/>there</p><!-- c -->')
u = urllib.parse
print(u.urlparse('https://u:p@h.com:80/a/b;p?q=1&r=2#f'), u.urlparse('https://u:p@h.com:80/').port, u.quote('a b/é?'), u.unquote('%C3%A9+x'), u.quote_plus('a b&c'))
print(u.urlencode({'a': [1, 2], 'b': 'x y'}, doseq=True), u.parse_qs('a=1&a=2&b='), u.parse_qsl('a=1;b=2'), u.urljoin('http://a/b/c/d', '../e'), u.urlsplit('//x/y').netloc, u.urlunparse(('http', 'a', 'b', '', 'c', '')))
for e, d in ((base64.b64encode, base64.b64decode), (base64.b32encode, base64.b32decode), (base64.b16encode, base64.b16decode), (base64.b85encode, base64.b85decode), (base64.a85encode, base64.a85decode), (base64.urlsafe_b64encode, base64.urlsafe_b64decode)):
    for x in (b'', b'a', b'\xff\xfe\xfd', b'hello world'):
        assert d(e(x)) == x
        print(e(x))
pprint.pprint({'key%d' % i: list(range(i * 3)) for i in range(8)})
pprint.pprint([{'a': 1, 'b': ('x' * 30, 'y' * 30, 'z' * 30)}, 'long string ' * 12, {3, 1, 2}], width=60)
print(pprint.pformat({'b': 1, 'a': [1, [2, [3, [4]]]]}, depth=2, compact=True, sort_dicts=False))
print(shlex.split('a "b c" \'d e\' f\\ g # no', comments=True), shlex.quote("it's"), shlex.join(['a b', 'c']), fnmatch.filter(['a.py', 'b.txt', 'C.PY'], '*.py'), fnmatch.translate('[!a]*?'))
print(quopri.encodestring('é = x'.encode()), quopri.decodestring(b'=C3=A9'))
