"""Decimal arithmetic: single operations, prices, digits of pi, text."""
from decimal import Decimal, getcontext, localcontext, ROUND_HALF_UP
from measure import benchmark


def additions(n):
    step, total = Decimal('1.37'), Decimal('0.01')
    for _ in range(n):
        total = total + step
    return total


def products(n):
    factor, value = Decimal('1.000000119209'), Decimal('1.25')
    for _ in range(n):
        value = value * factor
    return value


def wide_products(n):
    a, b = Decimal('1.234567890123456789012345678'), Decimal('9.876543210987654321098765432')
    for _ in range(n):
        a * b
    return a * b


def quotients(n):
    a, b = Decimal('355'), Decimal('113')
    for _ in range(n):
        a / b
    return a / b


def exact_quotients(n):
    a, b = Decimal('1234.50'), Decimal('0.25')
    for _ in range(n):
        a / b
    return a / b


def comparisons(n):
    a, b, count = Decimal('1.10'), Decimal('1.1000001'), 0
    for _ in range(n):
        if a < b:
            count += 1
        if a == b:
            count -= 1
    return count


def pi():
    """The recipe of the documentation."""
    getcontext().prec += 2
    three = Decimal(3)
    lasts, t, s, n, na, d, da = 0, three, 3, 1, 0, 0, 24
    while s != lasts:
        lasts = s
        n, na = n + na, na + 8
        d, da = d + da, da + 32
        t = (t * n) / d
        s += t
    getcontext().prec -= 2
    return +s


def pi_often(n):
    for _ in range(n):
        pi()


def pi_digits(precision):
    with localcontext() as context:
        context.prec = precision
        return pi()


TEXTS = [f'{i * 7919 % 100000}.{i % 100:02}' for i in range(1000)]
PRICES = [Decimal(text) for text in TEXTS]


def parse(n):
    for _ in range(n):
        for text in TEXTS:
            Decimal(text)


def show(n):
    for _ in range(n):
        for price in PRICES:
            str(price)


def layout(n):
    for _ in range(n):
        for price in PRICES:
            f'{price:,.2f}'


def sum_prices(n):
    for _ in range(n):
        sum(PRICES)


def taxes(n):
    rate, cent = Decimal('0.0825'), Decimal('0.01')
    for _ in range(n):
        for price in PRICES:
            (price * rate).quantize(cent, rounding=ROUND_HALF_UP)


def from_ints(n):
    for i in range(n):
        Decimal(i)


def functions(n):
    x = Decimal('2.718281828')
    for _ in range(n):
        x.exp()
        x.ln()
        x.sqrt()


def large_products(digits, n):
    with localcontext() as context:
        context.prec = digits
        a = Decimal(2).sqrt()
        for _ in range(n):
            a * a


benchmark('additions', additions, 300_000)
benchmark('products', products, 300_000)
benchmark('products of 28 digits', wide_products, 300_000)
benchmark('quotients', quotients, 200_000)
benchmark('exact quotients', exact_quotients, 200_000)
benchmark('comparisons', comparisons, 200_000)
benchmark('pi, 28 digits', pi_often, 2_000)
benchmark('pi, 1000 digits', pi_digits, 1_000)
benchmark('pi, 10000 digits', pi_digits, 10_000, runs=2)
benchmark('parse', parse, 200)
benchmark('print', show, 200)
benchmark('format', layout, 100)
benchmark('sum of prices', sum_prices, 300)
benchmark('tax and quantize', taxes, 150)
benchmark('from int', from_ints, 300_000)
benchmark('exp, ln, sqrt', functions, 10_000)
benchmark('products of 5000 digits', large_products, 5_000, 500)
