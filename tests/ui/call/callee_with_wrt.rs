use deriv::derive_fn;

#[derive_fn(wrt(b, c))]
fn g(a: f64, b: f64, c: f64) -> f64 {
    a * a * b + c
}

/// Were the first component of `g_prime` taken for the derivative by `a`, it would be wrong.
#[derive_fn]
fn f(x: f64) -> f64 {
    g(x, 2.0, 3.0)
}

fn main() {
    f_prime(1.0);
    g_prime(1.0, 2.0, 3.0);
}
