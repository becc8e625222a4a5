//! Structs of real numbers as arguments and results of calls.
#![allow(
    dead_code,
    clippy::needless_pass_by_value,
    clippy::trivially_copy_pass_by_ref,
    clippy::assign_op_pattern,
    clippy::needless_range_loop,
    reason = "the styles are the people's, and some products alone are called"
)]

use deriv::{Reals, derive_fn};

#[derive(Reals, Debug, PartialEq)]
struct Pose {
    x: f64,
    y: f64,
    angle: f64,
}

#[derive(Reals, Debug)]
struct Camera {
    focal: f64,
    pose: Pose,
    k: [f64; 2],
}

#[derive(Reals, Clone, Copy, Debug, PartialEq)]
struct Vec3 {
    x: f64,
    y: f64,
    z: f64,
}

/// What the differences are taken of.
trait Numbers: Sized {
    fn numbers(&self) -> Vec<f64>;
    fn of(numbers: &[f64]) -> Self;
}

impl Numbers for f64 {
    fn numbers(&self) -> Vec<f64> {
        vec![*self]
    }
    fn of(numbers: &[f64]) -> Self {
        numbers[0]
    }
}

impl Numbers for Pose {
    fn numbers(&self) -> Vec<f64> {
        vec![self.x, self.y, self.angle]
    }
    fn of(n: &[f64]) -> Self {
        Pose { x: n[0], y: n[1], angle: n[2] }
    }
}

impl Numbers for Camera {
    fn numbers(&self) -> Vec<f64> {
        [vec![self.focal], self.pose.numbers(), self.k.to_vec()].concat()
    }
    fn of(n: &[f64]) -> Self {
        Camera { focal: n[0], pose: Pose::of(&n[1..4]), k: [n[4], n[5]] }
    }
}

impl Numbers for Vec3 {
    fn numbers(&self) -> Vec<f64> {
        vec![self.x, self.y, self.z]
    }
    fn of(n: &[f64]) -> Self {
        Vec3 { x: n[0], y: n[1], z: n[2] }
    }
}

impl<A: Numbers, B: Numbers> Numbers for (A, B) {
    fn numbers(&self) -> Vec<f64> {
        [self.0.numbers(), self.1.numbers()].concat()
    }
    fn of(n: &[f64]) -> Self {
        let first = A::of(n);
        let count = first.numbers().len();
        (first, B::of(&n[count..]))
    }
}

impl Numbers for [f64; 2] {
    fn numbers(&self) -> Vec<f64> {
        self.to_vec()
    }
    fn of(n: &[f64]) -> Self {
        [n[0], n[1]]
    }
}

const AT: [f64; 6] = [0.7, -0.4, 1.1, 0.6, 0.3, -0.2];
const ALONG: [f64; 6] = [0.75, -1.25, 0.5, 1.5, -0.625, 1.125];
const SEED: [f64; 3] = [1.5, -0.5, 0.8];

/// By differences: the derivative along `ALONG`.
fn slope<A: Numbers, R: Numbers>(f: impl Fn(A) -> R) -> Vec<f64> {
    let at = |h: f64| {
        let moved: Vec<f64> = AT.iter().zip(ALONG).map(|(x, dx)| x + h * dx).collect();
        f(A::of(&moved)).numbers()
    };
    let h = 1e-5;
    at(h).iter().zip(at(-h)).map(|(a, b)| (a - b) / (2.0 * h)).collect()
}

#[track_caller]
fn assert_close(found: &[f64], expected: &[f64]) {
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() <= 1e-7 * expected.abs().max(1.0), "{found} is not {expected}");
    }
}

fn dot_of(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// What all products must agree on. `hvp` is that of the result's product with `SEED`.
#[track_caller]
fn agree<A: Numbers, R: Numbers>(
    f: impl Fn(A) -> R,
    jvp: impl Fn(A, A) -> (R, R),
    vjp: impl Fn(A, R) -> (R, A),
    hvp: Option<&dyn Fn(A, R, A) -> A>,
) {
    let value = f(A::of(&AT)).numbers();
    let (seed, expected) = (&SEED[..value.len()], slope(&f));
    let (same, tangent) = jvp(A::of(&AT), A::of(&ALONG));
    assert_eq!(same.numbers(), value);
    assert_close(&tangent.numbers(), &expected);
    let (same, cotangent) = vjp(A::of(&AT), R::of(seed));
    assert_eq!(same.numbers(), value);
    let cotangent = cotangent.numbers();
    assert_close(&[dot_of(&cotangent[..cotangent.len().min(6)], &ALONG)], &[dot_of(seed, &expected)]);
    if let Some(hvp) = hvp {
        let along = hvp(A::of(&AT), R::of(seed), A::of(&ALONG)).numbers();
        assert_close(&along, &slope(|x: A| List(vjp(x, R::of(seed)).1.numbers())));
    }
}

struct List(Vec<f64>);

impl Numbers for List {
    fn numbers(&self) -> Vec<f64> {
        self.0.clone()
    }
    fn of(numbers: &[f64]) -> Self {
        List(numbers.to_vec())
    }
}

// What is called.

#[derive_fn(wrt(p, k), jvp, vjp, hvp)]
fn energy(p: &Pose, k: f64) -> f64 {
    k * p.x * p.x + (p.angle * p.y).sin()
}

#[derive_fn(wrt(p), jvp, vjp, hvp)]
fn spread(p: &Pose) -> f64 {
    p.x * p.y + p.angle.exp()
}

#[derive_fn(wrt(a, b), jvp, vjp, hvp)]
fn cross(a: &Vec3, b: &Vec3) -> Vec3 {
    Vec3 { x: a.y * b.z - a.z * b.y, y: a.z * b.x - a.x * b.z, z: a.x * b.y - a.y * b.x }
}

#[derive_fn(wrt(a, b), jvp, vjp, hvp)]
fn dot(a: Vec3, b: Vec3) -> f64 {
    a.x * b.x + a.y * b.y + a.z * b.z
}

#[derive_fn(wrt(p, dt), jvp, vjp, hvp)]
fn step(p: Pose, dt: f64) -> Pose {
    Pose { x: p.x + dt * p.y, y: p.y - dt * p.x.sin(), angle: p.angle * (1.0 - dt) }
}

#[derive_fn(jvp, vjp, hvp, value_and_prime)]
fn around(t: f64) -> Vec3 {
    Vec3 { x: t.cos(), y: t.sin(), z: 0.5 * t }
}

#[test]
fn results() {
    agree(
        |(a, b): (Vec3, Vec3)| cross(&a, &b),
        |(a, b), (da, db)| cross_jvp(&a, &b, &da, &db),
        |(a, b), seed| cross_vjp(&a, &b, seed),
        Some(&|(a, b), seed, (da, db)| cross_hvp(&a, &b, seed, &da, &db)),
    );
    agree(around, around_jvp, around_vjp, Some(&around_hvp));
    let (value, prime) = around_value_and_prime(0.3);
    assert_eq!(value, around(0.3));
    assert_eq!(prime, Vec3 { x: -0.3f64.sin(), y: 0.3f64.cos(), z: 0.5 });
    assert_eq!(around_prime(0.3), prime);
}

#[derive_fn(wrt(p), value_and_prime, jvp, vjp, hvp)]
fn whole(p: &Pose) -> f64 {
    energy(p, p.x) * p.y + spread(p)
}

#[derive_fn(wrt(cam), value_and_prime, jvp, vjp, hvp)]
fn part(cam: &Camera) -> f64 {
    cam.focal * energy(&cam.pose, cam.k[1]) + cam.pose.x * cam.k[0]
}

#[derive_fn(wrt(cam), jvp, vjp, hvp)]
fn named_part(cam: Camera) -> f64 {
    let pose: &Pose = &cam.pose;
    let Camera { focal, .. } = &cam;
    focal * spread(pose) * energy(pose, *focal)
}

#[derive_fn(jvp, vjp, hvp)]
fn built(x: f64, y: f64) -> f64 {
    let p = Pose { x: x * y, y: 2.0, angle: y.sin() };
    energy(&p, x) + spread(&Pose { angle: 0.1, ..Pose { x, y, angle: 0.0 } }) * p.x
}

#[test]
fn arguments() {
    let p = |f: &dyn Fn(&Pose) -> f64, p: Pose| f(&p);
    agree(
        |x: Pose| p(&whole, x),
        |p, dp| whole_jvp(&p, &dp),
        |p, seed| whole_vjp(&p, seed),
        Some(&|p, seed, dp| {
            let Pose { x, y, angle } = whole_hvp(&p, &dp);
            Pose { x: seed * x, y: seed * y, angle: seed * angle }
        }),
    );
    let at = Pose::of(&AT);
    assert_eq!(whole_prime(&at), whole_value_and_prime(&at).1);
    agree(
        |cam: Camera| part(&cam),
        |cam, d| part_jvp(&cam, &d),
        |cam, seed| part_vjp(&cam, seed),
        Some(&|cam, seed, d| {
            Camera::of(&part_hvp(&cam, &d).numbers().iter().map(|x| seed * x).collect::<Vec<_>>())
        }),
    );
    agree(
        named_part,
        named_part_jvp,
        named_part_vjp,
        Some(&|cam, seed, d| {
            Camera::of(&named_part_hvp(cam, d).numbers().iter().map(|x| seed * x).collect::<Vec<_>>())
        }),
    );
}

#[derive_fn(wrt(a, b), jvp, vjp, hvp)]
fn composed(a: &Vec3, b: &Vec3) -> f64 {
    let n = cross(a, b);
    let twice: Vec3 = cross(&n, b);
    n.z * dot(twice, *a) + dot(n, *b)
}

#[derive_fn(wrt(a, b), jvp, vjp, hvp)]
fn triple(a: &Vec3, b: &Vec3) -> Vec3 {
    let n = cross(a, b);
    cross(&n, a)
}

#[derive_fn(jvp, vjp, hvp)]
fn fields(t: f64, s: f64) -> f64 {
    let Vec3 { x, y, .. } = around(t * s);
    let v = around(x);
    if v.y > 100.0 {
        return s;
    }
    v.x * y * s
}

#[test]
fn results_of_calls() {
    agree(
        |(a, b): (Vec3, Vec3)| composed(&a, &b),
        |(a, b), (da, db)| composed_jvp(&a, &b, &da, &db),
        |(a, b), seed| composed_vjp(&a, &b, seed),
        Some(&|(a, b), seed, (da, db)| {
            let (x, y) = composed_hvp(&a, &b, &da, &db);
            <(Vec3, Vec3)>::of(&(x, y).numbers().iter().map(|x| seed * x).collect::<Vec<_>>())
        }),
    );
    agree(
        |(a, b): (Vec3, Vec3)| triple(&a, &b),
        |(a, b), (da, db)| triple_jvp(&a, &b, &da, &db),
        |(a, b), seed| triple_vjp(&a, &b, seed),
        Some(&|(a, b), seed, (da, db)| triple_hvp(&a, &b, seed, &da, &db)),
    );
    agree(
        |(t, s): (f64, f64)| fields(t, s),
        |(t, s), (dt, ds)| fields_jvp(t, s, dt, ds),
        |(t, s), seed| {
            let (value, [t, s]) = fields_vjp(t, s, seed);
            (value, (t, s))
        },
        Some(&|(t, s), seed, (dt, ds)| {
            let [t, s] = fields_hvp(t, s, dt, ds);
            (seed * t, seed * s)
        }),
    );
}

// Loops.

#[derive_fn(wrt(p, dt), jvp, vjp, hvp)]
fn simulated(p: Pose, dt: f64) -> f64 {
    let mut s = p;
    for _ in 0..4 {
        s = step(s, dt);
        s.x *= 0.9;
    }
    s.x * s.y + s.angle
}

#[derive_fn(wrt(p, dt), jvp, vjp)]
fn advanced(mut p: Pose, dt: f64) -> Pose {
    let mut i = 0;
    while i < 5 {
        if i % 2 == 0 {
            p = step(p, dt);
        } else {
            p.y -= dt * p.angle;
        }
        i += 1;
    }
    p
}

#[derive_fn(jvp, vjp, hvp)]
fn from_rest(angle: f64, dt: f64) -> f64 {
    let mut s = Pose { x: 0.3, y: 0.0, angle };
    for _ in 0..3 {
        let next = step(s, dt);
        s = Pose { x: next.x, y: next.y * 0.5, angle: next.angle + dt };
        s = step(s, dt);
    }
    s.x + s.y * s.angle
}

#[test]
fn loops() {
    agree(
        |(p, dt): (Pose, f64)| simulated(p, dt),
        |(p, dt), (dp, ddt)| simulated_jvp(p, dt, dp, ddt),
        |(p, dt), seed| simulated_vjp(p, dt, seed),
        Some(&|(p, dt), seed, (dp, ddt)| {
            let product = simulated_hvp(p, dt, dp, ddt);
            <(Pose, f64)>::of(&product.numbers().iter().map(|x| seed * x).collect::<Vec<_>>())
        }),
    );
    agree(
        |(p, dt): (Pose, f64)| advanced(p, dt),
        |(p, dt), (dp, ddt)| advanced_jvp(p, dt, dp, ddt),
        |(p, dt), seed| advanced_vjp(p, dt, seed),
        None,
    );
    agree(
        |(a, dt): (f64, f64)| from_rest(a, dt),
        |(a, dt), (da, ddt)| from_rest_jvp(a, dt, da, ddt),
        |(a, dt), seed| {
            let (value, [a, dt]) = from_rest_vjp(a, dt, seed);
            (value, (a, dt))
        },
        Some(&|(a, dt), seed, (da, ddt)| {
            let [a, dt] = from_rest_hvp(a, dt, da, ddt);
            (seed * a, seed * dt)
        }),
    );
}

/// No `Reals`: it is data.
struct Seen {
    at: f64,
    weight: f64,
}

#[derive_fn(wrt(cam), jvp, vjp, hvp)]
fn residual(cam: &Camera, seen: &Seen) -> f64 {
    (cam.focal * (seen.at - cam.pose.x) + cam.k[0] * seen.at * seen.at) * seen.weight
}

#[derive_fn(wrt(cam), jvp, vjp, hvp)]
fn loss(cam: &Camera, seen: &[Seen]) -> f64 {
    let mut sum = 0.0;
    for s in seen {
        let r = residual(cam, s);
        sum += r * r;
    }
    sum + seen.iter().map(|s| residual(cam, s).cos()).sum::<f64>() + residual(cam, &seen[1]).powi(3)
}

#[derive_fn(wrt(a), jvp, vjp, hvp)]
fn aligned(a: &Vec3, up: &Vec3, others: &[Vec3]) -> f64 {
    let mut sum = dot(*a, *up) * a.x;
    for o in others {
        sum += dot(cross(a, o), *up).powi(2);
    }
    sum
}

#[test]
fn data() {
    let seen = [Seen { at: 0.3, weight: 1.2 }, Seen { at: -0.8, weight: 0.7 }];
    agree(
        |cam: Camera| loss(&cam, &seen),
        |cam, d| loss_jvp(&cam, &seen, &d),
        |cam, seed| loss_vjp(&cam, &seen, seed),
        Some(&|cam, seed, d| {
            let product = loss_hvp(&cam, &seen, &d);
            Camera::of(&product.numbers().iter().map(|x| seed * x).collect::<Vec<_>>())
        }),
    );
    let up = Vec3 { x: 0.1, y: -0.3, z: 0.9 };
    let others = [Vec3 { x: 1.0, y: 0.5, z: -0.4 }, Vec3 { x: 0.2, y: 0.5, z: 1.4 }];
    agree(
        |a: Vec3| aligned(&a, &up, &others),
        |a, d| aligned_jvp(&a, &up, &others, &d),
        |a, seed| aligned_vjp(&a, &up, &others, seed),
        Some(&|a, seed, d| {
            let product = aligned_hvp(&a, &up, &others, &d);
            Vec3::of(&product.numbers().iter().map(|x| seed * x).collect::<Vec<_>>())
        }),
    );
}

// Several results.

#[derive_fn(wrt(cam), value_and_prime, jvp, vjp, hvp)]
fn pixel(cam: &Camera, point: [f64; 2]) -> [f64; 2] {
    let e = energy(&cam.pose, cam.focal);
    let z = point[0] * cam.k[0];
    [e * point[1] + z, cam.pose.angle * z]
}

#[derive_fn(wrt(p, k), value_and_prime, jvp, vjp)]
fn both(p: Pose, k: f64) -> (f64, f64) {
    let mut sum = 0.0;
    for i in 0..3 {
        sum += energy(&p, k * i as f64);
    }
    (sum, p.x * k)
}

#[test]
fn jacobians() {
    let point = [0.4, -0.9];
    agree(
        |cam: Camera| pixel(&cam, point),
        |cam, d| pixel_jvp(&cam, point, &d),
        |cam, seed| pixel_vjp(&cam, point, seed),
        Some(&|cam, seed, d| pixel_hvp(&cam, point, seed, &d)),
    );
    let cam = Camera::of(&AT);
    let (value, rows) = pixel_value_and_prime(&cam, point);
    assert_eq!(value, pixel(&cam, point));
    let [first, second] = &rows;
    let expected = slope(|cam: Camera| pixel(&cam, point));
    assert_close(&[first, second].map(|row| dot_of(&row.numbers(), &ALONG)), &expected);
    assert_close(&pixel_prime(&cam, point)[1].numbers(), &second.numbers());
    agree(
        |(p, k): (Pose, f64)| both(p, k),
        |(p, k), (dp, dk)| both_jvp(p, k, dp, dk),
        |(p, k), seed| both_vjp(p, k, seed),
        None,
    );
    let (first, second) = both_prime(Pose::of(&AT), AT[3]);
    let expected = slope(|(p, k): (Pose, f64)| both(p, k));
    assert_close(&[first, second].map(|row| dot_of(&row.numbers(), &ALONG)), &expected);
}

// Methods.

impl Vec3 {
    #[derive_fn(jvp, vjp, hvp)]
    fn new(x: f64, y: f64, z: f64) -> Self {
        Self { x, y, z }
    }

    #[derive_fn(wrt(self, o), value_and_prime, jvp, vjp, hvp)]
    fn dot(&self, o: &Vec3) -> f64 {
        self.x * o.x + self.y * o.y + self.z * o.z
    }

    #[derive_fn(wrt(self), jvp, vjp, hvp)]
    fn norm(self) -> f64 {
        self.dot(&self).sqrt()
    }

    #[derive_fn(wrt(self, k), jvp, vjp, hvp)]
    fn scaled(&self, k: f64) -> Self {
        Vec3::new(k * self.x, k * self.y, k * self.z)
    }

    #[derive_fn(wrt(self, o), jvp, vjp, hvp)]
    fn cross(self, o: Self) -> Self {
        Self {
            x: self.y * o.z - self.z * o.y,
            y: self.z * o.x - self.x * o.z,
            z: self.x * o.y - self.y * o.x,
        }
    }
}

impl Vec3 {
    #[derive_fn(wrt(self, o), jvp, vjp, hvp)]
    fn add(self, o: Self) -> Self {
        Self { x: self.x + o.x, y: self.y + o.y, z: self.z + o.z }
    }

    #[derive_fn(wrt(self, k), jvp, vjp, hvp)]
    fn mul(self, k: f64) -> Self {
        self.scaled(k)
    }

    #[derive_fn(wrt(self), jvp, vjp, hvp)]
    fn neg(self) -> Self {
        self.scaled(-1.0)
    }
}

impl std::ops::Add for Vec3 {
    type Output = Self;
    fn add(self, o: Self) -> Self {
        self.add(o)
    }
}

impl std::ops::Mul<f64> for Vec3 {
    type Output = Self;
    fn mul(self, k: f64) -> Self {
        self.mul(k)
    }
}

impl std::ops::Neg for Vec3 {
    type Output = Self;
    fn neg(self) -> Self {
        self.neg()
    }
}

#[derive_fn(wrt(x, v), jvp, vjp, hvp)]
fn orbit(x: Vec3, v: Vec3, dt: f64) -> f64 {
    let mut x = x;
    let mut v = v;
    for _ in 0..3 {
        let a = -x * (1.0 / x.dot(&x).powf(1.5));
        v = v + a * dt;
        x = x + v * dt;
    }
    x.norm() + v.x
}

#[derive_fn(wrt(a, b), jvp, vjp, hvp)]
fn methods(a: Vec3, b: Vec3) -> f64 {
    let up = Vec3::new(0.0, a.x, 1.0);
    let n = a.cross(b).scaled(b.norm());
    let shorter = Vec3 { z: 0.5, ..n };
    n.dot(&up) / (1.0 + shorter.norm()) + n.scaled(2.0).z
}

#[derive_fn(jvp, vjp, hvp)]
fn of_scalars(t: f64, s: f64) -> f64 {
    let mut v = Vec3::new(t, s, t * s);
    for i in 0..3 {
        v = v.scaled(0.5 + t).cross(Vec3 { x: 1.0, y: s, z: i as f64 });
    }
    let v: Vec3 = v;
    v.norm() + v.x
}

#[test]
fn on_structs() {
    agree(
        |(a, b): (Vec3, Vec3)| a.dot(&b),
        |(a, b), (da, db)| a.dot_jvp(&b, &da, &db),
        |(a, b), seed| a.dot_vjp(&b, seed),
        None,
    );
    let (a, b) = <(Vec3, Vec3)>::of(&AT);
    assert_eq!(a.dot_prime(&b), (b, a));
    agree(Vec3::norm, |a, da| a.norm_jvp(&da), Vec3::norm_vjp, None);
    agree(
        |(a, b): (Vec3, Vec3)| methods(a, b),
        |(a, b), (da, db)| methods_jvp(a, b, da, db),
        |(a, b), seed| methods_vjp(a, b, seed),
        Some(&|(a, b), seed, (da, db)| {
            let product = methods_hvp(a, b, da, db);
            <(Vec3, Vec3)>::of(&product.numbers().iter().map(|x| seed * x).collect::<Vec<_>>())
        }),
    );
    agree(
        |(x, v): (Vec3, Vec3)| orbit(x, v, 0.1),
        |(x, v), (dx, dv)| orbit_jvp(x, v, 0.1, dx, dv),
        |(x, v), seed| orbit_vjp(x, v, 0.1, seed),
        Some(&|(x, v), seed, (dx, dv)| {
            let product = orbit_hvp(x, v, 0.1, dx, dv);
            <(Vec3, Vec3)>::of(&product.numbers().iter().map(|x| seed * x).collect::<Vec<_>>())
        }),
    );
    agree(
        |(t, s): (f64, f64)| of_scalars(t, s),
        |(t, s), (dt, ds)| of_scalars_jvp(t, s, dt, ds),
        |(t, s), seed| {
            let (value, [t, s]) = of_scalars_vjp(t, s, seed);
            (value, (t, s))
        },
        Some(&|(t, s), seed, (dt, ds)| {
            let [t, s] = of_scalars_hvp(t, s, dt, ds);
            (seed * t, seed * s)
        }),
    );
}

// Arrays in structs.

#[derive(Reals, Debug)]
struct Net {
    hidden: [[f64; 2]; 2],
    bias: [f64; 2],
    out: Layer,
}

#[derive(Reals, Debug)]
struct Layer {
    weights: [f64; 2],
}

impl Numbers for Net {
    fn numbers(&self) -> Vec<f64> {
        [self.hidden.concat(), self.bias.to_vec(), self.out.weights.to_vec()].concat()
    }
    fn of(n: &[f64]) -> Self {
        let weights = n.get(6..8).map_or([0.3, 0.9], |n| [n[0], n[1]]);
        Net { hidden: [[n[0], n[1]], [n[2], n[3]]], bias: [n[4], n[5]], out: Layer { weights } }
    }
}

#[derive_fn(wrt(net), jvp, vjp, hvp)]
fn predict(net: &Net, x: [f64; 2]) -> f64 {
    let mut sum = 0.0;
    for i in 0..net.hidden.len() {
        let mut z = net.bias[i];
        for j in 0..2 {
            z += net.hidden[i][j] * x[j];
        }
        sum += net.out.weights[i] * z.tanh();
    }
    sum + 0.01 * net.bias.iter().map(|b| b * b).sum::<f64>() + net.bias[0]
}

#[derive_fn(wrt(net), jvp, vjp, hvp)]
fn training(net: &Net, data: &[([f64; 2], f64)]) -> f64 {
    let mut loss = 0.0;
    for (x, y) in data {
        loss += (predict(net, *x) - y).powi(2);
    }
    for row in net.hidden {
        loss += row[0] * row[1];
    }
    loss
}

#[test]
fn arrays_in_structs() {
    let net = |n: &dyn Fn(&Net) -> f64, net: Net| n(&net);
    let eight = |net: Net| Net { out: Layer { weights: [0.0; 2] }, ..net };
    let x = [0.7, -0.2];
    agree(
        |n: Net| net(&|n| predict(n, x), n),
        |n, d| predict_jvp(&n, x, &eight(d)),
        |n, seed| predict_vjp(&n, x, seed),
        None,
    );
    let data = [([0.3, 0.1], 0.5), ([-0.4, 0.8], -0.1)];
    agree(
        |n: Net| training(&n, &data),
        |n, d| training_jvp(&n, &data, &eight(d)),
        |n, seed| training_vjp(&n, &data, seed),
        None,
    );
    let along = training_hvp(&Net::of(&AT), &data, &eight(Net::of(&ALONG))).numbers();
    assert_close(&along, &slope(|n: Net| List(training_vjp(&n, &data, 1.0).1.numbers())));
}

// Branches.

#[derive_fn(wrt(a, b), jvp, vjp, hvp)]
fn chosen(a: &Vec3, b: &Vec3) -> f64 {
    let longer = if a.x.abs() > b.x.abs() { a } else { b };
    let mut c = match longer.y < 100.0 {
        true => cross(longer, b),
        false => Vec3 { x: 1.0, y: a.x, z: 2.0 },
    };
    if c.x > -100.0 {
        c = cross(&c, longer);
        c.y += longer.z;
    }
    longer.x * dot(c, *b)
}

#[test]
fn branches() {
    agree(
        |(a, b): (Vec3, Vec3)| chosen(&a, &b),
        |(a, b), (da, db)| chosen_jvp(&a, &b, &da, &db),
        |(a, b), seed| chosen_vjp(&a, &b, seed),
        Some(&|(a, b), seed, (da, db)| {
            let product = chosen_hvp(&a, &b, &da, &db);
            <(Vec3, Vec3)>::of(&product.numbers().iter().map(|x| seed * x).collect::<Vec<_>>())
        }),
    );
}

// Structs in structs.

#[derive_fn(wrt(p, focal), jvp, vjp, hvp)]
fn rigged(p: Pose, focal: f64) -> f64 {
    let next = step(p, 0.1);
    let cam = Camera { focal: focal * next.y, pose: next, k: [focal, 0.5] };
    part(&cam) + spread(&cam.pose)
}

#[test]
fn nested() {
    agree(
        |(p, focal): (Pose, f64)| rigged(p, focal),
        |(p, focal), (dp, df)| rigged_jvp(p, focal, dp, df),
        |(p, focal), seed| rigged_vjp(p, focal, seed),
        Some(&|(p, focal), seed, (dp, df)| {
            let product = rigged_hvp(p, focal, dp, df);
            <(Pose, f64)>::of(&product.numbers().iter().map(|x| seed * x).collect::<Vec<_>>())
        }),
    );
}

// What is part of something else.

#[derive(Reals, Clone, Copy)]
struct Row {
    at: f64,
    k: [f64; 2],
}

#[derive_fn(wrt(x), jvp, vjp)]
fn copies(x: [f64; 2], i: usize) -> f64 {
    let mut row = Row { at: 1.0, k: x };
    row.k[0] += 3.0 * x[1];
    let mut q = [x[0], 2.0];
    q[i] *= x[1];
    let mut pair = (1.0, [x[0], x[1]]);
    pair.1 = q;
    q[0] += 5.0 * x[0];
    let mut whole = [x[1], x[0]];
    row.at += whole[0];
    whole = q;
    q[1] += x[0];
    row.k[0] * x[0] + pair.1[0] * row.at + whole[1] * q[1]
}

#[derive_fn(hvp)]
fn of_one_call(s: f64) -> f64 {
    let at: Vec3 = around(s);
    at.x * s
}

#[derive_fn(wrt(x), jvp, vjp)]
fn literals(x: f64, right: bool) -> f64 {
    let cam = Camera { focal: x, pose: Pose { x: 0.5, y: 0.25, angle: 2.0 }, k: [1.0, x] };
    let v: Vec3 = Vec3 { x, y: 0.5, z: 2.0 };
    let turned = (Vec3 { y: x * x, ..v }).cross(v);
    let end = if right { turned } else { v };
    part(&cam) + end.z
}

#[derive_fn(hvp, wrt(x, y))]
fn before_and_after(x: f64, y: f64, i: usize) -> f64 {
    let cam = Camera { focal: x, pose: Pose { x, y, angle: 1.0 }, k: [x * y, y] };
    if x > 100.0 {
        return y;
    }
    cam.k[i] * spread(&cam.pose)
}

#[test]
fn parts_of_what_is_built() {
    for i in [0, 1] {
        let along = before_and_after_hvp(AT[0], AT[1], i, ALONG[0], ALONG[1]);
        assert_close(&along, &slope(|[x, y]: [f64; 2]| before_and_after_prime(x, y, i)));
    }
    for i in [0, 1] {
        agree(
            |x: [f64; 2]| copies(x, i),
            |x, dx| copies_jvp(x, i, dx),
            |x, seed| copies_vjp(x, i, seed),
            None,
        );
    }
    for right in [true, false] {
        agree(
            |x: f64| literals(x, right),
            |x, dx| literals_jvp(x, right, dx),
            |x, seed| literals_vjp(x, right, seed),
            None,
        );
    }
    assert_close(&[of_one_call_hvp(AT[0], ALONG[0])], &slope(|s: f64| of_one_call_prime(s)));
}
