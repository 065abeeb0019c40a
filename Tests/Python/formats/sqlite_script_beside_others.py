# sqlite3: other threads' statements may come between the statements of executescript; none is lost, and they see whole statements.
import sqlite3
import threading

con = sqlite3.connect(':memory:', check_same_thread=False, isolation_level=None)
con.execute('create table t(n)')
work = 'insert into t with recursive r(i) as (select 1 union all select i + 1 from r where i < 300) select max(i) from r;\n'
counts = set()
done = threading.Event()


def run():
    con.executescript(work * 2000)
    done.set()


thread = threading.Thread(target=run)
thread.start()
while not done.is_set():
    counts.add(con.execute('select count(*) from t').fetchone()[0])
thread.join()
print(counts <= set(range(2001)), con.execute('select count(*), min(n), max(n) from t').fetchall())
try:
    con.executescript('insert into t values (1); nonsense; insert into t values (2)')
except sqlite3.OperationalError as e:
    print(e)
print(con.execute('select count(*) from t').fetchall())
