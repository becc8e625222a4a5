use deriv::derive_fn;

#[derive_fn]
fn f(x: &[f64]) -> f64 {
    let set: std::collections::BTreeMap<usize, f64> = x.iter().copied().enumerate().collect();
    set[&0]
}

fn main() {
    f_prime(&[1.0], &mut [0.0]);
}
