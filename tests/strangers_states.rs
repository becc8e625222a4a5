//! Programs whose state is a struct.
#![allow(
    dead_code,
    clippy::trivially_copy_pass_by_ref,
    reason = "the styles are the people's, and some products alone are called"
)]

mod common;

use common::{near, slope};
use deriv::{Reals, derive_fn};

#[derive(Reals, Clone, Copy, Debug)]
struct F {
    a: f32,
    b: f32,
}
#[derive_fn(wrt(f), vjp, jvp, hvp)]
fn in_single(f: &F) -> f32 {
    scale(f, f.b).a * f.b
}
#[derive_fn(wrt(f, k), vjp, jvp, hvp)]
fn scale(f: &F, k: f32) -> F {
    F { a: f.a * k, b: f.b.sin() }
}

#[derive(Reals, Clone, Copy, Debug)]
struct S {
    x: f64,
    v: f64,
}
impl S {
    #[derive_fn(wrt(self, dt), jvp, vjp)]
    fn rk4(&self, dt: f64) -> S {
        let f = |s: &S| S { x: s.v, v: -s.x.sin() };
        let k1 = f(self);
        let k2 = f(&S { x: self.x + 0.5 * dt * k1.x, v: self.v + 0.5 * dt * k1.v });
        let k3 = f(&S { x: self.x + 0.5 * dt * k2.x, v: self.v + 0.5 * dt * k2.v });
        let k4 = f(&S { x: self.x + dt * k3.x, v: self.v + dt * k3.v });
        S {
            x: self.x + dt / 6.0 * (k1.x + 2.0 * k2.x + 2.0 * k3.x + k4.x),
            v: self.v + dt / 6.0 * (k1.v + 2.0 * k2.v + 2.0 * k3.v + k4.v),
        }
    }
}
#[derive_fn(wrt(s, dt), vjp, checkpoint)]
fn long_run(s: S, dt: f64, n: usize) -> f64 {
    let mut now = s;
    for _ in 0..n {
        now = now.rk4(dt);
    }
    now.x * now.x + now.v
}
#[derive_fn(wrt(s, forces), vjp, jvp)]
fn driven(s: &S, forces: &[f64]) -> f64 {
    let mut now = *s;
    let mut cost = 0.0;
    for &u in forces {
        now = now.rk4(0.1);
        now.v += 0.1 * u;
        cost += now.x.powi(2) + 0.01 * u * u;
    }
    cost
}
#[derive_fn(wrt(s), vjp, jvp)]
fn collected(s: &S, times: &[f64]) -> f64 {
    let states: Vec<f64> = times.iter().map(|&t| s.rk4(t).x).collect();
    states.windows(2).map(|w| (w[1] - w[0]).powi(2)).sum()
}
#[derive_fn(wrt(s), vjp, jvp)]
fn until(s: &S, limit: f64) -> f64 {
    let mut now = *s;
    let mut t = 0.0;
    loop {
        let next = now.rk4(0.05);
        if next.x > limit || t > 3.0 {
            break now.x + t;
        }
        now = next;
        t += 0.05;
    }
}
struct Model {
    gain: f64,
    home: S,
}
impl Model {
    #[derive_fn(wrt(s), vjp, jvp)]
    fn cost(&self, s: &S) -> f64 {
        let home: S = self.home;
        self.gain * dist(s, &home) + s.rk4(0.1).v
    }
    #[derive_fn(wrt(s), vjp, jvp)]
    fn twice(&self, s: &S) -> f64 {
        self.cost(s) * s.x
    }
}
#[derive_fn(wrt(a, b), vjp, jvp)]
fn dist(a: &S, b: &S) -> f64 {
    (a.x - b.x).hypot(a.v - b.v)
}
#[derive_fn(wrt(s), vjp, jvp)]
fn optional(s: &S, other: Option<f64>) -> f64 {
    let Some(k) = other else {
        return s.x;
    };
    let t = S { x: k, ..*s };
    dist(s, &t) + t.v
}
#[derive_fn(wrt(s), vjp, jvp)]
fn array_of(s: &S) -> [f64; 2] {
    let t = s.rk4(0.2);
    let u = t.rk4(0.2);
    [t.x, u.v]
}
#[derive_fn(jvp, vjp, value_and_prime)]
fn tip(t: f64) -> (S, f64) {
    let s = S { x: t.sin(), v: t * t };
    let r = s.rk4(t);
    (r, r.x * t)
}
const START: S = S { x: 0.4, v: 0.2 };

fn at(x: f64) -> S {
    S { x, ..START }
}

fn with_speed(v: f64) -> S {
    S { v, ..START }
}

#[test]
fn single_precision() {
    // f = a·b²
    let f = F { a: 0.5, b: 0.75 };
    let prime = in_single_prime(&f);
    assert_eq!((prime.a, prime.b), (0.5625, 0.75));
    let along = in_single_hvp(&f, &F { a: 1.0, b: 0.0 });
    assert_eq!((along.a, along.b), (0.0, 1.5));
}

#[test]
fn simulations() {
    let (_, (by_start, by_step)) = long_run_vjp(START, 0.1, 37, 1.0);
    near(by_start.x, slope(|x| long_run(at(x), 0.1, 37), 0.4));
    near(by_step, slope(|dt| long_run(START, dt, 37), 0.1));
    let forces = [0.1, -0.4, 0.3, 0.9];
    let mut by_force = [0.0; 4];
    let by_start = driven_prime(&START, &forces, &mut by_force);
    near(by_start.v, slope(|v| driven(&with_speed(v), &forces), 0.2));
    near(by_force[2], slope(|u| driven(&START, &[0.1, -0.4, u, 0.9]), 0.3));
    let times = [0.1, 0.3, 0.9];
    near(collected_prime(&START, &times).x, slope(|x| collected(&at(x), &times), 0.4));
    near(until_prime(&START, 0.45).v, slope(|v| until(&with_speed(v), 0.45), 0.2));
}

#[test]
fn methods_of_data() {
    let model = Model { gain: 1.5, home: S { x: 1.0, v: -1.0 } };
    near(model.twice_prime(&START).x, slope(|x| model.twice(&at(x)), 0.4));
    near(optional_prime(&START, Some(0.1)).x, slope(|x| optional(&at(x), Some(0.1)), 0.4));
}

#[test]
fn several_results() {
    near(array_of_prime(&START)[1].x, slope(|x| array_of(&at(x))[1], 0.4));
    let (_, (state, number)) = tip_value_and_prime(0.3);
    near(state.v, slope(|t| tip(t).0.v, 0.3));
    near(number, slope(|t| tip(t).1, 0.3));
}

#[derive(Reals, Clone, Copy)]
struct P {
    x: f64,
    v: f64,
}

#[derive(Clone, Copy)]
enum Op {
    Push(f64),
    Scale(f64),
    Kick,
}

impl P {
    #[derive_fn(wrt(self), jvp, vjp)]
    fn apply(self, op: Op) -> P {
        match op {
            Op::Push(d) => P { x: self.x + d * self.v, ..self },
            Op::Scale(s) => P { v: self.v * s, ..self },
            Op::Kick => P { x: self.x, v: self.v + self.x.sin() },
        }
    }
}

#[derive_fn(wrt(p), vjp, jvp)]
fn run(p: &P, ops: &[Op]) -> f64 {
    let mut q = *p;
    for &op in ops {
        q = q.apply(op);
        if q.v > 1e3 {
            break;
        }
    }
    q.x * q.v
}

#[test]
fn operations_as_data() {
    let start = P { x: 0.5, v: -1.0 };
    let ops = [Op::Push(0.3), Op::Kick, Op::Scale(0.8), Op::Kick, Op::Push(-0.2)];
    near(run_prime(&start, &ops).x, slope(|x| run(&P { x, ..start }, &ops), 0.5));
    near(run_jvp(&start, &ops, &P { x: 0.0, v: 1.0 }).1, slope(|v| run(&P { v, ..start }, &ops), -1.0));
}
