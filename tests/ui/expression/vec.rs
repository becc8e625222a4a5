use deriv::derive_fn;

#[derive_fn]
fn f(x: f64) -> f64 {
    let powers = vec![x, x * x];
    powers[0] + powers[1]
}

fn main() {
    let _ = f_prime(1.0);
}
