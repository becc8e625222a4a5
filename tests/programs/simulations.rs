//! Longer programs, as they stand in people's files.

use crate::check::{array, map, slice, spread};
use deriv::derive_fn;

/// Van der Pol's oscillator by Runge and Kutta's method, with an array as state.
#[derive_fn(jvp, vjp)]
fn van_der_pol(mu: f64, x0: f64, v0: f64, steps: usize) -> f64 {
    let h = 0.05;
    let slope = |[x, v]: [f64; 2]| [v, mu * (1.0 - x * x) * v - x];
    let step = |[x, v]: [f64; 2], [a, b]: [f64; 2], h: f64| [x + h * a, v + h * b];
    let mut y = [x0, v0];
    for _ in 0..steps {
        let k1 = slope(y);
        let k2 = slope(step(y, k1, 0.5 * h));
        let k3 = slope(step(y, k2, 0.5 * h));
        let k4 = slope(step(y, k3, h));
        for i in 0..2 {
            y[i] += h / 6.0 * (k1[i] + 2.0 * k2[i] + 2.0 * k3[i] + k4[i]);
        }
    }
    y[0]
}

#[test]
fn runge_kutta() {
    for steps in [0, 1, 60] {
        array(
            &[[1.3, 0.7, -0.2], [0.2, -1.0, 1.0]],
            |[mu, x, v]| van_der_pol(mu, x, v, steps),
            |[mu, x, v]| van_der_pol_prime(mu, x, v, steps),
            |[mu, x, v], [a, b, c]| van_der_pol_jvp(mu, x, v, steps, a, b, c),
            |[mu, x, v], s| van_der_pol_vjp(mu, x, v, steps, s),
        );
    }
}

/// Bodies that attract each other, leapfrog, the total energy in the end.
#[derive_fn(jvp, vjp, wrt(positions, masses))]
fn bodies(positions: &[[f64; 2]], masses: &[f64], steps: usize) -> f64 {
    let n = masses.len();
    let mut r = positions.to_vec();
    let mut v = vec![[0.0; 2]; n];
    for _ in 0..steps {
        for i in 0..n {
            for j in 0..n {
                if i == j {
                    continue;
                }
                let d = [r[j][0] - r[i][0], r[j][1] - r[i][1]];
                let distance2 = d[0] * d[0] + d[1] * d[1] + 0.05;
                let pull = 0.02 * masses[j] / (distance2 * distance2.sqrt());
                v[i][0] += pull * d[0];
                v[i][1] += pull * d[1];
            }
        }
        for (r, v) in r.iter_mut().zip(&v) {
            for k in 0..2 {
                r[k] += 0.1 * v[k];
            }
        }
    }
    let mut energy = 0.0;
    for i in 0..n {
        energy += 0.5 * masses[i] * (v[i][0].powi(2) + v[i][1].powi(2));
        for j in 0..i {
            energy -= masses[i] * masses[j] / (r[i][0] - r[j][0]).hypot(r[i][1] - r[j][1]);
        }
    }
    energy
}

#[test]
fn n_bodies() {
    map(
        &[&[0.0, 0.1, 1.0, 0.0, 0.3, 0.9, 1.0, 0.5, 0.8]],
        |p| vec![bodies(p[..6].as_chunks().0, &p[6..], 5)],
        |p, v| {
            let (value, tangent) =
                bodies_jvp(p[..6].as_chunks().0, &p[6..], 5, v[..6].as_chunks().0, &v[6..]);
            (vec![value], vec![tangent])
        },
        |p, s| {
            let mut bars = vec![7.0; 9];
            let (positions, masses) = bars.split_at_mut(6);
            let value =
                bodies_vjp(p[..6].as_chunks().0, &p[6..], 5, s[0], positions.as_chunks_mut().0, masses);
            (vec![value], bars)
        },
    );
}

/// An epidemic: how many fell ill, by what is fitted.
#[derive_fn(jvp, vjp)]
fn epidemic(infection: f64, recovery: f64, seen: &[f64; 6]) -> f64 {
    let (mut s, mut i, mut r) = (0.99, 0.01, 0.0);
    let mut misfit = 0.0;
    for day in 0..6 {
        for _ in 0..4 {
            let ill = infection * s * i * 0.25;
            let well = recovery * i * 0.25;
            s -= ill;
            i += ill - well;
            r += well;
        }
        misfit += (i - seen[day]).powi(2) / (seen[day] + 0.01);
    }
    misfit + 0.0 * r
}

#[test]
fn susceptible_infected_removed() {
    let seen = [0.02, 0.03, 0.06, 0.1, 0.15, 0.2];
    array(
        &[[1.1, 0.3], [0.7, 0.1]],
        |[a, b]| epidemic(a, b, &seen),
        |[a, b]| {
            let (by_a, by_b, by_seen) = epidemic_prime(a, b, &seen);
            assert!(by_seen.iter().all(|slope| slope.is_finite()));
            [by_a, by_b]
        },
        |[a, b], [v, w]| epidemic_jvp(a, b, &seen, v, w, &[0.0; 6]),
        |[a, b], s| {
            let (value, (by_a, by_b, _)) = epidemic_vjp(a, b, &seen, s);
            (value, [by_a, by_b])
        },
    );
}

/// A filter after Kalman in one dimension: the likelihood of what was measured.
#[derive_fn(jvp, vjp, wrt(noise))]
fn likelihood(noise: [f64; 2], measured: &[f64]) -> f64 {
    let [process, observation] = noise;
    let (mut mean, mut variance) = (0.0, 1.0);
    let mut sum = 0.0;
    for z in measured {
        variance += process * process;
        let s = variance + observation * observation;
        let innovation = z - mean;
        sum -= 0.5 * (innovation * innovation / s + (2.0 * std::f64::consts::PI * s).ln());
        let gain = variance / s;
        mean += gain * innovation;
        variance *= 1.0 - gain;
    }
    sum
}

#[test]
fn kalman() {
    let measured = spread(8, 1);
    array(
        &[[0.3, 0.8], [1.0, 0.2]],
        |n| likelihood(n, &measured),
        |n| likelihood_prime(n, &measured),
        |n, v| likelihood_jvp(n, &measured, v),
        |n, s| likelihood_vjp(n, &measured, s),
    );
}

/// A hidden Markov chain, forwards, scaled at every step.
#[derive_fn(jvp, vjp, wrt(transition))]
fn markov(transition: [[f64; 2]; 2], emissions: &[[f64; 2]]) -> f64 {
    let mut belief = [0.5, 0.5];
    let mut log = 0.0;
    for emission in emissions {
        let mut next = [0.0; 2];
        for i in 0..2 {
            for j in 0..2 {
                next[j] += belief[i] * transition[i][j].exp() * emission[j];
            }
        }
        let total: f64 = next.iter().sum();
        log += total.ln();
        for j in 0..2 {
            belief[j] = next[j] / total;
        }
    }
    log
}

#[test]
fn hidden_markov_chain() {
    let emissions = [[0.1, 0.8], [0.4, 0.5], [0.9, 0.2]];
    let square = |x: [f64; 4]| [[x[0], x[1]], [x[2], x[3]]];
    let flat = |x: [[f64; 2]; 2]| [x[0][0], x[0][1], x[1][0], x[1][1]];
    array(
        &[[0.3, -0.8, 0.1, 0.5]],
        |x| markov(square(x), &emissions),
        |x| flat(markov_prime(square(x), &emissions)),
        |x, v| markov_jvp(square(x), &emissions, square(v)),
        |x, s| {
            let (value, bar) = markov_vjp(square(x), &emissions, s);
            (value, flat(bar))
        },
    );
}

/// A network with any number of layers, weights in one slice.
#[derive_fn(jvp, vjp, wrt(weights))]
fn network(weights: &[f64], widths: &[usize], input: &[f64], label: usize) -> f64 {
    let widest = *widths.iter().max().unwrap();
    let (mut values, mut next) = (vec![0.0; widest], vec![0.0; widest]);
    values[..input.len()].copy_from_slice(input);
    let mut offset = 0;
    for layer in 1..widths.len() {
        let (inputs, outputs) = (widths[layer - 1], widths[layer]);
        for i in 0..outputs {
            let row = &weights[offset + i * (inputs + 1)..];
            let mut sum = row[inputs];
            for j in 0..inputs {
                sum += row[j] * values[j];
            }
            next[i] = if layer + 1 < widths.len() { sum.tanh() } else { sum };
        }
        offset += outputs * (inputs + 1);
        std::mem::swap(&mut values, &mut next);
    }
    let total: f64 = values[..widths[widths.len() - 1]].iter().map(|v| v.exp()).sum();
    total.ln() - values[label]
}

#[test]
fn layers() {
    let (widths, input) = ([2, 3, 3, 2], [0.4, -0.9]);
    slice(
        &[&spread(3 * 3 + 3 * 4 + 2 * 4, 1)],
        |w| network(w, &widths, &input, 1),
        |w, out| network_prime(w, &widths, &input, 1, out),
        |w, v| network_jvp(w, &widths, &input, 1, v),
        |w, s, bar| network_vjp(w, &widths, &input, 1, s, bar),
    );
}

/// The price of an American put on a binomial tree, values in place.
#[derive_fn(jvp, vjp, wrt(spot, volatility, rate))]
fn american_put(spot: f64, volatility: f64, rate: f64, strike: f64, steps: usize) -> f64 {
    let dt = 1.0 / steps as f64;
    let up = (volatility * dt.sqrt()).exp();
    let down = 1.0 / up;
    let growth = (rate * dt).exp();
    let p = (growth - down) / (up - down);
    let mut values: Vec<f64> =
        (0..=steps).map(|i| (strike - spot * up.powi(2 * i as i32 - steps as i32)).max(0.0)).collect();
    for n in (0..steps).rev() {
        for i in 0..=n {
            let hold = (p * values[i + 1] + (1.0 - p) * values[i]) / growth;
            let exercise = strike - spot * up.powi(2 * i as i32 - n as i32);
            values[i] = hold.max(exercise);
        }
    }
    values[0]
}

#[test]
fn binomial_tree() {
    array(
        &[[97.3, 0.3, 0.05]],
        |[s, v, r]| american_put(s, v, r, 100.0, 7),
        |[s, v, r]| american_put_prime(s, v, r, 100.0, 7),
        |[s, v, r], [a, b, c]| american_put_jvp(s, v, r, 100.0, 7, a, b, c),
        |[s, v, r], seed| american_put_vjp(s, v, r, 100.0, 7, seed),
    );
}

/// Gradient descent as a part of the function: how good the end is, by rate and momentum.
#[derive_fn(jvp, vjp)]
fn descent(rate: f64, momentum: f64, start: [f64; 2]) -> f64 {
    let mut x = start;
    let mut velocity = [0.0; 2];
    for _ in 0..15 {
        let gradient = [x[0] + 0.3 * x[1].cos(), 4.0 * x[1] - 0.3 * x[0] * x[1].sin()];
        for i in 0..2 {
            velocity[i] = momentum * velocity[i] - rate * gradient[i];
            x[i] += velocity[i];
        }
    }
    0.5 * x[0] * x[0] + 2.0 * x[1] * x[1] + 0.3 * x[0] * x[1].cos()
}

#[test]
fn hyperparameters() {
    array(
        &[[0.1, 0.5, 1.0, -0.7]],
        |[a, b, x, y]| descent(a, b, [x, y]),
        |[a, b, x, y]| {
            let (by_a, by_b, [by_x, by_y]) = descent_prime(a, b, [x, y]);
            [by_a, by_b, by_x, by_y]
        },
        |[a, b, x, y], [p, q, r, s]| descent_jvp(a, b, [x, y], p, q, [r, s]),
        |[a, b, x, y], seed| {
            let (value, (by_a, by_b, [by_x, by_y])) = descent_vjp(a, b, [x, y], seed);
            (value, [by_a, by_b, by_x, by_y])
        },
    );
}

/// The importance of pages that link to each other, by the power method until it stands still.
#[derive_fn(jvp, vjp, wrt(damping))]
fn importance(damping: f64, links: &[(usize, usize)], pages: usize, page: usize) -> f64 {
    let mut degree = vec![0; pages];
    for &(from, _) in links {
        degree[from] += 1;
    }
    let mut rank = vec![1.0 / pages as f64; pages];
    loop {
        let mut next = vec![(1.0 - damping) / pages as f64; pages];
        for &(from, to) in links {
            next[to] += damping * rank[from] / degree[from] as f64;
        }
        let mut change = 0.0;
        for i in 0..pages {
            change += (next[i] - rank[i]).abs();
        }
        rank = next;
        if change < 1e-15 {
            break;
        }
    }
    rank[page]
}

#[test]
fn power_method() {
    let links = [(0, 1), (1, 2), (2, 0), (2, 1), (3, 0), (0, 3), (1, 0)];
    for page in 0..4 {
        crate::check::scalar(
            &[0.5, 0.6],
            |d| importance(d, &links, 4, page),
            |d| importance_prime(d, &links, 4, page),
            |d, v| importance_jvp(d, &links, 4, page, v),
            |d, s| importance_vjp(d, &links, 4, page, s),
        );
    }
}

/// A ray marched through spheres: how far until it hits, if it does.
#[derive_fn(jvp, vjp, wrt(direction))]
fn depth(direction: [f64; 2], spheres: &[[f64; 3]]) -> f64 {
    let length = direction[0].hypot(direction[1]);
    let mut t = 0.0;
    for _ in 0..80 {
        let p = [t * direction[0] / length, t * direction[1] / length];
        let mut distance = 3.0 - t;
        for s in spheres {
            let d = ((p[0] - s[0]).powi(2) + (p[1] - s[1]).powi(2)).sqrt() - s[2];
            if d < distance {
                distance = d;
            }
        }
        t += distance;
        if distance < 1e-13 {
            return t;
        }
    }
    t
}

#[test]
fn ray_marching() {
    let spheres = [[2.0, 0.3, 0.6], [0.3, 1.8, 0.5]];
    array(
        &[[1.0, 0.2], [0.2, 1.1], [-1.0, 0.3]],
        |d| depth(d, &spheres),
        |d| depth_prime(d, &spheres),
        |d, v| depth_jvp(d, &spheres, v),
        |d, s| depth_vjp(d, &spheres, s),
    );
}
