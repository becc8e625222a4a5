use deriv::derive_fn;

#[derive_fn]
fn f(x: f64) -> Option<f64> {
    Some(x)
}

fn main() {
    let _ = f_prime(1.0);
}
