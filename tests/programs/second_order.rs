//! Second derivatives of programs.

use crate::check::{agree, close, curvature, spread};
use deriv::derive_fn;

#[derive_fn(hvp, hessian, vjp)]
fn rosenbrock(x: &[f64]) -> f64 {
    let mut sum = 0.0;
    for i in 0..x.len() - 1 {
        sum += 100.0 * (x[i + 1] - x[i].powi(2)).powi(2) + (1.0 - x[i]).powi(2);
    }
    sum
}

#[test]
fn slices() {
    let points: [&[f64]; 2] = [&[-1.2, 1.0], &spread(5, 1)];
    curvature(
        &points,
        |x| {
            let mut out = vec![7.0; x.len()];
            rosenbrock_prime(x, &mut out);
            out
        },
        |x, v| {
            let mut out = vec![7.0; x.len()];
            rosenbrock_hvp(x, v, &mut out);
            out
        },
    );
    for x in points {
        let n = x.len();
        let mut hessian = vec![7.0; n * n];
        rosenbrock_hessian(x, &mut hessian);
        for i in 0..n {
            let direction = Vec::from_iter((0..n).map(|j| f64::from(i == j)));
            let mut column = vec![7.0; n];
            rosenbrock_hvp(x, &direction, &mut column);
            agree("hessian", &hessian[i * n..(i + 1) * n], &column);
        }
    }
}

/// A loss over data, as for Newton's method.
#[derive_fn(hessian, hvp, wrt(w, b))]
fn logistic(w: &[f64; 2], b: f64, samples: &[[f64; 2]], labels: &[bool]) -> f64 {
    let mut total = 0.0;
    for (sample, label) in samples.iter().zip(labels) {
        let score = w[0] * sample[0] + w[1] * sample[1] + b;
        total += (1.0 + score.exp()).ln() - if *label { score } else { 0.0 };
    }
    total
}

#[test]
fn losses() {
    let samples = [[0.1, 0.2], [0.9, 1.1], [-0.7, 0.4], [1.3, 0.8]];
    let labels = [true, false, true, false];
    let point = [0.3, -0.8, 0.2];
    let gradient = |x: &[f64]| {
        let ([p, q], r) = logistic_prime(&[x[0], x[1]], x[2], &samples, &labels);
        vec![p, q, r]
    };
    curvature(&[&point], gradient, |x, v| {
        let ([p, q], r) = logistic_hvp(&[x[0], x[1]], x[2], &samples, &labels, &[v[0], v[1]], v[2]);
        vec![p, q, r]
    });
    // The variables end to end.
    let hessian: [[f64; 3]; 3] = logistic_hessian(&[point[0], point[1]], point[2], &samples, &labels);
    curvature(&[&point], gradient, |_, v| {
        hessian.iter().map(|row| row.iter().zip(v).map(|(a, b)| a * b).sum()).collect()
    });
}

/// Loops over one scalar, up to the third order.
#[derive_fn(prime2, prime3, hvp)]
fn iterated(x: f64, n: usize) -> f64 {
    let mut y = x;
    for k in 0..n {
        y = y.sin() + 0.1 * x * y * k as f64;
    }
    y
}

#[test]
fn scalars() {
    for n in [0, 1, 4] {
        for x in [0.3, -1.1] {
            let d = |f: &dyn Fn(f64) -> f64| deriv::numeric::derivative(f, x).value;
            close("prime", &[iterated_prime(x, n)], &[d(&|x| iterated(x, n))]);
            close("prime2", &[iterated_prime2(x, n)], &[d(&|x| iterated_prime(x, n))]);
            close("prime3", &[iterated_prime3(x, n)], &[d(&|x| iterated_prime2(x, n))]);
            agree("hvp", &[iterated_hvp(x, n, 2.0)], &[2.0 * iterated_prime2(x, n)]);
        }
    }
}

/// Memory that is written and read, by a tape.
#[derive_fn(hvp, hessian)]
fn filtered(x: [f64; 4], gain: f64) -> f64 {
    let mut y = [0.0; 4];
    y[0] = x[0];
    for i in 1..4 {
        y[i] = gain * y[i - 1] + (1.0 - gain) * x[i] * x[i];
    }
    let mut peak = 0.0_f64;
    for value in y {
        peak = peak.max(value);
    }
    peak * y[3] + y[1]
}

#[test]
fn arrays_and_scalars() {
    let array = |x: &[f64]| [x[0], x[1], x[2], x[3]];
    let point = [0.3, -0.8, 1.2, 0.5, 0.4];
    let gradient = |x: &[f64]| {
        let (by_x, by_gain) = filtered_prime(array(x), x[4]);
        [&by_x[..], &[by_gain]].concat()
    };
    curvature(&[&point], gradient, |x, v| {
        let (by_x, by_gain) = filtered_hvp(array(x), x[4], array(v), v[4]);
        [&by_x[..], &[by_gain]].concat()
    });
    let hessian: [[f64; 5]; 5] = filtered_hessian(array(&point), point[4]);
    curvature(&[&point], gradient, |_, v| {
        hessian.iter().map(|row| row.iter().zip(v).map(|(a, b)| a * b).sum()).collect()
    });
}

/// Of an array of results, the seed's combination.
#[derive_fn(hvp, vjp)]
fn both(x: &[f64]) -> [f64; 2] {
    let mut sum = 0.0;
    let mut product = 1.0;
    for x in x {
        sum += x.sin();
        product *= x;
    }
    [sum * sum, product]
}

#[test]
fn seeded() {
    let seed = [0.7, -1.3];
    curvature(
        &[&[0.4, 1.1, -0.6]],
        |x| {
            let mut out = vec![7.0; x.len()];
            both_vjp(x, seed, &mut out);
            out
        },
        |x, v| {
            let mut out = vec![7.0; x.len()];
            both_hvp(x, seed, v, &mut out);
            out
        },
    );
}

#[derive_fn(jvp, vjp, hvp)]
fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[derive_fn(prime2)]
fn bump(x: f64) -> f64 {
    (-x * x).exp()
}

/// Through calls.
#[derive_fn(hvp)]
fn through(x: &[f64]) -> f64 {
    let mut sum = 0.0;
    for i in 1..x.len() {
        sum += bump(x[i] * x[i - 1]);
    }
    sum * dot(x, x)
}

#[test]
fn calls() {
    curvature(
        &[&[0.4, 1.1, -0.6]],
        |x| {
            let mut out = vec![7.0; x.len()];
            through_prime(x, &mut out);
            out
        },
        |x, v| {
            let mut out = vec![7.0; x.len()];
            through_hvp(x, v, &mut out);
            out
        },
    );
}
