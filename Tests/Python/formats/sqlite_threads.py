# sqlite3: one connection used by several threads (without callbacks: with them CPython's threads can wait for each other for
# ever), connections of their own with callbacks, and an interrupt.
import sqlite3
import threading

con = sqlite3.connect(':memory:', check_same_thread=False, isolation_level=None)
con.execute('create table t(thread, n)')
problems = []


def work(number):
    try:
        for n in range(150):
            con.execute(f'insert into t values ({number}, ?)', (n,))
            rows = con.execute(f'select n * 2 from t where thread = {number} order by n').fetchall()
            assert rows == [(2 * i,) for i in range(n + 1)], rows
            if n % 10 == 0:
                assert con.execute(f'select sum(n) from t where thread = {number}').fetchone()[0] == n * (n + 1) // 2
                con.executemany(f'insert into t values (-1, ? + {number} * 0)', ((i,) for i in range(5)))
    except BaseException as e:
        problems.append(repr(e))


threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
for x in threads:
    x.start()
for x in threads:
    x.join()
print(problems)
print(con.execute('select thread, count(*) from t group by thread order by thread').fetchall())

# A query in one thread and callbacks of other connections: nobody waits for anybody for ever.
results = []


def own(number):
    c = sqlite3.connect(':memory:')
    c.create_function('f', 1, lambda n: [n][0] + number)
    c.set_progress_handler(lambda: 0, 100)
    results.append((number, c.execute('with recursive r(i) as (select 1 union all select i + 1 from r where i < 2000) select sum(f(i)) from r').fetchone()[0]))
    c.close()


threads = [threading.Thread(target=own, args=(i,)) for i in range(4)]
for x in threads:
    x.start()
for x in threads:
    x.join()
print(sorted(results))

# Another thread's interrupt ends a query.
started = threading.Event()
con.create_function('go', 0, lambda: started.set())


def stop():
    started.wait()
    while not done.is_set():
        con.interrupt()
        done.wait(0.01)


done = threading.Event()
x = threading.Thread(target=stop)
x.start()
try:
    con.execute('with recursive r(i) as (select go() union all select 1 from r) select count(*) from r').fetchone()
except sqlite3.OperationalError as e:
    print(e)
done.set()
x.join()

# The wrong thread.
c = sqlite3.connect(':memory:')


def wrong():
    try:
        c.execute('select 1')
    except sqlite3.ProgrammingError as e:
        print(str(e).split('.')[0])


x = threading.Thread(target=wrong)
x.start()
x.join()
