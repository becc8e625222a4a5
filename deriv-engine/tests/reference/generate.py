#!/usr/bin/env python3
"""Writes derivatives.txt: high-precision values that the table of operations is tested against.

Needs mpmath. Run it in this directory: `python3 generate.py`. The output is the same on every run.

A line is `row which arguments = value error`: `which` is `v` for the value, `0` for the partial
derivative by argument 0, `01` for the second one by arguments 0 and 1. Arguments and the value are
the bits of an f64 in hexadecimal; the exact number is value + error, the error in units of the
value's last place.

The formulas below are textbook ones, which need no care at the precision they are evaluated with
(700 digits for the elementary functions, so that 1 + 1e-300**2 keeps both terms). They are checked
against numeric derivatives of the values, so they do not depend on what the table says.
"""

import math
import random
import struct

import mpmath
from mpmath import mp, mpf

ELEMENTARY, SPECIAL = 700, 60
SECOND = 80


def bits(x):
    return struct.pack(">d", x).hex()


def nearest(x):
    """The f64 next to x, correctly rounded."""
    return mpmath.libmp.to_float(mpf(x)._mpf_, rnd="n")


def ulp(x):
    return mpf(math.ulp(x))


def points(seed, ranges, tiny=False, huge=None, extra=(), n=40):
    """Random points of the ranges, of both ends' neighbourhood, of tiny and huge size."""
    rng = random.Random(seed)
    out = list(extra)
    for low, high in ranges:
        out += [rng.uniform(low, high) for _ in range(n // len(ranges))]
    if tiny:
        out += [s * m * 10.0**e for e in (-300, -200, -160, -100, -30, -16, -12, -8, -5, -3, -1)
                for m in (1.0, rng.uniform(1, 9)) for s in ((1, -1) if tiny == "both" else (1,))]
    if huge:
        signs = (1, -1) if huge == "both" else (1,)
        out += [s * rng.uniform(1, 9) * 10.0**e for e in (1, 2, 3, 5, 9, 15, 22, 60, 120, 153, 160, 200, 250, 299)
                for s in signs]
    return [(x,) for x in out]


def near(edge, sides):
    return [edge + s * d * (abs(edge) or 1) for d in (2.0**-52, 1e-14, 1e-11, 1e-8, 1e-5, 1e-3, 0.01) for s in sides]


def grid(seed, ranges, scales=(1.0,), n=60):
    """Random points of a box, also scaled."""
    rng = random.Random(seed)
    return [tuple(rng.uniform(*r) * s for r, s in zip(ranges, rng.choice(scales) if isinstance(scales[0], tuple)
                                                     else [rng.choice(scales) for _ in ranges]))
            for _ in range(n)]


def log_grid(seed, low, high, arity, n=60, signs=(1, -1)):
    rng = random.Random(seed)
    return [tuple(rng.choice(signs) * 10.0**rng.uniform(low, high) for _ in range(arity)) for _ in range(n)]


def whole(seed, ints, ranges, n=60, swap=False):
    rng = random.Random(seed)
    rows = [(float(rng.randint(*ints)), rng.uniform(*rng.choice(ranges))) for _ in range(n)]
    return [(x, k) for k, x in rows] if swap else rows


half = mpf(1) / 2
pi = lambda: +mp.pi
ZERO = lambda *a: mpf(0)
ONE = lambda *a: mpf(1)
sgn = lambda x: mpf(mpmath.sign(x))
REAL = dict(tiny="both", huge="both")
ANY1 = lambda seed: points(seed, [(-5, 5)], **REAL)
ANY2 = lambda seed: grid(seed, [(-4, 4)] * 2, n=40) + log_grid(seed, -250, 250, 2, 30)
LEVELS = lambda seed: points(seed, [(-5, 5)], huge="both", tiny="both",
                             extra=[-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 3.0, 4.0, 0.49999999999999994, 4503599627370495.5])


def trunc(x):
    return mpmath.floor(x) if x >= 0 else mpmath.ceil(x)


def ties_even(x):
    down = mpmath.floor(x)
    rest = x - down
    return down if rest < half or (rest == half and int(down) % 2 == 0) else down + 1


def div_euclid(x, y):
    return mpmath.floor(x / y) if y > 0 else mpmath.ceil(x / y)


REM = lambda seed: grid(seed, [(-9, 9), (0.1, 4)]) + grid(seed, [(-900, 900), (-4, -0.1)], n=20) + [
    (a * s, b * s) for s in (1e-200, 1e200) for a, b in grid(seed, [(-9, 9), (0.5, 4)], n=10)]


def bessel_points(seed, ranges, integer=None):
    return whole(seed, integer, ranges, 150) if integer else points(seed, ranges, n=100)


# name: (digits, value, partials (None: the argument is not differentiated), points)
ROWS = {
    "add": (ELEMENTARY, lambda x, y: x + y, [ONE, ONE], ANY2),
    "sub": (ELEMENTARY, lambda x, y: x - y, [ONE, lambda x, y: mpf(-1)], ANY2),
    "neg": (ELEMENTARY, lambda x: -x, [lambda x: mpf(-1)], ANY1),
    "mul": (ELEMENTARY, lambda x, y: x * y, [lambda x, y: y, lambda x, y: x], ANY2),
    "div": (ELEMENTARY, lambda x, y: x / y, [lambda x, y: 1 / y, lambda x, y: -x / y**2], ANY2),
    "rem": (ELEMENTARY, lambda x, y: x - y * trunc(x / y), [ONE, lambda x, y: -trunc(x / y)], REM),
    "recip": (ELEMENTARY, lambda x: 1 / x, [lambda x: -1 / x**2], ANY1),
    "mul_add": (ELEMENTARY, lambda x, y, z: x * y + z, [lambda x, y, z: y, lambda x, y, z: x, ONE],
                lambda s: grid(s, [(-4, 4)] * 3, n=40) + log_grid(s, -120, 120, 3, 30)),
    "midpoint": (ELEMENTARY, lambda x, y: (x + y) / 2, [lambda x, y: half, lambda x, y: half], ANY2),
    "to_degrees": (ELEMENTARY, lambda x: x * 180 / pi(), [lambda x: 180 / pi()], ANY1),
    "to_radians": (ELEMENTARY, lambda x: x * pi() / 180, [lambda x: pi() / 180], ANY1),
    "select": (ELEMENTARY, lambda a, x, y: x if a else y,
               [None, lambda a, x, y: mpf(a != 0), lambda a, x, y: mpf(a == 0)],
               lambda s: [(a, x, y) for x, y in grid(s, [(-4, 4)] * 2, n=30) for a in (0.0, 1.0)]),
    "powi": (ELEMENTARY, lambda x, n: x ** int(n), [lambda x, n: n * x ** (int(n) - 1), None],
             lambda s: whole(s, (-8, 8), [(0.1, 4), (-4, -0.1), (1e-20, 1e-15), (1e9, 1e15)], 100, swap=True)
             + whole(s, (-60, 60), [(0.9, 1.1), (-3, -0.3)], 30, swap=True)
             + [(x, float(n)) for x in (0.5, -1.0, 1.0) for n in (-2147483648, 2147483647, 0, 1) if abs(x) == 1 or n < 2
                and n > -9]),
    "powf": (ELEMENTARY, lambda x, y: x**y, [lambda x, y: y * x ** (y - 1), lambda x, y: x**y * mp.log(x)],
             lambda s: grid(s, [(0.1, 4), (-4, 4)], n=60)
             + [(x, y) for x in (1e-300, 1e-100, 3e-9, 1e-3, 0.5, 0.999, 1.0001, 7.0, 1e5, 1e100, 1e300)
                for y in (-1.7, -0.3, 0.1, 0.3, 0.5, 0.75, 1.0, 1.02, 1.5, 2.0, 2.5, 3.0, 17.3, -33.1)]
             + [(x, y) for x in (-1e-30, -0.5, -3.0, -1e20) for y in (-5.0, -2.0, -1.0, 1.0, 2.0, 3.0, 7.0)]),
    "sqrt": (ELEMENTARY, mp.sqrt, [lambda x: half / mp.sqrt(x)], lambda s: points(s, [(0, 9)], tiny=True, huge=True, n=60)),
    "cbrt": (ELEMENTARY, lambda x: sgn(x) * mp.cbrt(abs(x)), [lambda x: 1 / (3 * mp.cbrt(abs(x)) ** 2)], ANY1),
    "hypot": (ELEMENTARY, lambda x, y: mp.sqrt(x * x + y * y),
              [lambda x, y: x / mp.sqrt(x * x + y * y), lambda x, y: y / mp.sqrt(x * x + y * y)],
              lambda s: ANY2(s) + grid(s, [(-4, 4)] * 2, [(1e200, 1e200), (1e-200, 1e-200), (1e160, 1e160)])),
    "exp": (ELEMENTARY, mp.exp, [mp.exp], lambda s: points(s, [(-5, 5), (-690, 690)], tiny="both", n=60)),
    "exp2": (ELEMENTARY, lambda x: mpf(2) ** x, [lambda x: mpf(2) ** x * mp.log(2)],
             lambda s: points(s, [(-5, 5), (-990, 990)], tiny="both", n=60)),
    "exp10": (ELEMENTARY, lambda x: mpf(10) ** x, [lambda x: mpf(10) ** x * mp.log(10)],
              lambda s: points(s, [(-5, 5), (-298, 298)], tiny="both", n=60)),
    "exp_m1": (ELEMENTARY, lambda x: mp.exp(x) - 1, [mp.exp],
               lambda s: points(s, [(-5, 5), (-690, 690), (-40, -30)], tiny="both", n=60)),
    "ln": (ELEMENTARY, mp.log, [lambda x: 1 / x],
           lambda s: points(s, [(0.1, 9)], tiny=True, huge=True, extra=near(1.0, (1, -1)))),
    "ln_1p": (ELEMENTARY, lambda x: mp.log(1 + x), [lambda x: 1 / (1 + x)],
              lambda s: points(s, [(-0.9, 5)], tiny="both", huge=True, extra=near(-1.0, (1,)))),
    "log": (ELEMENTARY, lambda x, b: mp.log(x) / mp.log(b),
            [lambda x, b: 1 / (x * mp.log(b)), lambda x, b: -mp.log(x) / (b * mp.log(b) ** 2)],
            lambda s: grid(s, [(0.1, 9), (1.2, 12)]) + grid(s, [(0.5, 2), (0.01, 0.99)], n=20)
            + log_grid(s, -299, 299, 2, 30, signs=(1,))
            + [(x, b) for x in near(1.0, (1, -1)) for b in (2.0, 10.0)]
            + [(x, b) for b in near(1.0, (1, -1)) for x in (2.0, 10.0)]),
    "log2": (ELEMENTARY, lambda x: mp.log(x) / mp.log(2), [lambda x: 1 / (x * mp.log(2))],
             lambda s: points(s, [(0.1, 9)], tiny=True, huge=True, extra=near(1.0, (1, -1)))),
    "log10": (ELEMENTARY, lambda x: mp.log(x) / mp.log(10), [lambda x: 1 / (x * mp.log(10))],
              lambda s: points(s, [(0.1, 9)], tiny=True, huge=True, extra=near(1.0, (1, -1)))),
    "sin": (ELEMENTARY, mp.sin, [mp.cos], lambda s: points(s, [(-7, 7)], **REAL, extra=near(math.pi / 2, (1, -1)))),
    "cos": (ELEMENTARY, mp.cos, [lambda x: -mp.sin(x)], lambda s: points(s, [(-7, 7)], **REAL, extra=near(math.pi, (1, -1)))),
    "tan": (ELEMENTARY, mp.tan, [lambda x: 1 / mp.cos(x) ** 2],
            lambda s: points(s, [(-7, 7)], **REAL, extra=near(math.pi / 2, (1, -1)) + [math.pi / 2, -math.pi / 2])),
    "asin": (ELEMENTARY, mp.asin, [lambda x: 1 / mp.sqrt(1 - x * x)],
             lambda s: points(s, [(-1, 1)], tiny="both", extra=near(1.0, (-1,)) + near(-1.0, (1,)))),
    "acos": (ELEMENTARY, mp.acos, [lambda x: -1 / mp.sqrt(1 - x * x)],
             lambda s: points(s, [(-1, 1)], tiny="both", extra=near(1.0, (-1,)) + near(-1.0, (1,)))),
    "atan": (ELEMENTARY, mp.atan, [lambda x: 1 / (1 + x * x)], ANY1),
    "atan2": (ELEMENTARY, mp.atan2, [lambda y, x: x / (x * x + y * y), lambda y, x: -y / (x * x + y * y)],
              lambda s: ANY2(s) + grid(s, [(-4, 4)] * 2, [(1e200, 1e200), (1e-200, 1e-200), (1e160, 1e160)])),
    "sinh": (ELEMENTARY, mp.sinh, [mp.cosh], lambda s: points(s, [(-5, 5), (-690, 690), (-40, 40)], tiny="both", n=90)),
    "cosh": (ELEMENTARY, mp.cosh, [mp.sinh], lambda s: points(s, [(-5, 5), (-690, 690), (-40, 40)], tiny="both", n=90)),
    "tanh": (ELEMENTARY, mp.tanh, [lambda x: 1 / mp.cosh(x) ** 2],
             lambda s: points(s, [(-5, 5), (-340, 340), (-20, 20)], tiny="both", n=120)),
    "asinh": (ELEMENTARY, mp.asinh, [lambda x: 1 / mp.sqrt(1 + x * x)], ANY1),
    "acosh": (ELEMENTARY, mp.acosh, [lambda x: 1 / mp.sqrt(x * x - 1)],
              lambda s: points(s, [(1, 9)], huge=True, extra=near(1.0, (1,)), n=60)),
    "atanh": (ELEMENTARY, mp.atanh, [lambda x: 1 / (1 - x * x)],
              lambda s: points(s, [(-1, 1)], tiny="both", extra=near(1.0, (-1,)) + near(-1.0, (1,)))),
    "abs": (ELEMENTARY, abs, [sgn], ANY1),
    "signum": (ELEMENTARY, sgn, [ZERO], ANY1),
    "copysign": (ELEMENTARY, lambda x, y: abs(x) * sgn(y), [lambda x, y: sgn(x) * sgn(y), ZERO], ANY2),
    "max": (ELEMENTARY, max, [lambda x, y: mpf(x > y), lambda x, y: mpf(y > x)], ANY2),
    "min": (ELEMENTARY, min, [lambda x, y: mpf(x < y), lambda x, y: mpf(y < x)], ANY2),
    "fdim": (ELEMENTARY, lambda x, y: max(x - y, mpf(0)), [lambda x, y: mpf(x > y), lambda x, y: -mpf(x > y)], ANY2),
    "clamp": (ELEMENTARY, lambda x, a, b: min(max(x, a), b),
              [lambda x, a, b: mpf(a < x < b), lambda x, a, b: mpf(x < a), lambda x, a, b: mpf(x > b)],
              lambda s: grid(s, [(-4, 4), (-3, -1), (1, 3)], n=70)),
    "floor": (ELEMENTARY, mp.floor, [ZERO], LEVELS),
    "ceil": (ELEMENTARY, mp.ceil, [ZERO], LEVELS),
    "round": (ELEMENTARY, lambda x: sgn(x) * mp.floor(abs(x) + half), [ZERO], LEVELS),
    "round_ties_even": (ELEMENTARY, ties_even, [ZERO], LEVELS),
    "trunc": (ELEMENTARY, trunc, [ZERO], LEVELS),
    "fract": (ELEMENTARY, lambda x: x - trunc(x), [ONE], LEVELS),
    "rem_euclid": (ELEMENTARY, lambda x, y: x - y * div_euclid(x, y), [ONE, lambda x, y: -div_euclid(x, y)], REM),
    "div_euclid": (ELEMENTARY, div_euclid, [ZERO, ZERO], REM),
    "remainder": (ELEMENTARY, lambda x, y: x - y * ties_even(x / y), [ONE, lambda x, y: -ties_even(x / y)], REM),
    "erf": (SPECIAL, mp.erf, [lambda x: 2 / mp.sqrt(pi()) * mp.exp(-x * x)],
            lambda s: points(s, [(-2, 2), (-6, 6), (-26, 26)], tiny="both", n=90)),
    "erfc": (SPECIAL, mp.erfc, [lambda x: -2 / mp.sqrt(pi()) * mp.exp(-x * x)],
             lambda s: points(s, [(-2, 2), (-6, 6), (0, 25.5)], tiny="both", n=90)),
    "tgamma": (SPECIAL, mp.gamma, [lambda x: mp.gamma(x) * mp.psi(0, x)],
               lambda s: points(s, [(0.01, 5), (5, 169), (-0.9, -0.1), (-9.9, -0.1)], tiny="both", n=120)),
    "lgamma": (SPECIAL, lambda x: mp.log(abs(mp.gamma(x))) if x < 0 else mp.loggamma(x), [lambda x: mp.psi(0, x)],
               lambda s: points(s, [(0.01, 5), (1.2, 1.8), (5, 200), (-9.9, -0.1)], tiny="both", huge=True, n=120)),
    "digamma": (SPECIAL, lambda x: mp.psi(0, x), [lambda x: mp.psi(1, x)],
                lambda s: points(s, [(0.01, 5), (1.2, 1.8), (5, 200), (-9.9, -0.1), (-300, -10)], tiny="both", huge=True,
                                 extra=near(1.4616321449683622, (1, -1)), n=150)),
    "trigamma": (SPECIAL, lambda x: mp.psi(1, x), [lambda x: mp.psi(2, x)],
                 lambda s: points(s, [(0.01, 5), (5, 200), (-9.9, -0.1), (-300, -10)], tiny="both", huge=True, n=120)),
    "polygamma": (SPECIAL, lambda n, x: mp.psi(int(n), x), [None, lambda n, x: mp.psi(int(n) + 1, x)],
                  lambda s: whole(s, (0, 5), [(0.01, 5), (5, 200), (-9.9, -0.1)], 120)
                  + whole(s, (6, 40), [(0.2, 30), (-3.9, -0.1)], 40)),
    "j0": (SPECIAL, lambda x: mp.besselj(0, x), [lambda x: -mp.besselj(1, x)], lambda s: bessel_points(s, [(-9, 9), (9, 60)])),
    "j1": (SPECIAL, lambda x: mp.besselj(1, x), [lambda x: (mp.besselj(0, x) - mp.besselj(2, x)) / 2],
           lambda s: bessel_points(s, [(-9, 9), (9, 60)])),
    "jn": (SPECIAL, lambda n, x: mp.besselj(int(n), x),
           [None, lambda n, x: (mp.besselj(int(n) - 1, x) - mp.besselj(int(n) + 1, x)) / 2],
           lambda s: bessel_points(s, [(-9, 9), (9, 60)], (-6, 6))),
    "y0": (SPECIAL, lambda x: mp.bessely(0, x), [lambda x: -mp.bessely(1, x)], lambda s: bessel_points(s, [(0.01, 9), (9, 60)])),
    "y1": (SPECIAL, lambda x: mp.bessely(1, x), [lambda x: (mp.bessely(0, x) - mp.bessely(2, x)) / 2],
           lambda s: bessel_points(s, [(0.01, 9), (9, 60)])),
    "yn": (SPECIAL, lambda n, x: mp.bessely(int(n), x),
           [None, lambda n, x: (mp.bessely(int(n) - 1, x) - mp.bessely(int(n) + 1, x)) / 2],
           lambda s: bessel_points(s, [(0.05, 9), (9, 60)], (-5, 6))),
    "mask": (ELEMENTARY, lambda t, p: t * p, [lambda t, p: p, lambda t, p: t], ANY2),
}

# Near a zero of an oscillating function no relative bound can hold.
OSCILLATING = {"j0", "j1", "jn", "y0", "y1", "yn"}
PIECEWISE = {"rem", "rem_euclid", "div_euclid", "remainder", "floor", "ceil", "round", "round_ties_even", "trunc", "fract",
             "select", "abs", "signum", "copysign", "max", "min", "fdim", "clamp"}


def between_poles(name, order, args):
    """What the neighbouring poles of a function of the gamma family contribute."""
    x = mpf(args[-1])
    order += {"lgamma": -1, "tgamma": -1, "digamma": 0, "trigamma": 1, "polygamma": int(args[0])}[name]
    if order < 0:
        return mpf(0)
    r = abs(x - mpmath.nint(x))
    poles = mpmath.factorial(order) * (r ** -(order + 1) + (1 - r) ** -(order + 1)) + abs(mp.psi(order, 1 - x))
    return poles * abs(mp.gamma(x)) if name == "tgamma" else poles


def worth(name, args, value, order):
    """Whether a relative bound can be asked for: no overflow, no underflow, no zero of the function."""
    if value == 0:
        return True
    if name in OSCILLATING and abs(value) < mp.sqrt(1 / (2 * mp.pi * max(abs(args[-1]), 1))):
        return False
    if name.endswith("gamma") and args[-1] < 0 and abs(value) < between_poles(name, order, args) / 2:
        return False
    return mpf(10) ** -290 < abs(value) < mpf(10) ** 300


def line(name, which, args, exact):
    value = nearest(exact)
    error = 0 if exact == value else float((exact - value) / ulp(value))
    return f"{name} {which} {' '.join(bits(a) for a in args)} = {bits(value)} {error:.3f}"


def lines(name, seed):
    digits, f, partials, places = ROWS[name]
    places = [tuple(float(a) for a in p) for p in places(seed)]
    moderate = [p for p in places if all(0.05 < abs(a) < 9 or a == 0 for a in p)]
    for i, partial in enumerate(partials):
        if partial is None:
            continue
        for args in places:
            mp.dps = digits
            if name == "powf" and i == 1 and args[0] <= 0:
                continue
            exact = mpf(partial(*map(mpf, args)))
            if worth(name, args, exact, 1):
                yield line(name, str(i), args, exact)
        if name in PIECEWISE:
            continue
        mp.dps = SECOND
        for args in moderate[:12]:
            if args[0] < 0 and name == "powf":
                continue
            exact = list(map(mpf, args))

            def along(g, j):
                return mp.diff(lambda t: g(*exact[:j], t, *exact[j + 1:]), exact[j])

            check = along(f, i)
            value = partial(*exact)
            assert abs(check - value) <= mpf(10) ** -25 * max(1, abs(value)), (name, i, args, check, value)
            for j in range(i, len(partials)):
                if partials[j] is not None:
                    second = along(partial, j)
                    second = mpf(0) if abs(second) < mpf(10) ** -30 else second
                    if worth(name, args, second, 2) and (second == 0 or abs(second) > 0.05):
                        yield line(name, f"{i}{j}", args, second)
    for args in places[:: max(1, len(places) // 40)]:
        mp.dps = digits
        if name in OSCILLATING or ROWS[name][0] == SPECIAL:
            mp.dps = SPECIAL
        exact = mpf(f(*map(mpf, args)))
        if worth(name, args, exact, 0):
            yield line(name, "v", args, exact)


with open("derivatives.txt", "w") as out:
    for seed, name in enumerate(ROWS):
        for text in lines(name, seed):
            print(text, file=out)
