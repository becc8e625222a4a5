//! Gates with a memory over a sequence, as in an LSTM whose matrices are diagonal: how well each
//! element of the sequence is foretold from those before it.

use super::{Program, spread};
use deriv::derive_fn;

pub struct Lstm;

pub struct Data {
    weights: Vec<f64>,
    sequence: Vec<f64>,
}

const WIDTH: usize = 14;
const LENGTH: usize = 40;

impl Program for Lstm {
    const NAME: &'static str = "LSTM, 14 wide, 40 long";
    type Input = Data;
    type Gradient = Vec<f64>;

    fn input() -> Data {
        Data { weights: spread(12 * WIDTH, 10), sequence: spread(LENGTH * WIDTH, 11) }
    }

    fn variables(data: &mut Data) -> Vec<&mut f64> {
        data.weights.iter_mut().collect()
    }

    fn gradient(data: &Data) -> Vec<f64> {
        vec![0.0; data.weights.len()]
    }

    fn primal(data: &Data) -> f64 {
        loss(&data.weights, &data.sequence)
    }

    fn generated(data: &Data, gradient: &mut Vec<f64>) -> Option<f64> {
        Some(loss_value_and_prime(&data.weights, &data.sequence, gradient))
    }

    fn by_hand(data: &Data, gradient: &mut Vec<f64>) -> f64 {
        by_hand(&data.weights, &data.sequence, gradient)
    }
}

#[derive_fn]
fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// For each of four gates a row of weights for the input, one for the last output, and one of biases.
#[derive_fn(value_and_prime, wrt(weights))]
fn loss(weights: &[f64], sequence: &[f64]) -> f64 {
    let mut memory = [0.0; WIDTH];
    let mut output = [0.0; WIDTH];
    let mut sum = 0.0;
    for t in 1..sequence.len() / WIDTH {
        let (input, expected) = (&sequence[(t - 1) * WIDTH..], &sequence[t * WIDTH..]);
        for k in 0..WIDTH {
            let mut gates = [0.0; 4];
            for g in 0..4 {
                let row = &weights[3 * g * WIDTH..];
                gates[g] = row[k] * input[k] + row[WIDTH + k] * output[k] + row[2 * WIDTH + k];
            }
            let [keep, take, show, new] = gates;
            memory[k] = sigmoid(keep) * memory[k] + sigmoid(take) * new.tanh();
            output[k] = sigmoid(show) * memory[k].tanh();
            sum += (output[k] - expected[k]).powi(2);
        }
    }
    sum
}

/// Element by element of the state, as they do not mix: forwards in time, then backwards.
fn by_hand(weights: &[f64], sequence: &[f64], gradient: &mut [f64]) -> f64 {
    assert!(weights.len() == 12 * WIDTH && gradient.len() == 12 * WIDTH);
    let steps = sequence.len() / WIDTH - 1;
    assert!(steps < LENGTH);
    #[derive(Clone, Copy, Default)]
    struct Step {
        memory: f64,
        output: f64,
        gates: [f64; 4],
        shown: f64,
        error: f64,
    }
    // The memory and output before each step, and what the step computes.
    let mut kept = [Step::default(); LENGTH];
    let mut sum = 0.0;
    for k in 0..WIDTH {
        let w: [[f64; 3]; 4] =
            std::array::from_fn(|g| std::array::from_fn(|i| weights[(3 * g + i) * WIDTH + k]));
        let (mut memory, mut output) = (0.0, 0.0);
        for (t, step) in kept[..steps].iter_mut().enumerate() {
            let input = sequence[t * WIDTH + k];
            let [keep, take, show, new] = w.map(|w| w[0] * input + w[1] * output + w[2]);
            let gates = [sigmoid(keep), sigmoid(take), sigmoid(show), new.tanh()];
            step.memory = memory;
            step.output = output;
            memory = gates[0] * memory + gates[1] * gates[3];
            let shown = memory.tanh();
            output = gates[2] * shown;
            let error = output - sequence[(t + 1) * WIDTH + k];
            sum += error * error;
            (step.gates, step.shown, step.error) = (gates, shown, error);
        }
        let mut by_w = [[0.0; 3]; 4];
        let (mut by_memory, mut by_output) = (0.0, 0.0);
        for (t, step) in kept[..steps].iter().enumerate().rev() {
            let [keep, take, show, new] = step.gates;
            by_output += 2.0 * step.error;
            by_memory += by_output * show * (1.0 - step.shown * step.shown);
            let by_gates = [
                by_memory * step.memory * keep * (1.0 - keep),
                by_memory * new * take * (1.0 - take),
                by_output * step.shown * show * (1.0 - show),
                by_memory * take * (1.0 - new * new),
            ];
            by_memory *= keep;
            by_output = 0.0;
            let input = sequence[t * WIDTH + k];
            for ((by, by_w), w) in by_gates.iter().zip(&mut by_w).zip(&w) {
                by_w[0] += by * input;
                by_w[1] += by * step.output;
                by_w[2] += by;
                by_output += by * w[1];
            }
        }
        for (g, by_w) in by_w.iter().enumerate() {
            for (i, by) in by_w.iter().enumerate() {
                gradient[(3 * g + i) * WIDTH + k] = *by;
            }
        }
    }
    sum
}
