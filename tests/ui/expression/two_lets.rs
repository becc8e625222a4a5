use deriv::derive_fn;

#[derive_fn]
fn f(x: f64, a: Option<f64>, b: Option<f64>) -> f64 {
    if let Some(a) = a && let Some(b) = b { a * b * x } else { x }
}

fn main() {
    let _ = f_prime(1.0, None, None);
}
