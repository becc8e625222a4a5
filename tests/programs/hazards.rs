//! Points at which a rule taken by itself gives an infinity or NaN, and the derivative of the program is
//! a number all the same: what is not taken has no part in it, in either mode.

use crate::check::agree;
use deriv::derive_fn;

/// The distance of the farthest point. At one of the others the root has an infinite slope.
#[derive_fn(jvp, vjp, wrt(x, y))]
fn farthest(x: f64, y: f64, points: &[[f64; 2]]) -> f64 {
    let mut far = 0.0_f64;
    for k in 0..points.len() {
        let distance = ((x - points[k][0]).powi(2) + (y - points[k][1]).powi(2)).sqrt();
        far = far.max(distance);
    }
    far
}

/// The same with a branch in the place of `max`.
#[derive_fn(jvp, vjp, wrt(x, y))]
fn farthest_by_comparison(x: f64, y: f64, points: &[[f64; 2]]) -> f64 {
    let mut far = 0.0;
    for p in points {
        let distance = ((x - p[0]).powi(2) + (y - p[1]).powi(2)).sqrt();
        if distance > far {
            far = distance;
        }
    }
    far
}

#[test]
fn a_pole_that_is_not_taken() {
    // The point itself before the farthest one, and after it.
    for points in [[[1.0, 2.0], [4.0, 6.0], [2.0, 2.0]], [[4.0, 6.0], [2.0, 2.0], [1.0, 2.0]]] {
        let expected = [-0.6, -0.8];
        agree("prime", &farthest_prime(1.0, 2.0, &points), &expected);
        agree("vjp", &farthest_vjp(1.0, 2.0, &points, 1.0).1, &expected);
        agree("jvp", &[farthest_jvp(1.0, 2.0, &points, 1.0, 0.0).1], &[-0.6]);
        agree("prime", &farthest_by_comparison_prime(1.0, 2.0, &points), &expected);
        agree("vjp", &farthest_by_comparison_vjp(1.0, 2.0, &points, 1.0).1, &expected);
        agree("jvp", &[farthest_by_comparison_jvp(1.0, 2.0, &points, 1.0, 0.0).1], &[-0.6]);
    }
}

/// Entropy: at zero the logarithm has no value, and is not asked.
#[derive_fn(jvp, vjp)]
fn entropy(p: f64, q: f64) -> f64 {
    let mut sum = 0.0;
    for k in 0..2 {
        let part = if k == 0 { p } else { q };
        if part > 0.0 {
            sum -= part * part.ln();
        }
    }
    sum
}

#[test]
fn a_logarithm_that_is_not_taken() {
    agree("prime", &entropy_prime(0.0, 1.0), &[0.0, -1.0]);
    agree("vjp", &entropy_vjp(0.0, 1.0, 1.0).1, &[0.0, -1.0]);
}

/// Powers from the zeroth on.
#[derive_fn(jvp, vjp)]
fn powers(x: f64, coefficients: &[f64; 4]) -> f64 {
    let mut sum = 0.0;
    for k in 0..4 {
        sum += coefficients[k] * x.powi(k as i32);
    }
    sum
}

#[test]
fn powers_of_zero() {
    let coefficients = [3.0, 5.0, 7.0, 9.0];
    let (by_x, by_coefficients) = powers_prime(0.0, &coefficients);
    agree("prime", &[by_x], &[5.0]);
    agree("prime", &by_coefficients, &[1.0, 0.0, 0.0, 0.0]);
    let (_, (by_x, by_coefficients)) = powers_vjp(0.0, &coefficients, 1.0);
    agree("vjp", &[by_x], &[5.0]);
    agree("vjp", &by_coefficients, &[1.0, 0.0, 0.0, 0.0]);
}

/// What comes after the way out is never computed.
#[derive_fn(jvp, vjp)]
fn until_zero(x: f64) -> f64 {
    let mut product = 1.0;
    for k in 0..10 {
        let rest = x - k as f64;
        if rest <= 0.0 {
            break;
        }
        product *= rest.sqrt();
    }
    product
}

#[test]
fn a_root_after_the_way_out() {
    // √3 √2 √1, with the next root at zero.
    let slope = 6.0_f64.sqrt() * 0.5 * (1.0 / 3.0 + 1.0 / 2.0 + 1.0);
    agree("prime", &[until_zero_prime(3.0)], &[slope]);
    agree("vjp", &[until_zero_vjp(3.0, 1.0).1], &[slope]);
}

/// An overwritten cell, with the infinite slope of what it held.
#[derive_fn(jvp, vjp)]
fn overwritten(x: f64) -> f64 {
    let mut cells = [0.0; 3];
    for k in 0..3 {
        cells[k] = (x - k as f64).abs().sqrt();
    }
    cells[1] = x;
    let mut sum = 0.0;
    for k in 0..3 {
        sum += cells[k];
    }
    sum
}

#[test]
fn a_pole_that_is_overwritten() {
    agree("prime", &[overwritten_prime(1.0)], &[0.5 + 1.0 - 0.5]);
    agree("vjp", &[overwritten_vjp(1.0, 1.0).1], &[0.5 + 1.0 - 0.5]);
}

/// Large numbers that a shifted exponential keeps in bounds.
#[derive_fn(jvp, vjp)]
fn shifted(a: f64, b: f64) -> f64 {
    let x = [a, b];
    let mut largest = f64::NEG_INFINITY;
    for k in 0..2 {
        largest = largest.max(x[k]);
    }
    let mut sum = 0.0;
    for k in 0..2 {
        sum += (x[k] - largest).exp();
    }
    largest + sum.ln()
}

#[test]
fn nothing_overflows() {
    agree("prime", &shifted_prime(1000.0, 0.0), &[1.0, 0.0]);
    agree("vjp", &shifted_vjp(1000.0, 0.0, 1.0).1, &[1.0, 0.0]);
    agree("vjp", &shifted_vjp(-1000.0, -1000.0, 1.0).1, &[0.5, 0.5]);
}
