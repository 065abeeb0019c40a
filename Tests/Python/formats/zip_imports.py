# Modules from zip files, from a file inside of one, and what sys.path_hooks says; bz2 and lzma in zip files and alone.
import bz2
import io
import lzma
import os
import subprocess
import sys
import tempfile
import zipfile

with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, 'm.zip')
    with zipfile.ZipFile(path, 'w', zipfile.ZIP_DEFLATED) as z:
        z.writestr('inzip/__init__.py', 'x = 3\n')
        z.writestr('inzip/other.py', 'from . import x\ny = x + 1\n')
        z.writestr('deep/below.py', 'z = 5\n')
        z.writestr('__main__.py', 'import inzip.other; print("main", inzip.other.y, __name__)\n')
    sys.path[:0] = [path, os.path.join(path, 'deep'), os.path.join(folder, 'missing.zip')]
    import inzip.other
    import below
    print(inzip.other.y, below.z, os.path.relpath(inzip.other.__file__, folder), type(inzip.__loader__).__name__)
    print(sum(getattr(h, '__name__', '') == 'zipimporter' for h in sys.path_hooks))
    print(subprocess.run([sys.executable, path], capture_output=True, text=True).stdout)
    for method in zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA:
        out = io.BytesIO()
        with zipfile.ZipFile(out, 'w', method) as z:
            z.writestr('a', bytes(range(256)) * 500)
        with zipfile.ZipFile(out) as z:
            print(method, z.testzip(), z.read('a') == bytes(range(256)) * 500)

data = b'some text, and more of it. ' * 5000
for module in bz2, lzma:
    packed = module.compress(data)
    print(module.__name__, len(packed), module.decompress(packed + module.compress(b'end')) == data + b'end')
    d = module.BZ2Decompressor() if module is bz2 else module.LZMADecompressor()
    out, rest, steps = b'', packed + b'rest', 0
    while not d.eof:
        out += d.decompress(rest, 1000)
        rest = b''
        steps += 1
    print(out == data, steps >= 135, d.unused_data, d.needs_input)
    for bad in b'nonsense' * 10, packed[:-5]:
        try:
            module.decompress(bad)
        except (OSError, ValueError, EOFError, lzma.LZMAError) as e:
            print(type(e).__name__, e)
chain = [{'id': lzma.FILTER_DELTA, 'dist': 4}, {'id': lzma.FILTER_LZMA2, 'preset': 3, 'lc': 2}]
packed = lzma.compress(data, format=lzma.FORMAT_RAW, filters=chain)
print(lzma.decompress(packed, format=lzma.FORMAT_RAW, filters=chain) == data, lzma._decode_filter_properties(lzma.FILTER_DELTA, lzma._encode_filter_properties(chain[0])))
