use deriv::{Reals, derive_fn};

#[derive(Reals)]
struct Point {
    x: f32,
}

#[derive_fn(wrt(p))]
fn f(p: &Point) -> f64 {
    f64::from(p.x).sin()
}

fn main() {}
