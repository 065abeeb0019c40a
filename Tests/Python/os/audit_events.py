# sys.addaudithook and the events that the runtime raises, with their arguments.
import array
import fcntl
import gc
import io
import marshal
import mmap
import os
import pickle
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import threading

seen = []
wanted = ()


def hook(event, arguments):
    if event.startswith(wanted) and wanted:
        seen.append((event, arguments))


sys.addaudithook(hook)
folder = tempfile.mkdtemp()


def clean(v):
    if isinstance(v, str):
        return v.replace(folder, 'FOLDER')
    if isinstance(v, bytes):
        return v.replace(folder.encode(), b'FOLDER')
    if isinstance(v, tuple):
        return tuple(map(clean, v))
    if isinstance(v, (int, type(None), float)):
        return v
    return type(v).__name__


def show(title, events, function, *arguments):
    global wanted
    wanted = tuple(events.split())
    try:
        result = function(*arguments)
    except Exception as e:
        result = type(e).__name__
    wanted = ()
    print(title)
    for event, given in seen:
        print('   ', event, clean(given))
    seen.clear()
    return result


def path(name):
    return os.path.join(folder, name)


show('audit', 'my.', sys.audit, 'my.event', 1, 'a', None)
show('open', 'open', lambda: open(path('a'), 'w').close())
for mode in 'r', 'rb', 'r+', 'a', 'a+', 'w+b', 'x', 'xb+':
    show('open ' + mode, 'open', lambda: [i for i, m in [(len(mode), open(path('a'), mode).close())]])
show('open missing', 'open', open, path('missing'))
fd = show('os.open', 'open', os.open, path('a'), os.O_RDONLY)
show('open fd', 'open', lambda: open(fd, closefd=False).close())
show('FileIO', 'open', lambda: io.FileIO(fd, 'r', closefd=False).close())
show('open_code', 'open', lambda: io.open_code(path('a')).close())
os.close(fd)

code = compile('x = 1', 'f', 'exec')
show('compile', 'compile exec', compile, '1+1', 'file', 'eval')
show('exec code', 'compile exec', exec, code, {})
show('eval', 'compile exec', eval, '1')
show('exec', 'compile exec', exec, 'y = 2', {})
show('import', 'import', lambda: __import__('does_not_exist'))

show('os', 'os.', os.listdir, folder)
show('scandir', 'os.', lambda: os.scandir(folder).close())
show('mkdir', 'os.', os.mkdir, path('d'))
show('chmod', 'os.', os.chmod, path('d'), 0o755)
show('rename', 'os.', os.rename, path('d'), path('e'))
show('replace', 'os.', os.replace, path('e'), path('d'))
show('rmdir', 'os.', os.rmdir, path('d'))
show('link', 'os.', os.link, path('a'), path('b'))
show('symlink', 'os.', os.symlink, path('a'), path('c'))
show('remove', 'os.', os.remove, path('b'))
show('unlink', 'os.', os.unlink, path('c'))
show('truncate', 'os.', os.truncate, path('a'), 3)
show('utime', 'os.', os.utime, path('a'), (1, 1))
show('utime ns', 'os.', lambda: os.utime(path('a'), ns=(1, 1)))
show('chown', 'os.', os.chown, path('a'), -1, -1)
show('putenv', 'os.', os.putenv, 'AUDITED', '1')
show('unsetenv', 'os.', os.unsetenv, 'AUDITED')
show('environ', 'os.', os.environ.__setitem__, 'AUDITED', '1')
show('system', 'os.', os.system, 'true')
show('kill', 'os.', os.kill, 2 ** 22, 0)
here = os.getcwd()
show('chdir', 'os.', os.chdir, folder)
os.chdir(here)
show('Popen', 'subprocess', lambda: subprocess.run(['true'], cwd=folder))

with open(path('a')) as f:
    show('flock', 'fcntl', fcntl.flock, f.fileno(), fcntl.LOCK_SH)
    show('fcntl', 'fcntl', lambda: fcntl.fcntl(f.fileno(), fcntl.F_GETFD, 0) and None)
    show('fchmod', 'os.', lambda: os.fchmod(f.fileno(), 0o600) if f.fileno() == f.fileno() else 0)
show('rlimit', 'resource', resource.setrlimit, resource.RLIMIT_CORE, resource.getrlimit(resource.RLIMIT_CORE))
show('marshal', 'marshal', marshal.loads, marshal.dumps(None))
show('marshal dumps', 'marshal', marshal.dumps, (1, 2))
show('pickle', 'pickle', pickle.loads, pickle.dumps(os.getcwd))
show('array', 'array', array.array, 'b', b'12')
show('mmap', 'mmap', mmap.mmap, -1, 8)
show('gc', 'gc.', lambda: (gc.get_objects(generation=0), gc.get_referrers(code), gc.get_referents(code)) and None)
show('frame', 'sys.', sys._getframe)
show('frames', 'sys.', lambda: sys._current_frames() and None)
show('trace', 'sys.', lambda: (sys.settrace(None), sys.setprofile(None)))
show('asyncgen', 'sys.', lambda: sys.set_asyncgen_hooks(firstiter=None))
wanted = ('signal', 'builtins.id')
signal.pthread_kill(threading.get_ident(), 0)
n = id('x')
wanted = ()
print(seen[0][0], seen[0][1] == (threading.get_ident(), 0), seen[1] == ('builtins.id', (n,)))
seen.clear()


def sockets():
    s = socket.socket()
    s.bind(('127.0.0.1', 0))
    s.listen()
    c = socket.socket()
    c.connect(s.getsockname())
    c.close()
    s.close()
    a, b = socket.socketpair(type=socket.SOCK_DGRAM)
    a.sendmsg([b'x'])
    a.close(), b.close()
    socket.gethostname()
    socket.getaddrinfo('127.0.0.1', 80)
    socket.gethostbyname('127.0.0.1')
    socket.getservbyname('http', 'tcp')
    socket.getservbyport(80, 'tcp')


show('sockets', 'socket.gethost socket.getadd socket.getserv socket.sendmsg', sockets)
wanted = ('socket.',)
sockets()
wanted = ()
print([e for e, a in seen])
seen.clear()


class A:
    pass


class B:
    pass


def attributes():
    a = A()
    A.__name__ = 'C'
    A.__qualname__ = 'D'
    A.__module__ = 'e'
    A.__doc__ = 'f'
    a.__class__ = B
    A.attribute = 1
    f = lambda x=1: x
    f.__code__ = (lambda y: y).__code__
    f.__defaults__ = (1,)
    f.__kwdefaults__ = {}
    f.__defaults__, f.__kwdefaults__
    del f.__defaults__
    type(f)(code, {})
    (i for i in ()).gi_code
    sys._getframe().f_code
    try:
        raise ValueError
    except ValueError as e:
        e.__traceback__.tb_frame
        e.__traceback__.tb_lineno


wanted = ('object.', 'function.')
attributes()
wanted = ()
for event, given in seen:
    print(event, clean(given))
seen.clear()


# Hooks that raise.
def refusing(event, arguments):
    if event == 'os.mkdir':
        raise PermissionError('no ' + event)
    if event == 'sys.addaudithook' and refuse:
        raise refuse
    if event == 'builtins.id' and forbidden:
        raise KeyError


refuse = None
forbidden = True
sys.addaudithook(refusing)
for function, argument in (os.mkdir, path('x')), (id, 'forbidden'):
    try:
        function(argument)
    except Exception as e:
        print(type(e).__name__, e)
forbidden = False
print(os.path.exists(path('x')))
refuse = ValueError('ignored')
sys.addaudithook(print)
refuse = KeyboardInterrupt('not ignored')
try:
    sys.addaudithook(print)
except KeyboardInterrupt as e:
    print('raised', e)
refuse = None
for arguments in (1,), ('a', 2):
    try:
        print(sys.audit(*arguments))
    except TypeError as e:
        print(e)

# What a program's end shows.
os.remove(path('a'))
os.rmdir(folder)
