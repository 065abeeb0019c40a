# Repeats, greedy and lazy, whose ways on are ruled out by a first character; items in either case.
import re

PATTERNS = [r'(?:a|ab)*c', r'(?:a|ab)*(c|$)', r'(?:ab|a)*b', r'(a|b)*?c', r'(?:[ab]|cd)+e', r'((a)|(b))*\2', r'(?:a|(b))*c?$',
            r'x*?y', r'.*?c', r'(?s).*?c', r'a.{2,3}?c', r'[ab]*?b$', r'(?:(a)|b)*?c', r'(?i)AB+', r'(?i)[a-b]+C', r'(?ia)É|K', r'(?i)é|k', r'(?i)ſ', r'(?i)[^a]b',
            r'(?i)(a)\1', r'(?:a|b)*(?<=ab)c', r'(?=(a|ab)*c)a', r'(?>a|ab)*c', r'(?:a|ab)*+c', r'\b(?i:the) \w+', r'(?m)^a.*?$', r'(?:^a|b)*c']
TEXTS = ['', 'c', 'abababc', 'aabbc', 'ababab', 'xxy', 'ab\ncc', 'a12c', 'a1234c', 'ABBAab', 'AbC bac', 'É k K é', 'ſs S', 'aAa', 'THE quick The lazy', 'cdabe cde', 'b' * 9 + 'c',
         'aab' * 3 + 'é\u0130c', 'ab' * 12 + 'c', 'K\u212a']

for pattern in PATTERNS:
    compiled = re.compile(pattern)
    for text in TEXTS:
        for _ in range(2):      # the second time with what the first one has learnt
            found = [(m.span(), m.groups(), m.lastindex) for m in compiled.finditer(text)]
        full = compiled.fullmatch(text)
        print(pattern, ascii(text[:20]), found[:6], full and full.groups())
for _ in range(40):
    re.findall(r'(?i)STRASSE|[x-z]+', 'strasse Straße xYz ' * 3)
print(re.findall(r'(?i)STRASSE|[x-z]+', 'strasse Straße xYz \u017f'), re.findall(rb'(?i)ab?', b'abAB\xffa'), re.findall(r'(?iL)ab?'.encode(), b'abAB'))
