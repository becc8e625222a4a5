use deriv::{derive_fn};

struct Point {
    x: f64,
    axis: [f64; 3],
}

#[derive_fn(wrt(p))]
fn f(p: &Point) -> f64 {
    p.x * p.axis[0]
}

fn main() {}
