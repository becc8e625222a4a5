//! Loops over scalars.

use crate::check::{array, scalar};
use deriv::derive_fn;

/// A partial sum of a series, with a term that is carried.
#[derive_fn(jvp, vjp)]
fn exponential(x: f64, n: usize) -> f64 {
    let mut sum = 0.0;
    let mut term = 1.0;
    for k in 0..n {
        sum += term;
        term *= x / (k + 1) as f64;
    }
    sum
}

#[test]
fn carried_terms() {
    for n in [0, 1, 2, 5, 30] {
        scalar(
            &[-1.5, 0.0, 0.8],
            |x| exponential(x, n),
            |x| exponential_prime(x, n),
            |x, v| exponential_jvp(x, n, v),
            |x, s| exponential_vjp(x, n, s),
        );
    }
}

/// Heron's method, to convergence.
#[derive_fn(jvp, vjp)]
fn heron(x: f64) -> f64 {
    let mut y = 0.5 * (x + 1.0);
    while (y * y - x).abs() > 1e-15 * x {
        let next = 0.5 * (y + x / y);
        if next == y {
            break;
        }
        y = next;
    }
    y
}

#[test]
fn while_to_convergence() {
    scalar(&[0.3, 2.0, 50.0], heron, heron_prime, heron_jvp, heron_vjp);
}

/// The arithmetic-geometric mean; the loop is an expression.
#[derive_fn(jvp, vjp)]
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
    array(
        &[[1.0, 2.0], [3.0, 0.7]],
        |[a, b]| agm(a, b),
        |[a, b]| agm_prime(a, b),
        |[a, b], [v, w]| agm_jvp(a, b, v, w),
        |[a, b], s| agm_vjp(a, b, s),
    );
}

/// `continue` and a counter that is not the loop's.
#[derive_fn(jvp, vjp)]
fn without_multiples(x: f64, n: u32, of: u32) -> f64 {
    let mut sum = 0.0;
    let mut taken = 0;
    for k in 1..=n {
        if k % of == 0 {
            continue;
        }
        taken += 1;
        sum += (x * k as f64).sin() / taken as f64;
    }
    sum
}

#[test]
fn passive_continue() {
    for (n, of) in [(0, 2), (6, 2), (9, 3)] {
        scalar(
            &[-0.3, 1.1],
            |x| without_multiples(x, n, of),
            |x| without_multiples_prime(x, n, of),
            |x, v| without_multiples_jvp(x, n, of, v),
            |x, s| without_multiples_vjp(x, n, of, s),
        );
    }
}

/// `continue` on an active condition, after part of the work.
#[derive_fn(jvp, vjp)]
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
    array(
        &[[0.5, 0.9], [-1.2, 0.6]],
        |[x, y]| positive_part(x, y),
        |[x, y]| positive_part_prime(x, y),
        |[x, y], [v, w]| positive_part_jvp(x, y, v, w),
        |[x, y], s| positive_part_vjp(x, y, s),
    );
}

/// A triangle of indices.
#[derive_fn(jvp, vjp)]
fn triangle(x: f64, y: f64, n: i32) -> f64 {
    let mut total = 0.0;
    for i in 0..n {
        let mut row = 1.0;
        for j in 0..=i {
            row *= 1.0 + x.powi(i - j) * y.powi(j) / (i + 1) as f64;
        }
        total += row.ln();
    }
    total
}

#[test]
fn nested_loops() {
    for n in [0, 1, 6] {
        array(
            &[[0.5, 0.9], [1.2, 0.3]],
            |[x, y]| triangle(x, y, n),
            |[x, y]| triangle_prime(x, y, n),
            |[x, y], [v, w]| triangle_jvp(x, y, n, v, w),
            |[x, y], s| triangle_vjp(x, y, n, s),
        );
    }
}

/// Leaves both loops at once.
#[derive_fn(jvp, vjp)]
fn until_large(x: f64, y: f64, limit: f64) -> f64 {
    let mut sum = x;
    'rows: for i in 1..20 {
        let mut factor = 1.0;
        for j in 1..=i {
            factor *= y / j as f64;
            sum += factor * x * x;
            if sum > limit {
                break 'rows;
            }
        }
        sum *= 1.1;
    }
    sum
}

#[test]
fn labelled_break() {
    for limit in [3.3, 20.0, f64::INFINITY] {
        array(
            &[[0.5, 0.9], [1.2, 1.7]],
            |[x, y]| until_large(x, y, limit),
            |[x, y]| {
                let [by_x, by_y, _] = until_large_prime(x, y, limit);
                [by_x, by_y]
            },
            |[x, y], [v, w]| until_large_jvp(x, y, limit, v, w, 0.0),
            |[x, y], s| {
                let (value, [by_x, by_y, by_limit]) = until_large_vjp(x, y, limit, s);
                assert_eq!(by_limit, 0.0);
                (value, [by_x, by_y])
            },
        );
    }
}

/// Goes on with the outer loop.
#[derive_fn(jvp, vjp)]
fn coprime(x: f64, n: u64) -> f64 {
    let mut sum = 0.0;
    'numbers: for k in 2..n {
        for divisor in 2..k {
            if k % divisor == 0 {
                sum -= 0.1 * x;
                continue 'numbers;
            }
        }
        sum += (-x * (k as f64).ln()).exp();
    }
    sum
}

#[test]
fn labelled_continue() {
    scalar(
        &[0.5, 2.0],
        |x| coprime(x, 30),
        |x| coprime_prime(x, 30),
        |x, v| coprime_jvp(x, 30, v),
        |x, s| coprime_vjp(x, 30, s),
    );
}

/// Returns from inside the loop, and with something else after it.
#[derive_fn(jvp, vjp)]
fn first_passage(x: f64, drift: f64) -> f64 {
    let mut position = x;
    for step in 0..40 {
        let before = position;
        position += drift * (1.0 + 0.1 * (step as f64).sin());
        if position > 1.0 {
            // Where between the two steps it passes.
            return step as f64 + (1.0 - before) / (position - before);
        }
    }
    40.0 + (1.0 - position)
}

#[test]
fn return_from_a_loop() {
    array(
        &[[0.2, 0.13], [-3.0, 0.4], [0.0, 0.001], [2.0, -0.1]],
        |[x, y]| first_passage(x, y),
        |[x, y]| first_passage_prime(x, y),
        |[x, y], [v, w]| first_passage_jvp(x, y, v, w),
        |[x, y], s| first_passage_vjp(x, y, s),
    );
}

/// Downwards: a continued fraction.
#[derive_fn(jvp, vjp)]
fn tangent(x: f64, depth: u32) -> f64 {
    let mut tail = 0.0;
    for k in (1..=depth).rev() {
        tail = x * x / ((2 * k + 1) as f64 - tail);
    }
    x / (1.0 - tail)
}

#[test]
fn reversed_range() {
    for depth in [0, 1, 12] {
        scalar(
            &[0.3, 1.0, -0.9],
            |x| tangent(x, depth),
            |x| tangent_prime(x, depth),
            |x, v| tangent_jvp(x, depth, v),
            |x, s| tangent_vjp(x, depth, s),
        );
    }
}

/// Simpson's rule: steps of two.
#[derive_fn(jvp, vjp)]
fn simpson(a: f64, b: f64, n: usize) -> f64 {
    let h = (b - a) / n as f64;
    let f = |t: f64| (t * t).sin() + t;
    let mut sum = f(a) + f(b);
    for i in (1..n).step_by(2) {
        sum += 4.0 * f(a + i as f64 * h);
    }
    for i in (2..n).step_by(2) {
        sum += 2.0 * f(a + i as f64 * h);
    }
    sum * h / 3.0
}

#[test]
fn stepped_range() {
    array(
        &[[0.0, 1.5], [-0.3, 0.4]],
        |[x, y]| simpson(x, y, 10),
        |[x, y]| simpson_prime(x, y, 10),
        |[x, y], [v, w]| simpson_jvp(x, y, 10, v, w),
        |[x, y], s| simpson_vjp(x, y, 10, s),
    );
}

/// A recurrence in two variables, assigned at once.
#[derive_fn(jvp, vjp)]
fn chebyshev(n: u32, x: f64) -> f64 {
    let (mut a, mut b) = (1.0, x);
    for _ in 0..n {
        (a, b) = (b, 2.0 * x * b - a);
    }
    a
}

#[test]
fn recurrence() {
    for n in [0, 1, 2, 9] {
        scalar(
            &[0.3, -0.8, 1.1],
            |x| chebyshev(n, x),
            |x| chebyshev_prime(n, x),
            |x, v| chebyshev_jvp(n, x, v),
            |x, s| chebyshev_vjp(n, x, s),
        );
    }
}

/// A power by squaring: the bits of the exponent decide.
#[derive_fn(jvp, vjp)]
fn power(x: f64, mut n: u32) -> f64 {
    let mut base = x;
    let mut result = 1.0;
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
        scalar(
            &[0.9, -1.1, 0.0],
            |x| power(x, n),
            |x| power_prime(x, n),
            |x, v| power_jvp(x, n, v),
            |x, s| power_vjp(x, n, s),
        );
    }
}

/// The iterator is the user's and stays passive.
#[derive_fn(jvp, vjp)]
fn commands(x: f64, program: &str) -> f64 {
    let mut state = x;
    let mut letters = program.chars();
    while let Some(letter) = letters.next() {
        state = match letter {
            's' => state.sin(),
            'e' => state.exp(),
            'd' => 2.0 * state,
            '+' => state + x,
            _ => continue,
        };
    }
    state
}

#[test]
fn while_let() {
    for program in ["", "s", "se d+s", "d+d+?s+"] {
        scalar(
            &[0.3, -0.8],
            |x| commands(x, program),
            |x| commands_prime(x, program),
            |x, v| commands_jvp(x, program, v),
            |x, s| commands_vjp(x, program, s),
        );
    }
}

/// Branches on what is carried.
#[derive_fn(jvp, vjp)]
fn tent(x: f64, slope: f64, n: usize) -> f64 {
    let mut state = x;
    for _ in 0..n {
        state = if state < 0.5 { slope * state } else { slope * (1.0 - state) };
    }
    state
}

#[test]
fn branches_in_loops() {
    array(
        &[[0.31, 1.7], [0.62, 1.3]],
        |[x, y]| tent(x, y, 9),
        |[x, y]| tent_prime(x, y, 9),
        |[x, y], [v, w]| tent_jvp(x, y, 9, v, w),
        |[x, y], s| tent_vjp(x, y, 9, s),
    );
}

/// A loop in one arm only; the variable goes on being used.
#[derive_fn(jvp, vjp)]
fn sometimes(x: f64, often: bool) -> f64 {
    let mut y = x * x;
    if often {
        for k in 1..4 {
            y = (y + k as f64).sqrt();
        }
    } else if y > 1.0 {
        y -= 1.0;
    }
    y * x
}

#[test]
fn loop_in_an_arm() {
    for often in [false, true] {
        scalar(
            &[0.3, -1.8],
            |x| sometimes(x, often),
            |x| sometimes_prime(x, often),
            |x, v| sometimes_jvp(x, often, v),
            |x, s| sometimes_vjp(x, often, s),
        );
    }
}

/// Nothing active changes in the loop, but what it counts scales.
#[derive_fn(jvp, vjp)]
fn passive_loop(x: f64, mut n: u64) -> f64 {
    let mut steps = 0;
    while n != 1 {
        n = if n % 2 == 0 { n / 2 } else { 3 * n + 1 };
        steps += 1;
    }
    x.powi(steps)
}

#[test]
fn loops_that_are_copied() {
    scalar(
        &[0.9, -1.1],
        |x| passive_loop(x, 6),
        |x| passive_loop_prime(x, 6),
        |x, v| passive_loop_jvp(x, 6, v),
        |x, s| passive_loop_vjp(x, 6, s),
    );
}

/// Overwritten in every iteration: only the last counts.
#[derive_fn(jvp, vjp)]
fn last_only(x: f64, n: usize) -> f64 {
    let mut y = x.exp();
    let mut passive = 3.0;
    for k in 0..n {
        passive += 1.0;
        y = x * k as f64 + passive;
    }
    y * passive
}

#[test]
fn overwritten() {
    for n in [0, 1, 4] {
        scalar(
            &[0.9, -1.1],
            |x| last_only(x, n),
            |x| last_only_prime(x, n),
            |x, v| last_only_jvp(x, n, v),
            |x, s| last_only_vjp(x, n, s),
        );
    }
}

/// Names that are used again, inside and out.
#[derive_fn(jvp, vjp)]
fn shadows(x: f64) -> f64 {
    let y = x;
    let mut z = 0.0;
    for y in 0..3 {
        let x = x * y as f64;
        let y = x.cos();
        z = z * 0.5 + y * x;
        {
            let z = z * 10.0;
            let _ = z;
        }
    }
    z + y
}

#[test]
fn shadowing() {
    scalar(&[0.9, -1.1], shadows, shadows_prime, shadows_jvp, shadows_vjp);
}

/// Secants, with both points carried, and a value of the loop from either end.
#[derive_fn(jvp, vjp)]
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
            // One more step by Newton's rule, whose derivative is exact.
            break t1 - g1 / (3.0 * t1 * t1 + a);
        }
        let t2 = t1 - g1 * (t1 - t0) / (g1 - g0);
        t0 = t1;
        t1 = t2;
    };
    root * root
}

#[test]
fn loop_expressions() {
    array(
        &[[1.3, 0.4], [2.0, 5.0]],
        |[x, y]| secant(x, y),
        |[x, y]| secant_prime(x, y),
        |[x, y], [v, w]| secant_jvp(x, y, v, w),
        |[x, y], s| secant_vjp(x, y, s),
    );
}

/// The three ways to go through a loop meet in one.
#[derive_fn(jvp, vjp)]
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
        array(
            &[[1.3, 0.4], [2.0, 1.5], [-1.7, 1.9], [0.1, 0.2]],
            |[x, y]| everything(x, y, n),
            |[x, y]| everything_prime(x, y, n),
            |[x, y], [v, w]| everything_jvp(x, y, n, v, w),
            |[x, y], s| everything_vjp(x, y, n, s),
        );
    }
}

/// No iteration at all leaves what was; a variable that only some iterations touch.
#[derive_fn(jvp, vjp)]
fn peaks(x: f64, y: f64, n: usize) -> f64 {
    let mut highest = f64::NEG_INFINITY;
    let mut at = 0.0;
    for k in 0..n {
        let here = (x * k as f64).sin() * y + x;
        if here > highest {
            highest = here;
            at = x * k as f64;
        }
    }
    if n == 0 { x } else { highest + 0.25 * at * at }
}

#[test]
fn running_maximum() {
    for n in [0, 1, 7] {
        array(
            &[[1.3, 0.4], [0.3, 1.5]],
            |[x, y]| peaks(x, y, n),
            |[x, y]| peaks_prime(x, y, n),
            |[x, y], [v, w]| peaks_jvp(x, y, n, v, w),
            |[x, y], s| peaks_vjp(x, y, n, s),
        );
    }
}

/// Division by what grows, three deep, with loop bounds that depend on outer counters.
#[derive_fn(jvp, vjp)]
fn deep(x: f64) -> f64 {
    let mut s = 1.0;
    for i in 1..4 {
        for j in i..4 {
            for k in (j..5).rev() {
                s += x * (i * j * k) as f64 / (s * s + 1.0);
            }
            s *= 0.5;
        }
    }
    s
}

#[test]
fn three_deep() {
    scalar(&[0.2, -0.4], deep, deep_prime, deep_jvp, deep_vjp);
}
