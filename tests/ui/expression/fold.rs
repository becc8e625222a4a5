use deriv::derive_fn;

#[derive_fn]
fn f(x: f64) -> f64 {
    (0..4).fold(0.0, |sum, _| sum * x + 1.0)
}

fn main() {
    let _ = f_prime(1.0);
}
