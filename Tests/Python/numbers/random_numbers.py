# _random and random: the same sequences as everywhere.
import _random, random

def attempt(f, *args, **kwargs):
    try:
        return repr(f(*args, **kwargs))
    except Exception as e:
        return type(e).__name__ + ": " + str(e)

for seed in (0, 1, -1, 5, 2**31, 2**32, 2**32 + 1, 2**64, 10**50, -10**50, True, 1.5, -2.25, (1, 2), 1+2j):
    r = _random.Random(seed)
    print(seed, r.random(), r.getrandbits(1), r.getrandbits(31), r.getrandbits(32), r.getrandbits(33), r.getrandbits(64), r.getrandbits(100), r.getrandbits(1000) % 10**9, r.random())
r = _random.Random(42)
total = 0
for _ in range(5000):
    total = (total * 31 + r.getrandbits(32)) % (2**61 - 1)
print(total, sum(r.random() for _ in range(2000)))
state = r.getstate()
a = [r.random() for _ in range(5)]
print(len(state), state[:3], state[-2:], type(state))
r.setstate(state)
print(a == [r.random() for _ in range(5)], r.getrandbits(0), attempt(r.getrandbits, -1), attempt(r.getrandbits, "a"), attempt(r.getrandbits, 2**40), attempt(r.getrandbits), attempt(r.getrandbits, 1.5))
print(attempt(r.setstate, 1), attempt(r.setstate, (1,)), attempt(r.setstate, state[:-1] + (625,)), attempt(r.setstate, state[:-1] + (-1,)), attempt(r.setstate, ("a",) * 625), attempt(r.setstate, (2**70,) * 625), attempt(r.setstate, state[:-1] + (624,)), attempt(r.setstate, list(state)))
print(attempt(_random.Random, 1, 2), attempt(lambda: _random.Random(x=1)), attempt(_random.Random, []), attempt(r.seed, 1, 2), r.seed(7), r.random(), r.seed(), 0 <= r.random() < 1)
x, y = _random.Random(), _random.Random()
print(x.getrandbits(200) != y.getrandbits(200))
class R(_random.Random):
    def __init__(self, a, b=0):
        self.b = b
q = R(1, b=5)
q.seed(3)
print(q.b, q.random())

g = random.Random(2023)
print(g.random(), g.randint(1, 100), g.randrange(10**30), g.uniform(2, 5), g.choice("abcdef"), g.choices(range(10), k=5), g.sample(range(1000), 6), g.gauss(0, 1), g.normalvariate(0, 1), g.triangular(), g.betavariate(2, 3), g.expovariate(1.5), g.gammavariate(2, 3), g.lognormvariate(0, 1), g.vonmisesvariate(0, 4), g.paretovariate(3), g.weibullvariate(1, 2), g.randbytes(8))
items = list(range(20))
g.shuffle(items)
print(items, g.choices("abc", weights=[1, 2, 3], k=10))
for seed in ("hello", b"hello", bytearray(b"x"), 3, 2.5, None):
    g = random.Random(seed)
    print(seed, g.random() if seed is not None else "")
random.seed(99)
print(random.random(), random.getrandbits(70), random.randrange(5, 50, 5))
