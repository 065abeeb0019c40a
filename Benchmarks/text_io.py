"""Text and binary files: lines, blocks, in memory and on disk."""
import io
import os
import tempfile

from measure import benchmark

PATH = os.path.join(tempfile.mkdtemp(), 'file')
LINES = [f'line {i}: some text to read, {i * 7} words and more of it\n' for i in range(20_000)]
UMLAUTS = [f'Zeile {i}: größere Wörter äöü €\n' for i in range(20_000)]


def write(n, lines):
    for _ in range(n):
        with open(PATH, 'w', encoding='utf-8') as f:
            for line in lines:
                f.write(line)


def read_lines(n, lines):
    write(1, lines)
    for _ in range(n):
        with open(PATH, encoding='utf-8') as f:
            for line in f:
                pass


def read_all(n, lines):
    write(1, lines)
    for _ in range(n):
        with open(PATH, encoding='utf-8') as f:
            f.read()


def readline(n):
    write(1, LINES)
    for _ in range(n):
        with open(PATH, encoding='utf-8') as f:
            while f.readline():
                pass


def binary(n):
    write(1, LINES)
    for _ in range(n):
        with open(PATH, 'rb') as f:
            while f.read(100):
                pass


def binary_lines(n):
    write(1, LINES)
    for _ in range(n):
        with open(PATH, 'rb') as f:
            for line in f:
                pass


def memory(n):
    for _ in range(n):
        f = io.StringIO()
        for line in LINES:
            f.write(line)
        f.seek(0)
        for line in f:
            pass


def memory_bytes(n):
    block = b'0123456789' * 10
    for _ in range(n):
        f = io.BytesIO()
        for _ in range(20_000):
            f.write(block)
        f.seek(0)
        while f.read(1000):
            pass


def printing(n):
    for _ in range(n):
        with open(PATH, 'w', encoding='utf-8') as f:
            for i in range(20_000):
                print('row', i, i / 2, file=f)


benchmark('write', write, 5, LINES)
benchmark('write umlauts', write, 5, UMLAUTS)
benchmark('lines', read_lines, 5, LINES)
benchmark('lines with umlauts', read_lines, 5, UMLAUTS)
benchmark('read', read_all, 30, LINES)
benchmark('read umlauts', read_all, 30, UMLAUTS)
benchmark('readline', readline, 5)
benchmark('binary blocks', binary, 5)
benchmark('binary lines', binary_lines, 5)
benchmark('StringIO', memory, 5)
benchmark('BytesIO', memory_bytes, 30)
benchmark('print', printing, 2)
os.remove(PATH)
os.rmdir(os.path.dirname(PATH))
