"""Random operands, contexts and operations of decimal: results, flags and messages. The arguments seed and count make it a fuzzer."""

import operator
import random
import sys
from decimal import *

generator = random.Random(int(sys.argv[1]) if len(sys.argv) > 1 else 1)
COUNT = int(sys.argv[2]) if len(sys.argv) > 2 else 6000
choice, below = generator.choice, generator.randrange
ROUNDINGS = [ROUND_UP, ROUND_DOWN, ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, ROUND_HALF_DOWN, ROUND_HALF_EVEN, ROUND_05UP]
SPECIAL = ['NaN', '-NaN', 'sNaN', 'NaN123', '-sNaN45', 'Infinity', '-Infinity', '0', '-0', '0E+5', '0E-5', '-0E+3']
FUNCTIONS = ['exp', 'ln', 'log10']
UNARY = FUNCTIONS + ['abs', 'minus', 'plus', 'sqrt', 'logb', 'logical_invert', 'next_minus', 'next_plus', 'normalize', 'to_integral_value',
                     'to_integral_exact', 'to_sci_string', 'to_eng_string', 'number_class', 'is_normal', 'is_subnormal', 'create_decimal',
                     '_apply']
OPERATORS = {'add': operator.add, 'subtract': operator.sub, 'multiply': operator.mul, 'divide': operator.truediv,
             'divide_int': operator.floordiv,
             'remainder': operator.mod, 'power': operator.pow, 'divmod': divmod,
             'compare': lambda a, b: (a < b, a == b, a >= b)}
BINARY = ['remainder_near', 'compare_signal', 'compare_total', 'compare_total_mag', 'max', 'max_mag', 'min', 'min_mag', 'next_toward',
          'quantize',
          'rotate', 'scaleb', 'shift', 'same_quantum', 'logical_and', 'logical_or', 'logical_xor', 'copy_sign'] + list(OPERATORS) \
    + ['add', 'subtract', 'multiply', 'divide'] * 5
SPECS = ['', 'f', '.2f', '.0f', 'e', '.3e', 'g', '.5g', '%', '.1%', ',', ',.2f', '+.3f', '020.2f', '<30', '^30.4f', '=+40.3e', 'z.1f',
          'E', 'G',
         '*>25', '0=30', ' .2f', ',.3e', '010,.1f', 'n', '.4n', '.0e', '.1g', '.0g', '.0%', 'x', '_', '5', '1000000000000000000000']


def digits(n):
    kind = below(6)
    if kind == 0:
        return '9' * n
    if kind == 1:
        return '1' + '0' * (n - 1)
    return ''.join(choice('05' if kind == 2 else '01' if kind == 3 else '0123456789') for _ in range(n))


def operand(short=False):
    kind = below(40)
    if kind < 2:
        return choice(SPECIAL)
    if kind < 6:
        return str(below(-20, 20))
    n = below(1, 12) if short else choice([1, 2, 3, 5, 9, 10, 18, 19, 20, 27, 28, 29, 37, 38, 39, 40, 55, 77, 100, 400])
    exponent = choice([0, 0, -1, 1, -n, -n // 2, below(-60, 60), below(-3, 3), below(-500, 500)])
    return f"{choice(['', '-'])}{digits(n)}E{exponent}"


def some_context():
    emax, emin = 999999, -999999
    if below(3) == 0:
        emax, emin = (choice([0, 1, 10, 50, 384, 6144]), -choice([0, 1, 10, 50, 383, 6143]))
    return Context(prec=choice([1, 2, 3, 5, 9, 16, 28, 28, 28, 34, 37, 38, 39, 50, 100, 300]),
                   rounding=choice(ROUNDINGS), Emax=emax, Emin=emin, capitals=below(2), clamp=choice([0, 0, 0, 1]), flags=[], traps=[])


def outcome(f, *arguments):
    try:
        return repr(f(*arguments))
    except Exception as error:
        return f'{type(error).__name__}: {error}'


for i in range(COUNT):
    context, kind = some_context(), below(10)
    if kind < 3:
        name = choice(UNARY)
        texts = [operand(name in FUNCTIONS and below(4) > 0)]
        shown = outcome(getattr(context, name), Decimal(texts[0]))
    elif kind < 8:
        name = choice(BINARY)
        texts = [operand(), operand()]
        if name in ('rotate', 'shift', 'scaleb') and below(4):
            texts[1] = str(below(-context.prec - 1, context.prec + 2))
        elif name == 'power' and below(4):
            texts = [operand(True), choice([str(below(-50, 50)), operand(True)])]
        elif name == 'quantize' and below(4):
            texts[1] = f'1E{below(-20, 5)}'
        a, b = map(Decimal, texts)
        if name in OPERATORS and below(4):
            setcontext(context)
            shown = outcome(OPERATORS[name], a, b)
            setcontext(DefaultContext)
        else:
            shown = outcome(getattr(context, name), a, b)
    elif kind == 8:
        name = choice(['fma', 'power'])
        if name == 'fma':
            texts = [operand(), operand(), operand()]
        else:
            texts = [str(below(-10**6, 10**6)), str(below(-3, 10**3)), str(below(-10**5, 10**5))]
        shown = outcome(getattr(context, name), *map(Decimal, texts))
    else:
        name, texts = 'format', [operand(), choice(SPECS)]
        context.Emax, context.Emin = 999999, -999999
        setcontext(context)
        d = Decimal(texts[0])
        shown = outcome(format, d, texts[1]), str(d), d.as_tuple(), 0 if d.is_nan() else hash(d)
        setcontext(DefaultContext)
    flags = ' '.join(sorted(signal.__name__ for signal, on in context.flags.items() if on))
    print(i, name, *texts, context.prec, context.rounding, context.Emin, context.Emax, context.clamp, '->', shown, flags)
