"""What becomes a Decimal and what a Decimal becomes; messages of all that doesn't."""

import copy
import pickle
from decimal import *
from fractions import Fraction


def show(text, **names):
    try:
        print(text, '->', repr(eval(text, globals(), names)))
    except Exception as error:
        print(text, '->', type(error).__name__, error)


class Price(Decimal):
    pass


class Slow(Context):
    pass


x, big = Decimal('1.5'), Decimal('123456789012345678901234567890123456789012345678901234567890.5')
TUPLES = ['()', '(1, 2)', '(1, (1, 2), 3, 4)', '(2, (1,), 0)', '(0, (1, 10), 0)', "(0, (1, 'a'), 0)", "(0, (1,), 'x')", '(0, (1,), 1.5)',
          '(0, 5, 1)',
          "('a', (1,), 0)", '[0, [1, 2], 3]', "(0, (), 'F')", "(0, (1, 2), 'n')", '(0, (), 0)', "(0, (0, 0, 1), 'N')",
          "(0, (0, 0, 1), 'N ')", '[]',
          '(0, (1,), 10**30)', '(1, (1,) * 50, -20)']
VALUES = ['5', 'True', '-10**50', 'None', "b'1'", "'1', '2'", "'1', 5", '1.5', '0.1', '-0.0', '5e-324', '1.7976931348623157e308',
          'float("inf")', 'float("nan")',
          "'x'", "' 1_000.5 '", "'١٢.٣'", "'1\\x00'", '1j', "' '", "''", "'1 2'", "'sNaN123'", "'1e999999999999999999999'",
          "'1e-999999999999999999999'",
          "'0e9999999999999999999999'", "'nan' + '1' * 50", "'1e-1999999999999999997'", "'1e-1999999999999999998'",
          "'123e-1999999999999999997'",
          "'1e+999999999999999999'", "'10e+999999999999999999'", "'0e-1999999999999999997'", "'0e-1999999999999999998'", "'+.5'", "'.'",
          "'5.'", "'1e'", "'1e+'",
          "'--1'", "'infinit'", "'-INFINITY'", "'nan1.5'", "'1' * 100", "'0' * 100 + '1.' + '0' * 60", 'value=3', "'1', context=None"]
for text in TUPLES + VALUES:
    show(f'Decimal({text})' if text not in TUPLES else f'Decimal({text})')
for text in ["x+'a'", 'x+1.5', "x<'a'", 'x<1.5', 'x==1.5', 'x<1j', 'x==1.5+0j', 'x==Fraction(3, 2)', 'x<Fraction(8, 5)',
          'Fraction(8, 5)>x', 'x!=Fraction(1, 3)',
             'pow(x, 2, 3)', 'pow(Decimal(7), 2, 3)', "pow(x, 'a')", 'pow(2, Decimal(3), 5)', "x.compare('a')", 'x.compare(1, context=5)',
             "x.quantize(1, rounding='x')",
             'x.quantize(1, 5)', "x.quantize(Decimal('0.1'), 'ROUND_UP', Context())", 'x.sqrt(5)', "int(Decimal('nan'))",
             "int(Decimal('inf'))", 'int(big)', 'int(-big)',
             "float(Decimal('snan'))", 'float(big)', "float(Decimal('1e400'))", "float(Decimal('1e-400'))", "float(Decimal('0.1'))",
             'complex(x)', 'round(x)', 'round(x, 1)',
             "round(x, 'a')", 'round(x, None)', "round(Decimal('nan'))", "round(Decimal('inf'))", 'round(big)',
             "Decimal('nan').as_integer_ratio()",
             "Decimal('inf').as_integer_ratio()", 'x.as_integer_ratio()', 'big.as_integer_ratio()', "Decimal('-1e3').as_integer_ratio()",
             "Decimal('-inf').as_tuple()",
             "Decimal('nan12').as_tuple()", "Decimal('snan').as_tuple()", 'big.as_tuple()', "hash(Decimal('snan'))",
             "hash(Decimal('inf'))", "hash(Decimal('-inf'))",
             "hash(Decimal('0.1')) == hash(Fraction(1, 10))", 'hash(Decimal(10**40)) == hash(10**40)',
             "hash(Decimal('2.5')) == hash(2.5)", "hash(Decimal('1e-5000'))",
             '-big % 7', 'big // 3', 'divmod(big, -11)', 'x.__floor__()', 'x.__ceil__()', 'x.__trunc__()', '-x.__floor__()',
             'x.__reduce__()', 'x.__copy__() is x',
             'copy.deepcopy(big) is big', 'x.real is x', 'x.imag', 'Decimal.from_float(0.1)', 'Decimal.from_float(3)',
             "Decimal.from_float('a')", 'Price.from_float(0.5)',
             "x.__format__('n', {'decimal_point': 'xx', 'grouping': '\\3', 'thousands_sep': ','})", "x.__format__('n', 5)",
             "x.__format__('n', {'decimal_point': 5})",
             "Decimal(1234567).__format__(',.2f', {'decimal_point': ',', 'grouping': '\\3\\2', 'thousands_sep': '.'})",
             "format(x, '\\0<5')", "format(x, 'é<10')",
             'x.__format__(3)', "format(Decimal('nan'), '010')", "format(Decimal('-inf'), '=10')", 'Price(x)', 'type(Price(x) + 1)',
             'type(Price(x))', 'type(Decimal(Price(x)))',
             "Context().create_decimal(' 1')", "Context().create_decimal('1_0')", 'Context().create_decimal()',
             'Context(prec=3).create_decimal(big)',
             "Context(prec=2).create_decimal('nan123')", 'Context(prec=3).create_decimal_from_float(0.1)', "Context().add(1, 'a')",
             'Context().power(2, 3, modulo=5)',
             "Context().copy_decimal('3')", 'Context().canonical(3)', 'Context().Etiny()', 'Context().Etop()', 'Context().divmod(1, 0)',
             'setcontext(5)', 'localcontext(5)',
             'localcontext(foo=3)', 'localcontext(None, prec=0)', 'Decimal.__new__(int)', 'Decimal(1) / 0', 'Decimal(0) / 0',
             "Decimal('1e999999') * 10", 'Decimal(1) // 0',
             "Decimal('inf') - Decimal('inf')", "Decimal('1e50') // 3", "Decimal('snan') + 1", "Decimal('1e-5000000').sqrt()",
             'DecimalTuple(0, (1,), 2)',
             'Context(prec=0)', 'Context(traps=5)', 'Context(traps=[5])', 'Context(traps={})', 'Context(1, 2, 3)', 'Context(foo=1)',
             'Context(rounding=3)', 'Context(clamp=2)']:
    show(text)
for value in [x, big, Decimal('-0E-7'), Decimal('sNaN12'), Decimal('-Infinity'), Price('2.50'),
              Context(prec=7, flags=[Inexact], traps=[Overflow]), Inexact, getcontext().flags.copy()]:
    for protocol in (0, 2, 5):
        again = pickle.loads(pickle.dumps(value, protocol))
        print(type(again), again)
with localcontext(Context(prec=5)) as context:
    print(context, context.flags, list(context.traps), len(context.traps))
    print(Decimal(1) / 3, context.flags[Inexact], context.flags == {s: s in (Inexact, Rounded) for s in context.flags})
    for text in ['context.flags[5]', 'context.flags.__delitem__(Inexact)', 'context.flags.__setitem__(5, 1)', 'hash(context.flags)',
              'context.flags < context.flags',
                 "setattr(context, 'prec', 'x')", "setattr(context, 'prec', 10**30)", "setattr(context, 'Emin', 1)",
                 "setattr(context, 'traps', [])", "setattr(context, 'flags', {})",
                 "setattr(context, 'foo', 3)", "delattr(context, 'prec')", "setattr(context, 'capitals', 2)"]:
        show(text, context=context)
    context.clear_flags()
    context.traps[FloatOperation] = True
    for text in ['Decimal(1.5)', 'x < 1.5', 'x == 1.5', 'Decimal.from_float(1.5)', 'context.create_decimal(1.5)']:
        show(text, context=context)
    print(context.flags[FloatOperation])
print(type(Slow(prec=3)), Slow(prec=3).divide(1, 3), Slow().prec, getcontext())
