# ladon: stress=no
# (A collection in the middle of garbage() leaves less of it to report.)
# gc.DEBUG_STATS and DEBUG_COLLECTABLE tell on sys.stderr what a collection does.
import gc
import io
import re
import sys


class Cycle:
    def __init__(self):
        self.me = self


def garbage():
    for i in range(20):
        Cycle()


def collect(flags, generation):
    gc.collect()
    sys.stderr = io.StringIO()
    gc.set_debug(flags)
    garbage()
    gc.collect(generation)
    gc.set_debug(0)
    text, sys.stderr = sys.stderr.getvalue(), sys.__stderr__
    return text


for generation in range(3):
    for line in collect(gc.DEBUG_STATS, generation).splitlines():
        print(re.sub(r"\d+(?! *\.\.\.)", "N", line))
print(collect(gc.DEBUG_COLLECTABLE, 2).count("gc: collectable <Cycle 0x") > 15)
print(collect(gc.DEBUG_COLLECTABLE | gc.DEBUG_SAVEALL, 2).count("gc: collectable <Cycle 0x") > 15, len([x for x in gc.garbage if type(x) is Cycle]) > 15)
gc.garbage.clear()
print(repr(collect(0, 2)))
