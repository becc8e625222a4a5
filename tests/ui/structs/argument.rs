use deriv::{Reals, derive_fn};

#[derive(Reals, Clone)]
struct Point {
    x: f64,
    axis: [f64; 3],
}

#[derive_fn]
fn g(p: &Point, x: f64) -> f64 {
    p.x * x
}

#[derive_fn(wrt(p))]
fn f(p: &Point) -> f64 {
    g(p, p.x)
}

fn main() {}
