# Several threads look up the process's first codec at once: the registry was made twice, and one registration lost.
import subprocess, sys
program = '''
import threading
barrier, failed = threading.Barrier(8), []
def look():
    barrier.wait()
    try: 'abc'.encode('idna')
    except LookupError as e: failed.append(e)
threads = [threading.Thread(target=look) for _ in range(8)]
for t in threads: t.start()
for t in threads: t.join()
print(failed)
'''
for _ in range(20):
    print(subprocess.run([sys.executable, '-c', program], capture_output=True, text=True).stdout.strip())
