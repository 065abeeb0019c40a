"""tempfile, pathlib, shutil, glob, os.path, io, argparse, logging, configparser, fileinput, unittest."""
import tempfile, pathlib, shutil, glob, os, io, argparse, logging, configparser, unittest, sys, textwrap, linecache, stat, zipfile
with tempfile.TemporaryDirectory() as root:
    base = pathlib.Path(root)
    (base / 'a' / 'b').mkdir(parents=True)
    (base / 'a' / 'x.txt').write_text('héllo\nworld\n', encoding='utf-8')
    (base / 'a' / 'b' / 'y.bin').write_bytes(bytes(range(256)))
    print(sorted(str(p.relative_to(base)) for p in base.rglob('*')), [p.name for p in base.glob('a/*.txt')], (base / 'a/x.txt').read_text('utf-8').splitlines(), (base / 'a/b/y.bin').stat().st_size)
    shutil.copytree(base / 'a', base / 'c')
    shutil.move(base / 'c' / 'x.txt', base / 'z.txt')
    print(sorted(os.listdir(root)), sorted(os.path.relpath(p, root) for p in glob.glob(root + '/**', recursive=True)), (base / 'z.txt').exists(), (base / 'none').exists())
    shutil.rmtree(base / 'c')
    os.rename(base / 'z.txt', base / 'w.txt')
    os.symlink('w.txt', base / 'link')
    print(os.path.islink(base / 'link'), os.readlink(base / 'link'), (base / 'link').resolve().name, [(r[len(root):], sorted(d), sorted(f)) for r, d, f in os.walk(root)])
    print(sorted((e.name, e.is_dir(), e.is_file(), e.is_symlink()) for e in os.scandir(root)), oct((base / 'w.txt').stat().st_mode & 0o400), stat.filemode((base / 'a').stat().st_mode)[0])
    with open(base / 'w.txt', 'r+b') as f:
        print(f.readline(), f.tell(), f.seek(0, 2), f.write(b'more'), f.seek(-4, 1), f.read(), f.mode, f.closed)
    with open(base / 't.txt', 'w', newline='\r\n') as f:
        f.write('a\nb\n')
        print(f.encoding.lower(), f.isatty(), f.writable(), f.readable())
    print((base / 't.txt').read_bytes(), open(base / 't.txt').read(), [l for l in open(base / 't.txt', newline='')], linecache.getline(str(base / 't.txt'), 2))
    for bad in (lambda: open(base / 'none'), lambda: (base / 'a').rmdir(), lambda: open(root), lambda: os.mkdir(root), lambda: open(base / 'x', 'q'), lambda: os.stat(base / 'w.txt/x')):
        try:
            bad()
        except Exception as e:
            print(type(e).__name__, str(e).replace(root, 'ROOT'))
    with tempfile.NamedTemporaryFile('w+', dir=root, suffix='.tmp') as f:
        f.write('x')
        f.flush()
        f.seek(0)
        print(f.read(), f.name.endswith('.tmp'), os.path.exists(f.name))
    with tempfile.SpooledTemporaryFile(5) as f:
        f.write(b'0123456789')
        f.seek(3)
        print(f.read(3), f._rolled)
print(os.path.exists(root), os.path.join('a', '/b', 'c'), os.path.split('/a/b.c'), os.path.splitext('x.tar.gz'), os.path.normpath('a/../b//c/.'), os.path.commonpath(['/a/b', '/a/c']), os.path.basename('/a/'), os.path.isabs('a'))
P = pathlib.PurePosixPath
p = P('/a/b/c.tar.gz')
print(p.parts, p.suffixes, p.stem, p.with_suffix('.x'), p.parent, list(p.parents), p.relative_to('/a'), p.match('*.gz'), p / '../d', P('a') < P('b'), repr(p), p.as_uri(), pathlib.PureWindowsPath('c:\\x\\y').drive, p.with_stem('z'), p.is_relative_to('/b'))
s = io.StringIO('line1\nline2\r\nline3')
print(s.readline(), s.read(3), s.tell(), s.readlines(), s.getvalue(), io.BytesIO(b'abc').read(2), io.StringIO(newline=None).newlines)
b = io.BytesIO()
t = io.TextIOWrapper(b, 'utf-16', newline='\n')
t.write('aé')
t.flush()
print(b.getvalue(), b.getbuffer().nbytes, io.BufferedReader(io.BytesIO(b'x' * 10)).peek(3)[:3], io.DEFAULT_BUFFER_SIZE)

ap = argparse.ArgumentParser('prog', description='A test of things.', epilog='The end.')
ap.add_argument('files', nargs='*', help='files to read')
ap.add_argument('-n', '--number', type=int, default=3, metavar='N', help='how many (default: %(default)s)')
ap.add_argument('-v', action='count', default=0)
ap.add_argument('--flag', action=argparse.BooleanOptionalAction)
group = ap.add_mutually_exclusive_group()
group.add_argument('--red', action='store_const', const='r', dest='color')
group.add_argument('--blue', action='store_true')
print(ap.parse_args(['-vv', '-n5', '--no-flag', '--red', 'a', 'b']), ap.parse_known_args(['--zzz', 'q']))
print(ap.format_help())
err = io.StringIO()
for bad in (['-n', 'x'], ['--red', '--blue'], ['--unknown'], ['-n']):
    sys.stderr, old = err, sys.stderr
    try:
        ap.parse_args(bad)
    except SystemExit as e:
        sys.stderr = old
        print(e.code, err.getvalue().splitlines()[-1])
    finally:
        sys.stderr = old
sub = argparse.ArgumentParser('s')
subs = sub.add_subparsers(dest='cmd', required=True)
subs.add_parser('go', help='goes').add_argument('--far', choices=['x', 'y'])
print(sub.parse_args(['go', '--far', 'x']), sub.format_usage())

stream = io.StringIO()
log = logging.getLogger('app.part')
handler = logging.StreamHandler(stream)
handler.setFormatter(logging.Formatter('%(levelname)s:%(name)s:%(funcName)s:%(message)s'))
logging.getLogger('app').addHandler(handler)
log.setLevel(logging.INFO)
log.propagate = True
logging.getLogger('app').propagate = False


def work():
    log.info('value %d %s', 5, 'x')
    log.debug('hidden')
    try:
        1 / 0
    except ZeroDivisionError:
        log.exception('failed')
    log.warning('%(a)s', {'a': 1})
    log.log(35, 'odd')


work()
print(stream.getvalue().replace(__file__, 'FILE'), log.getEffectiveLevel(), log.isEnabledFor(10), log, logging.getLevelName(35))
cp = configparser.ConfigParser()
cp.read_string('[DEFAULT]\nroot = /r\n[a]\npath = %(root)s/x\nnum = 5\nflag = yes\nmulti = one\n  two\n[b]\nkey: v ; c\n')
print(cp.sections(), cp['a']['path'], cp.getint('a', 'num'), cp.getboolean('a', 'flag'), repr(cp['a']['multi']), dict(cp['b']), cp.has_option('b', 'zz'), cp.get('b', 'zz', fallback='fb'))
cp.write(w := io.StringIO())
print(w.getvalue())


class T(unittest.TestCase):
    def setUp(self): self.v = 1
    def test_equal(self): self.assertEqual(self.v, 1)
    def test_fails(self): self.assertEqual({'a': [1, 2]}, {'a': [1, 3]}, 'message')
    def test_error(self): raise KeyError('k')
    @unittest.skip('why not')
    def test_skip(self): ...
    @unittest.expectedFailure
    def test_expected(self): self.fail()
    def test_raises(self):
        with self.assertRaisesRegex(ValueError, 'b.d'):
            raise ValueError('bad')
    def test_sub(self):
        for i in range(3):
            with self.subTest(i=i):
                self.assertNotEqual(i, 1)
    def test_logs(self):
        with self.assertLogs('q', 'INFO') as cm:
            logging.getLogger('q').info('m')
        self.assertEqual(cm.output, ['INFO:q:m'])
    def test_many(self):
        self.assertIn(1, [1]); self.assertIsNone(None); self.assertAlmostEqual(.1 + .2, .3); self.assertCountEqual([1, 2], [2, 1]); self.assertRegex('abc', 'b')


import re
out = io.StringIO()
result = unittest.TextTestRunner(out, verbosity=2).run(unittest.defaultTestLoader.loadTestsFromTestCase(T))
print(re.sub(r'\d+\.\d+s', 'TIME', out.getvalue()).replace(__file__, 'FILE'), result)
