use deriv::derive_fn;

#[derive_fn]
fn f(x: f64, i: usize) -> f64 {
    let powers = [1.0, x, x * x];
    powers[i]
}

fn main() {
    let _ = f_prime(1.0, 2);
}
