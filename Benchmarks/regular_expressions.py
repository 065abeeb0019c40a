"""Regular expressions: searching, matching, replacing, splitting."""
import re

from measure import benchmark

TEXT = ('The quick brown fox, aged 12, jumps over the lazy dog; it was 2024-03-15 14:02:59, '
        'mail fox.quick@example.org or see https://example.org/a/b?c=d&e=f for 3.14 details. ') * 60
LINES = [f'127.0.0.{i % 256} - - [10/Oct/2023:13:55:{i % 60:02}] "GET /page/{i} HTTP/1.1" 200 {i * 17} "agent {i % 7}"' for i in range(2000)]


def find(n, pattern):
    compiled = re.compile(pattern)
    for _ in range(n):
        compiled.findall(TEXT)


def log(n):
    compiled = re.compile(r'(\S+) \S+ \S+ \[([^]]+)\] "(\w+) ([^ "]+)[^"]*" (\d{3}) (\d+)')
    for _ in range(n):
        for line in LINES:
            compiled.match(line).groups()


def replace(n):
    compiled = re.compile(r'\b(\w)(\w*)\b')
    for _ in range(n):
        compiled.sub(r'\2\1', TEXT)


def replace_function(n):
    compiled = re.compile(r'\d+')
    for _ in range(n):
        compiled.sub(lambda m: str(int(m[0]) + 1), TEXT)


def split(n):
    compiled = re.compile(r'[,;:.?!\s]+')
    for _ in range(n):
        compiled.split(TEXT)


def tokens(n):
    scan = re.compile(r'(?P<number>\d+(?:\.\d*)?)|(?P<name>[A-Za-z_]\w*)|(?P<space>\s+)|(?P<other>.)')
    for _ in range(n):
        for m in scan.finditer(TEXT):
            m.lastgroup


def backtracking(n):
    compiled = re.compile(r'(?:a|ab)*c(?<=bc)|x*?y')
    text = 'ababab' * 40 + 'c'
    for _ in range(n):
        compiled.search(text)


benchmark('words', find, 50, r'\w+')
benchmark('literal', find, 2000, r'lazy dog')
benchmark('alternatives', find, 200, r'fox|dog|cat|details')
benchmark('date', find, 50, r'(\d{4})-(\d\d)-(\d\d)')
benchmark('mail address', find, 60, r'[\w.+-]+@[\w-]+\.[\w.-]+')
benchmark('ignoring case', find, 400, r'(?i)THE \w+')
benchmark('lazy', find, 1000, r'T.*?;')
benchmark('log lines', log, 10)
benchmark('sub', replace, 10)
benchmark('sub with a function', replace_function, 20)
benchmark('split', split, 30)
benchmark('tokens', tokens, 10)
benchmark('backtracking', backtracking, 5000)
