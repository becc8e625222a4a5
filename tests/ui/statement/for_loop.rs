use deriv::derive_fn;

#[derive_fn]
fn f(x: f64) -> f64 {
    let mut sum = 0.0;
    for i in 1..=3 {
        sum += x.powi(i);
    }
    sum
}

fn main() {
    let _ = f_prime(1.0);
}
