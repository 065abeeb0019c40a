# ladon: peer=no
# XML parsed by several threads: parsers of their own, one parser by turns, sub-parsers that outlive their parents, re-entry.
import gc
import io
import threading
import xml.dom.minidom
import xml.etree.ElementTree as ET
import xml.sax
from pyexpat import ParserCreate

TEXT = '<r>' + ''.join(f'<i n="{i}">text {i} &amp; ü</i>' for i in range(300)) + '</r>'


class Count(xml.sax.ContentHandler):
    def __init__(self):
        self.n = 0

    def startElement(self, name, attributes):
        self.n += name == 'i'


def trees():
    for _ in range(10):
        root = ET.fromstring(TEXT)
        assert [e.text for e in root] == [f'text {i} & ü' for i in range(300)]
        assert len(xml.dom.minidom.parseString(TEXT.encode()).getElementsByTagName('i')) == 300
        handler = Count()
        xml.sax.parse(io.BytesIO(TEXT.encode()), handler)
        assert handler.n == 300


def in_threads(f, count=4):
    failures = []

    def run(*args):
        try:
            f(*args)
        except BaseException as e:
            failures.append(e)

    threads = [threading.Thread(target=run) for _ in range(count)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert not failures, failures


in_threads(trees)

shared = ParserCreate()
seen = []
shared.StartElementHandler = lambda name, attributes: seen.append(name)
shared.Parse('<r>')


def feed():
    for i in range(500):
        shared.Parse('<x a="1">text</x>')
        shared.CurrentLineNumber, shared.buffer_text


in_threads(feed)
assert shared.Parse('</r>', True) == 1
assert len(seen) == 2001


def families():
    for _ in range(50):
        p = ParserCreate()
        children = []

        def external(context, *rest):
            child = p.ExternalEntityParserCreate(context)
            children.append(child)
            return child.Parse('<inner/>', True)

        p.ExternalEntityRefHandler = external
        p.Parse('<!DOCTYPE a [<!ENTITY e SYSTEM "e.xml">]><a>&e;&e;</a>', True)
        del p, external
    gc.collect()


in_threads(families, 2)

p = ParserCreate()
p.StartElementHandler = lambda *a: p.Parse('<b/>')
try:
    p.Parse('<a/>', True)
except RuntimeError as e:
    assert 'own parser' in str(e)
else:
    raise AssertionError
print('done')
