use deriv::derive_fn;

#[derive_fn]
fn f(x: &[f64]) -> f64 {
    let sums = x.iter().scan(0.0, |s, x| {
        *s += x;
        Some(*s)
    });
    sums.sum()
}

fn main() {}
