use deriv::derive_fn;

struct Square;

#[derive_fn]
impl Square {
    fn at(&self, x: f64) -> f64 {
        x * x
    }
}

fn main() {
    let _ = Square.at(1.0);
}
