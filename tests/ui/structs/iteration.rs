use deriv::{Reals, derive_fn};

#[derive(Reals, Clone)]
struct Point {
    x: f64,
    axis: [f64; 3],
}

#[derive_fn(wrt(p))]
fn f(p: &Point) -> f64 {
    p.axis.iter().sum()
}

fn main() {}
