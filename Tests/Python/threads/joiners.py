# Many threads join one, and the main thread, which ends: nobody trips over the others.
import subprocess
import sys
import threading
import time

errors = []
threading.excepthook = lambda args: errors.append(repr(args.exc_value))
for i in range(50):
    go = threading.Event()
    one = threading.Thread(target=go.wait)
    one.start()
    joiners = [threading.Thread(target=one.join) for _ in range(8)]
    for t in joiners:
        t.start()
    go.set()
    one.join()
    for t in joiners:
        t.join()
    assert not one.is_alive()
print(errors)

PROGRAM = r'''
import sys, threading, time
def join_main(main):
    main.join()
    sys.stdout.write('end of thread\n')
for _ in range(3):
    threading.Thread(target=join_main, args=(threading.current_thread(),)).start()
time.sleep(0.01)
sys.stdout.write('end of main\n')
'''
for i in range(8):
    done = subprocess.run([sys.executable, '-c', PROGRAM], capture_output=True, text=True, timeout=20)
    if (done.returncode, done.stdout, done.stderr) != (0, 'end of main\n' + 3 * 'end of thread\n', ''):
        print(done)
