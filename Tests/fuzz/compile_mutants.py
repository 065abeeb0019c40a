"""Compiles damaged copies of library files, on the Python under test. Started by Tests/check-fuzz.

usage: compile_mutants.py SEED SECONDS FIRST JOURNAL FILE...

Mutant number N is made from SEED and N alone, so that any of them can be made again: with SECONDS = 0 only mutant
FIRST is compiled, after its source was written to JOURNAL.source. Otherwise the number of the mutant being compiled is
kept in JOURNAL. The outcome must be a code object or an exception that a wrong source may raise.
"""
import os
import random
import sys
import time
import warnings

ALLOWED = (SyntaxError, ValueError, RecursionError, OverflowError, MemoryError)
PIECES = ['(', ')', '[', ']', '{', '}', ':', ',', '.', ';', '=', ':=', '->', '@', '*', '**', '//', '<<=', '!=', '\\', '\\\n', '\n', '\t',
          '\n    ', '"', "'", '"""', "'''", 'f"{', '}"', "f'{x!r:>{w}}'", 'b"', "r'", '#', '# coding: latin-1\n', '\x00', '\ufeff', 'é', '𝒳',
          '0x', '1_', '1e', '0777', '1j', '9' * 40, 'lambda ', 'lambda:', 'yield ', 'await ', 'async ', 'async def f(): ', 'def f(): ',
          'class A: ', 'return ', 'global x', 'nonlocal x', 'import ', 'from . import ', 'from __future__ import annotations\n', 'del ',
          'with ', 'match x:\n case ', 'case _: ', 'try:\n', 'except* ', 'finally:\n', 'else:\n', 'if ', 'elif ', 'for x in ', 'while ',
          'break\n', 'continue\n', 'pass\n', 'not ', 'is ', 'in ', 'and ', 'or ', 'None', 'True', '...', '__debug__', 'print ', '(' * 150,
          '[' * 300, '-' * 500, 'not ' * 300, 'x.' * 500, '{a:' * 50]


def mutant(seed, number, files):
    """The bytes of mutant `number`: some lines of a file with one to four damages."""
    r = random.Random(seed * 1_000_003 + number)
    with open(files[r.randrange(len(files))], 'rb') as f:
        lines = f.read().splitlines(keepends=True)
    # From the beginning of a statement of the module's: elsewhere the indentation alone would be refused.
    starts = [i for i, line in enumerate(lines) if not line.startswith((b' ', b'\t', b')', b'\n', b'#'))]
    first = r.choice(starts or [0])
    source = bytearray(b''.join(lines[first:first + r.randrange(2, 60)]) or b'x = 1\n')
    for _ in range(r.randrange(1, 5)):
        at = r.randrange(len(source) + 1)
        kind = r.randrange(7)
        if kind == 0:
            source[at:at] = r.choice(PIECES).encode()
        elif kind == 1:
            del source[at:at + r.randrange(1, 12)]
        elif kind == 2:
            source[at:at + 1] = bytes([r.randrange(256)])
        elif kind == 3:
            other = r.randrange(len(source) + 1)
            source[at:at] = source[other:other + r.randrange(1, 40)]
        elif kind == 4:
            del source[at:]
        elif kind == 5:
            source[at:at + r.randrange(1, 4)] = r.choice(PIECES).encode()
        else:
            other = r.randrange(len(source) + 1)
            a, b = source[at:at + 10], source[other:other + 10]
            source[at:at + 10], source[other:other + 10] = b, a
    return bytes(source)


def compile_one(source):
    try:
        compile(source, '<mutant>', 'exec', dont_inherit=True)
        return True
    except ALLOWED:
        return False


def main():
    seed, seconds, first, journal, *files = sys.argv[1:]
    seed, seconds, number = int(seed), float(seconds), int(first)
    warnings.simplefilter('ignore')
    if seconds == 0:
        source = mutant(seed, number, files)
        with open(journal + '.source', 'wb') as f:
            f.write(source)
        print('compiles' if compile_one(source) else 'is refused')
        return
    descriptor = os.open(journal, os.O_WRONLY | os.O_CREAT, 0o644)
    end = time.monotonic() + seconds
    good = 0
    begin = number
    while time.monotonic() < end:
        os.pwrite(descriptor, b'%20d' % number, 0)
        good += compile_one(mutant(seed, number, files))
        number += 1
    print(f'{number - begin} mutants, {good} of them compile')


if __name__ == '__main__':
    main()
