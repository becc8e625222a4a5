use deriv::{Reals, derive_fn};
use std::ops::{AddAssign, Mul};

#[derive(Reals, Clone, Copy)]
struct Point {
    x: f64,
    y: f64,
}

impl AddAssign for Point {
    fn add_assign(&mut self, other: Point) {
        self.x += other.x;
        self.y += other.y;
    }
}

impl Mul<Point> for f64 {
    type Output = Point;
    fn mul(self, point: Point) -> Point {
        Point { x: self * point.x, y: self * point.y }
    }
}

#[derive_fn(wrt(p, q))]
fn accumulated(mut p: Point, q: Point) -> f64 {
    p += q;
    p.x * p.y
}

#[derive_fn(wrt(p))]
fn scaled(p: Point) -> f64 {
    let q = 2.0 * p;
    q.x
}

fn main() {}
