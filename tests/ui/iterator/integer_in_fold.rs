use deriv::derive_fn;

#[derive_fn]
fn f(x: &[f64]) -> f64 {
    let (sum, count) = x.iter().fold((0.0, 0), |(sum, count), x| (sum + x, count + 1));
    sum / count as f64
}

fn main() {}
