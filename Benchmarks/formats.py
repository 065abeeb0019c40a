"""Formats: JSON, pickle, struct, array, base64, CSV."""
import base64
import csv
import io
import json
import pickle
import struct
from array import array

from measure import benchmark


class Point:
    def __init__(self, x, y, name):
        self.x, self.y, self.name = x, y, name


RECORDS = [{'id': i, 'name': f'user {i}', 'mail': f'user{i}@example.org', 'active': i % 3 == 0, 'score': i / 7, 'tags': ['a', 'b', 'tag%d' % (i % 9)],
            'address': {'street': f'{i} Main Street', 'city': 'Springfield', 'zip': None}} for i in range(1000)]
NUMBERS = [[i * 3 + j for j in range(50)] for i in range(200)]
FLOATS = [i * 1.1 for i in range(10_000)]
TEXTS = ['a longer text with "quotes" and a\nline, number %d ' % i * 4 for i in range(2000)]
UNICODE = ['überraschend ä%dö €' % i for i in range(5000)]
POINTS = [Point(i, i / 3, f'point {i}') for i in range(3000)]


def dumps(n, value, **options):
    for _ in range(n):
        json.dumps(value, **options)


def loads(n, value):
    text = json.dumps(value)
    for _ in range(n):
        json.loads(text)


def pickling(n, value, protocol=4):
    for _ in range(n):
        pickle.dumps(value, protocol)


def unpickling(n, value, protocol=4):
    data = pickle.dumps(value, protocol)
    for _ in range(n):
        pickle.loads(data)


def packing(n):
    record = struct.Struct('<IhhdQ8s')
    for i in range(n):
        data = record.pack(i, 2, -3, 1.5, i * i, b'abcdefgh')
        record.unpack(data)


def numbers(n):
    a = array('d', range(1000))
    for _ in range(n):
        b = array('d', a)
        b.extend(a)
        sum(b)
        for i in range(0, 1000, 10):
            b[i] = b[i + 1] * 2
        b.tobytes()


def encoding(n):
    data = bytes(range(256)) * 400
    for _ in range(n):
        base64.b64decode(base64.b64encode(data))
        bytes.fromhex(data.hex())


def tables(n):
    rows = [[i, f'name {i}', i / 2, 'a "quoted", text'] for i in range(1000)]
    for _ in range(n):
        out = io.StringIO()
        csv.writer(out).writerows(rows)
        for row in csv.reader(io.StringIO(out.getvalue())):
            pass


benchmark('json.dumps records', dumps, 20, RECORDS)
benchmark('json.dumps integers', dumps, 30, NUMBERS)
benchmark('json.dumps floats', dumps, 10, FLOATS)
benchmark('json.dumps text', dumps, 30, TEXTS)
benchmark('json.dumps unicode', lambda n: dumps(n, UNICODE, ensure_ascii=False), 20)
benchmark('json.dumps small', dumps, 30_000, {'a': 1, 'b': [1, 2, 'x']})
benchmark('json.loads records', loads, 20, RECORDS)
benchmark('json.loads integers', loads, 30, NUMBERS)
benchmark('json.loads floats', loads, 10, FLOATS)
benchmark('json.loads text', loads, 30, TEXTS)
benchmark('json.loads small', loads, 30_000, {'a': 1, 'b': [1, 2, 'x']})
benchmark('pickle.dumps records', pickling, 20, RECORDS)
benchmark('pickle.dumps integers', pickling, 500, NUMBERS)
benchmark('pickle.dumps objects', pickling, 10, POINTS)
benchmark('pickle.dumps small', pickling, 30_000, {'a': 1, 'b': [1, 2, 'x']})
benchmark('pickle.loads records', unpickling, 20, RECORDS)
benchmark('pickle.loads integers', unpickling, 300, NUMBERS)
benchmark('pickle.loads objects', unpickling, 10, POINTS)
benchmark('pickle.loads small', unpickling, 30_000, {'a': 1, 'b': [1, 2, 'x']})
benchmark('struct', packing, 100_000)
benchmark('array', numbers, 1000)
benchmark('base64 and hex', encoding, 30)
benchmark('csv', tables, 20)
