//! Measures times. All ways of a row are timed in turns in the same run, and of each the fastest of many
//! rounds counts, so that what else the machine does disturbs all alike and little.

use super::callgrind::Row;
use super::{print_head, print_means, print_row};
use std::time::Instant;

/// Rounds over the inputs that are timed at once.
const ROUNDS: usize = 200;

/// How often that is done.
const REPETITIONS: usize = 300;

/// Prints a table of nanoseconds a call.
pub fn run(ways: &[&str], rows: &[Row]) {
    print_head("nanoseconds", ways);
    let mut table = Vec::new();
    for row in rows {
        let mut best = vec![f64::INFINITY; row.ways.len()];
        for _ in 0..REPETITIONS {
            for (way, best) in row.ways.iter().zip(&mut best) {
                *best = way.map_or(f64::NAN, |run| best.min(time(run, row.calls)));
            }
        }
        print_row(row.name, &best, 1);
        table.push(best);
    }
    print_means(&table);
}

/// Nanoseconds a call.
fn time(run: fn(usize), calls: usize) -> f64 {
    let start = Instant::now();
    run(ROUNDS);
    start.elapsed().as_nanos() as f64 / (ROUNDS * calls) as f64
}
