//! Gates with a memory, one for each bit of a character: how well they foretell the next one of a text.

use super::{Error, Workload, no_function, run};
use crate::matrix::Matrix;
use deriv::derive_fn;
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
struct Input {
    main_params: Matrix,
    extra_params: Matrix,
    state: Matrix,
    sequence: Matrix,
}

/// For each layer, `main` has a row with the weights of four gates, and one with their biases; `extra` has weights
/// of the input and the output, and biases of the output.
#[derive_fn(wrt(main, extra))]
fn loss(main: &[f64], extra: &[f64], state: &Matrix, sequence: &Matrix) -> f64 {
    fn sigmoid(x: f64) -> f64 {
        1.0 / (1.0 + (-x).exp())
    }

    let b = sequence.columns;
    let mut state: Vec<f64> = state.values.clone();
    let mut output = vec![0.0; b];
    let mut total = 0.0;
    for t in 0..sequence.rows - 1 {
        let (input, next) = (&sequence.values[t * b..][..b], &sequence.values[(t + 1) * b..][..b]);
        for i in 0..b {
            output[i] = input[i] * extra[i];
        }
        for layer in 0..main.len() / (8 * b) {
            let (weight, bias) = main[8 * b * layer..][..8 * b].split_at(4 * b);
            let (hidden, cell) = (2 * b * layer, 2 * b * layer + b);
            for i in 0..b {
                let forget = sigmoid(output[i] * weight[i] + bias[i]);
                let take = sigmoid(state[hidden + i] * weight[b + i] + bias[b + i]);
                let show = sigmoid(output[i] * weight[2 * b + i] + bias[2 * b + i]);
                let change = (state[hidden + i] * weight[3 * b + i] + bias[3 * b + i]).tanh();
                state[cell + i] = state[cell + i] * forget + take * change;
                state[hidden + i] = show * state[cell + i].tanh();
                output[i] = state[hidden + i];
            }
        }
        for i in 0..b {
            output[i] = output[i] * extra[b + i] + extra[2 * b + i];
        }
        let log_sum = (output.iter().map(|x| x.exp()).sum::<f64>() + 2.0).ln();
        total += next.iter().zip(&output).map(|(y, x)| y * (x - log_sum)).sum::<f64>();
    }
    -total / ((sequence.rows - 1) * b) as f64
}

fn objective(input: &Input, output: &mut f64) {
    let Input { main_params, extra_params, state, sequence } = input;
    *output = loss(&main_params.values, &extra_params.values, state, sequence);
}

/// By the main parameters, then by the others.
fn jacobian(input: &Input, output: &mut Vec<f64>) {
    let Input { main_params, extra_params, state, sequence } = input;
    output.resize(main_params.values.len() + extra_params.values.len(), 0.0);
    let (by_main, by_extra) = output.split_at_mut(main_params.values.len());
    loss_prime(&main_params.values, &extra_params.values, state, sequence, by_main, by_extra);
}

/// The function of this name.
pub fn workload(function: &str, input: Value) -> Result<Box<dyn Workload>, Error> {
    match function {
        "objective" => run(input, objective),
        "jacobian" => run(input, jacobian),
        _ => no_function(function),
    }
}
