use deriv::derive_fn;

#[derive_fn]
fn f(x: f64) -> f64 {
    let y = x + if x > 1.0 { return x } else { 2.0 };
    y * y
}

fn main() {
    let _ = f_prime(1.0);
}
