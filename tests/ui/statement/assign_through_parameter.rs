use deriv::derive_fn;

struct Memory {
    last: f64,
}

impl Memory {
    #[derive_fn]
    fn f(&mut self, x: f64) -> f64 {
        self.last = x * x;
        self.last
    }
}

fn main() {}
