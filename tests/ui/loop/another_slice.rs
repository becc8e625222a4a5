use deriv::derive_fn;

#[derive_fn]
fn f(x: &[f64]) -> f64 {
    let mut rest = x;
    for _ in 0..2 {
        rest = &rest[1..];
    }
    rest[0] * x[0]
}

fn main() {
    f_prime(&[1.0], &mut [0.0]);
}
