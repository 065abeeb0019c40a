# A dict that grows and shrinks while others write it as JSON: every text is valid, no key comes twice.
import json
import threading

shared = {f'k{i}': i for i in range(50)}
stop = False


def change():
    i = 0
    while not stop:
        i += 1
        shared[f'n{i % 300}'] = i
        shared.pop(f'n{(i * 7) % 300}', None)


def pairs(items):
    keys = [k for k, _ in items]
    assert len(keys) == len(set(keys)), keys
    return dict(items)


def write():
    for _ in range(300):
        back = json.loads(json.dumps(shared), object_pairs_hook=pairs)
        assert all(back[f'k{i}'] == i for i in range(50))


changer = threading.Thread(target=change)
writers = [threading.Thread(target=write) for _ in range(3)]
changer.start()
for t in writers:
    t.start()
for t in writers:
    t.join()
stop = True
changer.join()
print('done')
