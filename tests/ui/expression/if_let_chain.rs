use deriv::derive_fn;

#[derive_fn]
fn f(x: f64, k: Option<f64>) -> f64 {
    if x > 0.0 && let Some(k) = k { k * x } else { x }
}

fn main() {
    let _ = f_prime(1.0, None);
}
