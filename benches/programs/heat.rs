//! Fifty explicit steps of the heat equation on a rod, and how far that is from what was measured.

use super::{Program, spread};
//~ use deriv::derive_fn;

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

    //~ fn generated(rod: &Rod, gradient: &mut (Vec<f64>, f64)) -> Option<f64> {
    //~     let (value, slope) =
    //~         misfit_value_and_prime(&rod.initial, rod.diffusion, &rod.measured, &mut gradient.0);
    //~     gradient.1 = slope;
    //~     Some(value)
    //~ }

    fn by_hand(rod: &Rod, gradient: &mut (Vec<f64>, f64)) -> f64 {
        let (value, slope) = by_hand(&rod.initial, rod.diffusion, &rod.measured, &mut gradient.0);
        gradient.1 = slope;
        value
    }
}

//~ #[derive_fn(value_and_prime, wrt(initial, diffusion))]
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

/// Backwards. All temperatures are kept, as the derivative by the diffusion reads them.
fn by_hand(initial: &[f64], diffusion: f64, measured: &[f64], by_initial: &mut [f64]) -> (f64, f64) {
    let n = initial.len();
    assert!(n > 2 && measured.len() == n && by_initial.len() == n);
    // The temperatures of all times, adjoints of two of them, and what each cell adds to the derivative
    // by the diffusion: one sum of all would wait for itself.
    let mut rows = vec![0.0; (STEPS + 4) * n];
    let (kept, adjoints) = rows.split_at_mut((STEPS + 1) * n);
    let (by_diffusion, adjoints) = adjoints.split_at_mut(n);
    let (mut next_bar, mut u_bar) = adjoints.split_at_mut(n);
    kept[..n].copy_from_slice(initial);
    for step in 0..STEPS {
        let (u, next) = kept[step * n..(step + 2) * n].split_at_mut(n);
        next[0] = u[0];
        next[n - 1] = u[n - 1];
        for (next, u) in next[1..n - 1].iter_mut().zip(u.windows(3)) {
            *next = u[1] + diffusion * (u[0] - 2.0 * u[1] + u[2]);
        }
    }
    let mut value = 0.0;
    for ((bar, u), m) in next_bar.iter_mut().zip(&kept[STEPS * n..]).zip(measured) {
        let d = u - m;
        value += d * d;
        *bar = 2.0 * d;
    }

    for u in kept.chunks_exact(n).take(STEPS).rev() {
        // The ends of the rod stay as they are: they hand nothing to their neighbours.
        let (first, last) = (next_bar[0], next_bar[n - 1]);
        next_bar[0] = 0.0;
        next_bar[n - 1] = 0.0;
        for ((sum, bar), u) in by_diffusion.iter_mut().zip(&next_bar[1..n - 1]).zip(u.windows(3)) {
            *sum += bar * (u[0] - 2.0 * u[1] + u[2]);
        }
        for (u_bar, bar) in u_bar[1..n - 1].iter_mut().zip(next_bar.windows(3)) {
            *u_bar = bar[1] + diffusion * (bar[0] - 2.0 * bar[1] + bar[2]);
        }
        u_bar[0] = first + diffusion * next_bar[1];
        u_bar[n - 1] = last + diffusion * next_bar[n - 2];
        std::mem::swap(&mut next_bar, &mut u_bar);
    }
    by_initial.copy_from_slice(next_bar);
    (value, by_diffusion.iter().sum())
}
