# binascii, and base64 and quopri on top of it.

import base64
import binascii as b


def show(f, *args, **kw):
    try:
        print(ascii(f(*args, **kw)))
    except Exception as e:
        print(type(e).__name__, ascii(str(e)))


datas = [b'', b'a', b'ab', b'abc', b'abcd', bytes(range(256)), b'hello world\n', b'=?x_ y\t', b'line one  \r\nline.two\r\n.\r\n', b'x' * 100, b'trailing ', b'tab\t\n', bytearray(b'ba'), memoryview(b'mv')]
for d in datas:
    show(b.b2a_base64, d)
    show(b.b2a_base64, d, newline=False)
    show(b.hexlify, d)
    show(b.b2a_hex, d, '-', 2)
    show(b.crc32, d)
    show(b.crc32, d, 12345)
    show(b.crc_hqx, d, 7)
    show(b.b2a_uu, d)
    show(b.b2a_uu, d, backtick=True)
    for quotetabs in (False, True):
        for istext in (False, True):
            for header in (False, True):
                show(b.b2a_qp, d, quotetabs, istext, header)
for s in ['', 'YQ==', 'YWI=', 'YWJj', 'YQ', 'Y', 'YQ=', '=YQ==', 'YQ==YQ==', 'YW Jj\n', '!!!!', 'YQ=a=', 'é', b'YWJj', 5, 'YWJjZA==', 'YQ===']:
    show(b.a2b_base64, s)
    show(b.a2b_base64, s, strict_mode=True)
for s in ['', '00ff', '0', 'zz', b'AbCd', 'é', 5]:
    show(b.a2b_hex, s)
    show(b.unhexlify, s)
for d in datas:
    if len(d) <= 45:
        show(lambda: b.a2b_uu(b.b2a_uu(d)))
    show(lambda: b.a2b_qp(b.b2a_qp(d)) == bytes(d))
for s in [b'#86)C\n', b'', b'!', b'#\x01', b'#86)Cxyz', b'a=41=\nb', b'=', b'=4', b'==41', b'=zz', b'a_b']:
    show(b.a2b_uu, s)
    show(b.a2b_qp, s)
    show(b.a2b_qp, s, header=True)
print(b.Error.__mro__, b.Incomplete.__mro__, b.Error.__module__)
print(base64.b64encode(b'abc'), base64.urlsafe_b64encode(b'\xff\xfe'), base64.b32encode(b'abc'), base64.b16decode('AB'), base64.b85encode(b'hello'), base64.a85encode(b'hello'))
show(base64.b64decode, 'abc')
