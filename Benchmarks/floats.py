"""Float arithmetic: an n-body step and a Mandelbrot row by hand."""
from measure import benchmark


def mandelbrot(size):
    inside = 0
    for y in range(size):
        ci = 2.0 * y / size - 1.0
        for x in range(size):
            cr = 3.0 * x / size - 2.0
            zr = zi = 0.0
            for _ in range(40):
                zr, zi = zr * zr - zi * zi + cr, 2.0 * zr * zi + ci
                if zr * zr + zi * zi > 4.0:
                    break
            else:
                inside += 1
    return inside


def integrate(n):
    step, total = 1.0 / n, 0.0
    for i in range(n):
        x = (i + 0.5) * step
        total += 4.0 / (1.0 + x * x)
    return total * step


benchmark('mandelbrot', mandelbrot, 120)
benchmark('integrate 1e6', integrate, 1_000_000)
