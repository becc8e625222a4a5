//! What carries no derivative and changes while the program runs: the way back needs it as it was.

use crate::check::{scalar, slice, spread};
use deriv::derive_fn;

/// A counter that jumps, used as an index.
#[derive_fn(jvp, vjp)]
fn jumping(x: &[f64], n: usize) -> f64 {
    let mut k = 1;
    let mut product = 1.0;
    for i in 0..n {
        k = (3 * k + i) % x.len();
        product = (product * x[k]).sin() + x[(k + 1) % x.len()];
    }
    product * x[k]
}

#[test]
fn jumping_index() {
    for n in [0, 1, 6] {
        slice(
            &[&spread(5, 1)],
            |x| jumping(x, n),
            |x, out| jumping_prime(x, n, out),
            |x, v| jumping_jvp(x, n, v),
            |x, s, bar| jumping_vjp(x, n, s, bar),
        );
    }
}

/// Random numbers, by a generator in the body.
#[derive_fn(jvp, vjp)]
fn random_walk(x: f64, seed: u64) -> f64 {
    let mut state = seed;
    let mut y = x;
    for _ in 0..10 {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1);
        let noise = (state >> 33) as f64 / (1_u64 << 31) as f64;
        y += 0.3 * noise * (y * y - x).cos();
        if noise < 0.3 {
            y *= noise + 0.5;
        }
    }
    y
}

#[test]
fn random_numbers() {
    for seed in [1, 7, 1234] {
        scalar(
            &[0.3, -1.1],
            |x| random_walk(x, seed),
            |x| random_walk_prime(x, seed),
            |x, v| random_walk_jvp(x, seed, v),
            |x, s| random_walk_vjp(x, seed, s),
        );
    }
}

/// The number of turns of the inner loop changes in the outer one.
#[derive_fn(jvp, vjp)]
fn growing(x: f64) -> f64 {
    let mut turns = 1;
    let mut y = x;
    for i in 0..4 {
        for j in 0..turns {
            y = (y + (i * j) as f64 * x).sin();
        }
        turns = 2 * turns - i;
    }
    y
}

#[test]
fn changing_bounds() {
    scalar(&[0.3, -1.1], growing, growing_prime, growing_jvp, growing_vjp);
}

/// A table that is filled while it is read.
#[derive_fn(jvp, vjp)]
fn counted(x: f64, word: &str) -> f64 {
    let mut seen = [0_u32; 26];
    let mut y = x;
    for letter in word.bytes() {
        let i = (letter - b'a') as usize;
        seen[i] += 1;
        y = y * x + (seen[i] as f64 * y).sin();
    }
    y
}

#[test]
fn changing_tables() {
    scalar(
        &[0.3, -0.7],
        |x| counted(x, "banana"),
        |x| counted_prime(x, "banana"),
        |x, v| counted_jvp(x, "banana", v),
        |x, s| counted_vjp(x, "banana", s),
    );
}

/// A list that is emptied.
#[derive_fn(jvp, vjp, wrt(x))]
fn emptied(x: f64, mut stack: Vec<f64>) -> f64 {
    let mut y = x;
    for _ in 0..3 {
        let top = stack.pop().unwrap_or(1.5);
        y = (y * top).tanh() + x * stack.len() as f64;
    }
    y
}

#[test]
fn changing_lists() {
    let stack = vec![0.7, -0.4];
    scalar(
        &[0.3, -0.7],
        |x| emptied(x, stack.clone()),
        |x| emptied_prime(x, stack.clone()),
        |x, v| emptied_jvp(x, stack.clone(), v),
        |x, s| emptied_vjp(x, stack.clone(), s),
    );
}

/// Which arm is taken is decided by a switch that the arms turn.
#[derive_fn(jvp, vjp)]
fn switched(x: f64) -> f64 {
    let mut up = true;
    let mut y = x;
    for k in 0..9 {
        if up {
            y = y * 1.7 + 0.1 * x * x;
            up = y < 2.0;
        } else {
            y = y.sqrt() - x;
            up = k % 2 == 0;
        }
    }
    y
}

#[test]
fn changing_conditions() {
    scalar(&[0.3, 0.7], switched, switched_prime, switched_jvp, switched_vjp);
}

/// Passive numbers in an array beside active ones, swapped whole.
#[derive_fn(jvp, vjp)]
fn two_arrays(x: f64) -> f64 {
    let mut weights = [1.0, 2.0, 3.0];
    let mut values = [x, x * x, 1.0];
    for k in 0..6 {
        let i = k % 3;
        values[i] = values[(i + 1) % 3] * weights[i] + (values[i] * x).sin();
        weights[i] = 0.5 * weights[(i + 2) % 3];
        weights.swap(0, 2);
    }
    values[0] * values[1] + values[2]
}

#[test]
fn changing_weights() {
    scalar(&[0.3, 0.7], two_arrays, two_arrays_prime, two_arrays_jvp, two_arrays_vjp);
}

/// Turns that are skipped, and turns that never come, by what is passive.
#[derive_fn(jvp, vjp)]
fn skipped(x: &[f64], skip: usize, stop: usize) -> f64 {
    let mut y = x.to_vec();
    for j in 0..x.len() {
        if j == skip {
            continue;
        }
        if j == stop {
            break;
        }
        y[j] = 2.0 * y[j];
    }
    let mut sum = 0.0;
    for j in 0..x.len() {
        sum += y[j] * (j + 1) as f64;
    }
    sum
}

#[test]
fn skipped_turns() {
    for (skip, stop) in [(1, 9), (9, 2), (0, 3), (9, 0)] {
        slice(
            &[&spread(4, 1)],
            |x| skipped(x, skip, stop),
            |x, out| skipped_prime(x, skip, stop, out),
            |x, v| skipped_jvp(x, skip, stop, v),
            |x, s, bar| skipped_vjp(x, skip, stop, s, bar),
        );
    }
}

/// What stands last in a block is there for what it does.
#[derive_fn(jvp, vjp)]
fn last_in_a_block(c: f64, n: usize) -> f64 {
    let mut z: f64 = 0.1;
    let mut w = 0.5;
    for m in 0..n + 2 {
        if w > 0.3 {
            w = 0.5;
            if m > 1 {
                z *= 0.9;
            }
        } else {
            let s = (c * w).cos();
            w *= 0.5 * s;
        }
    }
    c * w * z
}

#[test]
fn effects_at_the_end_of_a_block() {
    scalar(
        &[0.7],
        |c| last_in_a_block(c, 3),
        |c| last_in_a_block_prime(c, 3),
        |c, v| last_in_a_block_jvp(c, 3, v),
        |c, s| last_in_a_block_vjp(c, 3, s),
    );
}
