"""What test.support asks CPython's test module for, answered for Ladon. Tests that need anything else of it are skipped."""
import unittest

#: The collector's words before an object, which sys.getsizeof counts: there are none.
SIZEOF_PYGC_HEAD = 0


def get_config():
    """The start configuration, as far as test.support reads it."""
    return {'code_debug_ranges': 1}


def __getattr__(name):
    if name.startswith('__'):
        raise AttributeError(name)
    raise unittest.SkipTest(f'_testinternalcapi.{name} is about the inside of CPython')
