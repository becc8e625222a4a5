use deriv::{Reals, derive_fn};

#[derive(Reals, Clone)]
struct Point {
    x: f64,
    axis: [f64; 3],
}

#[derive_fn(wrt(p))]
fn f(mut p: Point) -> f64 {
    p.x *= 2.0;
    p.x
}

fn main() {}
