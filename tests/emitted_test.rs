//! The option `test(…)`: what it emits passes for functions of every shape, with all products.

#![allow(clippy::excessive_precision)]

use deriv::derive_fn;

const EDGE: f64 = 3.0;

#[derive_fn(value_and_prime, prime2, prime4, hessian, jvp, vjp, hvp, test(x in -2.0..EDGE))]
fn one(x: f64) -> f64 {
    (x * x).sin() * x.exp()
}

#[derive_fn(value_and_prime, hessian, jvp, vjp, hvp, test(x in -2.0..2.0, y in 0.5..2.0))]
fn two(x: f64, y: f64) -> f64 {
    if x > y { x * y.ln() } else { (x * y).cos() }
}

#[derive_fn(value_and_prime, jvp, vjp, hvp, test(r in 0.0..2.0, theta in -3.0..3.0))]
fn polar(r: f64, theta: f64) -> (f64, [f64; 2]) {
    let (s, c) = theta.sin_cos();
    (r * r, [r * c, r * s])
}

#[derive_fn(prime = steepness, jvp, wrt(x), test(k in 1..=4, x in 0.1..2.0, c in 2.0..=2.0, m in 0..3))]
fn passive(k: i32, x: f64, c: f64, m: usize) -> f64 {
    c * x.powi(k) + m as f64 * x
}

#[derive_fn(value_and_prime, hessian, jvp, vjp, hvp, test(x in -1.0..1.0, point in 1.0..2.0))]
fn value(x: f32, point: f32) -> f32 {
    (x * point).sin() / point
}

#[derive_fn(jvp, hvp, test(x in -1.0..1.0, y in -1.0..1.0))]
fn references(x: &f64, y: &f64) -> f64 {
    (x * y).tanh()
}

#[derive_fn(prime3, test(x in -2.0..2.0))]
fn kinked(x: f64) -> f64 {
    x.abs().max(0.5) + x.floor()
}

/// A test inside a function is not run by itself, so one that must fail can be called.
#[test]
#[allow(unnameable_test_items)]
fn a_wrong_derivative_is_found() {
    fn square(x: f64) -> f64 {
        x * x
    }
    fn not_its_prime(x: f64) -> f64 {
        3.0 * x
    }

    #[derive_fn(value_and_prime, derivative(square = not_its_prime), test(x in 1.0..2.0))]
    fn user(x: f64) -> f64 {
        square(x) + 1.0
    }

    let caught = std::panic::catch_unwind(user_derivatives_agree).expect_err("the test fails");
    let message = caught.downcast::<String>().expect("a message");
    assert!(message.starts_with("user_prime is wrong in 32 places:\n  at x = 1."), "{message}");
}
