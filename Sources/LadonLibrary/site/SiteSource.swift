// The module `site`. The library's own names CPython's folders of packages, and searches them as soon as it is imported;
// this one has the same functions over Ladon's folders (SiteFolders.swift, docs/divergences/site-packages.md).
//
// The runtime has put the folders into sys.path before any program runs, so `site` is imported at start only where there is
// something to execute: a .pth file, sitecustomize or usercustomize.

import LadonTypes

let siteSource: StaticString = #"""
"""Append module search paths for third-party packages to sys.path.

The folders of a virtual environment, of the user and of the machine, with what their .pth files name.
"""
import sys
import os
import builtins
import _sitebuiltins
import io
import stat

PREFIXES = [sys.prefix, sys.exec_prefix]
ENABLE_USER_SITE = None
USER_SITE = None
USER_BASE = None

_SYSTEM_PACKAGES = '/usr/local/lib/ladon%d.%d/site-packages' % sys.version_info[:2]
_includes_system = True


def _trace(message):
    if sys.flags.verbose:
        print(message, file=sys.stderr)


def makepath(*paths):
    dir = os.path.join(*paths)
    try:
        dir = os.path.abspath(dir)
    except OSError:
        pass
    return dir, os.path.normcase(dir)


def abs_paths():
    """Make __file__ and __cached__ of the modules that are there absolute."""
    for module in set(sys.modules.values()):
        loader = getattr(module, '__loader__', None)
        if getattr(loader, '__module__', None) not in ('_frozen_importlib', '_frozen_importlib_external'):
            spec = getattr(module, '__spec__', None)
            loader = getattr(spec, 'loader', None)
            if getattr(loader, '__module__', None) not in ('_frozen_importlib', '_frozen_importlib_external'):
                continue
        for name in ('__file__', '__cached__'):
            try:
                setattr(module, name, os.path.abspath(getattr(module, name)))
            except (AttributeError, OSError, TypeError):
                pass


def removeduppaths():
    """Make sys.path absolute, each entry once."""
    entries, known_paths = [], set()
    for entry in sys.path:
        entry, case = makepath(entry)
        if case not in known_paths:
            entries.append(entry)
            known_paths.add(case)
    sys.path[:] = entries
    return known_paths


def _init_pathinfo():
    known_paths = set()
    for entry in sys.path:
        try:
            if os.path.exists(entry):
                known_paths.add(makepath(entry)[1])
        except TypeError:
            continue
    return known_paths


def addpackage(sitedir, name, known_paths):
    """Process a .pth file: a line that begins with 'import ' is executed, any other names a folder for sys.path."""
    is_reset = known_paths is None
    if is_reset:
        known_paths = _init_pathinfo()
    fullname = os.path.join(sitedir, name)
    _trace(f"Processing .pth file: {fullname!r}")
    try:
        file = io.TextIOWrapper(io.open_code(fullname), encoding="locale")
    except OSError:
        return
    with file:
        for number, line in enumerate(file, 1):
            if line.startswith("#") or not line.strip():
                continue
            try:
                if line.startswith(("import ", "import\t")):
                    exec(line)
                    continue
                dir, case = makepath(sitedir, line.rstrip())
                if case not in known_paths and os.path.exists(dir):
                    sys.path.append(dir)
                    known_paths.add(case)
            except Exception as error:
                print(f"Error processing line {number} of {fullname}:\n", file=sys.stderr)
                import traceback
                for record in traceback.format_exception(error):
                    for text in record.splitlines():
                        print('  ' + text, file=sys.stderr)
                print("\nRemainder of file ignored", file=sys.stderr)
                break
    return None if is_reset else known_paths


def addsitedir(sitedir, known_paths=None):
    """Add a folder to sys.path if it is missing there, and process its .pth files."""
    _trace(f"Adding directory: {sitedir!r}")
    is_reset = known_paths is None
    if is_reset:
        known_paths = _init_pathinfo()
    sitedir, case = makepath(sitedir)
    if case not in known_paths:
        sys.path.append(sitedir)
        known_paths.add(case)
    try:
        names = os.listdir(sitedir)
    except OSError:
        return
    for name in sorted(names):
        if name.endswith(".pth"):
            addpackage(sitedir, name, known_paths)
    return None if is_reset else known_paths


def check_enableusersite():
    """Whether the user's folder is searched: None when it would not be safe, False when the user does not want it."""
    if sys.flags.no_user_site:
        return False
    if os.geteuid() != os.getuid() or os.getegid() != os.getgid():
        return None
    return True


def _getuserbase():
    base = os.environ.get("PYTHONUSERBASE", None)
    return base or os.path.join(os.path.expanduser("~"), ".local")


def _get_path(userbase):
    return f'{userbase}/lib/ladon{sys.version_info[0]}.{sys.version_info[1]}/site-packages'


def getuserbase():
    """The folder under which the user's packages lie."""
    global USER_BASE
    if USER_BASE is None:
        USER_BASE = _getuserbase()
    return USER_BASE


def getusersitepackages():
    """The user's folder of packages."""
    global USER_SITE, ENABLE_USER_SITE
    userbase = getuserbase()
    if USER_SITE is None:
        if userbase is None:
            ENABLE_USER_SITE = False
        else:
            USER_SITE = _get_path(userbase)
    return USER_SITE


def addusersitepackages(known_paths):
    _trace("Processing user site-packages")
    user_site = getusersitepackages()
    if ENABLE_USER_SITE and os.path.isdir(user_site):
        addsitedir(user_site, known_paths)
    return known_paths


def getsitepackages(prefixes=None):
    """The folders of packages of a virtual environment, and of the machine."""
    folders = []
    for prefix in dict.fromkeys(PREFIXES if prefixes is None else prefixes):
        if prefix and prefix != sys.base_prefix:
            folders.append(os.path.join(prefix, 'lib', 'python%d.%d' % sys.version_info[:2], 'site-packages'))
        elif prefix and _includes_system:
            folders.append(_SYSTEM_PACKAGES)
    return folders


def addsitepackages(known_paths, prefixes=None):
    _trace("Processing global site-packages")
    for sitedir in getsitepackages(prefixes):
        if os.path.isdir(sitedir):
            addsitedir(sitedir, known_paths)
    return known_paths


def setquit():
    builtins.quit = _sitebuiltins.Quitter('quit', 'Ctrl-D (i.e. EOF)')
    builtins.exit = _sitebuiltins.Quitter('exit', 'Ctrl-D (i.e. EOF)')


def setcopyright():
    """Ladon puts copyright, credits and license into builtins itself."""


def sethelper():
    builtins.help = _sitebuiltins._Helper()


def enablerlcompleter():
    """Ladon's prompt has its own editing and history (libedit)."""


def venv(known_paths):
    """The folder of a virtual environment, which the runtime has found already, before all others."""
    global PREFIXES, ENABLE_USER_SITE, _includes_system
    if sys.prefix == sys.base_prefix:
        return known_paths
    addsitepackages(known_paths, [sys.prefix])
    with open(os.path.join(sys.prefix, 'pyvenv.cfg'), encoding='utf-8') as file:
        settings = {key.strip().lower(): value.strip() for key, found, value in (line.partition('=') for line in file) if found}
    _includes_system = settings.get('include-system-site-packages', 'true').lower() == 'true'
    if _includes_system:
        PREFIXES = [sys.prefix, sys.base_prefix]
    else:
        PREFIXES = [sys.prefix]
        ENABLE_USER_SITE = False
    return known_paths


def _customize(name):
    try:
        try:
            __import__(name)
        except ImportError as error:
            if error.name != name:
                raise
    except Exception as error:
        if sys.flags.verbose:
            sys.excepthook(*sys.exc_info())
        else:
            sys.stderr.write(f"Error in {name}; set PYTHONVERBOSE for traceback:\n{error.__class__.__name__}: {error}\n")


def execsitecustomize():
    """Run the machine's own start-up code, if there is any."""
    _customize('sitecustomize')


def execusercustomize():
    """Run the user's own start-up code, if there is any."""
    _customize('usercustomize')


def main():
    """Add the folders of packages to sys.path. Called on import, unless the runtime was started with -S."""
    global ENABLE_USER_SITE
    original = sys.path[:]
    known_paths = removeduppaths()
    if original != sys.path:
        abs_paths()
    known_paths = venv(known_paths)
    if ENABLE_USER_SITE is None:
        ENABLE_USER_SITE = check_enableusersite()
    known_paths = addusersitepackages(known_paths)
    known_paths = addsitepackages(known_paths)
    setquit()
    setcopyright()
    sethelper()
    if not sys.flags.isolated:
        enablerlcompleter()
    execsitecustomize()
    if ENABLE_USER_SITE:
        execusercustomize()


if not sys.flags.no_site:
    main()


def _script():
    arguments = sys.argv[1:]
    if not arguments:
        user_base, user_site = getuserbase(), getusersitepackages()
        def existence(path):
            return "exists" if path is not None and os.path.isdir(path) else "doesn't exist"
        print("sys.path = [")
        for dir in sys.path:
            print(f"    {dir!r},")
        print("]")
        print(f"USER_BASE: {user_base!r} ({existence(user_base)})")
        print(f"USER_SITE: {user_site!r} ({existence(user_site)})")
        print(f"ENABLE_USER_SITE: {ENABLE_USER_SITE!r}")
        sys.exit(0)
    asked = [path for option, path in (('--user-base', USER_BASE), ('--user-site', USER_SITE)) if option in arguments]
    if not asked:
        print(f"{sys.argv[0]} [--user-base] [--user-site]\n\n"
              "Without arguments print some useful information\n"
              "With arguments print the value of USER_BASE and/or USER_SITE separated\n"
              f"by '{os.pathsep}'.\n\n"
              "Exit codes with --user-base or --user-site:\n"
              "  0 - user site directory is enabled\n"
              "  1 - user site directory is disabled by user\n"
              "  2 - user site directory is disabled by super user\n"
              "      or for security reasons\n"
              " >2 - unknown error\n")
        sys.exit(10)
    print(os.pathsep.join(asked))
    sys.exit({True: 0, False: 1, None: 2}.get(ENABLE_USER_SITE, 3))


if __name__ == '__main__':
    _script()
"""#

/// The row of the table of amendments: installers ask `sysconfig` where packages go.
func amendSysconfig(_ t: Thread, _ dict: Value) -> Bool {
    extendModule(t, dict, """
    for _scheme in _INSTALL_SCHEMES:
        if _scheme in ('posix_prefix', 'posix_local', 'posix_user', 'deb_system'):
            for _kind in ('purelib', 'platlib'):
                _base = {'posix_user': '{userbase}', 'posix_local': '{base}/local'}.get(_scheme, '{base}')
                _INSTALL_SCHEMES[_scheme][_kind] = _base + '/lib/ladon{py_version_short}/site-packages'
    """, filename: "<ladon: sysconfig>")
}
