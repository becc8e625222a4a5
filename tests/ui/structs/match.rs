use deriv::{Reals, derive_fn};

#[derive(Reals, Clone)]
struct Point {
    x: f64,
    axis: [f64; 3],
}

#[derive_fn(wrt(p))]
fn f(p: &Point) -> f64 {
    match p {
        Point { x, .. } => x * 2.0,
    }
}

fn main() {}
