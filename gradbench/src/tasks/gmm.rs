//! The log posterior of a mixture of Gaussians with a Wishart prior.

use super::lse::{log_sum_exp, log_sum_exp_vjp};
use super::{Error, Workload, no_function, run};
use crate::matrix::Matrix;
use deriv::derive_fn;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::f64::consts::{LN_2, PI};

#[derive(Deserialize)]
struct Input {
    alpha: Vec<f64>,
    mu: Matrix,
    q: Matrix,
    l: Matrix,
    x: Matrix,
    #[serde(flatten)]
    prior: Wishart,
}

/// A prior of the precisions.
#[derive(Deserialize)]
struct Wishart {
    gamma: f64,
    m: u32,
}

#[derive(Default, Serialize)]
struct Gradient {
    alpha: Vec<f64>,
    mu: Matrix,
    q: Matrix,
    l: Matrix,
}

/// Of each component, `mu` has the mean, `q` the logarithms of the diagonal of a root of the precision, and `l`
/// what is below the diagonal, column by column.
#[derive_fn(wrt(alpha, mu, q, l))]
fn log_posterior(
    alpha: &[f64],
    mu: &[f64],
    q: &[f64],
    l: &[f64],
    x: &[f64],
    d: usize,
    prior: &Wishart,
) -> f64 {
    let (n, k) = (x.len() / d, alpha.len());
    let below = d * (d - 1) / 2;
    let diagonal: Vec<f64> = q.iter().map(|q| q.exp()).collect();
    let mut scales = vec![0.0; k];
    for c in 0..k {
        scales[c] = q[c * d..][..d].iter().sum();
    }

    let mut likelihood = 0.0;
    let mut scaled = vec![0.0; d];
    let mut terms = vec![0.0; k];
    for p in 0..n {
        let point = &x[p * d..][..d];
        for c in 0..k {
            let (mu, diagonal, l) = (&mu[c * d..][..d], &diagonal[c * d..][..d], &l[c * below..][..below]);
            for (i, scaled) in scaled.iter_mut().enumerate() {
                *scaled = diagonal[i] * (point[i] - mu[i]);
            }
            for i in 0..d {
                let centered = point[i] - mu[i];
                let column = &l[i * (2 * d - i - 1) / 2..][..d - i - 1];
                for (scaled, l) in scaled[i + 1..].iter_mut().zip(column) {
                    *scaled += l * centered;
                }
            }
            terms[c] = alpha[c] + scales[c] - 0.5 * scaled.iter().map(|s| s * s).sum::<f64>();
        }
        likelihood += log_sum_exp(&terms);
    }

    let squares = diagonal.iter().map(|e| e * e).sum::<f64>() + l.iter().map(|e| e * e).sum::<f64>();
    let wishart = prior.m as f64 * scales.iter().sum::<f64>() - 0.5 * prior.gamma.powi(2) * squares;
    likelihood - n as f64 * log_sum_exp(alpha) + wishart + constant(n, d, k, prior)
}

/// What does not depend on the parameters.
fn constant(n: usize, d: usize, k: usize, prior: &Wishart) -> f64 {
    let (n, d, k) = (n as f64, d as f64, k as f64);
    let freedom = d + f64::from(prior.m) + 1.0;
    let mut log_gamma = 0.25 * d * (d - 1.0) * PI.ln();
    let mut j = 0.0;
    while j < d {
        log_gamma += libm::lgamma(0.5 * (freedom - j));
        j += 1.0;
    }
    k * (freedom * d * (prior.gamma.ln() - 0.5 * LN_2) - log_gamma) - 0.5 * n * d * (2.0 * PI).ln()
}

fn objective(input: &Input, output: &mut f64) {
    let Input { alpha, mu, q, l, x, prior } = input;
    *output = log_posterior(alpha, &mu.values, &q.values, &l.values, &x.values, x.columns, prior);
}

fn jacobian(input: &Input, output: &mut Gradient) {
    let Input { alpha, mu, q, l, x, prior } = input;
    output.alpha.resize(alpha.len(), 0.0);
    output.mu.resize(mu.rows, mu.columns);
    output.q.resize(q.rows, q.columns);
    output.l.resize(l.rows, l.columns);
    log_posterior_prime(
        alpha,
        &mu.values,
        &q.values,
        &l.values,
        &x.values,
        x.columns,
        prior,
        &mut output.alpha,
        &mut output.mu.values,
        &mut output.q.values,
        &mut output.l.values,
    );
}

/// The function of this name.
pub fn workload(function: &str, input: Value) -> Result<Box<dyn Workload>, Error> {
    match function {
        "objective" => run(input, objective),
        "jacobian" => run(input, jacobian),
        _ => no_function(function),
    }
}
