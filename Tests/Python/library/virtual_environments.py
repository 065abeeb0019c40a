# A virtual environment has its own prefix and folder of packages, and what its .pth files say happens at start.
import os
import subprocess
import sys
import tempfile


def run(*command, **environment):
    variables = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON") or name == "PYTHON_GIL"}
    done = subprocess.run(command, env=variables | environment, capture_output=True, text=True)
    return (done.stdout + done.stderr).replace(scratch, "SCRATCH").strip() + (f" status {done.returncode}" if done.returncode else "")


with tempfile.TemporaryDirectory() as scratch:
    scratch = os.path.realpath(scratch)
    folder = os.path.join(scratch, "environment")
    print(run(sys.executable, "-m", "venv", "--without-pip", folder))
    python = os.path.join(folder, "bin", "python")
    show = "import sys; print(sys.prefix, sys.exec_prefix, sys.prefix != sys.base_prefix, sys.executable)"
    print(run(python, "-c", show))
    print(run(python, "-S", "-c", "import sys; print(any('site-packages' in entry for entry in sys.path))"))
    packages = os.path.join(folder, "lib", "python3.11", "site-packages")
    print(run(python, "-c", "import sys; print([entry for entry in sys.path if 'packages' in entry])"))
    os.mkdir(os.path.join(packages, "more"))
    with open(os.path.join(packages, "module_of_environment.py"), "w") as file:
        file.write("print('imported', __name__)\n")
    print(run(python, "-c", "import module_of_environment"))
    with open(os.path.join(packages, "a.pth"), "w") as file:
        file.write("# a comment\n\nmore\nmissing\nimport sys; sys.was_here = 'yes'\n")
    with open(os.path.join(packages, "b.pth"), "w") as file:
        file.write("import sys; 1 / 0\nmore\n")
    with open(os.path.join(packages, "sitecustomize.py"), "w") as file:
        file.write("print('sitecustomize', __file__)\n")
    output = run(python, "-c", "import sys; print(sys.was_here, sys.path[-1])")
    print([line for line in output.splitlines() if "Traceback" not in line and not line.startswith("    ")])
    print(run(python, "-S", "-c", "print('nothing executed')"))
    print(run(python, "-c", "import site; print(site.getsitepackages()[0], site.PREFIXES[0], site.ENABLE_USER_SITE)").splitlines()[-1])
    print(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'), sysconfig.get_path('scripts'))").splitlines()[-1])
    print(run(python, "-m", "module_of_environment").splitlines()[-1])
    elsewhere = os.path.join(scratch, "elsewhere")
    os.mkdir(elsewhere)
    with open(os.path.join(elsewhere, "usercustomize.py"), "w") as file:
        file.write("raise ValueError('of the customization')\n")
    print(run(sys.executable, "-c", "print('still runs')", PYTHONPATH=elsewhere))
    print(run(sys.executable, "-I", "-c", "print('isolated')", PYTHONPATH=elsewhere))
