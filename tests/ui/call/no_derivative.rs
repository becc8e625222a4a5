use deriv::derive_fn;

fn g(x: f64) -> f64 {
    x * x
}

#[derive_fn]
fn f(x: f64) -> f64 {
    2.0 * g(x)
}

fn main() {
    let _ = f_prime(1.0);
}
