# A handler that raises ends the write that its signal cut short, not the program's next call.
import _pyio
import io
import os
import signal
import threading
import time


def on_alarm(*_):
    1 / 0


def interrupted(module):
    r, w = os.pipe()

    def read_one():
        time.sleep(0.1)
        os.read(r, 1)

    reader = threading.Thread(target=read_one)
    raw = module.open(w, 'wb', buffering=0)
    data = b'x' * (4 << 20)
    reader.start()
    signal.setitimer(signal.ITIMER_REAL, 0.3)
    try:
        try:
            n = raw.write(data)
        except ZeroDivisionError:
            return 'raised by write'
        return 'after it'
    except ZeroDivisionError:
        return 'after it'
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        reader.join()
        os.close(r)
        raw.close()


signal.signal(signal.SIGALRM, on_alarm)
print(interrupted(io))
print(interrupted(_pyio))
