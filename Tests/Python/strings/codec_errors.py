# Encodings and error handlers.

import codecs


def show(f, *args):
    try:
        print(ascii(f(*args)))
    except Exception as e:
        print(type(e).__name__, ascii(str(e)))


texts = ['', 'abc', 'é', '日本', '🐍', 'a\udc80b', '\ud800\udc00', 'a+b~\\', '\u20ac\xff\x80', 'mixed é日🐍 end', '\ufeffbom']
encodings = ['utf-8', 'UTF8', 'ascii', 'latin-1', 'iso-8859-1', 'utf-16', 'utf-16-le', 'utf-16-be', 'utf-32', 'utf-32-le', 'utf-32-be', 'utf-7', 'utf-8-sig', 'cp1252', 'cp437', 'iso8859-15', 'koi8-r',
             'unicode_escape', 'raw_unicode_escape', 'us-ascii', 'mac-roman']
handlers = ['strict', 'ignore', 'replace', 'backslashreplace', 'xmlcharrefreplace', 'namereplace', 'surrogateescape', 'surrogatepass', 'nonsense']
for e in encodings:
    for h in handlers:
        for t in texts:
            show(lambda: (e, h, t.encode(e, h)))
datas = [b'', b'abc', b'\xc3\xa9', b'\xff', b'\xe6\x97', b'a\x80b\xffc', b'\xed\xa0\x80', b'\xf0\x9f\x90\x8d', b'\xf8\x88\x80\x80\x80', b'\xc0\x80', b'\x00\xd8', b'\xff\xfea\x00', b'\xfe\xff\x00a', b'+AGEA-', b'+', b'+AG',
         b'a\xc3', b'\xe6\x97\xa5\xe6', b'\\u65e5\\x41\\n\\N{SNAKE}', b'\\u12', b'\\', b'\\xZZ', b'\\U00110000', b'\\N{nope}', b'\xff\xfe\x00\x00a\x00\x00\x00', b'\x00\x00\xd8\x00', b'\xef\xbb\xbfx', b'\x81\x8d']
for e in encodings:
    for h in handlers[:4] + handlers[6:]:
        for d in datas:
            show(lambda: (e, h, d.decode(e, h)))

for h in handlers[:-1]:
    handler = codecs.lookup_error(h)
    print(h, handler.__name__)
    for exc in [UnicodeEncodeError('ascii', 'aé日b', 1, 3, 'why'), UnicodeDecodeError('ascii', b'a\xff\xfeb', 1, 3, 'why'), UnicodeTranslateError('aé日b', 1, 3, 'why'),
                UnicodeEncodeError('utf-8', 'a\udc80b', 1, 2, 'why'), UnicodeDecodeError('utf-8', b'a\xed\xa0\x80b', 1, 2, 'why'), ValueError('x')]:
        show(handler, exc)
show(codecs.lookup_error, 'nope')


def custom(exc):
    if isinstance(exc, UnicodeEncodeError):
        return ('<' + exc.object[exc.start:exc.end].encode('unicode_escape').decode() + '>', exc.end)
    return ('?' * (exc.end - exc.start), exc.end)


codecs.register_error('custom', custom)
codecs.register_error('raw', lambda e: (b'\x01', e.end))
codecs.register_error('bad', lambda e: 5)
codecs.register_error('back', lambda e: ('x', -1))
codecs.register_error('far', lambda e: ('x', 1000))
for e in ['ascii', 'latin-1', 'utf-8', 'cp1252', 'utf-16']:
    for h in ['custom', 'raw', 'bad', 'far']:
        show(lambda: 'a日b\udc80c'.encode(e, h))
    for h in ['custom', 'bad', 'far', 'raw']:
        show(lambda: b'a\xff\x81b\xc3'.decode(e, h))

print(codecs.utf_8_decode(b'a\xe6\x97', 'strict', False), codecs.utf_16_ex_decode(b'\xff\xfea\x00b', 'strict', 0, False), codecs.utf_8_encode('日'), codecs.ascii_encode('abc'), codecs.utf_16_encode('a', 'strict', -1),
      codecs.utf_32_decode(b'\xff\xfe\x00\x00a\x00\x00\x00b'), codecs.utf_7_decode(b'+AG', 'strict', False), codecs.escape_decode(rb'\x41\n\101\\'), codecs.escape_encode(b"a\n'\x80"), codecs.charmap_decode(b'ab', 'strict', {97: 'X', 98: None} if 0 else {97: 'X', 98: 66}),
      codecs.charmap_encode('ab', 'strict', {97: 65, 98: b'BB'}), codecs.charmap_decode(b'\x00\x01', 'replace', 'x\ufffe'), codecs.readbuffer_encode(b'abc'), codecs.unicode_escape_encode('é日\n'), codecs.raw_unicode_escape_decode('\\u65e5'))
d = codecs.getincrementaldecoder('utf-8')()
print([d.decode(bytes([b])) for b in '日🐍a'.encode()], d.getstate())
d = codecs.getincrementaldecoder('utf-16')('replace')
print([d.decode(bytes([b])) for b in '日🐍a'.encode('utf-16')])
e = codecs.getincrementalencoder('utf-16')()
print(e.encode('a'), e.encode('b'))
print(codecs.lookup('utf8').name, codecs.lookup('UTF_8').name, codecs.encode('abc', 'rot13'), codecs.decode('nop', 'rot13'), codecs.encode(b'abc', 'hex'), codecs.decode(b'616263', 'hex'), codecs.encode(b'abc', 'base64'))
show(codecs.lookup, 'no-such')
show(codecs.decode, b'zz', 'hex')
show(b'x'.decode, 'hex')
show('x'.encode, 'rot13')
show(str, b'\xff', 'utf-8')
show(str, b'abc', 'no-such')
show('a'.encode, 'a\0b')
import encodings.idna
print('bücher.example'.encode('idna'), b'xn--bcher-kva.example'.decode('idna'), 'bücher'.encode('punycode'))
try:
    'aé'.encode('ascii')
except UnicodeEncodeError as err:
    print(err.encoding, err.object, err.start, err.end, err.reason, err.args)
try:
    b'a\xff'.decode('utf-8')
except UnicodeDecodeError as err:
    print(err.encoding, err.object, err.start, err.end, err.reason, err.args)
