use deriv::derive_fn;

#[derive_fn]
fn f(x: f64, i: usize) -> f64 {
    let mut powers = [x, x * x];
    powers[i] = 1.0;
    powers[0]
}

fn main() {
    let _ = f_prime(1.0, 0);
}
