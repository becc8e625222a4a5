//! Physics as people write it with small structs: vectors with operators, rotations, states, controllers, cameras.

use deriv::{Reals, derive_fn};
use std::ops::{Add, Mul, Sub};

mod common;
use common::near;

#[derive(Reals, Clone, Copy, Debug)]
struct V3 {
    x: f64,
    y: f64,
    z: f64,
}
impl V3 {
    #[derive_fn(wrt(self, o), jvp, vjp, hvp)]
    fn add(self, o: Self) -> Self {
        V3 { x: self.x + o.x, y: self.y + o.y, z: self.z + o.z }
    }
    #[derive_fn(wrt(self, o), jvp, vjp, hvp)]
    fn sub(self, o: Self) -> Self {
        V3 { x: self.x - o.x, y: self.y - o.y, z: self.z - o.z }
    }
    #[derive_fn(wrt(self, k), jvp, vjp, hvp)]
    fn mul(self, k: f64) -> Self {
        V3 { x: self.x * k, y: self.y * k, z: self.z * k }
    }
    #[derive_fn(wrt(self, o), jvp, vjp, hvp)]
    fn dot(self, o: Self) -> f64 {
        self.x * o.x + self.y * o.y + self.z * o.z
    }
    #[derive_fn(wrt(self, o), jvp, vjp, hvp)]
    fn cross(self, o: Self) -> Self {
        V3 { x: self.y * o.z - self.z * o.y, y: self.z * o.x - self.x * o.z, z: self.x * o.y - self.y * o.x }
    }
    #[derive_fn(wrt(self), jvp, vjp, hvp)]
    fn norm(self) -> f64 {
        (self.x * self.x + self.y * self.y + self.z * self.z).sqrt()
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

/// Quaternion rotation.
#[derive(Reals, Clone, Copy, Debug)]
struct Quat {
    w: f64,
    v: V3,
}
impl Quat {
    #[derive_fn(wrt(self, p), jvp, vjp)]
    fn rotate(&self, p: V3) -> V3 {
        let t: V3 = self.v.cross(p) * 2.0;
        p + t * self.w + self.v.cross(t)
    }
    #[derive_fn(wrt(self), jvp, vjp)]
    fn normalized(&self) -> Quat {
        let n = (self.w * self.w + self.v.dot(self.v)).sqrt();
        Quat { w: self.w / n, v: self.v * (1.0 / n) }
    }
}
#[derive_fn(wrt(q), vjp)]
fn misfit(q: &Quat, from: V3, to: V3) -> f64 {
    let u: Quat = q.normalized();
    let moved: V3 = u.rotate(from);
    let d: V3 = moved - to;
    d.dot(d)
}

/// Projectile with drag, struct state, operators.
#[derive(Reals, Clone, Copy, Debug)]
struct Ball {
    pos: V3,
    vel: V3,
    mass: f64,
}
#[derive_fn(wrt(start), vjp)]
fn flight(start: &Ball, drag: f64, steps: usize, dt: f64) -> f64 {
    let mut b = *start;
    for _ in 0..steps {
        let speed = b.vel.norm();
        let acc: V3 = b.vel * (-drag * speed / b.mass);
        b.vel = b.vel + acc * dt;
        b.pos = b.pos + b.vel * dt;
    }
    b.pos.norm()
}

/// The same with whole replacement.
#[derive_fn(wrt(b, dt), jvp, vjp)]
fn tick(b: Ball, dt: f64) -> Ball {
    let vel: V3 = b.vel;
    let pos: V3 = b.pos;
    Ball { pos: pos + vel * dt, vel: vel * (1.0 - 0.1 * dt), ..B }
}
#[derive_fn(wrt(b), vjp)]
fn three_ticks(b: Ball) -> f64 {
    let b = tick(b, 0.1);
    let b = tick(b, 0.2);
    let b: Ball = tick(b, 0.3);
    b.pos.x * b.mass
}

/// PID controller with parameters.
#[derive(Reals, Clone, Copy, Debug)]
struct Pid {
    kp: f64,
    ki: f64,
    kd: f64,
}
#[derive_fn(wrt(pid), vjp, hvp)]
fn overshoot(pid: &Pid, target: f64, n: usize) -> f64 {
    let (mut x, mut v, mut integral, mut last) = (0.0, 0.0, 0.0, target);
    let mut cost = 0.0;
    let dt = 0.05;
    for _ in 0..n {
        let error = target - x;
        integral += error * dt;
        let slope = (error - last) / dt;
        last = error;
        let u = pid.kp * error + pid.ki * integral + pid.kd * slope;
        v += (u - 0.5 * v) * dt;
        x += v * dt;
        cost += error.powi(2) * dt;
    }
    cost
}

/// Network in a struct.
#[derive(Reals, Clone, Debug)]
struct Net {
    w1: [[f64; 2]; 3],
    b1: [f64; 3],
    w2: [f64; 3],
    b2: f64,
}
impl Net {
    #[derive_fn(wrt(self, x), vjp, jvp)]
    fn predict(&self, x: &[f64; 2]) -> f64 {
        let mut out = self.b2;
        for i in 0..3 {
            let mut a = self.b1[i];
            for (j, w) in self.w1[i].iter().enumerate() {
                a += w * x[j];
            }
            out += self.w2[i] * a.tanh();
        }
        out
    }
}
#[derive_fn(wrt(net), vjp)]
fn loss(net: &Net, xs: &[[f64; 2]], ys: &[f64]) -> f64 {
    xs.iter().zip(ys).map(|(x, y)| (net.predict(x) - y).powi(2)).sum::<f64>() / ys.len() as f64
}

/// Camera.
#[derive(Reals, Clone, Copy, Debug)]
struct Camera {
    focal: f64,
    k: [f64; 2],
    pose: Quat,
    at: V3,
}
#[derive_fn(wrt(c, p), vjp)]
fn residual(c: &Camera, p: V3, seen: [f64; 2]) -> f64 {
    let q: V3 = c.pose.rotate(p - c.at);
    let (u, v) = (q.x / q.z, q.y / q.z);
    let r2 = u * u + v * v;
    let d = 1.0 + c.k[0] * r2 + c.k[1] * r2 * r2;
    (c.focal * d * u - seen[0]).powi(2) + (c.focal * d * v - seen[1]).powi(2)
}

/// Rk4 on struct state.
#[derive(Reals, Clone, Copy, Debug)]
struct Osc {
    x: f64,
    v: f64,
}
#[derive_fn(wrt(s, mu), jvp, vjp)]
fn rate(s: Osc, mu: f64) -> Osc {
    Osc { x: s.v, v: mu * (1.0 - s.x * s.x) * s.v - s.x }
}
#[derive_fn(wrt(s, mu, h), jvp, vjp)]
fn rk4(s: Osc, mu: f64, h: f64) -> Osc {
    let k1 = rate(s, mu);
    let k2 = rate(Osc { x: s.x + 0.5 * h * k1.x, v: s.v + 0.5 * h * k1.v }, mu);
    let k3 = rate(Osc { x: s.x + 0.5 * h * k2.x, v: s.v + 0.5 * h * k2.v }, mu);
    let k4 = rate(Osc { x: s.x + h * k3.x, v: s.v + h * k3.v }, mu);
    Osc {
        x: s.x + h / 6.0 * (k1.x + 2.0 * k2.x + 2.0 * k3.x + k4.x),
        v: s.v + h / 6.0 * (k1.v + 2.0 * k2.v + 2.0 * k3.v + k4.v),
    }
}
#[derive_fn(wrt(mu), vjp)]
fn end(mu: f64, x0: f64) -> f64 {
    let mut s = Osc { x: x0, v: 0.0 };
    for _ in 0..50 {
        s = rk4(s, mu, 0.05);
    }
    s.x
}

/// Early exit out of a search.
#[derive_fn(wrt(b), vjp)]
fn ground_time(b: &Ball, dt: f64) -> f64 {
    let mut p = b.pos;
    let mut v = b.vel;
    let mut t = 0.0;
    for _ in 0..1000 {
        let next: V3 = p + v * dt;
        if next.z < 0.0 {
            return t + dt * p.z / (p.z - next.z);
        }
        p = next;
        v.z -= 9.81 * dt;
        t += dt;
    }
    t
}

/// Best of candidates.
#[derive_fn(wrt(a, b), vjp)]
fn nearest(a: V3, b: V3, c: V3) -> f64 {
    let best = if (a - c).norm() < (b - c).norm() { a } else { b };
    best.dot(c) + best.norm()
}

/// The derivative at 0.
fn diff(f: impl Fn(f64) -> f64) -> f64 {
    common::slope(f, 0.0)
}

fn v(x: f64, y: f64, z: f64) -> V3 {
    V3 { x, y, z }
}

const Q: Quat = Quat { w: 0.9, v: V3 { x: 0.1, y: -0.3, z: 0.2 } };
const B: Ball = Ball { pos: V3 { x: 0.0, y: 0.1, z: 1.0 }, vel: V3 { x: 3.0, y: 1.0, z: 2.0 }, mass: 1.5 };

#[test]
fn rotation() {
    let g = misfit_prime(&Q, v(1.0, 2.0, 3.0), v(2.0, 1.0, 3.0));
    near(g.w, diff(|h| misfit(&Quat { w: 0.9 + h, ..Q }, v(1.0, 2.0, 3.0), v(2.0, 1.0, 3.0))));
    near(
        g.v.y,
        diff(|h| misfit(&Quat { v: v(0.1, -0.3 + h, 0.2), ..Q }, v(1.0, 2.0, 3.0), v(2.0, 1.0, 3.0))),
    );
}

#[test]
fn projectile() {
    let g = flight_prime(&B, 0.3, 10, 0.05);
    near(g.mass, diff(|h| flight(&Ball { mass: 1.5 + h, ..B }, 0.3, 10, 0.05)));
    near(g.vel.y, diff(|h| flight(&Ball { vel: v(3.0, 1.0 + h, 2.0), ..B }, 0.3, 10, 0.05)));
}

#[test]
fn parts_replaced() {
    let g = three_ticks_prime(B);
    near(g.vel.x, diff(|h| three_ticks(Ball { vel: v(3.0 + h, 1.0, 2.0), ..B })));
    near(g.mass, diff(|h| three_ticks(Ball { mass: 1.5 + h, ..B })));
}

#[test]
fn controller() {
    let pid = Pid { kp: 4.0, ki: 0.5, kd: 0.3 };
    let g = overshoot_prime(&pid, 1.0, 80);
    near(g.ki, diff(|h| overshoot(&Pid { ki: 0.5 + h, ..pid }, 1.0, 80)));
    let h2 = overshoot_hvp(&pid, 1.0, 80, &Pid { kp: 0.0, ki: 1.0, kd: 0.0 });
    near(h2.kd, diff(|h| overshoot_prime(&Pid { ki: 0.5 + h, ..pid }, 1.0, 80).kd));
}

#[test]
fn network_in_a_struct() {
    let net = Net {
        w1: [[0.1, 0.2], [-0.3, 0.4], [0.5, -0.6]],
        b1: [0.1, 0.0, -0.1],
        w2: [0.7, -0.8, 0.9],
        b2: 0.2,
    };
    let (xs, ys) = ([[1.0, 2.0], [0.5, -1.0], [0.0, 0.3]], [0.3, -0.2, 0.8]);
    let g = loss_prime(&net, &xs, &ys);
    near(
        g.w1[2][1],
        diff(|h| {
            let mut n = net.clone();
            n.w1[2][1] += h;
            loss(&n, &xs, &ys)
        }),
    );
}

#[test]
fn camera() {
    let c = Camera { focal: 1.1, k: [0.1, 0.02], pose: Q, at: v(0.1, 0.2, -4.0) };
    let p = v(0.4, 0.3, 1.0);
    let (gc, gp) = residual_prime(&c, p, [0.1, 0.2]);
    near(gc.at.z, diff(|h| residual(&Camera { at: v(0.1, 0.2, -4.0 + h), ..c }, p, [0.1, 0.2])));
    near(
        gc.pose.v.x,
        diff(|h| residual(&Camera { pose: Quat { v: v(0.1 + h, -0.3, 0.2), ..Q }, ..c }, p, [0.1, 0.2])),
    );
    near(gp.y, diff(|h| residual(&c, v(0.4, 0.3 + h, 1.0), [0.1, 0.2])));
}

#[test]
fn runge_kutta() {
    near(end_prime(1.2, 0.7), diff(|h| end(1.2 + h, 0.7)));
}

#[test]
fn search() {
    let g = ground_time_prime(&B, 0.01);
    near(g.vel.z, diff(|h| ground_time(&Ball { vel: v(3.0, 1.0, 2.0 + 0.01 * h), ..B }, 0.01)) * 100.0);
}

#[test]
fn best_candidate() {
    let (ga, gb) = nearest_prime(v(1.0, 0.5, 0.2), v(3.0, 2.0, 1.0), v(0.9, 0.4, 0.3));
    near(ga.x, diff(|h| nearest(v(1.0 + h, 0.5, 0.2), v(3.0, 2.0, 1.0), v(0.9, 0.4, 0.3))));
    near(gb.x, 0.0);
}
