# ladon: timeout=120
# The codecs of Chinese, Japanese and Korean: whole tables as digests, errors, incremental coders and streams.
import codecs
import hashlib
import io
import random

TABLES = ('gb2312 gbk gb18030 big5 cp950 big5hkscs shift_jis cp932 shift_jis_2004 shift_jisx0213 euc_jp euc_jis_2004 euc_jisx0213 '
          'euc_kr cp949 johab').split()
STATEFUL = 'hz iso2022_kr iso2022_jp iso2022_jp_1 iso2022_jp_2 iso2022_jp_2004 iso2022_jp_3 iso2022_jp_ext'.split()
ESCAPES = [b'\x1b$B', b'\x1b(B', b'\x1b(J', b'\x1b$(D', b'\x1b$)C', b'\x0e', b'\x0f', b'\x1b$(Q', b'\x1b$(P', b'\x1b$(O', b'\x1b.A', b'\x1bN', b'~{', b'~}',
           b'\x1b(I', b'\x1b$@', b'\x1b$A', b'\x1b.F', b'\x1b&@\x1b$B', b'\xa4\xd4\xa4\xb5\xa4\xc0\xa4\xd4']


def digest(parts):
    return hashlib.md5(b';'.join(parts)).hexdigest()[:10]


def encoded(codec):
    for start in range(0, 0x30000, 0x100):
        if not 0xD800 <= start < 0xE000:
            yield '\n'.join(map(chr, range(start, start + 0x100))).encode(codec, 'backslashreplace')


def decoded(codec):
    for lead in range(0x80, 256):
        for prefix in (b'', b'\x8f') if codec.startswith('euc_j') else (b'',):
            yield b'\n\n'.join(prefix + bytes([lead, trail]) for trail in range(256)).decode(codec, 'replace').encode()


def attempt(f):
    try:
        return repr(f())
    except Exception as e:
        return f'{type(e).__name__} {e}'


def damaged(codec):
    r = random.Random(5)
    pieces = [bytes([x]) for x in range(256)] + ESCAPES + [chr(r.randrange(0x80, 0x30000)).encode(codec, 'ignore') for _ in range(300)]
    for _ in range(400):
        data = b''.join(r.choice(pieces) for _ in range(r.randrange(1, 7)))
        yield attempt(lambda: data.decode(codec)).encode('utf-8', 'backslashreplace')
        d = codecs.getincrementaldecoder(codec)('replace')
        yield repr([(d.decode(data[i:i + 1]), d.getstate()[0]) for i in range(len(data))]).encode('utf-8', 'backslashreplace')


for codec in TABLES + STATEFUL:
    print(codec, digest(encoded(codec)), digest(decoded(codec)) if codec in TABLES else '', digest(damaged(codec)))

print('error handlers')
codecs.register_error('bytes', lambda e: (b'xx', e.end))
codecs.register_error('text', lambda e: ('\u0e01', e.end))
codecs.register_error('nothing', lambda e: 3)
codecs.register_error('far', lambda e: ('x', 100))
for errors in 'strict replace ignore xmlcharrefreplace backslashreplace namereplace surrogateescape bytes text nothing unknown'.split():
    for codec in 'euc_jp', 'iso2022_jp', 'hz':
        print(errors, codec, attempt(lambda: 'あ\u0e01b'.encode(codec, errors)), attempt(lambda: b'a\xff\xffb'.decode(codec, errors)))

print('incremental')
for codec, texts in {'big5hkscs': ('\xca', '\u0304', '\xea', 'x'), 'euc_jis_2004': ('か', '゚', 'か', 'き'), 'iso2022_kr': ('a', '가', '\n', '가'), 'hz': ('中', '~', '中', '')}.items():
    e = codecs.getincrementalencoder(codec)()
    steps = []
    for text in texts:
        steps.append((e.encode(text), e.getstate()))
    state = e.getstate()
    steps.append(e.encode('', True))
    e.setstate(state)
    steps.append(e.encode('', True))
    print(codec, steps)
d = codecs.getincrementaldecoder('euc_jp')()
for f in (lambda: d.decode(b'\xa4'), d.getstate, lambda: d.decode(b'', True), lambda: d.setstate((b'123456789', 0)), lambda: d.setstate(3),
          lambda: d.setstate((b'\xa4', 0)), lambda: d.decode(b'\xa2'), d.reset, lambda: d.errors, lambda: setattr(d, 'errors', 3)):
    print(attempt(f))

print('streams')
data = 'あいう\nえお\nか'.encode('euc_jp')
r = codecs.getreader('euc_jp')(io.BytesIO(data))
print(r.read(3), repr(r.readline()), r.readlines(), r.errors)
for n in range(1, 9):
    r = codecs.getreader('euc_jp')(io.BytesIO(data))
    print(n, [r.read(n) for _ in range(3)])
b = io.BytesIO()
w = codecs.getwriter('iso2022_jp')(b)
print(w.write('あ'), w.writelines(['い', 'う']), w.reset(), b.getvalue(), attempt(lambda: w.writelines(3)))
print(io.TextIOWrapper(io.BytesIO(data), 'euc_jp').readlines())
print(attempt(lambda: __import__('_codecs_jp').getcodec('gbk')), attempt(lambda: __import__('_codecs_jp').getcodec(3)))
