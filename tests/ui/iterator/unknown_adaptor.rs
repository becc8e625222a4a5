use deriv::derive_fn;

#[derive_fn]
fn f(x: &[f64]) -> f64 {
    x.iter().map(|v| v * v).scan(0.0, |s, v| { *s += v; Some(*s) }).sum()
}

fn main() {
    f_prime(&[1.0], &mut [0.0]);
}
