# The library's os, subprocess, select, fcntl and friends on top of the native modules.
import os, sys, subprocess, select, fcntl, tempfile, shutil, stat, resource, pwd, grp, locale, io, time, signal

d = tempfile.mkdtemp()
p = os.path.join(d, 'x.txt')
with open(p, 'w', encoding='utf-8') as f:
    f.write('ä\nb\n')
with open(p, encoding='utf-8') as f:
    print(f.read().split(), f.name == p, f.mode)
os.makedirs(os.path.join(d, 'a', 'b'))
print(sorted(os.listdir(d)), [(os.path.relpath(r, d), dd, ff) for r, dd, ff in sorted(os.walk(d))])
shutil.copy(p, os.path.join(d, 'y'))
print(stat.filemode(os.stat(d).st_mode), stat.S_ISDIR(os.stat(d).st_mode), os.path.getsize(p))
os.environ['LADON_X'] = 'value'
print(os.getenv('LADON_X'), os.popen('echo $LADON_X').read())
shutil.rmtree(d)
print(os.path.exists(d))

print(subprocess.run(['echo', 'hi'], capture_output=True).stdout, subprocess.run('exit 3', shell=True).returncode)
r = subprocess.run(['cat'], input='text\n', text=True, capture_output=True)
print(r.stdout, r.returncode)
try:
    subprocess.run(['/missing'])
except FileNotFoundError as e:
    print(e)
try:
    subprocess.run(['ls'], cwd='/missing')
except FileNotFoundError as e:
    print(e)
try:
    subprocess.run(['sleep', '5'], timeout=0.1)
except subprocess.TimeoutExpired as e:
    print(type(e).__name__)
print(subprocess.check_output(['sh', '-c', 'echo $A'], env={'A': 'env'}), subprocess.run(['sh', '-c', 'kill -9 $$']).returncode)
print(subprocess.run(['echo', 'pre'], preexec_fn=lambda: os.write(1, b'')).returncode)
proc = subprocess.Popen(['cat'], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
print(proc.communicate(b'x' * 100000)[0] == b'x' * 100000, proc.wait())

r, w = os.pipe()
print(select.select([r], [w], [], 0)[1] == [w], select.select([r], [], [], 0.01))
os.write(w, b'x')
print(select.select([r], [], [], 5)[0] == [r])
po = select.poll()
po.register(r, select.POLLIN)
print(po.poll(10) == [(r, select.POLLIN)])
with select.epoll() as ep:
    ep.register(r, select.EPOLLIN)
    print(ep.poll(1) == [(r, select.EPOLLIN)], ep.closed)
    os.read(r, 1)
    t = time.monotonic()
    print(ep.poll(0.05), time.monotonic() - t >= 0.045)
print(ep.closed)
for bad in [lambda: select.select([-1], [], []), lambda: select.select([r], [], [], -1), lambda: select.select(5, [], []), lambda: select.select([object()], [], []), lambda: ep.poll(), lambda: po.modify(999, 1), lambda: po.unregister(999)]:
    try:
        print(bad())
    except Exception as e:
        print(type(e).__name__, e)
print(fcntl.fcntl(r, fcntl.F_GETFD), fcntl.fcntl(r, fcntl.F_SETFD, 0), fcntl.fcntl(r, fcntl.F_GETFL) & os.O_NONBLOCK)
with tempfile.TemporaryFile() as f:
    print(fcntl.flock(f, fcntl.LOCK_EX), fcntl.lockf(f, fcntl.LOCK_EX | fcntl.LOCK_NB), fcntl.lockf(f, fcntl.LOCK_UN))
print(resource.getrlimit(resource.RLIMIT_NOFILE)[0] > 0, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss > 0, resource.getpagesize())
print(pwd.getpwuid(0).pw_name, pwd.getpwnam('root').pw_uid, grp.getgrgid(0).gr_name, len(pwd.getpwall()) > 1)
for bad in [lambda: pwd.getpwnam('nobody-like-this'), lambda: pwd.getpwuid(123456), lambda: grp.getgrnam('nogrouplikethis'), lambda: pwd.getpwuid('x')]:
    try:
        print(bad())
    except Exception as e:
        print(type(e).__name__, e)
print(locale.setlocale(locale.LC_ALL, 'C'), locale.localeconv()['decimal_point'], locale.strcoll('a', 'b') < 0, locale.strxfrm('abc') == 'abc', locale.nl_langinfo(locale.RADIXCHAR))
try:
    locale.setlocale(locale.LC_ALL, 'xx_YY')
except locale.Error as e:
    print(e)

# Signals interrupt waits, which then go on.
seen = []
signal.signal(signal.SIGALRM, lambda *a: seen.append(1))
signal.setitimer(signal.ITIMER_REAL, 0.05)
t = time.monotonic()
print(select.select([r], [], [], 0.2), seen, time.monotonic() - t >= 0.19)
signal.setitimer(signal.ITIMER_REAL, 0.05)
pid = os.fork()
if pid == 0:
    time.sleep(0.2)
    os.write(w, b'late')
    os._exit(0)
print(os.read(r, 10), len(seen), os.waitpid(pid, 0)[1])

# io.py's classes
print(isinstance(sys.stdout, io.TextIOBase), issubclass(io.FileIO, io.RawIOBase), isinstance(io.BytesIO(), io.BufferedIOBase))


class Upper(io.RawIOBase):
    def __init__(self):
        self.out = b''

    def writable(self):
        return True

    def write(self, b):
        self.out += bytes(b).upper()
        return len(b)


u = Upper()
with io.TextIOWrapper(io.BufferedWriter(u), 'utf-8') as t:
    print('text through layers', file=t)
    t.flush()
    print(u.out)
print(u.closed, t.closed)
print(os.get_terminal_size.__name__, os.cpu_count() > 0, os.fspath('x'), os.fsencode('ä'), ascii(os.fsdecode(b'\xff')))
