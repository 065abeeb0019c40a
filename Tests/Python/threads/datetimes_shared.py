"""Threads that hash, compare and convert the same datetimes agree."""

import threading
from datetime import datetime, timedelta, timezone, tzinfo


class Summer(tzinfo):
    def utcoffset(self, moment):
        return timedelta(hours=1) + self.dst(moment)

    def dst(self, moment):
        return timedelta(hours=1 if moment is not None and 3 < moment.month < 10 else 0)

    def tzname(self, moment):
        return 'summer' if self.dst(moment) else 'winter'


begin = datetime(2024, 1, 1, tzinfo=Summer())
moments = [begin + timedelta(hours=37 * i) for i in range(300)]
barrier = threading.Barrier(4)
results = [None] * 4


def work(number):
    barrier.wait()
    seen = {}
    for i, moment in enumerate(moments):
        seen[moment] = i
        seen[moment.astimezone(timezone.utc)] = i
    results[number] = (len(seen), [hash(m) for m in moments], [m.isoformat() for m in moments], [m.strftime('%Z %H') for m in moments])


threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(all(result == results[0] for result in results), results[0][0], results[0][2][100:103], results[0][3][100:103])
