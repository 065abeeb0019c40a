# ladon: peer=no timeout=120
# Interpreters are made, used and closed by eight threads at once while others run code that makes classes, raises,
# imports and collects.
import gc
import sys
import threading
from concurrent import interpreters

ROUNDS = 2
source = '''
    import collections, json, re, threading
    class Node:
        def __init__(self, n):
            self.n = n
            self.next = None
        def __del__(self):
            counts['gone'] += 1
    counts = collections.Counter()
    def chain(n):
        first = None
        for k in range(n):
            node = Node(k)
            node.next, first = first, node
        return first
    for k in range(5):
        chain(50)
        kind = type(f'Kind{k}', (Node,), {'m': lambda self: self.n})
        assert kind(3).m() == 3
        try:
            raise KeyError(k)
        except KeyError as e:
            assert e.args == (k,)
        assert json.loads(json.dumps({'k': [k, None, 1.5]})) == {'k': [k, None, 1.5]}
        assert re.sub('[0-9]+', '#', 'a12b3') == 'a#b#'
    ts = [threading.Thread(target=chain, args=(100,)) for _ in range(2)]
    for t in ts: t.start()
    for t in ts: t.join()
    total = sum(n.n for n in [chain(3)])
'''


def job(results, k):
    for _ in range(ROUNDS):
        i = interpreters.create()
        i.exec(source)
        assert i.call(lambda a: a * 2, k) == 2 * k
        i.exec('import gc; gc.collect(); assert total == 2')
        i.close()
    results.append(k)


def noise(stop):
    n = 0
    while not stop.is_set():
        class Local(dict):
            def __init__(self, n):
                super().__init__(n=n)
        assert Local(n)['n'] == n
        n += 1
        if n % 200 == 0:
            gc.collect()


if __name__ == '__main__':
    results, stop = [], threading.Event()
    others = [threading.Thread(target=noise, args=(stop,)) for _ in range(2)]
    threads = [threading.Thread(target=job, args=(results, k)) for k in range(8)]
    for t in others + threads:
        t.start()
    for t in threads:
        t.join()
    stop.set()
    for t in others:
        t.join()
    assert sorted(results) == list(range(8)), results
    assert len(interpreters.list_all()) == 1
    print('ok')
