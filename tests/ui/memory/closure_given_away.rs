use deriv::derive_fn;

fn twice(mut change: impl FnMut(usize)) {
    change(0);
    change(1);
}

#[derive_fn]
fn f(x: &[f64]) -> f64 {
    let mut y = x.to_vec();
    twice(|k| y[k] *= y[0]);
    y[1]
}

fn main() {
    f_prime(&[1.0, 2.0], &mut [0.0, 0.0]);
}
