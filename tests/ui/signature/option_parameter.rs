use deriv::derive_fn;

#[derive_fn]
fn f(x: Option<f64>) -> f64 {
    x.unwrap_or(1.0)
}

fn main() {
    let _ = f_prime(None);
}
