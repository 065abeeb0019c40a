# sqlite3: what a connection, its cursors, rows, blobs and callbacks do, and say when they don't.
import sqlite3

con = sqlite3.connect(':memory:', detect_types=3)


def attempt(f, *a, **k):
    try:
        print('->', f(*a, **k))
    except Exception as e:
        print(type(e).__name__, e, getattr(e, 'sqlite_errorcode', None), getattr(e, 'sqlite_errorname', None))


for sql in ('selec 1', 'select 1; select 2', 'select 1\0', 5, 'select ?', 'select 1'):
    attempt(lambda: con.execute(sql).fetchall())
attempt(con.execute, 'select ?', (object(),))
attempt(con.execute, 'select :a', {})
attempt(con.execute, 'select ?', (2**63,))
attempt(con.executemany, 'select 1', [])
con.execute('create table t(a unique, b bool)')
attempt(con.executemany, 'insert into t(a) values(?)', [(1,), (1,)])
print(con.in_transaction, con.total_changes)
con.rollback()
con.executemany('insert into t values(?, ?)', [(i, i % 2 == 0) for i in range(5)])
con.commit()
sqlite3.register_converter('bool', lambda b: bool(int(b)))
print(con.execute('select a, b, a as "x [bool]" from t').fetchall())
print(con.execute('update t set a = a + 10 where a > 2 returning a').fetchall())
con.row_factory = sqlite3.Row
row = con.execute('select a as Name, b from t').fetchone()
print(row['name'], row[1], row.keys(), len(row), tuple(row), row == con.execute('select a as Name, b from t').fetchone())
attempt(lambda: row['x'])
con.row_factory = None

# A cursor that nobody has any more does not keep the table locked.
con.execute('select a from t').fetchone()
con.commit()
con.execute('drop table t')

con.execute('create table blobs(x)')
con.execute('insert into blobs values(zeroblob(6))')
with con.blobopen('blobs', 'x', 1) as blob:
    blob.write(b'abcdef')
    blob[0] = 65
    blob[1:5:2] = b'..'
    blob.seek(1)
    print(blob.read(2), blob.tell(), blob[:], blob[::2], len(blob))
    attempt(blob.write, b'1234')
    attempt(lambda: blob[6])
attempt(blob.read)
copy = sqlite3.connect(':memory:')
con.commit()
con.backup(copy, progress=lambda *a: print(a))
print(list(copy.iterdump()))
copy.deserialize(con.serialize())
print(copy.execute('select x from blobs').fetchall())


class Window:
    def __init__(self):
        self.n = 0

    def step(self, x):
        self.n += x

    def inverse(self, x):
        self.n -= x

    def value(self):
        return self.n

    finalize = value


con.create_window_function('w', 1, Window)
print(con.execute('select w(column1) over (order by column1 rows between 1 preceding and current row) from (values (1), (2), (3), (4))').fetchall())
con.create_function('fails', 0, lambda: 1 / 0)
attempt(con.execute, 'select fails()')
con.create_collation('backwards', lambda a, b: (a < b) - (a > b))
print(con.execute("select * from (values ('a'), ('c'), ('b')) order by 1 collate backwards").fetchall())
con.set_trace_callback(print)
con.execute('select ?', ('traced',))
con.set_trace_callback(None)
con.set_authorizer(lambda *a: sqlite3.SQLITE_DENY)
attempt(con.execute, 'select 1 from blobs')
con.close()
attempt(con.execute, 'select 1')
