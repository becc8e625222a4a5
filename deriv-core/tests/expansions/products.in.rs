#[derive_fn(value_and_prime, hessian, jvp, vjp, hvp)]
pub fn rosenbrock(x: f64, y: f64) -> f64 {
    let a = 1.0 - x;
    let b = y - x * x;
    a * a + 100.0 * b * b
}

#[derive_fn(jvp, vjp)]
fn polar(r: f64, theta: f64) -> (f64, f64) {
    let (s, c) = theta.sin_cos();
    (r * c, r * s)
}

#[derive_fn]
const fn cubic(x: f64) -> f64 {
    x * x * x
}
