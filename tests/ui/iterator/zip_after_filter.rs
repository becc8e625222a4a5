use deriv::derive_fn;

#[derive_fn]
fn f(x: &[f64], w: &[f64]) -> f64 {
    x.iter().filter(|x| **x > 0.0).zip(w).map(|(x, w)| x * w).sum()
}

fn main() {}
