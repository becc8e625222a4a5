use deriv::derive_fn;

/// A write that no derivative could follow.
#[derive_fn]
fn f(x: &[f64]) -> f64 {
    let mut y = [x[0], 2.0];
    let pointer = y.as_mut_ptr();
    unsafe {
        *pointer = x[0] * x[0];
    }
    y[0]
}

fn main() {
    f_prime(&[1.0], &mut [0.0]);
}
