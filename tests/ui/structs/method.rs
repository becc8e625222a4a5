use deriv::{Reals, derive_fn};

#[derive(Reals, Clone)]
struct Point {
    x: f64,
    axis: [f64; 3],
}

impl Point {
    fn norm(&self) -> f64 {
        self.x
    }
}

#[derive_fn(wrt(p))]
fn f(p: &Point) -> f64 {
    p.norm() * p.x
}

fn main() {}
