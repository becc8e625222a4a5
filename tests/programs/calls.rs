//! Functions that call functions, at every step and with every kind of argument.

use crate::check::{array, map, scalar, slice, spread};
use deriv::derive_fn;

#[derive_fn(jvp, vjp)]
fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

#[derive_fn(jvp, vjp)]
fn gates(x: f64, n: usize) -> f64 {
    let mut state = 0.5;
    for k in 0..n {
        state = sigmoid(state * x + k as f64) * 0.9 + x;
    }
    state
}

#[test]
fn helper_of_scalars_in_a_loop() {
    scalar(
        &[0.3, -1.2],
        |x| gates(x, 5),
        |x| gates_prime(x, 5),
        |x, v| gates_jvp(x, 5, v),
        |x, s| gates_vjp(x, 5, s),
    );
}

later! {
#[derive_fn(jvp, vjp)]
fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut sum = 0.0;
    for i in 0..a.len() {
        sum += a[i] * b[i];
    }
    sum
}

/// A helper of slices, on parts of one: each row with the vector, and a row with itself.
#[derive_fn(jvp, vjp)]
fn rayleigh(p: &[f64], n: usize) -> f64 {
    let x = &p[n * n..];
    let mut sum = 0.0;
    for i in 0..n {
        sum += x[i] * dot(&p[i * n..(i + 1) * n], x);
    }
    sum / dot(x, x)
}

#[test]
fn helper_of_slices() {
    slice(
        &[&spread(12, 4)],
        |x| rayleigh(x, 3),
        |x, out| rayleigh_prime(x, 3, out),
        |x, v| rayleigh_jvp(x, 3, v),
        |x, s, bar| rayleigh_vjp(x, 3, s, bar),
    );
}
} // later

later! {
/// A determinant by minors, recursively.
#[derive_fn(jvp, vjp)]
fn determinant(a: &[f64], n: usize) -> f64 {
    if n == 1 {
        return a[0];
    }
    let mut minor = vec![0.0; (n - 1) * (n - 1)];
    let mut sum = 0.0;
    let mut sign = 1.0;
    for column in 0..n {
        for i in 1..n {
            for j in 0..n - 1 {
                let from = if j < column { j } else { j + 1 };
                minor[(i - 1) * (n - 1) + j] = a[i * n + from];
            }
        }
        sum += sign * a[column] * determinant(&minor, n - 1);
        sign = -sign;
    }
    sum
}

#[test]
fn recursion_on_a_vector() {
    for n in 1..5 {
        slice(
            &[&spread(n * n, 2)],
            |x| determinant(x, n),
            |x, out| determinant_prime(x, n, out),
            |x, v| determinant_jvp(x, n, v),
            |x, s, bar| determinant_vjp(x, n, s, bar),
        );
    }
}
} // later

later! {
/// Pairwise products: recursion on both halves.
#[derive_fn(jvp, vjp)]
fn pairwise(x: &[f64]) -> f64 {
    match x.len() {
        0 => 1.0,
        1 => x[0],
        n => {
            let (left, right) = x.split_at(n / 2);
            pairwise(left) * pairwise(right) + 0.1 * x[0]
        }
    }
}

#[test]
fn recursion_on_halves() {
    slice(&[&[], &[0.4], &spread(7, 3)], pairwise, pairwise_prime, pairwise_jvp, pairwise_vjp);
}
} // later

/// Adaptive quadrature: recursion on scalars, as deep as the numbers ask.
#[derive_fn(jvp, vjp, wrt(a, b, p))]
fn integral(a: f64, b: f64, p: f64, depth: u32) -> f64 {
    let f = |t: f64| (p * t * t).exp();
    let (m, h) = (0.5 * (a + b), b - a);
    let whole = h / 6.0 * (f(a) + 4.0 * f(m) + f(b));
    let (left, right) = (0.5 * (a + m), 0.5 * (m + b));
    let halves = h / 12.0 * (f(a) + 4.0 * f(left) + 2.0 * f(m) + 4.0 * f(right) + f(b));
    if depth == 0 || (whole - halves).abs() < 1e-4 {
        return halves;
    }
    integral(a, m, p, depth - 1) + integral(m, b, p, depth - 1)
}

#[test]
fn recursion_on_scalars() {
    array(
        &[[0.0, 1.3, 0.7], [-1.0, 0.5, -2.0]],
        |[a, b, p]| integral(a, b, p, 6),
        |[a, b, p]| integral_prime(a, b, p, 6),
        |[a, b, p], [u, v, w]| integral_jvp(a, b, p, 6, u, v, w),
        |[a, b, p], s| integral_vjp(a, b, p, 6, s),
    );
}

later! {
#[derive_fn(jvp, vjp)]
fn cross(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

/// A helper with arrays in and out, nested in itself.
#[derive_fn(jvp, vjp)]
fn rotated(v: [f64; 3], axis: [f64; 3], angle: f64) -> f64 {
    let k = cross(axis, v);
    let kk = cross(axis, k);
    let mut sum = 0.0;
    for i in 0..3 {
        let r = v[i] + angle.sin() * k[i] + (1.0 - angle.cos()) * kk[i];
        sum += r * (i + 1) as f64;
    }
    sum
}

#[test]
fn helper_of_arrays() {
    array(
        &[[0.3, -1.0, 0.5, 0.1, 0.9, -0.4, 0.8]],
        |[a, b, c, d, e, f, t]| rotated([a, b, c], [d, e, f], t),
        |[a, b, c, d, e, f, t]| {
            let ([p, q, r], [s, u, v], w) = rotated_prime([a, b, c], [d, e, f], t);
            [p, q, r, s, u, v, w]
        },
        |[a, b, c, d, e, f, t], [p, q, r, s, u, v, w]| {
            rotated_jvp([a, b, c], [d, e, f], t, [p, q, r], [s, u, v], w)
        },
        |[a, b, c, d, e, f, t], seed| {
            let (value, ([p, q, r], [s, u, v], w)) = rotated_vjp([a, b, c], [d, e, f], t, seed);
            (value, [p, q, r, s, u, v, w])
        },
    );
}
} // later

later! {
/// What the right hand side of an equation writes.
#[derive_fn(jvp, vjp)]
fn slopes(x: &[f64], rate: f64, out: &mut [f64]) {
    let n = x.len();
    for i in 0..n {
        out[i] = rate * x[i] * (1.0 - x[i]) - 0.2 * x[(i + 1) % n];
    }
}

/// A helper that writes into a buffer, again and again.
#[derive_fn(jvp, vjp, wrt(x, rate))]
fn euler(x: &[f64], rate: f64, steps: usize) -> f64 {
    let mut state = x.to_vec();
    let mut slope = vec![0.0; x.len()];
    for _ in 0..steps {
        slopes(&state, rate, &mut slope);
        for i in 0..x.len() {
            state[i] += 0.1 * slope[i];
        }
    }
    dot(&state, &state)
}

#[test]
fn helper_that_writes() {
    for steps in [0, 1, 5] {
        map(
            &[&[0.3, 0.5, 0.9, 1.4]],
            |p| vec![euler(&p[..3], p[3], steps)],
            |p, v| {
                let (value, tangent) = euler_jvp(&p[..3], p[3], steps, &v[..3], v[3]);
                (vec![value], vec![tangent])
            },
            |p, s| {
                let mut bar = vec![7.0; 3];
                let (value, by_rate) = euler_vjp(&p[..3], p[3], steps, s[0], &mut bar);
                bar.push(by_rate);
                (vec![value], bar)
            },
        );
    }
}
} // later

struct Network {
    leak: f64,
    rounds: usize,
}

impl Network {
    #[derive_fn(jvp, vjp)]
    fn unit(&self, x: f64, weight: f64) -> f64 {
        let y = x * weight;
        if y > 0.0 { y } else { self.leak * y }
    }

    /// A method in a loop over a slice.
    #[derive_fn(jvp, vjp)]
    fn run(&self, weights: &[f64]) -> f64 {
        let mut x = 1.0;
        for _ in 0..self.rounds {
            for w in weights {
                x = self.unit(x, *w) + 0.3;
            }
        }
        x
    }
}

#[test]
fn methods() {
    let network = Network { leak: 0.1, rounds: 2 };
    slice(
        &[&[0.5, -1.2, 0.8]],
        |w| network.run(w),
        |w, out| network.run_prime(w, out),
        |w, v| network.run_jvp(w, v),
        |w, s, bar| network.run_vjp(w, s, bar),
    );
}

later! {
/// A derivative by hand: a function of slices that the macro has never seen.
fn measured(x: &[f64]) -> f64 {
    x.iter().map(|x| x.powi(3)).sum()
}

fn measured_jvp(x: &[f64], x_dot: &[f64]) -> (f64, f64) {
    (measured(x), x.iter().zip(x_dot).map(|(x, v)| 3.0 * x * x * v).sum())
}

fn measured_vjp(x: &[f64], seed: f64, x_bar: &mut [f64]) -> f64 {
    for (bar, x) in x_bar.iter_mut().zip(x) {
        *bar = 3.0 * x * x * seed;
    }
    measured(x)
}

#[derive_fn(jvp, vjp)]
fn with_measured(x: &[f64]) -> f64 {
    let mut doubled = vec![0.0; x.len()];
    for (d, x) in doubled.iter_mut().zip(x) {
        *d = 2.0 * x;
    }
    measured(x).sin() + measured(&doubled)
}

#[test]
fn derivatives_by_hand() {
    slice(&[&[0.5, -0.2, 0.8]], with_measured, with_measured_prime, with_measured_jvp, with_measured_vjp);
}
} // later

/// Functions inside the body, one of which loops.
#[derive_fn(jvp, vjp)]
fn inner(x: &[f64]) -> f64 {
    fn smooth(x: f64, rounds: usize) -> f64 {
        let mut y = x;
        for _ in 0..rounds {
            y = (y * y + 0.01).sqrt();
        }
        y
    }
    let square = |x: f64| x * x;
    let mut sum = 0.0;
    for (i, x) in x.iter().enumerate() {
        sum += square(smooth(*x, i));
    }
    sum
}

#[test]
fn functions_inside() {
    slice(&[&[0.5, -0.2, 0.8]], inner, inner_prime, inner_jvp, inner_vjp);
}

later! {
/// The value of the call matters only sometimes, its argument changes after it.
#[derive_fn(jvp, vjp)]
fn after_the_call(x: &[f64]) -> f64 {
    let mut y = x.to_vec();
    let before = dot(&y, &y);
    y[0] = before;
    let after = dot(&y, x);
    y[0] = 0.0;
    if after > 1.0 { before * dot(&y, &y) } else { after }
}

#[test]
fn arguments_that_change() {
    slice(
        &[&[0.5, -0.2, 0.8], &[1.5, -0.2, 0.8]],
        after_the_call,
        after_the_call_prime,
        after_the_call_jvp,
        after_the_call_vjp,
    );
}
} // later

/// As a function value in a chain.
#[derive_fn(jvp, vjp)]
fn activated(x: &[f64]) -> f64 {
    x.iter().map(|x| sigmoid(*x)).sum::<f64>() * x.iter().copied().map(sigmoid).sum::<f64>()
}

#[test]
fn calls_in_chains() {
    slice(&[&[0.5, -0.2, 0.8]], activated, activated_prime, activated_jvp, activated_vjp);
}
