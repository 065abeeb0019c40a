# sqlite3: signals that come while the main thread waits for a connection that another thread uses.
import signal
import sqlite3
import threading
import time

con = sqlite3.connect(':memory:', check_same_thread=False, isolation_level=None)
con.execute('create table t(n)')
slow = 'with recursive r(i) as (select 1 union all select i + 1 from r where i < {}) select count(*) from r'
handled = []


def while_busy(handler, use):
    handled.clear()
    signal.signal(signal.SIGALRM, handler)
    thread = threading.Thread(target=lambda: con.execute(slow.format(3_000_000)).fetchone())
    thread.start()
    time.sleep(0.05)
    signal.setitimer(signal.ITIMER_REAL, 0.05)
    try:
        print(use())
    except ZeroDivisionError as e:
        print('raised', e)
    thread.join()
    signal.setitimer(signal.ITIMER_REAL, 0)
    print(len(handled))


def note(number, frame):
    handled.append(number)


def fail(number, frame):
    handled.append(number)
    1 / 0


while_busy(note, lambda: con.execute('select 1').fetchall())
while_busy(fail, lambda: [con.execute('select 2').fetchall() for i in range(1000)][:0] or time.sleep(5))
print(con.execute('select 3').fetchall())
