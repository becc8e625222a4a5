use deriv::derive_fn;

#[derive_fn]
fn f(x: f64) -> f64 {
    2.0_f64.powi(x)
}

fn main() {
    let _ = f_prime(1.0);
}
