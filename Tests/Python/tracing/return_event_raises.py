# What a trace or profile function raises as a function returns names that function once in its traceback.
import sys
import traceback


def function():
    x = 1
    return x


for setter in (sys.settrace, sys.setprofile):
    for wanted in ("call", "line", "return", "exception"):
        def see(frame, event, argument):
            if event == wanted and frame.f_code is function.__code__:
                raise ValueError(event)
            return see
        setter(see)
        try:
            function()
        except ValueError:
            setter(None)
            traceback.print_exc(file=sys.stdout)
        setter(None)
