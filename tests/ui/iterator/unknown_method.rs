use deriv::derive_fn;

trait Split {
    fn split_up(&self) -> std::slice::Iter<'_, f64>;
}

impl Split for [f64] {
    fn split_up(&self) -> std::slice::Iter<'_, f64> {
        self.iter()
    }
}

#[derive_fn]
fn f(x: &[f64]) -> f64 {
    x.split_up().map(|v| v * v).sum()
}

fn main() {
    f_prime(&[1.0], &mut [0.0]);
}
