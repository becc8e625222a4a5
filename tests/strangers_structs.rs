//! Programs with structs as people write them.
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

#[derive(Reals, Clone, Copy, Debug, PartialEq)]
struct Mat3 {
    m: [[f64; 3]; 3],
}

impl Mat3 {
    #[derive_fn(jvp, vjp, hvp)]
    fn rot_z(angle: f64) -> Mat3 {
        let (s, c) = angle.sin_cos();
        Mat3 { m: [[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]] }
    }
    #[derive_fn(wrt(self, o), jvp, vjp, hvp)]
    fn times(&self, o: &Mat3) -> Mat3 {
        let mut r = Mat3 { m: [[0.0; 3]; 3] };
        for i in 0..3 {
            for j in 0..3 {
                for k in 0..3 {
                    r.m[i][j] += self.m[i][k] * o.m[k][j];
                }
            }
        }
        r
    }
    #[derive_fn(wrt(self, v), jvp, vjp, hvp)]
    fn apply(&self, v: [f64; 3]) -> [f64; 3] {
        let mut out = [0.0; 3];
        for (o, row) in out.iter_mut().zip(&self.m) {
            *o = row.iter().zip(v).map(|(a, b)| a * b).sum();
        }
        out
    }
}

#[derive_fn(jvp, vjp, hvp)]
fn arm(a: f64, b: f64) -> f64 {
    let chain = Mat3::rot_z(a).times(&Mat3::rot_z(b));
    let tip = chain.apply([1.0, a, 0.5]);
    tip[0] * tip[1]
}

#[derive(Reals, Clone, Copy, Debug)]
struct Complex {
    re: f64,
    im: f64,
}
impl Complex {
    #[derive_fn(wrt(self, o), jvp, vjp)]
    fn mul(self, o: Complex) -> Complex {
        Complex { re: self.re * o.re - self.im * o.im, im: self.re * o.im + self.im * o.re }
    }
    #[derive_fn(wrt(self, o), jvp, vjp)]
    fn add(self, o: Complex) -> Complex {
        Complex { re: self.re + o.re, im: self.im + o.im }
    }
    #[derive_fn(wrt(self), jvp, vjp)]
    fn norm_sqr(&self) -> f64 {
        self.re * self.re + self.im * self.im
    }
}
impl std::ops::Mul for Complex {
    type Output = Complex;
    fn mul(self, o: Complex) -> Complex {
        self.mul(o)
    }
}
impl std::ops::Add for Complex {
    type Output = Complex;
    fn add(self, o: Complex) -> Complex {
        self.add(o)
    }
}

#[derive_fn(wrt(c), jvp, vjp)]
fn mandelbrot(c: Complex) -> f64 {
    let mut z = Complex { re: 0.0, im: 0.0 };
    let mut n = 0;
    while n < 8 && z.norm_sqr() < 4.0 {
        z = z * z + c;
        n += 1;
    }
    z.norm_sqr().ln()
}

#[derive(Reals, Clone, Copy, Debug)]
struct Gains {
    kp: f64,
    ki: f64,
    kd: f64,
}
#[derive(Reals, Clone, Copy, Debug)]
struct Plant {
    x: f64,
    v: f64,
    sum: f64,
    last: f64,
}
struct Config {
    dt: f64,
    steps: usize,
    target: f64,
}

#[derive_fn(wrt(g), value_and_prime, jvp, vjp)]
fn pid_cost(g: &Gains, config: &Config) -> f64 {
    let mut plant = Plant { x: 0.0, v: 0.0, sum: 0.0, last: config.target };
    let mut cost = 0.0;
    for _ in 0..config.steps {
        let error = config.target - plant.x;
        plant.sum += error * config.dt;
        let u = g.kp * error + g.ki * plant.sum + g.kd * (error - plant.last) / config.dt;
        plant = advance(plant, u.clamp(-10.0, 10.0), config.dt);
        plant.last = error;
        cost += error * error * config.dt;
    }
    cost
}
#[derive_fn(wrt(p, u, dt), jvp, vjp)]
fn advance(p: Plant, u: f64, dt: f64) -> Plant {
    let a = u - 0.5 * p.v - p.x;
    Plant { x: p.x + dt * p.v, v: p.v + dt * a, ..p }
}

#[derive(Reals, Clone, Copy, Debug)]
struct Ray {
    origin: V,
    dir: V,
}
#[derive(Reals, Clone, Copy, Debug)]
struct V {
    x: f64,
    y: f64,
    z: f64,
}
#[derive(Reals, Clone, Copy, Debug)]
struct Sphere {
    center: V,
    radius: f64,
}
impl V {
    #[derive_fn(wrt(self, o), jvp, vjp)]
    fn dot(self, o: V) -> f64 {
        self.x * o.x + self.y * o.y + self.z * o.z
    }
    #[derive_fn(wrt(self, o), jvp, vjp)]
    fn sub(self, o: V) -> V {
        V { x: self.x - o.x, y: self.y - o.y, z: self.z - o.z }
    }
    #[derive_fn(wrt(self, k), jvp, vjp)]
    fn scale(self, k: f64) -> V {
        V { x: self.x * k, y: self.y * k, z: self.z * k }
    }
    #[derive_fn(wrt(self), jvp, vjp)]
    fn unit(self) -> V {
        self.scale(1.0 / self.dot(self).sqrt())
    }
}
impl std::ops::Sub for V {
    type Output = V;
    fn sub(self, o: V) -> V {
        self.sub(o)
    }
}

#[derive_fn(wrt(s, ray), jvp, vjp)]
fn hit(s: &Sphere, ray: &Ray) -> f64 {
    let oc = ray.origin - s.center;
    let d = ray.dir.unit();
    let b = oc.dot(d);
    let c = oc.dot(oc) - s.radius * s.radius;
    let disc = b * b - c;
    if disc < 0.0 {
        return f64::INFINITY;
    }
    -b - disc.sqrt()
}

#[derive_fn(wrt(s), jvp, vjp)]
fn hit_at(s: &Sphere, ray: &Ray) -> f64 {
    let oc: V = ray.origin - s.center;
    let d: V = ray.dir.unit();
    let b = oc.dot(d);
    b + s.radius
}
#[derive_fn(wrt(s), vjp)]
fn image_loss(s: &Sphere, rays: &[Ray], depth: &[f64]) -> f64 {
    rays.iter().zip(depth).map(|(ray, d)| (hit_at(s, ray) - d).powi(2)).sum()
}

#[cfg(feature = "num-traits")]
#[derive(Reals, Clone, Copy, Debug)]
struct P2<T> {
    x: T,
    y: T,
}
#[cfg(feature = "num-traits")]
#[derive_fn(wrt(p), value_and_prime, jvp, vjp)]
fn generic<T: num_traits::Float + Reals<Number = T>>(p: &P2<T>) -> T {
    length(p) * p.x
}
#[cfg(feature = "num-traits")]
#[derive_fn(wrt(p), value_and_prime, jvp, vjp)]
fn length<T: num_traits::Float + Reals<Number = T>>(p: &P2<T>) -> T {
    (p.x * p.x + p.y * p.y).sqrt()
}

#[derive(Reals, Clone, Debug)]
struct Tri(V, V, V);
#[derive_fn(wrt(t), jvp, vjp)]
fn area(t: &Tri) -> f64 {
    let Tri(a, b, c) = t;
    let u = *b - *a;
    let v: V = *c - *a;
    (u.dot(u) * v.dot(v) - u.dot(v).powi(2)).sqrt() / 2.0
}

#[test]
fn matrices() {
    near(arm_jvp(0.3, 0.4, 1.0, 0.0).1, slope(|a| arm(a, 0.4), 0.3));
    near(arm_vjp(0.3, 0.4, 1.0).1[1], slope(|b| arm(0.3, b), 0.4));
    near(arm_hvp(0.3, 0.4, 1.0, 0.0)[1], slope(|a| arm_vjp(a, 0.4, 1.0).1[1], 0.3));
    let m = Mat3::rot_z(0.7);
    let v = [0.3, -1.2, 0.8];
    let (by_matrix, by_vector) = m.apply_prime(v);
    for (i, row) in by_matrix.iter().enumerate() {
        for (k, entries) in row.m.iter().enumerate() {
            assert_eq!(*entries, if k == i { v } else { [0.0; 3] });
        }
    }
    assert_eq!(by_vector, m.m);
}

#[test]
fn complex_numbers() {
    let c = Complex { re: 0.3, im: 0.4 };
    near(mandelbrot_prime(c).re, slope(|re| mandelbrot(Complex { re, ..c }), 0.3));
    let along = Complex { re: 0.0, im: 1.0 };
    near(mandelbrot_jvp(c, along).1, slope(|im| mandelbrot(Complex { im, ..c }), 0.4));
}

#[test]
fn control() {
    let g = Gains { kp: 3.0, ki: 0.5, kd: 0.2 };
    let config = Config { dt: 0.05, steps: 40, target: 1.0 };
    let prime = pid_cost_prime(&g, &config);
    near(prime.kp, slope(|kp| pid_cost(&Gains { kp, ..g }, &config), 3.0));
    near(prime.ki, slope(|ki| pid_cost(&Gains { ki, ..g }, &config), 0.5));
    near(prime.kd, slope(|kd| pid_cost(&Gains { kd, ..g }, &config), 0.2));
    near(pid_cost_jvp(&g, &config, &Gains { kp: 1.0, ki: 0.0, kd: 0.0 }).1, prime.kp);
}

#[test]
fn rays() {
    let v = |x, y, z| V { x, y, z };
    let s = Sphere { center: v(0.1, 0.2, 5.0), radius: 1.0 };
    let rays = [
        Ray { origin: v(0.0, 0.0, 0.0), dir: v(0.05, 0.0, 1.0) },
        Ray { origin: v(0.1, 0.0, 0.0), dir: v(0.0, 0.1, 1.0) },
    ];
    let depths = [3.5, 4.2];
    let prime = image_loss_prime(&s, &rays, &depths);
    near(prime.radius, slope(|radius| image_loss(&Sphere { radius, ..s }, &rays, &depths), 1.0));
    let moved = |x| Sphere { center: V { x, ..s.center }, ..s };
    near(prime.center.x, slope(|x| image_loss(&moved(x), &rays, &depths), 0.1));
    let (value, (_, by_ray)) = hit_vjp(&s, &rays[1], 1.0);
    assert_eq!(value, hit(&s, &rays[1]));
    let turned = |y| Ray { dir: V { y, ..rays[1].dir }, ..rays[1] };
    near(by_ray.dir.y, slope(|y| hit(&s, &turned(y)), 0.1));
}

#[test]
fn triangle() {
    let v = |x, y, z| V { x, y, z };
    let t = Tri(v(0.0, 0.1, 0.2), v(1.0, 0.3, 0.0), v(0.2, 1.1, 0.4));
    near(area_prime(&t).1.x, slope(|x| area(&Tri(t.0, v(x, 0.3, 0.0), t.2)), 1.0));
    near(area_prime(&t).0.z, slope(|z| area(&Tri(v(0.0, 0.1, z), t.1, t.2)), 0.2));
}

#[cfg(feature = "num-traits")]
#[test]
fn generic_numbers() {
    near(generic_prime(&P2 { x: 0.3, y: 0.4 }).y, slope(|y| generic(&P2 { x: 0.3, y }), 0.4));
}
