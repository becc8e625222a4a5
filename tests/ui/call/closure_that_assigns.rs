use deriv::derive_fn;

#[derive_fn]
fn f(x: f64) -> f64 {
    let mut sum = 0.0;
    let mut add = |y: f64| sum += y * x;
    add(1.0);
    add(2.0);
    sum
}

fn main() {
    let _ = f_prime(1.0);
}
