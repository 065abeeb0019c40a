// `ladon -m pip` before any pip has been installed for Ladon: the one that the system keeps, which is plain Python.
//
// Debian has it as a package of CPython's (python3-pip) and as a wheel (python3-pip-whl, with which `venv` makes environments), other
// systems as a wheel beside `ensurepip`. The folder of CPython's packages does not come onto sys.path: only pip is taken from it.

/// Sees to it that `pip` can be imported, if the system has one. False: raised.
func offerSystemPip(_ t: Thread) -> Bool {
    let dict = makeDict(t)
    return !dict.isRaised && extendModule(t, dict, source, filename: "<ladon pip>")
}

private let source: StaticString = """
def offer():
    import glob, importlib.machinery, importlib.util, os, sys, sysconfig

    if importlib.util.find_spec('pip') is not None:
        return
    library = os.path.dirname(os.__file__)
    spec = importlib.machinery.PathFinder.find_spec('pip', [os.path.join(os.path.dirname(library), 'python3', 'dist-packages')])
    if spec is not None and spec.loader is not None:
        module = importlib.util.module_from_spec(spec)
        sys.modules['pip'] = module
        spec.loader.exec_module(module)
        return
    for folder in (sysconfig.get_config_var('WHEEL_PKG_DIR') or '/usr/share/python-wheels', os.path.join(library, 'ensurepip', '_bundled')):
        wheels = glob.glob(os.path.join(glob.escape(folder), 'pip-*.whl'))
        if wheels:
            # Unpacked, since pip runs itself as a script to build packages.
            import atexit, shutil, tempfile, zipfile

            unpacked = tempfile.mkdtemp(prefix='ladon-pip-')
            atexit.register(shutil.rmtree, unpacked, ignore_errors=True)
            with zipfile.ZipFile(max(wheels, key=os.path.getmtime)) as wheel:
                wheel.extractall(unpacked)
            sys.path.append(unpacked)
            return

offer()
"""
