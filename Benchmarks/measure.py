"""What every benchmark program shares: `benchmark` prints a line "name TAB seconds", the best of a few runs."""
from time import perf_counter


def benchmark(name, function, *arguments, runs=3):
    best = float('inf')
    for _ in range(runs):
        begin = perf_counter()
        function(*arguments)
        best = min(best, perf_counter() - begin)
    print(f'{name}\t{best:.6f}', flush=True)


def report(name, value):
    """Prints a figure that isn't a time; the name says its unit."""
    print(f'{name}\t{value:.6f}', flush=True)
