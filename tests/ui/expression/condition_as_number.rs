use deriv::derive_fn;

#[derive_fn]
fn f(x: f64) -> f64 {
    let inside = x > 1.0;
    x + inside
}

fn main() {
    let _ = f_prime(1.0);
}
