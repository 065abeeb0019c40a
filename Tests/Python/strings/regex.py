# Regular expressions: matching, groups, substitution.

import re


def show(f, *args):
    try:
        print(ascii(f(*args)))
    except Exception as e:
        print(type(e).__name__, ascii(str(e)))


cases = [
    (r'abc', 'xxabcabc'), (r'a|b|cd', 'cdab'), (r'(a)(b)?(c)', 'ac abc'), (r'a*', 'aaab'), (r'a*?b', 'aaab'), (r'a+', 'baaa'), (r'a{2,3}', 'aaaaa'), (r'a{2,3}?', 'aaaaa'), (r'(ab)*', 'ababx'), (r'(ab)*?c', 'ababc'),
    (r'(?:ab|a)*b', 'ababab'), (r'[a-c]+', 'xabcd'), (r'[^a-c]+', 'abxyz'), (r'\d+\s*\w+', '12  ab_9!'), (r'\D\S\W', 'a b! c'), (r'^a$', 'a\n'), (r'^a$', 'b\na\nc'), (r'(?m)^a$', 'b\na\nc'), (r'\Aab\Z', 'ab'), (r'\bfoo\b', 'a foo b'),
    (r'\Boo\B', 'foox'), (r'.', '\n'), (r'(?s).', '\n'), (r'(?i)straße', 'STRASSE straße STRAßE'), (r'(?i)[α-ω]+', 'ΑΒΓ'), (r'(?i)K', '\u212a'), (r'(?ia)K', '\u212a'), (r'(?x) a  b # comment', 'ab'), (r'(?P<x>a)(?P=x)', 'aa'),
    (r'(a)\1', 'aa'), (r'(?i)(a)\1', 'aA'), (r'(a)?(?(1)b|c)', 'ab c'), (r'(a)?(?(1)b|c)', 'c'), (r'a(?=b)', 'acab'), (r'a(?!b)', 'abac'), (r'(?<=a)b', 'cbab'), (r'(?<!a)b', 'abcb'), (r'(?<=(a))b', 'ab'), (r'(?>a*)b', 'aaab'),
    (r'(?>a*)ab', 'aaab'), (r'a*+b', 'aaab'), (r'a*+ab', 'aaab'), (r'(?:ab)++c', 'ababc'), (r'(?:ab)?+ab', 'abab'), (r'(?:a|b)*+x', 'abax'), (r'(a|ab)(c|bcd)(d*)', 'abcd'), (r'(?:(a)|b)*', 'ab'), (r'(?:(a)|(b))*', 'abab'),
    (r'((a)|b)*', 'ab'), (r'(a*)*', 'aaa'), (r'(a*)+', 'b'), (r'(?:a?)*?y', 'aay'), (r'(?:a*)*y', 'aay'), (r'()', 'x'), (r'(|a)+', 'aa'), (r'x*', 'axbc'), (r'日+', 'a日日b'), (r'[日-本]', '日本語'), (r'🐍.', 'a🐍🐍b'), (r'[🐍]+?', '🐍🐍'),
    (r'\w+', 'héllo wörld 日本 _1'), (r'(?a)\w+', 'héllo'), (r'\s', 'a\u00a0b\u2003'), (r'(?a)\s', 'a\u00a0b'), (r'\d+', '٣٤5'), (r'[\d\s]+', ' 1 2'), (r'[^\W\d]+', '12ab'), (r'[-a]+', 'a-b'), (r'[]a]+', ']a'), (r'\.\*', '.*'),
    (r'(\w+) (\w+)', 'hello world'), (r'(?P<y>\d{4})-(?P<m>\d\d)', 'on 2024-05'), (r'a{,2}b', 'aaab'), (r'a{3}', 'aa'), (r'(a{1,2}){2}', 'aaa'), (r'(?:a{2}){2,}', 'aaaaaaa'), (r'\x41\u0042\103', 'ABC'), (r'[\x00-\x7f]+', 'ab\xe9'),
    (r'[^\x00-\x7f]', 'ab\xe9'), (r'(?i:a)b', 'Ab AB'), (r'(?-i:a)B', 'aB'), (r'(?s-i:.)', '\n'), (r'((((((((((a))))))))))\10', 'aa'), (r'foo|foobar', 'foobar'), (r'foob?ar|x', 'x'), (r'(.*)c(.*)', 'abcde'), (r'(.*?)c(.*?)$', 'abcde'),
    (r'(?=(a+))a*b\1', 'aabaa'), (r'(a+|b+)+c', 'aabbc'), (r'(?:x|(y))+z', 'yxz'), (r'[a-z0-9_.+-]+@[a-z]+\.[a-z]+', 'mail bob.x@site.org now'), (r'"(?:[^"\\]|\\.)*"', 'say "a\\"b" x'), (r'(?i)[^a]', 'Ab'), (r'(?i)é', 'É'),
    (r'[Ā-ſ]', 'xŁ'), (r'(?i)[ā-ž]+', 'ŁŻ'), (r'[\u4e00-\u9fff\u0370-\u03ff]+', 'a日α'), (r'(?i)ſ', 'S'), (r'(?i)[a-z]+', 'ſK'), (r'\Z', 'a'), (r'$', 'a\n'), (r'(?m)$', 'a\n'), (r'(?m)^', 'a\nb'), (r'\b', 'ab cd'), (r'\B', ''),
]
for pattern, text in cases:
    p = re.compile(pattern)
    print(ascii(pattern), ascii(text), p.groups, dict(p.groupindex))
    for name in ('match', 'fullmatch', 'search'):
        m = getattr(p, name)(text)
        print(' ', name, m and ascii((m.span(), m.group(), m.groups(), m.groupdict(), m.lastindex, m.lastgroup, m.regs)))
    print('  ', ascii([p.findall(text), [m.span() for m in p.finditer(text)], p.split(text), p.split(text, 1), p.sub('<>', text), p.subn('-', text, 1), p.sub(lambda m: m.group().upper(), text)]))
    try:
        data = text.encode('latin-1')
        b = re.compile(pattern.encode('latin-1'))
    except Exception:
        continue
    print('   bytes', [(m.span(), m.groups()) for m in b.finditer(data)], b.sub(b'<>', data), b.split(bytearray(data)))

p = re.compile('(a)(?P<n>b)?')
m = p.match('ac')
for call in [lambda: m.group(5), lambda: m.group('zz'), lambda: m.group(0, 1, 'n'), lambda: m['n'], lambda: m[3], lambda: m.groups('x'), lambda: m.groupdict('d'), lambda: m.span(2), lambda: m.start('n'), lambda: m.end(7),
             lambda: m.expand(r'\1-\g<1>-\n'), lambda: m.expand(r'[\g<n>]'), lambda: m.expand(r'\9'), lambda: p.sub(r'<\g<0>>', 'xaby'), lambda: p.sub(r'\2', 'xaby'), lambda: p.sub('x', b'a'), lambda: p.match(b'a'), lambda: p.match(5),
             lambda: re.compile(b'a').match('a'), lambda: p.sub(lambda m: None, 'xaby'), lambda: p.sub(lambda m: 5, 'xaby'), lambda: p.sub('x', 'aaa', count=2), lambda: p.subn('', 'aab'), lambda: p, lambda: m, lambda: re.compile('x', re.I | re.X),
             lambda: re.compile(b'x', re.L), lambda: p == re.compile('(a)(?P<n>b)?'), lambda: hash(p) == hash(re.compile('(a)(?P<n>b)?', re.U)), lambda: p.match('xab', 1).span(), lambda: p.match('xab', 1, 2).span(),
             lambda: re.compile('^b').match('ab', 1), lambda: re.compile('b$').match('abc', 1, 2), lambda: p.search('zzz', -5, 100), lambda: re.compile('').search('abc', 2).span(), lambda: re.compile('').search('abc', 9).span(),
             lambda: re.escape('a.b*日'), lambda: re.purge(), lambda: re.split('(,)', 'a,b,c', maxsplit=1), lambda: re.split(',', 'a,b', maxsplit=-1), lambda: type(p).__name__, lambda: type(m).__module__, lambda: p.__class__, lambda: m.string, lambda: m.re is p,
             lambda: re.sub('(?P<a>x)', r'\g<a>\g<a>', 'axb'), lambda: re.sub('x*', '-', 'abxd'), lambda: re.findall('(?:)', 'ab'), lambda: re.fullmatch('a|ab', 'ab').span(), lambda: re.fullmatch('(a|ab)(c|)', 'abc').groups()]:
    show(call)
for bad in ['(', ')', '[', '*', 'a**', '(?P<x', '(?P<1>a)', '(?P=x)', r'\1', '(?<=a*)b', 'a{2,1}', '(?z)', '[b-a]', '(?P<a>)(?P<a>)', r'\x', '(?(1)a)', 'x(?i)']:
    show(re.compile, bad)
scanner = p.scanner('ab a')
print([scanner.search().span(), scanner.search().span(), scanner.search(), scanner.search()], scanner.pattern is p)
scanner = p.scanner('aba')
print([scanner.match().span(), scanner.match().span(), scanner.match()])

# Deep and long inputs.
n = 50000
print(re.match('(?:a|b)*', 'ab' * n).end(), re.match('(a|b)*c', 'ab' * n), re.match('(?:a*?)*?$', 'a' * 100).end(), re.match('((?:ab)*)+', 'ab' * n).end(), len(re.findall('[a-z]+', 'word ' * n)))
print(re.match('(((a)*)*)*b', 'a' * 12), re.search('a.*b.*c', 'a' + 'x' * n + 'b' + 'y' * n + 'c').end(), re.sub('(a)(b)', r'\2\1', 'ab' * 1000)[:6])
print(re.match('x' * 1000 + '|' + 'y' * 1000, 'y' * 1000).end(), re.compile('|'.join('word%d' % i for i in range(500))).search('xx word499').group())
tokens = re.compile(r'(?P<num>\d+)|(?P<name>[a-z]\w*)|(?P<op>[-+*/=()])|(?P<ws>\s+)')
print([(m.lastgroup, m.group()) for m in tokens.finditer('x1 = 3*(y + 42)')])
import string
print(string.Template('$a ${b} $$ $c').safe_substitute(a=1, b=2), list(string.Formatter().parse('a{b!r:c}{{d')) if 0 else list(string.Formatter().parse('a{b!r:c}d')), string.Formatter().format('{0}{a}{0.real}', 5, a='x'))
