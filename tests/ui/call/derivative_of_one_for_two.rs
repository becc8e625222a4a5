use deriv::derive_fn;

fn g(x: f64, y: f64) -> f64 {
    x * y
}

fn g_prime(x: f64, y: f64) -> f64 {
    x + y
}

#[derive_fn]
fn f(x: f64) -> f64 {
    g(x, x * x)
}

fn main() {
    let _ = f_prime(1.0);
}
