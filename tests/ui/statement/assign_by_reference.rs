use deriv::derive_fn;

#[derive_fn]
fn f(x: f64) -> f64 {
    let mut y = x;
    let place = &mut y;
    *place = x * x;
    y
}

fn main() {
    let _ = f_prime(1.0);
}
