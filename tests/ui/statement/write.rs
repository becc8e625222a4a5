use deriv::derive_fn;

use std::fmt::Write;

#[derive_fn]
fn f(x: f64) -> f64 {
    let mut text = String::new();
    write!(text, "{x}").unwrap();
    text.parse().unwrap()
}

fn main() {
    let _ = f_prime(1.0);
}
