use deriv::derive_fn;

trait Curve {
    fn at(&self, x: f64) -> f64;
}

struct Square;

impl Curve for Square {
    #[derive_fn]
    fn at(&self, x: f64) -> f64 {
        x * x
    }
}

fn main() {}
