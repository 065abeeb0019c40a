# The option -b: bytes shown as text or compared with it (and with ints) warn; -bb: raise.
import subprocess
import sys

program = r"""
v, w = b"a", bytearray(b"a")
def see(n, f):
    try:
        print(n, f(), flush=True)
    except BytesWarning as e:
        print(n, "raised", e, flush=True)
for n, f in enumerate((lambda: v == str(), lambda: "a" == v, lambda: v != "a", lambda: w == "a", lambda: "a" == w, lambda: v == 1, lambda: 1 == v,
                       lambda: w == 1, lambda: v in ["a"], lambda: {v: 1}.get("a"), lambda: "a" in {v}, lambda: str(v), lambda: "%s" % v, lambda: f"{v}",
                       lambda: format(w), lambda: str(w), lambda: repr(v), lambda: str(v, "ascii"), lambda: v < w, lambda: v == None, lambda: v == memoryview(v),
                       lambda: [v].count("a"), lambda: print(v))):
    see(n, f)
try:
    v < "a"
except TypeError as e:
    print(e)
match v:
    case "a":
        print("no")
"""
for options in ([], ["-b"], ["-bb"], ["-b", "-W", "ignore::BytesWarning"]):
    done = subprocess.run([sys.executable, *options, "-c", program], capture_output=True, text=True)
    print(options, done.returncode, done.stdout, done.stderr, sep="\n")
