//! The option `checkpoint`: the same numbers in less memory.
#![allow(dead_code, clippy::style, clippy::complexity, clippy::perf, reason = "the styles are the people's")]

use deriv::derive_fn;

#[derive_fn(vjp, prime = full)]
fn orbit(mu: f64, x: f64, steps: usize) -> f64 {
    let (mut x, mut v) = (x, 0.0);
    for _ in 0..steps {
        let a = mu * (1.0 - x * x) * v - x;
        x += 0.01 * v;
        v += 0.01 * a;
    }
    x * v
}

#[derive_fn(checkpoint, vjp)]
fn orbit_in_parts(mu: f64, x: f64, steps: usize) -> f64 {
    let (mut x, mut v) = (x, 0.0);
    for _ in 0..steps {
        let a = mu * (1.0 - x * x) * v - x;
        x += 0.01 * v;
        v += 0.01 * a;
    }
    x * v
}

#[derive_fn(checkpoint = 7, vjp, hvp)]
fn heated(initial: &[f64], rate: f64, steps: usize) -> f64 {
    let n = initial.len();
    let mut u = initial.to_vec();
    let mut next = vec![0.0; n];
    for _ in 0..=steps {
        for i in 0..n {
            let left = if i == 0 { 0.0 } else { u[i - 1] };
            next[i] = u[i] + rate * (left - u[i] * u[i]);
        }
        std::mem::swap(&mut u, &mut next);
    }
    let mut sum = 0.0;
    for i in 0..n {
        sum += u[i] * u[i];
    }
    sum
}

#[derive_fn(vjp, hvp)]
fn heated_whole(initial: &[f64], rate: f64, steps: usize) -> f64 {
    let n = initial.len();
    let mut u = initial.to_vec();
    let mut next = vec![0.0; n];
    for _ in 0..=steps {
        for i in 0..n {
            let left = if i == 0 { 0.0 } else { u[i - 1] };
            next[i] = u[i] + rate * (left - u[i] * u[i]);
        }
        std::mem::swap(&mut u, &mut next);
    }
    let mut sum = 0.0;
    for i in 0..n {
        sum += u[i] * u[i];
    }
    sum
}

#[test]
fn carried_numbers() {
    for steps in [0, 1, 2, 3, 10, 99, 100, 101] {
        assert_eq!(
            orbit_in_parts_vjp(1.5, 0.4, steps, 2.0),
            orbit_vjp(1.5, 0.4, steps, 2.0),
            "{steps} steps"
        );
        assert_eq!(orbit_in_parts(1.5, 0.4, steps), orbit(1.5, 0.4, steps));
    }
}

#[test]
fn memory() {
    let initial = [0.3, -0.2, 0.8, 0.5];
    for steps in [0, 5, 6, 7, 13, 40] {
        let (mut parts, mut whole) = ([f64::NAN; 4], [f64::NAN; 4]);
        let of_parts = heated_vjp(&initial, 0.1, steps, 1.0, &mut parts);
        assert_eq!(of_parts, heated_whole_vjp(&initial, 0.1, steps, 1.0, &mut whole), "{steps} steps");
        assert_eq!(parts, whole, "{steps} steps");
        let dot = [1.0, -0.5, 0.25, 2.0];
        let of_parts = heated_hvp(&initial, 0.1, steps, &dot, 0.3, &mut parts);
        let of_whole = heated_whole_hvp(&initial, 0.1, steps, &dot, 0.3, &mut whole);
        assert!(
            (of_parts - of_whole).abs() <= 1e-12 * of_whole.abs(),
            "{steps} steps: {of_parts} {of_whole}"
        );
        for (a, b) in parts.iter().zip(whole) {
            assert!((a - b).abs() <= 1e-12 * b.abs().max(1.0), "{steps} steps: {a} {b}");
        }
    }
}

/// A simulation as it is often written: the state is the caller's.
macro_rules! simulation {
    ($name:ident, $($option:tt)*) => {
        #[derive_fn(vjp, jvp, hvp, $($option)*)]
        fn $name(state: &mut [f64], pull: &mut [f64; 2], rate: f64, steps: usize) -> f64 {
            let n = state.len();
            let mut flow = vec![0.0; n];
            for _ in 0..steps {
                for i in 0..n {
                    flow[i] = state[i] * state[(i + 1) % n] - pull[i % 2];
                }
                for i in 0..n {
                    state[i] += rate * flow[i];
                }
                pull[0] = pull[1] * state[0].sin();
                pull[1] += 0.1;
            }
            let between = state[0] * pull[0];
            for k in 0..steps {
                state[k % n] *= 1.0 + 0.1 * pull[1];
            }
            between + state[n - 1]
        }
    };
}

simulation!(simulated, mode = reverse);
simulation!(simulated_in_parts, checkpoint);
simulation!(simulated_in_threes, checkpoint = 3);

#[test]
fn state_of_the_caller() {
    let (state, pull) = ([0.3, -0.2, 0.8], [0.1, 0.4]);
    for steps in [0, 1, 2, 3, 4, 9, 20] {
        let run =
            |vjp: fn(&mut [f64], &mut [f64; 2], f64, usize, f64, &mut [f64], &mut [f64; 2]) -> (f64, f64)| {
                let (mut state, mut pull) = (state, pull);
                let (mut state_bar, mut pull_bar) = ([1.0, -0.5, 0.25], [2.0, 0.5]);
                let numbers = vjp(&mut state, &mut pull, 0.1, steps, 1.5, &mut state_bar, &mut pull_bar);
                (numbers, state, pull, state_bar, pull_bar)
            };
        let whole = run(simulated_vjp);
        assert_eq!(run(simulated_in_parts_vjp), whole, "{steps} steps");
        assert_eq!(run(simulated_in_threes_vjp), whole, "{steps} steps");
        // The caller's state is what the function leaves.
        let (mut left, mut right) = (state, pull);
        let value = simulated(&mut left, &mut right, 0.1, steps);
        assert_eq!((whole.0.0, whole.1, whole.2), (value, left, right), "{steps} steps");
        // And ⟨bar, J dot⟩ = ⟨Jᵀ bar, dot⟩.
        let (mut state, mut pull) = (state, pull);
        let (mut state_dot, mut pull_dot) = ([0.7, 0.1, -0.3], [0.2, -0.9]);
        let (before, before_pull) = (state_dot, pull_dot);
        let (_, dot) =
            simulated_in_parts_jvp(&mut state, &mut pull, 0.1, steps, &mut state_dot, &mut pull_dot, 0.6);
        let inner = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        let forward = 1.5 * dot + inner(&state_dot, &[1.0, -0.5, 0.25]) + inner(&pull_dot, &[2.0, 0.5]);
        let backward = inner(&whole.3, &before) + inner(&whole.4, &before_pull) + whole.0.1 * 0.6;
        assert!((forward - backward).abs() < 1e-12, "{steps} steps: {forward} {backward}");
    }
}
