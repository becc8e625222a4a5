//! Programs with loops, slices and calls: the generated value and gradient against the function itself
//! and against value and gradient by hand: `cargo bench --bench programs`.
//!
//! All are timed in turns in the same run, and of each the fastest of many rounds counts, so that
//! what else the machine does disturbs all alike and little.

#[path = "programs/mod.rs"]
mod programs;

use std::time::{Duration, Instant};

/// How long a program is timed at once.
const SLICE: Duration = Duration::from_millis(2);

/// How often that is done.
const REPETITIONS: usize = 100;

fn main() {
    println!(
        "{:34} {:>10} {:>10} {:>10} {:>8} {:>8} {:>8}",
        "", "primal", "generated", "by hand", "/primal", "/by hand", "(by hand/primal)"
    );
    let mut ratios = Vec::new();
    for row in programs::rows() {
        (row.check)();
        let ways = [Some(row.primal), row.generated, Some(row.by_hand)];
        let mut best = [f64::INFINITY; 3];
        let rounds = ways.map(|way| way.map_or(0, rounds));
        for _ in 0..REPETITIONS {
            for ((way, rounds), best) in ways.iter().zip(rounds).zip(&mut best) {
                if let Some(way) = way {
                    *best = best.min(time(*way, rounds));
                }
            }
        }
        let [primal, generated, by_hand] = best;
        let (to_primal, to_hand) = (generated / primal, generated / by_hand);
        if row.generated.is_some() {
            ratios.push((to_primal, to_hand));
        }
        println!(
            "{:34} {primal:>7.0} ns {generated:>7.0} ns {by_hand:>7.0} ns {to_primal:>8.2} {to_hand:>8.2} {:>8.2}",
            row.name,
            by_hand / primal
        );
    }
    let mean =
        |ratios: &mut dyn Iterator<Item = f64>, n: usize| (ratios.map(f64::ln).sum::<f64>() / n as f64).exp();
    let n = ratios.len();
    let to_primal = mean(&mut ratios.iter().map(|ratio| ratio.0), n);
    let to_hand = mean(&mut ratios.iter().map(|ratio| ratio.1), n);
    println!("{:34} {:>10} {:>10} {:>10} {to_primal:>8.2} {to_hand:>8.2}", "geometric mean", "", "", "");
}

/// Nanoseconds a call.
fn time(run: fn(usize), rounds: usize) -> f64 {
    let start = Instant::now();
    run(rounds);
    start.elapsed().as_nanos() as f64 / rounds as f64
}

/// How many calls fill the slice of time.
fn rounds(run: fn(usize)) -> usize {
    run(10);
    (SLICE.as_nanos() as f64 / time(run, 100)).ceil() as usize
}
