use deriv::{Reals, derive_fn};
use std::ops::Add;

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

#[derive_fn(wrt(p, q))]
fn f(p: Point, q: Point) -> f64 {
    let r = p + q;
    r.x * r.y
}

#[derive_fn(wrt(p), jvp)]
fn result(p: Point) -> Point {
    p.x * p.y
}

#[derive_fn(wrt(p))]
fn prime(p: Point) -> Point {
    Point { x: p.y, y: p.x }
}

fn main() {}
