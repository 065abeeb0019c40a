"""exp, ln, log10, sqrt and powers: many digits, hard cases, ends of the range."""

from decimal import *
import decimal

print(decimal.MAX_PREC, decimal.MAX_EMAX, decimal.MIN_EMIN, decimal.MIN_ETINY, decimal.HAVE_THREADS, decimal.HAVE_CONTEXTVAR,
      decimal.__libmpdec_version__)
setcontext(Context(prec=400, traps=[]))
for text in ['2', '10', '0.1', '1.0000000000000000000000000000001', '0.99999999999999999999999999', '123456789.123456789', '1e1000',
          '1e-1000', '3.162277660168379331998893544432718']:
    x = Decimal(text)
    print(text, x.exp() if x < 1000 else '', x.ln(), x.log10(), x.sqrt(), sep='\n  ')
for precision in [1, 2, 5, 17, 28, 60, 250]:
    setcontext(Context(prec=precision, Emax=999999, Emin=-999999, traps=[]))
    for text in ['1e-30', '-1e-30', '1e-3', '2302585', '-2302585', '2302586', '-2400000', '1e30', '-1e30', '0.5', '0.00000000049',
              '-0.00000000051', '99999999', '1e999999']:
        x = Decimal(text)
        print(precision, text, x.exp(), abs(x).ln(), abs(x).log10(), abs(x).sqrt(), x ** 3, x ** -2, abs(x) ** Decimal('0.5'),
              Decimal(2) ** x, Decimal('1.0000001') ** x)
    print(sorted(s.__name__ for s, on in getcontext().flags.items() if on))
setcontext(Context(prec=30, rounding=ROUND_DOWN, traps=[]))
for a, b in [('4', '0.5'), ('8', '0.3333333333333333333333333333333333'), ('1.00', '7'), ('1.00', '-7'), ('1.00', '0.5'), ('0.5',
          '-3'), ('400', '-1'), ('10', '30'), ('10', '-30'),
             ('1e10', '1e10'), ('-2', '3'), ('-2', '0.5'), ('0', '0'), ('0', '-1'), ('-0', '-3'), ('inf', '0'), ('-inf', '3'), ('2',
             'inf'), ('0.5', 'inf'), ('1', 'inf'), ('-1', 'inf'),
             ('3', '100'), ('3', '99999'), ('0.9999999999999999999999999999999', '1e25')]:
    print(a, b, Decimal(a) ** Decimal(b))
# What is exact stays so, however wide the context.
setcontext(Context(prec=decimal.MAX_PREC, Emax=decimal.MAX_EMAX, Emin=decimal.MIN_EMIN))
print(Decimal(4) / 2, Decimal(1) / 8, Decimal(400) ** -1, Decimal(10) ** 2, divmod(Decimal(10), 3),
      Decimal('0.0625').sqrt(), Decimal(1).ln(), Decimal(100).log10(), Decimal(0).exp())
for f in [lambda: Decimal(1) / 3, lambda: Decimal(2).sqrt(), lambda: Decimal('1e99999999999999') + 1]:
    try:
        print(len(str(f())))
    except MemoryError:
        print('MemoryError')
