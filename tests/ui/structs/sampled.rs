use deriv::{Reals, derive_fn};

#[derive(Reals, Clone)]
struct Point {
    x: f64,
    axis: [f64; 3],
}

#[derive_fn(wrt(p), test(p in 0.0..1.0))]
fn f(p: &Point) -> f64 {
    p.x * p.x
}

fn main() {}
