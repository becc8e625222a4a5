//! Fifty explicit steps of the heat equation on a rod, and how far that is from what was measured.

use super::{Program, spread};
use deriv::derive_fn;

pub struct Heat;

pub struct Rod {
    initial: Vec<f64>,
    diffusion: f64,
    measured: Vec<f64>,
}

const STEPS: usize = 50;

impl Program for Heat {
    const NAME: &'static str = "heat equation, 64 cells, 50 steps";
    type Input = Rod;
    type Gradient = (Vec<f64>, f64);

    fn input() -> Rod {
        Rod { initial: spread(64, 7), diffusion: 0.2, measured: spread(64, 8) }
    }

    fn variables(rod: &mut Rod) -> Vec<&mut f64> {
        rod.initial.iter_mut().chain([&mut rod.diffusion]).collect()
    }

    fn gradient(rod: &Rod) -> (Vec<f64>, f64) {
        (vec![0.0; rod.initial.len()], 0.0)
    }

    fn primal(rod: &Rod) -> f64 {
        misfit(&rod.initial, rod.diffusion, &rod.measured)
    }

    fn generated(rod: &Rod, gradient: &mut (Vec<f64>, f64)) -> Option<f64> {
        let (value, slope) =
            misfit_value_and_prime(&rod.initial, rod.diffusion, &rod.measured, &mut gradient.0);
        gradient.1 = slope;
        Some(value)
    }

    fn by_hand(rod: &Rod, gradient: &mut (Vec<f64>, f64)) -> f64 {
        let (value, slope) = by_hand(&rod.initial, rod.diffusion, &rod.measured, &mut gradient.0);
        gradient.1 = slope;
        value
    }
}

#[derive_fn(value_and_prime, wrt(initial, diffusion))]
fn misfit(initial: &[f64], diffusion: f64, measured: &[f64]) -> f64 {
    let n = initial.len();
    let mut u = initial.to_vec();
    let mut next = initial.to_vec();
    for _ in 0..STEPS {
        for i in 1..n - 1 {
            next[i] = u[i] + diffusion * (u[i - 1] - 2.0 * u[i] + u[i + 1]);
        }
        std::mem::swap(&mut u, &mut next);
    }
    let mut sum = 0.0;
    for i in 0..n {
        sum += (u[i] - measured[i]).powi(2);
    }
    sum
}

/// Backwards. Of all times the bends of the temperatures are kept, which the derivative by the diffusion
/// reads; for the rest the equation is linear.
fn by_hand(initial: &[f64], diffusion: f64, measured: &[f64], by_initial: &mut [f64]) -> (f64, f64) {
    let n = initial.len();
    assert!(n > 2 && measured.len() == n && by_initial.len() == n);
    let inner = n - 2;
    let mut memory = vec![0.0; STEPS * inner + inner + 2 * n];
    let (bends, rest) = memory.split_at_mut(STEPS * inner);
    // What each cell adds to the derivative by the diffusion: one sum of all would wait for itself.
    let (by_diffusion, rest) = rest.split_at_mut(inner);
    // The temperatures of two times, and on the way back their adjoints.
    let (mut u, mut next) = rest.split_at_mut(n);
    u.copy_from_slice(initial);
    next.copy_from_slice(initial);
    for bends in bends.chunks_exact_mut(inner) {
        let (left, here, right) = neighbours(u);
        let cells = &mut next[1..=inner];
        for i in 0..inner {
            bends[i] = left[i] - 2.0 * here[i] + right[i];
            cells[i] = here[i] + diffusion * bends[i];
        }
        std::mem::swap(&mut u, &mut next);
    }
    let mut value = 0.0;
    for (u, m) in u.iter_mut().zip(measured) {
        let d = *u - m;
        value += d * d;
        *u = 2.0 * d;
    }

    let (mut next_bar, mut u_bar) = (u, next);
    for bends in bends.chunks_exact(inner).rev() {
        // The ends of the rod stay as they are: they hand nothing to their neighbours.
        let (first, last) = (next_bar[0], next_bar[n - 1]);
        next_bar[0] = 0.0;
        next_bar[n - 1] = 0.0;
        for ((sum, bar), bend) in by_diffusion.iter_mut().zip(&next_bar[1..n - 1]).zip(bends) {
            *sum += bar * bend;
        }
        let (left, here, right) = neighbours(next_bar);
        let inner_bar = &mut u_bar[1..=inner];
        for i in 0..inner {
            inner_bar[i] = here[i] + diffusion * (left[i] - 2.0 * here[i] + right[i]);
        }
        u_bar[0] = first + diffusion * next_bar[1];
        u_bar[n - 1] = last + diffusion * next_bar[n - 2];
        std::mem::swap(&mut next_bar, &mut u_bar);
    }
    by_initial.copy_from_slice(next_bar);
    (value, by_diffusion.iter().sum())
}

/// Of all inner cells the one to the left, itself and the one to the right, in equally long slices.
fn neighbours(u: &[f64]) -> (&[f64], &[f64], &[f64]) {
    let n = u.len();
    (&u[..n - 2], &u[1..n - 1], &u[2..])
}
