//! The valley in n dimensions.

use super::{Program, spread};
use deriv::derive_fn;

pub struct Rosenbrock;

impl Program for Rosenbrock {
    const NAME: &'static str = "Rosenbrock, n = 100";
    type Input = Vec<f64>;
    type Gradient = Vec<f64>;

    fn input() -> Vec<f64> {
        spread(100, 1)
    }

    fn variables(x: &mut Vec<f64>) -> Vec<&mut f64> {
        x.iter_mut().collect()
    }

    fn gradient(x: &Vec<f64>) -> Vec<f64> {
        vec![0.0; x.len()]
    }

    fn primal(x: &Vec<f64>) -> f64 {
        rosenbrock(x)
    }

    fn generated(x: &Vec<f64>, gradient: &mut Vec<f64>) -> Option<f64> {
        Some(rosenbrock_value_and_prime(x, gradient))
    }

    fn by_hand(x: &Vec<f64>, gradient: &mut Vec<f64>) -> f64 {
        by_hand(x, gradient)
    }
}

#[derive_fn(value_and_prime)]
fn rosenbrock(x: &[f64]) -> f64 {
    let mut sum = 0.0;
    for i in 0..x.len() - 1 {
        sum += 100.0 * (x[i + 1] - x[i].powi(2)).powi(2) + (1.0 - x[i]).powi(2);
    }
    sum
}

fn by_hand(x: &[f64], gradient: &mut [f64]) -> f64 {
    assert_eq!(x.len(), gradient.len());
    let mut sum = 0.0;
    // What the term before has to say to x[i].
    let mut from_before = 0.0;
    for (pair, slot) in x.windows(2).zip(gradient.iter_mut()) {
        let (a, b) = (pair[1] - pair[0] * pair[0], 1.0 - pair[0]);
        sum += 100.0 * a * a + b * b;
        let by_a = 200.0 * a;
        *slot = from_before - 2.0 * (by_a * pair[0] + b);
        from_before = by_a;
    }
    gradient[x.len() - 1] = from_before;
    sum
}
