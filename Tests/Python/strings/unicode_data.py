# unicodedata over samples of the whole range, and its error messages.

import unicodedata as u


def show(f, *args):
    try:
        print(ascii(f(*args)))
    except Exception as e:
        print(type(e).__name__, ascii(str(e)))


codes = list(range(0, 0x300)) + list(range(0x300, 0x3000, 7)) + list(range(0x3000, 0x110000, 997)) + [0xac00, 0x1f40d, 0xd800, 0x10ffff, 0x3400, 0x4e00]
for db in (u, u.ucd_3_2_0):
    print(db.unidata_version)
    total = 0
    for c in codes:
        ch = chr(c)
        row = (db.category(ch), db.bidirectional(ch), db.combining(ch), db.mirrored(ch), db.east_asian_width(ch), db.decomposition(ch), db.decimal(ch, None), db.digit(ch, None), db.numeric(ch, None), db.name(ch, ''))
        if c % 5 == 0 or c < 0x180:
            print(hex(c), row)
for text in ['', 'abc', 'é', 'e\u0301', 'ﬁ', '한글', '\u1112\u1161\u11ab', 'Å', '\u212b', '½', 'a\u0323\u0307', 'a\u0307\u0323', '日本', '①', '\u0344']:
    for form in ['NFC', 'NFD', 'NFKC', 'NFKD']:
        print(form, ascii(text), ascii(u.normalize(form, text)), u.is_normalized(form, text), ascii(u.ucd_3_2_0.normalize(form, text)))
for name in ['SNAKE', 'snake', 'LATIN SMALL LETTER A', 'HANGUL SYLLABLE GAG', 'CJK UNIFIED IDEOGRAPH-4E00', 'LF', 'KEYCAP DIGIT ONE', 'nothing', '']:
    show(u.lookup, name)
show(u.name, '\x00')
show(u.decimal, 'a')
show(u.digit, 'a')
show(u.numeric, 'a')
show(u.category, 'ab')
show(u.category, 5)
show(u.normalize, 'X', 'a')
show(u.normalize, 5, 'a')
show(u.normalize, 'NFC', 5)
print('\N{SNAKE} \N{LATIN SMALL LETTER E WITH ACUTE}')
