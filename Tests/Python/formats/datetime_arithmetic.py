"""Arithmetic and comparison of dates, times and durations, to the microsecond and at the ends of the calendar."""

import operator
import random
from datetime import date, datetime, time, timedelta, timezone

generator = random.Random(311)
FUNCTIONS = [operator.add, operator.sub, operator.mul, operator.truediv, operator.floordiv, operator.mod, divmod, operator.lt, operator.eq, operator.ge]
NUMBERS = [0, 1, -1, 3, 0.5, 1.5, -2.5, 10**9, 1e-7, 3.3e-7, 1e9, 10**20, 1e300, float('nan'), float('inf'), True, 2**63, -2**64, 'x', None]
ZONES = [None, timezone.utc, timezone(timedelta(hours=5, minutes=30)), timezone(timedelta(seconds=-4567, microseconds=3)), timezone(timedelta(hours=-3), 'x%Zy')]
UNITS = ['days', 'seconds', 'microseconds', 'milliseconds', 'minutes', 'hours', 'weeks']


def outcome(f, *arguments, **names):
    try:
        return repr(f(*arguments, **names))
    except Exception as error:
        return f'{type(error).__name__}: {error}'


def duration():
    return timedelta(generator.choice((0, 1, -1, generator.randrange(-10**9, 10**9))), generator.choice((0, generator.randrange(86400))),
                     generator.choice((0, 1, generator.randrange(10**6))))


def moment():
    return datetime(generator.choice((1, 1969, 1970, 2024, 9999, generator.randrange(1, 10000))), generator.randrange(1, 13), generator.randrange(1, 29),
                    generator.randrange(24), generator.choice((0, generator.randrange(60))), generator.choice((0, generator.randrange(60))),
                    generator.choice((0, 5, generator.randrange(10**6))), generator.choice(ZONES), fold=generator.randrange(2))


for i in range(1000):
    names = {name: generator.choice(NUMBERS) for name in generator.sample(UNITS, generator.randrange(1, 4))}
    print(names, outcome(timedelta, **names), outcome(lambda: str(timedelta(**names))), outcome(lambda: timedelta(**names).total_seconds()))
for i in range(1500):
    a, b = duration(), generator.choice((duration(), generator.choice(NUMBERS), timedelta(0)))
    f = generator.choice(FUNCTIONS)
    print(f.__name__, repr(a), repr(b), outcome(f, a, b), outcome(f, b, a), -a, abs(a), bool(a))
for i in range(1500):
    a = moment()
    b = generator.choice((moment(), duration(), a.date(), a.time(), 3, a.replace(tzinfo=generator.choice(ZONES))))
    f = generator.choice(FUNCTIONS)
    print(f.__name__, repr(a), repr(b), outcome(f, a, b), outcome(f, b, a))
    print(a, a.isocalendar(), a.weekday(), a.toordinal(), a.timetuple(), outcome(a.utctimetuple), outcome(a.astimezone, generator.choice(ZONES[1:])) if a.tzinfo else '')
    print(a.__reduce_ex__(4), a.timetz().__reduce__(), outcome(a.replace, day=generator.randrange(33)), a.strftime('%Y-%j %f%z %Z %%'), a.timetz())
    c = datetime.combine(a, a.timetz())
    print(c == a, hash(c) == hash(a), a.date() == date.fromordinal(a.toordinal()))
for year, week, day in (2020, 53, 7), (2021, 53, 1), (1, 1, 1), (9999, 52, 7), (0, 1, 1), (2020, 0, 1), (2020, 1, 8), (2**40, 1, 1):
    print(outcome(date.fromisocalendar, year, week, day))
print(outcome(lambda: date.max + timedelta(1)), outcome(lambda: datetime.min - timedelta.resolution), outcome(lambda: timedelta.max + timedelta.resolution))
