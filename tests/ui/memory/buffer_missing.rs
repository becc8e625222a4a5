use deriv::derive_fn;

#[derive_fn]
fn f(x: &[f64]) -> f64 {
    x[0] * x[1]
}

fn main() {
    let gradient = f_prime(&[1.0, 2.0]);
}
