use deriv::derive_fn;

#[derive_fn]
fn f(x: f64) -> f64 {
    let mut sum = 0.0;
    for k in 0..x as usize {
        sum += x * k as f64;
    }
    sum
}

fn main() {
    f_prime(1.0);
}
