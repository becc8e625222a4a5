use deriv::derive_fn;

struct Meters(f64);

#[derive_fn]
fn f(x: f64) -> f64 {
    Meters(x * x).0
}

fn main() {
    let _ = f_prime(1.0);
}
