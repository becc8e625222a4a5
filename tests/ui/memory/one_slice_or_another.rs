use deriv::derive_fn;

#[derive_fn]
fn f(x: &[f64], y: &[f64], k: usize) -> f64 {
    let one = if k > 1 { x } else { y };
    one[k] * one[0]
}

fn main() {
    f_prime(&[1.0], &[1.0], 0, &mut [0.0], &mut [0.0]);
}
