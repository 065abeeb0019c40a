# pyexpat: events, attributes, errors, sub-parsers; and what a manager over xmlrpclib needs of it.
import gc
import pyexpat
import sys
import traceback
from pyexpat import ParserCreate


def attempt(f):
    try:
        print(repr(f()))
    except BaseException as e:
        print(type(e).__name__, e)


DOCUMENT = '''<?xml version="1.0" encoding="utf-8" standalone="no"?>
<!DOCTYPE a SYSTEM "a.dtd" [
<!ELEMENT a ((b|c)+,d?,e*)><!ELEMENT b (#PCDATA|x)*><!ELEMENT c EMPTY><!ELEMENT d ANY>
<!ATTLIST a x CDATA "y" z (p|q) #REQUIRED>
<!ENTITY % pe "v"><!ENTITY g "w&#x20AC;"><!ENTITY ext SYSTEM "ext.xml"><!ENTITY pic SYSTEM "p.gif" NDATA gif>
<!NOTATION gif PUBLIC "gif">
]>
<?pi data ?><a z="p" xmlns:n="urn:n"><!-- note --><n:b n:k="&lt;ü&gt;">one&g;two<![CDATA[<three>]]></n:b>&ext;<c/></a>
'''
NAMES = [n for n in dir(ParserCreate()) if n.endswith(('Handler', 'Expand'))]


def record(parser, skip=()):
    for n in NAMES:
        if n not in skip:
            def handler(*args, n=n):
                if n == 'ExternalEntityRefHandler':     # namespaces in an order that depends on the hash's salt
                    args = sorted(args[0].split('\f')), *args[1:]
                print(' ', n.removesuffix('Handler'), *map(repr, args))
                return 1
            setattr(parser, n, handler)


for options in {}, {'namespace_separator': '!'}, {'namespace_separator': ''}:
    for settings in {}, {'ordered_attributes': True, 'specified_attributes': True, 'buffer_text': True, 'namespace_prefixes': True}:
        print(options, settings)
        p = ParserCreate(**options)
        for k, v in settings.items():
            setattr(p, k, v)
        record(p, ('DefaultHandler', 'DefaultHandlerExpand'))
        print(p.Parse(DOCUMENT.encode(), True), p.ErrorCode, p.CurrentLineNumber, p.CurrentColumnNumber, p.CurrentByteIndex)
print('in pieces')
p = ParserCreate(intern={})
record(p)
for i in range(0, len(DOCUMENT), 7):
    p.Parse(DOCUMENT[i:i + 7])
p.Parse('', True)
print(sorted(p.intern, key=str))

print('sub-parsers')
p = ParserCreate()
p.buffer_text = True
p.StartElementHandler = lambda name, attributes: print(' start', name, attributes)
p.CharacterDataHandler = lambda text: print(' text', repr(text))


def external(context, base, system, public):
    print(' external', context, base, system, public)
    child = p.ExternalEntityParserCreate(context)
    child.Parse('<inner>tex', False)
    gc.collect()
    child.Parse('t</inner>', True)
    return 1


p.ExternalEntityRefHandler = external
p.SetBase('http://x/ü')
print(p.GetBase(), p.SetParamEntityParsing(pyexpat.XML_PARAM_ENTITY_PARSING_ALWAYS), p.UseForeignDTD())
p = ParserCreate()
p.StartElementHandler = lambda name, attributes: print(' start', name, attributes)
p.CharacterDataHandler = lambda text: print(' text', repr(text))
p.ExternalEntityRefHandler = external
p.SetBase('http://x/ü')
p.Parse('<!DOCTYPE a [<!ENTITY e SYSTEM "e.xml">]><a>before &e; after</a>', True)

print('attributes')
p = ParserCreate()
for n in 'buffer_text', 'buffer_size', 'StartElementHandler', 'namespace_prefixes', 'ErrorCode', 'intern':
    attempt(lambda: delattr(p, n))
for v in 'x', 0, 1 << 31, 1 << 90, 100:
    attempt(lambda: setattr(p, 'buffer_size', v))
for f in (lambda: setattr(p, 'ErrorCode', 3), lambda: setattr(p, 'foo', 3), lambda: ParserCreate(intern=3), lambda: ParserCreate(intern=None).intern,
          lambda: ParserCreate(namespace_separator=3), lambda: ParserCreate(namespace_separator='ab'), lambda: ParserCreate('x\0'), lambda: ParserCreate(4),
          lambda: p.Parse(3), lambda: p.Parse('\udc80'), lambda: p.ParseFile(3), lambda: p.SetBase(3), lambda: p.SetBase('a\0'), p.GetBase, p.GetInputContext,
          lambda: pyexpat.ErrorString(2), lambda: pyexpat.ErrorString(200), lambda: p.ExternalEntityParserCreate(3), lambda: type(p)()):
    attempt(f)


class File:
    def __init__(self, *pieces):
        self.pieces = list(pieces)

    def read(self, n):
        return self.pieces.pop(0) if self.pieces else b''


attempt(lambda: ParserCreate().ParseFile(File(b'<a>', bytearray(b'</a>'))))
attempt(lambda: ParserCreate().ParseFile(File('x')))
attempt(lambda: ParserCreate().ParseFile(File(b'x' * 2049)))

print('errors')
for text in ('<a><b x="1"></a>', '', '<a>\n<b', '<a/><b/>', '<a x="1" x="2"/>', '<a>&u;</a>', b'<?xml version="1.0" encoding="utf-7"?><a/>',
             b'<?xml version="1.0" encoding="cp437"?><a\x81/>', b'<?xml version="1.0" encoding="foo"?><a/>', b'<?xml version="1.0" encoding="hex"?><a/>'):
    attempt(lambda: ParserCreate().Parse(text, True))
try:
    ParserCreate().Parse('<a>\n  <b x="1"></a>', True)
except pyexpat.ExpatError as e:
    print(e.code, e.lineno, e.offset, e.args, pyexpat.errors.messages[e.code], pyexpat.errors.codes[pyexpat.errors.XML_ERROR_TAG_MISMATCH])
p = ParserCreate()


def failing(name, attributes):
    print(name, p.GetInputContext(), p.CurrentByteIndex)
    1 / 0


p.StartElementHandler = failing
p.EndElementHandler = print
try:
    p.Parse('<a><b x="1"/></a>', True)
except ZeroDivisionError as e:
    print([(f.name, f.filename.rpartition('/')[2]) for f in traceback.extract_tb(e.__traceback__)][1:])
print(p.StartElementHandler, p.EndElementHandler, p.ErrorCode)
attempt(lambda: p.Parse('<a/>', True))
print(sys.modules['pyexpat.errors'] is pyexpat.errors, pyexpat.model.XML_CTYPE_SEQ, len(pyexpat.errors.codes), pyexpat.ErrorString.__text_signature__)
