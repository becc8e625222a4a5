//! Gradient descent as the suite defines it, with a step that grows and shrinks.

/// When a slope or a step is so short, the search is over.
const TOLERANCE: f64 = 1e-5;

/// Where `objective` is smallest, searched for from `start`.
pub fn minimize<const N: usize>(
    start: [f64; N],
    objective: impl Fn([f64; N]) -> f64,
    gradient: impl Fn([f64; N]) -> [f64; N],
) -> [f64; N] {
    let mut at = start;
    let mut value = objective(at);
    let mut slope = gradient(at);
    let mut rate = 1e-5;
    let mut successes = 0;
    while norm(slope) > TOLERANCE {
        if successes == 10 {
            rate *= 2.0;
            successes = 0;
            continue;
        }
        let step = slope.map(|slope| rate * slope);
        if norm(step) <= TOLERANCE {
            break;
        }
        let next = std::array::from_fn(|i| at[i] - step[i]);
        let next_value = objective(next);
        if next_value < value {
            (at, value, slope) = (next, next_value, gradient(next));
            successes += 1;
        } else {
            rate /= 2.0;
            successes = 0;
        }
    }
    at
}

fn norm<const N: usize>(vector: [f64; N]) -> f64 {
    vector.iter().map(|x| x * x).sum::<f64>().sqrt()
}
