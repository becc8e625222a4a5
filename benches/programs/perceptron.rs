//! A network with one hidden layer on fixed arrays: tanh, then softmax and cross entropy.

use super::{Program, spread};
use deriv::derive_fn;
use std::array::from_fn;

pub struct Perceptron;

const INPUTS: usize = 4;
const HIDDEN: usize = 8;
const CLASSES: usize = 3;

type Parameters = ([[f64; INPUTS]; HIDDEN], [f64; HIDDEN], [[f64; HIDDEN]; CLASSES], [f64; CLASSES]);

const SAMPLE: [f64; INPUTS] = [0.51, -0.35, 0.14, 0.92];
const LABEL: usize = 1;

impl Program for Perceptron {
    const NAME: &'static str = "perceptron, 4-8-3";
    type Input = Parameters;
    type Gradient = Parameters;

    fn input() -> Parameters {
        let mut numbers = spread(HIDDEN * (INPUTS + 1) + CLASSES * (HIDDEN + 1), 6).into_iter();
        let mut next = || numbers.next().unwrap_or(0.0);
        (
            from_fn(|_| from_fn(|_| next())),
            from_fn(|_| next()),
            from_fn(|_| from_fn(|_| next())),
            from_fn(|_| next()),
        )
    }

    fn variables((w1, b1, w2, b2): &mut Parameters) -> Vec<&mut f64> {
        w1.as_flattened_mut().iter_mut().chain(b1).chain(w2.as_flattened_mut()).chain(b2).collect()
    }

    fn gradient(parameters: &Parameters) -> Parameters {
        *parameters
    }

    fn primal((w1, b1, w2, b2): &Parameters) -> f64 {
        loss(w1, b1, w2, b2, &SAMPLE, LABEL)
    }

    fn generated((w1, b1, w2, b2): &Parameters, gradient: &mut Parameters) -> Option<f64> {
        let value;
        (value, *gradient) = loss_value_and_prime(w1, b1, w2, b2, &SAMPLE, LABEL);
        Some(value)
    }

    fn by_hand((w1, b1, w2, b2): &Parameters, gradient: &mut Parameters) -> f64 {
        by_hand(w1, b1, w2, b2, &SAMPLE, LABEL, gradient)
    }
}

#[derive_fn(value_and_prime, wrt(w1, b1, w2, b2))]
fn loss(
    w1: &[[f64; INPUTS]; HIDDEN],
    b1: &[f64; HIDDEN],
    w2: &[[f64; HIDDEN]; CLASSES],
    b2: &[f64; CLASSES],
    sample: &[f64; INPUTS],
    label: usize,
) -> f64 {
    let mut hidden = [0.0; HIDDEN];
    for i in 0..HIDDEN {
        let mut sum = b1[i];
        for j in 0..INPUTS {
            sum += w1[i][j] * sample[j];
        }
        hidden[i] = sum.tanh();
    }
    let mut logits = *b2;
    for i in 0..CLASSES {
        for j in 0..HIDDEN {
            logits[i] += w2[i][j] * hidden[j];
        }
    }
    let mut sum = 0.0;
    for logit in logits {
        sum += logit.exp();
    }
    sum.ln() - logits[label]
}

fn by_hand(
    w1: &[[f64; INPUTS]; HIDDEN],
    b1: &[f64; HIDDEN],
    w2: &[[f64; HIDDEN]; CLASSES],
    b2: &[f64; CLASSES],
    sample: &[f64; INPUTS],
    label: usize,
    (by_w1, by_b1, by_w2, by_b2): &mut Parameters,
) -> f64 {
    let mut hidden = [0.0; HIDDEN];
    for i in 0..HIDDEN {
        let mut sum = b1[i];
        for j in 0..INPUTS {
            sum += w1[i][j] * sample[j];
        }
        hidden[i] = sum.tanh();
    }
    let mut logits = *b2;
    for i in 0..CLASSES {
        for j in 0..HIDDEN {
            logits[i] += w2[i][j] * hidden[j];
        }
    }
    let exponentials = logits.map(f64::exp);
    let sum: f64 = exponentials.iter().sum();

    let scale = 1.0 / sum;
    let mut by_hidden = [0.0; HIDDEN];
    for i in 0..CLASSES {
        let by_logit = exponentials[i] * scale - f64::from(i == label);
        by_b2[i] = by_logit;
        for j in 0..HIDDEN {
            by_w2[i][j] = by_logit * hidden[j];
            by_hidden[j] += by_logit * w2[i][j];
        }
    }
    for i in 0..HIDDEN {
        let by_sum = by_hidden[i] * (1.0 - hidden[i] * hidden[i]);
        by_b1[i] = by_sum;
        for j in 0..INPUTS {
            by_w1[i][j] = by_sum * sample[j];
        }
    }
    sum.ln() - logits[label]
}
