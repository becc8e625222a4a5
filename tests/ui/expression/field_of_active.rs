use deriv::derive_fn;

#[derive_fn]
fn f(x: f64) -> f64 {
    let pair = (x, x * x);
    pair.2
}

fn main() {
    let _ = f_prime(1.0);
}
