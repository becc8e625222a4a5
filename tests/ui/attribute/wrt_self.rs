use deriv::{Reals, derive_fn};

#[derive(Reals)]
struct Line {
    slope: f64,
}

impl Line {
    #[derive_fn(wrt(self, x))]
    fn at(&mut self, x: f64) -> f64 {
        self.slope * x
    }
}

fn main() {
    let _ = Line { slope: 1.0 }.at_prime(1.0);
}
