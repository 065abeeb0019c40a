"""random: seeded sequences are CPython's, through every distribution."""
import random
for seed in (0, 1, -5, 'text', b'bytes', bytearray(b'x'), 1.5, 2 ** 200, None.__class__.__name__):
    r = random.Random(seed)
    print([r.random() for _ in range(2)], r.randrange(1000), r.randint(-5, 5), r.getrandbits(100), r.choice('abcdef'), r.uniform(1, 2))
random.seed(42)
x = list(range(20))
random.shuffle(x)
print(x, random.sample(range(1000), 10), random.choices('abc', [1, 2, 3], k=10), random.choices(range(5), k=3))
for f in (lambda: random.gauss(0, 1), lambda: random.normalvariate(0, 1), lambda: random.expovariate(2), lambda: random.betavariate(1, 2),
          lambda: random.gammavariate(2, 3), lambda: random.gammavariate(0.5, 1), lambda: random.triangular(0, 1, 0.3), lambda: random.lognormvariate(0, 1),
          lambda: random.vonmisesvariate(0, 4), lambda: random.paretovariate(3), lambda: random.weibullvariate(1, 2), lambda: random.randbytes(5),
          lambda: random.sample('abc', 2, counts=[3, 2, 1]), lambda: random.randrange(10, 100, 7)):
    print(f(), f())
state = random.getstate()
a = random.random()
random.setstate(state)
print(a == random.random(), state[0], len(state[1]))
import pickle
r = random.Random(3)
r2 = pickle.loads(pickle.dumps(r))
print(r.random() == r2.random())
for call in (lambda: random.randrange(0), lambda: random.choice([]), lambda: random.sample([1], 2), lambda: random.Random([]), lambda: random.randrange(1.5)):
    try:
        print(call())
    except Exception as e:
        print(type(e).__name__, e)
s = random.SystemRandom()
print(0 <= s.random() < 1, len(s.randbytes(4)))


class Mine(random.Random):
    def random(self):
        return 0.25


print(Mine().randrange(100), Mine().choice('abcd'), Mine().uniform(0, 8))
