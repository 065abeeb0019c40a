# Options, environment variables and words of the command line: what the program sees, what is refused, with which status.
import os
import subprocess
import sys
import tempfile


def run(*words, stdin="", shows_error=True, **environment):
    variables = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON") or name == "PYTHON_GIL"}
    done = subprocess.run([os.fsencode(sys.executable), *words], env=variables | environment, input=stdin.encode(), capture_output=True)
    error = done.stderr.decode().replace(sys.executable, "PYTHON").replace("ladon", "PYTHON").replace("`python", "`PYTHON") if shows_error else ""
    print(os.path.basename(words[0]), done.stdout, [line for line in error.splitlines() if "runtime state" not in line and line and "Exception ignored" not in line][:4], done.returncode)


flags = "import sys; print([(n, getattr(sys.flags, n)) for n in dir(sys.flags) if n[0] != '_' and n not in ('count', 'index') " \
        "and not n.startswith('n_') and getattr(sys.flags, n) and n != 'hash_randomization'])"
for options in (["-b"], ["-bb"], ["-B"], ["-d"], ["-dd"], ["-E"], ["-I"], ["-O"], ["-OO"], ["-P"], ["-q"], ["-s"], ["-S"], ["-R"], ["-X", "dev"], ["-X", "utf8"],
                ["-X", "utf8=0"], ["-X", "int_max_str_digits=640"], ["-X", "warn_default_encoding"], ["-Xint_max_str_digits=0", "-qs"]):
    run(*options, "-c", flags)
for name, value in (("PYTHONDEBUG", "2"), ("PYTHONOPTIMIZE", "text"), ("PYTHONDONTWRITEBYTECODE", "x"), ("PYTHONNOUSERSITE", "1"), ("PYTHONSAFEPATH", "1"),
                    ("PYTHONINTMAXSTRDIGITS", "5000"), ("PYTHONUTF8", "1"), ("PYTHONDEVMODE", "1"), ("PYTHONDEBUG", ""), ("PYTHONDEBUG", "-3")):
    run("-c", flags, **{name: value})
    run("-E", "-c", flags, **{name: value})

print("words")
see = "import sys; print(ascii(sys.argv), ascii(sys.orig_argv[1:]))"
run("-c", see, b"\xff\xc3\xa9", "\N{SNOWMAN}", b"\xed\xa0\x80", "", "-x", "--")
run("-", b"\xfe", stdin=see)
run("-c", b"print('\xff')", shows_error=False)
with tempfile.TemporaryDirectory() as folder:
    script = os.path.join(os.fsencode(folder), b"strange\xff.py")
    with open(script, "w") as file:
        file.write("no Python in this line\nimport sys; print(ascii(sys.argv[0])[-12:], ascii(__file__)[-12:], __loader__ is not None)\nx = 1 +\n")
    run("-x", script, shows_error=False)
    with open(script, "w") as file:
        file.write("import os, sys; print(ascii(sys.argv[0])[-12:], ascii(__file__)[-12:], type(__loader__).__name__)\n")
    run(script)
    import py_compile
    source = os.path.join(folder, "compiled.py")
    with open(source, "w") as file:
        file.write("import os\nprint('compiled', __name__, type(__loader__).__name__, __file__[-12:])\n")
    py_compile.compile(source, source + "c")
    os.remove(source)
    run(source + "c")
    with open(os.path.join(folder, "bad.pyc"), "wb") as file:
        file.write(b"nothing of the kind")
    run(os.path.join(folder, "bad.pyc"))
    # A module of the program's own with the name of one of the library's is left as it is.
    for name in ("queue", "dis", "sysconfig", "threading"):
        with open(os.path.join(folder, name + ".py"), "w") as file:
            file.write("mine = True\n")
        run("-c", f"import sys; sys.path[0] = {folder!r}; import {name}; print({name}.mine, [n for n in dir({name}) if n[0] != '_'])")
    start = os.path.join(folder, "start.py")
    with open(start, "w") as file:
        file.write("print('started')\n")
    run("-i", stdin="print(2)\n", shows_error=False, PYTHONSTARTUP=start)
    run("-i", "-E", stdin="print(2)\n", shows_error=False, PYTHONSTARTUP=start)
    run("-i", stdin="copyright and credits and license and exit and print('all there')\n", shows_error=False)
    run("-c", "import sys; print(sys.pycache_prefix)", PYTHONPYCACHEPREFIX="there")
    run("-X", "pycache_prefix=here", "-c", "import sys; print(sys.pycache_prefix)", PYTHONPYCACHEPREFIX="there")
    run("-X", "pycache_prefix=", "-c", "import sys; print(sys.pycache_prefix)", PYTHONPYCACHEPREFIX="there")

print("what is refused")
for words in (["-Z"], ["--foo"], ["-c"], ["-m"], ["-W"], ["--check-hash-based-pycs", "sometimes", "-c", "1"]):
    run(*words)
for words in (["-X", "utf8=2"], ["-X", "int_max_str_digits=5"], ["-X", "int_max_str_digits"]):
    run(*words, "-c", "1", shows_error=False)
for name, value in (("PYTHONHASHSEED", "x"), ("PYTHONHASHSEED", "-1"), ("PYTHONUTF8", "3"), ("PYTHONINTMAXSTRDIGITS", "7")):
    run("-c", "print('not reached')", shows_error=False, **{name: value})
run("-R", "-c", "print('reached')", PYTHONHASHSEED="x")
run("--check-hash-based-pycs", "never", "-c", "import _imp; print(_imp.check_hash_based_pycs)")

print("carets")
run("-X", "no_debug_ranges", "-c", "import traceback\ntry: 1/0\nexcept ZeroDivisionError as e: print(list(e.__traceback__.tb_frame.f_code.co_positions())[1][1:])")
run("-c", "def f(): 1/0\nprint(next(p for p in f.__code__.co_positions() if p[0])[2:] == (None, None))", PYTHONNODEBUGRANGES="1")
