"""How many operations the derivatives of the kernels take in the code that computer algebra makes of them.

Writes `operations.csv`, which `cargo test -p deriv-core --test operations` compares with what is emitted:

    pip install sympy symengine casadi
    python3 operations.py

Additions, subtractions, multiplications, divisions and negations are counted, and calls of functions, among
them roots; sine and cosine are two. Whole powers are the multiplications that they take by squaring, and
powers of one base share theirs. What is made of numbers alone is a number.

- SymPy: `cse` of the derivatives, and of the derivatives after `simplify` where that ends within a minute;
  the fewer operations of the two count.
- SymEngine: `cse` of the derivatives.
- CasADi: the instructions of `Function` of `jacobian` or `hessian`.
"""

import csv
import signal
from math import pi, sqrt
from pathlib import Path

import casadi
import symengine
import sympy

G = 9.81
FEATURE = (250.0, 240.0)


def gaussian(m, x, mean, deviation):
    z = (x - mean) / deviation
    return m.exp(-0.5 * z * z) / (deviation * sqrt(2 * pi))


def logistic(m, x):
    return 1 / (1 + m.exp(-x))


def softplus(m, x):
    return m.log(1 + m.exp(x))


def gelu(m, x):
    return 0.5 * x * (1 + m.tanh(sqrt(2 / pi) * (x + 0.044715 * x**3)))


def planck(m, x):
    return x**3 / (m.exp(x) - 1)


def van_der_waals(m, v, t):
    return 8.314 * t / (v - 0.0319) - 1.36 / (v * v)


def lennard_jones(m, r, depth, size):
    s6 = (size / r) ** 6
    return 4 * depth * (s6 * s6 - s6)


def butterworth(m, w, cutoff):
    return 1 / m.sqrt(1 + (w / cutoff) ** 8)


def kepler(m, anomaly, eccentricity, mean):
    return anomaly - eccentricity * m.sin(anomaly) - mean


def rational(m, x):
    return (x**5 - 3 * x**4 + 2 * x**3 - x**2 + 7 * x - 5) / (x**4 + 2 * x**2 + x**6 + 3)


def nested(m, x):
    return m.sin(m.exp(m.cos(x * x)))


def rosenbrock(m, x, y):
    return (1 - x) ** 2 + 100 * (y - x * x) ** 2


def himmelblau(m, x, y):
    return (x * x + y - 11) ** 2 + (x + y * y - 7) ** 2


def ackley(m, x, y):
    radius = m.sqrt(0.5 * (x * x + y * y))
    waves = 0.5 * (m.cos(2 * pi * x) + m.cos(2 * pi * y))
    return -20 * m.exp(-0.2 * radius) - m.exp(waves) + 22.718281828459045


def black_scholes(m, spot, volatility, time, strike, rate):
    spread = volatility * m.sqrt(time)
    d1 = (m.log(spot / strike) + (rate + 0.5 * volatility * volatility) * time) / spread
    d2 = d1 - spread
    n1 = 0.5 * m.erfc(-d1 * sqrt(0.5))
    n2 = 0.5 * m.erfc(-d2 * sqrt(0.5))
    return spot * n1 - strike * m.exp(-rate * time) * n2


def wood(m, a, b, c, d):
    return (
        100 * (b - a * a) ** 2 + (1 - a) ** 2 + 90 * (d - c * c) ** 2 + (1 - c) ** 2
        + 10 * (b + d - 2) ** 2 + 0.1 * (b - d) ** 2
    )  # fmt: skip


def double_pendulum(m, a, b, v, w):
    s, c = m.sin(a - b), m.cos(a - b)
    d = 3 - m.cos(2 * (a - b))
    return [
        (-3 * G * m.sin(a) - G * m.sin(a - 2 * b) - 2 * s * (w * w + v * v * c)) / d,
        2 * s * (2 * v * v + 2 * G * m.cos(a) + w * w * c) / d,
    ]


def three_bodies(m, x1, y1, x2, y2, x3, y3, m1, m2, m3):
    def pull(x, y):
        square = x * x + y * y
        cube = square * m.sqrt(square)
        return x / cube, y / cube

    a, b, c = pull(x2 - x1, y2 - y1), pull(x3 - x1, y3 - y1), pull(x3 - x2, y3 - y2)
    return [
        m2 * a[0] + m3 * b[0], m2 * a[1] + m3 * b[1],
        m3 * c[0] - m1 * a[0], m3 * c[1] - m1 * a[1],
        -m1 * b[0] - m2 * c[0], -m1 * b[1] - m2 * c[1],
    ]  # fmt: skip


def arm(m, *angles):
    def about_z(p, angle):
        s, c = m.sin(angle), m.cos(angle)
        return c * p[0] - s * p[1], s * p[0] + c * p[1], p[2]

    def about_y(p, angle):
        s, c = m.sin(angle), m.cos(angle)
        return c * p[0] + s * p[2], p[1], c * p[2] - s * p[0]

    p = about_y((0.2, 0.1, 0.3), angles[5])
    for i, (turn, length) in enumerate([(about_z, 0.1), (about_y, 0.4), (about_z, 0.3), (about_y, 0.5), (about_z, 0.4)]):
        p = turn((p[0], p[1], p[2] + length), angles[4 - i])
    return list(p)


def reprojection(m, r1, r2, r3, c1, c2, c3, focal, u0, v0, k1, k2, x, y, z, weight):
    x, y, z = x - c1, y - c2, z - c3
    angle = m.sqrt(r1 * r1 + r2 * r2 + r3 * r3)
    s, t = m.sin(angle), m.cos(angle)
    a, b, c = r1 / angle, r2 / angle, r3 / angle
    along = (a * x + b * y + c * z) * (1 - t)
    x, y, z = (
        x * t + (b * z - c * y) * s + a * along,
        y * t + (c * x - a * z) * s + b * along,
        z * t + (a * y - b * x) * s + c * along,
    )
    x, y = x / z, y / z
    square = x * x + y * y
    distortion = 1 + k1 * square + k2 * square * square
    return [
        weight * (x * distortion * focal + u0 - FEATURE[0]),
        weight * (y * distortion * focal + v0 - FEATURE[1]),
    ]


# The function, its variables and its constants, and what is asked for: a derivative of some order by the one
# variable, `prime` of several, or `hessian`.
KERNELS = [
    (gaussian, "x", "mean deviation", ["prime"]),
    (logistic, "x", "", ["prime"]),
    (softplus, "x", "", ["prime"]),
    (gelu, "x", "", ["prime"]),
    (planck, "x", "", ["prime"]),
    (van_der_waals, "v", "t", ["prime"]),
    (lennard_jones, "r", "depth size", ["prime", "prime2"]),
    (butterworth, "w", "cutoff", ["prime"]),
    (kepler, "anomaly", "eccentricity mean", ["prime"]),
    (rational, "x", "", ["prime"]),
    (nested, "x", "", ["prime", "prime3"]),
    (rosenbrock, "x y", "", ["prime", "hessian"]),
    (himmelblau, "x y", "", ["prime"]),
    (ackley, "x y", "", ["prime"]),
    (black_scholes, "spot volatility time", "strike rate", ["prime"]),
    (wood, "a b c d", "", ["prime", "hessian"]),
    (double_pendulum, "a b v w", "", ["prime"]),
    (three_bodies, "x1 y1 x2 y2 x3 y3", "m1 m2 m3", ["prime"]),
    (arm, "q1 q2 q3 q4 q5 q6", "", ["prime"]),
    (reprojection, "r1 r2 r3 c1 c2 c3 focal u0 v0 k1 k2 x y z weight", "", ["prime"]),
]


class Counter:
    """Of expressions of SymPy after `cse`."""

    def __init__(self):
        self.arithmetic, self.calls, self.powers = 0, 0, set()

    def power(self, base, n):
        """The squares up to the n-th power, and their products."""
        done, rest, square = 0, n, 1
        while rest:
            if rest & 1:
                done += square
                self.powers.add((base, done))
            rest >>= 1
            if rest:
                square *= 2
                self.powers.add((base, square))

    def visit(self, e):
        if e.is_number or e.is_Symbol:
            return
        if e.is_Add:
            self.arithmetic += len(e.args) - 1
            terms = [-t if t.could_extract_minus_sign() else t for t in e.args]
            # If all are negative, so is the first.
            self.arithmetic += all(t.could_extract_minus_sign() for t in e.args)
            for term in terms:
                self.visit(term)
        elif e.is_Mul:
            number = sympy.Mul(*[a for a in e.args if a.is_number])
            above = below = 0
            for a in e.args:
                if a.is_number:
                    continue
                if a.is_Pow and a.exp.is_number and a.exp < 0:
                    below += 1
                    self.visit(1 / a)
                else:
                    above += 1
                    self.visit(a)
            if abs(number) != 1:
                above += 1
            elif number == -1:
                self.arithmetic += 1
            self.arithmetic += max(above - 1, 0) + below
        elif e.is_Pow and e.exp.is_number and (2 * e.exp).is_integer:
            if e.exp < 0:
                self.arithmetic += 1
            n = abs(e.exp)
            self.visit(e.base)
            self.power(e.base, int(n))
            if int(2 * n) % 2:
                self.calls += 1
                self.arithmetic += int(bool(n > 1))
        else:
            self.calls += 1
            for a in e.args:
                self.visit(a)

    def total(self):
        return self.arithmetic + len({p for p in self.powers if p[1] > 1}), self.calls


def count(replaced, roots):
    counter = Counter()
    for _, e in replaced:
        counter.visit(e)
    for e in roots:
        counter.visit(e)
    return counter.total()


def whole_powers(e):
    """Exponents that are whole as integers: SymEngine has them as floats where numbers are floats."""
    whole = lambda e: e.is_Pow and e.exp.is_Float and (2 * e.exp) == int(2 * e.exp)
    return sympy.sympify(e).replace(whole, lambda e: e.base ** sympy.Rational(int(2 * e.exp), 2))


def derivatives(diff, results, variables, product):
    if product == "hessian":
        (f,) = results
        return [diff(diff(f, x), y) for i, x in enumerate(variables) for y in variables[i:]]
    order = int(product.removeprefix("prime") or 1)
    for _ in range(order):
        results = [diff(f, x) for f in results for x in variables]
    return results


def within_a_minute(f):
    def stop(*_):
        raise TimeoutError

    signal.signal(signal.SIGALRM, stop)
    signal.alarm(60)
    try:
        return f()
    except TimeoutError:
        return None
    finally:
        signal.alarm(0)


def by_sympy(f, names, constants, product):
    variables, others = sympy.symbols(names, seq=True), sympy.symbols(constants, seq=True) if constants else ()
    results = f(sympy, *variables, *others)
    results = results if isinstance(results, list) else [results]
    derived = derivatives(sympy.diff, results, variables, product)
    counts = [count(*sympy.cse(derived))]
    simplified = within_a_minute(lambda: [sympy.simplify(d) for d in derived])
    if simplified is not None:
        counts.append(count(*sympy.cse(simplified)))
    return min(counts, key=lambda c: c[0] + 10 * c[1])


def by_symengine(f, names, constants, product):
    variables, others = symengine.symbols(names), symengine.symbols(constants) if constants else ()
    variables = variables if isinstance(variables, (list, tuple)) else [variables]
    others = others if isinstance(others, (list, tuple)) else [others]
    results = f(symengine, *variables, *others)
    results = results if isinstance(results, list) else [results]
    derived = derivatives(lambda e, x: symengine.diff(e, x), results, variables, product)
    replaced, roots = symengine.cse([symengine.sympify(d) for d in derived])
    return count([(s, whole_powers(e)) for s, e in replaced], [whole_powers(e) for e in roots])


class Casadi:
    exp, log, sqrt, sin, cos, tanh = casadi.exp, casadi.log, casadi.sqrt, casadi.sin, casadi.cos, casadi.tanh

    @staticmethod
    def erfc(x):
        return 1 - casadi.erf(x)


def by_casadi(f, names, constants, product):
    variables = [casadi.SX.sym(name) for name in names.split()]
    others = [casadi.SX.sym(name) for name in constants.split()]
    results = f(Casadi, *variables, *others)
    y, x = casadi.vertcat(*(results if isinstance(results, list) else [results])), casadi.vertcat(*variables)
    if product == "hessian":
        y = casadi.triu(casadi.hessian(y, x)[0])
    else:
        for _ in range(int(product.removeprefix("prime") or 1)):
            y = casadi.jacobian(y, x)
    function = casadi.Function("f", [x, *others], [casadi.cse(y)])
    arithmetic = calls = 0
    free = {casadi.OP_INPUT, casadi.OP_OUTPUT, casadi.OP_CONST}
    plain = {casadi.OP_ADD, casadi.OP_SUB, casadi.OP_MUL, casadi.OP_DIV, casadi.OP_NEG, casadi.OP_SQ, casadi.OP_TWICE, casadi.OP_INV}
    for i in range(function.n_instructions()):
        operation = function.instruction_id(i)
        if operation in plain:
            arithmetic += 1
        elif operation not in free:
            calls += 1
    return arithmetic, calls


def main():
    path = Path(__file__).parent / "operations.csv"
    known = {}
    if path.exists():
        with path.open() as file:
            known = {(row["function"], row["product"]): row["deriv"] for row in csv.DictReader(file)}
    with path.open("w") as file:
        print("function,product,deriv,sympy,symengine,casadi", file=file)
        for f, names, constants, products in KERNELS:
            for product in products:
                ways = [by(f, names, constants, product) for by in (by_sympy, by_symengine, by_casadi)]
                texts = [f"{arithmetic}+{calls}" for arithmetic, calls in ways]
                print(f.__name__, product, known.get((f.__name__, product), ""), *texts, sep=",", file=file, flush=True)


if __name__ == "__main__":
    main()
