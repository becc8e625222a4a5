//! Chains of iterators.

use crate::check::{array, map, scalar, slice, spread};
use deriv::derive_fn;

#[derive_fn(jvp, vjp)]
fn norm(x: &[f64]) -> f64 {
    x.iter().map(|x| x * x).sum::<f64>().sqrt()
}

#[test]
fn map_and_sum() {
    slice(&[&[3.0, 4.0], &spread(7, 1)], norm, norm_prime, norm_jvp, norm_vjp);
}

#[derive_fn(jvp, vjp, wrt(a))]
fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[test]
fn zipped() {
    let b = spread(5, 2);
    slice(
        &[&spread(5, 1)],
        |a| dot(a, &b),
        |a, out| dot_prime(a, &b, out),
        |a, v| dot_jvp(a, &b, v),
        |a, s, bar| dot_vjp(a, &b, s, bar),
    );
}

#[derive_fn(jvp, vjp)]
fn log_sum_exp(x: &[f64]) -> f64 {
    let max = x.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    max + x.iter().map(|x| (x - max).exp()).sum::<f64>().ln()
}

#[test]
fn fold_of_a_function() {
    slice(
        &[&[0.3], &[0.1, 2.0, -1.0], &[700.0, 705.0, 710.0]],
        log_sum_exp,
        log_sum_exp_prime,
        log_sum_exp_jvp,
        log_sum_exp_vjp,
    );
}

/// Horner's rule, backwards through the slice.
#[derive_fn(jvp, vjp)]
fn polynomial(coefficients: &[f64]) -> f64 {
    coefficients.iter().rev().fold(0.0, |sum, c| sum * 1.3 + c * c)
}

#[test]
fn reversed_fold() {
    slice(&[&[], &spread(5, 0)], polynomial, polynomial_prime, polynomial_jvp, polynomial_vjp);
}

#[derive_fn(jvp, vjp)]
fn interpolation(x: f64, nodes: &[f64; 4]) -> f64 {
    (0..4)
        .map(|i| {
            let weight: f64 = nodes
                .iter()
                .enumerate()
                .map(|(j, n)| if i == j { 1.0 } else { (x - n) / (nodes[i] - n) })
                .product();
            weight * (i as f64 + x).sin()
        })
        .sum()
}

#[test]
fn nested_chains_and_product() {
    array(
        &[[0.7, 0.0, 1.0, 2.1, 3.0]],
        |[x, a, b, c, d]| interpolation(x, &[a, b, c, d]),
        |[x, a, b, c, d]| {
            let (by_x, [p, q, r, s]) = interpolation_prime(x, &[a, b, c, d]);
            [by_x, p, q, r, s]
        },
        |[x, a, b, c, d], [v, p, q, r, s]| interpolation_jvp(x, &[a, b, c, d], v, &[p, q, r, s]),
        |[x, a, b, c, d], seed| {
            let (value, (by_x, [p, q, r, s])) = interpolation_vjp(x, &[a, b, c, d], seed);
            (value, [by_x, p, q, r, s])
        },
    );
}

/// The products of all, by a product of a slice that may hold zeros.
#[derive_fn(jvp, vjp)]
fn product(x: &[f64]) -> f64 {
    x.iter().product()
}

#[test]
fn products_with_zeros() {
    slice(
        &[&[], &[2.0, 3.0, 0.5], &[0.0, 2.0], &[0.0, 0.0, 1.0]],
        product,
        product_prime,
        product_jvp,
        product_vjp,
    );
}

#[derive_fn(jvp, vjp)]
fn rosenbrock(x: &[f64]) -> f64 {
    x.windows(2).map(|w| 100.0 * (w[1] - w[0] * w[0]).powi(2) + (1.0 - w[0]).powi(2)).sum()
}

#[test]
fn windows_of_two() {
    slice(
        &[&[], &[0.4], &[-1.2, 1.0], &spread(6, 3)],
        rosenbrock,
        rosenbrock_prime,
        rosenbrock_jvp,
        rosenbrock_vjp,
    );
}

/// A curve's bending, by a stencil of three.
#[derive_fn(jvp, vjp)]
fn bending(y: &[f64], h: f64) -> f64 {
    let mut energy = 0.0;
    for w in y.windows(3) {
        let [a, b, c] = [w[0], w[1], w[2]];
        energy += ((a - 2.0 * b + c) / (h * h)).powi(2);
    }
    energy * h
}

#[test]
fn windows_of_three() {
    map(
        &[&[0.3, 0.1, 0.6, -0.4, 0.8]],
        |p| vec![bending(&p[..4], p[4])],
        |p, v| {
            let (value, tangent) = bending_jvp(&p[..4], p[4], &v[..4], v[4]);
            (vec![value], vec![tangent])
        },
        |p, s| {
            let mut bar = vec![7.0; 4];
            let (value, by_h) = bending_vjp(&p[..4], p[4], s[0], &mut bar);
            bar.push(by_h);
            (vec![value], bar)
        },
    );
}

/// Sums over rows of a flat matrix.
#[derive_fn(jvp, vjp)]
fn quadratic(a: &[f64], x: &[f64]) -> f64 {
    a.chunks_exact(x.len())
        .zip(x)
        .map(|(row, y)| y * row.iter().zip(x).map(|(a, x)| a * x).sum::<f64>())
        .sum::<f64>()
        * 0.5
}

#[test]
fn rows_of_a_matrix() {
    map(
        &[&spread(12, 4)],
        |p| vec![quadratic(&p[..9], &p[9..])],
        |p, v| {
            let (value, tangent) = quadratic_jvp(&p[..9], &p[9..], &v[..9], &v[9..]);
            (vec![value], vec![tangent])
        },
        |p, s| {
            let mut bars = vec![7.0; 12];
            let (a_bar, x_bar) = bars.split_at_mut(9);
            let value = quadratic_vjp(&p[..9], &p[9..], s[0], a_bar, x_bar);
            (vec![value], bars)
        },
    );
}

/// Two passes, as people write the variance.
#[derive_fn(jvp, vjp)]
fn skewness(x: &[f64]) -> f64 {
    let n = x.len() as f64;
    let mean = x.iter().sum::<f64>() / n;
    let (mut second, mut third) = (0.0, 0.0);
    for &x in x {
        let d = x - mean;
        second += d * d;
        third += d * d * d;
    }
    (third / n) / (second / n).powf(1.5)
}

#[test]
fn moments() {
    slice(&[&[0.3, 1.0, -0.5, 2.2]], skewness, skewness_prime, skewness_jvp, skewness_vjp);
}

/// Every part of the adaptors: which elements, in which order.
#[derive_fn(jvp, vjp)]
fn selection(x: &[f64]) -> f64 {
    let a: f64 = x.iter().skip(1).step_by(2).map(|x| x.exp()).sum();
    let b: f64 = x.iter().take(3).enumerate().map(|(i, x)| (i + 1) as f64 * x * x).sum();
    let c = x.iter().rev().skip(1).take(2).cloned().fold(1.0, |p, x| p * (x + 2.0));
    a * b + c
}

#[test]
fn which_elements() {
    for n in [0, 1, 2, 3, 6] {
        slice(&[&spread(n, 2)], selection, selection_prime, selection_jvp, selection_vjp);
    }
}

/// k-means: the nearest centre counts.
#[derive_fn(jvp, vjp, wrt(centres))]
fn scatter(points: &[[f64; 2]], centres: &[[f64; 2]]) -> f64 {
    points
        .iter()
        .map(|p| {
            centres
                .iter()
                .map(|c| (p[0] - c[0]).powi(2) + (p[1] - c[1]).powi(2))
                .fold(f64::INFINITY, f64::min)
        })
        .sum()
}

#[test]
fn nearest() {
    let points = [[0.1, 0.2], [0.9, 1.1], [-0.7, 0.4], [1.3, 0.8], [0.0, -0.5]];
    map(
        &[&[0.0, 0.0, 1.0, 1.0], &[-0.6, 0.1, 0.7, 0.8]],
        |c| vec![scatter(&points, c.as_chunks().0)],
        |c, v| {
            let (value, tangent) = scatter_jvp(&points, c.as_chunks().0, v.as_chunks().0);
            (vec![value], vec![tangent])
        },
        |c, s| {
            let mut bar = vec![7.0; c.len()];
            let value = scatter_vjp(&points, c.as_chunks().0, s[0], bar.as_chunks_mut().0);
            (vec![value], bar)
        },
    );
}

/// The largest by comparison, and with it what lies beside it.
#[derive_fn(jvp, vjp)]
fn spread_of(x: &[f64]) -> f64 {
    let highest = x.iter().copied().max_by(|a, b| a.total_cmp(b)).unwrap_or(0.0);
    let lowest = x.iter().copied().min_by(|a, b| a.total_cmp(b)).unwrap_or(0.0);
    (highest - lowest) * highest
}

#[test]
fn extremes() {
    slice(&[&[0.3, 2.0, -1.0, 0.7]], spread_of, spread_of_prime, spread_of_jvp, spread_of_vjp);
}

later! {
/// Softmax into a vector, then an entropy of it.
#[derive_fn(jvp, vjp)]
fn entropy(logits: &[f64]) -> f64 {
    let largest = logits.iter().fold(f64::NEG_INFINITY, |a, &b| a.max(b));
    let exponentials: Vec<f64> = logits.iter().map(|x| (x - largest).exp()).collect();
    let total: f64 = exponentials.iter().sum();
    -exponentials.iter().map(|e| e / total).map(|p| p * p.ln()).sum::<f64>()
}

#[test]
fn collected() {
    slice(&[&[0.3, 2.0, -1.0, 0.7]], entropy, entropy_prime, entropy_jvp, entropy_vjp);
}
} // later

/// In place, by mutable iterators.
#[derive_fn(jvp, vjp)]
fn normalised(x: &[f64], power: f64) -> f64 {
    let mut y = x.to_vec();
    for y in y.iter_mut() {
        *y = y.abs().powf(power);
    }
    let total: f64 = y.iter().sum();
    y.iter_mut().for_each(|y| *y /= total);
    for (y, x) in y.iter_mut().zip(x) {
        *y *= x;
    }
    y.iter().sum()
}

#[test]
fn mutable_iterators() {
    map(
        &[&[0.3, 2.0, -1.0, 1.7]],
        |p| vec![normalised(&p[..3], p[3])],
        |p, v| {
            let (value, tangent) = normalised_jvp(&p[..3], p[3], &v[..3], v[3]);
            (vec![value], vec![tangent])
        },
        |p, s| {
            let mut bar = vec![7.0; 3];
            let (value, by_power) = normalised_vjp(&p[..3], p[3], s[0], &mut bar);
            bar.push(by_power);
            (vec![value], bar)
        },
    );
}

later! {
/// A loss over pairs, which are no variables.
#[derive_fn(jvp, vjp)]
fn fit(a: f64, b: f64, c: f64, data: &[(f64, f64)]) -> f64 {
    let mut sum = 0.0;
    for &(x, y) in data {
        let residual = a * (-b * x).exp() + c - y;
        sum += residual * residual;
    }
    sum / data.len() as f64
}

#[test]
fn pairs_of_data() {
    let data = [(0.0, 2.0), (0.5, 1.5), (1.0, 1.1), (2.0, 0.8)];
    array(
        &[[1.5, 1.0, 0.5], [-0.3, 0.2, 1.0]],
        |[a, b, c]| fit(a, b, c, &data),
        |[a, b, c]| fit_prime(a, b, c, &data),
        |[a, b, c], [u, v, w]| fit_jvp(a, b, c, &data, u, v, w),
        |[a, b, c], s| fit_vjp(a, b, c, &data, s),
    );
}
} // later

/// A mutable sum captured by the closure of `for_each`.
#[derive_fn(jvp, vjp)]
fn weighted(x: &[f64]) -> f64 {
    let (mut sum, mut weights) = (0.0, 0.0);
    x.iter().enumerate().for_each(|(i, x)| {
        let weight = (-(i as f64)).exp() * (1.0 + x * x);
        sum += weight * x;
        weights += weight;
    });
    sum / weights
}

#[test]
fn for_each() {
    slice(&[&[0.3, 2.0, -1.0]], weighted, weighted_prime, weighted_jvp, weighted_vjp);
}

/// Over an array by value, and over a range with a closure that captures.
#[derive_fn(jvp, vjp)]
fn fourier(coefficients: [f64; 3], t: f64) -> f64 {
    let wave = |k: usize| (k as f64 * t).sin();
    let first: f64 = coefficients.into_iter().zip(1..).map(|(c, k)| c * wave(k)).sum();
    let second: f64 = (1..=3).map(|k| coefficients[k - 1] * wave(k) * 0.1).sum();
    first - second
}

#[test]
fn arrays_and_ranges() {
    array(
        &[[1.5, 1.0, 0.5, 0.7]],
        |[a, b, c, t]| fourier([a, b, c], t),
        |[a, b, c, t]| {
            let ([p, q, r], by_t) = fourier_prime([a, b, c], t);
            [p, q, r, by_t]
        },
        |[a, b, c, t], [p, q, r, v]| fourier_jvp([a, b, c], t, [p, q, r], v),
        |[a, b, c, t], s| {
            let (value, ([p, q, r], by_t)) = fourier_vjp([a, b, c], t, s);
            (value, [p, q, r, by_t])
        },
    );
}

/// A fold with a tuple, over a range.
#[derive_fn(jvp, vjp)]
fn fibonacci(x: f64) -> f64 {
    let (a, b) = (0..8).fold((x, 1.0), |(a, b), k| (b, a * x + b / (k + 1) as f64));
    a * b
}

#[test]
fn fold_of_tuples() {
    scalar(&[0.3, -0.7], fibonacci, fibonacci_prime, fibonacci_jvp, fibonacci_vjp);
}

/// A Hermitian form in disguise: `for` over zipped rows of two matrices.
#[derive_fn(jvp, vjp)]
fn frobenius(a: [[f64; 3]; 2], b: [[f64; 3]; 2]) -> f64 {
    let mut sum = 0.0;
    for (r, s) in a.iter().zip(b.iter()) {
        for (x, y) in r.iter().zip(s) {
            sum += (x - y).powi(2);
        }
    }
    sum.sqrt()
}

#[test]
fn zipped_rows() {
    let arrays = |x: &[f64]| -> ([[f64; 3]; 2], [[f64; 3]; 2]) {
        let row = |i: usize| [x[i], x[i + 1], x[i + 2]];
        ([row(0), row(3)], [row(6), row(9)])
    };
    map(
        &[&spread(12, 1)],
        |x| {
            let (a, b) = arrays(x);
            vec![frobenius(a, b)]
        },
        |x, v| {
            let ((a, b), (a_dot, b_dot)) = (arrays(x), arrays(v));
            let (value, tangent) = frobenius_jvp(a, b, a_dot, b_dot);
            (vec![value], vec![tangent])
        },
        |x, s| {
            let (a, b) = arrays(x);
            let (value, (a_bar, b_bar)) = frobenius_vjp(a, b, s[0]);
            (vec![value], [a_bar.as_flattened(), b_bar.as_flattened()].concat())
        },
    );
}
