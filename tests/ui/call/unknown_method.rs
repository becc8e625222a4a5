use deriv::derive_fn;

trait Smooth {
    fn smooth(self) -> f64;
}

impl Smooth for f64 {
    fn smooth(self) -> f64 {
        self / (1.0 + self.abs())
    }
}

#[derive_fn]
fn f(x: f64) -> f64 {
    x.smooth()
}

fn main() {
    let _ = f_prime(1.0);
}
