use deriv::derive_fn;

#[derive_fn]
fn f(x: &[f64]) -> f64 {
    let squares: Box<dyn Iterator<Item = f64>> = Box::new(x.iter().map(|v| v * v));
    squares.sum()
}

fn main() {
    f_prime(&[1.0], &mut [0.0]);
}
