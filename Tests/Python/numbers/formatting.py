# __format__ and % of numbers.

def attempt(f, *args):
    try:
        return repr(f(*args))
    except Exception as e:
        return type(e).__name__ + ": " + str(e)

ints = [0, 1, -1, 42, -42, 1234567, -1234567, 2**64, -10**30, True]
specs = ["", "d", "5", "<10", ">10", "^10", "=10", "010", "+", "-", " ", "+d", " d", ",", "_", ",d", "_d", "x", "X", "o", "b", "#x", "#X", "#o", "#b", "_x", "_b", "#_b", "020,", "+020,d", "*^20", "\u00e9>12", "=+10", "n", "c", "e", "E", "f", "F", "g", "G", "%", ".2f", ".0f", "#.0f", "10.3e", ",.2f", "_.2f", "020,.1f", ".3", ".3d", "s", "q", "z", "zf", ",x", ",_", "_,", ",,", "5.", "99999999999999999999", ".99999999999999999999f", "#010x", "<#12_x", "\U0001F600^9", "a", "5c", "+c", "#c", "0", "00", "0<5", "=", "1,000", "\ud800", "d5", " >5", "z.1f", "+z.0f"]
for n in ints:
    for s in specs:
        print(n, ascii(s), ascii(attempt(format, n, s)))
floats = [0.0, -0.0, 1.0, -1.5, 3.14159265358979, 1234567.891, -1e-7, 1e22, 1e300, 5e-324, float("inf"), float("-inf"), float("nan"), 0.5, 2.5, 99.995, 1e16, 123456789012345680.0]
specs = ["", "5", "10", "<10", "^12", "=12", "012", "+", " ", "-", ",", "_", "e", "E", "f", "F", "g", "G", "n", "%", ".0f", ".1f", ".2f", ".10f", ".0e", ".3e", ".20e", ".3g", ".10g", ".0g", "#g", "#.3g", "#.0f", "#.0e", ".3", ".17", ".1", ".0", "#.3", "010.2f", "+010.2f", ",.2f", "_.3f", "020,.2f", "*^+20.3e", ".2%", "d", "x", "c", "s", "z", "z.0f", "z.2f", "+z.1f", "zg", ".50f", ".325f", "#", "5.1", "r", "n", "020n", ".3n", "q", "", ",e", ",g", "_%", ",n", "0>15,.3f", "=+15.2f"]
for d in floats:
    for s in specs:
        print(d, ascii(s), ascii(attempt(format, d, s)))
complexes = [0j, 1j, 1+2j, -1.5-2.5j, complex(float("inf"), float("nan")), 1e20+1e-20j, complex(-0.0, -0.0)]
specs = ["", "10", ">30", "<30", "^30", "*^30", "=30", "030", "+", " ", "e", "f", ".2f", "g", ".3", ".3g", ",", ",.2f", "_", "#", "#.3g", "n", "%", "d", "x", "s", "z", "z.1f", "+.1f", "E", "+z.0f", ".0f", "+30.1f"]
for c in complexes:
    for s in specs:
        print(c, ascii(s), ascii(attempt(format, c, s)))
for d in floats + ints:
    print(d, [attempt(lambda: s % d) for s in ("%d", "%i", "%5d", "%-5d|", "%05d", "%+d", "% d", "%x", "%#x", "%X", "%o", "%#o", "%e", "%.3e", "%E", "%f", "%.0f", "%#.0f", "%10.2f", "%-10.2f|", "%010.2f", "%+f", "%g", "%.3g", "%#g", "%G", "%r", "%s", "%a", "%c", "%.3d", "%8.3d", "%.10x", "%#.10x")])
print(attempt(format, 1, 5), attempt(format, 1.5, None), attempt((1).__format__), attempt((1).__format__, "x", "y"), f"{3:{5}}", f"{3.14159:.{2}f}", f"{1234567:,}", f"{255:#06x}")

class I(int):
    def __str__(self): return "I!"
class F(float):
    def __str__(self): return "F!"
class C(complex):
    def __str__(self): return "C!"
print(format(I(5)), format(I(5), "d"), format(I(5), "5"), format(F(1.5)), format(F(1.5), ".2f"), format(C(1)), format(C(1), ".1f"), f"{I(5)}", "%d" % I(5), "%s" % I(5), attempt(format, I(5), "q"), attempt(format, True, "q"), format(True), format(True, "d"), format(True, "5"), f"{True}")
