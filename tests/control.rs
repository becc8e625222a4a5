//! Loops of all kinds, and jumps: `while`, `loop`, `break`, `continue` and `return` from inside, and labels.
#![allow(dead_code, clippy::style, clippy::complexity, clippy::perf, reason = "the styles are the people's")]

use deriv::{derive_fn, numeric};

/// Values, tangents, cotangents and second derivatives of a function of two numbers at a few points.
#[track_caller]
fn check_all(
    points: &[[f64; 2]],
    f: impl Fn([f64; 2]) -> f64,
    jvp: impl Fn([f64; 2], [f64; 2]) -> (f64, f64),
    vjp: impl Fn([f64; 2], f64) -> (f64, [f64; 2]),
    hvp: impl Fn([f64; 2], [f64; 2]) -> [f64; 2],
) {
    let close = |what: &str, at: [f64; 2], found: f64, expected: f64, tolerance: f64| {
        let scale = expected.abs().max(1.0);
        assert!((found - expected).abs() <= tolerance * scale, "{what} at {at:?}: {found}, not {expected}");
    };
    for &[x, y] in points {
        let at = [x, y];
        let value = f(at);
        let (same, gradient) = vjp(at, 1.0);
        assert_eq!(same.to_bits(), value.to_bits(), "the value in reverse mode at {at:?}");
        for v in [[1.0, 0.0], [0.0, 1.0], [0.6, -1.3]] {
            let along = |t: f64| [x + t * v[0], y + t * v[1]];
            let (same, tangent) = jvp(at, v);
            assert_eq!(same.to_bits(), value.to_bits(), "the value in forward mode at {at:?}");
            close("tangent", at, tangent, trusted(numeric::derivative(|t| f(along(t)), 0.0)), 1e-7);
            close("cotangents", at, v[0] * gradient[0] + v[1] * gradient[1], tangent, 1e-11);
            for (i, second) in hvp(at, v).into_iter().enumerate() {
                let expected = trusted(numeric::derivative(|t| vjp(along(t), 1.0).1[i], 0.0));
                close("second derivative", at, second, expected, 1e-7);
            }
        }
    }
}

/// The value of an estimate that tells something.
#[track_caller]
fn trusted(estimate: numeric::Estimate) -> f64 {
    assert!(estimate.error <= 1e-6 * estimate.value.abs().max(1.0), "differences tell nothing: {estimate}");
    estimate.value
}

macro_rules! check {
    ($points:expr, $f:ident, $jvp:ident, $vjp:ident, $hvp:ident $(, $arg:expr)*) => {
        check_all(
            &$points,
            |[x, y]| $f(x, y $(, $arg)*),
            |[x, y], [v, w]| $jvp(x, y $(, $arg)*, v, w),
            |[x, y], seed| $vjp(x, y $(, $arg)*, seed),
            |[x, y], [v, w]| $hvp(x, y $(, $arg)*, v, w),
        )
    };
}

const POINTS: [[f64; 2]; 3] = [[0.5, 0.9], [1.2, 1.7], [-0.7, 0.3]];

/// Heron's method, to convergence.
#[derive_fn(jvp, vjp, hvp)]
fn heron(x: f64, y: f64) -> f64 {
    let mut root = 0.5 * (x + 1.0);
    while (root * root - x).abs() > 1e-15 * x {
        let next = 0.5 * (root + x / root);
        if next == root {
            break;
        }
        root = next;
    }
    root * y
}

#[test]
fn while_to_convergence() {
    check!([[0.3, 1.0], [2.0, -0.4]], heron, heron_jvp, heron_vjp, heron_hvp);
}

/// The arithmetic-geometric mean; the loop is an expression.
#[derive_fn(jvp, vjp, hvp)]
fn agm(a: f64, b: f64) -> f64 {
    let (mut a, mut b) = (a, b);
    loop {
        let mean = 0.5 * (a + b);
        b = (a * b).sqrt();
        a = mean;
        if (a - b).abs() <= 1e-15 * a {
            break a;
        }
    }
}

#[test]
fn break_with_a_value() {
    check!([[1.0, 2.0], [3.0, 0.7]], agm, agm_jvp, agm_vjp, agm_hvp);
}

/// The value of the loop goes on being used, and there are two ways out with one.
#[derive_fn(jvp, vjp, hvp)]
fn either(x: f64, y: f64, n: i32) -> f64 {
    let mut k = 0;
    let mut power = x;
    let (sum, last) = loop {
        k += 1;
        power *= y;
        if k > n {
            break (power + x, 1.0);
        }
        if power.sin() > 0.8 {
            break (power.exp(), k as f64 * x);
        }
    };
    sum * last + power
}

#[test]
fn several_values() {
    for n in [1, 4, 30] {
        check!(POINTS, either, either_jvp, either_vjp, either_hvp, n);
    }
}

/// `continue` on a constant, with a counter that is not the loop's.
#[derive_fn(jvp, vjp, hvp)]
fn without_multiples(x: f64, y: f64, n: u32, of: u32) -> f64 {
    let mut sum = y;
    let mut taken = 0;
    for k in 1..=n {
        if k % of == 0 {
            continue;
        }
        taken += 1;
        sum += (x * k as f64).sin() * y / taken as f64;
    }
    sum
}

#[test]
fn passive_continue() {
    for (n, of) in [(0, 2), (6, 2), (9, 3)] {
        check!(
            POINTS,
            without_multiples,
            without_multiples_jvp,
            without_multiples_vjp,
            without_multiples_hvp,
            n,
            of
        );
    }
}

/// `continue` on an active condition, after part of the work.
#[derive_fn(jvp, vjp, hvp)]
fn positive_part(x: f64, y: f64) -> f64 {
    let mut sum = 0.0;
    let mut damping = 1.0;
    for k in 0..12 {
        damping *= y;
        let wave = (x + k as f64).sin();
        if wave < 0.1 {
            continue;
        }
        sum += damping * wave.sqrt();
    }
    sum
}

#[test]
fn active_continue() {
    check!(POINTS, positive_part, positive_part_jvp, positive_part_vjp, positive_part_hvp);
}

/// Leaves both loops at once.
#[derive_fn(jvp, vjp, hvp)]
fn until_large(x: f64, y: f64, limit: i32) -> f64 {
    let mut sum = x;
    'rows: for i in 1..20 {
        let mut factor = 1.0;
        for j in 1..=i {
            factor *= y / j as f64;
            sum += factor * x * x;
            if sum > limit as f64 {
                break 'rows;
            }
        }
        sum *= 1.1;
    }
    sum
}

#[test]
fn labelled_break() {
    for limit in [3, 20, 10000] {
        check!(POINTS, until_large, until_large_jvp, until_large_vjp, until_large_hvp, limit);
    }
}

/// Goes on with the outer loop.
#[derive_fn(jvp, vjp, hvp)]
fn coprime(x: f64, y: f64, n: u64) -> f64 {
    let mut sum = 0.0;
    'numbers: for k in 2..n {
        for divisor in 2..k {
            if k % divisor == 0 {
                sum -= 0.1 * x * y;
                continue 'numbers;
            }
        }
        sum += (-x * (k as f64).ln()).exp();
    }
    sum
}

#[test]
fn labelled_continue() {
    check!(POINTS, coprime, coprime_jvp, coprime_vjp, coprime_hvp, 20);
}

/// The inner loop holds nothing active at all.
#[derive_fn(jvp, vjp, hvp)]
fn primes(x: f64, y: f64, n: u64) -> f64 {
    let mut sum = x;
    'numbers: for k in 2..n {
        for divisor in 2..k {
            if k % divisor == 0 {
                continue 'numbers;
            }
        }
        sum = sum * y + (x / k as f64).sin();
    }
    sum
}

#[test]
fn passive_inner_loop() {
    check!(POINTS, primes, primes_jvp, primes_vjp, primes_hvp, 20);
}

/// Returns from inside the loop, and with something else after it.
#[derive_fn(jvp, vjp, hvp)]
fn first_passage(x: f64, drift: f64) -> f64 {
    let mut position = x;
    for step in 0..40 {
        let before = position;
        position += drift * (1.0 + 0.1 * (step as f64).sin());
        if position > 1.0 {
            return step as f64 + (1.0 - before) / (position - before);
        }
    }
    40.0 + (1.0 - position)
}

#[test]
fn return_from_a_loop() {
    check!(
        [[0.2, 0.13], [-3.0, 0.4], [0.0, 0.001], [2.0, -0.1]],
        first_passage,
        first_passage_jvp,
        first_passage_vjp,
        first_passage_hvp
    );
}

/// Returns from two loops, and from an endless one.
#[derive_fn(jvp, vjp, hvp)]
fn search(x: f64, y: f64, n: usize) -> f64 {
    let mut total = y;
    for i in 0..n {
        for j in 0..=i {
            let term = (x * i as f64 + j as f64).cos() * y;
            if term < -0.5 {
                return total * term;
            }
            total += term;
        }
        if total > 6.0 {
            break;
        }
    }
    let mut z = total;
    let mut tries = 0;
    loop {
        z = (0.5 * z + x).sin();
        tries += 1;
        if tries > n {
            return z * y;
        }
    }
}

#[test]
fn return_from_nested_loops() {
    for n in [0, 1, 3, 6] {
        check!(POINTS, search, search_jvp, search_vjp, search_hvp, n);
    }
}

/// All ways to go through a loop meet in one.
#[derive_fn(jvp, vjp, hvp)]
fn everything(x: f64, y: f64, n: usize) -> f64 {
    let mut a = x;
    let mut b = y;
    let mut k = 0;
    while k < n {
        k += 1;
        if k == 3 {
            a += b;
            continue;
        }
        let c = a * b;
        if c > 8.0 {
            return c.ln() + a;
        }
        if c < -8.0 {
            b = -b;
            break;
        }
        (a, b) = (b + 0.5 * c, a - 0.1 * k as f64);
    }
    a - b * x
}

#[test]
fn all_ways_out() {
    for n in [0, 2, 3, 10] {
        check!(
            [[1.3, 0.4], [2.0, 1.5], [-1.7, 1.9], [0.1, 0.2]],
            everything,
            everything_jvp,
            everything_vjp,
            everything_hvp,
            n
        );
    }
}

/// A power by squaring: the bits of the exponent decide.
#[derive_fn(jvp, vjp, hvp)]
fn power(x: f64, y: f64, mut n: u32) -> f64 {
    let mut base = x;
    let mut result = y;
    while n > 0 {
        if n & 1 == 1 {
            result *= base;
        }
        base *= base;
        n >>= 1;
    }
    result
}

#[test]
fn passive_while() {
    for n in [0, 1, 2, 13] {
        check!(POINTS, power, power_jvp, power_vjp, power_hvp, n);
    }
}

/// The iterator is the user's and stays passive; some letters go on with the next.
#[derive_fn(jvp, vjp, hvp)]
fn commands(x: f64, y: f64, program: &str) -> f64 {
    let mut state = x;
    let mut letters = program.chars();
    while let Some(letter) = letters.next() {
        state = match letter {
            's' => state.sin(),
            'e' => (state * y).exp(),
            '+' => state + x,
            '!' => break,
            '.' => return state * state,
            _ => continue,
        };
    }
    state
}

#[test]
fn while_let() {
    for program in ["", "s", "se +s", "+?+?s", "s!e", "e.s"] {
        check!(POINTS, commands, commands_jvp, commands_vjp, commands_hvp, program);
    }
}

/// What is bound by a choice, which leads elsewhere at times.
#[derive_fn(jvp, vjp, hvp)]
fn choices(x: f64, y: f64, table: &[Option<f64>]) -> f64 {
    let mut sum = x;
    for (k, entry) in table.iter().enumerate() {
        let Some(entry) = entry else { continue };
        let times = match k % 4 {
            0 => 2,
            1 => 3,
            2 => continue,
            _ => 5,
        };
        let factor = if sum > 3.0 {
            break;
        } else if sum < 0.0 {
            return sum * y * entry;
        } else if *entry > 1.0 {
            y
        } else {
            x * y
        };
        sum += factor.sin() * entry * times as f64;
    }
    sum * y
}

#[test]
fn bindings() {
    let table = [Some(0.3), None, Some(1.7), Some(0.4), Some(1.2), Some(-0.9)];
    for n in 0..=table.len() {
        check!(POINTS, choices, choices_jvp, choices_vjp, choices_hvp, &table[..n]);
    }
}

/// Blocks with labels, with and without a value, around loops and inside of them.
#[derive_fn(jvp, vjp, hvp)]
fn blocks(x: f64, y: f64, n: usize) -> f64 {
    let start = 'start: {
        if x > 0.85 {
            break 'start x.ln();
        }
        let square = x * x;
        if x > -0.1 {
            break 'start square;
        }
        square + y
    };
    let mut sum = start;
    'all: {
        for k in 0..n {
            'skip: {
                if k % 3 == 1 {
                    break 'skip;
                }
                sum += (y * k as f64).cos();
                if sum > 2.6 {
                    break 'all;
                }
                sum *= 1.1;
            }
            sum += 0.1 * x;
        }
        sum = sum * y;
    }
    sum
}

#[test]
fn labelled_blocks() {
    for n in [0, 2, 9] {
        check!(POINTS, blocks, blocks_jvp, blocks_vjp, blocks_hvp, n);
    }
}

/// Memory is written up to where the loop is left.
#[derive_fn(jvp, vjp, hvp)]
fn filled(x: f64, y: f64, n: usize) -> f64 {
    let mut powers = vec![1.0; n];
    let mut last = 0;
    for i in 1..n {
        powers[i] = powers[i - 1] * x + y;
        last = i;
        if powers[i] > 4.0 {
            break;
        }
    }
    let mut sum = 0.0;
    let mut i = 0;
    while i <= last {
        if powers[i] < 0.0 {
            i += 1;
            continue;
        }
        sum += powers[i] * powers[i] / (i + 1) as f64;
        i += 1;
    }
    sum
}

#[test]
fn memory() {
    for n in [1, 3, 8] {
        check!(POINTS, filled, filled_jvp, filled_vjp, filled_hvp, n);
    }
}

/// Closures and nested functions have ways out of their own.
#[derive_fn(jvp, vjp, hvp)]
fn inside(x: f64, y: f64, n: usize) -> f64 {
    fn until(x: f64, n: usize) -> f64 {
        let mut y = x;
        for k in 0..n {
            if y > 5.0 {
                return y.sqrt();
            }
            y = y * y + k as f64 * x;
        }
        y
    }
    let clipped = |t: f64| {
        if t > 2.0 {
            return 2.0 * x;
        }
        t * y
    };
    let mut sum = 0.0;
    for k in 0..n {
        sum += clipped(until(x, k)) + y;
        if sum > 7.0 {
            return sum;
        }
    }
    sum
}

#[test]
fn closures() {
    for n in [0, 2, 5] {
        check!(POINTS, inside, inside_jvp, inside_vjp, inside_hvp, n);
    }
}

/// Secants, with both points carried.
#[derive_fn(jvp, vjp, hvp)]
fn secant(a: f64, c: f64) -> f64 {
    let g = |t: f64| t * t * t + a * t - c;
    let mut t0 = 0.5;
    let mut t1 = 1.0;
    let mut tries = 0;
    let root = loop {
        tries += 1;
        if tries > 60 {
            break f64::NAN;
        }
        let (g0, g1) = (g(t0), g(t1));
        if g1.abs() < 1e-14 || g1 == g0 {
            let polished = t1 - g1 / (3.0 * t1 * t1 + a);
            break polished - g(polished) / (3.0 * t1 * t1 + a);
        }
        let t2 = t1 - g1 * (t1 - t0) / (g1 - g0);
        t0 = t1;
        t1 = t2;
    };
    root * root
}

#[test]
fn loop_expressions() {
    for [a, c] in [[1.3, 0.4], [2.0, 5.0]] {
        let (value, [by_a, by_c]) = secant_vjp(a, c, 1.0);
        let expected = numeric::derivative(|t| secant(a + t, c), 0.0).value;
        assert_eq!(value.to_bits(), secant(a, c).to_bits());
        assert!((by_a - expected).abs() < 1e-6, "{by_a}, not {expected}");
        let expected = numeric::derivative(|t| secant(a, c + t), 0.0).value;
        assert!((by_c - expected).abs() < 1e-6, "{by_c}, not {expected}");
        assert!((secant_jvp(a, c, 1.0, 0.0).1 - by_a).abs() < 1e-10);
        assert!(secant_hvp(a, c, 0.0, 1.0).iter().all(|second| second.is_finite()));
    }
}

/// Nothing active changes in the loops, though they look at it.
#[derive_fn(jvp, vjp, hvp)]
fn looked_at(x: f64, y: f64, mut n: u64) -> f64 {
    let mut steps = 0;
    while n != 1 {
        n = if n % 2 == 0 { n / 2 } else { 3 * n + 1 };
        steps += 1;
    }
    let mut below = 0;
    for k in 0..steps {
        if x + y > k as f64 {
            below += 1;
        } else {
            break;
        }
    }
    x.powi(steps) * y.powi(below)
}

#[test]
fn passive_loops() {
    check!(POINTS, looked_at, looked_at_jvp, looked_at_vjp, looked_at_hvp, 6);
}

/// Jumps out of loops over slices and chains.
#[derive_fn(jvp, vjp, hvp, wrt(x, y))]
fn chains(x: f64, y: f64, weights: &[f64]) -> f64 {
    let terms = [x, y, x * y, x - y];
    let mut sum = 0.0;
    for (term, weight) in terms.iter().zip(weights) {
        if *weight < 0.0 {
            continue;
        }
        sum += term * weight;
        if sum > 9.0 {
            return sum * x;
        }
    }
    'outer: for weight in weights.iter().filter(|weight| **weight > 0.1) {
        for (i, term) in terms.iter().enumerate() {
            if i > 2 {
                continue 'outer;
            }
            if term * weight > 3.0 {
                break 'outer;
            }
            sum += (term * weight).sin();
        }
    }
    sum
}

#[test]
fn jumps_out_of_chains() {
    let weights = [0.3, -1.0, 1.7, 0.05, 2.5];
    for n in 0..=weights.len() {
        check!(POINTS, chains, chains_jvp, chains_vjp, chains_hvp, &weights[..n]);
    }
}

/// Over the elements that are kept, and over nested ones.
#[derive_fn(jvp, vjp)]
fn kept(x: &[f64], limit: f64) -> f64 {
    let mut sum = 0.0;
    for value in x.iter().filter(|value| **value > 0.2) {
        if *value > limit {
            break;
        }
        sum += value * value;
    }
    for value in x.chunks(2).flat_map(|pair| pair.iter()) {
        if *value > limit {
            break;
        }
        if *value < 0.0 {
            continue;
        }
        sum += value.sin();
    }
    sum
}

#[test]
fn jumps_out_of_filtered_chains() {
    let x = [0.5, -0.7, 0.3, 1.4, 0.1, 2.2, 0.6];
    for limit in [0.4, 1.0, 3.0] {
        let mut bar = [f64::NAN; 7];
        let (value, _) = kept_vjp(&x, limit, 1.0, &mut bar);
        assert_eq!(value.to_bits(), kept(&x, limit).to_bits());
        for i in 0..x.len() {
            let mut direction = [0.0; 7];
            direction[i] = 1.0;
            let along = |t: f64| {
                let mut x = x;
                x[i] += t;
                kept(&x, limit)
            };
            let expected = trusted(numeric::derivative(along, 0.0));
            assert!((bar[i] - expected).abs() < 1e-7, "{i}: {}, not {expected}", bar[i]);
            assert!((kept_jvp(&x, limit, &direction, 0.0).1 - expected).abs() < 1e-7);
        }
    }
}
