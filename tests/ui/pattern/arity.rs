use deriv::derive_fn;

#[derive_fn]
fn f(x: f64) -> f64 {
    let (a, b, c) = (x, x * x);
    a + b + c
}

fn main() {
    let _ = f_prime(1.0);
}
