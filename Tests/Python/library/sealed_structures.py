# Types of `sys` that have one instance make no other; nor does the __new__ of a base.
import copy
import os
import sys
import time

types = [type(sys.flags), type(sys.version_info), type(sys.float_info), type(sys.hash_info), type(sys.int_info),
         type(sys.thread_info), type(sys.get_asyncgen_hooks()), os.stat_result, time.struct_time, os.terminal_size]
for cls in types:
    print(cls.__module__, cls.__name__, '__new__' in cls.__dict__, cls.__new__.__self__)
    for make in (lambda: cls(()), lambda: cls.__new__(cls, ()), lambda: tuple.__new__(cls, ()), lambda: object.__new__(cls),
                 lambda: cls.__new__(tuple, ()), lambda: cls(), lambda: cls.__new__(cls)):
        try:
            print('  ', repr(make()))
        except TypeError as e:
            print('  ', e)
for one in (sys.flags, sys.version_info):
    for make in (copy.copy, copy.deepcopy):
        try:
            print(make(one) == one)
        except TypeError as e:
            print(e)
