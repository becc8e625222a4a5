use deriv::derive_fn;

#[derive_fn]
fn f(x: f64) -> f64 {
    Some(x * x).unwrap()
}

fn main() {
    let _ = f_prime(1.0);
}
