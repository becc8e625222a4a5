use deriv::derive_fn;

/// Nobody knows where each number went.
#[derive_fn]
fn f(x: &[f64]) -> f64 {
    let mut y = x.to_vec();
    y.sort_by(f64::total_cmp);
    y[0]
}

fn main() {
    f_prime(&[1.0], &mut [0.0]);
}
