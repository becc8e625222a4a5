//! Loops over slices that are cut to the loop's range before it: empty ranges, ends beyond the slice, and elements that
//! are reached in several ways.
#![allow(clippy::needless_range_loop, clippy::reversed_empty_ranges, reason = "as people write it")]

use deriv::derive_fn;
use std::hint::black_box;
use std::panic::{AssertUnwindSafe, catch_unwind};

const X: [f64; 7] = [0.3, -1.1, 0.9, 1.7, -0.4, 0.9, 0.2];

#[track_caller]
fn check(f: impl Fn(&[f64]) -> f64, g: impl Fn(&[f64], &mut [f64]), x: &[f64]) {
    let mut gradient = vec![f64::NAN; x.len()];
    g(x, &mut gradient);
    let mut x = x.to_vec();
    for i in 0..x.len() {
        let expected = deriv::numeric::partial(&f, &mut x, i).value;
        assert!((gradient[i] - expected).abs() < 1e-6, "{i}: {gradient:?}, {expected}");
    }
}

/// Both or none.
#[track_caller]
fn panics_alike(f: impl Fn(), g: impl Fn()) {
    let panics = |f: &dyn Fn()| catch_unwind(AssertUnwindSafe(f)).is_err();
    assert_eq!(panics(&f), panics(&g));
}

#[derive_fn(vjp, hvp)]
fn between(x: &[f64], from: usize, to: usize) -> f64 {
    let mut sum = 0.0;
    for i in from..to {
        sum += x[i] * x[i - 1] * x[i + 1];
    }
    sum
}

#[test]
fn all_ranges() {
    for len in 0..6 {
        for from in 0..7 {
            for to in 0..7 {
                let (x, ones) = (&X[..len], vec![1.0; len]);
                let value = || {
                    black_box(between(x, from, to));
                };
                panics_alike(value, || between_prime(x, from, to, &mut vec![0.0; len]));
                panics_alike(value, || {
                    black_box(between_vjp(x, from, to, 1.0, &mut vec![0.0; len]));
                });
                panics_alike(value, || between_hvp(x, from, to, &ones, &mut vec![0.0; len]));
                if to <= from || (from > 0 && to < len) {
                    check(|x| between(x, from, to), |x, g| between_prime(x, from, to, g), x);
                }
            }
        }
    }
}

// Kept values, and the iterations in both orders.
#[derive_fn(vjp)]
fn chained(x: &[f64], y: &mut [f64], from: usize) -> f64 {
    for i in from..x.len() {
        y[i] = y[i - 1] * x[i].sin();
    }
    for i in (from..=x.len() - 1).rev() {
        y[i - 1] = y[i] * x[i - 1] + x[i];
    }
    y[0]
}

#[test]
fn in_both_orders() {
    for from in 1..9 {
        let f = |x: &[f64]| chained(x, &mut [1.5; 7], from);
        let g = |x: &[f64], x_bar: &mut [f64]| {
            chained_vjp(x, &mut [1.5; 7], from, 1.0, &mut [0.0; 7], x_bar);
        };
        check(f, g, &X);
    }
}

// Rows of a matrix: the index is a sum.
#[derive_fn(vjp)]
fn product(m: &[f64], n: usize) -> f64 {
    let mut out = vec![0.0; n];
    for r in 0..n {
        for c in 0..n {
            out[r] += m[r * n + c] * m[c * n + r];
        }
        for c in r + 1..n {
            out[c] += m[r * n + c - 1] * out[r];
        }
    }
    out.iter().map(|v| v * v).sum()
}

#[test]
fn rows() {
    for n in 0..5 {
        let m: Vec<f64> = (0..n * n).map(|i| (i as f64 + 0.5).sin()).collect();
        check(|m| product(m, n), |m, g| product_prime(m, n, g), &m);
    }
}

// What the range is computed from is written to, and so is an element that no window has.
#[derive_fn(vjp)]
fn own_length(x: &[f64]) -> f64 {
    let mut y = x.to_vec();
    for i in 0..y.len() - 1 {
        y[i] *= x[i];
        y[x.len() - 1] += x[i + 1] * y[i];
    }
    for i in 1..=y.len() / 2 {
        y[i] = y[i].sin() * x[i];
    }
    y[1] * y[x.len() - 1] + y[2]
}

#[test]
fn written_to() {
    check(own_length, own_length_prime, &X);
}

// A sum beside what is added to neighbours of a row, in blocks and the rest of them.
#[derive_fn(vjp, hvp)]
fn forms(x: &[f64], from: usize) -> f64 {
    let mut form = 0.0;
    for i in from..x.len() {
        let mut dot = 0.0;
        for j in from..i {
            dot += x[j] * x[i - from];
        }
        form += dot * dot;
    }
    form
}

#[test]
fn triangles() {
    let x: Vec<f64> = (0..23).map(|i| (i as f64).cos()).collect();
    for from in 0..8 {
        check(|x| forms(x, from), |x, g| forms_prime(x, from, g), &x);
        let (mut product, ones) = (vec![0.0; 23], vec![1.0; 23]);
        forms_hvp(&x, from, &ones, &mut product);
        let slope = |t: f64| {
            let (moved, mut g): (Vec<f64>, _) = (x.iter().map(|x| x + t).collect(), vec![0.0; 23]);
            forms_prime(&moved, from, &mut g);
            g
        };
        let (above, below) = (slope(1e-5), slope(-1e-5));
        for i in 0..23 {
            let expected = (above[i] - below[i]) / 2e-5;
            assert!((product[i] - expected).abs() < 1e-5 * expected.abs().max(1.0), "{i} of {from}");
        }
    }
}

// Beside data: of more items or fewer, counted by the loop or by the user, and over the length of what is written to.
#[derive_fn(vjp, hvp, wrt(x))]
fn beside(x: &[f64], data: &[f64], n: usize) -> f64 {
    let mut y = vec![1.0; x.len()];
    let mut sum = 0.0;
    for (d, x) in data.iter().zip(x) {
        sum += (x - d) * (x - d);
    }
    for (d, i) in data.iter().zip(0..n) {
        sum += x[i] * x[i] * d;
    }
    for (d, i) in data.iter().zip(1..y.len()) {
        y[i] *= x[i - 1] * d;
    }
    for (i, d) in (0..y.len()).zip(data) {
        y[i] += x[i] * d;
    }
    for ((d, x), y) in data.iter().zip(&x[1..]).zip(y.iter_mut().skip(1)) {
        *y += x * d;
    }
    sum + y.iter().zip(x).rev().map(|(y, x)| y * y * x).sum::<f64>()
}

#[test]
fn beside_data() {
    let data = [0.7, -0.2, 1.4, 0.1, -0.9];
    for items in 0..=data.len() {
        for len in 2..6 {
            for n in 0..8 {
                let (data, x) = (&data[..items], &X[..len]);
                let value = || {
                    black_box(beside(x, data, n));
                };
                panics_alike(value, || beside_prime(x, data, n, &mut vec![0.0; len]));
                panics_alike(value, || beside_hvp(x, data, n, &vec![1.0; len], &mut vec![0.0; len]));
                if items.min(n) <= len {
                    check(|x| beside(x, data, n), |x, g| beside_prime(x, data, n, g), x);
                }
            }
        }
    }
}
