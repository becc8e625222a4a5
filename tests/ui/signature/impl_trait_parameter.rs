use deriv::derive_fn;

#[derive_fn]
fn f(x: impl Into<f64>) -> f64 {
    let x = x.into();
    x * x
}

fn main() {
    let _ = f_prime(1.0);
}
