"""Integer loops: the sum leaves 63 bits after three million steps."""
from measure import benchmark


def sum_of_squares(n):
    total = 0
    for i in range(n):
        total += i * i
    return total


def counting(n):
    count = 0
    for _ in range(n):
        count += 1
    return count


def collatz(limit):
    longest = 0
    for start in range(1, limit):
        n, steps = start, 0
        while n != 1:
            n = n // 2 if n % 2 == 0 else 3 * n + 1
            steps += 1
        if steps > longest:
            longest = steps
    return longest


benchmark('sum of squares 2e6', sum_of_squares, 2_000_000)
benchmark('sum of squares 1e7', sum_of_squares, 10_000_000, runs=2)
benchmark('counting 5e6', counting, 5_000_000)
benchmark('collatz', collatz, 12_000)
