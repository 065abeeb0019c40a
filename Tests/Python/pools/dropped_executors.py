# Executors that are only dropped: their threads and processes come to an end when somebody waits for them.
# ladon: timeout=120
import concurrent.futures as futures
import gc
import multiprocessing
import sys
import threading


def dropped_processes(method):
    executor = futures.ProcessPoolExecutor(max_workers=3, mp_context=multiprocessing.get_context(method))
    results = executor.map(abs, range(-5, 5))
    manager = executor._executor_manager_thread
    processes = executor._processes
    del executor
    manager.join()
    for process in list(processes.values()):
        process.join()
    return list(results)


def dropped_threads():
    executor = futures.ThreadPoolExecutor(max_workers=5)
    results = executor.map(abs, range(-5, 5))
    threads = executor._threads
    del executor
    for thread in threads:
        thread.join()
    return list(results)


def idle_workers(method):
    """A worker is idle when its result is there: no second one is started."""
    with futures.ProcessPoolExecutor(max_workers=4, mp_context=multiprocessing.get_context(method)) as executor:
        if method == 'fork':
            # All are started at the first call.
            return executor.submit(abs, -1).result()
        for i in range(30):
            executor.submit(abs, -i).result()
        return len(executor._processes)


if __name__ == '__main__':
    for _ in range(5):
        print(dropped_threads())
    for method in 'fork', 'spawn', 'forkserver':
        print(method, dropped_processes(method), flush=True)
        print(method, idle_workers(method), flush=True)
    print(threading.active_count())
