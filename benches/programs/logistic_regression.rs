//! The mean loss of a linear classifier over a data set.

use super::{Program, spread};
use deriv::derive_fn;

pub struct LogisticRegression;

pub struct Data {
    weights: Vec<f64>,
    bias: f64,
    samples: Vec<f64>,
    labels: Vec<f64>,
}

const SAMPLES: usize = 200;
const FEATURES: usize = 16;

impl Program for LogisticRegression {
    const NAME: &'static str = "logistic regression, 200 x 16";
    type Input = Data;
    type Gradient = (Vec<f64>, f64);

    fn input() -> Data {
        Data {
            weights: spread(FEATURES, 2),
            bias: 0.3,
            samples: spread(SAMPLES * FEATURES, 3),
            labels: spread(SAMPLES, 4).iter().map(|x| f64::from(*x > 0.0)).collect(),
        }
    }

    fn variables(data: &mut Data) -> Vec<&mut f64> {
        data.weights.iter_mut().chain([&mut data.bias]).collect()
    }

    fn gradient(data: &Data) -> (Vec<f64>, f64) {
        (vec![0.0; data.weights.len()], 0.0)
    }

    fn primal(data: &Data) -> f64 {
        loss(&data.weights, data.bias, &data.samples, &data.labels)
    }

    fn generated(data: &Data, gradient: &mut (Vec<f64>, f64)) -> Option<f64> {
        let (by_weights, by_bias) = gradient;
        let (value, slope) =
            loss_value_and_prime(&data.weights, data.bias, &data.samples, &data.labels, by_weights);
        *by_bias = slope;
        Some(value)
    }

    fn by_hand(data: &Data, gradient: &mut (Vec<f64>, f64)) -> f64 {
        let (by_weights, by_bias) = gradient;
        let (value, slope) = by_hand(&data.weights, data.bias, &data.samples, &data.labels, by_weights);
        *by_bias = slope;
        value
    }
}

#[derive_fn(value_and_prime, wrt(weights, bias))]
fn loss(weights: &[f64], bias: f64, samples: &[f64], labels: &[f64]) -> f64 {
    let mut total = 0.0;
    for (sample, label) in samples.chunks_exact(weights.len()).zip(labels) {
        let mut score = bias;
        for (w, x) in weights.iter().zip(sample) {
            score += w * x;
        }
        total += score.exp().ln_1p() - label * score;
    }
    total / labels.len() as f64
}

fn by_hand(
    weights: &[f64],
    bias: f64,
    samples: &[f64],
    labels: &[f64],
    by_weights: &mut [f64],
) -> (f64, f64) {
    assert_eq!(weights.len(), by_weights.len());
    by_weights.fill(0.0);
    let (mut total, mut by_bias) = (0.0, 0.0);
    let each = 1.0 / labels.len() as f64;
    for (sample, label) in samples.chunks_exact(weights.len()).zip(labels) {
        let mut score = bias;
        for (w, x) in weights.iter().zip(sample) {
            score += w * x;
        }
        let e = score.exp();
        total += e.ln_1p() - label * score;
        let by_score = each * (e / (1.0 + e) - label);
        by_bias += by_score;
        for (by_w, x) in by_weights.iter_mut().zip(sample) {
            *by_w += by_score * x;
        }
    }
    (total * each, by_bias)
}
