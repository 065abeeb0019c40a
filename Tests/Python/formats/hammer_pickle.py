# Several threads pickle what others change, and share picklers: no crash, and what is whole comes back whole.
import io
import pickle
import threading


class Node:
    def __init__(self, n):
        self.n = n
        self.next = None


shared_list = list(range(500))
shared_dict = {i: str(i) for i in range(200)}
node = Node(0)
stop = False


def change():
    i = 0
    while not stop:
        i += 1
        shared_list.append(i)
        del shared_list[:1]
        shared_dict[1000 + i % 100] = 'x'
        shared_dict.pop(1000 + (i * 7) % 100, None)
        node.n = i
        setattr(node, f'a{i % 20}', i)


def write():
    for _ in range(200):
        for v in (shared_list, shared_dict, node):
            try:
                back = pickle.loads(pickle.dumps(v))
            except RuntimeError as e:
                assert 'changed size' in str(e), e
                continue
            if v is shared_dict:
                assert all(back[i] == str(i) for i in range(200))
            elif v is node:
                assert isinstance(back, Node) and back.next is None


def same_pickler(p, n):
    for i in range(200):
        try:
            p.dump([i] * n)
        except Exception:
            pass


f = io.BytesIO()
pickler = pickle.Pickler(f)
threads = [threading.Thread(target=write) for _ in range(3)] + [threading.Thread(target=same_pickler, args=(pickler, n)) for n in (5, 50)]
changer = threading.Thread(target=change)
changer.start()
for t in threads:
    t.start()
for t in threads:
    t.join()
stop = True
changer.join()
print('done')
