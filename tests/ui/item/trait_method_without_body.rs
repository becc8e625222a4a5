use deriv::derive_fn;

trait Curve {
    #[derive_fn]
    fn at(&self, x: f64) -> f64;

    fn slope(&self, x: f64) -> f64 {
        self.at_prime(x)
    }
}

fn main() {}
