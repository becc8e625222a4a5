use deriv::{Reals, derive_fn};
use std::ops::{Add, AddAssign, Mul};

#[derive(Reals, Clone, Copy)]
struct Point {
    x: f64,
    y: f64,
}

impl Add for Point {
    type Output = Point;
    fn add(self, other: Point) -> Point {
        Point { x: self.x + other.x, y: self.y + other.y }
    }
}

impl AddAssign for Point {
    fn add_assign(&mut self, other: Point) {
        *self = *self + other;
    }
}

impl Mul<Point> for f64 {
    type Output = Point;
    fn mul(self, point: Point) -> Point {
        Point { x: self * point.x, y: self * point.y }
    }
}

#[derive_fn(wrt(p, q))]
fn sum(p: Point, q: Point) -> f64 {
    let r = p + q;
    r.x * r.y
}

fn main() {}
