use deriv::derive_fn;

#[derive_fn]
fn f(x: f64) -> f64 {
    let mut powers = vec![1, 2, 3];
    let mut y = x;
    while let Some(n) = powers.pop() {
        y += x.powi(n);
    }
    y
}

fn main() {
    let _ = f_prime(1.0);
}
