"""Strings: building, joining, formatting, searching, splitting."""
from measure import benchmark


def joining(n):
    return ''.join([str(i) for i in range(n)])


def formatting(n):
    for i in range(n):
        f'{i:>8} {i / 3:.2f} {"x"!r}'


def concatenating(n):
    s = ''
    for i in range(n):
        s += 'ab'
    return s


def splitting(n):
    text = 'the quick brown fox jumps over the lazy dog ' * 20
    for _ in range(n):
        words = text.split()
        text2 = ' '.join(w.upper() if len(w) > 3 else w for w in words)
        text2.replace('THE', 'a').find('dog')


def characters(n):
    text = 'hello, world: ä€😀' * 10
    total = 0
    for _ in range(n):
        for c in text:
            total += ord(c)
    return total


benchmark('join', joining, 200_000)
benchmark('format', formatting, 100_000)
benchmark('concatenation', concatenating, 100_000)
benchmark('split and replace', splitting, 700)
benchmark('characters', characters, 2_000)
