"""f_lineno of a frame that an unhandled exception left through handlers: the last handler's, or finally's last line."""


def other():
    try:
        1/0
    except TypeError as ex:
        pass
    except KeyError:
        pass


def final():
    try:
        1/0
    finally:
        x = 1
        y = 2


def nested():
    try:
        try:
            1/0
        except TypeError:
            pass
    finally:
        z = 3


def named():
    try:
        1/0
    except Exception as e:
        x = 1
        raise KeyError


for f in (other, final, nested, named):
    try:
        f()
    except Exception as e:
        t = e.__traceback__.tb_next
        first = f.__code__.co_firstlineno
        print(f.__name__, t.tb_lineno - first, t.tb_frame.f_lineno - first)
