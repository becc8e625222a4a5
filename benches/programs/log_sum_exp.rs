//! The logarithm of a sum of exponentials, shifted so that nothing overflows.

use super::{Program, spread};
use deriv::derive_fn;

pub struct LogSumExp;

impl Program for LogSumExp {
    const NAME: &'static str = "log-sum-exp, n = 1000";
    type Input = Vec<f64>;
    type Gradient = Vec<f64>;

    fn input() -> Vec<f64> {
        spread(1000, 5)
    }

    fn variables(x: &mut Vec<f64>) -> Vec<&mut f64> {
        x.iter_mut().collect()
    }

    fn gradient(x: &Vec<f64>) -> Vec<f64> {
        vec![0.0; x.len()]
    }

    fn primal(x: &Vec<f64>) -> f64 {
        log_sum_exp(x)
    }

    fn generated(x: &Vec<f64>, gradient: &mut Vec<f64>) -> Option<f64> {
        Some(log_sum_exp_value_and_prime(x, gradient))
    }

    fn by_hand(x: &Vec<f64>, gradient: &mut Vec<f64>) -> f64 {
        by_hand(x, gradient)
    }
}

#[derive_fn(value_and_prime)]
fn log_sum_exp(x: &[f64]) -> f64 {
    let largest = x.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let sum: f64 = x.iter().map(|x| (x - largest).exp()).sum();
    largest + sum.ln()
}

fn by_hand(x: &[f64], gradient: &mut [f64]) -> f64 {
    let mut largest = f64::NEG_INFINITY;
    for &x in x {
        if x > largest {
            largest = x;
        }
    }
    // The gradient's buffer keeps the exponentials.
    let mut sum = 0.0;
    for (slot, x) in gradient.iter_mut().zip(x) {
        let e = (x - largest).exp();
        *slot = e;
        sum += e;
    }
    let scale = 1.0 / sum;
    gradient.iter_mut().for_each(|slot| *slot *= scale);
    largest + sum.ln()
}
