use deriv::derive_fn;

#[derive_fn]
fn f(x: f64) -> f64 {
    let mut y = x;
    let ref mut z = y;
    *z = x * x;
    y
}

fn main() {
    let _ = f_prime(1.0);
}
