use deriv::{Reals, derive_fn};

#[derive(Reals, Clone, Copy)]
struct Point {
    x: f64,
    y: f64,
}

#[derive_fn(wrt(p))]
fn swapped(p: Point) -> Point {
    Point { x: p.y, y: p.x }
}

fn main() {}
