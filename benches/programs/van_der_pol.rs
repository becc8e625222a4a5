//! A hundred steps of Runge and Kutta's method on Van der Pol's oscillator.

use super::Program;
use deriv::derive_fn;

pub struct VanDerPol;

const STEPS: usize = 100;
const STEP: f64 = 0.05;

impl Program for VanDerPol {
    const NAME: &'static str = "Van der Pol, RK4, 100 steps";
    /// Damping, position, velocity.
    type Input = [f64; 3];
    type Gradient = [f64; 3];

    fn input() -> [f64; 3] {
        [1.3, 0.7, -0.2]
    }

    fn variables(input: &mut [f64; 3]) -> Vec<&mut f64> {
        input.iter_mut().collect()
    }

    fn gradient(input: &[f64; 3]) -> [f64; 3] {
        *input
    }

    fn primal(&[mu, x, v]: &[f64; 3]) -> f64 {
        energy(mu, x, v)
    }

    fn generated(&[mu, x, v]: &[f64; 3], gradient: &mut [f64; 3]) -> Option<f64> {
        let value;
        (value, *gradient) = energy_value_and_prime(mu, x, v);
        Some(value)
    }

    fn by_hand(&[mu, x, v]: &[f64; 3], gradient: &mut [f64; 3]) -> f64 {
        let value;
        (value, *gradient) = by_hand(mu, x, v);
        value
    }
}

#[derive_fn(value_and_prime)]
fn energy(mu: f64, x0: f64, v0: f64) -> f64 {
    let acceleration = |x: f64, v: f64| mu * (1.0 - x * x) * v - x;
    let (mut x, mut v) = (x0, v0);
    for _ in 0..STEPS {
        let (x1, v1) = (v, acceleration(x, v));
        let (x2, v2) = (v + 0.5 * STEP * v1, acceleration(x + 0.5 * STEP * x1, v + 0.5 * STEP * v1));
        let (x3, v3) = (v + 0.5 * STEP * v2, acceleration(x + 0.5 * STEP * x2, v + 0.5 * STEP * v2));
        let (x4, v4) = (v + STEP * v3, acceleration(x + STEP * x3, v + STEP * v3));
        x += STEP / 6.0 * (x1 + 2.0 * x2 + 2.0 * x3 + x4);
        v += STEP / 6.0 * (v1 + 2.0 * v2 + 2.0 * v3 + v4);
    }
    0.5 * (x * x + v * v)
}

/// Backwards: the four points of each step are kept, their slopes are not needed.
fn by_hand(mu: f64, x0: f64, v0: f64) -> (f64, [f64; 3]) {
    let slope = |x: f64, v: f64| mu * (1.0 - x * x) * v - x;
    let mut points = [[(0.0, 0.0); 4]; STEPS];
    let (mut x, mut v) = (x0, v0);
    for point in &mut points {
        let a1 = slope(x, v);
        let (x2, v2) = (x + 0.5 * STEP * v, v + 0.5 * STEP * a1);
        let a2 = slope(x2, v2);
        let (x3, v3) = (x + 0.5 * STEP * v2, v + 0.5 * STEP * a2);
        let a3 = slope(x3, v3);
        let (x4, v4) = (x + STEP * v3, v + STEP * a3);
        let a4 = slope(x4, v4);
        *point = [(x, v), (x2, v2), (x3, v3), (x4, v4)];
        x += STEP / 6.0 * (v + 2.0 * (v2 + v3) + v4);
        v += STEP / 6.0 * (a1 + 2.0 * (a2 + a3) + a4);
    }
    let value = 0.5 * (x * x + v * v);

    // What a point hands back: to x and v before it, and to mu.
    let through = |(x, v): (f64, f64), by_velocity: f64, by_slope: f64| {
        let c = by_slope * (1.0 - x * x);
        (-by_slope * (2.0 * mu * x * v + 1.0), by_velocity + mu * c, c * v)
    };
    let (mut by_mu, mut by_x, mut by_v) = (0.0, x, v);
    for &[p1, p2, p3, p4] in points.iter().rev() {
        let (x6, v6) = (STEP / 6.0 * by_x, STEP / 6.0 * by_v);
        let (x4, v4, mu4) = through(p4, x6, v6);
        let (x3, v3, mu3) = through(p3, 2.0 * x6 + STEP * x4, 2.0 * v6 + STEP * v4);
        let (x2, v2, mu2) = through(p2, 2.0 * x6 + 0.5 * STEP * x3, 2.0 * v6 + 0.5 * STEP * v3);
        let (x1, v1, mu1) = through(p1, x6 + 0.5 * STEP * x2, v6 + 0.5 * STEP * v2);
        by_mu += mu1 + mu2 + mu3 + mu4;
        by_x += x1 + x2 + x3 + x4;
        by_v += v1 + v2 + v3 + v4;
    }
    (value, [by_mu, by_x, by_v])
}
