use deriv::derive_fn;

#[derive_fn]
fn f(x: &[f64]) -> f64 {
    let y = Box::new(x[0] * x[0]);
    *y
}

fn main() {
    f_prime(&[1.0], &mut [0.0]);
}
