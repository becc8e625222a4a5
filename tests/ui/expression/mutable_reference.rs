use deriv::derive_fn;

fn halve(x: &mut f64) {
    *x *= 0.5;
}

#[derive_fn]
fn f(x: f64) -> f64 {
    let mut y = x;
    halve(&mut y);
    y
}

fn main() {
    let _ = f_prime(1.0);
}
