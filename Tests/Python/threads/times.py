# The module time.
import os
import time


def show(f, *args, **kwargs):
    try:
        print(f(*args, **kwargs))
    except BaseException as e:
        print(type(e).__name__, e)


for args in (-1,), ('a',), (float('nan'),), (1e30,), (10**30,), (), (0,), (1e-9,), (True and 0,):
    show(time.sleep, *args)
for args in ('a',), (1e30,), (float('nan'),), (float('inf'),), (0,), (-1.5,), (2**60,), (1e9,), (10**9, 1):
    show(time.gmtime, *args)
    show(time.ctime, *args)
T = (2000, 2, 29, 23, 59, 59, 1, 60, 0)
show(time.strftime, 1)
show(time.strftime, '%Y', (1, 2))
show(time.strftime, '%Y', 1)
show(time.strftime, '%Y-%m-%d %H:%M:%S %j %a %A %b %B %p %U %W %w %y %% %I', T)
show(time.strftime, '')
show(time.strftime, 'é%Y', T)
show(time.strftime, '\0%Y', T)
show(time.strftime, '%Y', (12345, 1, 1, 0, 0, 0, 0, 1, 0))
show(time.strftime, 'x' * 2000 + '%d', T)
show(time.mktime, T[:8])
show(time.mktime, 1)
show(time.mktime, (2000, 1, 1, 0, 0, 0, 0, 1, 10**12))
show(time.mktime, (10**10,) + T[1:])
show(time.mktime, (-2**31,) + T[1:])
show(time.mktime, ('x',) + T[1:])
for i, bad in enumerate((0, 13, 40, 25, 61, 62, -2, 1000, 5)):
    t = list(T)
    t[i] = bad
    show(time.asctime, tuple(t))
show(time.asctime, T)
show(time.asctime, (2000, 0, 0, 0, 0, 0, 0, 0, 0))
show(time.clock_gettime, 99)
show(time.clock_settime, 1, 1)
show(time.clock_getres, 99)
show(time.get_clock_info, 'a')
show(time.get_clock_info, 1)
for name in ('monotonic', 'perf_counter', 'time', 'process_time', 'thread_time'):
    show(time.get_clock_info, name)
    a, b, c = getattr(time, name)(), getattr(time, name + '_ns')(), getattr(time, name)()
    print(type(a).__name__, type(b).__name__, a <= c, abs(b / 1e9 - a) < 1)
s = time.gmtime(86400 * 365)
print(s, s.tm_zone, s.tm_gmtoff, s[0], len(s), s == tuple(s), time.struct_time(tuple(s)) == s)
print(time.struct_time(range(11)).tm_zone, time.struct_time(range(11))[:])
show(time.struct_time, (1, 2))
for zone in ('UTC', 'EST5EDT', 'AAA-10BBB-10:30,M10.1.0,M4.1.0', 'XXX3'):
    os.environ['TZ'] = zone
    time.tzset()
    print(zone, time.timezone, time.altzone, time.tzname, time.daylight, time.mktime(T), time.localtime(1e9), time.strftime('%Z %z', time.localtime(1e9)))
print(time.strptime('2001-02-03 04:05:06', '%Y-%m-%d %H:%M:%S'))
show(time.strptime, 'x', '%Y')
start = time.monotonic()
time.sleep(0.02)
print(time.monotonic() - start >= 0.02)
print(sorted(n for n in dir(time) if n[:2] != '__'))
