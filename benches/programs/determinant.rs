//! A determinant by minors along the first row, recursively.

use super::{Program, spread};
use deriv::derive_fn;

pub struct Determinant;

const SIZE: usize = 6;

impl Program for Determinant {
    const NAME: &'static str = "determinant by minors, 6 x 6";
    type Input = Vec<f64>;
    type Gradient = Vec<f64>;

    fn input() -> Vec<f64> {
        spread(SIZE * SIZE, 9)
    }

    fn variables(a: &mut Vec<f64>) -> Vec<&mut f64> {
        a.iter_mut().collect()
    }

    fn gradient(a: &Vec<f64>) -> Vec<f64> {
        vec![0.0; a.len()]
    }

    fn primal(a: &Vec<f64>) -> f64 {
        determinant(a, SIZE)
    }

    fn generated(a: &Vec<f64>, gradient: &mut Vec<f64>) -> Option<f64> {
        Some(determinant_vjp(a, SIZE, 1.0, gradient))
    }

    fn by_hand(a: &Vec<f64>, gradient: &mut Vec<f64>) -> f64 {
        by_hand(a, SIZE, gradient, &mut [0.0; SCRATCH])
    }
}

/// Of a matrix of `n` by `n`, row by row.
#[derive_fn(vjp)]
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

/// For a minor and its gradient, at every depth of the recursion.
const SCRATCH: usize = 2 * (25 + 16 + 9 + 4);

/// By the same recursion, which yields the gradient of every minor with its value.
fn by_hand(a: &[f64], n: usize, gradient: &mut [f64], scratch: &mut [f64]) -> f64 {
    if n == 1 {
        gradient[0] = 1.0;
        return a[0];
    }
    if n == 2 {
        gradient.copy_from_slice(&[a[3], -a[2], -a[1], a[0]]);
        return a[0] * a[3] - a[1] * a[2];
    }
    let m = n - 1;
    let (minor, scratch) = scratch.split_at_mut(m * m);
    let (by_minor, scratch) = scratch.split_at_mut(m * m);
    gradient[n..].fill(0.0);
    let mut sum = 0.0;
    let mut sign = 1.0;
    for column in 0..n {
        for (row, minor) in a[n..].chunks_exact(n).zip(minor.chunks_exact_mut(m)) {
            minor[..column].copy_from_slice(&row[..column]);
            minor[column..].copy_from_slice(&row[column + 1..]);
        }
        let value = by_hand(minor, m, by_minor, scratch);
        let factor = sign * a[column];
        sum += factor * value;
        gradient[column] = sign * value;
        for (row, by_minor) in gradient[n..].chunks_exact_mut(n).zip(by_minor.chunks_exact(m)) {
            for (slot, by) in row[..column].iter_mut().zip(&by_minor[..column]) {
                *slot += factor * by;
            }
            for (slot, by) in row[column + 1..].iter_mut().zip(&by_minor[column..]) {
                *slot += factor * by;
            }
        }
        sign = -sign;
    }
    sum
}
