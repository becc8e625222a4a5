use deriv::derive_fn;

struct Spring {
    k: f64,
}

impl Spring {
    fn force(&self, x: f64) -> f64 {
        self.k * x
    }

    #[derive_fn]
    fn energy(&self, x: f64) -> f64 {
        0.5 * self.force(x) * x
    }
}

fn main() {
    let _ = Spring { k: 1.0 }.energy_prime(2.0);
}
