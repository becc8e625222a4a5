#!/usr/bin/env python3
"""Writes polygamma.txt, the values that the functions are tested against, and prints the
coefficients of the rational function in `digamma_from_1_to_2`. Needs mpmath; run it in this directory.

A line is `order argument value error scale`: argument and value are the bits of an f64 in
hexadecimal, the exact number is value + error, the error in units of the value's last place. `scale`
is what the largest of the terms is that a negative argument's value consists of, over the value.
"""

import math
import random
import struct

import mpmath
from mpmath import mp, mpf

mp.dps = 60


def bits(x):
    return struct.pack(">d", x).hex()


def line(n, x):
    exact = mp.psi(n, mpf(x))
    value = mpmath.libmp.to_float(exact._mpf_, rnd="n")
    if not 1e-290 < abs(value) < 1e300:
        return None
    scale = mpf(1)
    if x < 0:
        d = abs(mpf(x) - mpmath.nint(x))
        poles = mpmath.factorial(n) * (d ** -(n + 1) + (1 - d) ** -(n + 1))
        scale = max(1, (poles + abs(mp.psi(n, 1 - mpf(x)))) / abs(exact))
    if scale * abs(exact) > 1e300:
        return None
    return f"{n} {bits(x)} {bits(value)} {float((exact - value) / math.ulp(value)):.3f} {float(scale):.3g}"


def points(n, rng):
    yield from (s * m * 10.0**e for e in (-300, -150, -50, -16, -8, -4, -2) for m in (1, rng.uniform(1, 9)) for s in (1, -1))
    yield from (rng.uniform(1, 9) * 10.0**e for e in (1, 2, 3, 6, 12, 50, 150, 299))
    for low, high, count in ((0, 1, 20), (1, 2, 20), (2, 12, 30), (12, 60, 20), (-1, 0, 20), (-12, -1, 30), (-400, -12, 20)):
        yield from (rng.uniform(low, high) for _ in range(count))
    yield from (k / 2 for k in range(1, 50))
    yield from (-k - 0.5 for k in range(20))
    yield from (-k + s * d for k in (1, 2, 7, 100) for s in (1, -1) for d in (1e-12, 1e-6, 1e-3))
    if n == 0:
        zero = 1.4616321449683622
        yield from (zero + s * d for d in (2.0**-52, 1e-14, 1e-10, 1e-6, 1e-3, 0.01) for s in (0, 1, -1))


def rational(top, bottom):
    """The quotient of two polynomials in x - 1.5 that equals ψ(x)/(x - zero) at Chebyshev points."""
    zero = mp.findroot(lambda x: mp.psi(0, x), 1.4616)
    wanted = lambda x: mp.psi(0, x) / (x - zero)
    size = top + bottom + 1
    matrix, right = mpmath.matrix(size, size), mpmath.matrix(size, 1)
    for i in range(size):
        t = mp.cos(mp.pi * (2 * i + 1) / (2 * size)) / 2
        value = wanted(t + 1.5)
        for j in range(top + 1):
            matrix[i, j] = t**j
        for j in range(1, bottom + 1):
            matrix[i, top + j] = -value * t**j
        right[i] = value
    solution = list(mp.lu_solve(matrix, right))
    above, below = solution[: top + 1], [mpf(1)] + solution[top + 1 :]
    quotient = lambda t: mp.polyval(above[::-1], t) / mp.polyval(below[::-1], t)
    steps = [mpf(k) / 400 for k in range(-200, 201)]
    error = max(abs(quotient(t) / wanted(t + 1.5) - 1) for t in steps)
    print("zero", float(zero), float(zero - float(zero)))
    print("numerator", [float(c) for c in above])
    print("denominator", [float(c) for c in below])
    print("relative error", mp.nstr(error, 3))


rational(6, 5)
with open("polygamma.txt", "w") as out:
    for n in (0, 1, 2, 3, 4, 5, 8, 13, 20, 40, 80, 170):
        rng = random.Random(n)
        for x in points(n, rng):
            text = line(n, float(x))
            if text and (n < 6 or rng.random() < 0.3):
                print(text, file=out)
