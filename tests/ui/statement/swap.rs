use deriv::derive_fn;

#[derive_fn]
fn f(x: f64, y: f64) -> f64 {
    let (mut a, mut b) = (x, y);
    std::mem::swap(&mut a, &mut b);
    a / b
}

fn main() {
    let _ = f_prime(1.0, 2.0);
}
