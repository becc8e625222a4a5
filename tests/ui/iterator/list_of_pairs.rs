use deriv::derive_fn;

#[derive_fn]
fn f(x: &[f64]) -> f64 {
    let pairs: Vec<(f64, f64)> = x.iter().map(|x| (x.sin(), x.cos())).collect();
    pairs[0].0 * pairs[1].1
}

fn main() {}
