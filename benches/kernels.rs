//! Generated against hand-written derivatives: `cargo bench --bench kernels`.
//!
//! Both are timed in turns in the same run, and of each the fastest of many rounds counts, so that
//! what else the machine does disturbs both alike and little.

#[path = "kernels/mod.rs"]
mod kernels;

use kernels::{INPUTS, KERNELS};
use std::time::Instant;

/// Rounds over the inputs that are timed at once.
const ROUNDS: usize = 200;

/// How often that is done.
const REPETITIONS: usize = 300;

fn main() {
    println!("{:40} {:>9} {:>9} {:>6}", "", "generated", "by hand", "ratio");
    let mut ratios = Vec::new();
    for kernel in KERNELS {
        let difference = (kernel.difference)();
        assert!(difference < 1e-9, "{}: generated and hand-written differ by {difference:e}", kernel.name);
        let (mut generated, mut by_hand) = (f64::INFINITY, f64::INFINITY);
        for _ in 0..REPETITIONS {
            generated = generated.min(time(kernel.generated));
            by_hand = by_hand.min(time(kernel.by_hand));
        }
        let ratio = generated / by_hand;
        ratios.push(ratio);
        println!("{:40} {generated:>6.1} ns {by_hand:>6.1} ns {ratio:>6.2}", kernel.name);
    }
    let mean = (ratios.iter().map(|ratio| ratio.ln()).sum::<f64>() / ratios.len() as f64).exp();
    println!("{:40} {:>9} {:>9} {mean:>6.2}", "geometric mean", "", "");
}

/// Nanoseconds a call.
fn time(run: fn(usize)) -> f64 {
    let start = Instant::now();
    run(ROUNDS);
    start.elapsed().as_nanos() as f64 / (ROUNDS * INPUTS) as f64
}
