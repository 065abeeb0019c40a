"""fromisoformat() of date, time and datetime: what it takes of ISO 8601, and the words of its refusals."""

import random
from datetime import date, datetime, time

TEXTS = """2020-01-31 20200131 2020-W05-5 2020W055 2020-W05 2020W05 2020-01-31T12:34:56 20200131T123456.789 2020-01-31x12:34+01:00
    2020-01-31T12:34:56.123456789-01:30:15.25 2020-W05-12 2020-W05-5T12 2020W05512 2020W05T1234Z 12:34:56.789Z T12 1234 123456,5 12:34+0100 12+01
    2020-01-31T12:34:56. 2020-01-31T12:34:56.+01 2020-01-31T24:00 12:34:56.123+00:00:00.5 2020-13-01 2020-02-30 2020-W54 9999-W53 12:60
    2020-01-31\u266112:34 2020-01-3\u0661 1\u0662:34""".split()


def outcome(parse, text):
    try:
        return repr(parse(text))
    except Exception as error:
        return f'{type(error).__name__}: {error}'


for text in TEXTS:
    for cls in date, time, datetime:
        print(ascii(text), cls.__name__, ascii(outcome(cls.fromisoformat, text)))

# The same texts with one or two characters changed.
generator = random.Random(20200131)
for i in range(3000):
    text = list(generator.choice(TEXTS))
    for _ in range(generator.choice((1, 1, 2))):
        at = generator.randrange(len(text))
        kind = generator.randrange(3)
        if kind == 0:
            text.insert(at, generator.choice('0123456789-:.,TWZ+ '))
        elif kind == 1:
            text[at] = generator.choice('0123456789-:.,TWZ+ ')
        elif len(text) > 1:
            del text[at]
    text = ''.join(text)
    print(ascii(text), *(ascii(outcome(cls.fromisoformat, text)) for cls in (date, time, datetime)))
