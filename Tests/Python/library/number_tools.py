"""statistics, decimal, fractions, datetime, calendar, heapq, bisect, operator, colorsys."""
import statistics as st, decimal, fractions, datetime as dt, calendar, heapq, bisect, operator, colorsys, time
d = [2.75, 1.75, 1.25, 0.25, 0.5, 1.25, 3.5]
print(st.mean(d), st.median(d), st.stdev(d), st.pvariance(d), st.mode('aabbb'), st.multimode('aabb'), st.quantiles(d, n=4), st.fmean(d, range(7)), st.geometric_mean([1, 2, 4]), st.harmonic_mean([40, 60]))
print(st.median_low([1, 3, 5, 7]), st.median_grouped([1, 2, 2, 3]), st.linear_regression([1, 2, 3], [2, 4, 7]), st.correlation([1, 2, 3], [3, 2, 1]), st.covariance([1, 2, 3], [1, 5, 7]))
n = st.NormalDist(10, 2)
print(n.pdf(9), n.cdf(12), n.inv_cdf(0.3), n.overlap(st.NormalDist(11, 3)), n + 5, n.quantiles(3), st.NormalDist.from_samples(d), n.zscore(3))
print(st.mean([fractions.Fraction(1, 3), fractions.Fraction(1, 6)]), st.mean([decimal.Decimal('0.1'), decimal.Decimal('0.2')]))
try:
    st.mean([])
except st.StatisticsError as e:
    print(e)

D = decimal.Decimal
decimal.getcontext().prec = 28
print(D('1.10') + D('2.20'), D(1) / D(7), D('1e1000') * D('1e-5'), D('123.456').quantize(D('0.1')), D(2).sqrt(), D(10).ln(), D(2) ** D('0.5'), D('NaN'), -D('Infinity'), D('-0'))
print(D('1.23E+5'), D(0.1), D((1, (1, 2, 3), -1)), round(D('2.675'), 2), int(D('9.99')), f'{D("1234567.891"):,.2f}', f'{D("0.00001"):e}', D('1.0').normalize(), D('5') // D('3'), D('-5') % D('3'), divmod(D(17), D(5)), D('1.5').as_integer_ratio(), D('3.14').as_tuple())
print(hash(D('1.5')) == hash(1.5), D('1.5') == 1.5, D('0.1') == 0.1, D(3) > 2, max(D(1), D(2)), sorted([D('3'), D('1')]), D('100').exp(decimal.Context(prec=10)), D(5).compare(D(6)), D('1.9').to_integral_value(decimal.ROUND_FLOOR), D('7').fma(2, 3), repr(D('1E-10')))
with decimal.localcontext() as c:
    c.prec = 5
    c.rounding = decimal.ROUND_UP
    print(D(1) / D(3), c.prec, c.rounding, bool(c.flags[decimal.Inexact]))
for f in (lambda: D(1) / D(0), lambda: D('x'), lambda: D('sNaN') + 1, lambda: D(1) + 1.5, lambda: D(-1).sqrt(), lambda: D('1e999999999') ** 2):
    try:
        print(f())
    except Exception as e:
        # The messages are those of the accelerator or of the library's Python.
        print(type(e).__name__)
F = fractions.Fraction
print(F(3, 6), F('1.25'), F(0.5), F('3/4') + 1, F(1, 3) ** 2, F(7, 3) // 1, F(-7, 3) % 2, F(22, 7).limit_denominator(5), float(F(1, 3)), round(F(7, 2)), F(1, 2) == 0.5, F(1, 3) < D('0.4') if False else F(1, 3) < 0.4, repr(F(1, 3)), F(2) ** -2, F(1, 2) + 1j)

t = dt.datetime(2024, 2, 29, 13, 45, 7, 123456, tzinfo=dt.timezone.utc)
print(t, repr(t), t.isoformat(), t.date(), t.timetz(), t.strftime('%Y-%m-%d %H:%M:%S.%f %j %a %B %p %z'), t.timestamp(), t.weekday(), tuple(t.isocalendar()), t.timetuple())
print(t + dt.timedelta(days=366, hours=5), t - dt.datetime(2020, 1, 1, tzinfo=dt.timezone.utc), t.replace(year=2023, day=1), t.astimezone(dt.timezone(dt.timedelta(hours=-5, minutes=-30), 'X')))
print(dt.datetime.fromisoformat('2024-05-06T07:08:09.123+02:00'), dt.datetime.strptime('06/05/24 23:59', '%d/%m/%y %H:%M'), dt.date.fromisoformat('2024-W05-1'), dt.date(2024, 1, 31).toordinal(), dt.date.fromordinal(700000), dt.time(1, 2, 3), dt.time.fromisoformat('04:05'))
td = dt.timedelta(days=-1, seconds=5, microseconds=7)
print(td, repr(td), td.total_seconds(), abs(td), td * 2.5, td / dt.timedelta(hours=1), td // 7, divmod(td, dt.timedelta(hours=5)), -td, dt.timedelta.max, bool(dt.timedelta()))
for f in (lambda: dt.date(2023, 2, 29), lambda: dt.datetime.fromisoformat('x'), lambda: dt.datetime(1, 1, 1) - dt.timedelta(1), lambda: t < dt.datetime.now(), lambda: dt.datetime.strptime('a', '%d'), lambda: dt.time(25)):
    try:
        print(f())
    except Exception as e:
        # The messages are those of the accelerator or of the library's Python.
        print(type(e).__name__)
import pickle
print(pickle.loads(pickle.dumps(t)) == t, hash(t) == hash(pickle.loads(pickle.dumps(t))), dt.date.min, dt.datetime.max, f'{t:%d %b}', dt.UTC)
print(calendar.month(2024, 2), calendar.TextCalendar(6).formatmonth(2023, 5), calendar.isleap(1900), calendar.monthrange(2024, 2), calendar.timegm((1970, 1, 2, 0, 0, 0)), list(calendar.Calendar().itermonthdates(2024, 2))[:3])
h = [5, 3, 8, 1]
heapq.heapify(h)
heapq.heappush(h, 2)
print([heapq.heappop(h) for _ in range(5)], heapq.nlargest(2, [1, 5, 3], key=lambda x: -x), heapq.nsmallest(2, 'hello'), list(heapq.merge([1, 4], [2, 3], reverse=False)))
print(bisect.bisect([1, 2, 2, 3], 2), bisect.bisect_left([1, 2, 2, 3], 2), operator.itemgetter(1, 2)('abc'), operator.attrgetter('real')(3), operator.methodcaller('upper')('a'))
print(colorsys.rgb_to_hsv(.2, .4, .4), time.strftime('%Y', time.gmtime(0)), time.gmtime(86400 * 365.25 * 30)[:6])
