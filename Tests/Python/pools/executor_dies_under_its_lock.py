# A process pool is found dead by a thread that holds its lock, which the callback of its weak reference takes, too: the manager's
# own thread did that, at a safepoint, and waited for itself.
# ladon: peer=no timeout=120
import concurrent.futures
import gc
import multiprocessing


def main():
    executor = concurrent.futures.ProcessPoolExecutor(1, mp_context=multiprocessing.get_context('fork'))
    assert executor.submit(abs, -1).result() == 1
    manager = executor._executor_manager_thread
    with executor._shutdown_lock:
        del executor
        gc.collect()
    manager.join(60)
    print('ended', not manager.is_alive())
    assert not manager.is_alive()


main()
