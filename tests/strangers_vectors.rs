//! More programs with structs as people write them.
#![allow(
    dead_code,
    clippy::needless_range_loop,
    clippy::should_implement_trait,
    clippy::trivially_copy_pass_by_ref,
    reason = "the styles are the people's, and some products alone are called"
)]

mod common;

use common::{near, slope};
use deriv::{Reals, derive_fn};
use std::ops::{Add, Mul, Sub};

#[derive(Reals, Clone, Copy, Debug, PartialEq, Default)]
struct V3 {
    x: f64,
    y: f64,
    z: f64,
}
impl V3 {
    const UP: V3 = V3 { x: 0.0, y: 0.0, z: 1.0 };
    #[derive_fn(jvp, vjp, hvp)]
    pub fn new(x: f64, y: f64, z: f64) -> Self {
        V3 { x, y, z }
    }
    #[derive_fn(wrt(self, o), jvp, vjp, hvp)]
    pub fn dot(&self, o: &V3) -> f64 {
        self.x * o.x + self.y * o.y + self.z * o.z
    }
    #[derive_fn(wrt(self, o), jvp, vjp, hvp)]
    pub fn cross(&self, o: &V3) -> V3 {
        V3::new(self.y * o.z - self.z * o.y, self.z * o.x - self.x * o.z, self.x * o.y - self.y * o.x)
    }
    #[derive_fn(wrt(self), jvp, vjp, hvp)]
    pub fn length(&self) -> f64 {
        self.dot(self).sqrt()
    }
    #[derive_fn(wrt(self), jvp, vjp, hvp)]
    pub fn normalized(&self) -> V3 {
        let l = self.length();
        V3 { x: self.x / l, y: self.y / l, z: self.z / l }
    }
    #[derive_fn(wrt(self, o), jvp, vjp, hvp)]
    fn add(self, o: V3) -> V3 {
        V3::new(self.x + o.x, self.y + o.y, self.z + o.z)
    }
    #[derive_fn(wrt(self, o), jvp, vjp, hvp)]
    fn sub(self, o: V3) -> V3 {
        V3::new(self.x - o.x, self.y - o.y, self.z - o.z)
    }
    #[derive_fn(wrt(self, k), jvp, vjp, hvp)]
    fn mul(self, k: f64) -> V3 {
        V3::new(self.x * k, self.y * k, self.z * k)
    }
}
impl Add for V3 {
    type Output = V3;
    fn add(self, o: V3) -> V3 {
        V3::add(self, o)
    }
}
impl Sub for V3 {
    type Output = V3;
    fn sub(self, o: V3) -> V3 {
        V3::sub(self, o)
    }
}
impl Mul<f64> for V3 {
    type Output = V3;
    fn mul(self, k: f64) -> V3 {
        V3::mul(self, k)
    }
}

#[derive(Reals, Clone, Copy, Debug)]
struct System {
    x: [f64; 4],
    v: [f64; 4],
    k: f64,
}
#[derive_fn(wrt(s), vjp, hvp)]
fn chain_energy(s: &System) -> f64 {
    let mut e = 0.0;
    for i in 0..s.x.len() {
        e += 0.5 * s.v[i] * s.v[i];
        if i > 0 {
            let d = s.x[i] - s.x[i - 1];
            e += 0.5 * s.k * d * d + 0.1 * d.powi(4);
        }
    }
    e
}
#[derive_fn(wrt(s, dt), jvp, vjp)]
fn leapfrog(s: &System, dt: f64) -> System {
    let mut next = *s;
    for i in 0..4 {
        let left = if i > 0 { s.x[i - 1] } else { 0.0 };
        let right = if i + 1 < 4 { s.x[i + 1] } else { 0.0 };
        let force = s.k * (left - 2.0 * s.x[i] + right);
        next.v[i] += dt * force;
        next.x[i] += dt * next.v[i];
    }
    next
}
#[derive_fn(wrt(s), vjp)]
fn after(s: &System, n: usize) -> f64 {
    let mut now = *s;
    for _ in 0..n {
        now = leapfrog(&now, 0.05);
    }
    chain_energy(&now) + now.x[2]
}

#[derive(Reals, Clone, Copy, Debug)]
struct Light {
    at: V3,
    power: f64,
}
#[derive_fn(wrt(light), vjp, jvp)]
fn shade(light: &Light, points: &[V3], normal: &V3) -> f64 {
    let mut total = 0.0;
    for p in points {
        let to = light.at - *p;
        let d2 = to.dot(&to);
        let cos = to.normalized().dot(normal);
        total += light.power * cos.max(0.0) / d2;
    }
    total / points.len() as f64
}

#[derive_fn(wrt(a, b), vjp, jvp)]
fn closure_of_structs(a: V3, b: V3) -> f64 {
    let mix = |t: f64| a * (1.0 - t) + b * t;
    let m: V3 = mix(0.25);
    if m.length() < 1e-9 {
        return 0.0;
    }
    let n = m.normalized();
    (0..3).map(|i| n.dot(&a) * i as f64).sum::<f64>() + mix(0.75).x
}

#[derive_fn(wrt(p, k), vjp, jvp)]
fn with_cost(p: V3, k: f64) -> (V3, f64) {
    let q = p * k;
    (q, q.length())
}
#[derive_fn(wrt(p), vjp, jvp)]
fn uses_cost(p: V3) -> f64 {
    let (q, c) = with_cost(p, 2.0);
    q.x * c
}

#[derive_fn(wrt(p), vjp, jvp)]
fn folded(p: &V3, n: u32) -> f64 {
    if n == 0 {
        return p.x;
    }
    let q = V3 { x: p.y, y: p.z.sin(), z: p.x };
    folded(&q, n - 1) + p.x * p.y
}

#[derive(Clone, Copy)]
enum Loss {
    Square,
    Huber(f64),
}
#[derive(Reals, Clone, Copy, Debug)]
struct Line {
    slope: f64,
    offset: f64,
}
impl Line {
    #[derive_fn(wrt(self, x), jvp, vjp)]
    fn at(&self, x: f64) -> f64 {
        self.slope * x + self.offset
    }
}
#[derive_fn(wrt(line), value_and_prime, vjp)]
fn fit(line: &Line, xs: &[f64], ys: &[f64], loss: Loss) -> f64 {
    let mut sum = 0.0;
    for (&x, &y) in xs.iter().zip(ys) {
        let r = line.at(x) - y;
        sum += match loss {
            Loss::Square => r * r,
            Loss::Huber(d) if r.abs() < d => 0.5 * r * r,
            Loss::Huber(d) => d * (r.abs() - 0.5 * d),
        };
    }
    sum
}

#[test]
fn a_chain_of_masses() {
    let s = System { x: [0.1, 0.4, -0.3, 0.8], v: [0.2, 0.0, -0.5, 0.1], k: 1.3 };
    let position = |i: usize, x: f64| {
        let mut moved = s;
        moved.x[i] = x;
        moved
    };
    let prime = chain_energy_prime(&s);
    near(prime.k, slope(|k| chain_energy(&System { k, ..s }), 1.3));
    near(prime.x[2], slope(|x| chain_energy(&position(2, x)), -0.3));
    let prime = after_prime(&s, 7);
    near(prime.k, slope(|k| after(&System { k, ..s }, 7), 1.3));
    near(prime.x[1], slope(|x| after(&position(1, x), 7), 0.4));
    let velocity = |v: f64| System { v: [s.v[0], s.v[1], s.v[2], v], ..s };
    near(prime.v[3], slope(|v| after(&velocity(v), 7), 0.1));
}

#[test]
fn a_light() {
    let light = Light { at: V3::new(0.1, 0.2, 3.0), power: 4.0 };
    let points = [V3::new(0.0, 0.5, 0.1), V3::new(-0.4, 0.1, 0.0)];
    let prime = shade_prime(&light, &points, &V3::UP);
    let higher = |z| Light { at: V3 { z, ..light.at }, ..light };
    near(prime.at.z, slope(|z| shade(&higher(z), &points, &V3::UP), 3.0));
    near(prime.power, slope(|power| shade(&Light { power, ..light }, &points, &V3::UP), 4.0));
}

#[test]
fn closures_tuples_recursion() {
    let (u, w) = (V3::new(0.3, 0.5, -0.2), V3::new(-0.1, 0.9, 0.4));
    let (by_u, by_w) = closure_of_structs_prime(u, w);
    near(by_u.y, slope(|y| closure_of_structs(V3 { y, ..u }, w), 0.5));
    near(by_w.x, slope(|x| closure_of_structs(u, V3 { x, ..w }), -0.1));
    near(uses_cost_prime(u).z, slope(|z| uses_cost(V3 { z, ..u }), -0.2));
    let along = V3 { x: 0.0, y: 1.0, z: 0.0 };
    near(uses_cost_jvp(u, along).1, slope(|y| uses_cost(V3 { y, ..u }), 0.5));
    near(folded_prime(&u, 4).y, slope(|y| folded(&V3 { y, ..u }, 4), 0.5));
}

#[test]
fn a_fit() {
    let line = Line { slope: 0.5, offset: -0.2 };
    let (xs, ys) = ([0.0, 1.0, 2.0], [0.1, 0.7, 2.9]);
    for loss in [Loss::Square, Loss::Huber(0.5)] {
        let prime = fit_prime(&line, &xs, &ys, loss);
        near(prime.slope, slope(|slope| fit(&Line { slope, ..line }, &xs, &ys, loss), 0.5));
        near(prime.offset, slope(|offset| fit(&Line { offset, ..line }, &xs, &ys, loss), -0.2));
    }
}
