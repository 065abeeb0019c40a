# ladon: peer=no
# Queues between interpreters.
import gc
import queue
import threading
import time
from concurrent import interpreters
from concurrent.interpreters import Queue, QueueEmpty, QueueFull, create_queue


def raises(kind, f, *args, **kwargs):
    try:
        f(*args, **kwargs)
    except kind as e:
        return e
    raise AssertionError(f'{kind} not raised')


def basics():
    q = create_queue(2)
    assert q.empty() and not q.full() and q.maxsize == 2 and q.qsize() == 0 and repr(q) == f'Queue({q.id})' and Queue(q.id) is q
    q.put([1, {'a': (2, None)}])
    q.put_nowait('two')
    assert q.full() and q.qsize() == 2
    raises(QueueFull, q.put_nowait, 3)
    raises(queue.Full, q.put, 3, timeout=0.01)
    assert q.get() == [1, {'a': (2, None)}] and q.get(timeout=1) == 'two'
    raises(QueueEmpty, q.get_nowait)
    begin = time.monotonic()
    raises(queue.Empty, q.get, timeout=0.05)
    assert 0.04 < time.monotonic() - begin < 5
    raises(ValueError, q.get, timeout=-1)
    raises(interpreters.NotShareableError, q.put, threading.Lock())
    raises(interpreters.QueueNotFoundError, Queue, 10 ** 6)
    raises(TypeError, Queue, 'x')
    unlimited = create_queue()
    for k in range(1000):
        unlimited.put(k)
    assert [unlimited.get() for _ in range(1000)] == list(range(1000)) and not unlimited.full()
    n = unlimited.id
    del unlimited
    gc.collect()
    gc.collect()
    raises(interpreters.QueueNotFoundError, Queue, n)


def between():
    i = interpreters.create()
    requests, answers = create_queue(), create_queue(3)
    i.prepare_main(requests=requests, answers=answers)
    source = '''
        while True:
            n = requests.get()
            if n is None:
                break
            answers.put((n, n * n))
    '''
    t = threading.Thread(target=i.exec, args=(source,))
    t.start()
    for n in range(200):
        requests.put(n)
        if n >= 3:
            assert answers.get() == (n - 3, (n - 3) ** 2)
    requests.put(None)
    for n in range(197, 200):
        assert answers.get(timeout=60) == (n, n * n)
    t.join()
    # Queues and interpreters cross themselves.
    requests.put(answers)
    requests.put(interpreters.get_main())
    i.exec('''
        q, main = requests.get(), requests.get()
        assert q is answers, (q, answers)
        assert main.id == 0
        q.put('done')
    ''')
    assert answers.get() == 'done'
    i.close()


def unbound():
    q = create_queue()
    raises(NotImplementedError, create_queue, unbounditems='x')
    i = interpreters.create()
    i.prepare_main(q=q)
    i.exec('''
        from concurrent import interpreters
        q.put(1)
        q.put(2, unbounditems=interpreters.UNBOUND_REMOVE)
        q.put(3, unbounditems=interpreters.UNBOUND_ERROR)
    ''')
    q.put('mine')
    assert q.get() == 1
    i.exec('q.put(4)')
    i.close()
    assert q.qsize() == 3
    raises(interpreters.ItemInterpreterDestroyed, q.get)
    assert q.get() == 'mine' and q.get() is interpreters.UNBOUND
    assert repr(interpreters.UNBOUND) == 'concurrent.interpreters.UNBOUND' and q.empty()


def many():
    # Several interpreters take from one queue and put into another.
    work, results = create_queue(), create_queue()
    source = '''
        n = 0
        while (item := work.get()) is not None:
            n += 1
            results.put(item + 1)
    '''
    made = [interpreters.create() for _ in range(4)]
    threads = []
    for i in made:
        i.prepare_main(work=work, results=results)
        threads.append(threading.Thread(target=i.exec, args=(source,)))
        threads[-1].start()
    for n in range(400):
        work.put(n)
    for _ in made:
        work.put(None)
    assert sorted(results.get(timeout=60) for _ in range(400)) == list(range(1, 401))
    for t in threads:
        t.join()
    for i in made:
        i.close()


if __name__ == '__main__':
    for test in (basics, between, unbound, many):
        test()
        print(test.__name__, 'ok')
