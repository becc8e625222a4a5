use deriv::{Reals, derive_fn};

#[derive(Reals, Clone)]
struct Point {
    x: f64,
    axis: [f64; 3],
}

#[derive_fn(wrt(p, q))]
fn f(p: &Point, q: &Point) -> f64 {
    let r = if p.x > 0.0 { p } else { q };
    r.x
}

fn main() {}
